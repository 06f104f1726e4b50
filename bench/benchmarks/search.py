"""What a search costs under row-level security: beside the same as the tables' owner, and without its view.

100,000 courses of 1,000 programs, with texts of 40 words, and 100,000 resources to learn from, in an
embedded PostgreSQL; a third of each is out of sight. Looked for are the best 20 courses that hold a word, and
the newest 20 resources with an element in their array: one that 1 in 10,000 rows have, one in 100, and one in
4. Each search is made by `ctx.db` inside a transaction that acts as its reader, in three ways in turn: as the
tables' owner, straight in the table; as its reader, by way of the view that `schema.compile.searches` makes;
and, once, as its reader straight in the table, which PostgreSQL then reads from end to end.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import asyncpg

from backend.devstack.bootstrap import bootstrap
from backend.devstack.cluster import SUPERUSER, Cluster
from backend.engine.versions import ANONYMOUS, Identity
from backend.runtime.reading import Paging, Reader
from backend.runtime.searches import Search, searched_as
from backend.runtime.session import Role, Session, assume
from bench.result import Cell, Result, Table, percentile
from bench.stack import connected
from schema.compile.migration import render_migration
from schema.tables import CATALOG
from schema.tables.academy import Course
from schema.tables.coaching import LearningResource

ROWS = 100_000
ROWS_QUICKLY = 2_000
SEARCHES = 15  # Of each kind: one by a common word takes a second.
SEARCHES_QUICKLY = 2
WARM_UP = 6  # One more than the runs after which PostgreSQL may keep a plan.
ROWS_FOUND = 20
WORDS = {"rare": "1 in 10,000", "usual": "1 in 100", "common": "1 in 4"}
RATIO_MAX = 2.0
AS_OWNER = "set local role none"

# A third is unpublished or inactive, so that rules have something to keep back.
_FILL = """
    insert into auth.users (id, email) select gen_random_uuid(), 'person' || n || '@example.com'
        from generate_series(1, 100) as n;
    insert into coaching.learning_path_categories (category_title, priority_order)
        select 'Category ' || n, n from generate_series(1, 100) as n;
    insert into academy.programs (slug, title, is_published)
        select 'program-' || n, 'Program ' || n, true from generate_series(1, 1000) as n;
    set session_replication_role = replica;
    insert into academy.courses (program_id, slug, title, description, is_published, created_at)
        select programs.ids[1 + n % 1000], 'course-' || n, 'Course ' || n, (
                select string_agg('word' || hashint4(n * 40 + place) % 20000, ' ')
                from generate_series(1, 40) as place
            ) || case when n % 4 = 1 then ' common' else '' end
            || case when n % 100 = 1 then ' usual' else '' end
            || case when n % 10000 = 1 then ' rare' else '' end,
            n % 3 > 0, now() - n * interval '1 minute'
        from generate_series(1, {rows}) as n,
            (select array_agg(id order by slug) as ids from academy.programs) as programs;
    insert into coaching.learning_resources
            (category_id, title, resource_type, competency_areas, is_active, created_at)
        select categories.ids[1 + n % 100], 'Resource ' || n, 'book', array['area' || n % 20000]
            || case when n % 4 = 1 then array['common'] else '{{}}' end
            || case when n % 100 = 1 then array['usual'] else '{{}}' end
            || case when n % 10000 = 1 then array['rare'] else '{{}}' end,
            n % 3 > 0, now() - n * interval '1 minute'
        from generate_series(1, {rows}) as n,
            (select array_agg(id order by priority_order) as ids from coaching.learning_path_categories)
                as categories;
    set session_replication_role = origin;
"""

Sought: TypeAlias = "Search[Course] | Search[LearningResource]"


def _courses(db: Reader, word: str) -> Search[Course]:
    return db.query(Course).search("search", word)


def _resources(db: Reader, element: str) -> Search[LearningResource]:
    return db.query(LearningResource).containing("by_competency_areas", [element])


async def measure() -> Result:
    return await _measure(ROWS, SEARCHES)


async def measure_quickly() -> Result:
    return await _measure(ROWS_QUICKLY, SEARCHES_QUICKLY)


async def _measure(rows: int, searches: int) -> Result:
    with tempfile.TemporaryDirectory() as directory:
        async with Cluster.start(Path(directory), durable=False) as cluster:
            await bootstrap(cluster.dsn(SUPERUSER))
            async with connected(cluster.dsn()) as owner:
                await owner.execute(render_migration(CATALOG))
            async with connected(cluster.dsn(SUPERUSER)) as superuser:
                await superuser.execute(_FILL.format(rows=rows))
                await superuser.execute("vacuum analyze")
            async with connected(cluster.dsn()) as connection:
                person = await connection.fetchval("select id from public.users limit 1")
                identity = Identity(person, {"role": "authenticated", "sub": str(person)})
                readers: list[tuple[Identity, Role]]
                readers = [(ANONYMOUS, "anon"), (identity, "authenticated"), (identity, "folkmoot_writer")]
                by_words = [
                    await _compare(connection, _courses, word, reader, searches)
                    for word in WORDS
                    for reader in readers
                ]
                by_content = [
                    await _compare(connection, _resources, element, reader, searches)
                    for element in WORDS
                    for reader in readers[1:]  # Visitors see none.
                ]
    dearest = max(float(row["ratio"]) for row in (*by_words, *by_content))
    note = f"A search takes up to {dearest} times as long as the owner's; at most {RATIO_MAX} is wanted."
    tables = (
        Table("courses by a word", tuple(by_words)),
        Table("resources by an element", tuple(by_content)),
    )
    return Result(tables, (note,))


async def _compare(
    connection: asyncpg.Connection,
    search: Callable[[Reader, str], Sought],
    word: str,
    reader: tuple[Identity, Role],
    searches: int,
) -> dict[str, Cell]:
    identity, role = reader
    session = Session(connection)
    in_table = search(Reader(session, None, Paging(b"")), word)
    in_view = search(Reader(session, None, Paging(b""), searched_as(CATALOG, role)), word)
    owned, viewed = list[float](), list[float]()
    for _ in range(WARM_UP + searches):
        owned.append(await _time(connection, in_table, AS_OWNER))
        viewed.append(await _time(connection, in_view, assume(identity, role)))
    unviewed_s = await _time(connection, in_table, assume(identity, role))
    owner_ms, view_ms = (percentile(taken[WARM_UP:], 50) * 1_000 for taken in (owned, viewed))
    return {
        "held by": WORDS[word],
        "reader": role,
        "searches": searches,
        "owner_p50_ms": round(owner_ms, 2),
        "reader_p50_ms": round(view_ms, 2),
        "ratio": round(view_ms / owner_ms, 2),
        "without_view_ms": round(unviewed_s * 1_000, 2),
        "gain": round(unviewed_s * 1_000 / view_ms, 1),
    }


async def _time(connection: asyncpg.Connection, search: Sought, assumed: str) -> float:
    async with connection.transaction():
        await connection.execute(assumed)
        began = time.perf_counter()
        found = await search.take(ROWS_FOUND)
        taken = time.perf_counter() - began
    assert found, "A search that finds nothing measures nothing."
    return taken
