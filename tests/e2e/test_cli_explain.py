"""`txselect explain` on small repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_txselect.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from temporary_git import TemporaryGit

FILES = {
    "pytest.ini": "[pytest]\npythonpath = src\n",
    "src/pkg/__init__.py": "",
    "src/pkg/a.py": "def f():\n    return 1\n",
    "src/pkg/b.py": "from pkg.c import h\n",
    "src/pkg/c.py": "def h():\n    return open('data/h.json')\n",
    "src/pkg/data/h.json": "{}\n",
    "tests/conftest.py": "import pytest\n\n@pytest.fixture\ndef thing():\n    return 1\n",
    "tests/test_a.py": "import pkg.a\n\ndef test_a():\n    assert pkg.a.f()\n",
    "tests/test_b.py": "import pkg.b\n\ndef test_b(thing):\n    assert 1\n\ndef test_c():\n    assert 1\n",
    "README.md": "x\n",
    "raises.py": "raise SystemExit('project code ran')\n",
}
EDITED = {"src/pkg/a.py": "def f():\n    return 2\n"}


def explain(capsys: pytest.CaptureFixture[str], target: str, ref: str = "HEAD") -> str:
    """What the command answers; its hash of HEAD is replaced."""
    assert main(["explain", target, "--impacted-by", ref]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_why(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """The chain, with files and lines."""
    repository.write(EDITED)
    assert explain(capsys, "tests/test_a.py::test_a[1-2]") == (
        "tests/test_a.py::test_a: runs\n"
        "    depends on a changed file\n"
        "    tests/test_a.py:1 imports src/pkg/a.py\n"
        "    src/pkg/a.py changed: body of f (line 1)\n"
    )


def test_line_of_a_literal(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """An edge to a data file has the line of the string that names it."""
    repository.write({"src/pkg/data/h.json": "[]\n"})
    assert explain(capsys, "tests/test_b.py") == (
        "tests/test_b.py: runs\n"
        "    depends on a changed file\n"
        "    tests/test_b.py:1 imports src/pkg/b.py\n"
        "    src/pkg/b.py:1 imports src/pkg/c.py\n"
        "    src/pkg/c.py:2 reads src/pkg/data/h.json\n"
        "    src/pkg/data/h.json changed\n"
    )


def test_line_of_a_fixture(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """An edge to a fixture has the line of whoever asks for it."""
    repository.write({"tests/conftest.py": FILES["tests/conftest.py"].replace("return 1", "return 2")})
    assert explain(capsys, "tests/test_b.py") == (
        "tests/test_b.py: runs\n"
        "    depends on a changed file\n"
        "    tests/test_b.py:3 may ask for a fixture of tests/conftest.py\n"
        "    tests/conftest.py changed: fixture thing\n"
    )


def test_why_not(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """What changed, that nothing leads there, and what comes closest."""
    repository.write(EDITED | {"README.md": "y\n"})
    commit = repository.run("rev-parse", "--short=7", "HEAD")
    assert explain(capsys, "tests/test_b.py::test_b") == (
        "tests/test_b.py::test_b: does not run\n"
        f"    2 files changed since HEAD ({commit}):\n"
        "        README.md: affects nothing (built-in rule README.md)\n"
        "        src/pkg/a.py: body of f (line 1)\n"
        "    no chain of dependencies leads from tests/test_b.py to it\n"
        "    it depends on 3 files directly, on 5 in all\n"
        "    closest to src/pkg/a.py: src/pkg/__init__.py\n"
        "        tests/test_b.py:1 imports src/pkg/__init__.py\n"
    )


def test_why_not_in_a_part_of_a_file(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a file whose other test changed, it says which."""
    repository.write(
        {
            "tests/test_b.py": FILES["tests/test_b.py"].replace(
                "test_c():\n    assert 1", "test_c():\n    assert 2"
            )
        }
    )
    commit = repository.run("rev-parse", "--short=7", "HEAD")
    assert explain(capsys, "tests/test_b.py::test_b") == (
        "tests/test_b.py::test_b: does not run\n"
        "    of its file only test_c changed, and nothing else there depends on it\n"
        f"    1 file changed since HEAD ({commit})\n"
    )
    assert explain(capsys, "tests/test_b.py").splitlines()[0] == "tests/test_b.py: runs, in part: only test_c"
    assert explain(capsys, "tests/test_b.py::test_c").splitlines()[:2] == [
        "tests/test_b.py::test_c: runs",
        "    the body of the test changed",
    ]


