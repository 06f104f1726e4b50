"""Who follows whom."""

from schema.language import Access, Differ, Index, Ref, Table, all_of, caller_is, can_see, signed_in
from schema.tables.users import User


class Follow(Table, name="follows"):
    """One person following another, seen by anyone signed in.

    People follow whom they can see, themselves excepted, and stop when they like.
    """

    follower_id: Ref[User]
    following_id: Ref[User]

    indexes = (
        Index("by_follower_id_and_following_id", "follower_id", "following_id", unique=True),
        Index("by_follower_id", "follower_id", "created_at"),
        Index("by_following_id", "following_id", "created_at"),
    )
    limits = (Differ("follower_id", "following_id", message="Nobody follows themselves."),)
    access = Access(
        read=signed_in(),
        insert=all_of(caller_is("follower_id"), can_see("following_id")),
        delete=caller_is("follower_id"),
    )
