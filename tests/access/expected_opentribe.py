"""Who may do what in the community itself: its people, spaces, courses, events and points."""

from datetime import UTC, datetime

from tests.access.expectation import (
    CALLER,
    EVERYONE,
    MEMBER,
    MODERATORS,
    OWNER,
    SIGNED_IN,
    SOMEBODY,
    Expected,
    Row,
    the,
)

LONG_AGO = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)
PAYING = "member moderator admin"  # Who sees what is for the gold tier.

PEOPLE = (
    Expected(
        table="public.users",
        row={"id": OWNER, "bio": "Keeps bees."},
        read=SIGNED_IN,
        update={"name bio avatar_url avatar_storage_id visibility notification_prefs": "owner"},
        direct="update",
    ),
    Expected(
        table="public.users",
        case="private",
        row={"id": OWNER, "visibility": "private"},
        read="owner moderator admin",
        update={"name bio avatar_url avatar_storage_id visibility notification_prefs": "owner"},
        direct="update",
    ),
    Expected(
        table="public.memberships",
        row={"user_id": OWNER, "tier": "silver", "status": "active", "stripe_customer_id": "cus_1"},
        read="owner admin",
    ),
    Expected(table="public.inboxes", row={"id": OWNER}, read="owner"),
    Expected(
        table="public.follows",
        row={"follower_id": OWNER, "following_id": SOMEBODY},
        new={"follower_id": CALLER, "following_id": SOMEBODY},
        read=SIGNED_IN,
        insert=SIGNED_IN,
        delete="owner",
    ),
    Expected(
        table="public.follows",
        case="of somebody private",
        beside=(Row("public.users", {"id": SOMEBODY, "visibility": "private"}),),
        row={"follower_id": MEMBER, "following_id": SOMEBODY},
        new={"follower_id": CALLER, "following_id": SOMEBODY},
        read=SIGNED_IN,
        insert="moderator admin",
        delete="member",
    ),
)

SPACE_COLUMNS = "name description icon visibility post_permission required_tier order deleted_at"


def _space(case: str, read: str, **row: object) -> Expected:
    return Expected(
        table="public.spaces",
        case=case,
        row={"name": "General", **row},
        new={"name": "Another"},
        new_optional="description icon visibility post_permission required_tier order deleted_at",
        read=read,
        insert="admin",
        update={SPACE_COLUMNS: "admin"},
    )


SPACES = (
    _space("public", EVERYONE, visibility="public"),
    _space("members", SIGNED_IN, visibility="members"),
    _space("any tier", PAYING, visibility="paid"),
    _space("gold", PAYING, visibility="paid", required_tier="gold"),
    _space("platinum", MODERATORS, visibility="paid", required_tier="platinum"),
    _space("closed", "", visibility="public", deleted_at=LONG_AGO),
    _space("announcements", EVERYONE, visibility="public", post_permission="admins"),
    _space("of moderators", SIGNED_IN, visibility="members", post_permission="moderators"),
)


def _post(case: str, space: str, read: str, insert: str, **row: object) -> Expected:
    return Expected(
        table="public.posts",
        case=case,
        row={"space_id": the("public.spaces", space), "author_id": OWNER, "content": "Hello", **row},
        new={"space_id": the("public.spaces", space), "author_id": CALLER, "content": "Hello"},
        new_optional="deleted_at",
        read=read,
        insert=insert,
        update={"content deleted_at": "owner moderator admin"},
    )


POSTS = (
    _post("in a public space", "public", EVERYONE, SIGNED_IN),
    _post("in a members' space", "members", SIGNED_IN, SIGNED_IN),
    _post("in the gold space", "gold", PAYING, PAYING),
    _post("in a closed space", "closed", "", ""),
    _post("deleted", "public", "", SIGNED_IN, deleted_at=LONG_AGO),
    _post("where admins post", "announcements", EVERYONE, "admin"),
    _post("where moderators post", "of moderators", SIGNED_IN, MODERATORS),
)


def _comment(case: str, post: str, read: str, insert: str, **row: object) -> Expected:
    return Expected(
        table="public.comments",
        case=case,
        row={"post_id": the("public.posts", post), "author_id": OWNER, "content": "Indeed", **row},
        new={"post_id": the("public.posts", post), "author_id": CALLER, "content": "Indeed"},
        new_optional="parent_id deleted_at",
        read=read,
        insert=insert,
        update={"content deleted_at": "owner moderator admin"},
    )


COMMENTS = (
    _comment("on a public post", "in a public space", EVERYONE, SIGNED_IN),
    _comment("on a members' post", "in a members' space", SIGNED_IN, SIGNED_IN),
    _comment("on a gold post", "in the gold space", PAYING, PAYING),
    _comment("on a deleted post", "deleted", "", ""),
    _comment("on an announcement", "where admins post", EVERYONE, SIGNED_IN),
    _comment("deleted", "in a public space", "", SIGNED_IN, deleted_at=LONG_AGO),
)


