"""The real PostgREST client for Python, unmodified."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from postgrest import AsyncPostgrestClient
from postgrest.exceptions import APIError
from postgrest.types import CountMethod, ReturnMethod

from tests.rest.conftest import Rest, bearer


@pytest.fixture
async def client(fresh: Rest) -> AsyncIterator[AsyncPostgrestClient]:
    async with AsyncPostgrestClient("http://rest", http_client=fresh.http) as opened:
        yield opened


async def test_reading(client: AsyncPostgrestClient):
    books = await (
        client.from_("books")
        .select("title, author:authors!inner(name)", count=CountMethod.exact)
        .eq("author.name", "Borges")
        .or_("pages.gt.100,title.eq.Notes")
        .order("title", desc=True)
        .range(0, 0)
        .execute()
    )
    assert books.data == [{"title": "Ficciones", "author": {"name": "Borges"}}]
    assert books.count == 2


@pytest.mark.parametrize(
    ("build", "ids"),
    [
        (lambda books: books.in_("title", ["El Aleph", "Notes"]), [1, 3]),
        (lambda books: books.is_("author_id", "null"), [4]),
        (lambda books: books.not_.is_("author_id", "null"), [1, 2, 3]),
        (lambda books: books.ilike("title", "%o%"), [1, 2, 4]),
        (lambda books: books.match({"genre": "novel", "pages": 174}), [2]),
        (lambda books: books.text_search("title", "aleph", options={"type": "web_search"}), [3]),
        (lambda books: books.range_gt("lent", [5, 7]), [2]),
    ],
)
async def test_filters(client: AsyncPostgrestClient, build, ids):
    query = build(client.from_("books").select("id")).order("id")
    assert (await query.execute()).data == [{"id": id_} for id_ in ids]


async def test_single_rows(client: AsyncPostgrestClient):
    one = await client.from_("readers").select("*").eq("id", 1).single().execute()
    assert one.data == {"id": 1, "name": "Rita"}
    assert await client.from_("readers").select("*").eq("id", 9).maybe_single().execute() is None
    with pytest.raises(APIError) as refused:
        await client.from_("readers").select("*").single().execute()
    assert refused.value.code == "PGRST116"


async def test_writing(client: AsyncPostgrestClient):
    table = client.from_
    rows = [{"id": 8, "name": "Ann"}, {"id": 9, "name": "Bea"}]
    assert (await table("readers").insert(rows).execute()).data == rows
    nothing = await table("readers").insert({"id": 7, "name": "Cy"}, returning=ReturnMethod.minimal).execute()
    assert nothing.data == []
    upserted = await table("readers").upsert([{"id": 9, "name": "Bo"}], count=CountMethod.exact).execute()
    assert (upserted.data, upserted.count) == ([{"id": 9, "name": "Bo"}], 1)
    updated = await table("readers").update({"name": "Di"}).eq("id", 8).execute()
    assert updated.data == [{"id": 8, "name": "Di"}]
    deleted = await table("readers").delete().gte("id", 8).execute()
    assert deleted.data == [{"id": 9, "name": "Bo"}, {"id": 8, "name": "Di"}]


async def test_functions(client: AsyncPostgrestClient):
    assert (await client.rpc("add", {"a": "1", "b": "2"}).execute()).data == 3
    assert (await client.rpc("ids", {}, get=True).limit(2).execute()).data == [1, 2]
    assert (await client.rpc("nothing", {}).execute()).data in ([], None)


async def test_refusals_keep_their_code(client: AsyncPostgrestClient):
    with pytest.raises(APIError) as refused:
        await client.from_("vault").select("*").execute()
    assert refused.value.code == "42501"
    client.auth(bearer("service_role").removeprefix("Bearer "))
    assert (await client.from_("vault").select("*").execute()).data == []


async def test_csv(client: AsyncPostgrestClient):
    reply = await client.from_("readers").select("name").order("name").csv().execute()
    assert reply.data == "name\nRita\nSam"
