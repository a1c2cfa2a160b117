"""Which texts may be found by listing folders: wide, and cheap enough to be asked about every document of a repository."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pytest_txselect.graph.hints import ENDS, OWN_FOLDER, Hints
from pytest_txselect.graph.wildcards import GLOB, find_end, glob_fits, is_near, unite
from pytest_txselect.project.tree import ancestors, file_name, folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pytest_txselect.model import RepoPath

__all__ = ["ListedTexts"]


class ListedTexts:
    """Knows what some files that list folders may find, by their words (`graph/hints.py`).

    Args:
        words: of each of these files.
    """

    def __init__(self, words: Mapping[RepoPath, Iterable[str]]) -> None:
        self._folders: Final[set[str]] = set()
        self._near: Final[dict[tuple[str, str], RepoPath]] = {}
        self._wide: Final[defaultdict[str, set[str]]] = defaultdict(set)
        ends: set[str] = set()
        names: defaultdict[RepoPath, list[str]] = defaultdict(list)
        for path, several in words.items():
            for word in several:
                if word.startswith(ENDS):
                    ends.add(word.removeprefix(ENDS))
                elif self._is_name(path, word):
                    names[path].append(word)
        self._ends: Final = tuple(ends)
        self._united: Final[dict[str, Callable[[str], object]]] = {}
        self._names: Final = Hints(names)

    def _is_name(self, path: RepoPath, word: str) -> bool:
        """Whether a word names a file or a folder; what it is otherwise is kept."""
        if word == OWN_FOLDER:
            self._folders.add(folder_of(path))
        elif GLOB.search(word):
            if not word.strip("*./"):
                self._folders.add(folder_of(path))
            elif is_near(word):
                self._near[word, folder_of(path)] = path
            else:
                self._wide[find_end(word)].add(word)
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
            or path.endswith(self._ends)
            or any(path.endswith(end) and self._unite(end)(f"/{path}") for end in self._wide)
            or any(glob_fits(word, reader, path) for (word, _), reader in self._near.items())
        )

    def _unite(self, end: str) -> Callable[[str], object]:
        """A matcher of all globs with one end, made when a path has it."""
        found = self._united.get(end)
        if found is None:
            found = self._united[end] = unite(self._wide[end])
        return found
