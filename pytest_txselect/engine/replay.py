"""Past commits once more: what a selection would have run for each of them, and why."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.changes.borrowed import borrow_repository
from pytest_txselect.changes.git import Git, find_repository
from pytest_txselect.config import load_settings
from pytest_txselect.engine.chosen import list_choices
from pytest_txselect.engine.nodes import list_test_files
from pytest_txselect.engine.request import Silent
from pytest_txselect.engine.select import select
from pytest_txselect.engine.tally import tally_plan
from pytest_txselect.errors import GitError, TxSelectError, UsageError
from pytest_txselect.model import Reason, ReasonKind, RunAll
from pytest_txselect.project.pytest_config import find_pytest_config
from pytest_txselect.store.copying import copy_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_txselect.changes.borrowed import Borrowed
    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.engine.request import Request

__all__ = ["PastCommit", "Replayed", "list_commits", "replay"]

PLACES: Final = ("GIT_DIR", "GIT_WORK_TREE", "TXSELECT_RUN_ALL")
"""Variables that mean the user's own checkout, or the run that is going on."""


@dataclass(frozen=True, slots=True)
class PastCommit:
    """A commit with the one that it is compared with.

    Attributes:
        commit: its name.
        parent: its first parent.
        subject: the first line of its message.
    """

    commit: str
    parent: str
    subject: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What would have run for a commit.

    Attributes:
        past: the commit.
        changed: how many files changed.
        everything: whether everything would have run.
        files: how many test files would have run.
        total: how many there were.
        tests: how many tests would have run; of files of which not all tests are known by evidence, none count.
        counted: how many of the files count.
        reasons: why, with the number of files of each, the largest first; of everything the one reason.
        doubts: how many things widened the selection.
    """

    past: PastCommit
    changed: int
    everything: bool
    files: int
    total: int
    tests: int
    counted: int
    reasons: tuple[tuple[Reason, int], ...]
    doubts: int


def list_commits(request: Request, since: str, limit: int) -> list[PastCommit]:
    """The commits between a revision and HEAD, newest first, along first parents.

    Args:
        request: where the repository is.
        since: the revision, which is not among them.
        limit: of how many at most.

    Raises:
        UsageError: there is no such revision.
        GitError: git cannot tell.
    """
    git = Git(find_repository(request.pytest.rootdir, request.environment), request.environment)
    span = f"{git.resolve_commit(since)}..HEAD"
    form = "--format=%H%x00%P%x00%s"
    out = git.run(
        "log", "-z", "--first-parent", "--no-show-signature", f"--max-count={limit}", form, span, "--"
    )
    fields = out.decode("utf-8", "replace").split("\0")
    commits = []
    for at in range(0, len(fields) - 2, 3):
        commit, parents, subject = fields[at : at + 3]
        if parents:
            commits.append(PastCommit(commit.strip(), parents.split(" ")[0], subject))
    return commits


def replay(request: Request, commits: Sequence[PastCommit]) -> Iterator[Replayed]:
    """Select for each commit, in a repository of our own that borrows from the user's.

    What the store knows is used from a copy; nothing of it is changed.

    Raises:
        UsageError: git cannot make that repository.
        OSError: there is no room for it.
    """
    environment = {name: value for name, value in request.environment.items() if name not in PLACES}
    with tempfile.TemporaryDirectory(prefix="txselect-audit-") as place:
        folder, store = Path(place, "tree"), Path(place, "store")
        try:
            git = Git(find_repository(request.pytest.rootdir, request.environment), request.environment)
            borrowed = borrow_repository(git, folder, environment)
        except GitError as error:
            raise UsageError(error.slug, error.message) from error
        copy_store(request.store, store)
        below = os.path.relpath(os.path.realpath(request.pytest.rootdir), git.repository.top)
        quiet = replace(
            request, environment=environment, store=store, progress=Silent(), deepen=False, remember=True
        )
        for past in commits:
            yield _replay_one(quiet, borrowed, past, folder / below)


def _replay_one(request: Request, borrowed: Borrowed, past: PastCommit, rootdir: Path) -> Replayed:
    """Select for one commit; what cannot be done is a reason to run everything, as it would have been then."""
    try:
        borrowed.show(past.commit)
        found = find_pytest_config(rootdir, environ=request.environment)
        settings = load_settings(found.rootdir).settings
        plan = select(replace(request, ref=past.parent, pytest=found, settings=settings))
    except TxSelectError as error:
        reason = Reason(ReasonKind.DOUBT, detail=error.message)
        return Replayed(
            past, 0, everything=True, files=0, total=0, tests=0, counted=0, reasons=((reason, 0),), doubts=1
        )
    return _sum_up(past, plan)


def _sum_up(past: PastCommit, plan: Plan) -> Replayed:
    """How much would have run, and why."""
    selection = plan.selection
    changed = len(selection.changes.files) if selection.changes else 0
    total = len(list_test_files(plan))
    if isinstance(selection, RunAll):
        reasons: tuple[tuple[Reason, int], ...] = ((replace(selection.reason, chain=()), total),)
        return Replayed(past, changed, True, total, total, 0, 0, reasons, len(selection.doubts))  # noqa: FBT003
    tally = tally_plan(plan)
    known = frozenset(list_test_files(plan))  # others are data, which may be tests, but are not counted
    causes = Counter(replace(choice.reason, chain=()) for path, choice in list_choices(plan) if path in known)
    return Replayed(
        past,
        changed,
        everything=False,
        files=tally.files,
        total=total,
        tests=tally.tests,
        counted=tally.counted,
        reasons=tuple(causes.most_common()),
        doubts=len(selection.doubts),
    )
