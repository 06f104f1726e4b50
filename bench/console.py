"""What people, and programs, see of a benchmark."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict

from rich.console import Console
from rich.table import Table as RichTable

from bench.environment import Environment
from bench.registry import Benchmark
from bench.result import Cell, Result, Table

# Piped output is read in a wide window or by another program: only a terminal's own width may fold a table.
_console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def show_list(benchmarks: Iterable[Benchmark]) -> None:
    """Names and summaries."""
    table = RichTable("benchmark", "what it measures", box=None)
    for benchmark in benchmarks:
        table.add_row(f"[bold]{benchmark.name}[/bold]", benchmark.summary)
    _console.print(table)


def show_tables(benchmark: Benchmark, environment: Environment, result: Result) -> None:
    """Description, figures, notes, and the environment they were taken in."""
    _console.print(f"[bold]{benchmark.name}[/bold]: {benchmark.description}\n", soft_wrap=True)
    for table in result.tables:
        _console.print(_render(table))
    for note in (*result.notes, " | ".join(f"{key}: {value}" for key, value in asdict(environment).items())):
        _console.print(f"[dim]{note}[/dim]", soft_wrap=True)


def show_json(benchmark: Benchmark, environment: Environment, result: Result) -> None:
    """One object on one line."""
    print(json.dumps({"benchmark": benchmark.name, "environment": asdict(environment), **asdict(result)}))


def _render(table: Table) -> RichTable:
    rendered = RichTable(title=table.title, title_justify="left")
    for name in table.rows[0]:
        numeric = not isinstance(table.rows[0][name], str)
        rendered.add_column(name.replace("_", " "), justify="right" if numeric else "left")
    for row in table.rows:
        rendered.add_row(*map(_text, row.values()))
    return rendered


def _text(cell: Cell) -> str:
    return f"{cell:,}" if isinstance(cell, int | float) else cell
