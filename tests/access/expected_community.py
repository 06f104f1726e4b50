"""Who may do what with the community's own feed, goals and resources."""

from tests.access.expectation import (
    CALLER,
    EVERYONE,
    MODERATORS,
    OWNER,
    SIGNED_IN,
    Expected,
    the,
)

_OWNER_AND_MODERATORS = "owner moderator admin"
_POST = {"author_id": OWNER, "content": "Hello"}
_NEW_POST = {"author_id": CALLER, "content": "Hello"}
_RESOURCE = {
    "title": "Agenda",
    "description": "For an hour",
    "type": "template",
    "category": "templates",
    "file_url": "https://files.example.org/agenda.pdf",
    "file_size": "1 MB",
    "format": "PDF",
    "difficulty": "beginner",
    "tags": ["agenda"],
    "published_at": "2026-01-06T10:00:00Z",
}
_NEW_RESOURCE = {
    "title": "Other",
    "description": "For two hours",
    "type": "guide",
    "category": "business",
    "format": "ZIP",
}
_RESOURCE_OPTIONAL = "access file_url file_size difficulty tags is_popular is_new published_at deleted_at"
_RESOURCE_COLUMNS = f"title description type category format {_RESOURCE_OPTIONAL}"

_TRACKS = (
    Expected(
        table="community.tracks",
        row={"name": "Speak up", "description": "From listener to speaker", "order": 1},
        new={"name": "Build it"},
        new_optional="description order",
        read=SIGNED_IN,
        insert="admin",
        update={"name description order": "admin"},
        delete="admin",
    ),
    Expected(
        table="community.track_goals",
        row={"track_id": the("community.tracks"), "title": "Ask", "description": "Anything", "order": 1},
        new={"track_id": the("community.tracks"), "title": "Chair"},
        new_optional="description order",
        read=SIGNED_IN,
        insert="admin",
        update={"title description order": "admin"},
        delete="admin",
    ),
    Expected(
        table="community.profiles",
        row={
            "id": OWNER,
            "current_track_id": the("community.tracks"),
            "current_goal_id": the("community.track_goals"),
        },
        read=_OWNER_AND_MODERATORS,
        update={"current_track_id current_goal_id": "owner"},
        direct="update",
    ),
)

_FEED = (
    Expected(
        table="community.community_posts",
        row=_POST,
        new=_NEW_POST,
        read=SIGNED_IN,
        insert=SIGNED_IN,
        update={"content deleted_at": _OWNER_AND_MODERATORS, "is_pinned": MODERATORS},
    ),
    Expected(
        table="community.community_posts",
        case="pinned",
        row={**_POST, "is_pinned": True},
        new=_NEW_POST,
        read=SIGNED_IN,
        insert=SIGNED_IN,
        update={"content is_pinned deleted_at": MODERATORS},
    ),
    Expected(
        table="community.community_posts",
        case="deleted",
        row={**_POST, "deleted_at": "2026-01-06T10:00:00Z"},
        new=_NEW_POST,
        insert=SIGNED_IN,
        update={"content deleted_at": _OWNER_AND_MODERATORS, "is_pinned": MODERATORS},
    ),
    Expected(
        table="community.community_post_likes",
        row={"post_id": the("community.community_posts"), "user_id": OWNER},
        new={"post_id": the("community.community_posts"), "user_id": CALLER},
        read=SIGNED_IN,
        insert=SIGNED_IN,
        delete="owner",
    ),
    Expected(
        table="community.community_post_likes",
        case="of a deleted post",
        row={"post_id": the("community.community_posts", "deleted"), "user_id": OWNER},
        new={"post_id": the("community.community_posts", "deleted"), "user_id": CALLER},
        read="owner",
        delete="owner",
    ),
    Expected(
        table="community.community_post_replies",
        row={"post_id": the("community.community_posts"), "author_id": OWNER, "content": "Hi"},
        new={"post_id": the("community.community_posts"), "author_id": CALLER, "content": "Hi"},
        read=SIGNED_IN,
        insert=SIGNED_IN,
        update={"content deleted_at": _OWNER_AND_MODERATORS},
    ),
)

