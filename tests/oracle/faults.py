"""What may break in the middle of a history. Each is over when what it broke works again."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress

from tests.oracle.deeds import comment_on
from tests.oracle.history import History
from tests.oracle.place import Copy

PAUSE_S = (0.2, 1.0)
SILENCE_S = (0.3, 1.5)
COMMITTED = b"COMMIT\0"  # As PostgreSQL tells whoever commits.
COMMIT_DELAY_S, LATE_TIMES = 0.3, 3  # Longer than a tick takes, also on a busy machine.


# --- PostgreSQL ---


async def postgres_is_killed(history: History) -> None:
    await history.place.postgres.crash(signal.SIGKILL)


async def postgres_shuts_down_at_once(history: History) -> None:
    await history.place.postgres.crash(signal.SIGQUIT)


async def postgres_restarts(history: History) -> None:
    """As an upgrade does: connections are ended, and new ones refused for a moment."""
    await history.place.postgres.crash(signal.SIGINT)


async def some_backends_are_terminated(history: History) -> None:
    await history.place.as_superuser(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid() and random() < 0.5"
    )


async def a_backend_is_killed(history: History) -> None:
    """By which the server ends all others, and recovers from its log."""
    [row] = await history.place.insist("select pg_backend_pid() as pid")
    with suppress(ProcessLookupError):
        os.kill(row["pid"], signal.SIGKILL)


async def the_walsender_is_terminated(history: History) -> None:
    await history.place.as_superuser(
        "select pg_terminate_backend(active_pid) from pg_replication_slots "
        "where database = current_database()"
    )


async def the_slot_is_dropped(history: History) -> None:
    """With its sender: a slot in use cannot be dropped. What is written meanwhile is in no stream."""
    await history.place.as_superuser(
        "select pg_terminate_backend(active_pid, 1000) from pg_replication_slots "
        "where database = current_database()"
    )
    await history.place.as_superuser(
        "select pg_drop_replication_slot(slot_name) from pg_replication_slots "
        "where database = current_database() and not active"
    )


async def running_statements_are_cancelled(history: History) -> None:
    await history.place.as_superuser(
        "select pg_cancel_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid() and state = 'active'"
    )


# --- the way to PostgreSQL ---


async def commits_are_told_late(history: History) -> None:
    """They show in the feed, and in what is read, before those hear of it who made them."""
    history.trunk.slow[COMMITTED] = COMMIT_DELAY_S
    for _ in range(LATE_TIMES):
        said = [
            comment_on(history, client, watch.args["postId"])
            for client in history.clients
            for watch in client.watches.values()
            if watch.ledger and client.person is not None
        ]
        await asyncio.gather(*said)
    del history.trunk.slow[COMMITTED]


async def answers_of_postgres_are_lost(history: History) -> None:
    """Who has just committed cannot know whether it has."""
    wires = history.trunk.deaden(0.5, up=False, down=True)
    await asyncio.sleep(history.chance.uniform(*PAUSE_S))
    for wire in wires:
        wire.cut()


async def connections_to_postgres_are_cut(history: History) -> None:
    history.trunk.cut(0.5)


# --- the service ---


async def the_service_is_killed(history: History) -> None:
    await _some_copy(history).crash()


async def the_service_is_paused(history: History) -> None:
    copy = _some_copy(history)
    copy.pause()
    await asyncio.sleep(history.chance.uniform(*PAUSE_S))
    copy.resume()


def _some_copy(history: History) -> Copy:
    return history.chance.choice(history.place.copies)


# --- the network ---


async def all_connections_are_cut(history: History) -> None:
    history.network.cut()


async def half_of_the_connections_are_cut(history: History) -> None:
    history.network.cut(0.5)


async def some_connections_go_dead(history: History) -> None:
    """Nothing passes, and nobody is told; later they are cut."""
    wires = history.network.deaden(0.4, up=True, down=True)
    await asyncio.sleep(history.chance.uniform(*SILENCE_S))
    for wire in wires:
        wire.cut()


async def answers_are_lost(history: History) -> None:
    """What clients say still arrives, and the answers never do."""
    wires = history.network.deaden(0.5, up=False, down=True)
    await asyncio.sleep(history.chance.uniform(*SILENCE_S))
    for wire in wires:
        wire.cut()


async def answers_are_late(history: History) -> None:
    wires = history.network.deaden(0.5, up=False, down=True)
    await asyncio.sleep(history.chance.uniform(*SILENCE_S))
    for wire in wires:
        wire.revive()


async def a_copy_gets_no_new_connections(history: History) -> None:
    """As in a deployment: all move to the others, which are not as far perhaps, and later some come back."""
    ports = [copy.port for copy in history.place.copies]
    history.network.ports = [history.chance.choice(ports)]
    history.network.cut()
    await asyncio.sleep(history.chance.uniform(*SILENCE_S))
    history.network.ports = ports


OF_POSTGRES = (
    postgres_is_killed,
    postgres_shuts_down_at_once,
    postgres_restarts,
    some_backends_are_terminated,
    a_backend_is_killed,
    the_walsender_is_terminated,
    the_slot_is_dropped,
    running_statements_are_cancelled,
)
ON_THE_WAY_TO_POSTGRES = (
    commits_are_told_late,
    answers_of_postgres_are_lost,
    connections_to_postgres_are_cut,
)
OF_THE_SERVICE = (the_service_is_killed, the_service_is_paused)
OF_THE_NETWORK = (
    all_connections_are_cut,
    half_of_the_connections_are_cut,
    some_connections_go_dead,
    answers_are_lost,
    answers_are_late,
)
