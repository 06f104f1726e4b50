"""Messages of the stream -> whole transactions, with a bound on what one of them may hold in memory."""

from __future__ import annotations

from backend.postgres.changes import Change, RelationChange, Transaction, Truncated
from backend.postgres.pgoutput import Begin, Commit, Decoder

# Past these, reading the tables again is cheaper than matching every row, and memory stays bounded.
TRANSACTION_ROWS_MAX = 10_000
TRANSACTION_BYTES_MAX = 32 << 20

_ROW_TAGS = b"IUD"


class Assembler:
    """Collects one transaction at a time; PostgreSQL sends them whole, one after another."""

    def __init__(
        self, *, rows_max: int = TRANSACTION_ROWS_MAX, bytes_max: int = TRANSACTION_BYTES_MAX
    ) -> None:
        self._rows_max = rows_max
        self._bytes_max = bytes_max
        self._decoder = Decoder()
        self._xid = 0
        self._changes: list[Change] = []
        self._rows = 0
        self._bytes = 0
        # None -> a set, once the transaction has outgrown its bounds; None again with the next Begin.
        self._tables: set[str] | None = None

    def add(self, data: bytes) -> Transaction | None:
        """Take one pgoutput message; the transaction, when this message completes it."""
        if data[0] in _ROW_TAGS:
            self._rows += 1
            self._bytes += len(data)
            if self._tables is None and (self._rows > self._rows_max or self._bytes > self._bytes_max):
                self._collapse()
            if self._tables is not None:
                self._tables.add(self._decoder.table_of(data))
                return None
        match self._decoder.decode(data):
            case RelationChange() as change:
                self._changes.append(change)
            case Truncated() as change:
                if self._tables is not None:
                    self._tables.update(change.tables)
                else:
                    self._changes.append(change)
            case Begin(xid=xid):
                self._xid, self._rows, self._bytes = xid, 0, 0
                self._changes, self._tables = [], None
            case Commit(position=position):
                return self._complete(position)
            case _:
                pass  # Relations and types are the decoder's own; origins and messages concern nobody here.
        return None

    def _collapse(self) -> None:
        """Keep only which tables were touched; the rest of the transaction adds to that set."""
        self._tables = set()
        for change in self._changes:
            self._tables.update(change.tables if isinstance(change, Truncated) else (change.table,))
        self._changes = []

    def _complete(self, position: int) -> Transaction:
        changes = self._changes if self._tables is None else [Truncated(tuple(sorted(self._tables)))]
        transaction = Transaction(self._xid, position, tuple(changes))
        self._changes, self._tables = [], None
        return transaction
