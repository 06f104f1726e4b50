"""SQL string literals, for where parameters cannot go: several statements in one simple query."""

from __future__ import annotations

from datetime import datetime, tzinfo
from uuid import UUID

from backend.postgres.errors import InvalidValue


def quote_literal(text: str) -> str:
    r"""SQL that reads back as exactly `text`, whatever `standard_conforming_strings` says.

    Raises `InvalidValue` for what PostgreSQL's text cannot hold: a NUL, or half of a surrogate pair.

    >>> quote_literal("it's")
    "'it''s'"
    >>> quote_literal("back\\slash")
    " E'back\\\\slash'"
    """
    if "\0" in text or not _is_utf8(text):
        raise InvalidValue("Text for PostgreSQL may hold neither NUL nor lone surrogates.", sqlstate="22021")
    quoted = text.replace("'", "''")
    if "\\" not in quoted:
        return f"'{quoted}'"
    # As libpq's PQescapeLiteral: the leading space keeps E apart from a word right before it.
    return " E'" + quoted.replace("\\", "\\\\") + "'"


def literal_of(value: object) -> str | None:
    """SQL that does what `value` does as a parameter, of whatever type the place takes.

    None for what is better sent as a parameter: numbers, whose type the place decides, and what has parts.

    >>> [literal_of(value) for value in (None, True, "it's", 7)]
    ['null', "'true'", "'it''s'", None]
    """
    match value:
        case None:
            return "null"
        case bool():
            return f"'{str(value).lower()}'"
        case UUID():
            return f"'{value}'"
        case datetime(tzinfo=tzinfo()):
            return f"'{value.isoformat()}'"
        case str():
            try:
                return quote_literal(value)
            except InvalidValue:  # Let PostgreSQL say what is wrong with it.
                return None
        case _:
            return None


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
