"""A program with the unmodified Python convex client; see test_python_clients.py.

A process of its own: the client's calls hold the interpreter lock while they wait, so that a server in the
same process could not answer. Prints one line of JSON for each step.
"""

import json
import sys
from itertools import groupby
from typing import Any

from convex import ConvexClient, ConvexError
from convex.http_client import ConvexHttpClient


def main(service_url: str, token: str, space: str, post: str) -> None:
    feed_args = {"spaceId": space, "paginationOpts": {"numItems": 50, "cursor": None}}
    client = ConvexClient(service_url)
    say("visitor sees", names(client.query("spaces:list")))
    client.set_auth(token)
    say("member sees", names(client.query("spaces:list")))

    # The Python client repeats its answers at every transition, also at one that changes none of them.
    answers = (counts for counts, _ in groupby(map(like_counts, client.subscribe("posts:feed", feed_args))))
    say("first answer", next(answers))
    say("likes", client.mutation("posts:toggleLike", {"postId": post}))
    say("second answer", next(answers))
    try:
        client.mutation("posts:remove", {"postId": post})
    except ConvexError as refusal:
        say("refused", refusal.data["code"])
    say("third answer", next(answers))  # After someone else has liked the post, too.

    http = ConvexHttpClient(service_url)
    http.set_auth(token)
    say("by http", like_counts(http.query("posts:feed", feed_args)))
    say("unlikes", http.mutation("posts:toggleLike", {"postId": post}))
    say("fourth answer", next(answers))


def say(step: str, value: object) -> None:
    print(json.dumps({step: value}), flush=True)


def names(spaces: Any) -> list[str]:
    return sorted(space["name"] for space in spaces)


def like_counts(feed: Any) -> list[float]:
    return [post["likeCount"] for post in feed["page"]]


if __name__ == "__main__":
    main(*sys.argv[1:])
