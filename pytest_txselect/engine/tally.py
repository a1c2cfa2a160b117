"""How much runs, counted once for all who tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_txselect.engine.chosen import list_parts

if TYPE_CHECKING:
    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.model import FileChoice, RepoPath

__all__ = ["Tally", "tally_plan"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How much of the suite runs.

    Attributes:
        files: test files of which something runs.
        single: test functions of files of which the source says that only these run.
        counted: those of the files whose tests are known, by recorded runs.
        tests: how many of their tests run; a function that is new counts as one.
    """

    files: int
    single: int
    counted: int
    tests: int


def tally_plan(plan: Plan) -> Tally:
    """Count; data files that a conftest turns into tests count as none."""
    files = single = counted = tests = 0
    known = frozenset(plan.found.tests if plan.found else ())
    for path, choice in list_parts(plan):
        files += path in known
        single += len(choice.tests or ()) if choice else 0
        number = _count_tests(plan, path, choice) if path in known else None
        if number is not None:
            counted += 1
            tests += number
    return Tally(files, single, counted, tests)


def _count_tests(plan: Plan, path: RepoPath, choice: FileChoice | None) -> int | None:
    """How many tests of a file run; None where nobody knows."""
    if plan.known is None:
        return None
    if choice is None:
        return plan.known.numbers.get(path)
    if choice.only is not None:
        return len(choice.only)
    if path in plan.known.listed and choice.left:
        from pytest_txselect.engine.nodes import node_ids  # noqa: PLC0415 - where single tests are known only

        return len(node_ids(plan, path, choice))
    return plan.known.numbers.get(path) if choice.tests is None and not choice.left else None
