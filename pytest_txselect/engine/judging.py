"""Selection by evidence: of the tests that the graph reaches, those whose recorded evidence the change touches.

What a test did when it was recorded holds for the files as they were then. Where these differ from the base or from
the head, and the difference touches what the test did, the graph alone decides, as it does for tests that were never
seen and for those whose evidence has gaps. Tests that failed run until they pass. All others would do the same again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.chosen import find_reached
from pytest_txselect.engine.namesakes import find_namesakes
from pytest_txselect.engine.nodes import qualname_of
from pytest_txselect.engine.recorded import Version
from pytest_txselect.evidence.evidence import Gap
from pytest_txselect.model import ChangeKind, FileChoice, Reason, ReasonKind, RunSome
from pytest_txselect.policy.surroundings import MODULE
from pytest_txselect.project.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.engine.recorded import Evidence
    from pytest_txselect.engine.touching import Affected, Touching
    from pytest_txselect.model import Change, RepoPath
    from pytest_txselect.store.deselected import DeselectedPart
    from pytest_txselect.store.recorded import KnownTest

__all__ = ["Judged", "judge_evidence"]

GAPPED: Final = "its evidence does not say all"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the evidence says.

    Attributes:
        choices: test files of which the graph's choice is not the last word; None for one of which nothing runs.
        known: number of tests whose evidence says all.
        seen: number of tests seen at all.
        revision: HEAD of the newest recording; empty where there was none.
        reasons: why tests run, by node id; of those that were seen.
        running: files of which tests run that were seen.
        deselected: what was deselected of files that have tests of which nothing else is known, in the version that they
            have now: each with why it may be selected now, None where it would be deselected again.
        unasked: of these what is not collected in this run, which begins under the same circumstances.
    """

    choices: Mapping[RepoPath, FileChoice | None]
    known: int
    seen: int
    revision: str
    reasons: Mapping[str, Reason]
    running: frozenset[RepoPath] = frozenset()
    deselected: Mapping[RepoPath, tuple[tuple[DeselectedPart, Reason | None], ...]] = field(
        default_factory=dict
    )
    unasked: Mapping[RepoPath, DeselectedPart] = field(default_factory=dict)


def judge_evidence(
    evidence: Evidence,
    plan: Plan,
    changes: Iterable[tuple[Change, bytes | None]],
    ends: tuple[End, ...],
    *,
    since: bool,
) -> Judged:
    """Decide about the tests that were seen.

    Args:
        evidence: what was recorded.
        plan: what the graph says.
        changes: what changed since the base, with the bytes of Python files there.
        ends: the graphs, that of the head first.
        since: whether the question is what changed since the base; otherwise, since each test last ran.
    """
    touching: Touching | None = None
    if isinstance(plan.selection, RunSome):  # else nothing is touched
        touching = _compare_all(evidence, ends, dict(changes) if since else {}, since=since)
        reached = plan.found.reach.ways if plan.found is not None else ()
        touching.add_declared({*reached, *(change.path for change in plan.selection.changes.files)})
    affected = touching.affected if touching is not None else None
    gaps = frozenset(evidence.store.find_gapped(~Gap.NONE))
    running: dict[RepoPath, dict[str, Reason]] = {}
    resting: dict[RepoPath, set[str]] = {}
    for node, test in evidence.tests.items():
        reason = _must_run(node, test, affected, gaps)
        if reason is None:
            resting.setdefault(test.path, set()).add(node)
        else:
            running.setdefault(test.path, {})[node] = reason
    if touching is not None:
        _keep_sentinels(touching, running, resting)
        touching.around.remember()
    known = sum(test.evidence is not None and node not in gaps for node, test in evidence.tests.items())
    choices = _choose(evidence, plan, running, resting)
    reasons = {node: reason for nodes in running.values() for node, reason in nodes.items()}
    files, parts = frozenset(running), _judge_deselected(evidence, affected, gaps)
    return Judged(choices, known, len(evidence.tests), evidence.store.read_revision(), reasons, files, parts)


