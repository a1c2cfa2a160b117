"""Whom edits of test files, conftests and plugins touch beyond who executed what changed: pytest finds things by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from pytest_txselect.policy.familiar import is_fixture, is_hook, is_plain_fixture, is_sought
from pytest_txselect.policy.requests import find_requesting
from pytest_txselect.policy.surroundings import MODULE, TESTS_OF
from pytest_txselect.project.tree import file_name
from pytest_txselect.source.edit import DefinitionChange

if TYPE_CHECKING:
    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.project_code import ProjectCode
    from pytest_txselect.policy.touched import Old
    from pytest_txselect.source.edit import DefinitionEdit

__all__ = ["COMING", "Suite"]

ANSWERING: Final = frozenset({"__getattr__", "__dir__"})
"""What answers for a module where it has no name; whoever asks it executes nothing of it while there is none."""
COMING: Final = frozenset({DefinitionChange.ADDED, DefinitionChange.REMOVED})


class Follower(Protocol):
    """Follows what is found here."""

    def place(self, path: RepoPath, qualname: str, *, named: bool = False) -> None:
        """Some code is touched; `named`: it was found by the name of an attribute."""

    def file(self, path: RepoPath) -> None:
        """Whoever reaches a file by the graph is touched."""


class Suite:
    """Finds whom edits touch because of what a name is to pytest.

    Args:
        code: the project's code.
        old: the version that evidence was taken from.
        follower: follows what is found.
    """

    def __init__(self, code: ProjectCode, old: Old, follower: Follower) -> None:
        self._code = code
        self._old = old
        self._follower = follower

    def name(self, path: RepoPath, name: str) -> None:
        """A module-level name is bound differently."""
        if is_hook(name) or (self._code.around.is_test(path) and is_sought(name)):
            self._all(path)

    def define(self, path: RepoPath, edit: DefinitionEdit) -> None:
        """A function or method is defined differently."""
        if edit.owner is None:
            if edit.name in ANSWERING and edit.change in COMING:
                self._follower.file(path)
            elif not edit.name.startswith("test"):
                self.name(path, edit.name)
        if not self._code.around.is_test(path):
            return
        self._follower.place(path, f"{edit.function}{TESTS_OF}")
        was = self._old.decorators.get(edit.function, frozenset())
        decorators = was | self._code.decorators(path, edit.function)
        if not any(map(is_fixture, decorators)):
            return
        if edit.change in COMING and all(map(is_plain_fixture, decorators)):
            for place in find_requesting(self._code, edit.name):
                self._follower.place(*place)
        elif edit.change in COMING or edit.change is DefinitionChange.DECORATORS:
            self._all(path)

    def _all(self, path: RepoPath) -> None:
        """All tests of a test file; those below a conftest, or with a plugin."""
        if file_name(path) == "conftest.py" or not self._code.around.is_test(path):
            self._follower.file(path)
        else:
            self._follower.place(path, MODULE)
