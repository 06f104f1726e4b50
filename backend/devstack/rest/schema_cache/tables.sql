-- Tables, views and their like in the schemas $1, with what can be written through them. Partitions are reached
-- through their parent.
select
  n.nspname::text as schema,
  c.relname::text as name,
  pg_relation_is_updatable(c.oid, true) & 8 = 8 as insertable,
  pg_relation_is_updatable(c.oid, true) & 4 = 4 as updatable,
  pg_relation_is_updatable(c.oid, true) & 16 = 16 as deletable,
  coalesce(k.columns, '{}') as key
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join lateral (
  select array_agg(a.attname::text order by array_position(p.conkey, a.attnum)) as columns
  from pg_constraint p
  join pg_attribute a on a.attrelid = p.conrelid and a.attnum = any (p.conkey)
  where p.conrelid = c.oid and p.contype = 'p'
) k on true
where c.relkind in ('r', 'v', 'm', 'f', 'p') and not c.relispartition and n.nspname = any ($1::text[])
order by n.nspname, c.relname
