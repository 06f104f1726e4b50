"""What earns points, and what points are worth."""

from typing import Annotated

from schema.language import Access, Bounds, Index, Rows, Table, Text, Timestamp, admin, everyone


class GamificationConfig(Table, name="gamification_config", rows=Rows.FEW):
    """How many points one `action` earns. Everyone may know the rules of the game; admins set them.

    A change holds for what is earned from then on. An action that is not here earns nothing.
    """

    action: Annotated[str, Text(length_min=1, length_max=60, pattern=r"^[a-z0-9_]+$")]
    point_value: Annotated[int, Bounds(-10_000, 10_000)]
    updated_at: Timestamp

    indexes = (Index("by_action", "action", unique=True),)
    access = Access(
        read=everyone(), insert=admin(), update=admin().columns("action", "point_value"), delete=admin()
    )


class Level(Table, name="levels", rows=Rows.FEW):
    """One level, reached with `threshold` points; `order` is its number. Known to everyone, set by admins.

    Changing thresholds moves people to their new level shortly after.
    """

    name: Annotated[str, Text(length_min=1, length_max=60)]
    threshold: Annotated[int, Bounds(0)]
    order: Annotated[int, Bounds(1)]
    color: Annotated[str, Text(length_max=7, pattern=r"^#[0-9a-f]{6}$")] = "#888888"
    updated_at: Timestamp

    indexes = (
        Index("by_order", "order", unique=True),
        Index("by_threshold", "threshold", unique=True),
    )
    access = Access(
        read=everyone(),
        insert=admin(),
        update=admin().columns("name", "threshold", "order", "color"),
        delete=admin(),
    )
