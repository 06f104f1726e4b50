"""PostgreSQL's failures under our names, chosen by SQLSTATE and never by message text.

PostgresError                     anything not named below; running it again will not help
├── SerializationConflict         40001, 40P01, 55P03       (running the transaction again may succeed)
├── Unavailable                   08*, 53*, 57P0*, no server (trying again later may succeed)
├── StatementTimeout              57014
├── PermissionDenied              42501
├── InvalidValue                  22*
├── UniqueViolation               23505, 23P01
├── ForeignKeyViolation           23503, 23001
├── CheckViolation                23514
├── NotNullViolation              23502
└── ReplicationRefused            the change feed cannot run until somebody changes the set-up
    ├── WalLevelTooLow
    ├── ReplicationNotAllowed
    └── PublicationMissing

SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

from typing import ClassVar

import asyncpg
import psycopg


class PostgresError(Exception):
    """A statement or a connection failed.

    `message` and `hint` are PostgreSQL's primary message and hint. They may name tables and constraints but
    hold no other row's values; those stand in `detail`, which is for our logs and never for a client.
    """

    code: ClassVar[str] = "postgres.failed"
    status: ClassVar[int] = 500
    retry_may_fix: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        sqlstate: str | None = None,
        hint: str | None = None,
        detail: str | None = None,
        constraint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.sqlstate = sqlstate
        self.hint = hint
        self.detail = detail
        self.constraint = constraint


class SerializationConflict(PostgresError):
    """Another transaction got in the way. Running the whole transaction again may succeed."""

    code, status, retry_may_fix = "postgres.serialization_conflict", 409, True


class Unavailable(PostgresError):
    """The server cannot be reached, is starting or stopping, or has no room. Later it may.

    When the connection broke during COMMIT nobody can tell from this error whether the transaction committed.
    """

    code, status, retry_may_fix = "postgres.unavailable", 503, True


class StatementTimeout(PostgresError):
    """The statement ran longer than `statement_timeout`, or was cancelled. It had no effect."""

    code, status = "postgres.statement_timeout", 504


class PermissionDenied(PostgresError):
    """A grant or a row-level policy does not allow this."""

    code, status = "postgres.permission_denied", 403


class InvalidValue(PostgresError):
    """A value does not fit its type: malformed, too long, out of range, or text PostgreSQL cannot hold."""

    code, status = "postgres.invalid_value", 400


class UniqueViolation(PostgresError):
    """A row with these values already exists. `constraint` names the rule."""

    code, status = "postgres.unique_violation", 409


class ForeignKeyViolation(PostgresError):
    """The row refers to one that does not exist, or is still referred to. `constraint` names the rule."""

    code, status = "postgres.foreign_key_violation", 409


class CheckViolation(PostgresError):
    """The row breaks a check. `constraint` names it."""

    code, status = "postgres.check_violation", 400


class NotNullViolation(PostgresError):
    """A required column was left empty."""

    code, status = "postgres.not_null_violation", 400


class ReplicationRefused(PostgresError):
    """The change feed cannot run against this server as it is set up."""

    code = "postgres.replication_refused"


class WalLevelTooLow(ReplicationRefused):
    """The server writes too little into its log for logical replication."""

    code = "postgres.wal_level_too_low"


class ReplicationNotAllowed(ReplicationRefused):
    """The role may not replicate."""

    code = "postgres.replication_not_allowed"


class PublicationMissing(ReplicationRefused):
    """The database has no publication of that name."""

    code = "postgres.publication_missing"


ASYNCPG_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""All that asyncpg raises on its own account: what to catch around a statement, and hand to `translate`."""


def translate(error: BaseException, *, connection_lost: bool = False) -> PostgresError:
    """Our name for what asyncpg or psycopg raised: `raise translate(error) from error`.

    A `PostgresError` of ours comes back unchanged. Whatever is neither PostgreSQL's word nor a broken
    connection (a bug in our own code, say) becomes a plain `PostgresError`, which nobody retries.
    `connection_lost`: the connection is closed by now. asyncpg's InterfaceError alone does not tell whether
    that, or a call that makes no sense, was the reason.
    """
    match error:
        case PostgresError():
            return error
        case asyncpg.PostgresError():
            fields = error.as_dict()
            return _class_for(fields.get("sqlstate"))(
                fields.get("message") or str(error),
                sqlstate=fields.get("sqlstate"),
                hint=fields.get("hint"),
                detail=fields.get("detail"),
                constraint=fields.get("constraint_name"),
            )
        case psycopg.Error() if error.sqlstate is not None:
            diag = error.diag
            return _class_for(error.sqlstate)(
                diag.message_primary or str(error),
                sqlstate=error.sqlstate,
                hint=diag.message_hint,
                detail=diag.message_detail,
                constraint=diag.constraint_name,
            )
        # asyncpg checks arguments before it sends them; its DataError has no SQLSTATE.
        case asyncpg.DataError():
            return InvalidValue(str(error))
        # Without a SQLSTATE libpq speaks of the connection itself. TimeoutError is an OSError, too. asyncpg
        # loses its place in the protocol when the server ends a session between two statements.
        case psycopg.OperationalError() | OSError() | asyncpg.InternalClientError():
            return Unavailable(str(error) or type(error).__name__)
        case asyncpg.InterfaceError() if connection_lost:
            return Unavailable(str(error) or type(error).__name__)
        case _:
            return PostgresError(str(error) or type(error).__name__)


_CLASS_BY_SQLSTATE: dict[str, type[PostgresError]] = {
    "40001": SerializationConflict,
    "40P01": SerializationConflict,
    "55P03": SerializationConflict,  # lock_not_available
    "57014": StatementTimeout,
    "57P01": Unavailable,  # admin_shutdown
    "57P02": Unavailable,  # crash_shutdown
    "57P03": Unavailable,  # cannot_connect_now
    "57P05": Unavailable,  # idle_session_timeout
    "42501": PermissionDenied,
    "23505": UniqueViolation,
    "23P01": UniqueViolation,  # exclusion_violation
    "23503": ForeignKeyViolation,
    "23001": ForeignKeyViolation,  # restrict_violation, PostgreSQL 18's code for ON DELETE RESTRICT
    "23514": CheckViolation,
    "23502": NotNullViolation,
}

_CLASS_BY_SQLSTATE_CLASS: dict[str, type[PostgresError]] = {
    "08": Unavailable,  # connection exceptions
    "22": InvalidValue,  # data exceptions
    "53": Unavailable,  # insufficient resources: too many connections, disk full, out of memory
}


def _class_for(sqlstate: str | None) -> type[PostgresError]:
    if sqlstate is None:
        return PostgresError
    return _CLASS_BY_SQLSTATE.get(sqlstate) or _CLASS_BY_SQLSTATE_CLASS.get(sqlstate[:2], PostgresError)
