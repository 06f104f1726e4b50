"""Names and values made safe to stand in SQL."""

from decimal import Decimal

from schema.language.names import NAME_BYTES_MAX
from schema.language.spec import TableSpec


def quote_identifier(name: str) -> str:
    """Quote one name.

    >>> quote_identifier('order')
    '"order"'
    """
    assert 0 < len(name.encode()) <= NAME_BYTES_MAX, name
    return '"' + name.replace('"', '""') + '"'


def quote_qualified(table: TableSpec) -> str:
    """Quote a table's name with its schema."""
    return f"{quote_identifier(table.schema)}.{quote_identifier(table.name)}"


def quote_columns(names: tuple[str, ...]) -> str:
    """Quote names and join them with commas."""
    return ", ".join(map(quote_identifier, names))


def quote_literal(value: str | int | float | bool | Decimal) -> str:
    """Write a value as an SQL literal.

    >>> quote_literal("it's"), quote_literal(3), quote_literal(True)
    ("'it''s'", '3', 'true')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case Decimal():
            assert value.is_finite(), value
            return format(value, "f")
        case str():
            assert "\\" not in value, value  # Would depend on standard_conforming_strings.
            return "'" + value.replace("'", "''") + "'"
