"""Which files are the project's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.evidence.territory import Territory, find_top

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.py", "a.py"),
        ("src/./pkg/../pkg/a.py", "src/pkg/a.py"),
        ("", ""),
        (".", ""),
        (".git/config", None),
        ("pkg/__pycache__/a.pyc", None),
        ("venv/lib/site-packages/x.py", None),
        ("../outside.py", None),
        ("store/evidence.sqlite", None),
        ("storehouse/a.py", "storehouse/a.py"),
    ],
)
def test_name(tmp_path: Path, path: str, name: str | None) -> None:
    """Project files have a name, whatever way leads to them; installed, cached and remembered ones have none."""
    territory = Territory(str(tmp_path), str(tmp_path / "store"))
    assert territory.name(os.path.join(str(tmp_path), path)) == name  # noqa: PTH118 - as it comes
    assert territory.name(os.path.join(str(tmp_path), path)) == name  # noqa: PTH118 - the answer is remembered


def test_link_to_the_top(tmp_path: Path) -> None:
    """A repository that is reached through a link has the same names."""
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    territory = Territory(str(link))
    assert territory.name(f"{link}/a.py") == territory.name(f"{real}/a.py") == "a.py"


def test_neighbour_of_the_same_beginning(tmp_path: Path) -> None:
    """`/x/projects` is not below `/x/project`."""
    assert Territory(str(tmp_path / "project")).name(str(tmp_path / "projects" / "a.py")) is None


def test_twin(tmp_path: Path) -> None:
    """An installed copy of a project file is recognised, in whatever folder the project has its packages."""
    (tmp_path / "src" / "pkg").mkdir(parents=True)
    (tmp_path / "src" / "pkg" / "a.py").write_text("")
    territory = Territory(str(tmp_path))
    assert territory.has_twin("/env/lib/python3/site-packages/pkg/a.py")
    assert not territory.has_twin("/env/lib/python3/site-packages/pkg/b.py")
    assert not territory.has_twin("/env/lib/python3/pkg/a.py")


def test_top(tmp_path: Path) -> None:
    """The nearest folder with a `.git`, be it a folder or a file; without one the folder itself."""
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    if not any((each / ".git").exists() for each in tmp_path.parents):
        assert find_top(str(below)) == str(below.resolve())
    (tmp_path / "a" / ".git").write_text("gitdir: elsewhere")
    assert find_top(str(below)) == str((tmp_path / "a").resolve())
