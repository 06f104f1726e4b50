-- Written by `folkmoot schema diff`, from the tables in schema/tables.
-- Built beside running writes, which no transaction can hold. Can be run again.

drop index concurrently if exists public.enrollments_by_id_and_user_id_and_course_id;
create unique index concurrently enrollments_by_id_and_user_id_and_course_id on public.enrollments USING btree (id, user_id, course_id);
drop index concurrently if exists public.enrollments_by_last_lesson_id;
create index concurrently enrollments_by_last_lesson_id on public.enrollments USING btree (last_lesson_id, id);
