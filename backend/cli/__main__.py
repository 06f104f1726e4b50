"""`python -m backend.cli` is the `folkmoot` command."""

from backend.cli.commands import main

main()
