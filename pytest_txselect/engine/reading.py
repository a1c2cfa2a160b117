"""Who may read a changed file: by words first, which are cheap and wide, then by what the calls of these files say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.listings import Listings
from pytest_txselect.graph.hints import Hints

if TYPE_CHECKING:
    from pytest_txselect.engine.examples import ExampleFiles
    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.model import RepoPath

__all__ = ["DataReaders"]


class DataReaders:
    """Finds the files that may read a changed one, at either end.

    Args:
        project: the repository.
        ends: the graphs, that of the head first.
        examples: texts with examples.
    """

    def __init__(self, project: Project, ends: tuple[End, ...], examples: ExampleFiles) -> None:
        self._examples: Final = examples
        self._hints: Final = [Hints(end.words) for end in ends]
        self._listings: Final = Listings(project, ends)

    def readers(self, path: RepoPath, *, exactly: bool) -> dict[RepoPath, str]:
        """Files that may read a changed file that is not Python, each with the word that says so.

        Args:
            path: the changed file.
            exactly: leave out those that only name a folder above it.
        """
        found: dict[RepoPath, str] = {}
        for at, hints in enumerate((*self._hints, self._examples.hints)):
            for reader, word in hints.readers(path).items():
                refined = self._refine(at, reader, word, path)
                if refined is not None:
                    word = refined.readers(path).get(reader, "")  # noqa: PLW2901 - the same question, asked again
                if word and (not exactly or (refined or hints).says_exactly(reader, word, path)):
                    found.setdefault(reader, word)
        return found

    def listers(self, path: RepoPath) -> dict[RepoPath, str]:
        """Files that may find a changed Python file by listing its folder, or by a glob."""
        found: dict[RepoPath, str] = {}
        for at, hints in enumerate((*self._hints, self._examples.hints)):
            for reader, word in hints.listers(path).items():
                refined = self._refine(at, reader, word, path)
                if refined is None or refined.listers(path):
                    found.setdefault(reader, word)
        return found

    def remember(self) -> None:
        """Write what was read to the store."""
        self._listings.remember()

    def _refine(self, at: int, reader: RepoPath, word: str, path: RepoPath) -> Hints | None:
        """What the words of a file say once its calls are looked at; None where these change nothing."""
        hints = self._hints[at] if at < len(self._hints) else None
        if hints is None or not hints.is_wide(reader, word, path):
            return None
        source = path.endswith(".py")
        globs = not source and any("*" in each for each in hints.words[reader])
        listing = self._listings.find(at, reader, globs=globs, folders=source)
        return hints.without(reader, listing.downloads, lists=listing.may_find(path), folders=listing.folders)
