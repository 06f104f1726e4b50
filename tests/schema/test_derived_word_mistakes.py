"""A copy, band, list or computed field that could not be kept is refused when the schema loads."""

import types
from typing import Annotated, Literal
from uuid import UUID

import pytest

from schema.language import (
    Catalog,
    ComputedNames,
    Index,
    JsonObject,
    Ref,
    Table,
    Text,
    Timestamp,
    band_of,
    choose,
    computed,
    copy_of,
    largest,
    list_of,
    of_account,
    own,
    total_of,
)
from schema.language.errors import SchemaError


class Step(Table, name="steps"):
    """Where a career leads."""

    threshold: int
    rank: int
    badge: str | None = None
    kind: Literal["junior", "senior"] = "junior"


class Career(Table, name="careers"):
    """What is derived in the wrong way; every test declares its own."""


class Deed(Table, name="deeds"):
    """What a career is made of."""

    career_id: Ref[Career]
    step_id: Ref[Step]
    size: int = 1
    title: str = ""
    indexes = (Index("by_career_id", "career_id"), Index("by_step_id", "step_id"))


def _catalog(fields: dict[str, object], **table: object) -> Catalog:
    """The deeds and steps, and careers with further `fields`: an annotation for each, or it and a value."""
    namespace: dict[str, object] = {"__module__": __name__, "__annotations__": {}}
    for name, declared in fields.items():
        if isinstance(declared, tuple):
            namespace["__annotations__"][name], namespace[name] = declared
        else:
            namespace["__annotations__"][name] = declared
    references = [name for name in ("step_id", "same_id") if name in fields]
    namespace["indexes"] = tuple(Index(f"by_{name}", name) for name in references)
    namespace["computed_as"] = table.pop("computed_as", None)
    career = types.new_class(
        "Career", (Table,), {"name": "careers", **table}, lambda body: body.update(namespace)
    )
    return Catalog(career, Deed, Step)


BAND = {"threshold": "threshold", "of": "size"}
DONE = {"size": (int, 1), "done": (bool, computed(own("size").above(3)))}

REFUSALS: dict[str, tuple[dict[str, object], dict[str, object], str, str | None]] = {
    "a list of numbers": (
        {"list": (list[str], list_of("deeds.size", by="career_id"))},
        {},
        "schema.derived_mismatch",
        "list",
    ),
    "a list of another type": (
        {"list": (list[UUID], list_of("deeds.title", by="career_id"))},
        {},
        "schema.derived_mismatch",
        "list",
    ),
    "a list that may be none": (
        {"list": (list[str] | None, list_of("deeds.title", by="career_id"))},
        {},
        "schema.derived_mismatch",
        "list",
    ),
    "a list by no reference to this": (
        {"list": (list[str], list_of("deeds.title", by="step_id"))},
        {},
        "schema.derived_mismatch",
        "list",
    ),
    "a copy of another type": (
        {"step_id": Ref[Step], "taken": (str | None, copy_of("steps.rank", via="step_id"))},
        {},
        "schema.derived_mismatch",
        "taken",
    ),
    "a copy with a bound of its own": (
        {
            "step_id": Ref[Step],
            "taken": (Annotated[str, Text(length_max=3)] | None, copy_of("steps.badge", via="step_id")),
        },
        {},
        "schema.derived_mismatch",
        "taken",
    ),
    "a copy with fewer choices": (
        {"step_id": Ref[Step], "taken": (Literal["junior"] | None, copy_of("steps.kind", via="step_id"))},
        {},
        "schema.derived_mismatch",
        "taken",
    ),
    "a copy with choices of what has none": (
        {"step_id": Ref[Step], "taken": (Literal["junior"] | None, copy_of("steps.badge", via="step_id"))},
        {},
        "schema.derived_mismatch",
        "taken",
    ),
    "a copy through what is derived": (
        {
            "step_id": Ref[Step],
            "same_id": (Ref[Step], computed(own("step_id"))),
            "taken": (int | None, copy_of("steps.rank", via="same_id")),
        },
        {},
        "schema.derived_mismatch",
        "taken",
    ),
    "a copy through an id that extends nothing": (
        {"taken": (int | None, copy_of("steps.rank", via="id"))},
        {},
        "schema.derived_mismatch",
        "taken",
    ),
    "an account's column of no account": (
        {"email": (str | None, of_account("email"))},
        {},
        "schema.derived_mismatch",
        "email",
    ),
    "an account's column that is secret": (
        {"key": (str | None, of_account("encrypted_password"))},
        {"extends": "auth.users"},
        "schema.derived_mismatch",
        "key",
    ),
    "an account's column of another type": (
        {"seen": (str | None, of_account("last_sign_in_at"))},
        {"extends": "auth.users"},
        "schema.derived_mismatch",
        "seen",
    ),
    "an account's column that is always there": (
        {"email": (str, of_account("email"))},
        {"extends": "auth.users"},
        "schema.derived_mismatch",
        "email",
    ),
    "a band of an unknown table": (
        {"size": (int, 1), "level": (int, band_of("grades.rank", otherwise=0, **BAND))},
        {},
        "schema.unknown_table",
        "level",
    ),
    "a band of an unknown number": (
        {"level": (int, band_of("steps.rank", otherwise=0, **BAND))},
        {},
        "schema.unknown_column",
        "size",
    ),
    "a band by texts": (
        {"size": (str, ""), "level": (int, band_of("steps.rank", otherwise=0, **BAND))},
        {},
        "schema.derived_mismatch",
        "level",
    ),
    "a band of another type": (
        {"size": (int, 1), "level": (str | None, band_of("steps.rank", **BAND))},
        {},
        "schema.derived_mismatch",
        "level",
    ),
    "a band that is otherwise of another type": (
        {"size": (int, 1), "level": (int, band_of("steps.rank", otherwise="none", **BAND))},
        {},
        "schema.derived_mismatch",
        "level",
    ),
    "a band that may be none": (
        {"size": (int, 1), "level": (int, band_of("steps.rank", **BAND))},
        {},
        "schema.derived_mismatch",
        "level",
    ),
    "a band whose value may be none": (
        {"size": (int, 1), "level": (str, band_of("steps.badge", otherwise="none", **BAND))},
        {},
        "schema.derived_mismatch",
        "level",
    ),
    "a band of itself": (
        {
            "size": (int, computed(own("level") + 1)),
            "level": (int, band_of("steps.rank", otherwise=0, **BAND)),
        },
        {},
        "schema.derived_cycle",
        "size",
    ),
    "a truth declared as a number": (
        {"size": (int, 1), "done": (int, computed(own("size").above(3)))},
        {},
        "schema.derived_mismatch",
        "done",
    ),
    "a truth that may be none": (
        {"size": (int | None, None), "done": (bool, computed(own("size").at_least(3)))},
        {},
        "schema.derived_mismatch",
        "done",
    ),
    "an order of texts": (
        {"name": (str, ""), "done": (bool, computed(own("name").above("m")))},
        {},
        "schema.derived_mismatch",
        "done",
    ),
    "a number equal to a text": (
        {"size": (int, 1), "done": (bool, computed(own("size").equal_to("3")))},
        {},
        "schema.derived_mismatch",
        "done",
    ),
    "a choice by a number": (
        {"size": (int, 1), "best": (int, computed(choose(own("size"), 1, 0)))},
        {},
        "schema.derived_mismatch",
        "best",
    ),
    "a choice of two types": (
        {"size": (int, 1), "best": (int, computed(choose(own("size").above(1), 1, "none")))},
        {},
        "schema.derived_mismatch",
        "best",
    ),
    "a choice that may be none": (
        {
            "size": (int, 1),
            "more": (int | None, None),
            "best": (int, computed(choose(own("size").above(1), 1, own("more")))),
        },
        {},
        "schema.derived_mismatch",
        "best",
    ),
    "the larger of texts": (
        {"name": (str, ""), "best": (str, computed(largest(own("name"), "m")))},
        {},
        "schema.derived_mismatch",
        "best",
    ),
    "a total of a number": (
        {"size": (int, 1), "total": (int, computed(total_of("size")))},
        {},
        "schema.derived_mismatch",
        "total",
    ),
    "another column of another type": (
        {"size": (int, 1), "same": (str, computed(own("size")))},
        {},
        "schema.derived_mismatch",
        "same",
    ),
    "names for nothing computed": (
        {"size": (int, 1)},
        {"computed_as": ComputedNames("public.count", "go")},
        "schema.derived_mismatch",
        "computed_as",
    ),
    "names in an unknown schema": (
        DONE,
        {"computed_as": ComputedNames("elsewhere.count", "go")},
        "schema.derived_mismatch",
        "computed_as",
    ),
    "a name that fires before the guard": (
        DONE,
        {"computed_as": ComputedNames("public.count", "count")},
        "schema.derived_mismatch",
        "computed_as",
    ),
    "a name that fires after the clock": (
        DONE,
        {"computed_as": ComputedNames("public.count", "update_it")},
        "schema.derived_mismatch",
        "computed_as",
    ),
    "names beside a band": (
        {**DONE, "level": (int, band_of("steps.rank", otherwise=0, **BAND))},
        {"computed_as": ComputedNames("public.count", "go")},
        "schema.derived_mismatch",
        "computed_as",
    ),
}


