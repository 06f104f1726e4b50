"""A random history: what people and the owner of a database do, from one seed.

The seed decides what is done, by whom, with what, and in which order. How it meets in PostgreSQL and in the
service is up to the machine, which is the point.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

import asyncpg
import httpx

from tests.databases import copied_database
from tests.oracle.chronicle import Chronicle
from tests.oracle.functions import MODULE
from tests.oracle.network import Network, open_network
from tests.oracle.place import LOST, MIGRATED, Machine, Person, Place, open_place
from tests.oracle.socket_client import COMMENTS, FEED, SocketClient, Watch
from tests.oracle.truth import ask, differs_from_sql, drift, repeated, unkept, wrong_keys

if TYPE_CHECKING:
    from tests.oracle.real_clients import Follower, Tab

Json = Any

PEOPLE, CLIENTS = 6, 8
LEDGERS = 3  # Posts that everybody sees, and whose comments are never removed.
POSTS_A_SPACE = 4
WATCHES_MAX = 8  # Of one client, so that a history stays as quick as it is long.
PAUSE_S = 0.04  # Between two steps at most: fewer than a tick takes, so that steps meet in one.
STEPS_A_SPURT = 10  # On average, between two rests.
QUIET_S = 30.0  # All must hold the truth by then. Nothing happens meanwhile that could heal it by accident.
POLL_S = 0.05

Fault: TypeAlias = "Callable[[History], Coroutine[Any, Any, None]]"


@dataclass
class Things:
    """What there is to act on. All ids come from the seed, so that the same choices mean the same things."""

    people: list[Person]
    ledgers: list[str]
    spaces: list[str]
    posts: list[str]
    courses: list[str]
    conversations: list[str]
    commons: str


@dataclass
class History:
    """`log` holds the steps that were taken; `faults` what broke on purpose meanwhile."""

    seed: int
    place: Place
    network: Network
    """Between clients and copies."""
    trunk: Network
    """Between copies and PostgreSQL."""
    chronicle: Chronicle
    chance: random.Random
    clients: list[SocketClient | Tab] = field(default_factory=list)
    followers: list[Follower] = field(default_factory=list)
    """Clients that do nothing but hold what they were told."""
    log: list[str] = field(default_factory=list)
    numbers: list[tuple[str, float]] = field(default_factory=list)
    """Of each mutation that counted the posts of a space before it added one: the space, and the count."""
    _asides: set[asyncio.Task[None]] = field(default_factory=set)
    _faults: list[asyncio.Task[None]] = field(default_factory=list)
    _keys: int = 0

    things: Things = field(init=False)

    # --- the course of it ---

    async def run(self, steps: int, faults: Sequence[Fault] = ()) -> None:
        """Take so many steps, with each of `faults` beginning at some moment among them.

        Every few steps all come to rest, and everybody must hold the truth. So most things are the last
        that happens before a rest now and then, and nothing that comes later can heal what they left wrong.
        """
        from tests.oracle.deeds import DEEDS

        deeds, weights = zip(*DEEDS, strict=True)
        due = dict(zip(self.chance.sample(range(steps), len(faults)), faults, strict=True))
        await self.becomes_true()
        for number in range(steps):
            if number in due:
                self.log.append(f"[{due[number].__name__}]")
                self._faults.append(self.aside(due[number](self)))
            [deed] = self.chance.choices(deeds, weights)
            self.log.append(deed.__name__)
            await deed(self)
            await asyncio.sleep(self.chance.uniform(0, PAUSE_S))
            # Drawn in any case: the choices may not depend on how quick the machine is.
            if self.chance.random() < 1 / STEPS_A_SPURT and all(fault.done() for fault in self._faults):
                await self.becomes_true()
        await self.becomes_true()

    def aside(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do it while the history goes on."""
        task = asyncio.create_task(work)
        self._asides.add(task)
        task.add_done_callback(self.note_end)
        return task

    async def end(self, living: Sequence[asyncio.Task[None]]) -> None:
        """Stop everything, except that what was broken is mended."""
        await asyncio.gather(*self._faults, return_exceptions=True)
        for task in (*living, *self._asides):
            task.cancel()
        await asyncio.gather(*living, *self._asides, return_exceptions=True)

    def note_end(self, task: asyncio.Task[None]) -> None:
        """Whatever ends with an error ends the history."""
        self._asides.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.chronicle.fault("the history", repr(error))

    def key(self) -> str:
        """A text that nobody else writes."""
        self._keys += 1
        self.log.append(f"({self._keys})")
        return f"key {self.seed}-{self._keys}"

    async def try_sql(self, text: str, *parameters: object) -> bool:
        """One statement of the owner; False where it was lost with its connection."""
        try:
            await self.place.sql(text, *parameters)
        except (*LOST, asyncpg.DeadlockDetectedError, asyncpg.UniqueViolationError):
            return False
        return True

    # --- whether all is true ---

    async def becomes_true(self) -> None:
        """Wait until everybody holds the truth; fail with all that is not, and with what was done.

        Clients ask again for all that was done meanwhile, which may do nothing more.
        """
        while self._asides:
            await asyncio.wait(self._asides)
        for client in self.clients:
            if isinstance(client, SocketClient):
                client.ask_again()
        try:
            await self._wait_for_truth()
            self.chronicle.check_order()
            wrong = [
                *self.chronicle.faults,
                *await wrong_keys(self.place, self.chronicle),
                *repeated(self.numbers),
            ]
            assert not wrong, "\n".join(wrong[:20])
        except AssertionError as error:
            error.add_note(f"seed {self.seed}: {' '.join(self.log)}")
            raise
        self.chronicle.forget_answers()
        self.log.append("|")

    async def _wait_for_truth(self) -> None:
        wrong: list[str] = []
        try:
            async with asyncio.timeout(QUIET_S):
                while wrong := await self._untrue():
                    if self.chronicle.faults:
                        return
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise AssertionError("\n".join([*self.chronicle.faults, *wrong][:20])) from None

    async def _untrue(self) -> list[str]:
        """What anybody holds that is not so."""
        everybody = [*self.clients, *self.followers]
        busy = [f"{client.name} {why}" for client in everybody if (why := client.busy_with())]
        if busy:
            return busy
        derived = await drift(self.place)
        wrong = [*derived.wrong, *derived.late, *await unkept(self.place)]
        asked: dict[str, Json] = {}
        connection = await asyncpg.connect(self.place.dsn)
        try:
            async with httpx.AsyncClient(base_url=self.place.copies[0].url, timeout=QUIET_S) as http:
                for client in everybody:
                    for watch in list(client.watches.values()):
                        wrong += await _untrue_watch(client, watch, http, connection, asked)
        finally:
            await connection.close()
        return wrong


