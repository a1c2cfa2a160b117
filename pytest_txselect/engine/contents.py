"""The bytes of a file as one end of the comparison has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.model import RepoPath

__all__ = ["read_content"]


def read_content(project: Project, ends: Iterable[End], path: RepoPath) -> bytes | None:
    """Read a file at the first end that has it; None where none can be read.

    Args:
        project: the repository.
        ends: the head first; where there are none, the work tree is asked.
        path: the file.

    Raises:
        GitError: git does not have the content.
    """
    from pytest_txselect.project.disk import read_source  # noqa: PLC0415 - of single tests only

    sources = project.sources
    for end in ends:
        key = end.tree.keys.get(path)
        if key is None:
            continue
        if sources.from_disk and (source := read_source(sources.git.repository.top, path)) is not None:
            return source
        if not key.startswith(("w", "l")):
            return dict(sources.git.read_blobs([key])).get(key)
    return None if ends or not sources.from_disk else read_source(sources.git.repository.top, path)
