-- Settings given to roles with ALTER ROLE ... SET, which a SET ROLE alone would not apply. Those that only a
-- superuser may set are left to PostgreSQL's login.
select r.rolname::text as role, given.name, given.value
from pg_roles r
cross join unnest(r.rolconfig) entry
cross join lateral (
  select split_part(entry, '=', 1) as name, substr(entry, strpos(entry, '=') + 1) as value
) given
join pg_settings s on s.name = lower(given.name) and s.context = 'user'
where r.rolname <> session_user and pg_has_role(session_user, r.oid, 'member')
order by r.rolname, given.name
