"""`ctx.storage`: addresses under which browsers load and store files in Supabase Storage.

A file in a public bucket has an address that anybody can work out, so queries and mutations may:

    ctx.storage.public_url("avatars", f"{user.id}.png")

All else asks Storage, which signs with a key that only it has, and so belongs in actions:

    await ctx.storage.create_signed_url("recordings", path, expires_in_s=300)
    upload = await ctx.storage.create_signed_upload_url("avatars", f"{ctx.auth.user_id}.png")

An action acts with its caller's own token, under the bucket's row rules; `ctx.as_service()` and jobs act with
the project's secret key, which nothing binds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

import httpx

from backend.engine.versions import Identity
from backend.runtime.errors import FunctionMisuse, LimitExceeded, Refusal
from backend.runtime.session import SERVICE

if TYPE_CHECKING:
    from storage3 import AsyncStorageClient
    from storage3.exceptions import StorageApiError
    from storage3.types import URLOptions

T = TypeVar("T")

EXPIRES_S_MAX = 7 * 86_400  # A link that works for longer outlives every decision about who may have it.
EXPIRES_S_USUAL = 3_600  # Supabase's own for uploads is two hours; an open page asks anew.
PATH_CHARACTERS_MAX = 1_024  # S3's own limit on keys, which is Storage's.
DELETED_MAX = 1_000  # By one call: Storage's own limit.
REQUEST_S_MAX = 10.0  # Storage signs in milliseconds; whoever waits for it holds an action.


class FileNotFound(Refusal):
    """No such file or bucket, or none the caller may see."""

    code, status = "storage.not_found", 404


class StorageDenied(Refusal):
    """The bucket's rules do not allow this."""

    code, status = "storage.denied", 403


class StorageRejected(Refusal):
    """Storage does not take this: a name it does not allow, or something that is there already."""

    code, status = "storage.rejected", 400


class StorageUnreachable(Refusal):
    """Storage does not answer, or not in time."""

    code, status, retry_may_fix = "storage.unreachable", 503, True


@dataclass(frozen=True)
class SignedUpload:
    """Leave to store one file within two hours: `PUT` it to `url`, or hand `token` to `supabase-js`."""

    url: str
    token: str
    path: str


@dataclass(frozen=True)
class StorageServer:
    """The Storage of one Supabase project, at `url`.

    Requests are made by `client`, whose owner closes it. `anon_key` goes along with callers' tokens, as
    Supabase's gateway asks for a key; `service_key` is what the service itself acts with.
    """

    url: str
    client: httpx.AsyncClient
    anon_key: str | None = None
    service_key: str | None = None

    def headers_for(self, identity: Identity) -> dict[str, str]:
        """What makes Storage act on behalf of `identity`. Raises `FunctionMisuse` where a key is not set."""
        is_service = identity == SERVICE
        key = self.service_key if is_service else self.anon_key
        if key is None:
            setting = "FOLKMOOT_SUPABASE_SERVICE_KEY" if is_service else "FOLKMOOT_SUPABASE_ANON_KEY"
            raise FunctionMisuse(f"Storage needs the setting {setting}.")
        return {"apikey": key, "Authorization": f"Bearer {(not is_service and identity.token) or key}"}


class Files:
    """For queries and mutations: what can be told of files without asking anybody."""

    def __init__(self, server: StorageServer | None) -> None:
        self._server = server

    def public_url(self, bucket: str, path: str) -> str:
        """The address of a file in a public bucket, whether or not there is one.

        In a bucket that is not public the address is refused to everybody.
        """
        parts = (_bucket(bucket), *_path(path))
        return f"{self._configured.url}/object/public/{'/'.join(quote(part, safe='') for part in parts)}"

    @property
    def _configured(self) -> StorageServer:
        if self._server is None:
            raise FunctionMisuse("This service has no Storage: it was set up without a Supabase.")
        return self._server


