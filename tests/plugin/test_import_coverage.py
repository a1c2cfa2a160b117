"""`txselect store import-coverage`: what each test executed, from a file of the coverage library."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.cli import main
from pytest_txselect.engine.covered import find_node
from pytest_txselect.evidence.evidence import Gap
from pytest_txselect.store.names import read_scope
from pytest_txselect.store.recorded import read_evidence

if TYPE_CHECKING:
    from small_project import SmallProject

pytest.importorskip("pytest_cov")

CODE = (
    "import functools\n\n\n"
    "def one():\n    return 1\n\n\n"
    "@functools.wraps(one)\ndef two(n=(lambda: 0)):\n    if n() > 5:\n        return one()\n    return [x for x in (2,)]\n\n\n"
    "class It:\n    def short(self): return 3\n\n    def deep(self):\n        def inner():\n            return 4\n\n"
    "        return inner()\n"
)
TESTS = (
    "import pytest\nfrom pkg.c import It, one, two\n\n\n"
    "@pytest.fixture\ndef made():\n    yield It()\n    one()\n\n\n"
    "@pytest.mark.parametrize('n', ['a', 'b|run'])\ndef test_one(n):\n    assert one() == 1\n\n\n"
    "def test_two():\n    assert two() == [2]\n\n\n"
    "class TestIt:\n    def test_short(self, made):\n        assert made.short() == 3\n\n"
    "    def test_deep(self, made):\n        assert made.deep() == 4\n"
)


@pytest.fixture
def covered(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """The small project with a coverage file of it; the current folder."""
    for name in ("FORCE_COLOR", "COLUMNS", "COVERAGE_FILE", "COVERAGE_RCFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COVERAGE_CORE", "ctrace")  # the usual one of Python 3.14 has no contexts
    project.commit({"pkg/c.py": CODE, "tests/test_c.py": TESTS, "txselect.toml": ""})
    result = project.spawn("--cov=pkg", "--cov=tests", "--cov-context=test", "--cov-report=", ref=None)
    result.assert_outcomes(passed=8)
    return project


def ask(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> tuple[list[str], list[str]]:
    """What the command writes and what it says."""
    capsys.readouterr()
    assert main(["store", "import-coverage", *words]) == status
    out, err = capsys.readouterr()
    return out.splitlines(), err.splitlines()


def names(project: SmallProject, node: str, path: str = "pkg/c.py") -> set[str]:
    """What a test executed of a file."""
    evidence = read_evidence(project.pytester.path / ".txselect", read_scope())
    assert evidence is not None
    with closing(evidence):
        return {each.piece.name for each in evidence.read_pieces(node) if each.piece.path == path}


def test_functions(covered: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines become functions, in set-up, call and tear-down; tests keep their parameters."""
    lines, _ = ask(capsys, ".coverage")
    assert lines == [f"{covered.pytester.path / '.txselect'}: 8 tests imported"]
    assert names(covered, "tests/test_c.py::test_one[a]") == {"one"}
    assert names(covered, "tests/test_c.py::test_one[b|run]") == {"one"}
    assert names(covered, "tests/test_c.py::test_two") >= {"two"}
    assert "one" not in names(covered, "tests/test_c.py::test_two")
    assert names(covered, "tests/test_c.py::TestIt::test_deep") >= {
        "It.deep",
        "It.deep.<locals>.inner",
        "one",
    }
    assert "It.short" not in names(covered, "tests/test_c.py::TestIt::test_deep")
    assert names(covered, "tests/test_c.py::TestIt::test_short") >= {"It.short", "one"}
    assert names(covered, "tests/test_c.py::TestIt::test_short", "tests/test_c.py") >= {
        "TestIt.test_short",
        "made",
    }


