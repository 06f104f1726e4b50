"""What people answered, and how they did."""

from typing import Annotated, TypeAlias

from pydantic import JsonValue

from schema.language import (
    Access,
    Bounds,
    GinIndex,
    Index,
    Ref,
    Table,
    Timestamp,
    all_of,
    caller_is,
    can,
    can_see,
    filled,
    now,
)
from schema.tables.coaching.assessments import Assessment, AssessmentQuestion, Choice
from schema.tables.users import User

Seconds: TypeAlias = Annotated[int, Bounds(0)]


class UserAttempt(Table, name="user_attempts", schema="coaching"):
    """One person's go at one assessment: submitted once `completed_at` is filled, which it is from the start.

    Nobody but the person sees it. It is written by the service, which computes the `score` from the answers;
    of all this the browser writes the insights only, which it has computed and wants to find again, through
    `coaching.store_frontend_insights`.
    """

    user_id: Ref[User]
    assessment_id: Ref[Assessment]
    score: Annotated[int, Bounds(0, 100)]
    time_spent: Seconds | None = None
    completed_at: Timestamp | None = now()
    frontend_insights: JsonValue | None = None
    insights_generated_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_user_id", "user_id", "completed_at"),
        Index("by_assessment_id", "assessment_id"),
        Index("by_completed_at", "completed_at"),
        Index("by_score", "score"),
        GinIndex("by_frontend_insights", "frontend_insights"),
    )
    access = Access(
        read=caller_is("user_id"),
        insert=all_of(caller_is("user_id"), can_see("assessment_id")).columns(
            "user_id", "assessment_id", "score", "time_spent", "completed_at"
        ),
        update=caller_is("user_id").columns("frontend_insights", "insights_generated_at"),
        direct=("update",),
        permissions={"review": all_of(caller_is("user_id"), filled("completed_at"))},
    )


class UserResponse(Table, name="user_responses", schema="coaching"):
    """What one person chose for one question, in one attempt.

    Written by the service with the attempt, and seen by its owner once that is submitted: `is_correct` says
    too much before.
    """

    attempt_id: Ref[UserAttempt]
    question_id: Ref[AssessmentQuestion]
    selected_answer: Choice
    is_correct: bool
    response_time: Seconds | None = None

    indexes = (
        Index("by_attempt_id_and_question_id", "attempt_id", "question_id", unique=True),
        Index("by_question_id", "question_id"),
        Index("by_is_correct", "is_correct"),
    )
    access = Access(read=can("review", "attempt_id"), insert=can_see("attempt_id"))
