-- Generated from the tables in schema/tables by `folkmoot schema write`. Change those, not this file.

-- Roles and schemas

do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'folkmoot_writer') then
        create role folkmoot_writer nologin;
    end if;
    if not exists (select from pg_catalog.pg_roles where rolname = 'derived_owner') then
        create role derived_owner nologin;
    end if;
end
$$;
grant folkmoot_writer, derived_owner to postgres;

create schema private;
create schema derived;
revoke all on schema private, derived from public;
grant usage on schema private to folkmoot_writer;
grant usage on schema derived to service_role;
grant usage, create on schema derived to derived_owner;

grant usage on schema "public" to anon, authenticated, service_role, folkmoot_writer, derived_owner;

-- Table public.users

create table "public"."users" (
    "id" uuid constraint "users_pkey" primary key,
    "created_at" timestamptz not null default now(),
    "name" text not null,
    "bio" text,
    "avatar_url" text,
    "avatar_storage_id" text,
    "visibility" text not null default 'public',
    "role" text not null default 'member',
    "points" integer not null default 0,
    "level" integer not null default 1,
    "notification_prefs" jsonb not null default '{}'::jsonb,
    "updated_at" timestamptz not null default now(),
    constraint "users_name_check" check (char_length("name") between 1 and 120),
    constraint "users_bio_check" check (char_length("bio") between 0 and 2000),
    constraint "users_avatar_url_check" check (char_length("avatar_url") between 0 and 2000),
    constraint "users_avatar_storage_id_check" check (char_length("avatar_storage_id") between 0 and 1024),
    constraint "users_visibility_check" check ("visibility" in ('public', 'private')),
    constraint "users_role_check" check ("role" in ('admin', 'moderator', 'member'))
);
comment on table "public"."users" is 'One person: what the community knows of an account.';
alter table "public"."users" enable row level security;

create index "users_by_role" on "public"."users" ("role", "id");

create index "users_by_points" on "public"."users" ("points", "id");

-- Table public.memberships