_GOALS = (
    Expected(
        table="community.user_goal_history",
        row={
            "user_id": OWNER,
            "goal_id": the("community.track_goals"),
            "status": "completed",
            "progress": 50,
            "started_at": "2026-01-06T10:00:00Z",
            "paused_at": "2026-01-07T10:00:00Z",
            "completed_at": "2026-01-09T10:00:00Z",
        },
        new={
            "user_id": CALLER,
            "goal_id": the("community.track_goals"),
            "status": "completed",
            "started_at": "2026-01-06T10:00:00Z",
            "completed_at": "2026-01-09T10:00:00Z",
        },
        new_optional="progress paused_at",
        changes={"status": "completed", "started_at": "2026-01-06T12:00:00Z"},
        read=_OWNER_AND_MODERATORS,
        insert=SIGNED_IN,
        update={"status progress started_at paused_at completed_at": "owner"},
        delete="owner",
        direct="insert update delete",
    ),
    Expected(
        table="community.goal_metrics",
        row={
            "user_goal_history_id": the("community.user_goal_history"),
            "learn_rate": 20,
            "execution_rate": 80,
            "execution_pace": "fast",
            "ranking": 1,
            "days_to_complete": 3,
        },
        read=_OWNER_AND_MODERATORS,
    ),
    Expected(
        table="community.action_types",
        row={"name": "Studied", "description": "A lesson", "points": 5},
        new={"name": "Shipped"},
        new_optional="description points",
        read=SIGNED_IN,
        insert="admin",
        update={"name description points": "admin"},
        delete="admin",
    ),
    Expected(
        table="community.user_actions",
        row={
            "user_id": OWNER,
            "action_type_id": the("community.action_types"),
            "goal_id": the("community.track_goals"),
            "title": "Read",
            "description": "Two chapters",
            "details": "The long ones",
            "metadata": {"minutes": 30},
        },
        new={"user_id": CALLER, "action_type_id": the("community.action_types")},
        new_optional="goal_id course_id title description details metadata action_date",
        read=_OWNER_AND_MODERATORS,
        insert=SIGNED_IN,
        update={"goal_id course_id title description details metadata action_date": "owner"},
        delete="owner",
        direct="insert update delete",
    ),
)

_RESOURCES = (
    Expected(
        table="community.community_resources",
        case="free",
        row=_RESOURCE,
        new=_NEW_RESOURCE,
        new_optional=_RESOURCE_OPTIONAL,
        read=EVERYONE,
        insert=MODERATORS,
        update={_RESOURCE_COLUMNS: MODERATORS},
    ),
    Expected(
        table="community.community_resources",
        case="member-only",
        row={**_RESOURCE, "access": "member-only"},
        new=_NEW_RESOURCE,
        new_optional=_RESOURCE_OPTIONAL,
        read="member moderator admin",
        insert=MODERATORS,
        update={_RESOURCE_COLUMNS: MODERATORS},
    ),
    Expected(
        table="community.community_resources",
        case="unpublished",
        row={**_RESOURCE, "published_at": None},
        new=_NEW_RESOURCE,
        new_optional=_RESOURCE_OPTIONAL,
        read=MODERATORS,
        insert=MODERATORS,
        update={_RESOURCE_COLUMNS: MODERATORS},
    ),
    Expected(
        table="community.community_resources",
        case="withdrawn",
        row={**_RESOURCE, "deleted_at": "2026-01-07T10:00:00Z"},
        new=_NEW_RESOURCE,
        new_optional=_RESOURCE_OPTIONAL,
        read=MODERATORS,
        insert=MODERATORS,
        update={_RESOURCE_COLUMNS: MODERATORS},
    ),
    Expected(
        table="community.resource_downloads",
        row={"resource_id": the("community.community_resources", "free"), "user_id": OWNER},
        new={"resource_id": the("community.community_resources", "free"), "user_id": CALLER},
        read="owner admin",
        insert=SIGNED_IN,
    ),
    Expected(
        table="community.resource_downloads",
        case="of a member-only resource",
        row={"resource_id": the("community.community_resources", "member-only"), "user_id": OWNER},
        new={"resource_id": the("community.community_resources", "member-only"), "user_id": CALLER},
        read="owner admin",
        insert="member moderator admin",
    ),
    Expected(
        table="community.resource_downloads",
        case="by a guest",
        row={
            "resource_id": the("community.community_resources", "free"),
            "email": "guest@example.net",
            "ip_address": "203.0.113.7",
            "user_agent": "Mozilla/5.0",
        },
        read="admin",
    ),
    Expected(
        table="community.resource_ratings",
        row={
            "resource_id": the("community.community_resources", "free"),
            "user_id": OWNER,
            "rating": 4,
            "review": "Good",
        },
        new={"resource_id": the("community.community_resources", "free"), "user_id": CALLER, "rating": 5},
        new_optional="review",
        read=SIGNED_IN,
        insert=SIGNED_IN,
        update={"rating review": "owner"},
        delete=_OWNER_AND_MODERATORS,
    ),
    Expected(
        table="community.resource_ratings",
        case="of a member-only resource",
        row={
            "resource_id": the("community.community_resources", "member-only"),
            "user_id": OWNER,
            "rating": 4,
            "review": "Good while I was a member",
        },
        new={
            "resource_id": the("community.community_resources", "member-only"),
            "user_id": CALLER,
            "rating": 5,
        },
        new_optional="review",
        read="owner member moderator admin",
        insert="member moderator admin",
        delete=_OWNER_AND_MODERATORS,
    ),
)

EXPECTED = (*_TRACKS, *_FEED, *_GOALS, *_RESOURCES)