@pytest.mark.parametrize("mistake", REFUSALS)
def test_a_mistake_is_refused_where_it_stands(mistake):
    fields, table, code, field = REFUSALS[mistake]
    with pytest.raises(SchemaError) as refused:
        _catalog(fields, **table)
    error = refused.value
    assert (error.code, error.table, error.field) == (code, "public.careers", field)
    assert str(error).endswith(f"Mend: {error.mend}")


def test_two_tables_cannot_compute_by_one_function():
    class First(Table, name="firsts"):
        size: int = 1
        double: int = computed(own("size") * 2)
        computed_as = ComputedNames("public.double_it", "double_it")

    class Second(Table, name="seconds"):
        size: int = 1
        double: int = computed(own("size") * 2)
        computed_as = ComputedNames("public.double_it", "double_it")

    with pytest.raises(SchemaError) as refused:
        Catalog(First, Second)
    assert (refused.value.code, refused.value.table) == ("schema.duplicate_name", "public.seconds")


def test_what_is_refused_there_is_the_mistake_alone():
    """The control: careers with fields that fit are accepted."""
    _catalog(
        {
            **DONE,
            "step_id": Ref[Step],
            "plan": (JsonObject, {}),
            "list": (list[str], list_of("deeds.title", by="career_id")),
            "taken": (Literal["junior", "senior"] | None, copy_of("steps.kind", via="step_id")),
            "wide": (str | None, copy_of("steps.kind", via="step_id")),
            "best": (int, computed(largest(choose(own("done"), 1, own("size")), total_of("plan")))),
            "same": (bool, computed(own("done"))),
            "asked": (bool, computed(own("seen").filled())),
            "fresh": (bool, computed(own("seen").above(own("created_at")).otherwise(False))),
            "email": (str | None, of_account("email")),
            "seen": (Timestamp | None, of_account("last_sign_in_at")),
        },
        extends="auth.users",
        computed_as=ComputedNames("public.count", "go"),
    )
    _catalog({"size": (int, 1), "level": (int, band_of("steps.rank", otherwise=0, **BAND))})
    _catalog({"size": (int, 1), "level": (int | None, band_of("public.steps.rank", **BAND))})
