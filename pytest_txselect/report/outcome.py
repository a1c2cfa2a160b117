"""How something ended, in one word that is never blurred with another."""

from __future__ import annotations

import enum

__all__ = ["Outcome"]


class Outcome(enum.StrEnum):
    """How something ended: seven outcomes of a phase or a test, and two of a test that has no phases."""

    PASSED = "passed"
    FAILED = "failed"  # the test's own code did
    ERROR = "error"  # its setup or its teardown did, or its collection
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    XPASSED = "xpassed"
    RERUN = "rerun"  # it failed, and another attempt followed
    NOT_SELECTED = "not selected"
    NOT_RUN = "not run"  # a crash, a time-out, `-x`: it was to run, and has no result
