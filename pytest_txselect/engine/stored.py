"""What is remembered, beside the project as it is."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_txselect.changes.git import find_repository
from pytest_txselect.engine.covered import Covered, read_coverage_file, read_covered
from pytest_txselect.engine.opened import Opened
from pytest_txselect.errors import GitError, UsageError
from pytest_txselect.store.audits import Safety, read_audits, weigh_audits
from pytest_txselect.store.evidence import RunNote, write_evidence
from pytest_txselect.store.names import EVIDENCE_FILE, read_scope
from pytest_txselect.store.overview import Overview, ScopeOverview, read_overview
from pytest_txselect.store.recorded import read_evidence

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_txselect.engine.request import Request
    from pytest_txselect.model import RepoPath

__all__ = ["Stored", "find_evidence_files", "import_coverage", "look_at_store"]


@dataclass(frozen=True, slots=True)
class Stored:
    """What is remembered.

    Attributes:
        folder: of the store.
        overview: what it has.
        tests: test files of the project; None where git cannot tell.
        safety: what past audits say.
    """

    folder: Path
    overview: Overview
    tests: frozenset[RepoPath] | None
    safety: Safety

    def covered(self, scope: ScopeOverview) -> int:
        """How many test files of the project have tests that are known."""
        return len(scope.files if self.tests is None else scope.files & self.tests)


def look_at_store(request: Request) -> Stored:
    """Look at the store of a project."""
    safety = weigh_audits(read_audits(request.store))
    try:
        opened = Opened(replace(request, ref="HEAD", deepen=False, remember=False))
        with contextlib.closing(opened):
            seen = opened.survey()
            project = opened.open_project(seen)
            tests = frozenset(project.test_files(seen.files))
    except GitError:
        return Stored(request.store, read_overview(request.store), None, safety)
    return Stored(request.store, read_overview(request.store), tests, safety)


def import_coverage(request: Request, file: Path) -> Covered:
    """Add what a coverage file says of tests of which no evidence is there.

    Raises:
        UsageError: the file cannot be used, or git cannot tell where the repository is.
        StoreError: the store cannot be read or written now.
    """
    try:
        repository = find_repository(request.pytest.rootdir, request.environment)
    except GitError as error:
        raise UsageError(error.slug, error.message) from error
    evidence = read_evidence(request.store, read_scope())
    known: set[str] = set()
    if evidence is not None:
        with contextlib.closing(evidence):
            known = {node for node, test in evidence.read_tests().items() if test.evidence is not None}
    below = os.path.relpath(os.path.realpath(request.pytest.rootdir), repository.top).replace(os.sep, "/")
    rootdir = "" if below == "." else below
    with contextlib.closing(read_coverage_file(file)) as data:
        covered = read_covered(data, repository.top, rootdir, known, file.stat().st_mtime)
    if covered.recording.tests:
        write_evidence(request.store, covered.recording, RunNote(read_scope()))
    return covered


def find_evidence_files(stores: Iterable[Path]) -> list[Path]:
    """The files of evidence of some stores, named by their folders or themselves.

    Raises:
        UsageError: one is not there.
    """
    found = []
    for store in stores:
        file = store / EVIDENCE_FILE if store.is_dir() else store
        if not file.is_file():
            raise UsageError(
                "unknown-store",
                f"{store}: has no recorded evidence; name a .txselect folder of a recorded run",
            )
        found.append(file)
    return found
