"""How the checks of derived fields say no."""

from typing import TYPE_CHECKING, Protocol

from schema.language.errors import DerivedMismatch, UnknownColumn, UnknownTable
from schema.language.spec import ColumnSpec, TableSpec

if TYPE_CHECKING:
    from schema.language.catalog import Catalog


class Refuse(Protocol):
    """Raise `DerivedMismatch` about the field being checked."""

    def __call__(self, problem: str, *, mend: str) -> None: ...


def refusal(table: TableSpec, column: ColumnSpec) -> Refuse:
    """What refuses the field `column` of `table`."""

    def refuse(problem: str, *, mend: str) -> None:
        raise DerivedMismatch(problem, table=table.qualified, field=column.name, mend=mend)

    return refuse


def require_source(table: TableSpec, column: ColumnSpec, name: str, catalog: "Catalog") -> TableSpec:
    """The table called `name` that the field is derived from; `UnknownTable` when there is none."""
    if name not in catalog:
        raise UnknownTable(
            f"it is derived from {name}, which is not in the catalog.",
            table=table.qualified,
            field=column.name,
            mend="add that table to the catalog, or correct its name.",
        )
    return catalog.table(name)


def require_column(table: TableSpec, name: str, why: str) -> ColumnSpec:
    """The column `name` of `table`; `UnknownColumn` when there is none."""
    if not table.has(name):
        raise UnknownColumn(
            why, table=table.qualified, field=name, mend="declare the column, or correct its name."
        )
    return table.column(name)


def require_same(column: ColumnSpec, source: TableSpec, taken: ColumnSpec, refuse: Refuse) -> None:
    """Refuse a field that could not hold whatever `taken` holds."""
    if taken.sql_type != column.sql_type:
        refuse(
            f"it is {column.sql_type}, but {source.qualified}.{taken.name} is not.",
            mend="give both the same type.",
        )
    if column.choices and not (taken.choices and set(taken.choices) <= set(column.choices)):
        refuse(
            f"{source.qualified}.{taken.name} may hold what it may not.",
            mend="give both the same Literal, or declare it as str.",
        )
    if column.text is not None or column.bounds is not None or column.shape is not None:
        refuse(
            "a bound of its own could refuse what the source holds.", mend="leave the bound to the source."
        )
