"""Functions with every kind of signature, for the tests of what clients are told of them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, JsonValue

from backend.runtime.context import ActionContext, MutationContext, QueryContext
from backend.runtime.pages import Page, PageOptions
from backend.runtime.registration import action, internal_mutation, mutation, query
from schema.language import Id, Timestamp
from schema.tables import Post, Space


class Draft(BaseModel):
    space_id: Id[Space]
    title_line: str = ""
    tags: list[Literal["news", "help"]] = []


@query
async def search(
    ctx: QueryContext, words: str, page: PageOptions, since: Timestamp | None = None, most: int = 10
) -> Page[Post]:
    """Posts that hold the words.

    Best first. A comment ends with */ here.
    """
    raise NotImplementedError


@mutation
async def import_(ctx: MutationContext, drafts: list[Draft], at: datetime) -> dict[str, Draft | None]:
    raise NotImplementedError


@action
async def plain(
    ctx: ActionContext, a: bool, b: float, c: Decimal, d: date, e: UUID, f: bytes, g: JsonValue
) -> tuple[Id[Post], ...]:
    """Whatever there is."""
    raise NotImplementedError


@internal_mutation
async def sweep(ctx: MutationContext) -> None:
    """Clean up."""
    raise NotImplementedError
