"""A mistake in a table fails when the schema loads, and says where it is and how to mend it."""

from typing import Annotated, Literal
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from schema.language import (
    Access,
    Catalog,
    Index,
    Nesting,
    PolymorphicRef,
    Ref,
    Routine,
    Table,
    Text,
    Timestamp,
    all_of,
    any_of,
    caller_is,
    can_see,
    copy_of,
    count_of,
    equals,
    everyone,
    moderator,
    nobody,
    not_deleted,
    signed_in,
)
from schema.language.errors import SchemaError
from schema.language.names import fitted
from schema.language.rules import Allowed
from schema.tables import Space


class Tree(Table, name="trees"):
    """A tree."""

    kind: Literal["oak", "ash"] = "oak"
    leaf_count: int = 0


class Missing(Table, name="missing"):
    """Never in a catalog."""


def index_over_nothing() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        indexes = (Index("by_colour", "colour"),)

    return [Bird]


def two_indexes_of_one_name() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        colour: str
        indexes = (Index("by_colour", "colour"), Index("by_colour", "colour", "created_at"))

    return [Bird]


def two_tables_of_one_name() -> list[type[Table]]:
    class Shrub(Table, name="trees"):
        pass

    return [Tree, Shrub]


def changing_without_updated_at() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        colour: str
        access = Access(read=everyone(), update=signed_in().columns("colour"))

    return [Bird]


def update_of_a_derived_column() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        tree_id: Ref[Tree]
        updated_at: Timestamp
        kind: str | None = copy_of("trees.kind", via="tree_id")
        indexes = (Index("by_tree_id", "tree_id"),)
        access = Access(read=everyone(), update=signed_in().columns("kind"))

    return [Tree, Bird]


def update_without_columns() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        updated_at: Timestamp
        access = Access(read=everyone(), update=signed_in().columns())

    return [Bird]


def reference_to_a_table_left_out() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        tree_id: Ref[Missing]
        indexes = (Index("by_tree_id", "tree_id"),)

    return [Bird]


def reference_without_index() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        tree_id: Ref[Tree]
        indexes = (Index("by_created", "created_at", "tree_id"),)

    return [Tree, Bird]


def rule_over_an_unknown_column() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        access = Access(read=all_of(everyone(), any_of(not_deleted)))

    return [Bird]


def rule_over_a_missing_index() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        owner_id: UUID
        access = Access(read=caller_is("owner_id"))

    return [Bird]


def rule_comparing_with_what_cannot_be() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        colour: Literal["red", "blue"]
        access = Access(read=equals("colour", "green"))

    return [Bird]


def rule_about_roles_without_users() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        access = Access(read=moderator())

    return [Bird]


def rule_through_what_is_no_reference() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        tree_id: UUID
        access = Access(read=can_see("tree_id"))

    return [Bird]


def rule_asking_for_an_unknown_permission() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        tree_id: Ref[Tree]
        indexes = (Index("by_tree_id", "tree_id"),)
        access = Access(read=nobody(), insert=Allowed("tree_id", "nest"))

    return [Tree, Bird]


def rules_asking_in_a_circle() -> list[type[Table]]:
    class Egg(Table, name="eggs"):
        hen_id: Ref["Hen"]  # Two tables that refer to each other can only do so by name.
        indexes = (Index("by_hen_id", "hen_id"),)
        access = Access(read=can_see("hen_id"))

    class Hen(Table, name="hens"):
        egg_id: Ref[Egg]
        indexes = (Index("by_egg_id", "egg_id"),)
        access = Access(read=can_see("egg_id"))

    return [Egg, Hen]


def polymorphic_without_table() -> list[type[Table]]:
    class Note(Table, name="notes"):
        target_type: Literal["tree", "rock"]
        target_id: Annotated[UUID, PolymorphicRef("target_type", tree="trees", rock="rocks")]
        indexes = (Index("by_target", "target_type", "target_id"),)

    return [Tree, Note]


def polymorphic_with_other_kinds() -> list[type[Table]]:
    class Note(Table, name="notes"):
        target_type: Literal["tree", "rock"]
        target_id: Annotated[UUID, PolymorphicRef("target_type", tree="trees")]
        indexes = (Index("by_target", "target_type", "target_id"),)

    return [Tree, Note]


def polymorphic_without_type() -> list[type[Table]]:
    class Note(Table, name="notes"):
        target_id: Annotated[UUID, PolymorphicRef("target_type", tree="trees")]

    return [Tree, Note]


def polymorphic_without_index() -> list[type[Table]]:
    class Note(Table, name="notes"):
        target_type: Literal["tree"]
        target_id: Annotated[UUID, PolymorphicRef("target_type", tree="trees")]

    return [Tree, Note]


def count_of_an_unknown_table() -> list[type[Table]]:
    class Nest(Table, name="nests"):
        egg_count: int = count_of("eggs", by="nest_id")

    return [Nest]


