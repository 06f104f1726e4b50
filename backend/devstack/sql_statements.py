"""SQL text cut into its statements, as PostgreSQL would cut it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<space> \s+ | --[^\n]* )
    | (?P<comment> /\* )
    | (?P<quoted> [eE]'(?:[^'\\]|''|\\.)*' | '(?:[^']|'')*' | "(?:[^"]|"")*" )
    | (?P<dollar> \$(?:[^\W\d]\w*)?\$ )
    | (?P<word> [^\W\d][\w$]* )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


@dataclass(frozen=True)
class Statement:
    """One statement without its semicolon. `line` is where it begins in the file, from 1."""

    text: str
    line: int

    @property
    def essence(self) -> str:
        """The statement without comments, and with single spaces: equal for texts that mean the same."""
        return " ".join(token for kind, token, _ in _tokens(self.text) if kind not in ("space", "comment"))


def split_statements(text: str) -> tuple[Statement, ...]:
    r"""Cut `text` at the semicolons that end statements; comments before a statement are left out.

    >>> split_statements("select ';';\n-- done\ndo $$ begin null; end $$;")
    (Statement(text="select ';'", line=1), Statement(text='do $$ begin null; end $$', line=3))
    """
    statements: list[Statement] = []
    start: int | None = None  # Where the statement being read begins; None between statements.
    end = parentheses = 0
    atomic = _AtomicBody()

    def finish() -> None:
        if start is not None:
            statements.append(Statement(text[start:end], text.count("\n", 0, start) + 1))

    for kind, token, position in _tokens(text):
        if kind in ("space", "comment"):
            continue
        if token == ";" and parentheses <= 0 and not atomic.depth:
            finish()
            start, parentheses, atomic = None, 0, _AtomicBody()
            continue
        if start is None:
            start = position
        end = position + len(token)
        parentheses += (token == "(") - (token == ")")
        if kind == "word":
            atomic.read(token.lower())
    finish()
    return tuple(statements)


class _AtomicBody:
    """Follows `begin atomic ... end`, the one place where plain semicolons stand inside a statement."""

    def __init__(self) -> None:
        self.depth = 0  # 0 outside; 1 in the body; more inside `case ... end`.
        self._previous = ""

    def read(self, word: str) -> None:
        if self.depth == 0:
            self.depth = int(word == "atomic" and self._previous == "begin")
        else:
            self.depth += (word == "case") - (word == "end")
        self._previous = word


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    position = 0
    while match := _TOKEN.match(text, position):
        kind = match.lastgroup or "other"
        end = match.end()
        if kind == "comment":
            end = _comment_end(text, end)
        elif kind == "dollar":
            close = text.find(match.group(), end)
            end = len(text) if close < 0 else close + len(match.group())
        yield kind, text[position:end], position
        position = end


def _comment_end(text: str, position: int) -> int:
    depth = 1  # Block comments nest.
    for edge in _COMMENT_EDGE.finditer(text, position):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(text)
