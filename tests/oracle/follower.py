"""A program with the unmodified Python convex client, which follows queries: `follower.py URL TOKEN QUERIES`.

QUERIES is JSON, a list of [path, args]. Prints one line for each answer: [number of the query, answer].
"""

import asyncio
import json
import sys
from typing import Any

from convex import ConvexClient


async def main(url: str, token: str, queries: list[tuple[str, Any]]) -> None:
    client = ConvexClient(url)
    client.set_auth(token)

    async def follow(number: int, path: str, args: Any) -> None:
        async for answer in client.subscribe(path, args):
            print(json.dumps([number, answer]), flush=True)

    await asyncio.gather(*(follow(number, *query) for number, query in enumerate(queries)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
