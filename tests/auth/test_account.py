"""A user's own account, and signing out."""

import asyncio
from typing import Any
from uuid import uuid4

import jwt
import pytest

from tests.auth.conftest import JWT_SECRET, AuthServer, StartServer, bearer, key_for


async def update(server: AuthServer, session: dict[str, Any], **changes: Any) -> Any:
    return await server.http.put("/user", json=changes, headers=bearer(session["access_token"]))


async def test_a_user_can_read_themselves(server: AuthServer) -> None:
    session = await server.sign_up()
    reply = await server.user(session["access_token"])
    assert (reply.status_code, reply.json()) == (200, session["user"])


async def test_metadata_is_merged_and_a_null_removes_its_key(server: AuthServer) -> None:
    session = await server.sign_up(data={"name": "Ada", "colour": "red"})
    reply = await update(server, session, data={"colour": None, "size": {"unit": None}, "born": 1815})
    assert reply.status_code == 200
    before, after = session["user"]["user_metadata"], reply.json()["user_metadata"]
    expected = {**before, "size": {"unit": None}, "born": 1815}
    del expected["colour"]
    assert after == expected
    assert (await server.user(session["access_token"])).json()["user_metadata"] == expected


async def test_changes_to_metadata_at_once_are_all_kept(server: AuthServer) -> None:
    session = await server.sign_up()
    await asyncio.gather(*(update(server, session, data={f"key{number}": number}) for number in range(8)))
    metadata = (await server.user(session["access_token"])).json()["user_metadata"]
    assert {f"key{number}": number for number in range(8)}.items() <= metadata.items()


async def test_a_new_password_ends_every_other_session(server: AuthServer) -> None:
    phone = await server.sign_up()
    laptop = (await server.sign_in()).json()
    reply = await update(server, laptop, password="a new secret")
    assert reply.status_code == 200
    assert (await server.user(laptop["access_token"])).status_code == 200
    assert (await server.user(phone["access_token"])).json()["code"] == "session_not_found"
    assert (await server.refresh(phone["refresh_token"])).json()["code"] == "refresh_token_not_found"
    assert (await server.sign_in()).status_code == 400
    assert (await server.sign_in(password="a new secret")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "code", "message"),
    [
        (
            {"password": "secret1"},
            422,
            "same_password",
            "New password should be different from the old password.",
        ),
        ({"password": "short"}, 422, "weak_password", "Password should be at least 6 characters."),
        ({"password": ""}, 422, "weak_password", "Password should be at least 6 characters."),
        ({"email": "nonsense"}, 400, "validation_failed", "Unable to validate email address: invalid format"),
        (
            {"app_metadata": {"role": "admin"}},
            403,
            "not_admin",
            "Updating app_metadata requires admin privileges",
        ),
        # Mail and text messages are not sent here; nothing is promised that cannot be kept.
        ({"email": "new@example.com"}, 500, "unexpected_failure", "Error sending email change email"),
        ({"phone": "+491511234567"}, 500, "unexpected_failure", "Unable to get SMS provider"),
    ],
)
async def test_a_change_that_cannot_be_is_refused_whole(
    server: AuthServer, changes: dict[str, Any], status: int, code: str, message: str
) -> None:
    session = await server.sign_up()
    reply = await update(server, session, data={"colour": "red"}, **changes)
    assert reply.status_code == status
    assert (reply.json()["code"], reply.json()["message"]) == (code, message)
    assert (await server.user(session["access_token"])).json() == session["user"]
    assert (await server.sign_in()).status_code == 200


async def test_naming_ones_own_address_changes_nothing(server: AuthServer) -> None:
    session = await server.sign_up()
    reply = await update(server, session, email="ADA@example.com")
    assert (reply.status_code, reply.json()) == (200, session["user"])


async def test_an_anonymous_user_becomes_permanent_with_an_address(start_server: StartServer) -> None:
    server = await start_server(enable_anonymous_sign_ins=True)
    session = (await server.post("/signup", {})).json()
    reply = await update(server, session, email="Ada@example.com", password="secret1")
    assert reply.status_code == 200
    user = reply.json()
    assert user["id"] == session["user"]["id"]
    assert (user["is_anonymous"], user["email"]) == (False, "ada@example.com")
    assert user["email_confirmed_at"]
    assert user["app_metadata"] == {"provider": "email", "providers": ["email"]}
    assert [identity["identity_data"]["email_verified"] for identity in user["identities"]] == [True]
    assert (await server.sign_in()).status_code == 200


