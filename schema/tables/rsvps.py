"""Who comes to which event."""

from typing import Literal

from schema.language import (
    Access,
    Index,
    Ref,
    Table,
    Timestamp,
    all_of,
    any_of,
    caller_is,
    can_see,
    equals,
    moderator,
    signed_in,
)
from schema.tables.events import Event
from schema.tables.users import User


class Rsvp(Table, name="rsvps"):
    """One person's answer to one event.

    People answer for themselves, to events they can see, and may take it back. Whoever is signed in and sees
    the event sees who is going; other answers are for their author and for moderators, who may also change
    one, as when someone on the waitlist gets a place.
    """

    event_id: Ref[Event]
    user_id: Ref[User]
    status: Literal["going", "maybe", "not_going", "waitlist"]
    updated_at: Timestamp

    indexes = (
        Index("by_event_id", "event_id", "status", "created_at"),
        Index("by_user_id_and_event_id", "user_id", "event_id", unique=True),
    )
    access = Access(
        read=any_of(
            caller_is("user_id"),
            moderator(),
            all_of(equals("status", "going"), signed_in(), can_see("event_id")),
        ),
        insert=all_of(caller_is("user_id"), can_see("event_id")),
        update=any_of(caller_is("user_id"), moderator()).columns("status"),
        delete=caller_is("user_id"),
    )
