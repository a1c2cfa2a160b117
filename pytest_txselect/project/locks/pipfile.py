"""Pipfile.lock, pipfile-spec 6.

A JSON object: `_meta`, and for each category (`default`, `develop`, others) a table of distributions with
`version`, `hashes`, `markers`, `extras`, `index`, and `git`, `ref`, `file`, `path`, `editable`,
`subdirectory` for what is not from an index. `_meta.requires` and `_meta.sources` are ground, `_meta.hash`
is neutral. Who needs whom is not told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.project.locks.table import (
    Locked,
    LockError,
    LockTable,
    as_table,
    canonical,
    is_inside,
    load_json,
    merge,
    normalize,
    when,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_txselect.model import RepoPath

__all__ = ["read_pipfile"]

SPEC: Final = 6


def read_pipfile(path: RepoPath, content: bytes) -> LockTable:
    """Read a Pipfile.lock."""
    data = load_json(path, content)
    meta = as_table(path, data.get("_meta", {}))
    if meta.get("pipfile-spec") != SPEC:
        raise LockError(path, f"pipfile-spec {meta.get('pipfile-spec')!r} of Pipfile.lock is not known")
    entries = []
    own = set()
    for category, table in data.items():
        if category == "_meta":
            continue
        for key, value in as_table(path, table).items():
            name, item = normalize(path, key), as_table(path, value)
            if is_inside(path, item.get("path")):
                own.add(name)
            entries.append(read_entry(name, category, item, own=name in own))
    ground = (f"requires {canonical(meta.get('requires'))}", f"sources {canonical(meta.get('sources'))}")
    return LockTable(merge(entries), ground, frozenset(own))


def read_entry(name: str, category: str, item: Mapping[str, Any], *, own: bool) -> Locked:
    """Read one distribution of one category."""
    kept = {key: value for key, value in item.items() if key != "markers"}
    return Locked(
        name=name,
        versions=frozenset({str(item.get("version", "")).removeprefix("==")}),
        fingerprints=frozenset({canonical({"own": item.get("extras")} if own else kept)}),
        conditions=frozenset({when(category, str(item.get("markers", "")))}),
    )
