"""The installed pytest's own screen, saved in many ways, reads as the records of the same run say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest
from ready import spawn
from recorded import BROKEN_FILE, QUIET, SKIPPED_FILE, SUITE, read_report

from pytest_txselect.report.assemble import assemble
from pytest_txselect.report.readers.junit.read import read_junit
from pytest_txselect.report.readers.log.read import read_log

if TYPE_CHECKING:
    from pytest_txselect.report.run import Run

MODES: Final = (
    "", "-q", "-v", "-vv", "-vvv -rA", "-rN", "-q -rN", "-rA", "-rfE -q", "--tb=no", "--tb=short -rA", "--tb=line -v",
    "--tb=native -rA", "--no-header", "-s", "-s -v -rA", "--color=yes -rA", "-n2", "-n2 -v -rA", "-n2 -q -rN", "--durations=0 -v",
    "-o console_output_style=count -v", "-o console_output_style=classic", "-x", "--maxfail=3 -n2", "-k writes",
)  # fmt: skip


def name_results(run: Run, word: str) -> Counter[str]:
    """Name what counts under a word."""
    found = Counter(result.test.id for result in run.results if result.counted == word)
    found.update(problem.node for problem in run.collection if problem.outcome == word)
    return found


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode or "plain")
def test_saved_log(pytester: pytest.Pytester, mode: str):
    """Counts, failures and errors are those of the records, whatever pytest shows."""
    pytester.makepyfile(test_suite=SUITE, test_broken=BROKEN_FILE, test_whole=SKIPPED_FILE)
    done = spawn(pytester, *QUIET, *mode.split(), "--continue-on-collection-errors", "--txselect-report")
    truth = read_report(pytester.path / "reports" / "tests")
    run = assemble(read_log("\n".join(done.outlines).encode(), "log"))
    wanted = truth.count_results()
    if "-n2" in mode:
        del wanted["deselected"]  # with workers pytest does not know of them
    assert run.count_results() == wanted
    assert run.complete
    assert not run.notes
    assert run.streams[0].footer.status == truth.streams[0].footer.status
    assert (
        run.streams[0].footer.stopped.partition("!")[0] == truth.streams[0].footer.stopped.partition("!")[0]
    )
    for word in ("failed", "error"):
        found, wanted = name_results(run, word), name_results(truth, word)
        if "-rN" in mode:  # a failure without a traceback, as of a strict xfail, has a name and no file there
            found, wanted = (
                Counter(node.split("::")[-1] for node in names.elements()) for names in (found, wanted)
            )
        assert found == wanted


@pytest.mark.parametrize("family", ["xunit1", "xunit2"])
@pytest.mark.parametrize("workers", [0, 2])
def test_own_junit(pytester: pytest.Pytester, family: str, workers: int):
    """Pytest's own JUnit file reads as the records of the same run say, as far as it tells."""
    pytester.makepyfile(test_suite=SUITE, test_broken=BROKEN_FILE, test_whole=SKIPPED_FILE)
    more = ["-n", str(workers)] if workers else []
    spawn(
        pytester,
        *QUIET,
        *more,
        "--continue-on-collection-errors",
        "--txselect-report",
        "--junitxml=own.xml",
        "-o",
        f"junit_family={family}",
    )
    truth = read_report(pytester.path / "reports" / "tests")
    run = assemble(read_junit((pytester.path / "own.xml").read_bytes(), "own.xml"))
    for word in ("failed", "error", "skipped", "xfailed"):
        found, wanted = name_results(run, word), name_results(truth, word)
        assert found == wanted, word
    assert {test.id for test in run.tests} == {test.id for test in truth.tests}
    assert run.complete
    assert not run.notes
