"""Finding out what a file is, and which files of a folder have results."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.readers.sources import Source, find_sources, read_lines, read_source
from pytest_txselect.report.readers.unreadable import UnreadableError

if TYPE_CHECKING:
    from pathlib import Path

LOG: Final = b"t.py F   [100%]\n1 failed in 0.10s\n"
JUNIT: Final = b'<testsuite name="s"><testcase classname="c" name="n"><failure/></testcase></testsuite>'
RECORDS: Final = b"""\
{"record":"header","schema":1,"run":"a"}
{"record":"phase","test":"t.py::a","outcome":"failed"}
{"record":"footer"}
"""


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("out.txt", LOG),
        ("out", LOG),
        ("junit.xml", JUNIT),
        ("results", b"\n" + JUNIT),
        ("results", b'<?xml version="1.0"?>' + JUNIT),
        ("results", ('<?xml version="1.0" encoding="utf-16"?>' + JUNIT.decode()).encode("utf-16")),
        ("results.jsonl", RECORDS),
        ("anything", RECORDS),
        ("out.log", b"<frozen importlib>:1: Warning\n" + LOG),
    ],
)
def test_kinds(tmp_path: Path, name: str, data: bytes):
    """A file is what its content says, whatever it is called."""
    path = tmp_path / name
    path.write_bytes(data)
    [source] = find_sources(str(path))
    run = assemble(read_source(source))
    assert run.count_results() == {"failed": 1}
    assert run.complete


@pytest.mark.parametrize("data", [LOG, JUNIT, RECORDS], ids=["log", "junit", "records"])
def test_lines(tmp_path: Path, data: bytes):
    """Anything can be had as lines of records; those of records are as they were."""
    (tmp_path / "x").write_bytes(data)
    lines = read_lines(Source(str(tmp_path / "x")))
    (tmp_path / "y").write_bytes(b"\n".join(lines))
    assert assemble(read_source(Source(str(tmp_path / "y")))).count_results() == {"failed": 1}
    if data == RECORDS:
        assert b"\n".join(lines) == RECORDS


@pytest.mark.parametrize(
    ("name", "data", "why", "other"),
    [
        ("x.jsonl", b"", "it is empty", False),
        ("x.jsonl", b"{}\n", "no results.jsonl", True),
        ("x.jsonl", b"\xff\n", "no results.jsonl", True),
        ("x.jsonl", b'{"record":"pass","test":"a"}\n', "its beginning is lost", False),
        ("x.jsonl", b'{"record":"header","schema":99}\n', "upgrade pytest-txselect", True),
        ("x.xml", b"", "it is empty", False),
        ("x.xml", b"<a/>", "no JUnit file", True),
        ("x.xml", b"hello", "no whole XML file", False),
        ("x.txt", b"", "it is empty", False),
        ("x.txt", b"hello", "no log of pytest", True),
        ("x.txt", b"\x00\x01\x02\x03" * 99, "it is binary", True),
    ],
)
def test_unreadable(tmp_path: Path, name: str, data: bytes, why: str, other: bool):
    """What is no result says why, with its path; another kind of file in a folder is no lost result."""
    path = tmp_path / name
    path.write_bytes(data)
    for source, found in ((Source(str(path)), False), (find_sources(str(tmp_path))[0], other)):
        for read in (read_source, read_lines):
            with pytest.raises(UnreadableError, match=why) as caught:
                read(source)
            assert str(caught.value).startswith(f"{path}: ")
            assert caught.value.other is found


def test_folder(tmp_path: Path):
    """A folder is walked in order; links, other kinds of files and what was rendered from records are left out."""
    for name in (
        "b/results.jsonl",
        "b/junit.xml",
        "b/stats.txt",
        "b/more.xml",
        "a/junit.xml",
        "a/stats.txt",
        "c.py",
        "d.log",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "e.xml").symlink_to(tmp_path / "d.log")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.log")
    found = [os.path.relpath(source.path, tmp_path) for source in find_sources(str(tmp_path))]
    assert found == ["d.log", "a/junit.xml", "a/stats.txt", "b/more.xml", "b/results.jsonl"]


@pytest.mark.parametrize("name", ["nothing", "empty", "a\0b", "\udcff"])
def test_nothing(tmp_path: Path, name: str):
    """A path where nothing is, or an empty folder, is an error that says so."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableError):
        find_sources(str(tmp_path / name))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_forbidden(tmp_path: Path):
    """A file that may not be read is an error that says so."""
    path = tmp_path / "out.txt"
    path.write_bytes(LOG)
    path.chmod(0)
    with pytest.raises(UnreadableError, match="Permission denied"):
        read_source(Source(str(path)))


def test_folder_that_became_one(tmp_path: Path):
    """What cannot be read as a file is an error that says so."""
    with pytest.raises(UnreadableError, match="cannot be read: Is a directory"):
        read_source(Source(str(tmp_path)))
