"""Convex's HTTP API: functions called one at a time, answered with JSON.

A function that fails is answered with 200 and `{"status": "error", ...}`. Any other status has a body
`{code, message}` and says that no function was run, or that nobody knows whether it was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, TypeVar, cast

from litestar import MediaType, Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel, Field, ValidationError

from backend.engine.ports import Answer, Call, MutationCall, MutationOutcome, QueryRun
from backend.engine.versions import ANONYMOUS, Identity
from backend.postgres.errors import Unavailable
from backend.protocol.messages import MalformedMessage, decode_ts, encode_ts
from backend.protocol.values import Form, Json, decode_text, encode_text, parse_json
from backend.runtime.execution import Execution
from backend.runtime.functions import Kind
from backend.runtime.mutations import KEYED_REQUEST, keyed_session
from backend.runtime.registration import canonical_call
from backend.runtime.snapshots import SnapshotView
from backend.server.refusals import RequestRefused, read_body

B = TypeVar("B", bound=BaseModel)

KEY_CHARACTERS_MAX = 255  # Stripe's own limit.
BATCH_QUERIES_MAX = 100  # They share one snapshot, which holds PostgreSQL's clean-up back.

_FORMS = {
    "convex_encoded_json": Form.ENCODED,
    "convex_json": Form.ENCODED,
    "json": Form.CLEAN,
    "convex_clean_json": Form.CLEAN,
}
_CLIENT = re.compile(r"(npm|python)-(\d{1,9})\.(\d{1,9})\.(\d{1,9})")
_ENCODED_UNTIL = {"npm": (1, 4, 1), "python": (0, 5, 0)}  # Up to these, clients named no format and meant it.


class CallBody(BaseModel):
    """One call. `args` is an object, or an array that holds one."""

    path: str
    args: object = None
    format: str | None = None
    component_path: Annotated[str | None, Field(alias="componentPath")] = None


class CallAtBody(CallBody):
    ts: str


class BatchBody(BaseModel):
    queries: Annotated[list[CallBody], Field(max_length=BATCH_QUERIES_MAX)]


class RunBody(BaseModel):
    args: object = None
    format: str | None = "json"


class FunctionApi:
    """The addresses under `/api` that call functions."""

    def __init__(self, execution: Execution) -> None:
        self._execution = execution

    def routes(self) -> list[HTTPRouteHandler]:
        """The handlers, for Litestar. The schema lists functions by name instead of these."""
        posts = {
            "/api/query": self.query,
            "/api/mutation": self.mutation,
            "/api/action": self.action,
            "/api/function": self.function,
            "/api/run/{path:path}": self.run,
            "/api/query_ts": self.query_ts,
            "/api/query_at_ts": self.query_at_ts,
            "/api/query_batch": self.query_batch,
            "/api/debug_event": self.debug_event,
        }
        handlers = [post(path, status_code=200, include_in_schema=False)(run) for path, run in posts.items()]
        return [*handlers, get("/api/query", include_in_schema=False)(self.query_by_address)]

    async def query(self, request: Request) -> Response[str]:
        """Run one query in a snapshot of its own."""
        return await self._query(request, await _read(request, CallBody))

    async def query_by_address(
        self,
        request: Request,
        path: FromQuery[str],
        args: FromQuery[str] = "{}",
        format: FromQuery[str | None] = None,
    ) -> Response[str]:
        """The same for `curl`, with `args` as JSON."""
        return await self._query(request, CallBody(path=path, args=parse_json(args), format=format))

    async def mutation(self, request: Request) -> Response[str]:
        """Run one mutation; with an `Idempotency-Key` once, however often it is sent within two weeks."""
        return await self._mutation(request, await _read(request, CallBody))

    async def action(self, request: Request) -> Response[str]:
        """Run one action."""
        return await self._action(request, await _read(request, CallBody))

    async def function(self, request: Request) -> Response[str]:
        """Run a function of any kind."""
        return await self._any(request, await _read(request, CallBody))

    async def run(self, request: Request, path: FromPath[str]) -> Response[str]:
        """Run the function at `/api/run/<module>/<function>`, answered in plain JSON."""
        *module, function = path.strip("/").split("/")
        if not module:
            raise RequestRefused(
                400, "MissingIdentifier", "Name a module and a function: /api/run/posts/feed."
            )
        body = await _read(request, RunBody)
        name = f"{'/'.join(module)}:{function}"
        return await self._any(request, CallBody(path=name, args=body.args, format=body.format))

    async def query_ts(self) -> dict[str, str]:
        """A moment to ask several queries about."""
        view = await self._execution.open_snapshot()
        await view.close()
        return {"ts": encode_ts(view.position)}

    async def query_at_ts(self, request: Request) -> Response[str]:
        """Run one query as of a moment, which must still be the present: PostgreSQL keeps no past."""
        body = await _read(request, CallAtBody)
        try:
            ts = decode_ts(body.ts)
        except MalformedMessage as error:
            raise RequestRefused(400, "BadTimestamp", error.message) from error
        identity, form = await self._identify(request), _form(body.format, request)
        view = await self._execution.open_snapshot()
        try:
            if view.position != ts:
                raise RequestRefused(
                    409,
                    "TimestampNotCurrent",
                    "The database has moved on from that timestamp. Ask for a new one.",
                )
            [reply] = await _answer(view, [body], identity, [form])
        finally:
            await view.close()
        return _json(reply)

    async def query_batch(self, request: Request) -> Response[str]:
        """Run several queries in one snapshot."""
        bodies = (await _read(request, BatchBody)).queries
        identity, forms = await self._identify(request), [_form(body.format, request) for body in bodies]
        view = await self._execution.open_snapshot()
        try:
            replies = await _answer(view, bodies, identity, forms)
        finally:
            await view.close()
        return _json(f'{{"results":[{",".join(replies)}]}}')

    async def debug_event(self) -> None:
        """Take what browsers tell when they are asked to report; nobody reads it."""

    async def _query(self, request: Request, body: CallBody) -> Response[str]:
        identity, form = await self._identify(request), _form(body.format, request)
        view = await self._execution.open_snapshot()
        try:
            [reply] = await _answer(view, [body], identity, [form])
        finally:
            await view.close()
        return _json(reply)

    async def _mutation(self, request: Request, body: CallBody) -> Response[str]:
        call, form = await self._call(request, body), _form(body.format, request)
        if (key := request.headers.get("idempotency-key")) is not None:
            if not 0 < len(key) <= KEY_CHARACTERS_MAX:
                message = f"An Idempotency-Key has 1 to {KEY_CHARACTERS_MAX} characters."
                raise RequestRefused(400, "BadIdempotencyKey", message)
            session_id = keyed_session(call.identity, key)
            call = replace(call, session_id=session_id, request_id=KEYED_REQUEST)
        try:
            return _json(_reply(await self._execution.mutate(call), form))
        except Unavailable as error:
            message = "The database was lost while it committed: the mutation may or may not have happened."
            raise RequestRefused(503, "OutcomeUnknown", message) from error

    async def _action(self, request: Request, body: CallBody) -> Response[str]:
        call, form = await self._call(request, body), _form(body.format, request)
        return _json(_reply(await self._execution.act(call), form))

    async def _any(self, request: Request, body: CallBody) -> Response[str]:
        function = self._execution.registry.find(_call_of(body).function)
        match function.kind if function else Kind.QUERY:
            case Kind.QUERY:
                return await self._query(request, body)
            case Kind.MUTATION:
                return await self._mutation(request, body)
            case Kind.ACTION:
                return await self._action(request, body)

    async def _call(self, request: Request, body: CallBody) -> MutationCall:
        return MutationCall(_call_of(body), await self._identify(request), session_id=None, request_id=None)

    async def _identify(self, request: Request) -> Identity:
        """Who calls. Raises `TokenRefused` for a bad token, which is no visitor's."""
        header = request.headers.get("authorization")
        if header is None:
            return ANONYMOUS
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise RequestRefused(
                401, "InvalidAuthHeader", "Send `Authorization: Bearer <token of a person>`."
            )
        return await self._execution.verify(token.strip())


