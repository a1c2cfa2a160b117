"""pylock.toml and pylock.NAME.toml, lock-version 1.

Source: https://packaging.python.org/specifications/pylock-toml/

`[[packages]]` tables with `name`, `version`, `marker`, `requires-python`, and what to install: `vcs`,
`directory`, `archive`, `sdist`, `wheels`. `requires-python` and `default-groups` of the file are ground;
`created-by`, `environments`, `tool`, attestations, upload times and sizes are neutral. `dependencies` may be
left out, so it is not relied on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.project.locks.table import (
    Locked,
    LockError,
    LockTable,
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

__all__ = ["read_pylock"]

KNOWN: Final = "1"


def read_pylock(path: RepoPath, content: bytes) -> LockTable:
    """Read a pylock.toml."""
    data = load_toml(path, content)
    version = data.get("lock-version")
    if not isinstance(version, str) or version.partition(".")[0] != KNOWN:
        raise LockError(path, f"lock-version {version!r} of pylock.toml is not known")
    packages = [(normalize(path, item.get("name")), item) for item in read_tables(path, data, "packages")]
    own = frozenset(
        name
        for name, item in packages
        if is_inside(path, as_table(path, item.get("directory", {})).get("path"))
    )
    entries = [
        Locked(
            name=name,
            versions=frozenset({str(item.get("version", ""))}),
            fingerprints=frozenset({"own" if name in own else fingerprint(item)}),
            conditions=frozenset({when("", str(item.get("marker", "")))}),
        )
        for name, item in packages
    ]
    ground = (
        f"requires-python {data.get('requires-python', '')}",
        f"default-groups {canonical(data.get('default-groups', []))}",
    )
    return LockTable(merge(entries), ground, own)


def fingerprint(item: Mapping[str, Any]) -> str:
    """Everything of a package that can change what is installed."""
    return canonical(
        {
            "version": item.get("version"),
            "requires-python": item.get("requires-python"),
            "vcs": item.get("vcs"),
            "directory": item.get("directory"),
            "archive": find_file_marks(item.get("archive", [])),
            "sdist": find_file_marks(item.get("sdist", [])),
            "wheels": find_file_marks(item.get("wheels", [])),
        }
    )
