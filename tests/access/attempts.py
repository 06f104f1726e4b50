"""Statements tried as somebody, and undone: what PostgreSQL lets each of them do."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from uuid import UUID

import asyncpg

# A subtransaction takes back whatever the statement did, the role and the claims. The statement says how many
# rows it reached; asked for a value, it also says which. Constraints that wait for the commit are called in.
SET_UP = """
create function pg_temp.attempt(
    role text, claims text, first text, statement text, asks boolean,
    out code text, out reached bigint, out value text, out message text
) language plpgsql as $$
begin
    execute first;
    perform set_config('request.jwt.claims', claims, true), set_config('role', role, true);
    if asks then
        execute statement into value;
    else
        execute statement;
    end if;
    get diagnostics reached = row_count;
    set constraints all immediate;
    raise exception using errcode = 'ZZ000', message = '';
exception
    when sqlstate 'ZZ000' then
        return;
    when others then
        code := sqlstate;
        message := sqlerrm;
end
$$"""

_TRY_ALL = """
select tried.code, tried.reached, tried.value, tried.message
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[])
    with ordinality as attempt (role, claims, first, statement, asks, position)
cross join lateral pg_temp.attempt(role, claims, first, statement, asks) as tried
order by attempt.position"""

NOTHING = "select"
INSUFFICIENT_PRIVILEGE = "42501"
CONFLICTS = ("23505", "23P01")  # Something unique, or excluded, is there already.


@dataclass(frozen=True)
class Caller:
    """Somebody by one way in: a database role, and the claims of a token."""

    role: str
    claims: str


def caller(role: str, person: UUID | None = None, *, claimed: str | None = None) -> Caller:
    """`person` acting under `role`. Tokens claim `authenticated` or `anon`, unless `claimed` says else."""
    claims = {"role": claimed or ("anon" if person is None else "authenticated")}
    return Caller(role, json.dumps(claims if person is None else claims | {"sub": str(person)}))


SERVICE = caller("service_role", claimed="service_role")
TABLES_OWNER = caller("none")
DERIVED_OWNER = caller("derived_owner")


@dataclass(frozen=True)
class Attempt:
    """`first` is done as the tables' owner. With `asks`, the statement gives back one value."""

    caller: Caller
    statement: str
    first: str = NOTHING
    asks: bool = False


class Verdict(Enum):
    """What came of an attempt."""

    DONE = "done"
    REFUSED = "refused"
    BROKEN = "broken"


@dataclass(frozen=True)
class Outcome:
    """`code` and `message` are PostgreSQL's when it refused; `reached` counts rows; `value` is as text."""

    code: str | None
    reached: int
    value: str | None
    message: str | None

    @property
    def verdict(self) -> Verdict:
        """Refused is for want of a right, or because the row is out of sight. All else breaks the attempt."""
        if self.code == INSUFFICIENT_PRIVILEGE or (self.code is None and self.reached == 0):
            return Verdict.REFUSED
        return Verdict.DONE if self.code is None and self.reached == 1 else Verdict.BROKEN

    def __str__(self) -> str:
        if self.code is None:
            return f"{self.verdict.value}, {self.reached} rows"
        return f"{self.verdict.value}, {self.code} {self.message}"


async def try_all(
    connection: asyncpg.Connection, attempts: Sequence[Attempt], *, making_way: str = NOTHING
) -> list[Outcome]:
    """Try each by itself, and undo it. What conflicts with a row there is tried again after `making_way`."""
    outcomes = await _try(connection, attempts)
    again = [place for place, outcome in enumerate(outcomes) if outcome.code in CONFLICTS]
    if again and making_way != NOTHING:
        anew = [replace(attempts[place], first=making_way) for place in again]
        for place, outcome in zip(again, await _try(connection, anew), strict=True):
            outcomes[place] = outcome
    return outcomes


async def _try(connection: asyncpg.Connection, attempts: Sequence[Attempt]) -> list[Outcome]:
    rows = await connection.fetch(
        _TRY_ALL,
        [attempt.caller.role for attempt in attempts],
        [attempt.caller.claims for attempt in attempts],
        [attempt.first for attempt in attempts],
        [attempt.statement for attempt in attempts],
        [attempt.asks for attempt in attempts],
    )
    return [Outcome(row["code"], row["reached"] or 0, row["value"], row["message"]) for row in rows]
