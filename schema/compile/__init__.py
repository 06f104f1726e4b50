"""A catalog made into SQL: deterministic text, the same for the same catalog."""
