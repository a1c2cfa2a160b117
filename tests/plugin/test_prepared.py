"""`--txselect-prepared`: what was selected elsewhere runs here, and all jobs together run all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from routed_project import A, C, shards
from small_project import ran, said

from pytest_txselect.cli import main

if TYPE_CHECKING:
    from small_project import SmallProject


def test_prepared(routed: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `txselect jobs` selected is what the jobs run, wherever the repository lies by then and whatever changed since."""
    monkeypatch.chdir(routed.pytester.path)
    routed.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    assert main(["jobs", "--impacted-by", "HEAD", "--out", "prep"]) == 0
    routed.write({"pkg/b.py": "def give():\n    return 2 + 0\n"})
    result = routed.spawn("--txselect-prepared=prep", "--txselect-report", ref=None)
    assert (ran(result), said(result)[0].endswith("; 1 of 3 test files can be affected")) == (A, True)
    document = (routed.pytester.path / "reports" / "tests" / "selection.json").read_text()
    assert document == (routed.pytester.path / "prep" / "selection.json").read_text()
    assert ran(routed.run("--txselect-prepared=prep", "--txselect-job=units", ref=None)) == A
    for name in ("rest", "slow"):
        result = routed.run("--txselect-prepared=prep", f"--txselect-job={name}", ref=None)
        assert (ran(result), result.ret) == ([], 0)
    parts = shards(routed, 2, "--txselect-prepared=prep", "--txselect-job=units", "--txselect-split=test")
    assert sorted(parts) == [A[:1], A[1:]]
    pytest.importorskip("xdist")
    assert ran(routed.spawn("--txselect-prepared=prep", "--txselect-job=units", "-n2", ref=None)) == A


EDITS = {
    "module": {"pkg/a.py": "def give():\n    return 1 + 0\n"},
    "one test": {"tests/test_c.py": C.replace("    pass", "    assert True")},
    "conftest": {
        "tests/conftest.py": "import pytest\n\n@pytest.fixture(autouse=True)\ndef always():\n    return 1\n"
    },
    "ground": {"pytest.ini": "[pytest]\npythonpath = .\nmarkers = slow: takes long\n"},
    "new file": {"tests/deep/test_n.py": "from pkg.b import give\n\ndef test_n():\n    assert give()\n"},
    "nothing": {"README.md": "words\n"},
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_jobs_run_what_a_plain_selection_runs(
    routed: SmallProject, monkeypatch: pytest.MonkeyPatch, edit: dict[str, str]
) -> None:
    """All jobs together, with what was prepared for them, run the tests of `--impacted-by`, each once."""
    monkeypatch.chdir(routed.pytester.path)
    routed.write(edit)
    plain = ran(routed.run(ref="HEAD"))
    assert main(["jobs", "--impacted-by", "HEAD", "--out", "prep"]) == 0
    found = []
    for name in ("units", "slow", "rest", "nothing"):
        found += ran(routed.run("--txselect-prepared=prep", f"--txselect-job={name}", ref=None))
    assert sorted(found) == plain
    listed = (routed.pytester.path / "prep" / "test_list.txt").read_text().split()
    assert {line.partition("::")[0] for line in listed} == {node.partition("::")[0] for node in plain}
