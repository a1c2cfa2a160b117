"""Records to lines and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.report.lines import (
    BadLineError,
    parse_line,
    parse_lines,
    render_line,
    render_pass,
    render_start,
)
from pytest_txselect.report.records import (
    SCHEMA_VERSION,
    Collected,
    CollectProblem,
    Deselected,
    Footer,
    Header,
    InternalError,
    Outcome,
    Pass,
    Phase,
    SelectionMade,
    Start,
    WarningSeen,
    WorkerEvent,
)

if TYPE_CHECKING:
    from pytest_txselect.report.records import Record

TEXT = st.text(st.characters(), max_size=12)
KINDS = (
    Header, SelectionMade, Collected, Deselected, CollectProblem, Start, Phase, Pass, WarningSeen,
    WorkerEvent, InternalError, Footer,
)  # fmt: skip
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "str": TEXT,
    "int": st.integers(0, 10**9),
    "bool": st.booleans(),
    "float": st.integers(0, 10**15).map(lambda number: number / 10**6),
    "Outcome": st.sampled_from([each for each in Outcome if "not" not in each]),
    "Texts": st.lists(TEXT, max_size=3).map(tuple),
    "Pairs": st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    "Places": st.lists(st.tuples(TEXT, st.integers(0, 999)), max_size=3).map(tuple),
    "tuple[int, int]": st.integers(1, 9).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))),
}
RECORDS = st.one_of(
    *(
        st.builds(
            kind,
            **{
                name: st.just(SCHEMA_VERSION) if name == "schema" else VALUES[hint.__forward_arg__]
                for name, hint in kind.__annotations__.items()
            },
        )
        for kind in KINDS
    )
)


@given(RECORDS)
def test_round_trip(record: Record):
    """Every record, with any text in it, is one ASCII line that reads back as it was."""
    line = render_line(record)
    assert line.isascii()
    assert "\n" not in line
    assert parse_line(line) == record


@given(st.builds(Pass, TEXT, *[st.floats(-1.0, 2e9)] * 4, TEXT), st.floats(0.0, 2e9))
def test_fast_lines_say_the_same(record: Pass, moment: float):
    """The two most frequent records are rendered by themselves, and read back to the microsecond."""
    read = parse_line(render_pass(tuple(record)))
    assert isinstance(read, Pass)
    assert (read.test, read.worker) == (record.test, record.worker)
    assert read[1:5] == pytest.approx(record[1:5], rel=0, abs=1.6e-6)  # one that is negative is cut
    start = parse_line(render_start((record.test, "f.py", 3, "t", moment, "")))
    assert start == Start(record.test, "f.py", 3, "t", pytest.approx(moment, rel=0, abs=1e-6))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), 1e300])
@pytest.mark.parametrize("position", [1, 2, 3, 4])
def test_absurd_times_of_a_pass(number: float, position: int):
    """A time that is none, as of a test that replaced the clock, does not spoil the line it is in."""
    values: list[Any] = ["t", 5.0, 0.5, 0.5, 0.5, "gw0"]
    values[position] = number
    read = parse_line(render_pass(tuple(values)))
    values[position] = 0.0
    assert read == Pass(*values)


@given(st.lists(RECORDS, max_size=5), st.integers(0, 500))
def test_cut_anywhere(records: list[Record], cut: int):
    """A file cut anywhere gives the records before the cut, and says what it lost."""
    lines = [render_line(record).encode() for record in records]
    data = b"".join(line + b"\n" for line in lines)[:cut]
    read = list(parse_lines(data.splitlines()))
    whole = data.count(b"\n")
    assert read[:whole] == records[:whole]
    rest = data.rpartition(b"\n")[2]
    if rest and rest not in lines:
        assert len(read) == whole + 1
        assert isinstance(read[-1], BadLineError)


def test_defaults_are_left_out():
    """A line has only what differs from the default, and a header always its schema."""
    assert render_line(Phase("t")) == '{"record":"phase","test":"t"}'
    assert render_line(Header()) == '{"record":"header","schema":1}'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"record":"phase","te', "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"test":"t"}', "no record"),
        (b'{"record":7}', "no record"),
        (b'{"record":"phase","test":7}', "`test` of a phase: a string is expected"),
        (b'{"record":"phase","line":"7"}', "`line` of a phase: an integer is expected"),
        (b'{"record":"phase","line":true}', "`line` of a phase: an integer is expected"),
        (b'{"record":"phase","duration":"1"}', "a number is expected"),
        (b'{"record":"phase","outcome":"fine"}', "an outcome is expected"),
        (b'{"record":"phase","outcome":[]}', "an outcome is expected"),
        (b'{"record":"phase","outcome":"not run"}', "an outcome is expected"),
        (b'{"record":"phase","sections":[["a"]]}', "a list of pairs of strings"),
        (b'{"record":"phase","sections":{"a":1}}', "a list of pairs of strings"),
        (b'{"record":"phase","frames":[["a","b"]]}', "a list of (file, line)"),
        (b'{"record":"collected","tests":["a",1]}', "a list of strings"),
        (b'{"record":"header","shard":[3,2]}', "a share"),
        (b'{"record":"header","each":1}', "true or false"),
        (b'{"record":"header","schema":2}', "schema 2 is newer than 1"),
    ],
)
def test_bad_lines(line: bytes, message: str):
    """A line that is no record is an error that says what is wrong with it, never another exception."""
    with pytest.raises(BadLineError) as caught:
        parse_line(line)
    assert message in str(caught.value)


def test_unknown_is_skipped():
    """Kinds and keys of later versions are skipped; so are blank lines."""
    assert parse_line('{"record":"weather","rain":true}') is None
    assert parse_line("  ") is None
    assert parse_line('{"record":"phase","test":"t","mood":"good"}') == Phase("t")


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "1e300"])
def test_absurd_numbers(number: str):
    """A number that is no time reads as unknown."""
    assert parse_line(f'{{"record":"phase","duration":{number}}}') == Phase()


def test_errors_name_the_line():
    """What cannot be read is named by its line, and what follows is read."""
    first, second = parse_lines([b"nonsense", json.dumps({"record": "footer", "status": 1}).encode()])
    assert isinstance(first, BadLineError)
    assert str(first).startswith("line 1: not JSON")
    assert second == Footer(status=1)
