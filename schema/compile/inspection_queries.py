"""The questions to PostgreSQL's catalogs whose answers say what a database holds.

The columns of each are the fields of a type in `schema.compile.inspection`. What belongs to an extension, to
the system, or to the record of migrations is left out.
"""

_OURS = """ours as (
    select n.oid, n.nspname from pg_namespace as n
    where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'supabase_migrations')
        and not exists (select from pg_depend as e where e.classid = 'pg_namespace'::regclass
            and e.objid = n.oid and e.deptype = 'e')
), relations as (
    select c.*, c.oid::regclass::text as name, case c.relkind when 'r' then 'table' when 'v' then 'view'
        when 'm' then 'materialized view' when 'S' then 'sequence' when 'i' then 'index' end as kind
    from pg_class as c join ours on ours.oid = c.relnamespace
    where c.relkind in ('r', 'v', 'm', 'S', 'i')
        and not exists (select from pg_depend as e where e.classid = 'pg_class'::regclass
            and e.objid = c.oid and e.deptype in ('e', 'i') and c.relkind <> 'i')
), routines as (
    select p.*, i.type as kind, i.identity as name
    from pg_proc as p join ours on ours.oid = p.pronamespace,
        pg_identify_object('pg_proc'::regclass, p.oid, 0) as i
    where p.prokind in ('f', 'p') and not exists (select from pg_depend as e
        where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')
)"""

_TABLES = """
select r.name, case r.relpersistence when 'u' then 'unlogged ' else '' end from relations as r
    where r.kind = 'table'
"""

# `position` counts columns that are there: dropped ones leave gaps that mean nothing. What is generated has
# its expression where others have their default.
_COLUMNS = """
select r.name, quote_ident(a.attname), row_number() over (partition by r.oid order by a.attnum)::integer,
    format_type(a.atttypid, a.atttypmod),
    case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end,
    a.attnotnull,
    case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
    coalesce(pg_get_expr(d.adbin, d.adrelid) ~
        '\\m(gen_random_uuid|uuid_generate_v4|uuidv4|uuidv7|random|nextval|clock_timestamp|timeofday)\\(',
            false),
    case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end,
    case a.attidentity when 'a' then 'always' when 'd' then 'by default' end
from relations as r join pg_attribute as a on a.attrelid = r.oid join pg_type as t on t.oid = a.atttypid
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
where r.kind = 'table' and a.attnum > 0 and not a.attisdropped
"""

_CONSTRAINTS = """
select r.name, quote_ident(k.conname), k.contype::text,
    regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''), k.convalidated
from relations as r join pg_constraint as k on k.conrelid = r.oid
where r.kind = 'table' and k.contype in ('c', 'f', 'p', 'u', 'x') and k.conparentid = 0
"""

_INDEXES = """
select r.name, i.indrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisunique
from relations as r join pg_index as i on i.indexrelid = r.oid
where i.indisvalid and not exists (select from pg_constraint as k where k.conindid = i.indexrelid
    and k.contype in ('p', 'u', 'x'))
"""

