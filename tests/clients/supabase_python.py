"""The unmodified Python Supabase client, closed when done with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from supabase import AsyncClient, AsyncClientOptions, acreate_client


@asynccontextmanager
async def open_supabase(api_url: str, key: str) -> AsyncIterator[AsyncClient]:
    """A client with `key`, which makes it a visitor's or the service role's."""
    async with httpx.AsyncClient() as http:
        options = AsyncClientOptions(httpx_client=http, auto_refresh_token=False)
        yield await acreate_client(api_url, key, options)
