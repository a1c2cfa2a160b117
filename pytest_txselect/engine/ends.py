"""Which files are at the base and at the head, under which content keys, and what links lead to them."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Final

from pytest_txselect.changes.listing import LINK_MODE, SUBMODULE_MODE
from pytest_txselect.model import ChangeKind, RepoPath
from pytest_txselect.project.disk import hash_source, read_source
from pytest_txselect.project.tree import folder_of, join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_txselect.changes.diff import Survey
    from pytest_txselect.changes.git import Git

__all__ = ["find_ends", "find_links"]

LONGEST_CHAIN: Final = 8
"""How many links are followed, one behind another."""


def find_links(git: Git, seen: Survey) -> dict[RepoPath, RepoPath]:
    """Python files that can be reached by symbolic links, with the file of the repository behind each.

    A link to a folder makes a path for every file below it.
    """
    direct = _read_links(git, seen)
    if not direct:
        return {}
    links = {path: target for path, target in direct.items() if path.endswith(".py")}
    known = {*seen.files, *(change.path for change in seen.changes.files)} - direct.keys()
    links |= {alias: path for alias, path in _below_links(direct, known) if path.endswith(".py")}
    for path in links:
        for _ in range(LONGEST_CHAIN):
            links[path] = links.get(links[path], links[path])
    return links


def _read_links(git: Git, seen: Survey) -> dict[RepoPath, RepoPath]:
    """Every symbolic link, with the path that it leads to."""
    entries = {path: entry for path, entry in seen.files.items() if entry.mode == LINK_MODE}
    loose = {change.path for change in seen.changes.files if change.new is None}  # no objects of git (yet)
    entries = {path: entry._replace(name=None) if path in loose else entry for path, entry in entries.items()}
    names = [entry.name for entry in entries.values() if entry.name]
    texts = dict(git.read_blobs(list(dict.fromkeys(names)))) if names else {}
    links: dict[RepoPath, RepoPath] = {}
    for path, entry in entries.items():
        place = os.path.join(git.repository.top, path)  # noqa: PTH118 - surrogates in the name survive
        text = texts[entry.name] if entry.name else os.fsencode(os.readlink(place))  # noqa: PTH115 - likewise
        target = posixpath.normpath(posixpath.join(folder_of(path), os.fsdecode(text).replace(os.sep, "/")))
        links[path] = RepoPath("" if target == "." else target)
    return links


def _below_links(
    links: Mapping[RepoPath, RepoPath], paths: Iterable[RepoPath]
) -> Iterator[tuple[RepoPath, RepoPath]]:
    """The paths that links to folders make, each with the path behind it; none of folders around links."""
    folders = {
        path: join(target, "") for path, target in links.items() if not path.startswith(join(target, ""))
    }
    for path in sorted(paths) if folders else ():
        for link, front in folders.items():
            if path.startswith(front):
                yield RepoPath(join(link, path[len(front) :])), path


def find_ends(git: Git, seen: Survey) -> tuple[dict[RepoPath, str], dict[RepoPath, str]]:
    """Content keys of every file at the base and at the head.

    A symbolic link's key is made of its target's name, so that it is never taken for a file of the same
    bytes. Files whose content only the work tree has are hashed, if they are Python; of others the key says
    no more than that they changed.
    """
    head: dict[RepoPath, str] = {}
    for path, entry in seen.files.items():
        if entry.mode == SUBMODULE_MODE:
            continue
        if entry.name is not None:
            head[path] = entry.name if entry.mode != LINK_MODE else f"l{entry.name}"
        elif path.endswith(".py"):
            source = read_source(git.repository.top, path)
            head[path] = hash_source(source) if source is not None else f"w{os.urandom(8).hex()}"
        else:
            head[path] = "w"
    base = dict(head)
    for change in seen.changes.files:
        if change.kind is ChangeKind.ADDED:
            base.pop(change.path, None)
        elif change.old is not None and change.kind is not ChangeKind.SUBMODULE:
            base[change.path] = change.old
    links = _read_links(git, seen)
    for keys in (base, head) if links else ():
        keys |= {alias: keys[path] for alias, path in _below_links(links, keys.keys() - links.keys())}
    return base, head
