"""Merging results: the order and the grouping do not matter, nothing counts twice, nothing gets lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.lines import BadLineError, parse_lines, render_line
from pytest_txselect.report.merge import merge_lines, render_records
from pytest_txselect.report.records import Collected, Footer, Header, Outcome, Pass, Phase, Start
from pytest_txselect.report.shards import find_missing_shards

if TYPE_CHECKING:
    from pytest_txselect.report.run import Run

TESTS: Final = ("a.py::x", "a.py::y", "b.py::z[1]")


def make_stream(
    run: str, started: float, outcomes: dict[str, Outcome], *, whole: bool = True, **more: object
) -> list[bytes]:
    """Make the lines of a stream in which each test had an outcome."""
    records = [Header(run=run, started=started, **more), Collected(tuple(outcomes))]  # type: ignore[arg-type]
    for test, outcome in outcomes.items():
        records.append(Start(test, time=started))  # type: ignore[arg-type]
        if outcome is Outcome.PASSED:
            records.append(Pass(test, started))  # type: ignore[arg-type]
        else:
            records += [Phase(test, "setup"), Phase(test, "call", outcome), Phase(test, "teardown")]  # type: ignore[list-item]
    return [render_line(record).encode() for record in [*records, *([Footer(duration=1.0)] if whole else [])]]


streams = st.builds(
    make_stream,
    st.sampled_from("abcdef"),
    st.sampled_from([1.0, 2.0, 3.0]),
    st.dictionaries(
        st.sampled_from(TESTS), st.sampled_from([Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED])
    ),
    whole=st.booleans(),
    shard=st.sampled_from([(1, 1), (1, 2), (2, 2)]),
    job=st.sampled_from(["", "cpu"]),
)
junk = st.sampled_from(
    [
        [b'{"record":"pha'],
        [b"\xff\x00"],
        [b""],
        [b'{"record":"pass","test":"lost"}'],
        [b'{"record":"header"}'],
    ]
)
files = st.lists(st.one_of(streams, junk), max_size=4).map(
    lambda parts: [line for part in parts for line in part]
)


def merge(*parts: list[bytes]) -> list[bytes]:
    """Merge files."""
    return list(merge_lines(parts))


def read(lines: list[bytes]) -> Run:
    """Assemble the run of some lines."""
    return assemble(parse_lines(lines))


@given(files, files, files)
def test_grouping_and_order(one: list[bytes], two: list[bytes], three: list[bytes]):
    """Merged at once, in steps or in another order, the result is the same, byte by byte."""
    whole = merge(one, two, three)
    assert merge(merge(one, two), three) == whole
    assert merge(one, merge(two, three)) == whole
    assert merge(three, one, two) == whole


@given(files, files)
def test_again(one: list[bytes], two: list[bytes]):
    """What comes twice counts once."""
    whole = merge(one, two)
    assert merge(whole) == whole
    assert merge(one, two, one) == whole
    assert merge(whole, two) == whole


@given(st.lists(streams, max_size=5))
def test_nothing_is_lost(parts: list[list[bytes]]):
    """Every stream is there, and every test of the copies that were kept."""
    whole = merge(*parts)
    kept = {line for line in whole if b'"header"' in line}
    runs = {line.split(b'"run":"')[1][:1] for part in parts for line in part[:1]}
    assert {line.split(b'"run":"')[1][:1] for line in kept} == runs
    assert len(kept) == len(runs)
    assert set(whole) <= {line for part in parts for line in part}


def test_flaky():
    """A test that failed and passed in a retry is flaky, whatever is named first."""
    first = make_stream("a", 1.0, {"a.py::x": Outcome.FAILED, "a.py::y": Outcome.PASSED})
    retry = make_stream("b", 2.0, {"a.py::x": Outcome.PASSED})
    for order in ((first, retry), (retry, first)):
        run = read(merge(*order))
        assert [test.id for test in run.tests if test.flaky] == ["a.py::x"]
        assert run.count_results() == {"passed": 2, "rerun": 1}


def test_passed_twice():
    """A test that passed again, or ran only in the retry, is not flaky; one that broke off is no failure."""
    first = make_stream("a", 1.0, {"a.py::x": Outcome.PASSED, "a.py::y": Outcome.SKIPPED}, whole=False)
    again = make_stream("b", 2.0, {"a.py::x": Outcome.PASSED, "a.py::y": Outcome.PASSED})
    run = read(merge(first, again))
    assert [test.id for test in run.tests if test.flaky] == []
    assert run.count_results() == {"passed": 2}


def test_jobs():
    """The test of another job is another test, even under the same id: its failure is not hidden."""
    first = make_stream("a", 1.0, {"a.py::x": Outcome.FAILED}, job="cpu")
    second = make_stream("b", 2.0, {"a.py::x": Outcome.PASSED}, job="gpu")
    assert read(merge(first, second)).count_results() == {"failed": 1, "passed": 1}


def test_whole_copy_is_kept():
    """Of two copies of a stream the one that came to its end is kept."""
    cut = make_stream("a", 1.0, {"a.py::x": Outcome.PASSED}, whole=False)
    whole = make_stream("a", 1.0, {"a.py::x": Outcome.PASSED})
    assert merge(cut, whole) == merge(whole, cut) == whole


def test_damage_stays():
    """Lines that nobody can read stay, and are told; records without a header get one that says so."""
    part = make_stream("a", 1.0, {"a.py::x": Outcome.PASSED})
    run = read(merge([b'{"record":"pass","test":"lost"}', *part[:-1], b"{cut"], [b"\n"]))
    assert [test.id for test in run.tests] == ["lost", "a.py::x"]
    assert run.notes == ("records without a header: the beginning of the file is lost",)
    assert len(run.damage) == 1


def test_unreadable_records():
    """What a reader could not read is a line that nobody can read."""
    lines = list(render_records([Header(run="a"), BadLineError("line 3: é")]))
    assert lines[1] == b"unreadable: line 3: \\xe9"
    assert len(read(lines).damage) == 1


@pytest.mark.parametrize(
    ("shards", "alone", "lines"),
    [
        ([(1, 1)], True, []),
        ([(1, 2), (2, 2)], True, []),
        ([(1, 3), (3, 3)], False, ["tests: shard 2 of 3 missing: their tests are not here"]),
        ([(2, 4)], False, []),
        ([(2, 4)], True, ["tests: shards 1, 3, 4 of 4 missing: their tests are not here"]),
        ([(1, 2), (1, 2)], True, ["tests: shard 2 of 2 missing: their tests are not here"]),
        ([(1, 2), (1, 3), (2, 3), (3, 3)], False, []),
    ],
)
def test_missing_shards(shards: list[tuple[int, int]], alone: bool, lines: list[str]):
    """Missing shards are named; in the job of one shard the others are not missed."""
    headers = [Header(run=str(number), shard=shard) for number, shard in enumerate(shards)]
    assert find_missing_shards(headers, even_of_one=alone) == lines
    assert find_missing_shards([*headers, Header(id="x", shard=(1, 1))], even_of_one=alone) == lines


def test_many_missing_shards():
    """A hostile number of shards makes one line."""
    [line] = find_missing_shards([Header(shard=(1, 10**12))], even_of_one=True)
    assert len(line) < 300
