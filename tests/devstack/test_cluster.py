"""The embedded server comes up whatever an earlier run left behind, and says plainly when it cannot."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest

from backend.devstack.cluster import Cluster
from backend.devstack.errors import ClusterRefused

FORGETFUL_KERNEL = """
import ctypes, types
ctypes.CDLL = lambda *_, **__: types.SimpleNamespace(prctl=lambda *_: -1)
"""

GONE_TIMEOUT_S = 10.0  # How long a killed process may take to be gone; it takes milliseconds.

SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from backend.devstack.cluster import Cluster

async def main():
    async with Cluster.start(Path(sys.argv[1]), durable=False) as cluster:
        print(cluster.pid, cluster.dsn("supabase_admin"), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture(scope="module")
async def initialised(tmp_path_factory):
    """A data directory that has been started and stopped once; tests take turns in using it."""
    directory = tmp_path_factory.mktemp("initialised")
    async with Cluster.start(directory, durable=False) as cluster:
        await run(cluster.dsn("supabase_admin"), "create table survivors (name text)")
    return directory


@contextmanager
def supervised(program, directory):
    """A server under another process, which is killed in the end: the server's pid, and a superuser's URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(directory)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process, process.stdout:
        pid, dsn = process.stdout.readline().split()
        yield int(pid), dsn
        process.kill()


@contextmanager
def bystander(uid):
    """A process of `uid` that has nothing to do with us."""
    with subprocess.Popen(["sleep", "60"], user=uid) as process:
        yield process
        assert process.poll() is None
        process.kill()


async def run(dsn, statement):
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


async def names(cluster):
    rows = await run(cluster.dsn("supabase_admin"), "select name from survivors order by name")
    return [row["name"] for row in rows]


async def wait_gone(*pids):
    processes = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, GONE_TIMEOUT_S)
    assert alive == []


async def test_the_server_listens_on_loopback_with_logical_wal_and_asks_for_a_password(initialised):
    async with Cluster.start(initialised, durable=False) as cluster:
        settings = await run(cluster.dsn("supabase_admin"), "show wal_level")
        addresses = {
            connection.laddr.ip
            for connection in psutil.Process(cluster.pid).net_connections()
            if connection.status == psutil.CONN_LISTEN
        }
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(cluster.dsn("supabase_admin").replace(":postgres@", ":wrong@"))
        pid = cluster.pid
    assert (settings[0]["wal_level"], addresses) == ("logical", {"127.0.0.1"})
    assert not psutil.pid_exists(pid)


async def test_text_sorts_by_code_point_on_every_machine(cluster):
    rows = await run(cluster.dsn(), "select c from unnest(array['b', 'a', 'ä', 'B', 'Ä']) c order by c")
    upper = await run(cluster.dsn(), "select upper('ä') as upper")
    assert ([row["c"] for row in rows], upper[0]["upper"]) == (["B", "a", "b", "Ä", "ä"], "Ä")


async def test_rows_survive_a_killed_server(initialised):
    async with Cluster.start(initialised, durable=False) as cluster:
        await run(cluster.dsn("supabase_admin"), "insert into survivors values ('killed server')")
        os.kill(cluster.pid, signal.SIGKILL)
        refused = await cluster.ended()
    async with Cluster.start(initialised, durable=False) as cluster:
        assert "killed server" in await names(cluster)
    assert refused.code == "cluster.ended"


async def test_a_killed_supervisor_takes_its_server_along_and_the_next_start_recovers(initialised):
    with supervised(SUPERVISOR, initialised) as (pid, dsn):
        await run(dsn, "insert into survivors values ('killed supervisor')")
    await wait_gone(pid)
    async with Cluster.start(initialised, durable=False) as cluster:
        assert "killed supervisor" in await names(cluster)


async def test_a_server_left_running_is_ended_by_the_next_start(initialised):
    # Where the kernel does not end the children of a killed process, it looks like this.
    with supervised(FORGETFUL_KERNEL + SUPERVISOR, initialised) as (pid, _):
        pass
    assert psutil.pid_exists(pid)
    async with Cluster.start(initialised, durable=False) as cluster:
        assert cluster.pid != pid
    await wait_gone(pid)


async def test_a_pid_file_that_names_somebody_elses_process_does_not_stop_the_start(initialised):
    async with Cluster.start(initialised, durable=False) as cluster:
        os.kill(cluster.pid, signal.SIGKILL)
        await cluster.ended()
    pid_file = initialised / "postgres" / "postmaster.pid"
    with bystander(pid_file.stat().st_uid) as process:
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(process.pid), *lines[1:]]) + "\n")
        async with Cluster.start(initialised, durable=False):
            pass


async def test_a_directory_half_made_is_made_anew(tmp_path):
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    async with Cluster.start(tmp_path, durable=False) as cluster:
        assert await run(cluster.dsn("supabase_admin"), "select 1")


async def test_a_home_closed_to_everyone_else_is_no_obstacle(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    async with Cluster.start(home / "checkout" / ".folkmoot", durable=False) as cluster:
        assert await run(cluster.dsn("supabase_admin"), "select 1")
    assert home.stat().st_mode & 0o777 == 0o700


async def test_two_clusters_run_side_by_side_but_never_over_one_directory(initialised, tmp_path):
    async with Cluster.start(initialised, durable=False) as first:
        with pytest.raises(ClusterRefused) as refused:
            async with Cluster.start(initialised, durable=False):
                pass
        async with Cluster.start(tmp_path, durable=False) as second:
            assert first.port != second.port
        assert await run(first.dsn("supabase_admin"), "select 1")
    assert (refused.value.code, str(os.getpid()) in refused.value.message) == (
        "cluster.directory_in_use",
        True,
    )


async def test_a_taken_port_is_named_with_the_option_that_changes_it(initialised):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ClusterRefused) as refused:
            async with Cluster.start(initialised, port, durable=False):
                pass
    assert refused.value.code == "cluster.port_taken"
    assert str(port) in refused.value.message
    assert "--db-port" in (refused.value.hint or "")


async def test_a_directory_that_cannot_be_written_is_refused():
    with pytest.raises(ClusterRefused) as refused:
        async with Cluster.start(Path("/proc/folkmoot"), durable=False):
            pass
    assert refused.value.code == "cluster.directory_unwritable"
    assert "--data-dir" in (refused.value.hint or "")


async def test_data_of_another_major_version_is_refused(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(ClusterRefused) as refused:
        async with Cluster.start(tmp_path, durable=False):
            pass
    assert (refused.value.code, "PostgreSQL 16" in refused.value.message) == ("cluster.data_version", True)


async def test_a_server_that_does_not_start_is_quoted(tmp_path, initialised):
    async with Cluster.start(tmp_path, durable=False):
        pass
    (tmp_path / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(ClusterRefused) as refused:
        async with Cluster.start(tmp_path, durable=False):
            pass
    assert refused.value.code == "cluster.start_failed"
    assert "pg_control" in refused.value.message


async def test_erasing_leaves_an_empty_directory_to_start_in(tmp_path):
    async with Cluster.start(tmp_path, durable=False) as cluster:
        await run(cluster.dsn("supabase_admin"), "create table survivors (name text)")
        with pytest.raises(ClusterRefused):
            await Cluster.erase(tmp_path)
    await Cluster.erase(tmp_path)
    async with Cluster.start(tmp_path, durable=False) as cluster:
        with pytest.raises(asyncpg.UndefinedTableError):
            await names(cluster)
