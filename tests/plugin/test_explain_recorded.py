"""`txselect explain` by recorded evidence: each way in which a test has to do with a change, or has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_txselect.cli import main

if TYPE_CHECKING:
    from small_project import SmallProject

CODE = (
    "LIMIT = 3\n\n\ndef one(n=1):\n    return n\n\n\ndef two():\n    return one() + 1\n\n\n"
    "def limited():\n    return LIMIT\n\n\nclass It:\n    def deep(self):\n        return (lambda: 4)()\n"
)
TESTS = (
    "import pathlib, subprocess\nimport pytest\nfrom pkg.c import It, limited, one, two\n\n\n"
    "@pytest.mark.parametrize('n', range(7))\ndef test_one(n):\n    assert one() == 1\n\n\n"
    "def test_two():\n    assert two() == 2\n\n\n"
    "def test_limited():\n    assert limited() == 3\n\n\n"
    "def test_deep():\n    assert It().deep() == 4\n\n\n"
    "def test_reads():\n    assert pathlib.Path('tests/data/x.txt').read_text()\n\n\n"
    "def test_starts():\n    subprocess.run(['git', '--version'], check=True)\n\n\n"
    "def test_nothing():\n    pass\n"
)
FILES = {"pkg/c.py": CODE, "tests/test_c.py": TESTS, "tests/data/x.txt": "1"}


@pytest.fixture
def recorded(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """The small project with more tests, recorded; the current folder."""
    for name in ("FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    project.commit(FILES)
    project.spawn("--txselect-record", ref=None).assert_outcomes(passed=16)
    return project


def explain(capsys: pytest.CaptureFixture[str], name: str, ref: str = "HEAD") -> list[str]:
    """What the command answers about a test; hashes of commits are taken out."""
    capsys.readouterr()
    assert (
        main(["explain", f"tests/test_c.py::{name}" if name else "tests/test_c.py", "--impacted-by", ref])
        == 0
    )
    return capsys.readouterr().out.splitlines()


EDITS = {
    "body": (
        "return LIMIT",
        "return LIMIT + 0",
        "test_limited",
        "executed `pkg.c.limited` (pkg/c.py:12), whose body changed",
    ),
    "nested": ("4)()", "2 + 2)()", "test_deep", "executed `pkg.c.It.deep` (pkg/c.py:17), whose body changed"),
    "default": ("n=1", "n=2", "test_two", "executed `pkg.c.one` (pkg/c.py:4), whose defaults changed"),
    "signature": (
        "n=1",
        "m=1, n=1",
        "test_two",
        "executed `pkg.c.one` (pkg/c.py:4), whose signature changed",
    ),
    "removed": (
        "def two():\n    return one() + 1",
        "",
        "test_two",
        "executed `pkg.c.two` (pkg/c.py), which was removed",
    ),
}


def test_executed_by_an_import(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What only an import or a fixture of a test executed is said to be that."""
    for name in ("FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    code = "def one():\n    return 1\n\n\nFIRST = one()\n\n\ndef two():\n    return 2\n"
    tests = (
        "import pytest\nfrom pkg.c import FIRST, one, two\n\n\n"
        "@pytest.fixture(scope='module')\ndef second():\n    return two()\n\n\n"
        "def test_first():\n    assert FIRST\n\n\ndef test_second(second):\n    assert second\n\n\n"
        "def test_one():\n    assert one()\n"
    )
    project.commit({"pkg/c.py": code, "tests/test_c.py": tests})
    project.spawn("--txselect-record", ref=None)
    project.write({"pkg/c.py": code.replace("return 1", "return 1 + 0").replace("return 2", "return 2 + 0")})
    indirectly = "needs an import or a fixture that executed"
    for test, who, place in (
        ("test_first", indirectly, "`pkg.c.one` (pkg/c.py:1)"),
        ("test_second", indirectly, "`pkg.c.one` (pkg/c.py:1)"),
        ("test_second", indirectly, "`pkg.c.two` (pkg/c.py:8)"),
        ("test_one", "executed", "`pkg.c.one` (pkg/c.py:1)"),
    ):
        assert f"    {who} {place}, whose body changed" in explain(capsys, test)


@pytest.mark.parametrize("name", EDITS)
def test_executed(recorded: SmallProject, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """What the test executed is named with its place, and with what became of it."""
    old, new, test, line = EDITS[name]
    recorded.write({"pkg/c.py": CODE.replace(old, new)})
    lines = explain(capsys, test)
    assert lines[0] == f"tests/test_c.py::{test}: runs"
    assert f"    {line}" in lines


def test_name_that_it_mentions(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no function changed that it executed, the one that mentions what changed is named."""
    recorded.write({"pkg/c.py": CODE.replace("LIMIT = 3", "LIMIT = 1 + 2 + 0 * 1 - 0 + len('')")})
    lines = explain(capsys, "test_limited")
    assert lines[0] == "tests/test_c.py::test_limited: runs"
    assert "`limited` (pkg/c.py)" in lines[1]


def test_many_tests(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a function's parameters and of a file the first few are told."""
    recorded.write({"pkg/c.py": CODE.replace("return n", "return n + 0")})
    lines = explain(capsys, "test_one")
    assert lines[0] == "tests/test_c.py::test_one: runs: 7 of 7 tests that are known"
    assert lines[1] == "    tests/test_c.py::test_one[0]"
    assert lines[-1] == "    and 2 more"
    lines = explain(capsys, "")
    assert lines[0] == "tests/test_c.py: runs, in part: 9 of 13 tests that are known"


def test_evidence_that_does_not_say_all(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """A test that started a program runs where the source reaches the change, and that is told."""
    recorded.write({"pkg/c.py": CODE.replace("return n", "return n + 0")})
    lines = explain(capsys, "test_starts")
    assert lines[0] == "tests/test_c.py::test_starts: runs"
    assert "its evidence does not say all" in lines[1]


def test_data(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """A data file concerns who opened it; of others it is told that they did not."""
    recorded.write({"tests/data/x.txt": "2"})
    assert explain(capsys, "test_reads")[0] == "tests/test_c.py::test_reads: runs"
    lines = explain(capsys, "test_nothing")
    assert lines[0] == "tests/test_c.py::test_nothing: does not run"
    assert lines[2] == "        tests/data/x.txt: it was not opened"


def test_not_executed(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """What a test executed of a changed file beside what changed is counted."""
    recorded.write({"pkg/c.py": CODE.replace("return LIMIT", "return LIMIT + 0")})
    assert explain(capsys, "test_nothing")[-1].endswith("of the file executed, not this")


def test_many_changes(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Of many changes the first few are told."""
    recorded.commit({f"tests/data/{number}.txt": "1" for number in range(8)})
    recorded.write({f"tests/data/{number}.txt": "2" for number in range(8)})
    recorded.write({"pkg/c.py": CODE.replace("return LIMIT", "return LIMIT + 0")})
    assert explain(capsys, "test_two")[-1].strip().startswith("and ")


def test_nothing_changed(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a change no evidence is asked."""
    del recorded
    assert explain(capsys, "test_two")[0] == "tests/test_c.py::test_two: does not run"
    assert explain(capsys, "test_two", "last")[0] == "tests/test_c.py::test_two: does not run"


def test_new_test(recorded: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a test that was never seen the source speaks."""
    recorded.write({"tests/test_c.py": TESTS + "\n\ndef test_new():\n    assert one()\n"})
    assert explain(capsys, "test_new")[0] == "tests/test_c.py::test_new: runs"
