"""A client on a bare WebSocket that believes nothing: it checks every message against the protocol, and
against what it, and all others, were told before.

It lives through cut connections as the `convex` client of npm does: it comes back with its session, its
subscriptions and their journals, and asks again whatever was not answered for certain.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import random
import struct
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.oracle.chronicle import Chronicle, Fate, Purpose
from tests.oracle.functions import MODULE
from tests.oracle.network import Network
from tests.oracle.place import Person

Json = Any

FEED, COMMENTS = "posts:feed", f"{MODULE}:comments"
BACK_AFTER_S = (0.005, 0.05)  # A person's browser waits longer; here a second spent waiting proves nothing.
ENDED_KEPT_MAX = 100  # Requests to be asked again; whoever is somebody else meanwhile may never come back.
FRAME_BYTES_MAX = 16 * 1024 * 1024  # Far above any answer of a history.


@dataclass
class Watch:
    """One subscription, and what is held of it. `ledger`: nothing is ever removed from what it shows."""

    path: str
    args: Json
    ledger: bool = False
    journal: str | None = None
    pinned_after: tuple[float, str] | None = None
    """Of a page: when its last row was made, and its id, at the run that fixed the page's end."""
    answer: Json = None
    added_in: int = 0  # the version of the query set on this connection
    answered: bool = False  # on this connection

    def modification(self, query_id: int) -> Json:
        add = {"type": "Add", "queryId": query_id, "udfPath": self.path, "args": [self.args]}
        return add | ({"journal": self.journal} if self.journal is not None else {})

    @property
    def end(self) -> str | None:
        """Where a page ends, once it has been told."""
        return self.answer.get("continueCursor") if self.path == FEED and self.answer else None

    def take(self, modification: Json) -> None:
        failed = modification["type"] == "QueryFailed"
        self.hold({"failed": "", "data": modification.get("errorData")} if failed else modification["value"])
        self.journal = modification["journal"]

    def hold(self, answer: Json) -> None:
        """Of failures only the data counts: each client words them in its own way."""
        if self.path == FEED and "page" in answer:
            before = self.answer or {}
            if answer["continueCursor"] != before.get("continueCursor"):
                last = None if answer["isDone"] else answer["page"][-1]
                self.pinned_after = last and (last["_creationTime"], last["_id"])
        self.answer, self.answered = answer, True


@dataclass
class Request:
    """One mutation, until a transition has shown what it did."""

    path: str
    args: Json
    key: str | None
    settled: asyncio.Future[Json]
    told: Json = None
    by_ts: int | None = None
    senders: set[Person | None] = field(default_factory=set)
    """Whose it was when it was sent: whoever signs in before it is answered may send it once more."""

    def fate(self, *, success: bool) -> Fate:
        if success:
            return "done"
        # The first run may have succeeded, which is nobody else's business.
        return "refused" if len(self.senders) == 1 else "unknown"


