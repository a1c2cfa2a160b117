"""The words for a selection, the same on pytest's screen and on the command's."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final, assert_never

from pytest_txselect.engine.chosen import list_choices
from pytest_txselect.engine.tally import tally_plan
from pytest_txselect.model import ReasonKind, RunAll, RunNone, RunSome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_txselect.engine.auditing import Audit, MissingEdge
    from pytest_txselect.engine.lines import LineFinder
    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.engine.tally import Tally
    from pytest_txselect.model import Changes, Edge, FileChoice, Reason, RepoPath
    from pytest_txselect.store.audits import Safety

__all__ = [
    "count",
    "find_lines",
    "render_age",
    "render_audit",
    "render_changes",
    "render_deselected",
    "render_doubts",
    "render_edge",
    "render_evidence",
    "render_explanation",
    "render_headline",
    "render_reason",
    "render_safety",
    "render_short",
    "render_size",
    "render_unasked",
    "show",
]

SHOWN_DOUBTS: Final = 5
SHOWN_MISSED: Final = 10
SHOWN_EDGES: Final = 3
UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def show(text: str) -> str:
    """A name from outside as it can be printed: what is no plain character is escaped."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode("ascii")
        for char in text
    )


def render_headline(plan: Plan) -> str:
    """What was selected, in one line."""
    selection = plan.selection
    match selection:
        case RunAll(reason=reason, changes=changes, doubts=doubts):
            begin = _render_since(plan, changes) if changes and not plan.last else ""
            slug = next((f" [{doubt.slug}]" for doubt in doubts if doubt.message == reason.detail), "")
            return f"{begin}everything runs: {_render_cause(reason)}{slug}"
        case RunNone(total=total, changes=changes) | RunSome(total=total, changes=changes):
            return f"{_render_since(plan, changes)}{_render_tally(tally_plan(plan), total)}"
        case _:
            assert_never(selection)


def _render_since(plan: Plan, changes: Changes) -> str:
    """What the question was: how much changed since when."""
    return "since each test last passed: " if plan.last else f"{render_changes(changes)}; "


def _render_tally(tally: Tally, total: int) -> str:
    """How much runs: tests where these are known, else files."""
    of = f"of {count(total, 'test file')} can be affected"
    whole = tally.files - tally.counted
    if tally.tests and not whole:
        return f"{count(tally.tests, 'test')} in {tally.files:,} {of}"
    if tally.tests:
        return f"{count(tally.tests, 'test')} in {tally.counted:,} and all in {whole:,} {of}"
    alone = f" (of some only single tests: {tally.single})" if tally.single else ""
    return f"{tally.files:,} {of}{alone}"


def render_evidence(plan: Plan, *, recording: bool | None = None) -> list[str]:
    """What was known from recorded runs, and what would help where that is little.

    Nothing where it was not asked, or not needed.

    Args:
        plan: the selection.
        recording: whether the run that is selected for is recorded; None where it is not, and was not
            asked not to be.
    """
    judged = plan.judged
    if judged is None:
        return _render_help(plan, recording)
    at = f", recorded at {judged.revision[:7]}" if judged.revision else ""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    line = f"evidence for {judged.known:,} of {count(judged.seen, 'test')}{at} on Python {python}"
    return [line, *_render_help(plan, recording)]


def _render_help(plan: Plan, recording: bool | None) -> list[str]:  # noqa: FBT001 - see above
    """The line that says how the next selection can be narrower; none where it cannot."""
    record = "a run with --txselect-record makes the next selection narrower"
    if plan.unrecorded and not plan.last and not isinstance(plan.selection, RunNone):
        if recording:
            return ["no evidence yet: this run records it; the next selection will be narrower"]
        return [] if recording is False else [f"no evidence yet: {record}"]
    if plan.known is not None and plan.found is not None and plan.known.files * 2 < len(plan.found.tests):
        number = f"{plan.known.files:,} of {count(len(plan.found.tests), 'test file')}"
        return [f"evidence is there for {number} only: {record.replace('a run', 'a run of everything')}"]
    return []


