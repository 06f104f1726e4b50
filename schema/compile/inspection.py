"""What a database holds, as comparable rows: whether the migrations still build what the catalog declares.

The query is run by whoever has a connection, once in each of two databases; `differences` compares the
answers. Both must be on the same PostgreSQL version, since it is PostgreSQL that words the definitions.
"""

from collections.abc import Iterable
from difflib import ndiff
from typing import TypeAlias

from schema.compile.quoting import quote_literal
from schema.language.catalog import Catalog

Inspected: TypeAlias = Iterable[tuple[str, str, str]]
"""Kind, name and definition of each thing found."""

_RELATIONS = """
select 'table' as kind, format('%s.%s', n.nspname, c.relname) as name,
    concat_ws(' ', 'owner', c.relowner::regrole, 'identity', c.relreplident, 'row security', c.relrowsecurity,
        array_to_string(c.reloptions, ','), obj_description(c.oid, 'pg_class')) as definition
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm') and n.nspname in {ours}
union all
select 'column', format('%s.%s.%s', n.nspname, c.relname, a.attname),
    concat_ws(' ', '#' || a.attnum, format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then 'not null' end, 'default ' || pg_get_expr(d.adbin, d.adrelid),
        'identity ' || nullif(a.attidentity::text, ''), 'generated ' || nullif(a.attgenerated::text, ''))
from pg_attribute as a join pg_class as c on c.oid = a.attrelid
    join pg_namespace as n on n.oid = c.relnamespace
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm') and n.nspname in {ours}
union all
select 'constraint', format('%s.%s.%s', n.nspname, c.relname, k.conname), pg_get_constraintdef(k.oid)
from pg_constraint as k join pg_class as c on c.oid = k.conrelid
    join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in {ours}
union all
select 'view', format('%s.%s', v.schemaname, v.viewname), v.definition
from pg_views as v where v.schemaname in {ours}
union all
select 'index', format('%s.%s', i.schemaname, i.indexname), i.indexdef
from pg_indexes as i where i.schemaname in {ours}
union all
select 'trigger', format('%s.%s.%s', n.nspname, c.relname, t.tgname),
    concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
from pg_trigger as t join pg_class as c on c.oid = t.tgrelid join pg_namespace as n on n.oid = c.relnamespace
    join pg_proc as p on p.oid = t.tgfoid
where not t.tgisinternal and p.pronamespace::regnamespace::text in {ours}
"""

_ROUTINES = """
select 'function' as kind, p.oid::regprocedure::text as name,
    concat_ws(' ', 'owner', p.proowner::regrole, pg_get_functiondef(p.oid)) as definition
from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
where n.nspname in {ours} and p.prokind in ('f', 'p')
    and not exists (select from pg_depend as e where e.objid = p.oid and e.deptype = 'e')
"""

_ACCESS = """
select 'policy' as kind, format('%s.%s.%s', p.schemaname, p.tablename, p.policyname) as name,
    concat_ws(' ', p.permissive, p.cmd, p.roles::text, 'using', p.qual,
        'with check', p.with_check) as definition
from pg_policies as p where p.schemaname in {ours}
union all
select 'grant', format('%s to %s', o.name, coalesce(nullif(g.grantee, 0)::regrole::text, 'public')),
    string_agg(g.privilege_type || case when g.is_grantable then '*' else '' end, ', '
        order by g.privilege_type)
from (
    select format('schema %s', n.nspname) as name, coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl
    from pg_namespace as n where n.nspname in {ours}
    union all
    select format('table %s', c.oid::regclass), coalesce(c.relacl, acldefault('r', c.relowner))
    from pg_class as c
    where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace::regnamespace::text in {ours}
    union all
    select format('column %s.%s', a.attrelid::regclass, a.attname), a.attacl
    from pg_attribute as a join pg_class as c on c.oid = a.attrelid
    where a.attacl is not null and a.attnum > 0 and c.relnamespace::regnamespace::text in {ours}
    union all
    select format('function %s', p.oid::regprocedure), coalesce(p.proacl, acldefault('f', p.proowner))
    from pg_proc as p where p.pronamespace::regnamespace::text in {ours}
        and not exists (select from pg_depend as e where e.objid = p.oid and e.deptype = 'e')
) as o cross join aclexplode(o.acl) as g
group by o.name, g.grantee
union all
select 'publication', t.pubname, string_agg(format('%s.%s', t.schemaname, t.tablename), ', ' 
    order by t.schemaname, t.tablename)
from pg_publication_tables as t where t.pubname = 'folkmoot' group by t.pubname
"""


def compile_inspection(catalog: Catalog) -> str:
    """One query that lists all there is in the schemas of `catalog`, and our triggers elsewhere.

    It yields `kind text, name text, definition text`, in no order.
    """
    schemas = sorted({table.schema for table in catalog} | {"private", "derived"})
    ours = f"({', '.join(map(quote_literal, schemas))})"
    parts = " union all ".join((_RELATIONS, _ROUTINES, _ACCESS)).replace("{ours}", ours)
    return f"select kind, name, definition from ({parts}) as found"


def differences(built: Inspected, declared: Inspected) -> list[str]:
    """What a database built from the migrations (`built`) and one that the catalog declares do not share.

    Empty when they agree. Otherwise readable lines, sorted by kind and name.

    >>> differences([("index", "a", "x")], [("index", "a", "y"), ("index", "b", "z")])
    ['index a differs:', '    - x', '    + y', 'index b is declared, but no migration makes it.']
    """
    have = {(kind, name): definition for kind, name, definition in built}
    want = {(kind, name): definition for kind, name, definition in declared}
    lines: list[str] = []
    for kind, name in sorted(have.keys() | want.keys()):
        before, after = have.get((kind, name)), want.get((kind, name))
        if before is None:
            lines.append(f"{kind} {name} is declared, but no migration makes it.")
        elif after is None:
            lines.append(f"{kind} {name} is made by a migration, but not declared.")
        elif before != after:
            changed = ndiff(before.splitlines(), after.splitlines())
            lines.append(f"{kind} {name} differs:")
            lines += [f"    {line}" for line in changed if line[:1] in "+-"]
    return lines
