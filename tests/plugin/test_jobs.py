"""`--txselect-job`, `--txselect-shard` and `--txselect-prepared`: each machine runs its part, and together they run all."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from routed_project import MODE, SLOW, A, B, shards
from small_project import complained, ran, said

from pytest_txselect.applied import VERSION
from pytest_txselect.store.durations import read_durations
from pytest_txselect.store.names import read_scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from small_project import SmallProject


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--txselect-job=units"], [*A, MODE]),
        (["--txselect-job=units", "-m", "not other"], [*A, MODE]),
        (["--txselect-job=units", "-m", "slow"], []),
        (["--txselect-job=units", "-k", "one"], A[:1]),
        (["--txselect-job=slow"], SLOW),
        (["--txselect-job=rest"], B),
        (["--txselect-job=rest", "tests/test_a.py", "tests/test_b.py"], B),
        (["--txselect-job=slow", *SLOW[:2], *B], SLOW[:2]),
    ],
    ids=" ".join,
)
def test_job(routed: SmallProject, arguments: Sequence[str], expected: Sequence[str]) -> None:
    """A job's files, its marker expression beside the user's, its environment."""
    assert ran(routed.run(*arguments, ref=None)) == expected


def test_environment(routed: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables are there when the first conftest is imported, and are as before when pytest is done."""
    result = routed.run("--txselect-job=units", ref=None)
    assert "mode job" in result.outlines
    assert (os.environ["MODE"], "EMPTY" in os.environ) == ("mine", False)
    assert said(result)[0] == "txselect: job units, -m 'not slow', MODE='job', EMPTY=''"


