"""What tools and editors leave in a work tree, which is no part of a project: files that everybody's `.gitignore` names.

Git is asked to leave them out as if this one did, too, so that a fresh project has a selection before it has a
`.gitignore`. A file that is tracked counts, whatever its name: `git add -f` makes it one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.model import RepoPath

__all__ = ["LEFTOVERS", "drop_environments"]

LEFTOVERS: Final = (
    "__pycache__/",  # Python takes nothing from there that has no source beside it
    "*.egg-info/",
    ".eggs/",
    ".pytest_cache/",
    ".hypothesis/",
    ".coverage",
    ".coverage.*",
    "htmlcov/",
    "/coverage.xml",  # elsewhere a file of this name may be test data
    "/junit.xml",
    ".mypy_cache/",
    ".ruff_cache/",
    ".tox/",
    ".nox/",
    ".ipynb_checkpoints/",
    "node_modules/",
    ".DS_Store",
    ".*.sw[a-p]",  # of vim, while a file is open
    "*~",
    ".#*",  # of Emacs, likewise
    "\\#*#",
)
"""Patterns of `.gitignore`, for untracked files only."""

_MARKER: Final = "/pyvenv.cfg"
_PROGRAMS: Final = ("bin/python", "Scripts/python.exe")


def drop_environments(untracked: Iterable[RepoPath]) -> list[RepoPath]:
    """Drop what is in a virtual environment, whatever its name: packages that were installed, by the thousand.

    Args:
        untracked: files that are neither tracked nor ignored.
    """
    files = list(untracked)
    marked = [path.removesuffix("pyvenv.cfg") for path in files if path.endswith(_MARKER)]
    if not marked:
        return files
    known = frozenset(files)
    folders = tuple(each for each in marked if any(f"{each}{program}" in known for program in _PROGRAMS))
    return [path for path in files if not path.startswith(folders)]
