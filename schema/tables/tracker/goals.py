"""What people want to reach within a year."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from schema.language import (
    ComputedNames,
    GinIndex,
    Index,
    JsonObject,
    Ref,
    Table,
    Timestamp,
    choose,
    computed,
    own,
    total_of,
)
from schema.tables.tracker.ownership import own_rows
from schema.tables.tracker.texts import Key, Name, Unit
from schema.tables.users import User


class Goal(Table, name="goals", schema="tracker"):
    """One goal of one person for a year, followed month by month.

    `monthly` maps months to what was reached in each, `monthly_targets` to what was meant to be. Of a numeric
    goal `current_total` adds up the values that are plain numbers, written as numbers or as texts;
    `progress_pct` is their share of the target, from 0 to 1. A goal that is not numeric has 0 for both.
    """

    user_id: Ref[User]
    goal_id: Key
    name: Name
    yearly_target: Decimal
    unit: Unit
    category: Literal["professional", "fitness", "financial", "personal"]
    is_numeric: bool = True
    monthly: JsonObject = Field(default_factory=dict)
    monthly_targets: JsonObject = Field(default_factory=dict)
    current_total: Decimal = computed(choose(own("is_numeric"), total_of("monthly"), 0))
    # A target of zero divides by nothing, and one below gives a share below: neither is any progress.
    progress_pct: Decimal = computed((own("current_total") / own("yearly_target")).between(0, 1).otherwise(0))
    updated_at: Timestamp

    computed_as = ComputedNames(
        function="tracker.recalculate_goal_progress", trigger="recalculate_goal_progress_trigger"
    )
    indexes = (
        Index("by_user_id_and_goal_id", "user_id", "goal_id", unique=True),
        Index("by_user_id_and_category", "user_id", "category"),
        GinIndex("by_monthly", "monthly"),
        GinIndex("by_monthly_targets", "monthly_targets"),
    )
    access = own_rows(
        "goal_id",
        "name",
        "yearly_target",
        "unit",
        "category",
        "is_numeric",
        "monthly",
        "monthly_targets",
    )
