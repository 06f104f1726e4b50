"""The committed locks hold every declared dependency, pinned and hashed."""

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tidy.project import ROOT

LOCK = (ROOT / "requirements.lock").read_text()


def test_every_python_dependency_is_locked_at_a_version_that_fits():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    ]
    assert _unmet(declared, LOCK) == []


def test_every_locked_python_package_has_a_hash():
    assert _unhashed(LOCK) == []


def test_every_javascript_dependency_is_locked_at_its_exact_version():
    declared = json.loads((ROOT / "deno.json").read_text())["imports"].values()
    lock = json.loads((ROOT / "deno.lock").read_text())
    assert sorted(lock["specifiers"]) == sorted(declared)
    assert {name: entry for name, entry in lock["npm"].items() if "integrity" not in entry} == {}
    assert [name for name in declared if not re.search(r"@\d+\.\d+\.\d+$", name)] == []


@pytest.mark.parametrize(
    ("declared", "unmet"),
    [
        ("httpx>=0.28", []),
        ("HTTPX[http2]", []),
        ("httpx>=0.29", ["httpx>=0.29"]),
        ("aiohttp", ["aiohttp"]),
    ],
)
def test_a_dependency_that_the_lock_does_not_meet_is_found(declared: str, unmet: list[str]):
    assert _unmet([declared], "httpx==0.28.1 \\\n    --hash=sha256:00\n") == unmet


def test_a_package_without_a_hash_is_found():
    assert _unhashed("a==1 \\\n    --hash=sha256:00\nb==2\n") == ["b==2"]


def _unmet(declared: list[str], lock: str) -> list[str]:
    pins = re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE)
    versions = {canonicalize_name(name): version for name, version in pins}

    def is_met(requirement: Requirement) -> bool:
        version = versions.get(canonicalize_name(requirement.name))
        return version is not None and version in requirement.specifier

    return [text for text in declared if not is_met(Requirement(text))]


def _unhashed(lock: str) -> list[str]:
    entries = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)
    return [entry.strip() for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
