"""Stage one, without a database: what a URL, a Prefer header and a body say."""

from __future__ import annotations

import pytest

from backend.devstack.rest.errors import RestError
from backend.devstack.rest.request import HttpRequest, parse_request
from backend.devstack.rest.request.body import JsonBody, RawBody, parse_body
from backend.devstack.rest.request.filters import parse_filter, parse_logic
from backend.devstack.rest.request.media import Media, negotiate
from backend.devstack.rest.request.order import parse_names, parse_order
from backend.devstack.rest.request.preferences import Preferences, parse_preferences
from backend.devstack.rest.request.query_string import parse_query_string
from backend.devstack.rest.request.select import ITEMS_MAX, parse_select
from backend.devstack.rest.request.syntax import (
    Compare,
    Contain,
    Field,
    Filter,
    In,
    Is,
    IsDistinct,
    JsonStep,
    Logic,
    OrderTerm,
    RowRange,
    Search,
    SelectEmbed,
    SelectField,
)
from backend.devstack.rest.settings import RestSettings

ID, NAME = Field("id"), Field("name")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", ()),
        ("*", (SelectField(Field("*")),)),
        ("id, name", (SelectField(ID), SelectField(NAME))),
        ("key:id::text", (SelectField(ID, "key", "text"),)),
        ("id::double precision", (SelectField(ID, cast="double precision"),)),
        ("a->b->>0", (SelectField(Field("a", (JsonStep("b"), JsonStep(0, as_text=True)))),)),
        ("a->-1::int", (SelectField(Field("a", (JsonStep(-1),)), cast="int"),)),
        ('"odd,name":"(x)"', (SelectField(Field("(x)"), "odd,name"),)),
        ("with-dash", (SelectField(Field("with-dash")),)),
        ("straße", (SelectField(Field("straße")),)),
        ("rel()", (SelectEmbed("rel", ()),)),
        ("rel(*)", (SelectEmbed("rel", (SelectField(Field("*")),)),)),
        ("a:rel!hint!inner(id)", (SelectEmbed("rel", (SelectField(ID),), "a", "hint", inner=True),)),
        ("rel!inner!hint(id)", (SelectEmbed("rel", (SelectField(ID),), None, "hint", inner=True),)),
        ("rel!left(id)", (SelectEmbed("rel", (SelectField(ID),)),)),
        ("...rel(id)", (SelectEmbed("rel", (SelectField(ID),), spread=True),)),
        ("a(b(id))", (SelectEmbed("a", (SelectEmbed("b", (SelectField(ID),)),)),)),
        ("count()", (SelectField(Field("*"), aggregate="count"),)),
        ("n:id.sum()::text", (SelectField(ID, "n", aggregate="sum", aggregate_cast="text"),)),
        ("id::int.avg()", (SelectField(ID, cast="int", aggregate="avg"),)),
    ],
)
def test_select_is_read(text: str, items: object):
    assert parse_select(text) == items


@pytest.mark.parametrize(
    ("value", "operation", "negated"),
    [
        ("eq.1", Compare("eq", "1"), False),
        ("eq.", Compare("eq", ""), False),
        ("eq.a.b,c(d)", Compare("eq", "a.b,c(d)"), False),
        ("not.eq.1", Compare("eq", "1"), True),
        ("neq.1", Compare("neq", "1"), False),
        ("like(any).{a*,*b}", Compare("like", "{a*,*b}", "any"), False),
        ("gt(all).{1,2}", Compare("gt", "{1,2}", "all"), False),
        ("imatch.^a", Compare("imatch", "^a"), False),
        ("cs.{1,2}", Contain("cs", "{1,2}"), False),
        ("nxl.[1,2)", Contain("nxl", "[1,2)"), False),
        ("in.(1,2)", In(("1", "2")), False),
        ('in.("a,b","c\\"d",e f)', In(("a,b", 'c"d', "e f")), False),
        ("in.()", In(()), False),
        ("is.null", Is("null"), False),
        ("not.is.NOT_NULL", Is("not_null"), True),
        ("is.Unknown", Is("unknown"), False),
        ("isdistinct.2", IsDistinct("2"), False),
        ("fts.cat", Search("fts", "cat"), False),
        ("wfts(english).a cat", Search("wfts", "a cat", "english"), False),
    ],
)
def test_filters_are_read(value: str, operation: object, negated: bool):
    assert parse_filter("a.b->>c", value) == (
        ("a",),
        Filter(Field("b", (JsonStep("c", as_text=True),)), operation, negated),  # type: ignore[arg-type]
    )


