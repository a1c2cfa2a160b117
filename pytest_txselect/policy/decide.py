"""The decision: from what is reached to what runs, each file with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_txselect.model import Edge, EdgeKind, FileChoice, Reason, ReasonKind, RepoPath, RunNone, RunSome
from pytest_txselect.project.tree import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.graph.reach import Reach
    from pytest_txselect.model import Changes, Doubt, Selection

__all__ = ["AffectedFiles", "Findings", "decide"]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that the decision is made of.

    Attributes:
        changes: what changed.
        reach: whom the changes reach.
        details: for each path that the search began with, what changed there.
        kinds: for those of them that are not simply changed files, the rule.
        partial: test files of which only some tests run, with the names of these; they are in no reach of
            their own.
        chosen: files that run whatever is reached, with the reason.
        below: folders below which everything runs, with the reason.
        tests: the test files of the head tree.
        doubts: what widened the selection.
    """

    changes: Changes
    reach: Reach
    details: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, ReasonKind] = field(default_factory=dict)
    partial: Mapping[RepoPath, frozenset[str]] = field(default_factory=dict)
    chosen: Mapping[RepoPath, Reason] = field(default_factory=dict)
    below: Mapping[str, Reason] = field(default_factory=dict)
    tests: tuple[RepoPath, ...] = ()
    doubts: tuple[Doubt, ...] = ()


class AffectedFiles(Mapping[RepoPath, FileChoice]):
    """The files that run, looked up in the reach: no value is made for a file before it is asked about.

    Args:
        found: what the decision is made of.
    """

    def __init__(self, found: Findings) -> None:
        self._found = found

    def __getitem__(self, path: RepoPath) -> FileChoice:
        found = self._found
        if path in found.chosen:
            return FileChoice(None, found.chosen[path])
        if path in found.reach:
            return FileChoice(None, explain_reach(found, path))
        names = found.partial[path]
        return FileChoice(names, Reason(ReasonKind.OWN_TEST, path, ", ".join(sorted(names))))

    def __iter__(self) -> Iterator[RepoPath]:
        found = self._found
        reached = (path for path in found.reach.ways if path.endswith(".py"))
        return iter(sorted({*reached, *found.partial, *found.chosen}))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, path: object) -> bool:
        found = self._found
        return path in found.chosen or path in found.reach or path in found.partial


def explain_reach(found: Findings, path: RepoPath, first: Iterable[Edge] = ()) -> Reason:
    """The reason of a path that is reached.

    Args:
        found: what the decision is made of.
        path: a path in the reach.
        first: edges in front of the chain, such as from a test file to its conftest.
    """
    chain = (*first, *found.reach.chain(path))
    origin = found.reach.origin(path)
    kind = found.kinds.get(origin, ReasonKind.REACHES if chain else ReasonKind.CHANGED)
    return Reason(kind, origin, found.details.get(origin, ""), chain)


def decide(found: Findings) -> Selection:
    """Decide what runs."""
    below = dict(found.below)
    for path in found.reach.ways:
        if path.endswith("conftest.py") and path.rpartition("/")[2] == "conftest.py":
            folder = folder_of(path)
            below.setdefault(
                folder, explain_reach(found, path, [Edge(RepoPath(folder), path, EdgeKind.CONFTEST)])
            )
    files = AffectedFiles(found)
    if (
        not below
        and not found.partial
        and not found.chosen
        and not any(path in files for path in found.tests)
    ):
        others = any(path.endswith(".py") for path in found.reach.ways)
        if not others:
            return RunNone(len(found.tests), found.changes, found.doubts)
    return RunSome(
        files,
        {RepoPath(folder): reason for folder, reason in below.items()},
        len(found.tests),
        found.changes,
        found.doubts,
    )
