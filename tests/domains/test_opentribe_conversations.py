"""What people are told, and what they say to each other in private."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from tests.domains.mutations import refused
from tests.schema.world import World

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Talk:
    """One conversation, carried on as mutations do: each statement by the service for one person."""

    def __init__(self, world: World, started_by: UUID) -> None:
        self.world, self.started_by, self.id = world, started_by, uuid4()
        self.participants: dict[UUID, UUID] = {}

    async def start(self, *others: UUID) -> "Talk":
        async with self.world.acting("folkmoot_writer", self.started_by) as service:
            start = "insert into public.conversations (id, started_by) values ($1, $2)"
            await service.execute(start, self.id, self.started_by)
        for person in (self.started_by, *others):
            await self.invite(person)
        return self

    async def invite(self, person: UUID) -> None:
        joined = uuid4()
        async with self.world.acting("folkmoot_writer", self.started_by) as service:
            await service.execute(
                "insert into public.conversation_participants (id, conversation_id, user_id)"
                " values ($1, $2, $3)",
                joined,
                self.id,
                person,
            )
        self.participants[person] = joined

    async def say(self, sender: UUID, content: str = "Hello") -> UUID:
        message = uuid4()
        async with self.world.acting("folkmoot_writer", sender) as service:
            await service.execute(
                "insert into public.messages (id, conversation_id, sender_id, content)"
                " values ($1, $2, $3, $4)",
                message,
                self.id,
                sender,
                content,
            )
            for person, participant in self.participants.items():
                if person != sender:
                    await service.execute(
                        "insert into public.message_receipts"
                        " (message_id, conversation_id, participant_id, user_id) values ($1, $2, $3, $4)",
                        message,
                        self.id,
                        participant,
                        person,
                    )
        return message

    async def read(self, reader: UUID) -> None:
        async with self.world.acting("authenticated", reader) as browser:
            await browser.execute(
                "update public.message_receipts set read_at = $3"
                " where user_id = $1 and conversation_id = $2 and read_at is null",
                reader,
                self.id,
                NOON,
            )


async def unread(world: World, person: UUID) -> tuple[int, int]:
    """Notifications and messages that wait in somebody's inbox."""
    async with world.acting("authenticated", person) as browser:
        rows = await browser.fetch(
            "select id, unread_notification_count, unread_message_count from public.inboxes"
        )
    assert [row["id"] for row in rows] == [person]  # Nobody sees another's.
    return rows[0]["unread_notification_count"], rows[0]["unread_message_count"]


async def test_an_inbox_comes_with_the_account_and_counts_what_is_not_read(world):
    ada, bob = await world.person(), await world.person("Bob")
    assert await unread(world, ada) == (0, 0)
    async with world.acting("folkmoot_writer", bob) as service:
        for kind in ("like", "comment", "follow"):
            await service.execute(
                "insert into public.notifications (user_id, type, actor_id) values ($1, $2, $3)",
                ada,
                kind,
                bob,
            )
    assert await unread(world, ada) == (3, 0)
    assert await unread(world, bob) == (0, 0)
    assert await world.seen("notifications", bob) == set()
    async with world.acting("authenticated", ada) as browser:
        assert [row["actor_name"] for row in await browser.fetch("select * from public.notifications")] == [
            "Bob"
        ] * 3
        await browser.execute("update public.notifications set read = true where type = 'like'")
        await browser.execute("delete from public.notifications where type = 'follow'")
    assert await unread(world, ada) == (1, 0)
    assert await world.drift() == {}


async def test_nobody_is_told_something_in_the_name_of_somebody_else(world):
    ada, bob = await world.person(), await world.person()
    tell = "insert into public.notifications (user_id, type, actor_id) values ($1, 'like', $2)"
    assert await refused(world, bob, tell, ada, ada)
    assert await refused(world, bob, tell, ada, None)
    assert not await refused(world, bob, tell, ada, bob)


async def test_a_conversation_is_seen_by_its_people_and_by_nobody_else(world):
    ada, bob, eve = [await world.person() for _ in range(3)]
    moderator, admin = await world.person(role="moderator"), await world.person(role="admin")
    talk = await Talk(world, ada).start(bob)
    message = await talk.say(ada)
    private = ("conversations", "conversation_participants", "messages", "message_receipts")
    for person in (ada, bob):
        seen = [await world.seen(table, person) for table in private]
        assert [len(rows) for rows in seen] == [1, 2, 1, 1]
        assert seen[2] == {message}
    for person in (eve, moderator, admin):
        assert [await world.seen(table, person) for table in private] == [set()] * 4
        assert [await world.seen(table, person, role="folkmoot_writer") for table in private] == [set()] * 4


