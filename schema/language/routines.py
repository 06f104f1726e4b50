"""SQL that is written by hand: views, and functions that clients call.

For what tables, rules and derived fields do not say. Both are compiled in the one safe form: a view shows
each reader only the rows the tables' rules allow, and a function's names are qualified, since its
`search_path` is empty.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["sql", "plpgsql"]
Volatility: TypeAlias = Literal["immutable", "stable", "volatile"]


@dataclass(frozen=True)
class View:
    """A view. `name` is qualified; it reads what its reader may read (`security_invoker`)."""

    name: str
    query: str
    readers: tuple[str, ...]
    comment: str


@dataclass(frozen=True)
class Routine:
    """A function. `name` is qualified; `arguments` are SQL, each as `name type`.

    It runs as its caller, unless `definer`: then as the tables' owner, past row security, and so only in the
    schema `private`, which clients cannot reach. Only `callers` may execute it.
    """

    name: str
    returns: str
    body: str
    comment: str
    arguments: str = ""
    language: Language = "sql"
    volatility: Volatility = "volatile"
    definer: bool = False
    callers: tuple[str, ...] = ()
