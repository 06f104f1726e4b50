"""Mistakes in derived fields that look at no more than one other row: copies, bands, computed fields."""

from typing import TYPE_CHECKING

from schema.language.derived import AccountCopy, BandOf, Computed, CopyOf
from schema.language.derived_refusals import refusal, require_column, require_same, require_source
from schema.language.errors import DerivedMismatch, DuplicateName
from schema.language.expressions import (
    NUMBER,
    NUMBER_TYPES,
    Constant,
    Unfit,
    expression_columns,
    kind_of,
    may_be_empty,
)
from schema.language.names import CLOCK_TRIGGER, GUARD_TRIGGER
from schema.language.spec import ACCOUNT_TABLE, ColumnSpec, SqlType, TableSpec

if TYPE_CHECKING:
    from schema.language.catalog import Catalog

ACCOUNT_COLUMNS: dict[str, SqlType] = {
    "email": "text",
    "email_confirmed_at": "timestamptz",
    "last_sign_in_at": "timestamptz",
    "phone": "text",
    "phone_confirmed_at": "timestamptz",
}
"""What Supabase Auth holds of an account that a table may show."""


def check_copy(table: TableSpec, column: ColumnSpec, copy: CopyOf, catalog: "Catalog") -> None:
    """Refuse a copy that could not be found, or not be held."""
    refuse = refusal(table, column)
    source = require_source(table, column, copy.source, catalog)
    via = require_column(table, copy.via, f"{column.name} is copied through it.")
    taken = require_column(source, copy.column, f"{table.qualified}.{column.name} copies it.")
    if via.reference is None or catalog.target(table, via) is not source:
        refuse(
            f"{copy.via} does not refer to {source.qualified}.",
            mend="copy through a reference to that table, or through id in a table that extends it.",
        )
    if via.derived is not None:
        refuse(f"{copy.via} is derived itself.", mend="copy through a reference that is written.")
    require_same(column, source, taken, refuse)
    if not column.nullable:
        refuse("a copy may be empty.", mend="allow None.")


def check_account_copy(table: TableSpec, column: ColumnSpec, copy: AccountCopy, catalog: "Catalog") -> None:
    """Refuse a copy from accounts that the rows of this table have not."""
    refuse = refusal(table, column)
    if not _belongs_to_account(table, catalog):
        refuse("its rows do not go by the id of an account.", mend=f'let the table extend "{ACCOUNT_TABLE}".')
    if ACCOUNT_COLUMNS.get(copy.column) != column.sql_type:
        fitting = ", ".join(name for name, kind in ACCOUNT_COLUMNS.items() if kind == column.sql_type)
        refuse(
            f"an account has no {copy.column} that is {column.sql_type}.",
            mend=f"choose among {fitting}." if fitting else "declare it as str or Timestamp.",
        )
    if column.text is not None or column.choices:
        refuse("a bound of its own could refuse an account's change.", mend="leave the bound out.")
    if not column.nullable:
        refuse("an account need not have one.", mend="allow None.")


def _belongs_to_account(table: TableSpec, catalog: "Catalog") -> bool:
    if table.extends is None or table.extends == ACCOUNT_TABLE:
        return table.extends is not None
    return _belongs_to_account(require_source(table, table.column("id"), table.extends, catalog), catalog)


def check_band(table: TableSpec, column: ColumnSpec, band: BandOf, catalog: "Catalog") -> None:
    """Refuse a band whose bounds cannot be compared, or whose value could not be held."""
    refuse = refusal(table, column)
    source = require_source(table, column, band.source, catalog)
    taken = require_column(source, band.column, f"{table.qualified}.{column.name} takes it.")
    compared = (
        require_column(source, band.threshold, f"{table.qualified}.{column.name} goes by it."),
        require_column(table, band.of, f"{column.name} is found by it."),
    )
    for one in compared:
        if one.sql_type not in NUMBER_TYPES:
            refuse(f"{one.name} is {one.sql_type}.", mend="go by numbers.")
    require_same(column, source, taken, refuse)
    if taken.nullable or (band.otherwise is None and not column.nullable):
        refuse("there may be no such row.", mend="say what otherwise, and let the source hold no None.")
    if band.otherwise is not None:
        kind = NUMBER if column.sql_type in NUMBER_TYPES else column.sql_type
        if kind_of(Constant(band.otherwise), {}) != kind:
            refuse(f"{band.otherwise!r} is not {column.sql_type}.", mend="give both the same type.")


def check_computed(table: TableSpec, column: ColumnSpec, computed: Computed) -> None:
    """Refuse what cannot be computed, or has no value where there must be one."""
    refuse = refusal(table, column)
    looked_at = [
        require_column(table, name, f"{column.name} is computed from it.")
        for name in sorted(expression_columns(computed.expression))
    ]
    try:
        kind = kind_of(computed.expression, {one.name: one.sql_type for one in looked_at})
    except Unfit as unfit:
        refuse(str(unfit), mend=unfit.mend)
        return
    if kind != (NUMBER if column.sql_type in NUMBER_TYPES else column.sql_type):
        refuse(
            f"it is {column.sql_type}, but what is computed is {kind}.",
            mend="declare it as int, Decimal or float." if kind == NUMBER else "give both the same type.",
        )
    nullable = frozenset(one.name for one in looked_at if one.nullable)
    if may_be_empty(computed.expression, nullable) and not column.nullable:
        refuse(
            "it may have no value: an operand is empty, or divides by zero.",
            mend="allow None, or end the expression with .otherwise(...).",
        )


def check_computed_names(catalog: "Catalog") -> None:
    """Refuse names under which what computes would fire at the wrong time, or could not be made."""
    taken: dict[str, str] = {}
    for table in catalog:
        if table.computed_as is None:
            continue
        function, trigger = table.computed_as.function, table.computed_as.trigger

        def refuse(problem: str, *, mend: str, table: TableSpec = table) -> None:
            raise DerivedMismatch(problem, table=table.qualified, field="computed_as", mend=mend)

        if not any(isinstance(column.derived, Computed) for column in table.columns):
            refuse("nothing in this table is computed.", mend="leave computed_as out.")
        if any(isinstance(column.derived, BandOf) for column in table.columns):
            refuse("a band looks at another table, as its own role.", mend="leave computed_as out.")
        if function.partition(".")[0] not in {one.schema for one in catalog}:
            refuse(
                f"{function} is in no schema of the catalog.",
                mend=f'name it with a schema: "{table.schema}.{function.rpartition(".")[2]}".',
            )
        if not GUARD_TRIGGER < trigger < CLOCK_TRIGGER:
            refuse(
                f"triggers fire in the order of their names, and {trigger} would not come between"
                f" {GUARD_TRIGGER} and {CLOCK_TRIGGER}.",
                mend="choose a name between these two.",
            )
        if function in taken:
            raise DuplicateName(
                f"{taken[function]} computes by {function} too.",
                table=table.qualified,
                field="computed_as",
                mend="rename one of the two.",
            )
        taken[function] = table.qualified
