"""What a testcase of `junit.xml` is called, and what it says: known before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.report.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.report.records import Phase
    from pytest_txselect.report.run import Test

__all__ = ["list_troubles", "split_address"]


def split_address(nodeid: str) -> tuple[str, str]:
    """Split a node id into the class name and the name of a testcase: `a/b.py::C::t` is `a.b.C` and `t`."""
    path, bracket, parameters = nodeid.partition("[") if "::" in nodeid else (nodeid, "", "")
    names = [name for name in path.split("::") if name != "()"] or [""]
    names[0] = names[0].replace("/", ".").removesuffix(".py")
    names[-1] += bracket + parameters
    return ".".join(names[:-1]), names[-1]


def list_troubles(test: Test) -> Iterator[tuple[str, Phase | None]]:
    """List what elements below the testcase say: failures, errors and skips of its last attempt.

    An unexpected pass is a pass here, as in pytest's own file.
    """
    if test.plain:
        return
    if test.not_run:
        yield "error", None
    last = len(test.attempts) - 1
    for result in test.results:
        if result.attempt == last and result.outcome not in {Outcome.PASSED, Outcome.XPASSED}:
            yield _TAGS.get(result.outcome, "failure"), result.phase


_TAGS: Final = {
    Outcome.ERROR: "error",
    Outcome.SKIPPED: "skipped",
    Outcome.XFAILED: "skipped",
}
