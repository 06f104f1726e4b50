"""The tables of the community, and the catalog they make up."""

from schema.language import Catalog
from schema.tables.comments import Comment
from schema.tables.courses import Course
from schema.tables.enrollments import Enrollment
from schema.tables.likes import Like
from schema.tables.memberships import Membership
from schema.tables.posts import Post
from schema.tables.spaces import Space
from schema.tables.users import User

CATALOG = Catalog(User, Membership, Space, Post, Comment, Like, Course, Enrollment)

__all__ = [
    "CATALOG",
    "Comment",
    "Course",
    "Enrollment",
    "Like",
    "Membership",
    "Post",
    "Space",
    "User",
]
