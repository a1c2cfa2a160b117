"""Selections by recorded evidence: pytest, `txselect plan` and `txselect explain` say the same, and why."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from small_project import ran, said

from pytest_txselect.cli import main

if TYPE_CHECKING:
    from small_project import SmallProject

FILES = {
    "pkg/c.py": (
        "LIMIT = 3\n\n\ndef one():\n    return 1\n\n\ndef two():\n    return 2\n\n\n"
        "def limited():\n    return min(LIMIT, 9)\n"
    ),
    "tests/test_c.py": (
        "import pytest\nfrom pkg.c import limited, one, two\n\n"
        "@pytest.mark.parametrize('n', [1, 2])\ndef test_one(n):\n    assert one() == 1\n\n"
        "def test_two():\n    assert two() == 2\n\n"
        "class TestIt:\n    def test_limited(self):\n        assert limited() == 3\n"
    ),
}
ONE = {"pkg/c.py": FILES["pkg/c.py"].replace("return 1", "return 0 + 1")}
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def recorded(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """The small project with more tests, committed and recorded; the current folder."""
    for name in ("FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    project.commit(FILES)
    project.spawn("--txselect-record", ref=None).assert_outcomes(passed=7)
    return project


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[list[str], list[str]]:
    """What a command writes and what it says."""
    capsys.readouterr()
    assert main(list(words)) == 0
    out, err = capsys.readouterr()
    return out.splitlines(), err.splitlines()


def test_header(recorded: SmallProject) -> None:
    """The header counts tests, and says whose evidence it is."""
    commit = recorded.git("rev-parse", "HEAD")[:7]
    recorded.write(ONE)
    result = recorded.run()
    assert said(result) == [
        f"txselect: 1 file changed since HEAD ({commit}); 2 tests in 1 of 3 test files can be affected",
        f"txselect: evidence for 7 of 7 tests, recorded at {commit} on Python {PYTHON}",
    ]
    assert ran(result) == ["tests/test_c.py::test_one[1]", "tests/test_c.py::test_one[2]"]


@pytest.mark.parametrize(
    ("files", "tests"),
    [
        (ONE, ["tests/test_c.py::test_one[1]", "tests/test_c.py::test_one[2]"]),
        (
            {"pkg/c.py": FILES["pkg/c.py"].replace("LIMIT = 3", "LIMIT = 1 + 2")},
            ["tests/test_c.py::TestIt::test_limited"],
        ),
        ({"pkg/a.py": "def give():\n    return 1 + 0\n"}, ["tests/test_a.py"]),
        ({"README.md": "x"}, []),
        (
            {"tests/test_c.py": FILES["tests/test_c.py"] + "\ndef test_new():\n    assert one()\n"},
            ["tests/test_c.py::test_new"],
        ),
        (
            ONE | {"tests/test_c.py": FILES["tests/test_c.py"] + "\ndef test_new():\n    assert one()\n"},
            ["tests/test_c.py::test_one[1]", "tests/test_c.py::test_one[2]", "tests/test_c.py::test_new"],
        ),
        (
            ONE | {"tests/test_c.py": FILES["tests/test_c.py"].replace("test_two", "test_too")},
            ["tests/test_c.py::test_one[1]", "tests/test_c.py::test_one[2]", "tests/test_c.py::test_too"],
        ),
    ],
    ids=["body", "name", "file", "nothing", "new", "body and new", "renamed"],
)
def test_plan_lists_what_runs(
    recorded: SmallProject, capsys: pytest.CaptureFixture[str], files: dict[str, str], tests: list[str]
) -> None:
    """`plan` lists the tests that pytest runs, and both leave the same document."""
    recorded.write(files)
    listed, notices = ask(capsys, "plan", "--impacted-by", "HEAD")
    assert listed == tests
    document, _ = ask(capsys, "plan", "--impacted-by", "HEAD", "--json")
    result = recorded.run()
    assert said(result) == notices
    assert json.loads("\n".join(document)) == json.loads(
        (recorded.pytester.path / ".txselect/selection.json").read_text(encoding="utf-8")
    )
    again = recorded.run(*listed, ref=None) if listed else None
    assert again is None or ran(again) == ran(result)


def test_file_not_known_whole(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that may have tests nobody has seen is listed as a whole; pytest leaves out those that are known."""
    text = (
        FILES["tests/test_c.py"] + "\nfor name in ('x', 'y'):\n    globals()[f'test_{name}'] = lambda: None\n"
    )
    recorded.write({**ONE, "tests/test_c.py": text})
    listed, notices = ask(capsys, "plan", "--impacted-by", "HEAD")
    assert listed == ["tests/test_c.py"]
    assert "1 of 3 test files can be affected" in notices[0]


