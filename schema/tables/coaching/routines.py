"""What browsers call after an assessment: learning paths, insights to keep, and the answers at last."""

from schema.language import Routine, View

SUBMITTED_ANSWERS = Routine(
    "private.submitted_answers",
    returns="""table (
    attempt_id uuid,
    question_id uuid,
    question_order integer,
    question text,
    option_a text,
    option_b text,
    option_c text,
    option_d text,
    competency_area text,
    selected_answer integer,
    is_correct boolean,
    correct_answer integer,
    explanation text
)""",
    body="""
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
""",
    volatility="stable",
    definer=True,
    callers=("authenticated", "folkmoot_writer", "service_role"),
    comment="Every question of every attempt that the caller has submitted, with its answer.",
)

ATTEMPT_ANSWERS = View(
    "coaching.attempt_answers",
    query="""
select
    attempt_id, question_id, question_order, question, option_a, option_b, option_c, option_d,
    competency_area, selected_answer, is_correct, correct_answer, explanation
from private.submitted_answers()
""",
    readers=("authenticated", "folkmoot_writer"),
    comment="What the caller answered in submitted attempts, what was right, and why. Unanswered is wrong.",
)

# The document always looks at level core-i and never at `overall_score`: no argument names an assessment or a
# level. But the score and the caller say which attempt is meant: the latest with that score or, failing that,
# the latest at all; and its questions say the level. Whoever has submitted none that says one gets the paths
# of core-i, as documented.
GET_LEARNING_PATHS = Routine(
    "coaching.get_learning_paths_for_assessment",
    arguments="weak_competency_areas text[], overall_score integer",
    returns="""table (
    category_id uuid,
    category_title text,
    category_description text,
    category_icon text,
    resources json[]
)""",
    body="""
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
""",
    volatility="stable",
    callers=("authenticated", "folkmoot_writer", "service_role"),
    comment="Learning resources for the competencies in which the caller did badly, by category.",
)

STORE_INSIGHTS = Routine(
    "coaching.store_frontend_insights",
    arguments="attempt_uuid uuid, frontend_insights jsonb",
    returns="boolean",
    # Qualified with the function's name: the bare one is the column, which would be set to itself.
    body="""
with stored as (
    update coaching.user_attempts as attempt
    set frontend_insights = store_frontend_insights.frontend_insights, insights_generated_at = now()
    where attempt.id = attempt_uuid
    returning attempt.id
)
select exists (select from stored)
""",
    callers=("authenticated", "folkmoot_writer", "service_role"),
    comment="Keep what the browser made of an attempt of the caller; false when there is no such attempt.",
)
