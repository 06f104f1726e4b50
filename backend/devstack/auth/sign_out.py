"""Signing out: ending one session of a user, the others, or all of them."""

from enum import StrEnum

from backend.devstack.auth import sessions
from backend.devstack.auth.caller import Caller
from backend.devstack.auth.errors import validation_failed
from backend.devstack.auth.service import AuthService


class Scope(StrEnum):
    """Which of a user's sessions to end, seen from the one asking."""

    GLOBAL = "global"
    LOCAL = "local"
    OTHERS = "others"


def read_scope(text: str) -> Scope:
    """Read the query parameter `scope`; empty is global. Raise `validation_failed` on anything else."""
    try:
        return Scope(text or Scope.GLOBAL)
    except ValueError as error:
        raise validation_failed(f'Unsupported logout scope "{text}"') from error


async def sign_out(auth: AuthService, caller: Caller, scope: Scope) -> None:
    """End sessions of the caller. Their refresh tokens go with them; access tokens live until they expire."""
    async with auth.pool.acquire() as connection:
        if caller.session is None or scope is Scope.GLOBAL:
            await sessions.delete_of_user(connection, caller.user.id)
        elif scope is Scope.OTHERS:
            await sessions.delete_of_user(connection, caller.user.id, but=caller.session.id)
        else:
            await sessions.delete(connection, caller.session.id)
