"""What follows its source shortly after: copies and bands, from one queue.

Following at once would lock all dependents of the source, and a busy author's rename would meet every like on
the way, in the other order. `derived.drain_copies` follows later, in transactions of its own, one at a time:
two of them would not see what the other is about to write, and might leave an older value behind.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from schema.compile.derived_bands import band_value
from schema.compile.derived_changes import one_snapshot_refused
from schema.compile.functions import DERIVED_OWNER, Function, plpgsql_block
from schema.compile.quoting import quote_identifier, quote_literal, quote_qualified
from schema.compile.tables import EAGER_VACUUM
from schema.language.catalog import Catalog
from schema.language.derived import BandOf, CopyOf
from schema.language.spec import ColumnSpec, TableSpec

FOLLOWED_MAX = 500
"""Rows of one field written by one call: whoever likes one of these posts waits no longer than for that."""

COPY_QUEUE = f"""\
create table derived.copy_queue (
    id bigint generated always as identity primary key,
    target text not null,
    source_id uuid,
    queued_at timestamptz not null default now()
) with ({EAGER_VACUUM});
comment on table derived.copy_queue is 'Fields to bring up to date: for one source row, or for every row.';
grant select, insert, delete on table derived.copy_queue to derived_owner;"""

ONE_FOLLOWER = "pg_advisory_xact_lock(hashtextextended('derived:drain_copies', 0))"
"""Held by whoever writes copies or bands that are already stored, drains and repairs alike, until the end."""


@dataclass(frozen=True)
class Follower:
    """A field that follows by the queue: `value` is what the row `target` should hold.

    `concerned` says whether queue lines `queued`, which pass a condition, are about that row.
    """

    table: TableSpec
    column: ColumnSpec
    value: str
    concerned: str

    def queued(self, lines: str = "true") -> str:
        """A condition on the row `target`: it waits in the queue, in one of the `lines`."""
        name = quote_literal(f"{self.table.qualified}.{self.column.name}")
        return self.concerned.format(
            f"from derived.copy_queue as queued where queued.target = {name} and {lines}"
        )


def compile_drain(catalog: Catalog) -> str:
    """Create the function that follows queued changes: how many it worked on, 0 when none is left.

    A change with more dependents than one call may write stays queued, and the next call goes on.
    """
    return Function(
        "derived.drain_copies",
        plpgsql_block(
            one_snapshot_refused(
                "queued changes can only be followed in a read committed transaction",
                "Call it in a transaction of its own.",
            ),
            f"perform {ONE_FOLLOWER};",
            "select array_agg(taken.id) into _taken from (\n"
            "    select queued.id from derived.copy_queue as queued order by queued.id limit batch_max\n"
            ") as taken;",
            "if _taken is null then\n    return 0;\nend if;",
            *map(_follow, followers(catalog)),
            "delete from derived.copy_queue as queued\n"
            "    where queued.id = any (_taken) and queued.id <> all (_unfinished);",
            "return cardinality(_taken);",
            declare=("_taken bigint[]", "_unfinished bigint[] = '{}'::bigint[]", "_late uuid[]"),
        ),
        arguments="batch_max integer",
        returns="integer",
        owner=DERIVED_OWNER,
        callers=("postgres", "service_role"),
    ).sql


def followers(catalog: Catalog) -> Iterator[Follower]:
    """Every field that follows by the queue, in the order declared."""
    for table in catalog:
        for column in table.columns:
            if (follower := follower_of(table, column, catalog)) is not None:
                yield follower


def follower_of(table: TableSpec, column: ColumnSpec, catalog: Catalog) -> Follower | None:
    """How `column` follows by the queue; None when it does not."""
    match column.derived:
        case CopyOf(source=source, column=copied, via=via):
            reference = f"target.{quote_identifier(via)}"
            value = (
                f"(select source.{quote_identifier(copied)} from {quote_qualified(catalog.table(source))}"
                f" as source where source.id = {reference})"
            )
            return Follower(table, column, value, f"{reference} in (select queued.source_id {{}})")
        case BandOf() as band:
            return Follower(table, column, band_value(band, catalog, row="target"), "exists (select {})")
        case _:
            return None


def _follow(follower: Follower) -> str:
    table, field = quote_qualified(follower.table), quote_identifier(follower.column.name)
    late = f"target.{field} is distinct from {follower.value}"
    lines = "queued.id = any (_taken)"
    name = quote_literal(f"{follower.table.qualified}.{follower.column.name}")
    # The source is read again after the locks, by a statement of its own: whoever held a row before us may
    # have followed a later change, which only that statement sees.
    return (
        f"select array_agg(found.id) into _late from (\n"
        f"    select target.id from {table} as target\n"
        f"    where {follower.queued(lines)}\n"
        f"    and {late} order by target.id limit {FOLLOWED_MAX}\n"
        f") as found;\n"
        f"perform from {table} as target where target.id = any (_late)\n"
        f"    order by target.id for no key update;\n"
        f"update {table} as target set {field} = {follower.value}\n"
        f"    where target.id = any (_late) and {late};\n"
        f"if cardinality(_late) = {FOLLOWED_MAX} then\n"
        f"    _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued"
        f" where queued.target = {name} and {lines});\n"
        f"end if;"
    )
