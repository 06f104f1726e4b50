"""What competencies are called, and what they are good for."""

from typing import Annotated, TypeAlias

from schema.language import AtMost, Bounds, Index, Rows, Table, Text, Timestamp
from schema.tables.coaching.content import (
    Competency,
    ContextLevel,
    Framework,
    Passage,
    Title,
    active,
    written_by_admins,
)

Score: TypeAlias = Annotated[int, Bounds(0, 100)]


class CompetencyDisplayName(Table, name="competency_display_names", schema="coaching", rows=Rows.FEW):
    """What a framework calls a competency. Anyone signed in sees the active ones, moderators all of them."""

    competency_key: Annotated[str, Text(length_max=120, pattern="^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    display_name: Title
    framework: Framework
    is_active: bool = True
    updated_at: Timestamp

    indexes = (
        Index("by_competency_key_and_framework", "competency_key", "framework", unique=True),
        Index("by_framework", "framework"),
    )
    access = written_by_admins(active(), "competency_key", "display_name", "framework", "is_active")


class CompetencyLeverageStrength(
    Table, name="competency_leverage_strengths", schema="coaching", rows=Rows.FEW
):
    """How to build on a competency, for those whose score in it is within a range, both ends included.

    Anyone signed in sees the active ones, moderators all of them.
    """

    competency_area: Competency
    leverage_text: Passage
    score_range_min: Score = 0
    score_range_max: Score = 100
    framework: Framework
    context_level: ContextLevel = "beginner"
    priority_order: int = 0
    is_active: bool = True
    updated_at: Timestamp

    limits = (AtMost("score_range_min", "score_range_max"),)
    indexes = (
        Index("by_competency_area", "competency_area"),
        Index("by_framework", "framework"),
        Index("by_score_range", "score_range_min", "score_range_max"),
    )
    access = written_by_admins(
        active(),
        "competency_area",
        "leverage_text",
        "score_range_min",
        "score_range_max",
        "framework",
        "context_level",
        "priority_order",
        "is_active",
    )
