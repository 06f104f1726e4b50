"""The ways through the community, and where each person stands on them."""

from typing import Annotated

from schema.language import (
    Access,
    Index,
    Ref,
    Rows,
    Table,
    Text,
    Timestamp,
    admin,
    any_of,
    caller_is,
    moderator,
    signed_in,
)


class Track(Table, name="tracks", schema="community", rows=Rows.FEW):
    """One way through the community, made of goals. Shown to anyone signed in; admins lay them out."""

    name: Annotated[str, Text(length_min=1, length_max=120)]
    description: Annotated[str, Text(length_max=2_000)] | None = None
    order: int = 0
    updated_at: Timestamp

    indexes = (Index("by_order", "order"),)
    access = Access(
        read=signed_in(),
        insert=admin(),
        update=admin().columns("name", "description", "order"),
        delete=admin(),
    )


class TrackGoal(Table, name="track_goals", schema="community", rows=Rows.FEW):
    """One goal of a track. Shown to anyone signed in; admins set them.

    Removing a goal removes what people have recorded about reaching it.
    """

    track_id: Ref[Track]
    title: Annotated[str, Text(length_min=1, length_max=200)]
    description: Annotated[str, Text(length_max=2_000)] | None = None
    order: int = 0
    updated_at: Timestamp

    indexes = (Index("by_track_id", "track_id", "order"),)
    access = Access(
        read=signed_in(),
        insert=admin(),
        update=admin().columns("title", "description", "order"),
        delete=admin(),
    )


class Profile(Table, name="profiles", schema="community", extends="public.users", automatic=True):
    """What a person is after right now: their track, and the goal on it.

    Made with the person. It is theirs to choose; moderators see it too, so that they can help.
    """

    current_track_id: Ref[Track] | None = None
    current_goal_id: Ref[TrackGoal] | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_current_track_id", "current_track_id"),
        Index("by_current_goal_id", "current_goal_id"),
    )
    access = Access(
        read=any_of(caller_is("id"), moderator()),
        update=caller_is("id").columns("current_track_id", "current_goal_id"),
        direct=True,
    )
