"""What one peer can make the service keep: heads without end, messages in a million pieces, unread answers.

Each peer here gives without measure, or takes nothing; the service stays as large as it was, and ends it.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.fuzz.target import Target
from tests.fuzz.wire import UPGRADE, frame_head, wire_to

PIECE = 64 * 1024
PIECES = 1_000  # 64 MB in all.
GROWTH_MB_MAX = 40  # Less than what is poured in, and more than what a few busy seconds take.
PATIENCE_S = 60.0
STALL_S = 3.0  # Whoever takes nothing for so long keeps nothing, either.

ENDLESS = {
    "a line": (b"GET /", b"a" * PIECE),
    "a header": (b"GET / HTTP/1.1\r\nX: ", b"a" * PIECE),
    "headers": (b"GET / HTTP/1.1\r\n", b"Name: content\r\n" * (PIECE // 15)),
    "trailers": (
        b"POST /api/query HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        b"Name: content\r\n" * (PIECE // 15),
    ),
    "chunks": (
        b"POST /api/query HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"1\r\na\r\n" * (PIECE // 6),
    ),
    "a body": (
        b"POST /api/query HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"10000\r\n" + b"a" * PIECE + b"\r\n",
    ),
    "empty fragments": (UPGRADE + b"\r\n" + b"\x01\x80aaaa", b"\x00\x80aaaa" * (PIECE // 6)),
    "fragments": (UPGRADE + b"\r\n" + b"\x01\x81aaaa1", b"\x00\x81aaaa1" * (PIECE // 7)),
    "pings": (UPGRADE + b"\r\n", (frame_head(0x89, 125, True) + b"a" * 125) * (PIECE // 131)),
    "a frame": (UPGRADE + b"\r\n" + frame_head(0x81, 2**40, True), b"a" * PIECE),
}


@pytest.mark.parametrize(("start", "more"), ENDLESS.values(), ids=ENDLESS)
async def test_what_never_ends_is_not_kept(target: Target, start: bytes, more: bytes):
    async with target.watched(GROWTH_MB_MAX), wire_to(target.address) as wire:
        async with asyncio.timeout(PATIENCE_S):
            await wire.write(start)
            for _ in range(PIECES):
                if wire.writer.transport.is_closing():
                    break
                try:
                    # Nothing is read, so that what the service says piles up, too.
                    async with asyncio.timeout(STALL_S):
                        await wire.write(more)
                except TimeoutError:
                    break  # It takes no more, which is as good.
