"""The benchmarks that drive a whole system: each in its smallest form, and what their tables hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from backend.devstack.cluster import SUPERUSER, Cluster
from bench.benchmarks import growth
from bench.climb import Opening, Step
from bench.comparison import Found, Scenario, tables_of
from bench.load import plan
from bench.population import Population, populate_folkmoot, populate_plain_tables
from bench.processes import tree_of, usage_of
from bench.rehearsal import rehearse_with
from bench.stack import Supabase
from bench.systems.folkmoot import Folkmoot
from bench.systems.packages import Packages
from bench.systems.system import NotRunnable
from tests.conftest import RunningStack
from tests.databases import Database, connected

POPULATION = Population(spaces=12, people=60, posts=36)


@pytest.fixture
async def folkmoot(stack: RunningStack, cluster: Cluster) -> Folkmoot:
    """Folkmoot with a small population; each `run` starts a service."""
    await populate_folkmoot(stack.database.dsn(SUPERUSER), POPULATION)
    supabase = Supabase(
        stack.api_url,
        stack.db_url,
        stack.anon_key,
        issuer=f"{stack.api_url}/auth/v1",
        jwt_secret=stack.jwt_secret,
        postgres_pid=cluster.pid,
    )
    return Folkmoot(supabase, POPULATION)


async def test_every_kind_of_subscriber_sees_every_like(folkmoot: Folkmoot):
    scenarios = (
        Scenario(4, 1, "feed", (10,)),
        Scenario(4, 4, "feed", (10,)),
        Scenario(4, 1, "personal", (10,)),
    )
    result = await rehearse_with(folkmoot, scenarios)
    best, opened, steps = result.tables
    assert [row["subscribers"] for row in steps.rows] == ["4 on 1", "4 on 4", "4 on 1"]
    for row in steps.rows:
        assert "unseen" not in str(row["fell_short"])
        for figure in ("p50_ms", "p99_ms", "cpu_us", "with_postgres_us", "deliveries_per_s", "bytes"):
            assert float(row[figure]) >= 0, figure
        assert float(row["p50_ms"]) > 0
        assert float(row["bytes"]) > 500
    assert [row["system"] for row in best.rows] == ["folkmoot"] * 3
    assert [row["before_mb"] for row in opened.rows if float(row["before_mb"]) < 20] == []


async def test_growth_compares_a_commit_among_bystanders_with_one_alone(folkmoot: Folkmoot):
    result = await growth.grow(folkmoot, (0, 30), step_s=0.2)
    commits, openings = result.tables
    assert [(row["bystanders"], row["unseen"]) for row in commits.rows] == [(0, 0), (30, 0)]
    assert commits.rows[0]["times_alone_p50"] == 1
    assert float(commits.rows[1]["times_alone_p50"]) > 0
    assert [row["bystanders"] for row in openings.rows] == [30]
    assert float(openings.rows[0]["took_s"]) > 0


async def test_the_same_population_is_in_folkmoot_and_in_the_plain_tables(
    database: Database, empty_database: Database
):
    await populate_folkmoot(database.dsn(SUPERUSER), POPULATION)
    await populate_plain_tables(empty_database.dsn(SUPERUSER), POPULATION)
    found = [await _posts(one) for one in (database, empty_database)]
    assert found[0] == found[1]
    assert len(found[0]) == POPULATION.posts
    newest = {row["space_id"]: row["id"] for row in sorted(found[0], key=lambda row: row["created_at"])}
    spaces = range(POPULATION.spaces)
    assert newest == {POPULATION.space(n): POPULATION.newest_post(n) for n in spaces}
    assert {row["author_id"] for row in found[0]} <= {POPULATION.person(n) for n in range(POPULATION.people)}


async def _posts(database: Database) -> list[asyncpg.Record]:
    async with connected(database.dsn(SUPERUSER)) as reader:
        return await reader.fetch(
            "select id, space_id, author_id, content, author_name, like_count, created_at"
            " from posts where content like 'Some words of a post.%' order by id"
        )


SEEN = plan.Seen(100, unseen=0, deliveries=100, bytes=1, p50_s=0.1, p99_s=0.2, worst_s=0.3, cpu_s=0.0)
OPENING = Opening(10, took_s=1, cpu_s=1, postgres_cpu_s=1, base_mb=80, kb=300)


def step(asked: float = 10, reached: float = 10, seen: plan.Seen = SEEN, cpu_s: float = 0.001) -> Step:
    return Step(asked, reached, 30, 10, seen, cpu_s, 0.001, 1.0)


@pytest.mark.parametrize(
    ("measured", "why_not"),
    [
        (step(), ""),
        (step(reached=9), ""),
        (step(reached=8.9), "writer reached 9/s"),
        (step(seen=plan.Seen(99, 1, 99, 1, 0.1, 0.2, 0.3, 0.0)), "1 of 100 unseen"),
        (step(seen=plan.Seen(100, 0, 100, 1, 0.1, 1.0, 1.3, 0.0)), "p99 1.0 s"),
    ],
)
def test_keeping_up_is_to_see_all_within_a_second_at_the_rate_that_was_asked(measured: Step, why_not: str):
    assert (measured.why_not, measured.kept_up) == (why_not, why_not == "")


def test_ratios_are_of_the_same_scenario_at_the_same_rate():
    scenario = Scenario(10, 1, "feed", (10, 20))
    slow = plan.Seen(100, 0, 100, 1, 0.4, 2.0, 3.0, 0.0)
    ours = Found("folkmoot", scenario, OPENING, [step(), step(asked=20, reached=20)])
    theirs = Found("zero", scenario, OPENING, [step(cpu_s=0.01), step(asked=20, seen=slow)])
    [_, ratios, *_] = tables_of([ours, theirs])
    assert ratios.rows == (
        {
            "peer": "zero",
            "subscribers": "10 on 1",
            "commits_per_s": "2.0",
            "at_per_s": 10,
            "p50": "1.0",
            "cpu": "10.0",
            "memory": "1.0",
        },
    )


def test_cpu_time_is_that_of_a_process_and_all_it_started():
    burn = "import time\nwhile time.process_time() < 0.2: pass\ninput()"
    script = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {burn!r}])"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE) as process:
        while usage_of(process.pid).cpu_s < 0.2 or len(tree_of(process.pid)) < 2:
            assert process.poll() is None
        assert len(tree_of(process.pid)) == 2
        process.communicate(b"\n")


def test_a_peer_without_its_packages_says_what_installs_them(tmp_path: Path):
    with pytest.raises(NotRunnable, match="python -m bench peers"):
        Packages(tmp_path).require("zero")


def test_every_peer_has_locked_packages_without_the_address_of_a_registry():
    folders = [packages.folder for packages in Packages.all()]
    assert [folder.name for folder in folders] == ["parse", "prostgles", "zero"]
    for folder in folders:
        lock = (folder / "package-lock.json").read_text()
        assert '"integrity"' in lock
        assert '"resolved"' not in lock
