"""The committed locks hold every declared dependency, pinned and hashed."""

import json
import re
import tomllib
from typing import Any

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


def test_every_javascript_dependency_is_locked_at_its_exact_version_with_a_hash():
    imports = json.loads((ROOT / "deno.json").read_text())["imports"]
    assert _loose(imports, json.loads((ROOT / "deno.lock").read_text())) == []


@pytest.mark.parametrize(
    ("imports", "loose"),
    [
        ({"a": "npm:a@1.2.3"}, []),
        ({"a": "npm:a@^1.2.3"}, ["npm:a@^1.2.3", "npm:a@1.2.3"]),
        ({"a": "npm:a@1.2.3", "b": "npm:b@1.0.0"}, ["npm:b@1.0.0"]),
        ({}, ["npm:a@1.2.3"]),
    ],
)
def test_a_loose_javascript_dependency_is_found(imports: dict[str, str], loose: list[str]):
    lock = {"specifiers": {"npm:a@1.2.3": "1.2.3"}, "npm": {"a@1.2.3": {"integrity": "sha512-00"}}}
    assert sorted(_loose(imports, lock)) == sorted(loose)
    assert _loose({"a": "npm:a@1.2.3"}, lock | {"npm": {"a@1.2.3": {}}}) == ["a@1.2.3"]


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


def _loose(imports: dict[str, str], lock: dict[str, Any]) -> list[str]:
    """What only one of `deno.json` and `deno.lock` names, what is no exact version, and what has no hash."""
    unlocked = set(imports.values()) ^ set(lock["specifiers"])
    ranges = {name for name in imports.values() if not re.search(r"@\d+\.\d+\.\d+(-[\w.]+)?$", name)}
    unhashed = {name for name, entry in lock["npm"].items() if "integrity" not in entry}
    return sorted(unlocked | ranges | unhashed)


def _unhashed(lock: str) -> list[str]:
    entries = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)
    return [entry.strip() for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
