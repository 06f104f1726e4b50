"""Degree paths: programs, courses, and people's way through them."""

from schema.tables.academy.accounts import ROUTINES, VIEWS
from schema.tables.academy.achievements import Achievement, UserAchievement
from schema.tables.academy.assessments import Assessment, AssessmentAttempt
from schema.tables.academy.certificates import Certificate
from schema.tables.academy.content_items import ContentItem
from schema.tables.academy.courses import Course
from schema.tables.academy.discussions import Comment, Discussion
from schema.tables.academy.enrollments import Enrollment, Progress
from schema.tables.academy.learners import Learner
from schema.tables.academy.modules import Module
from schema.tables.academy.programs import Program

TABLES = (
    Learner,
    Program,
    Course,
    Module,
    ContentItem,
    Enrollment,
    Progress,
    Assessment,
    AssessmentAttempt,
    Discussion,
    Comment,
    Achievement,
    UserAchievement,
    Certificate,
)

__all__ = [
    "ROUTINES",
    "TABLES",
    "VIEWS",
    "Achievement",
    "Assessment",
    "AssessmentAttempt",
    "Certificate",
    "Comment",
    "ContentItem",
    "Course",
    "Discussion",
    "Enrollment",
    "Learner",
    "Module",
    "Program",
    "Progress",
    "UserAchievement",
]
