r"""Pure parsers of what git lists, all with `-z`: entries end with NUL, and names are raw bytes.

    diff --raw:  ":" mode " " mode " " object " " object " " status NUL path NUL     (renames and copies: two
    paths) ls-files -s -v:  tag " " mode " " object " " stage TAB path NUL ls-files -o:  path NUL
    (a repository of its own inside ours ends with "/") ls-files -s -v -o:  both, the latter with "? " in front
    ls-tree -r:  mode " " type " " object TAB path NUL

Names that are not UTF-8 become surrogates (PEP 383) and turn back into the same bytes with `encode_path`.
A repository may have fifty thousand entries: the text is decoded once and split, without a regular expression
a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_txselect.model import RepoPath

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = [
    "FILE_MODE",
    "LINK_MODE",
    "NO_MODE",
    "SUBMODULE_MODE",
    "IndexEntry",
    "RawEntry",
    "Snapshot",
    "TreeEntry",
    "encode_path",
    "parse_files",
    "parse_index",
    "parse_paths",
    "parse_raw_entries",
    "parse_tree",
    "quote_path",
]

FILE_MODE: Final = "100644"
LINK_MODE: Final = "120000"
SUBMODULE_MODE: Final = "160000"
NO_MODE: Final = "000000"


class TreeEntry(NamedTuple):
    """A file of a tree.

    Attributes:
        mode: "100644", "100755", "120000" (symbolic link) or "160000" (submodule).
        name: object name of its content; None where only the work tree has that content.
    """

    mode: str
    name: str | None

    @property
    def kind(self) -> str:
        """The mode without its permissions: file, link or submodule."""
        return self.mode[:3]


class IndexEntry(NamedTuple):
    """A tracked file, as the index has it.

    Attributes:
        mode: as in a tree.
        name: object name of what is staged; of any of the sides for an unmerged file.
        flags: git's letter: "H" plain, "S" skip-worktree, "M" unmerged; small where assume-unchanged is set.
    """

    mode: str
    name: str
    flags: str

    @property
    def unmerged(self) -> bool:
        """Whether a merge left several versions of it."""
        return self.flags in {"M", "m"}

    @property
    def absent_by_intent(self) -> bool:
        """Whether it may be missing from the work tree without being deleted (sparse checkout)."""
        return self.flags in {"S", "s"}


class RawEntry(NamedTuple):
    """One line of a raw diff; a missing side has mode "000000", an object not yet known is all zeros."""

    old_mode: str
    new_mode: str
    old: str
    new: str
    status: str
    path: RepoPath

    @property
    def before(self) -> TreeEntry | None:
        """The old side, None where there is none."""
        return _find_side(self.old_mode, self.old)

    @property
    def after(self) -> TreeEntry | None:
        """The new side, None where there is none."""
        return _find_side(self.new_mode, self.new)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The work tree beside a commit.

    Attributes:
        changed: the commit against the work tree, for the files that git watches.
        staged: the commit against the index.
        tracked: the index.
        untracked: what is neither tracked nor ignored.
    """

    changed: tuple[RawEntry, ...]
    staged: tuple[RawEntry, ...]
    tracked: Mapping[RepoPath, IndexEntry]
    untracked: Sequence[RepoPath]


def encode_path(path: str) -> bytes:
    """Return the bytes that git has for `path`."""
    return path.encode("utf-8", "surrogateescape")


def quote_path(path: str) -> bytes:
    r"""Return `path` quoted as in C, for input that git reads line by line."""
    quoted = encode_path(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + quoted + b'"'


def parse_raw_entries(raw: bytes) -> Iterator[RawEntry]:
    """Yield the entries of a raw diff; a rename is its deletion and its addition, a copy its addition.

    Raises:
        ValueError: `raw` is not a raw diff.
    """
    fields = iter(_split(raw))
    for head in fields:
        if not head.startswith(":"):
            raise ValueError(f"not a line of a raw diff: {head!r}")
        old_mode, new_mode, old, new, status = head[1:].split(" ")
        path = RepoPath(next(fields, ""))
        if status[0] not in "RC":
            yield RawEntry(old_mode, new_mode, old, new, status, path)
            continue
        nothing = "0" * len(old)
        if status[0] == "R":
            yield RawEntry(old_mode, NO_MODE, old, nothing, "D", path)
        yield RawEntry(NO_MODE, new_mode, nothing, new, "A", RepoPath(next(fields, "")))


def parse_index(raw: bytes) -> dict[RepoPath, IndexEntry]:
    """Return the tracked files; an unmerged file once."""
    return _parse_index(_split(raw))


def parse_files(raw: bytes) -> tuple[dict[RepoPath, IndexEntry], list[RepoPath]]:
    """Return the tracked files and the others, of one list of both, in which "? " precedes the others."""
    tracked: list[str] = []
    others: list[str] = []
    for line in _split(raw):
        (others if line[0] == "?" else tracked).append(line)
    return _parse_index(tracked), [RepoPath(line[2:]) for line in others]


def _parse_index(lines: list[str]) -> dict[RepoPath, IndexEntry]:
    if not lines:
        return {}
    # Everything before the path has the same width in all lines: slicing is twice as fast as splitting.
    end = lines[0].index(" ", 9)
    path = end + len(" 0\t")
    return {RepoPath(line[path:]): IndexEntry(line[2:8], line[9:end], line[0]) for line in lines}


def parse_tree(raw: bytes) -> dict[RepoPath, TreeEntry]:
    """Return the files of a tree, submodules included."""
    entries: dict[RepoPath, TreeEntry] = {}
    for line in _split(raw):
        head, path = line.split("\t", 1)
        mode, _type, name = head.split(" ")
        entries[RepoPath(path)] = TreeEntry(mode, name)
    return entries


def parse_paths(raw: bytes) -> list[RepoPath]:
    """Return a plain list of paths."""
    return [RepoPath(path) for path in _split(raw)]


def _find_side(mode: str, name: str) -> TreeEntry | None:
    if mode == NO_MODE:
        return None
    return TreeEntry(mode, name if name.strip("0") else None)


def _split(raw: bytes) -> list[str]:
    return raw.decode("utf-8", "surrogateescape").split("\0")[:-1]
