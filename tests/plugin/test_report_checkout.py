"""The commit in a report's header, read without starting git, is the one that git names."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from small_project import IDENTITY

from pytest_txselect.plugin.checkout import find_checkout

if TYPE_CHECKING:
    from pathlib import Path


def run_git(folder: Path, *arguments: str) -> str:
    """Run git and return what it says."""
    command = ("git", *arguments)
    return subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True, env=IDENTITY
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a commit and a folder in it."""
    folder = tmp_path / "repository"
    (folder / "deep" / "er").mkdir(parents=True)
    run_git(folder, "init", "-q")
    run_git(folder, "commit", "-q", "--allow-empty", "-m", "x")
    return folder


@pytest.mark.parametrize("state", ["branch", "packed", "detached", "worktree"])
def test_as_git_says(repository: Path, tmp_path: Path, state: str):
    """A branch, packed references, a detached HEAD, a worktree: the commit is git's."""
    place = repository
    if state == "packed":
        run_git(repository, "pack-refs", "--all")
    elif state == "detached":
        run_git(repository, "checkout", "-q", "--detach")
    elif state == "worktree":
        place = tmp_path / "second"
        run_git(repository, "worktree", "add", "-q", "-b", "feature/one", str(place))
        (place / "deep" / "er").mkdir(parents=True)
    commit = run_git(place, "rev-parse", "HEAD")
    assert find_checkout(place) == ("", commit)
    assert find_checkout(place / "deep" / "er") == ("deep/er", commit)


def test_nothing_to_know(tmp_path: Path):
    """No repository, one without a commit, and half a repository give no commit, and no error."""
    assert find_checkout(tmp_path) == ("", "")
    run_git(tmp_path, "init", "-q")
    assert find_checkout(tmp_path) == ("", "")
    (tmp_path / ".git" / "HEAD").unlink()
    assert find_checkout(tmp_path) == ("", "")
    (tmp_path / ".git" / "HEAD").write_bytes(b"ref: refs/heads/\x00")
    assert find_checkout(tmp_path) == ("", "")
