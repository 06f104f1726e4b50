"""Bytes of PostgreSQL's `pgoutput` plugin, protocol version 1 -> values. No I/O.

https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TypeAlias

from backend.postgres.changes import UNCHANGED, RelationChange, Truncated
from backend.postgres.values import ValueDecoder, decoder_for


@dataclass(frozen=True, slots=True)
class Begin:
    """A transaction follows. `commit_position` is where its commit record begins."""

    commit_position: int
    committed_at_us: int  # Since 2000-01-01 UTC, by the server's clock.
    xid: int


@dataclass(frozen=True, slots=True)
class Commit:
    """The transaction is complete. `position` is where its commit record ends."""

    commit_position: int
    position: int
    committed_at_us: int


@dataclass(frozen=True, slots=True)
class Origin:
    """The transaction came here by replication from another server."""

    commit_position: int
    name: str


@dataclass(frozen=True, slots=True)
class RelationColumn:
    """One published column. `is_key` says that it belongs to the replica identity."""

    name: str
    type_oid: int
    is_key: bool
    decode: ValueDecoder


@dataclass(frozen=True, slots=True)
class Relation:
    """The shape of a table's rows from here on; sent before its first row and after each change of shape."""

    oid: int
    table: str
    columns: tuple[RelationColumn, ...]


@dataclass(frozen=True, slots=True)
class Type:
    """A type that is not built in. For a domain, `name` is that of the type beneath it."""

    oid: int
    schema: str
    name: str


@dataclass(frozen=True, slots=True)
class LogicalMessage:
    """What somebody wrote with `pg_logical_emit_message`; sent only when the stream asks for messages."""

    position: int
    prefix: str
    content: bytes
    transactional: bool


Message: TypeAlias = Begin | Commit | Origin | Relation | Type | RelationChange | Truncated | LogicalMessage

_BEGIN = struct.Struct("!xQqI")
_COMMIT = struct.Struct("!xxQQq")
_U16 = struct.Struct("!H")
_U32 = struct.Struct("!I")
_U64 = struct.Struct("!Q")

_ROW_AT = 6  # Of an insert, update or delete: after tag, relation oid, and the tag of the first tuple.
_OLD_KEY, _OLD_ROW, _NEW_ROW = b"KON"
_NULL, _UNCHANGED, _TEXT = b"nut"
_KEY_FLAG = 1  # LOGICALREP_IS_REPLICA_IDENTITY in src/backend/replication/logical/proto.c.
_CATALOG_SCHEMA = ""  # How pgoutput writes pg_catalog.