def count(number: int, what: str) -> str:
    """A number of things, the noun in the right form."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def render_audit(audit: Audit, edges: Iterable[tuple[str, Sequence[MissingEdge] | str]]) -> Iterator[str]:
    """What a selection would have done, beside a run of everything.

    Args:
        audit: the comparison.
        edges: each test that failed and would not have run, with the edges that were missing, or with why
            these are not known.
    """
    share = f" ({100 * audit.chosen / audit.tests:.1f} %)" if audit.tests else ""
    yield (
        f"the selection would have run {audit.chosen:,} of {count(audit.tests, 'test')}{share}, "
        f"and saved {audit.spared:,.1f} of {audit.seconds:,.1f} s"
    )
    if not audit.missed:
        yield f"none of {count(audit.failures, 'failure')} missed" if audit.failures else "no test failed"
        return
    yield f"MISSED: {len(audit.missed):,} of {count(audit.failures, 'failure')} would not have been seen:"
    for node, missing in islice(edges, SHOWN_MISSED):
        yield f"    {show(node)}"
        if isinstance(missing, str):
            yield f"        {show(missing)}"
        elif not missing:
            yield "        nothing that changed is in its evidence or traceback: it may fail without the change"
        else:
            yield from (
                f"        missing edge: {_render_missing(node, edge)}" for edge in missing[:SHOWN_EDGES]
            )
    if len(audit.missed) > SHOWN_MISSED:
        yield f"    and {len(audit.missed) - SHOWN_MISSED:,} more"


def _render_missing(node: str, edge: MissingEdge) -> str:
    place = f"{edge.target}:{edge.line}" if edge.line else edge.target
    return f"{show(node.partition('::')[0])} to {show(place)}; {show(edge.how)}"


def render_safety(safety: Safety) -> str:
    """What a history of audits says, in one line."""
    rate = f" ({100 * safety.safe / safety.audits:.1f} %)" if safety.audits else ""
    found = f"; {safety.found:,} of {count(safety.failures, 'failure')} found" if safety.failures else ""
    run = f"; {100 * safety.chosen / safety.tests:.1f} % of tests run" if safety.tests else ""
    return f"history: {count(safety.audits, 'audit')}, {safety.safe:,} of them safe{rate}{found}{run}"


def render_size(size: int) -> str:
    """A number of bytes."""
    if size < 10_000:  # noqa: PLR2004 - four digits are read at once
        return count(size, "byte")
    return f"{size / 1000:,.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:,.1f} MB"  # noqa: PLR2004


def render_age(seconds: float) -> str:
    """A time span in its greatest unit of which there are at least two."""
    for unit, length in UNITS:
        if seconds >= 2 * length:
            return count(int(seconds / length), unit)
    return count(max(int(seconds), 0), "second")


def render_changes(changes: Changes) -> str:
    """How much changed, and since when."""
    number = len(changes.files)
    files = count(number, "file") if number else "no file"
    head = f" up to {changes.head_commit[:7]}" if changes.head_commit else ""
    return f"{files} changed since {show(changes.base_name)} ({changes.base_commit[:7]}){head}"


def _render_cause(reason: Reason) -> str:
    if reason.change and not reason.detail.startswith(reason.change):
        return f"{show(reason.change)}: {show(reason.detail)}" if reason.detail else show(reason.change)
    return show(reason.detail)


def render_doubts(plan: Plan, most: int = SHOWN_DOUBTS) -> list[str]:
    """What widened the selection, a line each."""
    selection = plan.selection
    told = selection.reason.detail if isinstance(selection, RunAll) else ""
    doubts = [doubt for doubt in selection.doubts if doubt.message != told]
    lines = [f"in doubt: {show(doubt.message)} [{doubt.slug}]" for doubt in doubts[:most]]
    if len(doubts) > most:
        lines.append(f"in doubt: and {len(doubts) - most} more")
    return lines


def render_reason(path: str, choice: FileChoice, lines_of: LineFinder | None = None) -> list[str]:
    """Why a file runs: a line for it, and one for each step to the change.

    Args:
        path: the file.
        choice: what runs of it.
        lines_of: finds lines of edges that have none yet.
    """
    reason = choice.reason if lines_of is None else lines_of.reason(choice.reason)
    names = "" if choice.tests is None else f", only {', '.join(sorted(choice.tests))}"
    lines = [f"{show(path)}: {reason.kind}{names}"]
    lines += [f"    {render_edge(edge)}" for edge in reason.chain]
    if reason.change and not reason.detail.startswith(reason.change):
        what = f": {show(reason.detail)}" if reason.detail not in {"", "changed"} else ""
        lines.append(f"    {show(reason.change)} changed{what}")
    elif reason.detail:
        lines.append(f"    {show(reason.detail)}")
    return lines


def find_lines(plan: Plan) -> LineFinder | None:
    """What finds the lines of a selection's edges; None where it has no graph."""
    if plan.project is None or not plan.ends:
        return None
    from pytest_txselect.engine.lines import LineFinder  # noqa: PLC0415 - only who wants reasons pays for it

    return LineFinder(plan.project, plan.ends)


def render_short(reason: Reason) -> str:
    """A reason in one line."""
    what = _render_cause(reason)
    way = f", {count(len(reason.chain), 'step')} away" if reason.chain else ""
    return f"{reason.kind}: {what}{way}" if what else f"{reason.kind}"


def render_edge(edge: Edge) -> str:
    """An edge in one line: place, kind, target."""
    place = f"{show(edge.source) or '.'}:{edge.line}" if edge.line else show(edge.source) or "."
    return f"{place} {edge.kind} {show(edge.target)}"


def render_unasked(plan: Plan) -> Iterator[str]:
    """What is not collected since pytest's own `-m` or `-k` would deselect it, a line for each file."""
    for path, part in sorted(plan.judged.unasked.items() if plan.judged is not None else ()):
        yield (
            f"{show(path)}: {count(part.tests, 'test')} deselected by {show(part.asked)} as before, so not collected: "
            "the change touches nothing that makes or marks them"
        )


def render_deselected(plan: Plan, path: RepoPath) -> Iterator[str]:
    """What recorded runs deselected of a file, and whether a run with the same options collects it now."""
    for part, reason in plan.judged.deselected.get(path, ()) if plan.judged is not None else ():
        tests = f"{count(part.tests, 'test')} of it deselected by {show(part.asked)}"
        if reason is None:
            yield f"{tests}: not collected with the same options and variables, since the change touches nothing of them"
        else:
            yield f"{tests}: collected, since they may be selected now: {show(render_short(reason))}"


def render_explanation(plan: Plan) -> Iterator[str]:
    """Every selected file with its way to a change, then counts by reason, then changes that mean nothing."""
    kinds: Counter[ReasonKind] = Counter()
    finder = find_lines(plan)
    if not isinstance(plan.selection, RunAll):
        for path, choice in list_choices(plan):
            kinds[choice.reason.kind] += 1
            yield from render_reason(path, choice, finder)
    yield from render_unasked(plan)
    for kind, number in kinds.most_common():
        yield f"{count(number, 'file')}: {kind}"
    for path, rule in plan.neutral:
        yield f"{show(path)}: affects nothing ({show(rule)})"
