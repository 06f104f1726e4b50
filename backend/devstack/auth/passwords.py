"""Passwords: their rules, and their bcrypt hashes as GoTrue and pgcrypto write them."""

import asyncio
import re
import secrets

import bcrypt

from backend.devstack.auth.errors import WeakPassword, validation_failed
from backend.devstack.auth.settings import AuthSettings

PASSWORD_BYTES_MAX = 72  # bcrypt looks at no more.
_LENGTH_FLOOR = 6  # GoTrue raises a smaller configured minimum to this.
_COST = 10  # Of `$2a$10$`, GoTrue's and crypt()'s default: a hash made here may be checked there.

_BCRYPT_HASH = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}")
_LOWER, _UPPER, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_SYMBOLS = "!@#$%^&*()_+-=[]{};'\\:\"|<>?,./`~"
_REQUIRED_CHARACTERS = {
    "": (),
    "letters_digits": (_LOWER + _UPPER, _DIGITS),
    "lower_upper_letters_digits": (_LOWER, _UPPER, _DIGITS),
    "lower_upper_letters_digits_symbols": (_LOWER, _UPPER, _DIGITS, _SYMBOLS),
}

# Of a password that was thrown away. Compared with when there is nobody to compare with, so that the answer
# takes as long as it does for somebody.
_NOBODYS_HASH = "$2a$10$T2OOzvEWT9pbYKsXeczV4eca/b77Qru.BSJQgiP/J4sR1SscFf/dO"


def check_strength(password: str, settings: AuthSettings) -> None:
    """Raise `WeakPassword` when it breaks the rules, `validation_failed` when bcrypt would cut it."""
    length_bytes = len(password.encode())
    if length_bytes > PASSWORD_BYTES_MAX:
        raise validation_failed(f"Password cannot be longer than {PASSWORD_BYTES_MAX} characters")
    messages: dict[str, str] = {}
    length_min = max(settings.password_length_min, _LENGTH_FLOOR)
    if length_bytes < length_min:
        messages["length"] = f"Password should be at least {length_min} characters."
    required = _REQUIRED_CHARACTERS[settings.password_requirements]
    if not all(set(password) & set(characters) for characters in required):
        listed = ", ".join(required)
        messages["characters"] = f"Password should contain at least one character of each: {listed}."
    if messages:
        raise WeakPassword(" ".join(messages.values()), tuple(messages))


async def hash_password(password: str) -> str:
    """Hash a password of at most `PASSWORD_BYTES_MAX` bytes, off the event loop (some 50 ms)."""
    salt = bcrypt.gensalt(_COST, prefix=b"2a")
    return (await asyncio.to_thread(bcrypt.hashpw, password.encode(), salt)).decode()


async def matches(password: str, password_hash: str | None) -> bool:
    """Say whether the password made this hash. Takes as long when there is no hash to compare with."""
    seen = password.encode()[:PASSWORD_BYTES_MAX]
    if password_hash is None or not is_hash(password_hash):
        await asyncio.to_thread(bcrypt.checkpw, seen, _NOBODYS_HASH.encode())
        return False
    return await asyncio.to_thread(bcrypt.checkpw, seen, password_hash.encode())


def is_hash(text: str) -> bool:
    """Say whether the text is a bcrypt hash, the one kind this service can check."""
    return _BCRYPT_HASH.fullmatch(text) is not None


def generate_password() -> str:
    """A password nobody is told, for users an administrator creates without one."""
    return secrets.token_urlsafe(48)
