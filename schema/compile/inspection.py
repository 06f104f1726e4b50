"""What a database holds, as typed objects: the ground on which two databases are compared.

`QUERIES` are run by whoever has a connection, as the role that migrations run as, with an empty `search_path`
so that PostgreSQL qualifies every name. `read_inspection` makes objects of the rows. It is PostgreSQL that
words all definitions, so two databases are comparable only on one version of it.

An object's key is its kind and its identity, as PostgreSQL itself has them: `table public.posts`,
`table column public.posts.title`, `policy read on public.posts`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias, TypeVar, get_type_hints

from pydantic import TypeAdapter

from schema.compile.inspection_queries import QUERIES
from schema.compile.inspection_wording import settled

__all__ = [
    "QUERIES",
    "Facet",
    "Found",
    "FoundColumn",
    "FoundConstraint",
    "FoundDefinition",
    "FoundIndex",
    "FoundTable",
    "Grant",
    "Inspection",
    "Need",
    "Role",
    "read_inspection",
]

Row: TypeAlias = Sequence[object]
T = TypeVar("T")


@dataclass(frozen=True)
class FoundTable:
    """A table, without what belongs to it. `persistence` is `unlogged ` or nothing."""

    name: str
    persistence: str

    @property
    def key(self) -> str:
        return f"table {self.name}"

    @property
    def place(self) -> str:
        """The table as people write it."""
        return plain(self.name)

    @property
    def text(self) -> str:
        return f"{self.persistence}table"


@dataclass(frozen=True)
class FoundColumn:
    """A column of a table. `name` is quoted where it must be; `default` and `generated` are expressions.

    `varies`: the default differs from row to row, so that a new column with it means writing every row.
    """

    table: str
    name: str
    position: int
    type: str
    collation: str | None
    required: bool
    default: str | None
    varies: bool
    generated: str | None
    identity: Literal["always", "by default"] | None

    @property
    def key(self) -> str:
        return f"table column {self.table}.{self.name}"

    @property
    def place(self) -> str:
        """The column as people write it: `public.posts.title`."""
        return plain(f"{self.table}.{self.name}")

    @property
    def text(self) -> str:
        """The column as `create table` writes it, after the name."""
        parts = [self.type]
        parts += [f"collate {self.collation}"] if self.collation else []
        parts += [f"generated always as ({self.generated}) stored"] if self.generated else []
        parts += [f"generated {self.identity} as identity"] if self.identity else []
        parts += [f"default {self.default}"] if self.default is not None else []
        parts += ["not null"] if self.required else []
        return " ".join(parts)


@dataclass(frozen=True)
class FoundConstraint:
    """A constraint of a table, by its kind in `pg_constraint`."""

    table: str
    name: str
    kind: Literal["c", "f", "p", "u", "x"]
    definition: str
    valid: bool

    @property
    def key(self) -> str:
        return f"table constraint {self.name} on {self.table}"

    @property
    def meaning(self) -> str:
        """The definition, alike for all that are alike."""
        return settled(self.definition)

    @property
    def text(self) -> str:
        return self.meaning if self.valid else f"{self.meaning} not valid"


@dataclass(frozen=True)
class FoundIndex:
    """An index that belongs to no constraint."""

    name: str
    table: str
    definition: str
    unique: bool

    @property
    def key(self) -> str:
        return f"index {self.name}"

    @property
    def text(self) -> str:
        return settled(self.definition)

    @property
    def own_name(self) -> str:
        """The name without its schema, quoted as it is."""
        return unqualified(self.name)

    @property
    def nameless(self) -> str:
        """The definition without the index's own name."""
        return settled(self.definition).replace(f"INDEX {self.own_name} ON", "INDEX ON", 1)


