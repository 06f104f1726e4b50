"""Make `.venv` what `requirements.lock` says; do nothing when it already is.

Standard library only: this runs before anything is installed, under any Python from 3.11 on.
"""

import contextlib
import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "folkmoot.stamp"

# Wheels only: building a source distribution would fetch build tools that no lock names.
WHEELS_ONLY = ["--require-hashes", "--only-binary", ":all:"]
# The project itself is linked, not copied, and built with the locked hatchling.
PROJECT = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]


def main() -> None:
    """Set up once, whoever comes first; another that waited meanwhile finds it done."""
    if _is_current():
        return
    with _alone():
        if _is_current():
            return
        print("Setting up .venv from requirements.lock ...", file=sys.stderr)
        _install()
        STAMP.write_text(_fingerprint())


def _fingerprint() -> str:
    """Everything that `.venv` depends on. The path too: the scripts inside hold absolute paths."""
    inputs = [
        LOCK.read_bytes(),
        (ROOT / "pyproject.toml").read_bytes(),
        sys.version.encode(),
        str(ROOT).encode(),
    ]
    return hashlib.sha256(b"\0".join(inputs)).hexdigest()


def _is_current() -> bool:
    return STAMP.is_file() and STAMP.read_text() == _fingerprint()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold off another set-up in this checkout. The lock lies outside `.venv`, which is replaced whole."""
    folder = ROOT / ".folkmoot"
    folder.mkdir(exist_ok=True)
    with (folder / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Released by the kernel, however this process ends.
        yield


def _install() -> None:
    """Replace `.venv`: with uv where there is one, otherwise with the venv and pip that Python brings."""
    # Run from inside `.venv` this is the Python that it was made from.
    base_python = getattr(sys, "_base_executable", sys.executable)
    python = str(VENV / "bin" / "python")
    if VENV.exists():
        shutil.rmtree(VENV)
    if uv := shutil.which("uv"):
        _run(uv, "venv", "--quiet", "--no-project", "--python", base_python, str(VENV))
        _run(uv, "pip", "sync", "--quiet", "--python", python, *WHEELS_ONLY, str(LOCK))
        _run(uv, "pip", "install", "--quiet", "--python", python, *PROJECT)
    else:
        _run(base_python, "-m", "venv", str(VENV))
        pip = [python, "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check"]
        _run(*pip, *WHEELS_ONLY, "--requirement", str(LOCK))
        _run(*pip, *PROJECT)


def _run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        hint = (
            " On Debian, venv is a package of its own: python3-venv."
            if error.cmd[1:3] == ("-m", "venv")
            else ""
        )
        sys.exit(f"Set-up failed: {' '.join(error.cmd[:4])} ... ended with {error.returncode}.{hint}")
    except PermissionError as error:
        sys.exit(f"Set-up failed: {error}. If another user made .venv, remove it or run as that user.")
