"""Proof of what was learnt."""

from typing import Annotated

from pydantic import Field

from schema.language import (
    Access,
    Index,
    JsonObject,
    Ref,
    Shape,
    Table,
    Text,
    Timestamp,
    any_of,
    caller_is,
    moderator,
    now,
)
from schema.tables.academy.courses import Course
from schema.tables.academy.programs import Program
from schema.tables.academy.shapes import CertificateDetails
from schema.tables.users import User


class Certificate(Table, name="certificates", schema="academy"):
    """One certificate of a program or of a course, which it outlives.

    Its holder sees it, and moderators do. Only the service issues certificates; the public checks one by its
    number, through the service.
    """

    user_id: Ref[User]
    program_id: Ref[Program] | None = None
    course_id: Ref[Course] | None = None
    issued_at: Timestamp = now()
    certificate_number: Annotated[str, Text(length_min=1, length_max=60, pattern="^[A-Z0-9-]+$")]
    verification_url: Annotated[str, Text(length_max=2_000)] | None = None
    metadata: Annotated[JsonObject, Shape(CertificateDetails)] = Field(default_factory=dict)

    indexes = (
        Index("by_certificate_number", "certificate_number", unique=True),
        Index("by_user_id", "user_id", "issued_at"),
        Index("by_program_id", "program_id", "issued_at"),
        Index("by_course_id", "course_id", "issued_at"),
    )
    access = Access(read=any_of(caller_is("user_id"), moderator()))
