"""Edits that lie in fixtures alone: they concern those who ask for the fixtures, by name.

A fixture is asked for by a parameter of its name, by a string (`usefixtures`, `getfixturevalue`, indirect
parameters), or by everybody (autouse). Nobody calls it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.edit import BodyEdit, DefinitionChange, DefinitionEdit, DocstringEdit
from pytest_txselect.source.parsed import UnparsedSource, parse_source

if TYPE_CHECKING:
    from pytest_txselect.source.edit import Edits

__all__ = ["find_asking_fixtures", "find_own_fixtures", "renames_fixtures"]

AS_BEFORE: Final = frozenset({DefinitionChange.SIGNATURE, DefinitionChange.DEFAULTS})


def find_own_fixtures(edits: Edits, old: bytes, new: bytes) -> frozenset[str] | None:
    """Find the fixtures that alone can behave differently after the edits of their file.

    Args:
        edits: what `find_edits` found between `old` and `new`.
        old: the old version.
        new: the new version.

    Returns:
        Their names, with those of the file's fixtures that ask for them; None where the edits may concern
        anybody else.
    """
    functions: set[str] = set()
    for edit in edits.edits:
        if isinstance(edit, BodyEdit) or (isinstance(edit, DefinitionEdit) and edit.change in AS_BEFORE):
            functions.add(edit.function)
        elif not (isinstance(edit, DocstringEdit) and edit.symbol):
            return None
    names: set[str] = set()
    for source in (old, new):
        parsed = parse_source(source)
        if isinstance(parsed, UnparsedSource):
            return None
        found = _find_in(parsed.tree, functions)
        if found is None:
            return None
        names |= found
    return frozenset(names) if functions else None


def _find_in(tree: ast.Module, functions: set[str]) -> set[str] | None:
    """Names of the fixtures of these functions and of those that ask for them; None for anything else."""
    fixtures = _find_fixtures(tree)
    if not functions <= fixtures.keys():
        return None
    defined = [node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    if any(defined.count(name) > 1 for name in functions):
        return None
    names = _close(tree, {fixtures[name] for name in functions}, fixtures)
    if names is None:
        return None
    mentioned = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    parameters = {
        argument.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.arguments)
        for argument in _arguments(node)
    }
    return None if (functions & mentioned) - parameters or "fixturenames" in _attributes(tree) else names


def find_asking_fixtures(source: bytes, names: frozenset[str]) -> frozenset[str] | None:
    """Find the fixtures of a file that ask for some fixtures, or for those that do.

    Returns:
        Their names; None where anything else of the file asks, such as a fixture that is used unasked.
    """
    parsed = parse_source(source)
    if isinstance(parsed, UnparsedSource):
        return None
    found = _close(parsed.tree, set(names), _find_fixtures(parsed.tree))
    return None if found is None else frozenset(found) - names


def _close(tree: ast.Module, names: set[str], fixtures: dict[str, str]) -> set[str] | None:
    """Some fixtures, with those that ask for them; None where anything else does."""
    while more := _find_asking(tree, names, fixtures):
        if None in more:
            return None
        names = names | {name for name in more if name is not None}
    return names


def _find_fixtures(tree: ast.Module) -> dict[str, str]:
    """The fixtures of a file that are used only where somebody asks for them, by the names of their functions."""
    named = {
        node.name: _fixture_name(node)
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    return {function: name for function, name in named.items() if name is not None}


def _find_asking(tree: ast.Module, names: set[str], fixtures: dict[str, str]) -> set[str | None]:
    """Fixtures that ask for one of some names and are not among them; None for anything else that does."""
    asking: set[str | None] = set()
    for node in tree.body:
        nested = ast.walk(node)
        asks = any(
            (isinstance(each, ast.arguments) and names & {argument.arg for argument in _arguments(each)})
            or (isinstance(each, ast.Constant) and each.value in names)
            for each in nested
        )
        if not asks:
            continue
        name = fixtures.get(node.name) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else None
        if name is None or name not in names:
            asking.add(name)
    return asking


def renames_fixtures(source: bytes, names: frozenset[str]) -> bool:
    """Whether a file that imports some fixtures may have one under another name: `from a import b as c`, `c = a.b`.

    What functions do with them does not count: to call a fixture is an error, and a parameter is another thing.
    """
    parsed = parse_source(source)
    if isinstance(parsed, UnparsedSource):
        return True
    pending: list[ast.AST] = [parsed.tree]
    while pending:
        node = pending.pop()
        match node:
            case ast.alias(name=name, asname=str() as given) if name in names and given != name:
                return True
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name) if name in names:
                return True
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                pending += node.decorator_list if not isinstance(node, ast.Lambda) else []
            case _:
                pending += ast.iter_child_nodes(node)
    return False


def _arguments(node: ast.arguments) -> list[ast.arg]:
    return [*node.posonlyargs, *node.args, *node.kwonlyargs]


def _attributes(tree: ast.Module) -> set[str]:
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def _fixture_name(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """Name of the fixture that a function is; None where it is none, or one that may be used unasked."""
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        function = call.func if call else decorator
        name = (
            function.attr
            if isinstance(function, ast.Attribute)
            else function.id
            if isinstance(function, ast.Name)
            else ""
        )
        if name not in {"fixture", "yield_fixture"}:
            continue
        if len(node.decorator_list) > 1:
            return None
        keywords = {keyword.arg: keyword.value for keyword in call.keywords} if call else {}
        autouse = keywords.get("autouse")
        if None in keywords or (
            autouse is not None and not (isinstance(autouse, ast.Constant) and autouse.value is False)
        ):
            return None
        given = keywords.get("name")
        if given is None:
            return node.name
        return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None
    return None
