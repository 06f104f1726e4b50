"""Anything at all, written to the service's port: bytes that are no HTTP, and frames that are no WebSocket.

`FOLKMOOT_FUZZ_EXAMPLES` says how many cases each test makes up (25).
"""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import shapes
from tests.fuzz.target import Target
from tests.fuzz.test_http import fuzz
from tests.fuzz.wire import PATIENCE_S, UPGRADE, frame_head, masked, wire_to

pytestmark = pytest.mark.usefixtures("watched")


def check_statuses(said: bytes) -> None:
    """Every reply to something that was no request is a refusal, none is an error of the service."""
    for line in said.split(b"\r\n"):
        if line.startswith(b"HTTP/1."):
            assert line.split(b" ")[1] < b"500", said[:2_000]


def _cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in itertools.pairwise(ends)]


places = st.lists(st.integers(0, 10_000), max_size=4)

# --- HTTP ---

_tokens = st.one_of(
    st.sampled_from([b"GET", b"POST", b"PRI", b"CONNECT", b"M-SEARCH", b"get", b"", b"\x16\x03\x01"]),
    st.binary(max_size=6),
)
_targets = st.one_of(
    st.sampled_from(
        [
            *(b"/api/query", b"/api/sync", b"/api/1.48.0/sync", b"*", b"//", b"http://x/api/query", b"/%00"),
            *(
                b"/\xff\xfe",
                b"/api/" + b"9" * 5_000 + b".1/sync",
                b"/api/%ff/sync",
                b"/api//sync",
                b"?",
                b"#",
            ),
        ]
    ),
    st.binary(max_size=30),
)
_lines = st.one_of(
    st.sampled_from(
        [
            *(
                b"Host: x",
                b"Host",
                b": x",
                b"Content-Length: 5",
                b"Content-Length: -1",
                b"Content-Length: 5,5",
            ),
            *(
                b"Content-Length: 99999999999999999999",
                b"Transfer-Encoding: chunked",
                b"Expect: 100-continue",
            ),
            *(b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: xchunked", b"Connection: close"),
            *(b"Connection: Upgrade", b"Upgrade: websocket", b"Upgrade: h2c", b"HTTP2-Settings: x"),
            *(b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Version: 99", b"Sec-WebSocket-Key: x"),
            *(
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                b"Sec-WebSocket-Extensions: permessage-deflate",
            ),
            *(
                b"Sec-WebSocket-Protocol: \xff",
                b"Cookie: " + b"x" * 9_000,
                b"X: \x00",
                b" folded",
                b"X: a\rb",
            ),
            *(b"Authorization: Bearer \xff", b"Origin: \xff"),
        ]
    ),
    st.binary(max_size=40),
)
_bodies = st.one_of(
    st.sampled_from(
        [b"", b"12345", b"5\r\n12345\r\n0\r\n\r\n", b"ffffffffffffffff\r\nx", b"-1\r\n", b"0\r\nX: y\r\n\r\n"]
    ),
    st.binary(max_size=100),
)


@st.composite
def _requests(draw: st.DrawFn) -> bytes:
    version = draw(
        st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/0.9", b"HTTP/9.9", b"", b"X"])
    )
    line = b" ".join([draw(_tokens), draw(_targets), version])
    end = draw(st.sampled_from([b"\r\n", b"\n", b"\r"]))
    return end.join([line, *draw(st.lists(_lines, max_size=6)), b"", draw(_bodies)])


@fuzz
@given(data=st.data())
async def test_bytes_that_are_nearly_http(target: Target, data: st.DataObject):
    requests = data.draw(st.lists(st.one_of(_requests(), st.binary(max_size=200)), min_size=1, max_size=3))
    async with wire_to(target.address) as wire:
        await wire.write(*_cut(b"".join(requests), data.draw(places)))
        check_statuses(await wire.read())


@fuzz
@given(lines=st.lists(_lines, max_size=4), data=st.data())
async def test_handshakes_with_anything_in_them(target: Target, lines: list[bytes], data: st.DataObject):
    head = b"\r\n".join([UPGRADE + b"X-Y: z", *lines, b"", b""])
    async with wire_to(target.address) as wire:
        await wire.write(*_cut(head, data.draw(places)), data.draw(_frames()))
        check_statuses(await wire.read())


# --- WebSocket ---


@st.composite
def _frames(draw: st.DrawFn) -> bytes:
    """Frames, of which any part may be wrong: bits, opcode, mask, length."""
    payloads = st.one_of(
        st.binary(max_size=130),
        st.sampled_from(
            [b'{"type":"Event","eventType":"x","event":1}', b"\xff\xfe", b"", b"\x03\xe8", b"\x00\x00"]
        ),
        shapes.broken_json.map(shapes.encoded),
    )
    written = b""
    for _ in range(draw(st.integers(1, 5))):
        first = draw(
            st.one_of(
                st.sampled_from([0x81, 0x82, 0x01, 0x00, 0x80, 0x88, 0x89, 0x8A, 0xC1]), st.integers(0, 255)
            )
        )
        payload = draw(payloads)
        is_masked = draw(st.sampled_from([True, True, True, False]))
        length = draw(st.sampled_from([len(payload)] * 6 + [len(payload) + 1, 2**16, 2**40, 2**63]))
        written += frame_head(first, length, is_masked)
        written += masked(payload) if is_masked else payload
    return written


@fuzz
@given(data=st.data())
async def test_frames_with_anything_in_them(target: Target, data: st.DataObject):
    async with wire_to(target.address) as wire:
        await wire.write(UPGRADE + b"\r\n")
        head = await asyncio.wait_for(wire.reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
        assert head.startswith(b"HTTP/1.1 101 ")
        await wire.write(*_cut(data.draw(_frames()), data.draw(places)))
        said = await wire.read()
        # An opcode of 8 closes; its first two bytes are the code. 1011 is an error of the service.
        assert b"\x88" + b"\x17\x03\xf3InternalServerError" not in said
