"""What the coaching hub's design document names: 11 tables, two functions, three checks of the content."""

from tests.domains.documented import Documented

_TABLES = {
    "assessments": "id slug title description difficulty estimated_duration framework is_active created_at"
    " updated_at",
    "assessment_questions": "id assessment_id question_order question option_a option_b option_c option_d"
    " correct_answer explanation competency_area difficulty_weight assessment_level created_at",
    "user_attempts": "id user_id assessment_id score time_spent completed_at created_at frontend_insights"
    " insights_generated_at",
    "user_responses": "id attempt_id question_id selected_answer is_correct response_time created_at",
    "skill_tags": "id name competency_area framework sort_order assessment_level is_active created_at",
    "tag_insights": "id skill_tag_id insight_text insight_type context_level created_at",
    "tag_actions": "id skill_tag_id action_text is_active created_at",
    "competency_display_names": "id competency_key display_name framework is_active created_at",
    "competency_leverage_strengths": "id competency_area leverage_text score_range_min score_range_max"
    " framework context_level priority_order is_active created_at",
    "learning_path_categories": "id category_title category_description category_icon competency_areas"
    " assessment_level priority_order is_active created_at",
    "learning_resources": "id category_id title description resource_type url author_instructor"
    " competency_areas assessment_level is_active created_at",
}

COACHING = Documented(
    tables={f"coaching.{name}": columns for name, columns in _TABLES.items()},
    indexes={
        "coaching.assessments": ["slug", "framework", "is_active"],
        "coaching.assessment_questions": [
            "assessment_id",
            "assessment_id question_order",
            "competency_area",
            "assessment_level",
        ],
        "coaching.user_attempts": ["user_id", "assessment_id", "completed_at", "score"],
        "coaching.user_responses": ["attempt_id", "question_id", "is_correct"],
        "coaching.skill_tags": ["framework assessment_level", "competency_area", "is_active"],
        "coaching.tag_insights": ["skill_tag_id", "insight_type"],
        "coaching.tag_actions": ["skill_tag_id", "is_active"],
        "coaching.competency_display_names": ["framework"],
        "coaching.competency_leverage_strengths": [
            "competency_area",
            "framework",
            "score_range_min score_range_max",
        ],
        "coaching.learning_path_categories": ["assessment_level", "is_active"],
        "coaching.learning_resources": ["category_id", "resource_type", "assessment_level", "is_active"],
    },
    gin={
        "coaching.user_attempts": ["frontend_insights"],
        "coaching.learning_path_categories": ["competency_areas"],
        "coaching.learning_resources": ["competency_areas"],
    },
    unique={
        "coaching.assessments": ["slug"],
        "coaching.skill_tags": ["name competency_area framework assessment_level"],
        "coaching.tag_insights": ["skill_tag_id insight_type context_level"],
        "coaching.tag_actions": ["skill_tag_id"],
        "coaching.competency_display_names": ["competency_key framework"],
    },
    checks={
        "coaching.assessments": ["difficulty", "framework"],
        "coaching.assessment_questions": ["correct_answer", "assessment_level"],
        "coaching.user_attempts": ["score"],
        "coaching.user_responses": ["selected_answer"],
        "coaching.skill_tags": ["framework", "assessment_level"],
        "coaching.tag_insights": ["insight_type"],
        "coaching.competency_display_names": ["framework"],
        "coaching.competency_leverage_strengths": ["framework"],
        "coaching.learning_path_categories": ["assessment_level"],
        "coaching.learning_resources": ["resource_type", "assessment_level"],
    },
    foreign_keys={
        "coaching.assessment_questions.assessment_id": "coaching.assessments",
        "coaching.user_attempts.user_id": "public.users",
        "coaching.user_attempts.assessment_id": "coaching.assessments",
        "coaching.user_responses.attempt_id": "coaching.user_attempts",
        "coaching.user_responses.question_id": "coaching.assessment_questions",
        "coaching.tag_insights.skill_tag_id": "coaching.skill_tags",
        "coaching.tag_actions.skill_tag_id": "coaching.skill_tags",
        "coaching.learning_resources.category_id": "coaching.learning_path_categories",
    },
    functions=[
        "coaching.get_learning_paths_for_assessment(text[], integer)",
        "coaching.store_frontend_insights(uuid, jsonb)",
    ],
    policies=[
        *((f"coaching.{name}", "select", "authenticated") for name in _TABLES),
        # The document lets browsers insert these; scores are the service's to compute, so it inserts them.
        ("coaching.user_attempts", "insert", "folkmoot_writer"),
        ("coaching.user_responses", "insert", "folkmoot_writer"),
    ],
    views=[
        "coaching.assessments_without_questions title question_count",
        "coaching.incomplete_skill_tags name competency_area insights_count actions_count",
        "coaching.learning_resources_without_url title url",
    ],
)
