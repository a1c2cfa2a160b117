"""`txselect plan` on small repositories."""

from __future__ import annotations

import json
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
    "src/pkg/b.py": "def g():\n    return 1\n",
    "tests/test_a.py": "import pkg.a\n\ndef test_a():\n    assert pkg.a.f()\n",
    "tests/test_b.py": (
        "import pkg.b\n\ndef test_b():\n    assert pkg.b.g()\n\n\n"
        "class TestIt:\n    def test_c(self):\n        assert 1\n"
    ),
    "README.md": "x\n",
}


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run the command; its status and what it wrote."""
    status = main(list(words))
    out, err = capsys.readouterr()
    return status, out, err


def test_file_that_depends_on_the_change(
    repository: TemporaryGit, capsys: pytest.CaptureFixture[str]
) -> None:
    """What runs goes to stdout, what is said about it to stderr."""
    repository.write({"src/pkg/a.py": "def f():\n    return 2\n"})
    head = repository.run("rev-parse", "--short=7", "HEAD")
    said = (
        f"txselect: 1 file changed since HEAD ({head}); 1 of 2 test files can be affected\n"
        "txselect: no evidence yet: a run with --txselect-record makes the next selection narrower\n"
    )
    assert run(capsys, "plan", "--impacted-by", "HEAD") == (0, "tests/test_a.py\n", said)


def test_single_tests_are_node_ids(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a file whose tests changed alone, those tests run, with their classes."""
    repository.write({"tests/test_b.py": FILES["tests/test_b.py"].replace("assert 1", "assert 2")})
    status, out, _ = run(capsys, "plan", "--impacted-by", "HEAD")
    assert (status, out) == (0, "tests/test_b.py::TestIt::test_c\n")