async def _untrue_watch(
    client: SocketClient | Tab | Follower,
    watch: Watch,
    http: httpx.AsyncClient,
    connection: asyncpg.Connection,
    asked: dict[str, Json],
) -> list[str]:
    person = client.person
    end = watch.answer.get("continueCursor") if watch.path == FEED else None
    question = f"{person and person.id} {watch.path} {watch.args} {end}"
    if question not in asked:
        asked[question] = await ask(http, person, watch)
    wrong = [await differs_from_sql(connection, person, watch)]
    if watch.answer != asked[question]:
        wrong.append(f"{watch.path} {watch.args} is {watch.answer}, asked anew {asked[question]}")
    return [f"{client.name}: {what}" for what in wrong if what is not None]


# --- how it begins ---


@asynccontextmanager
async def begun_history(
    machine: Machine, directory: Path, seed: int, *, copies: int = 1
) -> AsyncIterator[History]:
    """A history in a database of its own, with clients that follow what there is."""
    chance = random.Random(seed)
    async with (
        copied_database(machine.postgres.cluster, MIGRATED) as database,
        open_network([machine.postgres.cluster.port], random.Random(seed)) as trunk,
        open_place(machine, database, directory, copies=copies, port=trunk.port) as place,
        open_network([copy.port for copy in place.copies], random.Random(seed)) as network,
    ):
        history = History(seed, place, network, trunk, Chronicle(), chance)
        await found(history)
        living = [asyncio.create_task(client.live()) for client in history.clients]
        for task in living:
            task.add_done_callback(history.note_end)
        try:
            yield history
        finally:
            await history.end(living)


