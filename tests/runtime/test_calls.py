"""Functions that call functions: in one transaction or each in its own, within limits, with what they say."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.engine.ports import Call, MutationCall, MutationOutcome
from backend.engine.reads import ReadSet, RowRead, TableRead
from backend.engine.versions import ANONYMOUS, Identity
from backend.protocol.values import encode_text
from backend.runtime import context, log_lines, registration
from backend.runtime.observations import FunctionSaid
from tests.runtime.conftest import Community, open_community, refusal, value

FUNCTIONS = "tests/runtime/callingFunctions"


@pytest.fixture
async def ada(community: Community) -> Identity:
    return await community.member("Ada")


@pytest.fixture
async def post(community: Community, ada: Identity) -> UUID:
    space = await community.insert("spaces", name="General", visibility="public")
    return await community.insert("posts", space_id=space, author_id=ada.user_id, content="Hello")


async def act(community: Community, name: str, by: Identity, /, **arguments: object) -> MutationOutcome:
    call = Call(f"{FUNCTIONS}:{name}", encode_text(arguments))
    return await community.execution.act(MutationCall(call, by, None, None))


def complaint(outcome: Any) -> str:
    """The message of a call that failed, without the number it was given."""
    assert outcome.error is not None
    return outcome.error.message.partition("\n")[2]


async def test_a_query_called_by_a_query_reads_for_it(community, post):
    answer = await community.query(f"{FUNCTIONS}:readThrough", {"postId": post})
    assert value(answer) == "Hello"
    assert RowRead("public.posts", post) in answer.reads.rows
    assert answer.log_lines == (f"""[LOG] 'looking at' "{post}\"""",)


async def test_a_mutation_called_by_a_mutation_is_part_of_it_and_failing_undoes_itself_only(
    community, ada, post
):
    outcome = await community.mutate(f"{FUNCTIONS}:rewriteTwice", {"postId": post}, by=ada)
    assert value(outcome) == ["FIRST", "no", "document.rejected", "first"]
    assert await community.sql.fetchval("select content from posts") == "first"


async def test_mutations_called_at_once_are_a_mistake_of_the_caller(community, ada, post):
    outcome = await community.mutate(f"{FUNCTIONS}:twoAtOnce", {"postId": post}, by=ada)
    assert "one at a time" in complaint(outcome)
    assert await community.sql.fetchval("select content from posts") == "Hello"


async def test_a_query_called_by_a_mutation_does_not_see_what_is_hidden(community, ada):
    assessment = await community.insert(
        "coaching.assessments", slug="core", title="CORE", framework="core", is_active=True
    )
    question = await community.insert(
        "coaching.assessment_questions",
        assessment_id=assessment,
        question_order=1,
        question="Which?",
        correct_answer=2,
        explanation="Because",
        competency_area="listening",
        assessment_level="core-i",
        **dict.fromkeys(("option_a", "option_b", "option_c", "option_d"), "Maybe"),
    )
    outcome = await community.mutate(f"{FUNCTIONS}:answerSeenByQuery", {"id": question}, by=ada)
    assert value(outcome) == [2.0, None]


async def test_an_action_calls_actions_mutations_and_queries_each_on_its_own(community, ada, post):
    outcome = await act(community, "shoutThrough", ada, postId=post)
    assert value(outcome) == ["LOUD", "loud"]
    assert outcome.log_lines == ("[LOG] 'shouting'",)


async def test_a_function_is_called_as_what_it_is(community, ada, post):
    assert "shout is no query" in complaint(await act(community, "confused", ada, postId=post))


@pytest.mark.parametrize("name", ["contentOf", "rewrite", "shout", "renameAnyone"])
async def test_internal_functions_do_not_exist_for_clients(community, ada, post, name):
    arguments = {"postId": post}
    outcomes = [
        await community.query(f"{FUNCTIONS}:{name}", arguments, by=ada),
        await community.mutate(f"{FUNCTIONS}:{name}", arguments, by=ada),
        await act(community, name, ada, postId=post),
    ]
    assert {outcome.error and outcome.error.message for outcome in outcomes} == {
        f"Could not find public function for '{FUNCTIONS}:{name}'."
    }


async def test_an_action_acts_for_its_caller_or_on_the_services_own_account(community, ada):
    eve = await community.member("Eve")
    arguments = {"userId": ada.user_id, "name": "Changed"}
    denied = await act(community, "renameAs", eve, **arguments, asService=False)
    assert refusal(denied)["code"] == "access.denied"
    value(await act(community, "renameAs", eve, **arguments, asService=True))
    name = await community.sql.fetchval("select name from users where id = $1", ada.user_id)
    assert name == "Changed"


async def test_on_its_own_account_the_service_runs_internal_functions_only(community, ada, post):
    outcome = await act(community, "publicAsService", ada, postId=post)
    assert "internal functions only" in complaint(outcome)


async def test_raw_sql_reads_whole_tables(community: Community):
    answer = await community.query("tests/runtime/functions:countPosts")

    assert value(answer) == 0
    spaces = TableRead("public.spaces", edits_only=True)
    assert answer.reads == ReadSet(tables=frozenset({TableRead("public.posts"), spaces}))


