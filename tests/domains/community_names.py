"""What the community document names: eight tables, and four that it takes for granted.

Its `courses` are those of the community, in `public`.
"""

from tests.domains.documented import Documented

COMMUNITY = Documented(
    tables={
        "community.community_posts": "id author_id content is_pinned created_at updated_at likes_count"
        " replies_count deleted_at",
        "community.community_post_likes": "id post_id user_id created_at",
        "community.community_post_replies": "id post_id author_id content created_at updated_at deleted_at",
        "community.user_goal_history": "id user_id goal_id status progress started_at completed_at paused_at"
        " created_at updated_at",
        "community.goal_metrics": "id user_goal_history_id learn_rate execution_rate execution_pace ranking"
        " days_to_complete created_at updated_at",
        "community.community_resources": "id title description type category access file_url file_size"
        " format difficulty tags download_count rating is_popular is_new created_at updated_at published_at"
        " deleted_at",
        "community.resource_downloads": "id resource_id user_id email downloaded_at ip_address user_agent",
        "community.resource_ratings": "id resource_id user_id rating review created_at updated_at",
        "community.profiles": "id current_goal_id current_track_id",
        "community.tracks": "id",
        "community.track_goals": "id track_id",
        "community.action_types": "id",
        "community.user_actions": "user_id action_type_id goal_id points description metadata action_date"
        " created_at title details course_id",
        "public.courses": "id",
    },
    indexes={
        "community.community_posts": ["author_id", "created_at", "is_pinned created_at"],
        "community.community_post_likes": ["post_id", "user_id"],
        "community.community_post_replies": ["post_id", "author_id", "created_at"],
        "community.user_goal_history": ["user_id", "goal_id", "status", "user_id status"],
        "community.goal_metrics": ["user_goal_history_id", "ranking"],
        "community.community_resources": [
            "category",
            "type",
            "access",
            "is_popular",
            "is_new",
            "rating",
            "download_count",
        ],
        "community.resource_downloads": ["resource_id", "user_id", "email", "downloaded_at"],
        "community.resource_ratings": ["resource_id", "user_id"],
    },
    unique={
        "community.community_post_likes": ["post_id user_id"],
        "community.goal_metrics": ["user_goal_history_id"],
        "community.resource_ratings": ["resource_id user_id"],
    },
    checks={
        "community.user_goal_history": ["status", "progress"],
        "community.goal_metrics": ["execution_pace"],
        "community.community_resources": ["type", "category", "access", "difficulty"],
        "community.resource_ratings": ["rating"],
    },
    foreign_keys={
        "community.community_posts.author_id": "public.users",
        "community.community_post_likes.post_id": "community.community_posts",
        "community.community_post_likes.user_id": "public.users",
        "community.community_post_replies.post_id": "community.community_posts",
        "community.community_post_replies.author_id": "public.users",
        "community.user_goal_history.user_id": "public.users",
        "community.user_goal_history.goal_id": "community.track_goals",
        "community.goal_metrics.user_goal_history_id": "community.user_goal_history",
        "community.resource_downloads.resource_id": "community.community_resources",
        "community.resource_downloads.user_id": "public.users",
        "community.resource_ratings.resource_id": "community.community_resources",
        "community.resource_ratings.user_id": "public.users",
        "community.user_actions.course_id": "public.courses",
        "community.profiles.current_goal_id": "community.track_goals",
    },
)
