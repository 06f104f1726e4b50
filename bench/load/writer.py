"""The one who writes: commits likes at a steady rate and notes when each COMMIT was sent.

`python -m bench.load.writer` is told what to do on stdin. SQL goes over one connection, so that commits have
an order; HTTP over a few, since a request takes longer than the time between two.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import TypeAlias

import asyncpg
import msgspec

from bench.load import plan
from bench.load.child import serve_parent

HTTP_CONNECTIONS = 4

Like: TypeAlias = Callable[[int], Awaitable[plan.Commit]]
"""Likes the post of a topic once more."""


class Writer:
    """Whoever was prepared last, and what it has written."""

    def __init__(self) -> None:
        self._topics = 0
        self._likers: list[Like] = []

    async def answer(self, question: plan.Prepare | plan.Write) -> msgspec.Struct:
        match question:
            case plan.Prepare(writes=plan.SqlWrites() as writes):
                self._likers = [await _sql_liker(writes, question.posts, question.people)]
                self._topics = len(question.posts)
                return plan.Prepared()
            case plan.Prepare(writes=plan.HttpWrites() as writes):
                self._likers = [await _http_liker(writes, question.posts) for _ in range(HTTP_CONNECTIONS)]
                self._topics = len(question.posts)
                return plan.Prepared()
            case plan.Write():
                return await self._write(question)
        raise AssertionError(question)

    async def _write(self, question: plan.Write) -> plan.Written:
        commits: list[plan.Commit] = []
        began = time.monotonic()
        numbers = count()

        async def work(like: Like) -> None:
            for number in numbers:
                due = began + number / question.rate_per_s
                if due - began >= question.seconds:
                    return
                if (early := due - time.monotonic()) > 0:
                    await asyncio.sleep(early)
                # Who cannot keep the rate stops with the time, not with the number.
                elif time.monotonic() - began > question.seconds:
                    return
                commits.append(await like(number % self._topics))

        await asyncio.gather(*map(work, self._likers))
        took_s = max(time.monotonic() - began, question.seconds)
        return plan.Written(tuple(sorted(commits, key=lambda one: one.count)), len(commits) / took_s)


async def _sql_liker(writes: plan.SqlWrites, posts: Sequence[str], people: Sequence[str]) -> Like:
    connection = await asyncpg.connect(writes.dsn)
    statements = [await connection.prepare(statement) for statement in writes.statements]
    counts = [0] * len(posts)

    async def like(topic: int) -> plan.Commit:
        post, person = posts[topic], people[counts[topic]]
        await connection.execute("begin")
        for statement in statements:
            await statement.fetch(person, post)
        sent_at = time.monotonic()
        await connection.execute("commit")
        counts[topic] += 1
        return plan.Commit(topic, counts[topic], sent_at)

    return like


async def _http_liker(writes: plan.HttpWrites, posts: Sequence[str]) -> Like:
    reader, writer = await asyncio.open_connection(writes.host, writes.port)
    counted = re.compile(writes.count.encode())
    body = writes.body.encode()
    headers = "".join(f"{header}\r\n" for header in writes.headers)

    async def like(topic: int) -> plan.Commit:
        path = writes.path.replace("%s", posts[topic])
        head = f"PUT {path} HTTP/1.1\r\nHost: {writes.host}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        sent_at = time.monotonic()
        writer.write(head.encode() + body)
        try:
            said = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            raise OSError("The server closed the connection.") from error
        length = re.search(rb"content-length: (\d+)", said, re.IGNORECASE)
        if length is None or b" 200 " not in said[:20]:
            raise OSError(f"{path} was answered by {said[:200]!r}")
        said = await reader.readexactly(int(length[1]))
        found = counted.search(said)
        if found is None:
            raise OSError(f"{path} was answered by {said[:200]!r}")
        return plan.Commit(topic, int(found[1]), sent_at)

    return like


def main() -> None:
    serve_parent(msgspec.json.Decoder(plan.Prepare | plan.Write), Writer().answer)


if __name__ == "__main__":
    main()
