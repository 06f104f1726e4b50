"""Where to learn more."""

from typing import Annotated, Literal

from pydantic import Field

from schema.language import GinIndex, Index, Ref, Rows, Table, Text, Timestamp, all_of, can_see
from schema.tables.coaching.content import Level, Passage, Title, active, written_by_admins


class LearningPathCategory(Table, name="learning_path_categories", schema="coaching", rows=Rows.FEW):
    """One group of learning resources, for those who are weak in any of `competency_areas`.

    Anyone signed in sees the active ones, moderators all of them.
    """

    category_title: Title
    category_description: Passage | None = None
    category_icon: Annotated[str, Text(length_max=120)] | None = None
    competency_areas: list[str] = Field(default_factory=list)
    assessment_level: Level | None = None
    priority_order: int = 0
    is_active: bool = True
    updated_at: Timestamp

    indexes = (
        Index("by_assessment_level", "assessment_level"),
        Index("by_is_active", "is_active"),
        GinIndex("by_competency_areas", "competency_areas"),
    )
    access = written_by_admins(
        active(),
        "category_title",
        "category_description",
        "category_icon",
        "competency_areas",
        "assessment_level",
        "priority_order",
        "is_active",
    )


class LearningResource(Table, name="learning_resources", schema="coaching", rows=Rows.FEW):
    """One book, course or other thing to learn from.

    Seen, while active, by whoever sees its category; by moderators always.
    """

    category_id: Ref[LearningPathCategory]
    title: Title
    description: Passage | None = None
    resource_type: Literal["book", "course", "video", "article", "exercise", "workshop", "tool", "assessment"]
    url: Annotated[str, Text(length_max=2_000)] | None = None
    author_instructor: Annotated[str, Text(length_max=300)] | None = None
    competency_areas: list[str] = Field(default_factory=list)
    assessment_level: Level | None = None
    is_active: bool = True
    updated_at: Timestamp

    indexes = (
        Index("by_category_id", "category_id", "resource_type"),
        Index("by_resource_type", "resource_type"),
        Index("by_assessment_level", "assessment_level"),
        Index("by_is_active", "is_active"),
        GinIndex("by_competency_areas", "competency_areas"),
    )
    access = written_by_admins(
        all_of(active(), can_see("category_id")),
        "title",
        "description",
        "resource_type",
        "url",
        "author_instructor",
        "competency_areas",
        "assessment_level",
        "is_active",
    )
