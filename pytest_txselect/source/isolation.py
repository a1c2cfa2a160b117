"""What else in a test file could see what a test function does, or that it is there."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.binding import find_bound_names, spell_dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.source.fingerprint import FunctionNode

__all__ = ["find_leak", "find_reflection", "find_words"]

_WORD: Final = re.compile(r"\w+")

# Names by which a file looks at its own functions, or makes one test depend on the outcome of another.
_REFLECTING: Final = frozenset(
    {
        *("globals", "vars", "dir", "eval", "exec", "__dict__", "__subclasses__", "__test__", "getmembers"),
        *(
            "getsource",
            "getsourcelines",
            "getsourcefile",
            "getmodule",
            "currentframe",
            "_getframe",
            "linecache",
        ),
        *(
            "load_tests",
            "TestLoader",
            "TestSuite",
            "defaultTestLoader",
            "getTestCaseNames",
            "loadTestsFromName",
        ),
        *(
            "incremental",
            "dependency",
            "depends",
            "testsfailed",
            "testscollected",
            "instantiate_device_type_tests",
        ),
    }
)
_FOLDERS: Final = frozenset({"parent", "parents", "dirname", "with_name", "files"})
_PATHS: Final = frozenset({"Path", "PurePath", "dirname", "abspath", "realpath"})


def find_words(tree: ast.Module) -> frozenset[str]:
    """Find every name that a module mentions, in code or in a string, other than by defining a function."""
    idle = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }  # docstrings and other notes
    words: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word):
                words.add(word)
            case ast.Constant(value=str() as text) if id(node) not in idle:
                words.update(_WORD.findall(text))
            case ast.alias(name=name, asname=asname):
                words.update(name.split("."), [asname] if asname else [])
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                words.update(names)
            case _:
                pass
    return frozenset(words)


def find_reflection(tree: ast.Module, words: frozenset[str]) -> bool:
    """Say whether a module may find its functions without naming them, or read its own source.

    Args:
        tree: the module.
        words: what `find_words` finds in it.
    """
    if not _REFLECTING.isdisjoint(words) or {"modules", "__name__"} <= words:
        return True
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    return any(_looks_up(node, imported) for node in ast.walk(tree)) or _reads_itself(tree, words)


def _looks_up(node: ast.AST, imported: set[str]) -> bool:
    """Say whether a node is `getattr` with a computed name, on something other than an imported module."""
    match node:
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(), *_]):
            return False
        case ast.Call(func=ast.Name(id="getattr"), args=[target, *_]):
            return (spell_dotted(target) or "").partition(".")[0] not in imported
        case _:
            return False


def _reads_itself(tree: ast.Module, words: frozenset[str]) -> bool:
    """Say whether `__file__` may be used for anything but finding the folder that it is in."""
    if "__file__" not in words:
        return False
    harmless = {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (spell_dotted(node.func) or "").rpartition(".")[2] in _PATHS
        for argument in node.args
    }
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "__file__"]
    return _FOLDERS.isdisjoint(words) or any(id(node) not in harmless for node in uses)


def find_leak(function: FunctionNode, tree: ast.Module) -> bool:
    """Say whether a function may leave something behind that others of its module can see.

    `global`; storing into, or deleting from, anything that is not the function's own; a method of a variable
    of the module called for its effect. What the functions called by it leave behind is not looked at.
    """
    own = set(_find_own_names(function))
    shared = {name for node in tree.body for name in find_bound_names(node) or ()} - own
    for node in ast.walk(function):
        match node:
            case ast.Global():
                return True
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                if _find_root(node) not in own:
                    return True
            case ast.Expr(value=ast.Call(func=ast.Attribute() as method)):
                if _find_root(method) in shared:
                    return True
            case _:
                pass
    return False


def _find_own_names(function: FunctionNode) -> Iterator[str]:
    """Give parameters and local variables; what a function imports is not its own, nor is its class."""
    for node in ast.walk(function):
        match node:
            case ast.arg(arg=name) if name != "cls":
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                if node is not function:
                    yield name
            case _:
                pass


def _find_root(node: ast.expr) -> str | None:
    """Give the variable that something is reached from by attributes and subscripts, None without one."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Attribute) and node.attr == "__class__":
            return None
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