def test_logic_trees_are_read_with_quoting_nesting_and_negation():
    tree = parse_logic("rel.not.or", '(id.eq.1,name.not.eq."a,b",not.and(id.in.(1,2),name.cs.{x,y}))')
    assert tree == (
        ("rel",),
        Logic(
            "or",
            (
                Filter(ID, Compare("eq", "1")),
                Filter(NAME, Compare("eq", "a,b"), negated=True),
                Logic(
                    "and",
                    (Filter(ID, In(("1", "2"))), Filter(NAME, Contain("cs", "{x,y}"))),
                    negated=True,
                ),
            ),
            negated=True,
        ),
    )


def test_order_is_read_with_direction_nulls_paths_and_relations():
    assert parse_order("id, name.desc.nullslast,a->b.asc,rel(name).nullsfirst") == (
        OrderTerm(ID),
        OrderTerm(NAME, None, "desc", "last"),
        OrderTerm(Field("a", (JsonStep("b"),)), None, "asc"),
        OrderTerm(NAME, "rel", None, "first"),
    )
    assert parse_names('"a b",c', "columns parameter") == ("a b", "c")


def test_the_whole_query_string_is_read_and_given_back_sorted():
    raw = b"select=id,rel(id)&rel.order=id&rel.limit=2&offset=3&name=eq.a+b&or=(id.eq.1)&on_conflict=id,name"
    query = parse_query_string(raw, for_function=False)
    assert query.canonical == (
        "name=eq.a+b&offset=3&on_conflict=id%2Cname&or=%28id.eq.1%29"
        "&rel.limit=2&rel.order=id&select=id%2Crel%28id%29"
    )
    assert query.orders == {("rel",): (OrderTerm(ID),)}
    assert query.ranges == {("rel",): RowRange(0, 2), (): RowRange(3)}
    assert query.conditions == (
        ((), Filter(NAME, Compare("eq", "a b"))),
        ((), Logic("or", (Filter(ID, Compare("eq", "1")),))),
    )
    assert query.on_conflict == ("id", "name")


def test_a_functions_arguments_are_told_from_filters_by_their_value():
    query = parse_query_string(b"a=1&b=eq.1&c=equal&d=not.in.(1)&e=x.y", for_function=True)
    assert query.arguments == (("a", "1"), ("c", "equal"), ("e", "x.y"))
    assert [condition.field.name for _, condition in query.conditions if isinstance(condition, Filter)] == [
        "b",
        "d",
    ]


