"""A feed whose every answer is its reader's own."""

from __future__ import annotations

from pydantic import BaseModel

from backend.runtime.context import QueryContext
from backend.runtime.pages import PageOptions
from backend.runtime.registration import query
from schema.language import Id
from schema.tables import Post, Space


class PersonalFeed(BaseModel):
    """Posts, newest first; `mine` are those that the caller wrote."""

    page: list[Post]
    mine: list[Id[Post]]


@query
async def feed(ctx: QueryContext, space_id: Id[Space], page: PageOptions) -> PersonalFeed:
    """The newest posts of a space, and which of them are the caller's."""
    posts = ctx.db.query(Post).index("by_space_id", space_id=space_id).newest_first()
    newest = await posts.take(page.num_items)
    return PersonalFeed(page=newest, mine=[post.id for post in newest if post.author_id == ctx.auth.user_id])
