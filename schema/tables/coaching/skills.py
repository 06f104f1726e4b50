"""Single skills, and what to say about them."""

from typing import Literal

from schema.language import Index, Ref, Rows, Table, Timestamp, all_of, can_see
from schema.tables.coaching.content import (
    Competency,
    ContextLevel,
    Framework,
    Level,
    Passage,
    Title,
    active,
    written_by_admins,
)


class SkillTag(Table, name="skill_tags", schema="coaching", rows=Rows.FEW):
    """One skill within a competency. Anyone signed in sees the active ones, moderators all of them."""

    name: Title
    competency_area: Competency
    framework: Framework
    sort_order: int = 0
    assessment_level: Level | None = None
    is_active: bool = True
    updated_at: Timestamp

    indexes = (
        # Of no level is a level too: the same skill would otherwise be there twice.
        Index(
            "by_name_and_competency",
            "name",
            "competency_area",
            "framework",
            "assessment_level",
            unique=True,
            nulls_distinct=False,
        ),
        Index("by_framework_and_level", "framework", "assessment_level"),
        Index("by_competency_area", "competency_area"),
        Index("by_is_active", "is_active"),
    )
    access = written_by_admins(
        active(), "name", "competency_area", "framework", "sort_order", "assessment_level", "is_active"
    )


class TagInsight(Table, name="tag_insights", schema="coaching", rows=Rows.FEW):
    """What to tell someone who is weak, or strong, in one skill. Seen by whoever sees the skill."""

    skill_tag_id: Ref[SkillTag]
    insight_text: Passage
    insight_type: Literal["weakness", "strength"]
    context_level: ContextLevel = "beginner"
    updated_at: Timestamp

    indexes = (
        Index("by_skill_tag_id", "skill_tag_id", "insight_type", "context_level", unique=True),
        Index("by_insight_type", "insight_type"),
    )
    access = written_by_admins(can_see("skill_tag_id"), "insight_text", "insight_type", "context_level")


class TagAction(Table, name="tag_actions", schema="coaching", rows=Rows.FEW):
    """What to do to get better at one skill: one action each.

    Seen, while active, by whoever sees the skill; by moderators always.
    """

    skill_tag_id: Ref[SkillTag]
    action_text: Passage
    is_active: bool = True
    updated_at: Timestamp

    indexes = (
        Index("by_skill_tag_id", "skill_tag_id", unique=True),
        Index("by_is_active", "is_active"),
    )
    access = written_by_admins(all_of(active(), can_see("skill_tag_id")), "action_text", "is_active")
