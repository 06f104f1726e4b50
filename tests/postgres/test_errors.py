"""Failures get our names by SQLSTATE, whichever driver met them."""

from __future__ import annotations

import asyncpg
import psycopg
import pytest

from backend.postgres import ASYNCPG_ERRORS, PostgresError, errors, open_pool, translate
from backend.postgres.errors import (
    CheckViolation,
    ForeignKeyViolation,
    InvalidValue,
    NotNullViolation,
    PermissionDenied,
    ReplicationRefused,
    SerializationConflict,
    StatementTimeout,
    Unavailable,
    UniqueViolation,
)
from tests.databases import Database
from tests.postgres.conftest import Connect

ROOMS = """
    create table houses (id int primary key);
    create table rooms (
        id int primary key,
        house_id int constraint rooms_house references houses,
        name text not null constraint rooms_name check (name <> ''),
        constraint rooms_once unique (house_id, name)
    );
    insert into houses values (1);
    insert into rooms values (1, 1, 'kitchen');
"""

FAILURES: dict[str, tuple[type[PostgresError], str, str | None]] = {
    "insert into rooms values (2, 1, 'kitchen')": (UniqueViolation, "23505", "rooms_once"),
    "insert into rooms values (2, 9, 'attic')": (ForeignKeyViolation, "23503", "rooms_house"),
    "delete from houses": (ForeignKeyViolation, "23503", "rooms_house"),
    "insert into rooms values (2, 1, '')": (CheckViolation, "23514", "rooms_name"),
    "insert into rooms values (2, 1, null)": (NotNullViolation, "23502", None),
    "select 'x'::uuid": (InvalidValue, "22P02", None),
    "select 1 / 0": (InvalidValue, "22012", None),
    "alter system set work_mem = '4MB'": (PermissionDenied, "42501", None),
    "set local statement_timeout = 1; select pg_sleep(5)": (StatementTimeout, "57014", None),
    "select * from nowhere": (PostgresError, "42P01", None),
    "do $$ begin raise exception using errcode = '40001'; end $$": (SerializationConflict, "40001", None),
    "do $$ begin raise exception using errcode = '40P01'; end $$": (SerializationConflict, "40P01", None),
    "do $$ begin raise exception using errcode = '55P03'; end $$": (SerializationConflict, "55P03", None),
    "do $$ begin raise exception using errcode = '53300'; end $$": (Unavailable, "53300", None),
    "do $$ begin raise exception using errcode = '57P03'; end $$": (Unavailable, "57P03", None),
}


@pytest.fixture
async def rooms(connect: Connect) -> None:
    await (await connect()).execute(ROOMS)


@pytest.mark.usefixtures("rooms")
@pytest.mark.parametrize("statement", FAILURES)
async def test_both_drivers_errors_become_the_same_error_of_ours(
    statement: str, empty_database: Database, connect: Connect
):
    with pytest.raises(asyncpg.PostgresError) as from_asyncpg:
        await (await connect()).execute(statement)
    async with await psycopg.AsyncConnection.connect(empty_database.dsn(), autocommit=True) as other:
        with pytest.raises(psycopg.Error) as from_psycopg:
            await other.execute(statement.encode())
    first, second = translate(from_asyncpg.value), translate(from_psycopg.value)
    assert (type(first), first.sqlstate, first.constraint) == FAILURES[statement]
    assert (type(second), vars(second)) == (type(first), vars(first))


@pytest.mark.usefixtures("rooms")
async def test_the_message_names_the_constraint_and_only_the_detail_holds_values(connect: Connect):
    with pytest.raises(asyncpg.PostgresError) as raised:
        await (await connect()).execute("insert into rooms values (2, 1, 'kitchen')")
    error = translate(raised.value)
    assert error.message == 'duplicate key value violates unique constraint "rooms_once"'
    assert error.detail == "Key (house_id, name)=(1, kitchen) already exists."
    assert str(error) == error.message


async def test_a_server_that_cannot_be_reached_is_unavailable_and_worth_another_try():
    with pytest.raises(Unavailable) as raised:
        await open_pool("postgresql://nobody@127.0.0.1:1/none", connections_max=1, application_name="test")
    assert raised.value.retry_may_fix
    assert isinstance(translate(psycopg.OperationalError("gone")), Unavailable)
    assert isinstance(translate(TimeoutError()), Unavailable)


async def test_a_connection_that_is_cut_makes_the_statement_unavailable(connect: Connect):
    victim, other = await connect(), await connect()
    await other.fetch("select pg_terminate_backend($1)", victim.get_server_pid())
    with pytest.raises(ASYNCPG_ERRORS) as first:
        await victim.execute("select 1")
    with pytest.raises(ASYNCPG_ERRORS) as later:
        await victim.execute("select 1")
    lost = victim.is_closed()
    assert [type(translate(raised.value, connection_lost=lost)) for raised in (first, later)] == [
        Unavailable
    ] * 2


async def test_an_argument_asyncpg_refuses_is_an_invalid_value(connect: Connect):
    with pytest.raises(asyncpg.DataError) as raised:
        await (await connect()).fetch("select $1::int", "seven")
    assert isinstance(translate(raised.value), InvalidValue)


def test_what_is_not_postgresql_s_is_never_retried():
    error = translate(ValueError("a bug of ours"))
    assert (type(error), error.retry_may_fix, error.sqlstate) == (PostgresError, False, None)
    assert translate(error) is error


CODES = {
    "postgres.failed": (500, False),
    "postgres.serialization_conflict": (409, True),
    "postgres.unavailable": (503, True),
    "postgres.statement_timeout": (504, False),
    "postgres.permission_denied": (403, False),
    "postgres.invalid_value": (400, False),
    "postgres.unique_violation": (409, False),
    "postgres.foreign_key_violation": (409, False),
    "postgres.check_violation": (400, False),
    "postgres.not_null_violation": (400, False),
    "postgres.replication_refused": (500, False),
    "postgres.wal_level_too_low": (500, False),
    "postgres.replication_not_allowed": (500, False),
    "postgres.publication_missing": (500, False),
}


def test_every_error_has_the_code_and_status_it_always_had():
    classes = [PostgresError, *PostgresError.__subclasses__(), *ReplicationRefused.__subclasses__()]
    assert {kind.code: (kind.status, kind.retry_may_fix) for kind in classes} == CODES
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in classes)
