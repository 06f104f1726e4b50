"""What row security costs: a page of a feed under the policies of posts, and the same page without them.

A community of a hundred spaces and 200,000 posts in an embedded PostgreSQL, twice: as declared, and with row
security switched off for posts. The page is the 20 newest posts of one space, read by a visitor and by people
of several standings: as the query `posts:feed` of the service, and as the bare statement inside a transaction
that acts as its reader. Both kinds of page are read in turn, so that a busy moment strikes them alike.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from backend.devstack.bootstrap import bootstrap
from backend.devstack.cluster import SUPERUSER, Cluster
from backend.engine.ports import Call, QueryRun
from backend.engine.versions import ANONYMOUS, Identity
from backend.handlers import posts
from backend.runtime.errors import AccessDenied
from backend.runtime.execution import Execution
from backend.runtime.registration import Registry
from bench.result import Cell, Result, Table, percentile
from bench.stack import connected
from schema.compile.migration import render_migration
from schema.tables import CATALOG

PEOPLE = 1_000
SPACES = 100
POSTS = 200_000
POSTS_PER_PAGE = 20
PAGES = 400  # Of each kind.
WARM_UP = 50  # More than the five runs after which PostgreSQL keeps a plan.
RATIO_MAX = 1.2

DECLARED, OPEN = "declared", "open"
"""The two databases."""

# Spaces of each kind in turn: for everyone, for people, for members.
_FILL = f"""
    insert into auth.users (id, email)
        select gen_random_uuid(), 'person' || n || '@example.com' from generate_series(1, {PEOPLE}) as n;
    insert into public.spaces (name, visibility)
        select 'Space ' || n, (array['public', 'members', 'paid'])[1 + n % 3]
        from generate_series(1, {SPACES}) as n;
    set session_replication_role = replica;
    insert into public.posts (space_id, author_id, content, author_name, created_at)
        select spaces.ids[1 + n % {SPACES}], people.ids[1 + n % {PEOPLE}], repeat('Some words. ', 10), 'Ada',
            now() - n * interval '1 minute'
        from generate_series(1, {POSTS}) as n,
            (select array_agg(id order by name) as ids from public.spaces) as spaces,
            (select array_agg(id order by id) as ids from public.users) as people;
    set session_replication_role = origin;
    update public.users set role = 'moderator' where id = (select id from public.users order by id limit 1);
    insert into public.memberships (user_id, tier, status)
        select id, 'gold', 'active' from public.users order by id desc limit 1;
    analyze;
