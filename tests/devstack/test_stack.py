"""`folkmoot stack` starts a whole Supabase, ends all of it, and says plainly what is in its way."""

import asyncio
import os
import signal
import socket

import asyncpg
import httpx
import psutil
import pytest

from backend.devstack.cluster import SUPERUSER
from tests.devstack.conftest import END_TIMEOUT_S


def server_of(command):
    """The postmaster that `command` has started."""
    return next(process for process in command.family if process.name() == "postgres")


async def notes(facts, key="anon_key"):
    async with httpx.AsyncClient() as client:
        response = await client.get(f"{facts['api_url']}/rest/v1/notes", headers={"apikey": facts[key]})
        return response.json()


async def insert(facts, body):
    connection = await asyncpg.connect(facts["db_url"])
    await connection.execute("insert into public.notes (body) values ($1)", body)
    await connection.close()


async def test_one_line_of_json_says_where_everything_answers(project):
    async with project.stack() as command:
        facts = await command.ready()
        await insert(facts, "hello")
        found = [
            await notes(facts, key)
            for key in ("anon_key", "publishable_key", "service_role_key", "secret_key")
        ]
        async with httpx.AsyncClient(
            base_url=facts["api_url"], headers={"apikey": facts["anon_key"]}
        ) as client:
            account = {"email": "ada@example.com", "password": "correct horse"}
            signed_up = await client.post("/auth/v1/signup", json=account)
        code, stdout, _ = await command.send(signal.SIGTERM)
        assert (code, stdout, await command.all_gone()) == (0, "", True)
    assert list(facts) == [
        "api_url", "service_url", "db_url", "anon_key", "service_role_key", "publishable_key", "secret_key",
        "jwt_secret",
    ]  # fmt: skip
    assert found == [[{"id": 1, "body": "hello"}]] * 4
    assert signed_up.json()["user"]["email"] == "ada@example.com"


async def test_a_person_gets_a_list_of_facts_and_progress(project):
    async with project.folkmoot("stack", "--api-port", "0", "--db-port", "0") as command:
        assert command.process.stdout is not None
        first = await asyncio.wait_for(command.process.stdout.readline(), 30)
        code, stdout, stderr = await command.send(signal.SIGTERM)
    assert (code, b"Folkmoot is running" in first) == (0, True)
    assert "anon key: eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3Mi" in stdout
    assert "Applied 20260101000000_notes.sql" in stderr


async def test_control_c_ends_it_as_well(project):
    async with project.stack() as command:
        await command.ready()
        code, _, stderr = await command.send(signal.SIGINT)
        assert (code, "Traceback" in stderr, await command.all_gone()) == (0, False, True)


async def test_a_stack_told_to_end_while_it_starts_leaves_nothing_behind(project):
    async with project.stack() as command:
        assert command.process.stderr is not None
        await asyncio.wait_for(command.process.stderr.readline(), 30)  # "Starting PostgreSQL"
        command.look_around()
        code, stdout, stderr = await command.send(signal.SIGTERM)
        assert (code, stdout, "Traceback" in stderr, await command.all_gone()) == (0, "", False, True)
    async with project.stack() as command:
        assert await notes(await command.ready()) == []


async def test_an_open_request_and_an_open_session_do_not_delay_the_end(project):
    async with project.stack() as command:
        facts = await command.ready()
        busy = await asyncpg.connect(facts["db_url"])
        sleeping = asyncio.ensure_future(busy.execute("select pg_sleep(60)"))
        with socket.create_connection(facts["api_url"].removeprefix("http://").split(":")) as half_sent:
            half_sent.send(b"POST /rest/v1/notes HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{")
            code, _, _ = await command.send(signal.SIGTERM)
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await sleeping
        assert (code, await command.all_gone()) == (0, True)
    assert END_TIMEOUT_S == 5


async def test_a_second_start_keeps_rows_people_and_keys(project):
    async with project.stack() as command:
        before = await command.ready()
        await insert(before, "kept")
        await command.send(signal.SIGTERM)
    async with project.stack() as command:
        after = await command.ready()
        assert [note["body"] for note in await notes(after)] == ["kept"]
    assert before["anon_key"] == after["anon_key"]


async def test_a_killed_supervisor_takes_everything_along_and_the_next_start_recovers(project):
    async with project.stack() as command:
        await insert(await command.ready(), "kept")
        command.process.kill()
        await command.process.wait()
        assert await command.all_gone()
    async with project.stack() as command:
        assert [note["body"] for note in await notes(await command.ready())] == ["kept"]


async def test_a_killed_server_ends_the_stack_with_a_message_and_the_next_start_recovers(project):
    async with project.stack() as command:
        await insert(await command.ready(), "kept")
        os.kill(server_of(command).pid, signal.SIGKILL)
        code, _, stderr = await command.ended()
        assert (code, "[cluster.ended]" in stderr, await command.all_gone()) == (1, True, True)
    async with project.stack() as command:
        assert [note["body"] for note in await notes(await command.ready())] == ["kept"]


async def test_two_stacks_run_side_by_side_and_share_nothing(project):
    async with project.stack() as first, project.stack("--data-dir", "other") as second:
        one, two = await first.ready(), await second.ready()
        await insert(one, "only in the first")
        assert (len(await notes(one)), len(await notes(two))) == (1, 0)


