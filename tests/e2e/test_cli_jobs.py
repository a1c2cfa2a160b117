"""`txselect jobs` on small repositories."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from temporary_git import TemporaryGit, make_repository

from pytest_txselect.cli import main
from pytest_txselect.evidence.evidence import RecordedTest, Recording
from pytest_txselect.model import RepoPath
from pytest_txselect.store.evidence import RunNote, write_evidence
from pytest_txselect.store.names import Scope, read_scope

if TYPE_CHECKING:
    from pathlib import Path

JOBS = """
[[tool.txselect.jobs]]
name = "unit"
tests = ["tests/unit/**"]
max_shards = 4
seconds_per_shard = 10

[[tool.txselect.jobs]]
name = "docs"
tests = ["docs/**"]

[[tool.txselect.jobs]]
name = "rest"
default = true
"""
FILES = {
    "pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['src']\naddopts = '--doctest-glob=*.md'\n"
    + JOBS,
    "src/pkg/__init__.py": "",
    "src/pkg/a.py": "def f():\n    return 1\n",
    "src/pkg/b.py": "def g():\n    return 1\n",
    **{
        f"tests/unit/test_{name}.py": f"import pkg.a\n\ndef test_{name}():\n    assert pkg.a.f()\n"
        for name in "abc"
    },
    "tests/test_b.py": "import pkg.b\n\ndef test_b():\n    assert pkg.b.g()\n\n\ndef test_c():\n    pass\n",
    "docs/a.md": "```\n>>> import pkg.a\n>>> pkg.a.f()\n1\n```\n",
    "docs/plain.md": "Nothing to run.\n",
}
KNOWN = {f"tests/unit/test_{name}.py::test_{name}": 9.0 for name in "abc"}


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run the command; its status and what it wrote."""
    status = main(["jobs", *words])
    out, err = capsys.readouterr()
    return status, out, err


