-- Written by `folkmoot schema diff`, from the tables in schema/tables.
-- Nothing here looks at every row of a table that is in use.

set lock_timeout = '4s';
create schema searches;
grant usage on schema searches to anon, authenticated, folkmoot_writer;

create view searches.academy_courses_seen_by_people as
 SELECT id,
    created_at,
    program_id,
    slug,
    title,
    description,
    order_index,
    estimated_hours,
    prerequisites,
    learning_objectives,
    is_published,
    content_item_count,
    updated_at
   FROM academy.courses one
  WHERE (((program_id = ANY (( SELECT private.editable_academy_programs() AS editable_academy_programs)::uuid[])) IS TRUE) OR ((is_published = true) AND ((program_id = ANY (( SELECT private.readable_academy_programs() AS readable_academy_programs)::uuid[])) IS TRUE)));

revoke all on table searches.academy_courses_seen_by_people from public, anon, authenticated, service_role;
grant select on table searches.academy_courses_seen_by_people to authenticated, folkmoot_writer;

create view searches.academy_courses_seen_by_visitors as
 SELECT id,
    created_at,
    program_id,
    slug,
    title,
    description,
    order_index,
    estimated_hours,
    prerequisites,
    learning_objectives,
    is_published,
    content_item_count,
    updated_at
   FROM academy.courses one
  WHERE ((is_published = true) AND ((program_id = ANY (ARRAY( SELECT seen_1.id
           FROM academy.programs seen_1
          WHERE (seen_1.is_published = true)))) IS TRUE));

revoke all on table searches.academy_courses_seen_by_visitors from public, anon, authenticated, service_role;
grant select on table searches.academy_courses_seen_by_visitors to anon;

create view searches.academy_programs_seen_by_people as
 SELECT id,
    created_at,
    slug,
    title,
    description,
    overview,
    difficulty_level,
    estimated_duration_weeks,
    thumbnail_url,
    is_published,
    created_by,
    content_item_count,
    updated_at
   FROM academy.programs one
  WHERE ((is_published = true) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR (created_by = ( SELECT auth.uid() AS uid)));

revoke all on table searches.academy_programs_seen_by_people from public, anon, authenticated, service_role;
grant select on table searches.academy_programs_seen_by_people to authenticated, folkmoot_writer;

create view searches.academy_programs_seen_by_visitors as
 SELECT id,
    created_at,
    slug,
    title,
    description,
    overview,
    difficulty_level,
    estimated_duration_weeks,
    thumbnail_url,
    is_published,
    created_by,
    content_item_count,
    updated_at
   FROM academy.programs one
  WHERE (is_published = true);

revoke all on table searches.academy_programs_seen_by_visitors from public, anon, authenticated, service_role;
grant select on table searches.academy_programs_seen_by_visitors to anon;

create view searches.coaching_learning_path_categories_seen_by_people as
 SELECT id,
    created_at,
    category_title,
    category_description,
    category_icon,
    competency_areas,
    assessment_level,
    priority_order,
    is_active,
    updated_at
   FROM coaching.learning_path_categories one
  WHERE (((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

revoke all on table searches.coaching_learning_path_categories_seen_by_people from public, anon, authenticated, service_role;
grant select on table searches.coaching_learning_path_categories_seen_by_people to authenticated;

create view searches.coaching_learning_path_categories_seen_by_writer as
 SELECT id,
    created_at,
    category_title,
    category_description,
    category_icon,
    competency_areas,
    assessment_level,
    priority_order,
    is_active,
    updated_at
   FROM coaching.learning_path_categories one
  WHERE (((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text));

revoke all on table searches.coaching_learning_path_categories_seen_by_writer from public, anon, authenticated, service_role;
grant select on table searches.coaching_learning_path_categories_seen_by_writer to folkmoot_writer;

create view searches.coaching_learning_resources_seen_by_people as
 SELECT id,
    created_at,
    category_id,
    title,
    description,
    resource_type,
    url,
    author_instructor,
    competency_areas,
    assessment_level,
    is_active,
    updated_at
   FROM coaching.learning_resources one
  WHERE ((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))) AND ((category_id = ANY (( SELECT private.readable_coaching_learning_path_categories() AS readable_coaching_learning_path_categories)::uuid[])) IS TRUE));

revoke all on table searches.coaching_learning_resources_seen_by_people from public, anon, authenticated, service_role;
grant select on table searches.coaching_learning_resources_seen_by_people to authenticated;

create view searches.coaching_learning_resources_seen_by_writer as
 SELECT id,
    created_at,
    category_id,
    title,
    description,
    resource_type,
    url,
    author_instructor,
    competency_areas,
    assessment_level,
    is_active,
    updated_at
   FROM coaching.learning_resources one
  WHERE (((((is_active = true) AND (( SELECT auth.uid() AS uid) IS NOT NULL)) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text]))) AND ((category_id = ANY (( SELECT private.readable_coaching_learning_path_categories() AS readable_coaching_learning_path_categories)::uuid[])) IS TRUE)) OR (( SELECT private.caller_role() AS caller_role) = 'admin'::text));

revoke all on table searches.coaching_learning_resources_seen_by_writer from public, anon, authenticated, service_role;
grant select on table searches.coaching_learning_resources_seen_by_writer to folkmoot_writer;

