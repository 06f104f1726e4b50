"""What the change feed delivers: whole committed transactions, and how far the feed has come.

Positions are places in PostgreSQL's write-ahead log (its LSNs) as plain 64-bit ints. They only ever grow,
they survive restarts, and every reader of one database sees the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TypeAlias


class Unchanged(Enum):
    """The type of `UNCHANGED`, a class of its own so that a checker can tell it from every value."""

    UNCHANGED = "unchanged"


# Stands in `RelationChange.new` for a large (TOASTed) value that an UPDATE left as it was: PostgreSQL does
# not send it again. Never `None`, which is SQL's null. Tables with replica identity full never give it.
UNCHANGED: Final = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class RelationChange:
    """One row inserted, updated or deleted.

    `table` is schema-qualified: 'public.posts'. `new` has every published column. `old` is, under replica
    identity full, the whole former row; otherwise only the key columns, and for an update only when one of
    them changed (else None). Values are what asyncpg would give for the column, except that types without a
    decoder of their own (json, arrays, intervals...) stay PostgreSQL's text.
    """

    table: str
    kind: Literal["insert", "update", "delete"]
    new: dict[str, object] | None
    old: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Truncated:
    """Any row of these tables may have changed: truncated, or more rows changed than the feed keeps."""

    tables: tuple[str, ...]


Change: TypeAlias = RelationChange | Truncated


@dataclass(frozen=True, slots=True)
class Transaction:
    """One commit, whole, in commit order. Savepoints rolled back inside it have left no trace.

    `xid` is the top-level transaction id as PostgreSQL stores it in rows: 32 bits, without its epoch.
    `position` is the end of its commit record. A transaction may be delivered a little before a new snapshot
    can see it.
    """

    xid: int
    position: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Every transaction whose commit record ends at or before `position` has been delivered."""

    position: int


@dataclass(frozen=True, slots=True)
class Started:
    """The feed begins, or begins again, here: commits before `position` may never be delivered.

    A snapshot taken after this event sees every commit that the feed will not deliver.
    """

    position: int


FeedEvent: TypeAlias = Started | Transaction | Heartbeat