def _judge_deselected(
    evidence: Evidence, affected: Affected | None, gaps: frozenset[str]
) -> dict[RepoPath, tuple[tuple[DeselectedPart, Reason | None], ...]]:
    """What may be selected now of what was deselected, in files as they are, and what would be deselected again."""
    found: dict[RepoPath, list[tuple[DeselectedPart, Reason | None]]] = {}
    for name, part in evidence.parts.items():
        if evidence.knows_all(part.path) or not evidence.holds(Version(part.path, part.blob)):
            continue
        reason = affected.find(name) if affected is not None else None
        if reason is None and name in gaps:
            reason = Reason(ReasonKind.REACHES, part.path, GAPPED)
        found.setdefault(part.path, []).append((part, reason))
    broken = _find_broken(evidence) if found else ()
    return {path: tuple(parts) for path, parts in found.items() if path not in broken}


def _compare_all(
    evidence: Evidence,
    ends: tuple[End, ...],
    changes: Mapping[Change, bytes | None],
    *,
    since: bool,
) -> Touching:
    """Compare every version that was used with the head, and, where the head differs from the base, with the base."""
    from pytest_txselect.engine.surroundings import HeadSurroundings  # noqa: PLC0415 - slow to import
    from pytest_txselect.engine.touching import Touching  # noqa: PLC0415 - likewise

    around = HeadSurroundings(evidence.project, ends, evidence)
    touching = Touching(evidence, ends, around, since=since)
    bases = {change.path: (change, old) for change, old in changes.items()}
    moved = {folder_of(change.path) for change in changes if change.kind is not ChangeKind.MODIFIED}
    for path, versions in sorted(evidence.versions.items()):
        for version in versions:
            others: list[bytes | None] = []
            if not evidence.holds(version):
                others.append(around.source(path) if path in evidence.keys else None)
            if path in bases and version.blob != bases[path][0].old:
                others.append(bases[path][1])
            elif path in moved and path not in bases:  # a folder of which the base has another listing
                others.append(None)
            _compare(touching, version, others)
    _look_at_others(touching, changes)
    return touching


def _look_at_others(touching: Touching, changes: Mapping[Change, bytes | None]) -> None:
    """Who may depend on a changed file, or on one that shares its name, which nobody was seen to use."""
    evidence = touching.evidence
    for change, old in changes.items():
        if change.path.endswith(".py") and change.path not in evidence.versions:
            if change.kind is ChangeKind.MODIFIED:
                touching.compare_unused(change.path, old, touching.around.source(change.path))
            else:
                touching.reach_file(change.path, f"file {change.kind}", None)
        elif not change.path.endswith(".py") and _is_out_of_sight(change, evidence):
            touching.look(change.path, f"file {change.kind}")
    moved = [change.path for change in changes if change.kind is not ChangeKind.MODIFIED]
    for edge in find_namesakes(evidence.project, touching.ends, moved):
        touching.reach_file(edge.source, f"{edge.target} has its name", None)


def _is_out_of_sight(change: Change, evidence: Evidence) -> bool:
    """Whether tests may use a file that is no code without opening it.

    They ask whether it is there, or, if nobody opened it, how it is (`os.stat`); or a library opens it that is no Python.
    """
    if change.kind in {ChangeKind.ADDED, ChangeKind.DELETED}:
        return True
    return not any(evidence.using(evidence.others(each)) for each in evidence.versions.get(change.path, ()))


def _compare(touching: Touching, version: Version, others: Sequence[bytes | None]) -> None:
    """Compare a version with other ones; what that finds concerns the tests that may have run with it, and no others.

    A file has many versions in a store that is some weeks old, most of which no test stands on any more.
    """
    if not others:
        return
    evidence = touching.evidence
    strangers = evidence.strangers(version)
    if not evidence.using([*evidence.pieces(version), *evidence.others(version)]) and strangers.issuperset(
        touching.find_reaching(version.path)
    ):
        return
    start = len(touching.affected.groups)
    for other in others:
        touching.compare(version, other, data=True)
    found = touching.affected.groups[start:]
    touching.affected.groups[start:] = [(nodes - strangers, reason) for nodes, reason in found]