async def test_two_stacks_over_one_directory_are_one_too_many(project):
    async with project.stack() as first:
        facts = await first.ready()
        async with project.stack() as second:
            code, stdout, stderr = await second.ended()
        assert (code, stdout, "[cluster.directory_in_use]" in stderr) == (1, "", True)
        assert await notes(facts) == []


@pytest.mark.parametrize("option", ["--api-port", "--db-port"])
async def test_a_taken_port_is_named_with_its_option(project, option):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        other = {"--api-port": "--db-port", "--db-port": "--api-port"}[option]
        async with project.folkmoot("stack", option, port, other, "0") as command:
            code, stdout, stderr = await command.ended()
    assert (code, stdout) == (1, "")
    assert "[cluster.port_taken]" in stderr
    assert port in stderr
    assert option in stderr


async def test_a_broken_migration_is_named_by_file_and_line_and_nothing_is_left_running(project):
    (project.migrations / "20260202000000_broken.sql").write_text("select 1;\n\ncreate tabel x (id int);\n")
    async with project.stack() as command:
        assert command.process.stderr is not None
        await asyncio.wait_for(command.process.stderr.readline(), 30)
        command.look_around()
        code, stdout, stderr = await command.ended()
        assert (code, stdout, await command.all_gone()) == (1, "", True)
    assert '20260202000000_broken.sql, line 3: syntax error at or near "tabel" (42601)' in stderr
    assert "Traceback" not in stderr


@pytest.mark.parametrize(
    ("options", "config", "code"),
    [
        ((), "[api]\nport = 99999", "config.invalid"),
        ((), "[api", "config.unreadable"),
        (("--config", "nowhere.toml"), "", "config.missing"),
        (("--data-dir", "/proc/folkmoot"), "", "cluster.directory_unwritable"),
        (("--database-url", "postgresql://x:y@127.0.0.1:1/z"), "", "bootstrap.unreachable"),
    ],
)
async def test_what_cannot_be_used_is_named_in_one_message(project, options, config, code):
    (project.root / "supabase" / "config.toml").write_text(config)
    async with project.stack(*options) as command:
        exit_code, stdout, stderr = await command.ended()
    assert (exit_code, stdout, f"[{code}]" in stderr, "Traceback" in stderr) == (1, "", True, False)


async def test_an_empty_database_of_ones_own_is_made_a_supabase_and_stays_when_the_stack_ends(
    project, cluster
):
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER))
    await admin.execute("create database of_my_own template template0")
    try:
        async with project.stack("--database-url", cluster.dsn(SUPERUSER, "of_my_own")) as command:
            facts = await command.ready()
            await insert(facts, "mine")
            assert [note["body"] for note in await notes(facts)] == ["mine"]
            assert not [process for process in command.family if process.name() == "postgres"]
            await command.send(signal.SIGTERM)
        assert psutil.pid_exists(cluster.pid)
    finally:
        await admin.execute("drop database of_my_own with (force)")
        await admin.close()


async def test_a_role_that_has_another_password_is_named(project, cluster):
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER))
    await admin.execute("create database of_my_own template template0")
    await admin.execute("create role impostor superuser login password 'another'")
    try:
        url = cluster.dsn("impostor", "of_my_own").replace(":postgres@", ":another@")
        async with project.stack("--database-url", url) as command:
            code, _, stderr = await command.ended()
        assert (code, "[bootstrap.login]" in stderr, "role postgres" in stderr) == (1, True, True)
    finally:
        await admin.execute("drop database of_my_own with (force)")
        await admin.execute("drop role impostor")
        await admin.close()


async def test_new_tables_are_exposed_by_themselves_only_if_the_configuration_says_so(project):
    (project.migrations / "20260202000000_open.sql").write_text("create table public.open (id int);")
    async with project.stack() as command:
        facts = await command.ready()
        connection = await asyncpg.connect(facts["db_url"])
        question = "select has_table_privilege('anon', $1, 'select')"
        closed = await connection.fetchval(question, "public.open")
        await connection.close()
        await command.send(signal.SIGTERM)
    config = project.root / "supabase" / "config.toml"
    config.write_text(config.read_text() + "auto_expose_new_tables = true\n")
    (project.migrations / "20260303000000_more.sql").write_text("create table public.more (id int);")
    async with project.stack() as command:
        facts = await command.ready()
        connection = await asyncpg.connect(facts["db_url"])
        opened = await connection.fetchval(question, "public.more")
        await connection.close()
    assert (closed, opened) == (False, True)


async def test_reset_gives_an_empty_database_with_the_migrations_and_the_seed(project):
    (project.root / "supabase" / "seed.sql").write_text("insert into public.notes (body) values ('seeded');")
    async with project.stack() as command:
        await insert(await command.ready(), "gone after the reset")
        async with project.folkmoot("reset") as refused:
            code, _, stderr = await refused.ended()
        assert (code, "[cluster.directory_in_use]" in stderr) == (1, True)
        await command.send(signal.SIGTERM)
    async with project.folkmoot("reset", "--db-port", "0") as reset:
        code, _, stderr = await reset.ended()
    assert (code, "Seeded from seed.sql" in stderr) == (0, True)
    async with project.stack() as command:
        assert [note["body"] for note in await notes(await command.ready())] == ["seeded"]
