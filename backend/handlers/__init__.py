"""The functions of the community, one module per domain."""
