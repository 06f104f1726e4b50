"""What every operation needs: the database, the project's settings, the signing keys, the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

from backend.devstack.auth.access_tokens import SigningKeys
from backend.devstack.auth.settings import AuthSettings

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class AuthService:
    """One running Auth service. `pool` logs in as `supabase_auth_admin`."""

    pool: asyncpg.Pool
    settings: AuthSettings
    keys: SigningKeys
    clock: Clock
