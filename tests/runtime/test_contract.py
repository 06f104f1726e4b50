"""What a function's signature promises to clients, and what they are told when they break it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from backend.handlers import posts
from backend.protocol.values import decode_text
from backend.runtime.errors import ArgumentValidationError, ReturnsValidationError
from backend.runtime.functions import Kind, Visibility
from backend.runtime.registration import Registry, canonical_name
from backend.runtime.validators import listing, spell
from tests.runtime import functions

POST = "00000000-0000-4000-8000-000000000001"
ECHO = functions.echo.contract
SPELT = (
    "v.object({text: v.string(), count: v.optional(v.float64()), "
    'postId: v.optional(v.union(v.id("posts"), v.null())), tags: v.optional(v.array(v.string())), '
    'mood: v.optional(v.union(v.literal("glad"), v.literal("sad"))), '
    "at: v.optional(v.union(v.float64(), v.null()))})"
)


def read(arguments: str) -> dict[str, object]:
    given = decode_text(arguments)
    assert isinstance(given, dict)
    return ECHO.read_arguments(given)


def test_arguments_arrive_typed_as_the_handler_declares_them():
    given = f'{{"text":"hi","count":3,"postId":"{POST}","tags":["a"],"mood":"sad","at":1767323045678.9}}'
    assert read(given) == {
        "text": "hi",
        "count": 3,
        "post_id": UUID(POST),
        "tags": ["a"],
        "mood": "sad",
        "at": datetime(2026, 1, 2, 3, 4, 5, 678_900, UTC),
    }


def test_arguments_left_out_take_their_defaults():
    assert read('{"text":"hi"}') == {
        "text": "hi",
        "count": 1,
        "post_id": None,
        "tags": [],
        "mood": "glad",
        "at": None,
    }


REFUSED = {
    "missing": (
        "{}",
        "Object is missing the required field `text`. Consider wrapping the field validator in "
        f"`v.optional(...)` if this is expected.\n\nObject: {{}}\nValidator: {SPELT}",
    ),
    "extra": (
        '{"text":"hi","colour":"red"}',
        "Object contains extra field `colour` that is not in the validator.\n\n"
        f'Object: {{"colour":"red","text":"hi"}}\nValidator: {SPELT}',
    ),
    "a number for a string": (
        '{"text":7}',
        "Value does not match validator.\nPath: .text\nValue: 7.0\nValidator: v.string()",
    ),
    "a string for a number": (
        '{"text":"hi","count":"3"}',
        'Value does not match validator.\nPath: .count\nValue: "3"\nValidator: v.float64()',
    ),
    "a boolean for a number": (
        '{"text":"hi","count":true}',
        "Value does not match validator.\nPath: .count\nValue: true\nValidator: v.float64()",
    ),
    "half a number where whole ones count": (
        '{"text":"hi","count":1.5}',
        "Value does not match validator.\nPath: .count\nValue: 1.5\nValidator: v.float64()",
    ),
    "inside an array": (
        '{"text":"hi","tags":["a",2]}',
        "Value does not match validator.\nPath: .tags[1]\nValue: 2.0\nValidator: v.string()",
    ),
    "no id": (
        '{"text":"hi","postId":"seven"}',
        'Value does not match validator.\nPath: .postId\nValue: "seven"\n'
        'Validator: v.union(v.id("posts"), v.null())',
    ),
    "no such choice": (
        '{"text":"hi","mood":"odd"}',
        'Value does not match validator.\nPath: .mood\nValue: "odd"\n'
        'Validator: v.union(v.literal("glad"), v.literal("sad"))',
    ),
    "the Python spelling of a name": (
        f'{{"text":"hi","post_id":"{POST}"}}',
        "Object contains extra field `post_id` that is not in the validator.\n\n"
        f'Object: {{"post_id":"{POST}","text":"hi"}}\nValidator: {SPELT}',
    ),
    "a moment out of this world": (
        '{"text":"hi","at":1e300}',
        "Value does not match validator.\nPath: .at\nValue: 1e300\nValidator: v.union(v.float64(), v.null())",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), REFUSED.values(), ids=REFUSED)
def test_arguments_that_break_the_contract_are_refused_in_convex_words(arguments: str, message: str):
    with pytest.raises(ArgumentValidationError) as refused:
        read(arguments)
    assert str(refused.value) == f"ArgumentValidationError: {message}"


def test_a_result_that_breaks_the_promise_is_refused():
    with pytest.raises(ReturnsValidationError) as refused:
        functions.lies.contract.write_result("three")
    assert str(refused.value) == 'Value does not match validator.\n\nValue: "three"\nValidator: v.float64()'


def test_the_page_argument_is_called_as_convex_calls_it():
    assert spell(posts.feed.contract.arguments) == (
        'v.object({spaceId: v.id("spaces"), paginationOpts: v.object({numItems: v.float64(), '
        "cursor: v.union(v.string(), v.null()), endCursor: v.optional(v.union(v.string(), v.null())), "
        "id: v.optional(v.union(v.float64(), v.null())), "
        "maximumRowsRead: v.optional(v.union(v.float64(), v.null())), "
        "maximumBytesRead: v.optional(v.union(v.float64(), v.null()))})})"
    )


def test_a_listed_document_has_the_keys_clients_see():
    listed = listing(functions.post.contract.result)
    assert listed["type"] == "union"  # pyright: ignore
    document = listed["value"][0]["value"]  # pyright: ignore
    assert list(document) == [  # pyright: ignore
        "_id",
        "_creationTime",
        "spaceId",
        "authorId",
        "content",
        "authorName",
        "authorAvatar",
        "likeCount",
        "commentCount",
        "deletedAt",
        "updatedAt",
    ]
    assert document["spaceId"] == {"fieldType": {"type": "id", "tableName": "spaces"}, "optional": False}  # pyright: ignore


NAMES = {
    "posts:toggleLike": "posts:toggleLike",
    "posts:toggle_like": "posts:toggleLike",
    "posts.js:toggleLike": "posts:toggleLike",
    "posts.toggleLike": "posts:toggleLike",
    "lesson_progress:mark_done": "lessonProgress:markDone",
    "admin/reports.js:monthly": "admin/reports:monthly",
    "admin/reports": "admin/reports:default",
    "posts": "posts:default",
    "posts.js": "posts:default",
}


@pytest.mark.parametrize(("spelt", "canonical"), NAMES.items())
def test_every_spelling_of_a_name_finds_the_same_function(spelt: str, canonical: str):
    assert canonical_name(spelt) == canonical
    assert canonical_name(canonical) == canonical


def test_clients_find_public_functions_of_the_right_kind_only():
    registry = Registry.of(posts, functions)
    assert registry.find("posts:toggle_like") is posts.toggle_like
    assert registry.find("posts:toggleLike", Kind.QUERY) is None
    assert functions.hidden.visibility is Visibility.INTERNAL
    assert registry.find(functions.hidden.name) is None
