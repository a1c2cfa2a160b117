"""Which files pytest may take tests, fixtures, marks or hooks from, executing nothing of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.project.tree import ancestors, file_name, folder_of
from pytest_txselect.source.edit import DocstringEdit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from pytest_txselect.engine.recorded import Evidence
    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.touched import Touched
    from pytest_txselect.source.edit import Edits

__all__ = ["Parts"]

WORDS: Final = re.compile(rb"pytest|unittest|fixture|__test__|\b_*[tT]est\w*\s*[(=:]")
"""What the text of such a file has: the name of a framework, or something that is called like a test."""
USUAL: Final = (("test",), ("Test",))
"""How pytest tells test functions and classes by their names, unless the project has its own way."""


class Parts:
    """Finds what was deselected of files and may be made or marked differently, though it executed nothing that was edited.

    Parameters of fixtures and of tests, marks, bases of test classes: no evidence tells who was made of them.

    Args:
        evidence: what was recorded.
        read: gives the text of a file at the head.
        find_reaching: gives the tests and parts that reach one of some files by the graph.
    """

    def __init__(
        self,
        evidence: Evidence,
        read: Callable[[RepoPath], bytes | None],
        find_reaching: Callable[..., frozenset[str]],
    ) -> None:
        self._evidence: Final = evidence
        self._read: Final = read
        self._find_reaching: Final = find_reaching
        self._folders: frozenset[str] | None = None

    def find_documented(self, path: RepoPath, edits: Edits) -> frozenset[str]:
        """Parts that depend on a file of which a docstring changed: hooks may read it of what they collect."""
        documented = any(isinstance(edit, DocstringEdit) for edit in edits.edits)
        return self._find_users([path]) if documented else frozenset()

    def find_made(self, path: RepoPath, texts: tuple[bytes, bytes], touched: Touched) -> frozenset[str]:
        """Parts that depend on a file which supports tests, and of which more than bodies changed.

        Also those that depend on such a file of which code that executes at import makes something of what is touched.

        Args:
            path: the edited file.
            texts: both of its versions.
            touched: whom the edits touch.
        """
        if not self._evidence.parts:
            return frozenset()
        mentioning = {each for both, _ in touched.both for each, _ in both.mentions}
        makers = {
            each for each in touched.made | mentioning if self._may_support(each, [self._read(each) or b""])
        }
        return self._find_users({*makers, path} if self._may_support(path, texts) else makers)

    def _find_users(self, paths: Collection[RepoPath]) -> frozenset[str]:
        """Parts that used one of some files in any version, or reach it by the graph."""
        if not paths or not self._evidence.parts:
            return frozenset()
        pieces = (
            number
            for path in paths
            for version in self._evidence.versions.get(path, ())
            for number in self._evidence.pieces(version)
        )
        found = self._evidence.using(pieces) | self._find_reaching(*paths)
        return found & self._evidence.parts.keys()

    def _may_support(self, path: RepoPath, texts: Iterable[bytes]) -> bool:
        """Whether pytest may find anything for the collection of tests in a file, by its place and its texts."""
        project = self._evidence.project
        usual = (project.config.python_functions, project.config.python_classes) == USUAL
        if not usual or file_name(path) == "conftest.py":
            return True
        if self._folders is None:
            self._folders = frozenset(map(folder_of, project.test_files(self._evidence.keys)))
        return not self._folders.isdisjoint(ancestors(path)) or any(WORDS.search(text) for text in texts)
