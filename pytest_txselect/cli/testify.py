"""`txselect explain`, where recorded runs know the test: what of the change it executed, or that it executed none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.nodes import name_of
from pytest_txselect.model import ReasonKind
from pytest_txselect.wording import count, render_changes, render_short, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.engine.witness import Share, Witness
    from pytest_txselect.model import FileChoice, Reason

__all__ = ["find_running", "tell_nodes"]

SHOWN: Final = 5


def find_running(nodes: list[str], choice: FileChoice | None) -> list[str]:
    """Those of some tests of a file that run."""
    if choice is None:
        return []
    return [
        node
        for node in nodes
        if node not in choice.left
        and (choice.only is None or node in choice.only)
        and (choice.tests is None or name_of(node) in choice.tests)
    ]


def tell_nodes(
    title: str, nodes: list[str], choice: FileChoice | None, plan: Plan, witness: Witness
) -> Iterator[str]:
    """Tell why known tests run, or why they do not.

    Args:
        title: what was asked about.
        nodes: the tests, all of one file; at least one.
        choice: what runs of that file.
        plan: the selection.
        witness: the evidence.
    """
    running = find_running(nodes, choice)
    if len(nodes) == 1 or not running:
        yield f"{title}: {'runs' if running else 'does not run'}"
    else:
        part = "" if len(running) == len(nodes) else ", in part"
        yield f"{title}: runs{part}: {len(running):,} of {count(len(nodes), 'test')} that are known"
    if not running:
        yield from _tell_why_not(nodes, plan, witness)
        return
    for node in running[:SHOWN]:
        if len(nodes) > 1:
            yield f"    {show(node)}"
        front = "    " if len(nodes) == 1 else "        "
        reason = plan.judged.reasons.get(node) if plan.judged is not None else None
        yield from (f"{front}{line}" for line in _tell_why(node, reason, witness))
    if len(running) > SHOWN:
        yield f"    and {len(running) - SHOWN:,} more"


def _tell_why(node: str, reason: Reason | None, witness: Witness) -> Iterator[str]:
    if reason is None:
        yield "its evidence does not speak of this change, so the source decides"
        return
    if reason.kind is not ReasonKind.EVIDENCE:
        yield show(render_short(reason))
        return
    executed = [each for share in witness.tell_shares(node) for each in share.executed]
    for each in executed[:SHOWN]:
        place = f"{each.path}:{each.line}" if each.line else each.path
        who = "executed" if each.itself else "needs an import or a fixture that executed"
        yield f"{who} `{show(each.name)}` ({show(place)}), {each.what}"
    if not executed:
        yield show(render_short(reason))


def _tell_why_not(nodes: list[str], plan: Plan, witness: Witness) -> Iterator[str]:
    changes = plan.selection.changes
    if changes is None or not changes.files:
        yield "    nothing changed" if changes is None else f"    {render_changes(changes)}"
        return
    yield f"    {render_changes(changes)}; nothing recorded of this test is touched:"
    shares = list(witness.tell_shares(nodes[0]))
    for share in shares[:SHOWN]:
        yield f"        {show(share.path)}: {_tell_share(share)}"
    if len(shares) > SHOWN:
        yield f"        and {len(shares) - SHOWN:,} more"
    if not shares:
        yield "        what changed affects nothing"


def _tell_share(share: Share) -> str:
    if not share.detail:
        return "it was opened when it was the same" if share.opened else "it was not opened"
    changed = f"{show(share.detail)} changed"
    if not share.others:
        return f"{changed}; nothing of the file was executed"
    return f"{changed}; {count(share.others, 'other function')} of the file executed, not this"
