"""Modules that git ignores but that are there and imported: generated code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_txselect.model import RepoPath
from pytest_txselect.project.disk import hash_source, read_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_txselect.engine.graphs import End

__all__ = ["find_generated"]


def find_generated(top: Path, end: End) -> Iterator[tuple[RepoPath, str]]:
    """Find what is imported, is not in a tree, and lies in the work tree.

    Args:
        top: of the repository.
        end: the graph of the tree.

    Returns:
        Each such file with a name of its content.
    """
    for place in sorted({place for places in end.missing.values() for place in places}):
        for path in (RepoPath(f"{place}.py"), RepoPath(f"{place}/__init__.py")):
            if path not in end.tree.keys and os.path.isfile(os.path.join(top, path)):  # noqa: PTH113, PTH118 - surrogates survive
                source = read_source(top, path)
                if source is not None:
                    yield path, hash_source(source)
