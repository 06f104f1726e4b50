"""The matrix finds what it is for: doors too wide, doors too narrow, and refusals that prove nothing."""

from dataclasses import replace

from schema.tables import CATALOG
from tests.access.community import Community
from tests.access.expectation import CALLER, EVERYONE, OWNER, SIGNED_IN, Expected, the
from tests.access.matrix import Wrong, describe, find_wrong

SPACE = Expected(
    table="public.spaces",
    case="of the members",
    row={"name": "General", "visibility": "members"},
    new={"name": "Mine"},
)
POST = Expected(
    table="public.posts",
    case="to try",
    row={"space_id": the("public.spaces", "of the members"), "author_id": OWNER, "content": "Hello"},
    new={"space_id": the("public.spaces", "of the members"), "author_id": CALLER, "content": "Hello"},
    new_optional="deleted_at",
    read=SIGNED_IN,
    insert=SIGNED_IN,
    update={"content deleted_at": "owner moderator admin"},
)


async def wrong_cells(owner, expected: Expected) -> list[Wrong]:
    known = {(one.table, one.case): one for one in (SPACE, expected)}
    return await find_wrong(Community(owner, CATALOG, known), expected)


def brief(wrong: list[Wrong]) -> set[tuple[str, str, str, str, str]]:
    return {
        (one.cell.act, one.cell.column, one.cell.actor, one.cell.way, one.found.partition(":")[0])
        for one in wrong
    }


async def test_nothing_is_wrong_where_expectation_and_database_agree(owner):
    assert await wrong_cells(owner, POST) == []


async def test_an_act_that_was_to_be_refused_is_found(owner):
    wrong = await wrong_cells(owner, replace(POST, insert="owner moderator admin"))
    assert brief(wrong) == {("insert", "", actor, "mutation", "done") for actor in ("stranger", "member")}


async def test_an_act_that_was_to_be_possible_is_found(owner):
    wrong = await wrong_cells(owner, replace(POST, read=EVERYONE))
    columns = {column.name for column in CATALOG.table("posts").columns}
    refused = "refused, 0 rows"
    assert brief(wrong) == {
        ("select", column, "anon", way, refused) for column in columns for way in ("browser", "mutation")
    }
    assert describe(POST, wrong).count("\n") == 2  # A line for each way in, and not one for each column.


async def test_a_way_in_that_was_to_be_shut_is_found(owner):
    await owner.execute("grant update (content) on public.posts to authenticated")
    await owner.execute("create policy open on public.posts for update to authenticated using (true)")
    wrong = await wrong_cells(owner, POST)
    writers = ("stranger", "owner", "member", "moderator", "admin")
    assert brief(wrong) == {("update", "content", actor, "browser", "done") for actor in writers}


async def test_writing_in_the_name_of_another_is_found(owner):
    await owner.execute("create policy open on public.posts for insert to folkmoot_writer with check (true)")
    wrong = await wrong_cells(owner, POST)
    people = ("stranger", "owner", "member", "moderator", "admin")
    assert brief(wrong) == {
        ("insert", "", "anon", "mutation", "done"),
        *(("insert for another", "author_id", actor, "mutation", "done") for actor in people),
    }


async def test_a_column_that_an_insert_was_not_to_name_is_found(owner):
    wrong = await wrong_cells(owner, replace(POST, new_optional=""))
    people = ("stranger", "owner", "member", "moderator", "admin")
    assert brief(wrong) == {("insert naming", "deleted_at", actor, "mutation", "done") for actor in people}


async def test_a_hidden_column_that_browsers_can_read_is_found(owner):
    wrong = await wrong_cells(owner, replace(POST, hidden="content"))
    people = ("stranger", "owner", "member", "moderator", "admin")
    assert brief(wrong) == {("select", "content", actor, "browser", "done") for actor in people}


async def test_a_refusal_that_meets_everybody_proves_nothing(owner):
    await owner.execute(
        "create function pg_temp.refuse() returns trigger language plpgsql as $$ begin"
        " raise exception using errcode = '42501'; end $$;"
        "create trigger refuse before delete on public.posts execute function pg_temp.refuse()"
    )
    wrong = await wrong_cells(owner, POST)
    actors = ("anon", "stranger", "owner", "member", "moderator", "admin")
    vacuous = "refused, which proves nothing, as nobody else can do it"
    ways = ("browser", "mutation")
    assert brief(wrong) == {
        *(("delete", "", actor, way, vacuous) for actor in actors for way in ways),
        ("delete", "", "service", "service_role", "refused, 42501 42501"),
    }


async def test_an_attempt_that_breaks_a_constraint_is_not_taken_for_a_refusal(owner):
    wrong = await wrong_cells(owner, replace(POST, changes={"content": ""}))
    invalid = {("update", "content", actor, "mutation") for actor in ("owner", "moderator", "admin")}
    assert {cell[:4] for cell in brief(wrong) if cell[4] == "the attempt itself is invalid"} == {
        *invalid,
        ("update", "content", "service", "service_role"),
    }
    vacuous = {cell[2:4] for cell in brief(wrong) if cell[4].startswith("refused, which proves nothing")}
    assert ("stranger", "mutation") in vacuous


async def test_a_derived_column_without_its_guard_is_found(owner):
    await owner.execute("alter table public.posts disable trigger derived_guard")
    wrong = await wrong_cells(owner, POST)
    assert {(cell.act, cell.column, cell.actor) for cell in (one.cell for one in wrong)} >= {
        (act, column, "tables' owner")
        for act in ("update", "insert naming")
        for column in ("like_count", "author_name")
    }


async def test_a_derived_column_that_the_service_may_write_is_found(owner):
    await owner.execute("grant update (like_count) on public.posts to service_role")
    wrong = await wrong_cells(owner, POST)
    assert brief(wrong) == {("update", "like_count", "service", "service_role", "done")}
