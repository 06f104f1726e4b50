"""What happens in a history: deeds of people through the service, and of the owner in plain SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

import httpx

from tests.oracle.chronicle import Purpose
from tests.oracle.functions import MODULE
from tests.oracle.history import QUERIES, WATCHES_MAX, History
from tests.oracle.place import LOST, Person
from tests.oracle.socket_client import FEED, SocketClient

if TYPE_CHECKING:
    from tests.oracle.real_clients import Tab

Json = Any
Deed: TypeAlias = Callable[[History], Awaitable[None]]

CALM_S = 0.3  # A transaction that keeps others waiting.
BATCH = 5  # Who comment at once.
BREACHES = 0.2  # Of all promises.
RETRY_S = 0.05
HTTP_TIMEOUT_S = 5.0


def _client(history: History) -> SocketClient | Tab:
    return history.chance.choice(history.clients)


def _writer(history: History) -> SocketClient | Tab:
    """A client that is somebody."""
    known = [client for client in history.clients if client.person is not None]
    return history.chance.choice(known or history.clients)


# --- subscriptions and identities ---


async def subscribe(history: History) -> None:
    client, choose = _client(history), history.chance.choice(QUERIES)
    path, args = choose(history.things, history.chance)
    held = [(watch.path, watch.args) for watch in client.watches.values()]
    if len(held) < WATCHES_MAX and (path, args) not in held:
        client.watch(path, args)


async def unsubscribe(history: History) -> None:
    client = _client(history)
    others = [query_id for query_id, watch in client.watches.items() if not watch.ledger]
    if others:
        client.unwatch(history.chance.choice(others))


async def sign_in(history: History) -> None:
    """As somebody else, or with a new token."""
    _client(history).become(history.chance.choice(history.things.people))


async def sign_out(history: History) -> None:
    _client(history).become(None)


# --- mutations ---


async def comment(history: History) -> None:
    comment_on(history, _writer(history), history.chance.choice(history.things.ledgers))


async def fail_to_comment(history: History) -> None:
    post, purpose = history.chance.choice(history.things.ledgers), history.chance.choice(_FAILURES)
    comment_on(history, _writer(history), post, purpose)


async def comment_together(history: History) -> None:
    """Many at once, so that all but the first are settled in one batch; the last but one fails."""
    known = [client for client in history.clients if client.person is not None]
    purposes: list[Purpose] = ["to succeed"] * BATCH
    purposes[-2] = history.chance.choice(_FAILURES)
    for client, purpose in zip(history.chance.sample(known, min(len(known), BATCH)), purposes, strict=False):
        comment_on(history, client, history.chance.choice(history.things.ledgers), purpose)


_FAILURES: tuple[Purpose, ...] = ("to be refused", "to break")


def comment_on(
    history: History, client: SocketClient | Tab, post: str, purpose: Purpose = "to succeed"
) -> asyncio.Future[Json]:
    """One call that may be settled together with others."""
    key = history.key()
    ends = {"fails": purpose == "to be refused", "breaks": purpose == "to break"}
    args = {"postId": post, "key": key, **ends}
    settled = client.mutate(f"{MODULE}:comment", args, key=key, purpose=purpose)
    settled.add_done_callback(lambda result: _check_result(history, key, result))
    return settled


def _check_result(history: History, key: str, settled: asyncio.Future[Json]) -> None:
    """Each is told of their own comment."""
    if not settled.cancelled() and settled.result() not in (None, key):
        history.chronicle.fault("whoever wrote", f"{key} was answered {settled.result()}")


async def promise(history: History) -> None:
    """A comment that a job writes; where the promise fails it has none."""
    key, post = history.key(), history.chance.choice(history.things.posts)
    purpose: Purpose = "to be refused" if history.chance.random() < BREACHES else "to succeed"
    args = {"postId": post, "key": key, "fails": purpose == "to be refused"}
    _writer(history).mutate(f"{MODULE}:promise", args, key=key, purpose=purpose)


async def ask_again(history: History) -> None:
    """As a client does that believes its request was lost."""
    client = _writer(history)
    if isinstance(client, SocketClient):
        client.ask_again()


async def write_in_turn(history: History) -> None:
    """Several at once, each of whom counts what the others add."""
    space = history.things.commons
    known = [client for client in history.clients if client.person is not None]
    for client in history.chance.sample(known, min(len(known), 3)):
        key = history.key()
        args = {"spaceId": space, "key": key}
        settled = client.mutate(f"{MODULE}:write_in_turn", args, key=key, purpose="to succeed")
        settled.add_done_callback(lambda result: _note_number(history, space, result))


def _note_number(history: History, space: str, result: asyncio.Future[Json]) -> None:
    if not result.cancelled() and result.result() is not None:
        history.numbers.append((space, result.result()))


async def write(history: History) -> None:
    key = history.key()
    space = history.chance.choice([*history.things.spaces, history.things.commons])
    _writer(history).mutate(f"{MODULE}:write", {"spaceId": space, "key": key}, key=key)


async def say(history: History) -> None:
    key = history.key()
    conversation = history.chance.choice(history.things.conversations)
    _writer(history).mutate(f"{MODULE}:say", {"conversationId": conversation, "key": key}, key=key)


async def like(history: History) -> None:
    post = history.chance.choice(history.things.posts + history.things.ledgers)
    _writer(history).mutate("posts:toggleLike", {"postId": post})


async def remove(history: History) -> None:
    _writer(history).mutate("posts:remove", {"postId": history.chance.choice(history.things.posts)})


async def rename(history: History) -> None:
    _writer(history).mutate("users:rename", {"name": f"renamed {history.chance.random()}"})


async def enroll(history: History) -> None:
    _writer(history).mutate("courses:enroll", {"courseId": history.chance.choice(history.things.courses)})


async def leave(history: History) -> None:
    _writer(history).mutate("courses:leave", {"courseId": history.chance.choice(history.things.courses)})


async def comment_by_http(history: History) -> None:
    """By a caller who repeats the request, under one key, until it is answered; and once more after that."""
    key, person = history.key(), history.chance.choice(history.things.people)
    post = history.chance.choice(history.things.ledgers)
    history.chronicle.begin(key, "to succeed")

    async def insist() -> None:
        body = {"path": f"{MODULE}:comment", "args": {"postId": post, "key": key}, "format": "json"}
        headers = {"Authorization": f"Bearer {person.token()}", "Idempotency-Key": str(uuid4())}
        async with httpx.AsyncClient(base_url=history.network.url, timeout=HTTP_TIMEOUT_S) as http:
            for _ in range(2):
                told = await _answer(http, body, headers)
                if told.get("status") == "success" and told["value"] == key:
                    history.chronicle.end(key, "done", told=told)
                    continue
                history.chronicle.end(key, "refused", told=told)
                history.chronicle.note_refusal("by HTTP", key, told.get("errorData"), told)
                break

    history.aside(insist())


async def _answer(http: httpx.AsyncClient, body: Json, headers: dict[str, str]) -> Json:
    while True:
        try:
            response = await http.post("/api/mutation", json=body, headers=headers)
            if response.status_code < 500:
                return response.json()
        except httpx.TransportError:
            pass
        await asyncio.sleep(RETRY_S)


# --- the owner of the database ---


async def comment_by_sql(history: History) -> None:
    key, person = history.key(), history.chance.choice(history.things.people)
    post = history.chance.choice(history.things.ledgers)
    history.chronicle.begin(key)
    insert = "insert into public.comments (post_id, author_id, content) values ($1, $2, $3)"
    if not await history.try_sql(insert, post, person.id, key):
        history.chronicle.end(key, "unknown")
        return
    try:
        [row] = await history.place.sql("select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint as at")
    except LOST:
        history.chronicle.end(key, "done")
    else:
        history.chronicle.end(key, "done", row["at"])


async def hide_or_show_a_post(history: History) -> None:
    toggle = "update public.posts set deleted_at = case when deleted_at is null then now() end where id = $1"
    await history.try_sql(toggle, history.chance.choice(history.things.posts))


async def move_a_post(history: History) -> None:
    """To another moment, and maybe to another space."""
    when = datetime.now(UTC) - timedelta(seconds=history.chance.randrange(60))
    space = history.chance.choice(history.things.spaces)
    move = "update public.posts set created_at = $2, space_id = $3 where id = $1"
    await history.try_sql(move, history.chance.choice(history.things.posts), when, space)


async def like_in_bulk(history: History) -> None:
    bulk = (
        "insert into public.likes (user_id, target_type, target_id) select $1, 'post', id from public.posts "
        "where space_id = $2 on conflict do nothing"
    )
    person, space = history.chance.choice(history.things.people), history.chance.choice(history.things.spaces)
    await history.try_sql(bulk, person.id, space)


async def unlike_in_bulk(history: History) -> None:
    await history.try_sql(
        "delete from public.likes where user_id = $1", history.chance.choice(history.things.people).id
    )


async def hold_a_lock(history: History) -> None:
    """On what others write to, for a while."""
    post = history.chance.choice(history.things.ledgers)

    async def hold() -> None:
        await history.try_sql(
            f"with held as (select id from public.posts where id = $1 for update) "
            f"select pg_sleep({CALM_S}) from held",
            post,
        )

    history.aside(hold())


# --- permissions, in plain SQL ---


def _follower(history: History, path: str | None = None) -> tuple[Person, Json]:
    """Who follows such a query just now, and with what arguments: a change for them is likely to show."""
    found = [
        (client.person, watch.args)
        for client in history.clients
        for watch in client.watches.values()
        if client.person is not None and path in (None, watch.path)
    ]
    return history.chance.choice(found or [(person, None) for person in history.things.people])


async def change_membership(history: History) -> None:
    """Bought or gone, upgraded, lapsed or paid at last."""
    status = history.chance.choice(("active", "canceled", "past_due"))
    tier = history.chance.choice(("gold", "gold", "silver"))
    buy_or_end = (
        "with gone as (delete from public.memberships where user_id = $1 returning id) "
        "insert into public.memberships (user_id, tier, status) "
        "select $1, $2, 'active' where not exists (select from gone)"
    )
    change, *parameters = history.chance.choice(
        (
            (buy_or_end, tier),
            ("update public.memberships set tier = $2, status = $3 where user_id = $1", tier, status),
        )
    )
    person, _ = _follower(history, history.chance.choice((FEED, FEED, f"{MODULE}:lessons", "spaces:list")))
    await history.try_sql(change, person.id, *parameters)


async def change_role(history: History) -> None:
    role = history.chance.choice(("moderator", "admin"))
    change = (
        "update public.users set role = case when role = 'member' then $2 else 'member' end where id = $1"
    )
    person, _ = _follower(history)
    await history.try_sql(change, person.id, role)


async def change_visibility(history: History) -> None:
    space = history.chance.choice(history.things.spaces)
    visibility = history.chance.choice(("public", "members", "paid"))
    change = "update public.spaces set visibility = $2 where id = $1"
    if history.chance.random() < 0.3:
        change = (
            "update public.spaces set deleted_at = case when deleted_at is null then now() end, name = $2"
        )
        change += " where id = $1"
    await history.try_sql(change, space, visibility)


async def change_enrollment(history: History) -> None:
    person, args = _follower(history, f"{MODULE}:lessons")
    course = args["courseId"] if args else history.chance.choice(history.things.courses)
    await history.try_sql(_JOIN_OR_LEAVE.format("enrollments", "course_id"), person.id, course)


async def change_participants(history: History) -> None:
    person, args = _follower(history, f"{MODULE}:messages")
    conversation = args["conversationId"] if args else history.chance.choice(history.things.conversations)
    change = _JOIN_OR_LEAVE.format("conversation_participants", "conversation_id")
    await history.try_sql(change, person.id, conversation)


_JOIN_OR_LEAVE = (
    "with gone as (delete from public.{0} where user_id = $1 and {1} = $2 returning id) "
    "insert into public.{0} (user_id, {1}) select $1, $2 where not exists (select from gone)"
)


# --- connections ---


async def drop_a_connection(history: History) -> None:
    history.network.cut(1 / len(history.clients))


DEEDS: tuple[tuple[Deed, int], ...] = (
    (subscribe, 8),
    (unsubscribe, 4),
    (sign_in, 3),
    (sign_out, 1),
    (comment, 8),
    (fail_to_comment, 2),
    (comment_together, 5),
    (promise, 4),
    (ask_again, 3),
    (write_in_turn, 4),
    (write, 4),
    (say, 3),
    (like, 6),
    (remove, 1),
    (rename, 2),
    (enroll, 2),
    (leave, 1),
    (comment_by_http, 3),
    (comment_by_sql, 4),
    (hide_or_show_a_post, 3),
    (move_a_post, 3),
    (like_in_bulk, 2),
    (unlike_in_bulk, 1),
    (hold_a_lock, 1),
    (change_membership, 5),
    (change_role, 3),
    (change_visibility, 4),
    (change_enrollment, 3),
    (change_participants, 3),
    (drop_a_connection, 1),
)
"""Each with how often it happens, next to the others."""
