"""A worker's answers, asked in this process: workers themselves run isolated from everything, measuring included."""

from __future__ import annotations

import gc
import io
import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import MAX_BYTES, FileFacts, Unparsed, pack_facts
from pytest_txselect.source.worker import read_file, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Pipe:
    """Standard output, of which a worker uses the bytes."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()


@pytest.fixture
def collected() -> Iterator[None]:
    """A worker switches the garbage collector off."""
    yield
    gc.enable()


@pytest.mark.usefixtures("collected")
def test_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each path of each line is answered in turn: the size, then the facts; what cannot be read as well."""
    (tmp_path / "a.py").write_bytes(b"import os\n")
    (tmp_path / "b.py").write_bytes(b"def (\n")
    lines = [["a.py"], ["b.py", "gone.py"]]
    text = "".join(json.dumps([str(tmp_path / name) for name in line]) + "\n" for line in lines)
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    pipe = Pipe()
    monkeypatch.setattr(sys, "stdout", pipe)
    serve()
    expected = b""
    for found in (read_facts(b"import os\n"), read_facts(b"def (\n"), read_file(str(tmp_path / "gone.py"))):
        packed = pack_facts(found)
        expected += len(packed).to_bytes(4, "big") + packed
    assert pipe.buffer.getvalue() == expected


def test_files_that_are_none(tmp_path: Path) -> None:
    """What is no regular file, is too large, or may not be read is unparsed, with the cause."""
    large = tmp_path / "large.py"
    large.touch()
    os.truncate(large, MAX_BYTES + 1)
    for path, cause in (
        (tmp_path, "no regular file"),
        (large, "larger than"),
        (tmp_path / "x", "cannot be read"),
    ):
        found = read_file(str(path))
        assert isinstance(found, Unparsed)
        assert cause in found.cause
    os.truncate(large, 0)
    assert isinstance(read_file(str(large)), FileFacts)


@pytest.mark.parametrize("size", [0, 1, 65_536, 1_000_000])
def test_files_of_every_size(tmp_path: Path, size: int) -> None:
    """All of a file is read."""
    source = b"x = 1\n" + b"#" * size + b"\ny = 2\n"
    (tmp_path / "a.py").write_bytes(source)
    assert read_file(str(tmp_path / "a.py")) == read_facts(source)


@pytest.mark.skipif(not os.path.isfile("/proc/self/environ"), reason="no file that says it is empty")  # noqa: PTH113 - as the code
def test_a_file_that_is_larger_than_it_says() -> None:
    """What the system says of a file's size is not believed."""
    found = read_file("/proc/self/environ")
    assert not isinstance(found, FileFacts) or found != read_facts(b"")
