"""The peers' packages: which versions are asked for, and whether they are here."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.systems.system import NotRunnable

PEERS = Path(__file__).resolve().parent.parent / "peers"
INSTALL_TIMEOUT_S = 600.0  # Some hundred megabytes.


@dataclass(frozen=True)
class Packages:
    """The packages of one peer, in a folder of `bench/peers`; the first dependency is the peer itself."""

    folder: Path

    @staticmethod
    def of(name: str) -> Packages:
        return Packages(PEERS / name)

    @staticmethod
    def all() -> list[Packages]:
        return [Packages(path.parent) for path in sorted(PEERS.glob("*/package.json"))]

    @property
    def versions(self) -> str:
        """What `package.json` asks for."""
        asked = json.loads((self.folder / "package.json").read_text())["dependencies"]
        return ", ".join(f"{name} {version}" for name, version in asked.items())

    def require(self, program: str) -> None:
        """Raises `NotRunnable` unless `program`, a path inside the installed packages, is here."""
        if not (self.folder / "node_modules" / program).exists():
            raise NotRunnable("its packages are not installed; `python -m bench peers` installs them")

    def install(self) -> None:
        """What `package-lock.json` names, without running its install scripts. Raises `NotRunnable`."""
        npm = shutil.which("npm")
        if npm is None:
            raise NotRunnable("there is no npm on the PATH")
        try:
            done = subprocess.run(
                [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
                cwd=self.folder,
                capture_output=True,
                text=True,
                timeout=INSTALL_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired:
            raise NotRunnable(f"npm was not done after {INSTALL_TIMEOUT_S:.0f} seconds") from None
        if done.returncode != 0:
            raise NotRunnable(f"npm ended with {done.returncode}: {done.stderr.strip()}")


def system_node() -> str:
    """The Node of the machine. Raises `NotRunnable` where there is none."""
    node = shutil.which("node")
    if node is None:
        raise NotRunnable("there is no node on the PATH")
    return node
