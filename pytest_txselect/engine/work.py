"""What of a selection can be handed to others as a list: test files and tests, and files with examples."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_txselect.engine.chosen import find_choice
from pytest_txselect.engine.examples import find_collected
from pytest_txselect.engine.nodes import list_test_files, node_ids
from pytest_txselect.engine.opened import Opened
from pytest_txselect.engine.plan import Plan
from pytest_txselect.errors import GitError
from pytest_txselect.model import Reason, ReasonKind, RunAll
from pytest_txselect.project.disk import find_test_files

if TYPE_CHECKING:
    from pytest_txselect.engine.request import Request

__all__ = ["Work", "find_head", "list_work", "plan_everything"]


@dataclass(frozen=True, slots=True)
class Work:
    """What runs, relative to the rootdir, in order.

    Attributes:
        tests: files, and of files of which only some tests run, the node ids of these.
        examples: other files, whose examples run.
        known: every test file there is, selected or not.
    """

    tests: tuple[str, ...]
    examples: tuple[str, ...]
    known: tuple[str, ...]


def plan_everything(request: Request) -> Plan:
    """Make the plan that holds without a change to look at: everything runs.

    Args:
        request: what is asked for; its `ref` does not matter.
    """
    selection = RunAll(Reason(ReasonKind.ASKED, detail="no change was named"))
    try:
        opened = Opened(replace(request, ref="HEAD", deepen=False))
        with contextlib.closing(opened):
            seen = opened.survey()
            project = opened.open_project(seen)
    except GitError:  # without a repository the folders say which files there are
        return Plan(selection)
    return Plan(selection, project=project, files=seen.files.keys())


def list_work(plan: Plan, request: Request) -> Work:
    """List what a selection runs.

    Args:
        plan: the selection.
        request: what it was made for.
    """
    if plan.project is None:
        files = tuple(sorted(find_test_files(request.pytest)))
        return Work(files, (), files)
    known = sorted(list_test_files(plan))
    tests: list[str] = []
    for path in known:
        choice = find_choice(plan, path)
        if choice is not None:
            tests += node_ids(plan, path, choice)
    relative = plan.project.relative
    others = [path for path in sorted(set(plan.files) - set(known)) if find_choice(plan, path) is not None]
    examples = [relative(path) for path in find_collected(plan.project, others)]
    return Work(tuple(tests), tuple(examples), tuple(relative(path) for path in known))


def find_head(plan: Plan) -> str:
    """HEAD of the repository; empty where there is none."""
    if plan.project is None:
        return ""
    try:
        return plan.project.git.resolve_commit("HEAD")
    except GitError:
        return ""
