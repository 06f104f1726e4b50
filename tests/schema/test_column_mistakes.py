"""A mistake in a column, a key or a rule about rows elsewhere is refused, and says how to mend it."""

from typing import Annotated, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel

from schema.language import (
    Access,
    AtMost,
    Bounds,
    Catalog,
    ForeignKey,
    Index,
    JsonObject,
    Ref,
    ShapeBy,
    Table,
    Text,
    caller_has,
    count_of,
    signed_in,
)
from schema.language.errors import SchemaError
from schema.language.values import HiddenMark


class Tree(Table, name="trees"):
    """A tree."""


def bounds_on_a_text() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        song: Annotated[str, Bounds(1, 2)]

    return [Bird]


def pattern_that_two_engines_read_differently() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        song: Annotated[str, Text(length_max=9, pattern=r"^\\d+$")]

    return [Bird]


def hidden_count() -> list[type[Table]]:
    class Tree(Table, name="trees"):
        nest_count: Annotated[int, HiddenMark()] = count_of("nests", by="tree_id")

    class Nest(Table, name="nests"):
        tree_id: Ref[Tree]
        indexes = (Index("by_tree_id", "tree_id"),)

    return [Tree, Nest]


class Chirp(BaseModel):
    pitch: int


def shapes_of_other_kinds() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        kind: Literal["song", "call"]
        sound: Annotated[JsonObject, ShapeBy("kind", song=Chirp)]

    return [Bird]


def shape_by_an_unknown_column() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        sound: Annotated[JsonObject, ShapeBy("kind", song=Chirp)]

    return [Bird]


def limit_on_an_unknown_column() -> list[type[Table]]:
    class Nest(Table, name="nests"):
        size: int
        limits = (AtMost("egg_count", "size"),)

    return [Nest]


def limit_by_what_cannot_be_compared() -> list[type[Table]]:
    class Nest(Table, name="nests"):
        size: int
        egg_count: int
        owner: str
        limits = (AtMost("egg_count", "owner"),)

    return [Nest]


def key_to_what_is_not_unique() -> list[type[Table]]:
    class Yard(Table, name="yards"):
        street: str
        number: int

    class Gate(Table, name="gates"):
        street: str
        number: int
        indexes = (Index("by_street_and_number", "street", "number"),)
        foreign_keys = (ForeignKey("street", "number", to="Yard"),)

    return [Yard, Gate]


def key_without_index() -> list[type[Table]]:
    class Yard(Table, name="yards"):
        street: str
        number: int
        indexes = (Index("by_street_and_number", "street", "number", unique=True),)

    class Gate(Table, name="gates"):
        street: str
        number: int
        foreign_keys = (ForeignKey("street", "number", to="Yard"),)

    return [Yard, Gate]


def automatic_rows_of_nothing() -> list[type[Table]]:
    class Bird(Table, name="birds", automatic=True):
        song: str = ""

    return [Bird]


def automatic_rows_without_a_beginning() -> list[type[Table]]:
    class Song(Table, name="songs", extends="public.trees", automatic=True):
        text: str

    return [Tree, Song]


def rule_about_rows_of_an_unknown_table() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        access = Access(read=caller_has("rings", by="bird_id"))

    return [Bird]


def rule_about_rows_the_caller_cannot_be_found_in() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        access = Access(read=caller_has("rings", by="bird_id"))

    class Ring(Table, name="rings"):
        bird_id: UUID
        user_id: UUID

    return [Bird, Ring]


def rule_about_rows_that_depend_on_others() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        access = Access(read=caller_has("rings", by="bird_id", where=signed_in()))

    class Ring(Table, name="rings"):
        bird_id: UUID
        user_id: UUID
        indexes = (Index("by_user_id", "user_id"),)

    return [Bird, Ring]


REFUSALS = {
    bounds_on_a_text: ("schema.table_mismatch", "public.birds", "song"),
    pattern_that_two_engines_read_differently: ("schema.table_mismatch", "public.birds", "song"),
    hidden_count: ("schema.table_mismatch", "public.trees", "nest_count"),
    shapes_of_other_kinds: ("schema.table_mismatch", "public.birds", "sound"),
    shape_by_an_unknown_column: ("schema.unknown_column", "public.birds", "kind"),
    limit_on_an_unknown_column: ("schema.unknown_column", "public.nests", "egg_count"),
    limit_by_what_cannot_be_compared: ("schema.table_mismatch", "public.nests", "egg_count"),
    key_to_what_is_not_unique: ("schema.missing_index", "public.yards", "street"),
    key_without_index: ("schema.missing_index", "public.gates", "street"),
    automatic_rows_of_nothing: ("schema.table_mismatch", "public.birds", None),
    automatic_rows_without_a_beginning: ("schema.table_mismatch", "public.songs", "text"),
    rule_about_rows_of_an_unknown_table: ("schema.unknown_table", "public.birds", None),
    rule_about_rows_the_caller_cannot_be_found_in: ("schema.missing_index", "public.rings", "user_id"),
    rule_about_rows_that_depend_on_others: ("schema.rule_mismatch", "public.birds", "id"),
}


@pytest.mark.parametrize("mistake", REFUSALS, ids=lambda mistake: mistake.__name__)
def test_a_mistake_is_refused_where_it_stands(mistake):
    with pytest.raises(SchemaError) as refused:
        Catalog(*mistake())
    error = refused.value
    assert (error.code, error.table, error.field) == REFUSALS[mistake]
    assert str(error).endswith(f"Mend: {error.mend}")