@pytest.mark.parametrize(
    ("query", "message", "details"),
    [
        (
            b"id=noop.0",
            '"failed to parse filter (noop.0)" (line 1, column 6)',
            "unknown single value operator noop",
        ),
        (
            b"id=5",
            '"failed to parse filter (5)" (line 1, column 1)',
            'unexpected "5" expecting operator (eq, gt, ...)',
        ),
        (
            b"id=is.maybe",
            '"failed to parse filter (is.maybe)" (line 1, column 4)',
            'unexpected "m" expecting null or trilean value (unknown, true, false)',
        ),
        (
            b"select=a(b",
            '"failed to parse select parameter (a(b)" (line 1, column 4)',
            'unexpected end of input expecting ")"',
        ),
        (
            b"select=id.median()",
            '"failed to parse select parameter (id.median())" (line 1, column 4)',
            'unexpected "m" expecting an aggregate function: sum(), avg(), max(), min() or count()',
        ),
        (
            b"order=id.up",
            '"failed to parse order (id.up)" (line 1, column 4)',
            'unexpected "u" expecting "asc", "desc", "nullsfirst" or "nullslast"',
        ),
        (
            b"or=()",
            '"failed to parse logic tree (())" (line 1, column 2)',
            'unexpected ")" expecting field name (* or [a..z0..9_$])',
        ),
        (b"id=eq.%00", "The query string holds a NUL character", None),
        (b"&".join([b"a=eq.1"] * 1001), "The query string has more than 1000 parameters", None),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(query: bytes, message: str, details: str | None):
    with pytest.raises(RestError) as refused:
        parse_query_string(query, for_function=False)
    error = refused.value
    assert (error.code, error.status, error.message, error.details) == ("PGRST100", 400, message, details)


def test_nesting_and_items_end_at_their_limits():
    parse_query_string(b"and=" + b"(and" * 31 + b"(id.eq.1)" + b")" * 31, for_function=False)
    parse_select(",".join(["a"] * ITEMS_MAX))
    for query in (
        b"and=" + b"(and" * 32 + b"(id.eq.1)" + b")" * 32,
        b"select=" + b"a(" * 33 + b")" * 33,
        b"select=" + b",".join([b"a"] * (ITEMS_MAX + 1)),
    ):
        with pytest.raises(RestError, match="failed to parse"):
            parse_query_string(query, for_function=False)


def test_preferences_may_stand_in_one_or_many_headers_and_the_first_counts():
    read = parse_preferences(
        ["return=representation , count=exact", "count=planned,timezone=Europe/Rome, max-affected=5, what"],
        time_zones={"Europe/Rome"},
        tx_override=False,
    )
    assert read == Preferences(
        representation="representation", count="exact", timezone="Europe/Rome", max_affected=5
    )
    assert read.applied("timezone", "return", "max-affected") == "return=representation, timezone=Europe/Rome"


def test_strict_handling_refuses_unknown_preferences():
    with pytest.raises(RestError) as refused:
        parse_preferences(
            ["handling=strict, what, timezone=Mars"], time_zones={"Europe/Rome"}, tx_override=False
        )
    assert refused.value.code == "PGRST122"
    assert refused.value.details == "Invalid preferences: what, timezone=Mars"


@pytest.mark.parametrize(
    ("accept", "media", "content_type"),
    [
        (None, Media("array"), "application/json; charset=utf-8"),
        ("text/html, */*;q=0.1", Media("array"), "application/json; charset=utf-8"),
        ("text/csv;q=0.5, application/json", Media("array"), "application/json; charset=utf-8"),
        ("text/csv", Media("csv"), "text/csv; charset=utf-8"),
        (
            "application/vnd.pgrst.object+json;nulls=stripped",
            Media("object", True),
            "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8",
        ),
        (
            "application/vnd.pgrst.array+json;nulls=stripped",
            Media("array", True),
            "application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8",
        ),
    ],
)
def test_the_form_of_the_answer_is_negotiated(accept: str | None, media: Media, content_type: str):
    assert (negotiate(accept), negotiate(accept).content_type) == (media, content_type)


@pytest.mark.parametrize(
    ("content", "content_type", "body"),
    [
        (b'{"a":1,"b":null}', None, JsonBody('{"a":1,"b":null}', ("a", "b"), 1, is_array=False)),
        (b'[{"a":1},{"a":2}]', "application/json; charset=utf-8",
         JsonBody('[{"a":1},{"a":2}]', ("a",), 2, is_array=True)),
        (b"[]", None, JsonBody("[]", (), 0, is_array=True)),
        (b"3", None, JsonBody("[]", (), 0, is_array=True)),
        (b"a,b\n1,NULL\n", "text/csv", JsonBody('[{"a": "1", "b": null}]', ("a", "b"), 1, is_array=True)),
        (b"a=1&b=x+y", "application/x-www-form-urlencoded",
         JsonBody('{"a": "1", "b": "x y"}', ("a", "b"), 1, is_array=False)),
    ],
)  # fmt: skip
def test_bodies_for_tables_are_read(content: bytes, content_type: str | None, body: JsonBody):
    assert parse_body(content, content_type, for_function=False, columns=None) == body


@pytest.mark.parametrize(
    ("content", "content_type", "message"),
    [
        (b"", None, "Empty or invalid json"),
        (b"}{ x = 2", None, "Empty or invalid json"),
        (b"[" * 100_000, None, "Empty or invalid json"),
        (b'{"a":"\xff"}', None, "Empty or invalid json"),
        (b'[{"a":1},{"b":1}]', None, "All object keys must match"),
        (b'[{"a":1},2]', None, "All object keys must match"),
        (b"a,b\n1\n", "text/csv", "All lines must have same number of fields"),
        (b"x", "text/plain", "Content-Type not acceptable: text/plain"),
    ],
)
def test_bodies_that_cannot_be_used_are_refused(content: bytes, content_type: str | None, message: str):
    with pytest.raises(RestError) as refused:
        parse_body(content, content_type, for_function=False, columns=None)
    assert (refused.value.code, refused.value.message) == ("PGRST102", message)


def test_functions_take_other_bodies_too():
    assert parse_body(b"", None, for_function=True, columns=None) == JsonBody("{}", (), 1, is_array=False)
    assert parse_body(b"hi", "text/plain", for_function=True, columns=None) == RawBody(b"hi", ("text",))
    assert parse_body(b"[1]", None, for_function=True, columns=None) == RawBody(b"[1]", ("json", "jsonb"))


@pytest.mark.parametrize(
    ("query", "range_header", "expected"),
    [
        (b"", None, RowRange(0, 100)),
        (b"limit=5&offset=2", None, RowRange(2, 5)),
        (b"limit=500", None, RowRange(0, 100)),
        (b"limit=5", "0-1", RowRange(0, 2)),
        (b"offset=3", "2-", RowRange(3, 100)),
        (b"limit=0", "0-9", RowRange(0, 0)),
        (b"offset=-4", None, RowRange(0, 100)),
        (b"limit=lots", None, RowRange(0, 100)),
        (b"offset=99999999999999999999999999", None, RowRange(2**63 - 1, 100)),
    ],
)
def test_ranges_come_from_the_query_and_the_header(
    query: bytes, range_header: str | None, expected: RowRange
):
    headers = (("range", range_header),) if range_header else ()
    http = HttpRequest("GET", "/books", query, headers)
    assert parse_request(http, RestSettings(rows_max=100), time_zones=()).range == expected
