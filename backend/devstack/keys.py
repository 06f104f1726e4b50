"""The keys of a project: what clients present, and what tokens are signed with."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from backend.devstack.config import StackConfig
from backend.devstack.errors import ConfigRefused

# What the Supabase CLI gives every local project; the client libraries' own tests have them compiled in.
JWT_SECRET = "super-secret-jwt-token-with-at-least-32-characters-long"
PUBLISHABLE_KEY = "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH"
SECRET_KEY = "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"
ISSUER = "supabase-demo"
EXPIRES_AT_S = 1983812996  # 2032-11-12: a constant, so that the tokens are the same on every machine.

PUBLIC_MEMBERS = ("kty", "kid", "use", "alg", "crv", "x", "y", "n", "e")
SIGNING_ALGORITHMS = ("ES256", "RS256")

Jwk = Mapping[str, Any]


@dataclass(frozen=True)
class StackKeys:
    """`anon_key`, `service_role_key` are tokens; `publishable_key`, `secret_key` their opaque successors.

    `signing_key` is the private JWK that signs the tokens of people; `jwks` are the public ones that verify
    them.
    """

    jwt_secret: str
    anon_key: str
    service_role_key: str
    publishable_key: str
    secret_key: str
    signing_key: Jwk
    jwks: tuple[Jwk, ...]


def make_keys(config: StackConfig, data_directory: Path) -> StackKeys:
    """The keys that `config` names, and the CLI's for the rest.

    Without `auth.signing_keys_path` a signing key is made once and kept in `data_directory`, so that people
    stay signed in when the stack starts again. Raises `ConfigRefused` for a key file that cannot be used.
    """
    auth = config.auth
    secret = auth.jwt_secret or JWT_SECRET
    if auth.signing_keys_path:
        private = _read_signing_keys(config.directory / auth.signing_keys_path)
        signer = private[0]  # As the CLI does: it signs the two project keys as well.
    else:
        private = (_own_signing_key(data_directory / "signing_key.json"),)
        signer = None
    return StackKeys(
        jwt_secret=secret,
        anon_key=auth.anon_key or _project_key("anon", secret, signer),
        service_role_key=auth.service_role_key or _project_key("service_role", secret, signer),
        publishable_key=auth.publishable_key or PUBLISHABLE_KEY,
        secret_key=auth.secret_key or SECRET_KEY,
        signing_key=private[0],
        jwks=tuple(_public(key) for key in private),
    )


def _project_key(role: str, secret: str, signer: Jwk | None) -> str:
    claims = {"iss": ISSUER, "role": role, "exp": EXPIRES_AT_S}  # In this order: the text is compared.
    if signer is None:
        return jwt.encode(claims, secret, algorithm="HS256")
    return jwt.encode(
        claims, jwt.PyJWK(dict(signer)), algorithm=signer["alg"], headers={"kid": signer["kid"]}
    )


def _own_signing_key(path: Path) -> Jwk:
    if path.exists():
        return _usable_key(json.loads(path.read_text()), path)
    members = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
    key = {
        "kty": "EC",
        "kid": str(uuid.uuid4()),
        "use": "sig",
        "key_ops": ["sign", "verify"],
        "alg": "ES256",
        "ext": True,
    } | members
    unfinished = path.with_suffix(".new")
    with open(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        json.dump(key, file)
    unfinished.rename(path)
    return key


def _read_signing_keys(path: Path) -> tuple[Jwk, ...]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise _refused_key(path, f"cannot be read: {error}") from error
    if not isinstance(found, list) or not found:
        raise _refused_key(path, "is not a list of JSON Web Keys")
    return tuple(_usable_key(key, path) for key in found)


def _usable_key(key: Any, path: Path) -> Jwk:
    try:
        if key["alg"] not in SIGNING_ALGORITHMS or "d" not in key or not key["kid"]:
            raise _refused_key(
                path, f"holds a key that is not a private {' or '.join(SIGNING_ALGORITHMS)} key"
            )
        jwt.PyJWK(key)
    except (KeyError, TypeError, jwt.PyJWTError) as error:
        raise _refused_key(path, f"holds something that is not a JSON Web Key: {error!r}") from error
    return key


def _refused_key(path: Path, fault: str) -> ConfigRefused:
    return ConfigRefused(
        "config.signing_keys",
        f"{path} {fault}.",
        hint="auth.signing_keys_path names a file with a list of private keys (JWK).",
    )


def _public(key: Jwk) -> Jwk:
    return {name: key[name] for name in PUBLIC_MEMBERS if name in key} | {"key_ops": ["verify"], "ext": True}
