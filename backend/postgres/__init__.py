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
from backend.postgres.pool import PooledConnection, Standing, open_pool, standing_of
from backend.postgres.replication import ChangeFeed, stream_changes

__all__ = [
    "ASYNCPG_ERRORS",
    "UNCHANGED",
    "Change",
    "ChangeFeed",
    "FeedEvent",
    "Heartbeat",
    "PooledConnection",
    "PostgresError",
    "RelationChange",
    "Standing",
    "Started",
    "Transaction",
    "Truncated",
    "literal_of",
    "open_pool",
    "quote_literal",
    "standing_of",
    "stream_changes",
    "translate",
]
