"""From what a log says to the records that pytest would have written."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.phase import Phase, Start
from pytest_txselect.report.readers.log.account import Account, take_account
from pytest_txselect.report.readers.log.grammar import INTERNAL
from pytest_txselect.report.readers.log.naming import UNKNOWN_FILE
from pytest_txselect.report.readers.log.parts import find_durations, find_warnings
from pytest_txselect.report.readers.log.plausible import BROKE
from pytest_txselect.report.records import (
    Collected,
    CollectProblem,
    Deselected,
    Footer,
    Header,
    InternalError,
    Outcome,
    Pass,
    WarningSeen,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_txselect.report.readers.log.said import Said
    from pytest_txselect.report.readers.log.sessions import Session
    from pytest_txselect.report.records import Record

__all__ = ["make_records"]

_OUTCOMES: Final = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "error": Outcome.ERROR,
    "skipped": Outcome.SKIPPED,
    "xfailed": Outcome.XFAILED,
    "xpassed": Outcome.XPASSED,
    "rerun": Outcome.RERUN,
    "retried": Outcome.RERUN,
    "subtests passed": Outcome.PASSED,
    "subtests failed": Outcome.FAILED,
    "subtests skipped": Outcome.SKIPPED,
}
_BAD: Final = ("fail", "error", "crash", "time", "broke", "abort")
_VERSIONS: Final = re.compile(
    r"platform (?P<platform>\S+) -- Python (?P<python>[^\s,]+), pytest-(?P<pytest>[^\s,]+),"
)
_PLUGIN: Final = re.compile(r"([\w.-]+?)-(\d[\w.+!]*)(?:, |$)")
_BY: Final = re.compile(r"^[\w.]*Interrupted: ")
_INTERRUPTED: Final = ("KeyboardInterrupt", "Interrupted", "outcomes.Exit")


def make_records(session: Session, name: str) -> Iterator[Record]:
    """Make the records of a run.

    Args:
        session: the run's log.
        name: id of its report.
    """
    account = take_account(session)
    tests = _group(account)
    header = _make_header(session, name, account.notes)
    yield header
    durations = find_durations(session.lines)
    for said in account.results:
        if said.when == "collect":
            yield CollectProblem(
                said.node, Outcome.ERROR, said.reason, said.traceback, said.file, said.line, said.sections
            )
    for node, results in tests.items():
        yield from _make_test(node, results, durations)
    yield from _make_not_run(session, account, tests)
    yield from _make_rest(session)
    if session.stopped == BROKE:
        yield InternalError("\n".join(_list_breakdown(session.lines)))
    yield Footer(0.0, session.last.seconds, _find_status(session), _BY.sub("", session.stopped))


def _make_header(session: Session, name: str, notes: Sequence[str]) -> Header:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass"))
    for line in session.lines:
        digest.update(line.encode("utf-8", "surrogatepass") + b"\n")
    digest.update(repr(sorted(session.last.counts.items())).encode() + repr(session.last.seconds).encode())
    versions: dict[str, str] = {}
    facts = {"platform": "", "rootdir": "", "workers": ""}
    for line in session.lines[:60]:
        if match := _VERSIONS.match(line):
            facts["platform"] = match["platform"]
            versions |= {"python": match["python"], "pytest": match["pytest"]}
        elif line.startswith("rootdir: "):
            facts["rootdir"] = line.removeprefix("rootdir: ").split(", ")[0].strip()
        elif line.startswith("plugins: "):
            versions |= dict(_PLUGIN.findall(line.removeprefix("plugins: ")))
        elif match := re.match(r"(\d{1,4}) workers? \[", line):
            facts["workers"] = match[1]
    return Header(
        run=digest.hexdigest()[:32],
        id=name,
        rootdir=facts["rootdir"],
        versions=tuple(versions.items()),
        platform=facts["platform"],
        workers=int(facts["workers"] or 0),
        source="log",
        notes=tuple(notes),
    )


def _group(account: Account) -> dict[str, list[Said]]:
    """Group results by test; those of unknown name get one of their own."""
    tests: dict[str, list[Said]] = {}
    ran = {node for node in account.order if node}
    named = {said.node for said in account.results if said.node and said.when != "collect"}
    for node in account.order:
        if node in named:
            tests.setdefault(node, [])
    numbers: dict[str, int] = {}
    homeless = _find_homeless(account, ran)
    for said in account.results:
        if said.when == "collect":
            continue
        if said.node:
            tests.setdefault(said.node, []).append(said)
            continue
        for _ in range(said.count):
            if said.word == "passed" and homeless:
                tests.setdefault(homeless.pop(0), []).append(said)
                continue
            place = f"{said.file or UNKNOWN_FILE}::(unnamed {said.word}"
            numbers[place] = numbers.get(place, 0) + 1
            tests.setdefault(f"{place} {numbers[place]})", []).append(said)
    return tests


def _find_homeless(account: Account, ran: set[str]) -> list[str]:
    """Find tests that broke in their teardown or were repeated, of whose end the log says nothing: they passed.

    Unless a result that did not pass has no name: that may be theirs.
    """
    if any(not said.node and said.word not in {"passed", "rerun"} for said in account.results):
        return []
    called = {said.node for said in account.results if said.word not in {"error", "rerun"}}
    return [
        said.node
        for said in account.results
        if said.node
        and said.node not in called
        and said.node not in ran
        and (said.when == "teardown" or said.word == "rerun")
    ]


def _make_test(
    node: str, results: Sequence[Said], durations: Mapping[tuple[str, str], float]
) -> Iterator[Record]:
    file, _, name = node.partition("::")
    start = Start(node, "" if file == UNKNOWN_FILE else file, 0, name.replace("::", ".") or node)
    times = {when: durations.get((node, when), 0.0) for when in ("setup", "call", "teardown")}
    reruns = [said for said in results if _find_outcome(said.word) is Outcome.RERUN]
    parts = [said for said in results if said.subtest]
    errors = [said for said in results if said.word == "error"]
    calls = [said for said in results if said not in reruns and said not in parts and said not in errors]
    if len(results) == 1 and calls and calls[0].word == "passed":
        yield start
        yield Pass(node, 0.0, times["setup"], times["call"], times["teardown"])
        return
    yield start
    for said in reruns:
        yield Phase(node, "setup")
        yield _make_phase(node, "call", said)
    if len(reruns) == len(results):
        return  # how it ended is told under another name, or not at all
    for number in range(max(len(calls), len(errors), 1)):
        if number:
            yield start  # another test of the same name
        before = (
            errors[number : number + 1] if _is_in_setup(errors[number : number + 1], calls, parts) else []
        )
        yield (
            _make_phase(node, "setup", before[0]) if before else Phase(node, "setup", duration=times["setup"])
        )
        if number == 0:
            yield from (_make_phase(node, "call", said) for said in parts)
        if number < len(calls):
            yield _make_phase(node, "call", calls[number], times["call"])
        after = [] if before else errors[number : number + 1]
        yield (
            _make_phase(node, "teardown", after[0])
            if after
            else Phase(node, "teardown", duration=times["teardown"])
        )


def _is_in_setup(errors: Sequence[Said], calls: Sequence[Said], parts: Sequence[Said]) -> bool:
    """Tell whether an error is one of the setup: as the log says, else when the test was not called."""
    if not errors:
        return False
    return errors[0].when == "setup" or (not errors[0].when and not calls and not parts)


def _make_phase(node: str, when: str, said: Said, duration: float = 0.0) -> Phase:
    outcome = _find_outcome(said.word)
    return Phase(
        node,
        when,
        outcome,
        duration=duration,
        reason=said.reason,
        traceback=said.traceback,
        file=said.file,
        line=said.line,
        sections=said.sections,
        subtest=said.subtest,
        counted="" if said.word == outcome else said.word,
    )


def _find_outcome(word: str) -> Outcome:
    """Find the outcome of what is counted under a word, which may be a plugin's."""
    if word in _OUTCOMES:
        return _OUTCOMES[word]
    return Outcome.FAILED if any(part in word.lower() for part in _BAD) else Outcome.PASSED


