"""What tools and editors leave in a work tree that has no `.gitignore`, asked of real repositories."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from temporary_git import TemporaryGit, make_repository

if TYPE_CHECKING:
    from pathlib import Path

LEFT = (
    "__pycache__/a.cpython-313.pyc",
    "pkg/__pycache__/b.cpython-313-pytest-9.0.0.pyc",
    "src/pkg.egg-info/PKG-INFO",
    ".pytest_cache/v/cache/lastfailed",
    ".hypothesis/examples/1",
    ".coverage",
    ".coverage.host.123",
    "htmlcov/index.html",
    "coverage.xml",
    "junit.xml",
    ".tox/py313/log/1.txt",
    "node_modules/x/index.js",
    "docs/.ipynb_checkpoints/a-checkpoint.ipynb",
    "pkg/.DS_Store",
    "pkg/.b.py.swp",
    "pkg/b.py~",
    "pkg/.#b.py",
    "pkg/#b.py#",
)
"""One for each kind of tool."""


@pytest.fixture
def repo(tmp_path: Path) -> TemporaryGit:
    """A repository with a file in a package."""
    return make_repository(tmp_path / "r", {"a.py": "a = 1\n", "pkg/b.py": "b = 1\n"})


def test_untracked_leftovers_are_no_change(repo: TemporaryGit) -> None:
    """They are no part of the tree either; what has a name that is merely alike is."""
    alike = (
        "__pycache__x/a.py",
        ".coveragerc",
        "pkg/coverage.py",
        "build/lib/pkg/b.py",
        "pkg/b.pyc",
        "env/a.py",
        "pkg/junit.xml",
    )
    repo.write(dict.fromkeys((*LEFT, *alike), "x = 1\n"))
    survey = repo.survey()
    assert {change.path for change in survey.changes.files} == set(alike)
    assert set(survey.files) == {"a.py", "pkg/b.py", *alike}
    assert set(repo.git.list_untracked()) == set(alike)


def test_tracked_leftovers_count(repo: TemporaryGit) -> None:
    """Whoever tracks such a file means it."""
    repo.write(dict.fromkeys(LEFT, "x = 1\n"))
    repo.run("add", "-f", ".")
    repo.run("commit", "-q", "-m", "x")
    repo.write(dict.fromkeys(LEFT, "x = 2\n"))
    assert {change.path for change in repo.survey().changes.files} == set(LEFT)


def test_a_users_own_rule_wins_nothing(repo: TemporaryGit) -> None:
    """A rule of `.gitignore` that takes one back is for git; the file still is none of the project's until it is tracked."""
    repo.commit({".gitignore": "!__pycache__/\n"})
    repo.write({"__pycache__/a.pyc": "x"})
    assert repo.survey().changes.files == ()


def test_virtual_environments_are_no_change(repo: TemporaryGit) -> None:
    """Whatever their name; a file that is called like their settings makes none."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", repo.top / "my-env"], check=True)
    (repo.top / "my-env" / ".gitignore").unlink(missing_ok=True)  # newer versions of Python write one
    package = next((repo.top / "my-env").glob("[Ll]ib*/**/site-packages"))
    (package / "installed.py").write_text("x = 1\n")
    repo.write({"tests/data/pyvenv.cfg": "home = /nowhere\n", "tests/data/a.py": "", "my-envoy.py": ""})
    expected = {"tests/data/pyvenv.cfg", "tests/data/a.py", "my-envoy.py"}
    assert {change.path for change in repo.survey().changes.files} == expected
    assert set(repo.git.list_untracked()) == expected
    assert os.path.lexists(repo.top / "my-env" / "pyvenv.cfg")
