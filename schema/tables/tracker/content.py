"""What people publish elsewhere, and how it fares."""

from datetime import date
from decimal import Decimal
from typing import Annotated, TypeAlias

from schema.language import Bounds, ForeignKey, Index, Ref, Table, Timestamp
from schema.tables.tracker.ownership import own_rows
from schema.tables.tracker.texts import Category, Key, Name, Platform, WeekKey
from schema.tables.users import User

Count: TypeAlias = Annotated[int, Bounds(0)]


class ContentItem(Table, name="content_items", schema="tracker"):
    """One thing that one person has published; `content_id` is the client's own id of it."""

    user_id: Ref[User]
    content_id: Key
    title: Name
    platform: Platform
    content_type: Category
    published_date: date
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_content_id", "user_id", "content_id", unique=True),
        Index("by_user_id_and_published_date", "user_id", "published_date"),
    )
    access = own_rows("content_id", "title", "platform", "content_type", "published_date")


class ContentMetric(Table, name="content_metrics", schema="tracker"):
    """How one published thing stood on one day.

    The document has two tables of this name: what it counts by week is `weekly_content_metrics`.
    """

    user_id: Ref[User]
    content_id: Key
    metric_date: date
    views: Count = 0
    likes: Count = 0
    shares: Count = 0
    comments: Count = 0
    # New ones less those who left, so it may be below zero.
    subscribers: int = 0
    revenue: Decimal = Decimal(0)
    swipe_rate: Decimal | None = None
    updated_at: Timestamp

    foreign_keys = (ForeignKey("user_id", "content_id", to="ContentItem"),)
    indexes = (
        Index("by_content_and_metric_date", "user_id", "content_id", "metric_date"),
        Index("by_user_id_and_metric_date", "user_id", "metric_date"),
    )
    access = own_rows(
        "content_id",
        "metric_date",
        "views",
        "likes",
        "shares",
        "comments",
        "subscribers",
        "revenue",
        "swipe_rate",
    )


class WeeklyContentMetric(Table, name="weekly_content_metrics", schema="tracker"):
    """One figure of one platform in one week, over all that one person published there."""

    user_id: Ref[User]
    week_key: WeekKey
    platform: Platform
    metric_type: Key
    metric_value: Decimal = Decimal(0)
    updated_at: Timestamp

    indexes = (
        Index("by_week_platform_and_type", "user_id", "week_key", "platform", "metric_type", unique=True),
    )
    access = own_rows("week_key", "platform", "metric_type", "metric_value")


class PlatformMetric(Table, name="platform_metrics", schema="tracker"):
    """One figure of one platform, of a week or of no particular time."""

    user_id: Ref[User]
    platform: Platform
    metric_name: Key
    metric_value: Decimal = Decimal(0)
    week_key: WeekKey | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_platform_and_metric_name", "user_id", "platform", "metric_name", "week_key"),
        Index("by_user_id_and_week_key", "user_id", "week_key"),
    )
    access = own_rows("platform", "metric_name", "metric_value", "week_key")
