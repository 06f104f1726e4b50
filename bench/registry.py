"""Which benchmarks there are: every module in `bench/benchmarks`."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench import benchmarks as package
from bench.result import Result

RUN_TIMEOUT_S = 60.0  # Long enough for stable percentiles, short enough to be run before every release.


@dataclass(frozen=True)
class Benchmark:
    """`description` is the module's docstring, its first line a summary."""

    name: str
    description: str
    measure: Callable[[], Awaitable[Result]]

    @property
    def summary(self) -> str:
        return self.description.splitlines()[0]


def benchmarks() -> dict[str, Benchmark]:
    """All benchmarks by name, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return {name: _load(name) for name in names}


def _load(name: str) -> Benchmark:
    module = importlib.import_module(f"{package.__name__}.{name}")
    description = inspect.getdoc(module)
    assert description, f"{module.__name__} has no docstring to be listed by"
    return Benchmark(name, description, module.measure)
