"""The coaching hub: assessments, what they say about one's skills, and where to learn more."""

from schema.tables.coaching.assessments import Assessment, AssessmentQuestion
from schema.tables.coaching.attempts import UserAttempt, UserResponse
from schema.tables.coaching.competencies import CompetencyDisplayName, CompetencyLeverageStrength
from schema.tables.coaching.integrity import (
    ASSESSMENTS_WITHOUT_QUESTIONS,
    INCOMPLETE_SKILL_TAGS,
    RESOURCES_WITHOUT_URL,
)
from schema.tables.coaching.learning import LearningPathCategory, LearningResource
from schema.tables.coaching.routines import (
    ATTEMPT_ANSWERS,
    GET_LEARNING_PATHS,
    STORE_INSIGHTS,
    SUBMITTED_ANSWERS,
)
from schema.tables.coaching.skills import SkillTag, TagAction, TagInsight

TABLES = (
    Assessment,
    AssessmentQuestion,
    UserAttempt,
    UserResponse,
    SkillTag,
    TagInsight,
    TagAction,
    CompetencyDisplayName,
    CompetencyLeverageStrength,
    LearningPathCategory,
    LearningResource,
)
VIEWS = (ATTEMPT_ANSWERS, ASSESSMENTS_WITHOUT_QUESTIONS, INCOMPLETE_SKILL_TAGS, RESOURCES_WITHOUT_URL)
ROUTINES = (SUBMITTED_ANSWERS, GET_LEARNING_PATHS, STORE_INSIGHTS)

__all__ = [
    "ROUTINES",
    "TABLES",
    "VIEWS",
    "Assessment",
    "AssessmentQuestion",
    "CompetencyDisplayName",
    "CompetencyLeverageStrength",
    "LearningPathCategory",
    "LearningResource",
    "SkillTag",
    "TagAction",
    "TagInsight",
    "UserAttempt",
    "UserResponse",
]