async def _answer(
    view: SnapshotView, bodies: Sequence[CallBody], identity: Identity, forms: Sequence[Form]
) -> list[str]:
    answers = await view.run([QueryRun(_call_of(body), identity, journal=None) for body in bodies])
    return [_reply(answer, form) for answer, form in zip(answers, forms, strict=True)]


def _call_of(body: CallBody) -> Call:
    return canonical_call(body.path, cast("Json", body.args), component=body.component_path)


def _reply(ended: Answer | MutationOutcome, form: Form) -> str:
    logs = f',"logLines":{encode_text(ended.log_lines)}' if ended.log_lines else ""
    if ended.error is None:
        assert ended.value_json is not None, ended
        return f'{{"status":"success","value":{_formatted(ended.value_json, form)}{logs}}}'
    data_json = ended.error.data_json
    data = "" if data_json is None else f',"errorData":{_formatted(data_json, form)}'
    return f'{{"status":"error","errorMessage":{encode_text(ended.error.message)}{data}{logs}}}'


def _formatted(value_json: str, form: Form) -> str:
    return value_json if form is Form.ENCODED else encode_text(decode_text(value_json), form)


def _json(text: str) -> Response[str]:
    return Response(text, media_type=MediaType.JSON)


async def _read(request: Request, model: type[B]) -> B:
    try:
        return model.model_validate_json(await read_body(request))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the body"
        raise RequestRefused(400, "BadJsonBody", f"{place}: {first['msg']}.") from error


def _form(name: str | None, request: Request) -> Form:
    if name is not None:
        if name not in _FORMS:
            raise RequestRefused(400, "BadFormat", f"There is no format {name!r}; use 'json'.")
        return _FORMS[name]
    client = _CLIENT.match(request.headers.get("convex-client", ""))
    if client is None:
        return Form.CLEAN
    version = tuple(map(int, client.groups()[1:]))
    return Form.ENCODED if version <= _ENCODED_UNTIL[client.group(1)] else Form.CLEAN
