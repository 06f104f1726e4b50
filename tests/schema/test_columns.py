"""What a table may declare beyond plain columns, kept by PostgreSQL whoever writes."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schema.compile.tables import search_document
from tests.databases import undone
from tests.schema.library import CATALOG, Book, Shelf

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
BOOKS = CATALOG.table("library.books")


@dataclass
class Library:
    """The catalog in a database; `owner` is a connection as the tables' owner."""

    dsn: str
    owner: asyncpg.Connection

    async def person(self, role: str = "member") -> UUID:
        """Somebody who has signed up."""
        person = uuid4()
        await self.owner.execute(
            "insert into auth.users (id, aud, role, email) values ($1, 'authenticated', 'authenticated', $2)",
            person,
            f"{person}@example.org",
        )
        await self.owner.execute("update users set role = $2 where id = $1", person, role)
        return person

    async def insert(self, table: str, **columns: object) -> UUID:
        names = ", ".join(f'"{name}"' for name in columns)
        places = ", ".join(f"${position}" for position in range(1, len(columns) + 1))
        values = f"({names}) values ({places})" if columns else "default values"
        return await self.owner.fetchval(
            f"insert into library.{table} {values} returning id", *columns.values()
        )

    async def book(self, **columns: object) -> UUID:
        given = {"title": "Emma", "content": '{"body": "It was."}', "published_at": None} | columns
        shelf = given.pop("shelf_id", None) or await self.insert("shelves", code=f"s-{uuid4().hex[:8]}")
        return await self.insert("books", shelf_id=shelf, **given)

    async def as_(self, person: UUID | None, sql: str, *values: object, role: str | None = None) -> list:
        """The rows of a statement run as a browser would, or as `role`, and undone."""
        transaction = self.owner.transaction()
        await transaction.start()
        try:
            claims = json.dumps({"sub": str(person), "role": "authenticated"} if person else {})
            await self.owner.execute("select set_config('request.jwt.claims', $1, true)", claims)
            await self.owner.execute(f"set local role {role or ('authenticated' if person else 'anon')}")
            return await self.owner.fetch(sql, *values)
        finally:
            await transaction.rollback()


@pytest.fixture
async def library(library_dsn) -> AsyncIterator[Library]:
    """An empty library inside one transaction, undone at the end."""
    async with undone(library_dsn) as owner:
        yield Library(library_dsn, owner)


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("shelves", {"code": "No Spaces"}),
        ("shelves", {"code": "x" * 21}),
        ("shelves", {"code": "a", "taken": 3, "capacity": 2}),
        ("shelves", {"code": "a", "opening": '{"days": ["sun"]}'}),
        ("books", {"stars": 6}),
        ("books", {"stars": 0}),
        ("books", {"price": -1}),
        ("books", {"kind": "audio", "content": '{"body": "It was."}'}),
        ("books", {"content": '{"body": 3}'}),
        ("books", {"content": json.dumps({"body": "x" * 301})}),
        ("books", {"content": "[]"}),
        ("books", {"notes": "{}"}),
        ("books", {"id": UUID(int=1), "sequel_id": UUID(int=1)}),
        ("shelves", {"code": "a", "settings": "[]"}),
    ],
    ids=str,
)
async def test_a_value_out_of_bounds_is_refused(library, table, columns):
    with pytest.raises(asyncpg.CheckViolationError):
        await (library.book(**columns) if table == "books" else library.insert(table, **columns))


async def test_defaults_are_what_the_column_declares(library):
    shelf = await library.insert("shelves", code="a")
    book = await library.book(shelf_id=shelf)
    columns = "tags, readers, notes, answer, acquired_at = now()"
    row = await library.owner.fetchrow(f"select {columns} from library.books where id = $1", book)
    assert tuple(row) == ([], [], "[]", 42, True)
    shown = await library.owner.fetchval("select settings from library.shelves where id = $1", shelf)
    assert json.loads(shown) == {"theme": {"dark": True}, "modules": ["a", "b"]}


async def test_a_unique_index_may_count_empty_columns_as_equal(library):
    await library.insert("shelves", code="a")
    await library.insert("shelves", code="a", room="north")
    with pytest.raises(asyncpg.UniqueViolationError):
        await library.insert("shelves", code="a")


async def test_a_limit_holds_only_where_there_is_one(library):
    shelf = await library.insert("shelves", code="a", taken=99)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await library.owner.execute("update library.shelves set capacity = 3 where id = $1", shelf)
    assert refused.value.constraint_name == "shelves_taken_at_most_capacity"


_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=25)
_NUMBERS = st.one_of(st.integers(-2, 10_001), st.floats(-5, 5, width=32), st.just(2.0))
_WORDS = st.sampled_from(["mon", "tue", "red", "blue"])
_SCALARS = st.one_of(st.none(), st.booleans(), _NUMBERS, _TEXTS, _WORDS)
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)
_MARKS = st.fixed_dictionaries(
    {"page": _NUMBERS | _ANYTHING},
    optional={"note": _TEXTS | _ANYTHING, "colour": st.sampled_from(["red", "green"]), "odd": _SCALARS},
)
_OPENINGS = _ANYTHING | st.fixed_dictionaries(
    {"days": st.lists(st.sampled_from(["mon", "tue", "sun"]) | _ANYTHING, max_size=3)},
    optional={
        "marks": st.lists(_MARKS | _ANYTHING, max_size=3),
        "always": st.booleans() | _SCALARS,
        "weight": _NUMBERS | _SCALARS,
        "about": _TEXTS | _SCALARS,
        "extra": st.dictionaries(_TEXTS, st.integers(0, 3) | _ANYTHING, max_size=2),
        "odd": _SCALARS,
    },
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=_OPENINGS.filter(lambda value: value is not None))
async def test_postgresql_and_pydantic_agree_on_a_shape(library, value):
    opening = Shelf.spec().column("opening")
    try:
        TypeAdapter(opening.annotation).validate_python(value)
        fits = True
    except ValidationError:
        fits = False
    await library.owner.execute("savepoint trial")
    try:
        await library.owner.execute(
            "insert into library.shelves (code, opening) values ($1, $2)", "a", json.dumps(value)
        )
        assert fits, value
    except asyncpg.CheckViolationError:
        assert not fits, value
    finally:
        await library.owner.execute("rollback to savepoint trial")


