"""How many tests each marker rule marks, counted in the source: nothing is imported, nothing runs."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_txselect.engine.classes import Classes, KnownClass
from pytest_txselect.engine.ends import find_ends
from pytest_txselect.engine.opened import Opened
from pytest_txselect.engine.suite import Suite
from pytest_txselect.policy.marking import Marking, find_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_txselect.config.settings import MarkerRule
    from pytest_txselect.engine.request import Request

__all__ = ["RuleCount", "count_marked"]


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What a rule marks.

    Attributes:
        rule: the rule.
        tests: number of test functions, each counted in every class that has it, whatever its parameters.
        files: number of their files.
        unknown: bases that no file defines, each with the nearest name that one does; empty for none.
    """

    rule: MarkerRule
    tests: int
    files: int
    unknown: Mapping[str, str]


def count_marked(request: Request) -> list[RuleCount]:
    """Count what each of the configured rules marks in the work tree, in their order.

    Args:
        request: what is asked for; its `ref` does not matter.

    Raises:
        GitError: there is no repository, or git cannot tell which files there are.
    """
    rules = request.settings.markers
    opened = Opened(replace(request, ref="HEAD", deepen=False))
    try:
        seen = opened.survey()
        project = opened.open_project(seen)
        _, keys = find_ends(opened.git, seen)
    finally:
        opened.close()
    classes = Classes(project, keys)
    suite = Suite(classes, [name for rule in rules for name in rule.bases if "." in name])
    found = _count(suite, rules, request)
    return [
        RuleCount(rule, *found[id(rule)], dict(_find_unknown(rule, classes) if rule.bases else ()))
        for rule in rules
    ]


def _count(suite: Suite, rules: tuple[MarkerRule, ...], request: Request) -> dict[int, tuple[int, int]]:
    """Number of tests and of files for each rule, by its identity: two rules may be equal."""
    marking = Marking(rules)
    tests = dict.fromkeys(map(id, rules), 0)
    files = dict.fromkeys(map(id, rules), 0)
    request.progress.begin("reading test files", len(suite.files))
    try:
        for path in suite.files:
            marked: list[int] = []
            for group in suite.groups(path):
                candidates = marking.narrow(group)
                for name, fixtures in group.tests() if candidates else ():
                    marked += map(id, find_rules(candidates, name, fixtures))
            for number in marked:
                tests[number] += 1
            for number in set(marked):
                files[number] += 1
            request.progress.step(1)
    finally:
        request.progress.end()
    return {number: (tests[number], files[number]) for number in tests}


def _find_unknown(rule: MarkerRule, classes: Classes) -> Iterator[tuple[str, str]]:
    """The bases that no file defines, each with the nearest known name."""
    for base in rule.bases:
        last = base.rpartition(".")[2]
        renamed = "." in base and isinstance(classes.find_anywhere(base), KnownClass)
        if last not in classes.names and not renamed:
            near = difflib.get_close_matches(last, sorted(classes.names), n=1, cutoff=0.6)
            yield base, near[0] if near else ""
