"""The rows of `report.html`: one for each result, as numbers that point into tables of texts.

Every figure of the page is a number of rows, so that what a filter shows is what its button says, and what
pytest says. Subtests that pytest does not count are no rows.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pytest_txselect.report.details import Details, clean
from pytest_txselect.report.records import Outcome
from pytest_txselect.report.small import make_tuple
from pytest_txselect.report.summary import fold_reason, take_first_line

if TYPE_CHECKING:
    from pytest_txselect.report.run import Result, Run, Test

__all__ = ["OUTCOMES", "Row", "Rows", "build_rows"]

OUTCOMES: Final = (
    Outcome.FAILED,
    Outcome.ERROR,
    Outcome.NOT_RUN,
    Outcome.XPASSED,
    Outcome.RERUN,
    Outcome.SKIPPED,
    Outcome.XFAILED,
    Outcome.PASSED,
    Outcome.NOT_SELECTED,
)
"""The outcomes of rows, worst first; their positions are their numbers in the data."""

_NUMBERS: Final = {outcome: number for number, outcome in enumerate(OUTCOMES)}
_PASSED: Final = _NUMBERS[Outcome.PASSED]
_WORDS: Final = {str(outcome): outcome for outcome in OUTCOMES}
_BAD: Final = {Outcome.FAILED, Outcome.ERROR}
_LONGEST_REASON: Final = 300
_MOST_LEFT_OUT: Final = 5_000


class Table(dict[str, int]):
    """Texts, each once; a row has the number of its text, -1 for none."""

    def add(self, text: str) -> int:
        """Return the number of a text; -1 for an empty one."""
        return self.setdefault(text, len(self)) if text else -1


class Row(NamedTuple):
    """A row; -1 is "none" everywhere but for the line, where 0 is.

    Attributes:
        file: number of the file's name.
        name: the rest of the node id.
        outcome: number of the outcome.
        reason: number of the first line of the reason.
        group: number of the reason that this one is the same as, but for numbers and the like.
        ms: how long it took.
        start: when it began, in ms since the run did.
        worker: number of the worker's name.
        line: where the test is defined.
        tag: number of what tells it from other rows of its test ("at teardown").
        why: number of the reason why the test was selected.
        detail: number of its traceback and output.
        again: number of the list of rows of the same test.
    """

    file: int
    name: str
    outcome: int
    reason: int = -1
    group: int = -1
    ms: float = -1
    start: int = -1
    worker: int = -1
    line: int = 0
    tag: int = -1
    why: int = -1
    detail: int = -1
    again: int = -1


class Rows:
    """All rows, and the tables they point into.

    Attributes:
        base: when the run began.
        rows: the rows.
        counts: rows by outcome.
        first_of: for each outcome and folded reason, the first row that has it.
        folded: for each folded reason, the number of the reason that stands for it.
        again: lists of rows of the same test.
        details: what rows have to tell beyond a line.
    """

    def __init__(self, base: float) -> None:
        self.base = base
        self.rows: list[Row] = []
        self.counts: Counter[Outcome] = Counter()
        self.first_of: dict[tuple[Outcome, str], int] = {}
        self.files, self.reasons, self.tags, self.whys, self.workers = (Table() for _ in range(5))
        self.folded: dict[str, int] = {}
        self.again: list[list[int]] = []
        self.details = Details()

    def add(
        self,
        node: str,
        outcome: Outcome,
        reason: str = "",
        *,
        tag: str = "",
        ms: float = -1,
        start: int = -1,
        worker: str = "",
    ) -> int:
        """Add a row: of a node id and its outcome, the rest as in `Row`, its texts as such.

        Returns:
            Its number.
        """
        file, _, name = node.partition("::")
        number, known, group = len(self.rows), -1, -1
        if outcome is not Outcome.PASSED:
            line = clean(take_first_line(reason))[:_LONGEST_REASON]
            folded = fold_reason(line)
            known = self.reasons.add(line)
            group = self.folded.setdefault(folded, known)
            self.first_of.setdefault((outcome, folded), number)
        self.rows.append(
            Row(
                self.files.add(clean(file) or "?"),
                clean(name),
                _NUMBERS[outcome],
                known,
                group,
                ms,
                start,
                self.workers.add(worker),
                tag=self.tags.add(tag),
            )
        )
        self.counts[outcome] += 1
        return number

    def find_first(self, outcome: Outcome, reason: str) -> int:
        """Find the first row of an outcome whose reason is the same when folded; -1 when there is none."""
        return self.first_of.get((outcome, fold_reason(clean(reason)[:_LONGEST_REASON])), -1)

    def since_start(self, moment: float) -> int:
        """Turn a time into ms since the run began; -1 where it is unknown."""
        return round((moment - self.base) * 1000) if moment else -1

    def make_data(self) -> dict[str, Any]:
        """Make what the page's script reads; the rows as columns, which is shorter."""
        columns = zip(*self.rows, strict=True) if self.rows else ((),) * len(Row._fields)
        return {
            "total": self.counts.total(),
            "outcomes": OUTCOMES,
            "rank": list(range(len(OUTCOMES))),
            "files": list(self.files),
            "reasons": list(self.reasons),
            "tags": list(self.tags),
            "whys": list(self.whys),
            "workers": list(self.workers),
            "again": self.again,
            "details": self.details.made,
            "rows": dict(zip(Row._fields, columns, strict=True)),
        }