async def test_a_hidden_column_is_read_by_mutations_and_the_service_only(library):
    book = await library.book(published_at=_NOW)
    person = await library.person()
    shown = "select id, title from library.books where id = $1"
    assert len(await library.as_(person, shown, book)) == 1
    for everything in ("select * from library.books", "select answer from library.books"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await library.as_(person, everything)
    for role in ("folkmoot_writer", "service_role"):
        rows = await library.as_(person, "select answer from library.books", role=role)
        assert [row["answer"] for row in rows] == [42]


async def test_a_hidden_column_is_optional_in_python_and_never_empty_in_the_database():
    column = BOOKS.column("answer")
    assert (column.hidden, column.nullable) == (True, False)
    assert TypeAdapter(column.annotation).validate_python(None) is None
    assert Book.model_fields["answer"].is_required() is False


async def test_who_has_a_row_of_another_table_sees_what_it_refers_to(library):
    book = await library.book(published_at=_NOW, plan="lent")
    reader, stranger = await library.person(), await library.person()
    loan = await library.insert("loans", book_id=book, user_id=reader)
    sees = "select id from library.books"
    assert len(await library.as_(reader, sees)) == 1
    assert await library.as_(stranger, sees) == []
    assert await library.as_(None, sees) == []
    await library.owner.execute("update library.loans set returned_at = now() where id = $1", loan)
    assert await library.as_(reader, sees) == []


async def test_who_pays_for_anything_sees_what_is_for_those_who_pay(library):
    await library.book(published_at=_NOW, plan="paid")
    await library.book(published_at=_NOW, plan="tiered", tier="gold")
    payer, former = await library.person(), await library.person()
    for person, status in ((payer, "active"), (former, "canceled")):
        await library.owner.execute(
            "insert into memberships (user_id, tier, status) values ($1, 'silver', $2)", person, status
        )
    plans = "select plan from library.books"
    assert [row["plan"] for row in await library.as_(payer, plans)] == ["paid"]
    assert await library.as_(former, plans) == []


async def test_an_unpublished_row_is_for_moderators(library):
    await library.book()
    assert len(await library.as_(await library.person("moderator"), "select id from library.books")) == 1
    assert await library.as_(await library.person(), "select id from library.books") == []


async def test_browsers_write_directly_only_what_is_said(library):
    book, person = await library.book(published_at=_NOW), await library.person()
    loan = await library.insert("loans", book_id=book, user_id=person)
    insert = "insert into library.loans (book_id, user_id) values ($1, $2)"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await library.as_(person, insert, book, person)
    await library.as_(person, insert, book, person, role="folkmoot_writer")
    gone = await library.as_(person, "delete from library.loans where id = $1 returning id", loan)
    assert len(gone) == 1


async def test_an_automatic_row_is_there_from_the_first_day(library):
    person = await library.person()
    colour = "select colour, stamps from library.cards where id = $1"
    assert tuple((await library.as_(person, colour, person))[0]) == ("green", ["welcome"])
    await library.owner.execute("delete from auth.users where id = $1", person)
    assert await library.owner.fetch(colour, person) == []


async def test_rows_go_and_follow_with_what_several_columns_refer_to(library):
    person, other = await library.person(), await library.person()
    board = await library.insert("boards", user_id=person, board="Ideas")
    await library.insert("pins", user_id=person, board="Ideas")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with library.owner.transaction():
            await library.insert("pins", user_id=other, board="Ideas")
    await library.owner.execute("update library.boards set board = 'Plans' where id = $1", board)
    assert await library.owner.fetchval("select board from library.pins") == "Plans"
    await library.owner.execute("delete from library.boards where id = $1", board)
    assert await library.owner.fetchval("select count(*) from library.pins") == 0


async def test_a_view_and_a_function_show_each_caller_their_own(library):
    person, other = await library.person(), await library.person()
    rows = await library.as_(person, "select id, email from library.own_accounts")
    assert [row["id"] for row in rows] == [person]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await library.as_(None, "select * from library.own_accounts")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await library.as_(other, "select private.own_account()")
    await library.book(published_at=_NOW, tags=["sea", "whales"])
    await library.book(tags=["sea"])
    tagged = "select title from library.books_tagged(array['sea'], 5)"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):  # It answers whole rows, hidden columns too.
        await library.as_(other, tagged)


async def test_words_and_tags_are_found_by_their_indexes(library):
    await library.book(title="Whales at sea", tags=["sea"])
    await library.book(title="A field guide", blurb="Whaling is no longer done.")
    [search] = [index for index in BOOKS.indexes if index.name == "search"]
    await library.owner.execute("set local enable_seqscan = off")
    for condition, index, found in (
        (f"{search_document(search)} @@ to_tsquery('english', 'whale')", "books_search", 2),
        ("tags @> array['sea']", "books_by_tags", 1),
    ):
        sql = f"select title from library.books where {condition}"
        plan = "\n".join(row[0] for row in await library.owner.fetch(f"explain {sql}"))
        assert f"Bitmap Index Scan on {index}" in plan
        assert len(await library.owner.fetch(sql)) == found