def _like(case: str, kind: str, target: object, allowed: str) -> Expected:
    return Expected(
        table="public.likes",
        case=case,
        row={"user_id": OWNER, "target_type": kind, "target_id": target},
        new={"user_id": CALLER, "target_type": kind, "target_id": target},
        changes={"target_type": kind},
        read=" ".join(dict.fromkeys(f"owner {allowed}".split())),
        insert=allowed,
        delete="owner",
    )


LIKES = (
    _like("of a public post", "post", the("public.posts", "in a public space"), SIGNED_IN),
    _like("of a gold post", "post", the("public.posts", "in the gold space"), PAYING),
    _like("of a comment", "comment", the("public.comments", "on a members' post"), SIGNED_IN),
    _like("of a gold comment", "comment", the("public.comments", "on a gold post"), PAYING),
)


def _report(case: str, kind: str, target: object, insert: str) -> Expected:
    return Expected(
        table="public.reports",
        case=case,
        row={"reporter_id": OWNER, "target_type": kind, "target_id": target, "reason": "Rude."},
        new={"reporter_id": CALLER, "target_type": kind, "target_id": target, "reason": "Rude."},
        changes={"target_type": kind},
        read="owner moderator admin",
        insert=insert,
        update={"status resolved_at resolved_by": MODERATORS},
    )


REPORTS = (
    _report("of a post", "post", the("public.posts", "in a members' space"), SIGNED_IN),
    _report("of a post out of sight", "post", the("public.posts", "in the gold space"), PAYING),
    _report("of a comment", "comment", the("public.comments", "on a public post"), SIGNED_IN),
    _report("of a person", "user", MEMBER, SIGNED_IN),
)


def _visit(case: str, space: str, insert: str) -> Expected:
    return Expected(
        table="public.space_visits",
        case=case,
        row={"user_id": OWNER, "space_id": the("public.spaces", space)},
        new={"user_id": CALLER, "space_id": the("public.spaces", space)},
        new_optional="last_visited_at",
        read="owner",
        insert=insert,
        update={"last_visited_at": "owner"},
        delete="owner",
        direct="insert update delete",
    )


VISITS = (
    _visit("to a members' space", "members", SIGNED_IN),
    _visit("to the gold space", "gold", PAYING),
)


def _course(case: str, read: str, **row: object) -> Expected:
    columns = "title description thumbnail visibility required_tier status"
    return Expected(
        table="public.courses",
        case=case,
        row={"title": "Speaking", **row},
        new={"title": "Listening"},
        new_optional="description thumbnail visibility required_tier status",
        read=read,
        insert="admin",
        update={columns: MODERATORS},
        delete="admin",
    )


def _module(case: str, course: str, read: str) -> Expected:
    return Expected(
        table="public.modules",
        case=case,
        row={"course_id": the("public.courses", course), "title": "First steps"},
        new={"course_id": the("public.courses", course), "title": "Next steps"},
        new_optional="order",
        read=read,
        insert=MODERATORS,
        update={"title order": MODERATORS},
        delete=MODERATORS,
    )


def _lesson(case: str, course: str, module: str, read: str, *enrolled: object, **row: object) -> Expected:
    place = {"course_id": the("public.courses", course), "module_id": the("public.modules", module)}
    return Expected(
        table="public.lessons",
        case=case,
        row={**place, "title": "Breathing", "content": "In, and out.", **row},
        new={**place, "title": "Standing"},
        changes={"attachments": [{"name": "Exercises", "path": "breathing/exercises.pdf"}]},
        new_optional="content video_url attachments free_preview order",
        beside=tuple(
            Row("public.enrollments", {"course_id": place["course_id"], "user_id": who}) for who in enrolled
        ),
        read=read,
        insert=MODERATORS,
        update={"course_id module_id title content video_url attachments free_preview order": MODERATORS},
        delete=MODERATORS,
    )


COURSES = (
    _course("public", EVERYONE, visibility="public", status="published"),
    _course("members", SIGNED_IN, visibility="members", status="published"),
    _course("gold", PAYING, visibility="paid", required_tier="gold", status="published"),
    _course("draft", MODERATORS, visibility="public", status="draft"),
    _module("of a public course", "public", EVERYONE),
    _module("of a gold course", "gold", PAYING),
    _module("of a draft", "draft", MODERATORS),
    _lesson("nobody else takes", "public", "of a public course", MODERATORS),
    _lesson("the owner takes", "public", "of a public course", "owner moderator admin", OWNER),
    _lesson("to look into", "public", "of a public course", EVERYONE, free_preview=True),
    _lesson("of gold to look into", "gold", "of a gold course", PAYING, free_preview=True),
    _lesson("taken without paying", "gold", "of a gold course", PAYING, OWNER, MEMBER),
    _lesson("of a draft", "draft", "of a draft", MODERATORS, OWNER, free_preview=True),
)


def _enrollment(case: str, course: str, insert: str) -> Expected:
    return Expected(
        table="public.enrollments",
        case=case,
        row={"course_id": the("public.courses", course), "user_id": OWNER},
        new={"course_id": the("public.courses", course), "user_id": CALLER},
        read="owner moderator admin",
        insert=insert,
        update={"last_lesson_id": "owner"},
        delete="owner",
        direct="insert update delete",
    )