def count_by_an_unknown_column() -> list[type[Table]]:
    class Nest(Table, name="nests"):
        tree_count: int = count_of("trees", by="nest_id")

    return [Tree, Nest]


def count_of_rows_of_another() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        tree_id: Ref[Tree]
        indexes = (Index("by_tree_id", "tree_id"),)

    class Nest(Table, name="nests"):
        bird_count: int = count_of("birds", by="tree_id")

    return [Tree, Bird, Nest]


def count_without_kind() -> list[type[Table]]:
    class Stone(Table, name="stones"):
        note_count: int = count_of("notes", by="target_id")

    class Note(Table, name="notes"):
        target_type: Literal["stone"]
        target_id: Annotated[UUID, PolymorphicRef("target_type", stone="stones")]
        indexes = (Index("by_target", "target_type", "target_id"),)

    return [Stone, Note]


def count_of_what_the_caller_may_see() -> list[type[Table]]:
    class Nest(Table, name="nests"):
        egg_count: int = count_of("eggs", by="nest_id", where=signed_in())

    class Egg(Table, name="eggs"):
        nest_id: Ref[Nest]
        indexes = (Index("by_nest_id", "nest_id"),)

    return [Nest, Egg]


def count_that_is_no_number() -> list[type[Table]]:
    class Nest(Table, name="nests"):
        egg_count: str = count_of("eggs", by="nest_id")  # pyright: ignore[reportAssignmentType]

    class Egg(Table, name="eggs"):
        nest_id: Ref[Nest]
        indexes = (Index("by_nest_id", "nest_id"),)

    return [Nest, Egg]


def copy_through_another_reference() -> list[type[Table]]:
    class Nest(Table, name="nests"):
        name: str

    class Bird(Table, name="birds"):
        nest_id: Ref[Nest]
        kind: str | None = copy_of("trees.kind", via="nest_id")
        indexes = (Index("by_nest_id", "nest_id"),)

    return [Tree, Nest, Bird]


def copy_of_another_type() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        tree_id: Ref[Tree]
        leaves: str | None = copy_of("trees.leaf_count", via="tree_id")
        indexes = (Index("by_tree_id", "tree_id"),)

    return [Tree, Bird]


def copy_of_an_unknown_column() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        tree_id: Ref[Tree]
        leaves: str | None = copy_of("trees.colour", via="tree_id")
        indexes = (Index("by_tree_id", "tree_id"),)

    return [Tree, Bird]


def copies_in_a_circle() -> list[type[Table]]:
    class Twin(Table, name="twins"):
        other_id: Ref["Twin"]
        mood: str | None = copy_of("twins.mood", via="other_id")
        indexes = (Index("by_other_id", "other_id"),)

    return [Twin]


def name_too_long() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        colour: str
        indexes = (Index("by_" + "colour_" * 8, "colour"),)

    return [Bird]


def parent_of_another_table() -> list[type[Table]]:
    class Bird(Table, name="birds"):
        tree_id: Ref[Tree]
        parent_id: Ref[Tree] | None = None
        indexes = (Index("by_tree_id", "tree_id"), Index("by_parent_id", "parent_id"))
        nesting = Nesting(parent="parent_id", within="tree_id")

    return [Tree, Bird]


REFUSALS = {
    index_over_nothing: ("schema.unknown_column", "public.birds", "colour"),
    two_indexes_of_one_name: ("schema.duplicate_name", "public.birds", None),
    two_tables_of_one_name: ("schema.duplicate_name", "public.trees", None),
    changing_without_updated_at: ("schema.table_mismatch", "public.birds", "updated_at"),
    update_of_a_derived_column: ("schema.rule_mismatch", "public.birds", "kind"),
    update_without_columns: ("schema.rule_mismatch", "public.birds", None),
    reference_to_a_table_left_out: ("schema.unknown_table", "public.birds", "tree_id"),
    reference_without_index: ("schema.missing_index", "public.birds", "tree_id"),
    rule_over_an_unknown_column: ("schema.unknown_column", "public.birds", "deleted_at"),
    rule_over_a_missing_index: ("schema.missing_index", "public.birds", "owner_id"),
    rule_comparing_with_what_cannot_be: ("schema.rule_mismatch", "public.birds", "colour"),
    rule_about_roles_without_users: ("schema.unknown_table", "public.birds", None),
    rule_through_what_is_no_reference: ("schema.rule_mismatch", "public.birds", "tree_id"),
    rule_asking_for_an_unknown_permission: ("schema.unknown_permission", "public.birds", "tree_id"),
    rules_asking_in_a_circle: ("schema.rule_cycle", "public.eggs", None),
    polymorphic_without_table: ("schema.unknown_table", "public.notes", "target_id"),
    polymorphic_with_other_kinds: ("schema.polymorphic_mismatch", "public.notes", "target_id"),
    polymorphic_without_type: ("schema.unknown_column", "public.notes", "target_type"),
    polymorphic_without_index: ("schema.missing_index", "public.notes", "target_id"),
    count_of_an_unknown_table: ("schema.unknown_table", "public.nests", "egg_count"),
    count_by_an_unknown_column: ("schema.unknown_column", "public.trees", "nest_id"),
    count_of_rows_of_another: ("schema.derived_mismatch", "public.nests", "bird_count"),
    count_without_kind: ("schema.derived_mismatch", "public.stones", "note_count"),
    count_of_what_the_caller_may_see: ("schema.derived_mismatch", "public.nests", "egg_count"),
    count_that_is_no_number: ("schema.derived_mismatch", "public.nests", "egg_count"),
    copy_through_another_reference: ("schema.derived_mismatch", "public.birds", "kind"),
    copy_of_another_type: ("schema.derived_mismatch", "public.birds", "leaves"),
    copy_of_an_unknown_column: ("schema.unknown_column", "public.trees", "colour"),
    copies_in_a_circle: ("schema.derived_cycle", "public.twins", "mood"),
    name_too_long: ("schema.name_too_long", "public.birds", None),
    parent_of_another_table: ("schema.table_mismatch", "public.birds", "parent_id"),
}