def test_job_beside_a_selection(routed: SmallProject) -> None:
    """What is selected and belongs to the job runs."""
    routed.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    assert ran(routed.run("--txselect-job=units")) == A
    result = routed.run("--txselect-job=rest")
    assert (ran(result), result.ret) == ([], 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--txselect-job=unit"], "txselect: unit: there is no such job; did you mean units? [unknown-job]"),
        (["--txselect-shard=3/2"], "txselect: --txselect-shard=3/2: not a share I/N of N machines"),
        (["--txselect-shard=0/0"], "txselect: --txselect-shard=0/0: not a share I/N of N machines"),
        (["--txselect-shard=a/b"], "txselect: --txselect-shard=a/b: not a share I/N of N machines"),
        (["--txselect-shard="], "txselect: --txselect-shard=: not a share I/N of N machines"),
        (["--txselect-shard=1/2", "--txselect-durations=no"], "cannot be read (No such file or directory)"),
        (["--txselect-prepared=no"], "prepared.json: No such file or directory; --txselect-prepared is"),
        (["--txselect-prepared=bad"], "prepared.json: it is not of this version of txselect; "),
        (["--txselect-prepared=old"], "prepared.json: it was made at commit 1234567, and this is "),
        (["--txselect-prepared=other"], "prepared.json: it is of a project in the folder elsewhere of its"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_mistakes(routed: SmallProject, arguments: Sequence[str], message: str) -> None:
    """What cannot be done as asked is one line of pytest's usage error."""
    routed.write(
        {
            "bad/prepared.json": "{}",
            "other/prepared.json": f'{{"schema": {VERSION}, "rootdir": "elsewhere", "commit": ""}}',
            "old/prepared.json": f'{{"schema": {VERSION}, "rootdir": "", "commit": "1234567890"}}',
        }
    )
    result = routed.run(*arguments, ref=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = complained(result)
    assert message in line


def test_configuration_mistakes(routed: SmallProject) -> None:
    """All mistakes of the configuration are told, by pytest."""
    routed.write({"txselect.toml": "[[jobs]]\nname = 1\ntests = ['x']\nwrong = 2\n"})
    result = routed.run("--txselect-job=units", ref=None)
    assert [line.split(": ")[2] for line in complained(result)] == ["txselect.toml:4", "txselect.toml:2"]


def test_shards(routed: SmallProject) -> None:
    """Each test runs on one machine; files stay whole; durations decide; the others count as deselected."""
    known = {A[0]: 5.0, A[1]: 6.0, B[0]: 12.0, MODE: 1.0} | dict.fromkeys(SLOW, 0.0)
    routed.commit({".test_durations": json.dumps(known)})
    assert shards(routed, 2, "-k", "not mode") == [B, sorted([*A, *SLOW])]
    result = routed.run("--txselect-shard=1/2", "-k", "not mode", ref=None)
    result.assert_outcomes(passed=1, deselected=7)
    line = next(line for line in said(result) if "cut" in line)
    assert line.startswith("txselect: shard 1/2: 1 of 7 tests, about 12 of 23 s (cut ")
    assert sorted(
        node for part in shards(routed, 3, "-k", "not mode", "--txselect-split=test") for node in part
    ) == sorted([*A, *B, *SLOW])


def test_empty_shard_is_a_success(routed: SmallProject) -> None:
    """More machines than files: some have nothing to do, which is fine."""
    found = shards(routed, 5, "-k", "not mode")
    assert sorted(map(len, found)) == [0, 0, 1, 2, 4]


def test_shards_under_xdist(routed: SmallProject) -> None:
    """Workers cut the same as a run without them."""
    arguments = ("--txselect-job=slow", "--txselect-durations=d.json")
    routed.write({"d.json": json.dumps({SLOW[0]: 3.0, SLOW[1]: 1.0, SLOW[2]: 1.0, SLOW[3]: 1.0})})
    alone = shards(routed, 2, *arguments)
    assert alone == [SLOW[:1], SLOW[1:]]
    pytest.importorskip("xdist")
    assert shards(routed, 2, *arguments, xdist=("-n2", "--dist=load")) == alone


def test_groups_stay_together_under_loadgroup(routed: SmallProject) -> None:
    """The tests of an xdist group are in one shard, also where workers write the group into node ids."""
    pytest.importorskip("xdist")
    marked = "import pytest\n" + "".join(
        f"@pytest.mark.xdist_group({argument})\ndef test_{number}(): pass\n"
        for number, argument in enumerate(("'g'", "", "name='g'", "'h'", "name='default'"))
    )
    routed.commit({"tests/test_g.py": marked})
    plain = shards(routed, 3, "--txselect-split=test", "tests/test_g.py")
    numbers = [[each[-1] for each in part] for part in plain]
    assert sorted(numbers) == [["0", "2"], ["1", "4"], ["3"]]
    grouped = shards(routed, 3, "--txselect-split=test", "tests/test_g.py", xdist=("-n2", "--dist=loadgroup"))
    assert [[each.partition("@")[0] for each in part] for part in grouped] == plain


def test_order_does_not_matter(routed: SmallProject) -> None:
    """A conftest that turns the order of tests round changes nothing about who runs what."""
    before = shards(routed, 3, "--txselect-split=test", "-k", "not mode")
    routed.write({"tests/conftest.py": "def pytest_collection_modifyitems(items):\n    items.reverse()\n"})
    assert shards(routed, 3, "--txselect-split=test", "-k", "not mode") == before


def test_job_without_tests(routed: SmallProject) -> None:
    """A job that fits nothing by itself is pytest's own "no tests": a mistake in the configuration must not look green."""
    assert routed.run("--txselect-job=nothing", ref=None).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_report_has_job_and_shard(routed: SmallProject) -> None:
    """The report's folder is named after the job, its header has both, and what is left out says why."""
    routed.run("--txselect-job=slow", "--txselect-shard=2/2", "--txselect-report", ref=None)
    text = (routed.pytester.path / "reports" / "slow" / "results.jsonl").read_text()
    records = [json.loads(line) for line in text.splitlines()]
    header = records[0]
    assert (header["job"], header["shard"], header["id"]) == ("slow", [2, 2], "slow")
    reasons = {record["reason"] for record in records if record["record"] == "deselected"}
    assert reasons == {"-m slow, --txselect-shard 2/2, --txselect-job slow"}


def test_part_of_a_recorded_run(routed: SmallProject) -> None:
    """A run of a part forgets nothing of what is known of the others."""
    record = ("-k", "not mode", "--txselect-record")
    routed.run(*record, ref=None)
    store = routed.pytester.path / ".txselect"
    before = read_durations(store, read_scope())
    assert len(before) == 7
    routed.run(*record, "--txselect-job=rest", ref=None)
    routed.run(*record, "--txselect-shard=1/2", ref=None)
    assert read_durations(store, read_scope()).keys() == before.keys()


def test_shards_of_a_selection(routed: SmallProject) -> None:
    """What is selected is shared out, and nothing else."""
    routed.write({"pkg/a.py": "def give():\n    return 1 + 0\n"})
    assert sorted(shards(routed, 3, "--impacted-by=HEAD", "--txselect-split=test")) == [[], A[:1], A[1:]]


def test_all_kinds_of_tests(routed: SmallProject) -> None:
    """Methods of unittest, examples, parameters with `::` in them: each in one shard, classes together where asked."""
    kinds = (
        "import unittest, pytest\nclass TestIt(unittest.TestCase):\n    def test_a(self): pass\n    def test_b(self): pass\n"
        "@pytest.mark.parametrize('x', ['a::b', '[', 'a[0]::c'])\ndef test_x(x): pass\n"
    )
    routed.commit({"tests/test_k.py": kinds, "tests/test_text.txt": ">>> 1\n1\n"})
    arguments = ("tests/test_k.py", "tests/test_text.txt", "--txselect-split=class")
    found = shards(routed, 5, *arguments)
    assert sorted(map(len, found)) == [1, 1, 1, 1, 2]
    together = next(part for part in found if len(part) == 2)
    assert together == ["tests/test_k.py::TestIt::test_a", "tests/test_k.py::TestIt::test_b"]
    assert len({node for part in found for node in part}) == 6


def test_durations_of_another_project(routed: SmallProject) -> None:
    """They say nothing about our tests, which are shared out by number, and that is said."""
    routed.write({"d.json": json.dumps({"other/test_x.py::test_y": 100.0})})
    result = routed.run("--txselect-shard=1/2", "--txselect-durations=d.json", ref=None)
    assert any("by number: no duration is known (cut " in line for line in said(result))


def test_damaged_store(routed: SmallProject) -> None:
    """A store that cannot be read stops a shard: another machine might read its own, and cut other shards."""
    routed.write({".txselect/evidence.sqlite": "no database"})
    result = routed.run("--txselect-shard=1/2", ref=None)
    assert (result.ret, "[store-unusable]" in complained(result)[0]) == (pytest.ExitCode.USAGE_ERROR, True)


@pytest.mark.parametrize("more", [[], ["-n2"]], ids=["alone", "xdist"])
def test_exploding_expression(routed: SmallProject, more: list[str]) -> None:
    """A regular expression that would never end is an error of collection, in whatever process finds out."""
    if more:
        pytest.importorskip("xdist")
    routed.write(
        {
            "txselect.toml": "[[jobs]]\nname = 'boom'\ntests = ['re:tests/test_(a+)+b']\n",
            f"tests/test_{'a' * 40}.py": "",
        }
    )
    result = routed.spawn("--txselect-job=boom", *more, ref=None)
    assert result.ret != 0
    assert (
        "job boom: the regular expression re:tests/test_(a+)+b takes too long"
        in result.stdout.str() + result.stderr.str()
    )
