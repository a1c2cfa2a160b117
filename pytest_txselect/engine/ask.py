"""The graph without a change: what is asked of it when nothing has to be selected."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_txselect.engine.opened import Opened
from pytest_txselect.errors import GitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.engine.request import Request

__all__ = ["open_graph"]


@contextmanager
def open_graph(request: Request) -> Iterator[tuple[Project, End]]:
    """Open the graph of the work tree; it can be asked within the `with` block.

    Args:
        request: what is asked for; its `ref` does not matter.

    Raises:
        UsageError: git cannot tell which files there are.
    """
    try:
        opened = Opened(replace(request, ref="HEAD", deepen=False))
    except GitError as error:
        raise UsageError(error.slug, error.message) from error
    try:
        seen = opened.survey()
        project = opened.open_project(seen)
        yield project, opened.open_ends(seen, project)[0]
    except GitError as error:
        raise UsageError(error.slug, error.message) from error
    finally:
        opened.close()
