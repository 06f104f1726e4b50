-- Written by `folkmoot schema diff`, from the tables in schema/tables.
-- Rows that are there get their values, a few at a time. Can be run again.

do $fill$
declare
    field record;
    last uuid;
    chunk uuid[];
    wrong uuid[];
    differences numeric[];
    attempts integer := 0;
begin
    for field in select * from (values
        ($sql$public.users.points$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:public.users.points', 0))$sql$, $sql$select target.id from "public"."users" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, coalesce(counted.n, 0) - target."points" as difference
from "public"."users" as target left join (
    select one."user_id" as key, sum(one."amount"::numeric) as n from "public"."points" as one
    where one."user_id" = any ($1::uuid[]) group by one."user_id"
) as counted on counted.key = target.id
where target.id = any ($1::uuid[]) and target."points" is distinct from coalesce(counted.n, 0) order by target.id$sql$, $sql$select from "public"."users" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."users" as target set "points" = target."points" + wrong.difference
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.users.level$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:drain_copies', 0))$sql$, $sql$select target.id from "public"."users" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, null::numeric as difference
from "public"."users" as target
where target.id = any ($1::uuid[]) and target."level" is distinct from coalesce((select band."order" from "public"."levels" as band where band."threshold" <= target."points" order by band."threshold" desc, band.id desc limit 1), 1) and not exists (select from derived.copy_queue as queued where queued.target = 'public.users.level' and true) order by target.id$sql$, $sql$select from "public"."users" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."users" as target set "level" = coalesce((select band."order" from "public"."levels" as band where band."threshold" <= target."points" order by band."threshold" desc, band.id desc limit 1), 1)
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.users.follower_count$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:public.users.follower_count', 0))$sql$, $sql$select target.id from "public"."users" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, coalesce(counted.n, 0) - target."follower_count" as difference
from "public"."users" as target left join (
    select one."following_id" as key, count(*) as n from "public"."follows" as one
    where one."following_id" = any ($1::uuid[]) group by one."following_id"
) as counted on counted.key = target.id
where target.id = any ($1::uuid[]) and target."follower_count" is distinct from coalesce(counted.n, 0) order by target.id$sql$, $sql$select from "public"."users" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."users" as target set "follower_count" = target."follower_count" + wrong.difference
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.users.following_count$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:public.users.following_count', 0))$sql$, $sql$select target.id from "public"."users" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, coalesce(counted.n, 0) - target."following_count" as difference
from "public"."users" as target left join (
    select one."follower_id" as key, count(*) as n from "public"."follows" as one
    where one."follower_id" = any ($1::uuid[]) group by one."follower_id"
) as counted on counted.key = target.id
where target.id = any ($1::uuid[]) and target."following_count" is distinct from coalesce(counted.n, 0) order by target.id$sql$, $sql$select from "public"."users" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."users" as target set "following_count" = target."following_count" + wrong.difference
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.inboxes.unread_notification_count$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:public.inboxes.unread_notification_count', 0))$sql$, $sql$select target.id from "public"."inboxes" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, coalesce(counted.n, 0) - target."unread_notification_count" as difference
from "public"."inboxes" as target left join (
    select one."user_id" as key, count(*) as n from "public"."notifications" as one
    where one."user_id" = any ($1::uuid[]) and (one."read" = false) group by one."user_id"
) as counted on counted.key = target.id
where target.id = any ($1::uuid[]) and target."unread_notification_count" is distinct from coalesce(counted.n, 0) order by target.id$sql$, $sql$select from "public"."inboxes" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."inboxes" as target set "unread_notification_count" = target."unread_notification_count" + wrong.difference
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.inboxes.unread_message_count$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:public.inboxes.unread_message_count', 0))$sql$, $sql$select target.id from "public"."inboxes" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, coalesce(counted.n, 0) - target."unread_message_count" as difference
from "public"."inboxes" as target left join (
    select one."user_id" as key, sum(one."unread_count"::numeric) as n from "public"."conversation_participants" as one
    where one."user_id" = any ($1::uuid[]) group by one."user_id"
) as counted on counted.key = target.id
where target.id = any ($1::uuid[]) and target."unread_message_count" is distinct from coalesce(counted.n, 0) order by target.id$sql$, $sql$select from "public"."inboxes" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."inboxes" as target set "unread_message_count" = target."unread_message_count" + wrong.difference
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.posts.author_name$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:drain_copies', 0))$sql$, $sql$select target.id from "public"."posts" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, null::numeric as difference
from "public"."posts" as target left join "public"."users" as source on source.id = target."author_id"
where target.id = any ($1::uuid[]) and target."author_name" is distinct from source."name" and not target."author_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'public.posts.author_name' and true) order by target.id$sql$, $sql$select from "public"."posts" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."posts" as target set "author_name" = (select source."name" from "public"."users" as source where source.id = target."author_id")
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.posts.author_avatar$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:drain_copies', 0))$sql$, $sql$select target.id from "public"."posts" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, null::numeric as difference
from "public"."posts" as target left join "public"."users" as source on source.id = target."author_id"
where target.id = any ($1::uuid[]) and target."author_avatar" is distinct from source."avatar_url" and not target."author_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'public.posts.author_avatar' and true) order by target.id$sql$, $sql$select from "public"."posts" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."posts" as target set "author_avatar" = (select source."avatar_url" from "public"."users" as source where source.id = target."author_id")
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.posts.like_count$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:public.posts.like_count', 0))$sql$, $sql$select target.id from "public"."posts" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, coalesce(counted.n, 0) - target."like_count" as difference
from "public"."posts" as target left join (
    select one."target_id" as key, count(*) as n from "public"."likes" as one
    where one."target_id" = any ($1::uuid[]) and (one."target_type" = 'post') group by one."target_id"
) as counted on counted.key = target.id
where target.id = any ($1::uuid[]) and target."like_count" is distinct from coalesce(counted.n, 0) order by target.id$sql$, $sql$select from "public"."posts" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."posts" as target set "like_count" = target."like_count" + wrong.difference
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.posts.comment_count$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:public.posts.comment_count', 0))$sql$, $sql$select target.id from "public"."posts" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, coalesce(counted.n, 0) - target."comment_count" as difference
from "public"."posts" as target left join (
    select one."post_id" as key, count(*) as n from "public"."comments" as one
    where one."post_id" = any ($1::uuid[]) and (one."deleted_at" is null) group by one."post_id"
) as counted on counted.key = target.id
where target.id = any ($1::uuid[]) and target."comment_count" is distinct from coalesce(counted.n, 0) order by target.id$sql$, $sql$select from "public"."posts" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."posts" as target set "comment_count" = target."comment_count" + wrong.difference
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.comments.author_name$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:drain_copies', 0))$sql$, $sql$select target.id from "public"."comments" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, null::numeric as difference
from "public"."comments" as target left join "public"."users" as source on source.id = target."author_id"
where target.id = any ($1::uuid[]) and target."author_name" is distinct from source."name" and not target."author_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'public.comments.author_name' and true) order by target.id$sql$, $sql$select from "public"."comments" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."comments" as target set "author_name" = (select source."name" from "public"."users" as source where source.id = target."author_id")
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.comments.author_avatar$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:drain_copies', 0))$sql$, $sql$select target.id from "public"."comments" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, null::numeric as difference
from "public"."comments" as target left join "public"."users" as source on source.id = target."author_id"
where target.id = any ($1::uuid[]) and target."author_avatar" is distinct from source."avatar_url" and not target."author_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'public.comments.author_avatar' and true) order by target.id$sql$, $sql$select from "public"."comments" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."comments" as target set "author_avatar" = (select source."avatar_url" from "public"."users" as source where source.id = target."author_id")
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.comments.like_count$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:public.comments.like_count', 0))$sql$, $sql$select target.id from "public"."comments" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, coalesce(counted.n, 0) - target."like_count" as difference
from "public"."comments" as target left join (
    select one."target_id" as key, count(*) as n from "public"."likes" as one
    where one."target_id" = any ($1::uuid[]) and (one."target_type" = 'comment') group by one."target_id"
) as counted on counted.key = target.id
where target.id = any ($1::uuid[]) and target."like_count" is distinct from coalesce(counted.n, 0) order by target.id$sql$, $sql$select from "public"."comments" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."comments" as target set "like_count" = target."like_count" + wrong.difference
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.courses.enrollment_count$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:public.courses.enrollment_count', 0))$sql$, $sql$select target.id from "public"."courses" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, coalesce(counted.n, 0) - target."enrollment_count" as difference
from "public"."courses" as target left join (
    select one."course_id" as key, count(*) as n from "public"."enrollments" as one
    where one."course_id" = any ($1::uuid[]) group by one."course_id"
) as counted on counted.key = target.id
where target.id = any ($1::uuid[]) and target."enrollment_count" is distinct from coalesce(counted.n, 0) order by target.id$sql$, $sql$select from "public"."courses" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."courses" as target set "enrollment_count" = target."enrollment_count" + wrong.difference
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.courses.lesson_count$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:public.courses.lesson_count', 0))$sql$, $sql$select target.id from "public"."courses" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, coalesce(counted.n, 0) - target."lesson_count" as difference
from "public"."courses" as target left join (
    select one."course_id" as key, count(*) as n from "public"."lessons" as one
    where one."course_id" = any ($1::uuid[]) group by one."course_id"
) as counted on counted.key = target.id
where target.id = any ($1::uuid[]) and target."lesson_count" is distinct from coalesce(counted.n, 0) order by target.id$sql$, $sql$select from "public"."courses" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."courses" as target set "lesson_count" = target."lesson_count" + wrong.difference
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.enrollments.lesson_count$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:drain_copies', 0))$sql$, $sql$select target.id from "public"."enrollments" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, null::numeric as difference
from "public"."enrollments" as target left join "public"."courses" as source on source.id = target."course_id"
where target.id = any ($1::uuid[]) and target."lesson_count" is distinct from source."lesson_count" and not target."course_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'public.enrollments.lesson_count' and true) order by target.id$sql$, $sql$select from "public"."enrollments" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."enrollments" as target set "lesson_count" = (select source."lesson_count" from "public"."courses" as source where source.id = target."course_id")
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.enrollments.completed_lesson_count$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:public.enrollments.completed_lesson_count', 0))$sql$, $sql$select target.id from "public"."enrollments" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, coalesce(counted.n, 0) - target."completed_lesson_count" as difference
from "public"."enrollments" as target left join (
    select one."enrollment_id" as key, count(*) as n from "public"."lesson_progress" as one
    where one."enrollment_id" = any ($1::uuid[]) and (one."completed_at" is not null) group by one."enrollment_id"
) as counted on counted.key = target.id
where target.id = any ($1::uuid[]) and target."completed_lesson_count" is distinct from coalesce(counted.n, 0) order by target.id$sql$, $sql$select from "public"."enrollments" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."enrollments" as target set "completed_lesson_count" = target."completed_lesson_count" + wrong.difference
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$public.enrollments.completion_percentage$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:public.enrollments.completion_percentage', 0))$sql$, $sql$select target.id from "public"."enrollments" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, null::numeric as difference
from "public"."enrollments" as target
where target.id = any ($1::uuid[]) and target."completion_percentage" is distinct from (coalesce(round(case when case when ((target."completed_lesson_count"::numeric * 100) / nullif(target."lesson_count"::numeric, 0)) is not null then greatest(((target."completed_lesson_count"::numeric * 100) / nullif(target."lesson_count"::numeric, 0)), 0) end is not null then least(case when ((target."completed_lesson_count"::numeric * 100) / nullif(target."lesson_count"::numeric, 0)) is not null then greatest(((target."completed_lesson_count"::numeric * 100) / nullif(target."lesson_count"::numeric, 0)), 0) end, 100) end, 0), 0))::integer and not false order by target.id$sql$, $sql$select from "public"."enrollments" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "public"."enrollments" as target set "completion_percentage" = target."completion_percentage"
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$academy.users.email$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:academy.users.email', 0))$sql$, $sql$select target.id from "academy"."users" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, null::numeric as difference
from "academy"."users" as target left join auth.users as account on account.id = target.id
where target.id = any ($1::uuid[]) and target."email" is distinct from account.email::text and not false order by target.id$sql$, $sql$select from "academy"."users" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "academy"."users" as target set "email" = (select account.email from derived.account(target.id) as account)
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$academy.users.name$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:drain_copies', 0))$sql$, $sql$select target.id from "academy"."users" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, null::numeric as difference
from "academy"."users" as target left join "public"."users" as source on source.id = target."id"
where target.id = any ($1::uuid[]) and target."name" is distinct from source."name" and not target."id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'academy.users.name' and true) order by target.id$sql$, $sql$select from "academy"."users" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "academy"."users" as target set "name" = (select source."name" from "public"."users" as source where source.id = target."id")
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$academy.users.avatar_url$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:drain_copies', 0))$sql$, $sql$select target.id from "academy"."users" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, null::numeric as difference
from "academy"."users" as target left join "public"."users" as source on source.id = target."id"
where target.id = any ($1::uuid[]) and target."avatar_url" is distinct from source."avatar_url" and not target."id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'academy.users.avatar_url' and true) order by target.id$sql$, $sql$select from "academy"."users" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "academy"."users" as target set "avatar_url" = (select source."avatar_url" from "public"."users" as source where source.id = target."id")
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$),
        ($sql$academy.users.last_login_at$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:academy.users.last_login_at', 0))$sql$, $sql$select target.id from "academy"."users" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, null::numeric as difference
from "academy"."users" as target left join auth.users as account on account.id = target.id
where target.id = any ($1::uuid[]) and target."last_login_at" is distinct from account.last_sign_in_at::timestamptz and not false order by target.id$sql$, $sql$select from "academy"."users" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "academy"."users" as target set "last_login_at" = (select account.last_sign_in_at from derived.account(target.id) as account)
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$)
    ) as fields (name, exclusive, chunk, measure, lock, mend, role) loop
        last := null;
        loop
            execute format('select array(%s)', field.chunk) into chunk using last, 500;
            exit when cardinality(chunk) = 0;
            begin
                execute field.exclusive;
                execute format('select array_agg(one.id), array_agg(one.difference) from (%s) as one',
                    field.measure) into wrong, differences using chunk;
                if wrong is not null then
                    if field.role <> 'none' then
                        execute format('set local role %I', field.role);
                    end if;
                    execute field.lock using wrong;
                    execute field.mend using wrong, differences;
                end if;
                last := chunk[cardinality(chunk)];
                attempts := 0;
            exception when deadlock_detected or serialization_failure then
                attempts := attempts + 1;
                if attempts = 20 then
                    raise;
                end if;
            end;
            commit;
        end loop;
    end loop;
end
$fill$;
