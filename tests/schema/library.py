"""A small catalog with every kind of column, index, key and rule that the community's own tables may use."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, IPvAnyAddress

from schema.language import (
    Access,
    AtMost,
    Bounds,
    Catalog,
    Differ,
    ForeignKey,
    GinIndex,
    Hidden,
    Index,
    JsonArray,
    JsonObject,
    Ref,
    Routine,
    SearchIndex,
    Shape,
    ShapeBy,
    Table,
    Text,
    Timestamp,
    View,
    all_of,
    any_of,
    caller_has,
    caller_is,
    empty,
    equals,
    everyone,
    filled,
    has_tier,
    moderator,
    now,
    paying,
    signed_in,
)

NAME = Text(length_min=1, length_max=120)


class Person(Table, name="users", extends="auth.users"):
    """Someone with an account."""

    name: Annotated[str, NAME]
    avatar_url: Annotated[str, Text(length_max=2_000)] | None = None
    role: Literal["admin", "moderator", "member"] = "member"
    updated_at: Timestamp
    access = Access(read=signed_in(), update=caller_is("id").columns("name"), direct=True)


class Membership(Table, name="memberships"):
    """What someone pays for."""

    user_id: Ref[Person]
    tier: str
    status: Literal["active", "canceled"] = "active"
    indexes = (Index("by_user_id", "user_id", "status"),)
    access = Access(read=caller_is("user_id"))


class Card(Table, name="cards", schema="library", extends="public.users", automatic=True):
    """A reader's card: there from the first day."""

    colour: Annotated[str, Text(length_max=20, pattern="^[a-z]+$")] = "green"
    stamps: list[str] = Field(default_factory=lambda: ["welcome"])
    updated_at: Timestamp
    access = Access(read=caller_is("id"), update=caller_is("id").columns("colour"), direct=("update",))


class Mark(BaseModel):
    """A place in a book."""

    page: Annotated[int, Bounds(1, 9_999)]
    note: Annotated[str, Text(length_max=20)] | None = None
    colour: Literal["red", "blue"] = "red"


class Opening(BaseModel):
    """When the shelf can be reached."""

    days: list[Literal["mon", "tue"]]
    marks: list[Mark] = []
    always: bool = False
    weight: float = 1.0
    about: Annotated[str, Text(length_max=5_000, length_min=2)] = "--"
    extra: dict[str, int] = {}


class Shelf(Table, name="shelves", schema="library"):
    """A shelf of books, at most as many as it holds."""

    code: Annotated[str, Text(length_max=20, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    room: str | None = None
    capacity: int | None = None
    taken: int = 0
    opened_on: date | None = None
    closed_on: date | None = None
    opening: Annotated[JsonObject, Shape(Opening)] | None = None
    settings: JsonObject = Field(default_factory=lambda: {"theme": {"dark": True}, "modules": ["a", "b"]})
    updated_at: Timestamp

    indexes = (Index("by_code_and_room", "code", "room", unique=True, nulls_distinct=False),)
    limits = (
        AtMost("taken", "capacity", message="The shelf is full."),
        AtMost("opened_on", "closed_on"),
    )
    access = Access(read=everyone(), update=moderator().columns("taken"))


class TextBody(BaseModel):
    """Something to read."""

    body: Annotated[str, Text(length_max=300)]


class AudioBody(BaseModel):
    """Something to hear."""

    url: str
    seconds: Annotated[float, Bounds(Decimal("0.5"), 86_400)]


class Book(Table, name="books", schema="library"):
    """A book, and the answer at its end."""

    shelf_id: Ref[Shelf]
    sequel_id: Ref["Book"] | None = None
    title: str
    blurb: str | None = None
    kind: Literal["text", "audio"] = "text"
    content: Annotated[JsonObject, ShapeBy("kind", text=TextBody, audio=AudioBody)]
    answer: Hidden[int] = 42
    stars: Annotated[int, Bounds(1, 5)] | None = None
    price: Annotated[Decimal, Bounds(0)] = Decimal("1.50")
    tags: list[str] = Field(default_factory=list)
    readers: list[UUID] = Field(default_factory=list)
    notes: JsonArray = Field(default_factory=list)
    seen_from: IPvAnyAddress | None = None
    published_at: Timestamp | None = None
    acquired_at: Timestamp = now()
    plan: Literal["free", "paid", "tiered", "lent"] = "free"
    tier: str | None = None

    indexes = (
        Index("by_shelf_id", "shelf_id"),
        Index("by_sequel_id", "sequel_id"),
        GinIndex("by_tags", "tags"),
        SearchIndex("search", "title", "blurb"),
    )
    limits = (Differ("sequel_id", "id", message="No book follows itself."),)
    access = Access(
        read=any_of(
            moderator(),
            all_of(
                filled("published_at"),
                any_of(
                    equals("plan", "free"),
                    all_of(equals("plan", "paid"), paying()),
                    all_of(equals("plan", "tiered"), has_tier("tier")),
                    caller_has("library.loans", by="book_id", where=empty("returned_at")),
                ),
            ),
        ),
    )


class Loan(Table, name="loans", schema="library"):
    """A book lent to someone."""

    book_id: Ref[Book]
    user_id: Ref[Person]
    returned_at: Timestamp | None = None
    indexes = (Index("by_book_id", "book_id"), Index("by_user_id", "user_id", "book_id"))
    access = Access(
        read=caller_is("user_id"),
        insert=caller_is("user_id"),
        delete=caller_is("user_id"),
        direct=("delete",),
    )


class Board(Table, name="boards", schema="library"):
    """A board, under a name its owner chose."""

    user_id: Ref[Person]
    board: Annotated[str, NAME]
    updated_at: Timestamp
    indexes = (Index("by_user_id_and_board", "user_id", "board", unique=True),)
    access = Access(read=caller_is("user_id"), update=caller_is("user_id").columns("board"), direct=True)


class Pin(Table, name="pins", schema="library"):
    """Something on a board."""

    user_id: Ref[Person]
    board: Annotated[str, NAME]
    indexes = (Index("by_user_id_and_board", "user_id", "board"),)
    foreign_keys = (ForeignKey("user_id", "board", to="Board"),)
    access = Access(read=caller_is("user_id"))


CATALOG = Catalog(
    Person,
    Membership,
    Card,
    Shelf,
    Book,
    Loan,
    Board,
    Pin,
    views=(
        View(
            "library.own_accounts",
            query="select one.id, one.email from private.own_account() as one",
            readers=("authenticated",),
            comment="The caller's own account.",
        ),
    ),
    routines=(
        Routine(
            "private.own_account",
            returns="table (id uuid, email text)",
            body="select one.id, one.email::text from auth.users as one where one.id = (select auth.uid())",
            volatility="stable",
            definer=True,
            callers=("authenticated",),
            comment="The caller's own account.",
        ),
        Routine(
            "library.books_tagged",
            arguments="wanted text[], most integer",
            returns="setof library.books",
            body="select one.* from library.books as one where one.tags && wanted limit most",
            volatility="stable",
            callers=("anon", "authenticated"),
            comment="Books with any of the tags.",
        ),
    ),
)
