"""Setting up: from any place, with the Python there is, once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.project import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a path with a space, before its first run."""
    folder = tmp_path / "my checkout"
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    for name in ("dev", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def test_without_a_python_that_is_new_enough_it_says_what_is_missing(checkout: Path, tmp_path: Path):
    too_old = programs(tmp_path, python3="exit 1")
    ended = subprocess.run([checkout / "dev"], env={"PATH": too_old}, capture_output=True, text=True, cwd="/")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines()[0].startswith("Folkmoot needs Python 3.11 or newer and found none.")


def test_the_first_python_that_is_new_enough_sets_up(checkout: Path, tmp_path: Path):
    found = programs(
        tmp_path,
        **{
            "python3": "exit 1",
            "python3.12": '[ "$1" = -c ] || echo "3.12 runs $*"',
            "python3.11": "echo no",
        },
    )
    ended = subprocess.run([checkout / ".ci/setup"], env={"PATH": found}, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, f"3.12 runs {checkout}/.ci/environment.py\n")


def test_two_set_ups_at_once_install_once_and_a_later_one_only_when_a_lock_has_changed(
    checkout: Path, tmp_path: Path
):
    log = tmp_path / "log"
    # Stands in for the outside program uv: notes what it was asked for, and makes the folder it should make.
    path = programs(tmp_path, uv=f'echo "$1 $2" >> {log}; mkdir -p "{checkout}/.venv"')
    installing = ["venv --quiet", "pip sync", "pip install"]

    def set_up() -> subprocess.Popen[bytes]:
        command = [sys.executable, checkout / ".ci/environment.py"]
        return subprocess.Popen(command, env={"PATH": path}, stderr=subprocess.DEVNULL)

    assert [process.wait() for process in [set_up(), set_up()]] == [0, 0]
    assert log.read_text().splitlines() == installing
    assert set_up().wait() == 0
    assert log.read_text().splitlines() == installing
    with (checkout / "requirements.lock").open("a") as lock:
        lock.write("\n")
    assert set_up().wait() == 0
    assert log.read_text().splitlines() == installing * 2


def test_a_set_up_that_fails_says_so_and_is_tried_again(checkout: Path, tmp_path: Path):
    path = programs(tmp_path, uv="exit 7")
    command = [sys.executable, checkout / ".ci/environment.py"]
    for _ in range(2):
        ended = subprocess.run(command, env={"PATH": path}, capture_output=True, text=True)
        assert (ended.returncode, ended.stderr.splitlines()[-1]) == (
            1,
            f"Set-up failed: {tmp_path}/bin/uv venv --quiet --no-project ... ended with 7.",
        )


def programs(folder: Path, **scripts: str) -> str:
    """A PATH with nothing but the named shell scripts and what scripts of ours call."""
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    for name in ("sh", "dirname", "mkdir", "env"):
        (bin_folder / name).symlink_to(shutil.which(name) or name)
    for name, body in scripts.items():
        (bin_folder / name).write_text(f"#!{shutil.which('sh')}\n{body}\n")
        os.chmod(bin_folder / name, 0o755)
    return str(bin_folder)
