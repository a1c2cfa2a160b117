"""`txselect store` on a recorded project."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.cli import main
from pytest_txselect.store.names import read_scope

if TYPE_CHECKING:
    from pathlib import Path

    from small_project import SmallProject

SCOPE = read_scope()


@pytest.fixture
def recorded(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """The small project, recorded; the current folder."""
    for name in ("FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    project.spawn("--txselect-record", ref=None).assert_outcomes(passed=3)
    return project


def ask(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> tuple[list[str], list[str]]:
    """What a command writes and what it says."""
    capsys.readouterr()
    assert main(["store", *words]) == status
    out, err = capsys.readouterr()
    return out.splitlines(), err.splitlines()


def evidence(project: SmallProject, folder: str = ".txselect") -> Path:
    """The file of evidence."""
    return project.pytester.path / folder / "evidence.sqlite"


def nodes(file: Path) -> list[str]:
    """The tests that are known."""
    with closing(sqlite3.connect(file)) as db:
        return [node.decode() for (node,) in db.execute("SELECT node FROM test ORDER BY node")]


def test_info(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Its place and size, and for each Python what is known, how old that is, and how much of the suite it covers."""
    commit = recorded.git("rev-parse", "HEAD")
    recorded.write({"tests/test_c.py": ""})
    lines, _ = ask(capsys, "info")
    assert lines[0].startswith(f"{recorded.pytester.path / '.txselect'}: ")
    assert lines[0].endswith(" kB")
    assert ", schema 4, " in lines[1]
    assert lines[2:5] == [
        f"{SCOPE.python} on {SCOPE.platform}:",
        "    evidence of 3 of 3 tests that are known",
        "    of 2 of 3 test files of the project (66 %)",
    ]
    assert lines[5].startswith(f"    recorded at {commit[:7]}, ")
    assert lines[5].endswith(" ago, in 1 run")
    assert lines[6].endswith(" ago")
    assert lines[7].startswith("    all tests together take ")
    document = json.loads("\n".join(ask(capsys, "info", "--json")[0]))
    assert document["test_files"] == 3
    (scope,) = document["evidence"]["scopes"]
    assert (scope["tests"], scope["evidence"], scope["test_files"], scope["commit"]) == (3, 3, 2, commit)


