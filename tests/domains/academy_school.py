"""A school to learn in: one program with a course, a module and something to read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from tests.domains.community_people import People, open_people

TEXT = {"text": "A hill is a hall without rent."}


@dataclass
class School:
    """A published program, made by `author`, with one of everything below it."""

    people: People
    author: UUID
    program: UUID
    course: UUID
    module: UUID
    item: UUID

    async def enroll(self, person: UUID, **columns: object) -> UUID:
        """Enrol somebody in the program."""
        return await self.people.add(
            "academy.enrollments", user_id=person, program_id=self.program, **columns
        )

    async def program_of_its_own(self, slug: str) -> tuple[UUID, UUID, UUID, UUID]:
        """Another published program, with a course, a module and an item."""
        return await _make_program(self.people, slug, self.author)

    async def another_item(self, module: UUID | None = None, **columns: object) -> UUID:
        """Something more to read."""
        return await self.people.add(
            "academy.content_items",
            **{"module_id": module or self.module, "type": "text", "title": "More", "content": TEXT}
            | columns,
        )

    def step(self, person: UUID, enrollment: UUID) -> dict[str, object]:
        """The columns of the first step through the program."""
        return {
            "user_id": person,
            "content_item_id": self.item,
            "module_id": self.module,
            "course_id": self.course,
            "program_id": self.program,
            "enrollment_id": enrollment,
        }


@asynccontextmanager
async def open_school(dsn: str) -> AsyncIterator[School]:
    """A school in a database, undone at the end."""
    async with open_people(dsn) as people:
        author = await people.person("Grace")
        yield School(people, author, *await _make_program(people, "assembly", author))


async def _make_program(people: People, slug: str, author: UUID) -> tuple[UUID, UUID, UUID, UUID]:
    program = await people.add(
        "academy.programs", slug=slug, title=slug.title(), is_published=True, created_by=author
    )
    course = await people.add(
        "academy.courses", program_id=program, slug="meeting", title="Meeting", is_published=True
    )
    module = await people.add("academy.modules", course_id=course, title="Hills", is_published=True)
    item = await people.add(
        "academy.content_items", module_id=module, type="text", title="The moot hill", content=TEXT
    )
    return program, course, module, item
