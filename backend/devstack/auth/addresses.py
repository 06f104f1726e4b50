"""E-mail addresses and phone numbers, in the one spelling they are stored in."""

import re

from backend.devstack.auth.errors import validation_failed

EMAIL_LENGTH_MAX = 255  # The width of auth.users.email.

# The HTML standard's pattern for <input type=email>, which is also GoTrue's.
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_EMAIL = re.compile(rf"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*")
_E164 = re.compile(r"[1-9][0-9]{1,14}")


def normalize_email(email: str) -> str:
    """Return the address in lower case; raise `validation_failed` when it cannot be one.

    >>> normalize_email("Ada@Example.COM")
    'ada@example.com'
    """
    if not email:
        raise validation_failed("An email address is required")
    if len(email) > EMAIL_LENGTH_MAX:
        raise validation_failed("An email address is too long")
    if _EMAIL.fullmatch(email) is None:
        raise validation_failed("Unable to validate email address: invalid format")
    return email.lower()


def normalize_phone(phone: str) -> str:
    """Return the number in E.164 without its plus sign; raise `validation_failed` when it cannot be one.

    >>> normalize_phone("+49 151 2345678")
    '491512345678'
    """
    digits = phone.removeprefix("+").replace(" ", "")
    if _E164.fullmatch(digits) is None:
        raise validation_failed("Invalid phone number format (E.164 required)")
    return digits
