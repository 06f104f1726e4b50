"""Quizzes, projects and peer reviews, and what people make of them."""

from typing import Annotated, Literal

from pydantic import Field

from schema.language import (
    Access,
    Bounds,
    Hidden,
    Index,
    JsonObject,
    Ref,
    Shape,
    Table,
    Text,
    Timestamp,
    admin,
    all_of,
    any_of,
    caller_is,
    can_see,
    moderator,
    now,
)
from schema.tables.academy.modules import Module
from schema.tables.academy.permissions import can_attend, can_edit
from schema.tables.academy.shapes import AnswerKey, Answers, Feedback, Instructions
from schema.tables.users import User


class Assessment(Table, name="assessments", schema="academy"):
    """One assessment of a module.

    Open to whom the module's content is open. `answer_key` is for marking: no browser can read it, before or
    after an attempt; what was right is told in the attempt's feedback. Scores are percentages; an assessment
    without `max_attempts` may be tried as often as one likes.
    """

    module_id: Ref[Module]
    title: Annotated[str, Text(length_min=1, length_max=200)]
    type: Literal["quiz", "project", "peer_review"] = "quiz"
    instructions: Annotated[JsonObject, Shape(Instructions)] = Field(default_factory=dict)
    answer_key: Hidden[Annotated[JsonObject, Shape(AnswerKey)]]
    passing_score: Annotated[int, Bounds(0, 100)] = 60
    max_attempts: Annotated[int, Bounds(1, 1_000)] | None = None
    time_limit_minutes: Annotated[int, Bounds(1, 100_000)] | None = None
    updated_at: Timestamp

    indexes = (Index("by_module_id", "module_id", "created_at"),)
    access = Access(
        read=can_attend("module_id"),
        insert=can_edit("module_id"),
        update=can_edit("module_id").columns(
            "title",
            "type",
            "instructions",
            "answer_key",
            "passing_score",
            "max_attempts",
            "time_limit_minutes",
        ),
        delete=admin(),
    )


class AssessmentAttempt(Table, name="assessment_attempts", schema="academy"):
    """One person's attempt at one assessment; `attempt_number` counts theirs from 1.

    People begin attempts through a mutation, which numbers them and minds `max_attempts`. What they answer is
    taken, marked and timed by the service, so that scores are never a browser's word. Moderators see attempts
    too.
    """

    user_id: Ref[User]
    assessment_id: Ref[Assessment]
    attempt_number: Annotated[int, Bounds(1, 1_000)] = 1
    started_at: Timestamp = now()
    submitted_at: Timestamp | None = None
    score: Annotated[int, Bounds(0, 100)] | None = None
    passed: bool | None = None
    answers: Annotated[JsonObject, Shape(Answers)] = Field(default_factory=dict)
    feedback: Annotated[JsonObject, Shape(Feedback)] | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_assessment_id", "user_id", "assessment_id", "attempt_number", unique=True),
        Index("by_assessment_id", "assessment_id", "created_at"),
    )
    access = Access(
        read=any_of(caller_is("user_id"), moderator()),
        insert=all_of(caller_is("user_id"), can_see("assessment_id")).columns(
            "user_id", "assessment_id", "attempt_number"
        ),
    )