def _must_run(node: str, test: KnownTest, affected: Affected | None, gaps: frozenset[str]) -> Reason | None:
    """Why a test runs, where the graph reaches it; None where it would do the same again."""
    if test.outcome == "failed":
        return Reason(ReasonKind.LAST_FAILED, test.path)
    if test.evidence is None:
        return Reason(ReasonKind.UNSEEN, test.path, "was never seen to end")
    found = affected.find(node) if affected is not None else None
    if found is None and node in gaps:
        return Reason(ReasonKind.REACHES, test.path, GAPPED)
    return found


def _keep_sentinels(
    touching: Touching, running: dict[RepoPath, dict[str, Reason]], resting: dict[RepoPath, set[str]]
) -> None:
    """An edit may break the import of its file: at least one test that imports it runs, the cheapest."""
    evidence = touching.evidence
    found = [
        (
            path,
            evidence.using(evidence.pieces(version, MODULE)),
            f"{detail}; the cheapest test that imports the file",
        )
        for path, (detail, version) in touching.imports.items()
    ]
    found += [
        (
            path,
            touching.find_reaching(path),
            f"{detail}; no test uses the file, this one is the cheapest that may",
        )
        for path, detail in touching.unused.items()
    ]
    for path, nodes, detail in found:
        known = {node: evidence.tests[node] for node in nodes if node in evidence.tests}
        if not known or any(node in running.get(test.path, ()) for node, test in known.items()):
            continue
        cheapest, test = min(known.items(), key=lambda pair: (pair[1].seconds, pair[0]))
        running.setdefault(test.path, {})[cheapest] = Reason(ReasonKind.SENTINEL, path, detail)
        resting.get(test.path, set()).discard(cheapest)


def _choose(
    evidence: Evidence,
    plan: Plan,
    running: Mapping[RepoPath, Mapping[str, Reason]],
    resting: Mapping[RepoPath, set[str]],
) -> dict[RepoPath, FileChoice | None]:
    """Refine the graph's choice of every test file of which tests were seen."""
    choices: dict[RepoPath, FileChoice | None] = {}
    for path in sorted({*running, *resting}):
        choice = find_reached(plan, path)
        runs = running.get(path, {})
        failed = {node: reason for node, reason in runs.items() if reason.kind is ReasonKind.LAST_FAILED}
        if choice is not None and choice.tests is not None and failed:  # an edit of other tests in their file
            names = {qualname_of(node).rpartition(".")[2] for node in failed}
            choices[path] = choice = replace(choice, tests=choice.tests | names)
        if choice is None:
            if failed and path in evidence.keys:
                choices[path] = FileChoice(None, next(iter(failed.values())), only=frozenset(failed))
        elif choice.reason.kind is ReasonKind.ALWAYS or not resting.get(path):
            continue
        elif not runs and evidence.knows_all(path):
            choices[path] = None
        else:
            reason = next(iter(runs.values()), choice.reason)
            choices[path] = FileChoice(choice.tests, reason, left=frozenset(resting[path]))
    for path in _find_broken(evidence):
        choices[path] = FileChoice(None, Reason(ReasonKind.LAST_FAILED, path))
    return choices


def _find_broken(evidence: Evidence) -> list[RepoPath]:
    """Test files of which nobody could see the tests when they last were to be collected: all of each runs."""
    broken = evidence.broken
    if not broken:
        return []
    below = tuple(f"{path}/" for path in broken)
    files = evidence.project.test_files(evidence.keys)
    return [path for path in files if path in broken or path.startswith(below)]
