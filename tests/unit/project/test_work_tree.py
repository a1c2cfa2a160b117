"""Reading facts of many files: the same whoever reads them, and none is lost."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.model import RepoPath
from pytest_txselect.project.disk import WORTH_A_PROCESS, read_work_tree
from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import Unparsed, unpack_facts

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_txselect.source.facts import Facts

FILES = 40
BIG = "#" * (WORTH_A_PROCESS // 10)


def write_files(top: Path) -> dict[RepoPath, Facts]:
    """Write files that are worth several processes, and return what each of them says."""
    texts = {RepoPath(f"m{number}.py"): f"import a{number}\n{BIG}" for number in range(FILES)}
    for path, text in texts.items():
        (top / path).write_text(text)
    return {path: read_facts(text.encode()) for path, text in texts.items()}


def read_all(top: Path, paths: list[RepoPath], processes: int | None) -> tuple[dict[RepoPath, Facts], int]:
    """Return what is kept of each path, and how many files were counted."""
    kept: dict[RepoPath, Facts] = {}
    counted = [0]

    def keep(path: RepoPath, packed: bytes, facts: Facts | None) -> None:
        assert path not in kept
        kept[path] = unpack_facts(packed)
        assert facts in {None, kept[path]}

    def step(number: int) -> None:
        counted[0] += number

    read_work_tree(top, paths, keep, step, processes)
    return kept, counted[0]


@pytest.mark.parametrize("processes", [1, 2, 3, None])
def test_any_number_of_processes(tmp_path: Path, processes: int | None) -> None:
    """All files are read, once, with the same facts."""
    expected = write_files(tmp_path)
    assert read_all(tmp_path, [*expected], processes) == (expected, FILES)


def test_workers_that_die(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker leaves behind is read by who asked."""
    expected = write_files(tmp_path)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    found, _ = read_all(tmp_path, [*expected], 3)
    assert found == expected


def test_files_that_are_none(tmp_path: Path) -> None:
    """A folder, a missing file and a name that is no text are said, not raised."""
    (tmp_path / "folder.py").mkdir()
    strange = RepoPath("odd \udcff\n.py")
    (tmp_path / strange).write_text("import a\n")
    found, counted = read_all(tmp_path, [RepoPath("folder.py"), RepoPath("gone.py"), strange], 1)
    assert counted == len(found)
    assert isinstance(found[RepoPath("folder.py")], Unparsed)
    assert isinstance(found[RepoPath("gone.py")], Unparsed)
    assert found[strange] == read_facts(b"import a\n")


def test_an_interrupt_ends_the_workers(tmp_path: Path) -> None:
    """Whoever watches may raise; no process is left."""
    expected = write_files(tmp_path)

    def interrupt(number: int) -> None:
        raise KeyboardInterrupt(number)

    with pytest.raises(KeyboardInterrupt):
        read_work_tree(tmp_path, [*expected], lambda *_: None, interrupt, 2)
