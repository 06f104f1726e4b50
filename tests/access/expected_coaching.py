"""Coaching content is for everyone signed in while it is in use; attempts are their owner's alone.

Scores and answers are the service's to write. The right answers are nobody's to read from the questions.
"""

from collections.abc import Mapping

from tests.access.expectation import CALLER, MODERATORS, OWNER, SIGNED_IN, Expected, The, the


def _content(
    table: str,
    values: Mapping[str, object],
    *,
    further: str,
    case: str = "",
    more: Mapping[str, object] | None = None,
    fixed: Mapping[str, The] | None = None,
    changes: Mapping[str, object] | None = None,
    read: str = SIGNED_IN,
    hidden: str = "",
) -> Expected:
    """Expect content that admins write; `more` holds in this case, and `fixed` columns never change."""
    row = {**values, **(fixed or {}), **(more or {})}
    return Expected(
        table=f"coaching.{table}",
        case=case,
        row=row,
        new=row,
        new_optional=further,
        changes=changes or {},
        read=read,
        insert="admin",
        update={" ".join((*values, *further.split())): "admin"},
        delete="admin",
        hidden=hidden,
    )


_ASSESSMENT = {"slug": "core-i", "title": "CORE I", "framework": "core"}
_QUESTION = {
    "question_order": 1,
    "question": "Which is it?",
    "option_a": "This",
    "option_b": "That",
    "option_c": "Both",
    "option_d": "Neither",
    "correct_answer": 2,
    "explanation": "It is always both.",
    "competency_area": "active_listening",
}
_TAG = {"name": "Paraphrasing", "competency_area": "active_listening", "framework": "core"}
_INSIGHT = {"insight_text": "You listen.", "insight_type": "strength"}
_ACTION = {"action_text": "Listen more."}
_NAME = {"competency_key": "active_listening", "display_name": "Active Listening", "framework": "core"}
_CATEGORY = {"category_title": "Listening"}
_RESOURCE = {"title": "Time to Think", "resource_type": "book"}

_IN_ACTIVE = {"assessment_id": the("coaching.assessments", "active")}
_IN_INACTIVE = {"assessment_id": the("coaching.assessments", "inactive")}
_ON_ACTIVE = {"skill_tag_id": the("coaching.skill_tags", "active")}
_ON_INACTIVE = {"skill_tag_id": the("coaching.skill_tags", "inactive")}
_OF_ACTIVE = {"category_id": the("coaching.learning_path_categories", "active")}
_OF_INACTIVE = {"category_id": the("coaching.learning_path_categories", "inactive")}
_HIDDEN = "correct_answer explanation"
_INACTIVE = {"is_active": False}


def _attempt(case: str, *, completed_at: str | None) -> Expected:
    return Expected(
        table="coaching.user_attempts",
        case=case,
        row={"user_id": OWNER, **_IN_ACTIVE, "score": 80, "completed_at": completed_at},
        new={"user_id": CALLER, **_IN_ACTIVE, "score": 80},
        new_optional="time_spent completed_at",
        read="owner",
        insert=SIGNED_IN,
        # What the browser made of it. The score is not the browser's to say.
        update={"frontend_insights insights_generated_at": "owner"},
        direct="update",
    )


def _response(case: str, *, read: str) -> Expected:
    row = {
        "attempt_id": the("coaching.user_attempts", case),
        "question_id": the("coaching.assessment_questions", "of an active assessment"),
        "selected_answer": 2,
        "is_correct": True,
    }
    return Expected(
        table="coaching.user_responses",
        case=f"of an attempt that is {case}",
        row=row,
        new=row,
        new_optional="response_time",
        read=read,
        insert="owner",
    )


EXPECTED = (
    _content(
        "assessments",
        _ASSESSMENT,
        case="active",
        further="description difficulty estimated_duration is_active",
    ),
    _content(
        "assessments",
        _ASSESSMENT | {"slug": "core-ii"},
        case="inactive",
        more=_INACTIVE,
        further="description difficulty estimated_duration is_active",
        read=MODERATORS,
    ),
    _content(
        "assessment_questions",
        _QUESTION,
        case="of an active assessment",
        fixed=_IN_ACTIVE,
        further="difficulty_weight assessment_level",
        hidden=_HIDDEN,
    ),
    _content(
        "assessment_questions",
        _QUESTION,
        case="of an inactive assessment",
        fixed=_IN_INACTIVE,
        further="difficulty_weight assessment_level",
        hidden=_HIDDEN,
        read=MODERATORS,
    ),
    _attempt("submitted", completed_at="2026-01-22 10:00+00"),
    _attempt("under way", completed_at=None),
    _response("submitted", read="owner"),
    # Whether it was right is not said before the attempt is submitted, and so nothing is.
    _response("under way", read=""),
    _content("skill_tags", _TAG, case="active", further="sort_order assessment_level is_active"),
    _content(
        "skill_tags",
        _TAG | {"name": "Metaphors"},
        case="inactive",
        more=_INACTIVE,
        further="sort_order assessment_level is_active",
        read=MODERATORS,
    ),
    _content("tag_insights", _INSIGHT, case="on an active skill", fixed=_ON_ACTIVE, further="context_level"),
    _content(
        "tag_insights",
        _INSIGHT,
        case="on an inactive skill",
        fixed=_ON_INACTIVE,
        further="context_level",
        read=MODERATORS,
    ),
    _content("tag_actions", _ACTION, case="on an active skill", fixed=_ON_ACTIVE, further="is_active"),
    _content(
        "tag_actions",
        _ACTION,
        case="on an inactive skill",
        fixed=_ON_INACTIVE,
        further="is_active",
        read=MODERATORS,
    ),
    _content(
        "tag_actions",
        _ACTION,
        case="inactive",
        fixed=_ON_ACTIVE,
        more=_INACTIVE,
        further="is_active",
        read=MODERATORS,
    ),
    _content(
        "competency_display_names",
        _NAME,
        case="active",
        further="is_active",
        changes={"competency_key": "powerful_questions"},
    ),
    _content(
        "competency_display_names",
        _NAME,
        case="inactive",
        more=_INACTIVE,
        further="is_active",
        changes={"competency_key": "powerful_questions"},
        read=MODERATORS,
    ),
    *(
        _content(
            "competency_leverage_strengths",
            {"competency_area": "active_listening", "leverage_text": "Use it.", "framework": "core"},
            case=case,
            more=more,
            further="score_range_min score_range_max context_level priority_order is_active",
            read=read,
        )
        for case, more, read in (("active", {}, SIGNED_IN), ("inactive", _INACTIVE, MODERATORS))
    ),
    *(
        _content(
            "learning_path_categories",
            _CATEGORY,
            case=case,
            more=more,
            further="category_description category_icon competency_areas assessment_level priority_order"
            " is_active",
            read=read,
        )
        for case, more, read in (("active", {}, SIGNED_IN), ("inactive", _INACTIVE, MODERATORS))
    ),
    *(
        _content(
            "learning_resources",
            _RESOURCE,
            case=case,
            fixed=category,
            more=more,
            further="description url author_instructor competency_areas assessment_level is_active",
            read=read,
        )
        for case, category, more, read in (
            ("in an active category", _OF_ACTIVE, {}, SIGNED_IN),
            ("in an inactive category", _OF_INACTIVE, {}, MODERATORS),
            ("inactive", _OF_ACTIVE, _INACTIVE, MODERATORS),
        )
    ),
)
