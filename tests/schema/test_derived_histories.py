"""Whatever several connections do at once, at whatever isolation, no derived field ends up wrong."""

import asyncio
import contextlib
import io
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.devstack.cluster import SUPERUSER
from backend.runtime.upkeep import connected, repair
from schema.compile.repairs import compile_repairs
from tests.schema.workshop import CATALOG, Workshop

ATTEMPTS_MAX = 200  # Each failure means that another connection got through.
CONFLICTS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
REFUSED = (
    asyncpg.FeatureNotSupportedError,  # What must see everything, in a transaction that does not.
    asyncpg.ForeignKeyViolationError,  # In a room that has just gone.
    asyncpg.UniqueViolationError,  # Of a merge, which does not wait for others' inserts.
)

ROOMS = [UUID(int=10 + number) for number in range(3)]
HALLS = [UUID(int=20 + number) for number in range(2)]
MESSAGES = [UUID(int=30 + number) for number in range(6)]
LEVELS = [UUID(int=40 + number) for number in range(3)]
ACCOUNTS = [UUID(int=50 + number) for number in range(2)]

# `{room}`, `{message}` ... stand for one of those above, `{n}` for a small number.
STATEMENTS = {
    "insert": "insert into messages (room_id, word_count, mood, speaker, thread_id, price)"
    " select {room}, {n}, {n}, 'speaker ' || {n}, {message}, {n} / 7.0 from generate_series(0, {n})",
    "upsert": "insert into messages (id, room_id, word_count) values ({message}, {room}, {n})"
    " on conflict (id) do update set room_id = excluded.room_id, mood = 3, word_count = excluded.word_count",
    "insert unless there": "insert into messages (id, room_id) values ({message}, {room})"
    " on conflict do nothing",
    "merge": "merge into messages as target using (values ({message}, {room})) as source (id, room)"
    " on target.id = source.id when matched then update set room_id = source.room, content = 'merged'"
    " when not matched then insert (id, room_id) values (source.id, source.room)",
    "insert and move in one": "with moved as (update messages set room_id = {room} where word_count = {n}"
    " returning id) insert into waves (room_id) select {room} from moved",
    "change": "update messages set word_count = word_count + {n}, mood = nullif({n}, 2),"
    " content = content || {n}, created_at = created_at + interval '1 second' * ({n} - 2)"
    " where room_id = {room}",
    "hide": "update messages set deleted_at = case when deleted_at is null then now() end"
    " where room_id = {room}",
    "erase the last": "delete from messages where id in (select id from messages where room_id = {room}"
    " order by created_at desc, id desc limit {n})",
    "erase": "delete from messages where id = {message}",
    "applaud": "insert into applause (target_type, target_id) select 'message', id from messages"
    " where room_id = {room} union all select 'room', id from rooms where id = {room}",
    "boo": "delete from applause where target_id in ({room}, {message})",
    "wave": "insert into waves (room_id, height) select {room}, {n} from generate_series(1, {n})",
    "stop waving": "delete from waves where id in (select id from waves where room_id = {room} limit {n})",
    "close a room": "delete from rooms where id = {room}",
    "open a room": "insert into rooms (id, hall_id, goal) values ({room}, {hall}, {n})"
    " on conflict do nothing",
    "move a room": "update rooms set hall_id = {hall}, goal = {n}, plan = '{{\"a\": {n}}}' where id = {room}",
    "rename a hall": "update halls set name = 'hall ' || {n}, floors = {n} + 1 where id = {hall}",
    "grade": "insert into levels (id, words, rank) values ({level}, {n} * 3, {n})"
    " on conflict (id) do update set words = excluded.words, name = 'grade ' || {n}",
    "degrade": "delete from levels where id = {level}",
    "sign in": "update auth.users set last_sign_in_at = now(), email = {n} || '@' || id where id = {account}",
    "sign out for good": "delete from speakers where id = {account}",
    "introduce": "insert into speakers (id) values ({account}) on conflict do nothing",
    "decorate": "insert into badges (id) select id from speakers on conflict do nothing",
    "nickname": "update speakers set nickname = 'nick ' || {n} where id = {account}",
    "fold": "select derived.drain_deltas({n})",
    "follow": "select derived.drain_copies({n})",
    "truncate messages": "truncate messages, applause",
    "truncate waves": "truncate waves",
    "truncate levels": "truncate levels",
}
COPIED = "copy"


