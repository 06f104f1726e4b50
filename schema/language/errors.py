"""What is wrong with a declared schema: refusals raised while it loads, before any SQL exists.

SchemaError
  UnknownTable           a name that no table of the catalog carries
  UnknownColumn          a name that no column of the table carries
  UnknownPermission      a rule asks for a permission its target does not declare
  MissingIndex           a lookup the schema makes often has no index to use
  DerivedCycle           a derived field depends on itself
  DerivedMismatch        a derived field and its source do not fit together
  NameTooLong            PostgreSQL would cut the name
  PolymorphicMismatch    the kinds of a polymorphic reference and its type column differ
  TableMismatch          a table breaks a convention every table keeps
  DuplicateName          two tables, or two indexes or columns of one table, share a name
"""


class SchemaError(Exception):
    """The declared schema cannot be used. `code` is stable; `mend` says what to change, and where."""

    code = "schema.invalid"

    def __init__(self, problem: str, *, table: str, field: str | None = None, mend: str) -> None:
        self.table, self.field, self.mend = table, field, mend
        place = table if field is None else f"{table}.{field}"
        super().__init__(f"{place}: {problem} Mend: {mend}")


class UnknownTable(SchemaError):
    code = "schema.unknown_table"


class UnknownColumn(SchemaError):
    code = "schema.unknown_column"


class UnknownPermission(SchemaError):
    code = "schema.unknown_permission"


class RuleMismatch(SchemaError):
    code = "schema.rule_mismatch"


class RuleCycle(SchemaError):
    code = "schema.rule_cycle"


class MissingIndex(SchemaError):
    code = "schema.missing_index"


class DerivedCycle(SchemaError):
    code = "schema.derived_cycle"


class DerivedMismatch(SchemaError):
    code = "schema.derived_mismatch"


class NameTooLong(SchemaError):
    code = "schema.name_too_long"


class PolymorphicMismatch(SchemaError):
    code = "schema.polymorphic_mismatch"


class TableMismatch(SchemaError):
    code = "schema.table_mismatch"


class DuplicateName(SchemaError):
    code = "schema.duplicate_name"
