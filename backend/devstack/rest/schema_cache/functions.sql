-- Functions of the schemas $1. `arguments` is a JSON array of {name, type, mode} in declared order, mode being one
-- letter of pg_proc.proargmodes; `columns` the same {name, type} for the composite type returned, if it is one.
select
  n.nspname::text as schema,
  p.proname::text as name,
  p.provolatile::text as volatility,
  p.proretset as returns_set,
  p.prorows = 1 as returns_one_row,
  p.pronargdefaults::int as defaults,
  format_type(p.prorettype, -1) as result_type,
  r.typtype::text as result_kind,
  result_schema.nspname::text as result_schema,
  result_relation.relname::text as result_relation,
  row_schema.nspname::text as row_schema,
  row_relation.relname::text as row_relation,
  coalesce(a.arguments, '[]')::text as arguments,
  coalesce(c.columns, '[]')::text as columns
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_type r on r.oid = p.prorettype
left join pg_class result_relation on result_relation.oid = r.typrelid
left join pg_namespace result_schema on result_schema.oid = result_relation.relnamespace
-- A function of one row computes a field of that row's table.
left join pg_type row_type on p.pronargs = 1 and row_type.oid = p.proargtypes[0] and row_type.typtype = 'c'
left join pg_class row_relation on row_relation.oid = row_type.typrelid and row_relation.relkind <> 'c'
left join pg_namespace row_schema on row_schema.oid = row_relation.relnamespace
left join lateral (
  select json_agg(
    json_build_object('name', coalesce(u.name, ''), 'type', format_type(u.type, -1), 'mode', coalesce(u.mode, 'i'))
    order by u.position
  ) as arguments
  from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]), p.proargnames, p.proargmodes)
    with ordinality u(type, name, mode, position)
) a on true
left join lateral (
  select json_agg(
    json_build_object('name', at.attname, 'type', format_type(at.atttypid, -1)) order by at.attnum
  ) as columns
  from pg_attribute at
  where at.attrelid = r.typrelid and at.attnum > 0 and not at.attisdropped
) c on true
where p.prokind = 'f' and r.typname not in ('trigger', 'event_trigger') and n.nspname = any ($1::text[])
order by n.nspname, p.proname, p.oid
