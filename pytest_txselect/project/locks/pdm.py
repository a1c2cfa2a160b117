"""pdm.lock, lock_version 2 to 4.

`[[package]]` tables with `name`, `version`, `extras` (an entry of its own for each set of extras),
`dependencies` (requirement lines), `groups`, `marker`, `files`, and `git`, `ref`, `revision`, `url`, `path`,
`editable`, `subdirectory` for what is not from an index. The oldest files keep hashes in `[metadata.files]`,
by "name version". `[metadata] targets` and `requires_python` are ground; `content_hash`, `strategy` and the
list of groups are neutral.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.project.locks.table import (
    ALWAYS,
    Condition,
    Locked,
    LockError,
    LockTable,
    as_list,
    as_table,
    canonical,
    find_file_marks,
    find_name,
    is_inside,
    load_toml,
    merge,
    normalize,
    read_tables,
    when,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_txselect.model import RepoPath

__all__ = ["read_pdm"]

KNOWN: Final = ("2", "3", "4")
IDENTITY: Final = (
    "version",
    "extras",
    "git",
    "hg",
    "svn",
    "bzr",
    "ref",
    "revision",
    "url",
    "path",
    "editable",
    "subdirectory",
)


def read_pdm(path: RepoPath, content: bytes) -> LockTable:
    """Read a pdm.lock."""
    data = load_toml(path, content)
    metadata = as_table(path, data.get("metadata", {}))
    version = str(metadata.get("lock_version", ""))
    if version.partition(".")[0] not in KNOWN:
        raise LockError(path, f"lock_version {version!r} of pdm.lock is not known")
    packages = [(normalize(path, item.get("name")), item) for item in read_tables(path, data, "package")]
    files = as_table(path, metadata.get("files", {}))
    own = frozenset(
        name for name, item in packages if is_inside(path, item.get("path")) and not is_archive(item)
    )
    entries = [
        Locked(
            name=name,
            versions=frozenset({str(item.get("version", ""))}),
            fingerprints=frozenset({"own" if name in own else fingerprint(item, files)}),
            conditions=frozenset() if name in own else find_when(path, item),
            requires=frozenset(find_name(path, line) for line in as_list(path, item.get("dependencies", [])))
            - {name},
        )
        for name, item in packages
    ]
    ground = canonical([metadata.get("targets", []), metadata.get("requires_python", "")])
    return LockTable(merge(entries), (f"targets {ground}",), own, has_edges=True)


def is_archive(item: Mapping[str, Any]) -> bool:
    """Whether the path of a package is one of a file, which is installed as it is, not of a folder."""
    return str(item.get("path", "")).endswith((".whl", ".tar.gz", ".zip", ".tgz", ".tar.bz2"))


def find_when(path: RepoPath, item: Mapping[str, Any]) -> frozenset[Condition]:
    """When a package is installed."""
    marker = str(item.get("marker", ""))
    groups = as_list(path, item.get("groups", []))
    return frozenset(when(str(group), marker) for group in groups) or (
        frozenset({when("", marker)}) if marker else ALWAYS
    )


def fingerprint(item: Mapping[str, Any], old_files: Mapping[str, Any]) -> str:
    """Everything of a package that can change what is installed."""
    files = item.get("files", old_files.get(f"{item.get('name')} {item.get('version')}", []))
    return canonical([{key: item.get(key) for key in IDENTITY}, find_file_marks(files)])
