"""Log lines: a JSON object each, or text on a terminal, and nothing in them that has to stay secret.

Ours are written by structlog; those of libraries, which use Python's own logging, come out the same way.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias
from urllib.parse import unquote, urlsplit

import msgspec
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from backend.runtime.tracing import NOT_TRACED, Tracing

LogForm: TypeAlias = Literal["json", "text"]

SECRET_CHARACTERS_MIN = 8  # Shorter ones are words, and would be blacked out wherever they stand.
BLACKED_OUT = "[secret]"

# What proves something to somebody: JSON Web Tokens, what stands in the `Authorization` of a request,
# passwords in URLs, the keys of Supabase and Stripe. Each with a text that any of its kind holds.
_TOKENS = {
    "eyJ": r"eyJ[\w-]{6,}\.[\w-]+\.[\w-]*",
    "earer ": r"(?<=[Bb]earer )[^\s\"',]+",
    "asic ": r"(?<=[Bb]asic )[\w+/=]+",
    "://": r"(?<=://)[^/\s:@]+:[^\s@]+(?=@)",
    "sb_secret_": r"\bsb_secret_\w+",
    "k_live_": r"\b[sr]k_live_\w+",
    "k_test_": r"\b[sr]k_test_\w+",
    "whsec_": r"\bwhsec_\w+",
}


class Redaction:
    """Blacks out secrets in text. `secrets`: those of this service, whole or as URLs that hold a password."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {part for secret in secrets for part in _parts(secret) if len(part) >= SECRET_CHARACTERS_MIN}
        # The longest first: one secret may hold another.
        literal = map(re.escape, sorted(known, key=len, reverse=True))
        self._pattern = re.compile("|".join((*literal, *_TOKENS.values())))
        self._hints = (*_TOKENS, *known)

    def __call__(self, text: str) -> str:
        """The text without its secrets."""
        # Nearly every line has none, and to look for a text costs a tenth of looking for a pattern.
        for hint in self._hints:
            if hint in text:
                return self._pattern.sub(BLACKED_OUT, text)
        return text


def _parts(secret: str) -> Iterable[str]:
    yield secret
    if "://" in secret:
        password = urlsplit(secret).password or ""
        yield from (password, unquote(password))


def log_form(setting: Literal["auto", "json", "text"], *, production: bool) -> LogForm:
    """JSON for machines; text where a person looks on."""
    if setting != "auto":
        return setting
    return "text" if sys.stderr.isatty() and not production else "json"


def open_log(
    form: LogForm, level: str, redaction: Redaction, tracing: Tracing = NOT_TRACED
) -> FilteringBoundLogger:
    """What our own lines are written with; to stderr."""
    logger = structlog.wrap_logger(
        _Stderr(),
        processors=[*_described(tracing), *_rendered(form, redaction)],
        wrapper_class=structlog.make_filtering_bound_logger(_number(level)),
        context_class=dict,
    )
    return logger.bind()


def format_standard_logging(
    form: LogForm, level: str, redaction: Redaction, tracing: Tracing = NOT_TRACED
) -> None:
    """Have whatever uses Python's own logging, uvicorn above all, write such lines. For a whole process."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *_described(tracing)],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendered(form, redaction)],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_number(level))
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.handlers[:], logger.propagate = [], True
    for name in ("httpx", "httpcore", "hpack"):  # They tell of each request, address and all.
        logging.getLogger(name).setLevel(logging.WARNING)


class _Stderr:
    """Writes to whatever stderr is now."""

    def msg(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")

    debug = info = warning = error = critical = msg


def _described(tracing: Tracing) -> list[Processor]:
    described: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    return described if tracing is NOT_TRACED else [*described, _naming_the_trace(tracing)]


def _naming_the_trace(tracing: Tracing) -> Processor:
    def add(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        if (reference := tracing.reference()) is not None:
            _, event["trace_id"], event["span_id"], _ = reference.split("-")
        return event

    return add


def _rendered(form: LogForm, redaction: Redaction) -> list[Processor]:
    if form == "json":
        return [structlog.processors.format_exc_info, _render_json, _redacted(redaction)]
    # Its other ways of showing a traceback also show the local variables.
    plain = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    return [plain, _redacted(redaction)]


def _render_json(_: WrappedLogger, __: str, event: EventDict) -> str:
    head = {name: event.pop(name) for name in ("timestamp", "level", "event") if name in event}
    return msgspec.json.encode({**head, **event}, enc_hook=repr).decode()


def _redacted(redact: Callable[[str], str]) -> Processor:
    def last(_: WrappedLogger, __: str, line: EventDict | str) -> str:
        assert isinstance(line, str), line
        return redact(line)

    return last


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]
