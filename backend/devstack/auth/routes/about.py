"""What the service says about itself to anybody: its health, what it offers, its public keys."""

from importlib.metadata import version
from typing import Any

from litestar import Response, get

from backend.devstack.auth.routes.injection import Auth

JWKS_MAX_AGE_S = 600

# Sign-in providers clients ask about; none of them is wired up here.
_OUTSIDE_PROVIDERS = (
    *("apple", "azure", "bitbucket", "discord", "facebook", "figma", "fly", "github", "gitlab", "google"),
    *("keycloak", "kakao", "linkedin", "linkedin_oidc", "notion", "spotify", "slack", "slack_oidc", "workos"),
    *("twitch", "twitter", "zoom"),
)


@get("/health", sync_to_thread=False)
def health() -> dict[str, str]:
    """The answer of a service that is up."""
    return {
        "version": f"folkmoot-{version('folkmoot')}",
        "name": "GoTrue",
        "description": "GoTrue is a user registration and authentication API",
    }


@get("/settings", sync_to_thread=False)
def settings(auth: Auth) -> dict[str, Any]:
    """Which ways of signing in this project offers."""
    offered = {
        "anonymous_users": auth.settings.enable_anonymous_sign_ins,
        "email": auth.settings.email_enabled,
        "phone": False,
    }
    return {
        "external": {**dict.fromkeys(_OUTSIDE_PROVIDERS, False), **offered},
        "disable_signup": not auth.settings.enable_signup,
        "mailer_autoconfirm": auth.settings.autoconfirm,
        "phone_autoconfirm": False,
        "sms_provider": "",
        "saml_enabled": False,
        "passkeys_enabled": False,
    }


@get("/.well-known/jwks.json", sync_to_thread=False)
def public_keys(auth: Auth) -> Response[dict[str, Any]]:
    """The keys to check this project's tokens with; none while they are signed with a shared secret."""
    headers = {"cache-control": f"public, max-age={JWKS_MAX_AGE_S}"}
    return Response({"keys": list(auth.keys.published)}, headers=headers)


ABOUT_ROUTES = (health, settings, public_keys)
