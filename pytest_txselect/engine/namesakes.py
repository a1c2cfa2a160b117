"""Modules whose name a file takes that came, or gives back that went: Python imports a name once, whoever asks for it.

In the import modes `prepend` and `append`, each folder of tests that is no package is on `sys.path`, and the
modules in it share their names with those in the others.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pytest_txselect.model import Edge, EdgeKind, Reason, ReasonKind
from pytest_txselect.project.tree import CONFTEST, file_name, folder_of, is_python

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.model import RepoPath

__all__ = ["find_hiding", "find_namesakes"]


def find_namesakes(project: Project, ends: Sequence[End], seeds: Iterable[RepoPath]) -> list[Edge]:
    """Find the files whose module has its name in common with another one at one end only.

    Args:
        project: the repository.
        ends: the graphs at both ends.
        seeds: the changed files.

    Returns:
        Of each that has not changed, an edge to the file that came or went and has the name, or is the cause.
    """
    moved = dict.fromkeys(_find_moved(ends, seeds))
    if project.config.import_mode == "importlib" or not moved:
        return []
    several = [_find_shared(end) for end in ends]
    found: dict[RepoPath, RepoPath] = {}
    for shared, others in zip(several, reversed(several), strict=True):
        for name, paths in shared.items():
            new = sorted(paths - others.get(name, frozenset()))
            for path in sorted(paths) if new else ():
                cause = next((each for each in new if each in moved), next(iter(moved)))
                if path != cause and path not in moved:
                    found.setdefault(path, cause)
    return [Edge(path, cause, EdgeKind.IMPORT) for path, cause in found.items()]


def find_hiding(project: Project, ends: Sequence[End], seeds: Iterable[RepoPath]) -> Reason | None:
    """Why everything runs where a file came or went in which others find a module of Python itself; None elsewhere."""
    found = (path for path in _find_moved(ends, seeds) if _hides_python(project, ends, path))
    path = next(found, None)
    return None if path is None else Reason(ReasonKind.GROUND, path, "its name is that of a module of Python")


def _find_moved(ends: Iterable[End], seeds: Iterable[RepoPath]) -> list[RepoPath]:
    return [path for path in seeds if any(path not in end.tree.keys for end in ends)]


def _find_shared(end: End) -> dict[str, frozenset[RepoPath]]:
    """Names that several modules in folders of tests have."""
    resolver = end.finder.names.resolver
    named: dict[str, list[RepoPath]] = {}
    for path in end.tree.python_files():
        root = resolver.own_root(folder_of(path))
        if root in resolver.layout.test_roots and file_name(path) != CONFTEST:
            inside = path[len(root) + 1 :] if root else path
            named.setdefault(inside.removesuffix(".py"), []).append(path)
    return {name: frozenset(paths) for name, paths in named.items() if len(paths) > 1}


def _hides_python(project: Project, ends: Iterable[End], path: RepoPath) -> bool:
    name = file_name(folder_of(path) if file_name(path) == "__init__.py" else path).removesuffix(".py")
    if name not in sys.stdlib_module_names or not is_python(path):
        return False
    place = folder_of(folder_of(path)) if file_name(path) == "__init__.py" else folder_of(path)
    known = [end for end in ends if path in end.tree.keys]
    roots = {"", project.rootdir, *project.pythonpath}
    if project.own_root_first:
        roots.update(*(end.finder.names.resolver.layout.test_roots for end in known))
    packages = (end.finder.names.resolver.own_root(place) == place for end in known)
    return place in roots and any(packages)
