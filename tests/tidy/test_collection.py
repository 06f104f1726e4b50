"""That every process collects the same tests: tests are shared out among processes by their names."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def test_names_of_tests_depend_neither_on_the_clock_nor_on_hashes(request: pytest.FixtureRequest):
    listing = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"],
        cwd=request.config.rootpath,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert listing.returncode == 0, listing.stdout + listing.stderr
    collected = set(listing.stdout.splitlines())
    assert {test.nodeid for test in request.session.items} <= collected
