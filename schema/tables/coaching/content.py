"""What the tables of coaching content share: frameworks, levels, and who reads and writes it."""

from typing import Annotated, Literal, TypeAlias

from schema.language import Access, Text, admin, all_of, any_of, equals, moderator, signed_in
from schema.language.rules import Rule

Framework: TypeAlias = Literal["core", "icf", "ac"]
"""The school of coaching."""

Level: TypeAlias = Literal[
    "core-i", "core-ii", "core-iii", "icf-i", "icf-ii", "icf-iii", "ac-i", "ac-ii", "ac-iii"
]
"""How far one has come in it."""

Competency: TypeAlias = Annotated[str, Text(length_min=1, length_max=120)]
"""A field of skill, by its key: `active_listening`. `competency_display_names` says what to call it."""

Title: TypeAlias = Annotated[str, Text(length_min=1, length_max=300)]
"""What a thing is called."""

Passage: TypeAlias = Annotated[str, Text(length_min=1, length_max=10_000)]
"""Some sentences."""

ContextLevel: TypeAlias = Annotated[str, Text(length_min=1, length_max=60)]
"""Whom a passage speaks to, such as `beginner`."""


def active() -> Rule:
    """What is in use, for anyone signed in; what is not, for moderators too."""
    return any_of(all_of(equals("is_active", True), signed_in()), moderator())


def written_by_admins(read: Rule, *columns: str) -> Access:
    """Admins make content, change its `columns` and remove it; `read` says who sees it."""
    return Access(read=read, insert=admin(), update=admin().columns(*columns), delete=admin())
