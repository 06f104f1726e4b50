"""What is true now: queries asked anew over HTTP, the same in plain SQL under row security, audits."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx

from schema.compile.audits import compile_audits
from schema.tables import CATALOG
from tests.oracle.chronicle import Chronicle
from tests.oracle.functions import MODULE
from tests.oracle.place import Person, Place
from tests.oracle.socket_client import FEED, Watch

Json = Any

AUDITS = compile_audits(CATALOG)
_LEDGERS = (
    "select content from public.posts union all select content from public.comments "
    "union all select content from public.messages"
)
_UNKEPT = (
    "select arguments, attempts, coalesce(outcome.state, 'waiting') as state from private.jobs as job "
    "left join private.job_outcomes as outcome on outcome.job_id = job.id "
    "where cron is null and outcome.state is distinct from 'done'"
)


async def ask(http: httpx.AsyncClient, person: Person | None, watch: Watch) -> Json:
    """What the service answers now. A page is asked for with the end that it was given when it was opened."""
    args = watch.args
    if watch.path == FEED and "page" in (watch.answer or {}):
        end = {"endCursor": watch.answer["continueCursor"]}
        args = args | {"paginationOpts": args["paginationOpts"] | end}
    told = (
        await http.post(
            "/api/query",
            json={"path": watch.path, "args": args, "format": "json"},
            headers={"Authorization": f"Bearer {person.token()}"} if person else {},
        )
    ).json()
    if told["status"] == "success":
        return told["value"]
    return {"failed": "", "data": told.get("errorData")}


# --- by plain SQL ---


@dataclass(frozen=True)
class Statement:
    """What a query shows, as a browser could ask PostgreSQL. `shown` makes the same rows of an answer."""

    text: str
    parameters: Callable[[Watch], tuple[object, ...]]
    shown: Callable[[Json], list[tuple[object, ...]]]


def _columns(*names: str) -> Callable[[Json], list[tuple[object, ...]]]:
    return lambda answer: [tuple(row[name] for name in names) for row in answer]


def _argument(name: str) -> Callable[[Watch], tuple[object, ...]]:
    return lambda watch: (watch.args[name],)


def _of_page(watch: Watch) -> tuple[object, ...]:
    made_ms, id = watch.pinned_after or (0.0, None)
    return (watch.args["spaceId"], round(made_ms * 1000), id)


STATEMENTS = {
    FEED: Statement(
        "select id::text, content, like_count::float, comment_count::float, author_name from public.posts "
        "where space_id = $1 and ($3::uuid is null or (created_at, id) >= "
        "('1970-01-01 00:00Z'::timestamptz + $2::bigint * interval '1 microsecond', $3::uuid)) "
        "order by created_at desc, id desc",
        _of_page,
        lambda answer: _columns("_id", "content", "likeCount", "commentCount", "authorName")(answer["page"]),
    ),
    f"{MODULE}:comments": Statement(
        "select id::text, content, author_name from public.comments where post_id = $1"
        " order by created_at, id",
        _argument("postId"),
        _columns("_id", "content", "authorName"),
    ),
    f"{MODULE}:messages": Statement(
        "select id::text, content, sender_name from public.messages where conversation_id = $1"
        " order by created_at, id",
        _argument("conversationId"),
        _columns("_id", "content", "senderName"),
    ),
    f"{MODULE}:lessons": Statement(
        "select id::text, title from public.lessons where course_id = $1 order by id",
        _argument("courseId"),
        _columns("_id", "title"),
    ),
    "spaces:list": Statement(
        'select id::text, name, visibility from public.spaces order by "order", id',
        lambda _: (),
        _columns("_id", "name", "visibility"),
    ),
    f"{MODULE}:opening": Statement(
        "select content from public.posts where space_id = $1 order by created_at, id limit $2",
        lambda watch: (watch.args["spaceId"], round(watch.args["count"])),
        lambda answer: [(content,) for content in answer],
    ),
    f"{MODULE}:my_memberships": Statement(
        "select id::text, status from public.memberships order by user_id, status, id",
        lambda _: (),
        _columns("_id", "status"),
    ),
}


async def differs_from_sql(connection: asyncpg.Connection, person: Person | None, watch: Watch) -> str | None:
    """Where an answer is not what PostgreSQL shows this person; None where it is."""
    statement = STATEMENTS.get(watch.path)
    if statement is None:
        return None
    async with connection.transaction(readonly=True):
        role = "anon" if person is None else "authenticated"
        claims = {"role": role} | ({"sub": str(person.id)} if person else {})
        await connection.execute(
            f"select set_config('role', '{role}', true), "
            f"set_config('request.jwt.claims', '{json.dumps(claims)}', true)"
        )
        try:
            rows = [
                tuple(row) for row in await connection.fetch(statement.text, *statement.parameters(watch))
            ]
        except asyncpg.InsufficientPrivilegeError:  # Visitors have no business with some tables at all.
            rows = "a refusal"
    is_refusal = isinstance(watch.answer, dict) and "failed" in watch.answer
    shown = "a refusal" if is_refusal else statement.shown(watch.answer)
    return None if shown == rows else f"{watch.path} {watch.args} shows {shown}, PostgreSQL {rows}"


# --- of the whole history ---


async def unkept(place: Place) -> list[str]:
    """Promises whose job has not ended well, and of which therefore nobody can tell whether they are lost."""
    rows = await place.insist(_UNKEPT)
    return [
        f"the job of {row['arguments']} is {row['state']} after {row['attempts']} attempts" for row in rows
    ]


async def wrong_keys(place: Place, chronicle: Chronicle) -> list[str]:
    """Keys that are there although they may not be, or not although they must, or twice."""
    found = Counter(row["content"] for row in await place.insist(_LEDGERS))
    wrong: list[str] = []
    for name, key in chronicle.keys.items():
        allowed = {"done": {1}, "refused": {0}, "unknown": {0, 1}, "under way": set[int]()}[key.fate]
        if key.purpose in ("to be refused", "to break") and key.fate == "done":
            wrong.append(f"{name} is done, and was asked {key.purpose}")
        if found[name] not in allowed:
            told = f" ({key.told})" if key.told else ""
            wrong.append(f"{name} is {key.fate}, and there {found[name]} times{told}")
    return wrong


@dataclass(frozen=True)
class Drift:
    """Derived fields that are wrong, and those whose change is queued."""

    wrong: list[str]
    late: list[str]


async def drift(place: Place) -> Drift:
    """What `folkmoot derived audit` would find."""
    found = Drift([], [])
    for audit in AUDITS:
        for row in await place.insist(audit.sql):
            told = found.late if row["pending"] else found.wrong
            told.append(f"{audit.field} of {row['id']} is {row['stored']}, not {row['actual']}")
    return found


def repeated(numbers: Iterable[tuple[str, float]]) -> list[str]:
    """Of (space, how many posts there were before), those that two mutations were told."""
    return [f"{pair} was told {times} times" for pair, times in Counter(numbers).items() if times > 1]
