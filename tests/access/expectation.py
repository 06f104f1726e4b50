"""What people expect of one row: who may read, write and delete it. The access matrix holds PostgreSQL to it.

    >>> post = Expected(
    ...     table="public.posts",
    ...     case="in a members' space",
    ...     row={"space_id": the("public.spaces", "members"), "author_id": OWNER, "content": "Hello"},
    ...     new={"space_id": the("public.spaces", "members"), "author_id": CALLER, "content": "Hello"},
    ...     changes={"content": "Edited"},
    ...     read=SIGNED_IN,
    ...     insert=SIGNED_IN,
    ...     update={"content deleted_at": "owner moderator admin"},
    ... )
    >>> sorted(post.may_update("content")), sorted(post.may_update("space_id"))
    (['admin', 'moderator', 'owner'], [])

Each domain lists its own in `EXPECTED`, a tuple, in `expected_<domain>.py`: written by hand, from the
documents and from what a community's people would expect; never from the rules.

Who acts: `anon` (a visitor without an account), `stranger` (signed in, nothing more), `owner` (the row's own
person), `member` (somebody else, with a live `gold` membership), `moderator`, `admin`. Nobody has to say that
`service` (the role `service_role`) may do everything but write derived columns.

Every case is tried in a community of its own: the people, THE row of the case, and the rows that its values,
`new`, `changes` and `beside` name, together with those that they name in turn. Nothing else is there. A row
that comes with an account by itself (`public.users` and what extends it) is found by its person, which `row`
says as `"id": OWNER`, and given the other values of `row`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias, get_args

Actor: TypeAlias = Literal["anon", "stranger", "owner", "member", "moderator", "admin"]
Act: TypeAlias = Literal["insert", "update", "delete"]

ACTORS: tuple[Actor, ...] = get_args(Actor)
EVERYONE = "anon stranger owner member moderator admin"
SIGNED_IN = "stranger owner member moderator admin"
MODERATORS = "moderator admin"


@dataclass(frozen=True)
class Person:
    """The id of somebody of the community, or of whoever is acting."""

    name: str


OWNER, STRANGER, MEMBER = Person("owner"), Person("stranger"), Person("member")
MODERATOR, ADMIN = Person("moderator"), Person("admin")

SOMEBODY = Person("somebody")
"""A further person, who never acts: to be followed, written to or reported by anyone."""

CALLER = Person("caller")
"""For `new` and `changes`: whoever is acting; the owner where that is a visitor or the service."""


@dataclass(frozen=True)
class The:
    """A column of THE row of another expectation."""

    table: str
    case: str
    column: str


def the(table: str, case: str = "", column: str = "id") -> The:
    """A column, most often the id, of THE row that the expectation of `table` called `case` describes."""
    return The(table, case, column)


@dataclass(frozen=True)
class Row:
    """A further row that has to be there: `Row("public.memberships", {"user_id": OWNER, ...})`."""

    table: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Expected:
    """What is expected of one row of `table`; several of one table differ in their `case`.

    `row`: THE row, made by the tables' owner. Values are plain Python values, people, or `the(...)`.
    `beside`: rows that must be there too, such as an enrolment, as `the(...)` or `Row(...)`.
    `new`: what each actor tries to insert; None when nobody may insert (a copy of `row` is then refused). THE
    row makes way when the two cannot stand side by side. An insert may name `id`, the columns of `new` and
    `new_optional`, and no other: the rest is expected to be refused to everyone but the service.
    To put another person where `new` says `CALLER`, or where `row` says `OWNER` in a column that somebody may
    update, is always expected to be refused.
    `changes`: a valid new value for a column whose usual attempt would break a constraint. Usual are: another
    choice, the other truth, the text and a little more, one more, the next day, the present moment; for
    references, arrays and JSON the same value again.
    `read`, `insert`, `delete`: actors. `update`: actors by column, or by several columns; columns left out
    are nobody's. Whoever may update a row is expected to read it through the service, too.
    `hidden`: columns that browsers never read, whoever asks; the service reads them for readers of the row.
    `direct`: which of insert, update and delete browsers may do themselves; the rest is for mutations only.
    """

    table: str
    row: Mapping[str, object]
    case: str = ""
    new: Mapping[str, object] | None = None
    new_optional: str = ""
    changes: Mapping[str, object] = field(default_factory=dict[str, object])
    beside: tuple[The | Row, ...] = ()
    read: str = ""
    insert: str = ""
    update: Mapping[str, str] = field(default_factory=dict[str, str])
    delete: str = ""
    hidden: str = ""
    direct: str = ""

    def __post_init__(self) -> None:
        assert self.table.count(".") == 1, f"{self.table}: say the schema too, as in public.posts"
        for named in (self.read, self.insert, self.delete, *self.update.values()):
            unknown = set(named.split()) - set(ACTORS)
            assert not unknown, f"{self.name}: there is no actor called {', '.join(sorted(unknown))}"
        assert set(self.direct.split()) <= set(get_args(Act)), f"{self.name}: direct={self.direct!r}"
        assert not (self.insert and self.new is None), f"{self.name}: insert is allowed, so say what is new"
        assert CALLER not in self.row.values(), f"{self.name}: THE row is nobody's act, so CALLER is nobody"
        columns = [column for key in self.update for column in key.split()]
        assert len(columns) == len(set(columns)), f"{self.name}: a column is named twice in update"

    @property
    def name(self) -> str:
        """How failures call it."""
        return f"{self.table} ({self.case})" if self.case else self.table

    @cached_property
    def updates(self) -> Mapping[str, frozenset[str]]:
        """The actors who may update each column that somebody may."""
        return {
            column: frozenset(actors.split()) for key, actors in self.update.items() for column in key.split()
        }

    def may_update(self, column: str) -> frozenset[str]:
        """Who may update `column`."""
        return self.updates.get(column, frozenset())

    @property
    def may_change_something(self) -> frozenset[str]:
        """Who may update any column at all."""
        return frozenset[str]().union(*self.updates.values())
