"""Copies: exact when the copying row is written, soon after when the source changes.

Writing a row copies from its source without a lock (see the guard). A rename that commits in between would
be missed, so after the statement the sources are locked in id order and the copies verified: from then on a
rename waits for the writer, and finds its row.

A changed source queues its id. Following it at once would lock all its copies, and a busy author's rename
would meet every like on the way, in the other order. `derived.drain_copies` follows later, in transactions
of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from schema.compile.derived_changes import NOT_DERIVED
from schema.compile.functions import DERIVED_OWNER, Function, compile_trigger, plpgsql_block
from schema.compile.quoting import quote_identifier, quote_literal, quote_qualified
from schema.language.catalog import Catalog
from schema.language.derived import CopyOf, CountOf, LastOf, SumOf, mode_of
from schema.language.names import queue_function, verify_function
from schema.language.spec import TableSpec

COPIES_MAX = 500
"""Copies of one field written by one call: whoever likes one of these posts waits no longer than for that."""

COPY_QUEUE = """\
create table derived.copy_queue (
    id bigint generated always as identity primary key,
    target text not null,
    source_id uuid not null,
    queued_at timestamptz not null default now()
);
comment on table derived.copy_queue is 'Copies to bring up to date: which field, from which source row.';
grant select, insert, update, delete on table derived.copy_queue to derived_owner;"""


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
    return [*texts, _drain(copies).sql]


def _compile_verification(table: TableSpec, copies: Sequence[_Copy], catalog: Catalog) -> list[str]:
    texts = []
    written = "new_rows as one"
    moved = "new_rows as one join old_rows as former on former.id = one.id and {} is distinct from {}"
    for operation in ("insert", "update"):
        statements: list[str] = []
        for via, group in _by_reference(copies):
            key = quote_identifier(via)
            rows = written if operation == "insert" else moved.format(f"former.{key}", f"one.{key}")
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
        isinstance(kept, CountOf | SumOf | LastOf)
        and mode_of(kept) == "sync"
        and catalog.table(kept.source) is table
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


def _drain(copies: Sequence[_Copy]) -> Function:
    """The function that follows queued changes; it returns how many it worked on, 0 when none is left.

    A change with more copies than one call may write stays queued, and the next call goes on.
    """
    return Function(
        "derived.drain_copies",
        plpgsql_block(
            "select array_agg(taken.id) into _taken from (\n"
            "    select queued.id from derived.copy_queue as queued\n"
            "    order by queued.id limit batch_max for update skip locked\n"
            ") as taken;",
            "if _taken is null then\n    return 0;\nend if;",
            *map(_follow, copies),
            "delete from derived.copy_queue as queued\n"
            "    where queued.id = any (_taken) and queued.id <> all (_unfinished);",
            "return cardinality(_taken);",
            declare=("_taken bigint[]", "_unfinished bigint[] = '{}'", "_late uuid[]"),
        ),
        arguments="batch_max integer",
        returns="integer",
        owner=DERIVED_OWNER,
        callers=("postgres", "service_role"),
    )


def _follow(copy: _Copy) -> str:
    table, via = quote_qualified(copy.table), quote_identifier(copy.via)
    field, column = quote_identifier(copy.field), quote_identifier(copy.column)
    source, late = quote_qualified(copy.source), _differs([(field, column)])
    mine = f"queued.id = any (_taken) and queued.target = {quote_literal(copy.target)}"
    # The source is read again after the locks, by a statement of its own: whoever held a row before us may
    # have followed a later change, which only that statement sees.
    return (
        f"select array_agg(found.id) into _late from (\n"
        f"    select target.id from {table} as target join {source} as source on source.id = target.{via}\n"
        f"    where source.id in (select queued.source_id from derived.copy_queue as queued where {mine})\n"
        f"    and ({late}) order by target.id limit {COPIES_MAX}\n"
        f") as found;\n"
        f"perform from {table} as target where target.id = any (_late)\n"
        f"    order by target.id for no key update;\n"
        f"update {table} as target set {field} = source.{column} from {source} as source\n"
        f"    where target.id = any (_late) and source.id = target.{via} and ({late});\n"
        f"if cardinality(_late) = {COPIES_MAX} then\n"
        f"    _unfinished := _unfinished ||"
        f" array(select queued.id from derived.copy_queue as queued where {mine});\n"
        f"end if;"
    )
