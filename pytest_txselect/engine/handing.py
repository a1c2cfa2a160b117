"""Which files hand their place in the repository to code that could look around there: remembered by content, or read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.contents import read_content
from pytest_txselect.engine.remembered import Reading, Remembered
from pytest_txselect.model import EdgeKind
from pytest_txselect.project.tree import file_name
from pytest_txselect.source.facts import FileFacts
from pytest_txselect.source.handing_packed import TO_ANYBODY, Handing, pack_handing, unpack_handing

if TYPE_CHECKING:
    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.model import RepoPath
    from pytest_txselect.source.facts import Facts

__all__ = ["HANDING", "PlaceGivers"]

NO_IMPORTS: Final = frozenset({EdgeKind.CONFTEST, EdgeKind.FIXTURE, EdgeKind.PACKAGE})
"""Edges by which no file has names of the module from another: what a fixture gives is returned, or yielded."""


def _read(source: bytes) -> Handing:
    from pytest_txselect.source.handing import read_handing  # noqa: PLC0415 - slow to import

    return read_handing(source)


HANDING: Final = Reading("handing", _read, pack_handing, unpack_handing)


class PlaceGivers:
    """Finds who hands a place to others.

    Args:
        project: the repository.
        ends: the graphs, that of the head first.
    """

    def __init__(self, project: Project, ends: tuple[End, ...]) -> None:
        self._project: Final = project
        self._ends: Final = ends
        self._remembered: Remembered[Handing] | None = None
        self._given: Final[dict[RepoPath, bool]] = {}
        self._found: Final[dict[tuple[str, RepoPath], Handing]] = {}

    def gives(self, path: RepoPath) -> bool:
        """Whether a file that mentions its own place may hand it to anybody, at either end."""
        if path not in self._given:
            self._given[path] = any(self._gives(end, path) for end in self._ends if path in end.facts)
        return self._given[path]

    def is_taken(self, path: RepoPath, taker: RepoPath) -> bool:
        """Whether a file may have a name of a module, which is made of that module's place, by importing that.

        Args:
            path: the module.
            taker: a file that imports it.
        """
        return any(
            bool(names) and _mentions(end.facts.get(taker), names)
            for end in self._ends
            if path in end.facts
            for names in [self._find(end, path).names]
        )

    def remember(self) -> None:
        """Write what was read to the store."""
        if self._remembered is not None:
            self._remembered.remember()

    def _gives(self, end: End, path: RepoPath) -> bool:
        handing = self._find(end, path)
        if not handing.certain:
            return True
        if handing.scripts and not handing.scripts <= {file_name(each) for each in end.facts}:
            return True  # it is made by the test, and nobody knows what it does
        own = end.finder.names.resolver.is_at_roots
        if any(word in self._project.scripts or own(word.partition(".")[0]) for word in handing.programs):
            return True  # a program of the project that is given the script, and not the script itself
        return bool(handing.names) and any(
            edge.kind not in NO_IMPORTS and _mentions(end.facts.get(edge.source), handing.names)
            for edge in end.view.edges_to(path)
        )

    def _find(self, end: End, path: RepoPath) -> Handing:
        """What becomes of the place of a file of one end."""
        asked = (end.tree.keys.get(path, ""), path)
        if asked not in self._found:
            content = read_content(self._project, [end], path)
            self._found[asked] = TO_ANYBODY if content is None else self._recall(path, content)
        return self._found[asked]

    def _recall(self, path: RepoPath, content: bytes) -> Handing:
        """The bytes may be those of another end, so that these say which key is theirs."""
        if self._remembered is None:
            self._remembered = Remembered(self._project.sources.store, HANDING)
        keys = (end.tree.keys.get(path) for end in self._ends)
        return self._remembered.find(keys, content) or TO_ANYBODY


def _mentions(facts: Facts | None, names: frozenset[str]) -> bool:
    """Whether a file has one of some names from a module that it imports."""
    if not isinstance(facts, FileFacts) or any("*" in each.names for each in facts.imports):
        return True
    return not (names.isdisjoint(facts.names) and names.isdisjoint(facts.strings))
