"""The files of a migration: plain SQL that `folkmoot schema apply` and the Supabase CLI both apply."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from schema.compile.diff_steps import Phase, Step

HEADER = "-- Written by `folkmoot schema diff`, from the tables in schema/tables."

LOCK_TIMEOUT = "4s"
"""How long a statement may wait for a lock, and everybody behind it with it. Then the file is tried again."""

_ABOUT = {
    Phase.CHANGE: ("", "Nothing here looks at every row of a table that is in use."),
    Phase.INDEX: ("indexes", "Built beside running writes, which no transaction can hold. Can be run again."),
    Phase.FILL: ("fill", "Rows that are there get their values, a few at a time. Can be run again."),
    Phase.CONSTRAIN: ("constraints", "What the new indexes had to be there for."),
    Phase.VALIDATE: ("validate", "Rows that were there are looked at, while others go on writing."),
    Phase.DROP: ("drops", "What nothing uses any more goes, with its data."),
}


@dataclass(frozen=True)
class MigrationFile:
    """One file of supabase/migrations to be."""

    name: str
    text: str


def compile_files(steps: Iterable[Step], *, name: str, version: int) -> list[MigrationFile]:
    """The files for `steps`, sorted by phase: named `<version>_<name>` and numbered from `version`."""
    files: list[MigrationFile] = []
    for phase, group in groupby(steps, key=lambda step: step.phase):
        suffix, about = _ABOUT[phase]
        full_name = f"{version + len(files)}_{name}{'_' if suffix else ''}{suffix}.sql"
        group = list(group)
        if rewritten := sorted({step.rewrites for step in group if step.rewrites}):
            about = f"Writes every row of {', '.join(rewritten)} anew; nobody can read or write it meanwhile."
        texts = [step.text for step in group]
        parts = [f"{HEADER}\n-- {about}", *_paragraphs([*_settings(phase, texts), *texts])]
        files.append(MigrationFile(full_name, "\n\n".join(parts) + "\n"))
    return files


def _settings(phase: Phase, texts: list[str]) -> list[str]:
    """Settings for the rest of a file; none where a statement has to be the first of its batch."""
    if phase in (Phase.INDEX, Phase.FILL):
        return []
    settings = [f"set lock_timeout = '{LOCK_TIMEOUT}'"]
    # A function's body may name what comes later.
    if any(text.startswith("CREATE OR REPLACE") for text in texts):
        settings.append("set check_function_bodies = off")
    return settings


def _paragraphs(texts: list[str]) -> list[str]:
    """Statements that are one line each stand together, the others apart."""
    paragraphs: list[str] = []
    for is_short, group in groupby(texts, key=lambda text: "\n" not in text):
        ended = [f"{text};" for text in group]
        paragraphs += ["\n".join(ended)] if is_short else ended
    return paragraphs
