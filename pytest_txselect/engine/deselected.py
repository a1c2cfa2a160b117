"""Leaves out what pytest's own `-m` and `-k` would deselect again, though nothing of it was ever seen to run.

A file of which all tests are known but those that were deselected need not be collected for their sake, as long as nothing
is touched that ran while they were collected and deselected, and this run begins under the same circumstances.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from pytest_txselect.engine.chosen import find_choice
from pytest_txselect.model import ReasonKind, RunSome

if TYPE_CHECKING:
    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.evidence.circumstances import Circumstances
    from pytest_txselect.model import FileChoice

__all__ = ["leave_deselected"]


def leave_deselected(plan: Plan, circumstances: Circumstances) -> Plan:
    """The same selection without what would be deselected.

    Args:
        plan: what was selected by the change.
        circumstances: under which the run begins.
    """
    judged = plan.judged
    if judged is None or not judged.deselected or not isinstance(plan.selection, RunSome):
        return plan
    choices, unasked = dict(judged.choices), dict(judged.unasked)
    find_digest = cache(circumstances.digest)
    for path, parts in judged.deselected.items():
        choice = find_choice(plan, path)
        same = [(part, reason) for part, reason in parts if part.digest == find_digest(part.minded)]
        if choice is None or not same or not _is_whole(choice):
            continue
        part, reason = same[0]
        if reason is None:
            choices[path] = replace(choice, spared=part.functions) if path in judged.running else None
            unasked[path] = part
        elif path not in judged.running:  # collected for the sake of these tests alone
            choices[path] = replace(choice, reason=reason)
    return replace(plan, judged=replace(judged, choices=choices, unasked=unasked))


def _is_whole(choice: FileChoice) -> bool:
    """Whether a file runs for no more special reason than that something it may depend on has changed."""
    return choice.tests is None and choice.only is None and choice.reason.kind is not ReasonKind.ALWAYS
