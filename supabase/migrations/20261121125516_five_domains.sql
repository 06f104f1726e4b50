-- Written by `folkmoot schema diff`, from the tables in schema/tables.
-- Nothing here looks at every row of a table that is in use.

set lock_timeout = '4s';
set check_function_bodies = off;
drop policy read_as_writer on public.spaces;
drop policy read_as_writer on public.posts;
drop policy read_as_writer on public.comments;
drop policy read on public.spaces;
drop policy read on public.posts;
drop policy read on public.likes;
drop policy read on public.courses;
drop policy read on public.comments;
drop policy insert on public.posts;
drop policy insert on public.likes;
drop policy insert on public.enrollments;
drop policy insert on public.comments;
drop trigger touch_updated_at on public.users;
drop trigger touch_updated_at on public.spaces;
drop trigger touch_updated_at on public.posts;
drop trigger touch_updated_at on public.memberships;
drop trigger touch_updated_at on public.enrollments;
drop trigger touch_updated_at on public.courses;
drop trigger touch_updated_at on public.comments;
drop function private.touch_updated_at();
drop function private.readable_spaces();
drop function private.readable_courses();
drop function private.postable_spaces();
drop function private.caller_tiers();
create schema academy;
grant usage on schema academy to anon, authenticated, derived_owner, folkmoot_writer, service_role;
create schema coaching;
grant usage on schema coaching to anon, authenticated, derived_owner, folkmoot_writer, service_role;
create schema community;
grant usage on schema community to anon, authenticated, derived_owner, folkmoot_writer, service_role;
create schema tracker;
grant usage on schema tracker to anon, authenticated, derived_owner, folkmoot_writer, service_role;

create table academy.achievements (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    name text not null,
    description text,
    icon_url text,
    type text not null,
    criteria jsonb not null,
    points integer default 0 not null,
    updated_at timestamp with time zone default now() not null,
    constraint achievements_pkey PRIMARY KEY (id),
    constraint achievements_criteria_check CHECK (((octet_length((criteria)::text) <= 262144) AND
CASE type
    WHEN 'community'::text THEN jsonb_path_match(criteria, '((($.type() == "object" && (!(exists ($."discussions")) || (($."discussions".type() == "number" && $."discussions".floor() == $."discussions") && $."discussions" >= 0) && $."discussions" <= 10000)) && (!(exists ($."comments")) || (($."comments".type() == "number" && $."comments".floor() == $."comments") && $."comments" >= 0) && $."comments" <= 10000)) && !(exists ($.keyvalue()?(@."key" != "discussions" && @."key" != "comments"))))'::jsonpath)
    WHEN 'course_completion'::text THEN jsonb_path_match(criteria, '((($.type() == "object" && (!(exists ($."course_id")) || ($."course_id".type() == "null" || ($."course_id".type() == "string" && $."course_id" like_regex "^.{0,36}$" flag "s") && $."course_id" like_regex "^[0-9a-f-]{36}$"))) && (!(exists ($."courses")) || (($."courses".type() == "number" && $."courses".floor() == $."courses") && $."courses" >= 1) && $."courses" <= 1000)) && !(exists ($.keyvalue()?(@."key" != "course_id" && @."key" != "courses"))))'::jsonpath)
    WHEN 'special'::text THEN jsonb_path_match(criteria, '(($.type() == "object" && (!(exists ($."reason")) || ($."reason".type() == "null" || $."reason".type() == "string"))) && !(exists ($.keyvalue()?(@."key" != "reason"))))'::jsonpath)
    WHEN 'streak'::text THEN jsonb_path_match(criteria, '((($.type() == "object" && exists ($."days")) && ((($."days".type() == "number" && $."days".floor() == $."days") && $."days" >= 2) && $."days" <= 10000)) && !(exists ($.keyvalue()?(@."key" != "days"))))'::jsonpath)
    ELSE false
END)),
    constraint achievements_description_check CHECK (((char_length(description) >= 0) AND (char_length(description) <= 2000))),
    constraint achievements_icon_url_check CHECK (((char_length(icon_url) >= 0) AND (char_length(icon_url) <= 2000))),
    constraint achievements_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
    constraint achievements_points_check CHECK (((points >= 0) AND (points <= 1000000))),
    constraint achievements_type_check CHECK ((type = ANY (ARRAY['course_completion'::text, 'streak'::text, 'community'::text, 'special'::text])))
);

revoke all on table academy.achievements from public, anon, authenticated, service_role;
grant delete, insert (created_at, criteria, description, icon_url, id, name, points, type, updated_at), select, update (created_at, criteria, description, icon_url, id, name, points, type, updated_at) on table academy.achievements to service_role;
grant delete, insert (criteria, description, icon_url, id, name, points, type), select, update (criteria, description, icon_url, name, points, type) on table academy.achievements to folkmoot_writer;
grant select on table academy.achievements to authenticated;
grant select (id, points), update (created_at) on table academy.achievements to derived_owner;
comment on table academy.achievements is 'One badge that can be earned. What its `criteria` say goes by its `type`.';
alter table academy.achievements enable row level security;

create table academy.assessment_attempts (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    assessment_id uuid not null,
    attempt_number integer default 1 not null,
    started_at timestamp with time zone default now() not null,
    submitted_at timestamp with time zone,
    score integer,
    passed boolean,
    answers jsonb default '{}'::jsonb not null,
    feedback jsonb,
    updated_at timestamp with time zone default now() not null,
    constraint assessment_attempts_pkey PRIMARY KEY (id),
    constraint assessment_attempts_answers_check CHECK (((octet_length((answers)::text) <= 262144) AND jsonb_path_match(answers, '(((($.type() == "object" && (!(exists ($."choices")) || $."choices".type() == "object" && !(exists ($."choices".keyvalue()?(!((@."value".type() == "array" && !(exists (@."value"[*].type()?(@ == "array")))) && !(exists (@."value"[*]?(!(@.type() == "number" && @.floor() == @)))))))))) && (!(exists ($."texts")) || $."texts".type() == "object" && !(exists ($."texts".keyvalue()?(!(@."value".type() == "string")))))) && (!(exists ($."file_urls")) || ($."file_urls".type() == "array" && !(exists ($."file_urls"[*].type()?(@ == "array")))) && !(exists ($."file_urls"[*]?(!(@.type() == "string")))))) && !(exists ($.keyvalue()?((@."key" != "choices" && @."key" != "texts") && @."key" != "file_urls"))))'::jsonpath))),
    constraint assessment_attempts_attempt_number_check CHECK (((attempt_number >= 1) AND (attempt_number <= 1000))),
    constraint assessment_attempts_feedback_check CHECK (((octet_length((feedback)::text) <= 262144) AND jsonb_path_match(feedback, '(((($.type() == "object" && (!(exists ($."summary")) || ($."summary".type() == "null" || $."summary".type() == "string"))) && (!(exists ($."comments")) || $."comments".type() == "object" && !(exists ($."comments".keyvalue()?(!(@."value".type() == "string")))))) && (!(exists ($."points")) || $."points".type() == "object" && !(exists ($."points".keyvalue()?(!(@."value".type() == "number" && @."value".floor() == @."value")))))) && !(exists ($.keyvalue()?((@."key" != "summary" && @."key" != "comments") && @."key" != "points"))))'::jsonpath))),
    constraint assessment_attempts_score_check CHECK (((score >= 0) AND (score <= 100)))
);

revoke all on table academy.assessment_attempts from public, anon, authenticated, service_role;
grant delete, insert (answers, assessment_id, attempt_number, created_at, feedback, id, passed, score, started_at, submitted_at, updated_at, user_id), select, update (answers, assessment_id, attempt_number, created_at, feedback, id, passed, score, started_at, submitted_at, updated_at, user_id) on table academy.assessment_attempts to service_role;
grant insert (assessment_id, attempt_number, id, user_id), select on table academy.assessment_attempts to folkmoot_writer;
grant select on table academy.assessment_attempts to authenticated;
comment on table academy.assessment_attempts is 'One person''s attempt at one assessment; `attempt_number` counts theirs from 1.';
alter table academy.assessment_attempts enable row level security;

create table academy.assessments (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    module_id uuid not null,
    title text not null,
    type text default 'quiz'::text not null,
    instructions jsonb default '{}'::jsonb not null,
    answer_key jsonb not null,
    passing_score integer default 60 not null,
    max_attempts integer,
    time_limit_minutes integer,
    updated_at timestamp with time zone default now() not null,
    constraint assessments_pkey PRIMARY KEY (id),
    constraint assessments_answer_key_check CHECK (((octet_length((answer_key)::text) <= 262144) AND jsonb_path_match(answer_key, '(($.type() == "object" && (!(exists ($."choices")) || $."choices".type() == "object" && !(exists ($."choices".keyvalue()?(!((@."value".type() == "array" && !(exists (@."value"[*].type()?(@ == "array")))) && !(exists (@."value"[*]?(!(@.type() == "number" && @.floor() == @)))))))))) && !(exists ($.keyvalue()?(@."key" != "choices"))))'::jsonpath))),
    constraint assessments_instructions_check CHECK (((octet_length((instructions)::text) <= 262144) AND jsonb_path_match(instructions, '((($.type() == "object" && (!(exists ($."text")) || ($."text".type() == "null" || $."text".type() == "string"))) && (!(exists ($."questions")) || ($."questions".type() == "array" && !(exists ($."questions"[*].type()?(@ == "array")))) && !(exists ($."questions"[*]?(!(((((((@.type() == "object" && exists (@."id")) && @."id".type() == "string") && exists (@."prompt")) && @."prompt".type() == "string") && (!(exists (@."choices")) || (@."choices".type() == "array" && !(exists (@."choices"[*].type()?(@ == "array")))) && !(exists (@."choices"[*]?(!(@.type() == "string")))))) && (!(exists (@."points")) || ((@."points".type() == "number" && @."points".floor() == @."points") && @."points" >= 0) && @."points" <= 1000)) && !(exists (@.keyvalue()?(((@."key" != "id" && @."key" != "prompt") && @."key" != "choices") && @."key" != "points"))))))))) && !(exists ($.keyvalue()?(@."key" != "text" && @."key" != "questions"))))'::jsonpath))),
    constraint assessments_max_attempts_check CHECK (((max_attempts >= 1) AND (max_attempts <= 1000))),
    constraint assessments_passing_score_check CHECK (((passing_score >= 0) AND (passing_score <= 100))),
    constraint assessments_time_limit_minutes_check CHECK (((time_limit_minutes >= 1) AND (time_limit_minutes <= 100000))),
    constraint assessments_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200))),
    constraint assessments_type_check CHECK ((type = ANY (ARRAY['quiz'::text, 'project'::text, 'peer_review'::text])))
);

revoke all on table academy.assessments from public, anon, authenticated, service_role;
grant delete, insert (answer_key, created_at, id, instructions, max_attempts, module_id, passing_score, time_limit_minutes, title, type, updated_at), select, update (answer_key, created_at, id, instructions, max_attempts, module_id, passing_score, time_limit_minutes, title, type, updated_at) on table academy.assessments to service_role;
grant delete, insert (answer_key, id, instructions, max_attempts, module_id, passing_score, time_limit_minutes, title, type), select, update (answer_key, instructions, max_attempts, passing_score, time_limit_minutes, title, type) on table academy.assessments to folkmoot_writer;
grant select (created_at, id, instructions, max_attempts, module_id, passing_score, time_limit_minutes, title, type, updated_at) on table academy.assessments to authenticated;
comment on table academy.assessments is 'One assessment of a module.';
alter table academy.assessments enable row level security;

create table academy.certificates (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    program_id uuid,
    course_id uuid,
    issued_at timestamp with time zone default now() not null,
    certificate_number text not null,
    verification_url text,
    metadata jsonb default '{}'::jsonb not null,
    constraint certificates_pkey PRIMARY KEY (id),
    constraint certificates_certificate_number_check CHECK ((((char_length(certificate_number) >= 1) AND (char_length(certificate_number) <= 60)) AND (certificate_number ~ '^[A-Z0-9-]+$'::text))),
    constraint certificates_metadata_check CHECK (((octet_length((metadata)::text) <= 262144) AND jsonb_path_match(metadata, '(((($.type() == "object" && (!(exists ($."grade")) || ($."grade".type() == "null" || $."grade".type() == "string"))) && (!(exists ($."completion_date")) || ($."completion_date".type() == "null" || ($."completion_date".type() == "string" && $."completion_date" like_regex "^.{0,10}$" flag "s") && $."completion_date" like_regex "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))) && (!(exists ($."hours")) || ($."hours".type() == "null" || (($."hours".type() == "number" && $."hours".floor() == $."hours") && $."hours" >= 0) && $."hours" <= 100000))) && !(exists ($.keyvalue()?((@."key" != "grade" && @."key" != "completion_date") && @."key" != "hours"))))'::jsonpath))),
    constraint certificates_verification_url_check CHECK (((char_length(verification_url) >= 0) AND (char_length(verification_url) <= 2000)))
);

revoke all on table academy.certificates from public, anon, authenticated, service_role;
grant delete, insert (certificate_number, course_id, created_at, id, issued_at, metadata, program_id, user_id, verification_url), select, update (certificate_number, course_id, created_at, id, issued_at, metadata, program_id, user_id, verification_url) on table academy.certificates to service_role;
grant select on table academy.certificates to authenticated, folkmoot_writer;
comment on table academy.certificates is 'One certificate of a program or of a course, which it outlives.';
alter table academy.certificates enable row level security;

create table academy.comments (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    discussion_id uuid not null,
    user_id uuid not null,
    parent_id uuid,
    content jsonb not null,
    author_name text,
    author_avatar text,
    is_edited boolean default false not null,
    deleted_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    constraint comments_pkey PRIMARY KEY (id),
    constraint comments_content_check CHECK (((octet_length((content)::text) <= 262144) AND jsonb_path_match(content, '(((($.type() == "object" && exists ($."text")) && $."text".type() == "string") && (!(exists ($."format")) || $."format".type() == "string" && ($."format" == "plain" || $."format" == "markdown"))) && !(exists ($.keyvalue()?(@."key" != "text" && @."key" != "format"))))'::jsonpath) AND COALESCE(((char_length((content ->> 'text'::text)) >= 1) AND (char_length((content ->> 'text'::text)) <= 50000)), true)))
);

revoke all on table academy.comments from public, anon, authenticated, service_role;
grant delete, insert (content, created_at, deleted_at, discussion_id, id, is_edited, parent_id, updated_at, user_id), select, update (content, created_at, deleted_at, discussion_id, id, is_edited, parent_id, updated_at, user_id) on table academy.comments to service_role;
grant insert (content, discussion_id, id, parent_id, user_id), select, update (content, deleted_at, is_edited) on table academy.comments to folkmoot_writer;
grant select on table academy.comments to authenticated;
grant select (author_avatar, author_name, id, user_id), update (author_avatar, author_name) on table academy.comments to derived_owner;
comment on table academy.comments is 'One comment in a discussion, or one reply to a comment: two levels, never more.';
alter table academy.comments enable row level security;

create table academy.content_items (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    module_id uuid not null,
    type text not null,
    title text not null,
    content jsonb not null,
    order_index integer default 0 not null,
    duration_seconds integer,
    updated_at timestamp with time zone default now() not null,
    constraint content_items_pkey PRIMARY KEY (id),
    constraint content_items_content_check CHECK (((octet_length((content)::text) <= 262144) AND
CASE type
    WHEN 'audio'::text THEN (jsonb_path_match(content, '(((($.type() == "object" && exists ($."url")) && $."url".type() == "string") && (!(exists ($."transcript")) || ($."transcript".type() == "null" || $."transcript".type() == "string"))) && !(exists ($.keyvalue()?(@."key" != "url" && @."key" != "transcript"))))'::jsonpath) AND COALESCE(((char_length((content ->> 'url'::text)) >= 1) AND (char_length((content ->> 'url'::text)) <= 2000)), true))
    WHEN 'document'::text THEN (jsonb_path_match(content, '(((((($.type() == "object" && exists ($."url")) && $."url".type() == "string") && exists ($."media_type")) && $."media_type".type() == "string") && (!(exists ($."pages")) || ($."pages".type() == "null" || (($."pages".type() == "number" && $."pages".floor() == $."pages") && $."pages" >= 1) && $."pages" <= 100000))) && !(exists ($.keyvalue()?((@."key" != "url" && @."key" != "media_type") && @."key" != "pages"))))'::jsonpath) AND COALESCE(((char_length((content ->> 'url'::text)) >= 1) AND (char_length((content ->> 'url'::text)) <= 2000)), true) AND COALESCE(((char_length((content ->> 'media_type'::text)) >= 1) AND (char_length((content ->> 'media_type'::text)) <= 500)), true))
    WHEN 'image'::text THEN (jsonb_path_match(content, '(((((($.type() == "object" && exists ($."url")) && $."url".type() == "string") && exists ($."alt")) && $."alt".type() == "string") && (!(exists ($."caption")) || ($."caption".type() == "null" || $."caption".type() == "string"))) && !(exists ($.keyvalue()?((@."key" != "url" && @."key" != "alt") && @."key" != "caption"))))'::jsonpath) AND COALESCE(((char_length((content ->> 'url'::text)) >= 1) AND (char_length((content ->> 'url'::text)) <= 2000)), true) AND COALESCE(((char_length((content ->> 'alt'::text)) >= 1) AND (char_length((content ->> 'alt'::text)) <= 500)), true))
    WHEN 'interactive'::text THEN (jsonb_path_match(content, '(((($.type() == "object" && exists ($."url")) && $."url".type() == "string") && (!(exists ($."height_px")) || ($."height_px".type() == "null" || (($."height_px".type() == "number" && $."height_px".floor() == $."height_px") && $."height_px" >= 1) && $."height_px" <= 10000))) && !(exists ($.keyvalue()?(@."key" != "url" && @."key" != "height_px"))))'::jsonpath) AND COALESCE(((char_length((content ->> 'url'::text)) >= 1) AND (char_length((content ->> 'url'::text)) <= 2000)), true))
    WHEN 'text'::text THEN (jsonb_path_match(content, '(((($.type() == "object" && exists ($."text")) && $."text".type() == "string") && (!(exists ($."format")) || $."format".type() == "string" && ($."format" == "plain" || $."format" == "markdown"))) && !(exists ($.keyvalue()?(@."key" != "text" && @."key" != "format"))))'::jsonpath) AND COALESCE(((char_length((content ->> 'text'::text)) >= 1) AND (char_length((content ->> 'text'::text)) <= 50000)), true))
    WHEN 'video'::text THEN (jsonb_path_match(content, '((((($.type() == "object" && exists ($."url")) && $."url".type() == "string") && (!(exists ($."transcript")) || ($."transcript".type() == "null" || $."transcript".type() == "string"))) && (!(exists ($."captions_url")) || ($."captions_url".type() == "null" || $."captions_url".type() == "string"))) && !(exists ($.keyvalue()?((@."key" != "url" && @."key" != "transcript") && @."key" != "captions_url"))))'::jsonpath) AND COALESCE(((char_length((content ->> 'url'::text)) >= 1) AND (char_length((content ->> 'url'::text)) <= 2000)), true))
    ELSE false
END)),
    constraint content_items_duration_seconds_check CHECK (((duration_seconds >= 0) AND (duration_seconds <= 1000000))),
    constraint content_items_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200))),
    constraint content_items_type_check CHECK ((type = ANY (ARRAY['text'::text, 'video'::text, 'audio'::text, 'image'::text, 'interactive'::text, 'document'::text])))
);

revoke all on table academy.content_items from public, anon, authenticated, service_role;
grant delete, insert (content, created_at, duration_seconds, id, module_id, order_index, title, type, updated_at), select, update (content, created_at, duration_seconds, id, module_id, order_index, title, type, updated_at) on table academy.content_items to service_role;
grant delete, insert (content, duration_seconds, id, module_id, order_index, title, type), select, update (content, duration_seconds, order_index, title, type) on table academy.content_items to folkmoot_writer;
grant select on table academy.content_items to authenticated;
comment on table academy.content_items is 'One thing to read, watch, hear or try. What its `content` holds goes by its `type`.';
alter table academy.content_items enable row level security;

create table academy.courses (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    program_id uuid not null,
    slug text not null,
    title text not null,
    description text,
    order_index integer default 0 not null,
    estimated_hours integer,
    prerequisites uuid[] default ARRAY[]::uuid[] not null,
    learning_objectives text[] default ARRAY[]::text[] not null,
    is_published boolean default false not null,
    content_item_count integer default 0 not null,
    updated_at timestamp with time zone default now() not null,
    constraint courses_pkey PRIMARY KEY (id),
    constraint courses_description_check CHECK (((char_length(description) >= 0) AND (char_length(description) <= 10000))),
    constraint courses_estimated_hours_check CHECK (((estimated_hours >= 0) AND (estimated_hours <= 10000))),
    constraint courses_slug_check CHECK ((((char_length(slug) >= 1) AND (char_length(slug) <= 120)) AND (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text))),
    constraint courses_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200)))
);

revoke all on table academy.courses from public, anon, authenticated, service_role;
grant delete, insert (created_at, description, estimated_hours, id, is_published, learning_objectives, order_index, prerequisites, program_id, slug, title, updated_at), select, update (created_at, description, estimated_hours, id, is_published, learning_objectives, order_index, prerequisites, program_id, slug, title, updated_at) on table academy.courses to service_role;
grant delete, insert (description, estimated_hours, id, is_published, learning_objectives, order_index, prerequisites, program_id, slug, title), select, update (description, estimated_hours, is_published, learning_objectives, order_index, prerequisites, slug, title) on table academy.courses to folkmoot_writer;
grant select on table academy.courses to anon, authenticated;
grant select (content_item_count, id), update (content_item_count) on table academy.courses to derived_owner;
comment on table academy.courses is 'One course of a program. Distinct from the courses of the community, which belong to no program.';
alter table academy.courses set (autovacuum_vacuum_cost_delay = 0);
alter table academy.courses set (autovacuum_vacuum_scale_factor = 0.01);
alter table academy.courses set (autovacuum_vacuum_threshold = 500);
alter table academy.courses set (fillfactor = 85);
alter table academy.courses enable row level security;

create table academy.discussions (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    module_id uuid,
    course_id uuid,
    user_id uuid not null,
    title text not null,
    content jsonb not null,
    author_name text,
    author_avatar text,
    comment_count integer default 0 not null,
    is_pinned boolean default false not null,
    is_locked boolean default false not null,
    deleted_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    constraint discussions_pkey PRIMARY KEY (id),
    constraint discussions_content_check CHECK (((octet_length((content)::text) <= 262144) AND jsonb_path_match(content, '(((($.type() == "object" && exists ($."text")) && $."text".type() == "string") && (!(exists ($."format")) || $."format".type() == "string" && ($."format" == "plain" || $."format" == "markdown"))) && !(exists ($.keyvalue()?(@."key" != "text" && @."key" != "format"))))'::jsonpath) AND COALESCE(((char_length((content ->> 'text'::text)) >= 1) AND (char_length((content ->> 'text'::text)) <= 50000)), true))),
    constraint discussions_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200)))
);

revoke all on table academy.discussions from public, anon, authenticated, service_role;
grant delete, insert (content, course_id, created_at, deleted_at, id, is_locked, is_pinned, module_id, title, updated_at, user_id), select, update (content, course_id, created_at, deleted_at, id, is_locked, is_pinned, module_id, title, updated_at, user_id) on table academy.discussions to service_role;
grant insert (content, course_id, id, module_id, title, user_id), select, update (content, deleted_at, is_locked, is_pinned, title) on table academy.discussions to folkmoot_writer;
grant select on table academy.discussions to authenticated;
grant select (author_avatar, author_name, comment_count, id, user_id), update (author_avatar, author_name, comment_count) on table academy.discussions to derived_owner;
comment on table academy.discussions is 'One question or topic about a course, or about a module of it.';
alter table academy.discussions set (autovacuum_vacuum_cost_delay = 0);
alter table academy.discussions set (autovacuum_vacuum_scale_factor = 0.01);
alter table academy.discussions set (autovacuum_vacuum_threshold = 500);
alter table academy.discussions set (fillfactor = 85);
alter table academy.discussions enable row level security;

create table academy.enrollments (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    program_id uuid not null,
    enrolled_at timestamp with time zone default now() not null,
    target_completion_date date,
    status text default 'active'::text not null,
    content_item_count integer,
    completed_item_count integer default 0 not null,
    completion_percentage integer not null,
    last_activity_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    constraint enrollments_pkey PRIMARY KEY (id),
    constraint enrollments_status_check CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'completed'::text, 'dropped'::text])))
);

revoke all on table academy.enrollments from public, anon, authenticated, service_role;
grant delete, insert (created_at, enrolled_at, id, program_id, status, target_completion_date, updated_at, user_id), select, update (created_at, enrolled_at, id, program_id, status, target_completion_date, updated_at, user_id) on table academy.enrollments to service_role;
grant insert (id, program_id, target_completion_date, user_id), select, update (status, target_completion_date) on table academy.enrollments to authenticated, folkmoot_writer;
grant select (completed_item_count, completion_percentage, content_item_count, id, last_activity_at, program_id), update (completed_item_count, completion_percentage, content_item_count, last_activity_at) on table academy.enrollments to derived_owner;
comment on table academy.enrollments is 'One person taking one program, once.';
alter table academy.enrollments set (autovacuum_vacuum_cost_delay = 0);
alter table academy.enrollments set (autovacuum_vacuum_scale_factor = 0.01);
alter table academy.enrollments set (autovacuum_vacuum_threshold = 500);
alter table academy.enrollments set (fillfactor = 85);
alter table academy.enrollments enable row level security;

create table academy.modules (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    course_id uuid not null,
    title text not null,
    description text,
    order_index integer default 0 not null,
    type text default 'lesson'::text not null,
    estimated_minutes integer,
    is_published boolean default false not null,
    content_item_count integer default 0 not null,
    updated_at timestamp with time zone default now() not null,
    constraint modules_pkey PRIMARY KEY (id),
    constraint modules_description_check CHECK (((char_length(description) >= 0) AND (char_length(description) <= 10000))),
    constraint modules_estimated_minutes_check CHECK (((estimated_minutes >= 0) AND (estimated_minutes <= 100000))),
    constraint modules_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200))),
    constraint modules_type_check CHECK ((type = ANY (ARRAY['lesson'::text, 'quiz'::text, 'project'::text, 'discussion'::text])))
);

revoke all on table academy.modules from public, anon, authenticated, service_role;
grant delete, insert (course_id, created_at, description, estimated_minutes, id, is_published, order_index, title, type, updated_at), select, update (course_id, created_at, description, estimated_minutes, id, is_published, order_index, title, type, updated_at) on table academy.modules to service_role;
grant delete, insert (course_id, description, estimated_minutes, id, is_published, order_index, title, type), select, update (description, estimated_minutes, is_published, order_index, title, type) on table academy.modules to folkmoot_writer;
grant select on table academy.modules to anon, authenticated;
grant select (content_item_count, id), update (content_item_count) on table academy.modules to derived_owner;
comment on table academy.modules is 'One module of a course: a heading over content, an assessment, or a discussion.';
alter table academy.modules set (autovacuum_vacuum_cost_delay = 0);
alter table academy.modules set (autovacuum_vacuum_scale_factor = 0.01);
alter table academy.modules set (autovacuum_vacuum_threshold = 500);
alter table academy.modules set (fillfactor = 85);
alter table academy.modules enable row level security;

create table academy.programs (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    slug text not null,
    title text not null,
    description text,
    overview jsonb,
    difficulty_level text default 'beginner'::text not null,
    estimated_duration_weeks integer,
    thumbnail_url text,
    is_published boolean default false not null,
    created_by uuid,
    content_item_count integer default 0 not null,
    updated_at timestamp with time zone default now() not null,
    constraint programs_pkey PRIMARY KEY (id),
    constraint programs_description_check CHECK (((char_length(description) >= 0) AND (char_length(description) <= 10000))),
    constraint programs_difficulty_level_check CHECK ((difficulty_level = ANY (ARRAY['beginner'::text, 'intermediate'::text, 'advanced'::text]))),
    constraint programs_estimated_duration_weeks_check CHECK (((estimated_duration_weeks >= 1) AND (estimated_duration_weeks <= 1000))),
    constraint programs_overview_check CHECK (((octet_length((overview)::text) <= 262144) AND jsonb_path_match(overview, '(((((($.type() == "object" && (!(exists ($."headline")) || ($."headline".type() == "null" || $."headline".type() == "string"))) && (!(exists ($."body")) || ($."body".type() == "null" || $."body".type() == "string"))) && (!(exists ($."format")) || $."format".type() == "string" && ($."format" == "plain" || $."format" == "markdown"))) && (!(exists ($."outcomes")) || ($."outcomes".type() == "array" && !(exists ($."outcomes"[*].type()?(@ == "array")))) && !(exists ($."outcomes"[*]?(!(@.type() == "string")))))) && (!(exists ($."video_url")) || ($."video_url".type() == "null" || $."video_url".type() == "string"))) && !(exists ($.keyvalue()?((((@."key" != "headline" && @."key" != "body") && @."key" != "format") && @."key" != "outcomes") && @."key" != "video_url"))))'::jsonpath))),
    constraint programs_slug_check CHECK ((((char_length(slug) >= 1) AND (char_length(slug) <= 120)) AND (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text))),
    constraint programs_thumbnail_url_check CHECK (((char_length(thumbnail_url) >= 0) AND (char_length(thumbnail_url) <= 2000))),
    constraint programs_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200)))
);

revoke all on table academy.programs from public, anon, authenticated, service_role;
grant delete, insert (created_at, created_by, description, difficulty_level, estimated_duration_weeks, id, is_published, overview, slug, thumbnail_url, title, updated_at), select, update (created_at, created_by, description, difficulty_level, estimated_duration_weeks, id, is_published, overview, slug, thumbnail_url, title, updated_at) on table academy.programs to service_role;
grant delete, insert (created_by, description, difficulty_level, estimated_duration_weeks, id, is_published, overview, slug, thumbnail_url, title), select, update (description, difficulty_level, estimated_duration_weeks, is_published, overview, slug, thumbnail_url, title) on table academy.programs to folkmoot_writer;
grant select on table academy.programs to anon, authenticated;
grant select (content_item_count, id), update (content_item_count) on table academy.programs to derived_owner;
comment on table academy.programs is 'One degree path, made of courses.';
alter table academy.programs set (autovacuum_vacuum_cost_delay = 0);
alter table academy.programs set (autovacuum_vacuum_scale_factor = 0.01);
alter table academy.programs set (autovacuum_vacuum_threshold = 500);
alter table academy.programs set (fillfactor = 85);
alter table academy.programs enable row level security;

create table academy.progress (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    content_item_id uuid not null,
    module_id uuid not null,
    course_id uuid not null,
    program_id uuid not null,
    enrollment_id uuid not null,
    started_at timestamp with time zone default now() not null,
    completed_at timestamp with time zone,
    time_spent_seconds integer default 0 not null,
    is_completed boolean not null,
    progress_data jsonb default '{}'::jsonb not null,
    updated_at timestamp with time zone default now() not null,
    constraint progress_pkey PRIMARY KEY (id),
    constraint progress_progress_data_check CHECK ((jsonb_typeof(progress_data) = 'object'::text)),
    constraint progress_time_spent_seconds_check CHECK ((time_spent_seconds >= 0))
);

revoke all on table academy.progress from public, anon, authenticated, service_role;
grant delete, insert (completed_at, content_item_id, course_id, created_at, enrollment_id, id, module_id, program_id, progress_data, started_at, time_spent_seconds, updated_at, user_id), select, update (completed_at, content_item_id, course_id, created_at, enrollment_id, id, module_id, program_id, progress_data, started_at, time_spent_seconds, updated_at, user_id) on table academy.progress to service_role;
grant insert (completed_at, content_item_id, course_id, enrollment_id, id, module_id, program_id, progress_data, started_at, time_spent_seconds, user_id), select, update (completed_at, progress_data, time_spent_seconds) on table academy.progress to authenticated, folkmoot_writer;
grant select (enrollment_id, id, is_completed, updated_at), update (is_completed) on table academy.progress to derived_owner;
comment on table academy.progress is 'One person''s way through one content item, within their enrolment.';
alter table academy.progress enable row level security;

create table academy.user_achievements (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    achievement_id uuid not null,
    earned_at timestamp with time zone,
    progress jsonb,
    points integer,
    updated_at timestamp with time zone default now() not null,
    constraint user_achievements_pkey PRIMARY KEY (id),
    constraint user_achievements_progress_check CHECK (((octet_length((progress)::text) <= 262144) AND jsonb_path_match(progress, '(((($.type() == "object" && (!(exists ($."current")) || ($."current".type() == "number" && $."current".floor() == $."current") && $."current" >= 0)) && exists ($."target")) && (($."target".type() == "number" && $."target".floor() == $."target") && $."target" >= 1)) && !(exists ($.keyvalue()?(@."key" != "current" && @."key" != "target"))))'::jsonpath)))
);

revoke all on table academy.user_achievements from public, anon, authenticated, service_role;
grant delete, insert (achievement_id, created_at, earned_at, id, progress, updated_at, user_id), select, update (achievement_id, created_at, earned_at, id, progress, updated_at, user_id) on table academy.user_achievements to service_role;
grant select on table academy.user_achievements to authenticated, folkmoot_writer;
grant select (achievement_id, id, points), update (points) on table academy.user_achievements to derived_owner;
comment on table academy.user_achievements is 'One person''s badge, or how far they are on the way to it: `earned_at` is empty until then.';
alter table academy.user_achievements enable row level security;

create table academy.users (
    id uuid not null,
    created_at timestamp with time zone default now() not null,
    email text,
    name text,
    avatar_url text,
    last_login_at timestamp with time zone,
    is_active boolean default true not null,
    preferred_language text default 'en'::text not null,
    timezone text default 'UTC'::text not null,
    updated_at timestamp with time zone default now() not null,
    constraint users_pkey PRIMARY KEY (id),
    constraint users_preferred_language_check CHECK ((((char_length(preferred_language) >= 0) AND (char_length(preferred_language) <= 35)) AND (preferred_language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'::text))),
    constraint users_timezone_check CHECK (((char_length(timezone) >= 1) AND (char_length(timezone) <= 60)))
);

revoke all on table academy.users from public, anon, authenticated, service_role;
grant delete, insert (created_at, id, is_active, preferred_language, timezone, updated_at), select, update (created_at, id, is_active, preferred_language, timezone, updated_at) on table academy.users to service_role;
grant select (avatar_url, email, id, last_login_at, name), update (avatar_url, email, last_login_at, name) on table academy.users to derived_owner;
grant select, update (preferred_language, timezone) on table academy.users to authenticated, folkmoot_writer;
comment on table academy.users is 'One person as a learner, made with the person.';
alter table academy.users enable row level security;

create table coaching.assessment_questions (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    assessment_id uuid not null,
    question_order integer not null,
    question text not null,
    option_a text not null,
    option_b text not null,
    option_c text not null,
    option_d text not null,
    correct_answer integer not null,
    explanation text not null,
    competency_area text not null,
    difficulty_weight numeric default 1.0 not null,
    assessment_level text,
    updated_at timestamp with time zone default now() not null,
    constraint assessment_questions_pkey PRIMARY KEY (id),
    constraint assessment_questions_assessment_level_check CHECK ((assessment_level = ANY (ARRAY['core-i'::text, 'core-ii'::text, 'core-iii'::text, 'icf-i'::text, 'icf-ii'::text, 'icf-iii'::text, 'ac-i'::text, 'ac-ii'::text, 'ac-iii'::text]))),
    constraint assessment_questions_competency_area_check CHECK (((char_length(competency_area) >= 1) AND (char_length(competency_area) <= 120))),
    constraint assessment_questions_correct_answer_check CHECK (((correct_answer >= 0) AND (correct_answer <= 3))),
    constraint assessment_questions_difficulty_weight_check CHECK (((difficulty_weight <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric])) AND (difficulty_weight >= (0)::numeric))),
    constraint assessment_questions_explanation_check CHECK (((char_length(explanation) >= 1) AND (char_length(explanation) <= 10000))),
    constraint assessment_questions_option_a_check CHECK (((char_length(option_a) >= 1) AND (char_length(option_a) <= 10000))),
    constraint assessment_questions_option_b_check CHECK (((char_length(option_b) >= 1) AND (char_length(option_b) <= 10000))),
    constraint assessment_questions_option_c_check CHECK (((char_length(option_c) >= 1) AND (char_length(option_c) <= 10000))),
    constraint assessment_questions_option_d_check CHECK (((char_length(option_d) >= 1) AND (char_length(option_d) <= 10000))),
    constraint assessment_questions_question_check CHECK (((char_length(question) >= 1) AND (char_length(question) <= 10000)))
);

revoke all on table coaching.assessment_questions from public, anon, authenticated, service_role;
grant delete, insert (assessment_id, assessment_level, competency_area, correct_answer, created_at, difficulty_weight, explanation, id, option_a, option_b, option_c, option_d, question, question_order, updated_at), select, update (assessment_id, assessment_level, competency_area, correct_answer, created_at, difficulty_weight, explanation, id, option_a, option_b, option_c, option_d, question, question_order, updated_at) on table coaching.assessment_questions to service_role;
grant delete, insert (assessment_id, assessment_level, competency_area, correct_answer, difficulty_weight, explanation, id, option_a, option_b, option_c, option_d, question, question_order), select, update (assessment_level, competency_area, correct_answer, difficulty_weight, explanation, option_a, option_b, option_c, option_d, question, question_order) on table coaching.assessment_questions to folkmoot_writer;
grant select (assessment_id, assessment_level, competency_area, created_at, difficulty_weight, id, option_a, option_b, option_c, option_d, question, question_order, updated_at) on table coaching.assessment_questions to authenticated;
comment on table coaching.assessment_questions is 'One question with four options, seen by whoever sees the assessment.';
alter table coaching.assessment_questions enable row level security;

create table coaching.assessments (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    slug text not null,
    title text not null,
    description text,
    difficulty text,
    estimated_duration integer,
    framework text not null,
    is_active boolean default true not null,
    updated_at timestamp with time zone default now() not null,
    constraint assessments_pkey PRIMARY KEY (id),
    constraint assessments_description_check CHECK (((char_length(description) >= 1) AND (char_length(description) <= 10000))),
    constraint assessments_difficulty_check CHECK ((difficulty = ANY (ARRAY['Beginner'::text, 'Intermediate'::text, 'Advanced'::text]))),
    constraint assessments_estimated_duration_check CHECK ((estimated_duration >= 0)),
    constraint assessments_framework_check CHECK ((framework = ANY (ARRAY['core'::text, 'icf'::text, 'ac'::text]))),
    constraint assessments_slug_check CHECK (((char_length(slug) >= 1) AND (char_length(slug) <= 120))),
    constraint assessments_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 300)))
);

revoke all on table coaching.assessments from public, anon, authenticated, service_role;
grant delete, insert (created_at, description, difficulty, estimated_duration, framework, id, is_active, slug, title, updated_at), select, update (created_at, description, difficulty, estimated_duration, framework, id, is_active, slug, title, updated_at) on table coaching.assessments to service_role;
grant delete, insert (description, difficulty, estimated_duration, framework, id, is_active, slug, title), select, update (description, difficulty, estimated_duration, framework, is_active, slug, title) on table coaching.assessments to folkmoot_writer;
grant select on table coaching.assessments to authenticated;
comment on table coaching.assessments is 'One test that people may take. `estimated_duration` is in minutes.';
alter table coaching.assessments enable row level security;

create table coaching.competency_display_names (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    competency_key text not null,
    display_name text not null,
    framework text not null,
    is_active boolean default true not null,
    updated_at timestamp with time zone default now() not null,
    constraint competency_display_names_pkey PRIMARY KEY (id),
    constraint competency_display_names_competency_key_check CHECK ((((char_length(competency_key) >= 0) AND (char_length(competency_key) <= 120)) AND (competency_key ~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$'::text))),
    constraint competency_display_names_display_name_check CHECK (((char_length(display_name) >= 1) AND (char_length(display_name) <= 300))),
    constraint competency_display_names_framework_check CHECK ((framework = ANY (ARRAY['core'::text, 'icf'::text, 'ac'::text])))
);

revoke all on table coaching.competency_display_names from public, anon, authenticated, service_role;
grant delete, insert (competency_key, created_at, display_name, framework, id, is_active, updated_at), select, update (competency_key, created_at, display_name, framework, id, is_active, updated_at) on table coaching.competency_display_names to service_role;
grant delete, insert (competency_key, display_name, framework, id, is_active), select, update (competency_key, display_name, framework, is_active) on table coaching.competency_display_names to folkmoot_writer;
grant select on table coaching.competency_display_names to authenticated;
comment on table coaching.competency_display_names is 'What a framework calls a competency. Anyone signed in sees the active ones, moderators all of them.';
alter table coaching.competency_display_names enable row level security;

create table coaching.competency_leverage_strengths (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    competency_area text not null,
    leverage_text text not null,
    score_range_min integer default 0 not null,
    score_range_max integer default 100 not null,
    framework text not null,
    context_level text default 'beginner'::text not null,
    priority_order integer default 0 not null,
    is_active boolean default true not null,
    updated_at timestamp with time zone default now() not null,
    constraint competency_leverage_strengths_pkey PRIMARY KEY (id),
    constraint competency_leverage_strengths_competency_area_check CHECK (((char_length(competency_area) >= 1) AND (char_length(competency_area) <= 120))),
    constraint competency_leverage_strengths_context_level_check CHECK (((char_length(context_level) >= 1) AND (char_length(context_level) <= 60))),
    constraint competency_leverage_strengths_framework_check CHECK ((framework = ANY (ARRAY['core'::text, 'icf'::text, 'ac'::text]))),
    constraint competency_leverage_strengths_leverage_text_check CHECK (((char_length(leverage_text) >= 1) AND (char_length(leverage_text) <= 10000))),
    constraint competency_leverage_strengths_score_range_max_check CHECK (((score_range_max >= 0) AND (score_range_max <= 100))),
    constraint competency_leverage_strengths_score_range_min_at_most__a79f311f CHECK ((score_range_min <= score_range_max)),
    constraint competency_leverage_strengths_score_range_min_check CHECK (((score_range_min >= 0) AND (score_range_min <= 100)))
);

revoke all on table coaching.competency_leverage_strengths from public, anon, authenticated, service_role;
grant delete, insert (competency_area, context_level, created_at, framework, id, is_active, leverage_text, priority_order, score_range_max, score_range_min, updated_at), select, update (competency_area, context_level, created_at, framework, id, is_active, leverage_text, priority_order, score_range_max, score_range_min, updated_at) on table coaching.competency_leverage_strengths to service_role;
grant delete, insert (competency_area, context_level, framework, id, is_active, leverage_text, priority_order, score_range_max, score_range_min), select, update (competency_area, context_level, framework, is_active, leverage_text, priority_order, score_range_max, score_range_min) on table coaching.competency_leverage_strengths to folkmoot_writer;
grant select on table coaching.competency_leverage_strengths to authenticated;
comment on table coaching.competency_leverage_strengths is 'How to build on a competency, for those whose score in it is within a range, both ends included.';
alter table coaching.competency_leverage_strengths enable row level security;

create table coaching.learning_path_categories (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    category_title text not null,
    category_description text,
    category_icon text,
    competency_areas text[] default ARRAY[]::text[] not null,
    assessment_level text,
    priority_order integer default 0 not null,
    is_active boolean default true not null,
    updated_at timestamp with time zone default now() not null,
    constraint learning_path_categories_pkey PRIMARY KEY (id),
    constraint learning_path_categories_assessment_level_check CHECK ((assessment_level = ANY (ARRAY['core-i'::text, 'core-ii'::text, 'core-iii'::text, 'icf-i'::text, 'icf-ii'::text, 'icf-iii'::text, 'ac-i'::text, 'ac-ii'::text, 'ac-iii'::text]))),
    constraint learning_path_categories_category_description_check CHECK (((char_length(category_description) >= 1) AND (char_length(category_description) <= 10000))),
    constraint learning_path_categories_category_icon_check CHECK (((char_length(category_icon) >= 0) AND (char_length(category_icon) <= 120))),
    constraint learning_path_categories_category_title_check CHECK (((char_length(category_title) >= 1) AND (char_length(category_title) <= 300)))
);

revoke all on table coaching.learning_path_categories from public, anon, authenticated, service_role;
grant delete, insert (assessment_level, category_description, category_icon, category_title, competency_areas, created_at, id, is_active, priority_order, updated_at), select, update (assessment_level, category_description, category_icon, category_title, competency_areas, created_at, id, is_active, priority_order, updated_at) on table coaching.learning_path_categories to service_role;
grant delete, insert (assessment_level, category_description, category_icon, category_title, competency_areas, id, is_active, priority_order), select, update (assessment_level, category_description, category_icon, category_title, competency_areas, is_active, priority_order) on table coaching.learning_path_categories to folkmoot_writer;
grant select on table coaching.learning_path_categories to authenticated;
comment on table coaching.learning_path_categories is 'One group of learning resources, for those who are weak in any of `competency_areas`.';
alter table coaching.learning_path_categories enable row level security;

create table coaching.learning_resources (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    category_id uuid not null,
    title text not null,
    description text,
    resource_type text not null,
    url text,
    author_instructor text,
    competency_areas text[] default ARRAY[]::text[] not null,
    assessment_level text,
    is_active boolean default true not null,
    updated_at timestamp with time zone default now() not null,
    constraint learning_resources_pkey PRIMARY KEY (id),
    constraint learning_resources_assessment_level_check CHECK ((assessment_level = ANY (ARRAY['core-i'::text, 'core-ii'::text, 'core-iii'::text, 'icf-i'::text, 'icf-ii'::text, 'icf-iii'::text, 'ac-i'::text, 'ac-ii'::text, 'ac-iii'::text]))),
    constraint learning_resources_author_instructor_check CHECK (((char_length(author_instructor) >= 0) AND (char_length(author_instructor) <= 300))),
    constraint learning_resources_description_check CHECK (((char_length(description) >= 1) AND (char_length(description) <= 10000))),
    constraint learning_resources_resource_type_check CHECK ((resource_type = ANY (ARRAY['book'::text, 'course'::text, 'video'::text, 'article'::text, 'exercise'::text, 'workshop'::text, 'tool'::text, 'assessment'::text]))),
    constraint learning_resources_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 300))),
    constraint learning_resources_url_check CHECK (((char_length(url) >= 0) AND (char_length(url) <= 2000)))
);

revoke all on table coaching.learning_resources from public, anon, authenticated, service_role;
grant delete, insert (assessment_level, author_instructor, category_id, competency_areas, created_at, description, id, is_active, resource_type, title, updated_at, url), select, update (assessment_level, author_instructor, category_id, competency_areas, created_at, description, id, is_active, resource_type, title, updated_at, url) on table coaching.learning_resources to service_role;
grant delete, insert (assessment_level, author_instructor, category_id, competency_areas, description, id, is_active, resource_type, title, url), select, update (assessment_level, author_instructor, competency_areas, description, is_active, resource_type, title, url) on table coaching.learning_resources to folkmoot_writer;
grant select on table coaching.learning_resources to authenticated;
comment on table coaching.learning_resources is 'One book, course or other thing to learn from.';
alter table coaching.learning_resources enable row level security;

create table coaching.skill_tags (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    name text not null,
    competency_area text not null,
    framework text not null,
    sort_order integer default 0 not null,
    assessment_level text,
    is_active boolean default true not null,
    updated_at timestamp with time zone default now() not null,
    constraint skill_tags_pkey PRIMARY KEY (id),
    constraint skill_tags_assessment_level_check CHECK ((assessment_level = ANY (ARRAY['core-i'::text, 'core-ii'::text, 'core-iii'::text, 'icf-i'::text, 'icf-ii'::text, 'icf-iii'::text, 'ac-i'::text, 'ac-ii'::text, 'ac-iii'::text]))),
    constraint skill_tags_competency_area_check CHECK (((char_length(competency_area) >= 1) AND (char_length(competency_area) <= 120))),
    constraint skill_tags_framework_check CHECK ((framework = ANY (ARRAY['core'::text, 'icf'::text, 'ac'::text]))),
    constraint skill_tags_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 300)))
);

revoke all on table coaching.skill_tags from public, anon, authenticated, service_role;
grant delete, insert (assessment_level, competency_area, created_at, framework, id, is_active, name, sort_order, updated_at), select, update (assessment_level, competency_area, created_at, framework, id, is_active, name, sort_order, updated_at) on table coaching.skill_tags to service_role;
grant delete, insert (assessment_level, competency_area, framework, id, is_active, name, sort_order), select, update (assessment_level, competency_area, framework, is_active, name, sort_order) on table coaching.skill_tags to folkmoot_writer;
grant select on table coaching.skill_tags to authenticated;
comment on table coaching.skill_tags is 'One skill within a competency. Anyone signed in sees the active ones, moderators all of them.';
alter table coaching.skill_tags enable row level security;

create table coaching.tag_actions (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    skill_tag_id uuid not null,
    action_text text not null,
    is_active boolean default true not null,
    updated_at timestamp with time zone default now() not null,
    constraint tag_actions_pkey PRIMARY KEY (id),
    constraint tag_actions_action_text_check CHECK (((char_length(action_text) >= 1) AND (char_length(action_text) <= 10000)))
);

revoke all on table coaching.tag_actions from public, anon, authenticated, service_role;
grant delete, insert (action_text, created_at, id, is_active, skill_tag_id, updated_at), select, update (action_text, created_at, id, is_active, skill_tag_id, updated_at) on table coaching.tag_actions to service_role;
grant delete, insert (action_text, id, is_active, skill_tag_id), select, update (action_text, is_active) on table coaching.tag_actions to folkmoot_writer;
grant select on table coaching.tag_actions to authenticated;
comment on table coaching.tag_actions is 'What to do to get better at one skill: one action each.';
alter table coaching.tag_actions enable row level security;

create table coaching.tag_insights (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    skill_tag_id uuid not null,
    insight_text text not null,
    insight_type text not null,
    context_level text default 'beginner'::text not null,
    updated_at timestamp with time zone default now() not null,
    constraint tag_insights_pkey PRIMARY KEY (id),
    constraint tag_insights_context_level_check CHECK (((char_length(context_level) >= 1) AND (char_length(context_level) <= 60))),
    constraint tag_insights_insight_text_check CHECK (((char_length(insight_text) >= 1) AND (char_length(insight_text) <= 10000))),
    constraint tag_insights_insight_type_check CHECK ((insight_type = ANY (ARRAY['weakness'::text, 'strength'::text])))
);

revoke all on table coaching.tag_insights from public, anon, authenticated, service_role;
grant delete, insert (context_level, created_at, id, insight_text, insight_type, skill_tag_id, updated_at), select, update (context_level, created_at, id, insight_text, insight_type, skill_tag_id, updated_at) on table coaching.tag_insights to service_role;
grant delete, insert (context_level, id, insight_text, insight_type, skill_tag_id), select, update (context_level, insight_text, insight_type) on table coaching.tag_insights to folkmoot_writer;
grant select on table coaching.tag_insights to authenticated;
comment on table coaching.tag_insights is 'What to tell someone who is weak, or strong, in one skill. Seen by whoever sees the skill.';
alter table coaching.tag_insights enable row level security;

create table coaching.user_attempts (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    assessment_id uuid not null,
    score integer not null,
    time_spent integer,
    completed_at timestamp with time zone default now(),
    frontend_insights jsonb,
    insights_generated_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    constraint user_attempts_pkey PRIMARY KEY (id),
    constraint user_attempts_score_check CHECK (((score >= 0) AND (score <= 100))),
    constraint user_attempts_time_spent_check CHECK ((time_spent >= 0))
);

revoke all on table coaching.user_attempts from public, anon, authenticated, service_role;
grant delete, insert (assessment_id, completed_at, created_at, frontend_insights, id, insights_generated_at, score, time_spent, updated_at, user_id), select, update (assessment_id, completed_at, created_at, frontend_insights, id, insights_generated_at, score, time_spent, updated_at, user_id) on table coaching.user_attempts to service_role;
grant insert (assessment_id, completed_at, id, score, time_spent, user_id), select, update (frontend_insights, insights_generated_at) on table coaching.user_attempts to folkmoot_writer;
grant select, update (frontend_insights, insights_generated_at) on table coaching.user_attempts to authenticated;
comment on table coaching.user_attempts is 'One person''s go at one assessment: submitted once `completed_at` is filled, which it is from the start.';
alter table coaching.user_attempts enable row level security;

create table coaching.user_responses (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    attempt_id uuid not null,
    question_id uuid not null,
    selected_answer integer not null,
    is_correct boolean not null,
    response_time integer,
    constraint user_responses_pkey PRIMARY KEY (id),
    constraint user_responses_response_time_check CHECK ((response_time >= 0)),
    constraint user_responses_selected_answer_check CHECK (((selected_answer >= 0) AND (selected_answer <= 3)))
);

revoke all on table coaching.user_responses from public, anon, authenticated, service_role;
grant delete, insert (attempt_id, created_at, id, is_correct, question_id, response_time, selected_answer), select, update (attempt_id, created_at, id, is_correct, question_id, response_time, selected_answer) on table coaching.user_responses to service_role;
grant insert (attempt_id, id, is_correct, question_id, response_time, selected_answer), select on table coaching.user_responses to folkmoot_writer;
grant select on table coaching.user_responses to authenticated;
comment on table coaching.user_responses is 'What one person chose for one question, in one attempt.';
alter table coaching.user_responses enable row level security;

create table community.action_types (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    name text not null,
    description text,
    points integer default 0 not null,
    updated_at timestamp with time zone default now() not null,
    constraint action_types_pkey PRIMARY KEY (id),
    constraint action_types_description_check CHECK (((char_length(description) >= 0) AND (char_length(description) <= 2000))),
    constraint action_types_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
    constraint action_types_points_check CHECK (((points >= 0) AND (points <= 1000000)))
);

revoke all on table community.action_types from public, anon, authenticated, service_role;
grant delete, insert (created_at, description, id, name, points, updated_at), select, update (created_at, description, id, name, points, updated_at) on table community.action_types to service_role;
grant delete, insert (description, id, name, points), select, update (description, name, points) on table community.action_types to folkmoot_writer;
grant select on table community.action_types to authenticated;
grant select (id, points), update (created_at) on table community.action_types to derived_owner;
comment on table community.action_types is 'One kind of action, and the points it is worth. Shown to anyone signed in; admins set them.';
alter table community.action_types enable row level security;

create table community.community_post_likes (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    post_id uuid not null,
    user_id uuid not null,
    constraint community_post_likes_pkey PRIMARY KEY (id)
);

revoke all on table community.community_post_likes from public, anon, authenticated, service_role;
grant delete, insert (created_at, id, post_id, user_id), select, update (created_at, id, post_id, user_id) on table community.community_post_likes to service_role;
grant delete, insert (id, post_id, user_id), select on table community.community_post_likes to folkmoot_writer;
grant select on table community.community_post_likes to authenticated;
comment on table community.community_post_likes is 'One person''s like of one post; a second one is refused.';
alter table community.community_post_likes enable row level security;

create table community.community_post_replies (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    post_id uuid not null,
    author_id uuid not null,
    content text not null,
    deleted_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    constraint community_post_replies_pkey PRIMARY KEY (id),
    constraint community_post_replies_content_check CHECK (((char_length(content) >= 1) AND (char_length(content) <= 10000)))
);

revoke all on table community.community_post_replies from public, anon, authenticated, service_role;
grant delete, insert (author_id, content, created_at, deleted_at, id, post_id, updated_at), select, update (author_id, content, created_at, deleted_at, id, post_id, updated_at) on table community.community_post_replies to service_role;
grant insert (author_id, content, id, post_id), select, update (content, deleted_at) on table community.community_post_replies to folkmoot_writer;
grant select on table community.community_post_replies to authenticated;
comment on table community.community_post_replies is 'One answer to a post. Replies are not answered in turn.';
alter table community.community_post_replies enable row level security;

create table community.community_posts (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    author_id uuid not null,
    content text not null,
    is_pinned boolean default false not null,
    likes_count integer default 0 not null,
    replies_count integer default 0 not null,
    deleted_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    constraint community_posts_pkey PRIMARY KEY (id),
    constraint community_posts_content_check CHECK (((char_length(content) >= 1) AND (char_length(content) <= 20000)))
);

revoke all on table community.community_posts from public, anon, authenticated, service_role;
grant delete, insert (author_id, content, created_at, deleted_at, id, is_pinned, updated_at), select, update (author_id, content, created_at, deleted_at, id, is_pinned, updated_at) on table community.community_posts to service_role;
grant insert (author_id, content, id), select, update (content, deleted_at, is_pinned) on table community.community_posts to folkmoot_writer;
grant select on table community.community_posts to authenticated;
grant select (id, likes_count, replies_count), update (likes_count, replies_count) on table community.community_posts to derived_owner;
comment on table community.community_posts is 'One post in the feed that all who have joined share.';
alter table community.community_posts set (autovacuum_vacuum_cost_delay = 0);
alter table community.community_posts set (autovacuum_vacuum_scale_factor = 0.01);
alter table community.community_posts set (autovacuum_vacuum_threshold = 500);
alter table community.community_posts set (fillfactor = 85);
alter table community.community_posts enable row level security;

create table community.community_resources (
    access text default 'free'::text not null,
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    title text not null,
    description text not null,
    type text not null,
    category text not null,
    file_url text,
    file_size text,
    format text not null,
    difficulty text,
    tags text[] default ARRAY[]::text[] not null,
    download_count integer default 0 not null,
    rating numeric,
    is_popular boolean default false not null,
    is_new boolean default false not null,
    published_at timestamp with time zone,
    deleted_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    rating_sum numeric default 0 not null,
    rating_count integer default 0 not null,
    constraint community_resources_pkey PRIMARY KEY (id),
    constraint community_resources_access_check CHECK ((access = ANY (ARRAY['free'::text, 'member-only'::text]))),
    constraint community_resources_category_check CHECK ((category = ANY (ARRAY['client-acquisition'::text, 'development'::text, 'business'::text, 'templates'::text, 'marketing'::text]))),
    constraint community_resources_description_check CHECK (((char_length(description) >= 1) AND (char_length(description) <= 10000))),
    constraint community_resources_difficulty_check CHECK ((difficulty = ANY (ARRAY['beginner'::text, 'intermediate'::text, 'advanced'::text]))),
    constraint community_resources_file_size_check CHECK (((char_length(file_size) >= 0) AND (char_length(file_size) <= 40))),
    constraint community_resources_file_url_check CHECK (((char_length(file_url) >= 0) AND (char_length(file_url) <= 2000))),
    constraint community_resources_format_check CHECK (((char_length(format) >= 1) AND (char_length(format) <= 120))),
    constraint community_resources_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200))),
    constraint community_resources_type_check CHECK ((type = ANY (ARRAY['template'::text, 'guide'::text, 'checklist'::text, 'video'::text, 'course'::text, 'tool'::text])))
);

revoke all on table community.community_resources from public, anon, authenticated, service_role;
grant delete, insert (access, category, created_at, deleted_at, description, difficulty, file_size, file_url, format, id, is_new, is_popular, published_at, tags, title, type, updated_at), select, update (access, category, created_at, deleted_at, description, difficulty, file_size, file_url, format, id, is_new, is_popular, published_at, tags, title, type, updated_at) on table community.community_resources to service_role;
grant insert (access, category, deleted_at, description, difficulty, file_size, file_url, format, id, is_new, is_popular, published_at, tags, title, type), select, update (access, category, deleted_at, description, difficulty, file_size, file_url, format, is_new, is_popular, published_at, tags, title, type) on table community.community_resources to folkmoot_writer;
grant select on table community.community_resources to anon, authenticated;
grant select (download_count, id, rating, rating_count, rating_sum), update (download_count, rating, rating_count, rating_sum) on table community.community_resources to derived_owner;
comment on table community.community_resources is 'One file to take along.';
alter table community.community_resources set (autovacuum_vacuum_cost_delay = 0);
alter table community.community_resources set (autovacuum_vacuum_scale_factor = 0.01);
alter table community.community_resources set (autovacuum_vacuum_threshold = 500);
alter table community.community_resources set (fillfactor = 85);
alter table community.community_resources enable row level security;

create table community.goal_metrics (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_goal_history_id uuid not null,
    learn_rate integer,
    execution_rate integer,
    execution_pace text,
    ranking integer,
    days_to_complete integer,
    updated_at timestamp with time zone default now() not null,
    constraint goal_metrics_pkey PRIMARY KEY (id),
    constraint goal_metrics_days_to_complete_check CHECK ((days_to_complete >= 0)),
    constraint goal_metrics_execution_pace_check CHECK ((execution_pace = ANY (ARRAY['fast'::text, 'steady'::text, 'slow'::text]))),
    constraint goal_metrics_execution_rate_check CHECK (((execution_rate >= 0) AND (execution_rate <= 100))),
    constraint goal_metrics_learn_rate_check CHECK (((learn_rate >= 0) AND (learn_rate <= 60))),
    constraint goal_metrics_ranking_check CHECK ((ranking >= 1))
);

revoke all on table community.goal_metrics from public, anon, authenticated, service_role;
grant delete, insert (created_at, days_to_complete, execution_pace, execution_rate, id, learn_rate, ranking, updated_at, user_goal_history_id), select, update (created_at, days_to_complete, execution_pace, execution_rate, id, learn_rate, ranking, updated_at, user_goal_history_id) on table community.goal_metrics to service_role;
grant select on table community.goal_metrics to authenticated, folkmoot_writer;
comment on table community.goal_metrics is 'How fast one goal was reached, once it is. `learn_rate` is in minutes an hour, rates are percentages.';
alter table community.goal_metrics enable row level security;

create table community.profiles (
    id uuid not null,
    created_at timestamp with time zone default now() not null,
    current_track_id uuid,
    current_goal_id uuid,
    updated_at timestamp with time zone default now() not null,
    constraint profiles_pkey PRIMARY KEY (id)
);

revoke all on table community.profiles from public, anon, authenticated, service_role;
grant delete, insert (created_at, current_goal_id, current_track_id, id, updated_at), select, update (created_at, current_goal_id, current_track_id, id, updated_at) on table community.profiles to service_role;
grant select, update (current_goal_id, current_track_id) on table community.profiles to authenticated, folkmoot_writer;
comment on table community.profiles is 'What a person is after right now: their track, and the goal on it.';
alter table community.profiles enable row level security;

create table community.resource_downloads (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    resource_id uuid not null,
    user_id uuid,
    email text,
    downloaded_at timestamp with time zone default now() not null,
    ip_address inet,
    user_agent text,
    constraint resource_downloads_pkey PRIMARY KEY (id),
    constraint resource_downloads_email_check CHECK (((char_length(email) >= 0) AND (char_length(email) <= 320))),
    constraint resource_downloads_user_agent_check CHECK (((char_length(user_agent) >= 0) AND (char_length(user_agent) <= 1000)))
);

revoke all on table community.resource_downloads from public, anon, authenticated, service_role;
grant delete, insert (created_at, downloaded_at, email, id, ip_address, resource_id, user_agent, user_id), select, update (created_at, downloaded_at, email, id, ip_address, resource_id, user_agent, user_id) on table community.resource_downloads to service_role;
grant insert (id, resource_id, user_id), select on table community.resource_downloads to folkmoot_writer;
grant select on table community.resource_downloads to authenticated;
comment on table community.resource_downloads is 'One download of a resource, by a person or by a guest who left an address.';
alter table community.resource_downloads enable row level security;

create table community.resource_ratings (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    resource_id uuid not null,
    user_id uuid not null,
    rating integer not null,
    review text,
    updated_at timestamp with time zone default now() not null,
    constraint resource_ratings_pkey PRIMARY KEY (id),
    constraint resource_ratings_rating_check CHECK (((rating >= 1) AND (rating <= 5))),
    constraint resource_ratings_review_check CHECK (((char_length(review) >= 0) AND (char_length(review) <= 5000)))
);

revoke all on table community.resource_ratings from public, anon, authenticated, service_role;
grant delete, insert (created_at, id, rating, resource_id, review, updated_at, user_id), select, update (created_at, id, rating, resource_id, review, updated_at, user_id) on table community.resource_ratings to service_role;
grant delete, insert (id, rating, resource_id, review, user_id), select, update (rating, review) on table community.resource_ratings to folkmoot_writer;
grant select on table community.resource_ratings to authenticated;
comment on table community.resource_ratings is 'What one person thinks of one resource, once: stars, and a review if they like.';
alter table community.resource_ratings enable row level security;

create table community.track_goals (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    track_id uuid not null,
    title text not null,
    description text,
    "order" integer default 0 not null,
    updated_at timestamp with time zone default now() not null,
    constraint track_goals_pkey PRIMARY KEY (id),
    constraint track_goals_description_check CHECK (((char_length(description) >= 0) AND (char_length(description) <= 2000))),
    constraint track_goals_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200)))
);

revoke all on table community.track_goals from public, anon, authenticated, service_role;
grant delete, insert ("order", created_at, description, id, title, track_id, updated_at), select, update ("order", created_at, description, id, title, track_id, updated_at) on table community.track_goals to service_role;
grant delete, insert ("order", description, id, title, track_id), select, update ("order", description, title) on table community.track_goals to folkmoot_writer;
grant select on table community.track_goals to authenticated;
comment on table community.track_goals is 'One goal of a track. Shown to anyone signed in; admins set them.';
alter table community.track_goals enable row level security;

create table community.tracks (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    name text not null,
    description text,
    "order" integer default 0 not null,
    updated_at timestamp with time zone default now() not null,
    constraint tracks_pkey PRIMARY KEY (id),
    constraint tracks_description_check CHECK (((char_length(description) >= 0) AND (char_length(description) <= 2000))),
    constraint tracks_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120)))
);

revoke all on table community.tracks from public, anon, authenticated, service_role;
grant delete, insert ("order", created_at, description, id, name, updated_at), select, update ("order", created_at, description, id, name, updated_at) on table community.tracks to service_role;
grant delete, insert ("order", description, id, name), select, update ("order", description, name) on table community.tracks to folkmoot_writer;
grant select on table community.tracks to authenticated;
comment on table community.tracks is 'One way through the community, made of goals. Shown to anyone signed in; admins lay them out.';
alter table community.tracks enable row level security;

create table community.user_actions (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    action_type_id uuid not null,
    goal_id uuid,
    course_id uuid,
    title text,
    description text,
    details text,
    points integer,
    metadata jsonb default '{}'::jsonb not null,
    action_date timestamp with time zone default now() not null,
    updated_at timestamp with time zone default now() not null,
    constraint user_actions_pkey PRIMARY KEY (id),
    constraint user_actions_description_check CHECK (((char_length(description) >= 0) AND (char_length(description) <= 2000))),
    constraint user_actions_details_check CHECK (((char_length(details) >= 0) AND (char_length(details) <= 20000))),
    constraint user_actions_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    constraint user_actions_title_check CHECK (((char_length(title) >= 0) AND (char_length(title) <= 200)))
);

revoke all on table community.user_actions from public, anon, authenticated, service_role;
grant delete, insert (action_date, action_type_id, course_id, created_at, description, details, goal_id, id, metadata, title, updated_at, user_id), select, update (action_date, action_type_id, course_id, created_at, description, details, goal_id, id, metadata, title, updated_at, user_id) on table community.user_actions to service_role;
grant delete, insert (action_date, action_type_id, course_id, description, details, goal_id, id, metadata, title, user_id), select, update (action_date, course_id, description, details, goal_id, metadata, title) on table community.user_actions to authenticated, folkmoot_writer;
grant select (action_type_id, id, points), update (points) on table community.user_actions to derived_owner;
comment on table community.user_actions is 'One thing somebody did, for a goal or for its own sake.';
alter table community.user_actions enable row level security;

create table community.user_goal_history (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    goal_id uuid not null,
    status text default 'active'::text not null,
    progress integer default 0 not null,
    started_at timestamp with time zone default now() not null,
    completed_at timestamp with time zone,
    paused_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    constraint user_goal_history_pkey PRIMARY KEY (id),
    constraint user_goal_history_progress_check CHECK (((progress >= 0) AND (progress <= 100))),
    constraint user_goal_history_started_at_at_most_completed_at CHECK ((started_at <= completed_at)),
    constraint user_goal_history_status_check CHECK ((status = ANY (ARRAY['active'::text, 'completed'::text, 'paused'::text])))
);

revoke all on table community.user_goal_history from public, anon, authenticated, service_role;
grant delete, insert (completed_at, created_at, goal_id, id, paused_at, progress, started_at, status, updated_at, user_id), select, update (completed_at, created_at, goal_id, id, paused_at, progress, started_at, status, updated_at, user_id) on table community.user_goal_history to service_role;
grant delete, insert (completed_at, goal_id, id, paused_at, progress, started_at, status, user_id), select, update (completed_at, paused_at, progress, started_at, status) on table community.user_goal_history to authenticated, folkmoot_writer;
comment on table community.user_goal_history is 'One person''s pursuit of one goal, from its start; a goal may be taken up again later.';
alter table community.user_goal_history enable row level security;

create table derived.band_changes (
    source text not null,
    changes bigint default 0 not null,
    constraint band_changes_pkey PRIMARY KEY (source)
);

revoke all on table derived.band_changes from public, anon, authenticated, service_role;
grant insert, select, update on table derived.band_changes to derived_owner;
comment on table derived.band_changes is 'How often the rows that bands are found in have changed.';
alter table derived.band_changes set (autovacuum_vacuum_cost_delay = 0);
alter table derived.band_changes set (autovacuum_vacuum_scale_factor = 0.01);
alter table derived.band_changes set (autovacuum_vacuum_threshold = 500);

create table private.crons (
    name text not null,
    function text not null,
    kind text not null,
    arguments text not null,
    schedule text not null,
    next_at timestamp with time zone not null,
    constraint crons_pkey PRIMARY KEY (name),
    constraint crons_kind_check CHECK ((kind = ANY (ARRAY['mutation'::text, 'action'::text])))
);

revoke all on table private.crons from public, anon, authenticated, service_role;
comment on table private.crons is 'What the service runs again and again, as it declares it.';

create table private.job_outcomes (
    job_id uuid not null,
    state text not null,
    worker uuid,
    error text,
    decided_at timestamp with time zone default now() not null,
    ended_at timestamp with time zone,
    constraint job_outcomes_pkey PRIMARY KEY (job_id),
    constraint job_outcomes_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text, 'dead'::text, 'abandoned'::text, 'canceled'::text])))
);

revoke all on table private.job_outcomes from public, anon, authenticated, service_role;
comment on table private.job_outcomes is 'What became of jobs; a job that has none may still be run.';

create table private.jobs (
    id uuid not null,
    function text not null,
    kind text not null,
    arguments text not null,
    cron text,
    run_at timestamp with time zone not null,
    due_at timestamp with time zone,
    taken_by uuid,
    attempts integer default 0 not null,
    error text,
    created_at timestamp with time zone default now() not null,
    constraint jobs_pkey PRIMARY KEY (id),
    constraint jobs_kind_check CHECK ((kind = ANY (ARRAY['mutation'::text, 'action'::text])))
);

revoke all on table private.jobs from public, anon, authenticated, service_role;
comment on table private.jobs is 'Functions to be run at a certain time.';
alter table private.jobs set (autovacuum_vacuum_cost_delay = 0);
alter table private.jobs set (autovacuum_vacuum_scale_factor = 0.01);
alter table private.jobs set (autovacuum_vacuum_threshold = 500);

create table public.community_settings (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    scope text default 'community'::text not null,
    name text not null,
    logo_storage_id text,
    primary_color text,
    custom_domain text,
    stripe_connected_account_id text default ''::text not null,
    updated_at timestamp with time zone default now() not null,
    constraint community_settings_pkey PRIMARY KEY (id),
    constraint community_settings_custom_domain_check CHECK ((((char_length(custom_domain) >= 0) AND (char_length(custom_domain) <= 253)) AND (custom_domain ~ '^[a-z0-9-]+([.][a-z0-9-]+)+$'::text))),
    constraint community_settings_logo_storage_id_check CHECK (((char_length(logo_storage_id) >= 0) AND (char_length(logo_storage_id) <= 1024))),
    constraint community_settings_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
    constraint community_settings_primary_color_check CHECK ((((char_length(primary_color) >= 0) AND (char_length(primary_color) <= 7)) AND (primary_color ~ '^#[0-9a-f]{6}$'::text))),
    constraint community_settings_scope_check CHECK ((scope = 'community'::text)),
    constraint community_settings_stripe_connected_account_id_check CHECK (((char_length(stripe_connected_account_id) >= 0) AND (char_length(stripe_connected_account_id) <= 255)))
);

revoke all on table public.community_settings from public, anon, authenticated, service_role;
grant delete, insert (created_at, custom_domain, id, logo_storage_id, name, primary_color, scope, stripe_connected_account_id, updated_at), select, update (created_at, custom_domain, id, logo_storage_id, name, primary_color, scope, stripe_connected_account_id, updated_at) on table public.community_settings to service_role;
grant insert (custom_domain, id, logo_storage_id, name, primary_color), select, update (custom_domain, logo_storage_id, name, primary_color) on table public.community_settings to folkmoot_writer;
grant select (created_at, custom_domain, id, logo_storage_id, name, primary_color, scope, updated_at) on table public.community_settings to anon, authenticated;
comment on table public.community_settings is 'The settings of the community: at most one row, since `scope` has one value and is unique.';
alter table public.community_settings enable row level security;

create table public.conversation_participants (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    conversation_id uuid not null,
    user_id uuid not null,
    unread_count integer default 0 not null,
    updated_at timestamp with time zone default now() not null,
    constraint conversation_participants_pkey PRIMARY KEY (id)
);

revoke all on table public.conversation_participants from public, anon, authenticated, service_role;
grant delete, insert (conversation_id, created_at, id, updated_at, user_id), select, update (conversation_id, created_at, id, updated_at, user_id) on table public.conversation_participants to service_role;
grant delete, insert (conversation_id, id, user_id), select on table public.conversation_participants to folkmoot_writer;
grant select on table public.conversation_participants to authenticated;
grant select (conversation_id, id, unread_count, user_id), update (unread_count) on table public.conversation_participants to derived_owner;
comment on table public.conversation_participants is 'One person in one conversation.';
alter table public.conversation_participants set (autovacuum_vacuum_cost_delay = 0);
alter table public.conversation_participants set (autovacuum_vacuum_scale_factor = 0.01);
alter table public.conversation_participants set (autovacuum_vacuum_threshold = 500);
alter table public.conversation_participants set (fillfactor = 85);
alter table public.conversation_participants enable row level security;

create table public.conversations (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    started_by uuid,
    participant_ids uuid[] default ARRAY[]::uuid[] not null,
    last_message_at timestamp with time zone,
    last_message_preview text,
    constraint conversations_pkey PRIMARY KEY (id)
);

revoke all on table public.conversations from public, anon, authenticated, service_role;
grant delete, insert (created_at, id, started_by), select, update (created_at, id, started_by) on table public.conversations to service_role;
grant insert (id, started_by), select on table public.conversations to folkmoot_writer;
grant select on table public.conversations to authenticated;
grant select (id, last_message_at, last_message_preview, participant_ids), update (last_message_at, last_message_preview, participant_ids) on table public.conversations to derived_owner;
comment on table public.conversations is 'One private conversation of two or more people. Nobody else sees it, moderators included.';
alter table public.conversations set (autovacuum_vacuum_cost_delay = 0);
alter table public.conversations set (autovacuum_vacuum_scale_factor = 0.01);
alter table public.conversations set (autovacuum_vacuum_threshold = 500);
alter table public.conversations set (fillfactor = 85);
alter table public.conversations enable row level security;

create table public.events (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    title text not null,
    description text,
    start_time timestamp with time zone not null,
    end_time timestamp with time zone,
    timezone text default 'UTC'::text not null,
    location text,
    visibility text default 'members'::text not null,
    required_tier text,
    capacity integer,
    recurrence jsonb,
    going_count integer default 0 not null,
    maybe_count integer default 0 not null,
    waitlist_count integer default 0 not null,
    canceled_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    constraint events_pkey PRIMARY KEY (id),
    constraint events_capacity_check CHECK (((capacity >= 1) AND (capacity <= 100000))),
    constraint events_description_check CHECK (((char_length(description) >= 0) AND (char_length(description) <= 10000))),
    constraint events_going_count_at_most_capacity CHECK ((going_count <= capacity)),
    constraint events_location_check CHECK (((char_length(location) >= 0) AND (char_length(location) <= 500))),
    constraint events_recurrence_check CHECK (((octet_length((recurrence)::text) <= 262144) AND jsonb_path_match(recurrence, '(((((((((((($.type() == "object" && exists ($."freq")) && ($."freq".type() == "string" && ((($."freq" == "DAILY" || $."freq" == "WEEKLY") || $."freq" == "MONTHLY") || $."freq" == "YEARLY"))) && (!(exists ($."interval")) || (($."interval".type() == "number" && $."interval".floor() == $."interval") && $."interval" >= 1) && $."interval" <= 99)) && (!(exists ($."count")) || ($."count".type() == "null" || (($."count".type() == "number" && $."count".floor() == $."count") && $."count" >= 1) && $."count" <= 730))) && (!(exists ($."until")) || ($."until".type() == "null" || ($."until".type() == "number" && $."until".floor() == $."until") && $."until" >= 0))) && (!(exists ($."byday")) || ($."byday".type() == "null" || ((($."byday".type() == "array" && !(exists ($."byday"[*].type()?(@ == "array")))) && !(exists ($."byday"[*]?(!((@.type() == "string" && @ like_regex "^.{0,5}$" flag "s") && @ like_regex "^([+-]{0,1}([1-9]|[1-4][0-9]|5[0-3])){0,1}(MO|TU|WE|TH|FR|SA|SU)$"))))) && $."byday".size() >= 1) && $."byday".size() <= 7))) && (!(exists ($."bymonthday")) || ($."bymonthday".type() == "null" || ((($."bymonthday".type() == "array" && !(exists ($."bymonthday"[*].type()?(@ == "array")))) && !(exists ($."bymonthday"[*]?(!(((@.type() == "number" && @.floor() == @) && @ >= 1) && @ <= 31))))) && $."bymonthday".size() >= 1) && $."bymonthday".size() <= 31))) && (!(exists ($."bymonth")) || ($."bymonth".type() == "null" || ((($."bymonth".type() == "array" && !(exists ($."bymonth"[*].type()?(@ == "array")))) && !(exists ($."bymonth"[*]?(!(((@.type() == "number" && @.floor() == @) && @ >= 1) && @ <= 12))))) && $."bymonth".size() >= 1) && $."bymonth".size() <= 12))) && (!(exists ($."bysetpos")) || ($."bysetpos".type() == "null" || ((($."bysetpos".type() == "array" && !(exists ($."bysetpos"[*].type()?(@ == "array")))) && !(exists ($."bysetpos"[*]?(!(@.type() == "number" && ((((((@ == 1 || @ == 2) || @ == 3) || @ == 4) || @ == 5) || @ == -1) || @ == -2)))))) && $."bysetpos".size() >= 1) && $."bysetpos".size() <= 7))) && (!(exists ($."wkst")) || $."wkst".type() == "string" && (((((($."wkst" == "MO" || $."wkst" == "TU") || $."wkst" == "WE") || $."wkst" == "TH") || $."wkst" == "FR") || $."wkst" == "SA") || $."wkst" == "SU"))) && !($."count" != null && $."until" != null)) && !(exists ($.keyvalue()?((((((((@."key" != "freq" && @."key" != "interval") && @."key" != "count") && @."key" != "until") && @."key" != "byday") && @."key" != "bymonthday") && @."key" != "bymonth") && @."key" != "bysetpos") && @."key" != "wkst"))))'::jsonpath))),
    constraint events_required_tier_check CHECK (((char_length(required_tier) >= 1) AND (char_length(required_tier) <= 60))),
    constraint events_start_time_at_most_end_time CHECK ((start_time <= end_time)),
    constraint events_timezone_check CHECK ((((char_length(timezone) >= 0) AND (char_length(timezone) <= 64)) AND (timezone ~ '^[A-Za-z0-9_+/-]+$'::text))),
    constraint events_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200))),
    constraint events_visibility_check CHECK ((visibility = ANY (ARRAY['public'::text, 'members'::text, 'paid'::text])))
);

revoke all on table public.events from public, anon, authenticated, service_role;
grant delete, insert (canceled_at, capacity, created_at, description, end_time, id, location, recurrence, required_tier, start_time, timezone, title, updated_at, visibility), select, update (canceled_at, capacity, created_at, description, end_time, id, location, recurrence, required_tier, start_time, timezone, title, updated_at, visibility) on table public.events to service_role;
grant delete, insert (canceled_at, capacity, description, end_time, id, location, recurrence, required_tier, start_time, timezone, title, visibility), select, update (canceled_at, capacity, description, end_time, location, recurrence, required_tier, start_time, timezone, title, visibility) on table public.events to folkmoot_writer;
grant select on table public.events to anon, authenticated;
grant select (going_count, id, maybe_count, waitlist_count), update (going_count, maybe_count, waitlist_count) on table public.events to derived_owner;
comment on table public.events is 'One event, or a series of them where `recurrence` says how it repeats.';
alter table public.events set (autovacuum_vacuum_cost_delay = 0);
alter table public.events set (autovacuum_vacuum_scale_factor = 0.01);
alter table public.events set (autovacuum_vacuum_threshold = 500);
alter table public.events set (fillfactor = 85);
alter table public.events enable row level security;

create table public.follows (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    follower_id uuid not null,
    following_id uuid not null,
    constraint follows_pkey PRIMARY KEY (id),
    constraint follows_follower_id_not_following_id CHECK ((follower_id <> following_id))
);

revoke all on table public.follows from public, anon, authenticated, service_role;
grant delete, insert (created_at, follower_id, following_id, id), select, update (created_at, follower_id, following_id, id) on table public.follows to service_role;
grant delete, insert (follower_id, following_id, id), select on table public.follows to folkmoot_writer;
grant select on table public.follows to authenticated;
comment on table public.follows is 'One person following another, seen by anyone signed in.';
alter table public.follows enable row level security;

create table public.gamification_config (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    action text not null,
    point_value integer not null,
    updated_at timestamp with time zone default now() not null,
    constraint gamification_config_pkey PRIMARY KEY (id),
    constraint gamification_config_action_check CHECK ((((char_length(action) >= 1) AND (char_length(action) <= 60)) AND (action ~ '^[a-z0-9_]+$'::text))),
    constraint gamification_config_point_value_check CHECK (((point_value >= '-10000'::integer) AND (point_value <= 10000)))
);

revoke all on table public.gamification_config from public, anon, authenticated, service_role;
grant delete, insert (action, created_at, id, point_value, updated_at), select, update (action, created_at, id, point_value, updated_at) on table public.gamification_config to service_role;
grant delete, insert (action, id, point_value), select, update (action, point_value) on table public.gamification_config to folkmoot_writer;
grant select on table public.gamification_config to anon, authenticated;
comment on table public.gamification_config is 'How many points one `action` earns. Everyone may know the rules of the game; admins set them.';
alter table public.gamification_config enable row level security;

create table public.inboxes (
    id uuid not null,
    created_at timestamp with time zone default now() not null,
    unread_notification_count integer default 0 not null,
    unread_message_count integer default 0 not null,
    constraint inboxes_pkey PRIMARY KEY (id)
);

revoke all on table public.inboxes from public, anon, authenticated, service_role;
grant delete, insert (created_at, id), select, update (created_at, id) on table public.inboxes to service_role;
grant select on table public.inboxes to authenticated, folkmoot_writer;
grant select (id, unread_message_count, unread_notification_count), update (unread_message_count, unread_notification_count) on table public.inboxes to derived_owner;
comment on table public.inboxes is 'How much one person has not read yet. Theirs alone to see, and made with the person.';
alter table public.inboxes set (autovacuum_vacuum_cost_delay = 0);
alter table public.inboxes set (autovacuum_vacuum_scale_factor = 0.01);
alter table public.inboxes set (autovacuum_vacuum_threshold = 500);
alter table public.inboxes set (fillfactor = 85);
alter table public.inboxes enable row level security;

create table public.lesson_progress (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    enrollment_id uuid not null,
    user_id uuid not null,
    course_id uuid not null,
    lesson_id uuid not null,
    completed_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    constraint lesson_progress_pkey PRIMARY KEY (id)
);

revoke all on table public.lesson_progress from public, anon, authenticated, service_role;
grant delete, insert (completed_at, course_id, created_at, enrollment_id, id, lesson_id, updated_at, user_id), select, update (completed_at, course_id, created_at, enrollment_id, id, lesson_id, updated_at, user_id) on table public.lesson_progress to service_role;
grant delete, insert (completed_at, course_id, enrollment_id, id, lesson_id, user_id), select, update (completed_at) on table public.lesson_progress to authenticated, folkmoot_writer;
comment on table public.lesson_progress is 'One lesson that one enrolled person has opened; completed once `completed_at` says when.';
alter table public.lesson_progress enable row level security;

create table public.lessons (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    course_id uuid not null,
    module_id uuid not null,
    title text not null,
    content text,
    video_url text,
    attachments jsonb default '[]'::jsonb not null,
    free_preview boolean default false not null,
    "order" integer default 0 not null,
    updated_at timestamp with time zone default now() not null,
    constraint lessons_pkey PRIMARY KEY (id),
    constraint lessons_attachments_check CHECK (((octet_length((attachments)::text) <= 262144) AND jsonb_path_match(attachments, '((($.type() == "array" && !(exists ($[*].type()?(@ == "array")))) && !(exists ($[*]?(!(((((((@.type() == "object" && exists (@."name")) && (@."name".type() == "string" && @."name" like_regex "^.{1,200}$" flag "s")) && exists (@."path")) && @."path".type() == "string") && (!(exists (@."type")) || (@."type".type() == "null" || @."type".type() == "string" && @."type" like_regex "^.{0,120}$" flag "s"))) && (!(exists (@."size")) || (@."size".type() == "null" || ((@."size".type() == "number" && @."size".floor() == @."size") && @."size" >= 0) && @."size" <= 5368709120))) && !(exists (@.keyvalue()?(((@."key" != "name" && @."key" != "path") && @."key" != "type") && @."key" != "size")))))))) && $.size() <= 20)'::jsonpath))),
    constraint lessons_content_check CHECK (((char_length(content) >= 0) AND (char_length(content) <= 100000))),
    constraint lessons_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200))),
    constraint lessons_video_url_check CHECK (((char_length(video_url) >= 0) AND (char_length(video_url) <= 2000)))
);

revoke all on table public.lessons from public, anon, authenticated, service_role;
grant delete, insert ("order", attachments, content, course_id, created_at, free_preview, id, module_id, title, updated_at, video_url), select, update ("order", attachments, content, course_id, created_at, free_preview, id, module_id, title, updated_at, video_url) on table public.lessons to service_role;
grant delete, insert ("order", attachments, content, course_id, free_preview, id, module_id, title, video_url), select, update ("order", attachments, content, course_id, free_preview, module_id, title, video_url) on table public.lessons to folkmoot_writer;
grant select on table public.lessons to anon, authenticated;
comment on table public.lessons is 'One lesson of a module, in the order of `order`.';
alter table public.lessons enable row level security;

create table public.levels (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    name text not null,
    threshold integer not null,
    "order" integer not null,
    color text default '#888888'::text not null,
    updated_at timestamp with time zone default now() not null,
    constraint levels_pkey PRIMARY KEY (id),
    constraint levels_color_check CHECK ((((char_length(color) >= 0) AND (char_length(color) <= 7)) AND (color ~ '^#[0-9a-f]{6}$'::text))),
    constraint levels_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 60))),
    constraint levels_order_check CHECK (("order" >= 1)),
    constraint levels_threshold_check CHECK ((threshold >= 0))
);

revoke all on table public.levels from public, anon, authenticated, service_role;
grant delete, insert ("order", color, created_at, id, name, threshold, updated_at), select, update ("order", color, created_at, id, name, threshold, updated_at) on table public.levels to service_role;
grant delete, insert ("order", color, id, name, threshold), select, update ("order", color, name, threshold) on table public.levels to folkmoot_writer;
grant select on table public.levels to anon, authenticated;
grant select ("order", id, threshold) on table public.levels to derived_owner;
comment on table public.levels is 'One level, reached with `threshold` points; `order` is its number. Known to everyone, set by admins.';
alter table public.levels enable row level security;

create table public.message_receipts (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    message_id uuid not null,
    conversation_id uuid not null,
    participant_id uuid not null,
    user_id uuid not null,
    read_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    constraint message_receipts_pkey PRIMARY KEY (id)
);

revoke all on table public.message_receipts from public, anon, authenticated, service_role;
grant delete, insert (conversation_id, created_at, id, message_id, participant_id, read_at, updated_at, user_id), select, update (conversation_id, created_at, id, message_id, participant_id, read_at, updated_at, user_id) on table public.message_receipts to service_role;
grant insert (conversation_id, id, message_id, participant_id, user_id), select, update (read_at) on table public.message_receipts to folkmoot_writer;
grant select (id, message_id, read_at, updated_at) on table public.message_receipts to derived_owner;
grant select, update (read_at) on table public.message_receipts to authenticated;
comment on table public.message_receipts is 'One message as it waits for, and was read by, one person it was sent to.';
alter table public.message_receipts enable row level security;

create table public.messages (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    conversation_id uuid not null,
    sender_id uuid not null,
    content text not null,
    sender_name text,
    read_at timestamp with time zone,
    constraint messages_pkey PRIMARY KEY (id),
    constraint messages_content_check CHECK (((char_length(content) >= 1) AND (char_length(content) <= 10000)))
);

revoke all on table public.messages from public, anon, authenticated, service_role;
grant delete, insert (content, conversation_id, created_at, id, sender_id), select, update (content, conversation_id, created_at, id, sender_id) on table public.messages to service_role;
grant insert (content, conversation_id, id, sender_id), select on table public.messages to folkmoot_writer;
grant select on table public.messages to authenticated;
grant select (content, conversation_id, created_at, id, read_at, sender_id, sender_name), update (read_at, sender_name) on table public.messages to derived_owner;
comment on table public.messages is 'One message in a conversation, read and written by its participants only.';
alter table public.messages set (autovacuum_vacuum_cost_delay = 0);
alter table public.messages set (autovacuum_vacuum_scale_factor = 0.01);
alter table public.messages set (autovacuum_vacuum_threshold = 500);
alter table public.messages set (fillfactor = 85);
alter table public.messages enable row level security;

create table public.modules (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    course_id uuid not null,
    title text not null,
    "order" integer default 0 not null,
    lesson_count integer default 0 not null,
    updated_at timestamp with time zone default now() not null,
    constraint modules_pkey PRIMARY KEY (id),
    constraint modules_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200)))
);

revoke all on table public.modules from public, anon, authenticated, service_role;
grant delete, insert ("order", course_id, created_at, id, title, updated_at), select, update ("order", course_id, created_at, id, title, updated_at) on table public.modules to service_role;
grant delete, insert ("order", course_id, id, title), select, update ("order", title) on table public.modules to folkmoot_writer;
grant select on table public.modules to anon, authenticated;
grant select (id, lesson_count), update (lesson_count) on table public.modules to derived_owner;
comment on table public.modules is 'One part of a course, in the order of `order`; lessons stand in modules.';
alter table public.modules set (autovacuum_vacuum_cost_delay = 0);
alter table public.modules set (autovacuum_vacuum_scale_factor = 0.01);
alter table public.modules set (autovacuum_vacuum_threshold = 500);
alter table public.modules set (fillfactor = 85);
alter table public.modules enable row level security;

create table public.notifications (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    type text not null,
    actor_id uuid,
    actor_name text,
    data jsonb default '{}'::jsonb not null,
    read boolean default false not null,
    updated_at timestamp with time zone default now() not null,
    constraint notifications_pkey PRIMARY KEY (id),
    constraint notifications_data_check CHECK ((jsonb_typeof(data) = 'object'::text)),
    constraint notifications_type_check CHECK ((type = ANY (ARRAY['post'::text, 'comment'::text, 'reply'::text, 'like'::text, 'mention'::text, 'follow'::text, 'message'::text, 'event'::text, 'course'::text, 'level'::text, 'report'::text])))
);

revoke all on table public.notifications from public, anon, authenticated, service_role;
grant delete, insert (actor_id, created_at, data, id, read, type, updated_at, user_id), select, update (actor_id, created_at, data, id, read, type, updated_at, user_id) on table public.notifications to service_role;
grant delete, insert (actor_id, data, id, type, user_id), select, update (read) on table public.notifications to folkmoot_writer;
grant delete, select, update (read) on table public.notifications to authenticated;
grant select (actor_id, actor_name, id), update (actor_name) on table public.notifications to derived_owner;
comment on table public.notifications is 'One thing that one person is told: that `actor_id` did something which concerns them.';
alter table public.notifications enable row level security;

create table public.points (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    action text not null,
    amount integer not null,
    reference_type text,
    reference_id uuid,
    constraint points_pkey PRIMARY KEY (id),
    constraint points_action_check CHECK ((((char_length(action) >= 1) AND (char_length(action) <= 60)) AND (action ~ '^[a-z0-9_]+$'::text))),
    constraint points_reference_type_check CHECK ((reference_type = ANY (ARRAY['post'::text, 'comment'::text, 'like'::text, 'lesson'::text, 'course'::text, 'event'::text, 'follow'::text, 'user'::text])))
);

revoke all on table public.points from public, anon, authenticated, service_role;
grant delete, insert (action, amount, created_at, id, reference_id, reference_type, user_id), select, update (action, amount, created_at, id, reference_id, reference_type, user_id) on table public.points to service_role;
grant select on table public.points to authenticated, folkmoot_writer;
comment on table public.points is 'One time that one person was given points for one `action`, or lost them where `amount` is negative.';
alter table public.points enable row level security;

create table public.reports (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    reporter_id uuid not null,
    target_type text not null,
    target_id uuid not null,
    reason text not null,
    status text default 'open'::text not null,
    resolved_at timestamp with time zone,
    resolved_by uuid,
    updated_at timestamp with time zone default now() not null,
    constraint reports_pkey PRIMARY KEY (id),
    constraint reports_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
    constraint reports_status_check CHECK ((status = ANY (ARRAY['open'::text, 'resolved'::text, 'dismissed'::text]))),
    constraint reports_target_type_check CHECK ((target_type = ANY (ARRAY['post'::text, 'comment'::text, 'user'::text])))
);

revoke all on table public.reports from public, anon, authenticated, service_role;
grant delete, insert (created_at, id, reason, reporter_id, resolved_at, resolved_by, status, target_id, target_type, updated_at), select, update (created_at, id, reason, reporter_id, resolved_at, resolved_by, status, target_id, target_type, updated_at) on table public.reports to service_role;
grant insert (id, reason, reporter_id, target_id, target_type), select, update (resolved_at, resolved_by, status) on table public.reports to folkmoot_writer;
grant select on table public.reports to authenticated;
comment on table public.reports is 'One person''s report of one post, comment or person; a second one of the same is refused.';
alter table public.reports enable row level security;

create table public.rsvps (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    event_id uuid not null,
    user_id uuid not null,
    status text not null,
    updated_at timestamp with time zone default now() not null,
    constraint rsvps_pkey PRIMARY KEY (id),
    constraint rsvps_status_check CHECK ((status = ANY (ARRAY['going'::text, 'maybe'::text, 'not_going'::text, 'waitlist'::text])))
);

revoke all on table public.rsvps from public, anon, authenticated, service_role;
grant delete, insert (created_at, event_id, id, status, updated_at, user_id), select, update (created_at, event_id, id, status, updated_at, user_id) on table public.rsvps to service_role;
grant delete, insert (event_id, id, status, user_id), select, update (status) on table public.rsvps to folkmoot_writer;
grant select on table public.rsvps to authenticated;
comment on table public.rsvps is 'One person''s answer to one event.';
alter table public.rsvps enable row level security;

create table public.space_visits (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    space_id uuid not null,
    last_visited_at timestamp with time zone default now() not null,
    updated_at timestamp with time zone default now() not null,
    constraint space_visits_pkey PRIMARY KEY (id)
);

revoke all on table public.space_visits from public, anon, authenticated, service_role;
grant delete, insert (created_at, id, last_visited_at, space_id, updated_at, user_id), select, update (created_at, id, last_visited_at, space_id, updated_at, user_id) on table public.space_visits to service_role;
grant delete, insert (id, last_visited_at, space_id, user_id), select, update (last_visited_at) on table public.space_visits to authenticated, folkmoot_writer;
comment on table public.space_visits is 'When one person last looked at one space: posts since then are new to them.';
alter table public.space_visits enable row level security;

create table tracker.content_items (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    content_id text not null,
    title text not null,
    platform text not null,
    content_type text not null,
    published_date date not null,
    updated_at timestamp with time zone default now() not null,
    constraint content_items_pkey PRIMARY KEY (id),
    constraint content_items_content_id_check CHECK (((char_length(content_id) >= 1) AND (char_length(content_id) <= 120))),
    constraint content_items_content_type_check CHECK (((char_length(content_type) >= 1) AND (char_length(content_type) <= 60))),
    constraint content_items_platform_check CHECK (((char_length(platform) >= 1) AND (char_length(platform) <= 60))),
    constraint content_items_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 300)))
);

revoke all on table tracker.content_items from public, anon, authenticated, service_role;
grant delete, insert (content_id, content_type, created_at, id, platform, published_date, title, updated_at, user_id), select, update (content_id, content_type, created_at, id, platform, published_date, title, updated_at, user_id) on table tracker.content_items to service_role;
grant delete, insert (content_id, content_type, id, platform, published_date, title, user_id), select, update (content_id, content_type, platform, published_date, title, user_id) on table tracker.content_items to authenticated, folkmoot_writer;
comment on table tracker.content_items is 'One thing that one person has published; `content_id` is the client''s own id of it.';
alter table tracker.content_items enable row level security;

create table tracker.content_metrics (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    content_id text not null,
    metric_date date not null,
    views integer default 0 not null,
    likes integer default 0 not null,
    shares integer default 0 not null,
    comments integer default 0 not null,
    subscribers integer default 0 not null,
    revenue numeric default 0 not null,
    swipe_rate numeric,
    updated_at timestamp with time zone default now() not null,
    constraint content_metrics_pkey PRIMARY KEY (id),
    constraint content_metrics_comments_check CHECK ((comments >= 0)),
    constraint content_metrics_content_id_check CHECK (((char_length(content_id) >= 1) AND (char_length(content_id) <= 120))),
    constraint content_metrics_likes_check CHECK ((likes >= 0)),
    constraint content_metrics_revenue_check CHECK ((revenue <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric]))),
    constraint content_metrics_shares_check CHECK ((shares >= 0)),
    constraint content_metrics_swipe_rate_check CHECK ((swipe_rate <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric]))),
    constraint content_metrics_views_check CHECK ((views >= 0))
);

revoke all on table tracker.content_metrics from public, anon, authenticated, service_role;
grant delete, insert (comments, content_id, created_at, id, likes, metric_date, revenue, shares, subscribers, swipe_rate, updated_at, user_id, views), select, update (comments, content_id, created_at, id, likes, metric_date, revenue, shares, subscribers, swipe_rate, updated_at, user_id, views) on table tracker.content_metrics to service_role;
grant delete, insert (comments, content_id, id, likes, metric_date, revenue, shares, subscribers, swipe_rate, user_id, views), select, update (comments, content_id, likes, metric_date, revenue, shares, subscribers, swipe_rate, user_id, views) on table tracker.content_metrics to authenticated, folkmoot_writer;
comment on table tracker.content_metrics is 'How one published thing stood on one day.';
alter table tracker.content_metrics enable row level security;

create table tracker.financial_metrics (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    mrr numeric default 0 not null,
    net_worth numeric default 0 not null,
    updated_at timestamp with time zone default now() not null,
    constraint financial_metrics_pkey PRIMARY KEY (id),
    constraint financial_metrics_mrr_check CHECK ((mrr <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric]))),
    constraint financial_metrics_net_worth_check CHECK ((net_worth <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric])))
);

revoke all on table tracker.financial_metrics from public, anon, authenticated, service_role;
grant delete, insert (created_at, id, mrr, net_worth, updated_at, user_id), select, update (created_at, id, mrr, net_worth, updated_at, user_id) on table tracker.financial_metrics to service_role;
grant delete, insert (id, mrr, net_worth, user_id), select, update (mrr, net_worth, user_id) on table tracker.financial_metrics to authenticated, folkmoot_writer;
comment on table tracker.financial_metrics is 'Where one person stands financially: monthly recurring revenue, and net worth. One row each.';
alter table tracker.financial_metrics enable row level security;

create table tracker.goals (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    goal_id text not null,
    name text not null,
    yearly_target numeric not null,
    unit text not null,
    category text not null,
    is_numeric boolean default true not null,
    monthly jsonb default '{}'::jsonb not null,
    monthly_targets jsonb default '{}'::jsonb not null,
    current_total numeric not null,
    progress_pct numeric not null,
    updated_at timestamp with time zone default now() not null,
    constraint goals_pkey PRIMARY KEY (id),
    constraint goals_category_check CHECK ((category = ANY (ARRAY['professional'::text, 'fitness'::text, 'financial'::text, 'personal'::text]))),
    constraint goals_goal_id_check CHECK (((char_length(goal_id) >= 1) AND (char_length(goal_id) <= 120))),
    constraint goals_monthly_check CHECK ((jsonb_typeof(monthly) = 'object'::text)),
    constraint goals_monthly_targets_check CHECK ((jsonb_typeof(monthly_targets) = 'object'::text)),
    constraint goals_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 300))),
    constraint goals_unit_check CHECK (((char_length(unit) >= 0) AND (char_length(unit) <= 60))),
    constraint goals_yearly_target_check CHECK ((yearly_target <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric])))
);

revoke all on table tracker.goals from public, anon, authenticated, service_role;
grant delete, insert (category, created_at, goal_id, id, is_numeric, monthly, monthly_targets, name, unit, updated_at, user_id, yearly_target), select, update (category, created_at, goal_id, id, is_numeric, monthly, monthly_targets, name, unit, updated_at, user_id, yearly_target) on table tracker.goals to service_role;
grant delete, insert (category, goal_id, id, is_numeric, monthly, monthly_targets, name, unit, user_id, yearly_target), select, update (category, goal_id, is_numeric, monthly, monthly_targets, name, unit, user_id, yearly_target) on table tracker.goals to authenticated, folkmoot_writer;
grant select (current_total, id, progress_pct), update (current_total, progress_pct) on table tracker.goals to derived_owner;
comment on table tracker.goals is 'One goal of one person for a year, followed month by month.';
alter table tracker.goals enable row level security;

create table tracker.kanban_boards (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    board_id text not null,
    name text not null,
    description text,
    updated_at timestamp with time zone default now() not null,
    constraint kanban_boards_pkey PRIMARY KEY (id),
    constraint kanban_boards_board_id_check CHECK (((char_length(board_id) >= 1) AND (char_length(board_id) <= 120))),
    constraint kanban_boards_description_check CHECK (((char_length(description) >= 0) AND (char_length(description) <= 20000))),
    constraint kanban_boards_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 300)))
);

revoke all on table tracker.kanban_boards from public, anon, authenticated, service_role;
grant delete, insert (board_id, created_at, description, id, name, updated_at, user_id), select, update (board_id, created_at, description, id, name, updated_at, user_id) on table tracker.kanban_boards to service_role;
grant delete, insert (board_id, description, id, name, user_id), select, update (board_id, description, name, user_id) on table tracker.kanban_boards to authenticated, folkmoot_writer;
comment on table tracker.kanban_boards is 'One board of one person.';
alter table tracker.kanban_boards enable row level security;

create table tracker.kanban_columns (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    board_id text not null,
    column_id text not null,
    title text not null,
    color text not null,
    "position" integer not null,
    updated_at timestamp with time zone default now() not null,
    constraint kanban_columns_pkey PRIMARY KEY (id),
    constraint kanban_columns_board_id_check CHECK (((char_length(board_id) >= 1) AND (char_length(board_id) <= 120))),
    constraint kanban_columns_color_check CHECK (((char_length(color) >= 1) AND (char_length(color) <= 60))),
    constraint kanban_columns_column_id_check CHECK (((char_length(column_id) >= 1) AND (char_length(column_id) <= 120))),
    constraint kanban_columns_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 300)))
);

revoke all on table tracker.kanban_columns from public, anon, authenticated, service_role;
grant delete, insert ("position", board_id, color, column_id, created_at, id, title, updated_at, user_id), select, update ("position", board_id, color, column_id, created_at, id, title, updated_at, user_id) on table tracker.kanban_columns to service_role;
grant delete, insert ("position", board_id, color, column_id, id, title, user_id), select, update ("position", board_id, color, column_id, title, user_id) on table tracker.kanban_columns to authenticated, folkmoot_writer;
comment on table tracker.kanban_columns is 'One column of a board, from left to right by `position`.';
alter table tracker.kanban_columns enable row level security;

create table tracker.kanban_tasks (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    board_id text not null,
    task_id text not null,
    column_id text not null,
    title text not null,
    description text,
    assignee text,
    priority text not null,
    due_date date,
    labels jsonb default '[]'::jsonb not null,
    time_spent numeric default 0 not null,
    "position" integer default 0 not null,
    is_deleted boolean not null,
    deleted_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    constraint kanban_tasks_pkey PRIMARY KEY (id),
    constraint kanban_tasks_assignee_check CHECK (((char_length(assignee) >= 1) AND (char_length(assignee) <= 300))),
    constraint kanban_tasks_board_id_check CHECK (((char_length(board_id) >= 1) AND (char_length(board_id) <= 120))),
    constraint kanban_tasks_column_id_check CHECK (((char_length(column_id) >= 1) AND (char_length(column_id) <= 120))),
    constraint kanban_tasks_description_check CHECK (((char_length(description) >= 0) AND (char_length(description) <= 20000))),
    constraint kanban_tasks_labels_check CHECK ((jsonb_typeof(labels) = 'array'::text)),
    constraint kanban_tasks_priority_check CHECK ((priority = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'urgent'::text]))),
    constraint kanban_tasks_task_id_check CHECK (((char_length(task_id) >= 1) AND (char_length(task_id) <= 120))),
    constraint kanban_tasks_time_spent_check CHECK ((time_spent <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric]))),
    constraint kanban_tasks_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 300)))
);

revoke all on table tracker.kanban_tasks from public, anon, authenticated, service_role;
grant delete, insert ("position", assignee, board_id, column_id, created_at, deleted_at, description, due_date, id, labels, priority, task_id, time_spent, title, updated_at, user_id), select, update ("position", assignee, board_id, column_id, created_at, deleted_at, description, due_date, id, labels, priority, task_id, time_spent, title, updated_at, user_id) on table tracker.kanban_tasks to service_role;
grant insert ("position", assignee, board_id, column_id, deleted_at, description, due_date, id, labels, priority, task_id, time_spent, title, user_id), select, update ("position", assignee, board_id, column_id, deleted_at, description, due_date, labels, priority, task_id, time_spent, title, user_id) on table tracker.kanban_tasks to authenticated, folkmoot_writer;
grant select (id, is_deleted), update (is_deleted) on table tracker.kanban_tasks to derived_owner;
comment on table tracker.kanban_tasks is 'One task in a column of a board.';
alter table tracker.kanban_tasks enable row level security;

create table tracker.metrics (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    date date not null,
    data jsonb default '{}'::jsonb not null,
    updated_at timestamp with time zone default now() not null,
    constraint metrics_pkey PRIMARY KEY (id),
    constraint metrics_data_check CHECK ((jsonb_typeof(data) = 'object'::text))
);

revoke all on table tracker.metrics from public, anon, authenticated, service_role;
grant delete, insert (created_at, data, date, id, updated_at, user_id), select, update (created_at, data, date, id, updated_at, user_id) on table tracker.metrics to service_role;
grant delete, insert (data, date, id, user_id), select, update (data, date, user_id) on table tracker.metrics to authenticated, folkmoot_writer;
comment on table tracker.metrics is 'Everything one person measured on one day; `data` is theirs to arrange.';
alter table tracker.metrics enable row level security;

create table tracker.platform_metrics (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    platform text not null,
    metric_name text not null,
    metric_value numeric default 0 not null,
    week_key text,
    updated_at timestamp with time zone default now() not null,
    constraint platform_metrics_pkey PRIMARY KEY (id),
    constraint platform_metrics_metric_name_check CHECK (((char_length(metric_name) >= 1) AND (char_length(metric_name) <= 120))),
    constraint platform_metrics_metric_value_check CHECK ((metric_value <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric]))),
    constraint platform_metrics_platform_check CHECK (((char_length(platform) >= 1) AND (char_length(platform) <= 60))),
    constraint platform_metrics_week_key_check CHECK ((((char_length(week_key) >= 0) AND (char_length(week_key) <= 8)) AND (week_key ~ '^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$'::text)))
);

revoke all on table tracker.platform_metrics from public, anon, authenticated, service_role;
grant delete, insert (created_at, id, metric_name, metric_value, platform, updated_at, user_id, week_key), select, update (created_at, id, metric_name, metric_value, platform, updated_at, user_id, week_key) on table tracker.platform_metrics to service_role;
grant delete, insert (id, metric_name, metric_value, platform, user_id, week_key), select, update (metric_name, metric_value, platform, user_id, week_key) on table tracker.platform_metrics to authenticated, folkmoot_writer;
comment on table tracker.platform_metrics is 'One figure of one platform, of a week or of no particular time.';
alter table tracker.platform_metrics enable row level security;

create table tracker.roadmaps (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    roadmap_id text not null,
    data jsonb default '{}'::jsonb not null,
    updated_at timestamp with time zone default now() not null,
    constraint roadmaps_pkey PRIMARY KEY (id),
    constraint roadmaps_data_check CHECK ((jsonb_typeof(data) = 'object'::text)),
    constraint roadmaps_roadmap_id_check CHECK (((char_length(roadmap_id) >= 1) AND (char_length(roadmap_id) <= 120)))
);

revoke all on table tracker.roadmaps from public, anon, authenticated, service_role;
grant delete, insert (created_at, data, id, roadmap_id, updated_at, user_id), select, update (created_at, data, id, roadmap_id, updated_at, user_id) on table tracker.roadmaps to service_role;
grant delete, insert (data, id, roadmap_id, user_id), select, update (data, roadmap_id, user_id) on table tracker.roadmaps to authenticated, folkmoot_writer;
comment on table tracker.roadmaps is 'One plan of one person, with its milestones in `data`.';
alter table tracker.roadmaps enable row level security;

create table tracker.skill_progression (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    skill_id text not null,
    skill_name text not null,
    category text not null,
    current_level numeric default 0 not null,
    target_level numeric default 0 not null,
    progress_data jsonb default '{}'::jsonb not null,
    updated_at timestamp with time zone default now() not null,
    constraint skill_progression_pkey PRIMARY KEY (id),
    constraint skill_progression_category_check CHECK (((char_length(category) >= 1) AND (char_length(category) <= 60))),
    constraint skill_progression_current_level_check CHECK ((current_level <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric]))),
    constraint skill_progression_progress_data_check CHECK ((jsonb_typeof(progress_data) = 'object'::text)),
    constraint skill_progression_skill_id_check CHECK (((char_length(skill_id) >= 1) AND (char_length(skill_id) <= 120))),
    constraint skill_progression_skill_name_check CHECK (((char_length(skill_name) >= 1) AND (char_length(skill_name) <= 300))),
    constraint skill_progression_target_level_check CHECK ((target_level <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric])))
);

revoke all on table tracker.skill_progression from public, anon, authenticated, service_role;
grant delete, insert (category, created_at, current_level, id, progress_data, skill_id, skill_name, target_level, updated_at, user_id), select, update (category, created_at, current_level, id, progress_data, skill_id, skill_name, target_level, updated_at, user_id) on table tracker.skill_progression to service_role;
grant delete, insert (category, current_level, id, progress_data, skill_id, skill_name, target_level, user_id), select, update (category, current_level, progress_data, skill_id, skill_name, target_level, user_id) on table tracker.skill_progression to authenticated, folkmoot_writer;
comment on table tracker.skill_progression is 'How far one person has come with one skill, on a scale of their own.';
alter table tracker.skill_progression enable row level security;

create table tracker.sprints (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    sprint_id uuid,
    start_date date not null,
    status text not null,
    updated_at timestamp with time zone default now() not null,
    constraint sprints_pkey PRIMARY KEY (id),
    constraint sprints_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'active'::text, 'completed'::text])))
);

revoke all on table tracker.sprints from public, anon, authenticated, service_role;
grant delete, insert (created_at, id, start_date, status, updated_at, user_id), select, update (created_at, id, start_date, status, updated_at, user_id) on table tracker.sprints to service_role;
grant delete, insert (id, start_date, status, user_id), select, update (start_date, status, user_id) on table tracker.sprints to authenticated, folkmoot_writer;
grant select (id, sprint_id), update (sprint_id) on table tracker.sprints to derived_owner;
comment on table tracker.sprints is 'One cycle of 21 days on and 7 days off.';
alter table tracker.sprints enable row level security;

create table tracker.user_configs (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    config_key text not null,
    config_value jsonb not null,
    updated_at timestamp with time zone default now() not null,
    constraint user_configs_pkey PRIMARY KEY (id),
    constraint user_configs_config_key_check CHECK (((char_length(config_key) >= 1) AND (char_length(config_key) <= 120)))
);

revoke all on table tracker.user_configs from public, anon, authenticated, service_role;
grant delete, insert (config_key, config_value, created_at, id, updated_at, user_id), select, update (config_key, config_value, created_at, id, updated_at, user_id) on table tracker.user_configs to service_role;
grant delete, insert (config_key, config_value, id, user_id), select, update (config_key, config_value, user_id) on table tracker.user_configs to authenticated, folkmoot_writer;
comment on table tracker.user_configs is 'One setting of one person''s integrations, such as a token of theirs for another service.';
alter table tracker.user_configs enable row level security;

create table tracker.user_kpis (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    kpi_id text not null,
    name text not null,
    target numeric default 0 not null,
    min_target numeric,
    unit text not null,
    category text not null,
    color text default '#5FE3B3'::text not null,
    is_active boolean default true not null,
    sort_order integer default 0 not null,
    is_average boolean default false not null,
    is_reverse_scoring boolean default false not null,
    updated_at timestamp with time zone default now() not null,
    constraint user_kpis_pkey PRIMARY KEY (id),
    constraint user_kpis_category_check CHECK (((char_length(category) >= 1) AND (char_length(category) <= 60))),
    constraint user_kpis_color_check CHECK (((char_length(color) >= 1) AND (char_length(color) <= 60))),
    constraint user_kpis_kpi_id_check CHECK (((char_length(kpi_id) >= 1) AND (char_length(kpi_id) <= 120))),
    constraint user_kpis_min_target_check CHECK (((min_target <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric])) AND (min_target >= (0)::numeric))),
    constraint user_kpis_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 300))),
    constraint user_kpis_target_check CHECK (((target <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric])) AND (target >= (0)::numeric))),
    constraint user_kpis_unit_check CHECK (((char_length(unit) >= 0) AND (char_length(unit) <= 60)))
);

revoke all on table tracker.user_kpis from public, anon, authenticated, service_role;
grant delete, insert (category, color, created_at, id, is_active, is_average, is_reverse_scoring, kpi_id, min_target, name, sort_order, target, unit, updated_at, user_id), select, update (category, color, created_at, id, is_active, is_average, is_reverse_scoring, kpi_id, min_target, name, sort_order, target, unit, updated_at, user_id) on table tracker.user_kpis to service_role;
grant delete, insert (category, color, id, is_active, is_average, is_reverse_scoring, kpi_id, min_target, name, sort_order, target, unit, user_id), select, update (category, color, is_active, is_average, is_reverse_scoring, kpi_id, min_target, name, sort_order, target, unit, user_id) on table tracker.user_kpis to authenticated, folkmoot_writer;
comment on table tracker.user_kpis is 'One key figure that one person follows.';
alter table tracker.user_kpis enable row level security;

create table tracker.user_profiles (
    id uuid not null,
    created_at timestamp with time zone default now() not null,
    username text not null,
    display_name text,
    is_admin boolean default false not null,
    user_preferences jsonb default '{"default_view": "dashboard", "theme_settings": {"sound_enabled": false, "terminal_style": "cyberpunk", "animation_enabled": true}, "enabled_modules": ["dashboard", "kpis", "visualizer", "roadmap", "cash", "content"], "show_content_tab": true}'::jsonb not null,
    updated_at timestamp with time zone default now() not null,
    constraint user_profiles_pkey PRIMARY KEY (id),
    constraint user_profiles_display_name_check CHECK (((char_length(display_name) >= 1) AND (char_length(display_name) <= 300))),
    constraint user_profiles_user_preferences_check CHECK ((jsonb_typeof(user_preferences) = 'object'::text)),
    constraint user_profiles_username_check CHECK (((char_length(username) >= 1) AND (char_length(username) <= 60)))
);

revoke all on table tracker.user_profiles from public, anon, authenticated, service_role;
grant delete, insert (created_at, display_name, id, is_admin, updated_at, user_preferences, username), select, update (created_at, display_name, id, is_admin, updated_at, user_preferences, username) on table tracker.user_profiles to service_role;
grant delete, insert (display_name, id, user_preferences, username), select, update (display_name, id, user_preferences, username) on table tracker.user_profiles to authenticated, folkmoot_writer;
comment on table tracker.user_profiles is 'One person as the tracker knows them, made when they first open it and choose a `username`.';
alter table tracker.user_profiles enable row level security;

create table tracker.weekly_content_metrics (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    week_key text not null,
    platform text not null,
    metric_type text not null,
    metric_value numeric default 0 not null,
    updated_at timestamp with time zone default now() not null,
    constraint weekly_content_metrics_pkey PRIMARY KEY (id),
    constraint weekly_content_metrics_metric_type_check CHECK (((char_length(metric_type) >= 1) AND (char_length(metric_type) <= 120))),
    constraint weekly_content_metrics_metric_value_check CHECK ((metric_value <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric]))),
    constraint weekly_content_metrics_platform_check CHECK (((char_length(platform) >= 1) AND (char_length(platform) <= 60))),
    constraint weekly_content_metrics_week_key_check CHECK ((((char_length(week_key) >= 0) AND (char_length(week_key) <= 8)) AND (week_key ~ '^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$'::text)))
);

revoke all on table tracker.weekly_content_metrics from public, anon, authenticated, service_role;
grant delete, insert (created_at, id, metric_type, metric_value, platform, updated_at, user_id, week_key), select, update (created_at, id, metric_type, metric_value, platform, updated_at, user_id, week_key) on table tracker.weekly_content_metrics to service_role;
grant delete, insert (id, metric_type, metric_value, platform, user_id, week_key), select, update (metric_type, metric_value, platform, user_id, week_key) on table tracker.weekly_content_metrics to authenticated, folkmoot_writer;
comment on table tracker.weekly_content_metrics is 'One figure of one platform in one week, over all that one person published there.';
alter table tracker.weekly_content_metrics enable row level security;

create table tracker.weekly_kpi_entries (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    week_key text not null,
    kpi_id text not null,
    name text not null,
    current_value numeric default 0 not null,
    target_value numeric not null,
    min_target_value numeric,
    unit text not null,
    category text not null,
    color text default '#5FE3B3'::text not null,
    is_completed boolean not null,
    completion_rate numeric not null,
    updated_at timestamp with time zone default now() not null,
    constraint weekly_kpi_entries_pkey PRIMARY KEY (id),
    constraint weekly_kpi_entries_category_check CHECK (((char_length(category) >= 1) AND (char_length(category) <= 60))),
    constraint weekly_kpi_entries_color_check CHECK (((char_length(color) >= 1) AND (char_length(color) <= 60))),
    constraint weekly_kpi_entries_current_value_check CHECK ((current_value <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric]))),
    constraint weekly_kpi_entries_kpi_id_check CHECK (((char_length(kpi_id) >= 1) AND (char_length(kpi_id) <= 120))),
    constraint weekly_kpi_entries_min_target_value_check CHECK (((min_target_value <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric])) AND (min_target_value >= (0)::numeric))),
    constraint weekly_kpi_entries_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 300))),
    constraint weekly_kpi_entries_target_value_check CHECK (((target_value <> ALL (ARRAY['NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric])) AND (target_value >= (0)::numeric))),
    constraint weekly_kpi_entries_unit_check CHECK (((char_length(unit) >= 0) AND (char_length(unit) <= 60))),
    constraint weekly_kpi_entries_week_key_check CHECK ((((char_length(week_key) >= 0) AND (char_length(week_key) <= 8)) AND (week_key ~ '^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$'::text)))
);

revoke all on table tracker.weekly_kpi_entries from public, anon, authenticated, service_role;
grant delete, insert (category, color, created_at, current_value, id, kpi_id, min_target_value, name, target_value, unit, updated_at, user_id, week_key), select, update (category, color, created_at, current_value, id, kpi_id, min_target_value, name, target_value, unit, updated_at, user_id, week_key) on table tracker.weekly_kpi_entries to service_role;
grant delete, insert (category, color, current_value, id, kpi_id, min_target_value, name, target_value, unit, user_id, week_key), select, update (category, color, current_value, kpi_id, min_target_value, name, target_value, unit, user_id, week_key) on table tracker.weekly_kpi_entries to authenticated, folkmoot_writer;
grant select (completion_rate, id, is_completed), update (completion_rate, is_completed) on table tracker.weekly_kpi_entries to derived_owner;
comment on table tracker.weekly_kpi_entries is 'One key figure of one week, as it was called and aimed at in that week.';
alter table tracker.weekly_kpi_entries enable row level security;

create table tracker.weekly_kpis (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    user_id uuid not null,
    week_key text not null,
    data jsonb not null,
    updated_at timestamp with time zone default now() not null,
    constraint weekly_kpis_pkey PRIMARY KEY (id),
    constraint weekly_kpis_data_check CHECK ((jsonb_typeof(data) = 'object'::text)),
    constraint weekly_kpis_week_key_check CHECK ((((char_length(week_key) >= 0) AND (char_length(week_key) <= 8)) AND (week_key ~ '^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$'::text)))
);

revoke all on table tracker.weekly_kpis from public, anon, authenticated, service_role;
grant delete, insert (created_at, data, id, updated_at, user_id, week_key), select, update (created_at, data, id, updated_at, user_id, week_key) on table tracker.weekly_kpis to service_role;
grant delete, insert (data, id, user_id, week_key), select, update (data, user_id, week_key) on table tracker.weekly_kpis to authenticated, folkmoot_writer;
comment on table tracker.weekly_kpis is 'All key figures of one person''s week, in `data` as their client adds them up.';
alter table tracker.weekly_kpis enable row level security;
alter table derived.copy_queue alter column source_id drop not null;
alter table public.courses add column lesson_count integer default 0 not null;
alter table public.enrollments add column lesson_count integer;
alter table public.enrollments add column completed_lesson_count integer default 0 not null;
alter table public.enrollments add column completion_percentage integer;
alter table public.users add column follower_count integer default 0 not null;
alter table public.users add column following_count integer default 0 not null;

CREATE OR REPLACE FUNCTION coaching.get_learning_paths_for_assessment(weak_competency_areas text[], overall_score integer)
 RETURNS TABLE(category_id uuid, category_title text, category_description text, category_icon text, resources json[])
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
select
    category.id, category.category_title, category.category_description, category.category_icon,
    array(
        select json_build_object(
            'title', resource.title,
            'description', resource.description,
            'resource_type', resource.resource_type,
            'url', resource.url,
            'author', resource.author_instructor,
            'competency_areas', resource.competency_areas
        )
        from coaching.learning_resources as resource
        where resource.category_id = category.id and resource.is_active
        order by resource.resource_type, resource.title, resource.id
    )
from coaching.learning_path_categories as category
where category.is_active
    and category.competency_areas && weak_competency_areas
    and category.assessment_level = coalesce(
        (
            select question.assessment_level
            from coaching.user_attempts as attempt
            join coaching.assessment_questions as question on question.assessment_id = attempt.assessment_id
            where attempt.user_id = (select auth.uid()) and attempt.completed_at is not null
                and question.assessment_level is not null
            order by attempt.score = overall_score desc, attempt.completed_at desc, attempt.id,
                question.question_order, question.id
            limit 1
        ),
        'core-i'
    )
order by category.priority_order, category.category_title, category.id
$function$;

revoke all on function coaching.get_learning_paths_for_assessment(pg_catalog.text[],integer) from public, anon, authenticated, service_role;
grant execute on function coaching.get_learning_paths_for_assessment(pg_catalog.text[],integer) to authenticated, folkmoot_writer, service_role;
comment on function coaching.get_learning_paths_for_assessment(pg_catalog.text[],integer) is 'Learning resources for the competencies in which the caller did badly, by category.';

CREATE OR REPLACE FUNCTION coaching.store_frontend_insights(attempt_uuid uuid, frontend_insights jsonb)
 RETURNS boolean
 LANGUAGE sql
 SET search_path TO ''
AS $function$
with stored as (
    update coaching.user_attempts as attempt
    set frontend_insights = store_frontend_insights.frontend_insights, insights_generated_at = now()
    where attempt.id = attempt_uuid
    returning attempt.id
)
select exists (select from stored)
$function$;

revoke all on function coaching.store_frontend_insights(pg_catalog.uuid,pg_catalog.jsonb) from public, anon, authenticated, service_role;
grant execute on function coaching.store_frontend_insights(pg_catalog.uuid,pg_catalog.jsonb) to authenticated, folkmoot_writer, service_role;
comment on function coaching.store_frontend_insights(pg_catalog.uuid,pg_catalog.jsonb) is 'Keep what the browser made of an attempt of the caller; false when there is no such attempt.';

CREATE OR REPLACE FUNCTION derived.academy_achievements__queue_copies()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    insert into derived.copy_queue (target, source_id)
        select 'academy.user_achievements.points', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."points" is distinct from former."points";
    return null;
end
$function$;

revoke all on function derived.academy_achievements__queue_copies() from public, anon, authenticated, service_role;
alter function derived.academy_achievements__queue_copies() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_comments__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        select source."name", source."avatar_url" into new."author_name", new."author_avatar"
            from "public"."users" as source where source.id = new."user_id";
    else
        if new."user_id" is distinct from old."user_id" then
            select source."name", source."avatar_url" into new."author_name", new."author_avatar"
                from "public"."users" as source where source.id = new."user_id";
        else
            new."author_name" := old."author_name";
            new."author_avatar" := old."author_avatar";
        end if;
    end if;
    return new;
end
$function$;

revoke all on function derived.academy_comments__guard() from public, anon, authenticated, service_role;
alter function derived.academy_comments__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_comments__verify_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."users" as source
        where source.id in (select one."user_id" from new_rows as one)
        order by source.id for share;
    update "academy"."comments" as target
    set "author_name" = source."name", "author_avatar" = source."avatar_url"
    from new_rows as one
        join "public"."users" as source on source.id = one."user_id"
    where target.id = one.id and (target."author_name" is distinct from source."name" or target."author_avatar" is distinct from source."avatar_url");
    return null;
end
$function$;

revoke all on function derived.academy_comments__verify_insert() from public, anon, authenticated, service_role;
alter function derived.academy_comments__verify_insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_comments__verify_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."users" as source
        where source.id in (select one."user_id" from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."user_id" is distinct from former."user_id"
        ) as one)
        order by source.id for share;
    update "academy"."comments" as target
    set "author_name" = source."name", "author_avatar" = source."avatar_url"
    from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."user_id" is distinct from former."user_id"
        ) as one
        join "public"."users" as source on source.id = one."user_id"
    where target.id = one.id and (target."author_name" is distinct from source."name" or target."author_avatar" is distinct from source."avatar_url");
    return null;
end
$function$;

revoke all on function derived.academy_comments__verify_update() from public, anon, authenticated, service_role;
alter function derived.academy_comments__verify_update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_comments_to_academy_discussions__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_comment_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."comment_count")
    into _keys, "_comment_count"
    from (
        select change.key, sum(change."comment_count") as "comment_count" from (
            select one."discussion_id" as key, -1 as "comment_count" from old_rows as one where (one."deleted_at" is null)
        ) as change
        group by change.key having sum(change."comment_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "academy"."discussions" as target
        set "comment_count" = target."comment_count" + total."comment_count"
        from (select _keys[1] as key, "_comment_count"[1] as "comment_count") as total
        where target.id = total.key;
    else
        perform from "academy"."discussions" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."discussions" as target
        set "comment_count" = target."comment_count" + total."comment_count"
        from unnest(_keys, "_comment_count") as total (key, "comment_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_comments_to_academy_discussions__delete() from public, anon, authenticated, service_role;
alter function derived.academy_comments_to_academy_discussions__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_comments_to_academy_discussions__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_comment_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."comment_count")
    into _keys, "_comment_count"
    from (
        select change.key, sum(change."comment_count") as "comment_count" from (
            select one."discussion_id" as key, 1 as "comment_count" from new_rows as one where (one."deleted_at" is null)
        ) as change
        group by change.key having sum(change."comment_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "academy"."discussions" as target
        set "comment_count" = target."comment_count" + total."comment_count"
        from (select _keys[1] as key, "_comment_count"[1] as "comment_count") as total
        where target.id = total.key;
    else
        perform from "academy"."discussions" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."discussions" as target
        set "comment_count" = target."comment_count" + total."comment_count"
        from unnest(_keys, "_comment_count") as total (key, "comment_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_comments_to_academy_discussions__insert() from public, anon, authenticated, service_role;
alter function derived.academy_comments_to_academy_discussions__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_comments_to_academy_discussions__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'academy.comments can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "academy"."discussions" as target where target."comment_count" is distinct from 0
        order by target.id for no key update;
    update "academy"."discussions" as target
    set "comment_count" = 0 where target."comment_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.academy_comments_to_academy_discussions__truncate() from public, anon, authenticated, service_role;
alter function derived.academy_comments_to_academy_discussions__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_comments_to_academy_discussions__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_comment_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."comment_count")
    into _keys, "_comment_count"
    from (
        select change.key, sum(change."comment_count") as "comment_count" from (
            select one."discussion_id" as key, 1 as "comment_count" from new_rows as one where (one."deleted_at" is null)
            union all
            select one."discussion_id" as key, -1 as "comment_count" from old_rows as one where (one."deleted_at" is null)
        ) as change
        group by change.key having sum(change."comment_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "academy"."discussions" as target
        set "comment_count" = target."comment_count" + total."comment_count"
        from (select _keys[1] as key, "_comment_count"[1] as "comment_count") as total
        where target.id = total.key;
    else
        perform from "academy"."discussions" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."discussions" as target
        set "comment_count" = target."comment_count" + total."comment_count"
        from unnest(_keys, "_comment_count") as total (key, "comment_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_comments_to_academy_discussions__update() from public, anon, authenticated, service_role;
alter function derived.academy_comments_to_academy_discussions__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_content_items_to_academy_modules__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_content_item_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."content_item_count")
    into _keys, "_content_item_count"
    from (
        select change.key, sum(change."content_item_count") as "content_item_count" from (
            select one."module_id" as key, -1 as "content_item_count" from old_rows as one
        ) as change
        group by change.key having sum(change."content_item_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "academy"."modules" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from (select _keys[1] as key, "_content_item_count"[1] as "content_item_count") as total
        where target.id = total.key;
    else
        perform from "academy"."modules" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."modules" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from unnest(_keys, "_content_item_count") as total (key, "content_item_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_content_items_to_academy_modules__delete() from public, anon, authenticated, service_role;
alter function derived.academy_content_items_to_academy_modules__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_content_items_to_academy_modules__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_content_item_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."content_item_count")
    into _keys, "_content_item_count"
    from (
        select change.key, sum(change."content_item_count") as "content_item_count" from (
            select one."module_id" as key, 1 as "content_item_count" from new_rows as one
        ) as change
        group by change.key having sum(change."content_item_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "academy"."modules" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from (select _keys[1] as key, "_content_item_count"[1] as "content_item_count") as total
        where target.id = total.key;
    else
        perform from "academy"."modules" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."modules" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from unnest(_keys, "_content_item_count") as total (key, "content_item_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_content_items_to_academy_modules__insert() from public, anon, authenticated, service_role;
alter function derived.academy_content_items_to_academy_modules__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_content_items_to_academy_modules__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'academy.content_items can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "academy"."modules" as target where target."content_item_count" is distinct from 0
        order by target.id for no key update;
    update "academy"."modules" as target
    set "content_item_count" = 0 where target."content_item_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.academy_content_items_to_academy_modules__truncate() from public, anon, authenticated, service_role;
alter function derived.academy_content_items_to_academy_modules__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_content_items_to_academy_modules__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_content_item_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."content_item_count")
    into _keys, "_content_item_count"
    from (
        select change.key, sum(change."content_item_count") as "content_item_count" from (
            select one."module_id" as key, 1 as "content_item_count" from new_rows as one
            union all
            select one."module_id" as key, -1 as "content_item_count" from old_rows as one
        ) as change
        group by change.key having sum(change."content_item_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "academy"."modules" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from (select _keys[1] as key, "_content_item_count"[1] as "content_item_count") as total
        where target.id = total.key;
    else
        perform from "academy"."modules" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."modules" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from unnest(_keys, "_content_item_count") as total (key, "content_item_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_content_items_to_academy_modules__update() from public, anon, authenticated, service_role;
alter function derived.academy_content_items_to_academy_modules__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_courses__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."content_item_count" := 0;
    else
        new."content_item_count" := old."content_item_count";
    end if;
    return new;
end
$function$;

revoke all on function derived.academy_courses__guard() from public, anon, authenticated, service_role;
alter function derived.academy_courses__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_courses_to_academy_programs__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_content_item_count" numeric[];
begin
    select array_agg(total.key), array_agg(total."content_item_count")
    into _keys, "_content_item_count"
    from (
        select change.key, sum(change."content_item_count") as "content_item_count" from (
            select one."program_id" as key, -one."content_item_count"::numeric as "content_item_count" from old_rows as one where (one."is_published" = true)
        ) as change
        group by change.key having sum(change."content_item_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "academy"."programs" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from (select _keys[1] as key, "_content_item_count"[1] as "content_item_count") as total
        where target.id = total.key;
    else
        perform from "academy"."programs" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."programs" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from unnest(_keys, "_content_item_count") as total (key, "content_item_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_courses_to_academy_programs__delete() from public, anon, authenticated, service_role;
alter function derived.academy_courses_to_academy_programs__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_courses_to_academy_programs__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_content_item_count" numeric[];
begin
    select array_agg(total.key), array_agg(total."content_item_count")
    into _keys, "_content_item_count"
    from (
        select change.key, sum(change."content_item_count") as "content_item_count" from (
            select one."program_id" as key, one."content_item_count"::numeric as "content_item_count" from new_rows as one where (one."is_published" = true)
        ) as change
        group by change.key having sum(change."content_item_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "academy"."programs" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from (select _keys[1] as key, "_content_item_count"[1] as "content_item_count") as total
        where target.id = total.key;
    else
        perform from "academy"."programs" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."programs" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from unnest(_keys, "_content_item_count") as total (key, "content_item_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_courses_to_academy_programs__insert() from public, anon, authenticated, service_role;
alter function derived.academy_courses_to_academy_programs__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_courses_to_academy_programs__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'academy.courses can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "academy"."programs" as target where target."content_item_count" is distinct from 0
        order by target.id for no key update;
    update "academy"."programs" as target
    set "content_item_count" = 0 where target."content_item_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.academy_courses_to_academy_programs__truncate() from public, anon, authenticated, service_role;
alter function derived.academy_courses_to_academy_programs__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_courses_to_academy_programs__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_content_item_count" numeric[];
begin
    select array_agg(total.key), array_agg(total."content_item_count")
    into _keys, "_content_item_count"
    from (
        select change.key, sum(change."content_item_count") as "content_item_count" from (
            select one."program_id" as key, one."content_item_count"::numeric as "content_item_count" from new_rows as one where (one."is_published" = true)
            union all
            select one."program_id" as key, -one."content_item_count"::numeric as "content_item_count" from old_rows as one where (one."is_published" = true)
        ) as change
        group by change.key having sum(change."content_item_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "academy"."programs" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from (select _keys[1] as key, "_content_item_count"[1] as "content_item_count") as total
        where target.id = total.key;
    else
        perform from "academy"."programs" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."programs" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from unnest(_keys, "_content_item_count") as total (key, "content_item_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_courses_to_academy_programs__update() from public, anon, authenticated, service_role;
alter function derived.academy_courses_to_academy_programs__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_discussions__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."comment_count" := 0;
        select source."name", source."avatar_url" into new."author_name", new."author_avatar"
            from "public"."users" as source where source.id = new."user_id";
    else
        new."comment_count" := old."comment_count";
        if new."user_id" is distinct from old."user_id" then
            select source."name", source."avatar_url" into new."author_name", new."author_avatar"
                from "public"."users" as source where source.id = new."user_id";
        else
            new."author_name" := old."author_name";
            new."author_avatar" := old."author_avatar";
        end if;
    end if;
    return new;
end
$function$;

revoke all on function derived.academy_discussions__guard() from public, anon, authenticated, service_role;
alter function derived.academy_discussions__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_discussions__verify_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."users" as source
        where source.id in (select one."user_id" from new_rows as one)
        order by source.id for share;
    update "academy"."discussions" as target
    set "author_name" = source."name", "author_avatar" = source."avatar_url"
    from new_rows as one
        join "public"."users" as source on source.id = one."user_id"
    where target.id = one.id and (target."author_name" is distinct from source."name" or target."author_avatar" is distinct from source."avatar_url");
    return null;
end
$function$;

revoke all on function derived.academy_discussions__verify_insert() from public, anon, authenticated, service_role;
alter function derived.academy_discussions__verify_insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_discussions__verify_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."users" as source
        where source.id in (select one."user_id" from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."user_id" is distinct from former."user_id"
        ) as one)
        order by source.id for share;
    update "academy"."discussions" as target
    set "author_name" = source."name", "author_avatar" = source."avatar_url"
    from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."user_id" is distinct from former."user_id"
        ) as one
        join "public"."users" as source on source.id = one."user_id"
    where target.id = one.id and (target."author_name" is distinct from source."name" or target."author_avatar" is distinct from source."avatar_url");
    return null;
end
$function$;

revoke all on function derived.academy_discussions__verify_update() from public, anon, authenticated, service_role;
alter function derived.academy_discussions__verify_update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_enrollments__compute()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    new."completion_percentage" := (coalesce(round(case when case when ((new."completed_item_count"::numeric * 100) / nullif(new."content_item_count"::numeric, 0)) is not null then greatest(((new."completed_item_count"::numeric * 100) / nullif(new."content_item_count"::numeric, 0)), 0) end is not null then least(case when ((new."completed_item_count"::numeric * 100) / nullif(new."content_item_count"::numeric, 0)) is not null then greatest(((new."completed_item_count"::numeric * 100) / nullif(new."content_item_count"::numeric, 0)), 0) end, 100) end, 0), 0))::integer;
    return new;
end
$function$;

revoke all on function derived.academy_enrollments__compute() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION derived.academy_enrollments__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."completed_item_count" := 0;
        new."last_activity_at" := null;
        select source."content_item_count" into new."content_item_count"
            from "academy"."programs" as source where source.id = new."program_id";
    else
        new."completed_item_count" := old."completed_item_count";
        new."last_activity_at" := old."last_activity_at";
        if new."program_id" is distinct from old."program_id" then
            select source."content_item_count" into new."content_item_count"
                from "academy"."programs" as source where source.id = new."program_id";
        else
            new."content_item_count" := old."content_item_count";
        end if;
    end if;
    return new;
end
$function$;

revoke all on function derived.academy_enrollments__guard() from public, anon, authenticated, service_role;
alter function derived.academy_enrollments__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_enrollments__verify_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "academy"."programs" as source
        where source.id in (select one."program_id" from new_rows as one)
        order by source.id for share;
    update "academy"."enrollments" as target
    set "content_item_count" = source."content_item_count"
    from new_rows as one
        join "academy"."programs" as source on source.id = one."program_id"
    where target.id = one.id and (target."content_item_count" is distinct from source."content_item_count");
    return null;
end
$function$;

revoke all on function derived.academy_enrollments__verify_insert() from public, anon, authenticated, service_role;
alter function derived.academy_enrollments__verify_insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_enrollments__verify_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "academy"."programs" as source
        where source.id in (select one."program_id" from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."program_id" is distinct from former."program_id"
        ) as one)
        order by source.id for share;
    update "academy"."enrollments" as target
    set "content_item_count" = source."content_item_count"
    from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."program_id" is distinct from former."program_id"
        ) as one
        join "academy"."programs" as source on source.id = one."program_id"
    where target.id = one.id and (target."content_item_count" is distinct from source."content_item_count");
    return null;
end
$function$;

revoke all on function derived.academy_enrollments__verify_update() from public, anon, authenticated, service_role;
alter function derived.academy_enrollments__verify_update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_modules__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."content_item_count" := 0;
    else
        new."content_item_count" := old."content_item_count";
    end if;
    return new;
end
$function$;

revoke all on function derived.academy_modules__guard() from public, anon, authenticated, service_role;
alter function derived.academy_modules__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_modules_to_academy_courses__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_content_item_count" numeric[];
begin
    select array_agg(total.key), array_agg(total."content_item_count")
    into _keys, "_content_item_count"
    from (
        select change.key, sum(change."content_item_count") as "content_item_count" from (
            select one."course_id" as key, -one."content_item_count"::numeric as "content_item_count" from old_rows as one where (one."is_published" = true)
        ) as change
        group by change.key having sum(change."content_item_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "academy"."courses" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from (select _keys[1] as key, "_content_item_count"[1] as "content_item_count") as total
        where target.id = total.key;
    else
        perform from "academy"."courses" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."courses" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from unnest(_keys, "_content_item_count") as total (key, "content_item_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_modules_to_academy_courses__delete() from public, anon, authenticated, service_role;
alter function derived.academy_modules_to_academy_courses__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_modules_to_academy_courses__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_content_item_count" numeric[];
begin
    select array_agg(total.key), array_agg(total."content_item_count")
    into _keys, "_content_item_count"
    from (
        select change.key, sum(change."content_item_count") as "content_item_count" from (
            select one."course_id" as key, one."content_item_count"::numeric as "content_item_count" from new_rows as one where (one."is_published" = true)
        ) as change
        group by change.key having sum(change."content_item_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "academy"."courses" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from (select _keys[1] as key, "_content_item_count"[1] as "content_item_count") as total
        where target.id = total.key;
    else
        perform from "academy"."courses" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."courses" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from unnest(_keys, "_content_item_count") as total (key, "content_item_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_modules_to_academy_courses__insert() from public, anon, authenticated, service_role;
alter function derived.academy_modules_to_academy_courses__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_modules_to_academy_courses__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'academy.modules can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "academy"."courses" as target where target."content_item_count" is distinct from 0
        order by target.id for no key update;
    update "academy"."courses" as target
    set "content_item_count" = 0 where target."content_item_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.academy_modules_to_academy_courses__truncate() from public, anon, authenticated, service_role;
alter function derived.academy_modules_to_academy_courses__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_modules_to_academy_courses__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_content_item_count" numeric[];
begin
    select array_agg(total.key), array_agg(total."content_item_count")
    into _keys, "_content_item_count"
    from (
        select change.key, sum(change."content_item_count") as "content_item_count" from (
            select one."course_id" as key, one."content_item_count"::numeric as "content_item_count" from new_rows as one where (one."is_published" = true)
            union all
            select one."course_id" as key, -one."content_item_count"::numeric as "content_item_count" from old_rows as one where (one."is_published" = true)
        ) as change
        group by change.key having sum(change."content_item_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "academy"."courses" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from (select _keys[1] as key, "_content_item_count"[1] as "content_item_count") as total
        where target.id = total.key;
    else
        perform from "academy"."courses" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."courses" as target
        set "content_item_count" = target."content_item_count" + total."content_item_count"
        from unnest(_keys, "_content_item_count") as total (key, "content_item_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_modules_to_academy_courses__update() from public, anon, authenticated, service_role;
alter function derived.academy_modules_to_academy_courses__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_programs__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."content_item_count" := 0;
    else
        new."content_item_count" := old."content_item_count";
    end if;
    return new;
end
$function$;

revoke all on function derived.academy_programs__guard() from public, anon, authenticated, service_role;
alter function derived.academy_programs__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_programs__queue_copies()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    insert into derived.copy_queue (target, source_id)
        select 'academy.enrollments.content_item_count', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."content_item_count" is distinct from former."content_item_count";
    return null;
end
$function$;

revoke all on function derived.academy_programs__queue_copies() from public, anon, authenticated, service_role;
alter function derived.academy_programs__queue_copies() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_progress__compute()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    new."is_completed" := (coalesce((new."completed_at" = new."completed_at"), false))::boolean;
    return new;
end
$function$;

revoke all on function derived.academy_progress__compute() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION derived.academy_progress_to_academy_enrollments__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_completed_item_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."completed_item_count")
    into _keys, "_completed_item_count"
    from (
        select change.key, sum(change."completed_item_count") as "completed_item_count" from (
            select one."enrollment_id" as key, -1 as "completed_item_count", false as _touched from old_rows as one where (one."is_completed" = true)
            union all
            select one."enrollment_id" as key, 0 as "completed_item_count", true as _touched from old_rows as one
        ) as change
        group by change.key having sum(change."completed_item_count") <> 0 or bool_or(change._touched)
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        perform from "academy"."enrollments" as target where target.id = _keys[1] for no key update;
        update "academy"."enrollments" as target
        set "completed_item_count" = target."completed_item_count" + total."completed_item_count", "last_activity_at" = found_1."last_activity_at"
        from (select _keys[1] as key, "_completed_item_count"[1] as "completed_item_count") as total
            left join lateral (
                select one."updated_at" as "last_activity_at" from "academy"."progress" as one where one."enrollment_id" = total.key order by one."updated_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    else
        perform from "academy"."enrollments" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."enrollments" as target
        set "completed_item_count" = target."completed_item_count" + total."completed_item_count", "last_activity_at" = found_1."last_activity_at"
        from unnest(_keys, "_completed_item_count") as total (key, "completed_item_count")
            left join lateral (
                select one."updated_at" as "last_activity_at" from "academy"."progress" as one where one."enrollment_id" = total.key order by one."updated_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_progress_to_academy_enrollments__delete() from public, anon, authenticated, service_role;
alter function derived.academy_progress_to_academy_enrollments__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_progress_to_academy_enrollments__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_completed_item_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."completed_item_count")
    into _keys, "_completed_item_count"
    from (
        select change.key, sum(change."completed_item_count") as "completed_item_count" from (
            select one."enrollment_id" as key, 1 as "completed_item_count", false as _touched from new_rows as one where (one."is_completed" = true)
            union all
            select one."enrollment_id" as key, 0 as "completed_item_count", true as _touched from new_rows as one
        ) as change
        group by change.key having sum(change."completed_item_count") <> 0 or bool_or(change._touched)
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        perform from "academy"."enrollments" as target where target.id = _keys[1] for no key update;
        update "academy"."enrollments" as target
        set "completed_item_count" = target."completed_item_count" + total."completed_item_count", "last_activity_at" = found_1."last_activity_at"
        from (select _keys[1] as key, "_completed_item_count"[1] as "completed_item_count") as total
            left join lateral (
                select one."updated_at" as "last_activity_at" from "academy"."progress" as one where one."enrollment_id" = total.key order by one."updated_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    else
        perform from "academy"."enrollments" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."enrollments" as target
        set "completed_item_count" = target."completed_item_count" + total."completed_item_count", "last_activity_at" = found_1."last_activity_at"
        from unnest(_keys, "_completed_item_count") as total (key, "completed_item_count")
            left join lateral (
                select one."updated_at" as "last_activity_at" from "academy"."progress" as one where one."enrollment_id" = total.key order by one."updated_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_progress_to_academy_enrollments__insert() from public, anon, authenticated, service_role;
alter function derived.academy_progress_to_academy_enrollments__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_progress_to_academy_enrollments__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'academy.progress can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "academy"."enrollments" as target where target."completed_item_count" is distinct from 0 or target."last_activity_at" is distinct from null
        order by target.id for no key update;
    update "academy"."enrollments" as target
    set "completed_item_count" = 0, "last_activity_at" = null where target."completed_item_count" is distinct from 0 or target."last_activity_at" is distinct from null;
    return null;
end
$function$;

revoke all on function derived.academy_progress_to_academy_enrollments__truncate() from public, anon, authenticated, service_role;
alter function derived.academy_progress_to_academy_enrollments__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_progress_to_academy_enrollments__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_completed_item_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."completed_item_count")
    into _keys, "_completed_item_count"
    from (
        select change.key, sum(change."completed_item_count") as "completed_item_count" from (
            select one."enrollment_id" as key, 1 as "completed_item_count", false as _touched from new_rows as one where (one."is_completed" = true)
            union all
            select one."enrollment_id" as key, -1 as "completed_item_count", false as _touched from old_rows as one where (one."is_completed" = true)
            union all
            select changed.key, 0 as "completed_item_count", true as _touched from ((select one."enrollment_id" as key, one."id", one."updated_at" from new_rows as one except select one."enrollment_id" as key, one."id", one."updated_at" from old_rows as one) union all (select one."enrollment_id" as key, one."id", one."updated_at" from old_rows as one except select one."enrollment_id" as key, one."id", one."updated_at" from new_rows as one)) as changed
        ) as change
        group by change.key having sum(change."completed_item_count") <> 0 or bool_or(change._touched)
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        perform from "academy"."enrollments" as target where target.id = _keys[1] for no key update;
        update "academy"."enrollments" as target
        set "completed_item_count" = target."completed_item_count" + total."completed_item_count", "last_activity_at" = found_1."last_activity_at"
        from (select _keys[1] as key, "_completed_item_count"[1] as "completed_item_count") as total
            left join lateral (
                select one."updated_at" as "last_activity_at" from "academy"."progress" as one where one."enrollment_id" = total.key order by one."updated_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    else
        perform from "academy"."enrollments" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "academy"."enrollments" as target
        set "completed_item_count" = target."completed_item_count" + total."completed_item_count", "last_activity_at" = found_1."last_activity_at"
        from unnest(_keys, "_completed_item_count") as total (key, "completed_item_count")
            left join lateral (
                select one."updated_at" as "last_activity_at" from "academy"."progress" as one where one."enrollment_id" = total.key order by one."updated_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.academy_progress_to_academy_enrollments__update() from public, anon, authenticated, service_role;
alter function derived.academy_progress_to_academy_enrollments__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_user_achievements__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        select source."points" into new."points"
            from "academy"."achievements" as source where source.id = new."achievement_id";
    else
        if new."achievement_id" is distinct from old."achievement_id" then
            select source."points" into new."points"
                from "academy"."achievements" as source where source.id = new."achievement_id";
        else
            new."points" := old."points";
        end if;
    end if;
    return new;
end
$function$;

revoke all on function derived.academy_user_achievements__guard() from public, anon, authenticated, service_role;
alter function derived.academy_user_achievements__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_user_achievements__verify_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "academy"."achievements" as source
        where source.id in (select one."achievement_id" from new_rows as one)
        order by source.id for share;
    update "academy"."user_achievements" as target
    set "points" = source."points"
    from new_rows as one
        join "academy"."achievements" as source on source.id = one."achievement_id"
    where target.id = one.id and (target."points" is distinct from source."points");
    return null;
end
$function$;

revoke all on function derived.academy_user_achievements__verify_insert() from public, anon, authenticated, service_role;
alter function derived.academy_user_achievements__verify_insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_user_achievements__verify_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "academy"."achievements" as source
        where source.id in (select one."achievement_id" from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."achievement_id" is distinct from former."achievement_id"
        ) as one)
        order by source.id for share;
    update "academy"."user_achievements" as target
    set "points" = source."points"
    from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."achievement_id" is distinct from former."achievement_id"
        ) as one
        join "academy"."achievements" as source on source.id = one."achievement_id"
    where target.id = one.id and (target."points" is distinct from source."points");
    return null;
end
$function$;

revoke all on function derived.academy_user_achievements__verify_update() from public, anon, authenticated, service_role;
alter function derived.academy_user_achievements__verify_update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_users__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        select source."name", source."avatar_url" into new."name", new."avatar_url"
            from "public"."users" as source where source.id = new."id";
        select account.email, account.last_sign_in_at into new."email", new."last_login_at"
            from derived.account(new.id) as account;
    else
        if new."id" is distinct from old."id" then
            select source."name", source."avatar_url" into new."name", new."avatar_url"
                from "public"."users" as source where source.id = new."id";
        else
            new."name" := old."name";
            new."avatar_url" := old."avatar_url";
        end if;
        if new."id" is distinct from old."id" then
            select account.email, account.last_sign_in_at into new."email", new."last_login_at"
                from derived.account(new.id) as account;
        else
            new."email" := old."email";
            new."last_login_at" := old."last_login_at";
        end if;
    end if;
    return new;
end
$function$;

revoke all on function derived.academy_users__guard() from public, anon, authenticated, service_role;
alter function derived.academy_users__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_users__verify_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."users" as source
        where source.id in (select one."id" from new_rows as one)
        order by source.id for share;
    update "academy"."users" as target
    set "name" = source."name", "avatar_url" = source."avatar_url"
    from new_rows as one
        join "public"."users" as source on source.id = one."id"
    where target.id = one.id and (target."name" is distinct from source."name" or target."avatar_url" is distinct from source."avatar_url");
    return null;
end
$function$;

revoke all on function derived.academy_users__verify_insert() from public, anon, authenticated, service_role;
alter function derived.academy_users__verify_insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.academy_users__verify_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."users" as source
        where source.id in (select one."id" from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."id" is distinct from former."id"
        ) as one)
        order by source.id for share;
    update "academy"."users" as target
    set "name" = source."name", "avatar_url" = source."avatar_url"
    from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."id" is distinct from former."id"
        ) as one
        join "public"."users" as source on source.id = one."id"
    where target.id = one.id and (target."name" is distinct from source."name" or target."avatar_url" is distinct from source."avatar_url");
    return null;
end
$function$;

revoke all on function derived.academy_users__verify_update() from public, anon, authenticated, service_role;
alter function derived.academy_users__verify_update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.account(account_id uuid)
 RETURNS TABLE(email text, last_sign_in_at timestamp with time zone)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
select account.email::text, account.last_sign_in_at::timestamptz
from auth.users as account where account.id = account_id for share of account
$function$;

revoke all on function derived.account(pg_catalog.uuid) from public, anon, authenticated, service_role;
grant execute on function derived.account(pg_catalog.uuid) to derived_owner;

CREATE OR REPLACE FUNCTION derived.accounts_to_academy_users__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
begin
    select array_agg(one.id) into _keys
    from new_rows as one join old_rows as former on former.id = one.id
    where one.email is distinct from former.email or one.last_sign_in_at is distinct from former.last_sign_in_at;
    if _keys is null then
        return null;
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'an account can only be changed in a read committed transaction',
            hint = 'Its row may be one that this snapshot does not show, and so does not set right.';
    end if;
    perform from "academy"."users" as target where target.id = any (_keys)
        order by target.id for no key update;
    update "academy"."users" as target set "email" = one.email::text, "last_login_at" = one.last_sign_in_at::timestamptz
    from new_rows as one
    where target.id = one.id and target.id = any (_keys);
    return null;
end
$function$;

revoke all on function derived.accounts_to_academy_users__update() from public, anon, authenticated, service_role;
alter function derived.accounts_to_academy_users__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.comments__verify_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."users" as source
        where source.id in (select one."author_id" from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."author_id" is distinct from former."author_id"
        ) as one)
        order by source.id for share;
    update "public"."comments" as target
    set "author_name" = source."name", "author_avatar" = source."avatar_url"
    from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."author_id" is distinct from former."author_id"
        ) as one
        join "public"."users" as source on source.id = one."author_id"
    where target.id = one.id and (target."author_name" is distinct from source."name" or target."author_avatar" is distinct from source."avatar_url");
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.comments_to_posts__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
    if cardinality(_keys) = 1 then
        update "public"."posts" as target
        set "comment_count" = target."comment_count" + total."comment_count"
        from (select _keys[1] as key, "_comment_count"[1] as "comment_count") as total
        where target.id = total.key;
    else
        perform from "public"."posts" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."posts" as target
        set "comment_count" = target."comment_count" + total."comment_count"
        from unnest(_keys, "_comment_count") as total (key, "comment_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.comments_to_posts__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
    if cardinality(_keys) = 1 then
        update "public"."posts" as target
        set "comment_count" = target."comment_count" + total."comment_count"
        from (select _keys[1] as key, "_comment_count"[1] as "comment_count") as total
        where target.id = total.key;
    else
        perform from "public"."posts" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."posts" as target
        set "comment_count" = target."comment_count" + total."comment_count"
        from unnest(_keys, "_comment_count") as total (key, "comment_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.comments_to_posts__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.comments can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."posts" as target where target."comment_count" is distinct from 0
        order by target.id for no key update;
    update "public"."posts" as target
    set "comment_count" = 0 where target."comment_count" is distinct from 0;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.comments_to_posts__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
    if cardinality(_keys) = 1 then
        update "public"."posts" as target
        set "comment_count" = target."comment_count" + total."comment_count"
        from (select _keys[1] as key, "_comment_count"[1] as "comment_count") as total
        where target.id = total.key;
    else
        perform from "public"."posts" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."posts" as target
        set "comment_count" = target."comment_count" + total."comment_count"
        from unnest(_keys, "_comment_count") as total (key, "comment_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.community_action_types__queue_copies()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    insert into derived.copy_queue (target, source_id)
        select 'community.user_actions.points', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."points" is distinct from former."points";
    return null;
end
$function$;

revoke all on function derived.community_action_types__queue_copies() from public, anon, authenticated, service_role;
alter function derived.community_action_types__queue_copies() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_community_post_likes_to_community_community__09be62f4()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_likes_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."likes_count")
    into _keys, "_likes_count"
    from (
        select change.key, sum(change."likes_count") as "likes_count" from (
            select one."post_id" as key, 1 as "likes_count" from new_rows as one
        ) as change
        group by change.key having sum(change."likes_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "community"."community_posts" as target
        set "likes_count" = target."likes_count" + total."likes_count"
        from (select _keys[1] as key, "_likes_count"[1] as "likes_count") as total
        where target.id = total.key;
    else
        perform from "community"."community_posts" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "community"."community_posts" as target
        set "likes_count" = target."likes_count" + total."likes_count"
        from unnest(_keys, "_likes_count") as total (key, "likes_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.community_community_post_likes_to_community_community__09be62f4() from public, anon, authenticated, service_role;
alter function derived.community_community_post_likes_to_community_community__09be62f4() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_community_post_likes_to_community_community__6eff96e9()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_likes_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."likes_count")
    into _keys, "_likes_count"
    from (
        select change.key, sum(change."likes_count") as "likes_count" from (
            select one."post_id" as key, 1 as "likes_count" from new_rows as one
            union all
            select one."post_id" as key, -1 as "likes_count" from old_rows as one
        ) as change
        group by change.key having sum(change."likes_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "community"."community_posts" as target
        set "likes_count" = target."likes_count" + total."likes_count"
        from (select _keys[1] as key, "_likes_count"[1] as "likes_count") as total
        where target.id = total.key;
    else
        perform from "community"."community_posts" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "community"."community_posts" as target
        set "likes_count" = target."likes_count" + total."likes_count"
        from unnest(_keys, "_likes_count") as total (key, "likes_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.community_community_post_likes_to_community_community__6eff96e9() from public, anon, authenticated, service_role;
alter function derived.community_community_post_likes_to_community_community__6eff96e9() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_community_post_likes_to_community_community__7675f69c()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'community.community_post_likes can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "community"."community_posts" as target where target."likes_count" is distinct from 0
        order by target.id for no key update;
    update "community"."community_posts" as target
    set "likes_count" = 0 where target."likes_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.community_community_post_likes_to_community_community__7675f69c() from public, anon, authenticated, service_role;
alter function derived.community_community_post_likes_to_community_community__7675f69c() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_community_post_likes_to_community_community__d92fbd68()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_likes_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."likes_count")
    into _keys, "_likes_count"
    from (
        select change.key, sum(change."likes_count") as "likes_count" from (
            select one."post_id" as key, -1 as "likes_count" from old_rows as one
        ) as change
        group by change.key having sum(change."likes_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "community"."community_posts" as target
        set "likes_count" = target."likes_count" + total."likes_count"
        from (select _keys[1] as key, "_likes_count"[1] as "likes_count") as total
        where target.id = total.key;
    else
        perform from "community"."community_posts" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "community"."community_posts" as target
        set "likes_count" = target."likes_count" + total."likes_count"
        from unnest(_keys, "_likes_count") as total (key, "likes_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.community_community_post_likes_to_community_community__d92fbd68() from public, anon, authenticated, service_role;
alter function derived.community_community_post_likes_to_community_community__d92fbd68() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_community_post_replies_to_community_communit_0658d9fa()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'community.community_post_replies can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "community"."community_posts" as target where target."replies_count" is distinct from 0
        order by target.id for no key update;
    update "community"."community_posts" as target
    set "replies_count" = 0 where target."replies_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.community_community_post_replies_to_community_communit_0658d9fa() from public, anon, authenticated, service_role;
alter function derived.community_community_post_replies_to_community_communit_0658d9fa() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_community_post_replies_to_community_communit_4c339101()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_replies_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."replies_count")
    into _keys, "_replies_count"
    from (
        select change.key, sum(change."replies_count") as "replies_count" from (
            select one."post_id" as key, 1 as "replies_count" from new_rows as one where (one."deleted_at" is null)
        ) as change
        group by change.key having sum(change."replies_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "community"."community_posts" as target
        set "replies_count" = target."replies_count" + total."replies_count"
        from (select _keys[1] as key, "_replies_count"[1] as "replies_count") as total
        where target.id = total.key;
    else
        perform from "community"."community_posts" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "community"."community_posts" as target
        set "replies_count" = target."replies_count" + total."replies_count"
        from unnest(_keys, "_replies_count") as total (key, "replies_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.community_community_post_replies_to_community_communit_4c339101() from public, anon, authenticated, service_role;
alter function derived.community_community_post_replies_to_community_communit_4c339101() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_community_post_replies_to_community_communit_756a2f35()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_replies_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."replies_count")
    into _keys, "_replies_count"
    from (
        select change.key, sum(change."replies_count") as "replies_count" from (
            select one."post_id" as key, -1 as "replies_count" from old_rows as one where (one."deleted_at" is null)
        ) as change
        group by change.key having sum(change."replies_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "community"."community_posts" as target
        set "replies_count" = target."replies_count" + total."replies_count"
        from (select _keys[1] as key, "_replies_count"[1] as "replies_count") as total
        where target.id = total.key;
    else
        perform from "community"."community_posts" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "community"."community_posts" as target
        set "replies_count" = target."replies_count" + total."replies_count"
        from unnest(_keys, "_replies_count") as total (key, "replies_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.community_community_post_replies_to_community_communit_756a2f35() from public, anon, authenticated, service_role;
alter function derived.community_community_post_replies_to_community_communit_756a2f35() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_community_post_replies_to_community_communit_d5116232()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_replies_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."replies_count")
    into _keys, "_replies_count"
    from (
        select change.key, sum(change."replies_count") as "replies_count" from (
            select one."post_id" as key, 1 as "replies_count" from new_rows as one where (one."deleted_at" is null)
            union all
            select one."post_id" as key, -1 as "replies_count" from old_rows as one where (one."deleted_at" is null)
        ) as change
        group by change.key having sum(change."replies_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "community"."community_posts" as target
        set "replies_count" = target."replies_count" + total."replies_count"
        from (select _keys[1] as key, "_replies_count"[1] as "replies_count") as total
        where target.id = total.key;
    else
        perform from "community"."community_posts" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "community"."community_posts" as target
        set "replies_count" = target."replies_count" + total."replies_count"
        from unnest(_keys, "_replies_count") as total (key, "replies_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.community_community_post_replies_to_community_communit_d5116232() from public, anon, authenticated, service_role;
alter function derived.community_community_post_replies_to_community_communit_d5116232() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_community_posts__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."likes_count" := 0;
        new."replies_count" := 0;
    else
        new."likes_count" := old."likes_count";
        new."replies_count" := old."replies_count";
    end if;
    return new;
end
$function$;

revoke all on function derived.community_community_posts__guard() from public, anon, authenticated, service_role;
alter function derived.community_community_posts__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_community_resources__compute()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    new."rating" := (round(trim_scale(new."rating_sum") / nullif(new."rating_count", 0), 2))::numeric;
    return new;
end
$function$;

revoke all on function derived.community_community_resources__compute() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION derived.community_community_resources__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."download_count" := 0;
        new."rating_sum" := 0;
        new."rating_count" := 0;
    else
        new."download_count" := old."download_count";
        new."rating_sum" := old."rating_sum";
        new."rating_count" := old."rating_count";
    end if;
    return new;
end
$function$;

revoke all on function derived.community_community_resources__guard() from public, anon, authenticated, service_role;
alter function derived.community_community_resources__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_resource_downloads_to_community_community_re_0052b8bd()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_download_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."download_count")
    into _keys, "_download_count"
    from (
        select change.key, sum(change."download_count") as "download_count" from (
            select one."resource_id" as key, 1 as "download_count" from new_rows as one
        ) as change
        group by change.key having sum(change."download_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "community"."community_resources" as target
        set "download_count" = target."download_count" + total."download_count"
        from (select _keys[1] as key, "_download_count"[1] as "download_count") as total
        where target.id = total.key;
    else
        perform from "community"."community_resources" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "community"."community_resources" as target
        set "download_count" = target."download_count" + total."download_count"
        from unnest(_keys, "_download_count") as total (key, "download_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.community_resource_downloads_to_community_community_re_0052b8bd() from public, anon, authenticated, service_role;
alter function derived.community_resource_downloads_to_community_community_re_0052b8bd() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_resource_downloads_to_community_community_re_34784d34()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'community.resource_downloads can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "community"."community_resources" as target where target."download_count" is distinct from 0
        order by target.id for no key update;
    update "community"."community_resources" as target
    set "download_count" = 0 where target."download_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.community_resource_downloads_to_community_community_re_34784d34() from public, anon, authenticated, service_role;
alter function derived.community_resource_downloads_to_community_community_re_34784d34() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_resource_downloads_to_community_community_re_6be520fd()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_download_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."download_count")
    into _keys, "_download_count"
    from (
        select change.key, sum(change."download_count") as "download_count" from (
            select one."resource_id" as key, -1 as "download_count" from old_rows as one
        ) as change
        group by change.key having sum(change."download_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "community"."community_resources" as target
        set "download_count" = target."download_count" + total."download_count"
        from (select _keys[1] as key, "_download_count"[1] as "download_count") as total
        where target.id = total.key;
    else
        perform from "community"."community_resources" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "community"."community_resources" as target
        set "download_count" = target."download_count" + total."download_count"
        from unnest(_keys, "_download_count") as total (key, "download_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.community_resource_downloads_to_community_community_re_6be520fd() from public, anon, authenticated, service_role;
alter function derived.community_resource_downloads_to_community_community_re_6be520fd() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_resource_downloads_to_community_community_re_ea2c78ac()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_download_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."download_count")
    into _keys, "_download_count"
    from (
        select change.key, sum(change."download_count") as "download_count" from (
            select one."resource_id" as key, 1 as "download_count" from new_rows as one
            union all
            select one."resource_id" as key, -1 as "download_count" from old_rows as one
        ) as change
        group by change.key having sum(change."download_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "community"."community_resources" as target
        set "download_count" = target."download_count" + total."download_count"
        from (select _keys[1] as key, "_download_count"[1] as "download_count") as total
        where target.id = total.key;
    else
        perform from "community"."community_resources" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "community"."community_resources" as target
        set "download_count" = target."download_count" + total."download_count"
        from unnest(_keys, "_download_count") as total (key, "download_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.community_resource_downloads_to_community_community_re_ea2c78ac() from public, anon, authenticated, service_role;
alter function derived.community_resource_downloads_to_community_community_re_ea2c78ac() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_resource_ratings_to_community_community_reso_653d8718()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_rating_sum" numeric[];
    "_rating_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."rating_sum"), array_agg(total."rating_count")
    into _keys, "_rating_sum", "_rating_count"
    from (
        select change.key, sum(change."rating_sum") as "rating_sum", sum(change."rating_count") as "rating_count" from (
            select one."resource_id" as key, one."rating"::numeric as "rating_sum", 1 as "rating_count" from new_rows as one
        ) as change
        group by change.key having sum(change."rating_sum") <> 0 or sum(change."rating_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "community"."community_resources" as target
        set "rating_sum" = target."rating_sum" + total."rating_sum", "rating_count" = target."rating_count" + total."rating_count"
        from (select _keys[1] as key, "_rating_sum"[1] as "rating_sum", "_rating_count"[1] as "rating_count") as total
        where target.id = total.key;
    else
        perform from "community"."community_resources" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "community"."community_resources" as target
        set "rating_sum" = target."rating_sum" + total."rating_sum", "rating_count" = target."rating_count" + total."rating_count"
        from unnest(_keys, "_rating_sum", "_rating_count") as total (key, "rating_sum", "rating_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.community_resource_ratings_to_community_community_reso_653d8718() from public, anon, authenticated, service_role;
alter function derived.community_resource_ratings_to_community_community_reso_653d8718() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_resource_ratings_to_community_community_reso_6c942c8e()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_rating_sum" numeric[];
    "_rating_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."rating_sum"), array_agg(total."rating_count")
    into _keys, "_rating_sum", "_rating_count"
    from (
        select change.key, sum(change."rating_sum") as "rating_sum", sum(change."rating_count") as "rating_count" from (
            select one."resource_id" as key, -one."rating"::numeric as "rating_sum", -1 as "rating_count" from old_rows as one
        ) as change
        group by change.key having sum(change."rating_sum") <> 0 or sum(change."rating_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "community"."community_resources" as target
        set "rating_sum" = target."rating_sum" + total."rating_sum", "rating_count" = target."rating_count" + total."rating_count"
        from (select _keys[1] as key, "_rating_sum"[1] as "rating_sum", "_rating_count"[1] as "rating_count") as total
        where target.id = total.key;
    else
        perform from "community"."community_resources" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "community"."community_resources" as target
        set "rating_sum" = target."rating_sum" + total."rating_sum", "rating_count" = target."rating_count" + total."rating_count"
        from unnest(_keys, "_rating_sum", "_rating_count") as total (key, "rating_sum", "rating_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.community_resource_ratings_to_community_community_reso_6c942c8e() from public, anon, authenticated, service_role;
alter function derived.community_resource_ratings_to_community_community_reso_6c942c8e() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_resource_ratings_to_community_community_reso_6d49ed55()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'community.resource_ratings can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "community"."community_resources" as target where target."rating_sum" is distinct from 0 or target."rating_count" is distinct from 0
        order by target.id for no key update;
    update "community"."community_resources" as target
    set "rating_sum" = 0, "rating_count" = 0 where target."rating_sum" is distinct from 0 or target."rating_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.community_resource_ratings_to_community_community_reso_6d49ed55() from public, anon, authenticated, service_role;
alter function derived.community_resource_ratings_to_community_community_reso_6d49ed55() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_resource_ratings_to_community_community_reso_a5bbe5f1()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_rating_sum" numeric[];
    "_rating_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."rating_sum"), array_agg(total."rating_count")
    into _keys, "_rating_sum", "_rating_count"
    from (
        select change.key, sum(change."rating_sum") as "rating_sum", sum(change."rating_count") as "rating_count" from (
            select one."resource_id" as key, one."rating"::numeric as "rating_sum", 1 as "rating_count" from new_rows as one
            union all
            select one."resource_id" as key, -one."rating"::numeric as "rating_sum", -1 as "rating_count" from old_rows as one
        ) as change
        group by change.key having sum(change."rating_sum") <> 0 or sum(change."rating_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "community"."community_resources" as target
        set "rating_sum" = target."rating_sum" + total."rating_sum", "rating_count" = target."rating_count" + total."rating_count"
        from (select _keys[1] as key, "_rating_sum"[1] as "rating_sum", "_rating_count"[1] as "rating_count") as total
        where target.id = total.key;
    else
        perform from "community"."community_resources" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "community"."community_resources" as target
        set "rating_sum" = target."rating_sum" + total."rating_sum", "rating_count" = target."rating_count" + total."rating_count"
        from unnest(_keys, "_rating_sum", "_rating_count") as total (key, "rating_sum", "rating_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.community_resource_ratings_to_community_community_reso_a5bbe5f1() from public, anon, authenticated, service_role;
alter function derived.community_resource_ratings_to_community_community_reso_a5bbe5f1() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_user_actions__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        select source."points" into new."points"
            from "community"."action_types" as source where source.id = new."action_type_id";
    else
        if new."action_type_id" is distinct from old."action_type_id" then
            select source."points" into new."points"
                from "community"."action_types" as source where source.id = new."action_type_id";
        else
            new."points" := old."points";
        end if;
    end if;
    return new;
end
$function$;

revoke all on function derived.community_user_actions__guard() from public, anon, authenticated, service_role;
alter function derived.community_user_actions__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_user_actions__verify_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "community"."action_types" as source
        where source.id in (select one."action_type_id" from new_rows as one)
        order by source.id for share;
    update "community"."user_actions" as target
    set "points" = source."points"
    from new_rows as one
        join "community"."action_types" as source on source.id = one."action_type_id"
    where target.id = one.id and (target."points" is distinct from source."points");
    return null;
end
$function$;

revoke all on function derived.community_user_actions__verify_insert() from public, anon, authenticated, service_role;
alter function derived.community_user_actions__verify_insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.community_user_actions__verify_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "community"."action_types" as source
        where source.id in (select one."action_type_id" from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."action_type_id" is distinct from former."action_type_id"
        ) as one)
        order by source.id for share;
    update "community"."user_actions" as target
    set "points" = source."points"
    from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."action_type_id" is distinct from former."action_type_id"
        ) as one
        join "community"."action_types" as source on source.id = one."action_type_id"
    where target.id = one.id and (target."points" is distinct from source."points");
    return null;
end
$function$;

revoke all on function derived.community_user_actions__verify_update() from public, anon, authenticated, service_role;
alter function derived.community_user_actions__verify_update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.conversation_participants__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."unread_count" := 0;
    else
        new."unread_count" := old."unread_count";
    end if;
    return new;
end
$function$;

revoke all on function derived.conversation_participants__guard() from public, anon, authenticated, service_role;
alter function derived.conversation_participants__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.conversation_participants_to_conversations__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
begin
    select array_agg(total.key)
    into _keys
    from (
        select change.key from (
            select one."conversation_id" as key, true as _touched from old_rows as one
        ) as change
        group by change.key having bool_or(change._touched)
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        perform from "public"."conversations" as target where target.id = _keys[1] for no key update;
        update "public"."conversations" as target
        set "participant_ids" = found_1."participant_ids"
        from (select _keys[1] as key) as total
            left join lateral (
                select array(select distinct one."user_id" from "public"."conversation_participants" as one where one."conversation_id" = total.key order by 1) as "participant_ids"
            ) as found_1 on true
        where target.id = total.key;
    else
        perform from "public"."conversations" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."conversations" as target
        set "participant_ids" = found_1."participant_ids"
        from unnest(_keys) as total (key)
            left join lateral (
                select array(select distinct one."user_id" from "public"."conversation_participants" as one where one."conversation_id" = total.key order by 1) as "participant_ids"
            ) as found_1 on true
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.conversation_participants_to_conversations__delete() from public, anon, authenticated, service_role;
alter function derived.conversation_participants_to_conversations__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.conversation_participants_to_conversations__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
begin
    select array_agg(total.key)
    into _keys
    from (
        select change.key from (
            select one."conversation_id" as key, true as _touched from new_rows as one
        ) as change
        group by change.key having bool_or(change._touched)
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        perform from "public"."conversations" as target where target.id = _keys[1] for no key update;
        update "public"."conversations" as target
        set "participant_ids" = found_1."participant_ids"
        from (select _keys[1] as key) as total
            left join lateral (
                select array(select distinct one."user_id" from "public"."conversation_participants" as one where one."conversation_id" = total.key order by 1) as "participant_ids"
            ) as found_1 on true
        where target.id = total.key;
    else
        perform from "public"."conversations" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."conversations" as target
        set "participant_ids" = found_1."participant_ids"
        from unnest(_keys) as total (key)
            left join lateral (
                select array(select distinct one."user_id" from "public"."conversation_participants" as one where one."conversation_id" = total.key order by 1) as "participant_ids"
            ) as found_1 on true
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.conversation_participants_to_conversations__insert() from public, anon, authenticated, service_role;
alter function derived.conversation_participants_to_conversations__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.conversation_participants_to_conversations__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.conversation_participants can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."conversations" as target where target."participant_ids" is distinct from '{}'
        order by target.id for no key update;
    update "public"."conversations" as target
    set "participant_ids" = '{}' where target."participant_ids" is distinct from '{}';
    return null;
end
$function$;

revoke all on function derived.conversation_participants_to_conversations__truncate() from public, anon, authenticated, service_role;
alter function derived.conversation_participants_to_conversations__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.conversation_participants_to_conversations__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
begin
    select array_agg(total.key)
    into _keys
    from (
        select change.key from (
            select changed.key, true as _touched from ((select one."conversation_id" as key, one."id", one."user_id" from new_rows as one except select one."conversation_id" as key, one."id", one."user_id" from old_rows as one) union all (select one."conversation_id" as key, one."id", one."user_id" from old_rows as one except select one."conversation_id" as key, one."id", one."user_id" from new_rows as one)) as changed
        ) as change
        group by change.key having bool_or(change._touched)
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        perform from "public"."conversations" as target where target.id = _keys[1] for no key update;
        update "public"."conversations" as target
        set "participant_ids" = found_1."participant_ids"
        from (select _keys[1] as key) as total
            left join lateral (
                select array(select distinct one."user_id" from "public"."conversation_participants" as one where one."conversation_id" = total.key order by 1) as "participant_ids"
            ) as found_1 on true
        where target.id = total.key;
    else
        perform from "public"."conversations" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."conversations" as target
        set "participant_ids" = found_1."participant_ids"
        from unnest(_keys) as total (key)
            left join lateral (
                select array(select distinct one."user_id" from "public"."conversation_participants" as one where one."conversation_id" = total.key order by 1) as "participant_ids"
            ) as found_1 on true
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.conversation_participants_to_conversations__update() from public, anon, authenticated, service_role;
alter function derived.conversation_participants_to_conversations__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.conversation_participants_to_inboxes__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_unread_message_count" numeric[];
begin
    select array_agg(total.key), array_agg(total."unread_message_count")
    into _keys, "_unread_message_count"
    from (
        select change.key, sum(change."unread_message_count") as "unread_message_count" from (
            select one."user_id" as key, -one."unread_count"::numeric as "unread_message_count" from old_rows as one
        ) as change
        group by change.key having sum(change."unread_message_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."inboxes" as target
        set "unread_message_count" = target."unread_message_count" + total."unread_message_count"
        from (select _keys[1] as key, "_unread_message_count"[1] as "unread_message_count") as total
        where target.id = total.key;
    else
        perform from "public"."inboxes" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."inboxes" as target
        set "unread_message_count" = target."unread_message_count" + total."unread_message_count"
        from unnest(_keys, "_unread_message_count") as total (key, "unread_message_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.conversation_participants_to_inboxes__delete() from public, anon, authenticated, service_role;
alter function derived.conversation_participants_to_inboxes__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.conversation_participants_to_inboxes__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_unread_message_count" numeric[];
begin
    select array_agg(total.key), array_agg(total."unread_message_count")
    into _keys, "_unread_message_count"
    from (
        select change.key, sum(change."unread_message_count") as "unread_message_count" from (
            select one."user_id" as key, one."unread_count"::numeric as "unread_message_count" from new_rows as one
        ) as change
        group by change.key having sum(change."unread_message_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."inboxes" as target
        set "unread_message_count" = target."unread_message_count" + total."unread_message_count"
        from (select _keys[1] as key, "_unread_message_count"[1] as "unread_message_count") as total
        where target.id = total.key;
    else
        perform from "public"."inboxes" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."inboxes" as target
        set "unread_message_count" = target."unread_message_count" + total."unread_message_count"
        from unnest(_keys, "_unread_message_count") as total (key, "unread_message_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.conversation_participants_to_inboxes__insert() from public, anon, authenticated, service_role;
alter function derived.conversation_participants_to_inboxes__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.conversation_participants_to_inboxes__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.conversation_participants can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."inboxes" as target where target."unread_message_count" is distinct from 0
        order by target.id for no key update;
    update "public"."inboxes" as target
    set "unread_message_count" = 0 where target."unread_message_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.conversation_participants_to_inboxes__truncate() from public, anon, authenticated, service_role;
alter function derived.conversation_participants_to_inboxes__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.conversation_participants_to_inboxes__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_unread_message_count" numeric[];
begin
    select array_agg(total.key), array_agg(total."unread_message_count")
    into _keys, "_unread_message_count"
    from (
        select change.key, sum(change."unread_message_count") as "unread_message_count" from (
            select one."user_id" as key, one."unread_count"::numeric as "unread_message_count" from new_rows as one
            union all
            select one."user_id" as key, -one."unread_count"::numeric as "unread_message_count" from old_rows as one
        ) as change
        group by change.key having sum(change."unread_message_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."inboxes" as target
        set "unread_message_count" = target."unread_message_count" + total."unread_message_count"
        from (select _keys[1] as key, "_unread_message_count"[1] as "unread_message_count") as total
        where target.id = total.key;
    else
        perform from "public"."inboxes" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."inboxes" as target
        set "unread_message_count" = target."unread_message_count" + total."unread_message_count"
        from unnest(_keys, "_unread_message_count") as total (key, "unread_message_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.conversation_participants_to_inboxes__update() from public, anon, authenticated, service_role;
alter function derived.conversation_participants_to_inboxes__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.conversations__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."participant_ids" := '{}';
        new."last_message_at" := null;
        new."last_message_preview" := null;
    else
        new."participant_ids" := old."participant_ids";
        new."last_message_at" := old."last_message_at";
        new."last_message_preview" := old."last_message_preview";
    end if;
    return new;
end
$function$;

revoke all on function derived.conversations__guard() from public, anon, authenticated, service_role;
alter function derived.conversations__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.courses__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."enrollment_count" := 0;
        new."lesson_count" := 0;
    else
        new."enrollment_count" := old."enrollment_count";
        new."lesson_count" := old."lesson_count";
    end if;
    return new;
end
$function$;

CREATE OR REPLACE FUNCTION derived.courses__queue_copies()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    insert into derived.copy_queue (target, source_id)
        select 'public.enrollments.lesson_count', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."lesson_count" is distinct from former."lesson_count";
    return null;
end
$function$;

revoke all on function derived.courses__queue_copies() from public, anon, authenticated, service_role;
alter function derived.courses__queue_copies() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.drain_copies(batch_max integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _taken bigint[];
    _unfinished bigint[] = '{}'::bigint[];
    _late uuid[];
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'queued changes can only be followed in a read committed transaction',
            hint = 'Call it in a transaction of its own.';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('derived:drain_copies', 0));
    select array_agg(taken.id) into _taken from (
        select queued.id from derived.copy_queue as queued order by queued.id limit batch_max
    ) as taken;
    if _taken is null then
        return 0;
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "public"."users" as target
        where exists (select from derived.copy_queue as queued where queued.target = 'public.users.level' and queued.id = any (_taken))
        and target."level" is distinct from coalesce((select band."order" from "public"."levels" as band where band."threshold" <= target."points" order by band."threshold" desc, band.id desc limit 1), 1) order by target.id limit 500
    ) as found;
    perform from "public"."users" as target where target.id = any (_late)
        order by target.id for no key update;
    update "public"."users" as target set "level" = coalesce((select band."order" from "public"."levels" as band where band."threshold" <= target."points" order by band."threshold" desc, band.id desc limit 1), 1)
        where target.id = any (_late) and target."level" is distinct from coalesce((select band."order" from "public"."levels" as band where band."threshold" <= target."points" order by band."threshold" desc, band.id desc limit 1), 1);
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'public.users.level' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "public"."posts" as target
        where target."author_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'public.posts.author_name' and queued.id = any (_taken))
        and target."author_name" is distinct from (select source."name" from "public"."users" as source where source.id = target."author_id") order by target.id limit 500
    ) as found;
    perform from "public"."posts" as target where target.id = any (_late)
        order by target.id for no key update;
    update "public"."posts" as target set "author_name" = (select source."name" from "public"."users" as source where source.id = target."author_id")
        where target.id = any (_late) and target."author_name" is distinct from (select source."name" from "public"."users" as source where source.id = target."author_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'public.posts.author_name' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "public"."posts" as target
        where target."author_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'public.posts.author_avatar' and queued.id = any (_taken))
        and target."author_avatar" is distinct from (select source."avatar_url" from "public"."users" as source where source.id = target."author_id") order by target.id limit 500
    ) as found;
    perform from "public"."posts" as target where target.id = any (_late)
        order by target.id for no key update;
    update "public"."posts" as target set "author_avatar" = (select source."avatar_url" from "public"."users" as source where source.id = target."author_id")
        where target.id = any (_late) and target."author_avatar" is distinct from (select source."avatar_url" from "public"."users" as source where source.id = target."author_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'public.posts.author_avatar' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "public"."comments" as target
        where target."author_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'public.comments.author_name' and queued.id = any (_taken))
        and target."author_name" is distinct from (select source."name" from "public"."users" as source where source.id = target."author_id") order by target.id limit 500
    ) as found;
    perform from "public"."comments" as target where target.id = any (_late)
        order by target.id for no key update;
    update "public"."comments" as target set "author_name" = (select source."name" from "public"."users" as source where source.id = target."author_id")
        where target.id = any (_late) and target."author_name" is distinct from (select source."name" from "public"."users" as source where source.id = target."author_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'public.comments.author_name' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "public"."comments" as target
        where target."author_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'public.comments.author_avatar' and queued.id = any (_taken))
        and target."author_avatar" is distinct from (select source."avatar_url" from "public"."users" as source where source.id = target."author_id") order by target.id limit 500
    ) as found;
    perform from "public"."comments" as target where target.id = any (_late)
        order by target.id for no key update;
    update "public"."comments" as target set "author_avatar" = (select source."avatar_url" from "public"."users" as source where source.id = target."author_id")
        where target.id = any (_late) and target."author_avatar" is distinct from (select source."avatar_url" from "public"."users" as source where source.id = target."author_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'public.comments.author_avatar' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "public"."enrollments" as target
        where target."course_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'public.enrollments.lesson_count' and queued.id = any (_taken))
        and target."lesson_count" is distinct from (select source."lesson_count" from "public"."courses" as source where source.id = target."course_id") order by target.id limit 500
    ) as found;
    perform from "public"."enrollments" as target where target.id = any (_late)
        order by target.id for no key update;
    update "public"."enrollments" as target set "lesson_count" = (select source."lesson_count" from "public"."courses" as source where source.id = target."course_id")
        where target.id = any (_late) and target."lesson_count" is distinct from (select source."lesson_count" from "public"."courses" as source where source.id = target."course_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'public.enrollments.lesson_count' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "public"."notifications" as target
        where target."actor_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'public.notifications.actor_name' and queued.id = any (_taken))
        and target."actor_name" is distinct from (select source."name" from "public"."users" as source where source.id = target."actor_id") order by target.id limit 500
    ) as found;
    perform from "public"."notifications" as target where target.id = any (_late)
        order by target.id for no key update;
    update "public"."notifications" as target set "actor_name" = (select source."name" from "public"."users" as source where source.id = target."actor_id")
        where target.id = any (_late) and target."actor_name" is distinct from (select source."name" from "public"."users" as source where source.id = target."actor_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'public.notifications.actor_name' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "public"."messages" as target
        where target."sender_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'public.messages.sender_name' and queued.id = any (_taken))
        and target."sender_name" is distinct from (select source."name" from "public"."users" as source where source.id = target."sender_id") order by target.id limit 500
    ) as found;
    perform from "public"."messages" as target where target.id = any (_late)
        order by target.id for no key update;
    update "public"."messages" as target set "sender_name" = (select source."name" from "public"."users" as source where source.id = target."sender_id")
        where target.id = any (_late) and target."sender_name" is distinct from (select source."name" from "public"."users" as source where source.id = target."sender_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'public.messages.sender_name' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "community"."user_actions" as target
        where target."action_type_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'community.user_actions.points' and queued.id = any (_taken))
        and target."points" is distinct from (select source."points" from "community"."action_types" as source where source.id = target."action_type_id") order by target.id limit 500
    ) as found;
    perform from "community"."user_actions" as target where target.id = any (_late)
        order by target.id for no key update;
    update "community"."user_actions" as target set "points" = (select source."points" from "community"."action_types" as source where source.id = target."action_type_id")
        where target.id = any (_late) and target."points" is distinct from (select source."points" from "community"."action_types" as source where source.id = target."action_type_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'community.user_actions.points' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "academy"."users" as target
        where target."id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'academy.users.name' and queued.id = any (_taken))
        and target."name" is distinct from (select source."name" from "public"."users" as source where source.id = target."id") order by target.id limit 500
    ) as found;
    perform from "academy"."users" as target where target.id = any (_late)
        order by target.id for no key update;
    update "academy"."users" as target set "name" = (select source."name" from "public"."users" as source where source.id = target."id")
        where target.id = any (_late) and target."name" is distinct from (select source."name" from "public"."users" as source where source.id = target."id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'academy.users.name' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "academy"."users" as target
        where target."id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'academy.users.avatar_url' and queued.id = any (_taken))
        and target."avatar_url" is distinct from (select source."avatar_url" from "public"."users" as source where source.id = target."id") order by target.id limit 500
    ) as found;
    perform from "academy"."users" as target where target.id = any (_late)
        order by target.id for no key update;
    update "academy"."users" as target set "avatar_url" = (select source."avatar_url" from "public"."users" as source where source.id = target."id")
        where target.id = any (_late) and target."avatar_url" is distinct from (select source."avatar_url" from "public"."users" as source where source.id = target."id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'academy.users.avatar_url' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "academy"."enrollments" as target
        where target."program_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'academy.enrollments.content_item_count' and queued.id = any (_taken))
        and target."content_item_count" is distinct from (select source."content_item_count" from "academy"."programs" as source where source.id = target."program_id") order by target.id limit 500
    ) as found;
    perform from "academy"."enrollments" as target where target.id = any (_late)
        order by target.id for no key update;
    update "academy"."enrollments" as target set "content_item_count" = (select source."content_item_count" from "academy"."programs" as source where source.id = target."program_id")
        where target.id = any (_late) and target."content_item_count" is distinct from (select source."content_item_count" from "academy"."programs" as source where source.id = target."program_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'academy.enrollments.content_item_count' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "academy"."discussions" as target
        where target."user_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'academy.discussions.author_name' and queued.id = any (_taken))
        and target."author_name" is distinct from (select source."name" from "public"."users" as source where source.id = target."user_id") order by target.id limit 500
    ) as found;
    perform from "academy"."discussions" as target where target.id = any (_late)
        order by target.id for no key update;
    update "academy"."discussions" as target set "author_name" = (select source."name" from "public"."users" as source where source.id = target."user_id")
        where target.id = any (_late) and target."author_name" is distinct from (select source."name" from "public"."users" as source where source.id = target."user_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'academy.discussions.author_name' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "academy"."discussions" as target
        where target."user_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'academy.discussions.author_avatar' and queued.id = any (_taken))
        and target."author_avatar" is distinct from (select source."avatar_url" from "public"."users" as source where source.id = target."user_id") order by target.id limit 500
    ) as found;
    perform from "academy"."discussions" as target where target.id = any (_late)
        order by target.id for no key update;
    update "academy"."discussions" as target set "author_avatar" = (select source."avatar_url" from "public"."users" as source where source.id = target."user_id")
        where target.id = any (_late) and target."author_avatar" is distinct from (select source."avatar_url" from "public"."users" as source where source.id = target."user_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'academy.discussions.author_avatar' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "academy"."comments" as target
        where target."user_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'academy.comments.author_name' and queued.id = any (_taken))
        and target."author_name" is distinct from (select source."name" from "public"."users" as source where source.id = target."user_id") order by target.id limit 500
    ) as found;
    perform from "academy"."comments" as target where target.id = any (_late)
        order by target.id for no key update;
    update "academy"."comments" as target set "author_name" = (select source."name" from "public"."users" as source where source.id = target."user_id")
        where target.id = any (_late) and target."author_name" is distinct from (select source."name" from "public"."users" as source where source.id = target."user_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'academy.comments.author_name' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "academy"."comments" as target
        where target."user_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'academy.comments.author_avatar' and queued.id = any (_taken))
        and target."author_avatar" is distinct from (select source."avatar_url" from "public"."users" as source where source.id = target."user_id") order by target.id limit 500
    ) as found;
    perform from "academy"."comments" as target where target.id = any (_late)
        order by target.id for no key update;
    update "academy"."comments" as target set "author_avatar" = (select source."avatar_url" from "public"."users" as source where source.id = target."user_id")
        where target.id = any (_late) and target."author_avatar" is distinct from (select source."avatar_url" from "public"."users" as source where source.id = target."user_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'academy.comments.author_avatar' and queued.id = any (_taken));
    end if;
    select array_agg(found.id) into _late from (
        select target.id from "academy"."user_achievements" as target
        where target."achievement_id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'academy.user_achievements.points' and queued.id = any (_taken))
        and target."points" is distinct from (select source."points" from "academy"."achievements" as source where source.id = target."achievement_id") order by target.id limit 500
    ) as found;
    perform from "academy"."user_achievements" as target where target.id = any (_late)
        order by target.id for no key update;
    update "academy"."user_achievements" as target set "points" = (select source."points" from "academy"."achievements" as source where source.id = target."achievement_id")
        where target.id = any (_late) and target."points" is distinct from (select source."points" from "academy"."achievements" as source where source.id = target."achievement_id");
    if cardinality(_late) = 500 then
        _unfinished := _unfinished || array(select queued.id from derived.copy_queue as queued where queued.target = 'academy.user_achievements.points' and queued.id = any (_taken));
    end if;
    delete from derived.copy_queue as queued
        where queued.id = any (_taken) and queued.id <> all (_unfinished);
    return cardinality(_taken);
end
$function$;

CREATE OR REPLACE FUNCTION derived.enrollments__compute()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    new."completion_percentage" := (coalesce(round(case when case when ((new."completed_lesson_count"::numeric * 100) / nullif(new."lesson_count"::numeric, 0)) is not null then greatest(((new."completed_lesson_count"::numeric * 100) / nullif(new."lesson_count"::numeric, 0)), 0) end is not null then least(case when ((new."completed_lesson_count"::numeric * 100) / nullif(new."lesson_count"::numeric, 0)) is not null then greatest(((new."completed_lesson_count"::numeric * 100) / nullif(new."lesson_count"::numeric, 0)), 0) end, 100) end, 0), 0))::integer;
    return new;
end
$function$;

revoke all on function derived.enrollments__compute() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION derived.enrollments__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."completed_lesson_count" := 0;
        select source."lesson_count" into new."lesson_count"
            from "public"."courses" as source where source.id = new."course_id";
    else
        new."completed_lesson_count" := old."completed_lesson_count";
        if new."course_id" is distinct from old."course_id" then
            select source."lesson_count" into new."lesson_count"
                from "public"."courses" as source where source.id = new."course_id";
        else
            new."lesson_count" := old."lesson_count";
        end if;
    end if;
    return new;
end
$function$;

revoke all on function derived.enrollments__guard() from public, anon, authenticated, service_role;
alter function derived.enrollments__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.enrollments__verify_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."courses" as source
        where source.id in (select one."course_id" from new_rows as one)
        order by source.id for no key update;
    update "public"."enrollments" as target
    set "lesson_count" = source."lesson_count"
    from new_rows as one
        join "public"."courses" as source on source.id = one."course_id"
    where target.id = one.id and (target."lesson_count" is distinct from source."lesson_count");
    return null;
end
$function$;

revoke all on function derived.enrollments__verify_insert() from public, anon, authenticated, service_role;
alter function derived.enrollments__verify_insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.enrollments__verify_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."courses" as source
        where source.id in (select one."course_id" from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."course_id" is distinct from former."course_id"
        ) as one)
        order by source.id for no key update;
    update "public"."enrollments" as target
    set "lesson_count" = source."lesson_count"
    from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."course_id" is distinct from former."course_id"
        ) as one
        join "public"."courses" as source on source.id = one."course_id"
    where target.id = one.id and (target."lesson_count" is distinct from source."lesson_count");
    return null;
end
$function$;

revoke all on function derived.enrollments__verify_update() from public, anon, authenticated, service_role;
alter function derived.enrollments__verify_update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.enrollments_to_courses__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
    if cardinality(_keys) = 1 then
        update "public"."courses" as target
        set "enrollment_count" = target."enrollment_count" + total."enrollment_count"
        from (select _keys[1] as key, "_enrollment_count"[1] as "enrollment_count") as total
        where target.id = total.key;
    else
        perform from "public"."courses" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."courses" as target
        set "enrollment_count" = target."enrollment_count" + total."enrollment_count"
        from unnest(_keys, "_enrollment_count") as total (key, "enrollment_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.enrollments_to_courses__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
    if cardinality(_keys) = 1 then
        update "public"."courses" as target
        set "enrollment_count" = target."enrollment_count" + total."enrollment_count"
        from (select _keys[1] as key, "_enrollment_count"[1] as "enrollment_count") as total
        where target.id = total.key;
    else
        perform from "public"."courses" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."courses" as target
        set "enrollment_count" = target."enrollment_count" + total."enrollment_count"
        from unnest(_keys, "_enrollment_count") as total (key, "enrollment_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.enrollments_to_courses__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.enrollments can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."courses" as target where target."enrollment_count" is distinct from 0
        order by target.id for no key update;
    update "public"."courses" as target
    set "enrollment_count" = 0 where target."enrollment_count" is distinct from 0;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.enrollments_to_courses__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
    if cardinality(_keys) = 1 then
        update "public"."courses" as target
        set "enrollment_count" = target."enrollment_count" + total."enrollment_count"
        from (select _keys[1] as key, "_enrollment_count"[1] as "enrollment_count") as total
        where target.id = total.key;
    else
        perform from "public"."courses" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."courses" as target
        set "enrollment_count" = target."enrollment_count" + total."enrollment_count"
        from unnest(_keys, "_enrollment_count") as total (key, "enrollment_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.events__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."going_count" := 0;
        new."maybe_count" := 0;
        new."waitlist_count" := 0;
    else
        new."going_count" := old."going_count";
        new."maybe_count" := old."maybe_count";
        new."waitlist_count" := old."waitlist_count";
    end if;
    return new;
end
$function$;

revoke all on function derived.events__guard() from public, anon, authenticated, service_role;
alter function derived.events__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.follows_to_users__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_follower_count" bigint[];
    "_following_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."follower_count"), array_agg(total."following_count")
    into _keys, "_follower_count", "_following_count"
    from (
        select change.key, sum(change."follower_count") as "follower_count", sum(change."following_count") as "following_count" from (
            select one."following_id" as key, -1 as "follower_count", 0 as "following_count" from old_rows as one
            union all
            select one."follower_id" as key, 0 as "follower_count", -1 as "following_count" from old_rows as one
        ) as change
        group by change.key having sum(change."follower_count") <> 0 or sum(change."following_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."users" as target
        set "follower_count" = target."follower_count" + total."follower_count", "following_count" = target."following_count" + total."following_count"
        from (select _keys[1] as key, "_follower_count"[1] as "follower_count", "_following_count"[1] as "following_count") as total
        where target.id = total.key;
    else
        perform from "public"."users" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."users" as target
        set "follower_count" = target."follower_count" + total."follower_count", "following_count" = target."following_count" + total."following_count"
        from unnest(_keys, "_follower_count", "_following_count") as total (key, "follower_count", "following_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.follows_to_users__delete() from public, anon, authenticated, service_role;
alter function derived.follows_to_users__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.follows_to_users__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_follower_count" bigint[];
    "_following_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."follower_count"), array_agg(total."following_count")
    into _keys, "_follower_count", "_following_count"
    from (
        select change.key, sum(change."follower_count") as "follower_count", sum(change."following_count") as "following_count" from (
            select one."following_id" as key, 1 as "follower_count", 0 as "following_count" from new_rows as one
            union all
            select one."follower_id" as key, 0 as "follower_count", 1 as "following_count" from new_rows as one
        ) as change
        group by change.key having sum(change."follower_count") <> 0 or sum(change."following_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."users" as target
        set "follower_count" = target."follower_count" + total."follower_count", "following_count" = target."following_count" + total."following_count"
        from (select _keys[1] as key, "_follower_count"[1] as "follower_count", "_following_count"[1] as "following_count") as total
        where target.id = total.key;
    else
        perform from "public"."users" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."users" as target
        set "follower_count" = target."follower_count" + total."follower_count", "following_count" = target."following_count" + total."following_count"
        from unnest(_keys, "_follower_count", "_following_count") as total (key, "follower_count", "following_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.follows_to_users__insert() from public, anon, authenticated, service_role;
alter function derived.follows_to_users__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.follows_to_users__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.follows can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."users" as target where target."follower_count" is distinct from 0 or target."following_count" is distinct from 0
        order by target.id for no key update;
    update "public"."users" as target
    set "follower_count" = 0, "following_count" = 0 where target."follower_count" is distinct from 0 or target."following_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.follows_to_users__truncate() from public, anon, authenticated, service_role;
alter function derived.follows_to_users__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.follows_to_users__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_follower_count" bigint[];
    "_following_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."follower_count"), array_agg(total."following_count")
    into _keys, "_follower_count", "_following_count"
    from (
        select change.key, sum(change."follower_count") as "follower_count", sum(change."following_count") as "following_count" from (
            select one."following_id" as key, 1 as "follower_count", 0 as "following_count" from new_rows as one
            union all
            select one."follower_id" as key, 0 as "follower_count", 1 as "following_count" from new_rows as one
            union all
            select one."following_id" as key, -1 as "follower_count", 0 as "following_count" from old_rows as one
            union all
            select one."follower_id" as key, 0 as "follower_count", -1 as "following_count" from old_rows as one
        ) as change
        group by change.key having sum(change."follower_count") <> 0 or sum(change."following_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."users" as target
        set "follower_count" = target."follower_count" + total."follower_count", "following_count" = target."following_count" + total."following_count"
        from (select _keys[1] as key, "_follower_count"[1] as "follower_count", "_following_count"[1] as "following_count") as total
        where target.id = total.key;
    else
        perform from "public"."users" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."users" as target
        set "follower_count" = target."follower_count" + total."follower_count", "following_count" = target."following_count" + total."following_count"
        from unnest(_keys, "_follower_count", "_following_count") as total (key, "follower_count", "following_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.follows_to_users__update() from public, anon, authenticated, service_role;
alter function derived.follows_to_users__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.inboxes__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."unread_notification_count" := 0;
        new."unread_message_count" := 0;
    else
        new."unread_notification_count" := old."unread_notification_count";
        new."unread_message_count" := old."unread_message_count";
    end if;
    return new;
end
$function$;

revoke all on function derived.inboxes__guard() from public, anon, authenticated, service_role;
alter function derived.inboxes__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.lesson_progress_to_enrollments__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_completed_lesson_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."completed_lesson_count")
    into _keys, "_completed_lesson_count"
    from (
        select change.key, sum(change."completed_lesson_count") as "completed_lesson_count" from (
            select one."enrollment_id" as key, -1 as "completed_lesson_count" from old_rows as one where (one."completed_at" is not null)
        ) as change
        group by change.key having sum(change."completed_lesson_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."enrollments" as target
        set "completed_lesson_count" = target."completed_lesson_count" + total."completed_lesson_count"
        from (select _keys[1] as key, "_completed_lesson_count"[1] as "completed_lesson_count") as total
        where target.id = total.key;
    else
        perform from "public"."enrollments" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."enrollments" as target
        set "completed_lesson_count" = target."completed_lesson_count" + total."completed_lesson_count"
        from unnest(_keys, "_completed_lesson_count") as total (key, "completed_lesson_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.lesson_progress_to_enrollments__delete() from public, anon, authenticated, service_role;
alter function derived.lesson_progress_to_enrollments__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.lesson_progress_to_enrollments__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_completed_lesson_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."completed_lesson_count")
    into _keys, "_completed_lesson_count"
    from (
        select change.key, sum(change."completed_lesson_count") as "completed_lesson_count" from (
            select one."enrollment_id" as key, 1 as "completed_lesson_count" from new_rows as one where (one."completed_at" is not null)
        ) as change
        group by change.key having sum(change."completed_lesson_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."enrollments" as target
        set "completed_lesson_count" = target."completed_lesson_count" + total."completed_lesson_count"
        from (select _keys[1] as key, "_completed_lesson_count"[1] as "completed_lesson_count") as total
        where target.id = total.key;
    else
        perform from "public"."enrollments" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."enrollments" as target
        set "completed_lesson_count" = target."completed_lesson_count" + total."completed_lesson_count"
        from unnest(_keys, "_completed_lesson_count") as total (key, "completed_lesson_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.lesson_progress_to_enrollments__insert() from public, anon, authenticated, service_role;
alter function derived.lesson_progress_to_enrollments__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.lesson_progress_to_enrollments__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.lesson_progress can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."enrollments" as target where target."completed_lesson_count" is distinct from 0
        order by target.id for no key update;
    update "public"."enrollments" as target
    set "completed_lesson_count" = 0 where target."completed_lesson_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.lesson_progress_to_enrollments__truncate() from public, anon, authenticated, service_role;
alter function derived.lesson_progress_to_enrollments__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.lesson_progress_to_enrollments__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_completed_lesson_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."completed_lesson_count")
    into _keys, "_completed_lesson_count"
    from (
        select change.key, sum(change."completed_lesson_count") as "completed_lesson_count" from (
            select one."enrollment_id" as key, 1 as "completed_lesson_count" from new_rows as one where (one."completed_at" is not null)
            union all
            select one."enrollment_id" as key, -1 as "completed_lesson_count" from old_rows as one where (one."completed_at" is not null)
        ) as change
        group by change.key having sum(change."completed_lesson_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."enrollments" as target
        set "completed_lesson_count" = target."completed_lesson_count" + total."completed_lesson_count"
        from (select _keys[1] as key, "_completed_lesson_count"[1] as "completed_lesson_count") as total
        where target.id = total.key;
    else
        perform from "public"."enrollments" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."enrollments" as target
        set "completed_lesson_count" = target."completed_lesson_count" + total."completed_lesson_count"
        from unnest(_keys, "_completed_lesson_count") as total (key, "completed_lesson_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.lesson_progress_to_enrollments__update() from public, anon, authenticated, service_role;
alter function derived.lesson_progress_to_enrollments__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.lessons_to_courses__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_lesson_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."lesson_count")
    into _keys, "_lesson_count"
    from (
        select change.key, sum(change."lesson_count") as "lesson_count" from (
            select one."course_id" as key, -1 as "lesson_count" from old_rows as one
        ) as change
        group by change.key having sum(change."lesson_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."courses" as target
        set "lesson_count" = target."lesson_count" + total."lesson_count"
        from (select _keys[1] as key, "_lesson_count"[1] as "lesson_count") as total
        where target.id = total.key;
    else
        perform from "public"."courses" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."courses" as target
        set "lesson_count" = target."lesson_count" + total."lesson_count"
        from unnest(_keys, "_lesson_count") as total (key, "lesson_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.lessons_to_courses__delete() from public, anon, authenticated, service_role;
alter function derived.lessons_to_courses__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.lessons_to_courses__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_lesson_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."lesson_count")
    into _keys, "_lesson_count"
    from (
        select change.key, sum(change."lesson_count") as "lesson_count" from (
            select one."course_id" as key, 1 as "lesson_count" from new_rows as one
        ) as change
        group by change.key having sum(change."lesson_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."courses" as target
        set "lesson_count" = target."lesson_count" + total."lesson_count"
        from (select _keys[1] as key, "_lesson_count"[1] as "lesson_count") as total
        where target.id = total.key;
    else
        perform from "public"."courses" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."courses" as target
        set "lesson_count" = target."lesson_count" + total."lesson_count"
        from unnest(_keys, "_lesson_count") as total (key, "lesson_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.lessons_to_courses__insert() from public, anon, authenticated, service_role;
alter function derived.lessons_to_courses__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.lessons_to_courses__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.lessons can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."courses" as target where target."lesson_count" is distinct from 0
        order by target.id for no key update;
    update "public"."courses" as target
    set "lesson_count" = 0 where target."lesson_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.lessons_to_courses__truncate() from public, anon, authenticated, service_role;
alter function derived.lessons_to_courses__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.lessons_to_courses__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_lesson_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."lesson_count")
    into _keys, "_lesson_count"
    from (
        select change.key, sum(change."lesson_count") as "lesson_count" from (
            select one."course_id" as key, 1 as "lesson_count" from new_rows as one
            union all
            select one."course_id" as key, -1 as "lesson_count" from old_rows as one
        ) as change
        group by change.key having sum(change."lesson_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."courses" as target
        set "lesson_count" = target."lesson_count" + total."lesson_count"
        from (select _keys[1] as key, "_lesson_count"[1] as "lesson_count") as total
        where target.id = total.key;
    else
        perform from "public"."courses" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."courses" as target
        set "lesson_count" = target."lesson_count" + total."lesson_count"
        from unnest(_keys, "_lesson_count") as total (key, "lesson_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.lessons_to_courses__update() from public, anon, authenticated, service_role;
alter function derived.lessons_to_courses__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.lessons_to_modules__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_lesson_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."lesson_count")
    into _keys, "_lesson_count"
    from (
        select change.key, sum(change."lesson_count") as "lesson_count" from (
            select one."module_id" as key, -1 as "lesson_count" from old_rows as one
        ) as change
        group by change.key having sum(change."lesson_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."modules" as target
        set "lesson_count" = target."lesson_count" + total."lesson_count"
        from (select _keys[1] as key, "_lesson_count"[1] as "lesson_count") as total
        where target.id = total.key;
    else
        perform from "public"."modules" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."modules" as target
        set "lesson_count" = target."lesson_count" + total."lesson_count"
        from unnest(_keys, "_lesson_count") as total (key, "lesson_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.lessons_to_modules__delete() from public, anon, authenticated, service_role;
alter function derived.lessons_to_modules__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.lessons_to_modules__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_lesson_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."lesson_count")
    into _keys, "_lesson_count"
    from (
        select change.key, sum(change."lesson_count") as "lesson_count" from (
            select one."module_id" as key, 1 as "lesson_count" from new_rows as one
        ) as change
        group by change.key having sum(change."lesson_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."modules" as target
        set "lesson_count" = target."lesson_count" + total."lesson_count"
        from (select _keys[1] as key, "_lesson_count"[1] as "lesson_count") as total
        where target.id = total.key;
    else
        perform from "public"."modules" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."modules" as target
        set "lesson_count" = target."lesson_count" + total."lesson_count"
        from unnest(_keys, "_lesson_count") as total (key, "lesson_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.lessons_to_modules__insert() from public, anon, authenticated, service_role;
alter function derived.lessons_to_modules__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.lessons_to_modules__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.lessons can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."modules" as target where target."lesson_count" is distinct from 0
        order by target.id for no key update;
    update "public"."modules" as target
    set "lesson_count" = 0 where target."lesson_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.lessons_to_modules__truncate() from public, anon, authenticated, service_role;
alter function derived.lessons_to_modules__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.lessons_to_modules__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_lesson_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."lesson_count")
    into _keys, "_lesson_count"
    from (
        select change.key, sum(change."lesson_count") as "lesson_count" from (
            select one."module_id" as key, 1 as "lesson_count" from new_rows as one
            union all
            select one."module_id" as key, -1 as "lesson_count" from old_rows as one
        ) as change
        group by change.key having sum(change."lesson_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."modules" as target
        set "lesson_count" = target."lesson_count" + total."lesson_count"
        from (select _keys[1] as key, "_lesson_count"[1] as "lesson_count") as total
        where target.id = total.key;
    else
        perform from "public"."modules" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."modules" as target
        set "lesson_count" = target."lesson_count" + total."lesson_count"
        from unnest(_keys, "_lesson_count") as total (key, "lesson_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.lessons_to_modules__update() from public, anon, authenticated, service_role;
alter function derived.lessons_to_modules__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.levels__queue_bands_delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if not exists (select one."id", one."order", one."threshold" from old_rows as one) then
        return null;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('derived:bands:public.levels', 0));
    insert into derived.band_changes as changed (source)
        values ('public.levels')
        on conflict (source) do update set changes = changed.changes + 1;
    insert into derived.copy_queue (target) values ('public.users.level');
    return null;
end
$function$;

revoke all on function derived.levels__queue_bands_delete() from public, anon, authenticated, service_role;
alter function derived.levels__queue_bands_delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.levels__queue_bands_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if not exists (select one."id", one."order", one."threshold" from new_rows as one) then
        return null;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('derived:bands:public.levels', 0));
    insert into derived.band_changes as changed (source)
        values ('public.levels')
        on conflict (source) do update set changes = changed.changes + 1;
    insert into derived.copy_queue (target) values ('public.users.level');
    return null;
end
$function$;

revoke all on function derived.levels__queue_bands_insert() from public, anon, authenticated, service_role;
alter function derived.levels__queue_bands_insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.levels__queue_bands_truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if not exists (select) then
        return null;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('derived:bands:public.levels', 0));
    insert into derived.band_changes as changed (source)
        values ('public.levels')
        on conflict (source) do update set changes = changed.changes + 1;
    insert into derived.copy_queue (target) values ('public.users.level');
    return null;
end
$function$;

revoke all on function derived.levels__queue_bands_truncate() from public, anon, authenticated, service_role;
alter function derived.levels__queue_bands_truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.levels__queue_bands_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if not exists ((select one."id", one."order", one."threshold" from old_rows as one except select one."id", one."order", one."threshold" from new_rows as one) union all (select one."id", one."order", one."threshold" from new_rows as one except select one."id", one."order", one."threshold" from old_rows as one)) then
        return null;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('derived:bands:public.levels', 0));
    insert into derived.band_changes as changed (source)
        values ('public.levels')
        on conflict (source) do update set changes = changed.changes + 1;
    insert into derived.copy_queue (target) values ('public.users.level');
    return null;
end
$function$;

revoke all on function derived.levels__queue_bands_update() from public, anon, authenticated, service_role;
alter function derived.levels__queue_bands_update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.likes_to_comments__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
    if cardinality(_keys) = 1 then
        update "public"."comments" as target
        set "like_count" = target."like_count" + total."like_count"
        from (select _keys[1] as key, "_like_count"[1] as "like_count") as total
        where target.id = total.key;
    else
        perform from "public"."comments" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."comments" as target
        set "like_count" = target."like_count" + total."like_count"
        from unnest(_keys, "_like_count") as total (key, "like_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.likes_to_comments__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
    if cardinality(_keys) = 1 then
        update "public"."comments" as target
        set "like_count" = target."like_count" + total."like_count"
        from (select _keys[1] as key, "_like_count"[1] as "like_count") as total
        where target.id = total.key;
    else
        perform from "public"."comments" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."comments" as target
        set "like_count" = target."like_count" + total."like_count"
        from unnest(_keys, "_like_count") as total (key, "like_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.likes_to_comments__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.likes can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."comments" as target where target."like_count" is distinct from 0
        order by target.id for no key update;
    update "public"."comments" as target
    set "like_count" = 0 where target."like_count" is distinct from 0;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.likes_to_comments__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
    if cardinality(_keys) = 1 then
        update "public"."comments" as target
        set "like_count" = target."like_count" + total."like_count"
        from (select _keys[1] as key, "_like_count"[1] as "like_count") as total
        where target.id = total.key;
    else
        perform from "public"."comments" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."comments" as target
        set "like_count" = target."like_count" + total."like_count"
        from unnest(_keys, "_like_count") as total (key, "like_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.likes_to_posts__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
    if cardinality(_keys) = 1 then
        update "public"."posts" as target
        set "like_count" = target."like_count" + total."like_count"
        from (select _keys[1] as key, "_like_count"[1] as "like_count") as total
        where target.id = total.key;
    else
        perform from "public"."posts" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."posts" as target
        set "like_count" = target."like_count" + total."like_count"
        from unnest(_keys, "_like_count") as total (key, "like_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.likes_to_posts__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
    if cardinality(_keys) = 1 then
        update "public"."posts" as target
        set "like_count" = target."like_count" + total."like_count"
        from (select _keys[1] as key, "_like_count"[1] as "like_count") as total
        where target.id = total.key;
    else
        perform from "public"."posts" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."posts" as target
        set "like_count" = target."like_count" + total."like_count"
        from unnest(_keys, "_like_count") as total (key, "like_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.likes_to_posts__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.likes can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."posts" as target where target."like_count" is distinct from 0
        order by target.id for no key update;
    update "public"."posts" as target
    set "like_count" = 0 where target."like_count" is distinct from 0;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.likes_to_posts__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
    if cardinality(_keys) = 1 then
        update "public"."posts" as target
        set "like_count" = target."like_count" + total."like_count"
        from (select _keys[1] as key, "_like_count"[1] as "like_count") as total
        where target.id = total.key;
    else
        perform from "public"."posts" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."posts" as target
        set "like_count" = target."like_count" + total."like_count"
        from unnest(_keys, "_like_count") as total (key, "like_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.message_receipts_to_conversation_participants__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_unread_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."unread_count")
    into _keys, "_unread_count"
    from (
        select change.key, sum(change."unread_count") as "unread_count" from (
            select one."participant_id" as key, -1 as "unread_count" from old_rows as one where (one."read_at" is null)
        ) as change
        group by change.key having sum(change."unread_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."conversation_participants" as target
        set "unread_count" = target."unread_count" + total."unread_count"
        from (select _keys[1] as key, "_unread_count"[1] as "unread_count") as total
        where target.id = total.key;
    else
        perform from "public"."conversation_participants" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."conversation_participants" as target
        set "unread_count" = target."unread_count" + total."unread_count"
        from unnest(_keys, "_unread_count") as total (key, "unread_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.message_receipts_to_conversation_participants__delete() from public, anon, authenticated, service_role;
alter function derived.message_receipts_to_conversation_participants__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.message_receipts_to_conversation_participants__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_unread_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."unread_count")
    into _keys, "_unread_count"
    from (
        select change.key, sum(change."unread_count") as "unread_count" from (
            select one."participant_id" as key, 1 as "unread_count" from new_rows as one where (one."read_at" is null)
        ) as change
        group by change.key having sum(change."unread_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."conversation_participants" as target
        set "unread_count" = target."unread_count" + total."unread_count"
        from (select _keys[1] as key, "_unread_count"[1] as "unread_count") as total
        where target.id = total.key;
    else
        perform from "public"."conversation_participants" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."conversation_participants" as target
        set "unread_count" = target."unread_count" + total."unread_count"
        from unnest(_keys, "_unread_count") as total (key, "unread_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.message_receipts_to_conversation_participants__insert() from public, anon, authenticated, service_role;
alter function derived.message_receipts_to_conversation_participants__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.message_receipts_to_conversation_participants__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.message_receipts can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."conversation_participants" as target where target."unread_count" is distinct from 0
        order by target.id for no key update;
    update "public"."conversation_participants" as target
    set "unread_count" = 0 where target."unread_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.message_receipts_to_conversation_participants__truncate() from public, anon, authenticated, service_role;
alter function derived.message_receipts_to_conversation_participants__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.message_receipts_to_conversation_participants__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_unread_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."unread_count")
    into _keys, "_unread_count"
    from (
        select change.key, sum(change."unread_count") as "unread_count" from (
            select one."participant_id" as key, 1 as "unread_count" from new_rows as one where (one."read_at" is null)
            union all
            select one."participant_id" as key, -1 as "unread_count" from old_rows as one where (one."read_at" is null)
        ) as change
        group by change.key having sum(change."unread_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."conversation_participants" as target
        set "unread_count" = target."unread_count" + total."unread_count"
        from (select _keys[1] as key, "_unread_count"[1] as "unread_count") as total
        where target.id = total.key;
    else
        perform from "public"."conversation_participants" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."conversation_participants" as target
        set "unread_count" = target."unread_count" + total."unread_count"
        from unnest(_keys, "_unread_count") as total (key, "unread_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.message_receipts_to_conversation_participants__update() from public, anon, authenticated, service_role;
alter function derived.message_receipts_to_conversation_participants__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.message_receipts_to_messages__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
begin
    select array_agg(total.key)
    into _keys
    from (
        select change.key from (
            select one."message_id" as key, true as _touched from old_rows as one where (one."read_at" is not null)
        ) as change
        group by change.key having bool_or(change._touched)
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        perform from "public"."messages" as target where target.id = _keys[1] for no key update;
        update "public"."messages" as target
        set "read_at" = found_1."read_at"
        from (select _keys[1] as key) as total
            left join lateral (
                select one."read_at" as "read_at" from "public"."message_receipts" as one where one."message_id" = total.key and (one."read_at" is not null) order by one."updated_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    else
        perform from "public"."messages" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."messages" as target
        set "read_at" = found_1."read_at"
        from unnest(_keys) as total (key)
            left join lateral (
                select one."read_at" as "read_at" from "public"."message_receipts" as one where one."message_id" = total.key and (one."read_at" is not null) order by one."updated_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.message_receipts_to_messages__delete() from public, anon, authenticated, service_role;
alter function derived.message_receipts_to_messages__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.message_receipts_to_messages__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
begin
    select array_agg(total.key)
    into _keys
    from (
        select change.key from (
            select one."message_id" as key, true as _touched from new_rows as one where (one."read_at" is not null)
        ) as change
        group by change.key having bool_or(change._touched)
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        perform from "public"."messages" as target where target.id = _keys[1] for no key update;
        update "public"."messages" as target
        set "read_at" = found_1."read_at"
        from (select _keys[1] as key) as total
            left join lateral (
                select one."read_at" as "read_at" from "public"."message_receipts" as one where one."message_id" = total.key and (one."read_at" is not null) order by one."updated_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    else
        perform from "public"."messages" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."messages" as target
        set "read_at" = found_1."read_at"
        from unnest(_keys) as total (key)
            left join lateral (
                select one."read_at" as "read_at" from "public"."message_receipts" as one where one."message_id" = total.key and (one."read_at" is not null) order by one."updated_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.message_receipts_to_messages__insert() from public, anon, authenticated, service_role;
alter function derived.message_receipts_to_messages__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.message_receipts_to_messages__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.message_receipts can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."messages" as target where target."read_at" is distinct from null
        order by target.id for no key update;
    update "public"."messages" as target
    set "read_at" = null where target."read_at" is distinct from null;
    return null;
end
$function$;

revoke all on function derived.message_receipts_to_messages__truncate() from public, anon, authenticated, service_role;
alter function derived.message_receipts_to_messages__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.message_receipts_to_messages__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
begin
    select array_agg(total.key)
    into _keys
    from (
        select change.key from (
            select changed.key, true as _touched from ((select one."message_id" as key, one."id", one."read_at", one."updated_at" from new_rows as one where (one."read_at" is not null) except select one."message_id" as key, one."id", one."read_at", one."updated_at" from old_rows as one where (one."read_at" is not null)) union all (select one."message_id" as key, one."id", one."read_at", one."updated_at" from old_rows as one where (one."read_at" is not null) except select one."message_id" as key, one."id", one."read_at", one."updated_at" from new_rows as one where (one."read_at" is not null))) as changed
        ) as change
        group by change.key having bool_or(change._touched)
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        perform from "public"."messages" as target where target.id = _keys[1] for no key update;
        update "public"."messages" as target
        set "read_at" = found_1."read_at"
        from (select _keys[1] as key) as total
            left join lateral (
                select one."read_at" as "read_at" from "public"."message_receipts" as one where one."message_id" = total.key and (one."read_at" is not null) order by one."updated_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    else
        perform from "public"."messages" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."messages" as target
        set "read_at" = found_1."read_at"
        from unnest(_keys) as total (key)
            left join lateral (
                select one."read_at" as "read_at" from "public"."message_receipts" as one where one."message_id" = total.key and (one."read_at" is not null) order by one."updated_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.message_receipts_to_messages__update() from public, anon, authenticated, service_role;
alter function derived.message_receipts_to_messages__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.messages__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."read_at" := null;
        select source."name" into new."sender_name"
            from "public"."users" as source where source.id = new."sender_id";
    else
        new."read_at" := old."read_at";
        if new."sender_id" is distinct from old."sender_id" then
            select source."name" into new."sender_name"
                from "public"."users" as source where source.id = new."sender_id";
        else
            new."sender_name" := old."sender_name";
        end if;
    end if;
    return new;
end
$function$;

revoke all on function derived.messages__guard() from public, anon, authenticated, service_role;
alter function derived.messages__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.messages__verify_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."users" as source
        where source.id in (select one."sender_id" from new_rows as one)
        order by source.id for share;
    update "public"."messages" as target
    set "sender_name" = source."name"
    from new_rows as one
        join "public"."users" as source on source.id = one."sender_id"
    where target.id = one.id and (target."sender_name" is distinct from source."name");
    return null;
end
$function$;

revoke all on function derived.messages__verify_insert() from public, anon, authenticated, service_role;
alter function derived.messages__verify_insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.messages__verify_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."users" as source
        where source.id in (select one."sender_id" from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."sender_id" is distinct from former."sender_id"
        ) as one)
        order by source.id for share;
    update "public"."messages" as target
    set "sender_name" = source."name"
    from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."sender_id" is distinct from former."sender_id"
        ) as one
        join "public"."users" as source on source.id = one."sender_id"
    where target.id = one.id and (target."sender_name" is distinct from source."name");
    return null;
end
$function$;

revoke all on function derived.messages__verify_update() from public, anon, authenticated, service_role;
alter function derived.messages__verify_update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.messages_to_conversations__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
begin
    select array_agg(total.key)
    into _keys
    from (
        select change.key from (
            select one."conversation_id" as key, true as _touched from old_rows as one
        ) as change
        group by change.key having bool_or(change._touched)
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        perform from "public"."conversations" as target where target.id = _keys[1] for no key update;
        update "public"."conversations" as target
        set "last_message_at" = found_1."last_message_at", "last_message_preview" = found_1."last_message_preview"
        from (select _keys[1] as key) as total
            left join lateral (
                select one."created_at" as "last_message_at", left(one."content", 140) as "last_message_preview" from "public"."messages" as one where one."conversation_id" = total.key order by one."created_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    else
        perform from "public"."conversations" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."conversations" as target
        set "last_message_at" = found_1."last_message_at", "last_message_preview" = found_1."last_message_preview"
        from unnest(_keys) as total (key)
            left join lateral (
                select one."created_at" as "last_message_at", left(one."content", 140) as "last_message_preview" from "public"."messages" as one where one."conversation_id" = total.key order by one."created_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.messages_to_conversations__delete() from public, anon, authenticated, service_role;
alter function derived.messages_to_conversations__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.messages_to_conversations__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
begin
    select array_agg(total.key)
    into _keys
    from (
        select change.key from (
            select one."conversation_id" as key, true as _touched from new_rows as one
        ) as change
        group by change.key having bool_or(change._touched)
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        perform from "public"."conversations" as target where target.id = _keys[1] for no key update;
        update "public"."conversations" as target
        set "last_message_at" = found_1."last_message_at", "last_message_preview" = found_1."last_message_preview"
        from (select _keys[1] as key) as total
            left join lateral (
                select one."created_at" as "last_message_at", left(one."content", 140) as "last_message_preview" from "public"."messages" as one where one."conversation_id" = total.key order by one."created_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    else
        perform from "public"."conversations" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."conversations" as target
        set "last_message_at" = found_1."last_message_at", "last_message_preview" = found_1."last_message_preview"
        from unnest(_keys) as total (key)
            left join lateral (
                select one."created_at" as "last_message_at", left(one."content", 140) as "last_message_preview" from "public"."messages" as one where one."conversation_id" = total.key order by one."created_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.messages_to_conversations__insert() from public, anon, authenticated, service_role;
alter function derived.messages_to_conversations__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.messages_to_conversations__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.messages can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."conversations" as target where target."last_message_at" is distinct from null or target."last_message_preview" is distinct from null
        order by target.id for no key update;
    update "public"."conversations" as target
    set "last_message_at" = null, "last_message_preview" = null where target."last_message_at" is distinct from null or target."last_message_preview" is distinct from null;
    return null;
end
$function$;

revoke all on function derived.messages_to_conversations__truncate() from public, anon, authenticated, service_role;
alter function derived.messages_to_conversations__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.messages_to_conversations__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
begin
    select array_agg(total.key)
    into _keys
    from (
        select change.key from (
            select changed.key, true as _touched from ((select one."conversation_id" as key, one."content", one."created_at", one."id" from new_rows as one except select one."conversation_id" as key, one."content", one."created_at", one."id" from old_rows as one) union all (select one."conversation_id" as key, one."content", one."created_at", one."id" from old_rows as one except select one."conversation_id" as key, one."content", one."created_at", one."id" from new_rows as one)) as changed
        ) as change
        group by change.key having bool_or(change._touched)
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        perform from "public"."conversations" as target where target.id = _keys[1] for no key update;
        update "public"."conversations" as target
        set "last_message_at" = found_1."last_message_at", "last_message_preview" = found_1."last_message_preview"
        from (select _keys[1] as key) as total
            left join lateral (
                select one."created_at" as "last_message_at", left(one."content", 140) as "last_message_preview" from "public"."messages" as one where one."conversation_id" = total.key order by one."created_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    else
        perform from "public"."conversations" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."conversations" as target
        set "last_message_at" = found_1."last_message_at", "last_message_preview" = found_1."last_message_preview"
        from unnest(_keys) as total (key)
            left join lateral (
                select one."created_at" as "last_message_at", left(one."content", 140) as "last_message_preview" from "public"."messages" as one where one."conversation_id" = total.key order by one."created_at" desc, one.id desc limit 1
            ) as found_1 on true
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.messages_to_conversations__update() from public, anon, authenticated, service_role;
alter function derived.messages_to_conversations__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.modules__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."lesson_count" := 0;
    else
        new."lesson_count" := old."lesson_count";
    end if;
    return new;
end
$function$;

revoke all on function derived.modules__guard() from public, anon, authenticated, service_role;
alter function derived.modules__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.notifications__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        select source."name" into new."actor_name"
            from "public"."users" as source where source.id = new."actor_id";
    else
        if new."actor_id" is distinct from old."actor_id" then
            select source."name" into new."actor_name"
                from "public"."users" as source where source.id = new."actor_id";
        else
            new."actor_name" := old."actor_name";
        end if;
    end if;
    return new;
end
$function$;

revoke all on function derived.notifications__guard() from public, anon, authenticated, service_role;
alter function derived.notifications__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.notifications__verify_insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."users" as source
        where source.id in (select one."actor_id" from new_rows as one)
        order by source.id for share;
    update "public"."notifications" as target
    set "actor_name" = source."name"
    from new_rows as one
        join "public"."users" as source on source.id = one."actor_id"
    where target.id = one.id and (target."actor_name" is distinct from source."name");
    return null;
end
$function$;

revoke all on function derived.notifications__verify_insert() from public, anon, authenticated, service_role;
alter function derived.notifications__verify_insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.notifications__verify_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."users" as source
        where source.id in (select one."actor_id" from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."actor_id" is distinct from former."actor_id"
        ) as one)
        order by source.id for share;
    update "public"."notifications" as target
    set "actor_name" = source."name"
    from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."actor_id" is distinct from former."actor_id"
        ) as one
        join "public"."users" as source on source.id = one."actor_id"
    where target.id = one.id and (target."actor_name" is distinct from source."name");
    return null;
end
$function$;

revoke all on function derived.notifications__verify_update() from public, anon, authenticated, service_role;
alter function derived.notifications__verify_update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.notifications_to_inboxes__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_unread_notification_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."unread_notification_count")
    into _keys, "_unread_notification_count"
    from (
        select change.key, sum(change."unread_notification_count") as "unread_notification_count" from (
            select one."user_id" as key, -1 as "unread_notification_count" from old_rows as one where (one."read" = false)
        ) as change
        group by change.key having sum(change."unread_notification_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."inboxes" as target
        set "unread_notification_count" = target."unread_notification_count" + total."unread_notification_count"
        from (select _keys[1] as key, "_unread_notification_count"[1] as "unread_notification_count") as total
        where target.id = total.key;
    else
        perform from "public"."inboxes" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."inboxes" as target
        set "unread_notification_count" = target."unread_notification_count" + total."unread_notification_count"
        from unnest(_keys, "_unread_notification_count") as total (key, "unread_notification_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.notifications_to_inboxes__delete() from public, anon, authenticated, service_role;
alter function derived.notifications_to_inboxes__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.notifications_to_inboxes__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_unread_notification_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."unread_notification_count")
    into _keys, "_unread_notification_count"
    from (
        select change.key, sum(change."unread_notification_count") as "unread_notification_count" from (
            select one."user_id" as key, 1 as "unread_notification_count" from new_rows as one where (one."read" = false)
        ) as change
        group by change.key having sum(change."unread_notification_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."inboxes" as target
        set "unread_notification_count" = target."unread_notification_count" + total."unread_notification_count"
        from (select _keys[1] as key, "_unread_notification_count"[1] as "unread_notification_count") as total
        where target.id = total.key;
    else
        perform from "public"."inboxes" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."inboxes" as target
        set "unread_notification_count" = target."unread_notification_count" + total."unread_notification_count"
        from unnest(_keys, "_unread_notification_count") as total (key, "unread_notification_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.notifications_to_inboxes__insert() from public, anon, authenticated, service_role;
alter function derived.notifications_to_inboxes__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.notifications_to_inboxes__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.notifications can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."inboxes" as target where target."unread_notification_count" is distinct from 0
        order by target.id for no key update;
    update "public"."inboxes" as target
    set "unread_notification_count" = 0 where target."unread_notification_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.notifications_to_inboxes__truncate() from public, anon, authenticated, service_role;
alter function derived.notifications_to_inboxes__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.notifications_to_inboxes__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_unread_notification_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."unread_notification_count")
    into _keys, "_unread_notification_count"
    from (
        select change.key, sum(change."unread_notification_count") as "unread_notification_count" from (
            select one."user_id" as key, 1 as "unread_notification_count" from new_rows as one where (one."read" = false)
            union all
            select one."user_id" as key, -1 as "unread_notification_count" from old_rows as one where (one."read" = false)
        ) as change
        group by change.key having sum(change."unread_notification_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."inboxes" as target
        set "unread_notification_count" = target."unread_notification_count" + total."unread_notification_count"
        from (select _keys[1] as key, "_unread_notification_count"[1] as "unread_notification_count") as total
        where target.id = total.key;
    else
        perform from "public"."inboxes" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."inboxes" as target
        set "unread_notification_count" = target."unread_notification_count" + total."unread_notification_count"
        from unnest(_keys, "_unread_notification_count") as total (key, "unread_notification_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.notifications_to_inboxes__update() from public, anon, authenticated, service_role;
alter function derived.notifications_to_inboxes__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.points_to_users__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_points" numeric[];
begin
    select array_agg(total.key), array_agg(total."points")
    into _keys, "_points"
    from (
        select change.key, sum(change."points") as "points" from (
            select one."user_id" as key, -one."amount"::numeric as "points" from old_rows as one
        ) as change
        group by change.key having sum(change."points") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."users" as target
        set "points" = target."points" + total."points"
        from (select _keys[1] as key, "_points"[1] as "points") as total
        where target.id = total.key;
    else
        perform from "public"."users" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."users" as target
        set "points" = target."points" + total."points"
        from unnest(_keys, "_points") as total (key, "points")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.points_to_users__delete() from public, anon, authenticated, service_role;
alter function derived.points_to_users__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.points_to_users__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_points" numeric[];
begin
    select array_agg(total.key), array_agg(total."points")
    into _keys, "_points"
    from (
        select change.key, sum(change."points") as "points" from (
            select one."user_id" as key, one."amount"::numeric as "points" from new_rows as one
        ) as change
        group by change.key having sum(change."points") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."users" as target
        set "points" = target."points" + total."points"
        from (select _keys[1] as key, "_points"[1] as "points") as total
        where target.id = total.key;
    else
        perform from "public"."users" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."users" as target
        set "points" = target."points" + total."points"
        from unnest(_keys, "_points") as total (key, "points")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.points_to_users__insert() from public, anon, authenticated, service_role;
alter function derived.points_to_users__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.points_to_users__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.points can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."users" as target where target."points" is distinct from 0
        order by target.id for no key update;
    update "public"."users" as target
    set "points" = 0 where target."points" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.points_to_users__truncate() from public, anon, authenticated, service_role;
alter function derived.points_to_users__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.points_to_users__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_points" numeric[];
begin
    select array_agg(total.key), array_agg(total."points")
    into _keys, "_points"
    from (
        select change.key, sum(change."points") as "points" from (
            select one."user_id" as key, one."amount"::numeric as "points" from new_rows as one
            union all
            select one."user_id" as key, -one."amount"::numeric as "points" from old_rows as one
        ) as change
        group by change.key having sum(change."points") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."users" as target
        set "points" = target."points" + total."points"
        from (select _keys[1] as key, "_points"[1] as "points") as total
        where target.id = total.key;
    else
        perform from "public"."users" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."users" as target
        set "points" = target."points" + total."points"
        from unnest(_keys, "_points") as total (key, "points")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.points_to_users__update() from public, anon, authenticated, service_role;
alter function derived.points_to_users__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.posts__verify_update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    perform from "public"."users" as source
        where source.id in (select one."author_id" from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."author_id" is distinct from former."author_id"
        ) as one)
        order by source.id for share;
    update "public"."posts" as target
    set "author_name" = source."name", "author_avatar" = source."avatar_url"
    from (
            select one.* from new_rows as one left join old_rows as former on former.id = one.id
            where one."author_id" is distinct from former."author_id"
        ) as one
        join "public"."users" as source on source.id = one."author_id"
    where target.id = one.id and (target."author_name" is distinct from source."name" or target."author_avatar" is distinct from source."avatar_url");
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION derived.rsvps_to_events__delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_going_count" bigint[];
    "_maybe_count" bigint[];
    "_waitlist_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."going_count"), array_agg(total."maybe_count"), array_agg(total."waitlist_count")
    into _keys, "_going_count", "_maybe_count", "_waitlist_count"
    from (
        select change.key, sum(change."going_count") as "going_count", sum(change."maybe_count") as "maybe_count", sum(change."waitlist_count") as "waitlist_count" from (
            select one."event_id" as key, -1 as "going_count", 0 as "maybe_count", 0 as "waitlist_count" from old_rows as one where (one."status" = 'going')
            union all
            select one."event_id" as key, 0 as "going_count", -1 as "maybe_count", 0 as "waitlist_count" from old_rows as one where (one."status" = 'maybe')
            union all
            select one."event_id" as key, 0 as "going_count", 0 as "maybe_count", -1 as "waitlist_count" from old_rows as one where (one."status" = 'waitlist')
        ) as change
        group by change.key having sum(change."going_count") <> 0 or sum(change."maybe_count") <> 0 or sum(change."waitlist_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."events" as target
        set "going_count" = target."going_count" + total."going_count", "maybe_count" = target."maybe_count" + total."maybe_count", "waitlist_count" = target."waitlist_count" + total."waitlist_count"
        from (select _keys[1] as key, "_going_count"[1] as "going_count", "_maybe_count"[1] as "maybe_count", "_waitlist_count"[1] as "waitlist_count") as total
        where target.id = total.key;
    else
        perform from "public"."events" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."events" as target
        set "going_count" = target."going_count" + total."going_count", "maybe_count" = target."maybe_count" + total."maybe_count", "waitlist_count" = target."waitlist_count" + total."waitlist_count"
        from unnest(_keys, "_going_count", "_maybe_count", "_waitlist_count") as total (key, "going_count", "maybe_count", "waitlist_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.rsvps_to_events__delete() from public, anon, authenticated, service_role;
alter function derived.rsvps_to_events__delete() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.rsvps_to_events__insert()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_going_count" bigint[];
    "_maybe_count" bigint[];
    "_waitlist_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."going_count"), array_agg(total."maybe_count"), array_agg(total."waitlist_count")
    into _keys, "_going_count", "_maybe_count", "_waitlist_count"
    from (
        select change.key, sum(change."going_count") as "going_count", sum(change."maybe_count") as "maybe_count", sum(change."waitlist_count") as "waitlist_count" from (
            select one."event_id" as key, 1 as "going_count", 0 as "maybe_count", 0 as "waitlist_count" from new_rows as one where (one."status" = 'going')
            union all
            select one."event_id" as key, 0 as "going_count", 1 as "maybe_count", 0 as "waitlist_count" from new_rows as one where (one."status" = 'maybe')
            union all
            select one."event_id" as key, 0 as "going_count", 0 as "maybe_count", 1 as "waitlist_count" from new_rows as one where (one."status" = 'waitlist')
        ) as change
        group by change.key having sum(change."going_count") <> 0 or sum(change."maybe_count") <> 0 or sum(change."waitlist_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."events" as target
        set "going_count" = target."going_count" + total."going_count", "maybe_count" = target."maybe_count" + total."maybe_count", "waitlist_count" = target."waitlist_count" + total."waitlist_count"
        from (select _keys[1] as key, "_going_count"[1] as "going_count", "_maybe_count"[1] as "maybe_count", "_waitlist_count"[1] as "waitlist_count") as total
        where target.id = total.key;
    else
        perform from "public"."events" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."events" as target
        set "going_count" = target."going_count" + total."going_count", "maybe_count" = target."maybe_count" + total."maybe_count", "waitlist_count" = target."waitlist_count" + total."waitlist_count"
        from unnest(_keys, "_going_count", "_maybe_count", "_waitlist_count") as total (key, "going_count", "maybe_count", "waitlist_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.rsvps_to_events__insert() from public, anon, authenticated, service_role;
alter function derived.rsvps_to_events__insert() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.rsvps_to_events__truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.rsvps can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    perform from "public"."events" as target where target."going_count" is distinct from 0 or target."maybe_count" is distinct from 0 or target."waitlist_count" is distinct from 0
        order by target.id for no key update;
    update "public"."events" as target
    set "going_count" = 0, "maybe_count" = 0, "waitlist_count" = 0 where target."going_count" is distinct from 0 or target."maybe_count" is distinct from 0 or target."waitlist_count" is distinct from 0;
    return null;
end
$function$;

revoke all on function derived.rsvps_to_events__truncate() from public, anon, authenticated, service_role;
alter function derived.rsvps_to_events__truncate() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.rsvps_to_events__update()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _keys uuid[];
    "_going_count" bigint[];
    "_maybe_count" bigint[];
    "_waitlist_count" bigint[];
begin
    select array_agg(total.key), array_agg(total."going_count"), array_agg(total."maybe_count"), array_agg(total."waitlist_count")
    into _keys, "_going_count", "_maybe_count", "_waitlist_count"
    from (
        select change.key, sum(change."going_count") as "going_count", sum(change."maybe_count") as "maybe_count", sum(change."waitlist_count") as "waitlist_count" from (
            select one."event_id" as key, 1 as "going_count", 0 as "maybe_count", 0 as "waitlist_count" from new_rows as one where (one."status" = 'going')
            union all
            select one."event_id" as key, 0 as "going_count", 1 as "maybe_count", 0 as "waitlist_count" from new_rows as one where (one."status" = 'maybe')
            union all
            select one."event_id" as key, 0 as "going_count", 0 as "maybe_count", 1 as "waitlist_count" from new_rows as one where (one."status" = 'waitlist')
            union all
            select one."event_id" as key, -1 as "going_count", 0 as "maybe_count", 0 as "waitlist_count" from old_rows as one where (one."status" = 'going')
            union all
            select one."event_id" as key, 0 as "going_count", -1 as "maybe_count", 0 as "waitlist_count" from old_rows as one where (one."status" = 'maybe')
            union all
            select one."event_id" as key, 0 as "going_count", 0 as "maybe_count", -1 as "waitlist_count" from old_rows as one where (one."status" = 'waitlist')
        ) as change
        group by change.key having sum(change."going_count") <> 0 or sum(change."maybe_count") <> 0 or sum(change."waitlist_count") <> 0
    ) as total;
    if _keys is null then
        return null;
    end if;
    if cardinality(_keys) = 1 then
        update "public"."events" as target
        set "going_count" = target."going_count" + total."going_count", "maybe_count" = target."maybe_count" + total."maybe_count", "waitlist_count" = target."waitlist_count" + total."waitlist_count"
        from (select _keys[1] as key, "_going_count"[1] as "going_count", "_maybe_count"[1] as "maybe_count", "_waitlist_count"[1] as "waitlist_count") as total
        where target.id = total.key;
    else
        perform from "public"."events" as target where target.id = any (_keys)
            order by target.id for no key update;
        update "public"."events" as target
        set "going_count" = target."going_count" + total."going_count", "maybe_count" = target."maybe_count" + total."maybe_count", "waitlist_count" = target."waitlist_count" + total."waitlist_count"
        from unnest(_keys, "_going_count", "_maybe_count", "_waitlist_count") as total (key, "going_count", "maybe_count", "waitlist_count")
        where target.id = total.key;
    end if;
    return null;
end
$function$;

revoke all on function derived.rsvps_to_events__update() from public, anon, authenticated, service_role;
alter function derived.rsvps_to_events__update() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.tracker_kanban_tasks__compute()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    new."is_deleted" := ((new."deleted_at" is not null))::boolean;
    return new;
end
$function$;

revoke all on function derived.tracker_kanban_tasks__compute() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION derived.tracker_sprints__compute()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    new."sprint_id" := (new."id")::uuid;
    return new;
end
$function$;

revoke all on function derived.tracker_sprints__compute() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION derived.tracker_weekly_kpi_entries__compute()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    new."is_completed" := ((new."current_value"::numeric >= new."target_value"::numeric))::boolean;
    new."completion_rate" := (case when new."is_completed" then 100 else coalesce(case when case when ((new."current_value"::numeric * 100) / nullif(new."target_value"::numeric, 0)) is not null then greatest(((new."current_value"::numeric * 100) / nullif(new."target_value"::numeric, 0)), 0) end is not null then least(case when ((new."current_value"::numeric * 100) / nullif(new."target_value"::numeric, 0)) is not null then greatest(((new."current_value"::numeric * 100) / nullif(new."target_value"::numeric, 0)), 0) end, 100) end, 0) end)::numeric;
    return new;
end
$function$;

revoke all on function derived.tracker_weekly_kpi_entries__compute() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION derived.users__compute()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' or new."points" is distinct from old."points" then
        perform pg_advisory_xact_lock_shared(hashtextextended('derived:bands:public.levels', 0));
        if current_setting('transaction_isolation') <> 'read committed' then
            perform from derived.band_changes as changed where changed.source = 'public.levels' for share;
            if not found then
                insert into derived.band_changes (source) values ('public.levels') on conflict do nothing;
            end if;
        end if;
        new."level" := coalesce((select band."order" from "public"."levels" as band where band."threshold" <= new."points" order by band."threshold" desc, band.id desc limit 1), 1);
    end if;
    return new;
end
$function$;

revoke all on function derived.users__compute() from public, anon, authenticated, service_role;
alter function derived.users__compute() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.users__guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if tg_op = 'INSERT' then
        new."points" := 0;
        new."follower_count" := 0;
        new."following_count" := 0;
    else
        new."points" := old."points";
        new."follower_count" := old."follower_count";
        new."following_count" := old."following_count";
        new."level" := old."level";
    end if;
    return new;
end
$function$;

revoke all on function derived.users__guard() from public, anon, authenticated, service_role;
alter function derived.users__guard() owner to derived_owner;

CREATE OR REPLACE FUNCTION derived.users__queue_copies()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
        where one."avatar_url" is distinct from former."avatar_url"
        union all
        select 'public.notifications.actor_name', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."name" is distinct from former."name"
        union all
        select 'public.messages.sender_name', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."name" is distinct from former."name"
        union all
        select 'academy.users.name', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."name" is distinct from former."name"
        union all
        select 'academy.users.avatar_url', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."avatar_url" is distinct from former."avatar_url"
        union all
        select 'academy.discussions.author_name', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."name" is distinct from former."name"
        union all
        select 'academy.discussions.author_avatar', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."avatar_url" is distinct from former."avatar_url"
        union all
        select 'academy.comments.author_name', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."name" is distinct from former."name"
        union all
        select 'academy.comments.author_avatar', one.id from new_rows as one join old_rows as former on former.id = one.id
        where one."avatar_url" is distinct from former."avatar_url";
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION private.academy_accounts()
 RETURNS TABLE(id uuid, user_id uuid, provider text, provider_account_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
select identity.id, identity.user_id, identity.provider, identity.provider_id
from auth.identities as identity
where identity.user_id = (select auth.uid())
$function$;

revoke all on function private.academy_accounts() from public, anon, authenticated, service_role;
grant execute on function private.academy_accounts() to authenticated, folkmoot_writer, service_role;
comment on function private.academy_accounts() is 'The identities by which the caller signs in.';

CREATE OR REPLACE FUNCTION private.academy_comments__nesting()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _parent uuid;
    _within uuid;
begin
    if tg_op = 'UPDATE' then
        if (new."parent_id", new."discussion_id") is distinct from (old."parent_id", old."discussion_id") then
            raise exception using errcode = '23514',
                message = 'comments: a row cannot move to another place',
                schema = 'academy', table = 'comments';
        end if;
        return new;
    end if;
    select one."parent_id", one."discussion_id" into _parent, _within
        from "academy"."comments" as one where one.id = new."parent_id";
    if _parent is not null then
        raise exception using errcode = '23514',
            message = 'comments: only a row of the first level can be answered',
            schema = 'academy', table = 'comments';
    elsif _within <> new."discussion_id" then
        raise exception using errcode = '23514',
            message = 'comments: an answer stands in the same place',
            schema = 'academy', table = 'comments';
    end if;
    return null;
end
$function$;

revoke all on function private.academy_comments__nesting() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION private.academy_sessions()
 RETURNS TABLE(id uuid, user_id uuid, expires timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
select session.id, session.user_id, session.not_after
from auth.sessions as session
where session.user_id = (select auth.uid())
$function$;

revoke all on function private.academy_sessions() from public, anon, authenticated, service_role;
grant execute on function private.academy_sessions() to authenticated, folkmoot_writer, service_role;
comment on function private.academy_sessions() is 'The sessions in which the caller is signed in.';

CREATE OR REPLACE FUNCTION private.academy_users__automatic()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    insert into "academy"."users" (id, created_at) select one.id, one.created_at from new_rows as one
        on conflict (id) do nothing;
    return null;
end
$function$;

revoke all on function private.academy_users__automatic() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION private.attendable_academy_courses()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    return array(
        select one.id from "academy"."courses" as one
        where one."program_id" = any ((select private."editable_academy_programs"())::uuid[]) or (one."is_published" = true and one."program_id" = any ((select private."attendable_academy_programs"())::uuid[]))
    );
end
$function$;

revoke all on function private.attendable_academy_courses() from public, anon, authenticated, service_role;
grant execute on function private.attendable_academy_courses() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.attendable_academy_programs()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
begin
    return array(
        select one.id from "academy"."programs" as one
        where _role in ('moderator', 'admin') or one."created_by" = _caller or (one."is_published" = true and one."id" = any ((select private."caller_academy_enrollments_program_id_1b1b6d70"())::uuid[]))
    );
end
$function$;

revoke all on function private.attendable_academy_programs() from public, anon, authenticated, service_role;
grant execute on function private.attendable_academy_programs() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.caller_academy_enrollments_id()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    return array(
        select held."id" from "academy"."enrollments" as held
        where held."user_id" = (select auth.uid())
    );
end
$function$;

revoke all on function private.caller_academy_enrollments_id() from public, anon, authenticated, service_role;
grant execute on function private.caller_academy_enrollments_id() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.caller_academy_enrollments_program_id_1b1b6d70()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    return array(
        select held."program_id" from "academy"."enrollments" as held
        where held."user_id" = (select auth.uid()) and (held."status" = 'active' or held."status" = 'paused' or held."status" = 'completed')
    );
end
$function$;

revoke all on function private.caller_academy_enrollments_program_id_1b1b6d70() from public, anon, authenticated, service_role;
grant execute on function private.caller_academy_enrollments_program_id_1b1b6d70() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.caller_conversation_participants_conversation_id()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    return array(
        select held."conversation_id" from "public"."conversation_participants" as held
        where held."user_id" = (select auth.uid())
    );
end
$function$;

revoke all on function private.caller_conversation_participants_conversation_id() from public, anon, authenticated, service_role;
grant execute on function private.caller_conversation_participants_conversation_id() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.caller_enrollments_course_id()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    return array(
        select held."course_id" from "public"."enrollments" as held
        where held."user_id" = (select auth.uid())
    );
end
$function$;

revoke all on function private.caller_enrollments_course_id() from public, anon, authenticated, service_role;
grant execute on function private.caller_enrollments_course_id() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.caller_enrollments_id()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    return array(
        select held."id" from "public"."enrollments" as held
        where held."user_id" = (select auth.uid())
    );
end
$function$;

revoke all on function private.caller_enrollments_id() from public, anon, authenticated, service_role;
grant execute on function private.caller_enrollments_id() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.caller_role()
 RETURNS text
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    return (select person.role from "public"."users" as person where person.id = (select auth.uid()));
end
$function$;

CREATE OR REPLACE FUNCTION private.caller_tiers()
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    return array(
        select distinct held.tier from "public"."memberships" as held
        where held.user_id = (select auth.uid()) and held.status in ('trialing', 'active', 'past_due')
    );
end
$function$;

revoke all on function private.caller_tiers() from public, anon, authenticated, service_role;
grant execute on function private.caller_tiers() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.cancel_job(_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    insert into private.job_outcomes (job_id, state, ended_at)
    select job.id, 'canceled', clock_timestamp() from private.jobs as job where job.id = _id
    on conflict do nothing;
    if not found then
        return false;
    end if;
    update private.jobs set due_at = null, taken_by = null where id = _id;
    return true;
end
$function$;

revoke all on function private.cancel_job(pg_catalog.uuid) from public, anon, authenticated, service_role;
grant execute on function private.cancel_job(pg_catalog.uuid) to folkmoot_writer, service_role;

CREATE OR REPLACE FUNCTION private.comments__forget_delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    delete from "public"."likes" as one where one."target_type" = 'comment'
        and one."target_id" in (select former.id from old_rows as former);
    delete from "public"."reports" as one where one."target_type" = 'comment'
        and one."target_id" in (select former.id from old_rows as former);
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION private.comments__forget_truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.comments can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    delete from "public"."likes" as one where one."target_type" = 'comment';
    delete from "public"."reports" as one where one."target_type" = 'comment';
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION private.community_profiles__automatic()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    insert into "community"."profiles" (id, created_at) select one.id, one.created_at from new_rows as one
        on conflict (id) do nothing;
    return null;
end
$function$;

revoke all on function private.community_profiles__automatic() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION private.editable_academy_courses()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    return array(
        select one.id from "academy"."courses" as one
        where one."program_id" = any ((select private."editable_academy_programs"())::uuid[])
    );
end
$function$;

revoke all on function private.editable_academy_courses() from public, anon, authenticated, service_role;
grant execute on function private.editable_academy_courses() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.editable_academy_programs()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
begin
    return array(
        select one.id from "academy"."programs" as one
        where _role in ('moderator', 'admin') or one."created_by" = _caller
    );
end
$function$;

revoke all on function private.editable_academy_programs() from public, anon, authenticated, service_role;
grant execute on function private.editable_academy_programs() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.finish_job(_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    insert into private.job_outcomes (job_id, state, ended_at)
    values (_id, 'done', clock_timestamp());
end
$function$;

revoke all on function private.finish_job(pg_catalog.uuid) from public, anon, authenticated, service_role;
grant execute on function private.finish_job(pg_catalog.uuid) to folkmoot_writer, service_role;

CREATE OR REPLACE FUNCTION private.inboxes__automatic()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    insert into "public"."inboxes" (id, created_at) select one.id, one.created_at from new_rows as one
        on conflict (id) do nothing;
    return null;
end
$function$;

revoke all on function private.inboxes__automatic() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION private.postable_spaces()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
    _tiers text[] := array(
    select distinct held.tier from "public"."memberships" as held
    where held.user_id = _caller and held.status in ('trialing', 'active', 'past_due')
);
begin
    return array(
        select one.id from "public"."spaces" as one
        where one."deleted_at" is null and (one."visibility" = 'public' or (one."visibility" = 'members' and _caller is not null) or (one."visibility" = 'paid' and (one."required_tier" = any (_tiers) or (one."required_tier" is null and cardinality(_tiers) > 0))) or _role in ('moderator', 'admin')) and ((one."post_permission" = 'all' and _caller is not null) or (one."post_permission" = 'moderators' and _role in ('moderator', 'admin')) or _role in ('admin'))
    );
end
$function$;

revoke all on function private.postable_spaces() from public, anon, authenticated, service_role;
grant execute on function private.postable_spaces() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.posts__forget_delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    delete from "public"."likes" as one where one."target_type" = 'post'
        and one."target_id" in (select former.id from old_rows as former);
    delete from "public"."reports" as one where one."target_type" = 'post'
        and one."target_id" in (select former.id from old_rows as former);
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION private.posts__forget_truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.posts can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    delete from "public"."likes" as one where one."target_type" = 'post';
    delete from "public"."reports" as one where one."target_type" = 'post';
    return null;
end
$function$;

CREATE OR REPLACE FUNCTION private.readable_academy_courses()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    return array(
        select one.id from "academy"."courses" as one
        where one."program_id" = any ((select private."editable_academy_programs"())::uuid[]) or (one."is_published" = true and one."program_id" = any ((select private."readable_academy_programs"())::uuid[]))
    );
end
$function$;

revoke all on function private.readable_academy_courses() from public, anon, authenticated, service_role;
grant execute on function private.readable_academy_courses() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.readable_academy_programs()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
begin
    return array(
        select one.id from "academy"."programs" as one
        where one."is_published" = true or _role in ('moderator', 'admin') or one."created_by" = _caller
    );
end
$function$;

revoke all on function private.readable_academy_programs() from public, anon, authenticated, service_role;
grant execute on function private.readable_academy_programs() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.readable_coaching_assessments()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
begin
    return array(
        select one.id from "coaching"."assessments" as one
        where (one."is_active" = true and _caller is not null) or _role in ('moderator', 'admin')
    );
end
$function$;

revoke all on function private.readable_coaching_assessments() from public, anon, authenticated, service_role;
grant execute on function private.readable_coaching_assessments() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.readable_coaching_learning_path_categories()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
begin
    return array(
        select one.id from "coaching"."learning_path_categories" as one
        where (one."is_active" = true and _caller is not null) or _role in ('moderator', 'admin')
    );
end
$function$;

revoke all on function private.readable_coaching_learning_path_categories() from public, anon, authenticated, service_role;
grant execute on function private.readable_coaching_learning_path_categories() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.readable_coaching_skill_tags()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
begin
    return array(
        select one.id from "coaching"."skill_tags" as one
        where (one."is_active" = true and _caller is not null) or _role in ('moderator', 'admin')
    );
end
$function$;

revoke all on function private.readable_coaching_skill_tags() from public, anon, authenticated, service_role;
grant execute on function private.readable_coaching_skill_tags() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.readable_community_community_resources()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
    _tiers text[] := array(
    select distinct held.tier from "public"."memberships" as held
    where held.user_id = _caller and held.status in ('trialing', 'active', 'past_due')
);
begin
    return array(
        select one.id from "community"."community_resources" as one
        where (one."deleted_at" is null and one."published_at" is not null and (one."access" = 'free' or (one."access" = 'member-only' and cardinality(_tiers) > 0))) or _role in ('moderator', 'admin')
    );
end
$function$;

revoke all on function private.readable_community_community_resources() from public, anon, authenticated, service_role;
grant execute on function private.readable_community_community_resources() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.readable_courses()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
    _tiers text[] := array(
    select distinct held.tier from "public"."memberships" as held
    where held.user_id = _caller and held.status in ('trialing', 'active', 'past_due')
);
begin
    return array(
        select one.id from "public"."courses" as one
        where _role in ('moderator', 'admin') or (one."status" = 'published' and (one."visibility" = 'public' or (one."visibility" = 'members' and _caller is not null) or (one."visibility" = 'paid' and (one."required_tier" = any (_tiers) or (one."required_tier" is null and cardinality(_tiers) > 0)))))
    );
end
$function$;

revoke all on function private.readable_courses() from public, anon, authenticated, service_role;
grant execute on function private.readable_courses() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.readable_spaces()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
    _tiers text[] := array(
    select distinct held.tier from "public"."memberships" as held
    where held.user_id = _caller and held.status in ('trialing', 'active', 'past_due')
);
begin
    return array(
        select one.id from "public"."spaces" as one
        where one."deleted_at" is null and (one."visibility" = 'public' or (one."visibility" = 'members' and _caller is not null) or (one."visibility" = 'paid' and (one."required_tier" = any (_tiers) or (one."required_tier" is null and cardinality(_tiers) > 0))) or _role in ('moderator', 'admin'))
    );
end
$function$;

revoke all on function private.readable_spaces() from public, anon, authenticated, service_role;
grant execute on function private.readable_spaces() to authenticated, folkmoot_writer;

CREATE OR REPLACE FUNCTION private.reports__target_id_exists()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
            message = 'insert or update on table "reports" violates polymorphic reference "target_id"',
            detail = format('Key (%s)=(%s) is not present in table "%s".', 'target_id', _missing, 'comments'),
            schema = 'public', table = 'reports', column = 'target_id';
    end if;
    perform from "public"."posts" as target
        where target.id in (select one."target_id" from new_rows as one where one."target_type" = 'post')
        order by target.id for key share;
    select one."target_id" into _missing from new_rows as one where one."target_type" = 'post' and one."target_id" is not null
        and not exists (select from "public"."posts" as target where target.id = one."target_id")
        limit 1;
    if _missing is not null then
        raise exception using errcode = '23503',
            message = 'insert or update on table "reports" violates polymorphic reference "target_id"',
            detail = format('Key (%s)=(%s) is not present in table "%s".', 'target_id', _missing, 'posts'),
            schema = 'public', table = 'reports', column = 'target_id';
    end if;
    perform from "public"."users" as target
        where target.id in (select one."target_id" from new_rows as one where one."target_type" = 'user')
        order by target.id for key share;
    select one."target_id" into _missing from new_rows as one where one."target_type" = 'user' and one."target_id" is not null
        and not exists (select from "public"."users" as target where target.id = one."target_id")
        limit 1;
    if _missing is not null then
        raise exception using errcode = '23503',
            message = 'insert or update on table "reports" violates polymorphic reference "target_id"',
            detail = format('Key (%s)=(%s) is not present in table "%s".', 'target_id', _missing, 'users'),
            schema = 'public', table = 'reports', column = 'target_id';
    end if;
    return null;
end
$function$;

revoke all on function private.reports__target_id_exists() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION private.schedule_job(_id uuid, _function text, _kind text, _arguments text, _run_at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    insert into private.jobs (id, function, kind, arguments, run_at, due_at)
    values (_id, _function, _kind, _arguments, _run_at, _run_at);
end
$function$;

revoke all on function private.schedule_job(pg_catalog.uuid,pg_catalog.text,pg_catalog.text,pg_catalog.text,timestamp with time zone) from public, anon, authenticated, service_role;
grant execute on function private.schedule_job(pg_catalog.uuid,pg_catalog.text,pg_catalog.text,pg_catalog.text,timestamp with time zone) to folkmoot_writer, service_role;

CREATE OR REPLACE FUNCTION private.submitted_answers()
 RETURNS TABLE(attempt_id uuid, question_id uuid, question_order integer, question text, option_a text, option_b text, option_c text, option_d text, competency_area text, selected_answer integer, is_correct boolean, correct_answer integer, explanation text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
select
    attempt.id, question.id, question.question_order, question.question,
    question.option_a, question.option_b, question.option_c, question.option_d, question.competency_area,
    response.selected_answer, coalesce(response.is_correct, false),
    question.correct_answer, question.explanation
from coaching.user_attempts as attempt
join coaching.assessment_questions as question on question.assessment_id = attempt.assessment_id
left join coaching.user_responses as response
    on response.attempt_id = attempt.id and response.question_id = question.id
where attempt.user_id = (select auth.uid()) and attempt.completed_at is not null
$function$;

revoke all on function private.submitted_answers() from public, anon, authenticated, service_role;
grant execute on function private.submitted_answers() to authenticated, folkmoot_writer, service_role;
comment on function private.submitted_answers() is 'Every question of every attempt that the caller has submitted, with its answer.';

CREATE OR REPLACE FUNCTION private.update_updated_at_column()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    new.updated_at := greatest(now(), old.updated_at + interval '1 microsecond');
    return new;
end
$function$;

revoke all on function private.update_updated_at_column() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION private.users__forget_delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    delete from "public"."reports" as one where one."target_type" = 'user'
        and one."target_id" in (select former.id from old_rows as former);
    return null;
end
$function$;

revoke all on function private.users__forget_delete() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION private.users__forget_truncate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using errcode = '0A000',
            message = 'public.users can only be truncated in a read committed transaction',
            hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
    end if;
    delete from "public"."reports" as one where one."target_type" = 'user';
    return null;
end
$function$;

revoke all on function private.users__forget_truncate() from public, anon, authenticated, service_role;

CREATE OR REPLACE FUNCTION tracker.recalculate_goal_progress()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
    new."current_total" := (case when new."is_numeric" then coalesce((select sum(case when entry.value ~ '^[0-9]{1,30}([.][0-9]{1,30})?$' then entry.value::numeric end) from jsonb_each_text(case jsonb_typeof(new."monthly") when 'object' then new."monthly" end) as entry), 0) else 0 end)::numeric;
    new."progress_pct" := (coalesce(case when case when (new."current_total"::numeric / nullif(new."yearly_target"::numeric, 0)) is not null then greatest((new."current_total"::numeric / nullif(new."yearly_target"::numeric, 0)), 0) end is not null then least(case when (new."current_total"::numeric / nullif(new."yearly_target"::numeric, 0)) is not null then greatest((new."current_total"::numeric / nullif(new."yearly_target"::numeric, 0)), 0) end, 1) end, 0))::numeric;
    return new;
end
$function$;

revoke all on function tracker.recalculate_goal_progress() from public, anon, authenticated, service_role;
create unique index achievements_by_name on academy.achievements USING btree (name);
create index assessment_attempts_by_assessment_id on academy.assessment_attempts USING btree (assessment_id, created_at, id);
create unique index assessment_attempts_by_user_id_and_assessment_id on academy.assessment_attempts USING btree (user_id, assessment_id, attempt_number);
create index assessments_by_module_id on academy.assessments USING btree (module_id, created_at, id);
create unique index certificates_by_certificate_number on academy.certificates USING btree (certificate_number);
create index certificates_by_course_id on academy.certificates USING btree (course_id, issued_at, id);
create index certificates_by_program_id on academy.certificates USING btree (program_id, issued_at, id);
create index certificates_by_user_id on academy.certificates USING btree (user_id, issued_at, id);
create index comments_by_discussion_id on academy.comments USING btree (discussion_id, created_at, id);
create index comments_by_parent_id on academy.comments USING btree (parent_id, created_at, id);
create index comments_by_user_id on academy.comments USING btree (user_id, created_at, id);
create unique index content_items_by_id_and_module_id on academy.content_items USING btree (id, module_id);
create index content_items_by_module_id on academy.content_items USING btree (module_id, order_index, id);
create unique index courses_by_id_and_program_id on academy.courses USING btree (id, program_id);
create index courses_by_program_id on academy.courses USING btree (program_id, order_index, id);
create unique index courses_by_program_id_and_slug on academy.courses USING btree (program_id, slug);
create index courses_search on academy.courses USING gin (to_tsvector('english'::regconfig, ((COALESCE(title, ''::text) || ' '::text) || COALESCE(description, ''::text))));
create index discussions_by_course_id on academy.discussions USING btree (course_id, created_at, id);
create index discussions_by_module_id on academy.discussions USING btree (module_id, course_id, id);
create index discussions_by_user_id on academy.discussions USING btree (user_id, created_at, id);
create unique index enrollments_by_id_and_user_id_and_program_id on academy.enrollments USING btree (id, user_id, program_id);
create index enrollments_by_program_id on academy.enrollments USING btree (program_id, created_at, id);
create unique index enrollments_by_user_id_and_program_id on academy.enrollments USING btree (user_id, program_id);
create index enrollments_by_user_id_and_status on academy.enrollments USING btree (user_id, status, program_id, id);
create index modules_by_course_id on academy.modules USING btree (course_id, order_index, id);
create unique index modules_by_id_and_course_id on academy.modules USING btree (id, course_id);
create index programs_by_created_by on academy.programs USING btree (created_by, created_at, id);
create index programs_by_is_published on academy.programs USING btree (is_published, created_at, id);
create unique index programs_by_slug on academy.programs USING btree (slug);
create index programs_search on academy.programs USING gin (to_tsvector('english'::regconfig, ((COALESCE(title, ''::text) || ' '::text) || COALESCE(description, ''::text))));
create index progress_by_content_item_id on academy.progress USING btree (content_item_id, module_id, id);
create index progress_by_course_id on academy.progress USING btree (course_id, program_id, id);
create index progress_by_enrollment_id on academy.progress USING btree (enrollment_id, user_id, program_id, id);
create index progress_by_enrollment_id_and_updated_at on academy.progress USING btree (enrollment_id, updated_at, id);
create index progress_by_module_id on academy.progress USING btree (module_id, course_id, id);
create index progress_by_program_id on academy.progress USING btree (program_id, id);
create unique index progress_by_user_id_and_content_item_id on academy.progress USING btree (user_id, content_item_id);
create index user_achievements_by_achievement_id on academy.user_achievements USING btree (achievement_id, created_at, id);
create unique index user_achievements_by_user_id_and_achievement_id on academy.user_achievements USING btree (user_id, achievement_id);
create index users_by_email on academy.users USING btree (email, id);
create index assessment_questions_by_assessment_id on coaching.assessment_questions USING btree (assessment_id, question_order, id);
create index assessment_questions_by_assessment_level on coaching.assessment_questions USING btree (assessment_level, id);
create index assessment_questions_by_competency_area on coaching.assessment_questions USING btree (competency_area, id);
create index assessments_by_framework on coaching.assessments USING btree (framework, id);
create index assessments_by_is_active on coaching.assessments USING btree (is_active, id);
create unique index assessments_by_slug on coaching.assessments USING btree (slug);
create unique index competency_display_names_by_competency_key_and_framework on coaching.competency_display_names USING btree (competency_key, framework);
create index competency_display_names_by_framework on coaching.competency_display_names USING btree (framework, id);
create index competency_leverage_strengths_by_competency_area on coaching.competency_leverage_strengths USING btree (competency_area, id);
create index competency_leverage_strengths_by_framework on coaching.competency_leverage_strengths USING btree (framework, id);
create index competency_leverage_strengths_by_score_range on coaching.competency_leverage_strengths USING btree (score_range_min, score_range_max, id);
create index learning_path_categories_by_assessment_level on coaching.learning_path_categories USING btree (assessment_level, id);
create index learning_path_categories_by_competency_areas on coaching.learning_path_categories USING gin (competency_areas);
create index learning_path_categories_by_is_active on coaching.learning_path_categories USING btree (is_active, id);
create index learning_resources_by_assessment_level on coaching.learning_resources USING btree (assessment_level, id);
create index learning_resources_by_category_id on coaching.learning_resources USING btree (category_id, resource_type, id);
create index learning_resources_by_competency_areas on coaching.learning_resources USING gin (competency_areas);
create index learning_resources_by_is_active on coaching.learning_resources USING btree (is_active, id);
create index learning_resources_by_resource_type on coaching.learning_resources USING btree (resource_type, id);
create index skill_tags_by_competency_area on coaching.skill_tags USING btree (competency_area, id);
create index skill_tags_by_framework_and_level on coaching.skill_tags USING btree (framework, assessment_level, id);
create index skill_tags_by_is_active on coaching.skill_tags USING btree (is_active, id);
create unique index skill_tags_by_name_and_competency on coaching.skill_tags USING btree (name, competency_area, framework, assessment_level) NULLS NOT DISTINCT;
create index tag_actions_by_is_active on coaching.tag_actions USING btree (is_active, id);
create unique index tag_actions_by_skill_tag_id on coaching.tag_actions USING btree (skill_tag_id);
create index tag_insights_by_insight_type on coaching.tag_insights USING btree (insight_type, id);
create unique index tag_insights_by_skill_tag_id on coaching.tag_insights USING btree (skill_tag_id, insight_type, context_level);
create index user_attempts_by_assessment_id on coaching.user_attempts USING btree (assessment_id, id);
create index user_attempts_by_completed_at on coaching.user_attempts USING btree (completed_at, id);
create index user_attempts_by_frontend_insights on coaching.user_attempts USING gin (frontend_insights);
create index user_attempts_by_score on coaching.user_attempts USING btree (score, id);
create index user_attempts_by_user_id on coaching.user_attempts USING btree (user_id, completed_at, id);
create unique index user_responses_by_attempt_id_and_question_id on coaching.user_responses USING btree (attempt_id, question_id);
create index user_responses_by_is_correct on coaching.user_responses USING btree (is_correct, id);
create index user_responses_by_question_id on coaching.user_responses USING btree (question_id, id);
create unique index action_types_by_name on community.action_types USING btree (name);
create unique index community_post_likes_by_post_id_and_user_id on community.community_post_likes USING btree (post_id, user_id);
create index community_post_likes_by_user_id on community.community_post_likes USING btree (user_id, created_at, id);
create index community_post_replies_by_author_id on community.community_post_replies USING btree (author_id, created_at, id);
create index community_post_replies_by_created_at on community.community_post_replies USING btree (created_at, id);
create index community_post_replies_by_post_id on community.community_post_replies USING btree (post_id, created_at, id);
create index community_posts_by_author_id on community.community_posts USING btree (author_id, created_at, id);
create index community_posts_by_created_at on community.community_posts USING btree (created_at, id);
create index community_posts_by_is_pinned on community.community_posts USING btree (is_pinned, created_at, id);
create index community_resources_by_access on community.community_resources USING btree (access, created_at, id);
create index community_resources_by_category on community.community_resources USING btree (category, created_at, id);
create index community_resources_by_download_count on community.community_resources USING btree (download_count, id);
create index community_resources_by_is_new on community.community_resources USING btree (is_new, created_at, id);
create index community_resources_by_is_popular on community.community_resources USING btree (is_popular, created_at, id);
create index community_resources_by_rating on community.community_resources USING btree (rating, id);
create index community_resources_by_tags on community.community_resources USING gin (tags);
create index community_resources_by_type on community.community_resources USING btree (type, created_at, id);
create index goal_metrics_by_ranking on community.goal_metrics USING btree (ranking, id);
create unique index goal_metrics_by_user_goal_history_id on community.goal_metrics USING btree (user_goal_history_id);
create index profiles_by_current_goal_id on community.profiles USING btree (current_goal_id, id);
create index profiles_by_current_track_id on community.profiles USING btree (current_track_id, id);
create index resource_downloads_by_downloaded_at on community.resource_downloads USING btree (downloaded_at, id);
create index resource_downloads_by_email on community.resource_downloads USING btree (email, downloaded_at, id);
create index resource_downloads_by_resource_id on community.resource_downloads USING btree (resource_id, downloaded_at, id);
create index resource_downloads_by_user_id on community.resource_downloads USING btree (user_id, downloaded_at, id);
create unique index resource_ratings_by_resource_id_and_user_id on community.resource_ratings USING btree (resource_id, user_id);
create index resource_ratings_by_user_id on community.resource_ratings USING btree (user_id, created_at, id);
create index track_goals_by_track_id on community.track_goals USING btree (track_id, "order", id);
create index tracks_by_order on community.tracks USING btree ("order", id);
create index user_actions_by_action_type_id on community.user_actions USING btree (action_type_id, created_at, id);
create index user_actions_by_course_id on community.user_actions USING btree (course_id, created_at, id);
create index user_actions_by_goal_id on community.user_actions USING btree (goal_id, created_at, id);
create index user_actions_by_user_id on community.user_actions USING btree (user_id, action_date, id);
create index user_goal_history_by_goal_id on community.user_goal_history USING btree (goal_id, created_at, id);
create index user_goal_history_by_status on community.user_goal_history USING btree (status, created_at, id);
create index user_goal_history_by_user_id on community.user_goal_history USING btree (user_id, status, created_at, id);
create index job_outcomes_by_state_and_decided_at on private.job_outcomes USING btree (state, decided_at);
create unique index jobs_by_cron on private.jobs USING btree (cron) WHERE ((cron IS NOT NULL) AND (due_at IS NOT NULL));
create index jobs_by_kind_and_due_at on private.jobs USING btree (kind, due_at) WHERE (due_at IS NOT NULL);
create unique index community_settings_by_scope on public.community_settings USING btree (scope);
create index conversation_participants_by_conversation_id on public.conversation_participants USING btree (conversation_id, user_id, id);
create unique index conversation_participants_by_id_and_conversation_id_and_user_id on public.conversation_participants USING btree (id, conversation_id, user_id);
create unique index conversation_participants_by_user_id_and_conversation_id on public.conversation_participants USING btree (user_id, conversation_id);
create index conversations_by_started_by on public.conversations USING btree (started_by, created_at, id);
create index events_by_start_time on public.events USING btree (start_time, id);
create index follows_by_follower_id on public.follows USING btree (follower_id, created_at, id);
create unique index follows_by_follower_id_and_following_id on public.follows USING btree (follower_id, following_id);
create index follows_by_following_id on public.follows USING btree (following_id, created_at, id);
create unique index gamification_config_by_action on public.gamification_config USING btree (action);
create index lesson_progress_by_course_id on public.lesson_progress USING btree (course_id, id);
create index lesson_progress_by_enrollment_id on public.lesson_progress USING btree (enrollment_id, user_id, course_id, id);
create index lesson_progress_by_lesson_id on public.lesson_progress USING btree (lesson_id, course_id, id);
create unique index lesson_progress_by_user_id_and_lesson_id on public.lesson_progress USING btree (user_id, lesson_id);
create index lessons_by_course_id on public.lessons USING btree (course_id, id);
create unique index lessons_by_id_and_course_id on public.lessons USING btree (id, course_id);
create index lessons_by_module_id on public.lessons USING btree (module_id, "order", id);
create index lessons_by_module_id_and_course_id on public.lessons USING btree (module_id, course_id, id);
create unique index levels_by_order on public.levels USING btree ("order");
create unique index levels_by_threshold on public.levels USING btree (threshold);
create index message_receipts_by_conversation_id on public.message_receipts USING btree (conversation_id, id);
create unique index message_receipts_by_message_id on public.message_receipts USING btree (message_id, conversation_id, user_id);
create index message_receipts_by_message_id_and_updated_at on public.message_receipts USING btree (message_id, updated_at, id);
create index message_receipts_by_participant_id on public.message_receipts USING btree (participant_id, conversation_id, user_id, id);
create index message_receipts_by_user_id on public.message_receipts USING btree (user_id, conversation_id, created_at, id);
create index messages_by_conversation_id on public.messages USING btree (conversation_id, created_at, id);
create unique index messages_by_id_and_conversation_id on public.messages USING btree (id, conversation_id);
create index messages_by_sender_id on public.messages USING btree (sender_id, created_at, id);
create index modules_by_course_id on public.modules USING btree (course_id, "order", id);
create unique index modules_by_id_and_course_id on public.modules USING btree (id, course_id);
create index notifications_by_actor_id on public.notifications USING btree (actor_id, id);
create index notifications_by_user_id on public.notifications USING btree (user_id, created_at, id);
create index notifications_by_user_id_and_read on public.notifications USING btree (user_id, read, created_at, id);
create index points_by_action on public.points USING btree (action, created_at, id);
create index points_by_user_id on public.points USING btree (user_id, created_at, id);
create unique index points_by_user_id_and_action_and_reference on public.points USING btree (user_id, action, reference_type, reference_id);
create unique index reports_by_reporter_id_and_target on public.reports USING btree (reporter_id, target_type, target_id);
create index reports_by_resolved_by on public.reports USING btree (resolved_by, id);
create index reports_by_status on public.reports USING btree (status, created_at, id);
create index reports_by_target on public.reports USING btree (target_type, target_id, created_at, id);
create index rsvps_by_event_id on public.rsvps USING btree (event_id, status, created_at, id);
create unique index rsvps_by_user_id_and_event_id on public.rsvps USING btree (user_id, event_id);
create index space_visits_by_space_id on public.space_visits USING btree (space_id, id);
create unique index space_visits_by_user_id_and_space_id on public.space_visits USING btree (user_id, space_id);
create unique index content_items_by_user_id_and_content_id on tracker.content_items USING btree (user_id, content_id);
create index content_items_by_user_id_and_published_date on tracker.content_items USING btree (user_id, published_date, id);
create index content_metrics_by_content_and_metric_date on tracker.content_metrics USING btree (user_id, content_id, metric_date, id);
create index content_metrics_by_user_id_and_metric_date on tracker.content_metrics USING btree (user_id, metric_date, id);
create unique index financial_metrics_by_user_id on tracker.financial_metrics USING btree (user_id);
create index goals_by_monthly on tracker.goals USING gin (monthly);
create index goals_by_monthly_targets on tracker.goals USING gin (monthly_targets);
create index goals_by_user_id_and_category on tracker.goals USING btree (user_id, category, id);
create unique index goals_by_user_id_and_goal_id on tracker.goals USING btree (user_id, goal_id);
create unique index kanban_boards_by_user_id_and_board_id on tracker.kanban_boards USING btree (user_id, board_id);
create unique index kanban_columns_by_board_and_column_id on tracker.kanban_columns USING btree (user_id, board_id, column_id);
create index kanban_columns_by_board_and_position on tracker.kanban_columns USING btree (user_id, board_id, "position", id);
create unique index kanban_tasks_by_board_and_task_id on tracker.kanban_tasks USING btree (user_id, board_id, task_id);
create index kanban_tasks_by_column_and_position on tracker.kanban_tasks USING btree (user_id, board_id, column_id, "position", id);
create index kanban_tasks_by_labels on tracker.kanban_tasks USING gin (labels);
create index kanban_tasks_by_user_id_and_due_date on tracker.kanban_tasks USING btree (user_id, due_date, id);
create index metrics_by_data on tracker.metrics USING gin (data);
create unique index metrics_by_user_id_and_date on tracker.metrics USING btree (user_id, date);
create index platform_metrics_by_platform_and_metric_name on tracker.platform_metrics USING btree (user_id, platform, metric_name, week_key, id);
create index platform_metrics_by_user_id_and_week_key on tracker.platform_metrics USING btree (user_id, week_key, id);
create index roadmaps_by_data on tracker.roadmaps USING gin (data);
create unique index roadmaps_by_user_id_and_roadmap_id on tracker.roadmaps USING btree (user_id, roadmap_id);
create index skill_progression_by_progress_data on tracker.skill_progression USING gin (progress_data);
create unique index skill_progression_by_user_id_and_skill_id on tracker.skill_progression USING btree (user_id, skill_id);
create unique index sprints_by_sprint_id on tracker.sprints USING btree (sprint_id);
create index sprints_by_user_id_and_start_date on tracker.sprints USING btree (user_id, start_date, id);
create unique index user_configs_by_user_id_and_config_key on tracker.user_configs USING btree (user_id, config_key);
create unique index user_kpis_by_user_id_and_kpi_id on tracker.user_kpis USING btree (user_id, kpi_id);
create index user_kpis_by_user_id_and_sort_order on tracker.user_kpis USING btree (user_id, sort_order, id);
create unique index user_profiles_by_username on tracker.user_profiles USING btree (username);
create unique index weekly_content_metrics_by_week_platform_and_type on tracker.weekly_content_metrics USING btree (user_id, week_key, platform, metric_type);
create unique index weekly_kpi_entries_by_user_id_week_key_and_kpi_id on tracker.weekly_kpi_entries USING btree (user_id, week_key, kpi_id);
create index weekly_kpis_by_data on tracker.weekly_kpis USING gin (data);
create unique index weekly_kpis_by_user_id_and_week_key on tracker.weekly_kpis USING btree (user_id, week_key);
alter table academy.assessment_attempts add constraint assessment_attempts_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES academy.assessments(id) ON DELETE CASCADE;
alter table academy.assessment_attempts add constraint assessment_attempts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table coaching.assessment_questions add constraint assessment_questions_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES coaching.assessments(id) ON DELETE CASCADE;
alter table academy.assessments add constraint assessments_module_id_fkey FOREIGN KEY (module_id) REFERENCES academy.modules(id) ON DELETE CASCADE;
alter table academy.certificates add constraint certificates_course_id_fkey FOREIGN KEY (course_id) REFERENCES academy.courses(id) ON DELETE SET NULL;
alter table academy.certificates add constraint certificates_program_id_fkey FOREIGN KEY (program_id) REFERENCES academy.programs(id) ON DELETE SET NULL;
alter table academy.certificates add constraint certificates_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table academy.comments add constraint comments_discussion_id_fkey FOREIGN KEY (discussion_id) REFERENCES academy.discussions(id) ON DELETE CASCADE;
alter table academy.comments add constraint comments_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES academy.comments(id) ON DELETE CASCADE;
alter table academy.comments add constraint comments_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table community.community_post_likes add constraint community_post_likes_post_id_fkey FOREIGN KEY (post_id) REFERENCES community.community_posts(id) ON DELETE CASCADE;
alter table community.community_post_likes add constraint community_post_likes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table community.community_post_replies add constraint community_post_replies_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table community.community_post_replies add constraint community_post_replies_post_id_fkey FOREIGN KEY (post_id) REFERENCES community.community_posts(id) ON DELETE CASCADE;
alter table community.community_posts add constraint community_posts_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table academy.content_items add constraint content_items_module_id_fkey FOREIGN KEY (module_id) REFERENCES academy.modules(id) ON DELETE CASCADE;
alter table tracker.content_items add constraint content_items_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.content_metrics add constraint content_metrics_user_id_content_id_fkey FOREIGN KEY (user_id, content_id) REFERENCES tracker.content_items(user_id, content_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table tracker.content_metrics add constraint content_metrics_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.conversation_participants add constraint conversation_participants_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
alter table public.conversation_participants add constraint conversation_participants_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.conversations add constraint conversations_started_by_fkey FOREIGN KEY (started_by) REFERENCES public.users(id) ON DELETE SET NULL;
alter table academy.courses add constraint courses_program_id_fkey FOREIGN KEY (program_id) REFERENCES academy.programs(id) ON DELETE CASCADE;
alter table academy.discussions add constraint discussions_course_id_fkey FOREIGN KEY (course_id) REFERENCES academy.courses(id) ON DELETE CASCADE;
alter table academy.discussions add constraint discussions_module_id_course_id_fkey FOREIGN KEY (module_id, course_id) REFERENCES academy.modules(id, course_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table academy.discussions add constraint discussions_module_id_fkey FOREIGN KEY (module_id) REFERENCES academy.modules(id) ON DELETE CASCADE;
alter table academy.discussions add constraint discussions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.enrollments add constraint enrollments_last_lesson_id_fkey FOREIGN KEY (last_lesson_id) REFERENCES public.lessons(id) ON DELETE SET NULL not valid;
alter table academy.enrollments add constraint enrollments_program_id_fkey FOREIGN KEY (program_id) REFERENCES academy.programs(id) ON DELETE CASCADE;
alter table academy.enrollments add constraint enrollments_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.financial_metrics add constraint financial_metrics_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.follows add constraint follows_follower_id_fkey FOREIGN KEY (follower_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.follows add constraint follows_following_id_fkey FOREIGN KEY (following_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table community.goal_metrics add constraint goal_metrics_user_goal_history_id_fkey FOREIGN KEY (user_goal_history_id) REFERENCES community.user_goal_history(id) ON DELETE CASCADE;
alter table tracker.goals add constraint goals_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.inboxes add constraint inboxes_id_fkey FOREIGN KEY (id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.kanban_boards add constraint kanban_boards_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.kanban_columns add constraint kanban_columns_user_id_board_id_fkey FOREIGN KEY (user_id, board_id) REFERENCES tracker.kanban_boards(user_id, board_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table tracker.kanban_columns add constraint kanban_columns_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.kanban_tasks add constraint kanban_tasks_user_id_board_id_column_id_fkey FOREIGN KEY (user_id, board_id, column_id) REFERENCES tracker.kanban_columns(user_id, board_id, column_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table tracker.kanban_tasks add constraint kanban_tasks_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table coaching.learning_resources add constraint learning_resources_category_id_fkey FOREIGN KEY (category_id) REFERENCES coaching.learning_path_categories(id) ON DELETE CASCADE;
alter table public.lesson_progress add constraint lesson_progress_course_id_fkey FOREIGN KEY (course_id) REFERENCES public.courses(id) ON DELETE CASCADE;
alter table public.lesson_progress add constraint lesson_progress_enrollment_id_fkey FOREIGN KEY (enrollment_id) REFERENCES public.enrollments(id) ON DELETE CASCADE;
alter table public.lesson_progress add constraint lesson_progress_lesson_id_course_id_fkey FOREIGN KEY (lesson_id, course_id) REFERENCES public.lessons(id, course_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table public.lesson_progress add constraint lesson_progress_lesson_id_fkey FOREIGN KEY (lesson_id) REFERENCES public.lessons(id) ON DELETE CASCADE;
alter table public.lesson_progress add constraint lesson_progress_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.lessons add constraint lessons_course_id_fkey FOREIGN KEY (course_id) REFERENCES public.courses(id) ON DELETE CASCADE;
alter table public.lessons add constraint lessons_module_id_course_id_fkey FOREIGN KEY (module_id, course_id) REFERENCES public.modules(id, course_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table public.lessons add constraint lessons_module_id_fkey FOREIGN KEY (module_id) REFERENCES public.modules(id) ON DELETE CASCADE;
alter table public.message_receipts add constraint message_receipts_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
alter table public.message_receipts add constraint message_receipts_message_id_conversation_id_fkey FOREIGN KEY (message_id, conversation_id) REFERENCES public.messages(id, conversation_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table public.message_receipts add constraint message_receipts_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.messages(id) ON DELETE CASCADE;
alter table public.message_receipts add constraint message_receipts_participant_id_conversation_id_user_id_fkey FOREIGN KEY (participant_id, conversation_id, user_id) REFERENCES public.conversation_participants(id, conversation_id, user_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table public.message_receipts add constraint message_receipts_participant_id_fkey FOREIGN KEY (participant_id) REFERENCES public.conversation_participants(id) ON DELETE CASCADE;
alter table public.message_receipts add constraint message_receipts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.messages add constraint messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id) ON DELETE CASCADE;
alter table public.messages add constraint messages_sender_id_fkey FOREIGN KEY (sender_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.metrics add constraint metrics_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table academy.modules add constraint modules_course_id_fkey FOREIGN KEY (course_id) REFERENCES academy.courses(id) ON DELETE CASCADE;
alter table public.modules add constraint modules_course_id_fkey FOREIGN KEY (course_id) REFERENCES public.courses(id) ON DELETE CASCADE;
alter table public.notifications add constraint notifications_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.notifications add constraint notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.platform_metrics add constraint platform_metrics_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.points add constraint points_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table community.profiles add constraint profiles_current_goal_id_fkey FOREIGN KEY (current_goal_id) REFERENCES community.track_goals(id) ON DELETE SET NULL;
alter table community.profiles add constraint profiles_current_track_id_fkey FOREIGN KEY (current_track_id) REFERENCES community.tracks(id) ON DELETE SET NULL;
alter table community.profiles add constraint profiles_id_fkey FOREIGN KEY (id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table academy.programs add constraint programs_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id) ON DELETE SET NULL;
alter table academy.progress add constraint progress_content_item_id_fkey FOREIGN KEY (content_item_id) REFERENCES academy.content_items(id) ON DELETE CASCADE;
alter table academy.progress add constraint progress_content_item_id_module_id_fkey FOREIGN KEY (content_item_id, module_id) REFERENCES academy.content_items(id, module_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table academy.progress add constraint progress_course_id_fkey FOREIGN KEY (course_id) REFERENCES academy.courses(id) ON DELETE CASCADE;
alter table academy.progress add constraint progress_course_id_program_id_fkey FOREIGN KEY (course_id, program_id) REFERENCES academy.courses(id, program_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table academy.progress add constraint progress_enrollment_id_fkey FOREIGN KEY (enrollment_id) REFERENCES academy.enrollments(id) ON DELETE CASCADE;
alter table academy.progress add constraint progress_enrollment_id_user_id_program_id_fkey FOREIGN KEY (enrollment_id, user_id, program_id) REFERENCES academy.enrollments(id, user_id, program_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table academy.progress add constraint progress_module_id_course_id_fkey FOREIGN KEY (module_id, course_id) REFERENCES academy.modules(id, course_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table academy.progress add constraint progress_module_id_fkey FOREIGN KEY (module_id) REFERENCES academy.modules(id) ON DELETE CASCADE;
alter table academy.progress add constraint progress_program_id_fkey FOREIGN KEY (program_id) REFERENCES academy.programs(id) ON DELETE CASCADE;
alter table academy.progress add constraint progress_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.reports add constraint reports_reporter_id_fkey FOREIGN KEY (reporter_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.reports add constraint reports_resolved_by_fkey FOREIGN KEY (resolved_by) REFERENCES public.users(id) ON DELETE SET NULL;
alter table community.resource_downloads add constraint resource_downloads_resource_id_fkey FOREIGN KEY (resource_id) REFERENCES community.community_resources(id) ON DELETE CASCADE;
alter table community.resource_downloads add constraint resource_downloads_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL;
alter table community.resource_ratings add constraint resource_ratings_resource_id_fkey FOREIGN KEY (resource_id) REFERENCES community.community_resources(id) ON DELETE CASCADE;
alter table community.resource_ratings add constraint resource_ratings_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.roadmaps add constraint roadmaps_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.rsvps add constraint rsvps_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
alter table public.rsvps add constraint rsvps_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.skill_progression add constraint skill_progression_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.space_visits add constraint space_visits_space_id_fkey FOREIGN KEY (space_id) REFERENCES public.spaces(id) ON DELETE CASCADE;
alter table public.space_visits add constraint space_visits_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.sprints add constraint sprints_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table coaching.tag_actions add constraint tag_actions_skill_tag_id_fkey FOREIGN KEY (skill_tag_id) REFERENCES coaching.skill_tags(id) ON DELETE CASCADE;
alter table coaching.tag_insights add constraint tag_insights_skill_tag_id_fkey FOREIGN KEY (skill_tag_id) REFERENCES coaching.skill_tags(id) ON DELETE CASCADE;
alter table community.track_goals add constraint track_goals_track_id_fkey FOREIGN KEY (track_id) REFERENCES community.tracks(id) ON DELETE CASCADE;
alter table academy.user_achievements add constraint user_achievements_achievement_id_fkey FOREIGN KEY (achievement_id) REFERENCES academy.achievements(id) ON DELETE CASCADE;
alter table academy.user_achievements add constraint user_achievements_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table community.user_actions add constraint user_actions_action_type_id_fkey FOREIGN KEY (action_type_id) REFERENCES community.action_types(id) ON DELETE CASCADE;
alter table community.user_actions add constraint user_actions_course_id_fkey FOREIGN KEY (course_id) REFERENCES public.courses(id) ON DELETE SET NULL;
alter table community.user_actions add constraint user_actions_goal_id_fkey FOREIGN KEY (goal_id) REFERENCES community.track_goals(id) ON DELETE SET NULL;
alter table community.user_actions add constraint user_actions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table coaching.user_attempts add constraint user_attempts_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES coaching.assessments(id) ON DELETE CASCADE;
alter table coaching.user_attempts add constraint user_attempts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.user_configs add constraint user_configs_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table community.user_goal_history add constraint user_goal_history_goal_id_fkey FOREIGN KEY (goal_id) REFERENCES community.track_goals(id) ON DELETE CASCADE;
alter table community.user_goal_history add constraint user_goal_history_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.user_kpis add constraint user_kpis_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.user_profiles add constraint user_profiles_id_fkey FOREIGN KEY (id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table coaching.user_responses add constraint user_responses_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES coaching.user_attempts(id) ON DELETE CASCADE;
alter table coaching.user_responses add constraint user_responses_question_id_fkey FOREIGN KEY (question_id) REFERENCES coaching.assessment_questions(id) ON DELETE CASCADE;
alter table academy.users add constraint users_id_fkey FOREIGN KEY (id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table public.users add constraint users_notification_prefs_check CHECK ((jsonb_typeof(notification_prefs) = 'object'::text)) not valid;
alter table tracker.weekly_content_metrics add constraint weekly_content_metrics_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.weekly_kpi_entries add constraint weekly_kpi_entries_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
alter table tracker.weekly_kpis add constraint weekly_kpis_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

create view academy.accounts with (security_invoker=true) as
 SELECT id,
    user_id,
        CASE
            WHEN (provider = ANY (ARRAY['email'::text, 'phone'::text])) THEN 'credentials'::text
            ELSE 'oauth'::text
        END AS type,
    provider,
    provider_account_id,
    NULL::text AS access_token,
    NULL::text AS refresh_token,
    NULL::timestamp with time zone AS expires_at
   FROM private.academy_accounts() own(id, user_id, provider, provider_account_id);

revoke all on table academy.accounts from public, anon, authenticated, service_role;
grant select on table academy.accounts to authenticated, folkmoot_writer, service_role;
comment on view academy.accounts is 'How the caller signs in; tokens are never shown.';

create view academy.sessions with (security_invoker=true) as
 SELECT id,
    NULL::text AS session_token,
    user_id,
    expires
   FROM private.academy_sessions() own(id, user_id, expires);

revoke all on table academy.sessions from public, anon, authenticated, service_role;
grant select on table academy.sessions to authenticated, folkmoot_writer, service_role;
comment on view academy.sessions is 'Where the caller is signed in, and until when if it ends; tokens are never shown.';

create view coaching.assessments_without_questions with (security_invoker=true) as
 SELECT assessment.id,
    assessment.title,
    count(question.id) AS question_count
   FROM (coaching.assessments assessment
     LEFT JOIN coaching.assessment_questions question ON ((question.assessment_id = assessment.id)))
  WHERE (assessment.is_active AND (pg_has_role(CURRENT_USER, 'service_role'::name, 'member'::text) OR (EXISTS ( SELECT
           FROM public.users person
          WHERE ((person.id = ( SELECT auth.uid() AS uid)) AND (person.role = ANY (ARRAY['moderator'::text, 'admin'::text])))))))
  GROUP BY assessment.id, assessment.title
 HAVING (count(question.id) = 0);

revoke all on table coaching.assessments_without_questions from public, anon, authenticated, service_role;
grant select on table coaching.assessments_without_questions to authenticated, folkmoot_writer, service_role;
comment on view coaching.assessments_without_questions is 'Active assessments that ask nothing.';

create view coaching.attempt_answers with (security_invoker=true) as
 SELECT attempt_id,
    question_id,
    question_order,
    question,
    option_a,
    option_b,
    option_c,
    option_d,
    competency_area,
    selected_answer,
    is_correct,
    correct_answer,
    explanation
   FROM private.submitted_answers() submitted_answers(attempt_id, question_id, question_order, question, option_a, option_b, option_c, option_d, competency_area, selected_answer, is_correct, correct_answer, explanation);

revoke all on table coaching.attempt_answers from public, anon, authenticated, service_role;
grant select on table coaching.attempt_answers to authenticated, folkmoot_writer, service_role;
comment on view coaching.attempt_answers is 'What the caller answered in submitted attempts, what was right, and why. Unanswered is wrong.';

create view coaching.incomplete_skill_tags with (security_invoker=true) as
 SELECT tag.id,
    tag.name,
    tag.competency_area,
    count(DISTINCT insight.id) AS insights_count,
    count(DISTINCT action.id) AS actions_count
   FROM ((coaching.skill_tags tag
     LEFT JOIN coaching.tag_insights insight ON ((insight.skill_tag_id = tag.id)))
     LEFT JOIN coaching.tag_actions action ON ((action.skill_tag_id = tag.id)))
  WHERE (tag.is_active AND (pg_has_role(CURRENT_USER, 'service_role'::name, 'member'::text) OR (EXISTS ( SELECT
           FROM public.users person
          WHERE ((person.id = ( SELECT auth.uid() AS uid)) AND (person.role = ANY (ARRAY['moderator'::text, 'admin'::text])))))))
  GROUP BY tag.id, tag.name, tag.competency_area
 HAVING ((count(DISTINCT insight.id) < 2) OR (count(DISTINCT action.id) = 0));

revoke all on table coaching.incomplete_skill_tags from public, anon, authenticated, service_role;
grant select on table coaching.incomplete_skill_tags to authenticated, folkmoot_writer, service_role;
comment on view coaching.incomplete_skill_tags is 'Active skills about which there is no insight for the weak and the strong, or no action.';

create view coaching.learning_resources_without_url with (security_invoker=true) as
 SELECT id,
    title,
    url
   FROM coaching.learning_resources resource
  WHERE (is_active AND (COALESCE(btrim(url), ''::text) = ''::text) AND (pg_has_role(CURRENT_USER, 'service_role'::name, 'member'::text) OR (EXISTS ( SELECT
           FROM public.users person
          WHERE ((person.id = ( SELECT auth.uid() AS uid)) AND (person.role = ANY (ARRAY['moderator'::text, 'admin'::text])))))));

revoke all on table coaching.learning_resources_without_url from public, anon, authenticated, service_role;
grant select on table coaching.learning_resources_without_url to authenticated, folkmoot_writer, service_role;
comment on view coaching.learning_resources_without_url is 'Active learning resources that lead nowhere.';
CREATE OR REPLACE TRIGGER automatic_academy_users AFTER INSERT ON public.users REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.academy_users__automatic();
CREATE OR REPLACE TRIGGER automatic_community_profiles AFTER INSERT ON public.users REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.community_profiles__automatic();
CREATE OR REPLACE TRIGGER automatic_inboxes AFTER INSERT ON public.users REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.inboxes__automatic();
CREATE OR REPLACE TRIGGER derived_academy_courses_delete AFTER DELETE ON academy.modules REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_modules_to_academy_courses__delete();
CREATE OR REPLACE TRIGGER derived_academy_courses_insert AFTER INSERT ON academy.modules REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_modules_to_academy_courses__insert();
CREATE OR REPLACE TRIGGER derived_academy_courses_truncate AFTER TRUNCATE ON academy.modules FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_modules_to_academy_courses__truncate();
CREATE OR REPLACE TRIGGER derived_academy_courses_update AFTER UPDATE ON academy.modules REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_modules_to_academy_courses__update();
CREATE OR REPLACE TRIGGER derived_academy_discussions_delete AFTER DELETE ON academy.comments REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_comments_to_academy_discussions__delete();
CREATE OR REPLACE TRIGGER derived_academy_discussions_insert AFTER INSERT ON academy.comments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_comments_to_academy_discussions__insert();
CREATE OR REPLACE TRIGGER derived_academy_discussions_truncate AFTER TRUNCATE ON academy.comments FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_comments_to_academy_discussions__truncate();
CREATE OR REPLACE TRIGGER derived_academy_discussions_update AFTER UPDATE ON academy.comments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_comments_to_academy_discussions__update();
CREATE OR REPLACE TRIGGER derived_academy_enrollments_delete AFTER DELETE ON academy.progress REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_progress_to_academy_enrollments__delete();
CREATE OR REPLACE TRIGGER derived_academy_enrollments_insert AFTER INSERT ON academy.progress REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_progress_to_academy_enrollments__insert();
CREATE OR REPLACE TRIGGER derived_academy_enrollments_truncate AFTER TRUNCATE ON academy.progress FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_progress_to_academy_enrollments__truncate();
CREATE OR REPLACE TRIGGER derived_academy_enrollments_update AFTER UPDATE ON academy.progress REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_progress_to_academy_enrollments__update();
CREATE OR REPLACE TRIGGER derived_academy_modules_delete AFTER DELETE ON academy.content_items REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_content_items_to_academy_modules__delete();
CREATE OR REPLACE TRIGGER derived_academy_modules_insert AFTER INSERT ON academy.content_items REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_content_items_to_academy_modules__insert();
CREATE OR REPLACE TRIGGER derived_academy_modules_truncate AFTER TRUNCATE ON academy.content_items FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_content_items_to_academy_modules__truncate();
CREATE OR REPLACE TRIGGER derived_academy_modules_update AFTER UPDATE ON academy.content_items REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_content_items_to_academy_modules__update();
CREATE OR REPLACE TRIGGER derived_academy_programs_delete AFTER DELETE ON academy.courses REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_courses_to_academy_programs__delete();
CREATE OR REPLACE TRIGGER derived_academy_programs_insert AFTER INSERT ON academy.courses REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_courses_to_academy_programs__insert();
CREATE OR REPLACE TRIGGER derived_academy_programs_truncate AFTER TRUNCATE ON academy.courses FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_courses_to_academy_programs__truncate();
CREATE OR REPLACE TRIGGER derived_academy_programs_update AFTER UPDATE ON academy.courses REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_courses_to_academy_programs__update();
CREATE OR REPLACE TRIGGER derived_academy_users_update AFTER UPDATE ON auth.users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.accounts_to_academy_users__update();
CREATE OR REPLACE TRIGGER derived_community_community_posts_delete AFTER DELETE ON community.community_post_likes REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.community_community_post_likes_to_community_community__d92fbd68();
CREATE OR REPLACE TRIGGER derived_community_community_posts_delete AFTER DELETE ON community.community_post_replies REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.community_community_post_replies_to_community_communit_756a2f35();
CREATE OR REPLACE TRIGGER derived_community_community_posts_insert AFTER INSERT ON community.community_post_likes REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.community_community_post_likes_to_community_community__09be62f4();
CREATE OR REPLACE TRIGGER derived_community_community_posts_insert AFTER INSERT ON community.community_post_replies REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.community_community_post_replies_to_community_communit_4c339101();
CREATE OR REPLACE TRIGGER derived_community_community_posts_truncate AFTER TRUNCATE ON community.community_post_likes FOR EACH STATEMENT EXECUTE FUNCTION derived.community_community_post_likes_to_community_community__7675f69c();
CREATE OR REPLACE TRIGGER derived_community_community_posts_truncate AFTER TRUNCATE ON community.community_post_replies FOR EACH STATEMENT EXECUTE FUNCTION derived.community_community_post_replies_to_community_communit_0658d9fa();
CREATE OR REPLACE TRIGGER derived_community_community_posts_update AFTER UPDATE ON community.community_post_likes REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.community_community_post_likes_to_community_community__6eff96e9();
CREATE OR REPLACE TRIGGER derived_community_community_posts_update AFTER UPDATE ON community.community_post_replies REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.community_community_post_replies_to_community_communit_d5116232();
CREATE OR REPLACE TRIGGER derived_community_community_resources_delete AFTER DELETE ON community.resource_downloads REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.community_resource_downloads_to_community_community_re_6be520fd();
CREATE OR REPLACE TRIGGER derived_community_community_resources_delete AFTER DELETE ON community.resource_ratings REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.community_resource_ratings_to_community_community_reso_6c942c8e();
CREATE OR REPLACE TRIGGER derived_community_community_resources_insert AFTER INSERT ON community.resource_downloads REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.community_resource_downloads_to_community_community_re_0052b8bd();
CREATE OR REPLACE TRIGGER derived_community_community_resources_insert AFTER INSERT ON community.resource_ratings REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.community_resource_ratings_to_community_community_reso_653d8718();
CREATE OR REPLACE TRIGGER derived_community_community_resources_truncate AFTER TRUNCATE ON community.resource_downloads FOR EACH STATEMENT EXECUTE FUNCTION derived.community_resource_downloads_to_community_community_re_34784d34();
CREATE OR REPLACE TRIGGER derived_community_community_resources_truncate AFTER TRUNCATE ON community.resource_ratings FOR EACH STATEMENT EXECUTE FUNCTION derived.community_resource_ratings_to_community_community_reso_6d49ed55();
CREATE OR REPLACE TRIGGER derived_community_community_resources_update AFTER UPDATE ON community.resource_downloads REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.community_resource_downloads_to_community_community_re_ea2c78ac();
CREATE OR REPLACE TRIGGER derived_community_community_resources_update AFTER UPDATE ON community.resource_ratings REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.community_resource_ratings_to_community_community_reso_a5bbe5f1();
CREATE OR REPLACE TRIGGER derived_conversation_participants_delete AFTER DELETE ON public.message_receipts REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.message_receipts_to_conversation_participants__delete();
CREATE OR REPLACE TRIGGER derived_conversation_participants_insert AFTER INSERT ON public.message_receipts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.message_receipts_to_conversation_participants__insert();
CREATE OR REPLACE TRIGGER derived_conversation_participants_truncate AFTER TRUNCATE ON public.message_receipts FOR EACH STATEMENT EXECUTE FUNCTION derived.message_receipts_to_conversation_participants__truncate();
CREATE OR REPLACE TRIGGER derived_conversation_participants_update AFTER UPDATE ON public.message_receipts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.message_receipts_to_conversation_participants__update();
CREATE OR REPLACE TRIGGER derived_conversations_delete AFTER DELETE ON public.conversation_participants REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.conversation_participants_to_conversations__delete();
CREATE OR REPLACE TRIGGER derived_conversations_delete AFTER DELETE ON public.messages REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.messages_to_conversations__delete();
CREATE OR REPLACE TRIGGER derived_conversations_insert AFTER INSERT ON public.conversation_participants REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.conversation_participants_to_conversations__insert();
CREATE OR REPLACE TRIGGER derived_conversations_insert AFTER INSERT ON public.messages REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.messages_to_conversations__insert();
CREATE OR REPLACE TRIGGER derived_conversations_truncate AFTER TRUNCATE ON public.conversation_participants FOR EACH STATEMENT EXECUTE FUNCTION derived.conversation_participants_to_conversations__truncate();
CREATE OR REPLACE TRIGGER derived_conversations_truncate AFTER TRUNCATE ON public.messages FOR EACH STATEMENT EXECUTE FUNCTION derived.messages_to_conversations__truncate();
CREATE OR REPLACE TRIGGER derived_conversations_update AFTER UPDATE ON public.conversation_participants REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.conversation_participants_to_conversations__update();
CREATE OR REPLACE TRIGGER derived_conversations_update AFTER UPDATE ON public.messages REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.messages_to_conversations__update();
CREATE OR REPLACE TRIGGER derived_copies_insert AFTER INSERT ON academy.comments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_comments__verify_insert();
CREATE OR REPLACE TRIGGER derived_copies_insert AFTER INSERT ON academy.discussions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_discussions__verify_insert();
CREATE OR REPLACE TRIGGER derived_copies_insert AFTER INSERT ON academy.enrollments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_enrollments__verify_insert();
CREATE OR REPLACE TRIGGER derived_copies_insert AFTER INSERT ON academy.user_achievements REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_user_achievements__verify_insert();
CREATE OR REPLACE TRIGGER derived_copies_insert AFTER INSERT ON academy.users REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_users__verify_insert();
CREATE OR REPLACE TRIGGER derived_copies_insert AFTER INSERT ON community.user_actions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.community_user_actions__verify_insert();
CREATE OR REPLACE TRIGGER derived_copies_insert AFTER INSERT ON public.enrollments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.enrollments__verify_insert();
CREATE OR REPLACE TRIGGER derived_copies_insert AFTER INSERT ON public.messages REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.messages__verify_insert();
CREATE OR REPLACE TRIGGER derived_copies_insert AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.notifications__verify_insert();
CREATE OR REPLACE TRIGGER derived_copies_update AFTER UPDATE ON academy.comments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_comments__verify_update();
CREATE OR REPLACE TRIGGER derived_copies_update AFTER UPDATE ON academy.discussions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_discussions__verify_update();
CREATE OR REPLACE TRIGGER derived_copies_update AFTER UPDATE ON academy.enrollments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_enrollments__verify_update();
CREATE OR REPLACE TRIGGER derived_copies_update AFTER UPDATE ON academy.user_achievements REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_user_achievements__verify_update();
CREATE OR REPLACE TRIGGER derived_copies_update AFTER UPDATE ON academy.users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_users__verify_update();
CREATE OR REPLACE TRIGGER derived_copies_update AFTER UPDATE ON community.user_actions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.community_user_actions__verify_update();
CREATE OR REPLACE TRIGGER derived_copies_update AFTER UPDATE ON public.enrollments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.enrollments__verify_update();
CREATE OR REPLACE TRIGGER derived_copies_update AFTER UPDATE ON public.messages REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.messages__verify_update();
CREATE OR REPLACE TRIGGER derived_copies_update AFTER UPDATE ON public.notifications REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.notifications__verify_update();
CREATE OR REPLACE TRIGGER derived_courses_delete AFTER DELETE ON public.lessons REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.lessons_to_courses__delete();
CREATE OR REPLACE TRIGGER derived_courses_insert AFTER INSERT ON public.lessons REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.lessons_to_courses__insert();
CREATE OR REPLACE TRIGGER derived_courses_truncate AFTER TRUNCATE ON public.lessons FOR EACH STATEMENT EXECUTE FUNCTION derived.lessons_to_courses__truncate();
CREATE OR REPLACE TRIGGER derived_courses_update AFTER UPDATE ON public.lessons REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.lessons_to_courses__update();
CREATE OR REPLACE TRIGGER derived_enrollments_delete AFTER DELETE ON public.lesson_progress REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.lesson_progress_to_enrollments__delete();
CREATE OR REPLACE TRIGGER derived_enrollments_insert AFTER INSERT ON public.lesson_progress REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.lesson_progress_to_enrollments__insert();
CREATE OR REPLACE TRIGGER derived_enrollments_truncate AFTER TRUNCATE ON public.lesson_progress FOR EACH STATEMENT EXECUTE FUNCTION derived.lesson_progress_to_enrollments__truncate();
CREATE OR REPLACE TRIGGER derived_enrollments_update AFTER UPDATE ON public.lesson_progress REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.lesson_progress_to_enrollments__update();
CREATE OR REPLACE TRIGGER derived_events_delete AFTER DELETE ON public.rsvps REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.rsvps_to_events__delete();
CREATE OR REPLACE TRIGGER derived_events_insert AFTER INSERT ON public.rsvps REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.rsvps_to_events__insert();
CREATE OR REPLACE TRIGGER derived_events_truncate AFTER TRUNCATE ON public.rsvps FOR EACH STATEMENT EXECUTE FUNCTION derived.rsvps_to_events__truncate();
CREATE OR REPLACE TRIGGER derived_events_update AFTER UPDATE ON public.rsvps REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.rsvps_to_events__update();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON academy.comments FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_comments__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON academy.courses FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_courses__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON academy.discussions FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_discussions__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON academy.enrollments FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_enrollments__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON academy.modules FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_modules__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON academy.programs FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_programs__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON academy.user_achievements FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_user_achievements__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON academy.users FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_users__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON community.community_posts FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.community_community_posts__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON community.community_resources FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.community_community_resources__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON community.user_actions FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.community_user_actions__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON public.conversation_participants FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.conversation_participants__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON public.conversations FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.conversations__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON public.enrollments FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.enrollments__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON public.events FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.events__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON public.inboxes FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.inboxes__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON public.messages FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.messages__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON public.modules FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.modules__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON public.notifications FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.notifications__guard();
CREATE OR REPLACE TRIGGER derived_guard BEFORE INSERT OR UPDATE ON public.users FOR EACH ROW WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.users__guard();
CREATE OR REPLACE TRIGGER derived_inboxes_delete AFTER DELETE ON public.conversation_participants REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.conversation_participants_to_inboxes__delete();
CREATE OR REPLACE TRIGGER derived_inboxes_delete AFTER DELETE ON public.notifications REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.notifications_to_inboxes__delete();
CREATE OR REPLACE TRIGGER derived_inboxes_insert AFTER INSERT ON public.conversation_participants REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.conversation_participants_to_inboxes__insert();
CREATE OR REPLACE TRIGGER derived_inboxes_insert AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.notifications_to_inboxes__insert();
CREATE OR REPLACE TRIGGER derived_inboxes_truncate AFTER TRUNCATE ON public.conversation_participants FOR EACH STATEMENT EXECUTE FUNCTION derived.conversation_participants_to_inboxes__truncate();
CREATE OR REPLACE TRIGGER derived_inboxes_truncate AFTER TRUNCATE ON public.notifications FOR EACH STATEMENT EXECUTE FUNCTION derived.notifications_to_inboxes__truncate();
CREATE OR REPLACE TRIGGER derived_inboxes_update AFTER UPDATE ON public.conversation_participants REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.conversation_participants_to_inboxes__update();
CREATE OR REPLACE TRIGGER derived_inboxes_update AFTER UPDATE ON public.notifications REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.notifications_to_inboxes__update();
CREATE OR REPLACE TRIGGER derived_keep_computed BEFORE INSERT OR UPDATE ON academy.enrollments FOR EACH ROW EXECUTE FUNCTION derived.academy_enrollments__compute();
CREATE OR REPLACE TRIGGER derived_keep_computed BEFORE INSERT OR UPDATE ON academy.progress FOR EACH ROW EXECUTE FUNCTION derived.academy_progress__compute();
CREATE OR REPLACE TRIGGER derived_keep_computed BEFORE INSERT OR UPDATE ON community.community_resources FOR EACH ROW EXECUTE FUNCTION derived.community_community_resources__compute();
CREATE OR REPLACE TRIGGER derived_keep_computed BEFORE INSERT OR UPDATE ON public.enrollments FOR EACH ROW EXECUTE FUNCTION derived.enrollments__compute();
CREATE OR REPLACE TRIGGER derived_keep_computed BEFORE INSERT OR UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION derived.users__compute();
CREATE OR REPLACE TRIGGER derived_keep_computed BEFORE INSERT OR UPDATE ON tracker.kanban_tasks FOR EACH ROW EXECUTE FUNCTION derived.tracker_kanban_tasks__compute();
CREATE OR REPLACE TRIGGER derived_keep_computed BEFORE INSERT OR UPDATE ON tracker.sprints FOR EACH ROW EXECUTE FUNCTION derived.tracker_sprints__compute();
CREATE OR REPLACE TRIGGER derived_keep_computed BEFORE INSERT OR UPDATE ON tracker.weekly_kpi_entries FOR EACH ROW EXECUTE FUNCTION derived.tracker_weekly_kpi_entries__compute();
CREATE OR REPLACE TRIGGER derived_messages_delete AFTER DELETE ON public.message_receipts REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.message_receipts_to_messages__delete();
CREATE OR REPLACE TRIGGER derived_messages_insert AFTER INSERT ON public.message_receipts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.message_receipts_to_messages__insert();
CREATE OR REPLACE TRIGGER derived_messages_truncate AFTER TRUNCATE ON public.message_receipts FOR EACH STATEMENT EXECUTE FUNCTION derived.message_receipts_to_messages__truncate();
CREATE OR REPLACE TRIGGER derived_messages_update AFTER UPDATE ON public.message_receipts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.message_receipts_to_messages__update();
CREATE OR REPLACE TRIGGER derived_modules_delete AFTER DELETE ON public.lessons REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.lessons_to_modules__delete();
CREATE OR REPLACE TRIGGER derived_modules_insert AFTER INSERT ON public.lessons REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.lessons_to_modules__insert();
CREATE OR REPLACE TRIGGER derived_modules_truncate AFTER TRUNCATE ON public.lessons FOR EACH STATEMENT EXECUTE FUNCTION derived.lessons_to_modules__truncate();
CREATE OR REPLACE TRIGGER derived_modules_update AFTER UPDATE ON public.lessons REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.lessons_to_modules__update();
CREATE OR REPLACE TRIGGER derived_queue_bands_delete AFTER DELETE ON public.levels REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.levels__queue_bands_delete();
CREATE OR REPLACE TRIGGER derived_queue_bands_insert AFTER INSERT ON public.levels REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.levels__queue_bands_insert();
CREATE OR REPLACE TRIGGER derived_queue_bands_truncate AFTER TRUNCATE ON public.levels FOR EACH STATEMENT EXECUTE FUNCTION derived.levels__queue_bands_truncate();
CREATE OR REPLACE TRIGGER derived_queue_bands_update AFTER UPDATE ON public.levels REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.levels__queue_bands_update();
CREATE OR REPLACE TRIGGER derived_queue_copies AFTER UPDATE ON academy.achievements REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.academy_achievements__queue_copies();
CREATE OR REPLACE TRIGGER derived_queue_copies AFTER UPDATE ON academy.programs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.academy_programs__queue_copies();
CREATE OR REPLACE TRIGGER derived_queue_copies AFTER UPDATE ON community.action_types REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.community_action_types__queue_copies();
CREATE OR REPLACE TRIGGER derived_queue_copies AFTER UPDATE ON public.courses REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.courses__queue_copies();
CREATE OR REPLACE TRIGGER derived_users_delete AFTER DELETE ON public.follows REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.follows_to_users__delete();
CREATE OR REPLACE TRIGGER derived_users_delete AFTER DELETE ON public.points REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.points_to_users__delete();
CREATE OR REPLACE TRIGGER derived_users_insert AFTER INSERT ON public.follows REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.follows_to_users__insert();
CREATE OR REPLACE TRIGGER derived_users_insert AFTER INSERT ON public.points REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.points_to_users__insert();
CREATE OR REPLACE TRIGGER derived_users_truncate AFTER TRUNCATE ON public.follows FOR EACH STATEMENT EXECUTE FUNCTION derived.follows_to_users__truncate();
CREATE OR REPLACE TRIGGER derived_users_truncate AFTER TRUNCATE ON public.points FOR EACH STATEMENT EXECUTE FUNCTION derived.points_to_users__truncate();
CREATE OR REPLACE TRIGGER derived_users_update AFTER UPDATE ON public.follows REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.follows_to_users__update();
CREATE OR REPLACE TRIGGER derived_users_update AFTER UPDATE ON public.points REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((CURRENT_USER <> 'derived_owner'::name)) EXECUTE FUNCTION derived.points_to_users__update();
CREATE OR REPLACE TRIGGER forget_delete AFTER DELETE ON public.users REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION private.users__forget_delete();
CREATE OR REPLACE TRIGGER forget_truncate AFTER TRUNCATE ON public.users FOR EACH STATEMENT EXECUTE FUNCTION private.users__forget_truncate();
CREATE OR REPLACE TRIGGER nesting_insert AFTER INSERT ON academy.comments FOR EACH ROW WHEN ((new.parent_id IS NOT NULL)) EXECUTE FUNCTION private.academy_comments__nesting();
CREATE OR REPLACE TRIGGER nesting_update BEFORE UPDATE OF parent_id, discussion_id ON academy.comments FOR EACH ROW EXECUTE FUNCTION private.academy_comments__nesting();
CREATE OR REPLACE TRIGGER recalculate_goal_progress_trigger BEFORE INSERT OR UPDATE ON tracker.goals FOR EACH ROW EXECUTE FUNCTION tracker.recalculate_goal_progress();
CREATE OR REPLACE TRIGGER reference_target_id_insert AFTER INSERT ON public.reports REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.reports__target_id_exists();
CREATE OR REPLACE TRIGGER reference_target_id_update AFTER UPDATE ON public.reports REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION private.reports__target_id_exists();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON academy.achievements FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON academy.assessment_attempts FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON academy.assessments FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON academy.comments FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON academy.content_items FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON academy.courses FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON academy.discussions FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON academy.enrollments FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON academy.modules FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON academy.programs FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON academy.progress FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON academy.user_achievements FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON academy.users FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON coaching.assessment_questions FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON coaching.assessments FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON coaching.competency_display_names FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON coaching.competency_leverage_strengths FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON coaching.learning_path_categories FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON coaching.learning_resources FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON coaching.skill_tags FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON coaching.tag_actions FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON coaching.tag_insights FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON coaching.user_attempts FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON community.action_types FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON community.community_post_replies FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON community.community_posts FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON community.community_resources FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON community.goal_metrics FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON community.profiles FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON community.resource_ratings FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON community.track_goals FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON community.tracks FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON community.user_actions FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON community.user_goal_history FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.comments FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.community_settings FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.conversation_participants FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.courses FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.enrollments FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.events FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.gamification_config FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.lesson_progress FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.lessons FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.levels FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.memberships FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.message_receipts FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.modules FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.notifications FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.posts FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.reports FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.rsvps FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.space_visits FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.spaces FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.users FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.content_items FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.content_metrics FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.financial_metrics FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.goals FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.kanban_boards FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.kanban_columns FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.kanban_tasks FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.metrics FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.platform_metrics FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.roadmaps FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.skill_progression FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.sprints FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.user_configs FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.user_kpis FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.user_profiles FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.weekly_content_metrics FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.weekly_kpi_entries FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON tracker.weekly_kpis FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();

create policy delete on academy.achievements as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on academy.assessments as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on academy.content_items as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on academy.courses as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on academy.modules as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on academy.programs as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on coaching.assessment_questions as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on coaching.assessments as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on coaching.competency_display_names as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on coaching.competency_leverage_strengths as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on coaching.learning_path_categories as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on coaching.learning_resources as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on coaching.skill_tags as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on coaching.tag_actions as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on coaching.tag_insights as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on community.action_types as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on community.community_post_likes as permissive for delete to folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on community.resource_ratings as permissive for delete to folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy delete on community.track_goals as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on community.tracks as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on community.user_actions as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on community.user_goal_history as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on public.conversation_participants as permissive for delete to folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on public.events as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

create policy delete on public.follows as permissive for delete to folkmoot_writer
    using ((follower_id = ( SELECT auth.uid() AS uid)));

create policy delete on public.gamification_config as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on public.lesson_progress as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on public.lessons as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

create policy delete on public.levels as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy delete on public.modules as permissive for delete to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

create policy delete on public.notifications as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on public.rsvps as permissive for delete to folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on public.space_visits as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.content_items as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.content_metrics as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.financial_metrics as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.goals as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.kanban_boards as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.kanban_columns as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.metrics as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.platform_metrics as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.roadmaps as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.skill_progression as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.sprints as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.user_configs as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.user_kpis as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.user_profiles as permissive for delete to authenticated, folkmoot_writer
    using ((id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.weekly_content_metrics as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.weekly_kpi_entries as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy delete on tracker.weekly_kpis as permissive for delete to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy derived_read on academy.achievements as permissive for select to derived_owner
    using (true);

create policy derived_read on academy.comments as permissive for select to derived_owner
    using (true);

create policy derived_read on academy.courses as permissive for select to derived_owner
    using (true);

create policy derived_read on academy.discussions as permissive for select to derived_owner
    using (true);

create policy derived_read on academy.enrollments as permissive for select to derived_owner
    using (true);

create policy derived_read on academy.modules as permissive for select to derived_owner
    using (true);

create policy derived_read on academy.programs as permissive for select to derived_owner
    using (true);

create policy derived_read on academy.progress as permissive for select to derived_owner
    using (true);

create policy derived_read on academy.user_achievements as permissive for select to derived_owner
    using (true);

create policy derived_read on academy.users as permissive for select to derived_owner
    using (true);

create policy derived_read on community.action_types as permissive for select to derived_owner
    using (true);

create policy derived_read on community.community_posts as permissive for select to derived_owner
    using (true);

create policy derived_read on community.community_resources as permissive for select to derived_owner
    using (true);

create policy derived_read on community.user_actions as permissive for select to derived_owner
    using (true);

create policy derived_read on public.conversation_participants as permissive for select to derived_owner
    using (true);

create policy derived_read on public.conversations as permissive for select to derived_owner
    using (true);

create policy derived_read on public.enrollments as permissive for select to derived_owner
    using (true);

create policy derived_read on public.events as permissive for select to derived_owner
    using (true);

create policy derived_read on public.inboxes as permissive for select to derived_owner
    using (true);

create policy derived_read on public.levels as permissive for select to derived_owner
    using (true);

create policy derived_read on public.message_receipts as permissive for select to derived_owner
    using (true);

create policy derived_read on public.messages as permissive for select to derived_owner
    using (true);

create policy derived_read on public.modules as permissive for select to derived_owner
    using (true);

create policy derived_read on public.notifications as permissive for select to derived_owner
    using (true);

create policy derived_read on tracker.goals as permissive for select to derived_owner
    using (true);

create policy derived_read on tracker.kanban_tasks as permissive for select to derived_owner
    using (true);

create policy derived_read on tracker.sprints as permissive for select to derived_owner
    using (true);

create policy derived_read on tracker.weekly_kpi_entries as permissive for select to derived_owner
    using (true);

create policy derived_update on academy.achievements as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on academy.comments as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on academy.courses as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on academy.discussions as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on academy.enrollments as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on academy.modules as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on academy.programs as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on academy.progress as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on academy.user_achievements as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on academy.users as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on community.action_types as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on community.community_posts as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on community.community_resources as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on community.user_actions as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on public.conversation_participants as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on public.conversations as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on public.enrollments as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on public.events as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on public.inboxes as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on public.messages as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on public.modules as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on public.notifications as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on tracker.goals as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on tracker.kanban_tasks as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on tracker.sprints as permissive for update to derived_owner
    using (true)
    with check (true);

create policy derived_update on tracker.weekly_kpi_entries as permissive for update to derived_owner
    using (true)
    with check (true);

create policy insert on academy.achievements as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on academy.assessment_attempts as permissive for insert to folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (EXISTS ( SELECT
   FROM academy.assessments seen_1
  WHERE ((seen_1.id = assessment_attempts.assessment_id) AND (EXISTS ( SELECT
           FROM academy.modules seen_2
          WHERE ((seen_2.id = seen_1.module_id) AND ((seen_2.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_2.is_published = true) AND (seen_2.course_id = ANY (( SELECT private.attendable_academy_courses() AS attendable_academy_courses)::uuid[]))))))))))));

create policy insert on academy.assessments as permissive for insert to folkmoot_writer
    with check ((EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = assessments.module_id) AND (seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[]))))));

create policy insert on academy.comments as permissive for insert to folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (EXISTS ( SELECT
   FROM academy.discussions seen_1
  WHERE ((seen_1.id = comments.discussion_id) AND (( SELECT auth.uid() AS uid) IS NOT NULL) AND (seen_1.deleted_at IS NULL) AND ((EXISTS ( SELECT
           FROM academy.modules seen_2
          WHERE ((seen_2.id = seen_1.module_id) AND ((seen_2.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_2.is_published = true) AND (seen_2.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[]))))))) OR ((seen_1.module_id IS NULL) AND (seen_1.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[])))) AND (seen_1.is_locked = false))))));

create policy insert on academy.content_items as permissive for insert to folkmoot_writer
    with check ((EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = content_items.module_id) AND (seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[]))))));

create policy insert on academy.courses as permissive for insert to folkmoot_writer
    with check ((program_id = ANY (( SELECT private.editable_academy_programs() AS editable_academy_programs)::uuid[])));

create policy insert on academy.discussions as permissive for insert to folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND ((EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = discussions.module_id) AND ((seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_1.is_published = true) AND (seen_1.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[]))))))) OR ((module_id IS NULL) AND (course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[]))))));

create policy insert on academy.enrollments as permissive for insert to authenticated, folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (program_id = ANY (( SELECT private.readable_academy_programs() AS readable_academy_programs)::uuid[]))));

create policy insert on academy.modules as permissive for insert to folkmoot_writer
    with check ((course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])));

create policy insert on academy.programs as permissive for insert to folkmoot_writer
    with check (((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) AND (created_by = ( SELECT auth.uid() AS uid))));

create policy insert on academy.progress as permissive for insert to authenticated, folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (EXISTS ( SELECT
   FROM academy.content_items seen_1
  WHERE ((seen_1.id = progress.content_item_id) AND (EXISTS ( SELECT
           FROM academy.modules seen_2
          WHERE ((seen_2.id = seen_1.module_id) AND ((seen_2.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_2.is_published = true) AND (seen_2.course_id = ANY (( SELECT private.attendable_academy_courses() AS attendable_academy_courses)::uuid[])))))))))) AND (enrollment_id = ANY (( SELECT private.caller_academy_enrollments_id() AS caller_academy_enrollments_id)::uuid[]))));

create policy insert on coaching.assessment_questions as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on coaching.assessments as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on coaching.competency_display_names as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on coaching.competency_leverage_strengths as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on coaching.learning_path_categories as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on coaching.learning_resources as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on coaching.skill_tags as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on coaching.tag_actions as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on coaching.tag_insights as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on coaching.user_attempts as permissive for insert to folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (assessment_id = ANY (( SELECT private.readable_coaching_assessments() AS readable_coaching_assessments)::uuid[]))));

create policy insert on coaching.user_responses as permissive for insert to folkmoot_writer
    with check ((EXISTS ( SELECT
   FROM coaching.user_attempts seen_1
  WHERE ((seen_1.id = user_responses.attempt_id) AND (seen_1.user_id = ( SELECT auth.uid() AS uid))))));

create policy insert on community.action_types as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on community.community_post_likes as permissive for insert to folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (EXISTS ( SELECT
   FROM community.community_posts seen_1
  WHERE ((seen_1.id = community_post_likes.post_id) AND (seen_1.deleted_at IS NULL) AND (( SELECT auth.uid() AS uid) IS NOT NULL))))));

create policy insert on community.community_post_replies as permissive for insert to folkmoot_writer
    with check (((author_id = ( SELECT auth.uid() AS uid)) AND (EXISTS ( SELECT
   FROM community.community_posts seen_1
  WHERE ((seen_1.id = community_post_replies.post_id) AND (seen_1.deleted_at IS NULL) AND (( SELECT auth.uid() AS uid) IS NOT NULL))))));

create policy insert on community.community_posts as permissive for insert to folkmoot_writer
    with check ((author_id = ( SELECT auth.uid() AS uid)));

create policy insert on community.community_resources as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

create policy insert on community.resource_downloads as permissive for insert to folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (resource_id = ANY (( SELECT private.readable_community_community_resources() AS readable_community_community_resources)::uuid[]))));

create policy insert on community.resource_ratings as permissive for insert to folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (resource_id = ANY (( SELECT private.readable_community_community_resources() AS readable_community_community_resources)::uuid[]))));

create policy insert on community.track_goals as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on community.tracks as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on community.user_actions as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on community.user_goal_history as permissive for insert to authenticated, folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (((status = 'active'::text) AND (paused_at IS NULL) AND (completed_at IS NULL)) OR ((status = 'paused'::text) AND (paused_at IS NOT NULL) AND (completed_at IS NULL)) OR ((status = 'completed'::text) AND (completed_at IS NOT NULL)))));

create policy insert on public.comments as permissive for insert to folkmoot_writer
    with check (((author_id = ( SELECT auth.uid() AS uid)) AND (EXISTS ( SELECT
   FROM public.posts seen_1
  WHERE ((seen_1.id = comments.post_id) AND (seen_1.deleted_at IS NULL) AND (seen_1.space_id = ANY (( SELECT private.readable_spaces() AS readable_spaces)::uuid[])))))));

create policy insert on public.community_settings as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on public.conversation_participants as permissive for insert to folkmoot_writer
    with check ((EXISTS ( SELECT
   FROM public.conversations seen_1
  WHERE ((seen_1.id = conversation_participants.conversation_id) AND (seen_1.started_by = ( SELECT auth.uid() AS uid)) AND (seen_1.last_message_at IS NULL)))));

create policy insert on public.conversations as permissive for insert to folkmoot_writer
    with check ((started_by = ( SELECT auth.uid() AS uid)));

create policy insert on public.enrollments as permissive for insert to authenticated, folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (course_id = ANY (( SELECT private.readable_courses() AS readable_courses)::uuid[]))));

create policy insert on public.events as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

create policy insert on public.follows as permissive for insert to folkmoot_writer
    with check (((follower_id = ( SELECT auth.uid() AS uid)) AND (EXISTS ( SELECT
   FROM public.users seen_1
  WHERE ((seen_1.id = follows.following_id) AND (((( SELECT auth.uid() AS uid) IS NOT NULL) AND (seen_1.visibility = 'public'::text)) OR (seen_1.id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))))))));

create policy insert on public.gamification_config as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on public.lesson_progress as permissive for insert to authenticated, folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (EXISTS ( SELECT
   FROM public.lessons seen_1
  WHERE ((seen_1.id = lesson_progress.lesson_id) AND ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR ((seen_1.course_id = ANY (( SELECT private.readable_courses() AS readable_courses)::uuid[])) AND ((seen_1.free_preview = true) OR (seen_1.course_id = ANY (( SELECT private.caller_enrollments_course_id() AS caller_enrollments_course_id)::uuid[])))))))) AND (enrollment_id = ANY (( SELECT private.caller_enrollments_id() AS caller_enrollments_id)::uuid[]))));

create policy insert on public.lessons as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

create policy insert on public.levels as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy insert on public.likes as permissive for insert to folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (((target_type = 'comment'::text) AND (EXISTS ( SELECT
   FROM public.comments seen_1
  WHERE ((seen_1.id = likes.target_id) AND (seen_1.deleted_at IS NULL) AND (EXISTS ( SELECT
           FROM public.posts seen_2
          WHERE ((seen_2.id = seen_1.post_id) AND (seen_2.deleted_at IS NULL) AND (seen_2.space_id = ANY (( SELECT private.readable_spaces() AS readable_spaces)::uuid[]))))))))) OR ((target_type = 'post'::text) AND (EXISTS ( SELECT
   FROM public.posts seen_1
  WHERE ((seen_1.id = likes.target_id) AND (seen_1.deleted_at IS NULL) AND (seen_1.space_id = ANY (( SELECT private.readable_spaces() AS readable_spaces)::uuid[])))))))));

create policy insert on public.message_receipts as permissive for insert to folkmoot_writer
    with check ((EXISTS ( SELECT
   FROM public.messages seen_1
  WHERE ((seen_1.id = message_receipts.message_id) AND (seen_1.sender_id = ( SELECT auth.uid() AS uid))))));

create policy insert on public.messages as permissive for insert to folkmoot_writer
    with check (((sender_id = ( SELECT auth.uid() AS uid)) AND (conversation_id = ANY (( SELECT private.caller_conversation_participants_conversation_id() AS caller_conversation_participants_conversation_id)::uuid[]))));

create policy insert on public.modules as permissive for insert to folkmoot_writer
    with check ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

create policy insert on public.notifications as permissive for insert to folkmoot_writer
    with check ((actor_id = ( SELECT auth.uid() AS uid)));

create policy insert on public.posts as permissive for insert to folkmoot_writer
    with check (((author_id = ( SELECT auth.uid() AS uid)) AND (space_id = ANY (( SELECT private.postable_spaces() AS postable_spaces)::uuid[]))));

create policy insert on public.reports as permissive for insert to folkmoot_writer
    with check (((reporter_id = ( SELECT auth.uid() AS uid)) AND (((target_type = 'comment'::text) AND (EXISTS ( SELECT
   FROM public.comments seen_1
  WHERE ((seen_1.id = reports.target_id) AND (seen_1.deleted_at IS NULL) AND (EXISTS ( SELECT
           FROM public.posts seen_2
          WHERE ((seen_2.id = seen_1.post_id) AND (seen_2.deleted_at IS NULL) AND (seen_2.space_id = ANY (( SELECT private.readable_spaces() AS readable_spaces)::uuid[]))))))))) OR ((target_type = 'post'::text) AND (EXISTS ( SELECT
   FROM public.posts seen_1
  WHERE ((seen_1.id = reports.target_id) AND (seen_1.deleted_at IS NULL) AND (seen_1.space_id = ANY (( SELECT private.readable_spaces() AS readable_spaces)::uuid[])))))) OR ((target_type = 'user'::text) AND (EXISTS ( SELECT
   FROM public.users seen_1
  WHERE ((seen_1.id = reports.target_id) AND (((( SELECT auth.uid() AS uid) IS NOT NULL) AND (seen_1.visibility = 'public'::text)) OR (seen_1.id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))))))))));

create policy insert on public.rsvps as permissive for insert to folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (EXISTS ( SELECT
   FROM public.events seen_1
  WHERE ((seen_1.id = rsvps.event_id) AND ((seen_1.visibility = 'public'::text) OR ((seen_1.visibility = 'members'::text) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR ((seen_1.visibility = 'paid'::text) AND ((seen_1.required_tier = ANY (( SELECT private.caller_tiers() AS caller_tiers)::text[])) OR ((seen_1.required_tier IS NULL) AND ( SELECT (cardinality(private.caller_tiers()) > 0))))) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))))))));

create policy insert on public.space_visits as permissive for insert to authenticated, folkmoot_writer
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (space_id = ANY (( SELECT private.readable_spaces() AS readable_spaces)::uuid[]))));

create policy insert on tracker.content_items as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.content_metrics as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.financial_metrics as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.goals as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.kanban_boards as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.kanban_columns as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.kanban_tasks as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.metrics as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.platform_metrics as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.roadmaps as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.skill_progression as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.sprints as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.user_configs as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.user_kpis as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.user_profiles as permissive for insert to authenticated, folkmoot_writer
    with check ((id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.weekly_content_metrics as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.weekly_kpi_entries as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy insert on tracker.weekly_kpis as permissive for insert to authenticated, folkmoot_writer
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on academy.achievements as permissive for select to authenticated
    using ((( SELECT auth.uid() AS uid) IS NOT NULL));

create policy read on academy.assessment_attempts as permissive for select to authenticated, folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on academy.assessments as permissive for select to authenticated
    using ((EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = assessments.module_id) AND ((seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_1.is_published = true) AND (seen_1.course_id = ANY (( SELECT private.attendable_academy_courses() AS attendable_academy_courses)::uuid[]))))))));

create policy read on academy.certificates as permissive for select to authenticated, folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on academy.comments as permissive for select to authenticated
    using (((deleted_at IS NULL) AND (EXISTS ( SELECT
   FROM academy.discussions seen_1
  WHERE ((seen_1.id = comments.discussion_id) AND (( SELECT auth.uid() AS uid) IS NOT NULL) AND (seen_1.deleted_at IS NULL) AND ((EXISTS ( SELECT
           FROM academy.modules seen_2
          WHERE ((seen_2.id = seen_1.module_id) AND ((seen_2.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_2.is_published = true) AND (seen_2.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[]))))))) OR ((seen_1.module_id IS NULL) AND (seen_1.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[])))))))));

create policy read on academy.content_items as permissive for select to authenticated
    using ((EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = content_items.module_id) AND ((seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_1.is_published = true) AND (seen_1.course_id = ANY (( SELECT private.attendable_academy_courses() AS attendable_academy_courses)::uuid[]))))))));

create policy read on academy.courses as permissive for select to authenticated, folkmoot_writer
    using (((program_id = ANY (( SELECT private.editable_academy_programs() AS editable_academy_programs)::uuid[])) OR ((is_published = true) AND (program_id = ANY (( SELECT private.readable_academy_programs() AS readable_academy_programs)::uuid[])))));

create policy read on academy.discussions as permissive for select to authenticated
    using (((( SELECT auth.uid() AS uid) IS NOT NULL) AND (deleted_at IS NULL) AND ((EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = discussions.module_id) AND ((seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_1.is_published = true) AND (seen_1.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[]))))))) OR ((module_id IS NULL) AND (course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[]))))));

create policy read on academy.enrollments as permissive for select to authenticated
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on academy.modules as permissive for select to authenticated, folkmoot_writer
    using (((course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((is_published = true) AND (course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[])))));

create policy read on academy.programs as permissive for select to authenticated, folkmoot_writer
    using (((is_published = true) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR (created_by = ( SELECT auth.uid() AS uid))));

create policy read on academy.progress as permissive for select to authenticated, folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on academy.user_achievements as permissive for select to authenticated, folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on academy.users as permissive for select to authenticated, folkmoot_writer
    using (((id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on coaching.assessment_questions as permissive for select to authenticated
    using ((assessment_id = ANY (( SELECT private.readable_coaching_assessments() AS readable_coaching_assessments)::uuid[])));

create policy read on coaching.assessments as permissive for select to authenticated
    using ((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on coaching.competency_display_names as permissive for select to authenticated
    using ((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on coaching.competency_leverage_strengths as permissive for select to authenticated
    using ((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on coaching.learning_path_categories as permissive for select to authenticated
    using ((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on coaching.learning_resources as permissive for select to authenticated
    using (((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))) AND (category_id = ANY (( SELECT private.readable_coaching_learning_path_categories() AS readable_coaching_learning_path_categories)::uuid[]))));

create policy read on coaching.skill_tags as permissive for select to authenticated
    using ((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on coaching.tag_actions as permissive for select to authenticated
    using (((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))) AND (skill_tag_id = ANY (( SELECT private.readable_coaching_skill_tags() AS readable_coaching_skill_tags)::uuid[]))));

create policy read on coaching.tag_insights as permissive for select to authenticated
    using ((skill_tag_id = ANY (( SELECT private.readable_coaching_skill_tags() AS readable_coaching_skill_tags)::uuid[])));

create policy read on coaching.user_attempts as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on coaching.user_responses as permissive for select to authenticated, folkmoot_writer
    using ((EXISTS ( SELECT
   FROM coaching.user_attempts seen_1
  WHERE ((seen_1.id = user_responses.attempt_id) AND (seen_1.user_id = ( SELECT auth.uid() AS uid)) AND (seen_1.completed_at IS NOT NULL)))));

create policy read on community.action_types as permissive for select to authenticated
    using ((( SELECT auth.uid() AS uid) IS NOT NULL));

create policy read on community.community_post_likes as permissive for select to authenticated, folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (EXISTS ( SELECT
   FROM community.community_posts seen_1
  WHERE ((seen_1.id = community_post_likes.post_id) AND (seen_1.deleted_at IS NULL) AND (( SELECT auth.uid() AS uid) IS NOT NULL))))));

create policy read on community.community_post_replies as permissive for select to authenticated
    using (((deleted_at IS NULL) AND (EXISTS ( SELECT
   FROM community.community_posts seen_1
  WHERE ((seen_1.id = community_post_replies.post_id) AND (seen_1.deleted_at IS NULL) AND (( SELECT auth.uid() AS uid) IS NOT NULL))))));

create policy read on community.community_posts as permissive for select to authenticated
    using (((deleted_at IS NULL) AND (( SELECT auth.uid() AS uid) IS NOT NULL)));

create policy read on community.community_resources as permissive for select to authenticated, folkmoot_writer
    using ((((deleted_at IS NULL) AND (published_at IS NOT NULL) AND ((access = 'free'::text) OR ((access = 'member-only'::text) AND ( SELECT (cardinality(private.caller_tiers()) > 0))))) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on community.goal_metrics as permissive for select to authenticated, folkmoot_writer
    using ((EXISTS ( SELECT
   FROM community.user_goal_history seen_1
  WHERE ((seen_1.id = goal_metrics.user_goal_history_id) AND ((seen_1.user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])))))));

create policy read on community.profiles as permissive for select to authenticated, folkmoot_writer
    using (((id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on community.resource_downloads as permissive for select to authenticated, folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read on community.resource_ratings as permissive for select to authenticated
    using (((user_id = ( SELECT auth.uid() AS uid)) OR ((( SELECT auth.uid() AS uid) IS NOT NULL) AND (resource_id = ANY (( SELECT private.readable_community_community_resources() AS readable_community_community_resources)::uuid[])))));

create policy read on community.track_goals as permissive for select to authenticated
    using ((( SELECT auth.uid() AS uid) IS NOT NULL));

create policy read on community.tracks as permissive for select to authenticated
    using ((( SELECT auth.uid() AS uid) IS NOT NULL));

create policy read on community.user_actions as permissive for select to authenticated, folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on community.user_goal_history as permissive for select to authenticated
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on public.comments as permissive for select to authenticated
    using (((deleted_at IS NULL) AND (EXISTS ( SELECT
   FROM public.posts seen_1
  WHERE ((seen_1.id = comments.post_id) AND (seen_1.deleted_at IS NULL) AND (seen_1.space_id = ANY (( SELECT private.readable_spaces() AS readable_spaces)::uuid[])))))));

create policy read on public.community_settings as permissive for select to authenticated, folkmoot_writer
    using (true);

create policy read on public.conversation_participants as permissive for select to authenticated, folkmoot_writer
    using ((conversation_id = ANY (( SELECT private.caller_conversation_participants_conversation_id() AS caller_conversation_participants_conversation_id)::uuid[])));

create policy read on public.conversations as permissive for select to authenticated, folkmoot_writer
    using (((id = ANY (( SELECT private.caller_conversation_participants_conversation_id() AS caller_conversation_participants_conversation_id)::uuid[])) OR ((started_by = ( SELECT auth.uid() AS uid)) AND (last_message_at IS NULL))));

create policy read on public.courses as permissive for select to authenticated, folkmoot_writer
    using (((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR ((status = 'published'::text) AND ((visibility = 'public'::text) OR ((visibility = 'members'::text) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR ((visibility = 'paid'::text) AND ((required_tier = ANY (( SELECT private.caller_tiers() AS caller_tiers)::text[])) OR ((required_tier IS NULL) AND ( SELECT (cardinality(private.caller_tiers()) > 0)))))))));

create policy read on public.events as permissive for select to authenticated, folkmoot_writer
    using (((visibility = 'public'::text) OR ((visibility = 'members'::text) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR ((visibility = 'paid'::text) AND ((required_tier = ANY (( SELECT private.caller_tiers() AS caller_tiers)::text[])) OR ((required_tier IS NULL) AND ( SELECT (cardinality(private.caller_tiers()) > 0))))) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on public.follows as permissive for select to authenticated, folkmoot_writer
    using ((( SELECT auth.uid() AS uid) IS NOT NULL));

create policy read on public.gamification_config as permissive for select to authenticated, folkmoot_writer
    using (true);

create policy read on public.inboxes as permissive for select to authenticated, folkmoot_writer
    using ((id = ( SELECT auth.uid() AS uid)));

create policy read on public.lesson_progress as permissive for select to authenticated, folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on public.lessons as permissive for select to authenticated, folkmoot_writer
    using (((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR ((course_id = ANY (( SELECT private.readable_courses() AS readable_courses)::uuid[])) AND ((free_preview = true) OR (course_id = ANY (( SELECT private.caller_enrollments_course_id() AS caller_enrollments_course_id)::uuid[]))))));

create policy read on public.levels as permissive for select to authenticated, folkmoot_writer
    using (true);

create policy read on public.likes as permissive for select to authenticated, folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR ((( SELECT auth.uid() AS uid) IS NOT NULL) AND (((target_type = 'comment'::text) AND (EXISTS ( SELECT
   FROM public.comments seen_1
  WHERE ((seen_1.id = likes.target_id) AND (seen_1.deleted_at IS NULL) AND (EXISTS ( SELECT
           FROM public.posts seen_2
          WHERE ((seen_2.id = seen_1.post_id) AND (seen_2.deleted_at IS NULL) AND (seen_2.space_id = ANY (( SELECT private.readable_spaces() AS readable_spaces)::uuid[]))))))))) OR ((target_type = 'post'::text) AND (EXISTS ( SELECT
   FROM public.posts seen_1
  WHERE ((seen_1.id = likes.target_id) AND (seen_1.deleted_at IS NULL) AND (seen_1.space_id = ANY (( SELECT private.readable_spaces() AS readable_spaces)::uuid[]))))))))));

create policy read on public.message_receipts as permissive for select to authenticated
    using ((conversation_id = ANY (( SELECT private.caller_conversation_participants_conversation_id() AS caller_conversation_participants_conversation_id)::uuid[])));

create policy read on public.messages as permissive for select to authenticated, folkmoot_writer
    using ((conversation_id = ANY (( SELECT private.caller_conversation_participants_conversation_id() AS caller_conversation_participants_conversation_id)::uuid[])));

create policy read on public.modules as permissive for select to authenticated
    using ((course_id = ANY (( SELECT private.readable_courses() AS readable_courses)::uuid[])));

create policy read on public.notifications as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on public.points as permissive for select to authenticated, folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on public.posts as permissive for select to authenticated
    using (((deleted_at IS NULL) AND (space_id = ANY (( SELECT private.readable_spaces() AS readable_spaces)::uuid[]))));

create policy read on public.reports as permissive for select to authenticated, folkmoot_writer
    using (((reporter_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read on public.rsvps as permissive for select to authenticated, folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR ((status = 'going'::text) AND (( SELECT auth.uid() AS uid) IS NOT NULL) AND (EXISTS ( SELECT
   FROM public.events seen_1
  WHERE ((seen_1.id = rsvps.event_id) AND ((seen_1.visibility = 'public'::text) OR ((seen_1.visibility = 'members'::text) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR ((seen_1.visibility = 'paid'::text) AND ((seen_1.required_tier = ANY (( SELECT private.caller_tiers() AS caller_tiers)::text[])) OR ((seen_1.required_tier IS NULL) AND ( SELECT (cardinality(private.caller_tiers()) > 0))))) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])))))))));

create policy read on public.space_visits as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on public.spaces as permissive for select to authenticated
    using (((deleted_at IS NULL) AND ((visibility = 'public'::text) OR ((visibility = 'members'::text) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR ((visibility = 'paid'::text) AND ((required_tier = ANY (( SELECT private.caller_tiers() AS caller_tiers)::text[])) OR ((required_tier IS NULL) AND ( SELECT (cardinality(private.caller_tiers()) > 0))))) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])))));

create policy read on tracker.content_items as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.content_metrics as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.financial_metrics as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.goals as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.kanban_boards as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.kanban_columns as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.kanban_tasks as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.metrics as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.platform_metrics as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.roadmaps as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.skill_progression as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.sprints as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.user_configs as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.user_kpis as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.user_profiles as permissive for select to authenticated, folkmoot_writer
    using ((id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.weekly_content_metrics as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.weekly_kpi_entries as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read on tracker.weekly_kpis as permissive for select to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)));

create policy read_as_visitor on academy.courses as permissive for select to anon
    using (((is_published = true) AND (program_id = ANY (ARRAY( SELECT seen_1.id
   FROM academy.programs seen_1
  WHERE (seen_1.is_published = true))))));

create policy read_as_visitor on academy.modules as permissive for select to anon
    using (((is_published = true) AND (course_id = ANY (ARRAY( SELECT seen_1.id
   FROM academy.courses seen_1
  WHERE ((seen_1.is_published = true) AND (seen_1.program_id = ANY (ARRAY( SELECT seen_2.id
           FROM academy.programs seen_2
          WHERE (seen_2.is_published = true))))))))));

create policy read_as_visitor on academy.programs as permissive for select to anon
    using ((is_published = true));

create policy read_as_visitor on community.community_resources as permissive for select to anon
    using (((deleted_at IS NULL) AND (published_at IS NOT NULL) AND (access = 'free'::text)));

create policy read_as_visitor on public.community_settings as permissive for select to anon
    using (true);

create policy read_as_visitor on public.events as permissive for select to anon
    using ((visibility = 'public'::text));

create policy read_as_visitor on public.gamification_config as permissive for select to anon
    using (true);

create policy read_as_visitor on public.lessons as permissive for select to anon
    using (((course_id = ANY (ARRAY( SELECT seen_1.id
   FROM public.courses seen_1
  WHERE ((seen_1.status = 'published'::text) AND (seen_1.visibility = 'public'::text))))) AND (free_preview = true)));

create policy read_as_visitor on public.levels as permissive for select to anon
    using (true);

create policy read_as_visitor on public.modules as permissive for select to anon
    using ((course_id = ANY (ARRAY( SELECT seen_1.id
   FROM public.courses seen_1
  WHERE ((seen_1.status = 'published'::text) AND (seen_1.visibility = 'public'::text))))));

create policy read_as_writer on academy.achievements as permissive for select to folkmoot_writer
    using (((( SELECT auth.uid() AS uid) IS NOT NULL) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read_as_writer on academy.assessments as permissive for select to folkmoot_writer
    using (((EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = assessments.module_id) AND ((seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_1.is_published = true) AND (seen_1.course_id = ANY (( SELECT private.attendable_academy_courses() AS attendable_academy_courses)::uuid[]))))))) OR (EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = assessments.module_id) AND (seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])))))));

create policy read_as_writer on academy.comments as permissive for select to folkmoot_writer
    using ((((deleted_at IS NULL) AND (EXISTS ( SELECT
   FROM academy.discussions seen_1
  WHERE ((seen_1.id = comments.discussion_id) AND (( SELECT auth.uid() AS uid) IS NOT NULL) AND (seen_1.deleted_at IS NULL) AND ((EXISTS ( SELECT
           FROM academy.modules seen_2
          WHERE ((seen_2.id = seen_1.module_id) AND ((seen_2.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_2.is_published = true) AND (seen_2.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[]))))))) OR ((seen_1.module_id IS NULL) AND (seen_1.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[])))))))) OR ((user_id = ( SELECT auth.uid() AS uid)) AND (EXISTS ( SELECT
   FROM academy.discussions seen_1
  WHERE ((seen_1.id = comments.discussion_id) AND (( SELECT auth.uid() AS uid) IS NOT NULL) AND (seen_1.deleted_at IS NULL) AND ((EXISTS ( SELECT
           FROM academy.modules seen_2
          WHERE ((seen_2.id = seen_1.module_id) AND ((seen_2.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_2.is_published = true) AND (seen_2.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[]))))))) OR ((seen_1.module_id IS NULL) AND (seen_1.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[])))) AND (seen_1.is_locked = false))))) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read_as_writer on academy.content_items as permissive for select to folkmoot_writer
    using (((EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = content_items.module_id) AND ((seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_1.is_published = true) AND (seen_1.course_id = ANY (( SELECT private.attendable_academy_courses() AS attendable_academy_courses)::uuid[]))))))) OR (EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = content_items.module_id) AND (seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])))))));

create policy read_as_writer on academy.discussions as permissive for select to folkmoot_writer
    using ((((( SELECT auth.uid() AS uid) IS NOT NULL) AND (deleted_at IS NULL) AND ((EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = discussions.module_id) AND ((seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_1.is_published = true) AND (seen_1.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[]))))))) OR ((module_id IS NULL) AND (course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[]))))) OR ((user_id = ( SELECT auth.uid() AS uid)) AND (is_pinned = false) AND (is_locked = false)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read_as_writer on academy.enrollments as permissive for select to folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR ((user_id = ( SELECT auth.uid() AS uid)) AND ((status = 'active'::text) OR (status = 'paused'::text) OR (status = 'dropped'::text)))));

create policy read_as_writer on coaching.assessment_questions as permissive for select to folkmoot_writer
    using (((assessment_id = ANY (( SELECT private.readable_coaching_assessments() AS readable_coaching_assessments)::uuid[])) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read_as_writer on coaching.assessments as permissive for select to folkmoot_writer
    using ((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read_as_writer on coaching.competency_display_names as permissive for select to folkmoot_writer
    using ((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read_as_writer on coaching.competency_leverage_strengths as permissive for select to folkmoot_writer
    using ((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read_as_writer on coaching.learning_path_categories as permissive for select to folkmoot_writer
    using ((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read_as_writer on coaching.learning_resources as permissive for select to folkmoot_writer
    using ((((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))) AND (category_id = ANY (( SELECT private.readable_coaching_learning_path_categories() AS readable_coaching_learning_path_categories)::uuid[]))) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read_as_writer on coaching.skill_tags as permissive for select to folkmoot_writer
    using ((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read_as_writer on coaching.tag_actions as permissive for select to folkmoot_writer
    using ((((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))) AND (skill_tag_id = ANY (( SELECT private.readable_coaching_skill_tags() AS readable_coaching_skill_tags)::uuid[]))) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read_as_writer on coaching.tag_insights as permissive for select to folkmoot_writer
    using (((skill_tag_id = ANY (( SELECT private.readable_coaching_skill_tags() AS readable_coaching_skill_tags)::uuid[])) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read_as_writer on community.action_types as permissive for select to folkmoot_writer
    using (((( SELECT auth.uid() AS uid) IS NOT NULL) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read_as_writer on community.community_post_replies as permissive for select to folkmoot_writer
    using ((((deleted_at IS NULL) AND (EXISTS ( SELECT
   FROM community.community_posts seen_1
  WHERE ((seen_1.id = community_post_replies.post_id) AND (seen_1.deleted_at IS NULL) AND (( SELECT auth.uid() AS uid) IS NOT NULL))))) OR (author_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read_as_writer on community.community_posts as permissive for select to folkmoot_writer
    using ((((deleted_at IS NULL) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR ((author_id = ( SELECT auth.uid() AS uid)) AND (is_pinned = false)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read_as_writer on community.resource_ratings as permissive for select to folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR ((( SELECT auth.uid() AS uid) IS NOT NULL) AND (resource_id = ANY (( SELECT private.readable_community_community_resources() AS readable_community_community_resources)::uuid[]))) OR ((user_id = ( SELECT auth.uid() AS uid)) AND (resource_id = ANY (( SELECT private.readable_community_community_resources() AS readable_community_community_resources)::uuid[])))));

create policy read_as_writer on community.track_goals as permissive for select to folkmoot_writer
    using (((( SELECT auth.uid() AS uid) IS NOT NULL) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read_as_writer on community.tracks as permissive for select to folkmoot_writer
    using (((( SELECT auth.uid() AS uid) IS NOT NULL) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy read_as_writer on community.user_goal_history as permissive for select to folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR ((user_id = ( SELECT auth.uid() AS uid)) AND (((status = 'active'::text) AND (paused_at IS NULL) AND (completed_at IS NULL)) OR ((status = 'paused'::text) AND (paused_at IS NOT NULL) AND (completed_at IS NULL)) OR ((status = 'completed'::text) AND (completed_at IS NOT NULL))))));

create policy read_as_writer on public.comments as permissive for select to folkmoot_writer
    using ((((deleted_at IS NULL) AND (EXISTS ( SELECT
   FROM public.posts seen_1
  WHERE ((seen_1.id = comments.post_id) AND (seen_1.deleted_at IS NULL) AND (seen_1.space_id = ANY (( SELECT private.readable_spaces() AS readable_spaces)::uuid[])))))) OR (author_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read_as_writer on public.message_receipts as permissive for select to folkmoot_writer
    using (((conversation_id = ANY (( SELECT private.caller_conversation_participants_conversation_id() AS caller_conversation_participants_conversation_id)::uuid[])) OR (user_id = ( SELECT auth.uid() AS uid))));

create policy read_as_writer on public.modules as permissive for select to folkmoot_writer
    using (((course_id = ANY (( SELECT private.readable_courses() AS readable_courses)::uuid[])) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read_as_writer on public.posts as permissive for select to folkmoot_writer
    using ((((deleted_at IS NULL) AND (space_id = ANY (( SELECT private.readable_spaces() AS readable_spaces)::uuid[]))) OR (author_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy read_as_writer on public.spaces as permissive for select to folkmoot_writer
    using ((((deleted_at IS NULL) AND ((visibility = 'public'::text) OR ((visibility = 'members'::text) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR ((visibility = 'paid'::text) AND ((required_tier = ANY (( SELECT private.caller_tiers() AS caller_tiers)::text[])) OR ((required_tier IS NULL) AND ( SELECT (cardinality(private.caller_tiers()) > 0))))) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])))) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text)));

create policy update on academy.achievements as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on academy.assessments as permissive for update to folkmoot_writer
    using ((EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = assessments.module_id) AND (seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[]))))))
    with check ((EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = assessments.module_id) AND (seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[]))))));

create policy update on academy.comments as permissive for update to folkmoot_writer
    using ((((user_id = ( SELECT auth.uid() AS uid)) AND (EXISTS ( SELECT
   FROM academy.discussions seen_1
  WHERE ((seen_1.id = comments.discussion_id) AND (( SELECT auth.uid() AS uid) IS NOT NULL) AND (seen_1.deleted_at IS NULL) AND ((EXISTS ( SELECT
           FROM academy.modules seen_2
          WHERE ((seen_2.id = seen_1.module_id) AND ((seen_2.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_2.is_published = true) AND (seen_2.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[]))))))) OR ((seen_1.module_id IS NULL) AND (seen_1.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[])))) AND (seen_1.is_locked = false))))) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))))
    with check ((((user_id = ( SELECT auth.uid() AS uid)) AND (EXISTS ( SELECT
   FROM academy.discussions seen_1
  WHERE ((seen_1.id = comments.discussion_id) AND (( SELECT auth.uid() AS uid) IS NOT NULL) AND (seen_1.deleted_at IS NULL) AND ((EXISTS ( SELECT
           FROM academy.modules seen_2
          WHERE ((seen_2.id = seen_1.module_id) AND ((seen_2.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])) OR ((seen_2.is_published = true) AND (seen_2.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[]))))))) OR ((seen_1.module_id IS NULL) AND (seen_1.course_id = ANY (( SELECT private.readable_academy_courses() AS readable_academy_courses)::uuid[])))) AND (seen_1.is_locked = false))))) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy update on academy.content_items as permissive for update to folkmoot_writer
    using ((EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = content_items.module_id) AND (seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[]))))))
    with check ((EXISTS ( SELECT
   FROM academy.modules seen_1
  WHERE ((seen_1.id = content_items.module_id) AND (seen_1.course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[]))))));

create policy update on academy.courses as permissive for update to folkmoot_writer
    using ((program_id = ANY (( SELECT private.editable_academy_programs() AS editable_academy_programs)::uuid[])))
    with check ((program_id = ANY (( SELECT private.editable_academy_programs() AS editable_academy_programs)::uuid[])));

create policy update on academy.discussions as permissive for update to folkmoot_writer
    using ((((user_id = ( SELECT auth.uid() AS uid)) AND (is_pinned = false) AND (is_locked = false)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))))
    with check ((((user_id = ( SELECT auth.uid() AS uid)) AND (is_pinned = false) AND (is_locked = false)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy update on academy.enrollments as permissive for update to authenticated, folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) AND ((status = 'active'::text) OR (status = 'paused'::text) OR (status = 'dropped'::text))))
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND ((status = 'active'::text) OR (status = 'paused'::text) OR (status = 'dropped'::text))));

create policy update on academy.modules as permissive for update to folkmoot_writer
    using ((course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])))
    with check ((course_id = ANY (( SELECT private.editable_academy_courses() AS editable_academy_courses)::uuid[])));

create policy update on academy.programs as permissive for update to folkmoot_writer
    using (((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR (created_by = ( SELECT auth.uid() AS uid))))
    with check (((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR (created_by = ( SELECT auth.uid() AS uid))));

create policy update on academy.progress as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on academy.users as permissive for update to authenticated, folkmoot_writer
    using ((id = ( SELECT auth.uid() AS uid)))
    with check ((id = ( SELECT auth.uid() AS uid)));

create policy update on coaching.assessment_questions as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on coaching.assessments as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on coaching.competency_display_names as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on coaching.competency_leverage_strengths as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on coaching.learning_path_categories as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on coaching.learning_resources as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on coaching.skill_tags as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on coaching.tag_actions as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on coaching.tag_insights as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on coaching.user_attempts as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on community.action_types as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on community.community_post_replies as permissive for update to folkmoot_writer
    using (((author_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))))
    with check (((author_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy update on community.community_posts as permissive for update to folkmoot_writer
    using ((((author_id = ( SELECT auth.uid() AS uid)) AND (is_pinned = false)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))))
    with check ((((author_id = ( SELECT auth.uid() AS uid)) AND (is_pinned = false)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy update on community.community_resources as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])))
    with check ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

create policy update on community.profiles as permissive for update to authenticated, folkmoot_writer
    using ((id = ( SELECT auth.uid() AS uid)))
    with check ((id = ( SELECT auth.uid() AS uid)));

create policy update on community.resource_ratings as permissive for update to folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) AND (resource_id = ANY (( SELECT private.readable_community_community_resources() AS readable_community_community_resources)::uuid[]))))
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (resource_id = ANY (( SELECT private.readable_community_community_resources() AS readable_community_community_resources)::uuid[]))));

create policy update on community.track_goals as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on community.tracks as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on community.user_actions as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on community.user_goal_history as permissive for update to authenticated, folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) AND (((status = 'active'::text) AND (paused_at IS NULL) AND (completed_at IS NULL)) OR ((status = 'paused'::text) AND (paused_at IS NOT NULL) AND (completed_at IS NULL)) OR ((status = 'completed'::text) AND (completed_at IS NOT NULL)))))
    with check (((user_id = ( SELECT auth.uid() AS uid)) AND (((status = 'active'::text) AND (paused_at IS NULL) AND (completed_at IS NULL)) OR ((status = 'paused'::text) AND (paused_at IS NOT NULL) AND (completed_at IS NULL)) OR ((status = 'completed'::text) AND (completed_at IS NOT NULL)))));

create policy update on public.community_settings as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on public.events as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])))
    with check ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

create policy update on public.gamification_config as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on public.lesson_progress as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on public.lessons as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])))
    with check ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

create policy update on public.levels as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = 'admin'::text))
    with check ((( SELECT private.caller_role() AS caller_role) = 'admin'::text));

create policy update on public.message_receipts as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on public.modules as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])))
    with check ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

create policy update on public.notifications as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on public.reports as permissive for update to folkmoot_writer
    using ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])))
    with check ((( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

create policy update on public.rsvps as permissive for update to folkmoot_writer
    using (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))))
    with check (((user_id = ( SELECT auth.uid() AS uid)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))));

create policy update on public.space_visits as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.content_items as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.content_metrics as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.financial_metrics as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.goals as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.kanban_boards as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.kanban_columns as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.kanban_tasks as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.metrics as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.platform_metrics as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.roadmaps as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.skill_progression as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.sprints as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.user_configs as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.user_kpis as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.user_profiles as permissive for update to authenticated, folkmoot_writer
    using ((id = ( SELECT auth.uid() AS uid)))
    with check ((id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.weekly_content_metrics as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.weekly_kpi_entries as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

create policy update on tracker.weekly_kpis as permissive for update to authenticated, folkmoot_writer
    using ((user_id = ( SELECT auth.uid() AS uid)))
    with check ((user_id = ( SELECT auth.uid() AS uid)));

revoke update on table derived.copy_queue from derived_owner;
revoke insert (level, points), update (level, points) on table public.users from service_role;
revoke update (created_at) on table public.users from derived_owner;
grant usage on schema private to service_role;
grant select (lesson_count), update (lesson_count) on table public.courses to derived_owner;
grant select (completed_lesson_count, completion_percentage, course_id, id, lesson_count), update (completed_lesson_count, completion_percentage, lesson_count) on table public.enrollments to derived_owner;
grant select (follower_count, following_count, level, points), update (follower_count, following_count, level, points) on table public.users to derived_owner;
comment on table derived.copy_queue is 'Fields to bring up to date: for one source row, or for every row.';
alter table derived.copy_queue set (autovacuum_vacuum_cost_delay = 0);
alter table public.comments set (autovacuum_vacuum_cost_delay = 0);
alter table public.courses set (autovacuum_vacuum_cost_delay = 0);
alter table public.enrollments set (autovacuum_vacuum_cost_delay = 0);
alter table public.posts set (autovacuum_vacuum_cost_delay = 0);
alter table public.users set (autovacuum_vacuum_cost_delay = 0);
alter table derived.copy_queue set (autovacuum_vacuum_scale_factor = 0.01);
alter table public.comments set (autovacuum_vacuum_scale_factor = 0.01);
alter table public.courses set (autovacuum_vacuum_scale_factor = 0.01);
alter table public.enrollments set (autovacuum_vacuum_scale_factor = 0.01);
alter table public.posts set (autovacuum_vacuum_scale_factor = 0.01);
alter table public.users set (autovacuum_vacuum_scale_factor = 0.01);
alter table derived.copy_queue set (autovacuum_vacuum_threshold = 500);
alter table public.comments set (autovacuum_vacuum_threshold = 500);
alter table public.courses set (autovacuum_vacuum_threshold = 500);
alter table public.enrollments set (autovacuum_vacuum_threshold = 500);
alter table public.posts set (autovacuum_vacuum_threshold = 500);
alter table public.users set (autovacuum_vacuum_threshold = 500);
alter table public.enrollments set (fillfactor = 85);
alter table public.users set (fillfactor = 85);
alter publication folkmoot add table academy.achievements;
alter publication folkmoot add table academy.assessment_attempts;
alter publication folkmoot add table academy.assessments;
alter publication folkmoot add table academy.certificates;
alter publication folkmoot add table academy.comments;
alter publication folkmoot add table academy.content_items;
alter publication folkmoot add table academy.courses;
alter publication folkmoot add table academy.discussions;
alter publication folkmoot add table academy.enrollments;
alter publication folkmoot add table academy.modules;
alter publication folkmoot add table academy.programs;
alter publication folkmoot add table academy.progress;
alter publication folkmoot add table academy.user_achievements;
alter publication folkmoot add table academy.users;
alter publication folkmoot add table coaching.assessment_questions;
alter publication folkmoot add table coaching.assessments;
alter publication folkmoot add table coaching.competency_display_names;
alter publication folkmoot add table coaching.competency_leverage_strengths;
alter publication folkmoot add table coaching.learning_path_categories;
alter publication folkmoot add table coaching.learning_resources;
alter publication folkmoot add table coaching.skill_tags;
alter publication folkmoot add table coaching.tag_actions;
alter publication folkmoot add table coaching.tag_insights;
alter publication folkmoot add table coaching.user_attempts;
alter publication folkmoot add table coaching.user_responses;
alter publication folkmoot add table community.action_types;
alter publication folkmoot add table community.community_post_likes;
alter publication folkmoot add table community.community_post_replies;
alter publication folkmoot add table community.community_posts;
alter publication folkmoot add table community.community_resources;
alter publication folkmoot add table community.goal_metrics;
alter publication folkmoot add table community.profiles;
alter publication folkmoot add table community.resource_downloads;
alter publication folkmoot add table community.resource_ratings;
alter publication folkmoot add table community.track_goals;
alter publication folkmoot add table community.tracks;
alter publication folkmoot add table community.user_actions;
alter publication folkmoot add table community.user_goal_history;
alter publication folkmoot add table public.community_settings;
alter publication folkmoot add table public.conversation_participants;
alter publication folkmoot add table public.conversations;
alter publication folkmoot add table public.events;
alter publication folkmoot add table public.follows;
alter publication folkmoot add table public.gamification_config;
alter publication folkmoot add table public.inboxes;
alter publication folkmoot add table public.lesson_progress;
alter publication folkmoot add table public.lessons;
alter publication folkmoot add table public.levels;
alter publication folkmoot add table public.message_receipts;
alter publication folkmoot add table public.messages;
alter publication folkmoot add table public.modules;
alter publication folkmoot add table public.notifications;
alter publication folkmoot add table public.points;
alter publication folkmoot add table public.reports;
alter publication folkmoot add table public.rsvps;
alter publication folkmoot add table public.space_visits;
alter publication folkmoot add table tracker.content_items;
alter publication folkmoot add table tracker.content_metrics;
alter publication folkmoot add table tracker.financial_metrics;
alter publication folkmoot add table tracker.goals;
alter publication folkmoot add table tracker.kanban_boards;
alter publication folkmoot add table tracker.kanban_columns;
alter publication folkmoot add table tracker.kanban_tasks;
alter publication folkmoot add table tracker.metrics;
alter publication folkmoot add table tracker.platform_metrics;
alter publication folkmoot add table tracker.roadmaps;
alter publication folkmoot add table tracker.skill_progression;
alter publication folkmoot add table tracker.sprints;
alter publication folkmoot add table tracker.user_configs;
alter publication folkmoot add table tracker.user_kpis;
alter publication folkmoot add table tracker.user_profiles;
alter publication folkmoot add table tracker.weekly_content_metrics;
alter publication folkmoot add table tracker.weekly_kpi_entries;
alter publication folkmoot add table tracker.weekly_kpis;
alter publication supabase_realtime add table community.community_posts;
alter publication supabase_realtime add table public.comments;
alter publication supabase_realtime add table public.inboxes;
alter publication supabase_realtime add table public.messages;
alter publication supabase_realtime add table public.notifications;
alter publication supabase_realtime add table public.posts;
alter table academy.enrollments replica identity full;
alter table public.conversation_participants replica identity full;
alter table public.enrollments replica identity full;
insert into "public"."inboxes" (id, created_at) select one.id, one.created_at from "public"."users" as one on conflict (id) do nothing;
insert into "community"."profiles" (id, created_at) select one.id, one.created_at from "public"."users" as one on conflict (id) do nothing;
insert into "academy"."users" (id, created_at) select one.id, one.created_at from "public"."users" as one on conflict (id) do nothing;
