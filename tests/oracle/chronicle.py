"""What all clients were told, held against each other: one order of time for everybody.

A mutation leaves one row with a key that nobody else uses. So it can be told of each key whether it had to be
there at some ts, and of each answer whether it could be true at the ts it was given for.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.oracle.functions import REFUSAL

Json = Any
Fate = Literal["under way", "done", "refused", "unknown"]
"""What whoever made the key was told: `unknown` where the connection broke, and nobody asked again."""

Purpose = Literal["to be tried", "to succeed", "to be refused", "to break"]
"""What it was asked for: what is `to be tried` the caller may not be allowed."""

DENIALS = ("access.denied", "document.not_found", "document.rejected", "document.derived_column")


@dataclass
class Key:
    """One row that was to be written, once. `by_ts`: from this ts on everybody sees it.

    `told` is what was said last about it, for whoever has to find out why it is not as it should be.
    """

    purpose: Purpose = "to be tried"
    fate: Fate = "under way"
    by_ts: int | None = None
    told: Json = None


@dataclass
class Chronicle:
    """The common memory of a history's clients. `faults` is empty as long as all is well."""

    faults: list[str] = field(default_factory=list)
    keys: dict[str, Key] = field(default_factory=dict)
    answers: int = 0
    _told: dict[tuple[int, str], tuple[str, str]] = field(default_factory=dict)
    _ledgers: dict[str, dict[int, tuple[str, frozenset[str]]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def fault(self, who: str, what: str) -> None:
        self.faults.append(f"{who}: {what}")

    def begin(self, key: str, purpose: Purpose = "to be tried") -> None:
        assert key not in self.keys, key
        self.keys[key] = Key(purpose)

    def end(self, key: str, fate: Fate, by_ts: int | None = None, *, told: Json = None) -> None:
        found = self.keys[key]
        if found.fate == "done":
            # Whoever asks again is told the same; the first ts stands.
            by_ts = found.by_ts if by_ts is None else min(by_ts, found.by_ts or by_ts)
        self.keys[key] = Key(found.purpose, fate, by_ts, told)

    def note_refusal(self, who: str, key: str | None, data: Json, told: Json) -> None:
        """Somebody was refused. Whatever `data` tells why; without it the function broke.

        Visitors may do nothing, and a database may be away; but nobody fails for another's fault.
        """
        purpose = "to be tried" if key is None else self.keys[key].purpose
        denied = isinstance(data, dict) and data.get("code") in DENIALS
        if (
            (data is None and purpose != "to break")
            or (data == REFUSAL and purpose != "to be refused")
            or (denied and purpose == "to succeed")
        ):
            self.fault(who, f"{key}, asked {purpose}, ended with {told}")

    def note_answer(self, who: str, ts: int, question: str, answer: Json) -> None:
        """An answer that held at `ts`: no other copy or socket may have told another for it."""
        self.answers += 1
        text = json.dumps(answer, sort_keys=True)
        first_who, first = self._told.setdefault((ts, question), (who, text))
        if first != text:
            self.fault(who, f"at {ts} {question} is {text}, and {first_who} was told {first}")

    def note_ledger(self, who: str, ts: int, ledger: str, keys: frozenset[str]) -> None:
        """All keys in a place that everybody sees, and from which nothing is ever removed."""
        self._ledgers[ledger][ts] = (who, keys)

    def check_order(self) -> None:
        """Ledgers only grow with ts; and what was acknowledged is in them from then on."""
        for ledger, told in self._ledgers.items():
            before: frozenset[str] = frozenset()
            for ts, (who, keys) in sorted(told.items()):
                if not before <= keys:
                    self.fault(who, f"at {ts} {ledger} has lost {sorted(before - keys)}")
                before |= keys
            everything = before
            for key in everything & self.keys.keys():
                by_ts = self.keys[key].by_ts
                late = [
                    (ts, who)
                    for ts, (who, keys) in told.items()
                    if by_ts is not None and ts >= by_ts and key not in keys
                ]
                for ts, who in late:
                    self.fault(who, f"at {ts} {ledger} has no {key}, acknowledged for {by_ts}")

    def forget_answers(self) -> None:
        """Between chapters: what was told is checked, and only the fates of keys are still of interest."""
        self._told.clear()
        self._ledgers.clear()