# `create or replace` cannot change what a function is called with and gives back, nor a view's columns.
_DEFINITIONS = """
select 'schema', quote_ident(ours.nspname), format('create schema %I', ours.nspname),
    format('drop schema %I', ours.nspname), null, null
from ours
union all
select 'extension', quote_ident(e.extname), format('create extension if not exists %I with schema %s',
    e.extname, e.extnamespace::regnamespace), format('drop extension %I', e.extname), null, null
from pg_extension as e where e.extname <> 'plpgsql'
union all
select 'type', i.identity, format('create type %s as enum (%s)', i.identity, (select string_agg(
    quote_literal(l.enumlabel), ', ' order by l.enumsortorder) from pg_enum as l where l.enumtypid = t.oid)),
    format('drop type %s', i.identity), null, null
from pg_type as t join ours on ours.oid = t.typnamespace,
    pg_identify_object('pg_type'::regclass, t.oid, 0) as i
where t.typtype = 'e'
union all
select 'sequence', r.name,
    format('create sequence %s as %s increment %s minvalue %s maxvalue %s start %s cache %s',
    r.name, s.seqtypid::regtype, s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache)
    || case when s.seqcycle then ' cycle' else '' end,
    format('drop sequence if exists %s', r.name), null, null
from relations as r join pg_sequence as s on s.seqrelid = r.oid
union all
select r.kind, r.name, btrim(pg_get_functiondef(r.oid), E'\\n'), format('drop %s %s', r.kind, r.name), null,
    concat_ws(' returns ', pg_get_function_arguments(r.oid), pg_get_function_result(r.oid))
from routines as r
union all
select r.kind, r.name, format('create %s %s%s as%s', r.kind, r.name,
    ' with (' || nullif(array_to_string(r.reloptions, ', '), '') || ')',
    E'\\n' || rtrim(pg_get_viewdef(r.oid), ';')),
    format('drop %s %s', r.kind, r.name), null, null
from relations as r where r.kind in ('view', 'materialized view')
union all
select 'trigger', i.identity,
    regexp_replace(pg_get_triggerdef(t.oid), '^CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER'),
    format('drop trigger %s', i.identity), r.name, case when t.tgconstraint = 0 then '' end
from pg_trigger as t join relations as r on r.oid = t.tgrelid,
    pg_identify_object('pg_trigger'::regclass, t.oid, 0) as i
where not t.tgisinternal and t.tgparentid = 0
union all
select 'policy', i.identity, format('create policy %s as %s for %s to %s', i.identity,
    case when p.polpermissive then 'permissive' else 'restrictive' end,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
        else 'all' end,
    (select string_agg(case named when 0 then 'public' else named::regrole::text end, ', '
        order by case named when 0 then 'public' else named::regrole::text end)
        from unnest(p.polroles) as named))
    || coalesce(E'\\n    using (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
    || coalesce(E'\\n    with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', ''),
    format('drop policy %s', i.identity), r.name, null
from pg_policy as p join relations as r on r.oid = p.polrelid,
    pg_identify_object('pg_policy'::regclass, p.oid, 0) as i
union all
select 'rule', i.identity, rtrim(pg_get_ruledef(w.oid), ';'), format('drop rule %s', i.identity), r.name, null
from pg_rewrite as w join relations as r on r.oid = w.ev_class,
    pg_identify_object('pg_rewrite'::regclass, w.oid, 0) as i
where w.rulename <> '_RETURN'
union all
select 'statistics object', i.identity, pg_get_statisticsobjdef(s.oid),
    format('drop statistics %s', i.identity), r.name, null
from pg_statistic_ext as s join relations as r on r.oid = s.stxrelid,
    pg_identify_object('pg_statistic_ext'::regclass, s.oid, 0) as i
union all
select 'publication', quote_ident(p.pubname), format('create publication %I%s', p.pubname,
    case when p.puballtables then ' for all tables' else '' end),
    format('drop publication %I', p.pubname), null, null
from pg_publication as p
"""