@dataclass(frozen=True)
class Step:
    """One statement; undone again at once, when it is tried in vain."""

    name: str
    choice: int
    number: int
    in_vain: bool


@dataclass(frozen=True)
class Transaction:
    """Several steps, kept or abandoned together."""

    isolation: str
    steps: tuple[Step, ...]
    kept: bool


_often = ("insert", "upsert", "change", "erase the last", "wave", COPIED)
_steps = st.builds(
    Step,
    name=st.sampled_from((*STATEMENTS, *_often, *_often)),
    choice=st.integers(0, 5),
    number=st.integers(0, 3),
    in_vain=st.sampled_from((False, False, False, False, True)),
)
_transactions = st.builds(
    Transaction,
    isolation=st.sampled_from(("read_committed", "repeatable_read", "serializable")),
    steps=st.lists(_steps, min_size=1, max_size=3).map(tuple),
    kept=st.sampled_from((True, True, True, True, False)),
)
histories = st.lists(st.lists(_transactions, min_size=2, max_size=5), min_size=2, max_size=4)

bounded = settings(
    max_examples=30,
    deadline=None,
    # Shrinking would run a history again and again that need not fail twice.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.function_scoped_fixture, HealthCheck.too_slow),
)


@pytest.fixture
async def scene(workshop, empty_database):
    """The workshop, in which a deadlock is noticed at once."""
    superuser = await asyncpg.connect(empty_database.dsn(SUPERUSER))
    await superuser.execute(f"alter database {empty_database.name} set deadlock_timeout = '20ms'")
    yield Scene(workshop, superuser, [await workshop.connect() for _ in range(4)])
    await superuser.close()


@dataclass(frozen=True)
class Scene:
    """Where histories happen; `superuser` may write past every trigger."""

    workshop: Workshop
    superuser: asyncpg.Connection
    connections: list[asyncpg.Connection]

    async def clear(self) -> None:
        """Begin anew: some rooms, with someone in them, and nothing queued."""
        owner = self.workshop.owner
        tables = ", ".join(f"public.{table.name}" for table in CATALOG)
        await owner.execute(f"truncate {tables}, derived.copy_queue, derived.rooms__deltas")
        await owner.execute("delete from auth.users")
        await owner.execute("insert into auth.users (id) select unnest($1::uuid[])", ACCOUNTS)
        await owner.execute("insert into halls (id) select unnest($1::uuid[])", HALLS)
        for room in ROOMS:
            await owner.execute("insert into rooms (id, hall_id) values ($1, $2)", room, HALLS[0])

    async def play(self, history: Sequence[Sequence[Transaction]]) -> None:
        """Let each connection run its transactions, all at once."""
        async with asyncio.TaskGroup() as together:
            for connection, transactions in zip(self.connections, history, strict=False):
                together.create_task(_run_all(connection, transactions))

    async def spoil(self) -> None:
        """Make all kinds of derived fields wrong, as a restore that fires no triggers does."""
        async with self.superuser.transaction():
            await self.superuser.execute("set local session_replication_role = replica")
            for statement in (
                "delete from public.messages where word_count % 2 = 0",
                "insert into public.messages (room_id, mood, speaker)"
                " select id, 2, 'Ghost' from public.rooms",
                "insert into public.waves (room_id) select id from public.rooms",
                "update public.levels set words = words + 2",
                "update public.halls set name = name || '!', word_count = word_count + 7",
                "update public.rooms set message_count = message_count + 3, last_preview = 'x', level = 77,"
                " speakers = '{x}', mood_sum = 5, is_done = not is_done, wave_count = wave_count - 2",
                "update auth.users set email = 'spoilt' || id",
                "update public.badges set worn_by = null",
            ):
                await self.superuser.execute(statement)

    async def settled_drift(self) -> dict[str, list[tuple[object, ...]]]:
        """What is wrong, or late, once everything queued has been followed."""
        await self.workshop.drain()
        return await self.workshop.drift(late=True)


