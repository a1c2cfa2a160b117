"""Edits of a recorded project: which tests run, checked against a full run of the edited project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from recorded_project import RecordedProject
from small_project import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Case", "Recorded", "check", "make", "make_tests", "outcomes", "record", "replace", "select"]


class Recorded(Protocol):
    """Makes projects."""

    def __call__(self, files: Mapping[str, str]) -> Path:
        """A folder with a project of these files, committed and recorded; nobody may change it."""


RESULT: Final = re.compile(r"^(PASSED|FAILED|ERROR) \S+?::(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """An edit of one project.

    Attributes:
        files: the project before.
        edits: files after.
        selected: names of the tests that run.
    """

    files: Mapping[str, str]
    edits: Mapping[str, str]
    selected: frozenset[str] = field(default_factory=frozenset)


def make_tests(**bodies: str) -> str:
    """A test file; lines of a body are separated by semicolons."""
    return "\n".join(
        f"def test_{name}():\n" + "".join(f"    {line.strip()}\n" for line in body.split(";"))
        for name, body in bodies.items()
    )


def replace(text: str, old: str, new: str) -> str:
    """A text with one edit."""
    assert old in text
    return text.replace(old, new)


def outcomes(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """The outcome of each test by its bare name."""
    return {name.removeprefix("test_"): outcome for outcome, name in RESULT.findall(done.stdout)}


def make(folder: Path, files: Mapping[str, str]) -> RecordedProject:
    """Make a project in a folder, and commit it."""
    project = RecordedProject(folder).write({"pytest.ini": "[pytest]\n", ".gitignore": ".*/\n", **files})
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "all")):
        subprocess.run(["git", *words], cwd=folder, check=True, env={**os.environ, **IDENTITY})
    return project


def record(folder: Path, files: Mapping[str, str]) -> Path:
    """Make a project in a folder, commit it, and record its tests, which pass."""
    project = make(folder, files)
    before = project.run()
    assert set(outcomes(before).values()) == {"PASSED"}, before.stdout
    return folder


def select(edits: Mapping[str, str], recorded: Path, copy: Path) -> set[str]:
    """The tests that are selected after an edit; no other test newly fails.

    Args:
        edits: files after it.
        recorded: the project, recorded.
        copy: where the edited one goes.
    """
    shutil.copytree(recorded, copy, symlinks=True)
    project = RecordedProject(copy).write(edits)
    selected = outcomes(
        project.run("--impacted-by=HEAD", "--no-txselect-record", record=False, measured=True)
    )
    full = outcomes(project.run("-p", "no:txselect", record=False))
    assert full
    assert {test for test, outcome in full.items() if outcome != "PASSED"} <= set(selected)
    return set(selected)


def check(case: Case, recorded: Recorded, copy: Path) -> None:
    """Selected are exactly the tests of the case, and no other test newly fails.

    Args:
        case: the case.
        recorded: makes a project of files, recorded; see the fixture of that name.
        copy: where the edited one goes.
    """
    selected = select(case.edits, recorded(case.files), copy)
    assert selected >= case.selected, (selected, case.selected)
    if sys.version_info >= (3, 12):  # below, what is imported within a test is not told apart from the rest
        assert selected == case.selected, (selected, case.selected)
