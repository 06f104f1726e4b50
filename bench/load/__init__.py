"""Those who use a system while it is measured: one process writes, another holds all subscribers."""
