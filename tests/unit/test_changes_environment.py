"""Which variables reach git."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_txselect.changes.environment import point_at, prepare_environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "name",
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF", "GIT_OBJECT_DIRECTORY"],
)
def test_what_a_hook_sets_is_dropped(tmp_path: Path, name: str) -> None:
    """A hook's variables are about the hook's repository."""
    assert name not in prepare_environment({name: "x"}, tmp_path)


@pytest.mark.parametrize("name", ["PATH", "HOME", "GIT_CONFIG_COUNT", "GIT_CONFIG_GLOBAL", "GIT_SSH_COMMAND"])
def test_what_the_user_sets_stays(tmp_path: Path, name: str) -> None:
    """Configuration and ways to a remote are the user's."""
    assert prepare_environment({name: "x"}, tmp_path)[name] == "x"


def test_a_separate_work_tree_is_kept_for_what_is_inside(tmp_path: Path) -> None:
    """The pair says where the repository of this directory is."""
    pair = {"GIT_DIR": str(tmp_path / "git"), "GIT_WORK_TREE": str(tmp_path / "files")}
    chosen = prepare_environment(pair, tmp_path / "files" / "tests")
    assert {name: chosen[name] for name in pair} == pair


def test_a_separate_work_tree_is_dropped_for_what_is_elsewhere(tmp_path: Path) -> None:
    """The pair is about another directory."""
    pair = {"GIT_DIR": str(tmp_path / "git"), "GIT_WORK_TREE": str(tmp_path / "files")}
    assert "GIT_DIR" not in prepare_environment(pair, tmp_path / "other")


def test_git_is_quiet_and_speaks_english(tmp_path: Path) -> None:
    """It takes no locks, asks nothing, and its messages can be read."""
    chosen = prepare_environment({"LC_ALL": "de_DE.UTF-8"}, tmp_path)
    assert (chosen["LC_ALL"], chosen["GIT_OPTIONAL_LOCKS"], chosen["GIT_TERMINAL_PROMPT"]) == ("C", "0", "0")


def test_a_known_repository_is_named(tmp_path: Path) -> None:
    """Git need not look for it again."""
    assert point_at({"A": "b"}, tmp_path, tmp_path / ".git") == {
        "A": "b",
        "GIT_DIR": str(tmp_path / ".git"),
        "GIT_WORK_TREE": str(tmp_path),
    }
