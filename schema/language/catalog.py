"""Every table of a project, found by name."""

from collections.abc import Iterator

from schema.language.checks import check_catalog
from schema.language.errors import DuplicateName, UnknownTable
from schema.language.spec import ColumnReference, ColumnSpec, TableSpec
from schema.language.table import Table


class Catalog:
    """The declared tables, in the order given. What could not work is refused here, with its mend.

    A table is found by its plain name in `public` (`posts`), or qualified (`public.posts`).
    """

    def __init__(self, *tables: type[Table]) -> None:
        self._by_name: dict[str, TableSpec] = {}
        self._by_class: dict[str, TableSpec] = {}
        for table in tables:
            self._add(table.spec())
        check_catalog(self)

    def _add(self, spec: TableSpec) -> None:
        if spec.qualified in self._by_name or spec.class_name in self._by_class:
            raise DuplicateName(
                f"{spec.class_name} is declared twice.", table=spec.qualified, mend="rename one of the two."
            )
        self._by_name[spec.qualified] = spec
        self._by_class[spec.class_name] = spec

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
        found = self._by_class.get(column.reference.class_name)
        if found is None:
            raise UnknownTable(
                f"it refers to {column.reference.class_name}, which is not in the catalog.",
                table=table.qualified,
                field=column.name,
                mend="add that table to the catalog, or refer to one that is there.",
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
