"""The real Python clients against the service: unmodified, over HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from supabase import AsyncClient, AsyncClientOptions, acreate_client
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError, AuthWeakPasswordError

from tests.auth.conftest import AuthServer, StartServer, key_for, new_signing_key
from tests.conftest import RunningStack

ADA: Any = {"email": "ada@example.com", "password": "secret1"}


@asynccontextmanager
async def client_of(server: AuthServer, role: str = "anon") -> AsyncIterator[AsyncGoTrueClient]:
    key = key_for(role)
    client = AsyncGoTrueClient(
        url=server.url, headers={"apikey": key, "Authorization": f"Bearer {key}"}, auto_refresh_token=False
    )
    async with client:
        yield client


@pytest.fixture(params=["shared secret", "signing key"])
async def any_server(request: pytest.FixtureRequest, start_server: StartServer) -> AuthServer:
    """A service that signs in either of the two ways."""
    return await start_server(signing_key=new_signing_key() if request.param == "signing key" else None)


async def test_the_client_lives_through_a_whole_session(any_server: AuthServer) -> None:
    async with client_of(any_server) as client:
        events: list[str] = []
        client.on_auth_state_change(lambda event, _session: events.append(event))
        signed_up = await client.sign_up(
            {"email": "ada@example.com", "password": "secret1", "options": {"data": {"name": "Ada"}}}
        )
        assert signed_up.session is not None
        assert signed_up.user is not None
        assert signed_up.user.user_metadata["name"] == "Ada"

        found = await client.get_user()
        assert found is not None
        assert found.user.id == signed_up.user.id
        claims = await client.get_claims()
        assert claims is not None
        assert claims["claims"].get("sub") == signed_up.user.id

        refreshed = await client.refresh_session()
        assert refreshed.session is not None
        assert refreshed.session.refresh_token != signed_up.session.refresh_token

        updated = await client.update_user({"password": "a new secret", "data": {"name": "Lovelace"}})
        assert updated.user.user_metadata["name"] == "Lovelace"
        await client.sign_out()
        assert await client.get_session() is None

        signed_in = await client.sign_in_with_password(
            {"email": "ada@example.com", "password": "a new secret"}
        )
        assert signed_in.user is not None
        assert signed_in.user.id == signed_up.user.id
        assert events == ["SIGNED_IN", "TOKEN_REFRESHED", "USER_UPDATED", "SIGNED_OUT", "SIGNED_IN"]


async def test_the_client_reads_refusals_as_its_own_errors(server: AuthServer) -> None:
    async with client_of(server) as client:
        await client.sign_up(ADA)

        async def refusal(call: Callable[..., Any], *arguments: Any) -> tuple[int, str | None, str]:
            with pytest.raises(AuthApiError) as caught:
                await call(*arguments)
            return caught.value.status, caught.value.code, caught.value.message

        assert await refusal(client.sign_in_with_password, {**ADA, "password": "wrong"}) == (
            *(400, "invalid_credentials"),
            "Invalid login credentials",
        )
        assert await refusal(client.sign_up, ADA) == (422, "user_already_exists", "User already registered")
        assert await refusal(client.sign_in_anonymously) == (
            *(422, "anonymous_provider_disabled"),
            "Anonymous sign-ins are disabled",
        )
        assert await refusal(client.refresh_session, "abcdefghijkl") == (
            *(400, "refresh_token_not_found"),
            "Invalid Refresh Token: Refresh Token Not Found",
        )
        with pytest.raises(AuthWeakPasswordError) as caught:
            await client.sign_up({"email": "eve@example.com", "password": "short"})
        assert caught.value.reasons == ["length"]


async def test_the_client_gives_up_its_session_after_a_sign_out_elsewhere(server: AuthServer) -> None:
    async with client_of(server) as phone, client_of(server) as laptop:
        await phone.sign_up(ADA)
        await laptop.sign_in_with_password(ADA)
        await laptop.sign_out({"scope": "others"})
        with pytest.raises(AuthApiError) as caught:
            await phone.get_user()
        assert caught.value.code == "session_not_found"
        assert (await laptop.get_user()) is not None


async def test_the_administrators_client_manages_users(server: AuthServer) -> None:
    async with client_of(server, "service_role") as client:
        admin = client.admin
        created = await admin.create_user(
            {
                "email": "ada@example.com",
                "password": "secret1",
                "email_confirm": True,
                "user_metadata": {"name": "Ada"},
            }
        )
        assert created.user.email_confirmed_at is not None
        user_id = created.user.id
        assert [user.id for user in await admin.list_users(page=1, per_page=10)] == [user_id]
        updated = await admin.update_user_by_id(user_id, {"app_metadata": {"plan": "gold"}})
        assert updated.user.app_metadata["plan"] == "gold"
        assert (await admin.get_user_by_id(user_id)).user.user_metadata["name"] == "Ada"
        await admin.delete_user(user_id, should_soft_delete=True)
        await admin.delete_user(user_id)
        assert await admin.list_users() == []


async def test_the_supabase_client_signs_in_through_the_gateway(stack: RunningStack) -> None:
    async with httpx.AsyncClient() as http:

        async def client_with(key: str) -> AsyncClient:
            return await acreate_client(stack.api_url, key, AsyncClientOptions(httpx_client=http))

        for key in (stack.anon_key, stack.keys.publishable_key):
            auth = (await client_with(key)).auth
            email = f"ada{len(key)}@example.com"
            await auth.sign_up({"email": email, "password": "secret1"})
            session = (await auth.sign_in_with_password({"email": email, "password": "secret1"})).session
            assert session is not None
            found = await auth.get_user(session.access_token)
            assert found is not None
            assert found.user.email == email
            claims = await auth.get_claims()
            assert claims is not None
            assert claims["headers"]["alg"] == "ES256"
            await auth.sign_out()
        for key in (stack.service_role_key, stack.keys.secret_key):
            assert len(await (await client_with(key)).auth.admin.list_users()) == 2
