"""What the rows of one level have: the names that fields, casts and computed fields are looked up in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.devstack.rest.errors import RestError, undefined_column
from backend.devstack.rest.plan.plans import FieldPlan
from backend.devstack.rest.request.syntax import Field
from backend.devstack.rest.schema_cache.model import Column, Function, Name, SchemaCache, Table, closest


@dataclass(frozen=True, slots=True)
class Rows:
    """`name` is how errors call them, `relation` where relationships start; None if that is no relation."""

    name: str
    relation: Name | None
    columns: Mapping[str, Column]
    computed: Mapping[str, Function]

    @staticmethod
    def of_table(cache: SchemaCache, table: Table) -> Rows:
        return Rows(table.name.name, table.name, table.columns, cache.computed.get(table.name, {}))

    @staticmethod
    def of_function(cache: SchemaCache, function: Function) -> Rows:
        relation = function.result_table
        computed = cache.computed.get(relation, {}) if relation else {}
        return Rows(function.name.name, relation, function.columns, computed)

    def field(self, field: Field) -> FieldPlan:
        """The field, if these rows have it; else 42703 as PostgreSQL would say it."""
        column = self.columns.get(field.name)
        if column is not None:
            return FieldPlan(column.name, column.type, field.steps)
        function = self.computed.get(field.name)
        if function is not None:
            return FieldPlan(field.name, function.result_type, field.steps, function.name)
        raise undefined_column(self.name, field.name, closest(field.name, self.columns, similarity_min=0.7))


def cast_type(cache: SchemaCache, name: str | None) -> str | None:
    """The SQL of the type a cast names; raises 42704 for one that does not exist."""
    if name is None:
        return None
    found = cache.types.get(name) or cache.types.get(name.lower())
    if found is None:
        raise RestError("42704", f'type "{name}" does not exist')
    return found
