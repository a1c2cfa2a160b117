"""From git's answers to the list of changed paths, and to what the head tree holds.

What git reports and what changed for Python are not quite the same:

- a mode-only change and a touch are nothing: what differs in the work tree is compared by content;
- a file flagged assume-unchanged or skip-worktree is not looked at by git, so it is here; missing under
  skip-worktree (a sparse checkout) it is as the index says, missing otherwise it is deleted;
- a path removed from the index but still lying there is reported twice, as deleted and as untracked: it is
  one path, changed or not by its content;
- an unmerged path has several versions: it is compared with the base's;
- a repository inside this one is a change of everything below, whether it is a submodule or merely untracked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_txselect.changes.listing import FILE_MODE, SUBMODULE_MODE, TreeEntry, parse_raw_entries
from pytest_txselect.changes.worktree import hash_files
from pytest_txselect.model import Change, ChangeKind, Changes, RepoPath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pytest_txselect.changes.base import Range
    from pytest_txselect.changes.git import Git
    from pytest_txselect.changes.listing import Snapshot

__all__ = ["Survey", "compare", "find_changes", "parse_raw_diff", "survey"]


@dataclass(frozen=True, slots=True)
class Survey:
    """What changed, and what is there now.

    Attributes:
        changes: what changed.
        files: the head tree with its submodules; of the work tree also untracked files. The name of an entry
            is None where nobody hashed the content (added, untracked; the mode is a guess then too). In the
            work tree it may be of content that is nowhere else: good for knowing that again, not for reading
            it from the object store.
    """

    changes: Changes
    files: Mapping[RepoPath, TreeEntry]


def parse_raw_diff(raw: bytes) -> tuple[Change, ...]:
    """Return the changes that a raw diff with `-z` reports, sorted by path, a path once.

    A mode-only change is none, where both objects are known; between unknown ones it is taken for a
    modification.

    Raises:
        ValueError: `raw` is not a raw diff.
    """
    return _sort(compare(entry.path, entry.before, entry.after) for entry in parse_raw_entries(raw))


def find_changes(git: Git, span: Range) -> Changes:
    """Return what changed in `span`."""
    return survey(git, span).changes


def survey(git: Git, span: Range, meanwhile: Callable[[], None] | None = None) -> Survey:
    """Return what changed in `span` and what its head tree holds, from one round of git processes.

    Args:
        git: the repository.
        span: what is compared.
        meanwhile: called while git looks at the work tree, where it does.

    Raises:
        GitError: git failed.
    """
    if span.head is not None:
        files = git.list_tree(span.head)
        changes = parse_raw_diff(git.diff_trees(span.base, span.head))
    else:
        changes, files = _survey_work_tree(git, span.base, meanwhile)
    return Survey(Changes(span.base_name, span.base, span.head, changes), files)


def compare(path: RepoPath, old: TreeEntry | None, new: TreeEntry | None) -> Change | None:
    """Return how `path` changed from one side to the other, None where it did not for Python.

    A side without a name has content that nobody has hashed, which is taken to differ; so is a submodule,
    since git reports one whose work tree is dirty with the same name on both sides.
    """
    before, after = old and old.name, new and new.name
    if SUBMODULE_MODE in {old and old.mode, new and new.mode}:
        return Change(path, ChangeKind.SUBMODULE, before, after)
    if old is None:
        return None if new is None else Change(path, ChangeKind.ADDED, None, after)
    if new is None:
        return Change(path, ChangeKind.DELETED, before, None)
    if old.kind == new.kind and before == after is not None:
        return None
    return Change(path, ChangeKind.MODIFIED, before, after)


def _survey_work_tree(
    git: Git, base: str, meanwhile: Callable[[], None] | None
) -> tuple[tuple[Change, ...], dict[RepoPath, TreeEntry]]:
    seen = git.snapshot(base, meanwhile)
    files = _find_files(seen)
    changes = {entry.path: compare(entry.path, entry.before, entry.after) for entry in seen.changed}
    for path in seen.untracked:
        inner = RepoPath(path.rstrip("/"))
        files[inner] = TreeEntry(FILE_MODE if inner == path else SUBMODULE_MODE, None)
        changes[inner] = compare(inner, None, files[inner])
    suspects = _find_suspects(seen)
    olds = _find_olds(git, base, seen, suspects)
    for path, found in hash_files(git, suspects).items():
        tracked = seen.tracked.get(path)
        if found is not None:
            files[path] = found
            change = compare(path, olds[path], found)
            changes[path] = change and replace(change, new=None)  # hashed, but not in the object store
        elif tracked is not None and tracked.absent_by_intent:
            files[path] = TreeEntry(tracked.mode, tracked.name)
            changes[path] = compare(path, olds[path], files[path])
        else:
            files.pop(path, None)
            changes[path] = compare(path, olds[path], None)
    return _sort(changes.values()), files


def _find_files(seen: Snapshot) -> dict[RepoPath, TreeEntry]:
    """Return the watched files of the work tree, with the names git knows.

    What is staged but not in the comparison with the work tree is there as in the base, whatever the index
    has.
    """
    files = {path: TreeEntry(entry.mode, entry.name) for path, entry in seen.tracked.items()}
    sides = [(entry.path, entry.before) for entry in seen.staged]
    sides += [(entry.path, entry.after) for entry in seen.changed]
    for path, side in sides:
        if side is None:
            files.pop(path, None)
        else:
            files[path] = side
    return files


def _find_suspects(seen: Snapshot) -> list[RepoPath]:
    """Return the paths of which git cannot or does not say whether their content changed."""
    suspects = [
        path for path, entry in seen.tracked.items() if entry.flags != "H" and entry.mode != SUBMODULE_MODE
    ]
    suspects += [
        entry.path
        for entry in seen.changed
        if entry.before and entry.after and entry.after.name is None and entry.after.mode != SUBMODULE_MODE
    ]
    removed = {entry.path for entry in seen.staged if entry.after is None}
    suspects += [path for path in seen.untracked if path in removed]
    return list(dict.fromkeys(suspects))


def _find_olds(
    git: Git, base: str, seen: Snapshot, paths: Iterable[RepoPath]
) -> dict[RepoPath, TreeEntry | None]:
    """Return the base's version of `paths`: the comparison with the index tells, save in an open merge."""
    staged = {entry.path: entry.before for entry in seen.staged if entry.status != "U"}
    unmerged = any(entry.unmerged for entry in seen.tracked.values())
    tree = git.list_tree(base) if unmerged else {}
    olds: dict[RepoPath, TreeEntry | None] = {}
    for path in paths:
        tracked = seen.tracked.get(path)
        if tracked is not None and tracked.unmerged:
            olds[path] = tree.get(path)
        elif path in staged or tracked is None:
            olds[path] = staged.get(path)
        else:
            olds[path] = TreeEntry(tracked.mode, tracked.name)
    return olds


def _sort(changes: Iterable[Change | None]) -> tuple[Change, ...]:
    by_path = {change.path: change for change in changes if change is not None}
    return tuple(by_path[path] for path in sorted(by_path))
