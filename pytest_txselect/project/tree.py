"""The files of a project at one end of a comparison: paths and content keys, no contents."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_txselect.model import RepoPath

__all__ = ["CONFTEST", "ProjectTree", "ancestors", "file_name", "folder_of", "front_of", "is_python", "join"]

CONFTEST: Final = "conftest.py"


def folder_of(path: str) -> str:
    """The folder a path is in; `""` is the top of the repository."""
    return path.rpartition("/")[0]


def file_name(path: str) -> str:
    """The last part of a path."""
    return path.rpartition("/")[2]


def join(folder: str, name: str) -> str:
    """A path below a folder."""
    return f"{folder}/{name}" if folder else name


def ancestors(path: str) -> Iterator[str]:
    """Every folder above a path, from its own up to the top (`""`)."""
    while path:
        path = folder_of(path)
        yield path


def front_of(path: str) -> str:
    """What all paths begin with that a conftest or a plugin of the project concerns; empty for all of them."""
    return path.removesuffix(CONFTEST) if file_name(path) == CONFTEST else ""


def is_python(path: str) -> bool:
    """Whether a path names Python source (stubs are none: they execute nothing)."""
    return path.endswith(".py")


@dataclass(frozen=True, slots=True)
class ProjectTree:
    """All files of the repository that git knows or would add, at one end of the comparison.

    Attributes:
        keys: content key of each file; equal keys mean equal bytes.
        folders: every folder that has a file below it, the top as `""`.
        parents: for each name of a Python file's stem or of a folder, the folders that contain it.
    """

    keys: Mapping[RepoPath, str]
    folders: frozenset[str] = field(init=False, repr=False)
    parents: Mapping[str, frozenset[str]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        folders = {""}
        parents: defaultdict[str, set[str]] = defaultdict(set)
        for path in self.keys:
            folder, _, name = path.rpartition("/")
            if name.endswith(".py"):
                parents[name[:-3]].add(folder)
            while folder not in folders:
                folders.add(folder)
                above, _, last = folder.rpartition("/")
                parents[last].add(above)
                folder = above
        object.__setattr__(self, "folders", frozenset(folders))
        object.__setattr__(self, "parents", {name: frozenset(found) for name, found in parents.items()})

    def python_files(self) -> Iterator[RepoPath]:
        """The Python files, in the order of `keys`."""
        return (path for path in self.keys if path.endswith(".py"))

    def below(self, folder: str) -> Iterator[RepoPath]:
        """Every file below a folder, at any depth."""
        front = f"{folder}/" if folder else ""
        return (path for path in self.keys if path.startswith(front))

    def shape(self) -> str:
        """A fingerprint of which paths there are, whatever is in them."""
        text = "\0".join(sorted(cast("Mapping[str, str]", self.keys)))
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
