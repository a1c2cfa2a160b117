"""Which texts may be found by listing folders: wide, and cheap enough to be asked about every document of a repository."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pytest_txselect.graph.hints import ENDS, OWN_FOLDER, Hints
from pytest_txselect.graph.wildcards import GLOB, find_end, glob_fits
from pytest_txselect.project.tree import ancestors, file_name, folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_txselect.model import RepoPath

__all__ = ["ListedTexts"]


class ListedTexts:
    """Knows what some files that list folders may find, by their words (`graph/hints.py`).

    Args:
        words: of each of these files.
    """

    def __init__(self, words: Mapping[RepoPath, Iterable[str]]) -> None:
        self._folders: Final[set[str]] = set()
        self._ends: Final[set[str]] = set()
        self._globs: Final[defaultdict[str, dict[str, RepoPath]]] = defaultdict(dict)
        names: defaultdict[RepoPath, list[str]] = defaultdict(list)
        for path, several in words.items():
            for word in several:
                if self._is_name(path, word):
                    names[path].append(word)
        self._names: Final = Hints(names)

    def _is_name(self, path: RepoPath, word: str) -> bool:
        """Whether a word names a file or a folder; what it is otherwise is kept."""
        if word == OWN_FOLDER:
            self._folders.add(folder_of(path))
        elif word.startswith(ENDS):
            self._ends.add(word.removeprefix(ENDS))
        elif GLOB.search(word):
            if word.strip("*./"):
                self._globs[find_end(word)][word] = path
            else:
                self._folders.add(folder_of(path))
        else:
            return word[0] != "\x00"
        return False

    def may_have(self, path: RepoPath) -> bool:
        """Whether one of the files may find a path."""
        above = [*ancestors(path)]
        return (
            not self._folders.isdisjoint(above)
            or self._names.names_file(file_name(path))
            or any(True for folder in above if folder for _ in self._names.namers(folder, path))
            or path.endswith(tuple(self._ends))
            or any(
                path.endswith(end) and any(glob_fits(word, reader, path) for word, reader in globs.items())
                for end, globs in self._globs.items()
            )
        )
