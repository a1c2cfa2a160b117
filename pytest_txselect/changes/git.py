"""The edge to git: the only place that asks it, and, fetching aside, only to read.

Names that come from outside are checked before they become arguments. Whatever goes wrong is a `GitError` (callers
then run everything) or, where the user's own words are at fault, a `UsageError`. Git 2.25 and later.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from typing import IO, TYPE_CHECKING, Final

from pytest_txselect.changes.environment import point_at, prepare_environment
from pytest_txselect.changes.leftovers import LEFTOVERS, drop_environments
from pytest_txselect.changes.listing import (
    IndexEntry,
    Snapshot,
    TreeEntry,
    parse_files,
    parse_index,
    parse_paths,
    parse_raw_entries,
    parse_tree,
)
from pytest_txselect.changes.process import ending, open_scratch, start_git
from pytest_txselect.changes.repository import LOCATE, Head, Repository, parse_location
from pytest_txselect.changes.trouble import (
    check_name,
    explain_ambiguous,
    explain_failure,
    explain_missing,
    explain_no_blob,
    explain_unknown,
    find_fetch,
    show_path,
)
from pytest_txselect.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_txselect.model import RepoPath

__all__ = ["Git", "Repository", "Snapshot", "find_repository", "make_repository"]

_HASH: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_RAW: Final = ("--raw", "-z", "--no-abbrev", "--no-renames", "--ignore-submodules=none")
_LIST_INDEX: Final = ("ls-files", "-z", "-s", "-v", "--")
_OTHERS: Final = ("--others", "--exclude-standard", *(f"--exclude={pattern}" for pattern in LEFTOVERS), "--")
_LIST_UNTRACKED: Final = ("ls-files", "-z", *_OTHERS)
_LIST_FILES: Final = ("ls-files", "-z", "-s", "-v", *_OTHERS)
_LOG: Final = ("log", "-1", "--no-show-signature", "--encoding=UTF-8")
_BATCH: Final = (
    50  # object names asked for at once: 3.3 kB, which fit a pipe, so that neither side waits for the other
)


def find_repository(directory: Path, environment: Mapping[str, str] | None = None) -> Repository:
    """Return the repository whose work tree `directory` is in.

    Args:
        directory: usually pytest's rootdir; any folder of the work tree.
        environment: of the process; `os.environ` where it is not given.

    Raises:
        GitError: there is no git command, no repository, no work tree, or git refuses the repository.
    """
    place = show_path(directory)
    chosen = prepare_environment(os.environ if environment is None else environment, directory.absolute())
    with start_git(place, chosen, ("-C", str(directory), *LOCATE)) as process:
        out, complaint = process.communicate()
    return parse_location(place, process.returncode, out, complaint)


def make_repository(folder: Path, environment: Mapping[str, str], *options: str) -> None:
    """Make an empty repository.

    Raises:
        GitError: git cannot make it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = show_path(folder)
    chosen = prepare_environment(environment, folder.absolute())
    command = ("-C", str(folder), "init", "--quiet", "--template=", *options)
    with start_git(place, chosen, command) as process:
        _, complaint = process.communicate()
    if process.returncode:
        raise explain_failure(place, "init", complaint)


