"""`selection.json`: a selection for programs, as `docs/selection-json.md` describes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, assert_never

import pytest_txselect
from pytest_txselect.engine.chosen import list_choices
from pytest_txselect.engine.nodes import list_test_files, node_ids
from pytest_txselect.model import FileChoice, RunAll, RunNone, RunSome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.engine.judging import Judged
    from pytest_txselect.engine.lines import LineFinder
    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.model import Changes, Edge, Reason

__all__ = [
    "SCHEMA_VERSION",
    "name_selection",
    "plain_reason",
    "render_selection_json",
    "write_selection_json",
]

SCHEMA_VERSION: Final = 1


def render_selection_json(plan: Plan, headline: str, lines_of: LineFinder | None = None) -> str:
    """Render the document.

    Args:
        plan: the selection.
        headline: it in one line, as `wording.render_headline` counted it.
        lines_of: finds lines of edges that the graph keeps without one.
    """
    return "".join(write_selection_json(plan, headline, lines_of))


def write_selection_json(plan: Plan, headline: str, lines_of: LineFinder | None = None) -> Iterator[str]:
    """Render the document piece by piece, so that it takes no memory however much is selected.

    ASCII; a byte of a name that is not UTF-8 is an escaped lone surrogate. The arguments are those of
    `render_selection_json`.
    """
    head = json.dumps(_describe(plan, headline), indent=1)
    yield f'{head[:-2]},\n "files": ['
    number = 0
    for entry in _list_files(plan, lines_of):
        yield ("," if number else "") + "\n  " + json.dumps(entry)
        number += 1
    yield f'{chr(10) + " " if number else ""}],\n "selected": {number}\n}}\n'


def _describe(plan: Plan, headline: str) -> dict[str, Any]:
    """All but the files."""
    selection = plan.selection
    changes = selection.changes
    below = selection.below if isinstance(selection, RunSome) else {}
    return {
        "schema": SCHEMA_VERSION,
        "txselect": pytest_txselect.__version__,
        "runs": name_selection(plan),
        "headline": headline,
        "rootdir": plan.project.rootdir if plan.project else "",
        "base": _describe_base(plan, changes) if changes else None,
        "head": changes.head_commit if changes else None,
        "changes": _list_changes(changes, plan),
        "evidence": _describe_evidence(plan.judged) if plan.judged is not None else None,
        "doubts": [{"slug": each.slug, "message": each.message} for each in selection.doubts],
        "reason": plain_reason(selection.reason) if isinstance(selection, RunAll) else None,
        "below": [{"folder": folder, "reason": plain_reason(reason)} for folder, reason in below.items()],
        "total": len(list_test_files(plan)),
    }


def _describe_base(plan: Plan, changes: Changes) -> dict[str, Any]:
    return {"name": "last" if plan.last else changes.base_name, "commit": changes.base_commit}


def _describe_evidence(judged: Judged) -> dict[str, Any]:
    return {"known": judged.known, "seen": judged.seen, "commit": judged.revision or None}


def name_selection(plan: Plan) -> str:
    """How much runs, in a word: "all", "some" or "none"."""
    match plan.selection:
        case RunAll():
            return "all"
        case RunSome():
            return "some"
        case RunNone():
            return "none" if next(list_choices(plan), None) is None else "some"
        case _:
            assert_never(plan.selection)


def _list_changes(changes: Changes | None, plan: Plan) -> list[dict[str, Any]]:
    rules = dict(plan.neutral)
    details = plan.found.details if plan.found else {}
    return [
        {
            "path": change.path,
            "kind": change.kind.value,
            "detail": details.get(change.path, ""),
            "neutral": rules.get(change.path),
        }
        for change in (changes.files if changes else ())
    ]


def _list_files(plan: Plan, lines_of: LineFinder | None) -> Iterator[dict[str, Any]]:
    """The test files that run; every one, without a reason of its own, where everything does."""
    if isinstance(plan.selection, RunAll):
        for path in sorted(list_test_files(plan)):
            nodes = node_ids(plan, path, FileChoice(None, plan.selection.reason))
            yield {"path": path, "nodes": nodes, "tests": None, "left": 0, "reason": None}
        return
    for path, choice in list_choices(plan):
        reason = choice.reason if lines_of is None else lines_of.reason(choice.reason)
        names = None if choice.tests is None else sorted(choice.tests)
        yield {
            "path": path,
            "nodes": node_ids(plan, path, choice),
            "tests": names,
            "left": len(choice.left),
            "reason": plain_reason(reason),
        }


def plain_reason(reason: Reason) -> dict[str, Any]:
    """A reason as the document has it."""
    return {
        "kind": reason.kind.name.lower(),
        "change": reason.change,
        "detail": reason.detail,
        "chain": [_plain_edge(edge) for edge in reason.chain],
    }


def _plain_edge(edge: Edge) -> dict[str, Any]:
    return {
        "source": edge.source,
        "line": edge.line or None,
        "kind": edge.kind.name.lower(),
        "target": edge.target,
    }
