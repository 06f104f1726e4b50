"""Every table of a project, found by name."""

from collections.abc import Iterator, Sequence

from schema.language.checks import check_catalog
from schema.language.errors import DuplicateName, UnknownTable
from schema.language.routines import Routine, View
from schema.language.spec import ColumnReference, ColumnSpec, ForeignKey, TableSpec
from schema.language.table import Table


class Catalog:
    """The declared tables, in the order given. What could not work is refused here, with its mend.

    A table is found by its plain name in `public` (`posts`), or qualified (`public.posts`). `views` and
    `routines` are SQL written by hand; a view may call routines of `private`, other routines may read views.
    """

    def __init__(
        self, *tables: type[Table], views: Sequence[View] = (), routines: Sequence[Routine] = ()
    ) -> None:
        self.views, self.routines = tuple(views), tuple(routines)
        self._by_name: dict[str, TableSpec] = {}
        self._by_class: dict[str, TableSpec] = {}
        for table in tables:
            self._add(table.spec())
        check_catalog(self)

    def _add(self, spec: TableSpec) -> None:
        class_name = f"{spec.schema}.{spec.class_name}"
        if spec.qualified in self._by_name or class_name in self._by_class:
            raise DuplicateName(
                f"{spec.class_name} is declared twice.", table=spec.qualified, mend="rename one of the two."
            )
        self._by_name[spec.qualified] = spec
        self._by_class[class_name] = spec

    @property
    def tables(self) -> tuple[TableSpec, ...]:
        """Every table, in the order declared."""
        return tuple(self._by_name.values())

    def __iter__(self) -> Iterator[TableSpec]:
        return iter(self._by_name.values())

    def __contains__(self, name: str) -> bool:
        return _qualified(name) in self._by_name

    def table(self, name: str) -> TableSpec:
        """The table called `name`; KeyError when there is none."""
        return self._by_name[_qualified(name)]

    def target(self, table: TableSpec, column: ColumnSpec) -> TableSpec:
        """The table that the foreign key `column` of `table` refers to; `UnknownTable` when there is none."""
        assert isinstance(column.reference, ColumnReference), (table.qualified, column.name)
        name = column.reference.target
        found = self._by_class.get(name) or self._by_name.get(name)
        if found is None:
            raise UnknownTable(
                f"it refers to {name}, which is not in the catalog.",
                table=table.qualified,
                field=column.name,
                mend="add that table to the catalog, or refer to one that is there.",
            )
        return found

    def sibling(self, table: TableSpec, key: ForeignKey) -> TableSpec:
        """The table that a foreign key of several columns refers to; `UnknownTable` when there is none."""
        found = self._by_class.get(f"{table.schema}.{key.to}")
        if found is None:
            raise UnknownTable(
                f"it refers to {key.to}, which is not in the catalog.",
                table=table.qualified,
                field=key.columns[0],
                mend="add that table to the catalog, or refer to one of the same schema that is there.",
            )
        return found

    def targets(self, table: TableSpec, column: ColumnSpec) -> tuple[tuple[str | None, TableSpec], ...]:
        """Every table `column` may refer to, with the kind that says so when it is polymorphic."""
        if column.polymorphic is not None:
            return tuple((kind, self.table(name)) for kind, name in column.polymorphic.kinds)
        if isinstance(column.reference, ColumnReference):
            return ((None, self.target(table, column)),)
        return ()


def _qualified(name: str) -> str:
    return name if "." in name else f"public.{name}"
