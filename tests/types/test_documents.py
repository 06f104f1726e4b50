"""What the service really answers has the generated types, as the compiler judges it."""

from __future__ import annotations

import json
from pathlib import Path

import asyncpg
import httpx
import pytest

from backend.devstack.config import read_config
from backend.devstack.migrations import apply_seeds
from backend.protocol.values import encode_text
from backend.runtime.documents import to_value
from backend.runtime.functions import Kind, Visibility
from backend.runtime.reading import Paging, Reader
from backend.runtime.session import Session
from backend.server.app import FUNCTIONS
from schema.language import Table
from schema.language.names import document_table
from schema.tables import CATALOG
from tests.conftest import REPOSITORY, RunningService
from tests.types.deno import diagnostics

SPACE = "c0000000-0000-4000-8000-000000000001"
PAGE = {"numItems": 5, "cursor": None}
PERSON = {"email": "ada@example.org", "password": "password"}  # Of the seed.
ROWS_MAX = 50  # Of each table: enough to meet every kind of row in the seed.

QUERIES: dict[str, dict[str, object]] = {
    "billing:membership": {},
    "courses:list": {},
    "posts:feed": {"spaceId": SPACE, "paginationOpts": PAGE},
    "spaces:list": {},
    "users:me": {},
}
"""Arguments for every query that clients may call, to which the seed has an answer."""

HEAD = f"""\
import type {{ FunctionReturnType }} from "convex/server";
import type {{ api }} from "{(REPOSITORY / "_generated/api.ts").as_uri()}";
import type {{ Doc }} from "{(REPOSITORY / "_generated/dataModel.ts").as_uri()}";

/** The same type with ids as plain text, as a literal has them. */
type Plain<T> = T extends {{ __tableName: string }} ? string
  : T extends (infer Item)[] ? Plain<Item>[]
  : T extends object ? {{ [Key in keyof T]: Plain<T[Key]> }}
  : T;
"""


async def test_every_query_answers_with_the_type_it_promises(seeded: RunningService, tmp_path: Path):
    public = [function for function in FUNCTIONS if function.visibility is Visibility.PUBLIC]
    assert set(QUERIES) == {function.name for function in public if function.kind is Kind.QUERY}
    token = await sign_in(seeded)
    program = HEAD
    for number, (path, arguments) in enumerate(QUERIES.items()):
        answer = await ask(seeded, path, arguments, token)
        assert answer, path  # Nothing at all would fit most types.
        type_ = f"Plain<FunctionReturnType<typeof api.{path.replace('/', '.').replace(':', '.')}>>"
        program += f"export const answer{number}: {type_} = {answer};\n"
    assert await judged(program, tmp_path) == []


async def test_the_documents_of_every_table_have_the_type_of_their_table(
    seeded: RunningService, tmp_path: Path
):
    program, without_rows = HEAD, []
    connection = await asyncpg.connect(seeded.stack.db_url)
    try:
        for table in tables():
            rows = (
                await Reader(Session(connection), None, Paging(b""))
                .query(table)
                .with_deleted()
                .take(ROWS_MAX)
            )
            name = document_table(table.spec())
            program += f'export const {name}: Plain<Doc<"{name}">>[] = {encode_text(to_value(rows))};\n'
            without_rows += [] if rows else [name]
    finally:
        await connection.close()
    assert without_rows == []
    assert await judged(program, tmp_path) == []


async def test_a_document_that_is_not_of_its_type_is_refused(seeded: RunningService, tmp_path: Path):
    [user, *_] = [json.loads(await ask(seeded, "users:me", {}, await sign_in(seeded)))]
    wrong = [
        {**user, "nickname": "Ada"},
        {key: value for key, value in user.items() if key != "bio"},
        {**user, "name": None},
        {**user, "points": "7"},
        {**user, "role": "owner"},
        {**user, "_creationTime": "2026-01-05T09:00:00Z"},
    ]
    documents = [user, *wrong]
    program = HEAD + "".join(
        f'export const user{number}: Plain<Doc<"users">> = {json.dumps(document)};\n'
        for number, document in enumerate(documents)
    )
    first_line = HEAD.count("\n") + 1
    assert await judged(program, tmp_path) == [first_line + number for number in range(1, len(documents))]


async def judged(program: str, folder: Path) -> list[int]:
    """The lines of the program that the compiler refuses."""
    path = folder / "answers.ts"
    path.write_text(program)
    found = await diagnostics(path)
    return list(dict.fromkeys(one.line for one in found))


async def sign_in(service: RunningService) -> str:
    async with httpx.AsyncClient(headers={"apikey": service.stack.anon_key}) as client:
        url = f"{service.stack.api_url}/auth/v1/token?grant_type=password"
        return (await client.post(url, json=PERSON)).raise_for_status().json()["access_token"]


async def ask(service: RunningService, path: str, arguments: dict[str, object], token: str) -> str:
    """The query's answer, as JSON text."""
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {token}"}) as client:
        call = {"path": path, "args": arguments, "format": "convex_encoded_json"}
        answer = (await client.post(f"{service.url}/api/query", json=call)).json()
        assert answer["status"] == "success", answer
        return json.dumps(answer["value"])


def tables() -> list[type[Table]]:
    """The classes of the catalog's tables; other tests declare tables of their own."""
    classes = {
        cls.spec().qualified: cls for cls in Table.__subclasses__() if cls.__module__.startswith("schema.")
    }
    return [classes[table.qualified] for table in CATALOG]


@pytest.fixture
async def seeded(service: RunningService) -> RunningService:
    """The service on a database with the project's seed."""
    config = read_config(REPOSITORY / "supabase/config.toml", environment={})
    await apply_seeds(service.stack.db_url, config.seed_files, root=REPOSITORY)
    return service
