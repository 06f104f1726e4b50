"""Related resources inside a read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rest.conftest import Rest, refused


@pytest.mark.parametrize(
    ("url", "rows"),
    [
        (
            "/books?select=id,authors(name)&order=id",
            [
                {"id": 1, "authors": {"name": "Ada"}},
                {"id": 2, "authors": {"name": "Borges"}},
                {"id": 3, "authors": {"name": "Borges"}},
                {"id": 4, "authors": None},
            ],
        ),
        ("/books?select=id,a:author_id(name)&id=eq.1", [{"id": 1, "a": {"name": "Ada"}}]),
        ("/books?select=id,a:books_author_fkey(name)&id=eq.1", [{"id": 1, "a": {"name": "Ada"}}]),
        ("/books?select=id,a:authors!books_author_fkey(name)&id=eq.1", [{"id": 1, "a": {"name": "Ada"}}]),
        (
            "/authors?select=name,books(id)&order=id&books.order=id.desc",
            [
                {"name": "Ada", "books": [{"id": 1}]},
                {"name": "Borges", "books": [{"id": 3}, {"id": 2}]},
                {"name": "Nobody", "books": []},
            ],
        ),
        (
            "/authors?select=name,books(id)&id=eq.2&books.order=id&books.limit=1&books.offset=1",
            [{"name": "Borges", "books": [{"id": 3}]}],
        ),
        (
            "/authors?select=name,books(id)&order=id&books.pages=gt.150",
            [
                {"name": "Ada", "books": []},
                {"name": "Borges", "books": [{"id": 2}]},
                {"name": "Nobody", "books": []},
            ],
        ),
        (
            "/authors?select=name,books!inner(id)&books.pages=gt.150",
            [{"name": "Borges", "books": [{"id": 2}]}],
        ),
        ("/books?select=id,authors!inner(name)&authors.name=eq.Ada", [{"id": 1, "authors": {"name": "Ada"}}]),
        (
            "/authors?select=name,books(id)&id=eq.2&books.or=(id.eq.3,pages.lt.10)",
            [{"name": "Borges", "books": [{"id": 3}]}],
        ),
        (
            "/books?select=id,readers(name)&order=id&readers.order=name",
            [
                {"id": 1, "readers": [{"name": "Sam"}]},
                {"id": 2, "readers": [{"name": "Rita"}, {"name": "Sam"}]},
                {"id": 3, "readers": [{"name": "Rita"}]},
                {"id": 4, "readers": []},
            ],
        ),
        ("/readers?select=name,books!reviews(id)&id=eq.2&books.order=id", [
            {"name": "Sam", "books": [{"id": 1}, {"id": 2}]},
        ]),
        (
            "/authors?select=name,books(id,reviews(stars,reader:readers(name)))&id=eq.1",
            [{"name": "Ada", "books": [{"id": 1, "reviews": [{"stars": 5, "reader": {"name": "Sam"}}]}]}],
        ),
        ("/books?select=id,covers(colour)&id=lt.3&order=id", [
            {"id": 1, "covers": {"colour": "blue"}},
            {"id": 2, "covers": None},
        ]),
        ("/covers?select=colour,books(id)", [{"colour": "blue", "books": {"id": 1}}]),
        ("/shelves?select=id,shelves(id)&id=eq.1", [{"id": 1, "shelves": [{"id": 2}, {"id": 3}]}]),
        ("/shelves?select=id,around:inside_id(label)&id=eq.2", [{"id": 2, "around": {"label": "hall"}}]),
        ("/letters?select=id,from:sender_id(name),to:authors!letters_receiver_fkey(name)", [
            {"id": 1, "from": {"name": "Ada"}, "to": {"name": "Borges"}},
        ]),
        ("/books?select=id,...authors(writer:name)&id=gt.2&order=id", [
            {"id": 3, "writer": "Borges"},
            {"id": 4, "writer": None},
        ]),
        ("/reviews?select=stars,...books(title,...authors(name))&book_id=eq.1", [
            {"stars": 5, "title": "Notes", "name": "Ada"},
        ]),
        ("/books?select=id,...covers(*)&id=eq.1", [{"id": 1, "book_id": 1, "colour": "blue"}]),
        ("/books?select=id,authors()&authors=is.null", [{"id": 4}]),
        ("/authors?select=id,books()&books=not.is.null&order=id", [{"id": 1}, {"id": 2}]),
        ("/authors?select=id,books()&or=(id.eq.3,books.not.is.null)&order=id.desc&limit=2", [
            {"id": 3},
            {"id": 2},
        ]),
        ("/books?select=id,authors(name)&order=authors(name).desc.nullslast,id&limit=3", [
            {"id": 2, "authors": {"name": "Borges"}},
            {"id": 3, "authors": {"name": "Borges"}},
            {"id": 1, "authors": {"name": "Ada"}},
        ]),
        ("/authors?select=name,latest_book(title)&id=eq.2", [
            {"name": "Borges", "latest_book": {"title": "El Aleph"}},
        ]),
        ("/authors?select=name,books(title,shout)&id=eq.1", [
            {"name": "Ada", "books": [{"title": "Notes", "shout": "NOTES"}]},
        ]),
        ("/books?select=*,authors(*)&id=eq.1&select=id", [{"id": 1}]),
    ],
)  # fmt: skip
async def test_related_rows_are_embedded(rest: Rest, url: str, rows: Any):
    assert (await rest.get(url)).brief == (200, rows)


async def test_counts_see_inner_embeds_only(rest: Rest):
    for select, total in (("id,books(id)", 3), ("id,books!inner(id)", 2), ("id,books()&books=is.null", 1)):
        answer = await rest.get(f"/authors?select={select}", Prefer="count=exact")
        assert answer.headers["content-range"].endswith(f"/{total}"), select


async def test_to_many_spreads_are_arrays_where_aggregates_are_allowed(library, rest: Rest):
    from tests.rest.conftest import SETTINGS, open_rest

    url = "/authors?select=name,...books(titles:title)&order=id&books.order=id"
    assert (await rest.get(url)).brief == (
        400,
        refused("PGRST123", "Use of aggregate functions is not allowed"),
    )
    async with open_rest(library, SETTINGS, aggregates_enabled=True) as counting:
        assert (await counting.get(url)).json == [
            {"name": "Ada", "titles": ["Notes"]},
            {"name": "Borges", "titles": ["Ficciones", "El Aleph"]},
            {"name": "Nobody", "titles": []},
        ]


@pytest.mark.parametrize(
    ("url", "status", "body"),
    [
        (
            "/books?select=id,scraps(*)",
            400,
            refused(
                "PGRST200",
                "Could not find a relationship between 'books' and 'scraps' in the schema cache",
                "Searched for a foreign key relationship between 'books' and 'scraps' in the schema "
                "'public', but no matches were found.",
            ),
        ),
        (
            "/books?select=id,author(name)",
            400,
            refused(
                "PGRST200",
                "Could not find a relationship between 'books' and 'author' in the schema cache",
                "Searched for a foreign key relationship between 'books' and 'author' in the schema "
                "'public', but no matches were found.",
                "Perhaps you meant 'authors' instead of 'author'.",
            ),
        ),
        (
            "/letters?select=id,authors(name)",
            300,
            refused(
                "PGRST201",
                "Could not embed because more than one relationship was found for 'letters' and 'authors'",
                [
                    {
                        "cardinality": "many-to-one",
                        "embedding": "letters with authors",
                        "relationship": "letters_receiver_fkey using letters(receiver_id) and authors(id)",
                    },
                    {
                        "cardinality": "many-to-one",
                        "embedding": "letters with authors",
                        "relationship": "letters_sender_fkey using letters(sender_id) and authors(id)",
                    },
                ],
                "Try changing 'authors' to one of the following: 'authors!letters_receiver_fkey', "
                "'authors!letters_sender_fkey'. Find the desired relationship in the 'details' key.",
            ),
        ),
        (
            "/books?select=id&authors.name=eq.Ada",
            400,
            refused(
                "PGRST108",
                "'authors' is not an embedded resource in this request",
                hint="Verify that 'authors' is included in the 'select' query parameter.",
            ),
        ),
        (
            "/authors?select=id,books(id)&order=books(id)",
            400,
            refused(
                "PGRST118",
                "A related order on 'books' is not possible",
                "'authors' and 'books' do not form a many-to-one or one-to-one relationship",
            ),
        ),
        (
            "/authors?select=id,books(id)&books=eq.1",
            400,
            refused(
                "PGRST120",
                "Bad operator on the 'books' embedded resource",
                "Only is null or not is null filters are allowed on embedded resources",
            ),
        ),
        (
            "/authors?select=id,books(nope)",
            400,
            refused("42703", "column books.nope does not exist"),
        ),
    ],
)
async def test_embeds_that_cannot_be_are_refused(rest: Rest, url: str, status: int, body: Any):
    assert (await rest.get(url)).brief == (status, body)
