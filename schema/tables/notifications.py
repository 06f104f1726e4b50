"""What people are told."""

from typing import Annotated, Literal

from pydantic import Field

from schema.language import (
    Access,
    Deletes,
    Index,
    JsonObject,
    Ref,
    Table,
    Timestamp,
    caller_is,
    copy_of,
)
from schema.tables.users import User


class Notification(Table, name="notifications", followed=True):
    """One thing that one person is told: that `actor_id` did something which concerns them.

    Only the person told reads it, marks it read and removes it. It is written by a mutation that acts for the
    actor, who cannot read it afterwards; one without an actor comes from the service. `data` is what its
    `type` needs to be shown: ids and short texts.
    """

    user_id: Ref[User]
    type: Literal[
        "post",
        "comment",
        "reply",
        "like",
        "mention",
        "follow",
        "message",
        "event",
        "course",
        "level",
        "report",
        "billing",
    ]
    actor_id: Annotated[Ref[User], Deletes("cascade")] | None = None
    actor_name: str | None = copy_of("users.name", via="actor_id")
    data: JsonObject = Field(default_factory=dict)
    read: bool = False
    updated_at: Timestamp

    indexes = (
        Index("by_user_id", "user_id", "created_at"),
        Index("by_user_id_and_read", "user_id", "read", "created_at"),
        Index("by_actor_id", "actor_id"),
    )
    access = Access(
        read=caller_is("user_id"),
        insert=caller_is("actor_id").columns("user_id", "type", "actor_id", "data"),
        update=caller_is("user_id").columns("read"),
        delete=caller_is("user_id"),
        direct=("update", "delete"),
    )
