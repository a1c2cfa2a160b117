"""Files that pytest collects for their examples: they depend on what the examples import and name.

Text files by `--doctest-glob`, and the docstrings of modules by `--doctest-modules`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.graph.names import EVERYTHING
from pytest_txselect.model import Edge, EdgeKind
from pytest_txselect.project.disk import read_source
from pytest_txselect.project.pytest_config import matches_file_pattern
from pytest_txselect.source.examples import read_examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.graph.reach import Reach
    from pytest_txselect.model import RepoPath
    from pytest_txselect.source.facts import Facts

__all__ = ["find_examples"]


def find_examples(project: Project, end: End, reach: Reach) -> Iterator[tuple[RepoPath, Edge]]:
    """Files with examples that lead into the reach, with the edge to it; not those that are in the reach."""
    for path in end.tree.keys:
        if path in reach or not _is_collected(project, path):
            continue
        text = read_source(project.sources.git.repository.top, path) or b""
        for facts in read_examples(text) if b">>>" in text else ():
            edge = _find_edge(end, path, facts, reach)
            if edge is not None:
                yield path, edge
                break


def _is_collected(project: Project, path: RepoPath) -> bool:
    if path.endswith(".py"):
        return project.config.doctest_modules
    return any(matches_file_pattern(path, glob) for glob in project.config.doctest_globs)


def _find_edge(end: End, path: RepoPath, facts: Facts, reach: Reach) -> Edge | None:
    for target, kind, line in end.finder.edges_of(path, facts):
        if kind is not EdgeKind.PACKAGE:
            reached = _find_reached(target, reach)
            if reached is not None:
                return Edge(path, reached, kind, line)
    return None


def _find_reached(target: RepoPath, reach: Reach) -> RepoPath | None:
    """The target, or for a node that stands for a group one of its files."""
    if target in reach:
        return target
    if target == EVERYTHING:
        return next(iter(reach.ways), None)
    front = target[:-1].lstrip("/") if target.endswith(("/*", "/?")) else "\0"
    return next((path for path in reach.ways if path.startswith(front)), None)
