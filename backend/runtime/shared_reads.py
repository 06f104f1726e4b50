"""Rows that the runs of one view read alike: fetched once for all callers of one standing.

Where a query's answer is its caller's own, most of what it reads is still what everybody reads: the posts,
of which some are mine. A read whose rules cannot tell callers of one standing apart gives all of them the
same rows in the same view of the database. The first of them fetches the rows, under row security as ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import asyncpg

ROWS_KEPT_MAX = 32_000  # Of one standing until the view is closed: as many as one run may read.

Records: TypeAlias = Sequence[asyncpg.Record]


@dataclass
class _Read:
    """A read under way, or done: `records` are None until then, and for ever when it failed."""

    records: Records | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class SharedReads:
    """What callers of one standing have read in one view. `taken_over`: how often another's read served."""

    def __init__(self) -> None:
        self.taken_over = 0
        self._reads: dict[Hashable, _Read] = {}
        self._rows_kept = 0

    async def read(self, key: Hashable, fetch: Callable[[], Awaitable[Records]]) -> Records:
        """The records of the read that `key` names; `fetch` is called where nobody has them, or is at it.

        Raises what `fetch` raises. Its failure is nobody else's: whoever waited fetches for themselves.
        """
        while (read := self._reads.get(key)) is not None:
            if read.records is None:
                await read.ended.wait()
            if read.records is not None:
                self.taken_over += 1
                return read.records
        read = self._reads[key] = _Read()
        try:
            read.records = await fetch()
            return read.records
        finally:
            if not self._keeps(read):
                del self._reads[key]
            read.ended.set()

    def _keeps(self, read: _Read) -> bool:
        if read.records is None or self._rows_kept + len(read.records) > ROWS_KEPT_MAX:
            return False
        self._rows_kept += len(read.records)
        return True
