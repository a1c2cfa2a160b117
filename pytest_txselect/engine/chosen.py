"""What of a selection concerns the test files: each that runs, with what runs of it and why; and why another does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from pytest_txselect.engine.bystanders import find_bystanders
from pytest_txselect.model import FileChoice, Reason, RepoPath, RunAll, RunNone, RunSome
from pytest_txselect.project.tree import ancestors, file_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.engine.plan import Plan

__all__ = ["find_choice", "find_reached", "list_choices", "list_parts"]


def find_choice(plan: Plan, path: RepoPath) -> FileChoice | None:
    """What runs of a file, and why; None where nothing of it does. Evidence has the last word where it speaks of the file."""
    if plan.judged is not None and path in plan.judged.choices:
        return plan.judged.choices[path]
    return find_reached(plan, path)


def find_reached(plan: Plan, path: RepoPath) -> FileChoice | None:
    """What the graph alone says runs of a file."""
    selection = plan.selection
    match selection:
        case RunAll(reason=reason):
            return FileChoice(None, reason)
        case RunNone():
            return None
        case RunSome(files=files, below=below):
            choice = files.get(path)
            if choice is not None and choice.tests is None:
                return choice
            for folder in ancestors(path):
                above = below.get(RepoPath(folder))
                if above is not None:
                    return FileChoice(None, _begin_at(above, path))
            return choice
        case _:
            assert_never(selection)


def _begin_at(reason: Reason, path: RepoPath) -> Reason:
    """The reason of everything below a folder, told of one file in it."""
    if not reason.chain:
        return reason
    first, *rest = reason.chain
    if file_name(first.target) == file_name(path) == "conftest.py":
        return reason
    return replace(reason, chain=(replace(first, source=path), *rest))


def list_choices(plan: Plan) -> Iterator[tuple[RepoPath, FileChoice]]:
    """The test files that run, in order; one at a time, however many they are."""
    for path, part in list_parts(plan):
        choice = part or find_choice(plan, path)
        if choice is not None:
            yield path, choice


def list_parts(plan: Plan) -> Iterator[tuple[RepoPath, FileChoice | None]]:
    """As `list_choices`, but None for a file of which all runs since the graph says so: to tell why takes longer."""
    found = plan.found
    judged = plan.judged.choices if plan.judged else {}
    paths = () if found is None else (*found.tests, *found.chosen, *found.partial)
    graph = isinstance(plan.selection, RunSome)
    for path in sorted({*paths, *judged} - find_bystanders(plan)):
        if (
            graph
            and found is not None
            and path not in judged
            and (path in found.chosen or path in found.reach)
        ):
            yield path, None
            continue
        choice = find_choice(plan, path)
        if choice is not None:
            yield path, choice
