"""Key figures, and how the weeks went by them."""

from decimal import Decimal
from typing import Annotated, TypeAlias

from schema.language import (
    Bounds,
    GinIndex,
    Index,
    JsonObject,
    Ref,
    Table,
    Timestamp,
    choose,
    computed,
    own,
)
from schema.tables.tracker.ownership import own_rows
from schema.tables.tracker.texts import Category, Color, Key, Name, Unit, WeekKey
from schema.tables.users import User

Target: TypeAlias = Annotated[Decimal, Bounds(0)]


class UserKpi(Table, name="user_kpis", schema="tracker"):
    """One key figure that one person follows.

    The document has two such tables; this is both. One of them knows no target, so that it is 0 unless given.
    With `is_average` the days of a week are averaged and not added up; with `is_reverse_scoring` less is
    better.
    """

    user_id: Ref[User]
    kpi_id: Key
    name: Name
    target: Target = Decimal(0)
    min_target: Target | None = None
    unit: Unit
    category: Category
    color: Color = "#5FE3B3"
    is_active: bool = True
    sort_order: int = 0
    is_average: bool = False
    is_reverse_scoring: bool = False
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_kpi_id", "user_id", "kpi_id", unique=True),
        Index("by_user_id_and_sort_order", "user_id", "sort_order"),
    )
    access = own_rows(
        "kpi_id",
        "name",
        "target",
        "min_target",
        "unit",
        "category",
        "color",
        "is_active",
        "sort_order",
        "is_average",
        "is_reverse_scoring",
    )


class WeeklyKpi(Table, name="weekly_kpis", schema="tracker"):
    """All key figures of one person's week, in `data` as their client adds them up."""

    user_id: Ref[User]
    week_key: WeekKey
    data: JsonObject
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_week_key", "user_id", "week_key", unique=True),
        GinIndex("by_data", "data"),
    )
    access = own_rows("week_key", "data")


class WeeklyKpiEntry(Table, name="weekly_kpi_entries", schema="tracker"):
    """One key figure of one week, as it was called and aimed at in that week.

    `completion_rate` is the percentage of the target that was reached, from 0 to 100; `is_completed` says
    whether all of it was, to which `min_target_value`, the lower end of what was aimed at, does not suffice.
    """

    user_id: Ref[User]
    week_key: WeekKey
    kpi_id: Key
    name: Name
    current_value: Decimal = Decimal(0)
    target_value: Target
    min_target_value: Target | None = None
    unit: Unit
    category: Category
    color: Color = "#5FE3B3"
    is_completed: bool = computed(own("current_value").at_least(own("target_value")))
    completion_rate: Decimal = computed(
        choose(
            own("is_completed"),
            100,
            (own("current_value") * 100 / own("target_value")).between(0, 100).otherwise(0),
        )
    )
    updated_at: Timestamp

    indexes = (Index("by_user_id_week_key_and_kpi_id", "user_id", "week_key", "kpi_id", unique=True),)
    access = own_rows(
        "week_key",
        "kpi_id",
        "name",
        "current_value",
        "target_value",
        "min_target_value",
        "unit",
        "category",
        "color",
    )
