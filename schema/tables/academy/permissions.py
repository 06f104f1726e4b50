"""What may be done with the academy's rows, besides seeing them."""

from schema.language import can
from schema.language.rules import Rule

EDIT, ATTEND, ANSWER = "edit", "attend", "answer"


def can_edit(column: str) -> Rule:
    """Whoever may write what the row that `column` refers to is made of."""
    return can(EDIT, column)


def can_attend(column: str) -> Rule:
    """Whoever may work through the row that `column` refers to."""
    return can(ATTEND, column)


def can_answer(column: str) -> Rule:
    """Whoever may comment on the discussion that `column` refers to."""
    return can(ANSWER, column)
