"""Forgets what the project as it is cannot need any more."""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_txselect.engine.ends import find_ends
from pytest_txselect.engine.nodes import qualname_of
from pytest_txselect.engine.opened import Opened
from pytest_txselect.errors import GitError, UsageError
from pytest_txselect.project.disk import read_source
from pytest_txselect.store.tidying import Forgotten, tidy_evidence

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_txselect.engine.request import Request
    from pytest_txselect.model import RepoPath

__all__ = ["Tidied", "tidy_store"]


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was forgotten.

    Attributes:
        evidence: of recorded evidence.
        facts: number of contents whose facts were forgotten.
    """

    evidence: Forgotten
    facts: int


def tidy_store(request: Request) -> Tidied:
    """Forget tests that are no more, and facts of contents that neither HEAD nor the work tree has.

    Raises:
        UsageError: git cannot tell which contents there are.
        StoreError: recorded evidence cannot be read or written now.
    """
    try:
        opened = Opened(replace(request, ref="HEAD", deepen=False))
        with contextlib.closing(opened):
            base, head = find_ends(opened.git, opened.survey())
            there = _There(opened.git.repository.top)
            evidence = tidy_evidence(request.store, there.lacks)
            facts = opened.store.forget_facts({*base.values(), *head.values()})
    except GitError as error:
        raise UsageError(error.slug, error.message) from error
    return Tidied(evidence, facts)


class _There:
    """What the work tree has.

    Args:
        top: of the repository.
    """

    def __init__(self, top: Path) -> None:
        self._top = top
        self._words: dict[RepoPath, frozenset[bytes] | None] = {}

    def lacks(self, node: str, path: RepoPath) -> bool:
        """Whether a test is no more: its file is gone, or mentions neither its class nor, outside of classes, itself."""
        if path not in self._words:
            self._words[path] = self._read_words(path)
        words = self._words[path]
        if words is None:
            return not os.path.lexists(os.path.join(self._top, path))  # noqa: PTH118 - surrogates survive
        first = qualname_of(node).partition(".")[0]
        return os.fsencode(first) not in words

    def _read_words(self, path: RepoPath) -> frozenset[bytes] | None:
        """The words of a Python file; None of any other, and of one that cannot be read."""
        source = read_source(self._top, path) if path.endswith(".py") else None
        return None if source is None else frozenset(re.findall(rb"[\w\x80-\xff]+", source))
