"""What the service needs beside the tables: roles, unexposed schemas, its own log, profiles, clocks."""

from schema.compile.functions import Function, compile_trigger, plpgsql_block
from schema.compile.quoting import quote_identifier, quote_qualified
from schema.language.catalog import Catalog
from schema.language.names import CLOCK_TRIGGER, automatic_function, plain_name
from schema.language.spec import TableSpec

# Roles belong to the whole server, so that another database may have made them already. From PostgreSQL 16
# on, making a role does not yet mean acting as it: hence the grant.
ROLES = """\
do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'folkmoot_writer') then
        create role folkmoot_writer nologin;
    end if;
    if not exists (select from pg_catalog.pg_roles where rolname = 'derived_owner') then
        create role derived_owner nologin;
    end if;
end
$$;
grant folkmoot_writer, derived_owner to postgres;"""

SCHEMAS = """\
create schema private;
create schema derived;
revoke all on schema private, derived from public;
grant usage on schema private to folkmoot_writer;
grant usage on schema derived to service_role;
grant usage, create on schema derived to derived_owner;"""

# The primary key makes a mutation run once per session and request: its row is written in the mutation's own
# transaction, so that a repeated request finds the result, or fails to commit. The index is for the service,
# which forgets old rows.
REQUEST_LOG = """\
create table private.mutation_requests (
    session_id uuid not null,
    request_id bigint not null,
    caller_id uuid,
    function text not null,
    result jsonb,
    created_at timestamptz not null default now(),
    primary key (session_id, request_id)
);
create index mutation_requests_by_created_at on private.mutation_requests (created_at);
comment on table private.mutation_requests is 'Which mutations ran, with what result.';
grant select, insert on table private.mutation_requests to folkmoot_writer;"""


def compile_domain_schemas(catalog: Catalog) -> str:
    """Open the schemas that hold tables to every role that reads or writes some."""
    names = sorted({table.schema for table in catalog})
    made = [f"create schema {quote_identifier(name)};" for name in names if name != "public"]
    schemas = ", ".join(map(quote_identifier, names))
    roles = "anon, authenticated, service_role, folkmoot_writer, derived_owner"
    return "\n".join([*made, f"grant usage on schema {schemas} to {roles};"])


def compile_clocks(catalog: Catalog) -> list[str]:
    """Keep `updated_at`, except where only a derived field moved: a like is not an edit.

    It grows with every edit, so that an unchanged one means that nothing but derived fields moved.
    """
    later = "greatest(now(), old.updated_at + interval '1 microsecond')"
    function = Function(
        "private.update_updated_at_column",
        plpgsql_block(f"new.updated_at := {later};", "return new;"),
        definer=False,
    )
    # Fires after `derived_guard`, by name: what the guard put back does not count as a change.
    triggers = [
        compile_trigger(
            CLOCK_TRIGGER,
            table,
            function.name,
            when="before update",
            each="row",
            only_if="current_user <> 'derived_owner' and old.* is distinct from new.*",
        )
        for table in catalog
        if table.has("updated_at")
    ]
    return [function.sql, *triggers]


def compile_automatic(catalog: Catalog) -> list[str]:
    """Make the rows of automatic tables with those they extend, and those of all that are there already."""
    texts: list[str] = []
    for table in catalog:
        if not table.automatic:
            continue
        assert table.extends is not None, table.qualified
        extended = _qualified_name(table.extends)
        insert = f"insert into {quote_qualified(table)} (id, created_at) select one.id, one.created_at from"
        function = Function(
            f"private.{quote_identifier(automatic_function(table))}",
            plpgsql_block(f"{insert} new_rows as one\n    on conflict (id) do nothing;", "return null;"),
        )
        trigger = compile_trigger(
            f"automatic_{plain_name(table)}", extended, function.name, when="after insert", rows=("new",)
        )
        texts += [function.sql, trigger, f"{insert} {extended} as one on conflict (id) do nothing;"]
    return texts


def _qualified_name(name: str) -> str:
    return ".".join(map(quote_identifier, name.split(".")))


def compile_sign_up(users: TableSpec) -> list[str]:
    """Give every account its row in `users`: those there already, and each new one when it signs up.

    Signing up must never fail for want of a fitting name: what the account brings is trimmed, cut, or
    replaced by the part of its address before the @.
    """
    name = Function(
        "private.account_name",
        "select left(coalesce(\n"
        "    nullif(btrim(meta ->> 'name'), ''),\n"
        "    nullif(btrim(meta ->> 'full_name'), ''),\n"
        "    nullif(btrim(split_part(email, '@', 1)), ''),\n"
        "    'Member'\n"
        f"), {_text_max(users, 'name')})",
        arguments="meta jsonb, email text",
        returns="text",
        language="sql",
        stable=True,
        definer=False,
    )
    picture = Function(
        "private.account_picture",
        "select left(coalesce(\n"
        "    nullif(btrim(meta ->> 'avatar_url'), ''),\n"
        "    nullif(btrim(meta ->> 'picture'), '')\n"
        f"), {_text_max(users, 'avatar_url')})",
        arguments="meta jsonb",
        returns="text",
        language="sql",
        stable=True,
        definer=False,
    )
    insert = f"insert into {quote_qualified(users)} (id, name, avatar_url, created_at)"
    values = (
        "private.account_name({0}.raw_user_meta_data, {0}.email),"
        " private.account_picture({0}.raw_user_meta_data), coalesce({0}.created_at, now())"
    )
    welcome = Function(
        "private.welcome_account",
        plpgsql_block(
            f"{insert}\nvalues (new.id, {values.format('new')})\non conflict (id) do nothing;", "return null;"
        ),
    )
    return [
        name.sql,
        picture.sql,
        welcome.sql,
        compile_trigger("welcome_account", "auth.users", welcome.name, when="after insert", each="row"),
        f"{insert}\nselect account.id, {values.format('account')} from auth.users as account\n"
        f"on conflict (id) do nothing;",
    ]


def _text_max(table: TableSpec, column: str) -> int:
    text = table.column(column).text
    assert text is not None, (table.qualified, column)
    return text.length_max
