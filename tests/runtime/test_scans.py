"""The SQL that walks an index, and the indexes that cannot be walked that way."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from backend.runtime.scans import (
    Between,
    Direction,
    Scan,
    above,
    at_least,
    at_most,
    below,
    delete_row,
    insert_row,
    scan_index,
    select_by_id,
    select_scan,
    update_row,
)
from schema.tables import CATALOG

A, B = UUID(int=1), UUID(int=2)
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
POSTS, LIKES, COMMENTS = (CATALOG.table(name) for name in ("posts", "likes", "comments"))


def sql_of(scan: Scan) -> tuple[str, list[object]]:
    """The SQL from its `where` on, with its parameters."""
    sql, parameters = select_scan(scan, 9, with_hidden=True)
    return sql.partition(f' from "public"."{scan.table.name}"')[2], [*parameters]


SCANS = {
    "everything, as it was made": (
        Scan(POSTS, ("created_at", "id")),
        (' where "deleted_at" is null order by "created_at" asc, "id" asc limit $1', [9]),
    ),
    "a prefix": (
        scan_index(POSTS, "by_space_id", {"space_id": A}),
        (
            ' where "space_id" = $1 and "deleted_at" is null order by "created_at" asc, "id" asc limit $2',
            [A, 9],
        ),
    ),
    "a prefix that is empty": (
        scan_index(COMMENTS, "by_parent_id", {"parent_id": None}),
        (
            ' where "parent_id" is null and "deleted_at" is null'
            ' order by "created_at" asc, "id" asc limit $1',
            [9],
        ),
    ),
    "conditions in any order": (
        scan_index(LIKES, "by_target", {"target_id": A, "target_type": "post"}),
        (
            ' where "target_type" = $1 and "target_id" = $2 order by "created_at" asc, "id" asc limit $3',
            ["post", A, 9],
        ),
    ),
    "a range": (
        scan_index(LIKES, "by_target", {"target_type": "post", "target_id": above(A) & at_most(B)}),
        (
            ' where "target_type" = $1 and ("target_id") > ($2) and ("target_id") <= ($3)'
            ' order by "target_id" asc, "created_at" asc, "id" asc limit $4',
            ["post", A, B, 9],
        ),
    ),
    "a unique index, wholly bound": (
        scan_index(LIKES, "by_user_id_and_target", {"user_id": A, "target_type": "post", "target_id": B}),
        (
            ' where "user_id" = $1 and "target_type" = $2 and "target_id" = $3 order by "id" asc limit $4',
            [A, "post", B, 9],
        ),
    ),
    "what is left behind a row": (
        scan_index(POSTS, "by_space_id", {"space_id": A}).after((MOMENT, B)),
        (
            ' where "space_id" = $1 and "deleted_at" is null and ("created_at", "id") > ($2, $3)'
            ' order by "created_at" asc, "id" asc limit $4',
            [A, MOMENT, B, 9],
        ),
    ),
    "backwards between two rows, deleted ones too": (
        Scan(
            POSTS,
            ("space_id", "created_at", "id"),
            (A,),
            direction=Direction.DESCENDING,
            with_deleted=True,
        )
        .after((MOMENT, B))
        .up_to((MOMENT, A)),
        (
            ' where "space_id" = $1 and ("created_at", "id") >= ($2, $3) and ("created_at", "id") < ($4, $5)'
            ' order by "created_at" desc, "id" desc limit $6',
            [A, MOMENT, A, MOMENT, B, 9],
        ),
    ),
}


@pytest.mark.parametrize(("scan", "expected"), SCANS.values(), ids=SCANS)
def test_a_scan_is_this_sql(scan: Scan, expected: tuple[str, list[object]]):
    assert sql_of(scan) == expected


IMPOSSIBLE = {
    "a gap in the prefix": ("by_target", {"target_id": A}),
    "no column of the index": ("by_target", {"user_id": A}),
    "a range before an equality": ("by_target", {"target_type": at_least("a"), "target_id": A}),
}


@pytest.mark.parametrize(("index", "conditions"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_an_index_cannot_look_for(index: str, conditions: dict[str, UUID | Between]):
    with pytest.raises(TypeError):
        scan_index(LIKES, index, conditions)


def test_a_side_is_bounded_once():
    with pytest.raises(AssertionError):
        at_least(1) & above(2)
    assert at_least(1) & below(2) == Between(at_least(1).lower, below(2).upper)


def test_single_rows_are_this_sql():
    assert select_by_id(LIKES, with_deleted=False, with_hidden=True) == (
        'select "id", "created_at", "user_id", "target_type", "target_id" from "public"."likes"'
        ' where "id" = $1'
    )
    visible = select_by_id(POSTS, with_deleted=False, with_hidden=True)
    assert visible.endswith(' where "id" = $1 and "deleted_at" is null')
    assert select_by_id(POSTS, with_deleted=True, with_hidden=True).endswith(' where "id" = $1')
    assert (
        insert_row(LIKES, ("user_id", "id"))
        == 'insert into "public"."likes" ("user_id", "id") values ($1, $2)'
    )
    assert update_row(POSTS, ("content",)) == 'update "public"."posts" set "content" = $2 where "id" = $1'
    assert delete_row(LIKES) == 'delete from "public"."likes" where "id" = $1'
