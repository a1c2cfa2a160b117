"""Where a command writes what the user wanted in a file."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.cli.output import write_output
from pytest_txselect.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_ordinary_file(tmp_path: Path):
    """Its folder is made, what was there is replaced, and nothing else is left."""
    for content in (b"old", b"new"):
        write_output(str(tmp_path / "a" / "b"), [content])
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "a").iterdir()] == [("b", b"new")]


def test_standard_output(capfdbinary: pytest.CaptureFixture[bytes]):
    """`-` writes the bytes as they are."""
    sys.stdout.write("before\n")
    write_output("-", [b"\xff", b"\n"])
    sys.stdout.write("after\n")
    assert capfdbinary.readouterr().out == b"before\n\xff\nafter\n"


def test_pipe_stays(tmp_path: Path):
    """A pipe is written into, and is a pipe after that, as a device would be one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_output(str(pipe), [b"one", b"two"])
    reader.join(10)
    assert read == [b"onetwo"]
    assert pipe.is_fifo()


def test_link_stays(tmp_path: Path):
    """What a link leads to is written, as through `/dev/stdout`; the link stays."""
    (tmp_path / "link").symlink_to("file")
    write_output(str(tmp_path / "link"), [b"x"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"x"


@pytest.mark.parametrize(
    ("place", "cause"),
    [
        ("folder", "Is a directory"),
        ("folder/", "Is a directory"),
        ("", "Is a directory"),
        ("file/below", "File exists|Not a directory"),
        ("loop", "Too many levels"),
    ],
)
def test_what_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, cause: str):
    """A usage error names the place and the cause, and nothing is left behind."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to("loop")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match=rf"cannot write {place or '..'}: ({cause}).*\[unwritable-file\]"):
        write_output(place, [b"x"])
    assert sorted(tmp_path.rglob("*")) == before


def test_step_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the commands of a step of GitHub's wrote before stays; of any other file it is replaced."""
    summary, other = tmp_path / "summary", tmp_path / "other"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    for place in (summary, other):
        place.write_bytes(b"before\n")
        write_output(str(place), [b"after\n"])
    assert summary.read_bytes() == b"before\nafter\n"
    assert other.read_bytes() == b"after\n"
