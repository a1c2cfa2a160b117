"""A real git repository in a temporary folder, for tests that ask git."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

import pytest

from pytest_txselect.changes.base import find_range
from pytest_txselect.changes.diff import Survey, survey
from pytest_txselect.changes.git import Git, find_repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ENVIRONMENT: Final = {
    "PATH": os.environ["PATH"],
    "HOME": "/nowhere",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "protocol.file.allow",
    "GIT_CONFIG_VALUE_0": "always",
    **{f"GIT_{who}_NAME": "A U Thor" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "author@example.org" for who in ("AUTHOR", "COMMITTER")},
}


@contextmanager
def no_process_left() -> Iterator[None]:
    """Check that each process that is started meanwhile has ended by then, and is waited for; others may go on."""
    started: list[int] = []

    class Noted(subprocess.Popen[Any]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self.pid)

    with mock.patch.object(subprocess, "Popen", Noted):
        yield
    assert started
    for process in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, os.WNOHANG)


@dataclass(frozen=True, slots=True)
class TemporaryGit:
    """A repository with a work tree at `top`."""

    top: Path

    def run(self, *arguments: str, status: int | None = 0, **extra: str) -> str:
        """Run a git command here and return what it wrote, without the last newline."""
        done = subprocess.run(
            ("git", "-C", self.top, *arguments),
            capture_output=True,
            env={**ENVIRONMENT, **extra},
            check=False,
        )
        assert status is None or done.returncode == status, done.stderr.decode()
        return os.fsdecode(done.stdout).removesuffix("\n")

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files, making their folders; names may have surrogates for bytes that are no text."""
        for name, content in files.items():
            place = self.top / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, files: Mapping[str, str | bytes] | None = None, message: str = "x") -> str:
        """Write `files`, commit everything there is, and return the commit."""
        self.write(files or {})
        self.run("add", "-A")
        self.run("commit", "-q", "--allow-empty", "-m", message)
        return self.run("rev-parse", "HEAD")

    @property
    def git(self) -> Git:
        """What the package sees of it."""
        return Git(find_repository(self.top, ENVIRONMENT), ENVIRONMENT)

    def survey(self, ref: str = "HEAD") -> Survey:
        """Return what changed since `ref`, and what is there."""
        git = self.git
        return survey(git, find_range(git, ref, {}))

    def changed(self, ref: str = "HEAD") -> dict[str, str]:
        """Return the changed paths with the kind of change."""
        return {change.path: change.kind.value for change in self.survey(ref).changes.files}


def make_repository(top: Path, files: Mapping[str, str | bytes] | None = None, *options: str) -> TemporaryGit:
    """Return a new repository at `top`, its branch `main` with one commit of `files`."""
    top.mkdir(parents=True, exist_ok=True)
    repository = TemporaryGit(top)
    repository.run("init", "-q", *options)
    repository.run("symbolic-ref", "HEAD", "refs/heads/main")
    if files is not None:
        repository.commit(files)
    return repository


def clone(source: TemporaryGit, top: Path, *options: str) -> TemporaryGit:
    """Return a clone of `source` at `top`, through its URL, so that it can be shallow or partial."""
    source.run("clone", "-q", *options, source.top.as_uri(), str(top))
    return TemporaryGit(top)