def test_same_as_recorded(covered: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """A test that was recorded has executed all that the coverage file says, and its evidence is kept."""
    ask(capsys, ".coverage")
    nodes = [
        f"tests/test_c.py::{name}"
        for name in ("test_one[a]", "test_two", "TestIt::test_deep", "TestIt::test_short")
    ]
    imported = {node: names(covered, node) for node in nodes}
    covered.spawn("--txselect-record", ref=None)
    recorded = {node: names(covered, node) for node in nodes}
    assert all(imported[node] <= recorded[node] for node in nodes)
    lines, _ = ask(capsys, ".coverage")
    assert lines == [
        f"{covered.pytester.path / '.txselect'}: 0 tests imported; better evidence of 8 tests is there"
    ]
    assert {node: names(covered, node) for node in nodes} == recorded


def test_judged_safely(covered: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Its gaps make the source decide: nothing is left out that would run without it."""
    ask(capsys, ".coverage")
    evidence = read_evidence(covered.pytester.path / ".txselect", read_scope())
    assert evidence is not None
    with closing(evidence):
        assert evidence.find_gapped(Gap.IMPORT) == set(evidence.read_tests())
    covered.write({"pkg/c.py": CODE.replace("return 4", "return 2 + 2")})
    capsys.readouterr()
    main(["plan", "--impacted-by", "HEAD"])
    assert capsys.readouterr().out == "tests/test_c.py\n"


def test_failure_is_not_forgotten(covered: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """A coverage file does not say whether a test passed, so one that failed runs until it passes."""
    covered.write({"pkg/b.py": "raise SystemExit\n"})
    covered.write({"tests/test_b.py": "import os\n\ndef test_b():\n    os._exit(1)\n"})
    covered.spawn("--txselect-record", "-n1", "tests/test_b.py", ref=None)
    covered.git("checkout", ".")
    ask(capsys, ".coverage")
    evidence = read_evidence(covered.pytester.path / ".txselect", read_scope())
    assert evidence is not None
    with closing(evidence):
        assert evidence.read_tests()["tests/test_b.py::test_b"].outcome == "failed"


@pytest.mark.parametrize("later", [True, False], ids=["by its time", "by its lines"])
def test_file_that_changed_since(
    covered: SmallProject, capsys: pytest.CaptureFixture[str], *, later: bool
) -> None:
    """Of a file that is another now nobody knows what was executed: its version has no name."""
    place = covered.pytester.path / "pkg/c.py"
    place.write_text("# new\n" + CODE if later else "\n\n" + CODE, encoding="utf-8")
    moment = (covered.pytester.path / ".coverage").stat().st_mtime + (5 if later else -5)
    os.utime(place, (moment, moment))
    _, notices = ask(capsys, ".coverage")
    assert (
        notices[0]
        == "txselect: pkg/c.py: changed since, or cannot be read; nobody knows what was executed of it"
    )
    evidence = read_evidence(covered.pytester.path / ".txselect", read_scope())
    assert evidence is not None
    with closing(evidence):
        versions = evidence.read_versions()
    assert versions["pkg/c.py"] == [""]  # type: ignore[index]
    assert versions["tests/test_c.py"] != [""]  # type: ignore[index]


@pytest.mark.parametrize(
    ("content", "slug"), [(None, "coverage-unreadable"), (b"no coverage" * 99, "coverage-unreadable")]
)
def test_no_coverage_file(
    covered: SmallProject, capsys: pytest.CaptureFixture[str], content: bytes | None, slug: str
) -> None:
    """A file that is not there, or is something else, is an error of usage, and nothing is made."""
    if content is not None:
        (covered.pytester.path / "other").write_bytes(content)
    _, notices = ask(capsys, "other", status=2)
    assert notices[0].endswith(f"[{slug}]")
    assert not (covered.pytester.path / ".txselect").exists()


def test_without_contexts(covered: SmallProject, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that does not say which test executed what is of no use."""
    (covered.pytester.path / ".coverage").unlink()
    covered.spawn("--cov=pkg", "--cov-report=", ref=None)
    _, notices = ask(capsys, ".coverage", status=2)
    assert notices[0].endswith("[no-contexts]")


@pytest.mark.parametrize(
    ("context", "node"),
    [
        ("a/test_a.py::test[1]|run", "a/test_a.py::test[1]"),
        ("ci|a/test_a.py::test[x|y]|setup", "a/test_a.py::test[x|y]"),
        ("a/test_a.py::test|teardown", "a/test_a.py::test"),
        ("a/test_a.py::test", ""),
        ("tests.test_a.test", ""),
        ("", ""),
        ("ci|run", ""),
    ],
)
def test_contexts(context: str, node: str) -> None:
    """Only contexts of tests count."""
    assert find_node(context) == node
