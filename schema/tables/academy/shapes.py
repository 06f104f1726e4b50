"""What stands in the academy's JSON columns."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel

from schema.language import Bounds, Text

Url: TypeAlias = Annotated[str, Text(length_min=1, length_max=2_000)]
Line: TypeAlias = Annotated[str, Text(length_min=1, length_max=500)]
Passage: TypeAlias = Annotated[str, Text(length_min=1, length_max=50_000)]
Markup: TypeAlias = Literal["plain", "markdown"]


class Overview(BaseModel):
    """How a program presents itself."""

    headline: Line | None = None
    body: Passage | None = None
    format: Markup = "markdown"
    outcomes: list[Line] = []
    video_url: Url | None = None


class Written(BaseModel):
    """What somebody wrote in a discussion."""

    text: Passage
    format: Markup = "markdown"


class TextContent(BaseModel):
    """Something to read."""

    text: Passage
    format: Markup = "markdown"


class VideoContent(BaseModel):
    """Something to watch."""

    url: Url
    transcript: Passage | None = None
    captions_url: Url | None = None


class AudioContent(BaseModel):
    """Something to listen to."""

    url: Url
    transcript: Passage | None = None


class ImageContent(BaseModel):
    """Something to look at; `alt` is for those who cannot."""

    url: Url
    alt: Line
    caption: Line | None = None


class InteractiveContent(BaseModel):
    """Something to try out, shown in a frame."""

    url: Url
    height_px: Annotated[int, Bounds(1, 10_000)] | None = None


class DocumentContent(BaseModel):
    """A file to open."""

    url: Url
    media_type: Line
    pages: Annotated[int, Bounds(1, 100_000)] | None = None


class Question(BaseModel):
    """One question of an assessment. `choices` are empty where the answer is free text."""

    id: Line
    prompt: Passage
    choices: list[Line] = []
    points: Annotated[int, Bounds(0, 1_000)] = 1


class Instructions(BaseModel):
    """What an assessment asks; nothing in it tells the right answer."""

    text: Passage | None = None
    questions: list[Question] = []


class AnswerKey(BaseModel):
    """The right choices by question, counted from 0; questions for people to mark are left out."""

    choices: dict[str, list[int]] = {}


class Answers(BaseModel):
    """What somebody answered, by question: the choices made, counted from 0, or a text. Files are linked."""

    choices: dict[str, list[int]] = {}
    texts: dict[str, str] = {}
    file_urls: list[Url] = []


class Feedback(BaseModel):
    """What is said about an attempt: as a whole, and by question."""

    summary: Passage | None = None
    comments: dict[str, str] = {}
    points: dict[str, int] = {}


class CourseCompletion(BaseModel):
    """Earned by completing one course, or so many."""

    course_id: Annotated[str, Text(length_max=36, pattern="^[0-9a-f-]{36}$")] | None = None
    courses: Annotated[int, Bounds(1, 1_000)] = 1


class Streak(BaseModel):
    """Earned by learning on so many days in a row."""

    days: Annotated[int, Bounds(2, 10_000)]


class Contribution(BaseModel):
    """Earned by so many discussions and comments."""

    discussions: Annotated[int, Bounds(0, 10_000)] = 0
    comments: Annotated[int, Bounds(0, 10_000)] = 0


class Special(BaseModel):
    """Given by hand."""

    reason: Line | None = None


class Advance(BaseModel):
    """How far somebody has come towards an achievement."""

    current: Annotated[int, Bounds(0, None)] = 0
    target: Annotated[int, Bounds(1, None)]


class CertificateDetails(BaseModel):
    """What a certificate says beside whom it is for."""

    grade: Line | None = None
    completion_date: Annotated[str, Text(length_max=10, pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = None
    hours: Annotated[int, Bounds(0, 100_000)] | None = None
