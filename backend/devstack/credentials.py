"""Which credential a request to the gateway carries in the end."""

from __future__ import annotations

from backend.devstack.keys import StackKeys

_OPAQUE = "sb_"  # Publishable and secret keys begin so; they are not tokens, and no service understands them.


def effective_authorization(authorization: str | None, apikey: str | None, keys: StackKeys) -> str | None:
    """The Authorization header the service behind the gateway gets; None: no header at all.

    What the request says itself wins, unless it is an opaque key: older clients send their key there too. An
    opaque `apikey` becomes the token it stands for, and any other `apikey` is taken for a token.
    """
    if authorization and not authorization.lower().startswith(f"bearer {_OPAQUE}"):
        return authorization
    if apikey == keys.secret_key:
        return f"Bearer {keys.service_role_key}"
    if apikey == keys.publishable_key:
        return f"Bearer {keys.anon_key}"
    return f"Bearer {apikey}" if apikey else None


def is_known(apikey: str, keys: StackKeys) -> bool:
    """Whether `apikey` is one of ours, or at least a token, which the service behind will verify."""
    return apikey in (keys.publishable_key, keys.secret_key) or apikey.count(".") == 2
