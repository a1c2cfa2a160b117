"""`txselect explain`: why a test or a file runs, or why it does not.

Nothing of the project is executed to find out: the answer comes from the text of its files and from git.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_txselect.cli.asking import add_examples, add_ref_arguments, make_plan, make_request
from pytest_txselect.cli.terminal import open_terminal
from pytest_txselect.cli.testify import tell_nodes
from pytest_txselect.engine.ask import open_graph
from pytest_txselect.engine.chosen import find_choice, find_reached, list_choices
from pytest_txselect.engine.contents import read_content
from pytest_txselect.engine.examples import find_collected
from pytest_txselect.engine.explaining import Nearest, find_why_not
from pytest_txselect.engine.lines import LineFinder
from pytest_txselect.engine.neighbours import Neighbours
from pytest_txselect.engine.nodes import list_test_files
from pytest_txselect.engine.targets import Target, check_symbol, find_target
from pytest_txselect.engine.witness import open_witness
from pytest_txselect.model import FileChoice, ReasonKind, RepoPath, RunAll
from pytest_txselect.project.tree import file_name
from pytest_txselect.wording import (
    count,
    find_lines,
    render_changes,
    render_deselected,
    render_doubts,
    render_edge,
    render_reason,
    render_short,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.engine.project import Project
    from pytest_txselect.engine.request import Request

__all__ = ["EXAMPLES", "add_arguments", "run"]

EXAMPLES: Final = """\
examples:
  why does this file run on my branch, or why not?
    txselect explain tests/test_api.py --impacted-by origin/main
  and this test, as pytest spells it?
    txselect explain 'tests/test_api.py::test_get[a-1]' --impacted-by HEAD
"""
SHOWN_CHANGES: Final = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_examples(parser, EXAMPLES)
    parser.add_argument("target", metavar="NODEID-OR-FILE", help="a test file, a test, or any other file")
    add_ref_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Explain."""
    terminal = open_terminal()
    request = make_request(args, terminal)
    plan = make_plan(request)
    for line in render_doubts(plan):
        terminal.notice(line)
    for number, line in enumerate(explain(args.target, plan, request)):
        terminal.write(terminal.style(line, *(() if number else ("bold",))))
    return 0


def explain(text: str, plan: Plan, request: Request) -> Iterator[str]:
    """Answer in lines.

    Args:
        text: what is asked about.
        plan: the selection.
        request: what it was made for.

    Raises:
        UsageError: there is no such file or test.
    """
    project = plan.project
    if project is None:
        assert isinstance(plan.selection, RunAll)  # noqa: S101 - without a repository nothing is left out
        yield f"{text}: runs, as every test"
        yield f"    {render_short(plan.selection.reason)}"
        return
    files = {*plan.files, *(path for end in plan.ends for path in end.tree.keys)}
    target = find_target(text, project, files, Path.cwd())
    source = read_content(project, plan.ends, target.path) if target.path.endswith(".py") else None
    check_symbol(target, source or b"")
    if (
        target.path in list_test_files(plan)
        or _is_chosen(plan, target.path)
        or _has_examples(plan, target.path)
    ):
        known = list(_explain_known(target, plan, request))
        yield from known or _explain_test(target, plan, request)
        if not target.symbol and find_reached(plan, target.path) is not None:
            yield from (f"    {line}" for line in render_deselected(plan, target.path))
    else:
        yield from _explain_other(target, plan)


def _is_chosen(plan: Plan, path: RepoPath) -> bool:
    return plan.found is not None and path in plan.found.chosen


def _has_examples(plan: Plan, path: RepoPath) -> bool:
    """Whether a file that is no module is collected for its examples."""
    assert plan.project is not None  # noqa: S101 - a target is of a project
    return not path.endswith(".py") and any(True for _ in find_collected(plan.project, [path]))


def _explain_known(target: Target, plan: Plan, request: Request) -> Iterator[str]:
    """What recorded runs say; nothing where they do not have the last word."""
    choice = find_choice(plan, target.path)
    if choice is None and find_reached(plan, target.path) is None:
        return
    if choice is not None and choice.reason.kind is ReasonKind.ALWAYS:
        return
    witness = open_witness(request, plan)
    if witness is None:
        return
    with closing(witness):
        nodes = witness.find_nodes(target)
        if nodes:
            title = f"{_title(target, plan)}{target.parameters}"
            yield from tell_nodes(title, nodes, choice, plan, witness)


