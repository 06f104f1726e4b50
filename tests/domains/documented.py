"""What a design document names, and what of that a database lacks.

Every name becomes a sentence (`column public.posts.content`), and so does everything PostgreSQL's catalogs
hold; what is left after taking the second set from the first is missing. The catalogs are asked, never our
Python, so that a table declared but not built is found out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg

ByTable = Mapping[str, Sequence[str]]


def _nothing() -> ByTable:
    return {}


@dataclass(frozen=True)
class Documented:
    """The names of one document, tables and views qualified: `community.community_posts`.

    `tables` maps each to its columns, joined by spaces. An entry of `indexes` is the columns that a B-tree
    begins with, of `gin` those of a GIN index, of `search` those of a full-text index, of `unique` those that
    no two rows share (in any order), of `checks` a column that a constraint looks at. `foreign_keys` maps
    `table.column` to the table referred to. `functions` are written with the types of their arguments,
    `triggers` as `table name`, `policies` as (table, operation, role), `views` with their columns, if those
    matter.
    """

    tables: Mapping[str, str]
    indexes: ByTable = field(default_factory=_nothing)
    gin: ByTable = field(default_factory=_nothing)
    search: ByTable = field(default_factory=_nothing)
    unique: ByTable = field(default_factory=_nothing)
    checks: ByTable = field(default_factory=_nothing)
    foreign_keys: Mapping[str, str] = field(default_factory=dict[str, str])
    functions: Sequence[str] = ()
    triggers: Sequence[str] = ()
    policies: Sequence[tuple[str, str, str]] = ()
    views: Sequence[str] = ()

    def names(self) -> Iterator[str]:
        """A sentence for every name, in the order documented."""
        for table, columns in self.tables.items():
            yield f"table {table}"
            yield from (f"column {table}.{column}" for column in columns.split())
        for kind, by_table in (("index", self.indexes), ("gin", self.gin)):
            yield from (f"{kind} {table} ({columns})" for table, all_ in by_table.items() for columns in all_)
        for kind, by_table in (("search", self.search), ("unique", self.unique), ("check", self.checks)):
            for table, all_ in by_table.items():
                yield from (f"{kind} {table} ({' '.join(sorted(columns.split()))})" for columns in all_)
        yield from (f"foreign key {column} -> {table}" for column, table in self.foreign_keys.items())
        yield from (f"function {function}" for function in self.functions)
        yield from (f"trigger {trigger}" for trigger in self.triggers)
        yield from (f"policy {table} {operation} {role}" for table, operation, role in self.policies)
        for view in self.views:
            name, *columns = view.split()
            yield f"view {name}"
            yield from (f"column {name}.{column}" for column in columns)


async def missing(connection: asyncpg.Connection, documented: Documented) -> list[str]:
    """The documented names that the database does not have, in the order documented."""
    async with connection.transaction():
        await connection.execute(
            "set local search_path = pg_catalog"
        )  # PostgreSQL then qualifies every name.
        built = {row["name"] for query in _BUILT for row in await connection.fetch(query)}
    return [name for name in dict.fromkeys(documented.names()) if name not in built]


_RELATIONS = """
    select case relation.relkind when 'v' then 'view ' else 'table ' end
        || relation.relnamespace::regnamespace || '.' || relation.relname as name
    from pg_class as relation where relation.relkind in ('r', 'p', 'v')
    union all
    select 'column ' || relation.relnamespace::regnamespace || '.' || relation.relname
        || '.' || attribute.attname
    from pg_attribute as attribute join pg_class as relation on relation.oid = attribute.attrelid
    where relation.relkind in ('r', 'p', 'v') and attribute.attnum > 0 and not attribute.attisdropped
"""

# Partial and invalid indexes do not count: no query may rely on them alone. A B-tree serves each of its
# beginnings. The columns of an expression are found through what it depends on.
_INDEXES = """
    with columns as (
        select index.indexrelid, index.indrelid, index.indisunique, method.amname,
            array(
                select attribute.attname::text
                from unnest(index.indkey::int2[]) with ordinality as key (attnum, place)
                join pg_attribute as attribute
                    on attribute.attrelid = index.indrelid and attribute.attnum = key.attnum
                where key.place <= index.indnkeyatts
                order by key.place
            ) as plain,
            array(
                select distinct attribute.attname::text
                from pg_depend as depend join pg_attribute as attribute
                    on attribute.attrelid = depend.refobjid and attribute.attnum = depend.refobjsubid
                where depend.classid = 'pg_class'::regclass and depend.objid = index.indexrelid
                    and depend.refclassid = 'pg_class'::regclass and depend.refobjid = index.indrelid
                    and depend.refobjsubid > 0
                order by 1
            ) as used,
            pg_get_indexdef(index.indexrelid) as definition,
            0 = any (index.indkey::int2[]) as has_expression,
            relation.relnamespace::regnamespace || '.' || relation.relname as table_name
        from pg_index as index
        join pg_class as relation on relation.oid = index.indrelid
        join pg_class as itself on itself.oid = index.indexrelid
        join pg_am as method on method.oid = itself.relam
        where index.indpred is null and index.indisvalid
    )
    select 'index ' || table_name || ' (' || array_to_string(plain[:place], ' ') || ')' as name
    from columns, generate_subscripts(plain, 1) as place
    where amname = 'btree' and not has_expression
    union all
    select 'gin ' || table_name || ' (' || array_to_string(plain, ' ') || ')'
    from columns where amname = 'gin' and not has_expression
    union all
    select 'search ' || table_name || ' (' || array_to_string(used, ' ') || ')'
    from columns where amname = 'gin' and has_expression and definition like '%to_tsvector%'
    union all
    select 'unique ' || table_name
        || ' (' || (select string_agg(name, ' ' order by name) from unnest(plain) as name) || ')'
    from columns where indisunique and not has_expression
"""

_CONSTRAINTS = """
    select 'check ' || conrelid::regclass || ' (' || attribute.attname || ')' as name
    from pg_constraint join pg_attribute as attribute
        on attribute.attrelid = conrelid and attribute.attnum = any (conkey)
    where contype = 'c'
    union all
    select 'foreign key ' || conrelid::regclass || '.' || attribute.attname || ' -> '
        || confrelid::regclass
    from pg_constraint join pg_attribute as attribute
        on attribute.attrelid = conrelid and attribute.attnum = any (conkey)
    where contype = 'f'
"""

_ROUTINES = """
    select 'function ' || pronamespace::regnamespace || '.' || proname
        || '(' || oidvectortypes(proargtypes) || ')' as name
    from pg_proc
    union all
    select 'trigger ' || tgrelid::regclass || ' ' || tgname from pg_trigger where not tgisinternal
"""

# A policy for all operations is one for each; a policy for `public` is one for every role.
_POLICIES = """
    select 'policy ' || policy.polrelid::regclass || ' ' || operation.name || ' ' || role.rolname as name
    from pg_policy as policy
    join (values ('r', 'select'), ('a', 'insert'), ('w', 'update'), ('d', 'delete')) as operation (code, name)
        on policy.polcmd::text in (operation.code, '*')
    join pg_roles as role on role.oid = any (policy.polroles) or 0 = any (policy.polroles)
"""

_BUILT = (_RELATIONS, _INDEXES, _CONSTRAINTS, _ROUTINES, _POLICIES)