def read(folder: Path) -> dict[str, str]:
    """The files of a folder."""
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def test_lists_of_a_change(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Each job with work has a list; another has none, even if an earlier run left one."""
    repository.commit({".test_durations": json.dumps(KNOWN), ".gitignore": "/out\n"})
    repository.write({"out/rest_test_list.txt": "old\n"})
    repository.write({"src/pkg/a.py": "def f():\n    return 1 + 0\n"})
    status, out, err = run(capsys, "--impacted-by", "HEAD", "--out", "out")
    assert (status, "in doubt" in err) == (0, False)
    assert out == "unit  3 to run, about 27 s, 3 shards\ndocs  1 to run, 1 shard\n"
    files = read(repository.top / "out")
    assert set(files) == {
        "unit_test_list.txt", "docs_test_list.txt", "test_list.txt", "doctest_list.txt", "test_map.json",
        "parallelism.json", "selection_summary.md", "selection.json", "prepared.json", "durations.json",
    }  # fmt: skip
    assert files["unit_test_list.txt"] == "".join(f"tests/unit/test_{name}.py\n" for name in "abc")
    assert files["docs_test_list.txt"] == files["doctest_list.txt"] == "docs/a.md\n"
    assert json.loads(files["durations.json"]) == KNOWN


def test_single_tests(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Tests of a file that changed alone are listed as node ids."""
    repository.write({"tests/test_b.py": FILES["tests/test_b.py"].replace("    pass", "    assert 1")})
    run(capsys, "--impacted-by", "HEAD", "--out", "out")
    assert read(repository.top / "out")["rest_test_list.txt"] == "tests/test_b.py::test_c\n"


def test_every_test(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a change to look at every test is listed, files with examples too."""
    status, out, err = run(capsys, "--out", "out")
    assert (status, [line.split()[0] for line in out.splitlines()]) == (0, ["unit", "docs", "rest"])
    assert "everything runs: no change was named" in err
    files = read(repository.top / "out")
    assert (files["doctest_list.txt"], files["test_list.txt"].count("\n")) == ("docs/a.md\n", 4)


def test_without_a_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folders say which test files there are."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    TemporaryGit(tmp_path).write(FILES)
    status, out, _ = run(capsys, "--rootdir", str(tmp_path))
    assert (status, [line.split()[:2] for line in out.splitlines()]) == (0, [["unit", "3"], ["rest", "1"]])


def test_nothing(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing selected is a success, with empty lists."""
    for _ in range(2):  # what the first leaves is no change for the second
        assert run(capsys, "--impacted-by", "HEAD", "--out", "out")[:2] == (0, "no job has work\n")
    assert read(repository.top / "out")["test_list.txt"] == ""


@pytest.mark.parametrize("name", ["durations", "junit.xml"])
def test_durations_from_files(
    repository: TemporaryGit, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Durations come from the files that are named, and from nowhere else."""
    cases = "".join(
        f'<testcase classname="tests.unit.test_{each}" name="test_{each}" time="4"/>' for each in "abc"
    )
    content = (
        json.dumps(dict.fromkeys(KNOWN, 4.0)) if name == "durations" else f"<testsuite>{cases}</testsuite>"
    )
    repository.write({".test_durations": json.dumps(KNOWN), name: content})
    assert "3 to run, about 12 s, 2 shards" in run(capsys, "--durations", name)[1]


def test_durations_from_the_store(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """What a recorded run took counts."""
    for scope, seconds in (
        (Scope("cpython-27", "vms"), 1.0),
        (read_scope(), 30.0),
        (Scope("cpython-28", "vms"), 2.0),
    ):
        tests = {
            node: RecordedTest(RepoPath(node.partition("::")[0]), None, "passed", seconds) for node in KNOWN
        }
        write_evidence(repository.top / ".txselect", Recording(tests=tests), RunNote(scope))
    assert "about 90 s, 3 shards" in run(capsys)[1]


def test_test_without_a_job(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """A test that no job would run stops the command, and nothing is written."""
    repository.write(
        {"pyproject.toml": FILES["pyproject.toml"].replace("default = true", "tests = ['x/**']")}
    )
    status, out, err = run(capsys, "--out", "out")
    assert (status, out, (repository.top / "out").exists()) == (2, "", False)
    assert "txselect: error: 1 selected test belongs to no job; " in err
    assert err.endswith("txselect: error:   tests/test_b.py [no-job]\n")


def test_all_mistakes_at_once(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Mistakes in the configuration are told together, each with its line."""
    repository.write(
        {
            "pyproject.toml": (
                '[[tool.txselect.jobs]]\nname = "a b"\ntests = ["re:("]\n'
                '[[tool.txselect.jobs]]\nname = "x"\ntests = ["**"]\nenv = { A = true }\n'
                '[[tool.txselect.jobs]]\nname = "X"\ndefault = true\nmax_shards = 0\n'
            )
        }
    )
    status, _, err = run(capsys)
    places = [line.split(": ")[2] for line in err.splitlines()]
    assert (status, places) == (2, [f"pyproject.toml:{line}" for line in (2, 3, 7, 11, 9)])


def test_exploding_expression(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """A regular expression that would never end stops the command."""
    jobs = "[[tool.txselect.jobs]]\nname = 'boom'\ntests = ['re:(a+)+b']\n"
    repository.write({"pyproject.toml": jobs, f"tests/test_{'a' * 40}.py": "", f"{'a' * 40}/test_a.py": ""})
    status, _, err = run(capsys)
    assert (status, "job boom: the regular expression re:(a+)+b takes too long" in err) == (2, True)


def test_odd_names(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """Names of any kind end up in lists of one line each."""
    repository.write({f"tests/unit/test_{odd}.py": "" for odd in ("a b", "é", "x\ny")})
    repository.write({"-test_x/test_x.py": ""})
    run(capsys, "--out", "out")
    files = read(repository.top / "out")
    assert "tests/unit/test_x\\ny.py" in files["unit_test_list.txt"].splitlines()
    assert "./-test_x/test_x.py" in files["rest_test_list.txt"].splitlines()
    assert "tests/unit/test_é.py" in json.loads(files["test_map.json"])["unit"]


@pytest.mark.parametrize(
    ("service", "names"),
    [
        ("circleci", {"circleci.yml"}),
        ("github", {"github_matrix.json", "txselect-tests.yml"}),
        ("gitlab", {"gitlab.yml"}),
    ],
)
def test_emit(
    repository: TemporaryGit, capsys: pytest.CaptureFixture[str], service: str, names: set[str]
) -> None:
    """The configuration of a service lies beside the lists."""
    assert run(capsys, "--out", "out/lists", "--emit", service)[0] == 0
    found = read(repository.top / "out" / "lists")
    assert names <= set(found)
    assert "--txselect-prepared=out/lists" in "".join(found[name] for name in names)


def test_emit_without_a_place(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """A service cannot be told without a file."""
    status, _, err = run(capsys, "--emit", "gitlab")
    assert (status, "add --out DIR [emit-without-out]" in err) == (2, True)


def test_github_without_a_yaml_library(
    repository: TemporaryGit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The matrix is written all the same; a notice says what is missing, and another service is refused."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    status, _, err = run(capsys, "--out", "out", "--emit", "github")
    assert (status, "txselect-tests.yml is not written: " in err, "[no-yaml]" in err) == (0, True, True)
    assert "github_matrix.json" in read(repository.top / "out")
    shutil.rmtree(repository.top / "out")
    assert run(capsys, "--out", "out", "--emit", "gitlab")[0] == 2
    assert not (repository.top / "out").exists()


def test_damaged_store(repository: TemporaryGit, capsys: pytest.CaptureFixture[str]) -> None:
    """What is remembered and cannot be read costs time, not tests: a notice says so."""
    repository.write({".txselect/evidence.sqlite": "no database"})
    status, out, err = run(capsys)
    assert (status, "[store-unusable]" in err) == (0, True)
    assert out.startswith("unit  3 to run, 3 shards\n")


def test_nothing_committed_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A repository without a commit has tests too."""
    made = make_repository(tmp_path / "new")
    made.write(FILES)
    assert run(capsys, "--rootdir", str(made.top), "--out", str(tmp_path / "out"))[0] == 0
    assert json.loads(read(tmp_path / "out")["prepared.json"])["commit"] == ""
