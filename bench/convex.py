"""What a convex client sends first, and where; and what it is told of a feed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID, uuid4

import msgspec

SYNC_PATH = "/api/1.48.0/sync"

Call: TypeAlias = tuple[str, Mapping[str, object]]
"""A function and its arguments."""


def sync_url(service_url: str) -> str:
    """Where the WebSocket of the service at `service_url` is."""
    return service_url.replace("http", "ws", 1) + SYNC_PATH


def feed_of(space: UUID, *, posts: int) -> Call:
    """The query for the newest posts of a space."""
    return "posts:feed", {"spaceId": str(space), "paginationOpts": {"numItems": posts, "cursor": None}}


def greeting(calls: Sequence[Call], *, token: str | None) -> list[dict[str, object]]:
    """Who the client is, where a `token` says so, and the queries that it follows."""
    added = [
        {"type": "Add", "queryId": number, "udfPath": function, "args": [arguments]}
        for number, (function, arguments) in enumerate(calls)
    ]
    connect = {
        "type": "Connect",
        "sessionId": str(uuid4()),
        "connectionCount": 0,
        "lastCloseReason": "InitialConnect",
        "clientTs": int(time.time() * 1_000),
    }
    who = {"type": "Authenticate", "baseVersion": 0, "tokenType": "User", "value": token}
    follow = {"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1, "modifications": added}
    return [connect, follow] if token is None else [connect, who, follow]


class Post(msgspec.Struct):
    """What matters here of a post."""

    id: str = msgspec.field(name="_id")
    content: str
    like_count: float = msgspec.field(name="likeCount")


class _Page(msgspec.Struct):
    page: list[Post]


class _Modification(msgspec.Struct):
    value: _Page | None = None


class _Frame(msgspec.Struct):
    modifications: list[_Modification] = []


_decode_frame = msgspec.json.Decoder(_Frame).decode


def pages_in(frame: str | bytes) -> Iterator[list[Post]]:
    """The pages of posts that a message of the service brings; none in most kinds of messages."""
    for modification in _decode_frame(frame).modifications:
        if modification.value is not None:
            yield modification.value.page
