"""The tracker, as its people use it: from the browser, each with their own rows."""

from __future__ import annotations

import json
from decimal import Decimal
from uuid import UUID, uuid4

import asyncpg
import pytest
from postgrest.exceptions import APIError

REFUSED = "42501"

# Word for word from the design document, but for the schema and the type of `user_id`.
DOCUMENTED_PROGRESS = r"""
create schema documented;
create table documented.goals (
    goal_id text not null,
    yearly_target numeric not null,
    is_numeric boolean not null,
    monthly jsonb,
    current_total numeric not null default 0,
    progress_pct numeric not null default 0
);
CREATE OR REPLACE FUNCTION documented.recalculate_goal_progress()
RETURNS TRIGGER AS $$
BEGIN
  IF NEW.is_numeric THEN
    SELECT COALESCE(SUM(value::numeric), 0)
    INTO NEW.current_total
    FROM jsonb_each_text(NEW.monthly) AS month_data(month, value)
    WHERE value ~ '^[0-9]+(\.[0-9]+)?$';

    IF NEW.yearly_target > 0 THEN
      NEW.progress_pct = LEAST(1.0, NEW.current_total / NEW.yearly_target);
    ELSE
      NEW.progress_pct = 0;
    END IF;
  ELSE
    NEW.current_total = 0;
    NEW.progress_pct = 0;
  END IF;

  RETURN NEW;
END;
$$ LANGUAGE plpgsql;
create trigger recalculate_goal_progress_trigger before insert or update on documented.goals
    for each row execute function documented.recalculate_goal_progress();
"""

MONTHS: dict[str, object] = {
    "none": {},
    "numbers": {"2026-01": 118.5, "2026-02": 131, "2026-03": 0},
    "texts": {"2026-01": "118.50", "2026-02": "007"},
    "not plain": {"a": "-5", "b": "+5", "c": "1e3", "d": " 7", "e": "7.", "f": ".5", "g": "1,000", "h": ""},
    "not numbers": {"a": None, "b": True, "c": [1, 2], "d": {"e": 3}, "f": "lost count"},
    "below zero": {"a": -40, "b": 10},
    "mixed": {"a": 0.1, "b": "0.2", "c": "x", "d": 1e2},
    "much": {"a": 999999999999, "b": "0.000000000001"},
}


async def person(owner: asyncpg.Connection) -> UUID:
    somebody = uuid4()
    await owner.execute(
        "insert into auth.users (id, email) values ($1, $2)", somebody, f"{somebody}@example.org"
    )
    return somebody


async def refusal_of(request) -> str | None:
    """The code with which a request is refused; it must be."""
    with pytest.raises(APIError) as refused:
        await request.execute()
    return refused.value.code


async def test_progress_of_goals_is_what_the_design_document_computes(owner):
    await owner.execute(DOCUMENTED_PROGRESS)
    ada = await person(owner)
    cases = [
        (f"{name} to {target}, {numeric}", Decimal(target), numeric, json.dumps(months))
        for name, months in MONTHS.items()
        for target in ("1500", "0.5", "0", "-3")
        for numeric in (True, False)
    ]
    columns = "goal_id, yearly_target, is_numeric, monthly"
    await owner.executemany(f"insert into documented.goals ({columns}) values ($1, $2, $3, $4)", cases)
    await owner.executemany(
        f"insert into tracker.goals (user_id, name, unit, category, {columns})"
        f" values ('{ada}', 'Run', 'km', 'fitness', $1, $2, $3, $4)",
        cases,
    )
    computed = "select goal_id, current_total, progress_pct from {}.goals order by goal_id"
    documented = await owner.fetch(computed.format("documented"))
    assert len(documented) == len(cases)
    assert await owner.fetch(computed.format("tracker")) == documented

    for schema in ("documented", "tracker"):
        await owner.execute(f"update {schema}.goals set monthly = monthly || '{{\"z\": 12.5}}'")
    documented = await owner.fetch(computed.format("documented"))
    assert await owner.fetch(computed.format("tracker")) == documented


