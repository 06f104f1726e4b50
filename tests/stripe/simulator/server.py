"""Stripe's API over real HTTP on the loopback address."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from backend.devstack.http_server import reserve_port, serve
from tests.stripe.simulator.account import Account
from tests.stripe.simulator.answers import answer, expand
from tests.stripe.simulator.books import PLATFORM, Book, StripeRefusal, Timeline
from tests.stripe.simulator.forms import decode_form
from tests.stripe.simulator.routes import route
from tests.stripe.simulator.sdk_fields import PINNED_VERSION
from tests.stripe.simulator.versions import in_version
from tests.stripe.simulator.weather import CutOff, Weather

Json = dict[str, Any]

KEYS = {False: "sk_test_of_the_simulator", True: "sk_live_of_the_simulator"}
"""The secret keys, by livemode."""


@dataclass
class _Kept:
    """What was answered to an idempotency key, or will be."""

    asked: tuple[str, str, str]
    status: int
    body: Json


class Simulator:
    """A Stripe of its own: accounts, time, weather, and an ASGI application that is its API."""

    def __init__(self, now_s: int, seed: int = 0) -> None:
        self.timeline = Timeline(now_s)
        self.weather = Weather(random.Random(seed))
        self.url = ""
        self.accounts: dict[tuple[str, bool], Account] = {}
        self.listeners: list[Callable[[Account, Json], None]] = []
        self.requests: list[tuple[str, str]] = []
        self._kept: dict[tuple[str, bool, str], _Kept] = {}
        for livemode in (False, True):
            self.open_account(PLATFORM, livemode=livemode)

    def open_account(self, id: str, *, livemode: bool) -> Account:
        """An account in one mode; one that is not the platform's is connected to it."""
        made = Account(Book(self.timeline, id, livemode, PINNED_VERSION, self._publish))
        self.accounts[id, livemode] = made
        return made

    def platform(self, *, livemode: bool = False) -> Account:
        return self.accounts[PLATFORM, livemode]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Answer requests meanwhile; the address."""
        with closing(reserve_port(0, option="")) as reserved:
            host, port = reserved.getsockname()
            async with serve(self, reserved):
                self.url = f"http://{host}:{port}"
                yield self.url

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request, as ASGI has it."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        text = body.decode() or scope["query_string"].decode()
        path = unquote(scope["path"])
        self.requests.append((scope["method"], path))
        replayed = lost = False
        try:
            lost = await self.weather.before()
            status, found, replayed = self._answer(scope["method"], path, text, headers)
        except StripeRefusal as refusal:
            status, found = refusal.status, refusal.body
        except CutOff:
            await _cut_off(send)
            return
        try:
            await self.weather.after(lost=lost)
        except CutOff:
            await _cut_off(send)
            return
        extra = [(b"idempotent-replayed", b"true")] if replayed else []
        await _send(send, status, found, [(b"request-id", b"req_of_the_simulator"), *extra])

    def _answer(self, method: str, path: str, text: str, headers: dict[str, str]) -> tuple[int, Json, bool]:
        account = self._account(headers)
        key = headers.get("idempotency-key")
        if method != "POST" or key is None:
            return *self._do(account, method, path, text, headers), False
        asked = (method, path, text)
        name = (account.book.account_id, account.book.livemode, key)
        kept = self._kept.get(name)
        if kept is None:
            status, body = self._do(account, method, path, text, headers)
            self._kept[name] = _Kept(asked, status, body)
            return status, body, False
        if kept.asked != asked:
            raise StripeRefusal(
                400,
                "idempotency_error",
                "Keys for idempotent requests can only be used with the same parameters they were first used"
                f" with. Try using a key other than '{key}' if you meant to execute a different request.",
            )
        return kept.status, kept.body, True

    def _do(
        self, account: Account, method: str, path: str, text: str, headers: dict[str, str]
    ) -> tuple[int, Json]:
        """Do it within one turn of the loop: Stripe's own writes are atomic too."""
        given = decode_form(text)
        paths = given.pop("expand", [])
        account.book.request = {"id": "req_1", "idempotency_key": headers.get("idempotency-key")}
        try:
            found = answer(account, route(account, method, path, given))
            expand(account, found, paths)
        except StripeRefusal as refusal:
            return refusal.status, refusal.body
        except KeyError as error:
            refusal = StripeRefusal(400, "invalid_request_error", f"Missing required param: {error.args[0]}.")
            return refusal.status, refusal.body
        finally:
            account.book.request = {"id": None, "idempotency_key": None}
        return 200, in_version(found, headers.get("stripe-version", PINNED_VERSION))

    def _account(self, headers: dict[str, str]) -> Account:
        token = headers.get("authorization", "").removeprefix("Bearer ")
        modes = [livemode for livemode, key in KEYS.items() if key == token]
        if not modes:
            shown = f"{token[:8]}***" if token else "none"
            raise StripeRefusal(401, "invalid_request_error", f"Invalid API Key provided: {shown}")
        id = headers.get("stripe-account") or headers.get("stripe-context") or PLATFORM
        found = self.accounts.get((id, modes[0]))
        if found is None or not found.is_connected:
            raise StripeRefusal(
                403,
                "invalid_request_error",
                f"The provided key does not have access to account '{id}' (or that account does not exist).",
                code="account_invalid",
            )
        return found

    def _publish(self, book: Book, event: Json) -> None:
        for listener in self.listeners:
            listener(self.accounts[book.account_id, book.livemode], event)


async def _send(send: Any, status: int, found: Json, headers: list[tuple[bytes, bytes]]) -> None:
    body = json.dumps(found).encode()
    lines = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})


async def _cut_off(send: Any) -> None:
    """Promise more than is sent: the caller sees the connection end."""
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"1000"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{", "more_body": False})
