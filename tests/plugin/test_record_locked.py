"""Another process has the store for longer than a run waits for it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from kept_evidence import LOCKS, find_store, held, read_kept, run_next
from small_project import FILES, ran, said

if TYPE_CHECKING:
    from small_project import SmallProject

A = {"tests/test_a.py::test_one", "tests/test_a.py::test_two"}
B, NEW = "tests/test_b.py::test_b", "tests/test_b.py::test_new"
EDIT = {
    "pkg/a.py": "def give():\n    return 1 + 0\n",
    "tests/test_b.py": FILES["tests/test_b.py"] + "\ndef test_new():\n    assert 0\n",
}
WAIT = 0.3
SOON = 29
"""Seconds that a run may take here, on a machine that is busy; without our setting it would wait for longer."""


@pytest.fixture
def edited(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """The small project, recorded; then a function changed, and a test came that fails. A run waits for a moment only."""
    project.spawn("--txselect-record", ref=None).assert_outcomes(passed=3)
    project.write(EDIT)
    monkeypatch.setenv("TXSELECT_STORE_WAIT", str(WAIT))
    return project


def run_beside(project: SmallProject, lock: str, *arguments: str, ref: str | None = None) -> pytest.RunResult:
    """A recorded run while somebody else has the store."""
    began = time.monotonic()
    with held(find_store(project), lock):
        done = project.spawn("--txselect-record", *arguments, ref=ref)
    assert time.monotonic() - began < SOON
    return done


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "xdist"])
@pytest.mark.parametrize("lock", LOCKS)
def test_whole_run(edited: SmallProject, lock: str, workers: tuple[str, ...]) -> None:
    """The suite ends as it would, the run says why it is not remembered, and the next one runs all that it ran in vain."""
    before, plain = read_kept(edited), edited.spawn(*workers, ref=None)
    done = run_beside(edited, lock, *workers)
    assert (ran(done), done.ret) == (ran(plain), plain.ret) == (sorted({*A, B, NEW}), 1)
    cure = "set TXSELECT_STORE_WAIT to wait longer; this run is not remembered [store-unusable]"
    assert said(done) == [
        f"txselect: {find_store(edited)}: database is locked, for more than {WAIT} seconds; {cure}"
    ]
    assert read_kept(edited) == before
    assert run_next(edited) == {*A, NEW}
    edited.spawn("--txselect-record", ref=None)
    assert run_next(edited) == {NEW}


def test_run_that_selects(edited: SmallProject) -> None:
    """A selection that cannot ask the store is made by the source, which is wider, and says so; nothing is forgotten."""
    before, known = read_kept(edited), run_next(edited)
    done = run_beside(edited, "alone", ref="HEAD")
    assert set(ran(done)) >= known
    lines = said(done)
    assert sum("its evidence is not used [store-unusable]" in line for line in lines) == 1
    assert sum("this run is not remembered [store-unusable]" in line for line in lines) == 1
    assert read_kept(edited) == before
    assert run_next(edited) == known


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf", ""])
def test_wait_that_is_none(edited: SmallProject, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """What is no number of seconds is said, and the run is not remembered; nothing at all is as if it were not set."""
    monkeypatch.setenv("TXSELECT_STORE_WAIT", value)
    done = edited.spawn("--txselect-record", ref=None)
    assert (len(ran(done)), done.ret) == (4, 1)
    cause = "no number of seconds from 0 to 86400; this run is not remembered [invalid-wait]"
    assert said(done) == ([f"txselect: TXSELECT_STORE_WAIT={value}: {cause}"] if value else [])
    monkeypatch.delenv("TXSELECT_STORE_WAIT")
    assert (NEW in read_kept(edited).tests) == (not value)


def test_selection_beside_damage(edited: SmallProject) -> None:
    """Evidence that turns out to be damaged while it is asked is done without, as if it could not be opened."""
    with closing(sqlite3.connect(find_store(edited))) as db:
        db.execute("UPDATE evidence SET users = x'80', pieces = x'80'")
        db.execute("UPDATE piece SET users = x'80'")
        db.commit()
    for ref in ("HEAD", "last"):
        done = edited.spawn(ref=ref)
        assert set(ran(done)) >= {*A, NEW}, done.errlines
        assert sum("recorded evidence cannot be read" in line for line in said(done)) == 1, said(done)
    strict = edited.spawn("--txselect-mode=recorded")
    assert strict.ret == pytest.ExitCode.USAGE_ERROR
    assert "recorded evidence cannot be read" in "\n".join(strict.errlines)
