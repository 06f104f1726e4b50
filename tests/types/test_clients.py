"""What the compiler says of clients that use the generated types: the committed ones."""

from __future__ import annotations

from pathlib import Path

from tests.types.deno import diagnostics

FOLDER = Path(__file__).parent


async def test_a_client_that_uses_everything_as_it_is_meant_is_accepted():
    assert await diagnostics(FOLDER / "client.ts") == []


async def test_each_mistake_is_refused_for_what_it_is_and_nothing_else_is():
    lines = (FOLDER / "mistakes.ts").read_text().splitlines()
    expected = {
        number + 1: line.removeprefix("// ").split(": ", 1)
        for number, line in enumerate(lines, start=1)
        if line.startswith("// TS")
    }
    said = await diagnostics(FOLDER / "mistakes.ts")

    assert [(one.line, one.code) for one in said] == [(line, code) for line, (code, _) in expected.items()]
    unsaid = [(one.line, one.message) for one in said if expected[one.line][1] not in one.message]
    assert unsaid == []
    assert len(expected) >= 40