class Storage(Files):
    """For actions: files on behalf of one caller.

    Every method may raise `FileNotFound`, `StorageDenied`, `StorageRejected` or `StorageUnreachable`.
    """

    def __init__(self, server: StorageServer | None, identity: Identity) -> None:
        super().__init__(server)
        self._identity = identity

    async def create_signed_url(
        self, bucket: str, path: str, *, expires_in_s: int = EXPIRES_S_USUAL, download_as: str | None = None
    ) -> str:
        """An address under which anybody can load the file, for so long; `download_as` also names it."""
        if not 0 < expires_in_s <= EXPIRES_S_MAX:
            raise LimitExceeded(f"A link to a file lasts 1 to {EXPIRES_S_MAX} seconds.")
        files = self._open().from_(_bucket(bucket))
        options: URLOptions = {"download": download_as} if download_as else {}
        answer = await _within(files.create_signed_url(_quoted(path), expires_in_s, options))
        url = answer["signedURL"]
        if url is None:
            raise FileNotFound("There is no such file.")
        return url

    async def create_signed_upload_url(
        self, bucket: str, path: str, *, replace: bool = False
    ) -> SignedUpload:
        """Leave for whoever has it to store one file there; only with `replace` where one is already."""
        from storage3.types import CreateSignedUploadUrlOptions

        files = self._open().from_(_bucket(bucket))
        options = CreateSignedUploadUrlOptions(upsert="true") if replace else None
        answer = await _within(files.create_signed_upload_url(_quoted(path), options))
        return SignedUpload(answer["signed_url"], answer["token"], path)

    async def delete(self, bucket: str, paths: Sequence[str]) -> list[str]:
        """Delete files; the paths of those that were there and that the caller may delete."""
        if len(paths) > DELETED_MAX:
            raise LimitExceeded(f"One call deletes at most {DELETED_MAX} files.")
        names = ["/".join(_path(path)) for path in paths]
        if not names:
            return []
        deleted = await _within(self._open().from_(_bucket(bucket)).remove(names))
        return [file["name"] for file in deleted]

    def _open(self) -> AsyncStorageClient:
        # Imported by the first who needs it: a service without files starts faster.
        from storage3 import AsyncStorageClient

        server = self._configured
        return AsyncStorageClient(
            f"{server.url}/", server.headers_for(self._identity), http_client=server.client
        )


async def _within(asking: Awaitable[T]) -> T:
    """What Storage answers. The one place where its failures get our names."""
    from storage3.exceptions import StorageApiError
    from storage3.utils import StorageException

    try:
        async with asyncio.timeout(REQUEST_S_MAX):
            return await asking
    except StorageApiError as error:
        raise _refusal(error) from error
    except (httpx.HTTPError, TimeoutError, StorageException, ValueError, KeyError) as error:
        # The latter: something answered that is no Storage, such as a gateway's own page of excuses.
        raise StorageUnreachable("Storage does not answer. Try again.") from error


def _refusal(error: StorageApiError) -> Refusal:
    match str(error.status):  # A number, or its text: whatever Storage wrote.
        case "404":
            return FileNotFound("There is no such file or bucket.")
        case "401" | "403":
            return StorageDenied("The rules of this bucket do not allow this.")
        case status if status == "429" or status.startswith("5"):
            return StorageUnreachable("Storage is busy or broken. Try again.")
        case _ if error.code == "InternalError":  # The client's own word for what it could not read.
            return StorageRejected("Storage refused this, and said nothing that can be read.")
        case _:
            return StorageRejected(error.message)


def _bucket(name: str) -> str:
    if not name or "/" in name or name in (".", "..") or len(name) > PATH_CHARACTERS_MAX:
        raise StorageRejected("There can be no bucket of that name.")
    return name


def _path(path: str) -> list[str]:
    """The parts of a file's path. Names such as `..` would lead into another bucket."""
    parts = path.split("/")
    leads_out = not all(parts) or {".", ".."} & set(parts)
    if leads_out or len(path) > PATH_CHARACTERS_MAX or not path.isprintable():
        raise StorageRejected("There can be no file at that path.")
    return parts


def _quoted(path: str) -> str:
    """The path as the client takes it, which undoes percent-encoding: names may hold a `%` of their own."""
    return quote("/".join(_path(path)), safe="/")
