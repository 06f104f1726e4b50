"""Templates, guides and tools to take along."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, IPvAnyAddress

from schema.language import (
    Access,
    Bounds,
    GinIndex,
    Index,
    Ref,
    Rows,
    Table,
    Text,
    Timestamp,
    admin,
    all_of,
    any_of,
    avg_of,
    caller_is,
    can_see,
    count_of,
    equals,
    filled,
    moderator,
    not_deleted,
    now,
    paying,
    signed_in,
)
from schema.tables.users import User

_ACCESS = Access(
    read=any_of(
        all_of(
            not_deleted,
            filled("published_at"),
            any_of(
                equals("access", "free"),
                all_of(equals("access", "member-only"), paying()),
            ),
        ),
        moderator(),
    ),
    insert=moderator(),
    update=moderator().columns(
        "title",
        "description",
        "type",
        "category",
        "access",
        "file_url",
        "file_size",
        "format",
        "difficulty",
        "tags",
        "is_popular",
        "is_new",
        "published_at",
        "deleted_at",
    ),
)


class Resource(Table, name="community_resources", schema="community", rows=Rows.FEW, access=_ACCESS):
    """One file to take along.

    Once published, a `free` one is shown to visitors too, a `member-only` one to people with a live
    membership of any tier. Moderators see drafts as well; they add, edit and publish resources, and withdraw
    them softly.
    """

    title: Annotated[str, Text(length_min=1, length_max=200)]
    description: Annotated[str, Text(length_min=1, length_max=10_000)]
    type: Literal["template", "guide", "checklist", "video", "course", "tool"]
    category: Literal["client-acquisition", "development", "business", "templates", "marketing"]
    access: Literal["free", "member-only"] = "free"  # pyright: ignore[reportIncompatibleVariableOverride]  # A column of that name.
    file_url: Annotated[str, Text(length_max=2_000)] | None = None
    file_size: Annotated[str, Text(length_max=40)] | None = None
    format: Annotated[str, Text(length_min=1, length_max=120)]
    difficulty: Literal["beginner", "intermediate", "advanced"] | None = None
    tags: list[str] = Field(default_factory=list)
    download_count: int = count_of("community.resource_downloads", by="resource_id")
    rating: Decimal | None = avg_of("community.resource_ratings.rating", by="resource_id", digits=2)
    is_popular: bool = False
    is_new: bool = False
    published_at: Timestamp | None = None
    deleted_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_category", "category", "created_at"),
        Index("by_type", "type", "created_at"),
        Index("by_access", "access", "created_at"),
        Index("by_is_popular", "is_popular", "created_at"),
        Index("by_is_new", "is_new", "created_at"),
        Index("by_rating", "rating"),
        Index("by_download_count", "download_count"),
        GinIndex("by_tags", "tags"),
    )


class ResourceDownload(Table, name="resource_downloads", schema="community"):
    """One download of a resource, by a person or by a guest who left an address.

    People record their own, of what they can see; the service adds from where, and writes those of guests.
    Somebody's downloads are their own business and the admins'. Without its account a download still counts.
    """

    resource_id: Ref[Resource]
    user_id: Ref[User] | None = None
    email: Annotated[str, Text(length_max=320)] | None = None
    downloaded_at: Timestamp = now()
    ip_address: IPvAnyAddress | None = None
    user_agent: Annotated[str, Text(length_max=1_000)] | None = None

    indexes = (
        Index("by_resource_id", "resource_id", "downloaded_at"),
        Index("by_user_id", "user_id", "downloaded_at"),
        Index("by_email", "email", "downloaded_at"),
        Index("by_downloaded_at", "downloaded_at"),
    )
    access = Access(
        read=any_of(caller_is("user_id"), admin()),
        insert=all_of(caller_is("user_id"), can_see("resource_id")).columns("resource_id", "user_id"),
    )


class ResourceRating(Table, name="resource_ratings", schema="community"):
    """What one person thinks of one resource, once: stars, and a review if they like.

    Shown to anyone signed in who sees the resource. Its author may change or withdraw it; moderators may
    remove it.
    """

    resource_id: Ref[Resource]
    user_id: Ref[User]
    rating: Annotated[int, Bounds(1, 5)]
    review: Annotated[str, Text(length_max=5_000)] | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_resource_id_and_user_id", "resource_id", "user_id", unique=True),
        Index("by_user_id", "user_id", "created_at"),
    )
    access = Access(
        read=any_of(caller_is("user_id"), all_of(signed_in(), can_see("resource_id"))),
        insert=all_of(caller_is("user_id"), can_see("resource_id")),
        update=all_of(caller_is("user_id"), can_see("resource_id")).columns("rating", "review"),
        delete=any_of(caller_is("user_id"), moderator()),
    )