"""
_COLUMNS = ", ".join(f'"{column.name}"' for column in CATALOG.table("posts").columns)
_PAGE = (
    f"select {_COLUMNS} from public.posts where space_id = $1"
    f" order by created_at desc, id desc limit {POSTS_PER_PAGE}"
)


@dataclass(frozen=True)
class Reader:
    """Somebody who reads a page of a space of that visibility; `person` is SQL, None for a visitor."""

    name: str
    visibility: str
    person: str | None = None
    role: str = "authenticated"


VISITOR = Reader("visitor", "public", role="anon")
PERSON = Reader("person", "members", "order by id offset 1")
MEMBER = Reader("member", "paid", "order by id desc")
MODERATOR = Reader("moderator", "paid", "order by id")
MUTATION = Reader("mutation for a person", "members", "order by id offset 1", role="folkmoot_writer")


async def measure() -> Result:
    with tempfile.TemporaryDirectory() as directory:
        async with Cluster.start(Path(directory), durable=False) as cluster, AsyncExitStack() as open_things:
            await _build(cluster)
            databases = [cluster.dsn(database=name) for name in (OPEN, DECLARED)]
            services = [await open_things.enter_async_context(_service(dsn)) for dsn in databases]
            connections = [await open_things.enter_async_context(connected(dsn)) for dsn in databases]
            queries = [
                await _compare(reader, connections[0], [_query(service) for service in services])
                for reader in (VISITOR, PERSON, MEMBER, MODERATOR)
            ]
            statements = [
                await _compare(reader, connections[0], [_statement(one) for one in connections])
                for reader in (VISITOR, PERSON, MEMBER, MODERATOR, MUTATION)
            ]
    dearest = max(float(row["ratio"]) for row in queries)
    note = f"With policies posts:feed takes up to {dearest} times as long; at most {RATIO_MAX} is wanted."
    tables = (Table("posts:feed in the service", tuple(queries)), Table("the statement", tuple(statements)))
    return Result(tables, (note,))


async def _build(cluster: Cluster) -> None:
    async with connected(cluster.dsn(SUPERUSER, "template1")) as administrator:
        await bootstrap(cluster.dsn(SUPERUSER))
        await administrator.execute(f"create database {DECLARED} template postgres owner postgres")
        async with connected(cluster.dsn(database=DECLARED)) as owner:
            await owner.execute(render_migration(CATALOG))
        async with connected(cluster.dsn(SUPERUSER, DECLARED)) as superuser:
            await superuser.execute(_FILL)
        await administrator.execute(f"create database {OPEN} template {DECLARED} owner postgres")
        async with connected(cluster.dsn(database=OPEN)) as owner:
            await owner.execute("alter table public.posts disable row level security")


ReadPage = Callable[[UUID, Identity, Reader], Awaitable[float]]
"""Reads one page of a space as somebody; the seconds it took."""


def _query(service: Execution) -> ReadPage:
    async def read(space: UUID, identity: Identity, reader: Reader) -> float:
        options = {"cursor": None, "numItems": POSTS_PER_PAGE}
        call = Call("posts:feed", json.dumps({"paginationOpts": options, "spaceId": str(space)}))
        began = time.perf_counter()
        view = await service.open_snapshot()
        [answer] = await view.run([QueryRun(call, identity, None)])
        await view.close()
        taken = time.perf_counter() - began
        assert answer.value_json is not None, answer.error
        assert len(json.loads(answer.value_json)["page"]) == POSTS_PER_PAGE, answer
        return taken

    return read


def _statement(connection: asyncpg.Connection) -> ReadPage:
    async def read(space: UUID, identity: Identity, reader: Reader) -> float:
        async with connection.transaction():
            claims = json.dumps(identity.claims)
            await connection.execute(
                f"set local role {reader.role}; set local request.jwt.claims = '{claims}'"
            )
            began = time.perf_counter()
            rows = await connection.fetch(_PAGE, space)
            taken = time.perf_counter() - began
        assert len(rows) == POSTS_PER_PAGE, len(rows)
        return taken

    return read


async def _compare(reader: Reader, owner: asyncpg.Connection, kinds: list[ReadPage]) -> dict[str, Cell]:
    """`kinds`: without policies, then with them."""
    space = await owner.fetchval(
        "select id from public.spaces where visibility = $1 order by name limit 1", reader.visibility
    )
    assert space is not None
    identity = ANONYMOUS
    if reader.person is not None:
        person = await owner.fetchval(f"select id from public.users {reader.person} limit 1")
        identity = Identity(person, {"role": "authenticated", "sub": str(person)})
    samples: list[list[float]] = [[] for _ in kinds]
    for _ in range(WARM_UP + PAGES):
        for read, taken in zip(kinds, samples, strict=True):
            taken.append(await read(space, identity, reader))
    without_ms, with_ms = (percentile(taken[WARM_UP:], 50) * 1_000 for taken in samples)
    return {
        "reader": reader.name,
        "pages": PAGES,
        "without_p50_ms": round(without_ms, 3),
        "with_p50_ms": round(with_ms, 3),
        "ratio": round(with_ms / without_ms, 2),
    }


@asynccontextmanager
async def _service(dsn: str) -> AsyncIterator[Execution]:
    async def verify(_: str) -> Identity:
        raise AccessDenied("Nobody has a token here.")

    execution = Execution(
        dsn=dsn,
        registry=Registry.of(posts),
        catalog=CATALOG,
        verify=verify,
        cursor_secret=b"of this run alone",
        observe=lambda _: None,
        production=False,
    )
    async with execution.running():
        yield execution
