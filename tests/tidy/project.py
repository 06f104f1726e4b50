"""The project's own files, as the tidy tests see them."""

import ast
import fnmatch
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """One Python file. `path` is relative to the project, with forward slashes."""

    path: str
    text: str

    @property
    def name(self) -> str:
        """The dotted name; a package's `__init__` has the package's name."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def is_package(self) -> bool:
        return self.path.endswith("__init__.py")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)


def files() -> list[Path]:
    """Every file that belongs to the project: all but what `.gitignore` names."""
    ignored = [line.strip() for line in (ROOT / ".gitignore").read_text().splitlines() if line.strip()]
    patterns = [".git", *(pattern.strip("/") for pattern in ignored)]
    return sorted(_walk(ROOT, patterns))


def modules(*folders: str) -> list[Module]:
    """The Python files below `folders`."""
    inside = tuple(f"{folder}/" for folder in folders)
    return [module for module in _modules() if module.path.startswith(inside)]


@cache
def _modules() -> list[Module]:
    paths = (path for path in files() if path.suffix == ".py")
    return [Module(path.relative_to(ROOT).as_posix(), path.read_text()) for path in paths]


def _walk(folder: Path, ignored: list[str]) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if any(fnmatch.fnmatch(entry.name, pattern) for pattern in ignored):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), ignored)
        else:
            yield Path(entry.path)