# --- limits ---


async def test_functions_call_each_other_so_deep_and_no_deeper(community):
    deepest = context.CALLS_DEPTH_MAX
    at, over = [
        await community.query(f"{FUNCTIONS}:callsItself", {"times": times})
        for times in (deepest, deepest + 1)
    ]
    assert value(at) == deepest
    assert refusal(over) == {
        "code": "limit.exceeded",
        "message": f"More than {deepest} functions call each other.",
    }


async def test_a_function_calls_so_many_others_and_no_more(community, monkeypatch):
    monkeypatch.setattr(context, "CALLS_MAX", 5)
    at, over = [await community.query(f"{FUNCTIONS}:callsOften", {"times": times}) for times in (5, 6)]
    assert value(at) == 5
    assert refusal(over) == {"code": "limit.exceeded", "message": "This function calls more than 5 others."}


async def test_a_result_may_have_so_many_bytes_and_no_more(community: Community, monkeypatch):
    monkeypatch.setattr("backend.runtime.results.RESULT_BYTES_MAX", 100)
    fits, too_long = [
        await community.query("tests/runtime/functions:long", {"bytes": size}) for size in (100, 101)
    ]
    assert len(value(fits)) == 98
    assert refusal(too_long)["message"] == "This function returns more than 100 bytes."


async def test_rows_of_raw_sql_count_as_read(community, monkeypatch):
    monkeypatch.setattr("backend.runtime.reading.ROWS_READ_MAX", 3)
    at, over = [await community.query(f"{FUNCTIONS}:sqlRows", {"count": count}) for count in (3, 4)]
    assert value(at) == 3
    assert refusal(over)["message"] == "This function reads more than 3 rows."


async def test_arguments_are_so_large_and_no_larger_for_every_kind_of_function(community, ada, monkeypatch):
    arguments = {"text": "é" * 50}
    size = len(encode_text(arguments).encode())
    monkeypatch.setattr(registration, "ARGUMENTS_BYTES_MAX", size)
    assert value(await community.query(f"{FUNCTIONS}:measures", arguments)) == 50

    monkeypatch.setattr(registration, "ARGUMENTS_BYTES_MAX", size - 1)
    refused = [
        await community.query(f"{FUNCTIONS}:measures", arguments),
        await community.mutate("users:rename", {"name": "é" * 51}, by=ada),
        await act(community, "confused", ada, postId="é" * 51),
    ]
    told = {"code": "limit.exceeded", "message": f"The arguments are larger than {size - 1} bytes."}
    assert [refusal(outcome) for outcome in refused] == [told] * 3


# --- what functions say ---


async def test_what_a_function_says_reaches_its_caller_also_when_it_fails(community):
    said = ("[LOG] 'one'", '[WARN] {"number":1.0}', "[ERROR] 'odd' a object 1.5")
    glad = await community.query(f"{FUNCTIONS}:says", {"lines": ["one"]})
    sad = await community.query(f"{FUNCTIONS}:says", {"lines": ["one"], "fails": True})
    assert (value(glad), glad.log_lines) == (1, said)
    assert (refusal(sad), sad.log_lines) == ("and failed", said)


async def test_what_a_mutation_says_is_said_once(community, ada):
    outcome = await community.mutate(f"{FUNCTIONS}:saysAndWrites", {"name": "Ada L"}, by=ada)
    assert outcome.log_lines == ("[LOG] 'renaming to' 'Ada L'",)


async def test_in_production_the_service_alone_hears_it(database):
    async with open_community(database.dsn(), production=True) as community:
        ada = await community.member("Ada")
        asked = await community.query(f"{FUNCTIONS}:says", {"lines": ["one"]}, by=ANONYMOUS)
        written = await community.mutate(f"{FUNCTIONS}:saysAndWrites", {"name": "Ada L"}, by=ada)
        acted = await act(community, "shoutThrough", ada, postId=uuid4())
        assert asked.log_lines == written.log_lines == acted.log_lines == ()
        said = [told for told in community.observed if isinstance(told, FunctionSaid)]
        assert [told.function for told in said] == [
            f"{FUNCTIONS}:{name}" for name in ("says", "saysAndWrites", "shoutThrough")
        ]
        assert said[1].lines == ("[LOG] 'renaming to' 'Ada L'",)


def test_lines_are_so_many_and_so_long_and_no_more():
    log = log_lines.Log()
    longest = "x" * (log_lines.LOG_LINE_BYTES_MAX - len("[LOG] ''"))
    log(longest)
    log(longest + "x")
    log("é\ud800" * 2048)
    for number in range(log_lines.LOG_LINES_MAX):
        log(number)

    assert log.lines[0] == f"[LOG] '{longest}'"
    assert log.lines[1].endswith(" (cut)")
    assert all(len(line.encode()) <= log_lines.LOG_LINE_BYTES_MAX for line in log.lines)
    assert len(log.lines) == log_lines.LOG_LINES_MAX
    assert log.lines[-2:] == ("[LOG] 251.0", "[WARN] There is more: a run shows 256 lines at most.")
