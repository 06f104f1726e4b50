"""What the OpenTribe document names: tables 1 to 23, in its words with underscores.

Its `_storage` ids are `..._storage_id`; `_creationTime`, which Convex adds by itself, is `created_at`.
"""

from tests.domains.documented import Documented

OPENTRIBE = Documented(
    tables={
        "public.users": "id bio avatar_storage_id visibility role points level notification_prefs created_at",
        "public.spaces": (
            "id name description icon visibility post_permission required_tier order deleted_at created_at"
        ),
        "public.posts": (
            "id space_id author_id content author_name author_avatar like_count comment_count deleted_at"
            " created_at"
        ),
        "public.comments": (
            "id post_id author_id parent_id content author_name author_avatar like_count deleted_at"
            " created_at"
        ),
        "public.likes": "id user_id target_type target_id created_at",
        "public.courses": "id title description thumbnail visibility status enrollment_count created_at",
        "public.modules": "id course_id title order created_at",
        "public.lessons": "id module_id title content video_url attachments order created_at",
        "public.enrollments": "id course_id user_id last_lesson_id completed_at created_at",
        "public.lesson_progress": "id lesson_id user_id completed_at created_at",
        "public.events": ("id title description start_time end_time location capacity recurrence created_at"),
        "public.rsvps": "id event_id user_id status created_at",
        "public.memberships": (
            "id user_id tier stripe_customer_id stripe_subscription_id status current_period_end created_at"
        ),
        "public.notifications": "id user_id type actor_id actor_name data read created_at",
        "public.conversations": "id participant_ids last_message_at last_message_preview created_at",
        "public.messages": "id conversation_id sender_id sender_name content read_at created_at",
        "public.points": "id user_id action amount reference_type reference_id created_at",
        "public.gamification_config": "id action point_value",
        "public.levels": "id name threshold order color",
        "public.follows": "id follower_id following_id created_at",
        "public.reports": "id reporter_id target_type target_id reason status resolved_at created_at",
        "public.space_visits": "id user_id space_id last_visited_at",
        "public.community_settings": (
            "id name logo_storage_id primary_color custom_domain stripe_connected_account_id"
        ),
    },
    indexes={
        "public.users": ["role", "points"],
        "public.posts": ["space_id", "author_id"],
        "public.comments": ["post_id", "author_id"],
        "public.likes": ["target_type target_id"],
        "public.modules": ["course_id order"],
        "public.lessons": ["module_id order"],
        "public.enrollments": ["course_id", "user_id"],
        "public.lesson_progress": ["lesson_id", "user_id"],
        "public.events": ["start_time"],
        "public.rsvps": ["event_id", "user_id"],
        "public.memberships": ["user_id", "stripe_customer_id"],
        "public.notifications": ["user_id created_at", "user_id read created_at"],
        "public.messages": ["conversation_id created_at"],
        "public.points": ["user_id", "action"],
        "public.gamification_config": ["action"],
        "public.levels": ["order"],
        "public.follows": ["follower_id", "following_id"],
        "public.reports": ["target_type target_id", "status"],
        "public.space_visits": ["user_id space_id"],
    },
    unique={
        "public.likes": ["user_id target_type target_id"],
        "public.enrollments": ["course_id user_id"],
        "public.lesson_progress": ["lesson_id user_id"],
        "public.rsvps": ["event_id user_id"],
        "public.gamification_config": ["action"],
        "public.levels": ["order"],
        "public.follows": ["follower_id following_id"],
        "public.space_visits": ["user_id space_id"],
    },
    checks={
        "public.users": ["visibility", "role"],
        "public.spaces": ["visibility", "post_permission"],
        "public.likes": ["target_type"],
        "public.courses": ["visibility", "status"],
        "public.events": ["recurrence", "capacity"],
        "public.rsvps": ["status"],
        "public.memberships": ["status"],
        "public.notifications": ["type"],
        "public.reports": ["target_type", "status"],
    },
    foreign_keys={
        "public.users.id": "auth.users",
        "public.posts.space_id": "public.spaces",
        "public.posts.author_id": "public.users",
        "public.comments.post_id": "public.posts",
        "public.comments.author_id": "public.users",
        "public.comments.parent_id": "public.comments",
        "public.likes.user_id": "public.users",
        "public.modules.course_id": "public.courses",
        "public.lessons.module_id": "public.modules",
        "public.enrollments.course_id": "public.courses",
        "public.enrollments.user_id": "public.users",
        "public.enrollments.last_lesson_id": "public.lessons",
        "public.lesson_progress.lesson_id": "public.lessons",
        "public.lesson_progress.user_id": "public.users",
        "public.rsvps.event_id": "public.events",
        "public.rsvps.user_id": "public.users",
        "public.memberships.user_id": "public.users",
        "public.notifications.user_id": "public.users",
        "public.notifications.actor_id": "public.users",
        "public.messages.conversation_id": "public.conversations",
        "public.messages.sender_id": "public.users",
        "public.points.user_id": "public.users",
        "public.follows.follower_id": "public.users",
        "public.follows.following_id": "public.users",
        "public.reports.reporter_id": "public.users",
        "public.space_visits.user_id": "public.users",
        "public.space_visits.space_id": "public.spaces",
    },
)
