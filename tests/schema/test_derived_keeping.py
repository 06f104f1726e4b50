"""While the service runs, queued counts are folded, and what is wrong is told."""

import asyncio
import contextlib

import asyncpg
import httpx
import pytest

from backend.postgres import PostgresError
from backend.runtime import keeping
from backend.runtime.keeping import Keeper
from backend.runtime.observations import FieldAudited
from schema.compile.audits import compile_audits
from tests.schema.workshop import CATALOG

WAIT_S = 20.0  # Far longer than any of it takes.
FIELDS = [audit.field for audit in compile_audits(CATALOG)]


class Heard:
    """What a keeper of the workshop has told so far."""

    def __init__(self) -> None:
        self.findings: list[FieldAudited] = []
        self.crashes: list[tuple[str, str, int]] = []
        self._more = asyncio.Condition()

    @contextlib.asynccontextmanager
    async def keeping(self, dsn: str):
        keeper = Keeper(
            dsn=dsn, catalog=CATALOG, observe=self.findings.append, observe_crash=self._observe_crash
        )
        async with keeper.running():
            yield

    def _observe_crash(self, part: str, error: Exception, times: int) -> None:
        assert isinstance(error, PostgresError), error
        self.crashes.append((part, error.code, times))

    async def audited(self) -> list[FieldAudited]:
        """The findings of the first whole audit."""
        await until(lambda: len(self.findings) >= len(FIELDS))
        return self.findings[: len(FIELDS)]


async def until(holds) -> None:
    """Return once `holds()`, which may be awaited, is true."""
    async with asyncio.timeout(WAIT_S):
        while True:
            held = holds()
            if await held if asyncio.iscoroutine(held) else held:
                return
            await asyncio.sleep(0)


@pytest.fixture
def eager(monkeypatch):
    """An audit begins at once, and is followed by another."""
    for name in ("AUDIT_FIRST_S", "AUDIT_EVERY_S", "AUDIT_REST"):
        monkeypatch.setattr(keeping, name, 0.0)


async def test_queued_counts_are_folded_by_and_by_by_any_number_of_services(workshop):
    rooms = [await workshop.room() for _ in range(2)]

    async def folded() -> bool:
        counts = [(await workshop.row(room, "wave_count"))[0] for room in rooms]
        return counts == [20, 20]

    heard = Heard()
    async with heard.keeping(workshop.dsn), heard.keeping(workshop.dsn):
        for _ in range(20):
            await workshop.owner.execute("insert into waves (room_id) select unnest($1::uuid[])", rooms)
        await until(folded)
    assert await workshop.drift(late=True) == {}
    assert heard.crashes == []


async def test_folding_goes_on_after_the_connection_was_lost(workshop):
    room, heard = await workshop.room(), Heard()
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"

    async def lost() -> bool:
        return bool(await workshop.owner.fetch(f"{cut} and application_name = 'folkmoot derived'"))

    async with heard.keeping(workshop.dsn):
        await until(lost)
        await workshop.owner.execute("insert into waves (room_id) values ($1)", room)
        await until(lambda: _counted(workshop, room))
    assert {(part, times) for part, _, times in heard.crashes} == {("deltas", 1)}


async def _counted(workshop, room) -> bool:
    return await workshop.row(room, "wave_count") == (1,)


async def test_every_field_is_audited_and_what_is_wrong_or_late_is_told(eager, workshop):
    room, heard = await workshop.room(), Heard()
    await workshop.say(room)
    await workshop.spoil("rooms", "message_count = 5")
    await workshop.owner.execute("update halls set name = 'Palace'")
    async with heard.keeping(workshop.dsn):
        findings = await heard.audited()
    assert [finding.field for finding in findings] == FIELDS
    assert [finding for finding in findings if finding.wrong or finding.pending] == [
        FieldAudited("public.rooms.hall_name", 0, 1),
        FieldAudited("public.rooms.message_count", 1, 0),
    ]


async def test_two_services_do_not_audit_at_once(eager, workshop):
    heard, seen = Heard(), set[int]()
    other = await workshop.connect()
    await other.execute("select pg_advisory_lock(hashtextextended('derived:audit', 0))")

    async def tried_twice() -> bool:
        asked = "select pid from pg_stat_activity where query like '%''derived:audit''%' and pid <> $1"
        seen.update(row["pid"] for row in await workshop.owner.fetch(asked, other.get_server_pid()))
        return len(seen - {workshop.owner.get_server_pid()}) > 1

    async with heard.keeping(workshop.dsn):
        await until(tried_twice)
        assert heard.findings == []
        await other.close()
        await heard.audited()


async def test_the_service_counts_wrong_rows_in_its_metrics(eager, service):
    field = "public.posts.like_count"
    owner = await asyncpg.connect(service.stack.db_url)
    async with httpx.AsyncClient() as client:

        async def shown() -> bool:
            text = (await client.get(f"{service.url}/metrics")).text
            return f'folkmoot_derived_rows{{field="{field}",state="wrong"}} 1.0' in text.splitlines()

        assert not await shown()
        async with owner.transaction():
            account, space = await owner.fetchrow(
                "with account as (insert into auth.users (id) values (gen_random_uuid()) returning id),"
                " space as (insert into public.spaces (name, visibility) values ('Hall', 'public')"
                " returning id) select account.id, space.id from account, space"
            )
            await owner.execute(
                "insert into public.posts (space_id, author_id, content) values ($1, $2, 'Hello')",
                space,
                account,
            )
            await owner.execute("set local role derived_owner")
            await owner.execute("update public.posts set like_count = 9")
        await until(shown)
    await owner.close()
