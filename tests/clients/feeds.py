"""The feed of a space, as convex clients ask for it and read it."""

from __future__ import annotations

from typing import Any

Json = Any


def feed_of(space: str, *, posts_max: int = 50) -> Json:
    """Arguments of `posts:feed` for the first page."""
    return {"spaceId": space, "paginationOpts": {"numItems": posts_max, "cursor": None}}


def contents(feed: Json) -> list[str]:
    return [post["content"] for post in feed["page"]]


def like_counts(feed: Json) -> list[float]:
    return [post["likeCount"] for post in feed["page"]]


def author_names(feed: Json) -> list[str]:
    return [post["authorName"] for post in feed["page"]]
