"""Programs that npm carries, found where Deno keeps what `deno.json` names."""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
from functools import cache
from pathlib import Path

from tests.tidy.project import ROOT


@cache
def npm_package(name: str) -> Path:
    """The directory of a package, in the version that `deno.json` names."""
    [imported] = [
        one for one in json.loads((ROOT / "deno.json").read_text())["imports"].values() if f":{name}@" in one
    ]
    version = imported.rpartition("@")[2]
    deno = shutil.which("deno", path=sysconfig.get_path("scripts"))
    assert deno is not None
    told = subprocess.run([deno, "info", "--json"], capture_output=True, check=True, cwd=ROOT)
    cache_directory = Path(json.loads(told.stdout)["npmCache"])
    found = list(cache_directory.glob(f"*/{name}/{version}"))
    assert found, f"{imported} is not in Deno's cache: run `deno install --frozen` in {ROOT}."
    return found[0]
