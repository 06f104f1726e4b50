"""Every table, column, index, constraint, function, trigger, policy and view that a document names exists."""

import importlib
from pathlib import Path

import asyncpg
import pytest

from tests.domains.documented import Documented, missing

DOMAINS = ("academy", "coaching", "community", "opentribe", "tracker")
TABLES_MIN = {"academy": 16, "coaching": 11, "community": 8, "opentribe": 23, "tracker": 18}

LACKING = Documented(
    tables={"public.posts": "id nothing", "public.nothing": "id"},
    indexes={"public.posts": ["space_id created_at", "created_at space_id", "content"]},
    gin={"public.posts": ["content"]},
    search={"public.posts": ["content"]},
    unique={"public.likes": ["target_id target_type user_id"], "public.posts": ["content"]},
    checks={"public.posts": ["content", "author_id"]},
    foreign_keys={"public.posts.author_id": "public.users", "public.posts.space_id": "public.users"},
    functions=["auth.uid()", "auth.uid(text)", "private.nothing()"],
    triggers=["public.posts touch_updated_at", "public.posts nothing", "public.likes touch_updated_at"],
    policies=[
        ("public.posts", "select", "anon"),
        ("public.posts", "select", "supabase_auth_admin"),
        ("public.posts", "delete", "authenticated"),
    ],
    views=["public.nothing title", "public.posts"],
)
"""A document that is right about `posts` here and there, and wrong in every way it can be."""


def documented(domain: str) -> Documented:
    """What the document of `domain` names."""
    return getattr(importlib.import_module(f"tests.domains.{domain}_names"), domain.upper())


def test_there_is_a_list_for_each_of_the_five_documents():
    files = {path.name for path in Path(__file__).parent.glob("*_names.py")} - {Path(__file__).name}
    assert files == {f"{domain}_names.py" for domain in DOMAINS}


@pytest.mark.parametrize("domain", DOMAINS)
async def test_everything_a_document_names_is_in_the_database(declared, domain):
    listed = documented(domain)
    assert len(listed.tables) + len(listed.views) >= TABLES_MIN[domain]
    connection = await asyncpg.connect(declared.dsn())
    try:
        assert await missing(connection, listed) == []
    finally:
        await connection.close()


async def test_what_the_database_lacks_is_reported_and_nothing_else(declared):
    """The control: a name that is not there is found to be missing, whatever its kind."""
    connection = await asyncpg.connect(declared.dsn())
    try:
        assert await missing(connection, LACKING) == [
            "column public.posts.nothing",
            "table public.nothing",
            "column public.nothing.id",
            "index public.posts (created_at space_id)",
            "index public.posts (content)",
            "gin public.posts (content)",
            "search public.posts (content)",
            "unique public.posts (content)",
            "check public.posts (author_id)",
            "foreign key public.posts.space_id -> public.users",
            "function auth.uid(text)",
            "function private.nothing()",
            "trigger public.posts nothing",
            "trigger public.likes touch_updated_at",
            "policy public.posts select supabase_auth_admin",
            "policy public.posts delete authenticated",
            "view public.nothing",
            "column public.nothing.title",
            "view public.posts",
        ]
    finally:
        await connection.close()


async def test_what_is_taken_out_of_the_database_is_missed(declared):
    connection = await asyncpg.connect(declared.dsn())
    try:
        await connection.execute(
            """
            drop index public.posts_by_space_id;
            drop policy read_as_visitor on public.posts;
            alter table public.posts drop constraint posts_content_check;
            alter table public.posts rename column content to body;
            """
        )
        kept = Documented(
            tables={"public.posts": "id content"},
            indexes={"public.posts": ["space_id"]},
            checks={"public.posts": ["content"]},
            policies=[("public.posts", "select", "anon"), ("public.posts", "select", "authenticated")],
        )
        assert await missing(connection, kept) == [
            "column public.posts.content",
            "index public.posts (space_id)",
            "check public.posts (content)",
            "policy public.posts select anon",
        ]
    finally:
        await connection.close()