@pytest.mark.parametrize(
    ("files", "answer"),
    [
        ({}, "    nothing changed since HEAD ({commit})\n"),
        (
            {"README.md": "y\n"},
            (
                "    1 file changed since HEAD ({commit}):\n"
                "        README.md: affects nothing (built-in rule README.md)\n"
            ),
        ),
    ],
)
def test_why_not_without_a_live_change(
    repository: TemporaryGit, capsys: pytest.CaptureFixture[str], files: dict[str, str], answer: str
) -> None:
    """Where nothing changed that matters, that is the answer."""
    repository.write(files)
    commit = repository.run("rev-parse", "--short=7", "HEAD")
    assert explain(capsys, "tests/test_a.py") == "tests/test_a.py: does not run\n" + answer.format(
        commit=commit
    )


def test_everything_runs(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """The ground shifted: that is the reason of each test."""
    repository.write({"pytest.ini": "[pytest]\npythonpath = src\naddopts = -q\n"})
    out = explain(capsys, "tests/test_a.py")
    assert out.splitlines()[:2] == ["tests/test_a.py: runs", "    the ground shifted"]
    assert "pytest.ini" in out.splitlines()[2]


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        (
            "src/pkg/a.py",
            "src/pkg/a.py: is no test file, and changed\n    1 test file runs because of it\n",
        ),
        ("src/pkg/b.py", "src/pkg/b.py: is no test file, and did not change\n"),
        ("README.md", "README.md: is no test file, and did not change\n"),
        (
            "tests/conftest.py",
            "tests/conftest.py: is loaded for every test below its folder, and did not change\n",
        ),
    ],
)
def test_other_files(
    repository: TemporaryGit, capsys: pytest.CaptureFixture[str], target: str, answer: str
) -> None:
    """A file that is no test is explained by what it does to tests."""
    repository.write(EDITED)
    assert explain(capsys, target) == f"{answer}    who uses it: txselect dependents {target}\n"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("tests/test_bb.py", "did you mean tests/test_b.py, tests/test_a.py"),
        ("test_a.py", "did you mean tests/test_a.py? [unknown-target]"),
        ("tests", "tests: is a folder; name a file of it, such as tests/conftest.py, "),
        ("../x.py", "give a path relative to the current folder [unknown-target]"),
        ("tests/test_a.py::test_aa", "defines no test_aa; did you mean ::test_a? [unknown-test]"),
        ("tests/test_a.py::zzz", "defines no zzz; it defines test_a [unknown-test]"),
        ("tests/test_a.py::Test::test_a", "defines no Test.test_a; did you mean ::test_a? [unknown-test]"),
        ("a\nb", "a\\nb: git knows no such file"),
    ],
)
def test_nothing_of_that_name(
    repository: TemporaryGit, capsys: pytest.CaptureFixture[str], target: str, message: str
) -> None:
    """A mistake is one line with the nearest names."""
    assert main(["explain", target, "--impacted-by", "HEAD"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert message in err


def test_below_the_rootdir(
    repository: TemporaryGit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths are understood from the current folder as well as from the rootdir."""
    repository.write(EDITED)
    monkeypatch.chdir(repository.top / "tests")
    assert explain(capsys, "test_a.py").startswith("tests/test_a.py: runs\n")
    assert explain(capsys, "tests/test_a.py").startswith("tests/test_a.py: runs\n")


def test_between_two_commits(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines come from the versions compared, whatever the work tree has."""
    repository.commit({"src/pkg/data/h.json": "[]\n"})
    repository.write({"src/pkg/c.py": "x = 1\n"})
    out = explain(capsys, "tests/test_b.py", "HEAD~1..HEAD")
    assert "    src/pkg/c.py:2 reads src/pkg/data/h.json\n" in out


def test_without_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every test runs, for the same reason."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    out = explain(capsys, "test_x.py")
    assert out.startswith("test_x.py: runs, as every test\n    in doubt: ")


def test_file_between(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """A file on the way to the change has its own chain."""
    repository.write({"src/pkg/c.py": "def h():\n    return 3\n"})
    assert explain(capsys, "src/pkg/b.py") == (
        "src/pkg/b.py: is no test file, and did not change\n"
        "    depends on a changed file\n"
        "    src/pkg/b.py:1 imports src/pkg/c.py\n"
        "    src/pkg/c.py changed: body of h (line 1)\n"
        "    who uses it: txselect dependents src/pkg/b.py\n"
    )


def test_line_of_a_module_named_in_a_string(
    repository: TemporaryGit, capsys: pytest.CaptureFixture[str]
) -> None:
    """So has an edge to a module that a string names."""
    repository.commit(
        {"tests/test_s.py": "def test_s(monkeypatch):\n    monkeypatch.setattr('pkg.a.f', 1)\n"}
    )
    repository.write(EDITED)
    assert "    tests/test_s.py:2 names in a string src/pkg/a.py\n" in explain(capsys, "tests/test_s.py")
