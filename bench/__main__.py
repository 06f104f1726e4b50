"""The command `python -m bench`."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

from cyclopts import App, Parameter

from bench.console import show_json, show_list, show_tables
from bench.environment import describe_environment
from bench.registry import RUN_TIMEOUT_S, benchmarks
from bench.systems.packages import Packages
from bench.systems.system import NotRunnable

app = App(name="python -m bench", help="Measure Folkmoot on this machine.", version_flags=[])


@app.default
def bench(
    name: str | None = None,
    /,
    *,
    json: Annotated[bool, Parameter(name="--json", negative="")] = False,
    quick: Annotated[bool, Parameter(name="--quick", negative="")] = False,
) -> int:
    """Run one benchmark, or list them all.

    Parameters
    ----------
    name
        Which one; without it they are listed.
    json
        Print one JSON object instead of tables.
    quick
        Only try out whether it works: seconds instead of minutes, Folkmoot alone, figures that mean nothing.
    """
    known = benchmarks()
    if name is None:
        show_list(known.values())
        return 0
    if name not in known:
        return _refuse(f"There is no benchmark '{name}'; there are: {', '.join(known)}.")
    measure = known[name].measure_quickly if quick else known[name].measure
    if measure is None:
        return _refuse(f"'{name}' has no quick form.")
    environment = describe_environment()
    try:
        result = asyncio.run(asyncio.wait_for(measure(), RUN_TIMEOUT_S))
    except TimeoutError:
        return _refuse(f"'{name}' was not done after {RUN_TIMEOUT_S:.0f} seconds.")
    show = show_json if json else show_tables
    show(known[name], environment, result)
    return 0


@app.command
def peers() -> int:
    """Install the systems that Folkmoot is measured beside, with npm, into `bench/peers`."""
    failed = False
    for packages in Packages.all():
        print(f"{packages.folder.name}: {packages.versions}")
        try:
            packages.install()
        except NotRunnable as refusal:
            failed = True
            print(f"{packages.folder.name} was not installed: {refusal}", file=sys.stderr)
    return int(failed)


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(app(result_action="return_value"))
