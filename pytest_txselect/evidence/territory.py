"""Which files are the project's: those of its repository, without installed packages and caches."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, cast

from pytest_txselect.evidence.system import System, is_there

if TYPE_CHECKING:
    from pytest_txselect.model import RepoPath

__all__ = ["Territory", "find_top", "is_foreign"]

FOREIGN: Final = frozenset(
    {
        ".eggs",
        ".git",
        ".hg",
        ".hypothesis",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
        ".txselect",
        "__pycache__",
        "node_modules",
        "site-packages",
    }
)
"""Names of folders below which nothing belongs to the project."""

INSTALLED: Final = f"{os.sep}site-packages{os.sep}"
SOURCES: Final = ("", "src", "lib")
"""Folders in which a project's packages may be, relative to the top."""


def is_foreign(name: str) -> bool:
    """Whether a file or folder of this name is never the project's."""
    return name in FOREIGN or name.startswith(".coverage") or name.endswith(".pyc")


def find_top(folder: str) -> str:
    """The top of the repository that a folder is in: the nearest with a `.git` upwards, else itself."""
    here = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(here, ".git")):
        above = os.path.dirname(here)
        if above == here:
            return os.path.realpath(folder)
        here = above
    return here


class Territory:
    """Answers for any path whether it is the project's, and what it is called there.

    Args:
        top: top of the repository, absolute.
        store: folder of what we remember, which is never evidence; absolute.
    """

    __slots__ = ("_foreign", "_known", "_starts", "top")

    def __init__(self, top: str, store: str = "") -> None:
        self.top: Final = os.path.realpath(top)
        starts = {os.path.abspath(top) + os.sep, self.top + os.sep}
        self._starts: Final = tuple(sorted(start.replace(os.sep * 2, os.sep) for start in starts))
        inside = {sys.prefix, sys.exec_prefix}
        if store:
            inside.add(store)
        self._foreign: Final = tuple(
            sorted(
                os.path.realpath(folder) + os.sep
                for folder in inside
                if self.covers(os.path.realpath(folder))
            )
        )
        self._known: Final[dict[str, RepoPath | None]] = {}

    def covers(self, path: str) -> bool:
        """Whether an absolute path lies below the top, whoever it belongs to."""
        return path.startswith(self._starts)

    def name(self, path: str) -> RepoPath | None:
        """The path of a project file or folder in the repository; None for everything else.

        Args:
            path: absolute. Links in the way to the top are followed, links below it are not: to git they are
                files.
        """
        if not path.startswith(self._starts):
            return cast("RepoPath", "") if path + System.SEP in self._starts else None
        try:
            return self._known[path]
        except KeyError:
            return self._known.setdefault(path, self._find(path))

    def has_twin(self, path: str) -> bool:
        """Whether a file that is installed somewhere is a copy of one of the project's, by its name at least."""
        _, installed, rest = path.rpartition(INSTALLED)
        return bool(installed) and any(is_there(System.join(self.top, source, rest)) for source in SOURCES)

    def _find(self, path: str) -> RepoPath | None:
        whole = System.normpath(path)
        if not whole.startswith(self._starts):
            return cast("RepoPath", "") if whole + System.SEP in self._starts else None
        start = max((each for each in self._starts if whole.startswith(each)), key=len)
        relative = whole[len(start) :]
        if (self.top + System.SEP + relative + System.SEP).startswith(self._foreign):
            return None
        parts = relative.split(System.SEP)
        return None if FOREIGN.intersection(parts) else cast("RepoPath", "/".join(parts))
