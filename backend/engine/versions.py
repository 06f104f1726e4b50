"""What an answer is valid at (a position and the snapshot it was read in) and for (an identity)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NewType
from uuid import UUID

Ts = NewType("Ts", int)
"""A WAL position. An answer at `ts` sees exactly the published commits that end at or before it in the log.

Positions survive restarts and mean the same to every copy of the service: hence they are the wire's `ts`.
"""

TS_ZERO = Ts(0)


@dataclass(frozen=True, slots=True)
class StateVersion:
    """What one connection has been told so far; every part only grows."""

    query_set: int
    identity: int
    ts: Ts


VERSION_ZERO = StateVersion(query_set=0, identity=0, ts=TS_ZERO)

_XID_BITS = 32
_XID_MASK = (1 << _XID_BITS) - 1
_XID_HALF = 1 << (_XID_BITS - 1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which transactions a PostgreSQL snapshot sees: the parts of `pg_current_snapshot()`, 64-bit ids."""

    xmin: int
    xmax: int
    in_progress: frozenset[int]

    def sees(self, xid32: int) -> bool:
        """Whether a *committed* transaction is visible here.

        The change feed carries the low 32 bits of an id only. Ids in use at one time lie within 2^31 of each
        other (PostgreSQL's own wrap-around rule): the full id is the one nearest to `xmax` with those bits.
        A full id may be given as well.
        """
        distance = ((xid32 - self.xmax + _XID_HALF) & _XID_MASK) - _XID_HALF
        if distance >= 0:
            return False
        xid = self.xmax + distance
        return xid < self.xmin or xid not in self.in_progress


PER_TOKEN_CLAIMS = frozenset({"iat", "exp", "nbf", "jti", "session_id", "amr"})
"""Claims that differ between two tokens of one person. Sharing ignores them: no answer may depend on them."""


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """On whose behalf something runs. Two tokens of one person with the same standing are the same identity.

    `claims`: the verified token's, as the database sees them. `expires_at_s`: Unix time, None for a visitor.
    `token`: what proved it, for acting on the caller's behalf elsewhere; never printed.
    """

    user_id: UUID | None
    claims: Mapping[str, object]
    expires_at_s: float | None = None
    token: str | None = field(default=None, repr=False)
    key: str = field(init=False)

    def __post_init__(self) -> None:
        """Derive `key`, the canonical text of everything an answer may depend on."""
        lasting = {name: value for name, value in self.claims.items() if name not in PER_TOKEN_CLAIMS}
        key = json.dumps(
            [str(self.user_id or ""), lasting], sort_keys=True, separators=(",", ":"), default=str
        )
        object.__setattr__(self, "key", key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def expired(self, now_s: float) -> bool:
        """Whether the token's time is up at `now_s` (Unix time)."""
        return self.expires_at_s is not None and now_s >= self.expires_at_s


ANONYMOUS = Identity(user_id=None, claims={"role": "anon"})
"""A visitor: nobody has signed in on this connection."""
