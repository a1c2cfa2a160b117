"""From pytest's reports to records, through public attributes only.

A plugin may have put anything there, so nothing is assumed of an attribute but what pytest documents; what it
does not document (`longrepr` has many shapes) is asked for by name and may be absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.report.records import CollectProblem, Outcome, Phase, WarningSeen

if TYPE_CHECKING:
    import warnings
    from collections.abc import Sequence

    import pytest

__all__ = ["find_frames", "make_problem", "make_warning", "name_worker", "read_phase"]

_PLAIN: Final = {"passed": Outcome.PASSED, "skipped": Outcome.SKIPPED, "rerun": Outcome.RERUN}
_AGAIN: Final = frozenset({"rerun", "retried", "retry"})


def read_phase(report: pytest.TestReport, known_sections: int, counted: str) -> Phase:
    """Read a report of a setup, a call, a teardown or a subtest.

    Args:
        report: what pytest hands to `pytest_runtest_logreport`.
        known_sections: how many of its sections were in the reports of earlier phases: pytest repeats them.
        counted: the word under which pytest counts it; empty when that is its outcome.
    """
    outcome = find_outcome(report)
    when = report.when or "call"
    duration: float = getattr(report, "duration", 0.0)
    start: float = getattr(report, "start", 0.0)
    worker = name_worker(report)
    sections = () if len(report.sections) == known_sections else _texts(report.sections[known_sections:])
    if outcome is Outcome.PASSED and not hasattr(report, "context"):
        properties = _texts(report.user_properties) if report.user_properties and when == "teardown" else ()
        return Phase(
            report.nodeid, when, outcome, start, duration, worker, sections=sections, properties=properties
        )
    file, line = _find_place(report.longrepr)
    return Phase(
        report.nodeid,
        when,
        outcome,
        start,
        duration,
        worker,
        reason=find_reason(report),
        traceback="" if outcome in {Outcome.SKIPPED, Outcome.PASSED} else read_traceback(report),
        file=file,
        line=line,
        frames=find_frames(report),
        sections=sections,
        properties=_texts(report.user_properties) if when == "teardown" else (),
        subtest=describe_subtest(report),
        counted="" if counted == outcome else counted,
        whole=when == "setup" and "skip" in report.keywords and "pytestmark" not in report.keywords,
    )


def find_outcome(report: pytest.TestReport) -> Outcome:
    """Tell the outcome of a phase as pytest counts it."""
    raw: str = report.outcome
    if hasattr(report, "wasxfail"):
        if raw == "skipped":
            return Outcome.XFAILED
        if raw == "passed":
            return Outcome.XPASSED
    if raw == "failed":
        return Outcome.ERROR if report.when in {"setup", "teardown"} else Outcome.FAILED
    if raw in _AGAIN:
        return Outcome.RERUN
    return _PLAIN.get(raw, Outcome.ERROR)


def find_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Find the message of a failure or skip, or the reason of an xfail; empty where there is none."""
    expected = getattr(report, "wasxfail", None)
    if expected is not None:
        return str(expected).removeprefix("reason: ")
    shown: Any = report.longrepr
    if shown is None:
        return ""
    if isinstance(shown, tuple):
        reason = str(shown[-1])
        return "" if reason == "Skipped" else reason.removeprefix("Skipped: ")
    crash = getattr(shown, "reprcrash", None)
    if crash is not None:
        return str(crash.message)
    return find_last_error(report.longreprtext)


def read_traceback(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Read the traceback as pytest shows it, with the indentation that `longreprtext` takes away."""
    text: str = report.longreprtext
    return f"    {text}" if text.startswith(("def ", "async def ", "class ", "@")) else text


def find_last_error(text: str) -> str:
    """Find the message in a traceback: its last line that says an error, else its last line.

    Args:
        text: a traceback as shown, as of a collection error: `E   ModuleNotFoundError: No module named 'x'`.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    marked = [line[1:].strip() for line in lines if line.startswith("E  ")]
    if marked:
        return next((line for line in reversed(marked) if "Error" in line or "Exception" in line), marked[-1])
    return lines[-1].strip() if lines else ""


def _find_place(shown: Any) -> tuple[str, int]:
    """Find file and line where it happened, as pytest knows them."""
    if isinstance(shown, tuple) and len(shown) == 3:  # noqa: PLR2004 - file, line, reason
        return str(shown[0]), shown[1] if isinstance(shown[1], int) else 0
    crash = getattr(shown, "reprcrash", None)
    if crash is not None:
        return str(crash.path), int(crash.lineno)
    return "", 0


def find_frames(report: pytest.TestReport | pytest.CollectReport) -> tuple[tuple[str, int], ...]:
    """Find the files and lines of the traceback, as pytest shows them."""
    entries: Sequence[Any] = getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", ())
    places = [place for entry in entries if (place := getattr(entry, "reprfileloc", None)) is not None]
    return tuple((str(place.path), int(place.lineno)) for place in places)


def describe_subtest(report: pytest.TestReport) -> str:
    """Describe a subtest as pytest does: `[message] (name=value)`; empty when it is no subtest."""
    context = getattr(report, "context", None)
    values = getattr(context, "kwargs", None)
    if context is None or values is None:
        return ""
    message = getattr(context, "msg", None)
    parts = [f"[{message}]"] if message is not None else []
    if values:
        parts.append("(" + ", ".join(f"{name}={value}" for name, value in values.items()) + ")")
    return " ".join(parts) or "(<subtest>)"


def name_worker(report: pytest.TestReport) -> str:
    """Name the xdist worker that made the report; empty without xdist."""
    worker = getattr(report, "worker_id", None)
    if worker is None:
        worker = getattr(getattr(getattr(report, "node", None), "gateway", None), "id", "")
    return str(worker)


def make_problem(report: pytest.CollectReport) -> CollectProblem:
    """Read a report of a collection that failed, or skipped itself."""
    file, line = _find_place(report.longrepr)
    return CollectProblem(
        node=report.nodeid,
        outcome=Outcome.SKIPPED if report.skipped else Outcome.ERROR,
        reason=find_reason(report),
        traceback="" if report.skipped else read_traceback(report),
        file=file,
        line=line,
        sections=_texts(report.sections),
    )


def make_warning(message: warnings.WarningMessage, when: str, nodeid: str) -> WarningSeen:
    """Read a warning that pytest recorded."""
    return WarningSeen(
        message=str(message.message),
        category=getattr(message.category, "__name__", ""),
        file=str(message.filename),
        line=int(message.lineno),
        when=when,
        test=nodeid,
    )


def _texts(pairs: Sequence[tuple[object, object]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in pairs)
