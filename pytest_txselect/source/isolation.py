"""What else in a test file could see what a test function does, or that it is there."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.binding import find_bound_names, spell_dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_txselect.source.fingerprint import FunctionNode

__all__ = ["find_leak", "find_reflection", "find_words"]

_WORD: Final = re.compile(r"\w+")

# Names by which a file collects its tests itself, or makes one test depend on the outcome of another.
_COLLECTING: Final = frozenset(
    {
        *(
            "load_tests",
            "TestLoader",
            "TestSuite",
            "defaultTestLoader",
            "getTestCaseNames",
            "loadTestsFromName",
        ),
        *("incremental", "dependency", "depends", "testsfailed", "testscollected"),
        *("globals", "getmodule", "instantiate_device_type_tests"),
    }
)
_IMPORTING: Final = frozenset({"import_module", "__import__", "reload", "get"})


def find_words(tree: ast.Module) -> Mapping[str, set[str]]:
    """Find every name that a module mentions, in code or in a string, but for definitions of functions.

    Returns:
        For each word the functions, at module or class level, in whose bodies it is mentioned, by their own
        names; the empty name is for everything outside of functions.
    """
    words: dict[str, set[str]] = {}
    places: list[tuple[str, ast.AST]] = [("", tree)]
    while places:
        place, node = places.pop()
        for word in _find_own_words(node):
            words.setdefault(word, set()).add(place)
        inside = place
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside = place or node.name
        for name, value in ast.iter_fields(node):
            children: list[object] = value if isinstance(value, list) else [value]
            below = inside if name == "body" else place
            places += [
                (below, child) for child in children if isinstance(child, ast.AST) and not _is_note(child)
            ]
    return words


def find_reflection(tree: ast.Module) -> bool:
    """Say whether a module may find functions of its own without naming them.

    That it may read its own source as a file does not count: then a comment would be an edit, too.
    """
    imported: set[str] = set()
    own = {"self", "cls", "request", "super"}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                imported.update((alias.asname or alias.name).partition(".")[0] for alias in aliases)
            case ast.ClassDef(name=name):
                own.add(name)
            case _:
                pass
    return not _COLLECTING.isdisjoint(imported) or any(_is_reflection(node, own) for node in ast.walk(tree))


def _is_note(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _find_own_words(node: ast.AST) -> Iterable[str]:
    """Give the words of a node itself."""
    match node:
        case ast.Name(id=word) | ast.Attribute(attr=word):
            return [word]
        case ast.Constant(value=str() as text):
            return _WORD.findall(text)
        case ast.alias(name=name, asname=asname):
            return [*name.split("."), *([asname] if asname else [])]
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            return names
        case _:
            return []


def _is_reflection(node: ast.AST, own: set[str]) -> bool:
    """Say whether a node finds something of its module by a name that is not written there.

    Args:
        node: the node.
        own: names of the module's classes, and of what gives access to them.
    """
    match node:
        case ast.Name(id=name) if name in _COLLECTING:
            return True
        case ast.Attribute(attr=name) if name in _COLLECTING - {"globals"} or name == "__subclasses__":
            return True
        case ast.Subscript(slice=ast.Name(id="__name__")):  # of `sys.modules`
            return True
        case ast.Call(func=function, args=[ast.Name(id="__name__"), *_]):
            return (spell_dotted(function) or "").rpartition(".")[2] in _IMPORTING
        case _:
            return any(subject is None or _is_own(subject, own) for subject in _find_subjects(node))


def _find_subjects(node: ast.AST) -> list[ast.expr | None]:
    """Give what a node looks into by a computed name, or as a whole; None for the module itself."""
    match node:
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(), *_]):
            return []
        case ast.Call(func=ast.Name(id="getattr" | "vars" | "dir" | "getmembers"), args=arguments):
            return [arguments[0] if arguments else None]
        case ast.Call(func=ast.Attribute(attr="getmembers"), args=[subject, *_]):
            return [subject]
        case ast.Attribute(value=subject, attr="__dict__"):
            return [subject]
        case ast.Call(func=ast.Name(id="eval" | "exec"), args=[code]) if not isinstance(code, ast.Constant):
            return [None]  # what a constant mentions is seen there
        case _:
            return []


def _is_own(target: ast.expr, own: set[str]) -> bool:
    """Say whether an expression may be a class or module of the file, or an object of its classes."""
    dotted = spell_dotted(target)
    return dotted is None or dotted.partition(".")[0] in own


def find_leak(function: FunctionNode, tree: ast.Module) -> bool:
    """Say whether a function may leave something behind that others of its module can see.

    `global`; storing into, or deleting from, anything that is not the function's own; a method of a variable
    of the module called for its effect. What a class binds is shared by its instances, so that `self.seen[1] = 2` stores into
    what is not the function's own, where `self.seen = 2` does not. What the functions called by it leave behind is not looked at.
    """
    own = set(_find_own_names(function))
    shared = {name for node in tree.body for name in find_bound_names(node) or ()} - own
    of_classes = _find_class_names(tree)
    for node in ast.walk(function):
        match node:
            case ast.Global():
                return True
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                if _find_root(node) not in own or not of_classes.isdisjoint(_find_passed(node)):
                    return True
            case ast.Expr(value=ast.Call(func=ast.Attribute() as method)):
                if _find_root(method) in shared or not of_classes.isdisjoint(_find_passed(method)):
                    return True
            case _:
                pass
    return False


def _find_class_names(tree: ast.Module) -> frozenset[str]:
    """Give what classes of a module bind by plain statements: neither methods, nor what is only declared."""
    return frozenset(
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for part in node.body
        if not (isinstance(part, ast.AnnAssign) and part.value is None)
        for name in find_bound_names(part) or ()
    )


def _find_passed(node: ast.expr) -> Iterator[str]:
    """Give the attributes between a variable and what is taken of it in the end: `a` and `b` of `self.a.b[0]`."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
        if isinstance(node, ast.Attribute):
            yield node.attr


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