async def test_a_browser_says_what_was_reached_and_the_database_how_far_that_is(browsers):
    ada = await browsers.sign_up("ada")
    goals = ada.client.schema("tracker").table("goals")
    goal = {
        "user_id": str(ada.person),
        "goal_id": "run",
        "name": "Run",
        "yearly_target": 200,
        "unit": "km",
        "category": "fitness",
        "monthly": {"2026-01": "30.5", "2026-02": 19.5},
    }
    made = (await goals.insert(goal).execute()).data[0]
    assert (made["current_total"], made["progress_pct"]) == (50, 0.25)
    changed = (await goals.update({"yearly_target": 100}).eq("goal_id", "run").execute()).data[0]
    assert (changed["current_total"], changed["progress_pct"]) == (50, 0.5)
    assert changed["updated_at"] > made["updated_at"]
    assert await refusal_of(goals.update({"progress_pct": 1}).eq("goal_id", "run")) == REFUSED
    kept = (await goals.select("current_total, progress_pct").execute()).data
    assert kept == [{"current_total": 50, "progress_pct": 0.5}]


async def test_an_upsert_keeps_one_row_a_day_and_reaches_nobody_else(browsers):
    ada, eve = await browsers.sign_up("ada"), await browsers.sign_up("eve")

    def day_of(who, data, *, by):
        row = {"user_id": str(who.person), "date": "2026-03-02", "data": data}
        return by.client.schema("tracker").table("metrics").upsert(row, on_conflict="user_id,date")

    await day_of(ada, {"sleep": 6}, by=ada).execute()
    await day_of(ada, {"sleep": 7}, by=ada).execute()
    await day_of(eve, {"sleep": 9}, by=eve).execute()
    assert await refusal_of(day_of(ada, {"sleep": 0}, by=eve)) == REFUSED
    for who, data in ((ada, {"sleep": 7}), (eve, {"sleep": 9})):
        seen = await who.client.schema("tracker").table("metrics").select("user_id, date, data").execute()
        assert seen.data == [{"user_id": str(who.person), "date": "2026-03-02", "data": data}]


async def test_a_profile_is_upserted_by_its_owner_alone(browsers):
    ada, eve = await browsers.sign_up("ada"), await browsers.sign_up("eve")

    def profile_of(who, name, *, by):
        row = {"id": str(who.person), "username": f"u-{who.person}", "display_name": name}
        return by.client.schema("tracker").table("user_profiles").upsert(row)

    for name in ("Ada", "Countess"):
        made = (await profile_of(ada, name, by=ada).execute()).data
        assert [row["display_name"] for row in made] == [name]
    for by, whose in ((eve, ada), (ada, eve)):
        assert await refusal_of(profile_of(whose, "Mallory", by=by)) == REFUSED


async def test_a_sprint_is_found_by_the_name_its_id_has_in_the_document(browsers):
    ada = await browsers.sign_up("ada")
    sprints = ada.client.schema("tracker").table("sprints")
    for status in ("planned", "active", "completed"):
        row = {"user_id": str(ada.person), "start_date": "2026-01-12", "status": status}
        made = (await sprints.insert(row).execute()).data[0]
        assert made["sprint_id"] == made["id"]
        found = await sprints.select("status, start_date").eq("sprint_id", made["id"]).execute()
        assert found.data == [{"status": status, "start_date": "2026-01-12"}]


async def make_board(browser, *, board: str = "work", columns: tuple[str, ...] = ("todo",)) -> None:
    tracker, user = browser.client.schema("tracker"), {"user_id": str(browser.person)}
    await tracker.table("kanban_boards").insert({**user, "board_id": board, "name": "Work"}).execute()
    for position, column in enumerate(columns):
        row = {"board_id": board, "column_id": column, "title": column, "color": "red", "position": position}
        await tracker.table("kanban_columns").insert({**user, **row}).execute()


def task(browser, **values: object) -> dict[str, object]:
    usual = {"board_id": "work", "task_id": "tape", "column_id": "todo", "title": "Tape", "priority": "high"}
    return {"user_id": str(browser.person), **usual, **values}


async def test_two_people_may_have_boards_of_the_same_ids_and_keep_them_apart(browsers):
    ada, eve = await browsers.sign_up("ada"), await browsers.sign_up("eve")
    await make_board(ada, columns=("todo", "done"))
    await make_board(eve)
    for who, column in ((ada, "done"), (eve, "todo")):
        await who.client.schema("tracker").table("kanban_tasks").insert(task(who, column_id=column)).execute()
    # There is such a column, but not on a board of Eve's.
    misplaced = (
        eve.client.schema("tracker").table("kanban_tasks").insert(task(eve, task_id="lost", column_id="done"))
    )
    assert await refusal_of(misplaced) == "23503"
    boards = ada.client.schema("tracker").table("kanban_boards")
    whole = "board_id, kanban_columns(column_id, kanban_tasks(task_id))"
    assert (await boards.select(whole).execute()).data == [
        {
            "board_id": "work",
            "kanban_columns": [
                {"column_id": "todo", "kanban_tasks": []},
                {"column_id": "done", "kanban_tasks": [{"task_id": "tape"}]},
            ],
        }
    ]


