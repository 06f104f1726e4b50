"""Browser tabs for the tests: one Deno process that runs browser.ts, with unmodified JavaScript clients."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

PROGRAM = Path(__file__).with_name("browser.ts")
DENO = Path(sys.executable).with_name("deno")
PATIENCE_S = 20.0  # Far above any wait that is not a failure, with two busy cores.
PASSWORD = "a-long-password"  # Of everyone who signs up here.
LINE_BYTES_MAX = 16 * 1024 * 1024  # One line holds a whole answer.

Json = Any
Event = dict[str, Json]
Found = TypeVar("Found")


class CallError(Exception):
    """The client's promise was rejected. `code` is the refusal's, if the error carries one."""

    def __init__(self, said: Event) -> None:
        super().__init__(said["message"])
        self.code: str | None = said.get("data", {}).get("code")


class Browser:
    """All tabs of one Deno process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin
        assert process.stdout
        self._process, self._stdin, self._stdout = process, process.stdin, process.stdout
        self._ids = itertools.count(1)
        self._events: list[Event] = []
        self._news = asyncio.Condition()
        self._ended = False
        self._reader = asyncio.create_task(self._read())

    def tab(self, name: str) -> Tab:
        return Tab(self, name)

    async def send(self, command: Event) -> Event:
        """Run one command; return its reply, or raise `CallError` if its promise was rejected."""
        number = next(self._ids)
        self._stdin.write(json.dumps({"id": number, **command}).encode() + b"\n")
        reply = await self.until(
            lambda events: next((event for event in events if event.get("reply") == number), None),
            lambda: f"no reply to {command}",
        )
        if "failed" in reply:
            raise CallError(reply["failed"])
        return {key: value for key, value in reply.items() if key != "reply"}

    async def until(self, look: Callable[[list[Event]], Found | None], otherwise: Callable[[], str]) -> Found:
        """Wait until `look` finds something in all events so far. Fails with what `otherwise` says."""
        async with self._news:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    while (found := look(self._events)) is None:
                        assert not self._ended, f"the browser ended: {otherwise()}"
                        await self._news.wait()
            except TimeoutError:
                raise AssertionError(otherwise()) from None
        return found

    def events(self) -> list[Event]:
        """Everything printed so far, in order."""
        return list(self._events)

    async def close(self) -> None:
        """Close every tab as a person would, and wait for the process to end."""
        self._stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), PATIENCE_S)
        except TimeoutError:
            self._process.kill()
            raise
        finally:
            await self._reader

    async def _read(self) -> None:
        async for line in self._stdout:
            async with self._news:
                self._events.append(json.loads(line))
                self._news.notify_all()
        async with self._news:
            self._ended = True
            self._news.notify_all()


@dataclass(frozen=True)
class Tab:
    """One tab: a Supabase client and a convex client, signed in as one person or as nobody."""

    browser: Browser
    name: str

    async def do(self, verb: str, **arguments: Json) -> Event:
        """Run a verb of browser.ts; return its reply. Raises `CallError`."""
        return await self.browser.send({"tab": self.name, "verb": verb, **arguments})

    async def sign_up(self) -> str:
        """Make an account named after the tab, signed in with both clients; return the user's id."""
        reply = await self.do("signUp", email=self.email, password=PASSWORD, data={"name": self.name})
        return reply["userId"]

    async def token(self) -> str:
        """The person's access token, as both clients send it."""
        return (await self.do("token"))["token"]

    @property
    def email(self) -> str:
        return f"{self.name}@example.org"

    async def subscribe(
        self, path: str, args: Event | None = None, *, name: str | None = None
    ) -> Subscription:
        """Subscribe by convex; the answers arrive in the subscription returned."""
        subscription = Subscription(self, name or path)
        await self.do("subscribe", name=subscription.name, path=path, args=args or {})
        return subscription

    async def mutate(self, path: str, **args: Json) -> Json:
        """Call a mutation by convex; return its value. Raises `CallError`."""
        return (await self.do("mutate", path=path, args=args))["value"]

    async def query(self, path: str, **args: Json) -> Json:
        """Ask once by convex; return the answer. Raises `CallError`."""
        return (await self.do("query", path=path, args=args))["value"]


@dataclass(frozen=True)
class Subscription:
    """What one `onUpdate` of a tab has been told."""

    tab: Tab
    name: str

    def heard(self) -> list[Json]:
        """Every answer so far, oldest first; a failure is the whole event."""
        return [_content(event) for event in self.tab.browser.events() if self._is_ours(event)]

    async def settles_on(self, expected: Json, shape: Callable[[Json], Json] = lambda answer: answer) -> Json:
        """Wait until the last answer, seen through `shape`, equals `expected`; return that whole answer."""

        def look(events: list[Event]) -> tuple[Json] | None:
            last = next((event for event in reversed(events) if self._is_ours(event)), None)
            return (_content(last),) if last and shape(_content(last)) == expected else None

        def otherwise() -> str:
            heard = self.heard()
            last = shape(heard[-1]) if heard else None
            return f"{self.tab.name} waits for {expected}, after {len(heard)} answers the last is {last}"

        [answer] = await self.tab.browser.until(look, otherwise)
        return answer

    def _is_ours(self, event: Event) -> bool:
        return event.get("tab") == self.tab.name and self.name in (event.get("answer"), event.get("failure"))


def _content(event: Event) -> Json:
    return event["value"] if "answer" in event else event


@asynccontextmanager
async def open_browser(
    *, api_url: str, anon_key: str, service_url: str, program: Path = PROGRAM
) -> AsyncIterator[Browser]:
    """A browser whose clients talk to the given Supabase and service."""
    place = {"apiUrl": api_url, "anonKey": anon_key, "serviceUrl": service_url}
    process = await asyncio.create_subprocess_exec(
        *(
            str(DENO),
            "run",
            "--quiet",
            "--cached-only",
            "--frozen",
            "--allow-net",
            "--allow-env",
            "--allow-read",
        ),
        *(str(program), json.dumps(place)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE_BYTES_MAX,
    )
    browser = Browser(process)
    try:
        yield browser
    finally:
        await browser.close()
