"""What a person means who names a file or a test."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.nodes import find_definitions
from pytest_txselect.errors import UsageError
from pytest_txselect.model import RepoPath
from pytest_txselect.project.tree import file_name, join

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from pytest_txselect.engine.project import Project

__all__ = ["Target", "check_symbol", "find_target"]

SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Target:
    """A file of the repository, and perhaps something in it.

    Attributes:
        path: the file.
        symbol: dotted name in it, without the parameters of a test; empty for the file.
        parameters: those of a test, with their brackets; empty where none are named.
    """

    path: RepoPath
    symbol: str = ""
    parameters: str = ""

    @property
    def name(self) -> str:
        """The last part of the symbol: what a test function is called."""
        return self.symbol.rpartition(".")[2]


def find_target(text: str, project: Project, files: Collection[RepoPath], folder: Path) -> Target:
    """Find what is meant.

    Args:
        text: `FILE`, `FILE::name`, `FILE::Class::name[parameters]` or `FILE::Class.name`; the file is
            relative to the current folder, to the rootdir or to the top of the repository, or absolute.
        project: the repository.
        files: every file there is.
        folder: the current folder.

    Raises:
        UsageError: there is no such file; the nearest ones are named.
    """
    place, _, rest = text.partition("::")
    name, bracket, parameters = rest.partition("[")
    symbol = name.replace("::", ".").strip(".")
    top = os.path.realpath(project.git.repository.top)
    from_here = os.path.relpath(os.path.realpath(folder / place), top)
    candidates = [from_here, join(project.rootdir, place), place]
    for each in candidates:
        path = RepoPath(os.path.normpath(each).replace(os.sep, "/"))
        if path in files:
            return Target(path, symbol, bracket + parameters)
    wanted = from_here.replace(os.sep, "/")
    front = "" if wanted == "." else f"{wanted.rstrip('/')}/"
    inside = [path for path in files if path.startswith(front)] if not wanted.startswith("..") else []
    if inside:
        some = _quote(
            project.relative(each)
            for each in sorted(inside, key=lambda each: (not project.is_test(each), each))
        )
        raise UsageError("unknown-target", f"{_plain(place)}: is a folder; name a file of it, such as {some}")
    near = _quote(project.relative(path) for path in _find_near(project.relative(wanted), project, files))
    cure = f"did you mean {near}?" if near else "give a path relative to the current folder"
    raise UsageError("unknown-target", f"{_plain(place)}: git knows no such file in {top}; {cure}")


def check_symbol(target: Target, source: bytes) -> int:
    """Check that a file has what a target names, and find its line.

    Args:
        target: with or without a symbol.
        source: the bytes of its file.

    Returns:
        The line of its definition; 0 for the file, and where it may be inherited from another.

    Raises:
        UsageError: the file has nothing of that name; the nearest ones are told.
    """
    found = find_definitions(source)
    if not target.symbol or not found:
        return 0
    if target.symbol in found:
        return found[target.symbol]
    owner, _, name = target.symbol.rpartition(".")
    if owner in found and owner:
        return 0  # a method may come from a base class
    same = [qualname for qualname in found if qualname.rpartition(".")[2] == name]
    near = same or difflib.get_close_matches(target.symbol, found, n=SHOWN, cutoff=0.5)
    near = near or difflib.get_close_matches(name, found, n=SHOWN, cutoff=0.5)
    options = _quote(f"::{each.replace('.', '::')}" for each in near)
    cure = f"did you mean {options}?" if near else f"it defines {_quote(found)}"
    raise UsageError("unknown-test", f"{_plain(target.path)}: defines no {_plain(target.symbol)}; {cure}")


def _find_near(wanted: str, project: Project, files: Iterable[RepoPath]) -> list[RepoPath]:
    """Files of the same name, else of a similar path; none for a path outside of the repository."""
    if wanted.startswith("../"):
        return []
    name = file_name(wanted)
    listed = list(files)
    same = [path for path in listed if file_name(path) == name]
    if same:
        return sorted(same, key=lambda each: -difflib.SequenceMatcher(None, wanted, each).ratio())[:SHOWN]
    python = {project.relative(path): path for path in listed if path.endswith(".py")}
    names = {file_name(path): path for path in python.values()}
    near = difflib.get_close_matches(wanted, python, n=SHOWN, cutoff=0.6)
    if near:
        return [python[each] for each in near]
    return [names[each] for each in difflib.get_close_matches(name, names, n=SHOWN, cutoff=0.6)]


def _plain(name: str) -> str:
    """A name on one line, whatever is in it."""
    return name if name.isprintable() else repr(name)[1:-1]


def _quote(names: Iterable[str]) -> str:
    shown = [_plain(name) for name in names]
    more = f" (and {len(shown) - SHOWN} more)" if len(shown) > SHOWN else ""
    return ", ".join(shown[:SHOWN]) + more
