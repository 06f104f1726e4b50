"""A local project has the keys that every client's examples and tests know."""

import json
import stat
from contextlib import closing

import httpx
import jwt
import pytest

from backend.devstack.config import AuthConfig, StackConfig
from backend.devstack.errors import ConfigRefused
from backend.devstack.http_server import reserve_port
from backend.devstack.keys import make_keys
from backend.devstack.services import serve_services

# The two tokens as they stand in the client libraries' test suites.
HEAD = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
ANON = (
    f"{HEAD}.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAiOjE5ODM4MTI5OTZ9"
    ".CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0"
)
SERVICE_ROLE = (
    f"{HEAD}.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6InNlcnZpY2Vfcm9sZSIsImV4cCI6MTk4MzgxMjk5Nn0"
    ".EGIM96RAZx35lJzdJsyH-qQwv8Hdp7fsn3W0YpN81IU"
)


def config(directory, **auth):
    return StackConfig(directory=directory, auth=AuthConfig(**auth))


def test_without_a_word_in_the_configuration_the_keys_are_the_well_known_ones(tmp_path):
    keys = make_keys(config(tmp_path), tmp_path)
    assert (keys.anon_key, keys.service_role_key) == (ANON, SERVICE_ROLE)
    assert keys.publishable_key == "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH"
    assert keys.secret_key == "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"


def test_the_signing_key_is_made_once_per_data_directory_and_readable_by_its_owner_only(tmp_path):
    (tmp_path / "other").mkdir()
    first, second = make_keys(config(tmp_path), tmp_path), make_keys(config(tmp_path), tmp_path)
    other = make_keys(config(tmp_path), tmp_path / "other")
    assert first == second
    assert first.signing_key["kid"] != other.signing_key["kid"]
    assert stat.S_IMODE((tmp_path / "signing_key.json").stat().st_mode) == 0o600


def test_the_public_keys_verify_what_the_signing_key_signs_and_give_nothing_away(tmp_path):
    keys = make_keys(config(tmp_path), tmp_path)
    token = jwt.encode({"sub": "ada"}, jwt.PyJWK(dict(keys.signing_key)), algorithm="ES256")
    assert jwt.decode(token, jwt.PyJWK(dict(keys.jwks[0])), algorithms=["ES256"]) == {"sub": "ada"}
    assert [sorted(key) for key in keys.jwks] == [
        ["alg", "crv", "ext", "key_ops", "kid", "kty", "use", "x", "y"]
    ]


def test_a_secret_of_the_projects_own_signs_its_keys(tmp_path):
    secret = "a secret of at least thirty-two characters"
    keys = make_keys(config(tmp_path, jwt_secret=secret, publishable_key="sb_publishable_x"), tmp_path)
    assert jwt.decode(keys.anon_key, secret, algorithms=["HS256"])["role"] == "anon"
    assert keys.publishable_key == "sb_publishable_x"


def test_the_first_key_of_a_key_file_signs_tokens_and_project_keys(tmp_path):
    made = [make_keys(config(tmp_path), path).signing_key for path in (tmp_path,)]
    (tmp_path / "keys.json").write_text(json.dumps(made))
    keys = make_keys(config(tmp_path, signing_keys_path="./keys.json"), tmp_path / "unused")
    assert keys.signing_key == made[0]
    assert jwt.get_unverified_header(keys.anon_key) == {"alg": "ES256", "kid": made[0]["kid"], "typ": "JWT"}
    claims = jwt.decode(keys.service_role_key, jwt.PyJWK(dict(keys.jwks[0])), algorithms=["ES256"])
    assert claims["role"] == "service_role"


async def test_auth_publishes_every_key_of_a_key_file(database, tmp_path):
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
    made = [make_keys(config(tmp_path), tmp_path / name).signing_key for name in ("new", "old")]
    (tmp_path / "keys.json").write_text(json.dumps(made))
    with_both = config(tmp_path, signing_keys_path="keys.json")
    keys = make_keys(with_both, tmp_path / "unused")
    with closing(reserve_port(0, option="")) as reserved:
        async with (
            serve_services(database.dsn, with_both, keys, reserved) as api_url,
            httpx.AsyncClient() as client,
        ):
            published = (await client.get(f"{api_url}/auth/v1/.well-known/jwks.json")).json()["keys"]
    assert [key["kid"] for key in published] == [key["kid"] for key in made]


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[1]", '[{"kty": "EC"}]', '[{"alg": "HS256", "kid": "a", "d": "b"}]']
)
def test_a_key_file_that_cannot_be_used_is_refused(tmp_path, text):
    (tmp_path / "keys.json").write_text(text)
    with pytest.raises(ConfigRefused) as refused:
        make_keys(config(tmp_path, signing_keys_path="keys.json"), tmp_path)
    assert (refused.value.code, str(tmp_path / "keys.json") in refused.value.message) == (
        "config.signing_keys",
        True,
    )
