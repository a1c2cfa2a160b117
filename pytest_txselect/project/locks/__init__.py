"""Lock files and requirements lists: bytes of one file in, a table of distributions out; one file per format.

Whatever is wrong with a file, LockError is what comes out: the files may be anybody's.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final, TypeAlias

from pytest_txselect.project.locks.pdm import read_pdm
from pytest_txselect.project.locks.pipfile import read_pipfile
from pytest_txselect.project.locks.poetry import read_poetry
from pytest_txselect.project.locks.pylock import read_pylock
from pytest_txselect.project.locks.pyproject import read_pyproject
from pytest_txselect.project.locks.requirements import read_requirements
from pytest_txselect.project.locks.table import Condition, Locked, LockError, LockTable
from pytest_txselect.project.locks.uv import read_uv

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_txselect.model import RepoPath

__all__ = ["Condition", "LockError", "LockTable", "Locked", "is_lock", "read_lock"]

Reader: TypeAlias = "Callable[[RepoPath, bytes], LockTable]"

BY_NAME: Final[tuple[tuple[re.Pattern[str], Reader], ...]] = (
    (re.compile(r"uv\.lock|.*\.py\.lock"), read_uv),
    (re.compile(r"poetry\.lock"), read_poetry),
    (re.compile(r"pdm(\..+)?\.lock"), read_pdm),
    (re.compile(r"Pipfile\.lock"), read_pipfile),
    (re.compile(r"pylock\.([^.]+\.)?toml"), read_pylock),
    (re.compile(r"pyproject\.toml"), read_pyproject),
    (
        re.compile(r"(.*[-_.])?(requirements?|constraints?)([-_.].*)?\.(txt|in|pip)", re.IGNORECASE),
        read_requirements,
    ),
)
LIST: Final = re.compile(r".*\.(txt|in|pip)", re.IGNORECASE)
LIST_FOLDER: Final = re.compile(r"(.*[-_.])?(requirements?|constraints?)([-_.].*)?", re.IGNORECASE)


def is_lock(path: RepoPath) -> bool:
    """Whether the name of a file says that `read_lock` is the one to read it.

    A list that goes by another name (`-r` of some other list) can be given to `read_lock` all the same.
    """
    folder = posixpath.basename(posixpath.dirname(path))
    return find_reader(path) is not None or bool(
        LIST_FOLDER.fullmatch(folder) and LIST.fullmatch(posixpath.basename(path))
    )


def find_reader(path: RepoPath) -> Reader | None:
    """The reader of the format that the name of a file tells."""
    name = posixpath.basename(path)
    return next((reader for pattern, reader in BY_NAME if pattern.fullmatch(name)), None)


def read_lock(path: RepoPath, content: bytes) -> LockTable:
    """Read one version of a lock file or requirements list.

    Args:
        path: where it is in the repository; its name tells the format.
        content: its bytes.

    Raises:
        LockError: it cannot be read, whatever the cause.
    """
    reader = find_reader(path) or (read_requirements if LIST.fullmatch(posixpath.basename(path)) else None)
    if reader is None:
        raise LockError(path, "no format of lock file is known by this name")
    try:
        return reader(path, content)
    except RecursionError:  # dotted keys and brackets can nest values deeper than Python's stack goes
        raise LockError(path, "nested too deeply") from None