class Git:
    """Asks one repository. What HEAD is, is asked once.

    Args:
        repository: which one.
        environment: of the process; `os.environ` where it is not given.
    """

    def __init__(self, repository: Repository, environment: Mapping[str, str] | None = None) -> None:
        self.repository = repository
        self.place = show_path(repository.top)
        self._given = os.environ if environment is None else environment
        chosen = prepare_environment(self._given, repository.top)
        self._environment = point_at(chosen, repository.top, repository.git_dir)
        self._head: Head | None = None

    def resolve_commit(self, name: str) -> str:
        """Return the full name of the commit that `name` says.

        Raises:
            UsageError: `name` is empty, looks like an option, is ambiguous, or names no commit.
            GitError: it names no commit, but may do so in a clone with all of the history ("base-missing").
        """
        check_name(self.place, name)
        found, complaint = self._verify(name)
        if b"is ambiguous" in complaint and not _HASH.fullmatch(name):
            raise explain_ambiguous(self.place, name)
        if found is not None:
            return found
        if not self.repository.shallow:
            raise explain_unknown(self.place, name)
        fetch = find_fetch(name, self.remotes())
        raise explain_missing(self.place, name, "no commit", fetch, shallow=True)

    def find_commit(self, name: str) -> str | None:
        """Return the full name of the commit that `name` says, None where it says none."""
        try:
            check_name(self.place, name)
        except UsageError:
            return None
        return self._verify(name)[0]

    def read_head(self) -> Head | None:
        """Return the commit that is checked out, None where there is none yet.

        Raises:
            GitError: there is one, and git cannot read it.
        """
        if self._head is None:
            with self._start(*_LOG, "--format=%H%n%B", "HEAD", "--") as process:
                out, complaint = process.communicate()
            if process.returncode == 0:
                commit, _, message = out.decode("utf-8", "replace").partition("\n")
                self._head = Head(commit, message.rstrip("\n"))
            elif self.find_commit("HEAD") is not None:
                raise explain_failure(self.place, "log", complaint)
        return self._head

    def reopen(self) -> Git:
        """Return this repository as it is now, after a fetch."""
        return Git(find_repository(self.repository.top, self._given), self._given)

    def count_commits(self, commit: str) -> int:
        """Return how many commits `commit` has behind it, itself included, in this clone."""
        return int(self.run("rev-list", "--count", commit, "--"))

    def merge_base(self, a: str, b: str) -> str | None:
        """Return the best common ancestor of two commits, None where none is known here."""
        with self._start("merge-base", a, b) as process:
            out, complaint = process.communicate()
        if process.returncode not in {0, 1}:
            raise explain_failure(self.place, "merge-base", complaint)
        return out.decode("ascii").strip() or None

    def diff_worktree(self, commit: str) -> bytes:
        """Return the raw diff from `commit` to the work tree: what was committed since, staged and unstaged.

        Files that git does not watch (untracked, assume-unchanged) are not in it, and a file that was merely
        touched is; see `diff.find_changes`. `git diff` would leave the latter out, but locks and writes the
        index.
        """
        return self.run("diff-index", *_RAW, commit, "--")

    def diff_trees(self, a: str, b: str) -> bytes:
        """Return the raw diff between two commits."""
        return self.run("diff-tree", "-r", *_RAW, a, b, "--")

    def list_index(self) -> dict[RepoPath, IndexEntry]:
        """Return the tracked files."""
        return parse_index(self.run(*_LIST_INDEX))

    def list_untracked(self) -> list[RepoPath]:
        """Return the files neither tracked nor ignored nor left by tools; a repository inside this one ends with a slash."""
        return drop_environments(parse_paths(self.run(*_LIST_UNTRACKED)))

    def list_tree(self, commit: str) -> dict[RepoPath, TreeEntry]:
        """Return the files of a commit, submodules included."""
        return parse_tree(self.run("ls-tree", "-r", "-z", "--full-tree", commit))

    def list_references(self, *patterns: str) -> dict[str, str]:
        """Return the references that match, each with what it points to, "" unless it is symbolic."""
        out = self.run("for-each-ref", "--format=%(refname)%09%(symref)", *patterns)
        lines = out.decode("utf-8", "surrogateescape").splitlines()
        return dict(line.split("\t", 1) for line in lines)

    def snapshot(self, commit: str, meanwhile: Callable[[], None] | None = None) -> Snapshot:
        """Return the work tree beside `commit`; git finds its three answers at the same time, and `meanwhile` is called."""
        compare = ("diff-index", *_RAW, commit, "--")
        commands = (_LIST_FILES, (*compare[:1], "--cached", *compare[1:]), compare)
        with contextlib.closing(self.run_together(commands, meanwhile=meanwhile)) as answers:
            tracked, untracked = parse_files(next(answers))
            return Snapshot(
                tracked=tracked,
                untracked=drop_environments(untracked),
                staged=tuple(parse_raw_entries(next(answers))),
                changed=tuple(parse_raw_entries(next(answers))),
            )

    def read_blobs(self, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the contents of `names`, in their order, from one process.

        Raises:
            GitError: one of them is not here (a partial clone without its remote, a damaged repository).
        """
        wanted = list(names)
        if not wanted:
            return
        with open_scratch() as complaints:
            process = self._start("cat-file", "--batch", stdin=subprocess.PIPE, stderr=complaints)
            with ending([process]):
                for first in range(0, len(wanted), _BATCH):
                    yield from self._read_batch(process, wanted[first : first + _BATCH], complaints)

    def commit_message(self, commit: str) -> str:
        """Return the message of a commit."""
        return self.run(*_LOG, "--format=%B", commit, "--").decode("utf-8", "replace").rstrip("\n")

    def remotes(self) -> list[str]:
        """Return the names of the remotes."""
        return self.run("remote").decode("utf-8", "surrogateescape").splitlines()

    def run(self, *arguments: str, given: bytes | None = None) -> bytes:
        """Run one git command to its end and return what it wrote; `given` is its input.

        Raises:
            GitError: it failed.
        """
        with contextlib.closing(self.run_together([arguments], given)) as answers:
            return next(answers)

    def run_together(
        self,
        commands: Sequence[Sequence[str]],
        given: bytes | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> Generator[bytes, None, None]:
        """Start several git commands at the same time and yield what each of them writes, in their order.

        Whoever does not read all of it closes the generator, which ends the commands.

        Raises:
            GitError: one of them failed.
        """
        source = subprocess.DEVNULL if given is None else subprocess.PIPE
        with ending([]) as processes:
            for arguments in commands:
                processes.append(self._start(*arguments, stdin=source))
            if meanwhile is not None:
                meanwhile()
            for process, arguments in zip(processes, commands, strict=True):
                out, complaint = process.communicate(given)
                if process.returncode != 0:
                    raise explain_failure(self.place, arguments[0], complaint)
                yield out

    def _verify(self, name: str) -> tuple[str | None, bytes]:
        """Return the commit that `name` says, if it does, and what git had to say about it."""
        with self._start("rev-parse", "--verify", f"{name}^{{commit}}") as process:
            out, complaint = process.communicate()
        found = out.decode("ascii", "replace").strip()
        return (found if process.returncode == 0 and _HASH.fullmatch(found) else None), complaint

    def _start(
        self, *arguments: str, stdin: int = subprocess.DEVNULL, stderr: int | IO[bytes] = subprocess.PIPE
    ) -> subprocess.Popen[bytes]:
        command = ("-C", str(self.repository.top), *arguments)
        return start_git(self.place, self._environment, command, stdin=stdin, stderr=stderr)

    def _read_batch(
        self, process: subprocess.Popen[bytes], names: Sequence[str], complaints: IO[bytes]
    ) -> Iterator[tuple[str, bytes]]:
        assert process.stdin is not None  # noqa: S101 -- started with pipes
        assert process.stdout is not None  # noqa: S101 -- likewise
        with contextlib.suppress(BrokenPipeError):  # it ended, and reading will tell
            os.write(process.stdin.fileno(), "".join(f"{name}\n" for name in names).encode("ascii"))
        for name in names:
            head = process.stdout.readline().decode("ascii", "replace").split()
            if head[:2] != [name, "blob"]:
                complaints.seek(0)
                raise explain_no_blob(self.place, name, complaints.read())
            yield name, process.stdout.read(int(head[2]) + 1)[:-1]
