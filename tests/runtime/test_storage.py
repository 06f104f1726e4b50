"""`ctx.storage`: what it asks Storage for, on whose behalf, and what it makes of the answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import pytest

from backend.engine.versions import ANONYMOUS, Identity
from backend.runtime import storage
from backend.runtime.errors import FunctionMisuse, LimitExceeded, Refusal
from backend.runtime.session import SERVICE
from backend.runtime.storage import SignedUpload, Storage, StorageServer
from tests.runtime.storage_server import StorageEdge, storage_edge

ADA = Identity(uuid4(), {"role": "authenticated"}, token="token-of-ada")
ODD = "Ada's notes/100% #1?ü %2e%2e.png"
ODD_QUOTED = "Ada%27s%20notes/100%25%20%231%3F%C3%BC%20%252e%252e.png"


@asynccontextmanager
async def files_of(
    edge: StorageEdge, identity: Identity = ADA, *, anon: str | None = "anon", service: str | None = "service"
) -> AsyncIterator[Storage]:
    """`ctx.storage` of an action that `identity` calls."""
    async with httpx.AsyncClient() as client:
        yield Storage(StorageServer(edge.url, client, anon, service), identity)


def keys(edge: StorageEdge) -> list[tuple[str, str]]:
    """What each request came with."""
    return [(headers["apikey"], headers["authorization"]) for _, _, headers, _ in edge.heard]


async def test_a_signed_url_is_asked_for_on_behalf_of_the_caller():
    with storage_edge() as edge:
        edge.files["private", ODD] = "token-of-ada"
        async with files_of(edge) as files:
            url = await files.create_signed_url("private", ODD, expires_in_s=300)
            download = await files.create_signed_url("private", ODD, download_as="notes.png")
        assert httpx.URL(url).params["token"] == "signed"
        assert unquoted(url) == unquoted(f"{edge.url}/object/sign/private/{ODD_QUOTED}")
        assert httpx.URL(download).params["download"] == "notes.png"
        assert [body["expiresIn"] for _, _, _, body in edge.heard] == ["300", "3600"]
        assert keys(edge) == [("anon", "Bearer token-of-ada")] * 2


def unquoted(url: str) -> str:
    return str(httpx.URL(url).copy_with(query=None).path)


async def test_visitors_and_the_service_come_with_keys_of_their_own():
    with storage_edge() as edge:
        edge.files["private", "a.png"] = "token-of-ada"
        async with files_of(edge, SERVICE) as files:
            assert "token=signed" in await files.create_signed_url("private", "a.png")
        async with files_of(edge, ANONYMOUS) as files:
            with pytest.raises(storage.FileNotFound):
                await files.create_signed_url("private", "a.png")
        assert keys(edge) == [("service", "Bearer service"), ("anon", "Bearer anon")]


async def test_leave_to_store_a_file():
    with storage_edge() as edge:
        edge.files["avatars", "ada.png"] = "token-of-ada"
        async with files_of(edge) as files:
            upload = await files.create_signed_upload_url("avatars", "new/ada.png")
            with pytest.raises(storage.StorageRejected, match="already exists"):
                await files.create_signed_upload_url("avatars", "ada.png")
            again = await files.create_signed_upload_url("avatars", "ada.png", replace=True)
            with pytest.raises(storage.StorageDenied):
                await files.create_signed_upload_url("closed", "ada.png")
        address = f"{edge.url}/object/upload/sign/avatars"
        assert upload == SignedUpload(f"{address}/new/ada.png?token=upload", "upload", "new/ada.png")
        assert again.url == f"{address}/ada.png?token=upload"


async def test_deleting_tells_what_was_deleted():
    with storage_edge() as edge:
        edge.files |= {("box", "a"): "token-of-ada", ("box", "b/c"): "*", ("box", "d"): "somebody else"}
        async with files_of(edge) as files:
            assert await files.delete("box", ["a", "b/c", "d", "e"]) == ["a", "b/c"]
            assert await files.delete("box", []) == []
        assert edge.files == {("box", "d"): "somebody else"}
        assert len(edge.heard) == 1


async def test_a_public_url_asks_nobody():
    with storage_edge() as edge:
        async with files_of(edge) as files:
            url = files.public_url("avatars", ODD)
        assert url == f"{edge.url}/object/public/avatars/{ODD_QUOTED}"
        assert edge.heard == []


Ask = Callable[[Storage], Awaitable[object]]
REFUSED: dict[str, tuple[type[Refusal], Ask]] = {
    "another bucket": (storage.StorageRejected, lambda files: files.create_signed_url("a", "../b/c.png")),
    "the same place": (storage.StorageRejected, lambda files: files.create_signed_url("a", "./c.png")),
    "no name": (storage.StorageRejected, lambda files: files.create_signed_url("a", "")),
    "a bucket in a bucket": (storage.StorageRejected, lambda files: files.create_signed_url("a/b", "c")),
    "the folder above": (storage.StorageRejected, lambda files: files.create_signed_url("..", "c")),
    "a line break": (storage.StorageRejected, lambda files: files.delete("a", ["b\nc"])),
    "too long a path": (storage.StorageRejected, lambda files: files.delete("a", ["b" * 1_025])),
    "too many": (LimitExceeded, lambda files: files.delete("a", ["b"] * 1_001)),
    "for ever": (LimitExceeded, lambda files: files.create_signed_url("a", "b", expires_in_s=604_801)),
    "for no time": (LimitExceeded, lambda files: files.create_signed_url("a", "b", expires_in_s=0)),
}


@pytest.mark.parametrize(("refusal", "ask"), REFUSED.values(), ids=REFUSED)
async def test_what_makes_no_sense_is_not_even_asked(refusal: type[Refusal], ask: Ask):
    with storage_edge() as edge:
        async with files_of(edge) as files:
            with pytest.raises(refusal):
                await ask(files)
        assert edge.heard == []


async def test_limits_are_limits_and_not_one_less():
    with storage_edge() as edge:
        edge.files["a", "b" * 1_024] = "*"
        async with files_of(edge) as files:
            assert await files.create_signed_url("a", "b" * 1_024, expires_in_s=604_800)
            assert len(await files.delete("a", ["b" * 1_024] * 1_000)) == 1_000


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (500, b'{"statusCode":"500","error":"Internal","message":"db down"}', "storage.unreachable"),
        (502, b"<html>Bad gateway</html>", "storage.unreachable"),
        (429, b"slow down", "storage.unreachable"),
        (401, b'{"message":"No API key found in request"}', "storage.denied"),
        (400, b"<html>odd</html>", "storage.rejected"),
        (200, b"<html>a captive portal</html>", "storage.unreachable"),
        (200, b"{}", "storage.unreachable"),
    ],
)
async def test_failures_of_storage_have_stable_codes(status: int, body: bytes, code: str):
    with storage_edge() as edge:
        edge.reply = (status, body)
        async with files_of(edge) as files:
            with pytest.raises(Refusal) as caught:
                await files.create_signed_url("a", "b")
    assert caught.value.code == code
    assert "html" not in caught.value.message


async def test_a_storage_that_is_away_or_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(storage, "REQUEST_S_MAX", 0.3)
    with storage_edge() as edge:
        edge.silent.set()
        async with files_of(edge) as files:
            with pytest.raises(storage.StorageUnreachable):
                await files.create_signed_url("a", "b")
    async with files_of(edge) as files:  # By now nothing listens there.
        with pytest.raises(storage.StorageUnreachable):
            await files.create_signed_url("a", "b")


async def test_a_key_that_is_not_set_is_named():
    with storage_edge() as edge:
        for identity, setting in ((SERVICE, "SERVICE_KEY"), (ADA, "ANON_KEY")):
            async with files_of(edge, identity, anon=None, service=None) as files:
                with pytest.raises(FunctionMisuse, match=f"FOLKMOOT_SUPABASE_{setting}"):
                    await files.create_signed_url("a", "b")
        with pytest.raises(FunctionMisuse, match="no Storage"):
            Storage(None, ADA).public_url("a", "b")
        assert edge.heard == []
