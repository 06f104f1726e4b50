"""One run for many callers, where rules and handler cannot tell them apart.

Two callers have one standing when they have the same role and pay for the same tiers. What a run looked at is
on record (`Recorder.personal`): where that was nothing but standings, the answer for one caller is the answer
for everybody of the same standing. One of them leads and is run under row security as ever; the others
follow, each with a read set of their own, so that a purchase or a promotion moves only who it is about.

A function that was found to be personal is not tried again this way until one of its runs was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from backend.engine.ports import QueryRun
from backend.runtime.queries import Answered
from backend.runtime.session import Session
from schema.compile.callers import tiers_of
from schema.compile.quoting import quote_qualified
from schema.language.rules import MEMBERSHIP_TABLE, ROLE_TABLE
from schema.tables import CATALOG

PERSONAL_KEPT_MAX = 4_096  # Functions, of which no service has so many; then all is learnt anew.

_STANDINGS = (
    f"select person.id, person.role, {tiers_of(CATALOG.table(MEMBERSHIP_TABLE), 'person.id')} as tiers"
    f" from {quote_qualified(CATALOG.table(ROLE_TABLE))} as person where person.id = any ($1::uuid[])"
)


@dataclass(frozen=True)
class Standing:
    """All that rules may look at of a caller, apart from who it is."""

    role: str
    tiers: frozenset[str]


Followers: TypeAlias = Mapping[QueryRun, QueryRun]
"""Runs that may take over the answer of another one, with that one."""


async def standings_of(session: Session, callers: Sequence[UUID]) -> dict[UUID, Standing]:
    """How each of `callers` stands; who has no profile stands nowhere and is left out."""
    rows = await session.fetch(_STANDINGS, (callers,))
    return {row["id"]: Standing(row["role"], frozenset(row["tiers"])) for row in rows}


def lead_runs(shares: Iterable[Sequence[QueryRun]], standings: Mapping[UUID, Standing]) -> Followers:
    """Of each share, the first run of every standing leads; the others of that standing follow it."""
    followers: dict[QueryRun, QueryRun] = {}
    for share in shares:
        leaders: dict[Standing, QueryRun] = {}
        for run in share:
            standing = standings.get(run.identity.user_id) if run.identity.user_id else None
            if standing is None:
                continue
            leader = leaders.setdefault(standing, run)
            if leader != run:
                followers[run] = leader
    return followers


class Sharing:
    """Which functions are worth sharing, as their runs have shown."""

    def __init__(self) -> None:
        self._personal: set[str] = set()

    def shares(self, runs: Sequence[QueryRun]) -> list[list[QueryRun]]:
        """The runs that differ only in which person calls, two or more together."""
        if len(runs) < 2:
            return []
        alike: dict[tuple[object, str | None], list[QueryRun]] = {}
        for run in runs:
            if run.identity.user_id is not None and run.call.function not in self._personal:
                alike.setdefault((run.call, run.journal), []).append(run)
        return [share for share in alike.values() if len(share) > 1]

    def learn(self, answered: Iterable[tuple[QueryRun, Answered]]) -> None:
        """Remember which functions are personal. Failed runs teach nothing."""
        for run, one in answered:
            if one.answer.error is not None:
                continue
            if one.shared:
                self._personal.discard(run.call.function)
            elif len(self._personal) >= PERSONAL_KEPT_MAX:
                self._personal = {run.call.function}
            else:
                self._personal.add(run.call.function)
