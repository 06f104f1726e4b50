"""`private.mutation_requests`: which requests were answered, and how.

A mutation that comes with a session and request id leaves both there, with its result, in its own
transaction. The log is written last and never read inside the transaction, since a serializable read of it
would set unrelated mutations against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backend.postgres import quote_literal
from backend.postgres.errors import UniqueViolation
from backend.protocol.values import decode_text, encode_text
from backend.runtime.errors import RequestReused
from backend.runtime.failures import Ending, Raised, Returned
from backend.runtime.session import Session
from backend.runtime.tasks import Committed, Task

_XID32 = 0xFFFF_FFFF  # The change feed carries the low half of a transaction's id.

_COLUMNS = "session_id, request_id, caller_id, function, result"
_PRIMARY_KEY = "mutation_requests_pkey"
# What a script tells is what a `copy` at its end, or before its `commit`, writes: one round trip for all.
_NOTE_AND_COMMIT = (
    f"copy (insert into private.mutation_requests ({_COLUMNS}) values ({{}}) "
    "returning pg_current_xact_id()) to stdout; commit"
)
_COMMIT = "copy (select pg_current_xact_id_if_assigned()) to stdout; commit"
_NULL = r"\N"  # As `copy` writes it.
_NOTE_EACH = (
    f"with noted as (insert into private.mutation_requests ({_COLUMNS}) "
    "select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::jsonb[]) "
    "on conflict do nothing returning request_id) "
    "select count(*) as count, pg_current_xact_id()::text as xid from noted"
)
_FIND_FOREIGN = (
    "select session_id, request_id from private.mutation_requests as one "
    "join unnest($1::uuid[], $2::bigint[]) as asked (session_id, request_id) using (session_id, request_id) "
    "where one.xmin::text <> (pg_current_xact_id()::xid)::text"
)
_READ_XID = "select pg_current_xact_id_if_assigned()::text as xid"
_FIND = (
    "select caller_id, function, result from private.mutation_requests "
    "where session_id = $1 and request_id = $2"
)


class AnsweredBefore(Exception):
    """The request log already holds this request."""


async def commit_answer(session: Session, task: Task, made: Committed) -> Committed:
    """Leave the task's request and its answer in the log, and commit; with the id of what wrote anything.

    Raises `AnsweredBefore`, or what PostgreSQL says to a commit; then nothing was committed.
    """
    try:
        xid = await session.read_script(_commit_script(task, made.value_json))
    except UniqueViolation as error:
        if error.constraint == _PRIMARY_KEY:
            raise AnsweredBefore from error
        raise
    return replace(made, xid=_to_xid32(None if xid.strip() == _NULL else xid))


def _commit_script(task: Task, value_json: str) -> str:
    if task.request is None:
        return _COMMIT
    session_id, request_id = task.request
    caller = "null" if task.identity.user_id is None else f"'{task.identity.user_id}'"
    values = (f"'{session_id}'", str(request_id), caller, *map(quote_literal, (task.request_of, value_json)))
    return _NOTE_AND_COMMIT.format(", ".join(values))


async def note_answers(session: Session, answers: Sequence[tuple[Task, str]]) -> tuple[int | None, set[int]]:
    """Leave many requests and their answers in the log; the transaction's id, if it wrote anything.

    Also gives the places among `answers` of requests that were there already, in the log or among those
    before them. Where there are any, the transaction has to be rolled back.
    """
    noted = [
        (place, task.request, task, value_json)
        for place, (task, value_json) in enumerate(answers)
        if task.request is not None
    ]
    if not noted:
        return (await _read_xid(session) if answers else None), set()
    sessions = [session_id for _, (session_id, _), _, _ in noted]
    numbers = [request_id for _, (_, request_id), _, _ in noted]
    callers = [task.identity.user_id for _, _, task, _ in noted]
    functions = [task.request_of for _, _, task, _ in noted]
    results = [value_json for _, _, _, value_json in noted]
    [row] = await session.fetch(_NOTE_EACH, (sessions, numbers, callers, functions, results))
    if row["count"] == len(noted):
        return _to_xid32(row["xid"]), set()
    taken = {tuple(one) for one in await session.fetch(_FIND_FOREIGN, (sessions, numbers))}
    repeated: set[int] = set()
    for place, request, _, _ in noted:
        if request in taken:
            repeated.add(place)
        taken.add(request)
    return None, repeated


async def find_answer(session: Session, task: Task) -> Ending[Committed] | None:
    """The stored end of a request, None when it has none. Only its own caller may see it."""
    rows = await session.fetch(_FIND, task.request or ())
    if not rows:
        return None
    [row] = rows
    if (row["caller_id"], row["function"]) != (task.identity.user_id, task.request_of):
        return Raised(RequestReused("This request id or key belongs to another call."))
    # jsonb keeps its own spacing and order of keys; equal answers are equal text.
    return Returned(Committed(None, encode_text(decode_text(row["result"])), None))


async def _read_xid(session: Session) -> int | None:
    [row] = await session.fetch(_READ_XID)
    return _to_xid32(row["xid"])


def _to_xid32(xid: str | None) -> int | None:
    return None if xid is None else int(xid) & _XID32