_FACETS = """
select
    case when i.type = 'view column' then 'view ' || d.objoid::regclass else i.type || ' ' || i.identity end,
    case when i.type = 'view column' then 'comment on ' || i.identity else 'comment' end, d.description,
    format('comment on %s %s is %L', c.word, i.identity, d.description),
    format('comment on %s %s is null', c.word, i.identity)
from pg_description as d, pg_identify_object(d.classoid, d.objoid, d.objsubid) as i,
    lateral (select case i.type when 'table column' then 'column' when 'view column' then 'column'
        when 'table constraint' then 'constraint' when 'statistics object' then 'statistics'
        else i.type end) as c (word)
where d.classoid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass,
    'pg_constraint'::regclass, 'pg_namespace'::regclass, 'pg_type'::regclass, 'pg_statistic_ext'::regclass)
    and d.objoid >= 16384
union all
select o.key, 'owner', o.owner::regrole::text, format('alter %s owner to %s', o.key, o.owner::regrole),
    format('alter %s owner to %I', o.key, current_user)
from (
    select r.kind || ' ' || r.name, r.relowner from relations as r
    where r.kind <> 'index' and not exists (select from pg_depend as d where d.classid = 'pg_class'::regclass
        and d.objid = r.oid and d.refobjsubid > 0 and d.deptype = 'a' and r.kind = 'sequence')
    union all
    select r.kind || ' ' || r.name, r.proowner from routines as r
    union all
    select 'schema ' || quote_ident(n.nspname), n.nspowner from pg_namespace as n join ours using (oid)
    union all
    select 'publication ' || quote_ident(p.pubname), p.pubowner from pg_publication as p
) as o (key, owner) where o.owner <> current_user::regrole
union all
select 'table ' || r.name, 'option ' || split_part(o.setting, '=', 1), o.setting,
    format('alter table %s set (%s)', r.name, replace(o.setting, '=', ' = ')),
    format('alter table %s reset (%s)', r.name, split_part(o.setting, '=', 1))
from relations as r left join pg_class as t on t.oid = r.reltoastrelid,
    lateral (select unnest(r.reloptions) union all select 'toast.' || unnest(t.reloptions)) as o (setting)
where r.kind = 'table'
union all
select 'table ' || r.name, 'row security', 'on', format('alter table %s enable row level security', r.name),
    format('alter table %s disable row level security', r.name)
from relations as r where r.kind = 'table' and r.relrowsecurity
union all
select 'table ' || r.name, 'row security of the owner', 'on',
    format('alter table %s force row level security', r.name),
    format('alter table %s no force row level security', r.name)
from relations as r where r.kind = 'table' and r.relforcerowsecurity
union all
select 'table ' || r.name, 'replica identity', v.value,
    format('alter table %s replica identity %s', r.name, v.value),
    format('alter table %s replica identity default', r.name)
from relations as r left join pg_index as x on x.indrelid = r.oid and x.indisreplident
    left join pg_class as n on n.oid = x.indexrelid,
    lateral (select case r.relreplident when 'f' then 'full' when 'n' then 'nothing'
        else format('using index %I', n.relname) end) as v (value)
where r.kind = 'table' and r.relreplident <> 'd'
union all
select 'trigger ' || i.identity, 'firing', v.value,
    format('alter table %s %s trigger %I', r.name, v.value, t.tgname),
    format('alter table %s enable trigger %I', r.name, t.tgname)
from pg_trigger as t join relations as r on r.oid = t.tgrelid,
    pg_identify_object('pg_trigger'::regclass, t.oid, 0) as i,
    lateral (select case t.tgenabled when 'D' then 'disable' when 'R' then 'enable replica'
        else 'enable always' end) as v (value)
where not t.tgisinternal and t.tgenabled <> 'O'
union all
select 'table column ' || i.identity, 'storage', v.value,
    format('alter table %s alter column %I set storage %s', r.name, a.attname, v.value),
    format('alter table %s alter column %I set storage %s', r.name, a.attname, v.usual)
from relations as r join pg_attribute as a on a.attrelid = r.oid join pg_type as t on t.oid = a.atttypid,
    pg_identify_object('pg_class'::regclass, r.oid, a.attnum) as i,
    lateral (select '{"p": "plain", "e": "external", "m": "main", "x": "extended"}'::jsonb) as words (of),
    lateral (select words.of ->> a.attstorage::text, words.of ->> t.typstorage::text) as v (value, usual)
where r.kind = 'table' and a.attnum > 0 and not a.attisdropped and a.attstorage <> t.typstorage
union all
select 'sequence ' || r.name, 'column', i.identity,
    format('alter sequence %s owned by %s', r.name, i.identity),
    format('alter sequence %s owned by none', r.name)
from relations as r join pg_depend as d on d.classid = 'pg_class'::regclass and d.objid = r.oid
        and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype = 'a',
    pg_identify_object('pg_class'::regclass, d.refobjid, d.refobjsubid) as i
where r.kind = 'sequence'
union all
select 'publication ' || quote_ident(p.pubname), 'publishing', v.value,
    format('alter publication %I set (%s)', p.pubname, v.value),
    format('alter publication %I set (publish = %L, publish_via_partition_root = false)', p.pubname,
        'insert, update, delete, truncate')
from pg_publication as p, lateral (select format('publish = %L, publish_via_partition_root = %s',
    concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
    case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end), p.pubviaroot))
        as v (value)
where not (p.pubinsert and p.pubupdate and p.pubdelete and p.pubtruncate and not p.pubviaroot)
union all
select 'table ' || r.name, 'publication ' || quote_ident(p.pubname), v.value,
    format('alter publication %I add table %s%s', p.pubname, r.name, v.value),
    format('alter publication %I drop table %s', p.pubname, r.name)
from pg_publication_rel as m join pg_publication as p on p.oid = m.prpubid
    join relations as r on r.oid = m.prrelid,
    lateral (select concat(' (' || (select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
        from pg_attribute as a where a.attrelid = r.oid and a.attnum = any (m.prattrs)) || ')',
        ' where (' || pg_get_expr(m.prqual, m.prrelid) || ')')) as v (value)
union all
select 'schema ' || m.pnnspid::regnamespace, 'publication ' || quote_ident(p.pubname), '',
    format('alter publication %I add tables in schema %s', p.pubname, m.pnnspid::regnamespace),
    format('alter publication %I drop tables in schema %s', p.pubname, m.pnnspid::regnamespace)
from pg_publication_namespace as m join pg_publication as p on p.oid = m.pnpubid
"""

