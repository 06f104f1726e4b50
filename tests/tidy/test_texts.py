"""Nothing in the tree leans on one machine or one package index."""

import re

import pytest

from tests.tidy.project import ROOT, files

# Spelt in pieces, because this file is searched too.
INDEX_HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "yarn" + "pkg.com",
    "js" + "r.io",
    "deb" + "ian.org",
    "proxy.go" + "lang.org",
]
FORBIDDEN = {
    "a package index": re.compile("|".join(map(re.escape, INDEX_HOSTS)), re.IGNORECASE),
    "a path of one machine": re.compile(r"(?<![\w./~$}-])/(work|root|home|Users)/\w"),
}


def test_no_file_names_a_package_index_or_a_path_of_one_machine():
    texts = {path: path.read_text(errors="ignore") for path in files()}
    assert [
        f"{path.relative_to(ROOT)}: {what}" for path, text in texts.items() for what in _found(text)
    ] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://files.python" + "hosted.org/x", ["a package index"]),
        ("see /ho" + "me/ada/notes", ["a path of one machine"]),
        ("url(/wo" + "rk/main)", ["a path of one machine"]),
        ("GET /rest/v1/home/x, https://example.org/home/x", []),
    ],
)
def test_both_are_recognised(text: str, found: list[str]):
    assert _found(text) == found


def _found(text: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]
