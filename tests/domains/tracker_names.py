"""What the tracker's design document names: 18 tables, each person's own."""

from tests.domains.documented import Documented

_TABLES = {
    "goals": "id user_id goal_id name yearly_target unit category is_numeric monthly monthly_targets"
    " current_total progress_pct created_at updated_at",
    "metrics": "id user_id date data created_at updated_at",
    "sprints": "sprint_id user_id start_date status created_at updated_at",
    "financial_metrics": "id user_id mrr net_worth created_at updated_at",
    "roadmaps": "id user_id roadmap_id data created_at updated_at",
    "kanban_boards": "id user_id board_id name description created_at updated_at",
    "kanban_columns": "id user_id board_id column_id title color position created_at updated_at",
    "kanban_tasks": "id user_id board_id task_id column_id title description assignee priority due_date"
    " labels time_spent position is_deleted deleted_at created_at updated_at",
    "user_profiles": "id username display_name is_admin user_preferences created_at updated_at",
    "user_configs": "id user_id config_key config_value created_at updated_at",
    # Of the two tables of this name, all columns.
    "user_kpis": "id user_id kpi_id name target min_target unit category color is_active sort_order"
    " is_average is_reverse_scoring created_at updated_at",
    "weekly_kpis": "id user_id week_key data created_at updated_at",
    "weekly_kpi_entries": "id user_id week_key kpi_id name current_value target_value min_target_value unit"
    " category color is_completed completion_rate created_at updated_at",
    "content_items": "id user_id content_id title platform content_type published_date created_at updated_at",
    "content_metrics": "id user_id content_id metric_date views likes shares comments subscribers revenue"
    " swipe_rate created_at updated_at",
    # The other table called content_metrics.
    "weekly_content_metrics": "id user_id week_key platform metric_type metric_value created_at updated_at",
    "platform_metrics": "id user_id platform metric_name metric_value week_key created_at updated_at",
    "skill_progression": "id user_id skill_id skill_name category current_level target_level progress_data"
    " created_at updated_at",
}

TRACKER = Documented(
    tables={f"tracker.{name}": columns for name, columns in _TABLES.items()},
    # "Composite indexes: (user_id, date) for time-series queries."
    indexes={
        "tracker.goals": ["user_id"],
        "tracker.metrics": ["user_id date"],
        "tracker.sprints": ["sprint_id", "user_id start_date"],
        "tracker.kanban_boards": ["user_id board_id"],
        "tracker.kanban_columns": ["user_id board_id position"],
        "tracker.kanban_tasks": ["user_id board_id column_id position"],
        "tracker.weekly_kpis": ["user_id week_key"],
        "tracker.weekly_kpi_entries": ["user_id week_key"],
        "tracker.content_items": ["user_id published_date"],
        "tracker.content_metrics": ["user_id metric_date", "user_id content_id"],
        "tracker.weekly_content_metrics": ["user_id week_key"],
        "tracker.platform_metrics": ["user_id week_key", "user_id platform"],
    },
    # "JSONB indexes: GIN indexes on JSONB columns for efficient queries", which nobody has of settings.
    gin={
        "tracker.goals": ["monthly", "monthly_targets"],
        "tracker.metrics": ["data"],
        "tracker.roadmaps": ["data"],
        "tracker.kanban_tasks": ["labels"],
        "tracker.weekly_kpis": ["data"],
        "tracker.skill_progression": ["progress_data"],
    },
    unique={
        "tracker.goals": ["user_id goal_id"],
        "tracker.metrics": ["user_id date"],
        "tracker.sprints": ["sprint_id"],
        "tracker.financial_metrics": ["user_id"],
        "tracker.roadmaps": ["user_id roadmap_id"],
        "tracker.kanban_boards": ["user_id board_id"],
        "tracker.kanban_columns": ["user_id board_id column_id"],
        "tracker.kanban_tasks": ["user_id board_id task_id"],
        "tracker.user_profiles": ["username"],
        "tracker.user_configs": ["user_id config_key"],
        "tracker.user_kpis": ["user_id kpi_id"],
        "tracker.weekly_kpis": ["user_id week_key"],
        "tracker.weekly_kpi_entries": ["user_id week_key kpi_id"],
        "tracker.content_items": ["user_id content_id"],
        "tracker.weekly_content_metrics": ["user_id week_key platform metric_type"],
        "tracker.skill_progression": ["user_id skill_id"],
    },
    checks={
        "tracker.goals": ["category"],
        "tracker.sprints": ["status"],
        "tracker.kanban_tasks": ["priority"],
    },
    foreign_keys={
        **{f"tracker.{name}.user_id": "public.users" for name in _TABLES if name != "user_profiles"},
        "tracker.user_profiles.id": "public.users",
        "tracker.kanban_columns.board_id": "tracker.kanban_boards",
        "tracker.kanban_tasks.board_id": "tracker.kanban_columns",
        "tracker.kanban_tasks.column_id": "tracker.kanban_columns",
        "tracker.content_metrics.content_id": "tracker.content_items",
    },
    functions=["private.update_updated_at_column()", "tracker.recalculate_goal_progress()"],
    triggers=["tracker.goals recalculate_goal_progress_trigger"],
    policies=[
        (f"tracker.{name}", operation, "authenticated")
        for name in _TABLES
        for operation in ("select", "insert", "update")
    ],
)
