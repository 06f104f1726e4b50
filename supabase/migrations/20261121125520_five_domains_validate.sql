-- Written by `folkmoot schema diff`, from the tables in schema/tables.
-- Rows that were there are looked at, while others go on writing.

set lock_timeout = '4s';
alter table public.enrollments validate constraint "enrollments_completion_percentage_given";
alter table public.enrollments alter column completion_percentage set not null;
alter table public.enrollments drop constraint "enrollments_completion_percentage_given";
alter table public.enrollments validate constraint enrollments_last_lesson_id_fkey;
alter table public.users validate constraint users_notification_prefs_check;
