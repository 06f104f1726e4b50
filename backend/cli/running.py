"""The long-running commands: what they start, and how they end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack

from backend.cli.console import show_ready, tell
from backend.cli.service_process import reloading, run_service
from backend.devstack.ports import free_port, require_port
from backend.devstack.stack import StackOptions, open_stack, reset_database


def run_stack(options: StackOptions, *, as_json: bool) -> int:
    """Run the stack until told to end; the exit code."""
    return _run(_stack(options, as_json=as_json))


def run_dev(options: StackOptions, *, service_port: int, as_json: bool) -> int:
    """Run the stack with the service beside it until told to end; the exit code."""
    return _run(_dev(options, service_port=service_port, as_json=as_json))


def run_reset(options: StackOptions) -> int:
    """Empty the database and prepare it again; the exit code."""
    return _run(reset_database(options, tell=tell))


async def _stack(options: StackOptions, *, as_json: bool) -> None:
    async with open_stack(options, tell=tell) as stack:
        tell("Starting the services")
        async with stack.serving():
            show_ready(stack, None, as_json=as_json)
            await stack.ended()


async def _dev(options: StackOptions, *, service_port: int, as_json: bool) -> None:
    if service_port:
        require_port(service_port, option="--service-port")
    async with AsyncExitStack() as open_things:
        stack = await open_things.enter_async_context(open_stack(options, tell=tell))
        tell("Starting the services")
        # The child imports its libraries while we import ours.
        service = await open_things.enter_async_context(run_service(stack, service_port or free_port()))
        await open_things.enter_async_context(stack.serving())
        await service.ready()
        await open_things.enter_async_context(reloading(service, tell=tell))
        show_ready(stack, service.url, as_json=as_json)
        await stack.ended()


def _run(work: Coroutine[None, None, None]) -> int:
    """Run `work` to its end, or until SIGTERM, SIGHUP or Ctrl-C; everything it started ends with it."""
    return asyncio.run(_until_told(work))


async def _until_told(work: Coroutine[None, None, None]) -> int:
    task = asyncio.ensure_future(work)
    told = False

    def end() -> None:
        nonlocal told
        if not told:  # A second Ctrl-C may not interrupt the cleaning up.
            told = True
            task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, end)
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return 0