def _explain_test(target: Target, plan: Plan, request: Request) -> Iterator[str]:
    choice = find_choice(plan, target.path)
    title = _title(target, plan)
    if choice is None:
        yield f"{title}: does not run"
        yield from _explain_why_not(target, plan, request)
    elif choice.tests is None or not target.symbol:
        part = "" if choice.tests is None else f", in part: only {', '.join(sorted(choice.tests))}"
        yield f"{title}: runs{part}"
        yield from _tell_reason(target, choice, plan)
    elif target.name in choice.tests:
        yield f"{title}: runs"
        yield from _tell_reason(target, choice, plan)
    else:
        yield f"{title}: does not run"
        changed = ", ".join(sorted(choice.tests))
        yield f"    of its file only {changed} changed, and nothing else there depends on it"
        yield "    " + render_changes(plan.selection.changes) if plan.selection.changes else ""


def _title(target: Target, plan: Plan) -> str:
    assert plan.project is not None  # noqa: S101 - a target is of a project
    file = plan.project.relative(target.path)
    return f"{file}::{target.symbol.replace('.', '::')}" if target.symbol else file


def _tell_reason(target: Target, choice: FileChoice, plan: Plan) -> Iterator[str]:
    first, *lines = render_reason(target.path, FileChoice(None, choice.reason), find_lines(plan))
    yield "    " + first.removeprefix(f"{target.path}: ")
    yield from lines
    if isinstance(plan.selection, RunAll) and plan.selection.changes:
        yield "    " + render_changes(plan.selection.changes)


def _explain_why_not(target: Target, plan: Plan, request: Request) -> Iterator[str]:
    """What changed, that no chain leads there, and what is closest."""
    changes = plan.selection.changes
    if changes is None or not changes.files:
        yield "    nothing changed" + (
            f" since {changes.base_name} ({changes.base_commit[:7]})" if changes else ""
        )
        return
    yield f"    {render_changes(changes)}:"
    rules = dict(plan.neutral)
    details = plan.found.details if plan.found else {}
    for change in changes.files[:SHOWN_CHANGES]:
        what = (
            f"affects nothing ({rules[change.path]})"
            if change.path in rules
            else details.get(change.path, "")
        )
        yield f"        {change.path}" + (f": {what}" if what else f": {change.kind}")
    if len(changes.files) > SHOWN_CHANGES:
        yield f"        and {len(changes.files) - SHOWN_CHANGES:,} more"
    live = [change.path for change in changes.files if change.path not in rules]
    if not live:
        return
    if plan.project and plan.ends:
        yield from _tell_nearest(target, plan.project, plan.ends[0], live)
    else:
        with open_graph(request) as (project, end):
            yield from _tell_nearest(target, project, end, live)


def _tell_nearest(target: Target, project: Project, end: End, live: list[RepoPath]) -> Iterator[str]:
    why = find_why_not(Neighbours(project, end), target.path, live[:SHOWN_CHANGES])
    file = project.relative(target.path)
    yield f"    no chain of dependencies leads from {file} to {'it' if len(live) == 1 else 'any of them'}"
    if target.path.endswith(".py"):
        yield f"    it depends on {count(why.direct, 'file')} directly, on {why.reached:,} in all"
    if why.reached:
        lines = LineFinder(project, (end,))
        for nearest in _distinct(why.nearest):
            yield f"    closest to {nearest.change}: {nearest.path}"
            yield from (f"        {render_edge(lines.edge(edge))}" for edge in nearest.chain)


def _distinct(nearest: tuple[Nearest, ...]) -> Iterator[Nearest]:
    """Tell a file once, however many changes it is closest to."""
    seen: set[RepoPath] = set()
    for each in nearest:
        if each.path not in seen:
            seen.add(each.path)
            yield each


def _explain_other(target: Target, plan: Plan) -> Iterator[str]:
    """Of a file that is no test: whether it is affected, and how many tests run because of it."""
    assert plan.project is not None  # noqa: S101 - a target is of a project
    file = plan.project.relative(target.path)
    kind = (
        "is loaded for every test below its folder" if file_name(file) == "conftest.py" else "is no test file"
    )
    rules = dict(plan.neutral)
    changes = plan.selection.changes
    changed = changes is not None and any(change.path == target.path for change in changes.files)
    yield f"{file}: {kind}, and {'changed' if changed else 'did not change'}"
    if target.path in rules:
        yield f"    affects nothing ({rules[target.path]})"
    elif isinstance(plan.selection, RunAll):
        yield f"    everything runs: {render_short(plan.selection.reason)}"
    elif plan.found is not None and target.path in plan.found.reach:
        reason = plan.selection.files[target.path].reason if hasattr(plan.selection, "files") else None
        if reason is not None and reason.chain:
            yield from _tell_reason(target, FileChoice(None, reason), plan)
    if changed and target.path not in rules and not isinstance(plan.selection, RunAll):
        number = sum(1 for _, choice in list_choices(plan) if choice.reason.change == target.path)
        yield f"    {count(number, 'test file')} run{'s' if number == 1 else ''} because of it"
    yield f"    who uses it: txselect dependents {file}"
