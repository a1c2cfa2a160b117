"""The report folder on disk."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.errors import UsageError
from pytest_txselect.report.write import ResultsFile, check_id, make_folder, open_results, write_artifact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.parametrize("name", ["tests", "a-b_c.d", "-x", "ü", "x" * 200])
def test_good_ids(name: str):
    """Names of one folder are taken as they are."""
    assert check_id(name) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".x", "a/b", "a\\b", "../x", "/x", "a\0b", "a\nb", "C:a", "ü" * 101]
)
def test_bad_ids(name: str):
    """Everything else is an error."""
    with pytest.raises(UsageError, match="report-id"):
        check_id(name)


def test_lines_are_there_at_once(tmp_path: Path):
    """Lines are in the file when `append` returns, one or several of them."""
    folder, file = open_results(tmp_path, "tests")
    path = folder / "results.jsonl"
    file.append("one")
    assert path.read_text() == "one\n"
    file.append("two\nthree")
    assert path.read_text() == "one\ntwo\nthree\n"
    file.close()
    assert path.read_text() == "one\ntwo\nthree\n"


def test_one_writer_each(tmp_path: Path):
    """Two at once get a folder each; a folder whose writer is gone is used again, emptied."""
    first, one = open_results(tmp_path, "tests")
    second, other = open_results(tmp_path, "tests")
    assert (first.name, second.name) == ("tests", "tests-2")
    one.append("old")
    one.close()
    (first / "junit.xml").write_text("old")
    (first / "mine.txt").write_text("mine")
    again, third = open_results(tmp_path, "tests")
    assert again == first
    assert (again / "results.jsonl").read_text() == ""
    assert sorted(path.name for path in again.iterdir()) == [".gitignore", "mine.txt", "results.jsonl"]
    other.close()
    third.close()


def test_full_disk():
    """A disk that is full ends the writing, says so, and raises nothing."""
    if not os.path.exists("/dev/full"):  # noqa: PTH110 - a device
        pytest.skip("no /dev/full")
    from pathlib import Path  # noqa: PLC0415 - used here only

    file = ResultsFile(Path("results.jsonl"), os.open("/dev/full", os.O_WRONLY))
    file.append("one")
    assert file.failure == "results.jsonl is incomplete: No space left on device"
    file.append("two")
    file.close()


@pytest.mark.parametrize("kind", ["folder", "fifo", "link"])
def test_results_that_cannot_be(tmp_path: Path, kind: str):
    """Where `results.jsonl` is something else it is left alone, and named."""
    folder = make_folder(tmp_path, "tests")
    path = folder / "results.jsonl"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        (tmp_path / "precious").write_text("precious")
        path.symlink_to(tmp_path / "precious")
    with pytest.raises(UsageError, match=r"results\.jsonl"):
        open_results(tmp_path, "tests")
    if kind == "link":
        assert (tmp_path / "precious").read_text() == "precious"


def test_whole_or_not_at_all(tmp_path: Path):
    """An artifact that fails half way leaves what was there, and nothing of its own."""
    (tmp_path / "a.txt").write_text("before")

    def break_off() -> Iterator[bytes]:
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_artifact(tmp_path, "a.txt", break_off())
    assert (tmp_path / "a.txt").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    write_artifact(tmp_path, "a.txt", [b"af", b"ter"])
    assert (tmp_path / "a.txt").read_text() == "after"


def test_links_are_replaced(tmp_path: Path):
    """An artifact that is a link is replaced, and where it led stays as it was."""
    (tmp_path / "precious").write_text("precious")
    folder = make_folder(tmp_path, "tests")
    (folder / "a.txt").symlink_to(tmp_path / "precious")
    write_artifact(folder, "a.txt", [b"x"])
    assert not (folder / "a.txt").is_symlink()
    assert (tmp_path / "precious").read_text() == "precious"


def test_child_writes_nothing(tmp_path: Path):
    """A forked child neither writes nor frees the lock."""
    folder, file = open_results(tmp_path, "tests")
    child = os.fork()
    if child == 0:
        file.append("child")
        file.close()
        os._exit(0)
    os.waitpid(child, 0)
    file.append("parent")
    assert (folder / "results.jsonl").read_text() == "parent\n"
    other, second = open_results(tmp_path, "tests")
    assert other.name == "tests-2"
    second.close()
    file.close()


def test_folders_that_cannot_be(tmp_path: Path):
    """A folder that is a file, below a file, or a link is an error that names it."""
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(UsageError, match=r"file: File exists \[report-folder\]"):
        make_folder(tmp_path, "file")
    with pytest.raises(UsageError, match="Not a directory"):
        make_folder(tmp_path / "file", "tests")
    with pytest.raises(UsageError, match="leads elsewhere"):
        make_folder(tmp_path, "link")
    assert (tmp_path / "file").read_text() == "mine"


def test_base_may_be_a_link(tmp_path: Path):
    """The folder of all reports may be a link: the user named it."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "reports").symlink_to(tmp_path / "disk")
    assert make_folder(tmp_path / "reports", "tests").is_dir()
    assert (tmp_path / "disk" / "tests").is_dir()
