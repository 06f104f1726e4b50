"""The Python clients, unmodified: `convex` and `supabase`."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from postgrest import APIError

from tests.clients.browser import PASSWORD, Browser
from tests.clients.supabase_python import open_supabase
from tests.clients.world import PATIENCE_S, World

Json = Any
PROGRAM = Path(__file__).with_name("python_client.py")


async def test_the_python_convex_client_reads_subscribes_and_writes(
    browser: Browser, world: World, stack, service
):
    space = await world.space()
    await world.space("Guild", visibility="members")
    ada, ben = browser.tab("ada"), browser.tab("ben")
    post = await world.post(space, await ada.sign_up(), "hello")
    await ben.sign_up()

    said: list[Json] = []
    async for line in lines_of(PROGRAM, service.url, await ben.token(), space, post):
        said.append(line)
        if "refused" in line:
            await ada.mutate("posts:toggleLike", postId=post)

    assert said == [
        {"visitor sees": ["General"]},
        {"member sees": ["General", "Guild"]},
        {"first answer": [0]},
        {"likes": True},
        {"second answer": [1]},
        {"refused": "access.denied"},
        {"third answer": [2]},
        {"by http": [2]},
        {"unlikes": False},
        {"fourth answer": [1]},
    ]


async def test_the_python_supabase_client_signs_up_reads_writes_and_is_refused(world: World, stack):
    space = await world.space()
    course = await world.course("Rhetoric")
    async with open_supabase(stack.api_url, stack.anon_key) as ada:
        await ada.auth.sign_up({"email": "ada@example.org", "password": PASSWORD})
        await ada.auth.sign_out()
        signed_in = await ada.auth.sign_in_with_password({"email": "ada@example.org", "password": PASSWORD})
        assert signed_in.user
        person = signed_in.user.id
        await world.post(space, person, "hello")

        posts = await ada.table("posts").select("content, like_count, spaces(name)").execute()
        assert posts.data == [{"content": "hello", "like_count": 0, "spaces": {"name": "General"}}]
        await ada.table("users").update({"name": "Ada"}).eq("id", person).execute()
        await ada.table("enrollments").insert({"course_id": course, "user_id": person}).execute()
        courses = await ada.table("courses").select("title, enrollment_count").execute()
        assert courses.data == [{"title": "Rhetoric", "enrollment_count": 1}]
        with pytest.raises(APIError) as refusal:
            await ada.table("posts").update({"like_count": 7}).eq("space_id", space).execute()
        assert refusal.value.code == "42501"


async def lines_of(program: Path, *arguments: str) -> AsyncIterator[Json]:
    """Run a Python program; yield each line of JSON as it is printed. It must end well."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, program, *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        async with asyncio.timeout(PATIENCE_S):
            async for line in process.stdout:
                yield json.loads(line)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
