"""`ctx.log`: what a function says while it runs, for whoever develops against it."""

from __future__ import annotations

from backend.protocol.values import InvalidValue, encode_text
from backend.runtime.documents import to_value

LOG_LINES_MAX = 256  # Of one run: Convex's own limit.
LOG_LINE_BYTES_MAX = 4096  # Convex's own limit; what is longer is cut.

_CUT = " (cut)"


class Log:
    """Collects lines: `ctx.log("liked", post_id)`. Browsers print them in development, never in production.

    What the function returns must not depend on them: answers with other lines are sent again.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything said so far, as Convex's clients read it: `[LOG] 'liked' 'a1b2'`."""
        return tuple(self._lines)

    def clear(self) -> None:
        """Forget what was said: the function starts anew."""
        self._lines.clear()

    def __call__(self, *said: object) -> None:
        """Say something: texts as they are, everything else as JSON."""
        self._add("LOG", said)

    def warn(self, *said: object) -> None:
        """Say that something is odd."""
        self._add("WARN", said)

    def error(self, *said: object) -> None:
        """Say that something went wrong, and the function went on."""
        self._add("ERROR", said)

    def _add(self, level: str, said: tuple[object, ...]) -> None:
        if len(self._lines) >= LOG_LINES_MAX:
            return
        if len(self._lines) == LOG_LINES_MAX - 1:
            self._lines.append(f"[WARN] There is more: a run shows {LOG_LINES_MAX} lines at most.")
            return
        line = f"[{level}] {' '.join(map(_shown, said))}"
        if len(line.encode()) > LOG_LINE_BYTES_MAX:
            cut = line.encode()[: LOG_LINE_BYTES_MAX - len(_CUT)]
            line = cut.decode(errors="ignore") + _CUT
        self._lines.append(line)


def _shown(said: object) -> str:
    if isinstance(said, str):
        # A lone surrogate would fail the frame that carries the line.
        return f"'{said.encode(errors='replace').decode()}'"
    try:
        return encode_text(to_value(said))
    except InvalidValue:
        return f"a {type(said).__name__}"
