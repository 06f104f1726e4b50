"""Storage's addresses for signing and deleting, as its own server answers them, over a few files in memory.

Written after https://github.com/supabase/storage (src/http/routes/object). Only the edge is simulated: what
`ctx.storage` sends is what the real one would get.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import unquote, urlsplit

Reply = tuple[int, object]

NOT_FOUND: Reply = (400, {"statusCode": "404", "error": "not_found", "message": "Object not found"})
DENIED: Reply = (
    400,
    {
        "statusCode": "403",
        "error": "Unauthorized",
        "message": "new row violates row-level security policy",
    },
)
TAKEN: Reply = (
    400,
    {"statusCode": "409", "error": "Duplicate", "message": "The resource already exists"},
)


@dataclass
class StorageEdge:
    """`files` by bucket and path, with who may see each; `heard` is every request that came.

    `reply` answers instead, when it is set. While `silent` is set nothing is answered.
    """

    url: str = ""
    files: dict[tuple[str, str], str] = field(default_factory=dict)
    heard: list[tuple[str, str, dict[str, str], object]] = field(default_factory=list)
    reply: tuple[int, bytes] | None = None
    silent: Event = field(default_factory=Event)
    over: Event = field(default_factory=Event)

    def answer(self, method: str, path: str, headers: dict[str, str], body: object) -> Reply:
        bearer = headers["authorization"].removeprefix("Bearer ")
        match method, *unquote(path).split("/")[3:]:
            case "POST", "object", "sign", bucket, *rest:
                owner = self.files.get((bucket, "/".join(rest)))
                if owner not in (bearer, "*") and bearer != "service":
                    return NOT_FOUND
                assert isinstance(body, dict), body
                assert int(body["expiresIn"]) > 0, body
                return 200, {"signedURL": f"/object/sign{path.partition('/object/sign')[2]}?token=signed"}
            case "POST", "object", "upload", "sign", bucket, *rest:
                if bucket == "closed":
                    return DENIED
                if (bucket, "/".join(rest)) in self.files and headers.get("x-upsert") != "true":
                    return TAKEN
                signed = path.partition("/object/upload/sign")[2]
                return 200, {"url": f"/object/upload/sign{signed}?token=upload", "token": "upload"}
            case "DELETE", "object", bucket:
                assert isinstance(body, dict), body
                deleted = [
                    name for name in body["prefixes"] if self.files.get((bucket, name)) in (bearer, "*")
                ]
                for name in deleted:
                    self.files.pop((bucket, name), None)  # A name may be given twice.
                return 200, [{"name": name, "bucket_id": bucket} for name in deleted]
            case _:
                return 404, {"statusCode": "404", "error": "Not Found", "message": f"Route {path} not found"}


@contextmanager
def storage_edge() -> Iterator[StorageEdge]:
    """The server on a free port; `url` is what a project's would be, with `/storage/v1`."""
    edge = StorageEdge()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            text = self.rfile.read(int(self.headers.get("content-length") or 0))
            body = json.loads(text) if text else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            path = urlsplit(self.path).path
            edge.heard.append((self.command, path, headers, body))
            if edge.silent.is_set():
                edge.over.wait()
                return
            status, told = edge.reply or edge.answer(self.command, path, headers, body)
            answer = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_DELETE = _serve  # noqa: N815 (the library's names)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    edge.url = f"http://127.0.0.1:{server.server_port}/storage/v1"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield edge
    finally:
        edge.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
