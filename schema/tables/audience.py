"""Who a thing is for: the three kinds of visibility that spaces and courses share."""

from typing import Literal, TypeAlias

from schema.language import all_of, equals, has_tier, signed_in
from schema.language.rules import Rule

Visibility: TypeAlias = Literal["public", "members", "paid"]
"""For visitors too, for anyone signed in, or for people with a live membership."""


def in_audience() -> tuple[Rule, ...]:
    """Whom a row's `visibility` and `required_tier` admit: a rule for each kind, any of which is enough."""
    return (
        equals("visibility", "public"),
        all_of(equals("visibility", "members"), signed_in()),
        all_of(equals("visibility", "paid"), has_tier("required_tier")),
    )
