"""Many people in one process, each with a socket, who call a mutation again as soon as they are answered.

`python -m bench.load.callers` is told what to do on stdin.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Sequence

import msgspec

from bench.load.child import serve_parent
from bench.load.websocket import WebSocket

_ANSWER = re.compile(rb'"type":"MutationResponse"')
_DONE = re.compile(rb'"success":true')


class CallAway(msgspec.Struct, frozen=True):
    """Each of `greetings` is a person's, sent when their socket is open; `posts` are liked in turn."""

    host: str
    port: int
    path: str
    greetings: Sequence[Sequence[str]]
    function: str
    posts: Sequence[str]
    warm_up_s: float
    seconds: float


class Called(msgspec.Struct, frozen=True, tag=True):
    """How long each call took, and how many failed."""

    latencies_s: list[float]
    failed: int
    took_s: float


class _Person:
    """One socket; a call is answered before the next is made."""

    def __init__(self, what: CallAway, number: int) -> None:
        self._what, self._number = what, number
        self._answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.latencies_s: list[float] = []
        self.failed = 0

    async def connect(self) -> None:
        what = self._what
        loop = asyncio.get_running_loop()
        _, self._socket = await loop.create_connection(
            lambda: WebSocket(f"{what.host}:{what.port}", what.path, None, self._on_text),
            what.host,
            what.port,
        )
        await self._socket.opened
        for text in what.greetings[self._number]:
            self._socket.send(text.encode())

    async def call_until(self, begin: float, end: float) -> None:
        """Calls that are answered before `begin` do not count."""
        what, request = self._what, 0
        while (sent := time.monotonic()) < end:
            post = what.posts[(self._number * 7919 + request * 104_729) % len(what.posts)]
            message = {"type": "Mutation", "requestId": request, "udfPath": what.function}
            self._socket.send(json.dumps({**message, "args": [{"postId": post}]}).encode())
            done = await self._answer
            self._answer = asyncio.get_running_loop().create_future()
            request += 1
            if (now := time.monotonic()) > begin:
                self.latencies_s.append(now - sent)
                self.failed += not done
        self._socket.close()

    def _on_text(self, buffer: bytes, begin: int, end: int) -> None:
        if _ANSWER.search(buffer, begin, end):
            self._answer.set_result(_DONE.search(buffer, begin, end) is not None)


async def _answer(what: CallAway) -> Called:
    people = [_Person(what, number) for number in range(len(what.greetings))]
    for person in people:
        await person.connect()
    begin = time.monotonic() + what.warm_up_s
    async with asyncio.timeout(what.warm_up_s + what.seconds + 60.0):
        await asyncio.gather(*(person.call_until(begin, begin + what.seconds) for person in people))
    latencies_s = [latency for person in people for latency in person.latencies_s]
    return Called(latencies_s, sum(person.failed for person in people), time.monotonic() - begin)


if __name__ == "__main__":
    serve_parent(msgspec.json.Decoder(CallAway), _answer)