@dataclass(frozen=True)
class FoundDefinition:
    """Anything that one statement makes and one removes: schemas, functions, triggers, views, policies...

    `table` is the relation it belongs to. `fixed`: what has to stay for `create` to replace the object in
    place; None where it cannot be replaced.
    """

    kind: str
    name: str
    create: str
    drop: str
    table: str | None
    fixed: str | None

    @property
    def key(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def text(self) -> str:
        # A routine's own text is kept as it was written.
        return self.create if self.kind in ("function", "procedure") else settled(self.create)


Found: TypeAlias = FoundTable | FoundColumn | FoundConstraint | FoundIndex | FoundDefinition


@dataclass(frozen=True)
class Facet:
    """What is said about an object by a statement of its own: comment, owner, option, publication...

    `clear` takes it back; an object has none of it when it is new.
    """

    of: str
    aspect: str
    value: str
    assign: str
    clear: str

    @property
    def key(self) -> str:
        return f"{self.aspect} of {self.of}"


@dataclass(frozen=True)
class Grant:
    """A privilege of someone other than the owner; `target` is what stands after `on`."""

    of: str
    target: str
    column: str | None
    grantee: str
    privilege: str
    grantable: bool

    @property
    def key(self) -> str:
        column = f" ({self.column})" if self.column else ""
        return f"grant of {self.privilege.lower()}{column} on {self.target} to {self.grantee}"


@dataclass(frozen=True)
class Need:
    """The object `of` cannot be without the object `on`."""

    of: str
    on: str


@dataclass(frozen=True)
class Role:
    """A role of the whole server, with the roles it is a member of."""

    name: str
    attributes: str
    member_of: tuple[str, ...]


@dataclass(frozen=True)
class Inspection:
    """One database. `found` and `facets` are by key; `strange` is what has no type here, by key."""

    found: Mapping[str, Found]
    facets: Mapping[str, Facet]
    grants: frozenset[Grant]
    needs: tuple[Need, ...]
    roles: Mapping[str, Role]
    strange: Mapping[str, str]

    @cached_property
    def tables(self) -> tuple[FoundTable, ...]:
        """Every table, by name."""
        return tuple(self.of_type(FoundTable))

    @cached_property
    def all_columns(self) -> tuple[FoundColumn, ...]:
        """The columns of every table, by key."""
        return tuple(self.of_type(FoundColumn))

    @cached_property
    def facets_of(self) -> Mapping[str, list[Facet]]:
        """The facets of each object that has any, by its key; the owner last."""
        facets: dict[str, list[Facet]] = {}
        for facet in sorted(self.facets.values(), key=lambda one: (one.aspect == "owner", one.aspect)):
            facets.setdefault(facet.of, []).append(facet)
        return facets

    @cached_property
    def grants_on(self) -> Mapping[str, list[Grant]]:
        """The grants on each object that has any, by its key."""
        grants: dict[str, list[Grant]] = {}
        for grant in self.grants:
            grants.setdefault(grant.of, []).append(grant)
        return grants

    def of_type(self, kind: type[T]) -> list[T]:
        """All objects of one type, in the order of their keys."""
        return [found for _, found in sorted(self.found.items()) if isinstance(found, kind)]

    def columns(self, table: str) -> list[FoundColumn]:
        """The columns of a table, in its own order."""
        columns = (column for column in self.all_columns if column.table == table)
        return sorted(columns, key=lambda column: column.position)

    def constraints(self, table: str) -> list[FoundConstraint]:
        """The constraints of a table, the primary key first, by name."""
        constraints = [one for one in self.of_type(FoundConstraint) if one.table == table]
        return sorted(constraints, key=lambda one: (one.kind != "p", one.name))


def read_inspection(rows: Mapping[str, Iterable[Row]]) -> Inspection:
    """The objects in the answers to `QUERIES`, by the same names."""
    found: list[Found] = [
        *_read(FoundTable, rows["tables"]),
        *_read(FoundColumn, rows["columns"]),
        *_read(FoundConstraint, rows["constraints"]),
        *_read(FoundIndex, rows["indexes"]),
        *_read(FoundDefinition, rows["definitions"]),
        *_read(FoundDefinition, rows["buckets"]),
    ]
    by_key = {one.key: one for one in found}
    return Inspection(
        found=by_key,
        facets={facet.key: facet for facet in _read(Facet, rows["facets"]) if facet.of in by_key},
        grants=frozenset(grant for grant in _read(Grant, rows["grants"]) if grant.of in by_key),
        needs=_needs(_read(Need, rows["needs"]), by_key),
        roles={role.name: role for role in _read(Role, rows["roles"])},
        strange={str(key): str(text) for key, text in rows["strange"]},
    )


def _read(kind: type[T], rows: Iterable[Row]) -> list[T]:
    adapter = TypeAdapter(kind)
    names = list(get_type_hints(kind))
    return [adapter.validate_python(dict(zip(names, row, strict=True))) for row in rows]


def _needs(known: Iterable[Need], found: Mapping[str, Found]) -> tuple[Need, ...]:
    """What the database knows of dependencies, and that everything on a table needs the table."""
    needs = {need for need in known if need.of != need.on and need.of in found and need.on in found}
    for key, one in found.items():
        table = None if isinstance(one, FoundTable) else one.table
        owner = next((other for kind in ("table", "view") if (other := f"{kind} {table}") in found), None)
        if owner is not None and owner != key:
            needs.add(Need(key, owner))
    return tuple(sorted(needs, key=lambda need: (need.of, need.on)))


def plain(name: str) -> str:
    """A name without the quotes in it."""
    return name.replace('"', "")


def unqualified(name: str) -> str:
    """The last part of a qualified name, quoted as it is.

    >>> unqualified('public.posts'), unqualified('public."Up.Down"')
    ('posts', '"Up.Down"')
    """
    if name.endswith('"'):
        return name[name.rfind('."') + 1 :]
    return name.rpartition(".")[2]
