"""The tables of the community, and the catalog they make up.

The community itself stands here, in PostgreSQL's schema `public`; each further domain is a package, and a
schema, of its own. All share its people and its memberships.
"""

from schema.language import Catalog
from schema.tables import academy, coaching, community, tracker
from schema.tables.billing import BILLING, StripeCharge, StripeCustomer, StripeEvent, StripeSubscription
from schema.tables.comments import Comment
from schema.tables.community_settings import CommunitySettings
from schema.tables.conversations import Conversation, ConversationParticipant
from schema.tables.courses import Course
from schema.tables.enrollments import Enrollment
from schema.tables.events import Event
from schema.tables.follows import Follow
from schema.tables.gamification import GamificationConfig, Level
from schema.tables.inboxes import Inbox
from schema.tables.lesson_progress import LessonProgress
from schema.tables.lessons import Lesson
from schema.tables.likes import Like
from schema.tables.memberships import Membership
from schema.tables.messages import Message, MessageReceipt
from schema.tables.modules import Module
from schema.tables.notifications import Notification
from schema.tables.points import Point
from schema.tables.posts import Post
from schema.tables.reports import Report
from schema.tables.rsvps import Rsvp
from schema.tables.space_visits import SpaceVisit
from schema.tables.spaces import Space
from schema.tables.users import User

PUBLIC = (
    User,
    Membership,
    Inbox,
    Space,
    Post,
    Comment,
    Like,
    Course,
    Module,
    Lesson,
    Enrollment,
    LessonProgress,
    Event,
    Rsvp,
    Notification,
    Conversation,
    ConversationParticipant,
    Message,
    MessageReceipt,
    Point,
    GamificationConfig,
    Level,
    Follow,
    Report,
    SpaceVisit,
    CommunitySettings,
    *BILLING,
)

CATALOG = Catalog(
    *PUBLIC,
    *community.TABLES,
    *tracker.TABLES,
    *coaching.TABLES,
    *academy.TABLES,
    views=(*coaching.VIEWS, *academy.VIEWS),
    routines=(*coaching.ROUTINES, *academy.ROUTINES),
)

__all__ = [
    "CATALOG",
    "PUBLIC",
    "Comment",
    "CommunitySettings",
    "Conversation",
    "ConversationParticipant",
    "Course",
    "Enrollment",
    "Event",
    "Follow",
    "GamificationConfig",
    "Inbox",
    "Lesson",
    "LessonProgress",
    "Level",
    "Like",
    "Membership",
    "Message",
    "MessageReceipt",
    "Module",
    "Notification",
    "Point",
    "Post",
    "Report",
    "Rsvp",
    "Space",
    "SpaceVisit",
    "StripeCharge",
    "StripeCustomer",
    "StripeEvent",
    "StripeSubscription",
    "User",
]
