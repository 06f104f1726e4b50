"""Pages of a query: what the client asks for, what it gets, and the cursors that join one page to the next.

The contract is that of Convex's `usePaginatedQuery`. A page is everything after its `cursor` up to and
including its end. The first run fixes the end and keeps it in the journal, so that a page which is run again
covers the same stretch of the index: rows come and go inside it, and none falls between two pages or shows
in both.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from backend.engine.reads import Key
from backend.runtime.errors import InvalidCursor

T = TypeVar("T")

PAGE_ROWS_MAX = 8192  # A page is one array on the wire, and Convex allows an array no more elements.
PAGE_ROWS_SPLIT = 6144  # From here on the client is asked to split the page, while it still fits.
SPLIT_ROWS_MIN = 3  # Fewer rows have no useful middle.
CURSORS_KEPT_MAX = 4096  # Of a few hundred bytes: each run of a page reads and writes the same ones.
_SIGNATURE_BYTES = 16  # 128 bits: forging one is hopeless, and cursors stay short.

PageStatus: TypeAlias = Literal["SplitRecommended", "SplitRequired"]


class _WireModel(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class PageOptions(_WireModel):
    """Which page: `num_items` rows after `cursor`, or everything up to `end_cursor` where that is given.

    The wire calls this argument `paginationOpts`, whatever the handler's parameter is named. `id` only keeps
    two hooks of one client apart. `maximum_rows_read` ends a page early; a limit on bytes is accepted, and
    is not needed beside it.
    """

    num_items: int
    cursor: str | None
    end_cursor: str | None = None
    id: float | None = None
    maximum_rows_read: float | None = None
    maximum_bytes_read: float | None = None


class Page(_WireModel, Generic[T]):
    """Rows in the order asked for. `continue_cursor` is always a string, also after the last page."""

    page: list[T]
    is_done: bool
    continue_cursor: str
    split_cursor: str | None = None
    page_status: PageStatus | None = None


@dataclass(frozen=True)
class End:
    """The end of the index, as a place a page can stop at: rows added there later belong to that page."""


END = End()
Place: TypeAlias = "tuple[Key, ...] | End"
"""Where a page stops: the key of its last row, or the end of the index."""


@dataclass(frozen=True)
class Cursors:
    """Places as opaque text. A cursor is only good for the scan it was made by, and cannot be forged.

    `fingerprint` tells scans apart; `key_type` is the tuple type of the index key.
    """

    secret: bytes
    fingerprint: bytes
    key_type: TypeAdapter[tuple[Key, ...]]

    @lru_cache(maxsize=CURSORS_KEPT_MAX)  # noqa: B019 (what it keeps alive is few and small)
    def write(self, place: Place) -> str:
        """The cursor of a place."""
        body = b"" if isinstance(place, End) else self.key_type.dump_json(place)
        return base64.urlsafe_b64encode(self._sign(body) + body).decode("ascii").rstrip("=")

    @lru_cache(maxsize=CURSORS_KEPT_MAX)  # noqa: B019 (as above)
    def read(self, cursor: str) -> Place:
        """The place of a cursor that `write` made. Raises `InvalidCursor` for any other text."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise InvalidCursor from error
        signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(body)):
            raise InvalidCursor
        if not body:
            return END
        try:
            return self.key_type.validate_json(body)
        except ValidationError as error:  # An index whose columns changed type since the cursor was made.
            raise InvalidCursor from error

    def _sign(self, body: bytes) -> bytes:
        signed = hmac.digest(self.secret, self.fingerprint + body, hashlib.sha256)
        return signed[:_SIGNATURE_BYTES]
