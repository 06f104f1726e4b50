"""Tests of coaching skill."""

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from schema.language import Bounds, Hidden, Index, Ref, Rows, Table, Text, Timestamp, can_see
from schema.tables.coaching.content import (
    Competency,
    Framework,
    Level,
    Passage,
    Title,
    active,
    written_by_admins,
)

Choice: TypeAlias = Annotated[int, Bounds(0, 3)]
"""One of four options: 0 is `option_a`."""


class Assessment(Table, name="assessments", schema="coaching", rows=Rows.FEW):
    """One test that people may take. `estimated_duration` is in minutes.

    Anyone signed in sees the active ones, moderators all of them.
    """

    slug: Annotated[str, Text(length_min=1, length_max=120)]
    title: Title
    description: Passage | None = None
    difficulty: Literal["Beginner", "Intermediate", "Advanced"] | None = None
    estimated_duration: Annotated[int, Bounds(0)] | None = None
    framework: Framework
    is_active: bool = True
    updated_at: Timestamp

    indexes = (
        Index("by_slug", "slug", unique=True),
        Index("by_framework", "framework"),
        Index("by_is_active", "is_active"),
    )
    access = written_by_admins(
        active(), "slug", "title", "description", "difficulty", "estimated_duration", "framework", "is_active"
    )


class AssessmentQuestion(Table, name="assessment_questions", schema="coaching"):
    """One question with four options, seen by whoever sees the assessment.

    Browsers cannot read `correct_answer` and `explanation`, and so have to name the columns they want: the
    answers to what one has submitted are in the view `coaching.attempt_answers`.
    """

    assessment_id: Ref[Assessment]
    question_order: int
    question: Passage
    option_a: Passage
    option_b: Passage
    option_c: Passage
    option_d: Passage
    correct_answer: Hidden[Choice]
    explanation: Hidden[Passage]
    competency_area: Competency
    difficulty_weight: Annotated[Decimal, Bounds(0)] = Decimal("1.0")
    assessment_level: Level | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_assessment_id", "assessment_id", "question_order"),
        Index("by_competency_area", "competency_area"),
        Index("by_assessment_level", "assessment_level"),
    )
    access = written_by_admins(
        can_see("assessment_id"),
        "question_order",
        "question",
        "option_a",
        "option_b",
        "option_c",
        "option_d",
        "correct_answer",
        "explanation",
        "competency_area",
        "difficulty_weight",
        "assessment_level",
    )
