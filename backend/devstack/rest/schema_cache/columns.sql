-- The columns of everything in tables.sql ($1: schemas), in table order. A domain is filtered as its base type, so
-- that its checks do not apply to a value that is only compared.
with recursive plain_types as (
  select oid, oid as plain from pg_type where typtype <> 'd'
  union all
  select d.oid, p.plain from pg_type d join plain_types p on d.typbasetype = p.oid where d.typtype = 'd'
)
select
  n.nspname::text as schema,
  c.relname::text as table,
  a.attname::text as name,
  -- With a typmod of -1 a bpchar is not taken for char(1), nor a varbit for bit(1).
  format_type(t.plain, -1) as type,
  format_type(a.atttypid, a.atttypmod) as declared_type,
  case
    when a.attidentity <> '' then
      format('nextval(%L)', pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname))
    when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid)
  end as default_expression
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
join plain_types t on t.oid = a.atttypid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relkind in ('r', 'v', 'm', 'f', 'p')
  and not c.relispartition
  and n.nspname = any ($1::text[])
  and a.attnum > 0
  and not a.attisdropped
order by n.nspname, c.relname, a.attnum
