"""Bands: which of a few rows of another table a number falls into, such as the level for so many points.

The row is looked for whenever the number changes. A band that changes in between would be missed: hence
whoever looks shares a lock until the end of the transaction, and whoever changes a band waits until nobody
holds it. Then what looks at them is queued, as copies are, and no later than its follower wakes it is right.

The lock alone would not do in a transaction with one snapshot for all statements: it may still show the bands
of before. There `derived.band_changes` holds a row that every change writes, and locking a row written since
the snapshot is refused.
"""

from collections.abc import Sequence

from schema.compile.functions import DERIVED_OWNER, Function, compile_trigger, plpgsql_block
from schema.compile.quoting import quote_identifier, quote_literal, quote_qualified
from schema.compile.tables import EAGER_VACUUM
from schema.language.catalog import Catalog
from schema.language.derived import BandOf
from schema.language.names import Operation, band_function
from schema.language.spec import ColumnSpec, TableSpec

BAND_CHANGES = f"""\
create table derived.band_changes (
    source text primary key,
    changes bigint not null default 0
) with ({EAGER_VACUUM});
comment on table derived.band_changes is 'How often the rows that bands are found in have changed.';
grant select, insert, update on table derived.band_changes to derived_owner;"""

_ROWS: dict[Operation, tuple[str, ...]] = {
    "insert": ("new",),
    "update": ("old", "new"),
    "delete": ("old",),
    "truncate": (),
}


def compile_bands(catalog: Catalog) -> list[str]:
    """Create what follows changes of the tables that bands are found in."""
    followed: dict[str, list[tuple[TableSpec, ColumnSpec, BandOf]]] = {}
    for table in catalog:
        for column in table.columns:
            if isinstance(column.derived, BandOf):
                source = catalog.table(column.derived.source).qualified
                followed.setdefault(source, []).append((table, column, column.derived))
    texts = [text for source in sorted(followed) for text in _follow(catalog.table(source), followed[source])]
    return [BAND_CHANGES, *texts] if texts else []


def band_value(band: BandOf, catalog: Catalog, *, row: str) -> str:
    """What a field holds in the row of its table that goes by `row`."""
    source, threshold = catalog.table(band.source), f"band.{quote_identifier(band.threshold)}"
    found = (
        f"select band.{quote_identifier(band.column)} from {quote_qualified(source)} as band"
        f" where {threshold} <= {row}.{quote_identifier(band.of)}"
        f" order by {threshold} desc, band.id desc limit 1"
    )
    return f"({found})" if band.otherwise is None else f"coalesce(({found}), {quote_literal(band.otherwise)})"


def keep_band(column: ColumnSpec, band: BandOf, catalog: Catalog) -> str:
    """The statement that finds a field anew where the number it goes by has changed."""
    of, source = quote_identifier(band.of), catalog.table(band.source)
    name = quote_literal(source.qualified)
    changes = f"derived.band_changes as changed where changed.source = {name}"
    return (
        f"if tg_op = 'INSERT' or new.{of} is distinct from old.{of} then\n"
        f"    perform pg_advisory_xact_lock_shared({_lock(source)});\n"
        f"    if current_setting('transaction_isolation') <> 'read committed' then\n"
        f"        perform from {changes} for share;\n"
        f"        if not found then\n"
        f"            insert into derived.band_changes (source) values ({name}) on conflict do nothing;\n"
        f"        end if;\n"
        f"    end if;\n"
        f"    new.{quote_identifier(column.name)} := {band_value(band, catalog, row='new')};\n"
        f"end if;"
    )


def _lock(source: TableSpec) -> str:
    """The key of the advisory lock around the rows of `source`."""
    return f"hashtextextended({quote_literal(f'derived:bands:{source.qualified}')}, 0)"


def _follow(source: TableSpec, bands: Sequence[tuple[TableSpec, ColumnSpec, BandOf]]) -> list[str]:
    looked_at = sorted({name for _, _, band in bands for name in ("id", band.column, band.threshold)})
    columns = ", ".join(f"one.{quote_identifier(name)}" for name in looked_at)
    texts: list[str] = []
    for operation, rows in _ROWS.items():
        images = [f"select {columns} from {image}_rows as one" for image in rows]
        changed = " except ".join(images) or "select"
        if operation == "update":
            changed = f"({changed}) union all ({' except '.join(reversed(images))})"
        name = f"derived.{quote_identifier(band_function(source, operation))}"
        queued = ", ".join(
            f"({quote_literal(f'{table.qualified}.{column.name}')})" for table, column, _ in bands
        )
        body = plpgsql_block(
            f"if not exists ({changed}) then\n    return null;\nend if;",
            f"perform pg_advisory_xact_lock({_lock(source)});",
            f"insert into derived.band_changes as changed (source)\n"
            f"    values ({quote_literal(source.qualified)})\n"
            f"    on conflict (source) do update set changes = changed.changes + 1;",
            f"insert into derived.copy_queue (target) values {queued};",
            "return null;",
        )
        trigger = compile_trigger(
            f"derived_queue_bands_{operation}",
            source,
            name,
            when=f"after {operation}",
            rows=tuple(image for image in ("old", "new") if image in rows),
        )
        texts += [Function(name, body, owner=DERIVED_OWNER).sql, trigger]
    return texts
