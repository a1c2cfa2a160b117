"""Durations: what is known, what is assumed, and the files they come from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.errors import UsageError
from pytest_txselect.jobs.duration_files import read_duration_files
from pytest_txselect.jobs.durations import Durations

if TYPE_CHECKING:
    from pathlib import Path

A, B = "tests/test_a.py", "tests/test_b.py"
KNOWN = Durations(
    {
        f"{A}::test_x[1]": 1.0,
        f"{A}::test_x[2]": 2.0,
        f"{A}::test_xx": 9.0,
        f"{A}::TestA::test_x": 4.0,
        f"{B}::test_y": 30.0,
        f"{B}::test_nan": float("nan"),
        f"{B}::test_never": -1.0,
        f"{B}::test_age": 1e300,
    }
)


def test_weights_of_tests() -> None:
    """What is known; else the median of the file; else of all; above zero."""
    nodes = [f"{A}::test_x[1]", f"{A}::test_new", f"{B}::test_nan", "tests/test_c.py::test_z"]
    assert KNOWN.weigh(nodes) == [1_000_000, 2_000_000, 30_000_000, 4_000_000]
    assert Durations({"a::b": 0.0}).weigh(["a::b"]) == [1]
    assert Durations({}).weigh(["a::b", "a::c"]) == [1_000_000, 1_000_000]


def test_weights_of_files_and_functions() -> None:
    """A file and a function weigh what their tests do, with all parameters; an unknown file the median of files."""
    units = [A, f"{A}::test_x", f"{A}::TestA", f"{A}::test_new", "tests/test_c.py"]
    assert KNOWN.weigh_units(units) == [16_000_000, 3_000_000, 4_000_000, 2_000_000, 16_000_000]
    assert Durations({}).weigh_units([A, f"{A}::test_x"]) == [1_000_000, 1_000_000]


def test_of_some_files() -> None:
    """What is handed on is what concerns the files, in order."""
    assert list(KNOWN.only([B, "tests/test_c.py"]).items()) == [(f"{B}::test_y", 30.0)]
    assert (len(KNOWN), KNOWN.count_known([f"{B}::test_y", f"{B}::test_z"])) == (5, 1)
    assert (KNOWN.knows_file(f"{A}::new"), KNOWN.knows_file("tests/test_c.py")) == (True, False)


JUNIT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="tests.test_a.TestX.TestY" name="test_one[a.b]" time="1,001.5"/>
<testcase classname="tests.test_a" name="test_two" time="0.25"><failure>x</failure></testcase>
<testcase classname="elsewhere.test_q" name="test_two" time="9"/>
<testcase classname="tests.test_b" name="test_three" time="soon"/>
<testcase classname="" name="tests.test_b" time="1"/>
</testsuite></testsuites>"""


def test_junit(tmp_path: Path) -> None:
    """Node ids are found by the files there are; what is of no known file is left out."""
    (tmp_path / "junit.xml").write_text(JUNIT)
    found = read_duration_files([tmp_path / "junit.xml"], [A, B])
    assert found == {f"{A}::TestX::TestY::test_one[a.b]": 1001.5, f"{A}::test_two": 0.25}


def test_folder(tmp_path: Path) -> None:
    """A folder stands for all that is below it; both spellings of pytest-split are read."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "junit.xml").write_text(JUNIT)
    (tmp_path / ".test_durations").write_text(json.dumps({"x::y": 1, "x::z": 2.5}))
    (tmp_path / "durations.json").write_text(json.dumps([["x::y", 3.0], ["x::\udcff", 1.0]]))
    found = read_duration_files([tmp_path], [A])
    assert (found["x::y"], found["x::z"], found["x::\udcff"], len(found)) == (3.0, 2.5, 1.0, 5)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>'
BAD = [
    ("missing.json", None, "cannot be read (No such file"),
    ("x.json", b"{", "is not JSON"),
    ("x.json", b"\xff", "is not JSON"),
    ("x.json", b"[" * 100_000, "is not JSON"),
    ("x.json", b"3", "is neither an object nor"),
    ("x.json", b'{"a": "b"}', "has something else than a node id"),
    ("x.json", b'{"a": true}', "has something else than a node id"),
    ("x.json", b"[[1, 2]]", "has something else than a node id"),
    ("x.json", b"[1]", "has something else than a node id"),
    ("x.xml", b"<a><b></a>", "is not XML"),
    ("x.xml", b"", "is not XML"),
    ("missing.xml", None, "cannot be read"),
    ("folder", b"", "has no .test_durations"),
]


@pytest.mark.parametrize(("name", "content", "cause"), BAD, ids=range(len(BAD)))
def test_unreadable(tmp_path: Path, name: str, content: bytes | None, cause: str) -> None:
    """What cannot be read stops the run, with the place and the cause."""
    place = tmp_path / name
    if name == "folder":
        place.mkdir()
    elif content is not None:
        place.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_duration_files([place], [A])
    assert caught.value.slug == "bad-durations"
    assert f"{place}: {cause}" in caught.value.message


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    """A JUnit file with entities is harmless."""
    (tmp_path / "x.xml").write_text(BOMB)
    assert read_duration_files([tmp_path / "x.xml"], [A]) == {}


@pytest.mark.parametrize("name", ["x.json", "x.xml"])
def test_huge_file_is_refused(tmp_path: Path, name: str) -> None:
    """A file beyond all measure is not read into memory."""
    with (tmp_path / name).open("wb") as file:
        file.truncate((1 << 30) + 1)
    with pytest.raises(UsageError, match="larger than 1 GB"):
        read_duration_files([tmp_path / name], [A])
