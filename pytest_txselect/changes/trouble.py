"""What git's complaints mean for the user, and which `git fetch` brings history that is missing."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.errors import GitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = [
    "BaseMissingError",
    "Fetch",
    "check_name",
    "explain_ambiguous",
    "explain_failure",
    "explain_missing",
    "explain_no_blob",
    "explain_no_command",
    "explain_no_work_tree",
    "explain_unknown",
    "find_fetch",
    "show_path",
]

_HASH: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")
_TRACKING: Final = "refs/remotes/"


@dataclass(frozen=True, slots=True)
class Fetch:
    """What brings a base here.

    Attributes:
        remote: from where.
        what: refspecs or object names.
    """

    remote: str
    what: tuple[str, ...]

    def arguments(self, *depth: str) -> tuple[str, ...]:
        """Return the arguments of git, `depth` being "--unshallow" or a "--depth=N"."""
        return ("fetch", "--no-tags", *depth, self.remote, *self.what)

    def beside(self, name: str) -> Fetch:
        """Return what fetches the object `name` too."""
        return Fetch(self.remote, tuple(dict.fromkeys((*self.what, name))))

    def render(self, *depth: str) -> str:
        """Return the command as a person types it, on one printable line."""
        return _show_text(shlex.join(("git", *self.arguments(*depth))))


class BaseMissingError(GitError):
    """The base, or a common ancestor with it, is not in this clone.

    Attributes:
        fetch: what would bring it, None where there is no remote.
    """

    def __init__(self, message: str, fetch: Fetch | None) -> None:
        super().__init__("base-missing", message)
        self.fetch = fetch


def find_fetch(name: str, remotes: Sequence[str]) -> Fetch | None:
    """Return what to fetch so that `name` becomes known; None where no remote is.

    A remote's branch is fetched into its tracking ref, a full object name as itself. Of any other name
    (`HEAD~3`, a short object name) nothing can be asked for: only more history of what is there can help.
    """
    if not remotes:
        return None
    default = "origin" if "origin" in remotes else remotes[0]
    if _HASH.match(name):
        return Fetch(default, (name,))
    short = name.removeprefix(_TRACKING)
    for remote in remotes:
        branch = re.split(r"[~^@]", short.removeprefix(f"{remote}/"), maxsplit=1)[0]
        if short.startswith(f"{remote}/") and branch and branch != "HEAD":
            return Fetch(remote, (f"+refs/heads/{branch}:{_TRACKING}{remote}/{branch}",))
    if name.startswith("refs/tags/"):
        return Fetch(default, (f"+{name}:{name}",))
    return Fetch(default, ())


def explain_missing(
    place: str, name: str, cause: str, fetch: Fetch | None, *, shallow: bool
) -> BaseMissingError:
    """Return the error for a base, or a common ancestor with it, that is not in this clone.

    Args:
        place: the top of the work tree.
        name: the base, as it was named.
        cause: what is missing, in a few words.
        fetch: what would bring it.
        shallow: whether the clone is.
    """
    if fetch is None:
        cure = "there is no remote to fetch it from: name another base"
    elif shallow:
        cure = f"run `{fetch.render('--unshallow')}` first, or add --txselect-deepen"
    else:
        cure = f"run `{fetch.render()}` first, or add --txselect-deepen"
    kind = "a shallow clone" if shallow else "this clone"
    return BaseMissingError(f"{place}: {cause} {_show(name)!r} in {kind}; {cure}", fetch)


def check_name(place: str, name: str) -> None:
    """Let pass what may be a revision.

    Raises:
        UsageError: `name` is empty, would be taken for an option, or cannot be an argument at all.
    """
    if not name.strip():
        cure = "give a revision, or `auto` to take it from CI or the remote's default branch"
        raise UsageError("empty-ref", f"{place}: the revision to compare with is empty; {cure}")
    if name.startswith("-"):
        cure = "write `refs/heads/...` in front if a branch really has that name"
        raise UsageError("option-like-ref", f"{place}: {name!r} is an option, not a revision; {cure}")
    try:
        encoded = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise explain_unknown(place, name) from None
    if b"\0" in encoded:
        raise explain_unknown(place, name)


def explain_unknown(place: str, name: str) -> UsageError:
    """Return the error for a name that no commit has."""
    cure = "check its spelling, or `git fetch` it first"
    return UsageError("unknown-ref", f"{place}: {_show(name)!r} names no commit here; {cure}")


def explain_ambiguous(place: str, name: str) -> UsageError:
    """Return the error for a name that several objects have."""
    cure = "write it in full, as `refs/heads/...`, `refs/tags/...` or a longer object name"
    return UsageError("ambiguous-ref", f"{place}: {name!r} may mean several revisions; {cure}")


def explain_no_command(place: str, cause: OSError) -> GitError:
    """Return the error for a git command that cannot be started."""
    cure = "install git, or put its folder on PATH"
    return GitError("no-git", f"{place}: the git command cannot be started ({cause.strerror}); {cure}")


def explain_no_blob(place: str, name: str, complaint: bytes) -> GitError:
    """Return the error for content that the repository does not have."""
    cause = f" ({_first_complaint(complaint.decode('utf-8', 'replace'))})" if complaint.strip() else ""
    cure = "`git fetch --refetch` brings what a partial clone left out, `git fsck` finds damage"
    return GitError("object-missing", f"{place}: the content {name} is not in this clone{cause}; {cure}")


def explain_no_work_tree(place: str, *, bare: bool) -> GitError:
    """Return the error for a repository without files."""
    kind = "a bare repository" if bare else "the inside of a git directory"
    return GitError("no-repository", f"{place}: {kind} has no files to test; run in a clone with a work tree")


def explain_failure(place: str, command: str, complaint: bytes) -> GitError:
    """Return the error for a git command that failed.

    Args:
        place: the directory it was asked about.
        command: the subcommand.
        complaint: what it wrote to stderr.
    """
    text = complaint.decode("utf-8", "replace")
    if "dubious ownership" in text or "unsafe repository" in text:
        found = re.search(r"--add safe\.directory (.+)", text)
        cure = f"git config --global --add safe.directory {found[1] if found else shlex.quote(place)}"
        return GitError(
            "dubious-ownership",
            f"{place}: git refuses a repository that another user owns; if you trust it, run `{cure}`",
        )
    if "not a git repository" in text or "cannot change to" in text:
        cure = "run in a clone, or `git init` here"
        return GitError(
            "no-repository", f"{place}: not in a git repository, so nothing says what changed; {cure}"
        )
    cure = "run it by hand in this folder to see more"
    return GitError("git-failed", f"{place}: `git {command}` failed: {_first_complaint(text)}; {cure}")


def show_path(path: Path) -> str:
    """Return `path` on one printable line."""
    return _show_text(str(path))


def _show_text(text: str) -> str:
    return text if text.isprintable() else repr(text)


def _first_complaint(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    serious = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return " ".join((serious or lines or ["it gave no reason"])[0].split())


def _show(name: str) -> str:
    return name.removeprefix(_TRACKING)
