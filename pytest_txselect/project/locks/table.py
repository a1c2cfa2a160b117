"""What every format of lock file is read into, and the few steps that reading them has in common."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from packaging.utils import canonicalize_name

from pytest_txselect.errors import TxSelectError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_txselect.model import RepoPath

__all__ = [
    "ALWAYS",
    "Condition",
    "LockError",
    "LockTable",
    "Locked",
    "as_list",
    "as_table",
    "canonical",
    "find_file_marks",
    "find_name",
    "is_inside",
    "load_json",
    "load_toml",
    "merge",
    "normalize",
    "read_tables",
    "when",
]

MAX_BYTES: Final = 16 * 1024 * 1024
"""Above this a file is not read: the lock files of the largest public monorepos stay below 6 MB."""

LONG_KEY: Final = re.compile(rb"""(?:\.[ \t]*+(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+){100}""")
"""A dotted key of so many parts: tomllib takes time that grows with the square of their number."""

NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


class LockError(TxSelectError):
    """A lock file or requirements list that cannot be read. Callers turn it into a run of everything.

    Args:
        path: the file.
        cause: what is wrong with it.
        line: 1-based line, 0 where it is not known.
    """

    def __init__(self, path: RepoPath, cause: str, line: int = 0) -> None:
        place = f"{path}:{line}" if line else path
        super().__init__("lock-unreadable", f"{place}: {cause}; which distributions moved cannot be told")
        self.path = path
        self.line = line


@dataclass(frozen=True, slots=True)
class Condition:
    """One way for a distribution to get installed: the section is asked for, and all markers hold.

    Attributes:
        section: extra, dependency group or workspace member that asks for it; empty where the format has
            none.
        markers: environment markers as written; a text that is no marker counts as one that may hold.
    """

    section: str = ""
    markers: frozenset[str] = frozenset()


ALWAYS: Final = frozenset({Condition()})


@dataclass(frozen=True, slots=True)
class Locked:
    """What a file says of one distribution, all its versions together.

    Attributes:
        name: normalized name.
        versions: versions (or specifiers, in a requirements list), for a person to read.
        fingerprints: one text per entry of the file, of everything that can change what is installed:
            version, source, address, hashes. Equal sets mean the same installation under the same conditions.
        conditions: when it is installed; empty where the file does not tell.
        choices: where several versions are locked, which of them (as section) its users ask for, under which
            markers.
        requires: normalized names of the distributions it needs, with any extra; empty where the format does
            not tell.
        pinned: whether the file fixes one version, so that nothing else can move it.
        extras: normalized names of the extras that a list of requirements asks for.
    """

    name: str
    versions: frozenset[str]
    fingerprints: frozenset[str]
    conditions: frozenset[Condition] = ALWAYS
    choices: frozenset[Condition] = frozenset()
    requires: frozenset[str] = frozenset()
    pinned: bool = True
    extras: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LockTable:
    """One version of a lock file or requirements list.

    Attributes:
        distributions: what it says of each distribution, by normalized name.
        ground: what it says that concerns every distribution (Python version, index, options), as text.
        own: those of the distributions whose source is in the repository, and the project itself: their code
            is judged by the import graph, not here.
        has_edges: whether `requires` is known for the distributions.
        complete: whether everything that gets installed is listed. In a list that is not complete, a
            distribution that moved may take others with it that the file never names.
    """

    distributions: Mapping[str, Locked] = field(default_factory=dict)
    ground: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    has_edges: bool = False
    complete: bool = True


def check_size(path: RepoPath, content: bytes) -> None:
    """Raise LockError for a file larger than any that a tool writes."""
    if len(content) > MAX_BYTES:
        raise LockError(path, f"{len(content)} bytes are more than the {MAX_BYTES} that are read")


def load_toml(path: RepoPath, content: bytes) -> dict[str, Any]:
    """Parse TOML; LockError for whatever is wrong with it."""
    check_size(path, content)
    if LONG_KEY.search(content):
        raise LockError(path, "nested too deeply")
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except RecursionError:
        raise LockError(path, "nested too deeply") from None
    except ValueError as error:  # TOMLDecodeError, UnicodeDecodeError, integers of thousands of digits
        raise LockError(path, f"not TOML: {error}") from error


def load_json(path: RepoPath, content: bytes) -> dict[str, Any]:
    """Parse a JSON object; LockError for whatever is wrong with it."""
    check_size(path, content)
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except RecursionError:
        raise LockError(path, "nested too deeply") from None
    except ValueError as error:
        raise LockError(path, f"not JSON: {error}") from error
    if not isinstance(data, dict):
        raise LockError(path, "not a JSON object")
    return data


def read_tables(path: RepoPath, data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The array of tables `key`, empty where there is none."""
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise LockError(path, f"`{key}` is not an array of tables")
    return value


def as_table(path: RepoPath, value: object) -> dict[str, Any]:
    """The value, which must be a table."""
    if not isinstance(value, dict):
        raise LockError(path, f"{str(value)[:80]!r} is not a table")
    return value


def as_list(path: RepoPath, value: object) -> list[Any]:
    """The value, which must be an array."""
    if not isinstance(value, list):
        raise LockError(path, f"{str(value)[:80]!r} is not an array")
    return value


def when(section: str, marker: str) -> Condition:
    """The condition of one section and at most one marker."""
    return Condition(section, frozenset({marker} if marker else ()))


def find_name(path: RepoPath, requirement: object, line: int = 0) -> str:
    """The normalized name that a requirement line starts with, whatever follows it."""
    found = NAME.match(requirement.strip()) if isinstance(requirement, str) else None
    return normalize(path, found.group() if found else requirement, line)


def normalize(path: RepoPath, name: object, line: int = 0) -> str:
    """The normalized form of a distribution's name; LockError for what cannot be one."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise LockError(path, f"{str(name)[:80]!r} is not the name of a distribution", line)
    return canonicalize_name(name)


def canonical(value: object) -> str:
    """A text that is equal for values that differ only in the order of keys and items.

    Values come from TOML or JSON, whose parsers bound the depth well below what this can take.
    """
    return json.dumps(put_in_order(value), sort_keys=True, default=str)


def put_in_order(value: object) -> object:
    """The value with every list sorted."""
    if isinstance(value, dict):
        return {str(key): put_in_order(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((put_in_order(item) for item in value), key=canonical_key)
    return value


def canonical_key(value: object) -> str:
    """Sort key of an item that is in order itself."""
    return json.dumps(value, sort_keys=True, default=str)


def find_file_marks(files: object) -> list[str]:
    """What identifies each file of a distribution: its hashes, else where it comes from.

    An address or an upload time may change while the file stays the same; the hash may not.

    Args:
        files: a table, or an array of tables, with `hash` or `hashes`, and `url`, `path`, `file` or `name`.
    """
    marks = []
    for file in files if isinstance(files, list) else [files]:
        if not isinstance(file, dict):
            marks.append(canonical(file))
            continue
        marks.append(canonical(file.get("hash") or file.get("hashes") or file))
    return sorted(marks)


def is_inside(path: RepoPath, folder: object) -> bool:
    """Whether a folder, written relative to a lock file, is in the lock file's repository."""
    if not isinstance(folder, str) or folder.startswith(("/", "\\", "file:")) or ":" in folder[:3]:
        return False
    top = posixpath.normpath(posixpath.join(posixpath.dirname(path), folder.replace("\\", "/")))
    return top != ".." and not top.startswith("../")


def merge(entries: Iterable[Locked]) -> dict[str, Locked]:
    """All entries of a file by name; several of one name (versions under different markers) become one."""
    merged: dict[str, Locked] = {}
    for entry in entries:
        known = merged.get(entry.name)
        merged[entry.name] = (
            entry
            if known is None
            else Locked(
                entry.name,
                known.versions | entry.versions,
                known.fingerprints | entry.fingerprints,
                known.conditions | entry.conditions,
                known.choices | entry.choices,
                known.requires | entry.requires,
                known.pinned or entry.pinned,
                known.extras | entry.extras,
            )
        )
    return merged