async def found(history: History) -> None:
    """Make the community, and open its clients' first subscriptions."""
    place, chance = history.place, history.chance

    def id() -> UUID:
        return UUID(int=chance.getrandbits(128), version=4)

    people = [await place.sign_up(f"person {number}", id()) for number in range(PEOPLE)]
    await place.insist("update public.users set role = 'moderator' where id = $1", people[0].id)

    async def made(table: str, **columns: object) -> str:
        values = {"id": id(), **columns}
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        await place.insist(f"insert into {table} ({', '.join(values)}) values ({places})", *values.values())
        return str(values["id"])

    commons = await made("public.spaces", name="Commons", visibility="public")
    spaces = [
        await made("public.spaces", name=f"Space {kind}", visibility=kind, required_tier=tier)
        for kind, tier in (("public", None), ("members", None), ("paid", "gold"), ("paid", None))
    ]

    async def post(space: str, content: str) -> str:
        author = chance.choice(people).id
        return await made("public.posts", space_id=space, author_id=author, content=content)

    ledgers = [await post(commons, f"ledger {number}") for number in range(LEDGERS)]
    posts = [await post(space, "opening") for space in spaces for _ in range(POSTS_A_SPACE)]
    courses = [await _course(made, visibility) for visibility in ("public", "paid")]
    conversations = [await _conversation(made, people[number : number + 3]) for number in (0, 2)]
    history.things = Things(people, ledgers, spaces, posts, courses, conversations, commons)
    for number in range(CLIENTS):
        person = people[number] if number < PEOPLE else None
        client = SocketClient(
            f"client {number}", history.network, history.chronicle, random.Random(number), person
        )
        client.watch(COMMENTS, {"postId": ledgers[number % LEDGERS]}, ledger=True)
        client.watch(FEED, feed_of(spaces[number % len(spaces)], posts_max=3))
        # What differs from person to person is of interest where several ask for it at once.
        client.watch(f"{MODULE}:greeting", {"spaceId": commons})
        client.watch(f"{MODULE}:messages", {"conversationId": conversations[number % len(conversations)]})
        for choice in range(2 * number, 2 * number + 2):  # Of every kind somebody follows one.
            client.watch(*QUERIES[2 + choice % (len(QUERIES) - 2)](history.things, chance))
        history.clients.append(client)


async def _course(made: Callable[..., Awaitable[str]], visibility: str) -> str:
    course = await made("public.courses", title="Logic", visibility=visibility, status="published")
    module = await made("public.modules", course_id=course, title="One")
    for preview in (False, True):
        await made("public.lessons", course_id=course, module_id=module, title="Lesson", free_preview=preview)
    return course


async def _conversation(made: Callable[..., Awaitable[str]], people: list[Person]) -> str:
    conversation = await made("public.conversations", started_by=people[0].id)
    for person in people:
        await made("public.conversation_participants", conversation_id=conversation, user_id=person.id)
    await made("public.messages", conversation_id=conversation, sender_id=people[0].id, content="hello")
    return conversation


def feed_of(space: str, *, posts_max: int) -> Json:
    """Arguments for the first page of a feed."""
    return {"spaceId": space, "paginationOpts": {"numItems": posts_max, "cursor": None}}


QUERIES: tuple[Callable[[Things, random.Random], tuple[str, Json]], ...] = (
    lambda things, chance: (FEED, feed_of(chance.choice(things.spaces), posts_max=chance.choice((2, 3, 50)))),
    lambda things, chance: (FEED, feed_of(things.commons, posts_max=10)),
    lambda things, chance: (f"{MODULE}:post", {"postId": chance.choice(things.posts)}),
    lambda things, chance: (f"{MODULE}:post", {"postId": chance.choice(things.ledgers)}),
    lambda things, chance: (COMMENTS, {"postId": chance.choice(things.posts + things.ledgers)}),
    lambda things, chance: (f"{MODULE}:tally", {"postId": chance.choice(things.ledgers)}),
    lambda things, chance: (f"{MODULE}:lessons", {"courseId": chance.choice(things.courses)}),
    lambda things, chance: (f"{MODULE}:messages", {"conversationId": chance.choice(things.conversations)}),
    lambda things, chance: (
        f"{MODULE}:opening",
        {"spaceId": chance.choice(things.spaces), "count": chance.choice((1, 3))},
    ),
    lambda things, chance: (f"{MODULE}:greeting", {"spaceId": chance.choice(things.spaces)}),
    lambda things, chance: (f"{MODULE}:my_likes", {}),
    lambda things, chance: (f"{MODULE}:my_memberships", {}),
    lambda things, chance: ("spaces:list", {}),
    lambda things, chance: ("courses:list", {}),
    lambda things, chance: ("users:me", {}),
)
"""What a client may come to follow."""
