"""Whatever a client sends, it is the client's mistake: never a 5xx."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.devstack.rest.errors import RestError
from backend.devstack.rest.request import HttpRequest, parse_request
from backend.devstack.rest.settings import RestSettings
from tests.rest.conftest import Rest

# Words that mean something somewhere, so that nonsense gets past the first parser.
WORDS = (
    *("select", "order", "limit", "offset", "and", "or", "not", "on_conflict", "columns"),
    *("id", "title", "author_id", "authors", "name", "books", "lent", "tags", "details", "shout", "reviews"),
    *("eq", "neq", "in", "is", "like", "cs", "cd", "ov", "fts", "any", "all", "asc", "desc", "nullsfirst"),
    *("count", "sum", "inner", "null", "true", "text", "int", "jsonb", "regclass"),
    *("*", "(", ")", ",", ".", "...", "::", ":", "->", "->>", "!", "{", "}", "[", "]", "%", "&", "="),
    *('"', "\\", "'", "1", "-1", "2.5", "{1,2}", "[1,2)", "99999999999", "ü", "\0"),
)
phrases = st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=8).map("".join)
names = st.sampled_from(
    ("id", "title", "lent", "genre", "added_at", "authors.name", "or", "and", "select", "order")
)
pairs = st.tuples(names | phrases, phrases)
queries = st.lists(pairs, max_size=4).map(
    lambda found: "&".join(f"{_quoted(key)}={_quoted(value)}" for key, value in found)
)
operations = st.sampled_from(
    [
        *("eq", "neq", "gt", "lt", "like", "ilike", "match", "imatch", "in", "is", "isdistinct", "eq(any)"),
        *("cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj", "fts", "wfts(english)"),
    ]
)


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "replace"))


@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]),
    path=st.sampled_from(["/", "/books", "/rpc/greet"]) | phrases.map("/".__add__),
    query=queries | phrases,
    headers=st.dictionaries(
        st.sampled_from(["prefer", "accept", "range", "content-type", "accept-profile", "cookie"]), phrases
    ),
    body=st.binary(max_size=40) | phrases.map(lambda text: text.encode("utf-8", "replace")),
)
def test_the_parsers_refuse_or_understand(
    method: str, path: str, query: str, headers: dict[str, str], body: bytes
):
    http = HttpRequest(method, path, query.encode("utf-8", "replace"), tuple(headers.items()), body)
    assert _status_of_parsing(http) < 500


def _status_of_parsing(http: HttpRequest) -> int:
    try:
        parse_request(http, RestSettings(), time_zones=())
    except RestError as refused:
        return refused.status
    return 200


def never_fails(answer_status: int, answer_body: object) -> None:
    assert answer_status < 500, answer_body


in_database = settings(
    max_examples=60,
    deadline=None,
    # One app for all examples is what we want.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@in_database
@given(query=queries)
async def test_reads_of_nonsense_are_refused_by_us_or_by_postgres(rest: Rest, query: str):
    answer = await rest.get(f"/books?{query}")
    never_fails(*answer.brief)


@in_database
@given(
    column=st.sampled_from(["id", "title", "lent", "genre", "isbn", "added_at"]),
    operation=operations,
    value=phrases,
)
async def test_filters_with_nonsense_values_are_refused_by_postgres(
    rest: Rest, column: str, operation: str, value: str
):
    answer = await rest.get(f"/books?{column}={operation}.{_quoted(value)}")
    never_fails(*answer.brief)


@in_database
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "title", "lent"]), inner)
        ),
        max_leaves=6,
    ),
    prefer=st.sampled_from(["", "missing=default", "return=representation", "resolution=merge-duplicates"]),
)
async def test_writes_of_nonsense_are_refused_by_us_or_by_postgres(fresh: Rest, body: object, prefer: str):
    never_fails(*(await fresh.ask("POST", "/books", body, Prefer=prefer)).brief)
