"""Query functions over the simulated database. Like real ones they say what they read, rules included.

Posts have a space, a rank and an author; a member of a space may see its posts. Pages end where their
journal says.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from backend.engine.ports import Answer, Call, FunctionError, QueryRun
from backend.engine.reads import Bound, IndexRange, ReadSet, RowRead, TableRead
from tests.engine.simulated_database import Row, Tables

POSTS, MEMBERSHIPS = "public.posts", "public.memberships"


def call(function: str, **arguments: object) -> Call:
    return Call(function, json.dumps(arguments, sort_keys=True))


def answer(run: QueryRun, tables: Tables) -> Answer:
    """What the function gives on this state of the database."""
    arguments = json.loads(run.call.arguments)
    match run.call.function:
        case "posts:feed":
            return _page(run, tables, arguments["space"], arguments["size"], run.journal)
        case "posts:latest":
            return _page(run, tables, arguments["space"], arguments["size"], None, pinned=False)
        case "posts:get":
            return _get(tables, UUID(arguments["id"]))
        case "posts:count":
            count = len(tables.get(POSTS, {}))
            return _value(count // 2, ReadSet(tables=frozenset({TableRead(POSTS)})))
        case "members:mine":
            spaces = sorted(str(row["space"]) for row in _memberships(run, tables))
            return _value(spaces, _membership_reads(run))
        case "posts:odd":
            return _odd(tables, arguments["space"])
        case name:
            raise AssertionError(name)


def answer_together(runs: Sequence[QueryRun], tables: Tables) -> list[Answer]:
    """The answer to each; those of one call and journal hold what they all read as one object."""
    answers = [answer(run, tables) for run in runs]
    alike: dict[object, list[int]] = {}
    for place, run in enumerate(runs):
        alike.setdefault((run.call, run.journal), []).append(place)
    for places in alike.values():
        first, *others = [answers[place].reads for place in places]
        if others:
            common = ReadSet(
                first.rows.intersection(*(reads.rows for reads in others)),
                first.ranges.intersection(*(reads.ranges for reads in others)),
                first.tables.intersection(*(reads.tables for reads in others)),
            )
            for place in places:
                reads = answers[place].reads
                own = ReadSet(
                    reads.rows - common.rows, reads.ranges - common.ranges, reads.tables - common.tables
                )
                answers[place] = replace(answers[place], reads=own, common_reads=common)
    return answers


def _page(
    run: QueryRun, tables: Tables, space: str, size: int, journal: str | None, *, pinned: bool = True
) -> Answer:
    rule = _membership_reads(run)
    if space not in {row["space"] for row in _memberships(run, tables)}:
        return Answer(None, FunctionError("denied"), None, (), rule)
    rows = sorted(
        (row for row in tables.get(POSTS, {}).values() if row["space"] == space),
        key=lambda row: (row["rank"], row["id"]),
    )
    end = json.loads(journal)["end"] if journal else _end(rows, size)
    page = [row for row in rows if end is None or _place(row) <= (end[0], UUID(end[1]))]
    upper = None if end is None else Bound((end[0], UUID(end[1])), inclusive=True)
    reads = ReadSet(
        rows=frozenset(RowRead(POSTS, row["id"]) for row in page),
        ranges=rule.ranges | {IndexRange(POSTS, ("space", "rank", "id"), (space,), upper=upper)},
    )
    value = [[row["rank"], str(row["id"]), row["text"]] for row in page]
    return Answer(json.dumps(value), None, json.dumps({"end": end}) if pinned else None, (), reads)


def _end(rows: list[Row], size: int) -> list[object] | None:
    return [rows[size - 1]["rank"], str(rows[size - 1]["id"])] if len(rows) >= size else None


def _place(row: Row) -> tuple[object, object]:
    return row["rank"], row["id"]


def _get(tables: Tables, post_id: UUID) -> Answer:
    row = tables.get(POSTS, {}).get(post_id)
    reads = ReadSet(rows=frozenset({RowRead(POSTS, post_id)}))
    return _value(row and row["text"], reads)


def _odd(tables: Tables, space: str) -> Answer:
    posts = [row for row in tables.get(POSTS, {}).values() if row["space"] == space]
    reads = ReadSet(
        rows=frozenset(RowRead(POSTS, row["id"]) for row in posts),
        ranges=frozenset({IndexRange(POSTS, ("space",), (space,))}),
    )
    if len(posts) % 2:
        return Answer(None, FunctionError(f"{len(posts)} is odd", json.dumps(len(posts))), None, (), reads)
    return _value(len(posts), reads)


def _memberships(run: QueryRun, tables: Tables) -> list[Row]:
    rows = tables.get(MEMBERSHIPS, {}).values()
    return [row for row in rows if row["user_id"] == run.identity.user_id]


def _membership_reads(run: QueryRun) -> ReadSet:
    return ReadSet(ranges=frozenset({IndexRange(MEMBERSHIPS, ("user_id",), (run.identity.user_id,))}))


def _value(value: object, reads: ReadSet) -> Answer:
    return Answer(json.dumps(value), None, None, (), reads)
