"""The usual attempt: a value to write into a column when nobody has said a better one."""

from schema.compile.quoting import quote_identifier, quote_literal
from schema.language.spec import ColumnSpec


def usual_value(column: ColumnSpec) -> str:
    """SQL for another value than the one in `column`; the same one where another might refer to nothing.

    A derived column always gets another: it is a forgery, which must leave no trace.
    """
    name, derived = quote_identifier(column.name), column.derived is not None
    match column.sql_type:
        case "boolean":
            return f"not coalesce({name}, false)"
        case "integer" | "numeric" | "double precision":
            return _next_number(name, column)
        case "date":
            return f"coalesce({name}, current_date) + 1"
        case "timestamptz":
            return "clock_timestamp()"
        case "text":
            return _other_text(name, column)
        case "uuid" if derived:
            return "gen_random_uuid()"
        case "text[]" if derived:
            return f"{name} || 'forged'::text"
        case "uuid[]" if derived:
            return f"{name} || gen_random_uuid()"
        case "jsonb" if derived:
            return """'{"forged": true}'::jsonb"""
        case _:
            return name


def _next_number(name: str, column: ColumnSpec) -> str:
    bounds = None if column.derived else column.bounds
    least = 0 if bounds is None or bounds.minimum is None else bounds.minimum
    following = f"coalesce({name} + 1, {quote_literal(least)})"
    if bounds is None or bounds.maximum is None:
        return following
    most = quote_literal(bounds.maximum)
    return f"case when {name} = {most} then {most} - 1 else {following} end"


def _other_text(name: str, column: ColumnSpec) -> str:
    if column.choices:
        first, *others = map(quote_literal, column.choices)
        return f"case when {name} = {first} then {others[0] if others else first} else {first} end"
    if column.derived is None and column.text is not None and column.text.pattern is not None:
        return name
    longer = f"'x' || coalesce({name}, '')"
    if column.derived is None and column.text is not None:
        return f"left({longer}, {column.text.length_max})"
    return longer
