"""Where people have been."""

from schema.language import Access, Index, Ref, Table, Timestamp, all_of, caller_is, can_see, now
from schema.tables.spaces import Space
from schema.tables.users import User


class SpaceVisit(Table, name="space_visits"):
    """When one person last looked at one space: posts since then are new to them.

    Nobody else's business, moderators included. The browser writes it.
    """

    user_id: Ref[User]
    space_id: Ref[Space]
    last_visited_at: Timestamp = now()
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_space_id", "user_id", "space_id", unique=True),
        Index("by_space_id", "space_id"),
    )
    access = Access(
        read=caller_is("user_id"),
        insert=all_of(caller_is("user_id"), can_see("space_id")),
        update=caller_is("user_id").columns("last_visited_at"),
        delete=caller_is("user_id"),
        direct=True,
    )
