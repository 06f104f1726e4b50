"""Rows found by their words, or by what is in an array or object: which, in what order, and by which plan."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import asyncpg
import pytest

from backend.engine.reads import TableRead
from backend.engine.versions import ANONYMOUS, Identity
from backend.runtime import searches
from backend.runtime.reading import Paging, Reader
from backend.runtime.registration import Registry
from backend.runtime.searches import Search, searched_as
from backend.runtime.session import Role, Session, assume, reading_role, writing_role
from backend.server import app as composition
from schema.tables import CATALOG
from schema.tables.academy import Course
from schema.tables.coaching import LearningResource
from tests.databases import Database
from tests.protocol.conftest import open_service
from tests.runtime import domain_functions
from tests.runtime.conftest import Community, value

FUNCTIONS = "tests/runtime/domainFunctions"


@pytest.fixture
async def ada(community: Community) -> Identity:
    return await community.member("Ada")


@pytest.fixture
async def programs(community: Community) -> None:
    for number, (title, description) in enumerate(
        (
            ("The sea", "All about whales, and more whales: whales!"),
            ("Rivers", "Otters, and one whale."),
            ("Mountains", "Goats."),
            ("Drafts", "Whales in secret."),
        )
    ):
        await community.insert(
            "academy.programs",
            slug=f"p-{number}",
            title=title,
            description=description,
            is_published=title != "Drafts",
            difficulty_level="advanced" if title == "Rivers" else "beginner",
        )


async def test_words_are_found_in_any_form_best_first_among_what_the_caller_may_see(community, programs):
    async def found(words: str, **more: object) -> Any:
        return value(await community.query(f"{FUNCTIONS}:programsAbout", {"words": words, **more}))

    assert await found("whales") == ["The sea", "Rivers"]
    assert await found("whales", count=1) == ["The sea"]
    assert await found("whales -otters") == ["The sea"]
    assert await found('"one whale" or goats') == ["Rivers", "Mountains"]
    assert await found("the") == await found("") == await found("'); drop table x; --") == []
    assert await found("whales", count=0) == []


async def test_a_search_can_be_narrowed_to_rows_with_given_values(community, programs):
    answer = await community.query(f"{FUNCTIONS}:beginnersProgramsAbout", {"words": "whales"})
    assert value(answer) == ["The sea"]


async def test_a_search_is_run_again_when_anything_in_its_table_changes(community, programs):
    answer = await community.query(f"{FUNCTIONS}:programsAbout", {"words": "dolphins"})
    assert value(answer) == []
    assert TableRead("academy.programs") in answer.reads.tables


async def test_words_past_the_last_that_is_looked_for_are_left_out(community, programs):
    words = ["whales"] * searches.SEARCH_WORDS_MAX
    looked_for = await community.query(
        f"{FUNCTIONS}:programsAbout", {"words": " ".join([*words[1:], "goats"])}
    )
    left_out = await community.query(f"{FUNCTIONS}:programsAbout", {"words": " ".join([*words, "goats"])})
    assert value(looked_for) == []
    assert value(left_out) == ["The sea", "Rivers"]


async def test_a_search_gives_no_more_than_its_limit(community, programs, monkeypatch):
    monkeypatch.setattr(searches, "SEARCH_ROWS_MAX", 1)
    answer = await community.query(f"{FUNCTIONS}:programsAbout", {"words": "whales"})
    assert value(answer) == ["The sea"]


async def test_a_search_takes_no_other_order(community, programs):
    answer = await community.query(f"{FUNCTIONS}:searchedTwiceOver")
    assert answer.error is not None
    assert "A search has its own order" in answer.error.message


async def test_rows_are_found_by_the_elements_of_their_array(community, ada):
    category = await community.insert(
        "coaching.learning_path_categories",
        category_title="Listening",
        is_active=True,
        competency_areas=["listening"],
        priority_order=1,
    )
    for title, areas in (("One", ["listening"]), ("Both", ["listening", "trust"]), ("None", [])):
        await community.insert(
            "coaching.learning_resources",
            category_id=category,
            title=title,
            resource_type="book",
            competency_areas=areas,
        )

    async def on(*areas: str) -> Any:
        answer = await community.query(f"{FUNCTIONS}:resourcesOn", {"areas": list(areas)}, by=ada)
        assert TableRead("coaching.learning_resources") in answer.reads.tables
        return value(answer)

    assert await on("listening") == ["Both", "One"]
    assert await on("trust", "listening") == ["Both"]
    assert await on() == ["None", "Both", "One"]
    assert await on("cooking") == []


async def test_rows_are_found_by_what_their_json_holds_and_by_whose_they_are(community, ada):
    mine = {"user_id": ada.user_id, "board_id": "work"}
    await community.insert("tracker.kanban_boards", **mine, name="Work")
    await community.insert(
        "tracker.kanban_columns", **mine, column_id="todo", title="To do", color="#fff", position=1
    )
    for title, label in (("Tea", "hot"), ("Mail", "work")):
        task = {"task_id": title, "title": title, "priority": "low", "labels": json.dumps(["home", label])}
        await community.insert("tracker.kanban_tasks", **mine, column_id="todo", **task)

    async def labelled(*labels: str, by: Identity = ada) -> Any:
        return value(await community.query(f"{FUNCTIONS}:tasksLabelled", {"labels": list(labels)}, by=by))

    assert await labelled("hot") == ["Tea"]
    assert await labelled("hot", "work") == []
    assert await labelled("hot", by=await community.member("Eve")) == []


# --- beside what PostgreSQL finds under its own row security ---


WORDS = ("whale", "otter", "goat", "river", "sea", "tea")
ASKED = (*WORDS, "whales -otter", "goat or tea", '"sea tea"', "river sea", "dolphin", "the")
TAGS = ("a", "b", "c")


async def callers(community: Community) -> list[Identity]:
    """A visitor, people of several standings, and the maker of some drafts, in this order."""
    paying = await community.member("Gold")
    await community.insert("memberships", user_id=paying.user_id, tier="gold", status="active")
    moderator, admin = await community.member("Mo", "moderator"), await community.member("Ann", "admin")
    return [ANONYMOUS, await community.member("Eve"), paying, moderator, admin, await community.member("Di")]


async def plainly(community: Community, by: Identity, role: Role, sql: str, *parameters: object) -> list[str]:
    """The ids that a plain statement finds under `role`, with row security as its only guard."""
    async with community.sql.transaction():
        await community.sql.execute(assume(by, role))
        found = [str(row["id"]) for row in await community.sql.fetch(sql, *parameters)]
        await community.sql.execute("set local role none")
    return found


async def both_ways(
    community: Community, function: str, arguments: Mapping[str, object], by: Identity
) -> Any:
    """What a query finds, and what a mutation does: ids, under the role that each reads as."""
    queried = await community.query(f"{FUNCTIONS}:{function}", arguments, by=by)
    mutated = await community.mutate(f"{FUNCTIONS}:{function}Now", arguments, by=by)
    return [(reading_role(by), value(queried)), (writing_role(by), value(mutated))]


async def test_searches_by_words_find_what_row_security_shows_in_the_same_order(community):
    chance, people = random.Random(1), await callers(community)
    programs = [
        await community.insert(
            "academy.programs", slug=f"p-{number}", title="Path", is_published=number < 2, created_by=maker
        )
        for number, maker in enumerate((None, None, None, people[-1].user_id))
    ]
    for number in range(150):  # Few words and moments, so that ranks and moments are often equal.
        await community.insert(
            "academy.courses",
            program_id=chance.choice(programs),
            slug=f"c-{number}",
            title=chance.choice(WORDS),
            description=" ".join(chance.choices(WORDS, k=3)),
            estimated_hours=chance.choice((None, 1)),
            is_published=chance.random() < 0.6,
        )
    await community.sql.execute(
        "update academy.courses set"
        " created_at = '2026-01-01'::timestamptz + (hashtext(slug) % 3) * interval '1 day'"
    )
    document = "to_tsvector('english'::regconfig, coalesce(title, '') || ' ' || coalesce(description, ''))"
    counts: set[int] = set()
    for words in ASKED:
        program, hours = chance.choice((None, *programs)), chance.choice((None, 1))
        count = chance.choice((1, 7, 1000))
        plain = (
            f"select id from academy.courses where {document} @@ websearch_to_tsquery('english', $1)"
            " and ($2::uuid is null or program_id = $2 and estimated_hours is not distinct from $3)"
            f" order by ts_rank({document}, websearch_to_tsquery('english', $1)) desc, created_at desc, id"
            " limit $4"
        )
        for by in people:
            arguments = {"words": words, "count": count, "programId": program, "hours": hours}
            for role, found in await both_ways(community, "coursesAbout", arguments, by):
                assert found == await plainly(community, by, role, plain, words, program, hours, count)
                counts.add(len(found))
    assert {0, 1, 7} < counts, counts


async def test_searches_by_content_find_what_row_security_shows_deleted_or_not(community):
    chance, people = random.Random(2), await callers(community)
    for number in range(100):
        await community.insert(
            "community.community_resources",
            title=f"Resource {number}",
            description="Of use",
            type="guide",
            category="business",
            access=chance.choice(("free", "member-only")),
            format="pdf",
            difficulty=chance.choice((None, "beginner")),
            tags=[tag for tag in TAGS if chance.random() < 0.5],
        )
    await community.sql.execute(
        "update community.community_resources set"
        " created_at = '2026-01-01'::timestamptz + (hashtext(title) % 3) * interval '1 day',"
        " published_at = case when hashtext(title) % 4 <> 0 then now() end,"
        " deleted_at = case when hashtext(title) % 5 = 0 then now() end"
    )
    plain = (
        "select id from community.community_resources where tags @> $1::text[]"
        " and difficulty is not distinct from $2 and ($3 or deleted_at is null)"
        " order by created_at desc, id limit 1024"
    )
    counts: dict[bool, int] = {False: 0, True: 0}
    for tags in ([], ["a"], ["a", "b"], ["c"], ["none"]):
        for by in people:
            difficulty, deleted = chance.choice((None, "beginner")), chance.choice((True, False))
            arguments = {"tags": tags, "difficulty": difficulty, "withDeleted": deleted}
            for role, found in await both_ways(community, "resourcesTagged", arguments, by):
                assert found == await plainly(community, by, role, plain, tags, difficulty, deleted)
                counts[deleted] += len(found)
    assert min(counts.values()) > 20, counts


# --- plans ---


MANY_ROWS = """
    insert into academy.programs (slug, title, is_published) values ('p', 'Path', true);
    insert into coaching.learning_path_categories (category_title) values ('Listening');
    insert into academy.courses (program_id, slug, title, is_published)
        select id, 'c-' || n, 'word' || n % 500 || ' word' || n % 3, true
        from academy.programs, generate_series(1, 4000) as n;
    insert into coaching.learning_resources (category_id, title, resource_type, competency_areas)
        select id, 'R', 'book', array['area' || n % 500]
        from coaching.learning_path_categories, generate_series(1, 4000) as n;
    analyze"""


@dataclass
class Looking(Session):
    """A session that also tells by which plan PostgreSQL answers."""

    connection: asyncpg.Connection
    mode: str
    scans: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def __post_init__(self) -> None:
        super().__init__(self.connection)

    async def fetch(self, sql: str, parameters: Sequence[object] = ()) -> list[asyncpg.Record]:
        """How each table and index is read is noted: a kind of scan, and a name."""
        content, count = parameters
        given = content if isinstance(content, str) else f"{{{','.join(cast('list[str]', content))}}}"
        await self.connection.execute(f"set local plan_cache_mode = {self.mode}; prepare search as {sql}")
        plan = await self.connection.fetchval(f"explain (format json) execute search ('{given}', {count})")
        await self.connection.execute("deallocate search")
        assert plan is not None
        self.scans = set(_scans(json.loads(plan)[0]["Plan"]))
        return await super().fetch(sql, parameters)


def _scans(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("Relation Name", "Index Name"):
        if key in plan:
            yield plan["Node Type"], plan[key]
    for child in plan.get("Plans", ()):
        yield from _scans(child)


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_under_row_security_a_search_asks_its_index_and_reads_no_table_to_its_end(community, ada, mode):
    await community.sql.execute(MANY_ROWS)

    def courses(db: Reader) -> Search[Course]:
        return db.query(Course).search("search", "word7")

    def resources(db: Reader) -> Search[LearningResource]:
        return db.query(LearningResource).containing("by_competency_areas", ["area7"])

    looks: list[tuple[Identity, Role, Any]] = [(ANONYMOUS, "anon", courses)]
    for role in ("authenticated", "folkmoot_writer"):
        looks += [(ada, role, courses), (ada, role, resources)]
    for by, role, search in looks:
        table = "courses" if search is courses else "learning_resources"
        index = "courses_search" if search is courses else "learning_resources_by_competency_areas"
        async with community.sql.transaction():
            await community.sql.execute(assume(by, role))
            session = Looking(community.sql, mode)
            found = await search(Reader(session, None, Paging(b""), searched_as(CATALOG, role))).collect()
            assert len(found) == 8
            assert ("Bitmap Index Scan", index) in session.scans, (role, session.scans)
            assert ("Seq Scan", table) not in session.scans, (role, session.scans)
            # Straight in the table, which is why there are views:
            assert await search(Reader(session, None, Paging(b""))).collect() == found
            assert ("Seq Scan", table) in session.scans, (role, session.scans)


# --- open pages ---


async def test_an_open_search_moves_when_a_match_comes_goes_is_hidden_or_shown(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    registry = Registry.of(*composition.HANDLERS, domain_functions)
    monkeypatch.setattr(composition, "FUNCTIONS", registry)
    async with open_service(database) as served, served.client() as client, served.client() as other:
        person = await served.member()
        await client.authenticate(0, served.token(person))
        for subscriber in (client, other):
            await subscriber.subscribe(0, f"{FUNCTIONS}:programsAbout", words="whales")
            await subscriber.answer(0, [])

        async def settle(statement: str, mine: list[str], visitors: list[str]) -> None:
            await served.sql.execute(statement)
            await client.answer(0, mine)
            await other.answer(0, visitors)

        add = "insert into academy.programs (slug, title, is_published) values ('{}', 'Whales {}', {})"
        await settle(add.format("a", "a", "true"), ["Whales a"], ["Whales a"])
        await settle(add.format("b", "b b", "false"), ["Whales a"], ["Whales a"])
        hide = "update academy.programs set is_published = {} where slug = '{}'"
        await settle(hide.format("true", "b"), ["Whales b b", "Whales a"], ["Whales b b", "Whales a"])
        await settle(hide.format("false", "a"), ["Whales b b"], ["Whales b b"])
        role = f"update public.users set role = '{{}}' where id = '{person}'"
        await settle(role.format("moderator"), ["Whales b b", "Whales a"], ["Whales b b"])
        await settle(role.format("member"), ["Whales b b"], ["Whales b b"])
        await settle("delete from academy.programs where slug = 'b'", [], [])