def _list_breakdown(lines: Sequence[str]) -> Iterator[str]:
    """List the lines in which pytest shows how it broke: the last of them in a row."""
    end = max(index for index, line in enumerate(lines) if line.startswith(INTERNAL)) + 1
    begin = end
    while begin and lines[begin - 1].startswith(INTERNAL):
        begin -= 1
    for line in lines[begin:end]:
        yield line.removeprefix(INTERNAL).removeprefix(" ")


def _make_not_run(
    session: Session, account: Account, tests: Mapping[str, Sequence[Said]]
) -> Iterator[Record]:
    """Tell which tests were to run and did not: those beyond the results, when the run was stopped."""
    missing = session.selected - len(tests)
    if session.stopped and missing > 0 and not _is_blocked(session, account):
        yield Collected(
            tuple(f"{UNKNOWN_FILE}::(unnamed not run {number})" for number in range(1, missing + 1))
        )


def _is_blocked(session: Session, account: Account) -> bool:
    return session.selected > 10_000_000 or len(account.results) > session.selected  # noqa: PLR2004


def _make_rest(session: Session) -> Iterator[Record]:
    """Make what is no result: warnings and deselected tests, as many as the last line counts."""
    total = session.last.counts.get("warnings", 0)
    found = find_warnings(session.lines)[:total]
    yield from found
    yield from [WarningSeen("(not shown in the log)")] * (total - len(found))
    count = session.last.counts.get("deselected", 0)
    if count:
        yield Deselected(
            tuple(f"{UNKNOWN_FILE}::(unnamed deselected {number})" for number in range(1, count + 1))
        )


def _find_status(session: Session) -> int:
    """Find the exit status that pytest had."""
    counts = session.last.counts
    if session.stopped == BROKE:
        return 3
    if any(word in session.stopped for word in _INTERRUPTED):
        return 2
    if any(
        _find_outcome(word) in {Outcome.FAILED, Outcome.ERROR} for word in counts if word not in _NO_RESULT
    ):
        return 1
    return 0 if session.last.results else 5


_NO_RESULT: Final = frozenset({"deselected", "warnings"})
