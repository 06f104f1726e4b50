"""The documentation names what exists: commands, settings, error codes, files."""

import ast
import re
import shlex
from collections.abc import Iterator

import pytest
from cyclopts import App, CycloptsError
from pydantic import AliasChoices

from backend.cli.commands import app
from backend.server.settings import Settings
from tests.tidy.error_codes import error_codes
from tests.tidy.project import ROOT, Module, files, modules

PAGES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in files() if path.suffix == ".md"}


def test_every_command_that_a_page_shows_exists():
    shown = {command for page in PAGES.values() for command in _commands(page)}
    assert len(shown) > 3
    assert {command for command in shown if not _exists(command)} == set()


def test_every_command_there_is_is_in_the_readme():
    shown = [f"{text} " for text in _commands(PAGES["README.md"])]  # With arguments, where it needs some.
    assert [name for name in _all_commands(app, "folkmoot") if not _starts_any(f"{name} ", shown)] == []


@pytest.mark.parametrize(
    "command", ["folkmoot dance", "folkmoot schema dance", "folkmoot dev --sideways", "./sing"]
)
def test_a_command_that_does_not_exist_is_found(command: str):
    assert [_exists(found) for found in _commands(f"Run `{command}`.")] == [False]
    assert [_exists(found) for found in _commands(f"```sh\n{command}  # to see\n```")] == [False]


def test_every_link_between_pages_and_files_leads_somewhere():
    assert [broken for page, text in PAGES.items() for broken in _broken_links(page, text)] == []


def test_a_link_that_leads_nowhere_is_found():
    text = "[a](errors.md) [b](../README.md#run-it) [c](nowhere.md) [d](https://example.org) [e](#here)"
    assert _broken_links("docs/page.md", text) == ["docs/page.md: nowhere.md"]


def test_every_setting_of_the_service_is_documented():
    prefix = Settings.model_config.get("env_prefix", "")
    declared = {
        # Variables that others have named have a general name last.
        field.validation_alias.choices[-1]
        if isinstance(field.validation_alias, AliasChoices)
        else f"{prefix}{name}".upper()
        for name, field in Settings.model_fields.items()
    }
    assert _first_column(PAGES["README.md"], "[A-Z][A-Z0-9_]+") ^ declared == set()


def test_every_error_code_is_documented_and_none_disappears():
    # The page is the pinned list: a code that is renamed or dropped has to be struck from it by hand.
    documented = _first_column(PAGES["docs/errors.md"], r"[a-z_]+\.[a-z_]+")
    assert documented ^ error_codes(modules("schema", "backend")) == set()


def test_no_error_code_is_documented_twice():
    rows = [line.split("|")[1] for line in PAGES["docs/errors.md"].splitlines() if line.startswith("| `")]
    assert sorted(rows) == sorted(set(rows))


def test_every_python_example_is_python():
    for page in PAGES.values():
        for block in re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
            ast.parse(block)


def test_error_codes_are_found_however_they_are_given():
    source = """
class A(Exception):
    code = "a.declared"
class B(A):
    code, status = "b.beside_status", 400
class C(b.B):
    code: ClassVar[str] = "c.annotated"
class NoError:
    code = "not.an_error"
def f():
    raise C("c.raised", "message")
    raise ValueError("not.ours")
"""
    found = error_codes([Module("backend/example.py", source)])
    assert found == {"a.declared", "b.beside_status", "c.annotated", "c.raised"}


def _first_column(page: str, pattern: str) -> set[str]:
    """The code spans that begin a row of a table."""
    return set(re.findall(rf"^\| `({pattern})` \|", page, re.MULTILINE))


def _broken_links(page: str, text: str) -> list[str]:
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
    folder = (ROOT / page).parent
    return [f"{page}: {target}" for target in targets if not folder.joinpath(target).exists()]


def _commands(page: str) -> list[str]:
    """Shown commands of ours: whole lines of shell blocks, and spans of code."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL))
    return [text for text in lines + spans if re.match(r"(folkmoot |\./)\w", text)]


def _all_commands(group: App, name: str) -> Iterator[str]:
    for word in group:
        if not word.startswith("-"):
            below = list(_all_commands(group[word], f"{name} {word}"))
            yield from below or [f"{name} {word}"]


def _starts_any(beginning: str, texts: list[str]) -> bool:
    return any(text.startswith(beginning) for text in texts)


def _exists(command: str) -> bool:
    program, *arguments = shlex.split(command, comments=True)
    if program.startswith("./"):
        return (ROOT / program).exists()
    try:
        app.parse_args(arguments, print_error=False, exit_on_error=False)
    except CycloptsError:
        return False
    return True
