"""The stable error codes of the product, found in its source."""

import ast
import re
from collections.abc import Iterator

from tests.tidy.project import Module

_CODE = re.compile(r"[a-z_]+\.[a-z_]+")


def error_codes(modules: list[Module]) -> set[str]:
    """Every `family.name` that an exception class declares as its `code` or is raised with as first argument.

    Codes of the devstack that belong to Supabase, such as `PGRST116`, have no dot and are not ours to keep.
    """
    classes = [node for module in modules for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
    exceptions = _exceptions(classes)
    declared = {code for node in classes if node.name in exceptions for code in _declared(node)}
    raised = {
        node.args[0].value
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        if _name(node.func) in exceptions
        if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }
    return {code for code in declared | raised if _CODE.fullmatch(code)}


def _exceptions(classes: list[ast.ClassDef]) -> set[str]:
    """Names of all classes that descend from `Exception`, by way of one another."""
    names = {"Exception"}
    while more := {
        node.name
        for node in classes
        if node.name not in names and {_name(base) for base in node.bases} & names
    }:
        names |= more
    return names


def _declared(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="code")], value=ast.Constant(value=str(code))):
                yield code
            case ast.AnnAssign(target=ast.Name(id="code"), value=ast.Constant(value=str(code))):
                yield code
            case ast.Assign(
                targets=[ast.Tuple(elts=[ast.Name(id="code"), *_])],
                value=ast.Tuple(elts=[ast.Constant(value=str(code)), *_]),
            ):
                yield code
            case _:
                pass


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return _name(value)
        case _:
            return ""
