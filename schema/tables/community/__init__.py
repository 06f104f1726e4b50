"""The community's own feed, goals and resources."""

from schema.tables.community.actions import ActionType, UserAction
from schema.tables.community.goals import GoalHistory, GoalMetrics
from schema.tables.community.posts import CommunityPost, PostLike, PostReply
from schema.tables.community.resources import Resource, ResourceDownload, ResourceRating
from schema.tables.community.tracks import Profile, Track, TrackGoal

TABLES = (
    Track,
    TrackGoal,
    Profile,
    CommunityPost,
    PostLike,
    PostReply,
    GoalHistory,
    GoalMetrics,
    ActionType,
    UserAction,
    Resource,
    ResourceDownload,
    ResourceRating,
)

__all__ = [
    "TABLES",
    "ActionType",
    "CommunityPost",
    "GoalHistory",
    "GoalMetrics",
    "PostLike",
    "PostReply",
    "Profile",
    "Resource",
    "ResourceDownload",
    "ResourceRating",
    "Track",
    "TrackGoal",
    "UserAction",
]
