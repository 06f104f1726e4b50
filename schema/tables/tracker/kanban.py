"""Boards of tasks.

Their ids are texts that the client chooses, unique to each person: two people may both have a board `work`.
Columns and tasks follow when the id of what they stand in changes, and go when that goes.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from schema.language import (
    Access,
    ForeignKey,
    GinIndex,
    Index,
    JsonArray,
    Ref,
    Table,
    Timestamp,
    caller_is,
    computed,
    own,
)
from schema.tables.tracker.ownership import own_rows
from schema.tables.tracker.texts import Color, Key, Name, Notes
from schema.tables.users import User


class KanbanBoard(Table, name="kanban_boards", schema="tracker"):
    """One board of one person."""

    user_id: Ref[User]
    board_id: Key
    name: Name
    description: Notes | None = None
    updated_at: Timestamp

    indexes = (Index("by_user_id_and_board_id", "user_id", "board_id", unique=True),)
    access = own_rows("board_id", "name", "description")


class KanbanColumn(Table, name="kanban_columns", schema="tracker"):
    """One column of a board, from left to right by `position`."""

    user_id: Ref[User]
    board_id: Key
    column_id: Key
    title: Name
    color: Color
    position: int
    updated_at: Timestamp

    foreign_keys = (ForeignKey("user_id", "board_id", to="KanbanBoard"),)
    indexes = (
        Index("by_board_and_column_id", "user_id", "board_id", "column_id", unique=True),
        Index("by_board_and_position", "user_id", "board_id", "position"),
    )
    access = own_rows("board_id", "column_id", "title", "color", "position")


class KanbanTask(Table, name="kanban_tasks", schema="tracker"):
    """One task in a column of a board.

    People do not remove single tasks: they say in `deleted_at` when a task was deleted, or empty it to have
    the task back, and `is_deleted` follows. They see their deleted tasks, and ask for the others by that.
    """

    user_id: Ref[User]
    board_id: Key
    task_id: Key
    column_id: Key
    title: Name
    description: Notes | None = None
    assignee: Name | None = None
    priority: Literal["low", "medium", "high", "urgent"]
    due_date: date | None = None
    labels: JsonArray = Field(default_factory=list)
    time_spent: Decimal = Decimal(0)
    position: int = 0
    is_deleted: bool = computed(own("deleted_at").filled())
    deleted_at: Timestamp | None = None
    updated_at: Timestamp

    foreign_keys = (ForeignKey("user_id", "board_id", "column_id", to="KanbanColumn"),)
    indexes = (
        Index("by_board_and_task_id", "user_id", "board_id", "task_id", unique=True),
        Index("by_column_and_position", "user_id", "board_id", "column_id", "position"),
        Index("by_user_id_and_due_date", "user_id", "due_date"),
        GinIndex("by_labels", "labels"),
    )
    access = Access(
        read=caller_is("user_id"),
        insert=caller_is("user_id"),
        update=caller_is("user_id").columns(
            "user_id",
            "board_id",
            "task_id",
            "column_id",
            "title",
            "description",
            "assignee",
            "priority",
            "due_date",
            "labels",
            "time_spent",
            "position",
            "deleted_at",
        ),
        direct=True,
    )
