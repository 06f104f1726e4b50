"""Every kind of value, in both directions."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from convex.values import convex_to_json, json_to_convex
from hypothesis import given
from hypothesis import strategies as st

from backend.protocol.values import (
    ARRAY_ELEMENTS_MAX,
    KEY_CHARACTERS_MAX,
    VALUE_DEPTH_MAX,
    Form,
    Int64,
    InvalidValue,
    canonical_arguments,
    decode,
    decode_text,
    encode,
    encode_text,
    from_unix_ms,
    parse_json,
    unix_ms,
)

SPELT = [
    # value, encoded, clean
    (None, "null", "null"),
    (True, "true", "true"),
    (False, "false", "false"),
    (60, "60.0", "60.0"),
    (1.5, "1.5", "1.5"),
    (2**53, "9007199254740992.0", "9007199254740992.0"),
    (Decimal("12.25"), "12.25", "12.25"),
    (float("nan"), '{"$float":"AAAAAAAA+H8="}', '"NaN"'),
    (float("inf"), '{"$float":"AAAAAAAA8H8="}', '"Infinity"'),
    (float("-inf"), '{"$float":"AAAAAAAA8P8="}', '"-Infinity"'),
    (-0.0, '{"$float":"AAAAAAAAAIA="}', "-0.0"),
    (Int64(-1), '{"$integer":"//////////8="}', '"-1"'),
    (Int64(2**63 - 1), '{"$integer":"/////////38="}', '"9223372036854775807"'),
    ("grüße 🎉", '"grüße 🎉"', '"grüße 🎉"'),
    (b"\x00\xff", '{"$bytes":"AP8="}', '"AP8="'),
    ([1, "a", None], '[1.0,"a",null]', '[1.0,"a",null]'),
    ((1, 2), "[1.0,2.0]", "[1.0,2.0]"),
    ({"b": 1, "a": {"d": [], "c": {}}}, '{"a":{"c":{},"d":[]},"b":1.0}', '{"a":{"c":{},"d":[]},"b":1.0}'),
    (UUID(int=7), '"00000000-0000-0000-0000-000000000007"', '"00000000-0000-0000-0000-000000000007"'),
    (datetime(2026, 1, 2, 3, 4, 5, 678_900, UTC), "1767323045678.9", "1767323045678.9"),
    (date(2026, 1, 2), '"2026-01-02"', '"2026-01-02"'),
]


@pytest.mark.parametrize(("value", "encoded", "clean"), SPELT, ids=lambda case: str(case)[:30])
def test_every_kind_of_value_has_one_spelling_in_each_format(value: object, encoded: str, clean: str):
    assert encode_text(value) == encoded
    assert encode_text(value, Form.CLEAN) == clean


REFUSED_VALUES = [
    ("a number past 2^53", 2**53 + 1),
    ("an Int64 past 64 bits", Int64(2**63)),
    ("an object of ours", object()),
    ("a set", {1}),
    ("a key that is no string", {1: 2}),
    ("a key that starts with a dollar", {"$set": 1}),
    ("a key with a control character", {"a\n": 1}),
    ("a key outside ASCII", {"ü": 1}),
    ("a key that is too long", {"k" * (KEY_CHARACTERS_MAX + 1): 1}),
    ("an array that is too long", [None] * (ARRAY_ELEMENTS_MAX + 1)),
    ("half of a surrogate pair", "\ud800"),
]


@pytest.mark.parametrize(
    ("value"), [case[1] for case in REFUSED_VALUES], ids=[case[0] for case in REFUSED_VALUES]
)
def test_what_is_no_convex_value_is_refused(value: object):
    with pytest.raises(InvalidValue):
        encode_text(value)
    with pytest.raises(InvalidValue):
        encode_text(value, Form.CLEAN)


REFUSED_JSON = [
    '{"$integer":"AA=="}',
    '{"$integer":1}',
    '{"$integer":"not base64!!"}',
    '{"$float":"AAAAAAAA+D8="}',  # 1.5: an ordinary number has no business in $float.
    '{"$bytes":"*"}',
    '{"$set":[]}',
    '{"$map":[]}',
    '{"$undefined":null}',
    '{"a":{"$x":1}}',
    '{"a":1,"$b":2}',
    "NaN",
    "{",
    "",
    "1e999",
    '"\\ud800"',
]


@pytest.mark.parametrize("text", REFUSED_JSON)
def test_what_is_no_encoded_value_is_refused(text: str):
    with pytest.raises(InvalidValue):
        decode_text(text)


def test_limits_hold_at_the_limit_and_not_one_past_it():
    nested: object = 1.0
    for _ in range(VALUE_DEPTH_MAX):
        nested = [nested]
    assert decode(encode(nested)) == nested
    with pytest.raises(InvalidValue):
        encode([nested])
    with pytest.raises(InvalidValue):
        decode([nested])  # pyright: ignore[reportArgumentType]
    assert len(encode_text([None] * ARRAY_ELEMENTS_MAX)) > ARRAY_ELEMENTS_MAX
    assert encode_text({"k" * KEY_CHARACTERS_MAX: None})


KEYS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8).filter(
    lambda key: key[:1] != "$"
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = (
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers(-(2**63), 2**63 - 1).map(Int64)
    | TEXTS
    | st.binary(max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def same(left: object, right: object) -> bool:
    """Equal to the bit: NaN equals itself, -0 is not 0, and no type turns into another."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float) and isinstance(right, float):
        return math.copysign(1, left) == math.copysign(1, right) and (
            left == right or (left != left and right != right)
        )
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return left == right


@given(VALUES)
def test_what_is_encoded_reads_back_as_it_was(value: object):
    assert same(decode_text(encode_text(value)), value)


@given(VALUES)
def test_encoding_what_was_read_gives_the_same_bytes(value: object):
    text = encode_text(value)
    assert encode_text(decode_text(text)) == text


@given(VALUES)
def test_the_clean_form_is_json_that_anyone_can_read(value: object):
    parse_json(encode_text(value, Form.CLEAN))


PYTHON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | TEXTS | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(PYTHON_VALUES)
def test_the_official_python_client_writes_and_reads_the_same_values(value: object):
    assert same(decode(convex_to_json(value)), value)  # pyright: ignore[reportArgumentType]
    assert json_to_convex(parse_json(encode_text(value))) == value  # pyright: ignore[reportArgumentType]


# Later a float64 of milliseconds no longer tells one microsecond from the next.
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2109, 1, 1), timezones=st.just(UTC))


@given(MOMENTS)
def test_moments_survive_the_way_over_unix_milliseconds(moment: datetime):
    assert from_unix_ms(unix_ms(moment)) == moment


def test_arguments_that_mean_the_same_are_the_same_text():
    spellings = ['[{"a":1,"b":null}]', '{"b":null,"a":1.0}', '[ {"b": null, "a": 1e0} ]']
    assert {canonical_arguments(parse_json(text)) for text in spellings} == {'{"a":1.0,"b":null}'}
    assert {canonical_arguments(nothing) for nothing in (None, [], {}, [{}])} == {"{}"}


@pytest.mark.parametrize("arguments", ["text", 1, [1], [{}, {}], [[]]])
def test_arguments_are_one_object(arguments):
    with pytest.raises(InvalidValue):
        canonical_arguments(arguments)
