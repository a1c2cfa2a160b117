"""The work of each job, and the files that tell others about it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.config import Job, Split
from pytest_txselect.errors import UsageError
from pytest_txselect.jobs.durations import Durations
from pytest_txselect.jobs.layout import lay_out
from pytest_txselect.jobs.lists import escape_line, render_documents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_txselect.jobs.layout import Layout

MODELS = [f"tests/models/test_{letter}.py" for letter in "abc"]
UTILS = "tests/utils/test_u.py"
KNOWN = Durations({f"{file}::test": 10.0 for file in MODELS} | {f"{UTILS}::test": 1.0})
TORCH = Job("torch", ("tests/models/**",), seconds_per_shard=15, max_shards=9)


def lay(
    *jobs: Job,
    tests: Sequence[str] = (*MODELS, UTILS),
    examples: Sequence[str] = (),
    durations: Durations = KNOWN,
) -> Layout:
    """Lay out the tests of the small project."""
    return lay_out(jobs, tests, examples, (*MODELS, UTILS), durations)


def test_work_of_jobs() -> None:
    """Each job has its tests, their seconds and its machines; one without work is idle."""
    layout = lay(TORCH, Job("rest", (), default=True), Job("none", ("*_u.py",), shared=False), tests=MODELS)
    (work,) = layout.work
    assert (work.job, work.tests, work.seconds, work.shards) == (TORCH, tuple(MODELS), 30.0, 3)
    assert (layout.idle, layout.notices) == (("rest", "none"), ())


@pytest.mark.parametrize(
    ("job", "tests", "shards"),
    [
        (Job("a", ("**",)), MODELS, 1),
        (Job("a", ("**",), max_shards=9), MODELS, 1),
        (Job("a", ("**",), max_shards=2, seconds_per_shard=1), MODELS, 2),
        (Job("a", ("**",), max_shards=9, seconds_per_shard=15, workers=2), MODELS, 1),
        (Job("a", ("**",), max_shards=9, seconds_per_shard=15, workers="auto"), MODELS, 3),
        (Job("a", ("**",), max_shards=9, seconds_per_shard=1), [f"{UTILS}::a", f"{UTILS}::b"], 1),
        (
            Job("a", ("**",), max_shards=9, seconds_per_shard=1, split=Split.TEST),
            [f"{UTILS}::a", f"{UTILS}::b"],
            2,
        ),
        (Job("a", ("**",), max_shards=9, seconds_per_shard=1), ["tests/test_new.py"], 1),
    ],
)
def test_number_of_machines(job: Job, tests: list[str], shards: int) -> None:
    """It follows from seconds, processes and what may be cut, and is never more than allowed or of use."""
    assert lay(job, tests=tests).work[0].shards == shards


def test_test_without_a_job() -> None:
    """Tests that no job takes are an error that lists them, in printable letters."""
    many = [f"x/test_{number}.py" for number in range(60)]
    with pytest.raises(UsageError) as caught:
        lay(TORCH, tests=[*MODELS, "tests/\n.py::test", *many])
    lines = str(caught.value).split("\n")
    assert lines[:3] == [
        "61 selected tests belong to no job; let a pattern of a job fit, or give one of them default = true:",
        "  tests/\\n.py::test",
        "  x/test_0.py",
    ]
    assert (lines[-1], caught.value.exit_code) == ("  and 11 more [no-job]", 2)


def test_no_jobs() -> None:
    """Without any job there is nothing to write."""
    with pytest.raises(UsageError, match=r"no job is configured.*\[no-jobs\]"):
        lay()


@pytest.mark.parametrize(
    ("jobs", "durations", "notices"),
    [
        ((Job("nobody", ("typo/**",)), Job("all", ("**",))), KNOWN, ["idle-job"]),
        ((Job("m", ("tests/models/**",), marker="not slow"), Job("all", ("**",))), KNOWN, ["left-by-marker"]),
        ((Job("m", ("**",), marker="not slow"), Job("s", ("**",), marker="slow", shared=True)), KNOWN, []),
        ((Job("m", ("**",), seconds_per_shard=1, max_shards=2),), Durations({}), ["no-durations"]),
        ((Job("m", ("**",)),), Durations({}), []),
        ((Job("m", ("**",), max_shards=2),), KNOWN, ["unused-max-shards"]),
        ((Job("m", ("**",)),), Durations({"other/test_x.py::test": 1.0}), ["foreign-durations"]),
    ],
)
def test_notices(jobs: Sequence[Job], durations: Durations, notices: list[str]) -> None:
    """What is no mistake for sure, and worth a look."""
    found = lay(*jobs, durations=durations).notices
    assert [line.rpartition("[")[2].rstrip("]") for line in found] == notices


def test_a_hundred_thousand_lines() -> None:
    """A list of that length takes a few seconds at most, also with regular expressions, node ids, and half of it in one file."""
    units = [f"tests/part{n % 97}/test_{n // 20}.py::TestX::test_{n}[a b]" for n in range(50_000)]
    units += [f"tests/part1/test_1.py::test[{n}]" for n in range(50_000)]
    durations = Durations(dict.fromkeys(units[::2], 0.5))
    jobs = [
        Job("re", (r"re:tests/part[0-4].*/test_\d+\.py",), seconds_per_shard=600, max_shards=50),
        Job("d", (), default=True),
    ]
    begin = time.process_time()
    layout = lay(*jobs, tests=units, durations=durations)
    lines = sum(
        text.count("\n")
        for name, pieces in render_documents(layout, "out", "x", [])
        if name == "test_list.txt"
        for text in pieces
    )
    assert time.process_time() - begin < 10
    assert (lines, [each.job.name for each in layout.work]) == (100_000, ["re", "d"])
    assert 1 < layout.work[0].shards <= 50


def test_documents() -> None:
    """Each file as others read it."""
    layout = lay(TORCH, Job("rest", (), default=True), examples=["docs/a|b.md"])
    files = {
        name: "".join(text)
        for name, text in render_documents(
            layout, "out", "1 file changed", [f"src/a{n}.py" for n in range(22)]
        )
    }
    assert set(files) == {
        "torch_test_list.txt", "rest_test_list.txt", "test_list.txt", "doctest_list.txt", "test_map.json",
        "parallelism.json", "selection_summary.md",
    }  # fmt: skip
    assert files["torch_test_list.txt"] == "".join(f"{each}\n" for each in MODELS)
    assert files["rest_test_list.txt"] == f"{UTILS}\ndocs/a|b.md\n"
    assert files["test_list.txt"] == "".join(f"{each}\n" for each in [*MODELS, UTILS])
    assert files["doctest_list.txt"] == "docs/a|b.md\n"
    assert json.loads(files["test_map.json"]) == {"torch": MODELS, "rest": [UTILS, "docs/a|b.md"]}
    assert json.loads(files["parallelism.json"]) == {
        "torch_parallelism": 3,
        "torch_test_list": "out/torch_test_list.txt",
        "rest_parallelism": 1,
        "rest_test_list": "out/rest_test_list.txt",
    }
    assert "| torch | 3 | 30 | 3 |\n| rest | 2 | 11 | 1 |\n" in files["selection_summary.md"]
    assert files["selection_summary.md"].endswith("- src/a19.py\n- and 2 more\n")


def test_summary_without_work() -> None:
    """Nothing selected: a summary that says so, and empty lists."""
    layout = lay(TORCH, tests=())
    files = {name: "".join(text) for name, text in render_documents(layout, "out", "0 of 4", [])}
    assert files["selection_summary.md"] == "# Selected tests\n\n0 of 4\n\n\nWithout work: torch\n"
    assert (files["test_list.txt"], files["test_map.json"]) == ("", "{}\n")


@pytest.mark.parametrize(
    ("unit", "line"),
    [
        ("a.py::b[c d]", "a.py::b[c d]"),
        ("-x.py", "./-x.py"),
        ("@x.py", "./@x.py"),
        ("a\nb\u2028.py", "a\\nb\\u2028.py"),
    ],
)
def test_lines(unit: str, line: str) -> None:
    """A line is one line, and no option."""
    assert escape_line(unit) == line