create view searches.coaching_user_attempts_seen_by_people as
 SELECT id,
    created_at,
    user_id,
    assessment_id,
    score,
    time_spent,
    completed_at,
    frontend_insights,
    insights_generated_at,
    updated_at
   FROM coaching.user_attempts one
  WHERE (user_id = ( SELECT auth.uid() AS uid));

revoke all on table searches.coaching_user_attempts_seen_by_people from public, anon, authenticated, service_role;
grant select on table searches.coaching_user_attempts_seen_by_people to authenticated, folkmoot_writer;

create view searches.community_community_resources_seen_by_people as
 SELECT access,
    id,
    created_at,
    title,
    description,
    type,
    category,
    file_url,
    file_size,
    format,
    difficulty,
    tags,
    download_count,
    rating,
    is_popular,
    is_new,
    published_at,
    deleted_at,
    updated_at,
    rating_sum,
    rating_count
   FROM community.community_resources one
  WHERE (((deleted_at IS NULL) AND (published_at IS NOT NULL) AND ((access = 'free'::text) OR ((access = 'member-only'::text) AND ( SELECT (cardinality(private.caller_tiers()) > 0))))) OR (( SELECT private.caller_role() AS caller_role) = ANY (ARRAY['moderator'::text, 'admin'::text])));

revoke all on table searches.community_community_resources_seen_by_people from public, anon, authenticated, service_role;
grant select on table searches.community_community_resources_seen_by_people to authenticated, folkmoot_writer;

create view searches.community_community_resources_seen_by_visitors as
 SELECT access,
    id,
    created_at,
    title,
    description,
    type,
    category,
    file_url,
    file_size,
    format,
    difficulty,
    tags,
    download_count,
    rating,
    is_popular,
    is_new,
    published_at,
    deleted_at,
    updated_at,
    rating_sum,
    rating_count
   FROM community.community_resources one
  WHERE ((deleted_at IS NULL) AND (published_at IS NOT NULL) AND (access = 'free'::text));

revoke all on table searches.community_community_resources_seen_by_visitors from public, anon, authenticated, service_role;
grant select on table searches.community_community_resources_seen_by_visitors to anon;

create view searches.tracker_goals_seen_by_people as
 SELECT id,
    created_at,
    user_id,
    goal_id,
    name,
    yearly_target,
    unit,
    category,
    is_numeric,
    monthly,
    monthly_targets,
    current_total,
    progress_pct,
    updated_at
   FROM tracker.goals one
  WHERE (user_id = ( SELECT auth.uid() AS uid));

revoke all on table searches.tracker_goals_seen_by_people from public, anon, authenticated, service_role;
grant select on table searches.tracker_goals_seen_by_people to authenticated, folkmoot_writer;

create view searches.tracker_kanban_tasks_seen_by_people as
 SELECT id,
    created_at,
    user_id,
    board_id,
    task_id,
    column_id,
    title,
    description,
    assignee,
    priority,
    due_date,
    labels,
    time_spent,
    "position",
    is_deleted,
    deleted_at,
    updated_at
   FROM tracker.kanban_tasks one
  WHERE (user_id = ( SELECT auth.uid() AS uid));

revoke all on table searches.tracker_kanban_tasks_seen_by_people from public, anon, authenticated, service_role;
grant select on table searches.tracker_kanban_tasks_seen_by_people to authenticated, folkmoot_writer;

create view searches.tracker_metrics_seen_by_people as
 SELECT id,
    created_at,
    user_id,
    date,
    data,
    updated_at
   FROM tracker.metrics one
  WHERE (user_id = ( SELECT auth.uid() AS uid));

revoke all on table searches.tracker_metrics_seen_by_people from public, anon, authenticated, service_role;
grant select on table searches.tracker_metrics_seen_by_people to authenticated, folkmoot_writer;

create view searches.tracker_roadmaps_seen_by_people as
 SELECT id,
    created_at,
    user_id,
    roadmap_id,
    data,
    updated_at
   FROM tracker.roadmaps one
  WHERE (user_id = ( SELECT auth.uid() AS uid));

revoke all on table searches.tracker_roadmaps_seen_by_people from public, anon, authenticated, service_role;
grant select on table searches.tracker_roadmaps_seen_by_people to authenticated, folkmoot_writer;

create view searches.tracker_skill_progression_seen_by_people as
 SELECT id,
    created_at,
    user_id,
    skill_id,
    skill_name,
    category,
    current_level,
    target_level,
    progress_data,
    updated_at
   FROM tracker.skill_progression one
  WHERE (user_id = ( SELECT auth.uid() AS uid));

revoke all on table searches.tracker_skill_progression_seen_by_people from public, anon, authenticated, service_role;
grant select on table searches.tracker_skill_progression_seen_by_people to authenticated, folkmoot_writer;

create view searches.tracker_weekly_kpis_seen_by_people as
 SELECT id,
    created_at,
    user_id,
    week_key,
    data,
    updated_at
   FROM tracker.weekly_kpis one
  WHERE (user_id = ( SELECT auth.uid() AS uid));

revoke all on table searches.tracker_weekly_kpis_seen_by_people from public, anon, authenticated, service_role;
grant select on table searches.tracker_weekly_kpis_seen_by_people to authenticated, folkmoot_writer;
