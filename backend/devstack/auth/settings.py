"""What a project may decide about its Auth service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

PasswordRequirements = Literal[
    "", "letters_digits", "lower_upper_letters_digits", "lower_upper_letters_digits_symbols"
]


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """The `[auth]` part of `supabase/config.toml`, with the keys of the stack. Defaults are the local ones.

    `external_url` is where clients reach this service (`http://127.0.0.1:54321/auth/v1`) and the `iss` of its
    tokens. `signing_key` is a private ES256 or RS256 JWK with a `kid`; without one, tokens are HS256 over
    `jwt_secret`. Tokens signed with `jwt_secret` are accepted either way, for the stack's own keys are such;
    so are tokens of the public keys in `jwks`, that a key may be replaced while its tokens are about.
    """

    site_url: str
    external_url: str
    jwt_secret: str
    signing_key: Mapping[str, Any] | None = None
    jwks: Sequence[Mapping[str, Any]] = ()
    jwt_expiry_s: int = 3600
    enable_refresh_token_rotation: bool = True
    refresh_token_reuse_interval_s: int = 10
    enable_signup: bool = True
    enable_anonymous_sign_ins: bool = False
    email_enabled: bool = True
    autoconfirm: bool = True
    email_interval_min_s: int = 1
    otp_length: int = 6
    password_length_min: int = 6
    password_requirements: PasswordRequirements = ""