PROGRESS = {
    "enrollment_id": the("public.enrollments", "in a public course"),
    "course_id": the("public.courses", "public"),
    "lesson_id": the("public.lessons", "nobody else takes"),
}

LEARNING = (
    _enrollment("in a public course", "public", SIGNED_IN),
    _enrollment("in the gold course", "gold", PAYING),
    _enrollment("in a draft", "draft", MODERATORS),
    Expected(
        table="public.lesson_progress",
        row={**PROGRESS, "user_id": OWNER},
        new={**PROGRESS, "user_id": OWNER},
        new_optional="completed_at",
        read="owner moderator admin",
        insert="owner",
        update={"completed_at": "owner"},
        delete="owner",
        direct="insert update delete",
    ),
)

EVENT_COLUMNS = (
    "description end_time timezone location visibility required_tier capacity recurrence canceled_at"
)


def _event(case: str, read: str, **row: object) -> Expected:
    return Expected(
        table="public.events",
        case=case,
        row={"title": "Assembly", "start_time": LONG_AGO, **row},
        new={"title": "Feast", "start_time": LONG_AGO},
        new_optional=EVENT_COLUMNS,
        changes={"recurrence": {"freq": "WEEKLY"}},
        read=read,
        insert=MODERATORS,
        update={f"title start_time {EVENT_COLUMNS}": MODERATORS},
        delete=MODERATORS,
    )


def _rsvp(case: str, event: str, status: str, read: str, insert: str) -> Expected:
    return Expected(
        table="public.rsvps",
        case=case,
        row={"event_id": the("public.events", event), "user_id": OWNER, "status": status},
        new={"event_id": the("public.events", event), "user_id": CALLER, "status": status},
        read=read,
        insert=insert,
        update={"status": "owner moderator admin"},
        delete="owner",
    )


EVENTS = (
    _event("public", EVERYONE, visibility="public"),
    _event("members", SIGNED_IN, visibility="members"),
    _event("gold", PAYING, visibility="paid", required_tier="gold"),
    _event("canceled", SIGNED_IN, visibility="members", canceled_at=LONG_AGO),
    _rsvp("going", "public", "going", SIGNED_IN, SIGNED_IN),
    _rsvp("not going", "public", "not_going", "owner moderator admin", SIGNED_IN),
    _rsvp("maybe", "members", "maybe", "owner moderator admin", SIGNED_IN),
    _rsvp("waiting", "members", "waitlist", "owner moderator admin", SIGNED_IN),
    _rsvp("going to a gold event", "gold", "going", "owner member moderator admin", PAYING),
)

GAME = (
    Expected(
        table="public.points",
        row={"user_id": OWNER, "action": "post_created", "amount": 5},
        read="owner moderator admin",
    ),
    Expected(
        table="public.gamification_config",
        row={"action": "post_created", "point_value": 5},
        new={"action": "comment_created", "point_value": 2},
        changes={"action": "like_received"},
        read=EVERYONE,
        insert="admin",
        update={"action point_value": "admin"},
        delete="admin",
    ),
    Expected(
        table="public.levels",
        row={"name": "Newcomer", "threshold": 0, "order": 1},
        new={"name": "Regular", "threshold": 100, "order": 2},
        new_optional="color",
        changes={"color": "#00ff00"},
        read=EVERYONE,
        insert="admin",
        update={"name threshold order color": "admin"},
        delete="admin",
    ),
    Expected(
        table="public.community_settings",
        row={"name": "The assembly", "stripe_connected_account_id": "acct_1"},
        new={"name": "Another assembly"},
        new_optional="logo_storage_id primary_color custom_domain",
        changes={"primary_color": "#00ff00", "custom_domain": "assembly.example.org"},
        read=EVERYONE,
        insert="admin",
        update={"name logo_storage_id primary_color custom_domain": "admin"},
        hidden="stripe_connected_account_id stripe_charges_enabled",
    ),
)

_OURS = {"account": "", "livemode": False}

BILLING = (
    Expected(
        table="public.stripe_events",
        row={**_OURS, "event_id": "evt_1", "type": "price.created", "occurred_at": LONG_AGO, "payload": "{}"},
    ),
    Expected(table="public.stripe_customers", row={**_OURS, "customer_id": "cus_1", "user_id": OWNER}),
    Expected(
        table="public.stripe_subscriptions", row={**_OURS, "subscription_id": "sub_1", "user_id": OWNER}
    ),
    Expected(table="public.stripe_charges", row={**_OURS, "charge_id": "ch_1"}),
)

EXPECTED = (
    *BILLING,
    *PEOPLE,
    *SPACES,
    *POSTS,
    *COMMENTS,
    *LIKES,
    *REPORTS,
    *VISITS,
    *COURSES,
    *LEARNING,
    *EVENTS,
    *GAME,
)
