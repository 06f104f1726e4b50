"""What is thrown: JSON that is odd, wrong or no JSON at all, arguments, tokens and headers."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.fuzz.target import Target, segment, sign

Json = Any

DEEP = 3_000  # Levels: past every recursion limit on the way.
HUGE_CHARACTERS = 200_000

FUNCTIONS = (
    "spaces:list",
    "users:me",
    "users:rename",
    "posts:feed",
    "posts:create",
    "posts:remove",
    "posts:toggleLike",
    "courses:list",
    "courses:enroll",
    "courses:leave",
)

ODD_TEXTS = (
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\ufffe\uffff",
    "\u202e\u0301",
    "🎉" * 50,
    "'; drop table posts; --",
    "../../../etc/passwd",
    "%00%ff",
    "\r\nSet-Cookie: a=b",
    "null",
    "constructor",
    "__proto__",
    "00000000-0000-0000-0000-000000000000",
    "urn:uuid:00000000-0000-0000-0000-000000000000",
    "{00000000000000000000000000000000}",
)
ODD_NUMBERS = (
    *(0, -1, 1, 2**31, 2**32, 2**53, 2**53 + 1, -(2**63), 2**64, 10**30, 10**400),
    *(0.1, -0.0, 1e308, 5e-324, 1e-400, 1e22),
)
huge_texts = st.just("x").map(lambda letter: letter * HUGE_CHARACTERS)
texts = st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=20), huge_texts)
numbers = st.one_of(st.sampled_from(ODD_NUMBERS), st.integers(), st.floats(allow_nan=True))


def _specials() -> SearchStrategy[Json]:
    """Convex's own forms, right and wrong."""
    payloads = st.one_of(
        st.binary(max_size=10).map(lambda data: base64.b64encode(data).decode()),
        st.just("AAAAAAAA+H8="),
        texts,
        numbers,
        st.none(),
    )
    keys = st.sampled_from(
        ["$integer", "$float", "$bytes", "$set", "$map", "$undefined", "$commitTs", "$", "$x"]
    )
    return st.builds(lambda key, payload: {key: payload}, keys, payloads)


leaves = st.one_of(st.none(), st.booleans(), numbers, texts, _specials())
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(texts.map(lambda key: key[:2000]), inner, max_size=4)
    ),
    max_leaves=8,
)


def json_texts(inner: SearchStrategy[Json]) -> SearchStrategy[str]:
    """As text, with escapes or without them, with numbers that Python has no word for."""
    return st.builds(lambda value, ascii: json.dumps(value, ensure_ascii=ascii), inner, st.booleans())


_BROKEN = (
    "",
    " ",
    "{",
    "[" * DEEP,
    "[" * DEEP + "]" * DEEP,
    '{"a":' * DEEP + "1" + "}" * DEEP,
    "nul",
    '{"a":1,}',
    "{'a':1}",
    '{"a":1}{"b":2}',
    '"\\ud800"',
    '"\\u0000"',
    '"\x01"',
    '"\\x"',
    "1e999",
    "-1e999",
    "9" * 5_000,
    "-",
    "01",
    "NaN",
    "\ufeff{}",
    "[1" + ",1" * 20_000 + "]",
)


broken_json = st.integers(0, len(_BROKEN) - 1).map(_BROKEN.__getitem__)


def garbled(inner: SearchStrategy[bytes]) -> SearchStrategy[bytes]:
    """The same with some bytes changed, cut off or doubled."""

    @st.composite
    def change(draw: st.DrawFn) -> bytes:
        data = bytearray(draw(inner))
        for _ in range(draw(st.integers(1, 4))):
            if not data:
                break
            at = draw(st.integers(0, len(data) - 1))
            match draw(st.sampled_from(["set", "cut", "double", "insert"])):
                case "set":
                    data[at] = draw(st.integers(0, 255))
                case "cut":
                    del data[at:]
                case "double":
                    data[at:at] = data[at : at + 40]
                case "insert":
                    data[at:at] = draw(st.binary(max_size=6))
        return bytes(data)

    return change()


def encoded(text: str) -> bytes:
    """As bytes; half characters stay the three bytes that UTF-8 forbids."""
    return text.encode("utf-8", "surrogatepass")


# --- calls ---


def cursors() -> SearchStrategy[Json]:
    return st.one_of(
        st.none(),
        texts,
        st.binary(max_size=60).map(lambda data: base64.urlsafe_b64encode(data).decode()),
        st.binary(max_size=60).map(lambda data: base64.urlsafe_b64encode(data).decode().rstrip("=")),
        values,
    )


def arguments(target: Target) -> SearchStrategy[Json]:
    """Arguments: of the right shape with odd contents, or of any shape."""
    ids = st.one_of(st.sampled_from([target.space, target.post, target.member]), texts, values)
    options = st.fixed_dictionaries(
        {"numItems": st.one_of(st.just(2), numbers, values), "cursor": cursors()},
        optional={
            "endCursor": cursors(),
            "id": numbers,
            "maximumRowsRead": st.one_of(st.just(1), st.just({"$float": "AAAAAAAA+H8="}), numbers),
            "maximumBytesRead": numbers,
        },
    )
    right = st.one_of(
        st.fixed_dictionaries({"spaceId": ids, "paginationOpts": options}),
        st.fixed_dictionaries({"spaceId": ids, "content": texts}),
        st.fixed_dictionaries({"postId": ids}),
        st.fixed_dictionaries({"courseId": ids}),
        st.fixed_dictionaries({"name": texts}),
        st.just({}),
    )
    return st.one_of(right, right.map(lambda one: [one]), values)


