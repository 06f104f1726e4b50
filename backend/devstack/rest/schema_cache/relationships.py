"""Relationships, derived from foreign keys and from functions of one row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import permutations

from backend.devstack.rest.schema_cache.model import (
    Cardinality,
    Function,
    Junction,
    Name,
    Relationship,
    Table,
)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` pairs (referring, referred to). `is_unique`: no two rows refer to the same target."""

    name: str
    source: Name
    target: Name
    columns: tuple[tuple[str, str], ...]
    is_unique: bool


def derive_relationships(
    keys: Iterable[ForeignKey], tables: Mapping[Name, Table], functions: Iterable[Function]
) -> dict[Name, tuple[Relationship, ...]]:
    """All relationships, by the table they start from: each key both ways, many-to-many, and computed."""
    found: dict[Name, list[Relationship]] = defaultdict(list)
    keys_by_source: dict[Name, list[ForeignKey]] = defaultdict(list)
    for key in keys:
        keys_by_source[key.source].append(key)
        for relationship in _both_directions(key):
            found[relationship.source].append(relationship)
    for source, own in keys_by_source.items():
        for relationship in _through(source, own, tables):
            found[relationship.source].append(relationship)
    for function in functions:
        source, target = function.row_of, function.result_table
        if source is not None and target is not None and target in tables:
            found[source].append(_computed(source, target, function))
    return {source: tuple(relationships) for source, relationships in found.items()}


def _both_directions(key: ForeignKey) -> tuple[Relationship, Relationship]:
    there = Cardinality.ONE_TO_ONE if key.is_unique else Cardinality.MANY_TO_ONE
    back = Cardinality.ONE_TO_ONE if key.is_unique else Cardinality.ONE_TO_MANY
    reverse = tuple((target, source) for source, target in key.columns)
    return (
        Relationship(key.source, key.target, there, key.name, key.columns, refers=True),
        Relationship(key.target, key.source, back, key.name, reverse),
    )


def _through(junction: Name, keys: list[ForeignKey], tables: Mapping[Name, Table]) -> list[Relationship]:
    """Many-to-many through `junction`: pairs of its keys that both lie in its primary key.

    Were that not asked for, every table with two references would make its targets related.
    """
    table = tables.get(junction)
    primary = set(table.key) if table else set()
    inside = [key for key in keys if {source for source, _ in key.columns} <= primary]
    return [
        Relationship(
            first.target,
            second.target,
            Cardinality.MANY_TO_MANY,
            junction=Junction(
                table=junction,
                source_constraint=first.name,
                target_constraint=second.name,
                source_columns=tuple((target, source) for source, target in first.columns),
                target_columns=tuple((target, source) for source, target in second.columns),
            ),
        )
        for first, second in permutations(inside, 2)
    ]


def _computed(source: Name, target: Name, function: Function) -> Relationship:
    is_to_one = function.returns_one_row or not function.returns_set
    cardinality = Cardinality.MANY_TO_ONE if is_to_one else Cardinality.ONE_TO_MANY
    return Relationship(source, target, cardinality, function=function.name)
