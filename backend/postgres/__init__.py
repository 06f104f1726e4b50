"""PostgreSQL at the edge of the service: pools, errors by SQLSTATE, and the feed of committed changes."""

from backend.postgres.changes import (
    UNCHANGED,
    Change,
    FeedEvent,
    Heartbeat,
    RelationChange,
    Started,
    Transaction,
    Truncated,
)
from backend.postgres.errors import ASYNCPG_ERRORS, PostgresError, translate
from backend.postgres.literals import literal_of, quote_literal
from backend.postgres.pool import ConnectionState, PooledConnection, open_pool, state_of
from backend.postgres.replication import ChangeFeed, stream_changes

__all__ = [
    "ASYNCPG_ERRORS",
    "UNCHANGED",
    "Change",
    "ChangeFeed",
    "ConnectionState",
    "FeedEvent",
    "Heartbeat",
    "PooledConnection",
    "PostgresError",
    "RelationChange",
    "Started",
    "Transaction",
    "Truncated",
    "literal_of",
    "open_pool",
    "quote_literal",
    "state_of",
    "stream_changes",
    "translate",
]