@pytest.mark.parametrize("mistake", REFUSALS, ids=lambda mistake: mistake.__name__)
def test_a_mistake_is_refused_where_it_stands(mistake):
    with pytest.raises(SchemaError) as refused:
        Catalog(*mistake())
    error = refused.value
    assert (error.code, error.table, error.field) == REFUSALS[mistake]
    assert str(error).endswith(f"Mend: {error.mend}")


def test_every_refusal_has_a_test_and_a_code_of_its_own():
    def leaves(kind: type[SchemaError]) -> list[str]:
        return [code for sub in kind.__subclasses__() for code in (sub.code, *leaves(sub))]

    codes = leaves(SchemaError)
    assert len(codes) == len(set(codes))
    assert set(codes) == {code for code, _, _ in REFUSALS.values()}


def test_a_type_postgresql_lacks_is_refused_when_the_class_is_made():
    with pytest.raises(SchemaError) as refused:

        class Bird(Table, name="birds"):
            song: complex

    assert (refused.value.code, refused.value.field) == ("schema.table_mismatch", "song")


def test_a_row_is_validated_as_its_columns_are():
    row = {
        "id": uuid4(),
        "created_at": "2026-01-01T00:00:00Z",
        "name": "General",
        "updated_at": "2026-01-01T00:00:00Z",
    }
    assert Space.model_validate(row).visibility == "members"
    for wrong in (
        {"name": ""},
        {"name": "x" * 121},
        {"visibility": "secret"},
        {"created_at": "2026-01-01T00:00:00"},
    ):
        with pytest.raises(ValidationError):
            Space.model_validate(row | wrong)


def test_bounds_on_text_are_kept_by_the_column_too():
    class Bird(Table, name="birds"):
        song: Annotated[str, Text(length_max=3)] | None = None

    song = Bird.spec().column("song")
    assert (song.sql_type, song.nullable, song.text) == ("text", True, Text(length_max=3))


@pytest.mark.parametrize(
    ("routine", "code"),
    [
        (Routine("sing", returns="void", body="select 1", comment=""), "schema.table_mismatch"),
        (Routine("public.sing", returns="void", body="", comment="", definer=True), "schema.table_mismatch"),
        (Routine("public.trees", returns="void", body="", comment=""), "schema.duplicate_name"),
    ],
)
def test_a_function_written_by_hand_is_refused_where_clients_must_not_reach_it(routine, code):
    with pytest.raises(SchemaError) as refused:
        Catalog(Tree, routines=[routine])
    assert refused.value.code == code


def test_classes_of_two_schemas_may_share_a_name():
    class Song(Table, name="songs"):
        other_id: Ref["Song"] | None = None
        indexes = (Index("by_other_id", "other_id"),)

    first = Song

    class Song(Table, name="songs", schema="choir"):
        other_id: Ref["Song"] | None = None
        first_id: Ref[first]
        indexes = (Index("by_other_id", "other_id"), Index("by_first_id", "first_id"))

    catalog = Catalog(first, Song)
    choir = catalog.table("choir.songs")
    targets = [catalog.target(choir, choir.column(name)).qualified for name in ("other_id", "first_id")]
    assert targets == ["choir.songs", "public.songs"]


def test_a_joined_name_that_is_too_long_keeps_its_beginning_and_its_identity():
    long = [fitted(f"{'a' * 60}_{end}") for end in ("insert", "update")]
    assert [len(name) for name in long] == [63, 63]
    assert long[0] != long[1]
    assert fitted("posts_to_spaces__insert") == "posts_to_spaces__insert"