async def test_what_is_on_a_board_follows_when_it_is_renamed_and_goes_when_it_goes(browsers):
    ada = await browsers.sign_up("ada")
    tracker = ada.client.schema("tracker")
    await make_board(ada)
    await tracker.table("kanban_tasks").insert(task(ada)).execute()
    await tracker.table("kanban_boards").update({"board_id": "play"}).eq("board_id", "work").execute()
    for table in ("kanban_columns", "kanban_tasks"):
        assert (await tracker.table(table).select("board_id").execute()).data == [{"board_id": "play"}]
    await tracker.table("kanban_boards").delete().eq("board_id", "play").execute()
    for table in ("kanban_columns", "kanban_tasks"):
        assert (await tracker.table(table).select("board_id").execute()).data == []


async def test_a_task_is_deleted_by_saying_when_and_can_be_had_back(browsers):
    ada = await browsers.sign_up("ada")
    await make_board(ada)
    tasks = ada.client.schema("tracker").table("kanban_tasks")
    made = (await tasks.insert(task(ada)).execute()).data[0]
    assert (made["is_deleted"], made["deleted_at"]) == (False, None)
    mine = tasks.update({"deleted_at": "2026-03-01T10:00:00+00:00"}).eq("task_id", "tape")
    assert (await mine.execute()).data[0]["is_deleted"] is True
    assert (await tasks.select("task_id").eq("is_deleted", "false").execute()).data == []
    assert await refusal_of(tasks.update({"is_deleted": False}).eq("task_id", "tape")) == REFUSED
    assert await refusal_of(tasks.delete().eq("task_id", "tape")) == REFUSED
    back = (await tasks.update({"deleted_at": None}).eq("task_id", "tape").execute()).data[0]
    assert (back["is_deleted"], back["deleted_at"]) == (False, None)


async def test_a_profile_begins_with_the_documented_preferences_and_makes_nobody_an_admin(browsers):
    ada, eve = await browsers.sign_up("ada"), await browsers.sign_up("eve")
    profiles = ada.client.schema("tracker").table("user_profiles")
    mine = {"id": str(ada.person), "username": "ada"}
    assert await refusal_of(profiles.insert({**mine, "is_admin": True})) == REFUSED
    made = (await profiles.insert(mine).execute()).data[0]
    assert made["is_admin"] is False
    assert made["user_preferences"] == {
        "show_content_tab": True,
        "enabled_modules": ["dashboard", "kpis", "visualizer", "roadmap", "cash", "content"],
        "default_view": "dashboard",
        "theme_settings": {
            "terminal_style": "cyberpunk",
            "animation_enabled": True,
            "sound_enabled": False,
        },
    }
    assert await refusal_of(profiles.update({"is_admin": True}).eq("id", str(ada.person))) == REFUSED
    taken = (
        eve.client.schema("tracker").table("user_profiles").insert({"id": str(eve.person), "username": "ada"})
    )
    assert await refusal_of(taken) == "23505"
    given = browsers.service.schema("tracker").table("user_profiles").update({"is_admin": True})
    assert (await given.eq("id", str(ada.person)).execute()).data[0]["is_admin"] is True


async def test_secrets_are_read_by_their_owner_and_the_service_alone(browsers):
    ada = await browsers.sign_up("ada")
    secret = {"config_key": "github", "config_value": {"token": "hush"}}
    await (
        ada.client.schema("tracker")
        .table("user_configs")
        .insert({"user_id": str(ada.person), **secret})
        .execute()
    )
    others = [await browsers.sign_up(role, role=role) for role in ("member", "moderator", "admin")]
    for other in others:
        assert (await other.client.schema("tracker").table("user_configs").select("*").execute()).data == []
    for reader in (ada.client, browsers.service):
        read = (
            await reader.schema("tracker").table("user_configs").select("config_key, config_value").execute()
        )
        assert read.data == [secret]


