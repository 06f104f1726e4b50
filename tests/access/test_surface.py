"""What there is to reach at all: the declared tables, views and functions, and nothing beside them."""

from schema.compile.callers import READERS
from schema.compile.jobs import CALLERS
from schema.compile.rules import asked_functions, held_rules
from schema.language.names import held_function, permission_function
from schema.tables import CATALOG

SCHEMAS = sorted({table.schema for table in CATALOG})
ROLES = ("anon", "authenticated", "folkmoot_writer", "service_role")
SERVICE = "service_role"
RIGHTS = ("select", "insert", "update", "delete", "truncate", "references", "trigger")


async def test_every_table_that_can_be_reached_is_declared_and_has_row_security(owner):
    rows = await owner.fetch(
        "select format('%s.%s', relnamespace::regnamespace, relname) as name, relrowsecurity as secured"
        " from pg_class"
        " where relkind in ('r', 'p', 'f', 'm') and relnamespace::regnamespace::text = any ($1)",
        SCHEMAS,
    )
    assert {row["name"] for row in rows} == {table.qualified for table in CATALOG}
    assert [row["name"] for row in rows if not row["secured"]] == []


async def test_views_are_read_by_their_readers_as_themselves_and_written_by_nobody(owner):
    rows = await owner.fetch(
        "select format('%s.%s', relnamespace::regnamespace, relname) as name, role, may, reloptions"
        " from pg_class cross join unnest($2::text[]) as role cross join unnest($3::text[]) as may"
        " where relkind = 'v' and relnamespace::regnamespace::text = any ($1)"
        " and has_table_privilege(role, pg_class.oid, may)",
        SCHEMAS,
        ROLES,
        RIGHTS,
    )
    assert {(row["name"], row["role"], row["may"]) for row in rows} == {
        (view.name, role, "select") for view in CATALOG.views for role in (*view.readers, SERVICE)
    }
    assert {option for row in rows for option in row["reloptions"] or ()} <= {"security_invoker=true"}
    assert all(row["reloptions"] for row in rows)


async def test_functions_are_called_by_those_named_and_run_with_their_own_rights_where_they_can_be_seen(
    owner,
):
    rows = await owner.fetch(
        "select format('%s.%s', pronamespace::regnamespace, proname) as name, role, prosecdef as definer,"
        " proconfig as settings"
        " from pg_proc cross join unnest($2::text[]) as role"
        " where pronamespace::regnamespace::text = any ($1)"
        " and has_function_privilege(role, pg_proc.oid, 'execute')",
        SCHEMAS,
        ROLES,
    )
    assert {(row["name"], row["role"]) for row in rows} == {
        (routine.name, role)
        for routine in CATALOG.routines
        if routine.name.partition(".")[0] in SCHEMAS
        for role in routine.callers
    }
    assert [row["name"] for row in rows if row["definer"]] == []
    assert all('search_path=""' in (row["settings"] or ()) for row in rows)


async def test_tables_are_never_emptied_or_hooked_into_by_anybody(owner):
    rows = await owner.fetch(
        "select format('%s.%s', relnamespace::regnamespace, relname) as name, role, may"
        " from pg_class cross join unnest($2::text[]) as role cross join unnest($3::text[]) as may"
        " where relkind = 'r' and relnamespace::regnamespace::text = any ($1)"
        " and has_table_privilege(role, pg_class.oid, may)",
        SCHEMAS,
        ROLES,
        ("truncate", "references", "trigger"),
    )
    assert [tuple(row) for row in rows] == []


async def test_helper_functions_are_called_by_those_whose_policies_ask_and_drained_by_the_service(owner):
    rows = await owner.fetch(
        "select format('%s.%s', pronamespace::regnamespace, proname) as name, role"
        " from pg_proc cross join unnest($1::text[]) as role"
        " where pronamespace::regnamespace::text in ('private', 'derived')"
        " and has_function_privilege(role, pg_proc.oid, 'execute')",
        ROLES,
    )
    asked = {
        "caller_role",
        "caller_tiers",
        *(held_function(rule, CATALOG.table(rule.table)) for rule in held_rules(CATALOG)),
        *(permission_function(table, permission) for table, permission in asked_functions(CATALOG)),
    }
    private = [one for one in CATALOG.routines if one.name.startswith("private.")]
    assert {tuple(row) for row in rows if row["name"].startswith("private.")} == {
        *((f"private.{name}", role) for name in asked for role in READERS),
        *((one.name, role) for one in private for role in one.callers),
        *((f"private.{name}_job", role) for name in ("schedule", "finish", "cancel") for role in CALLERS),
    }
    drains = {tuple(row) for row in rows if row["name"].startswith("derived.")}
    assert {role for _, role in drains} == {SERVICE}
    assert {name for name, _ in drains} <= {"derived.drain_copies", "derived.drain_deltas"}
