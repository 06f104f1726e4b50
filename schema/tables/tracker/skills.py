"""What people are learning to do."""

from decimal import Decimal

from pydantic import Field

from schema.language import GinIndex, Index, JsonObject, Ref, Table, Timestamp
from schema.tables.tracker.ownership import own_rows
from schema.tables.tracker.texts import Category, Key, Name
from schema.tables.users import User


class SkillProgression(Table, name="skill_progression", schema="tracker"):
    """How far one person has come with one skill, on a scale of their own."""

    user_id: Ref[User]
    skill_id: Key
    skill_name: Name
    category: Category
    current_level: Decimal = Decimal(0)
    target_level: Decimal = Decimal(0)
    progress_data: JsonObject = Field(default_factory=dict)
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_skill_id", "user_id", "skill_id", unique=True),
        GinIndex("by_progress_data", "progress_data"),
    )
    access = own_rows("skill_id", "skill_name", "category", "current_level", "target_level", "progress_data")
