"""The tracker is personal: people see and write their own rows, from the browser, and nobody else does.

Neither do moderators and admins: what someone earns, fails at or holds as a token is no business of theirs.
"""

from collections.abc import Mapping
from datetime import date

from tests.access.expectation import (
    ADMIN,
    CALLER,
    MEMBER,
    MODERATOR,
    OWNER,
    SIGNED_IN,
    STRANGER,
    Expected,
    Row,
    the,
)

_OTHERS = (STRANGER, MEMBER, MODERATOR, ADMIN)
_EVERYTHING = "insert update delete"


def _own(
    table: str,
    values: Mapping[str, object],
    *,
    further: str = "",
    changes: Mapping[str, object] | None = None,
    beside: tuple[Row, ...] = (),
) -> Expected:
    """Expect a table of which everybody has rows of their own; `further` are columns that may be left out."""
    return Expected(
        table=f"tracker.{table}",
        row={"user_id": OWNER, **values},
        new={"user_id": CALLER, **values},
        new_optional=further,
        changes=changes or {},
        beside=beside,
        read="owner",
        insert=SIGNED_IN,
        update={" ".join(("user_id", *values, further)): "owner"},
        delete="owner",
        direct=_EVERYTHING,
    )


_BOARD = {"board_id": "work", "name": "Work"}
_COLUMN = {"board_id": "work", "column_id": "todo", "title": "To do", "color": "#53B4FF", "position": 1}
_TASK = {"board_id": "work", "task_id": "tape", "column_id": "todo", "title": "Tape", "priority": "high"}
_ITEM = {
    "content_id": "hopping",
    "title": "Hopping, explained",
    "platform": "youtube",
    "content_type": "video",
    "published_date": date(2026, 2, 14),
}

_BOARDS = tuple(Row("tracker.kanban_boards", {"user_id": person, **_BOARD}) for person in _OTHERS)
_COLUMNS = tuple(Row("tracker.kanban_columns", {"user_id": person, **_COLUMN}) for person in _OTHERS)
_ITEMS = tuple(Row("tracker.content_items", {"user_id": person, **_ITEM}) for person in _OTHERS)
"""Everybody has one: what is on it, or about it, could not be made otherwise."""

EXPECTED = (
    Expected(
        table="tracker.user_profiles",
        row={"id": OWNER, "username": "owner"},
        new={"id": CALLER, "username": "somebody"},
        new_optional="display_name user_preferences",
        read="owner",
        insert=SIGNED_IN,
        # Nobody makes themselves an admin.
        changes={"id": OWNER},  # An upsert names it; another's would not be the caller's own row.
        update={"id username display_name user_preferences": "owner"},
        delete="owner",
        direct=_EVERYTHING,
    ),
    _own("user_configs", {"config_key": "github", "config_value": {"token": "secret"}}),
    _own(
        "goals",
        {"goal_id": "run", "name": "Run", "yearly_target": 1500, "unit": "km", "category": "fitness"},
        further="is_numeric monthly monthly_targets",
    ),
    _own("metrics", {"date": date(2026, 3, 2)}, further="data"),
    _own("financial_metrics", {}, further="mrr net_worth"),
    _own("sprints", {"start_date": date(2026, 1, 12), "status": "active"}),
    _own("roadmaps", {"roadmap_id": "game"}, further="data"),
    _own("kanban_boards", _BOARD, further="description"),
    Expected(
        table="tracker.kanban_columns",
        row={"user_id": the("tracker.kanban_boards", column="user_id"), **_COLUMN},
        new={"user_id": CALLER, **_COLUMN},
        changes={"board_id": "work"},
        beside=_BOARDS,
        read="owner",
        insert=SIGNED_IN,
        update={"user_id board_id column_id title color position": "owner"},
        delete="owner",
        direct=_EVERYTHING,
    ),
    Expected(
        table="tracker.kanban_tasks",
        row={"user_id": the("tracker.kanban_columns", column="user_id"), **_TASK},
        new={"user_id": CALLER, **_TASK},
        new_optional="description assignee due_date labels time_spent position deleted_at",
        changes={"board_id": "work", "column_id": "todo"},
        beside=_BOARDS + _COLUMNS,
        read="owner",
        insert=SIGNED_IN,
        update={
            "user_id board_id task_id column_id title description assignee priority": "owner",
            "due_date labels time_spent position deleted_at": "owner",
        },
        direct="insert update",
    ),
    _own(
        "user_kpis",
        {"kpi_id": "sleep", "name": "Sleep", "unit": "hours", "category": "health"},
        further="target min_target color is_active sort_order is_average is_reverse_scoring",
    ),
    _own("weekly_kpis", {"week_key": "2026-W09", "data": {"sleep": 7}}, changes={"week_key": "2026-W10"}),
    _own(
        "weekly_kpi_entries",
        {
            "week_key": "2026-W09",
            "kpi_id": "sleep",
            "name": "Sleep",
            "target_value": 7,
            "unit": "hours",
            "category": "health",
        },
        further="current_value min_target_value color",
        changes={"week_key": "2026-W10"},
    ),
    _own("content_items", _ITEM),
    Expected(
        table="tracker.content_metrics",
        row={
            "user_id": OWNER,
            "content_id": the("tracker.content_items", column="content_id"),
            "metric_date": date(2026, 2, 15),
        },
        new={"user_id": CALLER, "content_id": "hopping", "metric_date": date(2026, 2, 16)},
        new_optional="views likes shares comments subscribers revenue swipe_rate",
        changes={"content_id": "hopping"},
        beside=_ITEMS,
        read="owner",
        insert=SIGNED_IN,
        update={
            "user_id content_id metric_date": "owner",
            "views likes shares comments subscribers revenue swipe_rate": "owner",
        },
        delete="owner",
        direct=_EVERYTHING,
    ),
    _own(
        "weekly_content_metrics",
        {"week_key": "2026-W07", "platform": "youtube", "metric_type": "views"},
        further="metric_value",
        changes={"week_key": "2026-W10"},
    ),
    _own(
        "platform_metrics",
        {"platform": "youtube", "metric_name": "followers"},
        further="metric_value week_key",
        changes={"week_key": "2026-W10"},
    ),
    _own(
        "skill_progression",
        {"skill_id": "running", "skill_name": "Running", "category": "fitness"},
        further="current_level target_level progress_data",
    ),
)
