"""Grants: opening a session for a user, and the access token that goes with one."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from backend.devstack.auth import refresh_tokens, sessions, users
from backend.devstack.auth.access_tokens import Claims
from backend.devstack.auth.database import Connection
from backend.devstack.auth.errors import WeakPassword
from backend.devstack.auth.service import AuthService
from backend.devstack.auth.sessions import Client, Method, Proof
from backend.devstack.auth.users import User


@dataclass(frozen=True, slots=True)
class Grant:
    """What a client holds once signed in. `expires_at_s` is Unix time; `weakness` is only a warning."""

    access_token: str = field(repr=False)
    expires_in_s: int
    expires_at_s: int
    refresh_token: str = field(repr=False)
    user: User
    weakness: WeakPassword | None = None


async def open_session(
    auth: AuthService, connection: Connection, user_id: UUID, method: Method, client: Client
) -> Grant:
    """Sign the user in anew: a session, its first refresh token and an access token."""
    now = auth.clock()
    session_id = await sessions.insert(connection, user_id, method, client, now)
    refresh_token = await refresh_tokens.insert(connection, user_id, session_id, now)
    await users.set_columns(connection, user_id, now, last_sign_in_at=now)
    user = await users.load(connection, user_id)
    return await grant(auth, connection, user, session_id, refresh_token)


async def grant(
    auth: AuthService, connection: Connection, user: User, session_id: UUID, refresh_token: str
) -> Grant:
    """Sign an access token for a session and hand it out beside the refresh token."""
    issued_at = auth.clock()
    expires_at = issued_at + timedelta(seconds=auth.settings.jwt_expiry_s)
    session = await sessions.find(connection, session_id)
    assert session is not None, session_id
    proofs = await sessions.read_proofs(connection, session_id)
    claims: Claims = {
        "iss": auth.settings.external_url,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
        **_claims_about(user),
        "aal": session.aal,
        "amr": [_proof_claim(proof) for proof in proofs],
        "session_id": str(session_id),
    }
    return Grant(
        access_token=auth.keys.sign(claims),
        expires_in_s=auth.settings.jwt_expiry_s,
        expires_at_s=claims["exp"],
        refresh_token=refresh_token,
        user=user,
    )


def _claims_about(user: User) -> Claims:
    return {
        "sub": str(user.id),
        "aud": user.aud or "",
        "email": user.email or "",
        "phone": user.phone or "",
        "app_metadata": user.app_metadata,
        "user_metadata": user.user_metadata,
        "role": user.role or "",
        "is_anonymous": user.is_anonymous,
    }


def _proof_claim(proof: Proof) -> Claims:
    return {"method": proof.method, "timestamp": int(proof.at.timestamp())}
