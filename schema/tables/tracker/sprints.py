"""Stretches of work, and of rest."""

from datetime import date
from typing import Literal
from uuid import UUID

from schema.language import Index, Ref, Table, Timestamp, computed, own
from schema.tables.tracker.ownership import own_rows
from schema.tables.users import User


class Sprint(Table, name="sprints", schema="tracker"):
    """One cycle of 21 days on and 7 days off.

    `sprint_id` is `id` under the name it has in the design document: it is read, and found, by either.
    """

    user_id: Ref[User]
    sprint_id: UUID | None = computed(own("id"))
    start_date: date
    status: Literal["planned", "active", "completed"]
    updated_at: Timestamp

    indexes = (
        Index("by_sprint_id", "sprint_id", unique=True),
        Index("by_user_id_and_start_date", "user_id", "start_date"),
    )
    access = own_rows("start_date", "status")
