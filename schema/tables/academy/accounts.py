"""What Supabase Auth knows about the caller's ways in, under the names the academy expects.

Auth keeps identities and sessions itself. A function reads them past its grants, and gives nobody but the
caller's own; the views on top give them their columns. Tokens are never shown: those of Auth stay with Auth,
and those of providers are not kept.
"""

from schema.language import Routine, View

ROUTINES = (
    Routine(
        "private.academy_accounts",
        returns="table (id uuid, user_id uuid, provider text, provider_account_id text)",
        body="""\
select identity.id, identity.user_id, identity.provider, identity.provider_id
from auth.identities as identity
where identity.user_id = (select auth.uid())""",
        language="sql",
        volatility="stable",
        definer=True,
        callers=("authenticated", "folkmoot_writer", "service_role"),
        comment="The identities by which the caller signs in.",
    ),
    Routine(
        "private.academy_sessions",
        returns="table (id uuid, user_id uuid, expires timestamptz)",
        body="""\
select session.id, session.user_id, session.not_after
from auth.sessions as session
where session.user_id = (select auth.uid())""",
        language="sql",
        volatility="stable",
        definer=True,
        callers=("authenticated", "folkmoot_writer", "service_role"),
        comment="The sessions in which the caller is signed in.",
    ),
)

VIEWS = (
    View(
        "academy.accounts",
        query="""\
select
    own.id,
    own.user_id,
    case when own.provider in ('email', 'phone') then 'credentials' else 'oauth' end as type,
    own.provider,
    own.provider_account_id,
    null::text as access_token,
    null::text as refresh_token,
    null::timestamptz as expires_at
from private.academy_accounts() as own""",
        readers=("authenticated", "folkmoot_writer"),
        comment="How the caller signs in; tokens are never shown.",
    ),
    View(
        "academy.sessions",
        query="""\
select
    own.id,
    null::text as session_token,
    own.user_id,
    own.expires
from private.academy_sessions() as own""",
        readers=("authenticated", "folkmoot_writer"),
        comment="Where the caller is signed in, and until when if it ends; tokens are never shown.",
    ),
)
