"""The service that is thrown things at: a process of its own, with its memory and log, and a watcher.

Everything goes over real sockets to what production runs, `folkmoot service`. Whatever is sent: it goes on
answering everybody else, its memory stays within bounds, and its log holds no exception.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import psutil

EXAMPLES = int(os.environ.get("FOLKMOOT_FUZZ_EXAMPLES", "25"))
"""How many cases each test makes up: `FOLKMOOT_FUZZ_EXAMPLES=5000 pytest tests/fuzz --timeout=0` is long."""

READY_S = 90.0
ANSWER_S_MAX = 20.0  # What a bystander may wait while others misbehave, on a machine that is busy with tests.
GROWTH_MB_MAX = 120  # Caches fill up; what leaks with every case passes this.
WATCH_EVERY_S = 0.05

_FAULTS = re.compile(
    r'Traceback|"level":"(error|critical)"|\[(error|critical) *\]|^ERROR|never awaited|never retrieved'
)


@dataclass
class Target:
    """One running service. `token`: of a member, who has written `post` in `space`.

    And two more in `shelf`, a space that only tests know of which leave it as it is.
    """

    url: str
    log: Path
    process: psutil.Process
    issuer: str
    secret: str
    member: str
    space: str
    post: str
    shelf: str
    _read_until: int = field(default=0)

    @property
    def socket_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.removeprefix("http://").partition(":")
        return host, int(port)

    def token(self, **changes: object) -> str:
        """The member's token; a claim changed to None is left out."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "authenticated",
            "role": "authenticated",
            "sub": self.member,
            "iat": now,
            "exp": now + 3600,
            "session_id": str(uuid4()),
        } | changes
        said = {name: claim for name, claim in claims.items() if claim is not None}
        return sign(self.secret, '{"alg":"HS256","typ":"JWT"}', json.dumps(said))

    def memory_mb(self) -> float:
        return self.process.memory_info().rss / 2**20

    def faults(self) -> list[str]:
        """Lines of the log since last asked that tell of something unexpected, each with what follows it."""
        text = self.log.read_text(errors="replace")
        fresh, self._read_until = text[self._read_until :], len(text)
        lines = fresh.splitlines()
        return [
            "\n".join(lines[number : number + 40])
            for number, line in enumerate(lines)
            if _FAULTS.search(line)
        ][:3]

    @asynccontextmanager
    async def watched(self, growth_mb_max: float = GROWTH_MB_MAX) -> AsyncIterator[None]:
        """Fail if, meanwhile, a bystander is not answered in time, memory grows, or the log is not clean."""
        before_mb = self.memory_mb()
        watching = asyncio.create_task(self._watch())
        try:
            yield
            await asyncio.sleep(0)
            assert not watching.done(), watching.exception()
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
        async with httpx.AsyncClient(base_url=self.url, timeout=ANSWER_S_MAX) as http:
            ready = await http.get("/health/ready")
        faults = self.faults()
        assert not faults, "\n\n".join(faults)
        assert ready.status_code == 200, ready.text
        grown_mb = self.memory_mb() - before_mb
        assert grown_mb <= growth_mb_max, f"{grown_mb:.0f} MB more than before"

    async def _watch(self) -> None:
        """Ask as a bystander, again and again."""
        async with httpx.AsyncClient(base_url=self.url, timeout=ANSWER_S_MAX) as http:
            while True:
                answer = await http.post("/api/query", json={"path": "spaces:list", "args": {}})
                assert answer.status_code == 200, answer.text
                assert answer.json()["status"] == "success", answer.text
                await asyncio.sleep(WATCH_EVERY_S)


def sign(secret: str, header: str, payload: str) -> str:
    """A token of any content, which libraries would refuse to make."""
    said = f"{segment(header.encode())}.{segment(payload.encode())}"
    return f"{said}.{segment(hmac.digest(secret.encode(), said.encode(), hashlib.sha256))}"


def segment(data: bytes) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@contextmanager
def _process(environment: dict[str, str], log: Path) -> Iterator[psutil.Process]:
    with log.open("wb") as output:
        process = psutil.Popen(
            [sys.executable, "-m", "backend.cli", "service"],
            env=os.environ | environment,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait()
            raise


@asynccontextmanager
async def open_target(
    *, db_url: str, api_url: str, secret: str, port: int, folder: Path
) -> AsyncIterator[Target]:
    """The service over a database in which one member has written a few posts."""
    issuer = f"{api_url}/auth/v1"
    environment = {
        "FOLKMOOT_DATABASE_URL": db_url,
        "FOLKMOOT_SUPABASE_URL": api_url,
        "FOLKMOOT_JWT_SECRET": secret,
        "FOLKMOOT_PORT": str(port),
    }
    member, space, post, shelf = await _settle(db_url)
    log = folder / "service.log"
    with _process(environment, log) as process:
        url = f"http://127.0.0.1:{port}"
        target = Target(url, log, process, issuer, secret, member, space, post, shelf)
        await _until_ready(target)
        yield target
    assert not target.faults(), target.log.read_text()[-5_000:]  # It ended well, too.


async def _settle(db_url: str) -> tuple[str, str, str, str]:
    member = str(uuid4())
    connection = await asyncpg.connect(db_url)
    try:
        await connection.execute(
            "insert into auth.users (id, email) values ($1, $2)", member, f"{member}@example.com"
        )
        found = "insert into spaces (name, visibility) values ($1, 'public') returning id::text"
        space, shelf = [await connection.fetchval(found, name) for name in ("General", "Shelf")]
        write = "insert into posts (space_id, author_id, content) values ($1, $2, $3) returning id::text"
        post, *_ = [await connection.fetchval(write, place, member, "Hi") for place in (space, shelf, shelf)]
    finally:
        await connection.close()
    return member, space, post, shelf


async def _until_ready(target: Target) -> None:
    async with asyncio.timeout(READY_S), httpx.AsyncClient(base_url=target.url) as http:
        while True:
            assert target.process.is_running(), target.log.read_text()
            with suppress(httpx.TransportError):
                if (await http.get("/health/ready")).status_code == 200:
                    return
            await asyncio.sleep(WATCH_EVERY_S)
