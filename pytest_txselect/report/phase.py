"""The records of a test: it starts, and its phases are done. Formats are defined as in `records.py`."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from pytest_txselect.report.outcome import Outcome

__all__ = ["Pairs", "Pass", "PassValues", "Phase", "Places", "Start", "StartValues"]

Pairs: TypeAlias = tuple[tuple[str, str], ...]
Places: TypeAlias = tuple[tuple[str, int], ...]

StartValues: TypeAlias = tuple[str, str, int, str, float, str]
"""The attributes of a `Start` in order. Python's collector of garbage need not look at a plain tuple of plain
values; during a run there are as many of these as tests."""

PassValues: TypeAlias = tuple[str, float, float, float, float, str]
"""The attributes of a `Pass` in order; likewise."""


class Start(NamedTuple):
    """`start`: a test starts.

    One that has a `start`, and neither a `pass` nor a teardown, was running when the stream broke off.

    Attributes:
        test: its node id.
        file: where it is defined, relative to the rootdir.
        line: likewise; 0 where unknown.
        name: its name with classes and parameters, without the file ("TestX.test_y[1]").
        time: when.
        why: why it was selected, one line; empty when no selection was made.
    """

    test: str = ""
    file: str = ""
    line: int = 0
    name: str = ""
    time: float = 0.0
    why: str = ""


class Phase(NamedTuple):
    """`phase`: setup, call or teardown of a test, or one of its subtests, is done.

    The phases of a test come in order; those of different tests are interleaved when workers run at the same
    time. A `setup` of a test that has one already begins another attempt.

    Attributes:
        test: node id.
        when: setup, call or teardown; `???` for a test whose worker died.
        outcome: passed, failed, error, skipped, xfailed, xpassed or rerun.
        start: when it began.
        duration: how long it took.
        worker: xdist's name of the worker, empty without xdist.
        reason: the message of the failure or skip, or the reason of the xfail; may have several lines.
        traceback: as pytest shows it, without colours.
        file: where it failed or was skipped, as pytest shows it.
        line: likewise.
        frames: (file, line) of each traceback entry, outermost first, of the last exception of the chain.
        sections: output captured in this phase (not in those before it) as (title, text).
        properties: what `record_property` recorded until the end of this phase, values as text.
        subtest: description of the subtest; empty for the test itself.
        counted: the word under which pytest counts it, where that is not the outcome ("subtests passed");
            `-`: none.
        whole: whether it was skipped with the rest of a file or class, so that pytest names the file of the skip, and no line.
    """

    test: str = ""
    when: str = "call"
    outcome: Outcome = Outcome.PASSED
    start: float = 0.0
    duration: float = 0.0
    worker: str = ""
    reason: str = ""
    traceback: str = ""
    file: str = ""
    line: int = 0
    frames: Places = ()
    sections: Pairs = ()
    properties: Pairs = ()
    subtest: str = ""
    counted: str = ""
    whole: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether it passed and has nothing to tell but its times."""
        return self.outcome is Outcome.PASSED and not (
            self.sections or self.properties or self.subtest or self.counted or self.reason or self.traceback
        )


class Pass(NamedTuple):
    """`pass`: a test passed, and there is nothing to tell of it but times; it stands for its three phases.

    Written at the end of a test whose setup and call took less than ten milliseconds together: until then
    such a test has only a `start`, so that thousands of small tests cost next to nothing.

    Attributes:
        test: node id.
        start: when its setup began.
        setup: how long that took.
        call: how long the call took.
        teardown: how long the teardown took.
        worker: xdist's name of the worker, empty without xdist.
    """

    test: str = ""
    start: float = 0.0
    setup: float = 0.0
    call: float = 0.0
    teardown: float = 0.0
    worker: str = ""