async def test_only_whoever_takes_part_writes_and_nobody_joins_after_the_first_word(world):
    ada, bob, eve = [await world.person() for _ in range(3)]
    talk = await Talk(world, ada).start(bob)
    say = "insert into public.messages (conversation_id, sender_id, content) values ($1, $2, 'Hi')"
    join = "insert into public.conversation_participants (conversation_id, user_id) values ($1, $2)"
    assert await refused(world, eve, say, talk.id, eve)
    assert await refused(world, eve, join, talk.id, eve)
    assert await refused(world, bob, join, talk.id, eve)
    await talk.say(bob)
    for caller in (ada, bob, eve):
        assert await refused(world, caller, join, talk.id, eve)
    async with world.acting("folkmoot_writer", ada) as service:
        await service.execute("delete from public.conversation_participants where user_id = $1", ada)
    assert await refused(world, ada, say, talk.id, ada)
    assert await refused(world, ada, join, talk.id, ada)
    assert not await refused(world, bob, say, talk.id, bob)
    assert await world.value("conversations", talk.id, "participant_ids") == [bob]


async def test_a_receipt_is_for_somebody_of_the_conversation_its_message_is_in(world):
    ada, bob, eve = [await world.person() for _ in range(3)]
    talk, other = await Talk(world, ada).start(bob), await Talk(world, ada).start(eve)
    message = await talk.say(ada)
    deliver = (
        "insert into public.message_receipts (message_id, conversation_id, participant_id, user_id)"
        " values ($1, $2, $3, $4)"
    )
    astray = [
        (message, other.id, other.participants[eve], eve),
        (message, talk.id, other.participants[eve], eve),
        (message, talk.id, talk.participants[bob], eve),
    ]
    for receipt in astray:
        assert await refused(world, ada, deliver, *receipt)
    assert await refused(world, bob, deliver, message, talk.id, talk.participants[ada], ada)
    assert not await refused(world, ada, deliver, message, talk.id, talk.participants[ada], ada)


async def test_unread_messages_add_up_over_conversations_and_reading_is_seen_on_the_message(world):
    ada, bob, eve = [await world.person() for _ in range(3)]
    pair, three = await Talk(world, ada).start(bob), await Talk(world, eve).start(ada, bob)
    first = await pair.say(ada, "Hello, Bob. " + "x" * 200)
    await pair.say(ada)
    await three.say(eve)
    assert [await unread(world, person) for person in (ada, bob, eve)] == [(0, 1), (0, 3), (0, 0)]
    assert await world.value("messages", first, "read_at") is None
    await pair.read(bob)
    assert [await unread(world, person) for person in (ada, bob, eve)] == [(0, 1), (0, 1), (0, 0)]
    assert await world.value("messages", first, "read_at") == NOON
    async with world.acting("folkmoot_writer", bob) as service:
        await service.execute(
            "delete from public.conversation_participants where conversation_id = $1 and user_id = $2",
            three.id,
            bob,
        )
    assert await unread(world, bob) == (0, 0)
    assert await world.value("conversations", pair.id, "participant_ids") == sorted([ada, bob])
    assert await world.drift() == {}


async def test_a_conversation_shows_its_last_message_shortened(world):
    ada, bob = await world.person(), await world.person()
    talk = await Talk(world, ada).start(bob)
    assert await world.value("conversations", talk.id, "last_message_at") is None
    message = await talk.say(bob, "Hello, Ada. " + "x" * 200)
    preview = await world.value("conversations", talk.id, "last_message_preview")
    assert preview == "Hello, Ada. " + "x" * 128
    said_at = await world.value("messages", message, "created_at")
    assert await world.value("conversations", talk.id, "last_message_at") == said_at


async def test_what_is_said_stays_said(world):
    ada, bob = await world.person(), await world.person()
    talk = await Talk(world, ada).start(bob)
    await talk.say(ada)
    for caller in (ada, bob):
        for change in ("update public.messages set content = 'Never'", "delete from public.messages"):
            assert await refused(world, caller, change)