@pytest.mark.parametrize(
    ("current", "target", "rate", "completed"),
    [
        ("0", "20", "0", False),
        ("15", "20", "75", False),
        ("19.9999", "20", "99.9995", False),
        ("20", "20", "100", True),
        ("31", "20", "100", True),
        ("-5", "20", "0", False),
        ("0", "0", "100", True),
        ("-1", "0", "0", False),
    ],
)
async def test_a_week_says_how_much_of_its_target_was_reached(owner, current, target, rate, completed):
    made = await owner.fetchrow(
        "insert into tracker.weekly_kpi_entries"
        " (user_id, week_key, kpi_id, name, current_value, target_value, min_target_value, unit, category)"
        " values ($1, '2026-W09', 'deepWork', 'Deep work', $2, $3, 0, 'hours', 'discipline')"
        " returning completion_rate, is_completed",
        await person(owner),
        Decimal(current),
        Decimal(target),
    )
    assert tuple(made) == (Decimal(rate), completed)


@pytest.mark.parametrize(
    "table", ["weekly_kpis", "weekly_kpi_entries", "weekly_content_metrics", "platform_metrics"]
)
async def test_weeks_are_written_in_one_way(owner, table):
    constraint = await owner.fetchval(
        "select pg_get_expr(conbin, conrelid) from pg_constraint"
        " where conrelid = $1::regclass and conname = $2",
        f"tracker.{table}",
        f"{table}_week_key_check",
    )
    weeks = [
        "2026-W01",
        "2026-W53",
        "2026-W54",
        "2026-W00",
        "2026-W1",
        "2026-01",
        "26-W01",
        "2026-W01 ",
        "W01-2026",
    ]
    fitting = [
        week
        for week in weeks
        if await owner.fetchval(f"select {constraint} from (select $1::text as week_key)", week)
    ]
    assert fitting == ["2026-W01", "2026-W53"]


async def test_key_figures_are_made_in_both_documented_ways(browsers):
    ada = await browsers.sign_up("ada")
    kpis = ada.client.schema("tracker").table("user_kpis")
    named = {"user_id": str(ada.person), "name": "Sleep", "unit": "hours", "category": "health"}
    with_target = await kpis.insert({**named, "kpi_id": "a", "target": 7, "min_target": 6}).execute()
    with_scoring = await kpis.insert({**named, "kpi_id": "b", "is_reverse_scoring": True}).execute()
    made = [
        {name: row[name] for name in ("target", "min_target", "color", "is_reverse_scoring")}
        for row in (with_target.data[0], with_scoring.data[0])
    ]
    assert made == [
        {"target": 7, "min_target": 6, "color": "#5FE3B3", "is_reverse_scoring": False},
        {"target": 0, "min_target": None, "color": "#5FE3B3", "is_reverse_scoring": True},
    ]


async def test_figures_are_about_something_that_its_owner_published(browsers):
    ada, eve = await browsers.sign_up("ada"), await browsers.sign_up("eve")
    item = {
        "user_id": str(ada.person),
        "content_id": "hopping",
        "title": "Hopping",
        "platform": "youtube",
        "content_type": "video",
        "published_date": "2026-02-14",
    }
    await ada.client.schema("tracker").table("content_items").insert(item).execute()

    def figures(who):
        row = {
            "user_id": str(who.person),
            "content_id": "hopping",
            "metric_date": "2026-02-15",
            "views": 1942,
        }
        return who.client.schema("tracker").table("content_metrics").insert(row)

    await figures(ada).execute()
    assert await refusal_of(figures(eve)) == "23503"
    items = ada.client.schema("tracker").table("content_items")
    assert (await items.select("title, content_metrics(views)").execute()).data == [
        {"title": "Hopping", "content_metrics": [{"views": 1942}]}
    ]
    await items.delete().eq("content_id", "hopping").execute()
    left = await ada.client.schema("tracker").table("content_metrics").select("views").execute()
    assert left.data == []


async def test_the_seed_shows_goals_on_their_way_and_a_week_nearly_done(seeded):
    connection = await asyncpg.connect(seeded.dsn())
    try:
        goals = await connection.fetch(
            "select goal_id, current_total, round(progress_pct, 4) from tracker.goals order by goal_id"
        )
        assert [tuple(row) for row in goals] == [
            ("callHome", 0, 0),
            ("marathonTraining", Decimal("389.75"), Decimal("0.2598")),
            ("readPapers", 9, Decimal("0.1731")),
        ]
        week = "select kpi_id, completion_rate, is_completed from tracker.weekly_kpi_entries order by kpi_id"
        assert [tuple(row) for row in await connection.fetch(week)] == [
            ("deepWorkHours", 90, False),
            ("sleepAverage", 100, True),
        ]
        deleted = "select task_id from tracker.kanban_tasks where is_deleted"
        assert [row["task_id"] for row in await connection.fetch(deleted)] == ["oracle"]
    finally:
        await connection.close()