class Decoder:
    """Decodes the messages of one replication connection, in order; it remembers the shapes of its tables."""

    def __init__(self) -> None:
        self._relations: dict[int, Relation] = {}
        self._base_types: dict[int, str] = {}  # Of domains over built-in types.

    def decode(self, data: bytes) -> Message:
        """One message: the payload of one XLogData, without its header."""
        match data[:1]:
            case b"I":
                return self._decode_insert(data)
            case b"U":
                return self._decode_update(data)
            case b"D":
                return self._decode_delete(data)
            case b"B":
                return Begin(*_BEGIN.unpack_from(data))
            case b"C":
                return Commit(*_COMMIT.unpack_from(data))
            case b"R":
                return self._decode_relation(data)
            case b"Y":
                return self._decode_type(data)
            case b"T":
                return self._decode_truncate(data)
            case b"O":
                return Origin(_U64.unpack_from(data, 1)[0], _read_string(data, 9)[0])
            case b"M":
                return _decode_logical_message(data)
            case _:
                raise AssertionError(("not a message of pgoutput protocol 1", data[:64]))

    def table_of(self, data: bytes) -> str:
        """The table of an insert, update or delete, without decoding its rows."""
        return self._relation_of(data).table

    def _relation_of(self, data: bytes) -> Relation:
        return self._relations[_U32.unpack_from(data, 1)[0]]

    def _decode_insert(self, data: bytes) -> RelationChange:
        relation = self._relation_of(data)
        new, _ = _read_row(data, _ROW_AT, relation)
        return RelationChange(relation.table, "insert", new, None)

    def _decode_update(self, data: bytes) -> RelationChange:
        relation = self._relation_of(data)
        if data[5] == _NEW_ROW:
            new, _ = _read_row(data, _ROW_AT, relation)
            return RelationChange(relation.table, "update", new, None)
        old, end = _read_old_row(data, relation)
        new, _ = _read_row(data, end + 1, relation)
        for name, value in new.items():
            # Under replica identity full the old row was written whole, so what did not change is known.
            if value is UNCHANGED and name in old:
                new[name] = old[name]
        return RelationChange(relation.table, "update", new, old)

    def _decode_delete(self, data: bytes) -> RelationChange:
        relation = self._relation_of(data)
        old, _ = _read_old_row(data, relation)
        return RelationChange(relation.table, "delete", None, old)

    def _decode_truncate(self, data: bytes) -> Truncated:
        (count,) = _U32.unpack_from(data, 1)
        oids = struct.unpack_from(f"!{count}I", data, 6)
        return Truncated(tuple(self._relations[oid].table for oid in oids))

    def _decode_relation(self, data: bytes) -> Relation:
        (oid,) = _U32.unpack_from(data, 1)
        schema, at = _read_string(data, 5)
        name, at = _read_string(data, at)
        (count,) = _U16.unpack_from(data, at + 1)  # The byte before it is the replica identity's kind.
        at += 3
        columns: list[RelationColumn] = []
        for _ in range(count):
            is_key = bool(data[at] & _KEY_FLAG)
            column, at = _read_string(data, at + 1)
            (type_oid,) = _U32.unpack_from(data, at)
            at += 8  # Behind the type modifier.
            decode = decoder_for(type_oid, self._base_types.get(type_oid))
            columns.append(RelationColumn(column, type_oid, is_key, decode))
        relation = Relation(oid, f"{schema or 'pg_catalog'}.{name}", tuple(columns))
        self._relations[oid] = relation
        return relation

    def _decode_type(self, data: bytes) -> Type:
        (oid,) = _U32.unpack_from(data, 1)
        schema, at = _read_string(data, 5)
        name, _ = _read_string(data, at)
        if schema == _CATALOG_SCHEMA:
            self._base_types[oid] = name
        return Type(oid, schema, name)


def _read_old_row(data: bytes, relation: Relation) -> tuple[dict[str, object], int]:
    """The old tuple of an update or delete: whole, or its key columns only (others are sent as null)."""
    row, end = _read_row(data, _ROW_AT, relation)
    if data[5] == _OLD_KEY:
        row = {column.name: row[column.name] for column in relation.columns if column.is_key}
    return row, end


def _read_row(data: bytes, at: int, relation: Relation) -> tuple[dict[str, object], int]:
    """A tuple as a dict by column name, and the offset behind it. Hot: runs once for every changed row."""
    (count,) = _U16.unpack_from(data, at)
    assert count == len(relation.columns), (relation, count)
    at += 2
    row: dict[str, object] = {}
    for column in relation.columns:
        kind = data[at]
        at += 1
        if kind == _TEXT:
            (length,) = _U32.unpack_from(data, at)
            start = at + 4
            at = start + length
            row[column.name] = column.decode(data[start:at].decode())
        elif kind == _NULL:
            row[column.name] = None
        else:
            assert kind == _UNCHANGED, (kind, relation)  # Binary values were not asked for.
            row[column.name] = UNCHANGED
    return row, at


def _read_string(data: bytes, at: int) -> tuple[str, int]:
    """A NUL-terminated string and the offset behind it."""
    end = data.index(0, at)
    return data[at:end].decode(), end + 1


def _decode_logical_message(data: bytes) -> LogicalMessage:
    (position,) = _U64.unpack_from(data, 2)
    prefix, at = _read_string(data, 10)
    (length,) = _U32.unpack_from(data, at)
    return LogicalMessage(position, prefix, data[at + 4 : at + 4 + length], transactional=bool(data[1] & 1))
