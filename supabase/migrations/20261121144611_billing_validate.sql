-- Written by `folkmoot schema diff`, from the tables in schema/tables.
-- Rows that were there are looked at, while others go on writing.

set lock_timeout = '4s';
alter table public.memberships validate constraint memberships_access_note_check;
alter table public.notifications validate constraint notifications_type_check;
