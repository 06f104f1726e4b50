"""Who may do what in the academy.

The owner of programs, courses, modules and what is in them is whoever made the program; elsewhere, the person
a row is about.
"""

from tests.access.expectation import (
    CALLER,
    EVERYONE,
    MEMBER,
    MODERATORS,
    OWNER,
    SIGNED_IN,
    Expected,
    Row,
    the,
)

_EDITORS = "owner moderator admin"
_ENROLLED = "owner member moderator admin"
_MEMBER_IS_ENROLLED = Row(
    "academy.enrollments", {"user_id": MEMBER, "program_id": the("academy.programs", "published")}
)
_MEMBER_HAS_DROPPED_OUT = Row(
    "academy.enrollments",
    {"user_id": MEMBER, "program_id": the("academy.programs", "published"), "status": "dropped"},
)

_PROGRAM = {
    "slug": "assembly",
    "title": "Assembly",
    "description": "How people meet",
    "overview": {"headline": "Two courses"},
    "difficulty_level": "beginner",
    "estimated_duration_weeks": 12,
    "thumbnail_url": "https://media.example.org/hill.png",
    "is_published": True,
    "created_by": OWNER,
}
_PROGRAM_OPTIONAL = (
    "description overview difficulty_level estimated_duration_weeks thumbnail_url is_published"
)
_COURSE = {
    "program_id": the("academy.programs", "published"),
    "slug": "meeting",
    "title": "Meeting",
    "description": "Places and times",
    "estimated_hours": 10,
    "learning_objectives": ["Lay out a room"],
    "is_published": True,
}
_NEW_COURSE = {"slug": "deciding", "title": "Deciding"}
_COURSE_OPTIONAL = "description order_index estimated_hours prerequisites learning_objectives is_published"
_MODULE = {
    "course_id": the("academy.courses", "published"),
    "title": "Hills",
    "description": "Where people met",
    "estimated_minutes": 60,
    "is_published": True,
}
_MODULE_OPTIONAL = "description order_index type estimated_minutes is_published"
_ITEM = {
    "module_id": the("academy.modules", "published"),
    "type": "video",
    "title": "A walk",
    "content": {"url": "https://media.example.org/walk.mp4"},
    "duration_seconds": 540,
}
_ASSESSMENT = {
    "module_id": the("academy.modules", "published"),
    "title": "What did you keep?",
    "instructions": {"text": "One answer each."},
    "answer_key": {"choices": {"hill": [0]}},
    "passing_score": 60,
    "max_attempts": 3,
    "time_limit_minutes": 15,
}
_ASSESSMENT_COLUMNS = "title type instructions answer_key passing_score max_attempts time_limit_minutes"
_DISCUSSION = {"user_id": OWNER, "title": "Start here", "content": {"text": "Hello"}}
_NEW_DISCUSSION = {"user_id": CALLER, "title": "A question", "content": {"text": "Why?"}}

_CATALOGUE = (
    Expected(
        table="academy.programs",
        case="published",
        row=_PROGRAM,
        new={"slug": "songs", "title": "Songs", "created_by": CALLER},
        new_optional=_PROGRAM_OPTIONAL,
        changes={"slug": "the-assembly"},
        read=EVERYONE,
        insert=MODERATORS,
        update={f"slug title {_PROGRAM_OPTIONAL}": _EDITORS},
        delete="admin",
    ),
    Expected(
        table="academy.programs",
        case="draft",
        row={**_PROGRAM, "slug": "draft", "is_published": False},
        new={"slug": "songs", "title": "Songs", "created_by": CALLER},
        new_optional=_PROGRAM_OPTIONAL,
        changes={"slug": "first-draft"},
        read=_EDITORS,
        insert=MODERATORS,
        update={f"slug title {_PROGRAM_OPTIONAL}": _EDITORS},
        delete="admin",
    ),
    Expected(
        table="academy.courses",
        case="published",
        row=_COURSE,
        new={**_NEW_COURSE, "program_id": the("academy.programs", "published")},
        new_optional=_COURSE_OPTIONAL,
        changes={"slug": "meetings"},
        read=EVERYONE,
        insert=_EDITORS,
        update={f"slug title {_COURSE_OPTIONAL}": _EDITORS},
        delete="admin",
    ),
    Expected(
        table="academy.courses",
        case="draft",
        row={**_COURSE, "is_published": False},
        new={**_NEW_COURSE, "program_id": the("academy.programs", "published")},
        new_optional=_COURSE_OPTIONAL,
        changes={"slug": "meetings"},
        read=_EDITORS,
        insert=_EDITORS,
        update={f"slug title {_COURSE_OPTIONAL}": _EDITORS},
        delete="admin",
    ),
    Expected(
        table="academy.courses",
        case="in a draft program",
        row={**_COURSE, "program_id": the("academy.programs", "draft")},
        new={**_NEW_COURSE, "program_id": the("academy.programs", "draft")},
        new_optional=_COURSE_OPTIONAL,
        changes={"slug": "meetings"},
        read=_EDITORS,
        insert=_EDITORS,
        update={f"slug title {_COURSE_OPTIONAL}": _EDITORS},
        delete="admin",
    ),
    Expected(
        table="academy.modules",
        case="published",
        row=_MODULE,
        new={"course_id": the("academy.courses", "published"), "title": "Halls"},
        new_optional=_MODULE_OPTIONAL,
        read=EVERYONE,
        insert=_EDITORS,
        update={f"title {_MODULE_OPTIONAL}": _EDITORS},
        delete="admin",
    ),
    Expected(
        table="academy.modules",
        case="draft",
        row={**_MODULE, "is_published": False},
        new={"course_id": the("academy.courses", "published"), "title": "Halls"},
        new_optional=_MODULE_OPTIONAL,
        read=_EDITORS,
        insert=_EDITORS,
        update={f"title {_MODULE_OPTIONAL}": _EDITORS},
        delete="admin",
    ),
    Expected(
        table="academy.modules",
        case="in a draft course",
        row={**_MODULE, "course_id": the("academy.courses", "draft")},
        new={"course_id": the("academy.courses", "draft"), "title": "Halls"},
        new_optional=_MODULE_OPTIONAL,
        read=_EDITORS,
        insert=_EDITORS,
        update={f"title {_MODULE_OPTIONAL}": _EDITORS},
        delete="admin",
    ),
)