# `maintain` exists from PostgreSQL 17 on only, so that no migration may speak of it.
_GRANTS = """
select o.key, o.target, o.name, coalesce(nullif(g.grantee, 0)::regrole::text, 'public'), g.privilege_type,
    g.is_grantable
from (
    select 'schema ' || quote_ident(n.nspname), 'schema ' || quote_ident(n.nspname), null, n.nspowner,
        coalesce(n.nspacl, acldefault('n', n.nspowner))
    from pg_namespace as n join ours using (oid)
    union all
    select r.kind || ' ' || r.name, v.word || ' ' || r.name, null, r.relowner,
        coalesce(r.relacl, acldefault(v.letter, r.relowner))
    from relations as r, lateral (select case r.kind when 'sequence' then 'sequence' else 'table' end,
        case r.kind when 'sequence' then 's'::"char" else 'r'::"char" end) as v (word, letter)
    where r.kind <> 'index'
    union all
    select r.kind || ' ' || r.name, 'table ' || r.name, quote_ident(a.attname), r.relowner, a.attacl
    from relations as r join pg_attribute as a on a.attrelid = r.oid
    where a.attacl is not null and a.attnum > 0 and not a.attisdropped
    union all
    select r.kind || ' ' || r.name, r.kind || ' ' || r.name, null, r.proowner,
        coalesce(r.proacl, acldefault('f', r.proowner))
    from routines as r
) as o (key, target, name, owner, acl), aclexplode(o.acl) as g
where g.grantee <> o.owner and g.privilege_type <> 'MAINTAIN'
"""

# Rules, defaults, row types and the indexes of constraints stand for the object they are part of.
_NEEDS = """
select distinct of.type || ' ' || of.identity, one.type || ' ' || one.identity
from pg_depend as d,
    lateral ({resolved_a}) as ra, lateral ({resolved_b}) as rb,
    lateral pg_identify_object(ra.classid, ra.objid, ra.objsubid) as of,
    lateral pg_identify_object(rb.classid, rb.objid, rb.objsubid) as one
where d.objid >= 16384 and d.refobjid >= 16384 and d.deptype in ('n', 'a', 'i')
    and not (of.type = 'sequence' and one.type = 'table column')
"""

_RESOLVED = """
    select coalesce(part.classid, d.{p}classid) as classid, coalesce(part.objid, d.{p}objid) as objid,
        coalesce(part.objsubid, d.{p}objsubid) as objsubid
    from (select 1) as one left join lateral (
        select 'pg_class'::regclass::oid, x.adrelid, x.adnum::integer from pg_attrdef as x
        where d.{p}classid = 'pg_attrdef'::regclass and x.oid = d.{p}objid
        union all
        select 'pg_class'::regclass, x.ev_class, 0 from pg_rewrite as x
        where d.{p}classid = 'pg_rewrite'::regclass and x.oid = d.{p}objid and x.rulename = '_RETURN'
        union all
        select 'pg_constraint'::regclass, x.oid, 0 from pg_constraint as x
        where d.{p}classid = 'pg_class'::regclass and x.conindid = d.{p}objid and x.contype in ('p', 'u', 'x')
        union all
        select 'pg_class'::regclass, x.oid, 0 from pg_class as x
        where d.{p}classid = 'pg_class'::regclass and x.oid = d.{p}objid and d.{p}objsubid > 0
            and x.relkind in ('v', 'm')
        union all
        select case when e.typrelid > 0 then 'pg_class'::regclass else 'pg_type'::regclass end,
            case when e.typrelid > 0 then e.typrelid else e.oid end, 0
        from pg_type as x join pg_type as e on e.oid = case when x.typcategory = 'A' then x.typelem
            else x.oid end
        where d.{p}classid = 'pg_type'::regclass and x.oid = d.{p}objid
    ) as part (classid, objid, objsubid) on true
"""