create table "public"."memberships" (
    "id" uuid constraint "memberships_pkey" primary key default gen_random_uuid(),
    "created_at" timestamptz not null default now(),
    "user_id" uuid not null,
    "tier" text not null,
    "stripe_customer_id" text,
    "stripe_subscription_id" text,
    "status" text not null,
    "current_period_end" timestamptz,
    "updated_at" timestamptz not null default now(),
    constraint "memberships_tier_check" check (char_length("tier") between 1 and 60),
    constraint "memberships_stripe_customer_id_check" check (char_length("stripe_customer_id") between 0 and 255),
    constraint "memberships_stripe_subscription_id_check" check (char_length("stripe_subscription_id") between 0 and 255),
    constraint "memberships_status_check" check ("status" in ('incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'canceled', 'unpaid', 'paused'))
);
comment on table "public"."memberships" is 'One subscription of one person, as Stripe last described it.';
alter table "public"."memberships" enable row level security;

create index "memberships_by_user_id" on "public"."memberships" ("user_id", "status", "id");

create index "memberships_by_stripe_customer_id" on "public"."memberships" ("stripe_customer_id", "id");

create unique index "memberships_by_stripe_subscription_id" on "public"."memberships" ("stripe_subscription_id");

-- Table public.spaces

create table "public"."spaces" (
    "id" uuid constraint "spaces_pkey" primary key default gen_random_uuid(),
    "created_at" timestamptz not null default now(),
    "name" text not null,
    "description" text,
    "icon" text,
    "visibility" text not null default 'members',
    "post_permission" text not null default 'all',
    "required_tier" text,
    "order" integer not null default 0,
    "deleted_at" timestamptz,
    "updated_at" timestamptz not null default now(),
    constraint "spaces_name_check" check (char_length("name") between 1 and 120),
    constraint "spaces_description_check" check (char_length("description") between 0 and 2000),
    constraint "spaces_icon_check" check (char_length("icon") between 0 and 120),
    constraint "spaces_visibility_check" check ("visibility" in ('public', 'members', 'paid')),
    constraint "spaces_post_permission_check" check ("post_permission" in ('all', 'moderators', 'admins')),
    constraint "spaces_required_tier_check" check (char_length("required_tier") between 1 and 60)
);
comment on table "public"."spaces" is 'One place for discussion; everything posted in it is seen by whoever sees the space.';
alter table "public"."spaces" enable row level security;

create index "spaces_by_order" on "public"."spaces" ("order", "id");

-- Table public.posts

create table "public"."posts" (
    "id" uuid constraint "posts_pkey" primary key default gen_random_uuid(),
    "created_at" timestamptz not null default now(),
    "space_id" uuid not null,
    "author_id" uuid not null,
    "content" text not null,
    "author_name" text,
    "author_avatar" text,
    "like_count" integer not null default 0,
    "comment_count" integer not null default 0,
    "deleted_at" timestamptz,
    "updated_at" timestamptz not null default now(),
    constraint "posts_content_check" check (char_length("content") between 1 and 20000)
) with (fillfactor = 85);
comment on table "public"."posts" is 'One post in a space''s feed.';
alter table "public"."posts" enable row level security;

create index "posts_by_space_id" on "public"."posts" ("space_id", "created_at", "id");

create index "posts_by_author_id" on "public"."posts" ("author_id", "created_at", "id");

-- Table public.comments

create table "public"."comments" (
    "id" uuid constraint "comments_pkey" primary key default gen_random_uuid(),
    "created_at" timestamptz not null default now(),
    "post_id" uuid not null,
    "author_id" uuid not null,
    "parent_id" uuid,
    "content" text not null,
    "author_name" text,
    "author_avatar" text,
    "like_count" integer not null default 0,
    "deleted_at" timestamptz,
    "updated_at" timestamptz not null default now(),
    constraint "comments_content_check" check (char_length("content") between 1 and 10000)
) with (fillfactor = 85);
comment on table "public"."comments" is 'One comment on a post, or one reply to a comment: two levels, never more.';
alter table "public"."comments" enable row level security;

create index "comments_by_post_id" on "public"."comments" ("post_id", "created_at", "id");

create index "comments_by_parent_id" on "public"."comments" ("parent_id", "created_at", "id");

create index "comments_by_author_id" on "public"."comments" ("author_id", "created_at", "id");

-- Table public.likes

create table "public"."likes" (
    "id" uuid constraint "likes_pkey" primary key default gen_random_uuid(),
    "created_at" timestamptz not null default now(),
    "user_id" uuid not null,
    "target_type" text not null,
    "target_id" uuid not null,
    constraint "likes_target_type_check" check ("target_type" in ('post', 'comment'))
);
comment on table "public"."likes" is 'One person''s like of one post or comment; a second one is refused.';
alter table "public"."likes" enable row level security;

create unique index "likes_by_user_id_and_target" on "public"."likes" ("user_id", "target_type", "target_id");

create index "likes_by_target" on "public"."likes" ("target_type", "target_id", "created_at", "id");

-- Table public.courses

create table "public"."courses" (
    "id" uuid constraint "courses_pkey" primary key default gen_random_uuid(),
    "created_at" timestamptz not null default now(),
    "title" text not null,
    "description" text,
    "thumbnail" text,
    "visibility" text not null default 'members',
    "required_tier" text,
    "status" text not null default 'draft',
    "enrollment_count" integer not null default 0,
    "updated_at" timestamptz not null default now(),
    constraint "courses_title_check" check (char_length("title") between 1 and 200),
    constraint "courses_description_check" check (char_length("description") between 0 and 10000),
    constraint "courses_thumbnail_check" check (char_length("thumbnail") between 0 and 2000),
    constraint "courses_visibility_check" check ("visibility" in ('public', 'members', 'paid')),
    constraint "courses_required_tier_check" check (char_length("required_tier") between 1 and 60),
    constraint "courses_status_check" check ("status" in ('draft', 'published'))
) with (fillfactor = 85);
comment on table "public"."courses" is 'One course of the catalogue.';
alter table "public"."courses" enable row level security;

create index "courses_by_status" on "public"."courses" ("status", "created_at", "id");

-- Table public.enrollments

create table "public"."enrollments" (
    "id" uuid constraint "enrollments_pkey" primary key default gen_random_uuid(),
    "created_at" timestamptz not null default now(),
    "course_id" uuid not null,
    "user_id" uuid not null,
    "last_lesson_id" uuid,
    "completed_at" timestamptz,
    "updated_at" timestamptz not null default now()
);
comment on table "public"."enrollments" is 'One person taking one course, once.';
alter table "public"."enrollments" enable row level security;

create unique index "enrollments_by_user_id_and_course_id" on "public"."enrollments" ("user_id", "course_id");

create index "enrollments_by_course_id" on "public"."enrollments" ("course_id", "created_at", "id");

-- Foreign keys

alter table "public"."users"
    add constraint "users_id_fkey"
    foreign key ("id") references "auth"."users" (id) on delete cascade;

alter table "public"."memberships"
    add constraint "memberships_user_id_fkey"
    foreign key ("user_id") references "public"."users" (id) on delete cascade;

alter table "public"."posts"
    add constraint "posts_space_id_fkey"
    foreign key ("space_id") references "public"."spaces" (id) on delete cascade;

alter table "public"."posts"
    add constraint "posts_author_id_fkey"
    foreign key ("author_id") references "public"."users" (id) on delete cascade;

alter table "public"."comments"
    add constraint "comments_post_id_fkey"
    foreign key ("post_id") references "public"."posts" (id) on delete cascade;

alter table "public"."comments"
    add constraint "comments_author_id_fkey"
    foreign key ("author_id") references "public"."users" (id) on delete cascade;

alter table "public"."comments"
    add constraint "comments_parent_id_fkey"
    foreign key ("parent_id") references "public"."comments" (id) on delete cascade;

alter table "public"."likes"
    add constraint "likes_user_id_fkey"
    foreign key ("user_id") references "public"."users" (id) on delete cascade;

alter table "public"."enrollments"
    add constraint "enrollments_course_id_fkey"
    foreign key ("course_id") references "public"."courses" (id) on delete cascade;

alter table "public"."enrollments"
    add constraint "enrollments_user_id_fkey"
    foreign key ("user_id") references "public"."users" (id) on delete cascade;

-- Tables of the service

create table private.mutation_requests (
    session_id uuid not null,
    request_id bigint not null,
    caller_id uuid,
    function text not null,
    result jsonb,
    created_at timestamptz not null default now(),
    primary key (session_id, request_id)
);
create index mutation_requests_by_created_at on private.mutation_requests (created_at);
comment on table private.mutation_requests is 'Which mutations ran, with what result.';
grant select, insert on table private.mutation_requests to folkmoot_writer;

create table derived.copy_queue (
    id bigint generated always as identity primary key,
    target text not null,
    source_id uuid not null,
    queued_at timestamptz not null default now()
);
comment on table derived.copy_queue is 'Copies to bring up to date: which field, from which source row.';
grant select, insert, update, delete on table derived.copy_queue to derived_owner;

-- Facts about the caller

create function private.caller_role() returns text
    language plpgsql stable security definer set search_path = ''
as $$
begin
    return (
        select person.role from "public"."users" as person where person.id = (select auth.uid())
    );
end
$$;
revoke all on function private.caller_role() from public;
grant execute on function private.caller_role() to authenticated, folkmoot_writer;

create function private.caller_tiers() returns setof text
    language plpgsql stable security definer set search_path = ''
as $$
begin
    return query select distinct held.tier from "public"."memberships" as held
        where held.user_id = (select auth.uid()) and held.status in ('trialing', 'active', 'past_due');
end
$$;
revoke all on function private.caller_tiers() from public;
grant execute on function private.caller_tiers() to authenticated, folkmoot_writer;

create function private."postable_spaces"() returns setof uuid
    language plpgsql stable security definer set search_path = ''
as $$
begin
    return query select one.id from "public"."spaces" as one
        where one."deleted_at" is null and (one."visibility" = 'public' or (one."visibility" = 'members' and (select auth.uid()) is not null) or (one."visibility" = 'paid' and (one."required_tier" = any (array(select private.caller_tiers())) or (one."required_tier" is null and exists (select private.caller_tiers())))) or (select private.caller_role()) in ('moderator', 'admin')) and ((one."post_permission" = 'all' and (select auth.uid()) is not null) or (one."post_permission" = 'moderators' and (select private.caller_role()) in ('moderator', 'admin')) or (select private.caller_role()) in ('admin'));
end
$$;
revoke all on function private."postable_spaces"() from public;
grant execute on function private."postable_spaces"() to authenticated, folkmoot_writer;

create function private."readable_courses"() returns setof uuid
    language plpgsql stable security definer set search_path = ''
as $$
begin
    return query select one.id from "public"."courses" as one
        where (select private.caller_role()) in ('moderator', 'admin') or (one."status" = 'published' and (one."visibility" = 'public' or (one."visibility" = 'members' and (select auth.uid()) is not null) or (one."visibility" = 'paid' and (one."required_tier" = any (array(select private.caller_tiers())) or (one."required_tier" is null and exists (select private.caller_tiers()))))));
end
$$;
revoke all on function private."readable_courses"() from public;
grant execute on function private."readable_courses"() to authenticated, folkmoot_writer;

create function private."readable_spaces"() returns setof uuid
    language plpgsql stable security definer set search_path = ''
as $$
begin
    return query select one.id from "public"."spaces" as one
        where one."deleted_at" is null and (one."visibility" = 'public' or (one."visibility" = 'members' and (select auth.uid()) is not null) or (one."visibility" = 'paid' and (one."required_tier" = any (array(select private.caller_tiers())) or (one."required_tier" is null and exists (select private.caller_tiers())))) or (select private.caller_role()) in ('moderator', 'admin'));
end
$$;
revoke all on function private."readable_spaces"() from public;
grant execute on function private."readable_spaces"() to authenticated, folkmoot_writer;

-- Access to public.users

revoke all on table "public"."users" from public, anon, authenticated, service_role;

grant select on table "public"."users" to authenticated, folkmoot_writer, service_role;

grant insert ("id", "created_at", "name", "bio", "avatar_url", "avatar_storage_id", "visibility", "role", "points", "level", "notification_prefs", "updated_at"), update ("id", "created_at", "name", "bio", "avatar_url", "avatar_storage_id", "visibility", "role", "points", "level", "notification_prefs", "updated_at"), delete on table "public"."users" to service_role;

grant update ("name", "bio", "avatar_url", "avatar_storage_id", "visibility", "notification_prefs") on table "public"."users" to folkmoot_writer, authenticated;

grant select ("avatar_url", "id", "name") on table "public"."users" to derived_owner;

grant update ("created_at") on table "public"."users" to derived_owner;

create policy "read" on "public"."users" for select to authenticated, folkmoot_writer
    using (((select auth.uid()) is not null and "users"."visibility" = 'public') or "users"."id" = (select auth.uid()) or (select private.caller_role()) in ('moderator', 'admin'));

create policy "update" on "public"."users" for update to authenticated, folkmoot_writer
    using ("users"."id" = (select auth.uid()))
    with check ("users"."id" = (select auth.uid()));

create policy "derived_read" on "public"."users" for select to derived_owner
    using (true);

create policy "derived_update" on "public"."users" for update to derived_owner
    using (true) with check (true);

-- Access to public.memberships

revoke all on table "public"."memberships" from public, anon, authenticated, service_role;

grant select on table "public"."memberships" to authenticated, folkmoot_writer, service_role;

grant insert ("id", "created_at", "user_id", "tier", "stripe_customer_id", "stripe_subscription_id", "status", "current_period_end", "updated_at"), update ("id", "created_at", "user_id", "tier", "stripe_customer_id", "stripe_subscription_id", "status", "current_period_end", "updated_at"), delete on table "public"."memberships" to service_role;

create policy "read" on "public"."memberships" for select to authenticated, folkmoot_writer
    using ("memberships"."user_id" = (select auth.uid()) or (select private.caller_role()) in ('admin'));

-- Access to public.spaces

revoke all on table "public"."spaces" from public, anon, authenticated, service_role;

grant select on table "public"."spaces" to anon, authenticated, folkmoot_writer, service_role;

grant insert ("id", "created_at", "name", "description", "icon", "visibility", "post_permission", "required_tier", "order", "deleted_at", "updated_at"), update ("id", "created_at", "name", "description", "icon", "visibility", "post_permission", "required_tier", "order", "deleted_at", "updated_at"), delete on table "public"."spaces" to service_role;

grant insert ("id", "name", "description", "icon", "visibility", "post_permission", "required_tier", "order", "deleted_at") on table "public"."spaces" to folkmoot_writer;

grant update ("name", "description", "icon", "visibility", "post_permission", "required_tier", "order", "deleted_at") on table "public"."spaces" to folkmoot_writer;

create policy "read_as_visitor" on "public"."spaces" for select to anon
    using ("spaces"."deleted_at" is null and "spaces"."visibility" = 'public');

create policy "read" on "public"."spaces" for select to authenticated
    using ("spaces"."deleted_at" is null and ("spaces"."visibility" = 'public' or ("spaces"."visibility" = 'members' and (select auth.uid()) is not null) or ("spaces"."visibility" = 'paid' and ("spaces"."required_tier" = any (array(select private.caller_tiers())) or ("spaces"."required_tier" is null and exists (select private.caller_tiers())))) or (select private.caller_role()) in ('moderator', 'admin')));

create policy "read_as_writer" on "public"."spaces" for select to folkmoot_writer
    using (("spaces"."deleted_at" is null and ("spaces"."visibility" = 'public' or ("spaces"."visibility" = 'members' and (select auth.uid()) is not null) or ("spaces"."visibility" = 'paid' and ("spaces"."required_tier" = any (array(select private.caller_tiers())) or ("spaces"."required_tier" is null and exists (select private.caller_tiers())))) or (select private.caller_role()) in ('moderator', 'admin'))) or (select private.caller_role()) in ('admin'));

create policy "insert" on "public"."spaces" for insert to folkmoot_writer
    with check ((select private.caller_role()) in ('admin'));

create policy "update" on "public"."spaces" for update to folkmoot_writer
    using ((select private.caller_role()) in ('admin'))
    with check ((select private.caller_role()) in ('admin'));

-- Access to public.posts

revoke all on table "public"."posts" from public, anon, authenticated, service_role;

grant select on table "public"."posts" to anon, authenticated, folkmoot_writer, service_role;

grant insert ("id", "created_at", "space_id", "author_id", "content", "deleted_at", "updated_at"), update ("id", "created_at", "space_id", "author_id", "content", "deleted_at", "updated_at"), delete on table "public"."posts" to service_role;

grant insert ("id", "space_id", "author_id", "content", "deleted_at") on table "public"."posts" to folkmoot_writer;

grant update ("content", "deleted_at") on table "public"."posts" to folkmoot_writer;

grant select ("author_avatar", "author_id", "author_name", "comment_count", "id", "like_count") on table "public"."posts" to derived_owner;

grant update ("author_avatar", "author_name", "comment_count", "like_count") on table "public"."posts" to derived_owner;

create policy "read_as_visitor" on "public"."posts" for select to anon
    using ("posts"."deleted_at" is null and "posts"."space_id" = any (array(select seen_1.id from "public"."spaces" as seen_1 where seen_1."deleted_at" is null and seen_1."visibility" = 'public')));

create policy "read" on "public"."posts" for select to authenticated
    using ("posts"."deleted_at" is null and "posts"."space_id" = any (array(select private."readable_spaces"())));

create policy "read_as_writer" on "public"."posts" for select to folkmoot_writer
    using (("posts"."deleted_at" is null and "posts"."space_id" = any (array(select private."readable_spaces"()))) or "posts"."author_id" = (select auth.uid()) or (select private.caller_role()) in ('moderator', 'admin'));

create policy "insert" on "public"."posts" for insert to folkmoot_writer
    with check ("posts"."author_id" = (select auth.uid()) and "posts"."space_id" = any (array(select private."postable_spaces"())));

create policy "update" on "public"."posts" for update to folkmoot_writer
    using ("posts"."author_id" = (select auth.uid()) or (select private.caller_role()) in ('moderator', 'admin'))
    with check ("posts"."author_id" = (select auth.uid()) or (select private.caller_role()) in ('moderator', 'admin'));

create policy "derived_read" on "public"."posts" for select to derived_owner
    using (true);

create policy "derived_update" on "public"."posts" for update to derived_owner
    using (true) with check (true);

-- Access to public.comments

revoke all on table "public"."comments" from public, anon, authenticated, service_role;

grant select on table "public"."comments" to anon, authenticated, folkmoot_writer, service_role;

grant insert ("id", "created_at", "post_id", "author_id", "parent_id", "content", "deleted_at", "updated_at"), update ("id", "created_at", "post_id", "author_id", "parent_id", "content", "deleted_at", "updated_at"), delete on table "public"."comments" to service_role;

grant insert ("id", "post_id", "author_id", "parent_id", "content", "deleted_at") on table "public"."comments" to folkmoot_writer;

grant update ("content", "deleted_at") on table "public"."comments" to folkmoot_writer;

grant select ("author_avatar", "author_id", "author_name", "id", "like_count") on table "public"."comments" to derived_owner;

grant update ("author_avatar", "author_name", "like_count") on table "public"."comments" to derived_owner;

create policy "read_as_visitor" on "public"."comments" for select to anon
    using ("comments"."deleted_at" is null and exists (select from "public"."posts" as seen_1 where seen_1.id = "comments"."post_id" and seen_1."deleted_at" is null and seen_1."space_id" = any (array(select seen_2.id from "public"."spaces" as seen_2 where seen_2."deleted_at" is null and seen_2."visibility" = 'public'))));

create policy "read" on "public"."comments" for select to authenticated
    using ("comments"."deleted_at" is null and exists (select from "public"."posts" as seen_1 where seen_1.id = "comments"."post_id" and seen_1."deleted_at" is null and seen_1."space_id" = any (array(select private."readable_spaces"()))));

create policy "read_as_writer" on "public"."comments" for select to folkmoot_writer
    using (("comments"."deleted_at" is null and exists (select from "public"."posts" as seen_1 where seen_1.id = "comments"."post_id" and seen_1."deleted_at" is null and seen_1."space_id" = any (array(select private."readable_spaces"())))) or "comments"."author_id" = (select auth.uid()) or (select private.caller_role()) in ('moderator', 'admin'));

create policy "insert" on "public"."comments" for insert to folkmoot_writer
    with check ("comments"."author_id" = (select auth.uid()) and exists (select from "public"."posts" as seen_1 where seen_1.id = "comments"."post_id" and seen_1."deleted_at" is null and seen_1."space_id" = any (array(select private."readable_spaces"()))));

create policy "update" on "public"."comments" for update to folkmoot_writer
    using ("comments"."author_id" = (select auth.uid()) or (select private.caller_role()) in ('moderator', 'admin'))
    with check ("comments"."author_id" = (select auth.uid()) or (select private.caller_role()) in ('moderator', 'admin'));

create policy "derived_read" on "public"."comments" for select to derived_owner
    using (true);

create policy "derived_update" on "public"."comments" for update to derived_owner
    using (true) with check (true);

-- Access to public.likes

revoke all on table "public"."likes" from public, anon, authenticated, service_role;

grant select on table "public"."likes" to authenticated, folkmoot_writer, service_role;

grant insert ("id", "created_at", "user_id", "target_type", "target_id"), update ("id", "created_at", "user_id", "target_type", "target_id"), delete on table "public"."likes" to service_role;

grant insert ("id", "user_id", "target_type", "target_id") on table "public"."likes" to folkmoot_writer;

grant delete on table "public"."likes" to folkmoot_writer;

create policy "read" on "public"."likes" for select to authenticated, folkmoot_writer
    using ("likes"."user_id" = (select auth.uid()) or ((select auth.uid()) is not null and (("likes"."target_type" = 'comment' and exists (select from "public"."comments" as seen_1 where seen_1.id = "likes"."target_id" and seen_1."deleted_at" is null and exists (select from "public"."posts" as seen_2 where seen_2.id = seen_1."post_id" and seen_2."deleted_at" is null and seen_2."space_id" = any (array(select private."readable_spaces"()))))) or ("likes"."target_type" = 'post' and exists (select from "public"."posts" as seen_1 where seen_1.id = "likes"."target_id" and seen_1."deleted_at" is null and seen_1."space_id" = any (array(select private."readable_spaces"())))))));

create policy "insert" on "public"."likes" for insert to folkmoot_writer
    with check ("likes"."user_id" = (select auth.uid()) and (("likes"."target_type" = 'comment' and exists (select from "public"."comments" as seen_1 where seen_1.id = "likes"."target_id" and seen_1."deleted_at" is null and exists (select from "public"."posts" as seen_2 where seen_2.id = seen_1."post_id" and seen_2."deleted_at" is null and seen_2."space_id" = any (array(select private."readable_spaces"()))))) or ("likes"."target_type" = 'post' and exists (select from "public"."posts" as seen_1 where seen_1.id = "likes"."target_id" and seen_1."deleted_at" is null and seen_1."space_id" = any (array(select private."readable_spaces"()))))));

create policy "delete" on "public"."likes" for delete to folkmoot_writer
    using ("likes"."user_id" = (select auth.uid()));

-- Access to public.courses

revoke all on table "public"."courses" from public, anon, authenticated, service_role;

grant select on table "public"."courses" to anon, authenticated, folkmoot_writer, service_role;

grant insert ("id", "created_at", "title", "description", "thumbnail", "visibility", "required_tier", "status", "updated_at"), update ("id", "created_at", "title", "description", "thumbnail", "visibility", "required_tier", "status", "updated_at"), delete on table "public"."courses" to service_role;

grant insert ("id", "title", "description", "thumbnail", "visibility", "required_tier", "status") on table "public"."courses" to folkmoot_writer;

grant update ("title", "description", "thumbnail", "visibility", "required_tier", "status") on table "public"."courses" to folkmoot_writer;

grant delete on table "public"."courses" to folkmoot_writer;

grant select ("enrollment_count", "id") on table "public"."courses" to derived_owner;

grant update ("enrollment_count") on table "public"."courses" to derived_owner;

create policy "read_as_visitor" on "public"."courses" for select to anon
    using ("courses"."status" = 'published' and "courses"."visibility" = 'public');

create policy "read" on "public"."courses" for select to authenticated, folkmoot_writer
    using ((select private.caller_role()) in ('moderator', 'admin') or ("courses"."status" = 'published' and ("courses"."visibility" = 'public' or ("courses"."visibility" = 'members' and (select auth.uid()) is not null) or ("courses"."visibility" = 'paid' and ("courses"."required_tier" = any (array(select private.caller_tiers())) or ("courses"."required_tier" is null and exists (select private.caller_tiers())))))));

create policy "insert" on "public"."courses" for insert to folkmoot_writer
    with check ((select private.caller_role()) in ('admin'));

create policy "update" on "public"."courses" for update to folkmoot_writer
    using ((select private.caller_role()) in ('moderator', 'admin'))
    with check ((select private.caller_role()) in ('moderator', 'admin'));

create policy "delete" on "public"."courses" for delete to folkmoot_writer
    using ((select private.caller_role()) in ('admin'));

create policy "derived_read" on "public"."courses" for select to derived_owner
    using (true);

create policy "derived_update" on "public"."courses" for update to derived_owner
    using (true) with check (true);

-- Access to public.enrollments

revoke all on table "public"."enrollments" from public, anon, authenticated, service_role;

grant select on table "public"."enrollments" to authenticated, folkmoot_writer, service_role;

grant insert ("id", "created_at", "course_id", "user_id", "last_lesson_id", "completed_at", "updated_at"), update ("id", "created_at", "course_id", "user_id", "last_lesson_id", "completed_at", "updated_at"), delete on table "public"."enrollments" to service_role;

grant insert ("id", "course_id", "user_id") on table "public"."enrollments" to folkmoot_writer, authenticated;

grant update ("last_lesson_id") on table "public"."enrollments" to folkmoot_writer, authenticated;

grant delete on table "public"."enrollments" to folkmoot_writer, authenticated;

create policy "read" on "public"."enrollments" for select to authenticated, folkmoot_writer
    using ("enrollments"."user_id" = (select auth.uid()) or (select private.caller_role()) in ('moderator', 'admin'));

create policy "insert" on "public"."enrollments" for insert to authenticated, folkmoot_writer
    with check ("enrollments"."user_id" = (select auth.uid()) and "enrollments"."course_id" = any (array(select private."readable_courses"())));

create policy "update" on "public"."enrollments" for update to authenticated, folkmoot_writer
    using ("enrollments"."user_id" = (select auth.uid()))
    with check ("enrollments"."user_id" = (select auth.uid()));

create policy "delete" on "public"."enrollments" for delete to authenticated, folkmoot_writer
    using ("enrollments"."user_id" = (select auth.uid()));

-- Derived fields

create function derived."posts__guard"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        new."like_count" := 0;
        new."comment_count" := 0;
        select source."name", source."avatar_url" into new."author_name", new."author_avatar"
            from "public"."users" as source where source.id = new."author_id";
    else
        new."like_count" := old."like_count";
        new."comment_count" := old."comment_count";
        if new."author_id" is distinct from old."author_id" then
            select source."name", source."avatar_url" into new."author_name", new."author_avatar"
                from "public"."users" as source where source.id = new."author_id";
        else
            new."author_name" := old."author_name";
            new."author_avatar" := old."author_avatar";
        end if;
    end if;
    return new;
end
$$;
revoke all on function derived."posts__guard"() from public;
alter function derived."posts__guard"() owner to derived_owner;

create trigger "derived_guard" before insert or update on "public"."posts"
    for each row when (current_user <> 'derived_owner') execute function derived."posts__guard"();

create function derived."comments__guard"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        new."like_count" := 0;
        select source."name", source."avatar_url" into new."author_name", new."author_avatar"
            from "public"."users" as source where source.id = new."author_id";
    else
        new."like_count" := old."like_count";
        if new."author_id" is distinct from old."author_id" then
            select source."name", source."avatar_url" into new."author_name", new."author_avatar"
                from "public"."users" as source where source.id = new."author_id";
        else
            new."author_name" := old."author_name";
            new."author_avatar" := old."author_avatar";
        end if;
    end if;
    return new;
end
$$;
revoke all on function derived."comments__guard"() from public;
alter function derived."comments__guard"() owner to derived_owner;

create trigger "derived_guard" before insert or update on "public"."comments"
    for each row when (current_user <> 'derived_owner') execute function derived."comments__guard"();

create function derived."courses__guard"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        new."enrollment_count" := 0;
    else
        new."enrollment_count" := old."enrollment_count";
    end if;
    return new;
end
$$;
revoke all on function derived."courses__guard"() from public;
alter function derived."courses__guard"() owner to derived_owner;

create trigger "derived_guard" before insert or update on "public"."courses"
    for each row when (current_user <> 'derived_owner') execute function derived."courses__guard"();

create function derived."comments_to_posts__insert"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _keys uuid[];
    "_comment_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."comment_count")
    into _keys, "_comment_count"
    from (
        select change.key, sum(change."comment_count") as "comment_count" from (
            select one."post_id" as key, 1 as "comment_count" from new_rows as one where (one."deleted_at" is null)
        ) as change
        group by change.key having sum(change."comment_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    perform from "public"."posts" as target where target.id = any (_keys)
        order by target.id for no key update;
    update "public"."posts" as target
    set "comment_count" = target."comment_count" + total."comment_count"
    from unnest(_keys, "_comment_count") as total (key, "comment_count")
    where target.id = total.key;
    return null;
end
$$;
revoke all on function derived."comments_to_posts__insert"() from public;
alter function derived."comments_to_posts__insert"() owner to derived_owner;

create trigger "derived_posts_insert" after insert on "public"."comments"
    referencing new table as new_rows
    for each statement execute function derived."comments_to_posts__insert"();

create function derived."comments_to_posts__update"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _keys uuid[];
    "_comment_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."comment_count")
    into _keys, "_comment_count"
    from (
        select change.key, sum(change."comment_count") as "comment_count" from (
            select one."post_id" as key, 1 as "comment_count" from new_rows as one where (one."deleted_at" is null)
            union all
            select one."post_id" as key, -1 as "comment_count" from old_rows as one where (one."deleted_at" is null)
        ) as change
        group by change.key having sum(change."comment_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    perform from "public"."posts" as target where target.id = any (_keys)
        order by target.id for no key update;
    update "public"."posts" as target
    set "comment_count" = target."comment_count" + total."comment_count"
    from unnest(_keys, "_comment_count") as total (key, "comment_count")
    where target.id = total.key;
    return null;
end
$$;
revoke all on function derived."comments_to_posts__update"() from public;
alter function derived."comments_to_posts__update"() owner to derived_owner;

create trigger "derived_posts_update" after update on "public"."comments"
    referencing old table as old_rows new table as new_rows
    for each statement when (current_user <> 'derived_owner') execute function derived."comments_to_posts__update"();

create function derived."comments_to_posts__delete"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _keys uuid[];
    "_comment_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."comment_count")
    into _keys, "_comment_count"
    from (
        select change.key, sum(change."comment_count") as "comment_count" from (
            select one."post_id" as key, -1 as "comment_count" from old_rows as one where (one."deleted_at" is null)
        ) as change
        group by change.key having sum(change."comment_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    perform from "public"."posts" as target where target.id = any (_keys)
        order by target.id for no key update;
    update "public"."posts" as target
    set "comment_count" = target."comment_count" + total."comment_count"
    from unnest(_keys, "_comment_count") as total (key, "comment_count")
    where target.id = total.key;
    return null;
end
$$;
revoke all on function derived."comments_to_posts__delete"() from public;
alter function derived."comments_to_posts__delete"() owner to derived_owner;

create trigger "derived_posts_delete" after delete on "public"."comments"
    referencing old table as old_rows
    for each statement execute function derived."comments_to_posts__delete"();

create function derived."comments_to_posts__truncate"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = format('%I.%I can only be truncated in a read committed transaction',
                tg_table_schema, tg_table_name),
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."posts" as target where target."comment_count" <> 0
        order by target.id for no key update;
    update "public"."posts" as target
    set "comment_count" = 0 where target."comment_count" <> 0;
    return null;
end
$$;
revoke all on function derived."comments_to_posts__truncate"() from public;
alter function derived."comments_to_posts__truncate"() owner to derived_owner;

create trigger "derived_posts_truncate" after truncate on "public"."comments"
    for each statement execute function derived."comments_to_posts__truncate"();

create function derived."enrollments_to_courses__insert"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _keys uuid[];
    "_enrollment_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."enrollment_count")
    into _keys, "_enrollment_count"
    from (
        select change.key, sum(change."enrollment_count") as "enrollment_count" from (
            select one."course_id" as key, 1 as "enrollment_count" from new_rows as one
        ) as change
        group by change.key having sum(change."enrollment_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    perform from "public"."courses" as target where target.id = any (_keys)
        order by target.id for no key update;
    update "public"."courses" as target
    set "enrollment_count" = target."enrollment_count" + total."enrollment_count"
    from unnest(_keys, "_enrollment_count") as total (key, "enrollment_count")
    where target.id = total.key;
    return null;
end
$$;
revoke all on function derived."enrollments_to_courses__insert"() from public;
alter function derived."enrollments_to_courses__insert"() owner to derived_owner;

create trigger "derived_courses_insert" after insert on "public"."enrollments"
    referencing new table as new_rows
    for each statement execute function derived."enrollments_to_courses__insert"();

create function derived."enrollments_to_courses__update"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _keys uuid[];
    "_enrollment_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."enrollment_count")
    into _keys, "_enrollment_count"
    from (
        select change.key, sum(change."enrollment_count") as "enrollment_count" from (
            select one."course_id" as key, 1 as "enrollment_count" from new_rows as one
            union all
            select one."course_id" as key, -1 as "enrollment_count" from old_rows as one
        ) as change
        group by change.key having sum(change."enrollment_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    perform from "public"."courses" as target where target.id = any (_keys)
        order by target.id for no key update;
    update "public"."courses" as target
    set "enrollment_count" = target."enrollment_count" + total."enrollment_count"
    from unnest(_keys, "_enrollment_count") as total (key, "enrollment_count")
    where target.id = total.key;
    return null;
end
$$;
revoke all on function derived."enrollments_to_courses__update"() from public;
alter function derived."enrollments_to_courses__update"() owner to derived_owner;

create trigger "derived_courses_update" after update on "public"."enrollments"
    referencing old table as old_rows new table as new_rows
    for each statement when (current_user <> 'derived_owner') execute function derived."enrollments_to_courses__update"();

create function derived."enrollments_to_courses__delete"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _keys uuid[];
    "_enrollment_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."enrollment_count")
    into _keys, "_enrollment_count"
    from (
        select change.key, sum(change."enrollment_count") as "enrollment_count" from (
            select one."course_id" as key, -1 as "enrollment_count" from old_rows as one
        ) as change
        group by change.key having sum(change."enrollment_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    perform from "public"."courses" as target where target.id = any (_keys)
        order by target.id for no key update;
    update "public"."courses" as target
    set "enrollment_count" = target."enrollment_count" + total."enrollment_count"
    from unnest(_keys, "_enrollment_count") as total (key, "enrollment_count")
    where target.id = total.key;
    return null;
end
$$;
revoke all on function derived."enrollments_to_courses__delete"() from public;
alter function derived."enrollments_to_courses__delete"() owner to derived_owner;

create trigger "derived_courses_delete" after delete on "public"."enrollments"
    referencing old table as old_rows
    for each statement execute function derived."enrollments_to_courses__delete"();

create function derived."enrollments_to_courses__truncate"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = format('%I.%I can only be truncated in a read committed transaction',
                tg_table_schema, tg_table_name),
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."courses" as target where target."enrollment_count" <> 0
        order by target.id for no key update;
    update "public"."courses" as target
    set "enrollment_count" = 0 where target."enrollment_count" <> 0;
    return null;
end
$$;
revoke all on function derived."enrollments_to_courses__truncate"() from public;
alter function derived."enrollments_to_courses__truncate"() owner to derived_owner;

create trigger "derived_courses_truncate" after truncate on "public"."enrollments"
    for each statement execute function derived."enrollments_to_courses__truncate"();

create function derived."likes_to_comments__insert"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _keys uuid[];
    "_like_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."like_count")
    into _keys, "_like_count"
    from (
        select change.key, sum(change."like_count") as "like_count" from (
            select one."target_id" as key, 1 as "like_count" from new_rows as one where (one."target_type" = 'comment')
        ) as change
        group by change.key having sum(change."like_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    perform from "public"."comments" as target where target.id = any (_keys)
        order by target.id for no key update;
    update "public"."comments" as target
    set "like_count" = target."like_count" + total."like_count"
    from unnest(_keys, "_like_count") as total (key, "like_count")
    where target.id = total.key;
    return null;
end
$$;
revoke all on function derived."likes_to_comments__insert"() from public;
alter function derived."likes_to_comments__insert"() owner to derived_owner;

create trigger "derived_comments_insert" after insert on "public"."likes"
    referencing new table as new_rows
    for each statement execute function derived."likes_to_comments__insert"();

create function derived."likes_to_comments__update"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _keys uuid[];
    "_like_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."like_count")
    into _keys, "_like_count"
    from (
        select change.key, sum(change."like_count") as "like_count" from (
            select one."target_id" as key, 1 as "like_count" from new_rows as one where (one."target_type" = 'comment')
            union all
            select one."target_id" as key, -1 as "like_count" from old_rows as one where (one."target_type" = 'comment')
        ) as change
        group by change.key having sum(change."like_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    perform from "public"."comments" as target where target.id = any (_keys)
        order by target.id for no key update;
    update "public"."comments" as target
    set "like_count" = target."like_count" + total."like_count"
    from unnest(_keys, "_like_count") as total (key, "like_count")
    where target.id = total.key;
    return null;
end
$$;
revoke all on function derived."likes_to_comments__update"() from public;
alter function derived."likes_to_comments__update"() owner to derived_owner;

create trigger "derived_comments_update" after update on "public"."likes"
    referencing old table as old_rows new table as new_rows
    for each statement when (current_user <> 'derived_owner') execute function derived."likes_to_comments__update"();

create function derived."likes_to_comments__delete"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _keys uuid[];
    "_like_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."like_count")
    into _keys, "_like_count"
    from (
        select change.key, sum(change."like_count") as "like_count" from (
            select one."target_id" as key, -1 as "like_count" from old_rows as one where (one."target_type" = 'comment')
        ) as change
        group by change.key having sum(change."like_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    perform from "public"."comments" as target where target.id = any (_keys)
        order by target.id for no key update;
    update "public"."comments" as target
    set "like_count" = target."like_count" + total."like_count"
    from unnest(_keys, "_like_count") as total (key, "like_count")
    where target.id = total.key;
    return null;
end
$$;
revoke all on function derived."likes_to_comments__delete"() from public;
alter function derived."likes_to_comments__delete"() owner to derived_owner;

create trigger "derived_comments_delete" after delete on "public"."likes"
    referencing old table as old_rows
    for each statement execute function derived."likes_to_comments__delete"();

create function derived."likes_to_comments__truncate"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = format('%I.%I can only be truncated in a read committed transaction',
                tg_table_schema, tg_table_name),
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."comments" as target where target."like_count" <> 0
        order by target.id for no key update;
    update "public"."comments" as target
    set "like_count" = 0 where target."like_count" <> 0;
    return null;
end
$$;
revoke all on function derived."likes_to_comments__truncate"() from public;
alter function derived."likes_to_comments__truncate"() owner to derived_owner;

create trigger "derived_comments_truncate" after truncate on "public"."likes"
    for each statement execute function derived."likes_to_comments__truncate"();

create function derived."likes_to_posts__insert"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _keys uuid[];
    "_like_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."like_count")
    into _keys, "_like_count"
    from (
        select change.key, sum(change."like_count") as "like_count" from (
            select one."target_id" as key, 1 as "like_count" from new_rows as one where (one."target_type" = 'post')
        ) as change
        group by change.key having sum(change."like_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    perform from "public"."posts" as target where target.id = any (_keys)
        order by target.id for no key update;
    update "public"."posts" as target
    set "like_count" = target."like_count" + total."like_count"
    from unnest(_keys, "_like_count") as total (key, "like_count")
    where target.id = total.key;
    return null;
end
$$;
revoke all on function derived."likes_to_posts__insert"() from public;
alter function derived."likes_to_posts__insert"() owner to derived_owner;

create trigger "derived_posts_insert" after insert on "public"."likes"
    referencing new table as new_rows
    for each statement execute function derived."likes_to_posts__insert"();

create function derived."likes_to_posts__update"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _keys uuid[];
    "_like_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."like_count")
    into _keys, "_like_count"
    from (
        select change.key, sum(change."like_count") as "like_count" from (
            select one."target_id" as key, 1 as "like_count" from new_rows as one where (one."target_type" = 'post')
            union all
            select one."target_id" as key, -1 as "like_count" from old_rows as one where (one."target_type" = 'post')
        ) as change
        group by change.key having sum(change."like_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    perform from "public"."posts" as target where target.id = any (_keys)
        order by target.id for no key update;
    update "public"."posts" as target
    set "like_count" = target."like_count" + total."like_count"
    from unnest(_keys, "_like_count") as total (key, "like_count")
    where target.id = total.key;
    return null;
end
$$;
revoke all on function derived."likes_to_posts__update"() from public;
alter function derived."likes_to_posts__update"() owner to derived_owner;

create trigger "derived_posts_update" after update on "public"."likes"
    referencing old table as old_rows new table as new_rows
    for each statement when (current_user <> 'derived_owner') execute function derived."likes_to_posts__update"();

create function derived."likes_to_posts__delete"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _keys uuid[];
    "_like_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."like_count")
    into _keys, "_like_count"
    from (
        select change.key, sum(change."like_count") as "like_count" from (
            select one."target_id" as key, -1 as "like_count" from old_rows as one where (one."target_type" = 'post')
        ) as change
        group by change.key having sum(change."like_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    perform from "public"."posts" as target where target.id = any (_keys)
        order by target.id for no key update;
    update "public"."posts" as target
    set "like_count" = target."like_count" + total."like_count"
    from unnest(_keys, "_like_count") as total (key, "like_count")
    where target.id = total.key;
    return null;
end
$$;
revoke all on function derived."likes_to_posts__delete"() from public;
alter function derived."likes_to_posts__delete"() owner to derived_owner;

create trigger "derived_posts_delete" after delete on "public"."likes"
    referencing old table as old_rows
    for each statement execute function derived."likes_to_posts__delete"();

create function derived."likes_to_posts__truncate"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = format('%I.%I can only be truncated in a read committed transaction',
                tg_table_schema, tg_table_name),
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."posts" as target where target."like_count" <> 0
        order by target.id for no key update;
    update "public"."posts" as target
    set "like_count" = 0 where target."like_count" <> 0;
    return null;
end
$$;
revoke all on function derived."likes_to_posts__truncate"() from public;
alter function derived."likes_to_posts__truncate"() owner to derived_owner;

create trigger "derived_posts_truncate" after truncate on "public"."likes"
    for each statement execute function derived."likes_to_posts__truncate"();

create function derived."posts__verify_insert"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    perform from "public"."users" as source
        where source.id in (select one."author_id" from new_rows as one)
        order by source.id for share;
    update "public"."posts" as target
    set "author_name" = source."name", "author_avatar" = source."avatar_url"
    from new_rows as one
        join "public"."users" as source on source.id = one."author_id"
    where target.id = one.id and (target."author_name" is distinct from source."name" or target."author_avatar" is distinct from source."avatar_url");
    return null;
end
$$;
revoke all on function derived."posts__verify_insert"() from public;
alter function derived."posts__verify_insert"() owner to derived_owner;

create trigger "derived_copies_insert" after insert on "public"."posts"
    referencing new table as new_rows
    for each statement when (current_user <> 'derived_owner') execute function derived."posts__verify_insert"();

create function derived."posts__verify_update"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    perform from "public"."users" as source
        where source.id in (select one."author_id" from new_rows as one join old_rows as former on former.id = one.id and former."author_id" is distinct from one."author_id")
        order by source.id for share;
    update "public"."posts" as target
    set "author_name" = source."name", "author_avatar" = source."avatar_url"
    from new_rows as one join old_rows as former on former.id = one.id and former."author_id" is distinct from one."author_id"
        join "public"."users" as source on source.id = one."author_id"
    where target.id = one.id and (target."author_name" is distinct from source."name" or target."author_avatar" is distinct from source."avatar_url");
    return null;
end
$$;
revoke all on function derived."posts__verify_update"() from public;
alter function derived."posts__verify_update"() owner to derived_owner;

create trigger "derived_copies_update" after update on "public"."posts"
    referencing old table as old_rows new table as new_rows
    for each statement when (current_user <> 'derived_owner') execute function derived."posts__verify_update"();

create function derived."comments__verify_insert"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    perform from "public"."users" as source
        where source.id in (select one."author_id" from new_rows as one)
        order by source.id for share;
    update "public"."comments" as target
    set "author_name" = source."name", "author_avatar" = source."avatar_url"
    from new_rows as one
        join "public"."users" as source on source.id = one."author_id"
    where target.id = one.id and (target."author_name" is distinct from source."name" or target."author_avatar" is distinct from source."avatar_url");
    return null;
end
$$;
revoke all on function derived."comments__verify_insert"() from public;
alter function derived."comments__verify_insert"() owner to derived_owner;

create trigger "derived_copies_insert" after insert on "public"."comments"
    referencing new table as new_rows
    for each statement when (current_user <> 'derived_owner') execute function derived."comments__verify_insert"();

create function derived."comments__verify_update"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    perform from "public"."users" as source
        where source.id in (select one."author_id" from new_rows as one join old_rows as former on former.id = one.id and former."author_id" is distinct from one."author_id")
        order by source.id for share;
    update "public"."comments" as target
    set "author_name" = source."name", "author_avatar" = source."avatar_url"
    from new_rows as one join old_rows as former on former.id = one.id and former."author_id" is distinct from one."author_id"
        join "public"."users" as source on source.id = one."author_id"
    where target.id = one.id and (target."author_name" is distinct from source."name" or target."author_avatar" is distinct from source."avatar_url");
    return null;
end
$$;
revoke all on function derived."comments__verify_update"() from public;
alter function derived."comments__verify_update"() owner to derived_owner;

create trigger "derived_copies_update" after update on "public"."comments"
    referencing old table as old_rows new table as new_rows
    for each statement when (current_user <> 'derived_owner') execute function derived."comments__verify_update"();

create function derived."users__queue_copies"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    insert into derived.copy_queue (target, source_id)
        select 'public.posts.author_name', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."name" is distinct from former."name"
        union all
        select 'public.posts.author_avatar', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."avatar_url" is distinct from former."avatar_url"
        union all
        select 'public.comments.author_name', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."name" is distinct from former."name"
        union all
        select 'public.comments.author_avatar', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."avatar_url" is distinct from former."avatar_url";
    return null;
end
$$;
revoke all on function derived."users__queue_copies"() from public;
alter function derived."users__queue_copies"() owner to derived_owner;

create trigger "derived_queue_copies" after update on "public"."users"
    referencing old table as old_rows new table as new_rows
    for each statement when (current_user <> 'derived_owner') execute function derived."users__queue_copies"();

create function derived.drain_copies(batch_max integer) returns integer
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _taken bigint[];
    _unfinished bigint[] = '{}';
    _late uuid[];
begin
    select array_agg(taken.id) into _taken from (
        select queued.id from derived.copy_queue as queued
        order by queued.id limit batch_max for update skip locked
    ) as taken;
    if _taken is null then
        return 0;
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "public"."posts" as target join "public"."users" as source on source.id = target."author_id"
        where source.id in (select queued.source_id from derived.copy_queue as queued where queued.id = any (_taken) and queued.target = 'public.posts.author_name')
        and (target."author_name" is distinct from source."name") order by target.id limit 500
    ) as found;
    perform from "public"."posts" as target where target.id = any (_late)
        order by target.id for no key update;
    update "public"."posts" as target set "author_name" = source."name" from "public"."users" as source
        where target.id = any (_late) and source.id = target."author_id" and (target."author_name" is distinct from source."name");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.id = any (_taken) and queued.target = 'public.posts.author_name');
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "public"."posts" as target join "public"."users" as source on source.id = target."author_id"
        where source.id in (select queued.source_id from derived.copy_queue as queued where queued.id = any (_taken) and queued.target = 'public.posts.author_avatar')
        and (target."author_avatar" is distinct from source."avatar_url") order by target.id limit 500
    ) as found;
    perform from "public"."posts" as target where target.id = any (_late)
        order by target.id for no key update;
    update "public"."posts" as target set "author_avatar" = source."avatar_url" from "public"."users" as source
        where target.id = any (_late) and source.id = target."author_id" and (target."author_avatar" is distinct from source."avatar_url");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.id = any (_taken) and queued.target = 'public.posts.author_avatar');
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "public"."comments" as target join "public"."users" as source on source.id = target."author_id"
        where source.id in (select queued.source_id from derived.copy_queue as queued where queued.id = any (_taken) and queued.target = 'public.comments.author_name')
        and (target."author_name" is distinct from source."name") order by target.id limit 500
    ) as found;
    perform from "public"."comments" as target where target.id = any (_late)
        order by target.id for no key update;
    update "public"."comments" as target set "author_name" = source."name" from "public"."users" as source
        where target.id = any (_late) and source.id = target."author_id" and (target."author_name" is distinct from source."name");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.id = any (_taken) and queued.target = 'public.comments.author_name');
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "public"."comments" as target join "public"."users" as source on source.id = target."author_id"
        where source.id in (select queued.source_id from derived.copy_queue as queued where queued.id = any (_taken) and queued.target = 'public.comments.author_avatar')
        and (target."author_avatar" is distinct from source."avatar_url") order by target.id limit 500
    ) as found;
    perform from "public"."comments" as target where target.id = any (_late)
        order by target.id for no key update;
    update "public"."comments" as target set "author_avatar" = source."avatar_url" from "public"."users" as source
        where target.id = any (_late) and source.id = target."author_id" and (target."author_avatar" is distinct from source."avatar_url");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.id = any (_taken) and queued.target = 'public.comments.author_avatar');
    end if;
    delete from derived.copy_queue as queued
        where queued.id = any (_taken) and queued.id <> all (_unfinished);
    return cardinality(_taken);
end
$$;
revoke all on function derived.drain_copies(integer) from public;
grant execute on function derived.drain_copies(integer) to postgres, service_role;
alter function derived.drain_copies(integer) owner to derived_owner;

-- References to one of several tables, and answers

create function private."likes__target_id_exists"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _missing uuid;
begin
    perform from "public"."comments" as target
        where target.id in (select one."target_id" from new_rows as one where one."target_type" = 'comment')
        order by target.id for key share;
    select one."target_id" into _missing from new_rows as one where one."target_type" = 'comment' and one."target_id" is not null
        and not exists (select from "public"."comments" as target where target.id = one."target_id")
        limit 1;
    if _missing is not null then
        raise exception using errcode = '23503',
            message = 'insert or update on table "likes" violates polymorphic reference "target_id"',
            detail = format('Key (%s)=(%s) is not present in table "%s".', 'target_id', _missing, 'comments'),
            schema = 'public', table = 'likes', column = 'target_id';
    end if;
    perform from "public"."posts" as target
        where target.id in (select one."target_id" from new_rows as one where one."target_type" = 'post')
        order by target.id for key share;
    select one."target_id" into _missing from new_rows as one where one."target_type" = 'post' and one."target_id" is not null
        and not exists (select from "public"."posts" as target where target.id = one."target_id")
        limit 1;
    if _missing is not null then
        raise exception using errcode = '23503',
            message = 'insert or update on table "likes" violates polymorphic reference "target_id"',
            detail = format('Key (%s)=(%s) is not present in table "%s".', 'target_id', _missing, 'posts'),
            schema = 'public', table = 'likes', column = 'target_id';
    end if;
    return null;
end
$$;
revoke all on function private."likes__target_id_exists"() from public;

create trigger "reference_target_id_insert" after insert on "public"."likes"
    referencing new table as new_rows
    for each statement execute function private."likes__target_id_exists"();

create trigger "reference_target_id_update" after update on "public"."likes"
    referencing new table as new_rows
    for each statement execute function private."likes__target_id_exists"();

create function private."posts__forget_delete"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    delete from "public"."likes" as one where one."target_type" = 'post'
        and one."target_id" in (select former.id from old_rows as former);
    return null;
end
$$;
revoke all on function private."posts__forget_delete"() from public;

create trigger "forget_delete" after delete on "public"."posts"
    referencing old table as old_rows
    for each statement execute function private."posts__forget_delete"();

create function private."posts__forget_truncate"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    delete from "public"."likes" as one where one."target_type" = 'post';
    return null;
end
$$;
revoke all on function private."posts__forget_truncate"() from public;

create trigger "forget_truncate" after truncate on "public"."posts"
    for each statement execute function private."posts__forget_truncate"();

create function private."comments__forget_delete"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    delete from "public"."likes" as one where one."target_type" = 'comment'
        and one."target_id" in (select former.id from old_rows as former);
    return null;
end
$$;
revoke all on function private."comments__forget_delete"() from public;

create trigger "forget_delete" after delete on "public"."comments"
    referencing old table as old_rows
    for each statement execute function private."comments__forget_delete"();

create function private."comments__forget_truncate"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    delete from "public"."likes" as one where one."target_type" = 'comment';
    return null;
end
$$;
revoke all on function private."comments__forget_truncate"() from public;

create trigger "forget_truncate" after truncate on "public"."comments"
    for each statement execute function private."comments__forget_truncate"();

create function private."comments__nesting"() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
declare
    _parent uuid;
    _within uuid;
begin
    if tg_op = 'UPDATE' then
        if (new."parent_id", new."post_id") is distinct from (old."parent_id", old."post_id") then
            raise exception using errcode = '23514',
                message = 'comments: a row cannot move to another place',
                schema = 'public', table = 'comments';
        end if;
        return new;
    end if;
    select one."parent_id", one."post_id" into _parent, _within
        from "public"."comments" as one where one.id = new."parent_id";
    if _parent is not null then
        raise exception using errcode = '23514',
            message = 'comments: only a row of the first level can be answered',
            schema = 'public', table = 'comments';
    elsif _within <> new."post_id" then
        raise exception using errcode = '23514',
            message = 'comments: an answer stands in the same place',
            schema = 'public', table = 'comments';
    end if;
    return null;
end
$$;
revoke all on function private."comments__nesting"() from public;

create trigger "nesting_insert" after insert on "public"."comments"
    for each row when (new."parent_id" is not null) execute function private."comments__nesting"();

create trigger "nesting_update" before update of "parent_id", "post_id" on "public"."comments"
    for each row execute function private."comments__nesting"();

-- Clocks

create function private.touch_updated_at() returns trigger
    language plpgsql volatile set search_path = ''
as $$
begin
    new.updated_at := now();
    return new;
end
$$;
revoke all on function private.touch_updated_at() from public;

create trigger "touch_updated_at" before update on "public"."users"
    for each row when (current_user <> 'derived_owner' and old.* is distinct from new.*) execute function private.touch_updated_at();

create trigger "touch_updated_at" before update on "public"."memberships"
    for each row when (current_user <> 'derived_owner' and old.* is distinct from new.*) execute function private.touch_updated_at();

create trigger "touch_updated_at" before update on "public"."spaces"
    for each row when (current_user <> 'derived_owner' and old.* is distinct from new.*) execute function private.touch_updated_at();

create trigger "touch_updated_at" before update on "public"."posts"
    for each row when (current_user <> 'derived_owner' and old.* is distinct from new.*) execute function private.touch_updated_at();

create trigger "touch_updated_at" before update on "public"."comments"
    for each row when (current_user <> 'derived_owner' and old.* is distinct from new.*) execute function private.touch_updated_at();

create trigger "touch_updated_at" before update on "public"."courses"
    for each row when (current_user <> 'derived_owner' and old.* is distinct from new.*) execute function private.touch_updated_at();

create trigger "touch_updated_at" before update on "public"."enrollments"
    for each row when (current_user <> 'derived_owner' and old.* is distinct from new.*) execute function private.touch_updated_at();

-- Sign-up

create function private.account_name(meta jsonb, email text) returns text
    language sql stable set search_path = ''
as $$
select left(coalesce(
    nullif(btrim(meta ->> 'name'), ''),
    nullif(btrim(meta ->> 'full_name'), ''),
    nullif(btrim(split_part(email, '@', 1)), ''),
    'Member'
), 120)
$$;
revoke all on function private.account_name(jsonb, text) from public;

create function private.account_picture(meta jsonb) returns text
    language sql stable set search_path = ''
as $$
select left(coalesce(
    nullif(btrim(meta ->> 'avatar_url'), ''),
    nullif(btrim(meta ->> 'picture'), '')
), 2000)
$$;
revoke all on function private.account_picture(jsonb) from public;

create function private.welcome_account() returns trigger
    language plpgsql volatile security definer set search_path = ''
as $$
begin
    insert into "public"."users" (id, name, avatar_url, created_at)
    values (new.id, private.account_name(new.raw_user_meta_data, new.email), private.account_picture(new.raw_user_meta_data), coalesce(new.created_at, now()))
    on conflict (id) do nothing;
    return null;
end
$$;
revoke all on function private.welcome_account() from public;

create trigger "welcome_account" after insert on auth.users
    for each row execute function private.welcome_account();

insert into "public"."users" (id, name, avatar_url, created_at)
select account.id, private.account_name(account.raw_user_meta_data, account.email), private.account_picture(account.raw_user_meta_data), coalesce(account.created_at, now()) from auth.users as account
on conflict (id) do nothing;

-- Change feed

create publication folkmoot for table
    "public"."comments",
    "public"."courses",
    "public"."enrollments",
    "public"."likes",
    "public"."memberships",
    "public"."posts",
    "public"."spaces",
    "public"."users",
    derived.copy_queue;

alter table "public"."memberships" replica identity full;