_CONTENT = (
    Expected(
        table="academy.content_items",
        case="published",
        row=_ITEM,
        beside=(_MEMBER_IS_ENROLLED,),
        new=_ITEM,
        new_optional="order_index",
        changes={"type": "video"},
        read=_ENROLLED,
        insert=_EDITORS,
        update={"type title content order_index duration_seconds": _EDITORS},
        delete="admin",
    ),
    Expected(
        table="academy.content_items",
        case="of a program the member has dropped",
        row=_ITEM,
        beside=(_MEMBER_HAS_DROPPED_OUT,),
        new=_ITEM,
        new_optional="order_index",
        changes={"type": "video"},
        read=_EDITORS,
        insert=_EDITORS,
        update={"type title content order_index duration_seconds": _EDITORS},
        delete="admin",
    ),
    Expected(
        table="academy.content_items",
        case="in a draft module",
        row={**_ITEM, "module_id": the("academy.modules", "draft")},
        beside=(_MEMBER_IS_ENROLLED,),
        new={**_ITEM, "module_id": the("academy.modules", "draft")},
        new_optional="order_index",
        changes={"type": "video"},
        read=_EDITORS,
        insert=_EDITORS,
        update={"type title content order_index duration_seconds": _EDITORS},
        delete="admin",
    ),
    Expected(
        table="academy.assessments",
        row=_ASSESSMENT,
        beside=(_MEMBER_IS_ENROLLED,),
        new={"module_id": the("academy.modules", "published"), "title": "Again", "answer_key": {}},
        new_optional="type instructions passing_score max_attempts time_limit_minutes",
        read=_ENROLLED,
        insert=_EDITORS,
        update={_ASSESSMENT_COLUMNS: _EDITORS},
        delete="admin",
        hidden="answer_key",
    ),
)

_LEARNING = (
    Expected(
        table="academy.users",
        row={"id": OWNER},
        changes={"preferred_language": "de-AT", "timezone": "Europe/Vienna"},
        read=_EDITORS,
        update={"preferred_language timezone": "owner"},
        direct="update",
    ),
    Expected(
        table="academy.enrollments",
        row={
            "user_id": OWNER,
            "program_id": the("academy.programs", "published"),
            "target_completion_date": "2026-06-30",
        },
        new={"user_id": CALLER, "program_id": the("academy.programs", "published")},
        new_optional="target_completion_date",
        changes={"status": "paused"},
        read=_EDITORS,
        insert=SIGNED_IN,
        update={"status target_completion_date": "owner"},
        direct="insert update",
    ),
    Expected(
        table="academy.enrollments",
        case="in a draft program",
        row={"user_id": OWNER, "program_id": the("academy.programs", "draft")},
        new={"user_id": CALLER, "program_id": the("academy.programs", "draft")},
        new_optional="target_completion_date",
        changes={"status": "dropped", "target_completion_date": "2026-06-30"},
        read=_EDITORS,
        insert=_EDITORS,
        update={"status target_completion_date": "owner"},
        direct="insert update",
    ),
    Expected(
        table="academy.enrollments",
        case="completed",
        row={
            "user_id": OWNER,
            "program_id": the("academy.programs", "published"),
            "status": "completed",
            "target_completion_date": "2026-06-30",
        },
        new={"user_id": CALLER, "program_id": the("academy.programs", "published")},
        new_optional="target_completion_date",
        read=_EDITORS,
        insert=SIGNED_IN,
        direct="insert",
    ),
    Expected(
        table="academy.progress",
        row={
            "user_id": OWNER,
            "content_item_id": the("academy.content_items", "published"),
            "module_id": the("academy.modules", "published"),
            "course_id": the("academy.courses", "published"),
            "program_id": the("academy.programs", "published"),
            "enrollment_id": the("academy.enrollments"),
            "started_at": "2026-01-06T10:00:00Z",
        },
        new={
            "user_id": OWNER,
            "content_item_id": the("academy.content_items", "published"),
            "module_id": the("academy.modules", "published"),
            "course_id": the("academy.courses", "published"),
            "program_id": the("academy.programs", "published"),
            "enrollment_id": the("academy.enrollments"),
        },
        new_optional="started_at completed_at time_spent_seconds progress_data",
        read=_EDITORS,
        insert="owner",
        update={"completed_at time_spent_seconds progress_data": "owner"},
        direct="insert update",
    ),
    Expected(
        table="academy.assessment_attempts",
        row={
            "user_id": OWNER,
            "assessment_id": the("academy.assessments"),
            "score": 50,
            "passed": False,
            "feedback": {"summary": "Look again"},
        },
        beside=(_MEMBER_IS_ENROLLED,),
        new={"user_id": CALLER, "assessment_id": the("academy.assessments"), "attempt_number": 2},
        read=_EDITORS,
        insert=_ENROLLED,
    ),
)

