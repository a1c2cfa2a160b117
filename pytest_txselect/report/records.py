"""The lines of `results.jsonl`: what is written while a test run happens.

A file is a sequence of JSON objects, one a line, each with the key `record` that names its kind. It is ASCII
only: other characters are JSON escapes, and so are bytes of names that are not UTF-8 (as lone surrogates).
Each class below is a kind; its attributes are the keys. A key whose value is the default is left out. Times
are seconds since the epoch, durations seconds, line numbers start at 1; 0 means unknown.

A *stream* is what one pytest process (with xdist: the controller) writes: a `header`, then records in the
order in which things happened, then a `footer`. A stream without footer broke off: its process was killed.
Its last line may be cut anywhere. A file holds one stream or several, one after the other: a merge is a
concatenation, in which a stream that is there twice (same `run`) counts once.

Kinds are named tuples and no dataclasses: making a class takes a seventh of the time, making a value a quarter, and
there are as many values as tests have phases.

Readers skip kinds and keys that they do not know, so new ones do not change `SCHEMA_VERSION`; a change of
meaning does.

History of the schema: 1, the first.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

from pytest_txselect.report.outcome import Outcome
from pytest_txselect.report.phase import Pairs, Pass, Phase, Start

__all__ = [
    "SCHEMA_VERSION",
    "CollectProblem",
    "Collected",
    "Deselected",
    "Footer",
    "Header",
    "InternalError",
    "Outcome",
    "Pass",
    "Phase",
    "Record",
    "SelectionMade",
    "Start",
    "WarningSeen",
    "WorkerEvent",
]

SCHEMA_VERSION: Final = 1

Texts: TypeAlias = tuple[str, ...]


class Header(NamedTuple):
    """`header`: a stream begins.

    Attributes:
        schema: `SCHEMA_VERSION` of the writer.
        run: unique name of the stream (a random UUID).
        id: name of the report, as in `--txselect-report-id`.
        started: when pytest was configured.
        command: the arguments of pytest.
        rootdir: pytest's rootdir.
        invocation: the folder pytest was called in; relative paths in tracebacks start there.
        prefix: the path from the top of the repository to the rootdir, with `/`; empty when they are one.
        commit: full object name of HEAD, empty where unknown.
        versions: name and version of what took part: `python`, `pytest`, `txselect`, plugins by distribution.
        platform: operating system and machine.
        job: name of the CI job, empty where there is none.
        shard: this machine's share, as `(1, 4)`; `(1, 1)` when the run is not cut into shards.
        workers: number of xdist workers, 0 without xdist.
        each: True for xdist's `--dist each`: every worker runs every test.
        source: how the stream came to be when pytest did not write it, such as `junit` or `log`.
        notes: what is doubtful about such a stream (a log that does not agree with its last line), a line each.
    """

    schema: int = SCHEMA_VERSION
    run: str = ""
    id: str = "tests"
    started: float = 0.0
    command: Texts = ()
    rootdir: str = ""
    invocation: str = ""
    prefix: str = ""
    commit: str = ""
    versions: Pairs = ()
    platform: str = ""
    job: str = ""
    shard: tuple[int, int] = (1, 1)
    workers: int = 0
    each: bool = False
    source: str = ""
    notes: Texts = ()

    @property
    def report(self) -> str:
        """The report that the stream belongs to; streams of one report are attempts at the same tests.

        Two jobs that were given the same id are not one report: the same node id is a test in each of them.
        """
        return self.id if not self.job or self.job == self.id else f"{self.id} of {self.job}"


class SelectionMade(NamedTuple):
    """`selection`: the selection in force.

    Attributes:
        headline: the line of pytest's header that says what was selected.
        document: the content of `selection.json`, as JSON text.
        left_out: files (or node ids) that the selection left out before collection.
        reason: why those were left out.
    """

    headline: str = ""
    document: str = ""
    left_out: Texts = ()
    reason: str = ""


class Collected(NamedTuple):
    """`collected`: node ids that are to run, in order. Several of these in a stream add up.

    Attributes:
        tests: the node ids.
        worker: under `--dist each`, the worker that is to run them; else empty.
    """

    tests: Texts = ()
    worker: str = ""


class Deselected(NamedTuple):
    """`deselected`: tests that were collected and then left out.

    Attributes:
        tests: their node ids.
        reason: why, as far as it is known ("-k 'not slow'").
    """

    tests: Texts = ()
    reason: str = ""


class CollectProblem(NamedTuple):
    """`collect`: a file or class that could not be collected (`error`), or that skipped itself (`skipped`).

    Attributes:
        node: its node id.
        outcome: error or skipped.
        reason: one line or more: the error's or the skip's message.
        traceback: as pytest shows it, without colours.
        file: where it happened, as pytest shows it.
        line: likewise.
        sections: captured output as (title, text).
    """

    node: str = ""
    outcome: Outcome = Outcome.ERROR
    reason: str = ""
    traceback: str = ""
    file: str = ""
    line: int = 0
    sections: Pairs = ()


class WarningSeen(NamedTuple):
    """`warning`: pytest recorded a warning.

    Attributes:
        message: its text.
        category: class name of the warning ("DeprecationWarning").
        file: where, as Python says.
        line: likewise.
        when: config, collect or runtest.
        test: node id of the test, or of the file being collected; may be empty.
    """

    message: str = ""
    category: str = ""
    file: str = ""
    line: int = 0
    when: str = "runtest"
    test: str = ""


class WorkerEvent(NamedTuple):
    """`worker`: an xdist worker is ready (`up`) or gone (`down`).

    Attributes:
        worker: its name.
        event: up or down.
        time: when.
        error: why it went down, empty when it was done.
    """

    worker: str = ""
    event: str = "up"
    time: float = 0.0
    error: str = ""


class InternalError(NamedTuple):
    """`internal`: pytest itself, or a plugin, broke.

    Attributes:
        text: the traceback.
    """

    text: str = ""


class Footer(NamedTuple):
    """`footer`: the stream is complete.

    Attributes:
        finished: when.
        duration: seconds since pytest's session started, as in its last line.
        status: pytest's: 0 passed, 1 failed, 2 interrupted, 3 internal error, 4 usage error, 5 no tests.
        stopped: why the run ended before its end (`-x`, `--maxfail`, Ctrl-C), empty when it did not.
    """

    finished: float = 0.0
    duration: float = 0.0
    status: int = 0
    stopped: str = ""


Record: TypeAlias = (
    Header
    | SelectionMade
    | Collected
    | Deselected
    | CollectProblem
    | Start
    | Phase
    | Pass
    | WarningSeen
    | WorkerEvent
    | InternalError
    | Footer
)
