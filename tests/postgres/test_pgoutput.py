"""pgoutput's bytes, spelled out as its documentation does, -> values."""

from __future__ import annotations

import struct
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from backend.postgres import UNCHANGED, RelationChange, Transaction, Truncated
from backend.postgres.pgoutput import Begin, Commit, Decoder, LogicalMessage, Origin, Relation, Type
from backend.postgres.transactions import Assembler

POSTS = b"R" + bytes.fromhex("00004001") + b"public\0posts\0" + b"d" + bytes.fromhex("0003") + (
    b"\1id\0" + bytes.fromhex("00000017 ffffffff")  # int4, part of the key
    + b"\0body\0" + bytes.fromhex("00000019 ffffffff")  # text
    + b"\0views\0" + bytes.fromhex("00000014 ffffffff")  # int8
)  # fmt: skip
BEGIN = b"B" + bytes.fromhex("00000000 016b3748  0002a12b c3d4e5f6  000002f2")
COMMIT = b"C\0" + bytes.fromhex("00000000 016b3748  00000000 016b3778  0002a12b c3d4e5f6")
ROW = bytes.fromhex("0003") + b"t\0\0\0\x0242" + b"n" + b"t\0\0\0\x017"
KEY = bytes.fromhex("0003") + b"t\0\0\0\x0242" + b"n" + b"n"
INSERT = b"I" + bytes.fromhex("00004001") + b"N" + ROW


def decode(*messages: bytes) -> object:
    """The last of `messages`, decoded after the others."""
    decoder = Decoder()
    return [decoder.decode(message) for message in messages][-1]


def test_begin_and_commit_carry_positions_and_the_transaction_id():
    at_us = 0x0002A12BC3D4E5F6
    assert decode(BEGIN) == Begin(commit_position=0x16B3748, committed_at_us=at_us, xid=754)
    assert decode(COMMIT) == Commit(commit_position=0x16B3748, position=0x16B3778, committed_at_us=at_us)


def test_a_relation_describes_the_columns_and_which_of_them_are_the_key():
    relation = decode(POSTS)
    assert isinstance(relation, Relation)
    assert (relation.oid, relation.table) == (0x4001, "public.posts")
    assert [(column.name, column.type_oid, column.is_key) for column in relation.columns] == [
        ("id", 23, True),
        ("body", 25, False),
        ("views", 20, False),
    ]


def test_a_relation_of_the_catalog_has_an_empty_schema_on_the_wire():
    relation = decode(b"R\0\0\0\1\0pg_class\0d\0\0")
    assert isinstance(relation, Relation)
    assert relation.table == "pg_catalog.pg_class"


