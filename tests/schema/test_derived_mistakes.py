"""A derived field that could not be kept is refused when the schema loads."""

import types
from decimal import Decimal
from typing import Annotated

import pytest

from schema.language import Catalog, Index, Ref, Table, Text, avg_of, computed, last_of, own, sum_of
from schema.language.errors import SchemaError


class Tree(Table, name="trees"):
    """Where they fall from; every grove grows its own."""


class Nut(Table, name="nuts"):
    """What falls from a tree: the source of derived fields that ask for the wrong thing."""

    tree_id: Ref[Tree]
    kind: str = "acorn"
    weight: float = 1.0
    price: Decimal = Decimal("0.1")
    stars: int | None = None
    indexes = (Index("by_tree_id", "tree_id"),)


def _grove(**fields: tuple[object, object]) -> list[type[Table]]:
    """Nuts, and the trees they fall from, with further `fields`: each an annotation and a value."""
    namespace: dict[str, object] = {
        "__module__": __name__,
        "__annotations__": {name: annotation for name, (annotation, _) in fields.items()},
        **{name: value for name, (_, value) in fields.items()},
    }
    bare = types.new_class("Tree", (Table,), {"name": "trees"}, lambda body: body.update(namespace))
    return [bare, Nut]


def sum_of_an_unknown_column() -> list[type[Table]]:
    return _grove(total=(int, sum_of("nuts.size", by="tree_id")))


def sum_of_floats() -> list[type[Table]]:
    return _grove(total=(float, sum_of("nuts.weight", by="tree_id")))


def sum_of_decimals_as_int() -> list[type[Table]]:
    return _grove(total=(int, sum_of("nuts.price", by="tree_id")))


def sum_that_may_be_empty() -> list[type[Table]]:
    return _grove(total=(int | None, sum_of("nuts.stars", by="tree_id")))


def average_of_texts() -> list[type[Table]]:
    return _grove(mean=(Decimal | None, avg_of("nuts.kind", by="tree_id")))


def average_as_a_whole_number() -> list[type[Table]]:
    return _grove(mean=(int | None, avg_of("nuts.stars", by="tree_id")))


def average_that_is_never_empty() -> list[type[Table]]:
    return _grove(mean=(Decimal, avg_of("nuts.stars", by="tree_id")))


def average_with_more_digits_than_there_are() -> list[type[Table]]:
    return _grove(mean=(Decimal | None, avg_of("nuts.stars", by="tree_id", digits=13)))


def average_beside_a_column_of_its_parts_name() -> list[type[Table]]:
    return _grove(mean=(Decimal | None, avg_of("nuts.stars", by="tree_id")), mean_sum=(int, 0))


def last_without_an_index_in_order() -> list[type[Table]]:
    return _grove(last=(str | None, last_of("nuts.kind", by="tree_id")))


def last_by_what_may_be_empty() -> list[type[Table]]:
    return _grove(last=(str | None, last_of("nuts.kind", by="tree_id", order="stars")))


def last_of_another_type() -> list[type[Table]]:
    return _grove(last=(int | None, last_of("nuts.kind", by="tree_id")))


def last_that_is_never_empty() -> list[type[Table]]:
    return _grove(last=(str, last_of("nuts.kind", by="tree_id")))


def last_with_a_bound_of_its_own() -> list[type[Table]]:
    return _grove(last=(Annotated[str, Text(length_max=9)] | None, last_of("nuts.kind", by="tree_id")))


def first_characters_of_a_number() -> list[type[Table]]:
    return _grove(last=(int | None, last_of("nuts.stars", by="tree_id", length_max=9)))


def computed_from_an_unknown_column() -> list[type[Table]]:
    return _grove(half=(Decimal, computed(own("size") / 2)))


def computed_from_a_text() -> list[type[Table]]:
    return _grove(name=(str, ""), half=(Decimal, computed(own("name") / 2)))


def computed_text() -> list[type[Table]]:
    return _grove(size=(int, 0), half=(str, computed(own("size") / 2)))


def computed_from_nothing_but_never_empty() -> list[type[Table]]:
    return _grove(size=(int, 0), inverse=(Decimal, computed(1 / own("size"))))


def computed_in_a_circle() -> list[type[Table]]:
    return _grove(one=(int, computed(own("two") + 1)), two=(int, computed(own("one") - 1)))


def sums_in_a_circle() -> list[type[Table]]:
    class Branch(Table, name="branches"):
        parent_id: Ref["Branch"] | None = None
        weight: int = sum_of("branches.weight", by="parent_id")
        indexes = (Index("by_parent_id", "parent_id"),)

    return [Branch]


REFUSALS = {
    sum_of_an_unknown_column: ("schema.unknown_column", "public.nuts", "size"),
    sum_of_floats: ("schema.derived_mismatch", "public.trees", "total"),
    sum_of_decimals_as_int: ("schema.derived_mismatch", "public.trees", "total"),
    sum_that_may_be_empty: ("schema.derived_mismatch", "public.trees", "total"),
    average_of_texts: ("schema.derived_mismatch", "public.trees", "mean"),
    average_as_a_whole_number: ("schema.derived_mismatch", "public.trees", "mean"),
    average_that_is_never_empty: ("schema.derived_mismatch", "public.trees", "mean"),
    average_with_more_digits_than_there_are: ("schema.derived_mismatch", "public.trees", "mean"),
    average_beside_a_column_of_its_parts_name: ("schema.duplicate_name", "public.trees", "mean_sum"),
    last_without_an_index_in_order: ("schema.missing_index", "public.nuts", "tree_id"),
    last_by_what_may_be_empty: ("schema.derived_mismatch", "public.trees", "last"),
    last_of_another_type: ("schema.derived_mismatch", "public.trees", "last"),
    last_that_is_never_empty: ("schema.derived_mismatch", "public.trees", "last"),
    last_with_a_bound_of_its_own: ("schema.derived_mismatch", "public.trees", "last"),
    first_characters_of_a_number: ("schema.derived_mismatch", "public.trees", "last"),
    computed_from_an_unknown_column: ("schema.unknown_column", "public.trees", "size"),
    computed_from_a_text: ("schema.derived_mismatch", "public.trees", "half"),
    computed_text: ("schema.derived_mismatch", "public.trees", "half"),
    computed_from_nothing_but_never_empty: ("schema.derived_mismatch", "public.trees", "inverse"),
    computed_in_a_circle: ("schema.derived_cycle", "public.trees", "one"),
    sums_in_a_circle: ("schema.derived_cycle", "public.branches", "weight"),
}


@pytest.mark.parametrize("mistake", REFUSALS, ids=lambda mistake: mistake.__name__)
def test_a_mistake_is_refused_where_it_stands(mistake):
    with pytest.raises(SchemaError) as refused:
        Catalog(*mistake())
    error = refused.value
    assert (error.code, error.table, error.field) == REFUSALS[mistake]
    assert str(error).endswith(f"Mend: {error.mend}")


def test_what_is_refused_there_is_the_mistake_alone():
    """The control: the same grove with fields that fit is accepted."""
    Catalog(
        *_grove(
            size=(int, 1),
            total=(int, sum_of("nuts.stars", by="tree_id")),
            cost=(Decimal, sum_of("public.nuts.price", by="tree_id")),
            mean=(float | None, avg_of("nuts.stars", by="tree_id")),
            half=(Decimal, computed(own("size") / 2)),
            inverse=(Decimal | None, computed(1 / own("size"))),
            share=(int, computed((own("total") / own("size")).rounded().otherwise(0))),
        )
    )
