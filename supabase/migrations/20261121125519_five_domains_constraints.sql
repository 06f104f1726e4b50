-- Written by `folkmoot schema diff`, from the tables in schema/tables.
-- What the new indexes had to be there for.

set lock_timeout = '4s';
alter table public.enrollments add constraint "enrollments_completion_percentage_given" check (completion_percentage is not null) not valid;
alter table public.lesson_progress add constraint lesson_progress_enrollment_id_user_id_course_id_fkey FOREIGN KEY (enrollment_id, user_id, course_id) REFERENCES public.enrollments(id, user_id, course_id) ON UPDATE CASCADE ON DELETE CASCADE;
