-- Written by `folkmoot schema diff`, from the tables in schema/tables.
-- Built beside running writes, which no transaction can hold. Can be run again.

drop index concurrently if exists public.memberships_by_access_until;
create index concurrently memberships_by_access_until on public.memberships USING btree (lapsed_at, access_until, id);
