"""`python -m bench`: what it lists, what it prints, what it refuses."""

from __future__ import annotations

import json

import pytest

from bench.__main__ import bench
from bench.benchmarks import latency
from bench.console import show_json, show_tables
from bench.environment import describe_environment
from bench.registry import Benchmark, benchmarks
from bench.result import Result, Table, spread_ms

RESULT = Result(
    (
        Table(
            "waiting",
            ({"from": "here", "p50_ms": 1.5}, {"from": "there", "p50_ms": 1234.5}),
        ),
    ),
    ("a note",),
)


async def measure() -> Result:
    return RESULT


BENCHMARK = Benchmark("waiting", "How long it takes.\n\nIn detail.", measure)


def test_without_a_name_every_benchmark_is_listed_with_the_first_line_of_its_docstring(
    capsys: pytest.CaptureFixture[str],
):
    assert bench() == 0
    listed = capsys.readouterr().out
    for name, benchmark in benchmarks().items():
        assert name in listed
        assert benchmark.summary.split(":")[0] in listed


def test_an_unknown_name_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]):
    assert bench("speed") == 1
    refusal = capsys.readouterr()
    assert (refusal.out, refusal.err) == (
        "",
        f"There is no benchmark 'speed'; there are: {', '.join(benchmarks())}.\n",
    )


def test_as_json_a_result_is_one_object_with_the_environment_it_was_measured_in(
    capsys: pytest.CaptureFixture[str],
):
    environment = describe_environment()
    show_json(BENCHMARK, environment, RESULT)
    printed = json.loads(capsys.readouterr().out)
    assert printed == {
        "benchmark": "waiting",
        "environment": vars(environment),
        "tables": [{"title": "waiting", "rows": list(RESULT.tables[0].rows)}],
        "notes": ["a note"],
    }
    assert {"cpu", "cores", "python", "postgres", "folkmoot", "load_1m"} <= set(printed["environment"])


def test_for_people_a_result_is_a_table_with_its_notes(capsys: pytest.CaptureFixture[str]):
    show_tables(BENCHMARK, describe_environment(), RESULT)
    printed = capsys.readouterr().out
    for text in ("How long it takes.", "p50 ms", "1,234.5", "a note", "postgres: "):
        assert text in printed


def test_percentiles_are_samples_and_in_milliseconds():
    samples = [number / 1_000 for number in range(1, 101)]
    assert spread_ms(samples) == {"samples": 100, "p50_ms": 50.0, "p99_ms": 99.0, "worst_ms": 100.0}


def test_latency_has_enough_likes_to_give_for_its_longest_scenario():
    likes = latency.PEOPLE * latency.POSTS_PER_PAGE
    assert max(scenario.commits for scenario in latency.SCENARIOS) + latency.WARM_UP <= likes


def test_a_benchmark_without_a_quick_form_is_refused_one(capsys: pytest.CaptureFixture[str]):
    assert bench("latency", quick=True) == 1
    assert capsys.readouterr().err == "'latency' has no quick form.\n"


def test_benchmarks_that_take_minutes_have_a_quick_form():
    known = benchmarks()
    assert [name for name in ("feed", "growth", "many", "private") if not known[name].measure_quickly] == []