def test_everything_is_listed(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """When everything runs, every test file is listed."""
    repository.write({"pytest.ini": "[pytest]\npythonpath = src\naddopts = -q\n"})
    status, out, _ = run(capsys, "plan", "--impacted-by", "HEAD")
    assert (status, out) == (0, "tests/test_a.py\ntests/test_b.py\n")


def test_nothing_is_listed(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """A clean tree selects nothing, which is a success."""
    status, out, err = run(capsys, "plan", "--impacted-by", "HEAD")
    assert (status, out) == (0, "")
    assert err.endswith("; 0 of 2 test files can be affected\n")


def test_without_a_repository_everything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No git, no list of files: the disk is asked for every test file."""
    (tmp_path / "sub" / "build").mkdir(parents=True)
    for name in ("test_x.py", "sub/y_test.py", "sub/build/test_z.py", "sub/other.py"):
        (tmp_path / name).write_text("", encoding="utf-8")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, "plan", "--impacted-by", "HEAD")
    assert (status, out) == (0, "test_x.py\nsub/y_test.py\n")
    assert "everything runs: " in err


def test_reasons(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Each file with its chain, line by line, then counts, then what means nothing."""
    repository.write({"src/pkg/a.py": "def f():\n    return 2\n", "README.md": "y\n"})
    _, out, _ = run(capsys, "plan", "--impacted-by", "HEAD", "--reasons")
    assert out == (
        "tests/test_a.py: depends on a changed file\n"
        "    tests/test_a.py:1 imports src/pkg/a.py\n"
        "    src/pkg/a.py changed: body of f (line 1)\n"
        "1 file: depends on a changed file\n"
        "README.md: affects nothing (built-in rule README.md)\n"
    )


def test_document(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` has everything that the selection is made of."""
    repository.write({"src/pkg/a.py": "def f():\n    return 2\n", "README.md": "y\n"})
    commit = repository.run("rev-parse", "HEAD")
    _, out, err = run(capsys, "plan", "--impacted-by", "HEAD", "--json")
    document = json.loads(out)
    assert document.pop("txselect")
    assert document == {
        "schema": 1,
        "runs": "some",
        "headline": err.splitlines()[0].removeprefix("txselect: "),
        "rootdir": "",
        "base": {"name": "HEAD", "commit": commit},
        "head": None,
        "changes": [
            {"path": "README.md", "kind": "modified", "detail": "", "neutral": "built-in rule README.md"},
            {"path": "src/pkg/a.py", "kind": "modified", "detail": "body of f (line 1)", "neutral": None},
        ],
        "evidence": None,
        "doubts": [],
        "reason": None,
        "below": [],
        "total": 2,
        "files": [
            {
                "path": "tests/test_a.py",
                "nodes": ["tests/test_a.py"],
                "tests": None,
                "left": 0,
                "reason": {
                    "kind": "reaches",
                    "change": "src/pkg/a.py",
                    "detail": "body of f (line 1)",
                    "chain": [
                        {
                            "source": "tests/test_a.py",
                            "line": 1,
                            "kind": "import",
                            "target": "src/pkg/a.py",
                        }
                    ],
                },
            }
        ],
        "selected": 1,
    }


@pytest.mark.parametrize(
    ("files", "runs"),
    [({}, "none"), ({"pytest.ini": "[pytest]\n"}, "all"), ({"tests/test_n.py": "def test_n(): 1\n"}, "some")],
)
def test_out(
    repository: TemporaryGit, capsys: pytest.CaptureFixture[str], files: dict[str, str], runs: str
) -> None:
    """`--out` leaves two files that agree, lists nothing, and is no change for the next selection."""
    repository.write(files)
    status, out, _ = run(capsys, "plan", "--impacted-by", "HEAD", "--out", "made/plan")
    assert (status, out) == (0, "")
    document = json.loads((repository.top / "made/plan/selection.json").read_bytes())
    listed = (repository.top / "made/plan/test_list.txt").read_text(encoding="utf-8").splitlines()
    assert document["runs"] == runs
    assert [node for file in document["files"] for node in file["nodes"]] == listed
    assert document["selected"] == len(document["files"])
    assert sorted(path.name for path in (repository.top / "made/plan").iterdir()) == [
        ".gitignore",
        "selection.json",
        "test_list.txt",
    ]
    assert "made" not in repository.run("status", "--porcelain")


def test_names_that_break_lines(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """A name with a newline stays on one line, and one that begins with `-` is no option."""
    repository.write({"-x/test_o.py": "", "tests/te\nst/test_n.py": ""})
    status, out, _ = run(capsys, "plan", "--impacted-by", "HEAD")
    assert (status, out) == (0, "./-x/test_o.py\ntests/te\\nst/test_n.py\n")


def test_doubt_as_error(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """`on_doubt = "error"` stops the command as it stops pytest."""
    repository.commit({"txselect.toml": 'on_doubt = "error"\n'})
    repository.write({"src/pkg/a.py": "def f(:\n"})
    status, out, err = run(capsys, "plan", "--impacted-by", "HEAD")
    assert (status, out) == (2, "")
    assert err.startswith("txselect: error: in doubt: src/pkg/a.py:1: ")
    assert err.endswith(" [unparsed-file]\n")


def test_unknown_ref(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """A REF that names nothing is a usage error of one line."""
    status, out, err = run(capsys, "plan", "--impacted-by", "nowhere")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.endswith("[unknown-ref]\n")


COLLECTING = "import pytest\n\ndef pytest_collect_file(file_path, parent):\n    return None\n"


@pytest.mark.parametrize(
    ("files", "listed"),
    [
        ({}, False),
        ({"tests/conftest.py": COLLECTING}, True),
        ({"plugin.py": COLLECTING, "tox.ini": ""}, True),
    ],
    ids=["nobody", "a conftest", "a plugin"],
)
def test_data_that_may_be_tests(
    repository: TemporaryGit, capsys: pytest.CaptureFixture[str], files: dict[str, str], listed: bool
) -> None:
    """A changed file that is no module is listed where something collects such files, and else named in a notice."""
    if "plugin.py" in files:
        files = {**files, "pytest.ini": "[pytest]\npythonpath = . src\naddopts = -p plugin\n"}
    repository.commit(
        {**files, "tests/cases.yaml": "a: 1\n", "tests/test_y.py": "NAME = 'cases.yaml'\ndef test(): ...\n"}
    )
    repository.write({"tests/cases.yaml": "a: 2\n"})
    status, out, err = run(capsys, "plan", "--impacted-by", "HEAD")
    assert (status, out.splitlines()) == (0, ["tests/cases.yaml"] * listed + ["tests/test_y.py"])
    said = "tests/cases.yaml: changed, and not listed, since nothing in the project makes tests of such files"
    assert (said in err) is not listed