def test_static(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """`--mode static` does not ask what was recorded."""
    recorded.write(ONE)
    listed, notices = ask(capsys, "plan", "--impacted-by", "HEAD", "--mode", "static")
    assert (listed, len(notices)) == (["tests/test_c.py"], 1)


def test_recorded_only(project: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """`--mode recorded` without evidence is an error."""
    project.write(FILES)
    root = str(project.pytester.path)
    assert main(["plan", "--impacted-by", "HEAD", "--mode", "recorded", "--rootdir", root]) == 2
    assert capsys.readouterr().err.endswith("[no-evidence]\n")


def test_other_store(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """`--store` says where what was recorded is."""
    root = recorded.pytester.path
    (root / ".txselect").rename(root / ".git/elsewhere")
    recorded.write(ONE)
    assert ask(capsys, "plan", "--impacted-by", "HEAD")[0] == ["tests/test_c.py"]
    listed, _ = ask(capsys, "plan", "--impacted-by", "HEAD", "--store", ".git/elsewhere")
    assert listed == ["tests/test_c.py::test_one[1]", "tests/test_c.py::test_one[2]"]


def test_explain_executed(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Why a test runs: what it executed, where that is, and what became of it."""
    recorded.write(ONE)
    lines, _ = ask(capsys, "explain", "tests/test_c.py::test_one[2]", "--impacted-by", "HEAD")
    assert lines == [
        "tests/test_c.py::test_one[2]: runs",
        "    executed `pkg.c.one` (pkg/c.py:4), whose body changed",
    ]


def test_explain_not_executed(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Why a test does not run: what of the change it did not execute."""
    commit = recorded.git("rev-parse", "HEAD")[:7]
    recorded.write(ONE)
    lines, _ = ask(capsys, "explain", "tests/test_c.py::test_two", "--impacted-by", "HEAD")
    assert lines == [
        "tests/test_c.py::test_two: does not run",
        f"    1 file changed since HEAD ({commit}); nothing recorded of this test is touched:",
        "        pkg/c.py: body of one (line 4) changed; 2 other functions of the file executed, not this",
    ]


def test_explain_file(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a file, each test that runs."""
    recorded.write(ONE)
    lines, _ = ask(capsys, "explain", "tests/test_c.py", "--impacted-by", "HEAD")
    assert lines == [
        "tests/test_c.py: runs, in part: 2 of 4 tests that are known",
        "    tests/test_c.py::test_one[1]",
        "        executed `pkg.c.one` (pkg/c.py:4), whose body changed",
        "    tests/test_c.py::test_one[2]",
        "        executed `pkg.c.one` (pkg/c.py:4), whose body changed",
    ]


def test_failed_test_runs_without_a_change(
    recorded: SmallProject, capsys: pytest.CaptureFixture[str]
) -> None:
    """A test that failed runs until it passes, and every answer says so, though nothing changed."""
    broken = {"pkg/c.py": FILES["pkg/c.py"].replace("return 2", "return 3")}
    recorded.write(broken)
    recorded.spawn("--txselect-record")
    recorded.commit()
    listed, notices = ask(capsys, "plan", "--impacted-by", "HEAD")
    assert listed == ["tests/test_c.py::test_two"]
    assert notices[0].endswith("; 1 test in 1 of 3 test files can be affected")
    document, _ = ask(capsys, "plan", "--impacted-by", "HEAD", "--json")
    assert json.loads("\n".join(document))["runs"] == "some"
    lines, _ = ask(capsys, "explain", "tests/test_c.py::test_two", "--impacted-by", "HEAD")
    assert lines[:2] == [
        "tests/test_c.py::test_two: runs",
        "    failed in its last run: tests/test_c.py",
    ]
    assert ran(recorded.run()) == listed


def test_last(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """`last` compares with each test's own last run, and says so."""
    recorded.commit(ONE)
    listed, notices = ask(capsys, "plan", "--impacted-by", "last")
    assert listed == ["tests/test_c.py::test_one[1]", "tests/test_c.py::test_one[2]"]
    assert notices[0] == "txselect: since each test last passed: 2 tests in 1 of 3 test files can be affected"
    assert said(recorded.run("--txselect-record", ref="last")) == notices
    assert ask(capsys, "plan", "--impacted-by", "last")[0] == []


def test_last_without_evidence(project: SmallProject) -> None:
    """`last` without evidence runs everything, and says what it is good for."""
    result = project.run(ref="last")
    assert said(result) == [
        "txselect: everything runs: nothing is recorded yet; once this run is, --impacted-by=last is narrower"
    ]


@pytest.mark.parametrize(
    ("option", "line"),
    [
        ("--txselect-record", "no evidence yet: this run records it; the next selection will be narrower"),
        (
            "--txselect-record --co",
            "no evidence yet: a run with --txselect-record makes the next selection narrower",
        ),
        ("--no-txselect-record", ""),
    ],
)
def test_hint(project: SmallProject, option: str, line: str) -> None:
    """Without evidence the header says what would help, unless it is not wanted."""
    project.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    assert said(project.spawn(*option.split()))[1:] == ([f"txselect: {line}"] if line else [])


def test_hint_of_little_evidence(project: SmallProject) -> None:
    """Evidence of a small part of the suite is told as such."""
    project.commit(FILES)
    project.spawn("--txselect-record", "tests/test_c.py", ref=None)
    project.write(ONE)
    assert said(project.run())[-1] == (
        "txselect: evidence is there for 1 of 3 test files only: "
        "a run of everything with --txselect-record makes the next selection narrower"
    )


GROUND = {
    "pkg/d.py": "import iniconfig\n\n\ndef read():\n    return iniconfig\n",
    "tests/test_d.py": "from pkg.d import read\n\ndef test_read():\n    assert read()\n",
    "requirements.txt": "iniconfig==2.0.0\n",
    "pyproject.toml": "[tool.ruff]\nline-length = 80\n",
}


@pytest.fixture
def standing(project: SmallProject) -> SmallProject:
    """The small project with what it stands on, recorded."""
    project.commit(GROUND)
    project.spawn("--txselect-record", ref=None).assert_outcomes(passed=4)
    return project


def test_distribution_that_moved(standing: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """What a test did holds for the distributions that were asked for: where one moved, the source decides."""
    standing.write({"requirements.txt": "iniconfig==2.1.0\n"})
    static, _ = ask(capsys, "plan", "--impacted-by", "HEAD", "--mode", "static")
    assert "tests/test_d.py" in static
    assert ask(capsys, "plan", "--impacted-by", "HEAD")[0] == static


@pytest.mark.parametrize("how", ["configured", "in the test", "in what it executes"])
@pytest.mark.parametrize("mode", ["static", "auto"])
def test_declared(project: SmallProject, capsys: pytest.CaptureFixture[str], how: str, mode: str) -> None:
    """What is declared counts, though no recorder sees it, wherever the file is; and nothing else runs."""
    line = "# txselect: depends data/**\n"
    declared = {
        "configured": {"txselect.toml": '[depends]\n"tests/test_a.py" = ["data/**"]\n'},
        "in the test": {"tests/test_a.py": line + "import pkg.a\n\ndef test_one():\n    assert pkg.a\n"},
        "in what it executes": {"pkg/a.py": line + "def give():\n    return 1\n"},
    }
    project.commit({**declared[how], "data/x.tpl": "1"})
    project.spawn("--txselect-record", ref=None)
    project.write({"data/x.tpl": "2"})
    assert ask(capsys, "plan", "--impacted-by", "HEAD", "--mode", mode)[0] == ["tests/test_a.py"]


@pytest.mark.parametrize("pattern", ["data\\x.tpl", "a**b", "."])
def test_declared_by_no_pattern(
    project: SmallProject, capsys: pytest.CaptureFixture[str], pattern: str
) -> None:
    """A pattern that cannot be read may mean any file: its test runs for every change, and the others do not."""
    text = f"# txselect: depends {pattern}\ndef test_b():\n    pass\n"
    project.commit({"tests/test_b.py": text, "pkg/c.py": "x = 1\n"})
    project.write({"pkg/c.py": "x = 2\n"})
    assert ask(capsys, "plan", "--impacted-by", "HEAD")[0] == ["tests/test_b.py"]
    assert "tests/test_b.py:1 is declared to depend on" in " ".join(
        ask(capsys, "explain", "tests/test_b.py", "--impacted-by", "HEAD")[0]
    )


@pytest.mark.parametrize(
    ("files", "everything"),
    [
        ({"requirements.txt": "iniconfig==2.1.0\n"}, True),
        ({"pytest.ini": "[pytest]\npythonpath = .\naddopts = --strict-markers\n"}, True),
        ({"pytest.toml": "[pytest]\n"}, True),
        ({"pyproject.toml": "[tool.coverage.run]\nbranch = true\n"}, True),
        ({"pyproject.toml": "[tool.ruff]\nline-length = 90\n"}, False),
        ({"README.md": "x"}, False),
    ],
    ids=["requirements", "configuration", "new configuration", "manifest", "neutral part", "neutral"],
)
def test_last_since_commits(
    standing: SmallProject, capsys: pytest.CaptureFixture[str], files: dict[str, str], *, everything: bool
) -> None:
    """`last` notices what every test stands on, though it was committed since, or was not when tests ran."""
    standing.commit(files)
    assert bool(ask(capsys, "plan", "--impacted-by", "last")[0]) == everything
    standing.spawn("--txselect-record", ref=None)
    assert ask(capsys, "plan", "--impacted-by", "last")[0] == []
    standing.git("checkout", "-q", "HEAD~1", ".")
    standing.git("clean", "-fdq")
    if "pytest.toml" not in files:
        assert bool(ask(capsys, "plan", "--impacted-by", "last")[0]) == everything