CHANGES = {
    "an insert": (
        INSERT,
        RelationChange("public.posts", "insert", {"id": 42, "body": None, "views": 7}, None),
    ),
    "an update that leaves the key alone": (
        b"U\0\0\x40\1N" + bytes.fromhex("0003") + b"t\0\0\0\x0242" + b"u" + b"n",
        RelationChange("public.posts", "update", {"id": 42, "body": UNCHANGED, "views": None}, None),
    ),
    "an update of the key": (
        b"U\0\0\x40\1K" + KEY + b"N" + ROW,
        RelationChange("public.posts", "update", {"id": 42, "body": None, "views": 7}, {"id": 42}),
    ),
    "an update with the whole old row": (
        b"U\0\0\x40\1O" + ROW + b"N" + bytes.fromhex("0003") + b"t\0\0\0\x0243" + b"t\0\0\0\0" + b"u",
        RelationChange(
            "public.posts",
            "update",
            {"id": 43, "body": "", "views": 7},
            {"id": 42, "body": None, "views": 7},
        ),
    ),
    "a delete that tells the key": (
        b"D\0\0\x40\1K" + KEY,
        RelationChange("public.posts", "delete", None, {"id": 42}),
    ),
    "a delete that tells the whole row": (
        b"D\0\0\x40\1O" + ROW,
        RelationChange("public.posts", "delete", None, {"id": 42, "body": None, "views": 7}),
    ),
    "a truncation": (b"T\0\0\0\1\0\0\0\x40\1", Truncated(("public.posts",))),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_row_message_becomes_a_change(name: str):
    message, change = CHANGES[name]
    assert decode(POSTS, message) == change


def test_origins_types_and_logical_messages_are_understood():
    assert decode(b"O" + bytes.fromhex("00000000 016b3748") + b"elsewhere\0") == Origin(
        0x16B3748, "elsewhere"
    )
    assert decode(b"Y\0\0\x41\x15public\0mood\0") == Type(0x4115, "public", "mood")
    assert decode(b"M\1" + bytes.fromhex("00000000 016b3748") + b"folkmoot\0\0\0\0\2hi") == LogicalMessage(
        0x16B3748, "folkmoot", b"hi", transactional=True
    )


def test_a_type_over_a_built_in_one_is_decoded_as_that():
    domain = b"Y\0\0\x41\x15\0int4\0"
    relation = b"R\0\0\x40\2public\0scores\0d\0\1\0score\0\0\0\x41\x15\xff\xff\xff\xff"
    row = b"I\0\0\x40\2N\0\1t\0\0\0\x0242"
    assert decode(domain, relation, row) == RelationChange("public.scores", "insert", {"score": 42}, None)


VALUES = {
    16: ("t", True),
    17: ("\\x00ff", b"\x00\xff"),
    21: ("-7", -7),
    25: ("ü", "ü"),
    114: ('{"a": 1}', '{"a": 1}'),
    700: ("0.1", struct.unpack("f", struct.pack("f", 0.1))[0]),
    701: ("0.1", 0.1),
    1007: ("{1,2}", "{1,2}"),
    1043: ("x", "x"),
    1082: ("2024-02-29", date(2024, 2, 29)),
    1114: ("2024-02-29 12:00:00.5", datetime(2024, 2, 29, 12, 0, 0, 500_000)),
    1184: ("2024-02-29 12:00:00.123456+00", datetime(2024, 2, 29, 12, 0, 0, 123_456, UTC)),
    1700: ("0.10", Decimal("0.10")),
    2950: ("0191d2a4-1111-7abc-8def-001122334455", UUID("0191d2a4-1111-7abc-8def-001122334455")),
    3802: ('{"a": 1}', '{"a": 1}'),
    99999: ("whatever", "whatever"),
}


@pytest.mark.parametrize("type_oid", VALUES)
def test_a_value_is_decoded_by_the_type_of_its_column(type_oid: int):
    text, value = VALUES[type_oid]
    relation = b"R\0\0\x40\3public\0v\0d\0\1\0v\0" + struct.pack("!Ii", type_oid, -1)
    row = b"I\0\0\x40\3N\0\1t" + struct.pack("!I", len(text.encode())) + text.encode()
    change = decode(relation, row)
    assert change == RelationChange("public.v", "insert", {"v": value}, None)
    assert isinstance(change, RelationChange)
    assert change.new
    assert type(change.new["v"]) is type(value) or type_oid == 2950  # asyncpg's UUID is a subclass.


def test_bytes_of_another_protocol_are_a_bug():
    with pytest.raises(AssertionError):
        decode(b"S\0\0\2\xf2\1")  # Stream start: protocol version 2, which is never asked for.


def test_messages_between_begin_and_commit_become_one_transaction():
    assembler = Assembler()
    assert [assembler.add(message) for message in (BEGIN, POSTS, INSERT, INSERT)] == [None] * 4
    row = RelationChange("public.posts", "insert", {"id": 42, "body": None, "views": 7}, None)
    assert assembler.add(COMMIT) == Transaction(xid=754, position=0x16B3778, changes=(row, row))


@pytest.mark.parametrize(("rows_max", "bytes_max"), [(1, 1_000), (1_000, len(INSERT))])
def test_a_transaction_past_its_rows_or_bytes_keeps_its_tables_only(rows_max: int, bytes_max: int):
    assembler = Assembler(rows_max=rows_max, bytes_max=bytes_max)
    for message in (BEGIN, POSTS, INSERT, INSERT, INSERT):
        assembler.add(message)
    assert assembler.add(COMMIT) == Transaction(754, 0x16B3778, (Truncated(("public.posts",)),))
    for message in (BEGIN, INSERT):
        assembler.add(message)
    at_the_limit = assembler.add(COMMIT)
    assert at_the_limit is not None
    assert [type(change) for change in at_the_limit.changes] == [RelationChange]
