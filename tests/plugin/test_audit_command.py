"""`txselect audit`: past commits once more, without touching the user's checkout."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from small_project import SmallProject


@pytest.fixture
def past(project: SmallProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SmallProject:
    """The small project with a few commits more; the current folder; temporary folders are made in one of our own."""
    for name in ("FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    project.git("tag", "start")
    project.commit({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    project.commit({"README.md": "x"})
    project.commit({"pytest.ini": "[pytest]\npythonpath = .\naddopts = -q\n"})
    project.commit({"pkg/b.py": "def give(:\n"})
    return project


def ask(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> tuple[list[str], list[str]]:
    """What the command writes and what it says."""
    capsys.readouterr()
    assert main(["audit", *words]) == status
    out, err = capsys.readouterr()
    return out.splitlines(), err.splitlines()


def commits(project: SmallProject) -> list[str]:
    """The first letters of the commits, newest first."""
    return [line[:7] for line in project.git("rev-list", "HEAD").splitlines()]


def test_table(past: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """For each commit how much would have run, and why; then all of them in one line."""
    lines, notices = ask(capsys, "--since", "start")
    names = commits(past)
    assert lines == [
        "commit   changed  test files  tests  why",
        f"{names[0]}        1      1 of 2         1 x depends on a changed file: pkg/b.py",
        f"{names[1]}        1         all         the ground shifted: pytest.ini: modified (built-in rule pytest.ini)",
        f"{names[2]}        1      0 of 2",
        f"{names[3]}        1      1 of 2         1 x depends on a changed file: pkg/a.py",
    ]
    assert notices == [
        "txselect: 4 commits: 50.0% of the test files on average, 50.0% in the median; everything for 1, nothing for 1"
    ]


def test_document(past: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` has the same, with all reasons and doubts; `--limit` takes the newest commits."""
    lines, _ = ask(capsys, "--since", "start", "--limit", "2", "--json")
    document = json.loads("\n".join(lines))
    assert [each["commit"][:7] for each in document["commits"]] == commits(past)[:2]
    newest = document["commits"][0]
    assert (newest["files"], newest["total"], newest["everything"], newest["doubts"]) == (1, 2, False, 1)
    assert newest["parent"][:7] == commits(past)[1]
    assert newest["reasons"][0]["change"] == "pkg/b.py"


def test_by_evidence(past: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Recorded evidence is used where it holds; tests are counted then."""
    past.commit({"pkg/b.py": "def give():\n    return 2\n"})
    past.commit(
        {
            "tests/test_a.py": "from pkg.a import give\n\ndef test_one():\n    give()\n\ndef test_two():\n    pass\n"
        }
    )
    past.spawn("--txselect-record", ref=None)
    past.commit({"pkg/a.py": "def give():\n    return 0 + 1\n"})
    lines, _ = ask(capsys, "--since", "HEAD~1")
    assert [cell.strip() for cell in lines[1].split("  ")[-2:]] == [
        "1",
        "1 x executed code that the change touches: pkg/a.py",
    ]
    lines, _ = ask(capsys, "--since", "HEAD~1", "--mode", "static")
    assert lines[1].endswith("1 x depends on a changed file: pkg/a.py")


def snapshot(top: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder, with its size and time."""
    return {
        str(file): (found.st_size, found.st_mtime_ns)
        for file in sorted(top.rglob("*"))
        if not file.is_dir()
        for found in [file.lstat()]
    }


@pytest.mark.parametrize("where", [".", "tests"])
def test_nothing_is_touched(
    past: SmallProject, capsys: pytest.CaptureFixture[str], tmp_path: Path, where: str
) -> None:
    """Neither the checkout nor its repository nor the store changes, and nothing is left behind."""
    past.write({"pkg/a.py": "not saved yet", "new.py": ""})
    past.run("-q")
    before = snapshot(past.pytester.path)
    ask(capsys, "--since", "start", "--rootdir", where)
    assert snapshot(past.pytester.path) == before
    assert list((tmp_path / "temporary").iterdir()) == []


def test_rootdir_below_the_top(past: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """A project in a folder is found at each commit; before it was there, pytest's rootdir was the one above."""
    past.git("tag", "before")
    past.commit({"sub/pytest.ini": "[pytest]\n", "sub/test_x.py": "def test_x(): assert 1\n"})
    past.commit({"sub/test_x.py": "def test_x(): assert 2\n"})
    lines, _ = ask(capsys, "--since", "before~1", "--rootdir", "sub")
    assert [line.split()[2] for line in lines[1:]] == ["1", "all", "1"]


def test_worktree_and_shallow_clone(
    past: SmallProject, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A worktree of the user's, and a clone whose history is cut off, are replayed as far as they reach."""
    past.git("worktree", "add", "-q", "--detach", str(tmp_path / "other"))
    assert len(ask(capsys, "--since", "start", "--rootdir", str(tmp_path / "other"))[0]) == 5
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth=3", past.pytester.path.as_uri(), str(shallow)], check=True)
    lines, _ = ask(capsys, "--since", "HEAD~2", "--rootdir", str(shallow))
    assert [line.partition(" ")[0] for line in lines[1:]] == commits(past)[:2]


def test_configuration_that_was_wrong(past: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """A commit whose configuration has mistakes would have stopped; the table says so and goes on."""
    past.commit({"txselect.toml": "on_doubt = 3\n"})
    past.commit({"txselect.toml": ""})
    lines, _ = ask(capsys, "--since", "HEAD~2")
    assert "in doubt: " in lines[2]
    assert "on_doubt" in lines[2]


def test_no_commits(past: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to replay is no error."""
    assert ask(capsys, "--since", "HEAD") == ([], ["txselect: no commits between HEAD and HEAD"])


@pytest.mark.parametrize(
    ("words", "end"),
    [
        (("--since", "nowhere"), "[unknown-ref]"),
        (("--since", "-x"), ""),
        (("--since", "start", "--rootdir", "/"), "]"),
    ],
)
def test_mistakes(
    past: SmallProject, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], end: str
) -> None:
    """What cannot be replayed is an error of usage."""
    del past
    assert main(["audit", *words]) == 2
    assert capsys.readouterr().err.rstrip().endswith(end)


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5"])
def test_limit(past: SmallProject, capsys: pytest.CaptureFixture[str], limit: str) -> None:
    """A limit is a number of commits."""
    del past
    assert main(["audit", "--since", "start", "--limit", limit]) == 2
    assert "limit" in capsys.readouterr().err
