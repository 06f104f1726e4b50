"""Which fields of a level's own rows a read plan uses."""

from __future__ import annotations

from collections.abc import Iterable

from backend.devstack.rest.plan.plans import (
    AllColumns,
    EmbedPlan,
    FieldPlan,
    PlannedCondition,
    PlannedFilter,
    PlannedLogic,
    ReadPlan,
    Related,
    Selected,
)
from backend.devstack.rest.schema_cache.model import Column


def fields_used(read: ReadPlan) -> tuple[FieldPlan, ...]:
    """Each field that is selected, compared, ordered by or joined on; once and whole, without its path."""
    fields: list[FieldPlan] = []
    for item in read.items:
        match item:
            case AllColumns(columns=columns):
                fields += _stored(columns)
            case Selected(field=FieldPlan() as field):
                fields.append(field)
            case EmbedPlan():
                fields += _joined_on(item)
            case _:
                pass  # count() of everything.
    fields += _compared(read.where)
    fields += [term.by for term in read.order if isinstance(term.by, FieldPlan)]
    return distinct_fields(fields)


def distinct_fields(fields: Iterable[FieldPlan]) -> tuple[FieldPlan, ...]:
    whole = {field.name: FieldPlan(field.name, field.column_type, (), field.computed_by) for field in fields}
    return tuple(whole.values())


def _stored(columns: Iterable[Column]) -> list[FieldPlan]:
    return [FieldPlan(column.name, column.type) for column in columns]


def _joined_on(embed: EmbedPlan) -> list[FieldPlan]:
    assert isinstance(embed.read.source, Related), embed.read.source
    relationship = embed.read.source.relationship
    pairs = relationship.junction.source_columns if relationship.junction else relationship.columns
    return [*_stored(embed.row_columns), *(FieldPlan(name, "") for name, _ in pairs)]


def _compared(conditions: Iterable[PlannedCondition]) -> list[FieldPlan]:
    fields: list[FieldPlan] = []
    for condition in conditions:
        match condition:
            case PlannedFilter(field=field):
                fields.append(field)
            case PlannedLogic(terms=terms):
                fields += _compared(terms)
            case _:
                pass  # Embeds are joined on, see above.
    return fields
