"""PostgreSQL's own wording of an expression, made the same for the same meaning.

PostgreSQL writes `between` as two conditions in parentheses; reading that again, it takes the parentheses
away. So a definition written by people and the same definition written by PostgreSQL differ in them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

_TOKEN = re.compile(
    r"""[eE]?'(?:[^']|'')*' | "(?:[^"]|"")*" | \w+ | [()] | \s+ | . """, re.VERBOSE | re.DOTALL
)
_JOINS = ("AND", "OR")


@dataclass
class _Group:
    """What stands between two parentheses."""

    parts: "list[_Part]" = field(default_factory=list)

    @property
    def words(self) -> list["_Part"]:
        """The parts without the space between them."""
        return [part for part in self.parts if isinstance(part, _Group) or part.strip()]

    @property
    def join(self) -> str | None:
        """The one word that joins groups to make up all of this one, if it is so simple."""
        words = self.words
        joins = {word for word in words[1::2] if isinstance(word, str)}
        simple = len(words) % 2 == 1 and all(isinstance(word, _Group) for word in words[::2])
        return joins.pop() if simple and len(joins) == 1 and joins <= set(_JOINS) else None


_Part: TypeAlias = "str | _Group"


def settled(definition: str) -> str:
    """`definition` without the parentheses that PostgreSQL would leave away when it writes it again.

    >>> settled("CHECK ((((a >= 0) AND (a <= 7)) AND (b = 1)))")
    'CHECK (((a >= 0) AND (a <= 7) AND (b = 1)))'
    """
    if not any(f") {join} (" in definition for join in _JOINS):
        return definition
    outermost = _Group()
    open_groups = [outermost]
    for token in _TOKEN.findall(definition):
        if token == "(":
            group = _Group()
            open_groups[-1].parts.append(group)
            open_groups.append(group)
        elif token == ")" and len(open_groups) > 1:
            open_groups.pop()
        else:
            open_groups[-1].parts.append(token)
    return "".join(_written(outermost))


def _written(group: _Group) -> Iterator[str]:
    join = group.join
    for part in group.parts:
        match part:
            case str():
                yield part
            case _Group() if join is not None and part.join == join:
                yield from _written(part)
            case _Group():
                yield from ("(", *_written(part), ")")
