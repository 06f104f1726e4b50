-- What a cast may name: the types of the schemas $1, a schema named earlier hiding the later ones' types.
select distinct on (t.typname) t.typname::text as name, format_type(t.oid, -1) as type
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
where n.nspname = any ($1::text[]) and t.typtype in ('b', 'd', 'e', 'm', 'r') and t.typname not like '\_%'
order by t.typname, array_position($1::text[], n.nspname::text)
