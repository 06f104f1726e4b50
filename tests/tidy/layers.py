"""Which layer may import which: the architecture as data."""

import ast
from collections.abc import Iterator

from tests.tidy.project import Module

_SCHEMA = ("schema.language", "schema.compile", "schema.tables")
_RUNTIME = (*_SCHEMA, "backend.engine", "backend.postgres", "backend.protocol", "backend.runtime")

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "schema.language": (),
    "schema.compile": ("schema.language",),
    "schema.tables": ("schema.language",),
    "backend.postgres": (),
    "backend.engine": _SCHEMA,
    "backend.protocol": ("backend.engine.versions",),
    "backend.runtime": _RUNTIME,
    "backend.handlers": (*_RUNTIME, "backend.webhooks"),
    "backend.webhooks": _RUNTIME,
    "backend.server": (*_RUNTIME, "backend.handlers", "backend.webhooks"),
    "backend.devstack": ("backend.postgres",),
    "backend.cli": (*_RUNTIME, "backend.handlers", "backend.webhooks", "backend.server", "backend.devstack"),
}
"""A layer may also import itself. The packages `schema` and `backend` are no layers: they hold nothing."""

_EMPTY = ("schema", "backend")


def forbidden_imports(module: Module, names: set[str]) -> Iterator[str]:
    """The imports of `module` that its layer does not allow. `names` are all of the project's modules."""
    if module.name in _EMPTY:
        allowed: tuple[str, ...] = ()
    elif (layer := _layer_of(module.name)) is None:
        yield f"{module.path} is in no layer"
        return
    else:
        allowed = (layer, *MAY_IMPORT[layer])
    for line, name in imports(module, names):
        is_ours = name.split(".")[0] in _EMPTY and name not in _EMPTY
        if is_ours and not any(_is_inside(name, prefix) for prefix in allowed):
            yield f"{module.path}:{line} may not import {name}"


def cycles(modules: list[Module]) -> list[list[str]]:
    """Groups of modules that import one another when they load, each as a path that ends where it began."""
    names = {module.name for module in modules}
    edges = {
        module.name: sorted({name for _, name in imports(module, names, on_load=True)} & names)
        for module in modules
    }
    done: set[str] = set()
    found: list[list[str]] = []

    def visit(name: str, path: list[str]) -> None:
        if name in path:
            found.append([*path[path.index(name) :], name])
        elif name not in done:
            for target in edges[name]:
                visit(target, [*path, name])
            done.add(name)

    for name in sorted(edges):
        visit(name, [])
    return found


def imports(module: Module, names: set[str], *, on_load: bool = False) -> Iterator[tuple[int, str]]:
    """Line and dotted name of each import; of a module where `from package import module` names one.

    With `on_load`, only those that run when the module is imported: not in functions, not for type checking.
    """
    for node in _on_load(module.tree) if on_load else ast.walk(module.tree):
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield node.lineno, alias.name
            case ast.ImportFrom(names=aliases):
                source = _absolute(module, node)
                for alias in aliases:
                    whole = f"{source}.{alias.name}"
                    yield node.lineno, whole if whole in names else source
            case _:
                pass


def _on_load(tree: ast.Module) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                continue
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                waiting += node.orelse
            case _:
                yield node
                waiting += ast.iter_child_nodes(node)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if node.level == 0:
        return node.module or ""
    package = module.name.split(".") if module.is_package else module.name.split(".")[:-1]
    anchor = package[: len(package) - node.level + 1]
    return ".".join([*anchor, node.module] if node.module else anchor)


def _layer_of(name: str) -> str | None:
    return next((layer for layer in MAY_IMPORT if _is_inside(name, layer)), None)


def _is_inside(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")
