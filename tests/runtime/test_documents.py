"""Rows as documents, and which rows may stand in for their equals."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from backend.protocol.values import decode_text, encode_text
from backend.runtime.documents import interchangeable, to_value
from schema.language import JsonObject, Table
from schema.tables import Post

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


class Measure(Table, name="measures"):
    """One number."""

    celsius: float


class Price(Table, name="prices"):
    """One amount."""

    amount: Decimal


class Setting(Table, name="settings"):
    """Anything."""

    chosen: JsonObject


def test_a_row_is_a_document_wherever_it_stands():
    setting = Setting(id=UUID(int=1), created_at=MOMENT, chosen={"b": 1, "a": None})
    document = {
        "_id": str(UUID(int=1)),
        "_creationTime": MOMENT.timestamp() * 1000,
        "chosen": {"a": None, "b": 1.0},
    }
    assert decode_text(encode_text(to_value({"one": setting, "many": [setting]}))) == {
        "one": document,
        "many": [document],
    }


def test_numbers_that_are_equal_but_not_the_same_keep_their_own_texts():
    measures = [Measure(id=UUID(int=1), created_at=MOMENT, celsius=celsius) for celsius in (0.0, -0.0)]
    assert measures[0] == measures[1]
    assert [encode_text(to_value(measure)).partition('"celsius":')[2] for measure in measures] == [
        "0.0}",
        '{"$float":"AAAAAAAAAIA="}}',
    ]


def test_only_rows_whose_equals_are_the_same_in_every_respect_are_interchangeable():
    assert interchangeable(Post)
    assert not any(map(interchangeable, (Measure, Price, Setting)))
