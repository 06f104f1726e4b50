"""Benchmarks of Folkmoot: `python -m bench` lists them, `python -m bench NAME [--json]` runs one."""
