"""What audit events say about files, called as the hook calls it."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pytest

from pytest_txselect.evidence.codes import CodeBook
from pytest_txselect.evidence.contexts import Context, ContextKind, ContextStack
from pytest_txselect.evidence.evidence import Gap, PieceKind
from pytest_txselect.evidence.files import ABSENT, UNREADABLE, FileWatch, stamp_file
from pytest_txselect.evidence.programs import ProgramKind, find_kind
from pytest_txselect.evidence.spawned import SpawnWatch, decode, mark_missing
from pytest_txselect.evidence.territory import Territory
from pytest_txselect.evidence.versions import GONE, find_versions, name_blob
from pytest_txselect.model import RepoPath

if TYPE_CHECKING:
    from pathlib import Path


class Watched:
    """A watch on a folder, and the context that it fills."""

    def __init__(self, top: Path) -> None:
        self.book = CodeBook()
        self.context = Context(ContextKind.TEST, "t")
        self.stack = ContextStack(self.context, lambda _into: None)
        self.files = FileWatch(Territory(str(top)), self.book.number, lambda: self.context)
        self.spawned = SpawnWatch(self.book, self.files, self.stack, Context(ContextKind.SESSION, "session"))

    def tell(self, event: str, *args: Any) -> set[tuple[str, str, str]]:
        """Tell of an event, as deep in the stack as a real one; give what is known then."""

        def hook() -> None:
            handlers = {**self.files.handlers, **self.spawned.handlers}
            handlers[event](args)

        hook()
        pieces = list(self.book.pieces)
        return {(PieceKind(pieces[n].kind).name, pieces[n].path, pieces[n].name) for n in self.context.pieces}


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A watch on the current folder, which has a few files."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("1")
    (tmp_path / "top.db").touch()
    monkeypatch.chdir(tmp_path)
    return Watched(tmp_path)


A = ("OPENED", "data/a.txt", "")
READ, WRITE, CREATE = os.O_RDONLY, os.O_WRONLY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC


@pytest.mark.parametrize(
    ("event", "args", "found"),
    [
        ("open", ("data/a.txt", "r", READ), {A}),
        ("open", (b"data/a.txt", "rb", READ), {A}),
        ("open", ("data/../data/a.txt", None, READ), {A}),
        ("open", ("data/a.txt", "a", WRITE), {A}),
        ("open", ("data/a.txt", "w+", CREATE), {A}),
        ("open", ("data/a.txt", "w", CREATE), set()),
        ("open", ("data/a.txt", None, CREATE), set()),
        ("open", ("data/new.txt", "r", READ), {("OPENED", "data/new.txt", "")}),
        ("open", ("/elsewhere", "r", READ), set()),
        ("open", (3, "r", READ), set()),
        ("open", (".git/config", "r", READ), set()),
        ("os.listdir", ("data",), {("LISTED", "data", "")}),
        ("os.scandir", (None,), {("LISTED", "", "")}),
        ("os.scandir", (4,), set()),
        ("glob.glob", ("data/*.txt", False), {("LISTED", "data", "*.txt")}),
        ("glob.glob", ("*/a.txt", False), {("LISTED", "", "*/a.txt")}),
        ("glob.glob", ("/elsewhere/*", False), set()),
        ("os.symlink", ("a.txt", "data/link", -1), {A}),
        ("os.symlink", ("../data", "data/link", -1), {("LISTED", "data", "**")}),
        ("sqlite3.connect", ("./data/a.txt",), {A}),
        ("sqlite3.connect", ("file:data/a.txt?mode=ro",), {A}),
        ("sqlite3.connect", (PurePath("data/a.txt"),), {A}),
        ("sqlite3.connect", ("top.db",), {("OPENED", "top.db", "")}),
        ("sqlite3.connect", (":memory:",), set()),
        ("ctypes.dlopen", ("libm.so.6",), set()),
        ("ctypes.dlopen", (None,), set()),
    ],
)
def test_events(
    watched: Watched, event: str, args: tuple[Any, ...], found: set[tuple[str, str, str]]
) -> None:
    """What is read or listed in the repository is evidence, whatever spelling it comes in; the rest is not."""
    assert watched.tell(event, *args) == found


def test_own_products_are_no_evidence(watched: Watched) -> None:
    """Neither a file nor a folder that was made by the run."""
    watched.tell("open", "made.txt", "w", CREATE)
    watched.tell("os.mkdir", "made", 511, -1)
    watched.tell("open", "made.txt", "r", READ)
    assert watched.tell("open", "made/x.txt", "r", READ) == set()
    assert watched.tell("os.listdir", "made") == set()


def test_current_folder_is_gone(watched: Watched, tmp_path: Path) -> None:
    """A relative path means nothing then."""
    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert watched.tell("open", "x", "r", READ) == set()


@pytest.mark.parametrize(
    ("event", "args", "gap", "found"),
    [
        ("subprocess.Popen", ("git", ["git", "add", "data/a.txt"], None, None), Gap.PROGRAM, {A}),
        ("subprocess.Popen", ("cat", ["cat", "data/a.txt"], None, None), Gap.NONE, {A}),
        ("subprocess.Popen", ("cat", ["cat", "a.txt"], "data", None), Gap.NONE, {A}),
        ("subprocess.Popen", ("cat", ["cat", "a.txt"], None, None), Gap.NONE, set()),
        ("subprocess.Popen", ("data/cat", ["cat", "data/a.txt"], None, None), Gap.PROGRAM, {A}),
        ("os.system", (b"cat data/a.txt",), Gap.PROGRAM, set()),
        ("os.posix_spawn", ("/bin/cat", [b"cat", b"data/a.txt"], {}), Gap.NONE, {A}),
        ("os.spawn", (0, "/bin/sed", ["sed"], {}), Gap.PROGRAM, set()),
        ("pty.spawn", (["sh"],), Gap.PROGRAM, set()),
        ("subprocess.Popen", ("python3", ["python3", "x.py"], None, None), Gap.NONE, set()),
        ("os.fork", (), Gap.NONE, set()),
    ],
)
def test_processes(
    watched: Watched, event: str, args: tuple[Any, ...], gap: Gap, found: set[tuple[str, str, str]]
) -> None:
    """A program leaves a gap if more can be read by it than its operands; files that it is given by name are read."""
    assert watched.tell(event, *args) == found
    assert watched.context.gaps == gap


def test_kinds_of_programs(tmp_path: Path) -> None:
    """Interpreters, scripts that name one in their first line, and standard programs where the system has them."""
    script, other = tmp_path / "tool", tmp_path / "other"
    script.write_text("#!/usr/bin/env python3\n")
    other.write_text("#!/bin/sh\n")
    own = tmp_path / "cat"
    own.write_text("#!/bin/sh\n")
    answers = {
        "python3.13": ProgramKind.PYTHON,
        str(script): ProgramKind.PYTHON,
        str(other): ProgramKind.UNKNOWN,
        str(tmp_path / "none"): ProgramKind.UNKNOWN,
        str(own): ProgramKind.UNKNOWN,
        "sed": ProgramKind.UNKNOWN,
        "cat": ProgramKind.OPERANDS,
        "/bin/echo": ProgramKind.OPERANDS,
    }
    assert {name: find_kind(name) for name in answers} == answers


def test_missing_reports() -> None:
    """Fewer reports than processes: all who started one are marked, and counting begins anew."""
    one, two = Context(ContextKind.TEST, "one"), Context(ContextKind.FIXTURE, "two")
    expected = {one: 1, two: 1}
    mark_missing(expected, 1, Gap.CHILD)
    assert (one.gaps, two.gaps, expected) == (Gap.CHILD, Gap.CHILD, {})
    mark_missing({one: 1}, 1, Gap.FORK)
    assert one.gaps == Gap.CHILD


def test_words_of_commands(tmp_path: Path) -> None:
    """Strings, bytes and paths are words; numbers are none."""
    assert [decode(each) for each in ("a", b"a", tmp_path, 3, None)] == ["a", "a", str(tmp_path), "", ""]


def test_stamps_and_versions(tmp_path: Path) -> None:
    """A file that is as it was has a version; one that is not, or is none, has no name."""
    (tmp_path / "same.py").write_bytes(b"x = 1\n")
    (tmp_path / "data.bin").write_bytes(b"\0")
    (tmp_path / "other.py").write_bytes(b"x = 2\n")
    (tmp_path / "folder").mkdir()
    names = ("same.py", "data.bin", "other.py", "folder", "gone.py")
    stamps: dict[Any, Any] = {name: stamp_file(str(tmp_path / name)) for name in names}
    assert (stamps["folder"], stamps["gone.py"]) == (UNREADABLE, ABSENT)
    (tmp_path / "other.py").write_bytes(b"x = 33\n")
    found: dict[Any, Any] = find_versions(str(tmp_path), [], {**stamps, "twice.py": None})  # type: ignore[dict-item]
    assert found["same.py"] == (name_blob(b"x = 1\n"), b"x = 1\n")
    assert found["data.bin"] == (name_blob(b"\0"), b"")
    assert found["gone.py"] == (GONE, b"")
    assert {found[name].blob for name in ("other.py", "folder", "twice.py")} == {""}


@pytest.mark.parametrize(
    ("event", "args", "text", "known"),
    [
        ("os.utime", (None, -1), "1", True),
        ("open", ("w", WRITE), "1", True),
        ("open", (None, os.O_RDWR), "1", True),
        ("os.remove", (-1,), "1", True),
        ("os.rename", ("other", -1, -1), "1", True),
        ("os.truncate", (0,), "2", False),
        ("open", ("a", WRITE), "12", False),
        ("open", ("r", READ), "1", False),
    ],
)
def test_file_that_is_touched(
    watched: Watched, tmp_path: Path, event: str, args: tuple[object, ...], text: str, *, known: bool
) -> None:
    """One that has its content back is the one that was read; one that has another, or that changed unseen, is not known."""
    path = tmp_path / "data" / "a.txt"
    watched.tell("open", "data/a.txt", "r", READ)
    watched.tell(event, str(path), *args)
    path.unlink()
    path.write_text(text)
    os.utime(path, ns=(1, 1))
    watched.files.settle()
    found = find_versions(str(tmp_path), watched.book.pieces, watched.files.stamps)
    assert found[RepoPath("data/a.txt")].blob == (name_blob(b"1") if known else "")


def test_file_that_changed_before_it_is_touched(watched: Watched, tmp_path: Path) -> None:
    """Nobody knows what was read, and it stays so."""
    path = tmp_path / "data" / "a.txt"
    watched.tell("open", "data/a.txt", "r", READ)
    os.utime(path, ns=(1, 1))
    watched.tell("os.utime", str(path), None, -1)
    watched.files.settle()
    found = find_versions(str(tmp_path), watched.book.pieces, watched.files.stamps)
    assert found[RepoPath("data/a.txt")].blob == ""
