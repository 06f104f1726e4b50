"""What the project's own server side may do to users."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.auth.conftest import AuthServer, bearer, key_for


async def create(server: AuthServer, **body: Any) -> Any:
    reply = await server.admin("POST", "/users", body)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_only_the_server_side_may_administrate(server: AuthServer) -> None:
    session = await server.sign_up()
    for headers, status, code in (
        ({}, 401, "no_authorization"),
        (bearer("nonsense"), 403, "bad_jwt"),
        (bearer(key_for("anon")), 403, "not_admin"),
        (bearer(session["access_token"]), 403, "not_admin"),
    ):
        for method, path in (("GET", "/admin/users"), ("DELETE", f"/admin/users/{session['user']['id']}")):
            reply = await server.http.request(method, path, headers=headers)
            assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert len(await server.rows("select id from auth.users")) == 1


async def test_a_created_user_is_as_asked_for(server: AuthServer) -> None:
    chosen = str(uuid4())
    user = await create(
        server,
        id=chosen,
        email="Ada@example.com",
        password="weak",
        email_confirm=True,
        user_metadata={"name": "Ada"},
        app_metadata={"plan": "gold"},
    )
    assert user["id"] == chosen
    assert user["email"] == "ada@example.com"
    assert user["user_metadata"] == {"name": "Ada", "email_verified": True}
    assert user["app_metadata"] == {"provider": "email", "providers": ["email"], "plan": "gold"}
    assert [identity["identity_data"] for identity in user["identities"]] == [
        {"email": "ada@example.com", "email_verified": False, "phone_verified": False, "sub": chosen}
    ]
    assert await server.rows("select id from auth.sessions") == []
    assert (await server.sign_in(password="weak")).status_code == 200
    assert (await server.admin("GET", f"/users/{chosen}")).json()["id"] == chosen


async def test_a_created_user_must_confirm_unless_told_otherwise(server: AuthServer) -> None:
    user = await create(server, email="ada@example.com", password="secret1")
    assert "email_confirmed_at" not in user
    assert (await server.sign_in()).json()["code"] == "email_not_confirmed"
    reply = await server.admin("PUT", f"/users/{user['id']}", {"email_confirm": True})
    assert reply.json()["email_confirmed_at"]
    assert (await server.sign_in()).status_code == 200


async def test_a_user_may_be_created_with_a_hash_or_with_no_password_at_all(server: AuthServer) -> None:
    password_hash = "$2a$06$it7QABOBCT45GkuIc/u.4uWNiqFxxNtv2S/lCVrwfRu9hwqHpus8i"
    await create(server, email="ada@example.com", password_hash=password_hash, email_confirm=True)
    assert (await server.sign_in()).status_code == 200
    await create(server, email="eve@example.com", email_confirm=True)
    assert (await server.sign_in("eve@example.com", "")).status_code == 400


async def test_a_user_may_have_a_phone_in_place_of_an_address(server: AuthServer) -> None:
    user = await create(server, phone="+49 151 1234567", phone_confirm=True)
    assert (user["email"], user["phone"]) == ("", "491511234567")
    assert user["phone_confirmed_at"] == user["confirmed_at"]
    assert user["app_metadata"] == {"provider": "phone", "providers": ["phone"]}
    assert [identity["identity_data"]["phone"] for identity in user["identities"]] == ["491511234567"]


@pytest.mark.parametrize(
    ("body", "status", "code", "message"),
    [
        ({}, 400, "validation_failed", "Cannot create a user without either an email or phone"),
        (
            {"email": "ADA@example.com"},
            422,
            "email_exists",
            "A user with this email address has already been registered",
        ),
        (
            {"phone": "+491511234567"},
            422,
            "phone_exists",
            "A user with this phone number has already been registered",
        ),
        ({"phone": "12-34"}, 400, "validation_failed", "Invalid phone number format (E.164 required)"),
        (
            {"email": "new@example.com", "password": "x" * 73},
            400,
            "validation_failed",
            "bcrypt: password length exceeds 72 bytes",
        ),
        (
            {"email": "new@example.com", "password": "secret1", "password_hash": "$2a$10$x"},
            400,
            "validation_failed",
            "Only a password or a password hash should be provided",
        ),
        (
            {"email": "new@example.com", "password_hash": "$argon2id$v=19$x"},
            400,
            "validation_failed",
            "Only bcrypt password hashes are supported",
        ),
        (
            {"email": "new@example.com", "id": "7"},
            400,
            "validation_failed",
            "ID must conform to the uuid v4 format",
        ),
        (
            {"email": "new@example.com", "id": str(uuid4()).replace("-", "0") * 9},
            400,
            "validation_failed",
            "ID must conform to the uuid v4 format",
        ),
        (
            {"email": "new@example.com", "ban_duration": "a while"},
            400,
            "validation_failed",
            "invalid format for ban duration: invalid duration 'a while'",
        ),
    ],
)
async def test_a_user_that_cannot_be_is_not_created(
    server: AuthServer, body: dict[str, Any], status: int, code: str, message: str
) -> None:
    await create(server, email="ada@example.com", phone="+491511234567")
    reply = await server.admin("POST", "/users", body)
    assert (reply.status_code, reply.json()) == (status, {"code": code, "message": message})
    assert len(await server.rows("select id from auth.users")) == 1


async def test_of_many_creations_of_one_address_at_once_exactly_one_succeeds(server: AuthServer) -> None:
    body = {"email": "ada@example.com", "password": "secret1"}
    replies = await asyncio.gather(*(server.admin("POST", "/users", body) for _ in range(6)))
    assert sorted(reply.status_code for reply in replies) == [200, 422, 422, 422, 422, 422]
    assert {reply.json()["code"] for reply in replies if reply.status_code == 422} == {"email_exists"}
    user_id = (await server.rows("select id::text from auth.users"))[0]["id"]
    reply = await server.admin("POST", "/users", {"email": "eve@example.com", "id": user_id})
    assert (reply.status_code, reply.json()["code"]) == (422, "user_already_exists")


async def test_an_administrator_can_change_everything(server: AuthServer) -> None:
    session = await server.sign_up(data={"name": "Ada"})
    reply = await server.admin(
        "PUT",
        f"/users/{session['user']['id']}",
        {
            "email": "Lovelace@example.com",
            "phone": "+491511234567",
            "email_confirm": True,
            "password": "another secret",
            "role": "editor",
            "user_metadata": {"name": None, "born": 1815},
            "app_metadata": {"plan": "gold"},
        },
    )
    assert reply.status_code == 200, reply.text
    user = reply.json()
    assert (user["email"], user["phone"], user["role"]) == (
        "lovelace@example.com",
        "491511234567",
        "editor",
    )
    assert (user["user_metadata"].get("name"), user["user_metadata"]["born"]) == (None, 1815)
    assert user["app_metadata"] == {"provider": "email", "providers": ["email"], "plan": "gold"}
    assert {
        identity["provider"]: identity["identity_data"].get("email") for identity in user["identities"]
    } == {
        "email": "lovelace@example.com",
        "phone": None,
    }
    assert (await server.user(session["access_token"])).json()["code"] == "session_not_found"
    assert (await server.sign_in("lovelace@example.com", "another secret")).status_code == 200


async def test_an_address_cannot_be_given_to_two(server: AuthServer) -> None:
    await create(server, email="ada@example.com", phone="+491511234567")
    eve = await create(server, email="eve@example.com")
    for body, code in (
        ({"email": "ada@example.com"}, "email_exists"),
        ({"phone": "491511234567"}, "phone_exists"),
    ):
        reply = await server.admin("PUT", f"/users/{eve['id']}", {**body, "user_metadata": {"a": 1}})
        assert (reply.status_code, reply.json()["code"]) == (422, code)
    assert (await server.admin("GET", f"/users/{eve['id']}")).json() == eve


async def test_a_ban_can_be_set_and_lifted(server: AuthServer) -> None:
    user = await create(server, email="ada@example.com", password="secret1", email_confirm=True)
    banned = (await server.admin("PUT", f"/users/{user['id']}", {"ban_duration": "1h30m"})).json()
    length = datetime.fromisoformat(banned["banned_until"]) - server.clock()
    assert timedelta(minutes=89) < length <= timedelta(minutes=90)
    assert (await server.sign_in()).json()["code"] == "user_banned"
    lifted = (await server.admin("PUT", f"/users/{user['id']}", {"ban_duration": "none"})).json()
    assert "banned_until" not in lifted
    assert (await server.sign_in()).status_code == 200


async def test_users_are_listed_by_page_newest_first(server: AuthServer) -> None:
    for number in range(5):
        await create(server, email=f"user{number}@example.com", user_metadata={"full_name": f"N{number}"})
    reply = await server.admin("GET", "/users?page=2&per_page=2")
    assert reply.status_code == 200
    page = reply.json()
    assert [user["email"] for user in page["users"]] == ["user2@example.com", "user1@example.com"]
    assert [user["identities"] for user in page["users"]] == [None, None]
    assert page["aud"] == "authenticated"
    assert reply.headers["x-total-count"] == "5"
    assert reply.headers["link"] == (
        '</admin/users?page=3&per_page=2>; rel="next", </admin/users?page=3&per_page=2>; rel="last"'
    )
    last = await server.admin("GET", "/users?page=3&per_page=2")
    assert [user["email"] for user in last.json()["users"]] == ["user0@example.com"]
    assert last.headers["link"] == '</admin/users?page=3&per_page=2>; rel="last"'
    found = await server.admin("GET", "/users?filter=n3")
    assert [user["email"] for user in found.json()["users"]] == ["user3@example.com"]
    beyond = await server.admin("GET", "/users?page=9&per_page=2")
    assert (beyond.json()["users"], beyond.headers["x-total-count"]) == ([], "5")


@pytest.mark.parametrize(
    "query",
    [
        *("page=one", "page=²", "per_page=-1", "per_page=0", "page=1000000000"),
        pytest.param("page=" + "9" * 5000, id="page of 5000 digits"),
    ],
)
async def test_a_page_must_be_a_number(server: AuthServer, query: str) -> None:
    reply = await server.admin("GET", f"/users?{query}")
    assert (reply.status_code, reply.json()["code"]) == (400, "validation_failed")


async def test_a_deleted_user_is_gone_with_all_they_had(server: AuthServer) -> None:
    session = await server.sign_up()
    reply = await server.admin("DELETE", f"/users/{session['user']['id']}")
    assert (reply.status_code, reply.json()) == (200, {})
    for table in ("users", "identities", "sessions", "refresh_tokens", "mfa_amr_claims"):
        assert await server.rows(f"select * from auth.{table}") == []
    assert (await server.user(session["access_token"])).json()["code"] == "user_not_found"
    await server.sign_up()


async def test_a_softly_deleted_user_leaves_a_row_without_anything_personal(server: AuthServer) -> None:
    session = await server.sign_up(data={"name": "Ada"})
    path = f"/users/{session['user']['id']}"
    assert (await server.admin("DELETE", path, {"should_soft_delete": True})).status_code == 200
    row = (await server.admin("GET", path)).json()
    assert row["deleted_at"]
    assert (row["user_metadata"], row["app_metadata"]) == ({}, {})
    assert "ada" not in str(row).lower().replace("metadata", "").replace("_data", "")
    assert (await server.refresh(session["refresh_token"])).status_code == 400
    assert (await server.admin("DELETE", path, {"should_soft_delete": True})).status_code == 200
    assert (await server.admin("GET", path)).json() == row
    await server.sign_up()


async def test_unknown_users_are_not_found(server: AuthServer) -> None:
    for method, body in (("GET", None), ("PUT", {}), ("DELETE", None)):
        reply = await server.admin(method, f"/users/{uuid4()}", body)
        assert (reply.status_code, reply.json()) == (
            404,
            {"code": "user_not_found", "message": "User not found"},
        )
        reply = await server.admin(method, "/users/seven", body)
        assert (reply.status_code, reply.json()) == (
            404,
            {"code": "validation_failed", "message": "user_id must be an UUID"},
        )
