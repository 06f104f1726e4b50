"""A process beside this one that is asked and answers, one line of JSON each. It ends when nobody can ask."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec
import uvloop

from bench.load.plan import Failed

LINE_BYTES_MAX = 256 * 1024 * 1024  # A hundred thousand subscriptions are described by some tens of MB.
END_TIMEOUT_S = 3.0

Question = TypeVar("Question")
Answer = TypeVar("Answer", bound=msgspec.Struct)


class ChildFailed(Exception):
    """The other process could not do what it was asked."""


class Child:
    """The other process; it takes one question at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @staticmethod
    @asynccontextmanager
    async def start(module: str) -> AsyncIterator[Child]:
        """`module` as a program. Its mistakes show on our stderr."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES_MAX,
        )
        try:
            yield Child(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), END_TIMEOUT_S)
            except TimeoutError:
                process.kill()
                await process.wait()

    async def ask(self, question: msgspec.Struct, answer: type[Answer]) -> Answer:
        """Its answer. Raises `ChildFailed` with its reason."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(question) + b"\n")
        await self._process.stdin.drain()
        line = await self._process.stdout.readline()
        if not line:
            raise ChildFailed(f"It ended with code {await self._process.wait()}.")
        said = msgspec.json.decode(line, type=answer | Failed)
        if isinstance(said, Failed):
            raise ChildFailed(said.why)
        return said


def serve_parent(
    questions: msgspec.json.Decoder[Question], answer: Callable[[Question], Awaitable[msgspec.Struct]]
) -> None:
    """Be that process: answer what is asked until stdin ends."""
    uvloop.run(_serve(questions, answer))


async def _serve(
    questions: msgspec.json.Decoder[Question], answer: Callable[[Question], Awaitable[msgspec.Struct]]
) -> None:
    reader = asyncio.StreamReader(limit=LINE_BYTES_MAX)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        try:
            said = await answer(questions.decode(line))
        except (OSError, TimeoutError) as error:
            said = Failed(f"{type(error).__name__}: {error}")
        sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
        sys.stdout.buffer.flush()