@dataclass
class SocketClient:
    """`person` is who it is now; None for a visitor. Run `live` as a task."""

    name: str
    network: Network
    chronicle: Chronicle
    chance: random.Random
    person: Person | None = None
    watches: dict[int, Watch] = field(default_factory=dict)
    requests: dict[int, Request] = field(default_factory=dict)
    connections: int = 0
    transitions: int = 0

    def __post_init__(self) -> None:
        self.session_id = str(uuid4())
        self._ids = itertools.count()
        self._observed = 0
        self._outgoing: asyncio.Queue[Json] | None = None
        self._told = (0, 0, 0)
        self._query_set = 0
        self._people: list[Person | None] = [None]
        self._ended: deque[tuple[int, Request]] = deque(maxlen=ENDED_KEPT_MAX)

    # --- what its person does ---

    def watch(self, path: str, args: Json, *, ledger: bool = False) -> int:
        query_id, watch = next(self._ids), Watch(path, args, ledger)
        self.watches[query_id] = watch
        self._modify([watch.modification(query_id)])
        watch.added_in = self._query_set
        return query_id

    def unwatch(self, query_id: int) -> None:
        del self.watches[query_id]
        self._modify([{"type": "Remove", "queryId": query_id}])

    def become(self, person: Person | None) -> None:
        """Sign in, sign out, or come with another token."""
        self.person = person
        if self._outgoing is not None:
            self._send(self._authenticate())

    def mutate(
        self, path: str, args: Json, *, key: str | None = None, purpose: Purpose = "to be tried"
    ) -> asyncio.Future[Json]:
        """Ends with the result, or None where the mutation was refused."""
        if key is not None:
            self.chronicle.begin(key, purpose)
        request = Request(path, args, key, asyncio.get_running_loop().create_future())
        self._ask(next(self._ids), request)
        return request.settled

    def ask_again(self) -> None:
        """Repeat, once, all that has ended well: each answer has to be the same, and nothing is done.

        Nobody else may ask for them, so what somebody else did here before is left for later.
        """
        ended, self._ended = self._ended, deque(maxlen=ENDED_KEPT_MAX)
        for request_id, request in ended:
            if request_id in self.requests or request.senders != {self.person}:
                self._ended.append((request_id, request))
                continue
            settled: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
            senders = set(request.senders)
            again = Request(request.path, request.args, None, settled, told=request.told, senders=senders)
            self._ask(request_id, again)

    def _ask(self, request_id: int, request: Request) -> None:
        self.requests[request_id] = request
        if self._outgoing is not None:
            self._send(self._mutation(request_id))

    def busy_with(self) -> str | None:
        """What keeps it from rest; None when it is connected, answered, and has nothing under way."""
        if self._outgoing is None:
            return "is not connected"
        if self.requests:
            return f"waits for {list(self.requests.values())}"
        if (self._query_set, len(self._people) - 1) != self._told[:2]:
            return f"asked for {self._query_set, len(self._people) - 1} and was told {self._told}"
        unanswered = [watch.path for watch in self.watches.values() if not watch.answered]
        return f"has no answers to {unanswered}" if unanswered else None

    # --- the connection ---

    async def live(self) -> None:
        while True:
            with suppress(OSError, WebSocketException):
                async with connect(
                    self.network.url.replace("http", "ws", 1) + "/api/1.48.0/sync",
                    compression=None,
                    proxy=None,
                    max_size=FRAME_BYTES_MAX,
                    ping_interval=None,
                    close_timeout=0.1,
                ) as socket:
                    await self._converse(socket)
            await asyncio.sleep(self.chance.uniform(*BACK_AFTER_S))

    async def _converse(self, socket: ClientConnection) -> None:
        outgoing: asyncio.Queue[Json] = asyncio.Queue()
        self.greet(outgoing)
        sending = asyncio.create_task(self._send_on(socket, outgoing))
        try:
            async for text in socket:
                self.hear(json.loads(text))
        finally:
            self._outgoing = None
            sending.cancel()
            with suppress(OSError, WebSocketException, asyncio.CancelledError):
                await sending

    async def _send_on(self, socket: ClientConnection, outgoing: asyncio.Queue[Json]) -> None:
        with suppress(OSError, WebSocketException):
            while True:
                await socket.send(json.dumps(await outgoing.get()))

    def _send(self, message: Json) -> None:
        assert self._outgoing is not None
        self._outgoing.put_nowait(message)

    def greet(self, outgoing: asyncio.Queue[Json]) -> None:
        """Begin a connection, by saying all that the service has to know."""
        self._outgoing = outgoing
        self._told, self._query_set, self._people = (0, 0, 0), 0, [None]
        connect_message = {
            "type": "Connect",
            "sessionId": self.session_id,
            "connectionCount": self.connections,
            "lastCloseReason": "InitialConnect",
            "maxObservedTimestamp": encode_ts(self._observed),
        }
        self.connections += 1
        self._send(connect_message)
        if self.person is not None:
            self._send(self._authenticate())
        self._modify([watch.modification(query_id) for query_id, watch in self.watches.items()])
        for watch in self.watches.values():
            watch.added_in, watch.answered = self._query_set, False
        for request_id in self.requests:
            self._send(self._mutation(request_id))

    def _authenticate(self) -> Json:
        base = len(self._people) - 1
        self._people.append(self.person)
        if self.person is None:
            return {"type": "Authenticate", "baseVersion": base, "tokenType": "None"}
        token = self.person.token()
        return {"type": "Authenticate", "baseVersion": base, "tokenType": "User", "value": token}

    def _modify(self, modifications: list[Json]) -> None:
        if self._outgoing is None:
            return
        base, self._query_set = self._query_set, self._query_set + 1
        versions = {"baseVersion": base, "newVersion": self._query_set}
        self._send({"type": "ModifyQuerySet", **versions, "modifications": modifications})

    def _mutation(self, request_id: int) -> Json:
        request = self.requests[request_id]
        request.senders.add(self._people[-1])
        message = {"type": "Mutation", "requestId": request_id, "udfPath": request.path}
        return message | {"args": [request.args]}

    # --- what it is told ---

    def hear(self, message: Json) -> None:
        """Take in one message; whatever is wrong with it goes into the chronicle."""
        match message["type"]:
            case "Transition":
                self._hear_transition(message)
            case "MutationResponse":
                self._hear_response(message)
            case "Ping":
                pass
            case _:
                self._fault(f"was told {message}")

    def _fault(self, what: str) -> None:
        self.chronicle.fault(f"{self.name} (connection {self.connections})", what)

    def _hear_response(self, message: Json) -> None:
        request_id = message["requestId"]
        request = self.requests.get(request_id)
        if request is None:
            self._fault(f"an answer to request {request_id}, which is settled: {message}")
            return
        earlier = list(itertools.takewhile(lambda number: number != request_id, self.requests))
        if any(self.requests[number].by_ts is None for number in earlier):
            self._fault(f"request {request_id} is answered before {earlier}")
        fate = request.fate(success=message["success"])
        result = {"result": message["result"]} if message["success"] else None
        if request.told is not None and request.told != result and fate != "unknown":
            self._fault(f"request {request_id} gave {request.told}, and asked again {result}")
        is_first, request.told, request.by_ts = request.told is None, result, 0
        if message["success"]:
            request.by_ts = _decode_ts(message["ts"])
            self._observed = max(self._observed, request.by_ts)
            if is_first:
                self._ended.append((request_id, request))
        elif fate == "refused":
            self.chronicle.note_refusal(self.name, request.key, message.get("errorData"), message)
        if request.key is not None:
            self.chronicle.end(request.key, fate, request.by_ts or None, told=message)
        if result is None:
            self._settle(request_id, None)

    def _settle(self, request_id: int, result: Json) -> None:
        request = self.requests.pop(request_id)
        if not request.settled.done():
            request.settled.set_result(result)

    def _hear_transition(self, message: Json) -> None:
        self.transitions += 1
        start, end = _version(message["startVersion"]), _version(message["endVersion"])
        if start != self._told:
            self._fault(f"a transition from {start}, after one to {self._told}")
        if any(after < before for before, after in zip(start, end, strict=True)):
            self._fault(f"a transition back from {start} to {end}")
        if end[0] > self._query_set or end[1] >= len(self._people):
            self._fault(f"a transition to {end}, beyond what was asked for")
            return
        if end[2] < self._observed:
            self._fault(f"a transition to {end[2]}, behind {self._observed}, which it has seen")
        self._observed = max(self._observed, end[2])
        self._told = end
        for modification in message["modifications"]:
            watch = self.watches.get(modification["queryId"])
            if watch is not None and modification["type"] != "QueryRemoved":
                before = watch.end
                watch.take(modification)
                if None not in (before, watch.end) and before != watch.end:
                    self._fault(f"{watch.path} {watch.args} ended at {before}, and now at {watch.end}")
        self._check_cut(end)
        for request_id, request in list(self.requests.items()):
            if request.by_ts is not None and end[2] >= request.by_ts:
                self._settle(request_id, request.told["result"])

    def _check_cut(self, end: tuple[int, int, int]) -> None:
        """Everything held now is true at one ts, for one person."""
        query_set, identity, ts = end
        who = self._people[identity]
        documents: dict[str, Json] = {}
        shown: set[str] = set()
        for watch in self.watches.values():
            if watch.added_in > query_set:
                continue
            if not watch.answered:
                self._fault(f"{watch.path} is not answered by the transition to {end}")
                continue
            shown |= _texts(watch.answer)
            for document in _documents(watch.answer):
                other = documents.setdefault(document["_id"], document)
                if other != document:
                    self._fault(f"at {ts} both {other} and {document}")
            question = json.dumps([who and str(who.id), watch.path, watch.args, watch.journal])
            self.chronicle.note_answer(self.name, ts, question, watch.answer)
            if watch.ledger:
                self.chronicle.note_ledger(self.name, ts, watch.args["postId"], _texts(watch.answer))
        for request in self.requests.values():
            if request.key in shown and request.by_ts is None:
                self._fault(f"{request.key} is shown before the response to its mutation")


def _documents(answer: Json) -> Iterator[Json]:
    """The whole documents in an answer."""
    rows = answer.get("page", [answer]) if isinstance(answer, dict) else answer
    for row in rows or ():
        if isinstance(row, dict) and "_id" in row:
            yield row


def _texts(answer: Json) -> frozenset[str]:
    """What was written in the rows of an answer, the keys of histories among it."""
    rows = answer if isinstance(answer, list) else []
    texts = (document.get("content") for document in _documents(answer))
    return frozenset(text for text in (*texts, *rows) if isinstance(text, str))


def _version(told: Json) -> tuple[int, int, int]:
    return told["querySet"], told["identity"], _decode_ts(told["ts"])


def _decode_ts(text: str) -> int:
    return struct.unpack("<Q", base64.b64decode(text))[0]


def encode_ts(ts: int) -> str:
    return base64.b64encode(struct.pack("<Q", ts)).decode()
