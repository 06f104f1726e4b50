"""Rules that a single Python file keeps or breaks, each with a file that breaks it."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.tidy.project import Module

LINES_MAX = 500  # Past this a module holds more than one idea.
FUNCTION_LINES_MAX = 70  # Past this a function cannot be read on one screen.
NAMELESS = {"utils", "helpers", "common", "manager", "misc", "base", "core"}

Complaint = tuple[int, str]  # Line, what is wrong there.


@dataclass(frozen=True)
class Rule:
    """`check` yields complaints: exactly one about each of `broken`, none about `kept`."""

    says: str
    check: Callable[[Module], Iterator[Complaint]]
    broken: tuple[Module, ...]
    kept: tuple[Module, ...]


def _short_modules(module: Module) -> Iterator[Complaint]:
    lines = module.text.count("\n")
    if lines > LINES_MAX:
        yield lines, f"{lines} lines"


def _short_functions(module: Module) -> Iterator[Complaint]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield node.lineno, f"{node.name} has {lines} lines"


def _named_modules(module: Module) -> Iterator[Complaint]:
    for part in module.name.split("."):
        if part in NAMELESS:
            yield 1, f"{part} names no concept"


def _module_docstrings(module: Module) -> Iterator[Complaint]:
    if ast.get_docstring(module.tree) is None:
        yield 1, "no docstring says what the module is"


def _quiet_packages(module: Module) -> Iterator[Complaint]:
    if not module.is_package:
        return
    for node in module.tree.body:
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
                pass
            case ast.Assign(targets=[ast.Name(id=name)]) if name == "__all__" or name.isupper():
                pass
            case _:
                yield node.lineno, "a package's __init__ only documents, re-exports and names constants"


def _any(module: Module) -> Iterator[Complaint]:
    if module.path.startswith(("backend/protocol/", "backend/devstack/")):
        return
    for node in ast.walk(module.tree):
        match node:
            case ast.ImportFrom(module="typing", names=names) if any(alias.name == "Any" for alias in names):
                yield node.lineno, "typing.Any"
            case ast.Attribute(value=ast.Name(id="typing"), attr="Any"):
                yield node.lineno, "typing.Any"
            case _:
                pass


def _narrow_except(module: Module) -> Iterator[Complaint]:
    if module.path == "backend/runtime/loop.py" or module.path.startswith("backend/server/"):
        return
    for node in ast.walk(module.tree):
        match node:
            case ast.ExceptHandler(type=None):
                yield node.lineno, "bare except"
            case ast.ExceptHandler(type=ast.expr() as caught) if _names(caught) & {
                "Exception",
                "BaseException",
            }:
                # Cleaning up and passing the error on hides nothing.
                if not (node.body and isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None):
                    yield node.lineno, "catches everything"
            case ast.Call(func=func, args=args) if _names(func) & {"suppress"}:
                if any(_names(argument) & {"Exception", "BaseException"} for argument in args):
                    yield node.lineno, "suppresses everything"
            case _:
                pass


def _environment(module: Module) -> Iterator[Complaint]:
    reads_it = ("backend/server/settings.py", "backend/devstack/config.py", "backend/cli/")
    if module.path.startswith(reads_it):
        return
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "environb" | "getenv"):
                yield node.lineno, f"os.{node.attr}"
            case ast.ImportFrom(module="os", names=names) if {alias.name for alias in names} & {
                "environ",
                "getenv",
            }:
                yield node.lineno, "os.environ"
            case _:
                pass


def _explained_limits(module: Module) -> Iterator[Complaint]:
    lines = module.text.splitlines()
    for node, following in zip(module.tree.body, [*module.tree.body[1:], None], strict=True):
        match node, following:
            case _, ast.Expr(value=ast.Constant(value=str())):
                pass
            case ast.Assign(targets=[ast.Name(id=name)]), _ if name.endswith("_MAX"):
                # A reason may be shared by the limits of one block.
                block = lines[: node.end_lineno]
                begin = max((number for number, line in enumerate(block) if not line.strip()), default=-1)
                if not any("#" in line for line in block[begin + 1 :]):
                    yield node.lineno, f"{name} has no reason beside it"
            case _:
                pass


def _names(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} | {
        part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)
    }


def _finished(module: Module) -> Iterator[Complaint]:
    for number, line in enumerate(module.text.splitlines(), start=1):
        if re.search(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b", line):  # Split, so that this file passes.
            yield number, "says that something is unfinished"


def _file(text: str, path: str = "backend/engine/example.py") -> Module:
    return Module(path, text)


ANYWHERE = (
    Rule(
        f"a module has at most {LINES_MAX} lines",
        _short_modules,
        broken=(_file("a = 1\n" * (LINES_MAX + 1)),),
        kept=(_file("a = 1\n" * LINES_MAX),),
    ),
    Rule(
        f"a function has at most {FUNCTION_LINES_MAX} lines",
        _short_functions,
        broken=(_file("async def f():\n" + "    a = 1\n" * FUNCTION_LINES_MAX),),
        kept=(_file("async def f():\n" + "    a = 1\n" * (FUNCTION_LINES_MAX - 1)),),
    ),
    Rule(
        "a module's name says what it holds",
        _named_modules,
        broken=(_file("", "backend/engine/utils.py"), _file("", "backend/core/__init__.py")),
        kept=(_file("", "backend/engine/baseline.py"),),
    ),
    Rule(
        "nothing is marked unfinished",
        _finished,
        broken=(_file("a = 1  # TO" + "DO: more\n"),),
        kept=(_file("todos = 1\n"),),
    ),
)
"""Rules for every Python file of the project."""

PRODUCT = (
    Rule(
        "a module says what it is",
        _module_docstrings,
        broken=(_file("a = 1\n"),),
        kept=(_file('"""One thing."""\n'),),
    ),
    Rule(
        "importing a package runs nothing",
        _quiet_packages,
        broken=(
            _file("connect()\n", "backend/engine/__init__.py"),
            _file("def f(): ...\n", "backend/engine/__init__.py"),
            _file("app = App()\n", "backend/engine/__init__.py"),
        ),
        kept=(
            _file('"""Doc."""\nfrom a import b\nBS = (b,)\n__all__ = ["BS"]\n', "backend/engine/__init__.py"),
            _file("connect()\n"),
        ),
    ),
    Rule(
        "Any is left to the wire and the devstack",
        _any,
        broken=(_file("from typing import Any\n"), _file("import typing\na: typing.Any\n")),
        kept=(_file("from typing import Any\n", "backend/devstack/gateway.py"), _file("class Any: ...\n")),
    ),
    Rule(
        "only the reactor's loop and the server catch everything",
        _narrow_except,
        broken=(
            _file("try: f()\nexcept Exception: pass\n"),
            _file("try: f()\nexcept (OSError, builtins.BaseException) as e: log(e)\n"),
            _file("try: f()\nexcept: pass\n"),
            _file("with contextlib.suppress(Exception): f()\n"),
        ),
        kept=(
            _file("try: f()\nexcept OSError: pass\n"),
            _file("try: f()\nexcept BaseException:\n    close()\n    raise\n"),
            _file("try: f()\nexcept Exception: pass\n", "backend/runtime/loop.py"),
            _file("with contextlib.suppress(OSError): f()\n"),
        ),
    ),
    Rule(
        "a limit has its reason beside it",
        _explained_limits,
        broken=(_file("# Why others\n\nROWS_MAX = 5\n"),),
        kept=(
            _file("ROWS_MAX = 5  # A page holds no more.\n"),
            _file("# Both fit a page.\nROWS_MAX = 5\nNOTES_MAX = 7\n"),
            _file('ROWS_MAX = 5\n"""A page holds no more."""\n'),
        ),
    ),
    Rule(
        "only settings read the environment",
        _environment,
        broken=(
            _file("import os\nos.environ['A']\n"),
            _file("from os import getenv\n"),
            _file("os.getenv('A')\n"),
        ),
        kept=(_file("os.environ['A']\n", "backend/cli/dev.py"), _file("os.getpid()\n")),
    ),
)
"""Rules for `schema/` and `backend/`."""
