"""What the system says in the middle of a test."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from typing import TYPE_CHECKING

from pytest_txselect.evidence.system import find_program, follow_link, has_kind, is_there, make_absolute

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_is_there(tmp_path: Path) -> None:
    """A link that leads nowhere is there and is nothing; what no name can be is not there."""
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    (tmp_path / "here").symlink_to(tmp_path)
    names = (str(tmp_path / "nowhere"), str(tmp_path / "here"), str(tmp_path / "gone"), "\0")
    assert [is_there(name) for name in names] == [True, True, False, False]
    assert [has_kind(name, stat.S_IFDIR) for name in names] == [False, True, False, False]


def test_links_are_followed_to_an_end(tmp_path: Path) -> None:
    """Links that lead on are followed, also relative ones, and those that go round have an end."""
    (tmp_path / "file").touch()
    (tmp_path / "one").symlink_to("file")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    (tmp_path / "round").symlink_to("round")
    assert follow_link(str(tmp_path / "two")) == str(tmp_path / "file")
    assert follow_link(str(tmp_path / "round")) == str(tmp_path / "round")


def test_programs_are_found_as_by_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first that may be executed counts, what has a folder is meant as it is, and so is what is not found."""
    (tmp_path / "python3").touch(0o600)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path), "/usr/bin", "/bin"]))
    assert find_program("cat") == shutil.which("cat")
    assert find_program("python3") != str(tmp_path / "python3")
    assert find_program(sys.executable) == sys.executable
    assert find_program("no such program") == "no such program"


def test_paths_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is relative begins where we are, and steps up are taken."""
    monkeypatch.chdir(tmp_path)
    assert make_absolute("a/../b") == str(tmp_path / "b")
    assert make_absolute("/a/../b") == "/b"
