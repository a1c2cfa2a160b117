"""Tests of which a stream has nothing but that they are to run, that they start, and that they pass: most of most runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from pytest_txselect.report.records import Pass
from pytest_txselect.report.run import Attempt, Test

if TYPE_CHECKING:
    from pytest_txselect.report.phase import StartValues

__all__ = ["DONE", "STARTED", "Done", "Small", "build_small", "complete_names", "make_tuple"]

Done: TypeAlias = tuple[str, str, int, str, float, str, str, float, float, float, float, str]
"""The values of a start, then those of a pass: one plain tuple, which Python's collector of garbage need not look at."""

Small: TypeAlias = "StartValues | Done | None"
"""What is known of such a test; None where it has not started."""

make_tuple: Final = tuple.__new__
"""Makes a named tuple from all its values, for a third of what its own constructor takes."""

STARTED: Final = 6
DONE: Final = 12


def build_small(report: str, run: str, values: Done) -> Test:
    """Build the test.

    Args:
        report: the report that it belongs to.
        run: the stream it happened in.
        values: what is known of it.
    """
    test, file, line, name, time, why, _, begun, setup, call, teardown, by = values
    if not file or not name:
        file, name = complete_names(test, file, name)
    attempt = make_tuple(Attempt, (run, (), make_tuple(Pass, (test, begun, setup, call, teardown, by))))
    return make_tuple(Test, (test, report, file, line, name, why, (attempt,), time, "", "", "", True))


def complete_names(test: str, file: str, name: str) -> tuple[str, str]:
    """Tell the file and the name of a test by its node id where nothing else does."""
    if file and name:
        return file, name
    known, _, names = test.partition("::")
    return file or known, name or names or known
