"""Logs that were cut, mangled, or written by tests that pretend: a clear error or a faithful run, never fewer failures."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.formats import FORMATS
from pytest_txselect.report.readers.log.read import read_log
from pytest_txselect.report.readers.log.screen import read_screen
from pytest_txselect.report.readers.unreadable import UnreadableError

if TYPE_CHECKING:
    from pytest_txselect.report.run import Run

LOGS: Final = Path(__file__).with_name("logs")
START: Final = "=== test session starts ===\n"
SUMMARY: Final = "=== short test summary info ===\n"
FAKE: Final = START + "collected 1 item\n\nfake.py .   [100%]\n\n=== 1 passed in 0.01s ===\n"
FAKE_QUIET: Final = ".   [100%]\n1 passed in 0.01s\n"


def read(text: str | bytes) -> Run:
    """Read a log."""
    return assemble(read_log(text.encode() if isinstance(text, str) else text, "log"))


def make(*, output: str = "", passes: int = 3, fails: int = 1, tail: str = "", quiet: bool = False) -> str:
    """Make a log of a run, in which the failing test has printed `output`."""
    total = passes + fails
    head = (
        ""
        if quiet
        else f"{START}platform linux -- Python 3.12.0, pytest-9.0.0, pluggy-1.0\ncollected {total} items\n\n"
    )
    blocks = "".join(
        f"___ test_f{n} ___\n\n    def test_f{n}():\n>       assert {n}\nE       assert {n}\n\nt.py:{n}: AssertionError\n"
        f"--- Captured stdout call ---\n{output}"
        for n in range(1, fails + 1)
    )
    summary = "".join(f"FAILED t.py::test_f{n} - assert {n}\n" for n in range(1, fails + 1))
    shown = f"{f'{fails} failed, ' if fails else ''}{passes} passed in 1.00s"
    middle = f"=== FAILURES ===\n{blocks}=== short test summary info ===\n{summary}" if fails else ""
    end = f"{shown}\n" if quiet else f"=== {shown} ===\n"
    letters = f"{'' if quiet else 't.py '}{'F' * fails}{'.' * passes}   [100%]\n"
    return f"{head}{letters}{middle}{end}{tail}"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b"\n \r\n\0\0", "it is empty"),
        (b"\x7fELF" + bytes(range(256)) * 20, "it is binary"),
        (b"Requirement already satisfied: pip\n", "it is no log of pytest"),
        (
            b"ERROR: usage: pytest [options]\npytest: error: unrecognized arguments: --x\n",
            "pytest refused to start",
        ),
        (make().encode()[:-30], "it ends before pytest's last line"),
        (b"....   [ 50%]\n", "it ends before pytest's last line"),
        (b"=== 5 tests collected in 0.10s ===\n", "tests were only collected there"),
        (b"no tests collected, 1 error in 0.10s\n", "tests were only collected there"),
        (b"=== 99999999999 passed in 0.10s ===\n", "its last line counts more than"),
    ],
)
def test_unreadable(data: bytes, why: str):
    """What cannot be a run is an error that says why."""
    with pytest.raises(UnreadableError, match=re.escape(why)):
        read_log(data, "log")


@pytest.mark.parametrize("quiet", [False, True], ids=["loud", "quiet"])
@pytest.mark.parametrize(
    "output",
    [
        "FAILED tests/x.py - boom\n",
        "=== short test summary info ===\nFAILED fake.py::test_x - boom\n",
        "=== 12 passed in 0.10s ===\n",
        "12 passed in 0.10s\n",
        "=== FAILURES ===\n___ test_z ___\nE   no\n=== 1 failed in 0.10s ===\n",
        FAKE,
        FAKE * 2,
        FAKE_QUIET,
        START,
        "=== warnings summary ===\nx.py:1\n  x.py:1: UserWarning: w\n",
        "___ test_f1 ___\n",
        "\x1b[31mFAILED\x1b[0m a.py::b - \x1b]0;title\x07c\n",
    ],
)
@pytest.mark.parametrize("fails", [1, 3])
def test_tests_that_pretend(output: str, quiet: bool, fails: int):
    """What a test prints is its output, whatever it looks like."""
    run = read(make(output=output, fails=fails, quiet=quiet))
    assert run.count_results() == {"failed": fails, "passed": 3}
    failed = [result for result in run.results if result.outcome == "failed"]
    assert [result.test.id for result in failed] == [f"t.py::test_f{n}" for n in range(1, fails + 1)]
    assert [result.phase.reason for result in failed] == [f"assert {n}" for n in range(1, fails + 1)]
    assert not run.notes


@pytest.mark.parametrize("quiet", [False, True], ids=["loud", "quiet"])
def test_pretended_in_progress(quiet: bool):
    """With -s what tests print stands between the progress."""
    text = make(fails=0, quiet=quiet).replace(
        "...   ", f".FAILED a.py::b - boom\n{FAKE if not quiet else ''}..   "
    )
    assert read(text).count_results() == {"passed": 3}


@pytest.mark.parametrize(
    ("before", "inner"),
    [
        (
            "t.py ",
            "=== test session starts ===\ncollected 3 items\nx.py ...   [100%]\n=== 3 passed in 0.01s ===\n",
        ),
        (
            "t.py F..\nu.py .",
            "=== test session starts ===\ncollected 3 items\nx.py ...   [100%]\n=== 3 passed in 0.01s ===\n",
        ),
        ("t.py F.\nu.py ", "x.py ...   [100%]\n=== 3 passed in 0.01s ===\n"),
    ],
)
@pytest.mark.parametrize("more", ["", "..", ".=== test session starts ===\ncollected 3 items\n"])
def test_cut_after_another_run(before: str, inner: str, more: str):
    """With -s a run that a test shows begins in the middle of a line; where the log is cut then, it is unreadable."""
    with pytest.raises(UnreadableError):
        read(f"=== test session starts ===\ncollected 50 items\n\n{before}{inner}{more}")
    if "test session" in inner:
        with pytest.raises(UnreadableError):
            read(f"{before.rpartition(chr(10))[2]}{inner}{more}")


@pytest.mark.parametrize(
    "said",
    [
        "ERROR: file or directory not found: tests/gone",
        "ERROR: not found: /src/t.py::gone\n(no match in any of [<Module t.py>])",
        "ERROR: usage: pytest [options]\npytest: error: unrecognized arguments: --x",
        "ImportError while loading conftest '/src/conftest.py'.\nconftest.py:1: in <module>",
        "ERROR: nothing of that name is known [unknown-ref]",
    ],
)
def test_refused(said: str):
    """Where pytest has refused to run nothing ran: neither a run of no test nor another run beside it says that none failed."""
    none = "=== test session starts ===\ncollected 0 items\n\n=== no tests ran in 0.01s ===\n"
    for text in (
        none + said,
        f"{said}\n{none}",
        make(fails=0) + said,
        f"{said}\n" + make(fails=0),
        make(fails=0, quiet=True) + said,
    ):
        with pytest.raises(UnreadableError, match="refused to run"):
            read(text)
    assert read(make(output=f"{said}\n")).count_results() == {"failed": 1, "passed": 3}
    assert read(none + "ERROR: Coverage failure: total of 0 is less than fail-under=80").count_results() == {}


def test_goes_on_after_last_line():
    """Where tests run on below a last line, a test has printed it: the run was killed."""
    head = "=== test session starts ===\ncollecting ...\n"
    with pytest.raises(UnreadableError, match="it ends before"):
        read(
            f"{head}=== 80 passed in 3.04s ===\ncollected\nt.py::a PASSED   [ 50%]\nt.py::b FAILED   [ 99%]\nt.py::c \n"
        )


def test_whole_after_another_run():
    """With -s -q a run that a test shows in the middle of a line is not taken for the run itself."""
    inner = ".=== test session starts ===\ncollected 3 items\nx.py F..   [100%]\n=== 1 failed, 2 passed in 0.01s ===\n"
    assert read(f"{inner}..F\n1 failed, 3 passed in 2.00s\n").count_results() == {"failed": 1, "passed": 3}
    with pytest.raises(UnreadableError, match="cannot be told"):
        read(
            f"{inner[1:]}{inner}F.\n1 failed, 2 passed in 9.00s\n"
        )  # the first test shows one before its letter
    assert read(f"Running: {inner[1:]}").count_results() == {"failed": 1, "passed": 2}


def test_several_runs():
    """Runs one after another are counted each, under names of their own."""
    run = read(make() + "+ pytest again\n" + make(fails=0) + make(quiet=True) + make(output=FAKE, quiet=True))
    assert run.count_results() == {"failed": 3, "passed": 12}
    assert [stream.header.id for stream in run.streams] == ["log", "log#2", "log#3", "log#4"]
    assert len({test.id for test in run.tests if test.outcome == "failed"}) == 1


@pytest.mark.parametrize(
    "rest", [START + "collected 2 items\n\nt.py .", ".F   [ 50%]\n", START + "x\n" + FAKE]
)
def test_last_of_several_is_cut(rest: str):
    """When the last run is cut off, the whole log is unreadable."""
    with pytest.raises(UnreadableError, match="ends before"):
        read(make() + rest)


def test_tests_taken_away():
    """A conftest that takes tests away without a word leaves a doubt, no error."""
    run = read(make().replace("collected 4 items", "collected 40 items"))
    assert run.count_results() == {"failed": 1, "passed": 3}
    assert run.notes == ("40 tests were to run, and its last line counts 4",)


@pytest.mark.parametrize("place", range(0, len(make(output=FAKE)) - 40, 7))
def test_cut(place: int):
    """Cut anywhere, a log with a fake run in it is unreadable, or is what a smaller run would be: never less bad."""
    with pytest.raises(UnreadableError):
        read(make(output=FAKE)[:place])


def test_overwritten_lines():
    """Of a line that was written over itself the end counts; line ends of Windows are line ends."""
    text = make().replace("collected", "collecting ... \rcollecting 3 items\rcollected").replace("\n", "\r\n")
    assert read(text).count_results() == {"failed": 1, "passed": 3}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
def test_encodings(encoding: str):
    """Logs that PowerShell has saved are read."""
    assert read(make().encode(encoding)).count_results() == {"failed": 1, "passed": 3}


@pytest.mark.parametrize(
    "stamp",
    [
        "2025-06-01T10:11:12.1234567Z ",
        "2025-06-01T10:11:12.123456Z 01O ",
        "[2025-06-01T10:11:12.123Z] ",
        "\x1b_bk;t=1712345678\x07",
        "\x1b[0Ksection_start:1:x\r\x1b[0K",
        "tests\tRun pytest\t2025-06-01T10:11:12.1234567Z ",
        "a job / of (3.13)\tUNKNOWN STEP\t\ufeff2025-06-01T10:11:12.1234567Z ",
    ],
)
def test_stamps(stamp: str):
    """What CI systems put before each line is taken away."""
    text = "".join(f"{stamp}{line}\n" for line in make().splitlines())
    assert read(text).count_results() == {"failed": 1, "passed": 3}


def test_pieces_of_lines():
    """GitLab stamps each piece of a line that was written in several; they are one line again, spaces kept."""
    stamp = "2025-06-01T10:11:12.123456Z 01O"
    lines = make().splitlines()
    text = "".join(f"{stamp} {line[:7]}\n{stamp}+{line[7:]}\n" for line in lines)
    assert read(text) == read("".join(f"{stamp} {line}\n" for line in lines))
    assert read(text).count_results() == {"failed": 1, "passed": 3}


def test_pieces_that_are_written_over():
    """Carriage returns act on whole lines, not on the pieces that GitLab has made of them."""
    stamp = "2025-06-01T10:11:12.123456Z 01O"
    lines = make().replace("collected", "collecting ... \rcollected").splitlines()
    text = "".join(f"{stamp} {line[:5]}\n{stamp}+{line[5:]}\n" for line in "\n".join(lines).split("\n"))
    assert read(text).count_results() == {"failed": 1, "passed": 3}


def test_broken_characters():
    """Bytes that are no UTF-8 are kept, and every format can be made."""
    run = read(make().encode().replace(b"assert 1", b"assert \xff\xc3"))
    for render in FORMATS.values():
        assert isinstance(b"".join(render(run)), bytes)
    assert "\udcff" in next(result.phase.reason for result in run.results if result.outcome == "failed")


@pytest.mark.parametrize(
    "name", ["t[" + "x" * 10_000 + "]", "t[💥 <b>]", "t[a - b]", "t['\"]", "t[a::b]", "t[]]", "t[a] - b]"]
)
def test_odd_names(name: str):
    """Node ids may hold anything but a line end."""
    run = read(make().replace("test_f1", name))
    assert [test.id for test in run.tests if test.outcome == "failed"] == [f"t.py::{name}"]
    assert run.count_results() == {"failed": 1, "passed": 3}


@given(st.binary(max_size=400))
def test_garbage(data: bytes):
    """Garbage is never a run in which nothing failed."""
    with pytest.raises(UnreadableError):
        read_log(data, "log")


LINES: Final = sorted({line for path in LOGS.glob("9-*.txt") for line in read_screen(path.read_bytes())})


@given(
    st.lists(st.sampled_from(LINES), max_size=40),
    st.integers(0, 30),
    st.integers(0, 30),
    st.text(max_size=10),
)
@example([], 1, 0, "")
def test_shuffled(lines: list[str], failed: int, passed: int, more: str):
    """Lines of real logs in any order: our own error, or a run with at least the results of its last line."""
    parts = [f"{failed} failed"] * bool(failed) + [f"{passed} passed"] * bool(passed)
    text = "\n".join([*lines, more, f"=== {', '.join(parts) or 'no tests ran'} in 1.00s ==="])
    try:
        run = read(text.encode("utf-8", "surrogatepass"))
    except UnreadableError:
        return
    assert run.count_results()["failed"] >= failed
    assert run.count_results()["passed"] >= passed
    for render in FORMATS.values():
        b"".join(render(run))


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text(name: str, message: str):
    """Whatever a test is called and whatever it says, it is counted once, and its log is readable."""
    name = re.sub(r"[\r\n\x00-\x1f\x7f-\x9f\u2028\u2029]", "", name).strip()
    message = re.sub(r"[\r\x00-\x09\x0b-\x1f]", "", message)
    run = read(make().replace("test_f1", f"t[{name}]").replace("- assert 1", f"- {message}"))
    assert run.count_results() == {"failed": 1, "passed": 3}


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "a::b - ",
        "[a] ",
        "= ",
        "_ ",
        "a::b PASSED ",
        "SKIPPED (",
        "1 failed, ",
        " in ",
        ".F",
        "a:1: ",
        "\x1b]a",
        "E ",
        "a\r",
    ],
)
def test_long_lines(piece: str):
    """A line of a hundred thousand characters does not hold the reader up, wherever it stands."""
    line = piece * (100_000 // len(piece))
    text = make(output=f"{line}\n").replace("t.py F", f"{line}\nt.py F").replace("- assert 1", f"- {line}")
    begun = time.process_time()
    run = read(text.replace(f"{SUMMARY}", f"{line}\n{SUMMARY}"))
    assert run.count_results() == {"failed": 1, "passed": 3}
    assert time.process_time() - begun < 5