@bounded
@given(history=histories)
async def test_a_history_of_many_writers_leaves_no_drift(scene, history):
    await scene.clear()
    await scene.play(history)
    assert await scene.workshop.drift() == {}, "nothing is wrong even before what is late has followed"
    assert await scene.settled_drift() == {}


@settings(bounded, max_examples=6)
@given(history=histories)
async def test_a_repair_of_broken_rows_during_a_history_ends_without_drift(scene, history):
    await scene.clear()
    await scene.play(history[:1])
    await scene.spoil()
    playing = asyncio.create_task(scene.play(history))
    await _repair(scene.workshop)
    await scene.spoil()
    await asyncio.gather(_repair(scene.workshop), _repair(scene.workshop), playing)
    await _repair(scene.workshop)
    assert await scene.workshop.drift() == {}
    assert await scene.settled_drift() == {}


async def test_what_is_spoilt_there_is_seen_by_the_audit(scene):
    """The control: the histories above have something to repair."""
    await scene.clear()
    await scene.workshop.owner.execute("insert into waves (room_id) select unnest($1::uuid[])", ROOMS)
    await scene.workshop.owner.execute("insert into speakers (id) select unnest($1::uuid[])", ACCOUNTS)
    assert await scene.settled_drift() == {}
    await scene.spoil()
    wrong = set(await scene.workshop.drift())
    fields = ("last_preview", "level", "message_count", "mood_sum", "hall_name", "speakers", "wave_count")
    assert wrong >= {*(f"public.rooms.{field}" for field in fields), "public.speakers.email"}


async def _repair(workshop: Workshop) -> None:
    async with connected(workshop.dsn) as connection:
        async for _ in repair(connection, compile_repairs(CATALOG)):
            pass


async def _run_all(connection: asyncpg.Connection, transactions: Sequence[Transaction]) -> None:
    for transaction in transactions:
        await _until_done(lambda transaction=transaction: _run(connection, transaction))


async def _until_done(work: Callable[[], Awaitable[None]]) -> None:
    for _ in range(ATTEMPTS_MAX):
        with contextlib.suppress(*CONFLICTS):
            return await work()
    raise AssertionError(f"no attempt of {ATTEMPTS_MAX} succeeded")


async def _run(connection: asyncpg.Connection, transaction: Transaction) -> None:
    with contextlib.suppress(_Abandoned, *REFUSED):
        async with connection.transaction(isolation=transaction.isolation):
            for step in transaction.steps:
                with contextlib.suppress(_Abandoned):
                    await _take(connection, step)
            if not transaction.kept:
                raise _Abandoned


class _Abandoned(Exception):
    """Thrown to undo what has been done."""


async def _take(connection: asyncpg.Connection, step: Step) -> None:
    if not step.in_vain:
        return await _execute(connection, step)
    async with connection.transaction():
        await _execute(connection, step)
        raise _Abandoned


async def _execute(connection: asyncpg.Connection, step: Step) -> None:
    if step.name == COPIED:
        room = ROOMS[step.choice % len(ROOMS)]
        rows = "".join(f"{room}\t{words}\t{words % 2}\n" for words in range(step.number + 1))
        await connection.copy_to_table(
            "messages",
            schema_name="public",
            columns=["room_id", "word_count", "mood"],
            source=io.BytesIO(rows.encode()),
        )
        return
    chosen = {
        name: f"'{ids[step.choice % len(ids)]}'::uuid"
        for name, ids in (
            ("room", ROOMS),
            ("hall", HALLS),
            ("message", MESSAGES),
            ("level", LEVELS),
            ("account", ACCOUNTS),
        )
    }
    await connection.execute(STATEMENTS[step.name].format(n=step.number, **chosen))
