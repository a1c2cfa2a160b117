"""What is left of a selection for others: `selection.json` in the store, and a note for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.engine.chosen import find_choice
from pytest_txselect.engine.nodes import list_test_files
from pytest_txselect.model import RepoPath, RunAll
from pytest_txselect.project.tree import join
from pytest_txselect.selection_json import render_selection_json, write_selection_json
from pytest_txselect.store.document import write_document
from pytest_txselect.store.folder import make_folder
from pytest_txselect.wording import find_lines, render_short

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.plugin.stash import SelectionNote

__all__ = ["DOCUMENT", "leave_document", "make_note"]

DOCUMENT = "selection.json"
"""Name of the document in the store's folder."""


def leave_document(plan: Plan, headline: str, folder: Path) -> str:
    """Write `selection.json` into the store.

    Args:
        plan: the selection.
        headline: it in one line.
        folder: the store's.

    Returns:
        Why it could not be written, in one line; empty where it was.
    """
    try:
        make_folder(folder)
        write_document(folder / DOCUMENT, write_selection_json(plan, headline, find_lines(plan)))
    except OSError as error:
        return f"{folder / DOCUMENT}: not written: {error.strerror or error}"
    return ""


def make_note(plan: Plan, headline: str) -> SelectionNote:
    """Make what a report tells of the selection, which `headline` tells in one line."""
    from pytest_txselect.plugin.stash import SelectionNote  # noqa: PLC0415 - only who reports pays for it

    project = plan.project
    rootdir = project.rootdir if project else ""
    everything = isinstance(plan.selection, RunAll)

    def why(nodeid: str) -> str:
        if plan.judged is not None and nodeid in plan.judged.reasons:
            return render_short(plan.judged.reasons[nodeid])
        choice = find_choice(plan, RepoPath(join(rootdir, nodeid.partition("::")[0])))
        return render_short(choice.reason) if choice is not None else ""

    def why_not(nodeid: str) -> str:
        file, _, rest = nodeid.partition("::")
        choice = find_choice(plan, RepoPath(join(rootdir, file)))
        if choice is None:
            return SelectionNote().left_out_reason
        if nodeid in choice.left or (choice.only is not None and nodeid not in choice.only):
            return "its recorded evidence has nothing that the change touches"
        name = rest.partition("[")[0].rpartition("::")[2]
        if choice.tests is None or name in choice.tests:
            return ""
        return f"of its file only {', '.join(sorted(choice.tests))} changed"

    left_out = () if everything or project is None else tuple(_list_left_out(plan))
    return SelectionNote(
        headline=headline,
        document=render_selection_json(plan, headline, find_lines(plan)),
        left_out=left_out,
        why=why,
        why_not=why_not,
    )


def _list_left_out(plan: Plan) -> list[str]:
    assert plan.project is not None  # noqa: S101 - the caller looked
    return [
        plan.project.relative(path)
        for path in sorted(list_test_files(plan))
        if find_choice(plan, path) is None
    ]
