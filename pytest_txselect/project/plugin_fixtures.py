"""Which fixtures the installed plugins of pytest ask for [edge]. Imports and executes nothing of them.

A plugin asks for fixtures that the project may define or replace: by a parameter of one of its own fixtures, or by
`getfixturevalue`, for a test that mentions neither.
"""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import Distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.project.entry_points import PYTEST
from pytest_txselect.project.installed import read_file
from pytest_txselect.project.provides import list_entry_points

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["find_asked_by_plugins"]

BY_NAME: Final = re.compile(rb"getfixturevalue|fixturenames|usefixtures")
SCOPES: Final = frozenset({"function", "class", "module", "package", "session"})
OWN: Final = "_pytest.fixtures"
"""Where pytest's own fixtures are."""


def find_asked_by_plugins(names: frozenset[str], modules: Iterable[str]) -> frozenset[str]:
    """Those of some fixtures for which code of a plugin outside of the project asks.

    Args:
        names: the fixtures.
        modules: what the project has pytest load, beside the entry points of what is installed.
    """
    places = [Path(each) for each in sys.path]
    wanted = re.compile(rb"\b(?:%s)\b" % b"|".join(re.escape(each.encode()) for each in sorted(names)))
    found: set[str] = set()
    files: dict[Path, None] = {}
    for module in dict.fromkeys((OWN, *modules, *_find_entry_points())):
        files |= dict.fromkeys(_find_files(module, places))
    for file in files:
        source = _read(file)
        if wanted.search(source):
            found |= names & _find_asked(source)
    return frozenset(found)


def _find_entry_points() -> Iterator[str]:
    """Modules that pytest loads of what is installed."""
    for distribution in Distribution.discover():
        for group, _, target in list_entry_points(read_file(distribution, "entry_points.txt") or ""):
            if group == PYTEST:
                yield target.partition(":")[0].strip()


def _find_files(module: str, places: Iterable[Path]) -> Iterator[Path]:
    """The Python files beside a module in its package, and those of the package that it imports."""
    top, _, below = module.partition(".")
    for place in places:
        path = place.joinpath(*module.split("."))
        if (init := path / "__init__.py").is_file():
            yield from path.glob("*.py")
            yield from _find_imported(init, top, place)
            return
        if (file := path.with_name(f"{path.name}.py")).is_file():
            yield from path.parent.glob("*.py") if below else (file,)
            yield from _find_imported(file, top, place)
            return


def _find_imported(file: Path, top: str, place: Path) -> Iterator[Path]:
    for node in ast.walk(_parse(_read(file))):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = node.module.split(".")
            path = place.joinpath(*names)
            for each in (path / "__init__.py", path.with_name(f"{path.name}.py")):
                if names[0] == top and each.is_file():
                    yield each


def _find_asked(source: bytes) -> set[str]:
    """Fixtures that the functions of a plugin ask for."""
    tree = _parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    made = {
        argument.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and "fixture" in ast.unparse(node.func)
        for argument in node.args
        if isinstance(argument, ast.Name)
    }
    by_name = BY_NAME.search(source)
    asked: set[str] = set()
    for function in functions:
        if function.name in made or any("fixture" in ast.unparse(each) for each in function.decorator_list):
            given = function.args
            asked |= {each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
        if by_name:
            asked |= {
                each.value
                for step in function.body
                for each in ast.walk(step)
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            } - SCOPES
    return asked


def _parse(source: bytes) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):  # of a template, or for another Python
        return ast.Module([], [])


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
