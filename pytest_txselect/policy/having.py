"""Who may have a class, or ask for an attribute, without naming it: found by following names as if they were edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pytest_txselect.policy.raised import leaves_trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.project_code import ProjectCode
    from pytest_txselect.policy.surroundings import Place
    from pytest_txselect.policy.touched import Touched
    from pytest_txselect.source.mentions import Step

__all__ = ["Beside", "Having"]


@dataclass(frozen=True, slots=True)
class Beside:
    """What is followed beside an edit, to find who has something in hand.

    Attributes:
        hidden: a name that is looked up in a class: subclasses that have one of their own are no way to it; else empty.
        passing: the class, as a module-level name, where it is one of exceptions, whose constructor tells who has one:
            then it does not count to raise or to catch it.
    """

    hidden: str = ""
    passing: frozenset[Place] = frozenset()


class Changes(Protocol):
    """Follows edits of classes."""

    def change(self, path: RepoPath, owner: str) -> None:
        """A class is another one."""


class Following(Protocol):
    """Follows names."""

    @property
    def touched(self) -> Touched:
        """What has been found."""

    @property
    def members(self) -> Changes:
        """What follows edits of classes."""

    def name(self, path: RepoPath, name: str) -> None:
        """A module-level name means something else."""

    def step(self, path: RepoPath, step: Step) -> None:
        """A statement that executes at import is touched."""

    def run(self) -> None:
        """Follow names until there are no more."""


class Having:
    """Finds code that has something in hand; remembers its answers.

    Args:
        code: the project's code.
        begin: makes what follows names, for each question anew.
        file: called with a file that cannot be followed.
    """

    def __init__(
        self, code: ProjectCode, begin: Callable[[Beside], Following], file: Callable[[RepoPath], None]
    ) -> None:
        self._code = code
        self._begin = begin
        self._file = file
        self._classes: dict[tuple[Place, str], frozenset[Place]] = {}
        self._keepers: dict[str, frozenset[Place]] = {}

    def holders(self, path: RepoPath, owner: str, hidden: str = "") -> frozenset[Place]:
        """All code that may have a class or an instance of it: by its name, or what is made of it at import.

        Args:
            path: the file of the class.
            owner: its qualified name.
            hidden: see `Beside`.
        """
        key = ((path, owner), hidden)
        if key not in self._classes:
            own, names, _ = self._code.subclasses(path, owner, hidden)
            tells = bool(hidden) and leaves_trace(self._code.around, own, names, (path, owner))
            following = self._begin(Beside(hidden, frozenset({(path, owner)} if tells else ())))
            following.members.change(path, owner)
            following.name(path, owner.partition(".")[0])
            self._classes[key] = self._finish(following)
        return self._classes[key]

    def keepers(self, name: str) -> frozenset[Place]:
        """All code that may use what was made at import to ask for an attribute later: `attrgetter("name")`."""
        if name not in self._keepers:
            following = self._begin(Beside())
            for path, step in self._code.steps_keeping(name):
                following.step(path, step)
            self._keepers[name] = self._finish(following)
        return self._keepers[name]

    def _finish(self, following: Following) -> frozenset[Place]:
        following.run()
        touched = following.touched
        for path in touched.files:
            self._file(path)
        return frozenset(touched.places).union(*(both.mentions for both, _ in touched.both))