def build_rows(run: Run) -> Rows:
    """Build the rows of a run: collection problems, then test by test, at last what was not selected."""
    rows = Rows(min((stream.header.started for stream in run.streams if stream.header.started), default=0.0))
    for event in run.workers:
        rows.workers.add(event.worker)
    for problem in run.collection:
        rows.details.want(rows.add(problem.node, problem.outcome, problem.reason, tag="collecting"), problem)
    plain: list[Test] = []  # those that come after another
    for test in run.tests:
        if test.plain:
            plain.append(test)
            continue
        _add_plain(rows, plain)
        plain.clear()
        _add_test(rows, test)
    _add_plain(rows, plain)
    rows.counts[Outcome.PASSED] += run.plain_count
    _add_left_out(rows, run)
    _add_details(rows)
    return rows


def _add_details(rows: Rows) -> None:
    firsts, bad = set(rows.first_of.values()), {_NUMBERS[outcome] for outcome in _BAD}
    made = rows.details.make(
        lambda number: 2 if rows.rows[number].outcome not in bad else 0 if number in firsts else 1
    )
    for number, detail in made.items():
        rows.rows[number] = rows.rows[number]._replace(detail=detail)


def _add_left_out(rows: Rows, run: Run) -> None:
    """Add what was not selected: a row for each test, or, if those are too many, for each file."""
    left_out = Counter(run.deselected.items())
    if len(left_out) > _MOST_LEFT_OUT:
        left_out = Counter((node.partition("::")[0], reason) for node, reason in left_out)
    for (node, reason), count in left_out.items():
        rows.add(node, Outcome.NOT_SELECTED, reason, tag=f"{count:,} tests" if count > 1 else "")
        rows.counts[Outcome.NOT_SELECTED] += count - 1
    for selection in run.selections:
        for file in selection.left_out:
            rows.add(file, Outcome.NOT_SELECTED, selection.reason)


def _add_plain(rows: Rows, tests: list[Test]) -> None:
    """Add tests that passed with nothing to tell: most of them, so this is fast, and whoever calls it counts them."""
    files, workers, tags, whys, base = rows.files, rows.workers, rows.tags, rows.whys, rows.base
    add, made = rows.rows.append, make_tuple
    for node, _, _, line, _, why, attempts, _, by, _, _, _ in tests:
        file, _, name = (node if node.isprintable() else clean(node)).partition("::")
        attempt = attempts[0]
        done = attempt.passed
        if done is None:
            start, worker, seconds = attempt.start, attempt.worker, attempt.duration
        else:
            _, start, setup, call, teardown, worker = done
            seconds = setup + call + teardown
        add(
            made(
                Row,
                (
                    files.setdefault(file or "?", len(files)),
                    name,
                    _PASSED,
                    -1,
                    -1,
                    int(seconds * 1e4 + 0.5) / 10,  # ms with one decimal, for a third of what `round` takes
                    int((start - base) * 1e3 + 0.5) if start else -1,
                    workers.add(worker) if worker else -1,
                    line,
                    tags.add(f"on {by}") if by else -1,
                    whys.add(why) if why else -1,
                    -1,
                    -1,
                ),
            )
        )


def _add_test(rows: Rows, test: Test) -> None:
    """Add the results of a test, or that it has none."""
    first = len(rows.rows)
    for result in test.results:
        outcome = _WORDS.get(result.counted)
        if outcome is not None:
            _add_result(rows, result, outcome)
    if test.not_run:
        rows.add(test.id, Outcome.NOT_RUN, test.not_run, start=rows.since_start(test.started))
    numbers = list(range(first, len(rows.rows)))
    again = len(rows.again) if len(numbers) > 1 else -1
    for number in numbers:
        rows.rows[number] = rows.rows[number]._replace(
            line=test.line, why=rows.whys.add(test.why), again=again
        )
    if len(numbers) > 1:
        rows.again.append(numbers)


def _add_result(rows: Rows, result: Result, outcome: Outcome) -> None:
    phase, attempt = result.phase, result.test.attempts[result.attempt]
    whole = phase.when == "call" and not phase.subtest
    number = rows.add(
        result.test.id,
        outcome,
        phase.reason,
        tag=_find_tag(result),
        ms=round((attempt.duration if whole else phase.duration) * 1000, 1),
        start=rows.since_start(attempt.start if whole else phase.start),
        worker=phase.worker,
    )
    if outcome is not Outcome.PASSED or any(each.sections or each.properties for each in attempt.phases):
        rows.details.want(number, result)


def _find_tag(result: Result) -> str:
    """Find what tells a row from others of its test: a subtest, a phase, an attempt."""
    parts = [clean(result.phase.subtest)] if result.phase.subtest else []
    if result.phase.when not in {"call", "???"} and result.outcome is not Outcome.SKIPPED:
        parts.append(f"at {result.phase.when}")
    if len(result.test.attempts) > 1:
        parts.append(f"attempt {result.attempt + 1}")
    if result.test.worker:
        parts.append(f"on {result.test.worker}")
    return ", ".join(parts)
