"""How people get on with their goals."""

from typing import Annotated, Literal

from schema.language import (
    Access,
    AtMost,
    Bounds,
    Index,
    Ref,
    Table,
    Timestamp,
    all_of,
    any_of,
    caller_is,
    can_see,
    empty,
    equals,
    filled,
    moderator,
    now,
)
from schema.tables.community.tracks import TrackGoal
from schema.tables.users import User

_DATED = any_of(
    all_of(equals("status", "active"), empty("paused_at"), empty("completed_at")),
    all_of(equals("status", "paused"), filled("paused_at"), empty("completed_at")),
    all_of(equals("status", "completed"), filled("completed_at")),
)
"""What is paused or completed says since when; what is active is neither."""


class GoalHistory(Table, name="user_goal_history", schema="community"):
    """One person's pursuit of one goal, from its start; a goal may be taken up again later.

    Personal: its owner keeps it, straight from the browser; moderators see it too. What is paused or
    completed says since when, what is active is neither, and no goal is completed before it is started.
    """

    user_id: Ref[User]
    goal_id: Ref[TrackGoal]
    status: Literal["active", "completed", "paused"] = "active"
    progress: Annotated[int, Bounds(0, 100)] = 0
    started_at: Timestamp = now()
    completed_at: Timestamp | None = None
    paused_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_user_id", "user_id", "status", "created_at"),
        Index("by_goal_id", "goal_id", "created_at"),
        Index("by_status", "status", "created_at"),
    )
    limits = (AtMost("started_at", "completed_at", message="A goal is completed after it is started."),)
    access = Access(
        read=any_of(caller_is("user_id"), moderator()),
        insert=all_of(caller_is("user_id"), _DATED),
        update=all_of(caller_is("user_id"), _DATED).columns(
            "status", "progress", "started_at", "completed_at", "paused_at"
        ),
        delete=caller_is("user_id"),
        direct=True,
    )


class GoalMetrics(Table, name="goal_metrics", schema="community"):
    """How fast one goal was reached, once it is. `learn_rate` is in minutes an hour, rates are percentages.

    Seen by whoever sees the goal's history. Only the service writes it, since `ranking` compares people.
    """

    user_goal_history_id: Ref[GoalHistory]
    learn_rate: Annotated[int, Bounds(0, 60)] | None = None
    execution_rate: Annotated[int, Bounds(0, 100)] | None = None
    execution_pace: Literal["fast", "steady", "slow"] | None = None
    ranking: Annotated[int, Bounds(1, None)] | None = None
    days_to_complete: Annotated[int, Bounds(0, None)] | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_user_goal_history_id", "user_goal_history_id", unique=True),
        Index("by_ranking", "ranking"),
    )
    access = Access(read=can_see("user_goal_history_id"))
