"""poetry.lock, lock-version 1 and 2.

`[[package]]` tables with `name`, `version`, `files`, `source`, `dependencies` (a table of names), and, from
lock-version 2.1 on, `groups` and `markers`. Before that a lock does not tell who asks for a distribution:
pyproject.toml does. `[extras]` lists what each extra of the project installs. The oldest files keep hashes
in `[metadata.files]` or `[metadata.hashes]`. `[metadata] content-hash` is neutral, `python-versions` is
ground. The project itself is not listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.project.locks.table import (
    Condition,
    Locked,
    LockError,
    LockTable,
    as_list,
    as_table,
    canonical,
    find_file_marks,
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

__all__ = ["read_poetry"]

KNOWN: Final = ("1", "2")
ASKED_ELSEWHERE: Final = Condition("pyproject.toml")


def read_poetry(path: RepoPath, content: bytes) -> LockTable:
    """Read a poetry.lock."""
    data = load_toml(path, content)
    metadata = as_table(path, data.get("metadata", {}))
    version = str(metadata.get("lock-version", "1.0"))
    if version.partition(".")[0] not in KNOWN:
        raise LockError(path, f"lock-version {version} of poetry.lock is not known")
    packages = [(normalize(path, item.get("name")), item) for item in read_tables(path, data, "package")]
    asked = find_asked(path, packages)
    extras = find_extras(path, as_table(path, data.get("extras", {})))
    files = find_old_files(path, metadata)
    own = frozenset(name for name, item in packages if is_own(path, item))
    entries = [
        Locked(
            name=name,
            versions=frozenset({str(item.get("version", ""))}),
            fingerprints=frozenset({"own" if name in own else fingerprint(item, files.get(name))}),
            conditions=frozenset()
            if name in own
            else find_when(path, item, asked.get(name, set())) | extras.get(name, set()),
            requires=frozenset(normalize(path, key) for key in as_table(path, item.get("dependencies", {})))
            - {name},
        )
        for name, item in packages
    ]
    return LockTable(
        merge(entries), (f"python-versions {metadata.get('python-versions', '')}",), own, has_edges=True
    )


def find_asked(path: RepoPath, packages: list[tuple[str, dict[str, Any]]]) -> dict[str, set[Condition]]:
    """Of each distribution, the markers under which others need it."""
    asked: dict[str, set[Condition]] = {}
    for _, item in packages:
        for key, value in as_table(path, item.get("dependencies", {})).items():
            for constraint in value if isinstance(value, list) else [value]:
                marker = str(constraint.get("markers", "")) if isinstance(constraint, dict) else ""
                asked.setdefault(normalize(path, key), set()).add(when("", marker))
    return asked


def find_extras(path: RepoPath, table: Mapping[str, Any]) -> dict[str, set[Condition]]:
    """Of each distribution, the extras of the project that install it."""
    extras: dict[str, set[Condition]] = {}
    for extra, names in table.items():
        for text in as_list(path, names):
            words = str(text).split()  # lock-version 1.0 has "name (>=1)"
            name = words[0].partition("[")[0] if words else ""
            extras.setdefault(normalize(path, name), set()).add(Condition(f"[{extra}]"))
    return extras


def find_old_files(path: RepoPath, metadata: Mapping[str, Any]) -> dict[str, object]:
    """The files of each distribution where they are kept in the metadata."""
    tables = [as_table(path, metadata.get(key, {})) for key in ("files", "hashes")]
    return {normalize(path, name): files for table in tables for name, files in table.items()}


def find_when(path: RepoPath, item: Mapping[str, Any], asked: set[Condition]) -> frozenset[Condition]:
    """When a distribution is installed; where the lock does not say, who needs it under which marker."""
    if "groups" not in item:
        optional = "optional" if item.get("optional") else ""
        category = Condition(f"{item.get('category', '')}{optional}", ASKED_ELSEWHERE.markers)
        return frozenset({ASKED_ELSEWHERE, category, *asked})
    markers = item.get("markers", "")
    groups = [str(group) for group in as_list(path, item["groups"])]
    by_group = markers if isinstance(markers, dict) else dict.fromkeys(groups, markers)
    return frozenset(when(group, str(by_group.get(group, ""))) for group in groups)


def is_own(path: RepoPath, item: Mapping[str, Any]) -> bool:
    """Whether a package is a folder of this repository."""
    source = as_table(path, item.get("source", {}))
    return source.get("type") == "directory" and is_inside(path, source.get("url"))


def fingerprint(item: Mapping[str, Any], old_files: object) -> str:
    """Everything of a package that can change what is installed."""
    files = item.get("files", old_files)
    return canonical(
        {
            "version": item.get("version"),
            "source": item.get("source"),
            "develop": item.get("develop"),
            "files": find_file_marks(files if files is not None else []),
        }
    )