def test_info_of_nothing(project: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty place is told as such, and stays empty."""
    lines, _ = ask(capsys, "info")
    assert lines == [
        f"{project.pytester.path / '.txselect'}: nothing is remembered yet",
        "evidence: none; record a run with --txselect-record",
    ]
    assert not (project.pytester.path / ".txselect").exists()


def test_info_of_failures_gaps_and_what_was_set_aside(
    recorded: SmallProject, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tests that failed, evidence that does not say all, partial runs, and files that could not be used are told."""
    child = (
        "import subprocess, sys\n\ndef test_c():\n    subprocess.run(['git', '--version'])\n    assert 0\n"
    )
    recorded.write({"tests/test_c.py": child})
    shutil.rmtree(recorded.pytester.path / ".txselect")
    recorded.spawn("--txselect-record", "tests/test_c.py", ref=None)
    (recorded.pytester.path / ".txselect/evidence.sqlite.1.aside").write_bytes(b"x" * 7)
    (recorded.pytester.path / ".txselect/facts-other.sqlite").write_bytes(b"x" * 7)
    text = "\n".join(ask(capsys, "info")[0])
    assert "evidence of 1 of 1 test that are known, of 1 of them not all that they did" in text
    assert "everything was last recorded in one run: never" in text
    assert "; 1 test failed in the last run" in text
    assert "evidence.sqlite.1.aside: 7 bytes, set aside since it could not be used; it can be deleted" in text
    assert "facts-other.sqlite: 7 bytes, cannot be read, and is made anew when it is needed" in text


def test_info_of_audits(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """What past audits say belongs to what is remembered."""
    recorded.write({"pkg/a.py": "def give():\n    return 0\n"})
    recorded.run("--txselect-audit")
    line = "history: 1 audit, 1 of them safe (100.0 %); 1 of 1 failure found; 66.7 % of tests run"
    assert line in ask(capsys, "info")[0]
    assert json.loads("\n".join(ask(capsys, "info", "--json")[0]))["audits"]["found"] == 1


def test_info_of_another_schema(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """A store of a newer version is told, and left alone."""
    with closing(sqlite3.connect(evidence(recorded))) as db:
        db.execute("PRAGMA user_version = 99")
    content = evidence(recorded).read_bytes()
    lines, _ = ask(capsys, "info")
    assert "it has schema 99, this version of txselect has 4" in lines[1]
    assert evidence(recorded).read_bytes() == content


def test_info_outside_of_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without git nobody knows the test files of the project; the rest is told."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    assert ask(capsys, "info")[0][1] == "evidence: none; record a run with --txselect-record"


def test_gc(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that are no more are forgotten, with what only they needed; the others stay as they were."""
    recorded.write(
        {
            "pkg/a.py": "def give():\n    return 1 + 0\n",
            "tests/test_a.py": "from pkg.a import give\n\ndef test_one():\n    assert give() == 1\n",
        }
    )
    (recorded.pytester.path / "tests/test_b.py").unlink()
    recorded.run("-q")  # leaves facts of contents that nobody will have
    recorded.commit()
    recorded.write({"pkg/a.py": "def give():\n    return 1\n"})
    lines, _ = ask(capsys, "gc")
    assert lines[0].startswith("forgotten: 2 tests that are no more, ")
    assert not lines[0].endswith("facts of 0 contents")
    assert nodes(evidence(recorded)) == ["tests/test_a.py::test_one"]
    with closing(sqlite3.connect(evidence(recorded))) as db:
        assert db.execute("SELECT count(*) FROM whole").fetchone() == (0,)
    again, _ = ask(capsys, "gc")
    assert again[0] == (
        "forgotten: 0 tests that are no more, 0 sets of evidence and 0 versions of files that no test needs, "
        "facts of 0 contents"
    )


def test_gc_of_nothing(project: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing is remembered nothing is made."""
    assert ask(capsys, "gc")[0][1] == "0 bytes freed: 0 bytes before, 0 bytes now"
    assert not (project.pytester.path / ".txselect").exists()


def test_gc_of_a_damaged_store(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """It stays as it is, and that is said."""
    evidence(recorded).write_bytes(b"no database" * 100)
    _, notices = ask(capsys, "gc", status=3)
    assert notices[0].endswith("nothing is forgotten [store-unusable]")


@pytest.mark.parametrize("whole", [True, False], ids=["folder", "file"])
def test_merge_of_shards(
    project: SmallProject, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, whole: bool
) -> None:
    """What two shards recorded is put together, and used by the next selection."""
    shards = []
    for name in ("a", "b"):
        project.spawn("--txselect-record", f"--txselect-store=.git/{name}", f"tests/test_{name}.py", ref=None)
        shards.append(f".git/{name}" + ("" if whole else "/evidence.sqlite"))
    lines, _ = ask(capsys, "merge", *shards)
    place = project.pytester.path / ".txselect"
    assert lines == [f"{place}: 3 tests are new or newer, from 2 stores"]
    assert ask(capsys, "merge", *shards)[0] == [f"{place}: 0 tests are new or newer, from 2 stores"]
    project.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    monkeypatch.chdir(project.pytester.path)
    capsys.readouterr()
    main(["plan", "--impacted-by", "HEAD"])
    out, err = capsys.readouterr()
    assert out == "tests/test_a.py\n"
    assert "; 2 tests in 1 of 2 test files can be affected" in err


def test_merge_of_what_is_not_there(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """A place without evidence is an error of usage; what is there stays."""
    _, notices = ask(capsys, "merge", "nowhere", status=2)
    assert notices == [
        "txselect: error: nowhere: has no recorded evidence; name a .txselect folder of a recorded run [unknown-store]"
    ]
    (recorded.pytester.path / "bad").write_bytes(b"no database" * 100)
    before = evidence(recorded).read_bytes()
    _, notices = ask(capsys, "merge", "bad", status=3)
    assert "[store-unusable]" in notices[0]
    assert evidence(recorded).read_bytes() == before
