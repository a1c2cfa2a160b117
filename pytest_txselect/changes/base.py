"""From REF and the CI environment to the two ends of the comparison.

REF      the merge base of REF and HEAD, against the work tree
A..B     A against B, both commits; an end left out is HEAD
A...B    the merge base of A and B, against B
auto     as REF, with what CI says (`ci.py`), else with the remote's default branch
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.changes.trouble import Fetch, explain_missing, find_fetch
from pytest_txselect.errors import GitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_txselect.changes.git import Git

__all__ = ["Range", "find_range", "read_event"]

_TRACKING: Final = "refs/remotes/"
_DEFAULTS: Final = ("main", "master")


@dataclass(frozen=True, slots=True)
class Range:
    """The two ends of a comparison.

    Attributes:
        base_name: the base, as the user or CI named it.
        base: full object name of the commit to compare with.
        head: full object name of the other commit; None for the work tree.
    """

    base_name: str
    base: str
    head: str | None


def find_range(git: Git, ref: str, environment: Mapping[str, str]) -> Range:
    """Return what `ref` asks to compare.

    Args:
        git: the repository.
        ref: as the module's docstring says.
        environment: of the process, looked at for "auto" only.

    Raises:
        UsageError: `ref` names nothing, or not one thing.
        GitError: the base, or the common ancestor, is not here; or nothing says what the base is.
    """
    if ref.strip() == "auto":
        return _find_auto(git, environment)
    for dots in ("...", ".."):
        first, found, second = ref.partition(dots)
        if not found:
            continue
        if not first.strip() and not second.strip():
            raise UsageError("empty-ref", f"{git.place}: {ref!r} has no ends; write A{dots}B")
        base_name, head = first.strip() or "HEAD", git.resolve_commit(second.strip() or "HEAD")
        base = git.resolve_commit(base_name)
        return Range(base_name, _find_ancestor(git, base_name, base, head) if dots == "..." else base, head)
    head = _find_head(git)
    base = head if ref == "HEAD" else git.resolve_commit(ref)
    return Range(ref, _find_ancestor(git, ref, base, head), None)


def read_event(environment: Mapping[str, str]) -> Any:
    """Return the JSON that GitHub describes the build with, None where there is none that can be read."""
    place = environment.get("GITHUB_EVENT_PATH")
    if not place:
        return None
    try:
        return json.loads(Path(place).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None  # the base is then found otherwise, or everything runs


def _find_auto(git: Git, environment: Mapping[str, str]) -> Range:
    from pytest_txselect.changes.ci import find_ci_base  # noqa: PLC0415 - of "auto" only

    head = _find_head(git)
    ci = find_ci_base(environment, read_event(environment))
    names = ci.names if ci else ()
    for name in names:
        base = git.find_commit(name)
        if base is not None:
            return Range(_shorten(name), _find_ancestor(git, name, base, head), None)
    shallow = git.repository.shallow
    if names:
        fetch = find_fetch(names[0], git.remotes())
        raise explain_missing(git.place, names[0], "no commit", fetch, shallow=shallow)
    default = _find_default(git, shallow=shallow)
    base = _find_ancestor(git, default, git.resolve_commit(default), head)
    if ci and base == head:
        # A scheduled build, or a new branch without commits: the comparison would be with itself, and empty.
        cause = f"{ci.provider} names no base, and HEAD is on {_shorten(default)} itself"
        raise GitError(
            "no-ci-base", f"{git.place}: {cause}; give a revision instead of `auto`, such as HEAD~1"
        )
    return Range(_shorten(default), base, None)


def _find_head(git: Git) -> str:
    head = git.read_head()
    if head is None:
        cure = "commit something, so that there is a state to compare with"
        raise GitError("no-commits", f"{git.place}: HEAD has no commit yet; {cure}")
    return head.commit


def _find_ancestor(git: Git, name: str, base: str, head: str) -> str:
    found = base if base == head else git.merge_base(base, head)
    if found is not None:
        return found
    if git.repository.shallow:
        fetch = find_fetch(name, git.remotes())
        raise explain_missing(git.place, name, "no common ancestor with", fetch, shallow=True)
    cure = f"`{_shorten(name)}..HEAD` compares the two trees as they are"
    raise GitError("no-common-ancestor", f"{git.place}: no common ancestor with {_shorten(name)!r}; {cure}")


def _find_default(git: Git, *, shallow: bool) -> str:
    """Return the default branch: what a remote says, else one with a usual name; of "origin" first."""
    patterns = [f"{_TRACKING}*/{name}" for name in ("HEAD", *_DEFAULTS)]
    found = git.list_references(*patterns, *(f"refs/heads/{name}" for name in _DEFAULTS))
    remotes = sorted({name.split("/")[2] for name in found if name.startswith(_TRACKING)}, key=_rank_remote)
    for remote in remotes:
        told = found.get(f"{_TRACKING}{remote}/HEAD")
        if told:
            return told
        for name in _DEFAULTS:
            if f"{_TRACKING}{remote}/{name}" in found:
                return f"{_TRACKING}{remote}/{name}"
    known = git.remotes()
    if known:
        # A clone of one branch: comparing with a local `main` of unknown age would be a guess.
        remote = "origin" if "origin" in known else known[0]
        fetch = Fetch(remote, (f"+refs/heads/*:{_TRACKING}{remote}/*",))
        raise explain_missing(git.place, remote, "no default branch of", fetch, shallow=shallow)
    for name in _DEFAULTS:
        if f"refs/heads/{name}" in found:
            return f"refs/heads/{name}"
    cure = "give a revision instead of `auto`"
    raise GitError("no-default-branch", f"{git.place}: no remote, and no branch `main` or `master`; {cure}")


def _rank_remote(remote: str) -> tuple[bool, bool, str]:
    return remote != "origin", remote != "upstream", remote


def _shorten(name: str) -> str:
    return name.removeprefix(_TRACKING).removeprefix("refs/heads/")
