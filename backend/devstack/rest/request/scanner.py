"""A cursor over one parameter's text, with the words all of PostgREST's little languages share."""

from __future__ import annotations

import re

from backend.devstack.rest.errors import RestError, malformed_query
from backend.devstack.rest.request.syntax import Field, JsonStep

NESTING_MAX = 32  # Parsers recurse; nobody nests embeds or logic deeper by hand.
INDEX_MAX = 2**31 - 1  # A JSON array index is an integer in PostgreSQL.

_WORD = re.compile(r"[\w $]+")  # Letters of any script: PostgreSQL allows them in names, too.
_SPACES = re.compile(r"[ \t]*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_INDEX = re.compile(r"-?[0-9]+(?=->|::|[.,)]|$)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Scanner:
    """Reads `text` from left to right. `what` says in errors which parameter it was."""

    def __init__(self, text: str, what: str) -> None:
        self.text = text
        self.what = what
        self.position = 0
        self.depth = 0

    def fails(self, expecting: str) -> RestError:
        """The error for what stands at the cursor: `raise scanner.fails("...")`."""
        found = f'"{self.text[self.position]}"' if self.position < len(self.text) else "end of input"
        return self.refuses(f"unexpected {found} expecting {expecting}")

    def refuses(self, details: str) -> RestError:
        return malformed_query(self.what, self.text, self.position + 1, details)

    @property
    def at_end(self) -> bool:
        return self.position >= len(self.text)

    def sees(self, literal: str) -> bool:
        return self.text.startswith(literal, self.position)

    def takes(self, literal: str) -> bool:
        """Whether `literal` stands at the cursor; if so the cursor moves behind it."""
        if not self.sees(literal):
            return False
        self.position += len(literal)
        return True

    def expect(self, literal: str) -> None:
        if not self.takes(literal):
            raise self.fails(f'"{literal}"')

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.position)
        if found is not None:
            self.position = found.end()
        return found

    def skip_spaces(self) -> None:
        self.match(_SPACES)

    def takes_separator(self, separator: str = ",") -> bool:
        """Like `takes`, with blanks allowed on both sides of it."""
        start = self.position
        self.skip_spaces()
        if self.takes(separator):
            self.skip_spaces()
            return True
        self.position = start
        return False

    def expect_end(self) -> None:
        self.skip_spaces()
        if not self.at_end:
            raise self.fails("end of input")

    def enter(self) -> None:
        """One level of nesting more; `leave` it in the end."""
        self.depth += 1
        if self.depth > NESTING_MAX:
            raise self.refuses(f"nested deeper than {NESTING_MAX} levels")

    def leave(self) -> None:
        self.depth -= 1

    def quoted(self) -> str | None:
        """The text between double quotes at the cursor, a backslash escaping any character; else None."""
        found = self.match(_QUOTED)
        return None if found is None else _ESCAPED.sub(r"\1", found[1])

    def name(self) -> str:
        """A name: quoted, or words joined by dashes (a dash before `>` begins a JSON path instead)."""
        quoted = self.quoted()
        if quoted is not None:
            return quoted
        words = [self._word("field name (* or [a..z0..9_$])")]
        while self.sees("-") and not self.sees("->"):
            self.position += 1
            words.append(self._word("field name"))
        return "-".join(words)

    def _word(self, expecting: str) -> str:
        found = self.match(_WORD)
        word = found[0].strip() if found else ""
        if not word:
            raise self.fails(expecting)
        return word

    def type_name(self) -> str:
        """What stands behind `::`."""
        return self._word("letter or digit")

    def field(self) -> Field:
        self.skip_spaces()
        name = self.name()
        field = Field(name, self.json_path())
        self.skip_spaces()
        return field

    def json_path(self) -> tuple[JsonStep, ...]:
        steps: list[JsonStep] = []
        while True:
            if self.takes("->>"):
                as_text = True
            elif self.takes("->"):
                as_text = False
            else:
                return tuple(steps)
            steps.append(JsonStep(self._json_operand(), as_text))

    def _json_operand(self) -> str | int:
        found = self.match(_INDEX)
        if found is None:
            return self.name()
        index = int(found[0]) if len(found[0]) <= 11 else INDEX_MAX + 1
        if abs(index) > INDEX_MAX:
            raise self.refuses("JSON array index out of range")
        return index