_TALK = (
    Expected(
        table="academy.discussions",
        case="about a course",
        row={**_DISCUSSION, "course_id": the("academy.courses", "published")},
        new={**_NEW_DISCUSSION, "course_id": the("academy.courses", "published")},
        new_optional="module_id",
        read=SIGNED_IN,
        insert=SIGNED_IN,
        update={"title content deleted_at": _EDITORS, "is_pinned is_locked": MODERATORS},
    ),
    Expected(
        table="academy.discussions",
        case="locked",
        row={**_DISCUSSION, "course_id": the("academy.courses", "published"), "is_locked": True},
        new={**_NEW_DISCUSSION, "course_id": the("academy.courses", "published")},
        new_optional="module_id",
        read=SIGNED_IN,
        insert=SIGNED_IN,
        update={"title content is_pinned is_locked deleted_at": MODERATORS},
    ),
    Expected(
        table="academy.discussions",
        case="about a draft module",
        row={
            **_DISCUSSION,
            "module_id": the("academy.modules", "draft"),
            "course_id": the("academy.courses", "published"),
        },
        new={
            **_NEW_DISCUSSION,
            "module_id": the("academy.modules", "draft"),
            "course_id": the("academy.courses", "published"),
        },
        read=_EDITORS,
        insert=_EDITORS,
        update={"title content deleted_at": _EDITORS, "is_pinned is_locked": MODERATORS},
    ),
    Expected(
        table="academy.comments",
        row={
            "discussion_id": the("academy.discussions", "about a course"),
            "user_id": OWNER,
            "content": {"text": "Indeed"},
        },
        new={
            "discussion_id": the("academy.discussions", "about a course"),
            "user_id": CALLER,
            "content": {"text": "Indeed"},
        },
        new_optional="parent_id",
        read=SIGNED_IN,
        insert=SIGNED_IN,
        update={"content is_edited deleted_at": _EDITORS},
    ),
    Expected(
        table="academy.comments",
        case="in a locked discussion",
        row={
            "discussion_id": the("academy.discussions", "locked"),
            "user_id": OWNER,
            "content": {"text": "Indeed"},
        },
        new={
            "discussion_id": the("academy.discussions", "locked"),
            "user_id": CALLER,
            "content": {"text": "Indeed"},
        },
        read=SIGNED_IN,
        update={"content is_edited deleted_at": MODERATORS},
    ),
)

_REWARDS = (
    Expected(
        table="academy.achievements",
        row={
            "name": "A week",
            "description": "Seven days",
            "icon_url": "https://media.example.org/week.svg",
            "type": "streak",
            "criteria": {"days": 7},
            "points": 30,
        },
        new={"name": "Founder", "type": "special", "criteria": {}},
        new_optional="description icon_url points",
        changes={"type": "streak"},
        read=SIGNED_IN,
        insert="admin",
        update={"name description icon_url type criteria points": "admin"},
        delete="admin",
    ),
    Expected(
        table="academy.user_achievements",
        row={
            "user_id": OWNER,
            "achievement_id": the("academy.achievements"),
            "earned_at": "2026-01-06T10:00:00Z",
            "progress": {"current": 7, "target": 7},
        },
        read=_EDITORS,
    ),
    Expected(
        table="academy.certificates",
        row={
            "user_id": OWNER,
            "program_id": the("academy.programs", "published"),
            "certificate_number": "FM-1",
            "verification_url": "https://folkmoot.example.org/certificates/FM-1",
            "metadata": {"grade": "passed"},
        },
        changes={"certificate_number": "FM-2"},
        read=_EDITORS,
    ),
)

EXPECTED = (*_CATALOGUE, *_CONTENT, *_LEARNING, *_TALK, *_REWARDS)