paths = st.one_of(
    st.sampled_from(FUNCTIONS),
    st.sampled_from(FUNCTIONS).map(lambda path: path.replace(":", ".js:")),
    texts,
    values,
)


# --- tokens ---

_EC = ec.generate_private_key(ec.SECP256R1())
_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _unsigned(header: str, payload: str, signature: bytes = b"") -> str:
    return f"{segment(encoded(header))}.{segment(encoded(payload))}.{segment(signature)}"


def forged_tokens(target: Target) -> list[Callable[[], str]]:
    """What makes each kind of token that proves nobody."""
    good = target.token()
    claims = jwt.decode(good, options={"verify_signature": False})
    return [
        lambda: jwt.encode(claims, "", "none"),
        lambda: jwt.encode(claims, "x" * 64, "HS256"),
        lambda: jwt.encode(claims, "x" * 64, "HS512"),
        lambda: sign(target.secret, '{"alg":"HS512"}', json.dumps(claims)),
        lambda: jwt.encode(claims, _EC, "ES256", {"kid": "made up"}),
        lambda: jwt.encode(claims, _RSA, "RS256", {"kid": "made up"}),
        lambda: jwt.encode(claims, _RSA, "RS256", {"kid": "\x00" * 500}),
        lambda: jwt.encode(claims, _RSA, "PS256", {"kid": "made up"}),
        lambda: jwt.encode(claims, target.secret, "HS256", {"crit": ["exp"]}),
        lambda: sign(target.secret, '{"alg":"HS256"}', "[" * DEEP),
        lambda: sign(target.secret, '{"alg":"HS256"}', '{"exp":' * DEEP),
        lambda: sign(target.secret, '{"alg":"HS256"}', "[]"),
        lambda: sign(target.secret, '{"alg":"HS256"}', '{"iat":1e999,"exp":1e999}'),
        lambda: target.token(exp=1),
        lambda: target.token(exp=None),
        lambda: target.token(iat=None),
        lambda: target.token(iat=2**40),
        lambda: target.token(nbf=2**40),
        lambda: target.token(exp="soon"),
        lambda: target.token(exp=float("inf")),
        lambda: target.token(iat=float("inf")),
        lambda: target.token(iat=-1, exp=10**400),
        lambda: target.token(iss="https://elsewhere.example/auth/v1"),
        lambda: target.token(iss=["x"]),
        lambda: target.token(aud="anon"),
        lambda: target.token(aud={"authenticated": 1}),
        lambda: target.token(role="service_role"),
        lambda: target.token(role=None),
        lambda: target.token(sub=None),
        lambda: target.token(sub="not a uuid"),
        lambda: target.token(sub=7),
        lambda: good[:-3],
        lambda: good + "A",
        lambda: good + ".",
        lambda: "." + good,
        lambda: good.replace(".", ".."),
        lambda: good.upper(),
        lambda: _unsigned("[" * DEEP, "{}"),
        lambda: _unsigned('{"alg":"HS256"}', "[" * DEEP, b"x" * 32),
        lambda: _unsigned('{"alg":"HS256","kid":' + "[" * DEEP, "{}"),
        lambda: _unsigned('{"alg":["HS256"]}', "{}"),
        lambda: _unsigned('{"alg":null}', "{}"),
        lambda: _unsigned("[]", "{}"),
        lambda: _unsigned("null", "null"),
        lambda: _unsigned('{"alg":"ES256","kid":7}', "{}"),
        lambda: _unsigned('{"alg":"HS256","typ":"\\ud800"}', "{}"),
        lambda: "a.b.c",
        lambda: "..",
        lambda: "",
        lambda: "x" * 17_000,
        lambda: "🎉.🎉.🎉",
        lambda: "sb_secret_" + "x" * 30,
        lambda: "\x00",
    ]


def bad_tokens(target: Target) -> SearchStrategy[str]:
    """Tokens that prove nobody."""
    return st.one_of(
        st.sampled_from(forged_tokens(target)).map(lambda make: make()),
        texts.filter(lambda text: len(text) < 20_000),
        st.text("abcdefABCDEF0123456789-_.", max_size=200),
    )


def odd_claims(target: Target) -> SearchStrategy[str]:
    """Tokens that Auth might sign, of people who do not exist, with claims nobody expects."""
    claims = st.dictionaries(
        st.sampled_from(["user_metadata", "app_metadata", "email", "session_id", "amr", "aal", "x", "nbf"]),
        st.one_of(texts.filter(lambda text: "\ud800" not in text and len(text) < 9_000), values).filter(
            lambda value: len(json.dumps(value)) < 9_000
        ),
        max_size=2,
    )
    subjects = st.one_of(st.just(target.member), st.uuids().map(str))
    return st.builds(lambda some, sub: target.token(**{**some, "sub": sub}), claims, subjects)
