"""`txselect dependents`, `dependencies` and `graph` on small repositories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from temporary_git import TemporaryGit

FILES = {
    "pytest.ini": "[pytest]\npythonpath = src\naddopts = -p pkg.plug\n",
    "src/pkg/__init__.py": "",
    "src/pkg/a.py": "def f():\n    return 1\n\ndef g():\n    return 2\n",
    "src/pkg/b.py": "from pkg.a import f\n\nDATA = open('data/h.json')\n",
    "src/pkg/c.py": "import pkg.a\n",
    "src/pkg/plug.py": "",
    "src/pkg/data/h.json": "{}\n",
    "tests/conftest.py": "",
    "tests/test_b.py": "import pkg.b\n\ndef test_b():\n    assert 1\n",
    "broken.py": "def (\n",
}


def run(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> tuple[str, str]:
    """What the command wrote."""
    assert main(list(words)) == status
    out, err = capsys.readouterr()
    return out, err


def test_dependents(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Who uses a file directly, with lines, and how many there are in all; the unparsed file may use any."""
    assert run(capsys, "dependents", "src/pkg/a.py") == (
        (
            "src/pkg/a.py is used by\n"
            "    broken.py:1 cannot be parsed, so may depend on src/pkg/a.py\n"
            "    src/pkg/b.py:1 imports src/pkg/a.py\n"
            "    src/pkg/c.py:1 imports src/pkg/a.py\n"
        ),
        "txselect: 3 files use src/pkg/a.py directly, 4 in all, 1 test file among them\n",
    )


def test_dependents_of_a_symbol(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Of those who use the file, the ones that mention the name."""
    out, err = run(capsys, "dependents", "src/pkg/a.py::f")
    assert out == (
        "src/pkg/a.py::f (line 1) is used by\n"
        "    broken.py:1 cannot be parsed, so may depend on src/pkg/a.py\n"
        "    src/pkg/b.py:1 imports src/pkg/a.py\n"
    )
    assert err.splitlines()[1] == (
        "txselect: 2 of them mention f; without recorded evidence an edit of it runs every test "
        "that reaches src/pkg/a.py"
    )


def test_dependents_of_a_test(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """An edit of a test's body runs that test."""
    _, err = run(capsys, "dependents", "tests/test_b.py::test_b")
    assert err.endswith("txselect: an edit of the body of test_b alone runs nothing but this test\n")


@pytest.mark.parametrize(
    ("target", "lines"),
    [
        ("src/pkg/data/h.json", ["    src/pkg/b.py:3 reads src/pkg/data/h.json"]),
        ("tests/conftest.py", ["    tests/test_b.py uses the fixtures of tests/conftest.py"]),
        ("src/pkg/plug.py", ["    tests/test_b.py runs with the plugin src/pkg/plug.py"]),
    ],
)
def test_dependents_outside_of_imports(
    repository: TemporaryGit, capsys: pytest.CaptureFixture[str], target: str, lines: list[str]
) -> None:
    """Data, conftests and configured plugins have users too."""
    out, _ = run(capsys, "dependents", target)
    assert [line for line in out.splitlines()[1:] if "broken.py" not in line] == lines


def test_dependents_that_are_tests(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """`--tests` lists what an edit would run."""
    assert run(capsys, "dependents", "src/pkg/data/h.json", "--tests")[0] == "tests/test_b.py\n"


def test_dependencies(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """What a test uses, nearest first, with lines where there are any."""
    out, err = run(capsys, "dependencies", "tests/test_b.py::test_b", "--depth", "all")
    assert out == (
        "tests/test_b.py uses\n"
        "    tests/test_b.py:1 imports src/pkg/__init__.py\n"
        "    tests/test_b.py:1 imports src/pkg/b.py\n"
        "    tests/test_b.py runs with the plugin src/pkg/plug.py\n"
        "    tests/test_b.py uses the fixtures of tests/conftest.py\n"
        "        src/pkg/b.py:1 imports src/pkg/a.py\n"
        "        src/pkg/b.py:3 reads src/pkg/data/h.json\n"
    )
    assert err == (
        "txselect: tests/test_b.py uses 4 files directly, 6 in all\n"
        "txselect: without recorded evidence test_b is taken to use what its file uses\n"
    )


def test_paths_alone(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """`--paths` is for other programs."""
    assert run(capsys, "dependencies", "src/pkg/b.py", "--paths")[0] == (
        "src/pkg/__init__.py\nsrc/pkg/a.py\nsrc/pkg/data/h.json\n"
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ("dependencies", "src/pkg/c.py"),
            {"path": "src/pkg/c.py", "direct": 2, "total": 2, "lines": [1, 1]},
        ),
        (
            ("dependents", "src/pkg/c.py"),
            {
                "path": "src/pkg/c.py",
                "symbol": None,
                "direct": 1,
                "using": 1,
                "total": 1,
                "tests": 0,
                "lines": [1],
            },
        ),
        (
            ("dependencies", "tests/conftest.py"),
            {"path": "tests/conftest.py", "direct": 0, "total": 0, "lines": []},
        ),
    ],
)
def test_json(
    repository: TemporaryGit,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    expected: dict[str, object],
) -> None:
    """`--json` has the totals and each edge."""
    out, err = run(capsys, *words, "--json")
    document = json.loads(out)
    lines = [edge["line"] for edge in document.pop("edges")]
    assert ({**document, "lines": lines}, err) == ({"schema": 1, **expected}, "")


def test_wrong_depth(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """A depth that is none is a usage error."""
    _, err = run(capsys, "dependencies", "src/pkg/c.py", "--depth", "0", status=2)
    assert err == "txselect: error: --depth 0: give a number of steps from 1, or `all` [invalid-depth]\n"


def test_no_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without git nobody knows the files: that is said in one line."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    _, err = run(capsys, "dependents", "x.py", status=2)
    assert err.count("\n") == 1
    assert err.endswith(" [no-repository]\n")


def test_graph_files(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Both pictures at once; nothing goes to stdout."""
    out, err = run(capsys, "graph", "--html", "made.html", "--dot", "made.dot")
    assert out == ""
    assert err.startswith("txselect: 9 files, 1 test file among them, ")
    page = (repository.top / "made.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert '"src/pkg/data/h.json"' in page
    assert (repository.top / "made.dot").read_text(encoding="utf-8").startswith('digraph "project" {\n')


def test_graph_around(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Around a file: who uses it and what it uses, and how these use each other."""
    repository.commit({"broken.py": ""})
    out, _ = run(capsys, "graph", "--around", "src/pkg/b.py", "--depth", "1")
    names = [line.split('"')[1] for line in out.splitlines() if "[label=" in line]
    assert names == [
        "src/pkg/__init__.py",
        "src/pkg/a.py",
        "src/pkg/b.py",
        "src/pkg/data/h.json",
        "tests/test_b.py",
    ]
    assert '  n2 -> n1 [tooltip="imports (line 1)"];\n' in out
    assert "style=bold" in out.splitlines()[5]


@pytest.mark.parametrize("command", ["plan", "explain", "dependents", "dependencies", "graph"])
@pytest.mark.parametrize("columns", ["40", "80"])
def test_help(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str, columns: str
) -> None:
    """Help ends with examples."""
    monkeypatch.setenv("COLUMNS", columns)
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert f"    txselect {command} " in capsys.readouterr().out.partition("examples:\n")[2]
