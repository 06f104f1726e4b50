"""The service as a process of its own that is told to end while people write: nobody's work is half done."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import closing, suppress

import asyncpg
import httpx

from backend.devstack.http_server import reserve_port
from tests.observing.conftest import lines_of

WRITERS = 4
READY_S_MAX = 60.0
END_S_MAX = 20.0


async def test_told_to_end_under_load_it_answers_what_it_began_and_goes(stack, tmp_path):
    with closing(reserve_port(0, option="")) as reserved:
        port = reserved.getsockname()[1]
    url, log = f"http://127.0.0.1:{port}", tmp_path / "log"
    environment = os.environ | {
        "FOLKMOOT_DATABASE_URL": stack.db_url,
        "FOLKMOOT_SUPABASE_URL": stack.api_url,
        "FOLKMOOT_JWT_SECRET": stack.jwt_secret,
        "FOLKMOOT_PORT": str(port),
        "FOLKMOOT_PRODUCTION": "true",
    }
    sql = await asyncpg.connect(stack.db_url)
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "backend.cli", "service"), env=environment, stderr=written
        )
    try:
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            await _until_ready(http, process)
            token = await stack.sign_up()
            space = await sql.fetchval(
                "insert into spaces (name, visibility) values ('General', 'public') returning id::text"
            )
            settled: list[str] = []
            many = asyncio.Event()
            writers = [
                asyncio.create_task(_write(http, token, space, number, settled, many))
                for number in range(WRITERS)
            ]
            await asyncio.wait_for(many.wait(), READY_S_MAX)
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), END_S_MAX)
            await asyncio.wait_for(asyncio.gather(*writers), END_S_MAX)
        posts = [row["content"] for row in await sql.fetch("select content from posts")]
    finally:
        await sql.close()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    assert process.returncode in (0, -signal.SIGTERM)  # uvicorn raises the signal again once it is done.
    assert sorted(posts) == sorted(settled)  # What was written was answered, once each.

    lines = lines_of(log.read_text())
    assert [line for line in lines if line["level"] not in ("info", "debug")] == []
    assert any(line.get("logger") == "uvicorn.error" for line in lines)
    assert any(line.get("function") == "posts:create" and line["outcome"] == "ok" for line in lines)


async def _until_ready(http: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(READY_S_MAX):
        while True:
            assert process.returncode is None
            with suppress(httpx.TransportError):
                if (await http.get("/health/ready")).status_code == 200:
                    return
            await asyncio.sleep(0.05)


async def _write(
    http: httpx.AsyncClient, token: str, space: str, number: int, settled: list[str], many: asyncio.Event
) -> None:
    """Post again and again, until the service takes no more; `many`: that a good deal was settled."""
    for count in range(10_000):
        content = f"{number} {count}"
        body = {"path": "posts:create", "args": {"spaceId": space, "content": content}}
        try:
            answer = await http.post("/api/mutation", json=body, headers={"Authorization": f"Bearer {token}"})
        except httpx.TransportError:
            return
        if answer.json().get("status") != "success":
            return
        settled.append(content)
        if len(settled) == 3 * WRITERS:
            many.set()
