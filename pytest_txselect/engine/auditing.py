"""A selection beside a run of everything: what it would have run, what it would have missed, and by which edge."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_txselect.engine.contents import read_content
from pytest_txselect.engine.nodes import find_definitions
from pytest_txselect.engine.witness import Witness
from pytest_txselect.model import RepoPath
from pytest_txselect.store.names import read_scope
from pytest_txselect.store.recorded import read_evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pytest_txselect.engine.plan import Plan

__all__ = ["Audit", "MissingEdge", "Observed", "audit_run", "find_missing_edges"]


@dataclass(frozen=True, slots=True)
class Observed:
    """A test, or a file that could not be collected, as it went.

    Attributes:
        node: its node id.
        failed: whether any phase of its last attempt failed.
        seconds: set-up, call and tear-down.
        chosen: whether the selection has it.
        frames: files and lines of its traceback.
    """

    node: str
    failed: bool
    seconds: float
    chosen: bool
    frames: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """What became of a selection beside a run of everything.

    Attributes:
        tests: how many ran.
        chosen: those that the selection has.
        seconds: of all.
        spared: seconds of those that the selection does not have.
        failures: how many failed.
        missed: those of these that the selection does not have.
    """

    tests: int
    chosen: int
    seconds: float
    spared: float
    failures: int
    missed: tuple[Observed, ...]


@dataclass(frozen=True, slots=True)
class MissingEdge:
    """From a test to a changed file that it used, though the selection knows no way.

    Attributes:
        target: the changed file.
        line: where the test was in it; 0 where nobody knows.
        how: what the test did there ("executed `pkg.core.f`, whose body changed").
    """

    target: RepoPath
    line: int
    how: str


def audit_run(observed: Iterable[Observed]) -> Audit:
    """Compare what ran with what would have run."""
    every = list(observed)
    return Audit(
        tests=len(every),
        chosen=sum(each.chosen for each in every),
        seconds=sum(each.seconds for each in every),
        spared=sum(each.seconds for each in every if not each.chosen),
        failures=sum(each.failed for each in every),
        missed=tuple(each for each in every if each.failed and not each.chosen),
    )


def find_missing_edges(plan: Plan, observed: Observed, store: Path) -> list[MissingEdge]:
    """Name the edges that would have selected a test: to changed files in its evidence, or in its traceback.

    Args:
        plan: the selection.
        observed: the test.
        store: folder of the store, in which the run may have been recorded by now.

    Raises:
        StoreError: recorded evidence cannot be read.
        GitError: git does not have the old version of a file.
    """
    found = {edge.target: edge for edge in _find_used(plan, observed.node, store)}
    for edge in _find_in_traceback(plan, observed):
        found.setdefault(edge.target, edge)
    return list(found.values())


def _find_used(plan: Plan, node: str, store: Path) -> Iterator[MissingEdge]:
    """Changed files that the test used, by its evidence; those of which it executed what changed come first."""
    evidence = read_evidence(store, read_scope())
    if evidence is None:
        return
    witness = Witness(evidence, plan)
    try:
        shares = list(witness.tell_shares(node, neutral=True))
    finally:
        witness.close()
    for share in shares:
        for each in share.executed[:1]:
            yield MissingEdge(share.path, each.line, f"it executed `{each.name}`, {each.what}")
    for share in shares:
        if not share.executed and share.opened:
            yield MissingEdge(share.path, 0, "it opened or listed it")
        elif not share.executed and share.others:
            yield MissingEdge(
                share.path, 0, f"it executed code of it, and {share.detail or 'something'} changed"
            )


def _find_in_traceback(plan: Plan, observed: Observed) -> Iterator[MissingEdge]:
    """Changed files in the traceback, the innermost first."""
    changes = plan.selection.changes
    if plan.project is None or changes is None:
        return
    changed = {change.path for change in changes.files}
    top = os.path.realpath(plan.project.git.repository.top)
    rootdir = os.path.join(top, plan.project.rootdir)  # noqa: PTH118 - surrogates survive
    for place, line in reversed(observed.frames):
        full = os.path.realpath(os.path.join(rootdir, place))  # noqa: PTH118 - likewise
        path = RepoPath(os.path.relpath(full, top).replace(os.sep, "/"))
        if path in changed:
            source = read_content(plan.project, plan.ends, path) or b""
            above = [name for name, first in find_definitions(source).items() if first <= line]
            inside = f" (`{above[-1]}`)" if above else ""
            yield MissingEdge(path, line, f"it is in the traceback{inside}")