async def test_an_anonymous_user_cannot_take_an_address_that_is_taken(start_server: StartServer) -> None:
    server = await start_server(enable_anonymous_sign_ins=True)
    await server.sign_up("ada@example.com")
    session = (await server.post("/signup", {})).json()
    reply = await update(server, session, email="ada@example.com")
    assert (reply.status_code, reply.json()["code"]) == (422, "email_exists")
    reply = await update(server, session, password="a secret")
    assert (reply.status_code, reply.json()["code"]) == (422, "validation_failed")


async def test_anonymous_users_racing_for_one_address_leave_one_owner(start_server: StartServer) -> None:
    server = await start_server(enable_anonymous_sign_ins=True)
    sessions = [(await server.post("/signup", {})).json() for _ in range(4)]
    replies = await asyncio.gather(*(update(server, held, email="ada@example.com") for held in sessions))
    assert sorted(reply.status_code for reply in replies) == [200, 422, 422, 422]
    assert len(await server.rows("select id from auth.identities")) == 1


async def test_signing_out_everywhere_ends_all_sessions(server: AuthServer) -> None:
    phone = await server.sign_up()
    laptop = (await server.sign_in()).json()
    reply = await server.post("/logout", None, **bearer(laptop["access_token"]))
    assert (reply.status_code, reply.content) == (204, b"")
    for session in (phone, laptop):
        assert (await server.user(session["access_token"])).json() == {
            "code": "session_not_found",
            "message": "Session from session_id claim in JWT does not exist",
        }
        assert (await server.refresh(session["refresh_token"])).json()["code"] == "refresh_token_not_found"


@pytest.mark.parametrize(("scope", "survivor"), [("local", "phone"), ("others", "laptop")])
async def test_signing_out_here_or_elsewhere_ends_just_that(
    server: AuthServer, scope: str, survivor: str
) -> None:
    held = {"phone": await server.sign_up(), "laptop": (await server.sign_in()).json()}
    reply = await server.post(f"/logout?scope={scope}", None, **bearer(held["laptop"]["access_token"]))
    assert reply.status_code == 204
    alive = [name for name in held if (await server.user(held[name]["access_token"])).status_code == 200]
    assert alive == [survivor]


async def test_an_unknown_scope_of_signing_out_is_refused(server: AuthServer) -> None:
    session = await server.sign_up()
    reply = await server.post("/logout?scope=some", None, **bearer(session["access_token"]))
    assert (reply.status_code, reply.json()) == (
        400,
        {"code": "validation_failed", "message": 'Unsupported logout scope "some"'},
    )
    assert (await server.user(session["access_token"])).status_code == 200


async def test_only_a_live_token_of_a_user_opens_the_account(server: AuthServer) -> None:
    session = await server.sign_up()
    claims = jwt.decode(session["access_token"], JWT_SECRET, ["HS256"], audience="authenticated")

    async def refusal(token: str | None) -> tuple[int, str, str]:
        reply = await server.http.get("/user", headers=bearer(token) if token else {})
        return reply.status_code, reply.json()["code"], reply.json()["message"]

    def signed(secret: str = JWT_SECRET, algorithm: str = "HS256", **changes: Any) -> str:
        return jwt.encode({**claims, **changes}, secret, algorithm)

    cannot_verify = "invalid JWT: unable to parse or verify signature, "
    assert await refusal(None) == (401, "no_authorization", "This endpoint requires a Bearer token")
    assert await refusal(key_for("anon")) == (403, "bad_jwt", "invalid claim: missing sub claim")
    assert await refusal(signed(exp=1)) == (
        *(403, "bad_jwt"),
        cannot_verify + "token has invalid claims: token is expired",
    )
    assert await refusal(signed(secret="another secret of at least 32 bytes length")) == (
        *(403, "bad_jwt"),
        cannot_verify + "token signature is invalid: signature is invalid",
    )
    assert (await refusal("nonsense"))[:2] == (403, "bad_jwt")
    assert (await refusal(signed(secret="", algorithm="none")))[:2] == (403, "bad_jwt")
    assert (await refusal(signed(exp="soon")))[:2] == (403, "bad_jwt")
    assert (await refusal(signed(sub="ada")))[:2] == (400, "bad_jwt")
    assert (await refusal(signed(sub=str(uuid4()))))[:2] == (403, "user_not_found")
    assert (await refusal(signed(session_id=str(uuid4()))))[:2] == (403, "session_not_found")
    assert (await refusal(signed(session_id="mine")))[:2] == (403, "bad_jwt")
