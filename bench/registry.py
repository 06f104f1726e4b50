"""Which benchmarks there are: every module in `bench/benchmarks`."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench import benchmarks as package
from bench.result import Result

RUN_TIMEOUT_S = 900.0  # With all peers a benchmark takes up to five minutes, on a busy machine twice that.


@dataclass(frozen=True)
class Benchmark:
    """`description` is the module's docstring, its first line a summary.

    `measure_quickly`, where there is one, shows within seconds that the benchmark works.
    """

    name: str
    description: str
    measure: Callable[[], Awaitable[Result]]
    measure_quickly: Callable[[], Awaitable[Result]] | None = None

    @property
    def summary(self) -> str:
        return self.description.splitlines()[0]


def benchmarks() -> dict[str, Benchmark]:
    """All benchmarks by name, in alphabetical order; `missed_states.py` has `missed-states`."""
    modules = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return {name.replace("_", "-"): _load(name) for name in modules}


def _load(name: str) -> Benchmark:
    module = importlib.import_module(f"{package.__name__}.{name}")
    description = inspect.getdoc(module)
    assert description, f"{module.__name__} has no docstring to be listed by"
    quickly = getattr(module, "measure_quickly", None)
    return Benchmark(name.replace("_", "-"), description, module.measure, quickly)
