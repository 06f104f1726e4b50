"""A bootstrapped database has the roles, grants and functions that a Supabase migration relies on."""

import asyncio
import hashlib
import json

import asyncpg
import pytest

from backend.devstack.bootstrap import Bootstrapped, bootstrap
from backend.devstack.cluster import SUPERUSER
from backend.devstack.errors import BootstrapRefused

ADA = "0f6a5f0a-3a0e-4c8e-9d1b-6a1f5d0a7c11"


@pytest.fixture
async def owner(empty_database):
    connection = await asyncpg.connect(empty_database.dsn())
    yield connection
    await connection.close()


async def test_each_role_has_the_attributes_it_has_on_supabase(owner):
    rows = await owner.fetch(
        "select rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,"
        # Roles belong to the whole server, and our own migration may have made its two already.
        " rolbypassrls from pg_roles where rolname !~ '^pg_|^folkmoot_|^derived_' order by rolname"
    )
    flags = ("super", "inherit", "createrole", "createdb", "login", "replication", "bypassrls")
    assert {
        row[0]: " ".join(flag for flag, on in zip(flags, row[1:], strict=False) if on) for row in rows
    } == {
        "anon": "inherit",
        "authenticated": "inherit",
        "authenticator": "login",
        "dashboard_user": "inherit createrole createdb replication",
        "pgbouncer": "inherit login",
        "postgres": "inherit createrole createdb login replication bypassrls",
        "service_role": "inherit bypassrls",
        "supabase_admin": "super inherit createrole createdb login replication bypassrls",
        "supabase_auth_admin": "login",
        "supabase_etl_admin": "inherit login replication",
        "supabase_functions_admin": "createrole login",
        "supabase_read_only_user": "inherit login bypassrls",
        "supabase_realtime_admin": "",
        "supabase_replication_admin": "inherit login replication",
        "supabase_storage_admin": "login",
    }


@pytest.mark.parametrize(
    ("role", "settings"),
    [
        ("anon", ["statement_timeout=3s"]),
        ("authenticated", ["statement_timeout=8s"]),
        ("authenticator", ["lock_timeout=8s", "statement_timeout=8s"]),
        ("service_role", []),
    ],
)
async def test_api_roles_have_short_timeouts(owner, role, settings):
    found = await owner.fetchval("select rolconfig from pg_roles where rolname = $1", role)
    assert sorted(found or []) == settings


async def test_authenticator_may_become_every_api_role_and_nobody_else(empty_database):
    connection = await asyncpg.connect(empty_database.dsn("authenticator"))
    for role in ("anon", "authenticated", "service_role"):
        await connection.execute(f"set role {role}")
        assert await connection.fetchval("select current_user") == role
        await connection.execute("reset role")
    for role in ("postgres", SUPERUSER, "supabase_auth_admin"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"set role {role}")
    await connection.close()


async def test_the_owner_makes_roles_tables_triggers_and_publications_as_migrations_do(owner):
    await owner.execute(
        "create role probe_role nologin; grant probe_role to postgres; grant anon to probe_role"
    )
    await owner.execute("set role probe_role; reset role; drop role probe_role")
    await owner.execute("create schema private; create table public.notes (id int primary key)")
    await owner.execute("create publication folkmoot for table public.notes")
    await owner.execute("alter publication supabase_realtime add table public.notes")
    await owner.execute(
        "create function private.on_sign_up() returns trigger language plpgsql as 'begin return new; end';"
        "create trigger on_sign_up after insert on auth.users"
        " for each row execute function private.on_sign_up();"
        "create table public.profiles (id uuid primary key references auth.users (id) on delete cascade)"
    )
    await owner.execute("insert into auth.users (id, email) values ($1, 'ada@example.com')", ADA)
    await owner.execute("alter role authenticated set statement_timeout = '8s'")
    assert await owner.fetchval("select count(*) from auth.users") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "create role probe_super superuser",
        "create event trigger probe on ddl_command_end execute function extensions.pgrst_ddl_watch()",
        "alter table auth.users add column probe text",
        "delete from auth.schema_migrations",
        "set role supabase_admin",
    ],
)
async def test_the_owner_is_refused_what_supabase_refuses(owner, statement):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await owner.execute(statement)


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
async def test_a_new_table_in_public_is_granted_to_the_api_roles_and_auth_tables_are_not(owner, role):
    await owner.execute("create table public.notes (id serial primary key)")
    granted = await owner.fetchrow(
        "select has_table_privilege($1, 'public.notes', 'select, insert, update, delete') as table,"
        " has_sequence_privilege($1, 'public.notes_id_seq', 'usage') as sequence,"
        " has_table_privilege($1, 'auth.users', 'select') as users,"
        " has_function_privilege($1, 'auth.uid()', 'execute') as uid",
        role,
    )
    assert dict(granted) == {"table": True, "sequence": True, "users": False, "uid": True}


