"""One-time tokens: the codes a user is mailed, kept as hashes in `auth.one_time_tokens` and on the user."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID, uuid4

from backend.devstack.auth.database import Connection

_SET_CONFIRMATION = """
update auth.users set confirmation_token = $2, confirmation_sent_at = $3, updated_at = $3 where id = $1
"""

_DELETE_SAME_KIND = """
delete from auth.one_time_tokens where user_id = $1 and token_type::text = $2
"""

# This table's two timestamps are without time zone and hold UTC.
_INSERT = """
insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to, created_at, updated_at)
values ($1, $2, 'confirmation_token', $3, $4, $5 at time zone 'utc', $5 at time zone 'utc')
"""


async def start_confirmation(
    connection: Connection, user_id: UUID, email: str, now: datetime, *, otp_length: int
) -> str:
    """Make the code that will confirm the user's address, voiding an earlier one; return it for the mail."""
    otp = "".join(secrets.choice("0123456789") for _ in range(otp_length))
    token_hash = hashlib.sha224((email + otp).encode()).hexdigest()
    await connection.execute(_SET_CONFIRMATION, user_id, token_hash, now)
    await connection.execute(_DELETE_SAME_KIND, user_id, "confirmation_token")
    await connection.execute(_INSERT, uuid4(), user_id, token_hash, email, now)
    return otp


async def delete_of_user(connection: Connection, user_id: UUID) -> None:
    """Void every code the user was mailed."""
    await connection.execute("delete from auth.one_time_tokens where user_id = $1", user_id)
