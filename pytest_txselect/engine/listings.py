"""What files list at one end of the comparison: remembered by content, or read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.contents import read_content
from pytest_txselect.engine.remembered import Reading, Remembered
from pytest_txselect.source.listing_packed import ANYTHING, Listing, pack_listing, unpack_listing

if TYPE_CHECKING:
    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.model import RepoPath

__all__ = ["OF_SOURCES", "Listings", "make_reading"]


def make_reading(*, globs: bool, folders: bool) -> Reading[Listing]:
    """A way to read what a file lists, which has a name of its own for each thing that is of use to know."""

    def read(source: bytes) -> Listing:
        from pytest_txselect.source.listing import read_listing  # noqa: PLC0415 - slow to import

        return read_listing(source, globs=globs, folders=folders)

    return Reading(f"listing with steps up {globs:d}{folders:d}", read, pack_listing, unpack_listing)


OF_SOURCES: Final = make_reading(globs=False, folders=True)
"""What is of use to know where a Python file has changed."""


class Listings:
    """Finds what files list.

    Args:
        project: the repository.
        ends: the graphs, that of the head first.
    """

    def __init__(self, project: Project, ends: tuple[End, ...]) -> None:
        self._project: Final = project
        self._ends: Final = ends
        self._remembered: Final[dict[tuple[bool, bool], Remembered[Listing]]] = {}
        self._found: Final[dict[tuple[int, RepoPath, bool, bool], Listing]] = {}

    def find(self, at: int, path: RepoPath, *, globs: bool, folders: bool) -> Listing:
        """What a file lists.

        Args:
            at: the place of the end that has the file.
            path: the file.
            globs: whether it is of use to know which globs are for downloads.
            folders: whether it is of use to know which folders are listed.
        """
        asked = (at, path, globs, folders)
        if asked not in self._found:
            content = read_content(self._project, [self._ends[at]], path)
            self._found[asked] = ANYTHING if content is None else self._find(path, content, globs, folders)
        return self._found[asked]

    def remember(self) -> None:
        """Write what was read to the store."""
        for each in self._remembered.values():
            each.remember()

    def _find(self, path: RepoPath, content: bytes, globs: bool, folders: bool) -> Listing:  # noqa: FBT001 - said by `find`
        """The bytes may be those of another end, so that these say which key is theirs."""
        remembered = self._remembered.get((globs, folders))
        if remembered is None:
            reading = make_reading(globs=globs, folders=folders)
            remembered = Remembered(self._project.sources.store, reading)
            self._remembered[globs, folders] = remembered
        return remembered.find((end.tree.keys.get(path) for end in self._ends), content) or ANYTHING
