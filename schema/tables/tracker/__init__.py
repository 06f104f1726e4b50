"""The tracker: goals, key figures, boards and plans, each person's for themselves alone."""

from schema.tables.tracker.content import ContentItem, ContentMetric, PlatformMetric, WeeklyContentMetric
from schema.tables.tracker.goals import Goal
from schema.tables.tracker.kanban import KanbanBoard, KanbanColumn, KanbanTask
from schema.tables.tracker.kpis import UserKpi, WeeklyKpi, WeeklyKpiEntry
from schema.tables.tracker.metrics import FinancialMetric, Metric
from schema.tables.tracker.profiles import UserConfig, UserProfile
from schema.tables.tracker.roadmaps import Roadmap
from schema.tables.tracker.skills import SkillProgression
from schema.tables.tracker.sprints import Sprint

TABLES = (
    UserProfile,
    UserConfig,
    Goal,
    Metric,
    FinancialMetric,
    Sprint,
    Roadmap,
    KanbanBoard,
    KanbanColumn,
    KanbanTask,
    UserKpi,
    WeeklyKpi,
    WeeklyKpiEntry,
    ContentItem,
    ContentMetric,
    WeeklyContentMetric,
    PlatformMetric,
    SkillProgression,
)
VIEWS = ()
ROUTINES = ()

__all__ = [
    "ROUTINES",
    "TABLES",
    "VIEWS",
    "ContentItem",
    "ContentMetric",
    "FinancialMetric",
    "Goal",
    "KanbanBoard",
    "KanbanColumn",
    "KanbanTask",
    "Metric",
    "PlatformMetric",
    "Roadmap",
    "SkillProgression",
    "Sprint",
    "UserConfig",
    "UserKpi",
    "UserProfile",
    "WeeklyContentMetric",
    "WeeklyKpi",
    "WeeklyKpiEntry",
]
