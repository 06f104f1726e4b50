-- Foreign keys between tables of the schemas $1, column lists in key order. `is_unique`: at most one row refers to
-- the same target.
select
  con.conname::text as name,
  source_schema.nspname::text as source_schema,
  source.relname::text as source,
  target_schema.nspname::text as target_schema,
  target.relname::text as target,
  keys.source_columns,
  keys.target_columns,
  exists (
    select from pg_index i
    where i.indrelid = con.conrelid
      and i.indisunique
      and i.indpred is null
      and i.indexprs is null
      and (select array_agg(k order by k) from unnest(i.indkey::int2[]) with ordinality u(k, n) where n <= i.indnkeyatts)
        = (select array_agg(k order by k) from unnest(con.conkey) u(k))
  ) as is_unique
from pg_constraint con
join pg_class source on source.oid = con.conrelid
join pg_namespace source_schema on source_schema.oid = source.relnamespace
join pg_class target on target.oid = con.confrelid
join pg_namespace target_schema on target_schema.oid = target.relnamespace
cross join lateral (
  select
    array_agg(s.attname::text order by position) as source_columns,
    array_agg(t.attname::text order by position) as target_columns
  from unnest(con.conkey, con.confkey) with ordinality k(source_number, target_number, position)
  join pg_attribute s on s.attrelid = con.conrelid and s.attnum = source_number
  join pg_attribute t on t.attrelid = con.confrelid and t.attnum = target_number
) keys
where con.contype = 'f'
  and con.conparentid = 0
  and source_schema.nspname = any ($1::text[])
  and target_schema.nspname = any ($1::text[])
order by source_schema.nspname, source.relname, con.conname