# Kinds that no statement is known for, so that a difference in them is at least seen.
_STRANGE = """
select i.type || ' ' || i.identity, s.text
from (
    select 'pg_class'::regclass, c.oid, '' from pg_class as c join ours on ours.oid = c.relnamespace
    where c.relkind in ('p', 'f', 'c', 'I')
    union all
    select 'pg_type'::regclass, t.oid, format_type(t.typbasetype, t.typtypmod) || coalesce(t.typdefault, '')
        || (select coalesce(string_agg(pg_get_constraintdef(k.oid), ' '), '') from pg_constraint as k
            where k.contypid = t.oid)
    from pg_type as t join ours on ours.oid = t.typnamespace where t.typtype in ('d', 'r')
    union all
    select 'pg_proc'::regclass, p.oid, '' from pg_proc as p join ours on ours.oid = p.pronamespace
    where p.prokind in ('a', 'w')
    union all
    select 'pg_operator'::regclass, o.oid, o.oprcode::text from pg_operator as o
        join ours on ours.oid = o.oprnamespace
    union all
    select 'pg_cast'::regclass, c.oid, c.castfunc::regproc::text from pg_cast as c where c.oid >= 16384
    union all
    select 'pg_event_trigger'::regclass, e.oid, concat_ws(' ', e.evtevent, e.evtfoid::regproc, e.evtenabled,
        e.evttags) from pg_event_trigger as e
    union all
    select 'pg_ts_config'::regclass, t.oid, '' from pg_ts_config as t join ours on ours.oid = t.cfgnamespace
    union all
    select 'pg_ts_dict'::regclass, t.oid, t.dictinitoption from pg_ts_dict as t
        join ours on ours.oid = t.dictnamespace
    union all
    select 'pg_collation'::regclass, c.oid, '' from pg_collation as c join ours on ours.oid = c.collnamespace
    union all
    select 'pg_default_acl'::regclass, a.oid, a.defaclacl::text from pg_default_acl as a
) as s (classid, objid, text), pg_identify_object(s.classid, s.objid, 0) as i
where not exists (select from pg_depend as e where e.classid = s.classid and e.objid = s.objid
    and e.deptype = 'e')
"""

_ROLES = """
select r.rolname::text, concat_ws(' ', case when r.rolcanlogin then 'login' else 'nologin' end,
        case when r.rolinherit then 'inherit' else 'noinherit' end, case
            when r.rolbypassrls then 'bypassrls' end,
        case when r.rolreplication then 'replication' end, case when r.rolcreaterole then 'createrole' end),
    array(select m.roleid::regrole::text from pg_auth_members as m where m.member = r.oid order by 1)
from pg_roles as r where r.oid >= 16384 or r.rolname = current_user
"""

_BUCKETS = """
select 'bucket', b.id, format(
    'insert into storage.buckets (%s)' || E'\\nvalues (%s)\\non conflict (id) do update set %s',
    string_agg(quote_ident(e.key), ', ' order by e.key),
    string_agg(quote_nullable(v.value), ', ' order by e.key),
    string_agg(format('%1$I = excluded.%1$I', e.key), ', ' order by e.key)),
    format('delete from storage.buckets where id = %L', b.id), null, ''
from storage.buckets as b, jsonb_each(to_jsonb(b)) as e,
    lateral (select case jsonb_typeof(e.value)
        when 'array' then (select array_agg(one)::text from jsonb_array_elements_text(e.value) as one)
        else e.value #>> '{}' end) as v (value)
where e.key not in ('created_at', 'updated_at', 'owner', 'owner_id')
group by b.id
"""


def _query(text: str) -> str:
    return f"with {_OURS}\n{text.strip()}"


QUERIES = {
    "tables": _query(_TABLES),
    "columns": _query(_COLUMNS),
    "constraints": _query(_CONSTRAINTS),
    "indexes": _query(_INDEXES),
    "definitions": _query(_DEFINITIONS),
    "facets": _query(_FACETS),
    "grants": _query(_GRANTS),
    "needs": _NEEDS.format(resolved_a=_RESOLVED.format(p=""), resolved_b=_RESOLVED.format(p="ref")),
    "strange": _query(_STRANGE),
    "roles": _ROLES.strip(),
    "buckets": _BUCKETS.strip(),
}
"""By name. `buckets` is to be left out, as an empty answer, where there is no table `storage.buckets`."""
