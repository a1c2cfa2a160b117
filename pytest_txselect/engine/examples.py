"""Text files that pytest collects for their examples (`--doctest-glob`): they depend on what these import."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.model import Edge, EdgeKind
from pytest_txselect.project.disk import read_source
from pytest_txselect.project.pytest_config import matches_file_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.graph.reach import Reach
    from pytest_txselect.model import RepoPath

__all__ = ["find_examples"]

IMPORT: Final = re.compile(
    rb"^[ \t]*(?:>>>|\.\.\.)[ \t]+(?:from[ \t]+([\w.]+)[ \t]+import|import[ \t]+([\w.]+))", re.MULTILINE
)


def find_examples(project: Project, end: End, reach: Reach) -> Iterator[tuple[RepoPath, Edge]]:
    """Text files with examples that import something in the reach, with the edge to it."""
    for path in end.tree.keys:
        if path.endswith(".py") or not any(
            matches_file_pattern(path, glob) for glob in project.config.doctest_globs
        ):
            continue
        text = read_source(project.sources.git.repository.top, path) or b""
        for match in IMPORT.finditer(text):
            module = (match.group(1) or match.group(2)).decode("utf-8", "surrogateescape")
            line = text.count(b"\n", 0, match.start()) + 1
            targets = (target for target, _, _ in end.finder.strings.module(path, module, line, is_test=True))
            reached = next((target for target in targets if target in reach), None)
            if reached is not None:
                yield path, Edge(path, reached, EdgeKind.IMPORT, line)
                break
