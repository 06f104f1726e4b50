"""Copies: exact when the copying row is written, soon after when the source changes.

Writing a row copies from its source without a lock (see the guard). A rename that commits in between would
be missed, so after the statement the sources are locked in id order and the copies verified: from then on a
rename waits for the writer, and finds its row. The changed source queues its id (`derived_queue`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from schema.compile.derived_changes import NOT_DERIVED
from schema.compile.functions import DERIVED_OWNER, Function, compile_trigger, plpgsql_block
from schema.compile.quoting import quote_identifier, quote_literal, quote_qualified
from schema.language.catalog import Catalog
from schema.language.derived import CopyOf, Kept, mode_of
from schema.language.names import queue_function, verify_function
from schema.language.spec import TableSpec


@dataclass(frozen=True)
class _Copy:
    """One field of `table`, copied from `column` of `source` through `via`."""

    table: TableSpec
    field: str
    via: str
    source: TableSpec
    column: str

    @property
    def target(self) -> str:
        """How the queue names the field."""
        return f"{self.table.qualified}.{self.field}"


def compile_copies(catalog: Catalog) -> list[str]:
    """Create what keeps every copy: verification where it is written, the queue where it comes from."""
    copies = [
        _Copy(
            table,
            column.name,
            column.derived.via,
            catalog.table(column.derived.source),
            column.derived.column,
        )
        for table in catalog
        for column in table.derived_columns
        if isinstance(column.derived, CopyOf)
    ]
    texts: list[str] = []
    for table in catalog:
        if own := [copy for copy in copies if copy.table is table]:
            texts += _compile_verification(table, own, catalog)
    for source in catalog:
        if followed := [copy for copy in copies if copy.source is source]:
            texts += _compile_queueing(source, followed)
    return texts


def _compile_verification(table: TableSpec, copies: Sequence[_Copy], catalog: Catalog) -> list[str]:
    texts = []
    written = "new_rows as one"
    # A row whose own id has changed has no former one: it is verified too.
    moved = (
        "(\n        select one.* from new_rows as one left join old_rows as former on former.id = one.id\n"
        "        where one.{0} is distinct from former.{0}\n    ) as one"
    )
    for operation in ("insert", "update"):
        statements: list[str] = []
        for via, group in _by_reference(copies):
            key = quote_identifier(via)
            rows = written if operation == "insert" else moved.format(key)
            statements += _verify(table, via, group, rows, catalog)
        name = f"derived.{quote_identifier(verify_function(table, operation))}"
        function = Function(name, plpgsql_block(*statements, "return null;"), owner=DERIVED_OWNER)
        trigger = compile_trigger(
            f"derived_copies_{operation}",
            table,
            name,
            when=f"after {operation}",
            rows=("new",) if operation == "insert" else ("old", "new"),
            only_if=NOT_DERIVED,
        )
        texts += [function.sql, trigger]
    return texts


def _by_reference(copies: Sequence[_Copy]) -> list[tuple[str, list[_Copy]]]:
    vias = sorted({copy.via for copy in copies})
    return [(via, [copy for copy in copies if copy.via == via]) for via in vias]


def _verify(table: TableSpec, via: str, copies: Sequence[_Copy], rows: str, catalog: Catalog) -> list[str]:
    source, key = copies[0].source, quote_identifier(via)
    # Counting back to the source will want `no key update`, and two writers who both hold `share` would
    # each wait for the other to let go: ask for the stronger lock at once.
    counts_back = any(
        isinstance(kept, Kept) and mode_of(kept) == "sync" and catalog.table(kept.source) is table
        for kept in (column.derived for column in source.derived_columns)
    )
    lock = "no key update" if counts_back else "share"
    pairs = [(quote_identifier(copy.field), quote_identifier(copy.column)) for copy in copies]
    return [
        f"perform from {quote_qualified(source)} as source\n"
        f"    where source.id in (select one.{key} from {rows})\n"
        f"    order by source.id for {lock};",
        f"update {quote_qualified(table)} as target\n"
        f"set {', '.join(f'{field} = source.{column}' for field, column in pairs)}\n"
        f"from {rows}\n    join {quote_qualified(source)} as source on source.id = one.{key}\n"
        f"where target.id = one.id and ({_differs(pairs)});",
    ]


def _differs(pairs: Sequence[tuple[str, str]]) -> str:
    return " or ".join(f"target.{field} is distinct from source.{column}" for field, column in pairs)


def _compile_queueing(source: TableSpec, copies: Sequence[_Copy]) -> list[str]:
    pairs = [(quote_literal(copy.target), quote_identifier(copy.column)) for copy in copies]
    queued = "\n    union all\n".join(
        f"    select {target}, one.id from new_rows as one join old_rows as former on former.id = one.id\n"
        f"    where one.{column} is distinct from former.{column}"
        for target, column in pairs
    )
    name = f"derived.{quote_identifier(queue_function(source))}"
    body = plpgsql_block(
        f"insert into derived.copy_queue (target, source_id)\n{queued};",
        "return null;",
    )
    copies_derived = any(source.column(copy.column).derived for copy in copies)
    trigger = compile_trigger(
        "derived_queue_copies",
        source,
        name,
        when="after update",
        rows=("old", "new"),
        only_if=None if copies_derived else NOT_DERIVED,
    )
    return [Function(name, body, owner=DERIVED_OWNER).sql, trigger]