async def test_the_caller_is_read_from_the_claims(owner):
    claims = {"sub": ADA, "role": "authenticated", "email": "ada@example.com", "aal": "aal1"}
    question = "select auth.uid()::text as uid, auth.role() as role, auth.email() as email, auth.jwt() as jwt"
    nobody = dict(await owner.fetchrow(question))
    async with owner.transaction():
        await owner.execute("select set_config('request.jwt.claims', $1, true)", json.dumps(claims))
        ada = dict(await owner.fetchrow(question))
    after = dict(await owner.fetchrow(question))  # The setting is '' now rather than absent.
    assert nobody == after == {"uid": None, "role": None, "email": None, "jwt": None}
    assert ada | {"jwt": json.loads(ada["jwt"])} == {
        "uid": ADA, "role": "authenticated", "email": "ada@example.com", "jwt": claims,
    }  # fmt: skip


async def test_two_accounts_share_an_address_only_if_it_comes_from_single_sign_on(owner):
    insert = (
        "insert into auth.users (id, email, is_sso_user) values (gen_random_uuid(), 'ada@example.com', $1)"
    )
    await owner.execute(insert, False)
    await owner.execute(insert, True)
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await owner.execute(insert, False)
    assert refused.value.as_dict()["constraint_name"] == "users_email_partial_key"


async def test_a_user_is_confirmed_since_the_first_of_address_and_number(owner):
    confirmed = await owner.fetchval(
        "insert into auth.users (id, email_confirmed_at, phone_confirmed_at)"
        " values (gen_random_uuid(), '2026-02-02', '2026-01-01') returning confirmed_at = '2026-01-01'"
    )
    assert confirmed


@pytest.mark.parametrize("algorithm", ["md5", "sha224", "sha256", "sha384", "sha512"])
async def test_digest_agrees_with_pgcrypto(owner, algorithm):
    found = await owner.fetchval("select digest('folkmoot', $1)", algorithm)
    assert found == hashlib.new(algorithm, b"folkmoot").digest()


async def test_an_unknown_digest_is_refused(owner):
    with pytest.raises(asyncpg.InvalidParameterValueError):
        await owner.fetchval("select digest('folkmoot', 'sha1')")


async def test_a_change_of_the_schema_is_announced_to_rest_once_per_transaction(owner, empty_database):
    listener = await asyncpg.connect(empty_database.dsn("authenticator"))
    heard = asyncio.Queue()
    await listener.add_listener("pgrst", lambda *message: heard.put_nowait(message[3]))
    async with owner.transaction():
        await owner.execute("create table public.notes (id int); comment on table public.notes is 'x'")
        await owner.execute("create view public.all_notes as select * from public.notes")
    assert await asyncio.wait_for(heard.get(), 5) == "reload schema"
    await owner.execute("drop view public.all_notes")
    assert await asyncio.wait_for(heard.get(), 5) == "reload schema"
    await owner.execute(
        "create temporary table scratch (id int); drop table scratch; insert into public.notes values (1)"
    )
    await owner.execute("notify pgrst, 'end'")
    assert await asyncio.wait_for(heard.get(), 5) == "end"
    await listener.close()


async def test_a_second_run_finds_nothing_to_do(empty_database):
    assert await bootstrap(empty_database.dsn(SUPERUSER)) is Bootstrapped.ALREADY


async def test_an_older_bootstrap_is_brought_up_to_date_and_keeps_its_rows(empty_database, owner):
    await owner.execute("insert into auth.users (id, email) values ($1, 'ada@example.com')", ADA)
    admin = await asyncpg.connect(empty_database.dsn(SUPERUSER))
    await admin.execute("comment on schema auth is 'folkmoot devstack older'; drop function auth.email()")
    await admin.close()
    assert await bootstrap(empty_database.dsn(SUPERUSER)) is Bootstrapped.NOW
    assert await owner.fetchval("select auth.email() is null and count(*) = 1 from auth.users")


async def test_a_supabase_that_somebody_else_made_is_left_alone(empty_database, owner):
    admin = await asyncpg.connect(empty_database.dsn(SUPERUSER))
    await admin.execute("comment on schema auth is null; drop function auth.email()")
    assert await bootstrap(empty_database.dsn()) is Bootstrapped.FOREIGN
    assert await admin.fetchval("select to_regproc('auth.email') is null")
    await admin.close()


async def test_an_empty_database_needs_a_superuser(cluster):
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER))
    await admin.execute("create database bare template template0")
    try:
        with pytest.raises(BootstrapRefused) as refused:
            await bootstrap(cluster.dsn("postgres", "bare"))
        assert refused.value.code == "bootstrap.not_superuser"
    finally:
        await admin.execute("drop database bare with (force)")
        await admin.close()
