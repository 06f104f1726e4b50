"""What stands in the log, and what never does."""

from __future__ import annotations

import logging

import pytest

from backend.server.logs import BLACKED_OUT, Redaction, format_standard_logging, open_log
from tests.observing.conftest import FUNCTIONS, Caller, lines_of

SERVICE_KEY = "sb_secret_of-the-tests-0123456789"
CURSOR_SECRET = "a cursor secret that nobody guesses"


@pytest.fixture
def secrets(settings_of_the_service: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service that comes next has secrets, and says all it can."""
    monkeypatch.setenv("FOLKMOOT_SUPABASE_SERVICE_KEY", SERVICE_KEY)
    monkeypatch.setenv("FOLKMOOT_CURSOR_SECRET", CURSOR_SECRET)
    monkeypatch.setenv("FOLKMOOT_LOG_LEVEL", "debug")


async def test_every_call_has_one_line_with_what_it_took(caller: Caller, capsys: pytest.CaptureFixture[str]):
    token = await caller.service.stack.sign_up()
    capsys.readouterr()
    ran = await caller.call("query", "people", token, {"X-Request-Id": "from-the-proxy"})
    refused = await caller.call("query", "refuses", text="private words")
    await caller.call("query", "nothing_of_ours")
    calls = [line for line in lines_of(capsys.readouterr().err) if line["event"] == "function ran"]

    assert [line.pop("duration_ms") >= 0 for line in calls] == [True] * 3
    assert [line.pop("timestamp").endswith("Z") for line in calls] == [True] * 3
    same = {"level": "info", "event": "function ran", "kind": "Query", "rows_written": 0, "retries": 0}
    unknown_id = calls[2].pop("request_id")
    assert calls == [
        {
            **same,
            "function": f"{FUNCTIONS}:people",
            "outcome": "ok",
            "rows_read": 1,
            "request_id": "from-the-proxy",
        },
        {
            **same,
            "function": f"{FUNCTIONS}:refuses",
            "outcome": "document.not_found",
            "rows_read": 0,
            "request_id": refused.headers["x-request-id"],
        },
        {**same, "function": "(unknown)", "outcome": "FunctionUnknown", "rows_read": 0},
    ]
    assert ran.headers["x-request-id"] == "from-the-proxy"
    assert len(unknown_id) == 32


@pytest.fixture
def impatience(settings_of_the_service: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the service that comes next everything is slow."""
    monkeypatch.setenv("FOLKMOOT_SLOW_MS", "0")


async def test_slow_calls_are_warnings(impatience: None, caller: Caller, capsys: pytest.CaptureFixture[str]):
    await caller.call("query", "people")
    [line] = [line for line in lines_of(capsys.readouterr().err) if line.get("kind") == "Query"]
    assert (line["level"], line["event"]) == ("warning", "function slow")


async def test_no_secret_reaches_the_log_not_even_in_a_traceback(
    secrets: None, caller: Caller, capsys: pytest.CaptureFixture[str]
):
    token, stack = await caller.service.stack.sign_up(), caller.service.stack
    private = [token, stack.jwt_secret, stack.db_url, SERVICE_KEY, CURSOR_SECRET]
    for text in private:
        broken = await caller.call("query", "breaks", token, text=text)
        assert broken.json()["status"] == "error"
    await caller.call("query", "refuses", token, text="an argument of the caller's")
    await caller.call("query", "people", token + "x")
    await caller.http.get("/api/query", params={"path": "users:me", "args": '{"a":"an argument, too"}'})
    await caller.http.post("/api/query", content=token, headers={"Authorization": f"Basic {SERVICE_KEY}"})
    await caller.http.get(f"/nowhere/{token}")
    log = capsys.readouterr().err

    assert log.count('"function broke"') == len(private)  # All of this was logged.
    assert '"token rejected"' in log
    assert BLACKED_OUT in log
    assert [text for text in (*private, token.split(".")[2], "an argument") if text in log] == []
    assert [line for line in lines_of(log) if line["event"] == "request" and line["status"] == 404] != []


REDACTED = {
    "a token": ("got eyJhbGciOi.eyJzdWIiOjF9.c2lnbmF0dXJl.", f"got {BLACKED_OUT}."),
    "a header": ("Authorization: Bearer abc.def", f"Authorization: Bearer {BLACKED_OUT}"),
    "a URL": ("at postgresql://postgres:pw@db:5432/x", f"at postgresql://{BLACKED_OUT}@db:5432/x"),
    "the password alone": ("it was correct-horse!", f"it was {BLACKED_OUT}!"),
    "a key of Stripe": ("key sk_test_4eC39HqLy", f"key {BLACKED_OUT}"),
    "nothing": ("task_id 7, feed at /api/sync", "task_id 7, feed at /api/sync"),
}


@pytest.mark.parametrize(("text", "shown"), REDACTED.values(), ids=REDACTED)
def test_what_proves_something_is_blacked_out(text: str, shown: str):
    assert Redaction(["postgresql://postgres:correct%2Dhorse@db/x"])(text) == shown


def test_lines_of_libraries_look_like_ours_and_keep_the_same_secrets(capsys: pytest.CaptureFixture[str]):
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    try:
        format_standard_logging("json", "info", Redaction(["a very secret text"]))
        logging.getLogger("uvicorn.error").info("Started with %s", "a very secret text")
        logging.getLogger("httpx").info("HTTP Request: GET /signed")
        open_log("json", "warning", Redaction([])).info("too quiet")
    finally:
        root.handlers[:], root.level = before[0], before[1]
    [line] = lines_of(capsys.readouterr().err)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"level": "info", "event": f"Started with {BLACKED_OUT}", "logger": "uvicorn.error"}


def test_for_people_lines_are_text(capsys: pytest.CaptureFixture[str]):
    log = open_log("text", "info", Redaction([]))
    try:
        hidden = "a local variable"
        raise ValueError(len(hidden))
    except ValueError as error:
        log.error("it broke", function="posts:feed", exc_info=error)
    text = capsys.readouterr().err
    assert "it broke" in text
    assert "ValueError: 16" in text
    assert not text.startswith("{")
    assert "hidden = 'a local" not in text
