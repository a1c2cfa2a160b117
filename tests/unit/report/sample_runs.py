"""Runs built from a few words each, for tests of what is rendered from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.records import (
    Collected,
    CollectProblem,
    Deselected,
    Footer,
    Header,
    Outcome,
    Pass,
    Phase,
    Record,
    Start,
    WarningSeen,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.report.run import Run

HEADER: Final = Header(
    run="a",
    started=1_700_000_000.0,
    command=("-q",),
    rootdir="/src/sub",
    invocation="/src/sub",
    prefix="sub",
    commit="a1b2c3d4e5" * 4,
    versions=(("python", "3.13.0"), ("pytest", "9.0.0")),
)
FOOTER: Final = Footer(1_700_000_009.0, 9.0, 1)


def give_failure(test: str, reason: str, **more: object) -> list[Record]:
    """Give the records of a test that fails in its call."""
    values: dict[str, object] = {
        "traceback": f"    def {test}():\n>       assert 0\nE       {reason}\n\ntests/x.py:3: Error",
        "file": "/src/sub/tests/x.py",
        "line": 3,
        "frames": (("tests/x.py", 3),),
        **more,
    }
    return [
        Start(test, test.partition("::")[0], 2, test.partition("::")[2].replace("::", "."), 1_700_000_001.0),
        Phase(test, "setup", start=1_700_000_001.0, duration=0.01),
        Phase(test, "call", Outcome.FAILED, 1_700_000_001.01, 0.25, reason=reason, **values),  # type: ignore[arg-type]
        Phase(test, "teardown", start=1_700_000_001.3, duration=0.001),
    ]


def give_pass(test: str) -> list[Record]:
    """Give the records of a test that passes with nothing to tell."""
    file, _, name = test.partition("::")
    return [Start(test, file, 5, name, 1_700_000_002.0), Pass(test, 1_700_000_002.0, 0.001, 0.002, 0.001)]


def give_skip(test: str, reason: str, line: int = 7) -> list[Record]:
    """Give the records of a test that a mark skips with all of its file."""
    file, _, name = test.partition("::")
    return [
        Start(test, file, line, name, 1_700_000_003.0),
        Phase(
            test,
            "setup",
            Outcome.SKIPPED,
            1_700_000_003.0,
            0.0001,
            reason=reason,
            file=f"/src/sub/{file}",
            line=line,
            whole=True,
        ),
        Phase(test, "teardown", start=1_700_000_003.1, duration=0.0001),
    ]


def build(*parts: Iterable[Record] | Record, header: Header = HEADER, footer: Footer | None = FOOTER) -> Run:
    """Build a run of records and lists of them."""
    records: list[Record] = [header]
    for part in parts:
        if isinstance(part, get_args(Record)):  # which is a tuple, too
            records.append(part)
        else:
            records += part  # type: ignore[arg-type]
    return assemble([*records, footer] if footer else records)


def build_varied() -> Run:
    """Build a run that has one of everything."""
    skips = [
        record
        for number in range(3)
        for record in give_skip(f"tests/s.py::test_gpu[{number}]", "needs a GPU")
    ]
    return build(
        Collected(("tests/x.py::test_a",)),
        CollectProblem(
            "tests/bad.py",
            Outcome.ERROR,
            "ImportError: no x",
            "E   ImportError: no x",
            "/src/sub/tests/bad.py",
            1,
        ),
        CollectProblem("tests/win.py", Outcome.SKIPPED, "needs Windows", "", "/src/sub/tests/win.py", 2),
        give_failure("tests/x.py::test_a", "assert 1 == 2", sections=(("Captured stdout call", "said\n"),)),
        give_failure("tests/x.py::test_b[1]", "ValueError: bad 0x7f01 in 3 of 4"),
        give_failure("tests/x.py::test_b[2]", "ValueError: bad 0x7f02 in 4 of 4"),
        skips,
        give_pass("tests/x.py::test_fine"),
        [
            Start("tests/x.py::test_td", "tests/x.py", 9, "test_td"),
            Phase("tests/x.py::test_td", "setup", duration=0.1),
            Phase(
                "tests/x.py::test_td", "call", duration=2.0, sections=(("Captured stdout call", "loud\n"),)
            ),
            Phase(
                "tests/x.py::test_td",
                "teardown",
                Outcome.ERROR,
                reason="OSError: gone",
                traceback="E   OSError: gone",
            ),
        ],
        [
            Start("tests/x.py::test_xf", "tests/x.py", 12, "test_xf"),
            Phase("tests/x.py::test_xf", "setup"),
            Phase("tests/x.py::test_xf", "call", Outcome.XFAILED, reason="bug 7", traceback="E   assert 0"),
            Phase("tests/x.py::test_xf", "teardown"),
        ],
        [
            Start("tests/x.py::test_flaky", "tests/x.py", 15, "test_flaky"),
            Phase("tests/x.py::test_flaky", "setup"),
            Phase(
                "tests/x.py::test_flaky",
                "call",
                Outcome.RERUN,
                reason="TimeoutError",
                traceback="E   TimeoutError",
            ),
            Phase("tests/x.py::test_flaky", "setup"),
            Phase("tests/x.py::test_flaky", "call"),
            Phase("tests/x.py::test_flaky", "teardown"),
        ],
        WarningSeen("old", "DeprecationWarning", "/src/sub/y.py", 4, "runtest", "tests/x.py::test_a"),
        WarningSeen("old", "DeprecationWarning", "/src/sub/y.py", 4, "runtest", "tests/x.py::test_fine"),
        Deselected(("tests/x.py::test_slow",), "-k 'not slow'"),
    )
