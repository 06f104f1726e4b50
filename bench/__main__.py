"""The command `python -m bench`."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

from cyclopts import App, Parameter

from bench.console import show_json, show_list, show_tables
from bench.environment import describe_environment
from bench.registry import RUN_TIMEOUT_S, benchmarks

app = App(name="python -m bench", help="Measure Folkmoot on this machine.", version_flags=[])


@app.default
def bench(
    name: str | None = None, /, *, json: Annotated[bool, Parameter(name="--json", negative="")] = False
) -> int:
    """Run one benchmark, or list them all.

    Parameters
    ----------
    name
        Which one; without it they are listed.
    json
        Print one JSON object instead of tables.
    """
    known = benchmarks()
    if name is None:
        show_list(known.values())
        return 0
    if name not in known:
        print(f"There is no benchmark '{name}'; there are: {', '.join(known)}.", file=sys.stderr)
        return 1
    environment = describe_environment()
    try:
        result = asyncio.run(asyncio.wait_for(known[name].measure(), RUN_TIMEOUT_S))
    except TimeoutError:
        print(f"'{name}' was not done after {RUN_TIMEOUT_S:.0f} seconds.", file=sys.stderr)
        return 1
    show = show_json if json else show_tables
    show(known[name], environment, result)
    return 0


if __name__ == "__main__":
    sys.exit(app(result_action="return_value"))
