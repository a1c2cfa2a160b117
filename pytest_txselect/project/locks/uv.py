"""uv.lock, version 1.

`[[package]]` tables with `name`, `version`, `source`, `sdist`, `wheels`, `resolution-markers`, and edges
with markers: `dependencies`, `optional-dependencies` by extra, `dev-dependencies` by group (of workspace
members). `source` has one key of `registry`, `git`, `url`, `path`, `directory`, `editable`, `virtual`; the
last three are folders. `[manifest]` names the members of a workspace, or the requirements of a script.
`revision`, `[options]` and upload times say nothing about what is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.project.locks.conditions import find_conditions
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
    from collections.abc import Iterator, Mapping

    from pytest_txselect.model import RepoPath

__all__ = ["read_uv"]

SCRIPT: Final = "(manifest)"
"""The section of what `[manifest]` asks for itself; no distribution can have this name."""


def read_uv(path: RepoPath, content: bytes) -> LockTable:
    """Read a uv.lock, or the lock file of a script."""
    data = load_toml(path, content)
    if data.get("version") != 1:
        raise LockError(path, f"version {data.get('version')!r} of uv.lock is not known")
    packages = [(normalize(path, item.get("name")), item) for item in read_tables(path, data, "package")]
    own = frozenset(name for name, item in packages if is_own(path, item))
    arcs: dict[str, list[tuple[str, str]]] = {}
    requires: dict[str, set[str]] = {}
    choices: dict[str, set[Condition]] = {}
    sections: set[str] = set()
    for name, section, edge in find_edges(path, packages, data):
        target = normalize(path, edge.get("name"))
        marker = str(edge.get("marker", ""))
        extras = as_list(path, edge.get("extra", []))
        arcs.setdefault(section, []).extend(
            (f"{target}{extra}", marker) for extra in ["", *(f"[{e}]" for e in extras)]
        )
        requires.setdefault(name, set()).add(target)
        if "version" in edge:  # several versions are locked: the edge says which one its marker stands for
            version = canonical([edge["version"], edge.get("source")])
            choices.setdefault(target, set()).add(when(version, marker))
        if name in own or name == SCRIPT:
            sections.add(section)
    conditions = find_conditions(arcs, sections)
    entries = [
        Locked(
            name=name,
            versions=frozenset({str(item.get("version", ""))}),
            fingerprints=frozenset({"own" if name in own else fingerprint(item)}),
            conditions=frozenset() if name in own else conditions.get(name, frozenset()),
            choices=frozenset(choices.get(name, ())),
            requires=frozenset(requires.get(name, ())) - {name},
        )
        for name, item in packages
    ]
    return LockTable(
        merge(entries), (f"requires-python {data.get('requires-python', '')}",), own, has_edges=True
    )


def find_edges(
    path: RepoPath, packages: list[tuple[str, dict[str, Any]]], data: Mapping[str, Any]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every edge: the distribution that it starts from, the section of it, and the edge's table."""
    manifest = as_table(path, data.get("manifest", {}))
    for edge in read_tables(path, manifest, "requirements"):
        yield SCRIPT, SCRIPT, edge
    groups = [(SCRIPT, ":", as_table(path, manifest.get("dependency-groups", {})))]
    for name, item in packages:
        for edge in read_tables(path, item, "dependencies"):
            yield name, name, edge
        groups.append((name, "[]", as_table(path, item.get("optional-dependencies", {}))))
        groups.append((name, ":", as_table(path, item.get("dev-dependencies", {}))))
    for name, sign, table in groups:
        for key in table:
            for edge in read_tables(path, table, key):
                yield name, f"{name}{sign[0]}{key}{sign[1:]}", edge


def is_own(path: RepoPath, item: Mapping[str, Any]) -> bool:
    """Whether a package is a folder of this repository."""
    source = as_table(path, item.get("source", {}))
    return any(is_inside(path, source.get(key)) for key in ("virtual", "editable", "directory"))


def fingerprint(item: Mapping[str, Any]) -> str:
    """Everything of a package that can change what is installed."""
    return canonical(
        {
            "version": item.get("version"),
            "source": item.get("source"),
            "markers": item.get("resolution-markers"),
            "sdist": find_file_marks(item.get("sdist", [])),
            "wheels": find_file_marks(item.get("wheels", [])),
        }
    )
