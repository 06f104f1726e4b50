"""SQL string literals, for where parameters cannot go: several statements in one simple query."""

from __future__ import annotations

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


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
