"""`folkmoot dev` adds the service to the stack, and starts it again when its code changes."""

import asyncio
import os
import signal
import socket
import time
from pathlib import Path

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect

import backend
from tests.devstack.conftest import Project

RESTART_TIMEOUT_S = 30.0  # A restart takes two seconds; the machine may be busy with other tests.
RESTART_POLL_S = 0.1


@pytest.fixture(scope="module")
def repository():
    """This project itself: the service needs its tables."""
    return Project(Path(backend.__path__[0]).parent)


FREE_PORTS = ("--api-port", "0", "--db-port", "0", "--service-port", "0")


def dev(repository, data, **environment):
    return repository.folkmoot("dev", "--json", "--data-dir", str(data), *FREE_PORTS, **environment)


def service_of(command):
    """The process of the service that `command` runs now; None between two."""
    children = psutil.Process(command.process.pid).children()
    return next((child for child in children if "python" in child.name()), None)


def answers(facts):
    try:
        return httpx.get(f"{facts['service_url']}/version").status_code == 200
    except httpx.TransportError:
        return False


async def eventually(holds):
    """Wait until `holds()`, asking now and then: another process cannot tell us."""
    deadline_s = time.monotonic() + RESTART_TIMEOUT_S
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < deadline_s
        await asyncio.sleep(RESTART_POLL_S)


async def test_the_service_answers_and_everything_ends_when_told_to(repository, tmp_path):
    async with dev(repository, tmp_path) as command:
        facts = await command.ready()
        assert await asyncio.to_thread(answers, facts)
        # Browsers always offer compression, and it would cost more than all else that is done for a message.
        async with connect(
            facts["service_url"].replace("http", "ws") + "/api/sync", compression="deflate"
        ) as open_socket:
            assert "Sec-WebSocket-Extensions" not in open_socket.response.headers
        code, stdout, stderr = await command.send(signal.SIGTERM)
        assert (code, stdout, "Traceback" in stderr, await command.all_gone()) == (0, "", False, True)


async def test_a_changed_file_starts_the_service_again_on_the_same_port(repository, tmp_path):
    async with dev(repository, tmp_path) as command:
        facts = await command.ready()
        before = service_of(command)
        os.utime(Path(backend.__path__[0], "__init__.py"))
        await eventually(lambda: service_of(command) not in (before, None))
        command.look_around()
        await eventually(lambda: answers(facts))
        command.process.kill()
        await command.process.wait()
        assert await command.all_gone()


async def test_a_taken_service_port_is_named_with_its_option(repository, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        arguments = ("--api-port", "0", "--db-port", "0", "--service-port", port, "--data-dir", str(tmp_path))
        async with repository.folkmoot("dev", *arguments) as command:
            code, stdout, stderr = await command.ended()
    assert (code, stdout, "[cluster.port_taken]" in stderr, "--service-port" in stderr) == (1, "", True, True)


async def test_a_service_that_does_not_start_ends_the_command_with_a_message(repository, tmp_path):
    async with dev(repository, tmp_path, FOLKMOOT_PRODUCTION="perhaps") as command:
        code, stdout, stderr = await command.ended()
    assert (code, stdout) == (1, "")
    assert "FOLKMOOT_PRODUCTION" in stderr
    assert "[service.ended]" in stderr


async def test_the_service_alone_names_the_settings_it_lacks(project):
    async with project.folkmoot("service") as command:
        code, stdout, stderr = await command.ended()
    assert (code, stdout, "Traceback" in stderr) == (1, "", False)
    assert "FOLKMOOT_DATABASE_URL" in stderr
