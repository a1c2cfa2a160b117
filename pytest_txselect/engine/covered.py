"""Evidence from a file of the coverage library, taken with a context for each test (`pytest --cov-context=test`).

Such a file says which lines each test executed. It does not say which files a test opened, which processes it
started, or who relies on a module that was imported, on a memoised function or on a fixture that was set up for
another test. So this evidence has gaps: `explain` can tell what a test executed, and the source decides.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from pytest_txselect.errors import UsageError
from pytest_txselect.evidence.evidence import EvidenceSet, FileVersion, Gap, Piece, RecordedTest, Recording
from pytest_txselect.evidence.lines import read_function_lines
from pytest_txselect.evidence.versions import name_blob
from pytest_txselect.model import RepoPath
from pytest_txselect.project.disk import read_source
from pytest_txselect.project.tree import join

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

__all__ = ["Covered", "LinesByContext", "read_coverage_file", "read_covered"]

PHASES: Final = ("setup", "run", "teardown")
GAPS: Final = Gap.WATCH | Gap.IMPORT


class LinesByContext(Protocol):
    """What is asked of coverage data."""

    def measured_files(self) -> Iterable[str]:
        """Absolute names of the files that were measured."""

    def contexts_by_lineno(self, filename: str) -> Mapping[int, Iterable[str]]:
        """The contexts in which each line was executed."""

    def close(self) -> None:
        """Ask no more."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What a coverage file says.

    Attributes:
        recording: the tests that were asked for.
        known: number of tests that were not asked for, since better evidence of them is there.
        stale: files that have changed since: nobody knows what was executed of them.
    """

    recording: Recording
    known: int
    stale: tuple[RepoPath, ...]


def read_coverage_file(file: Path) -> LinesByContext:
    """Open a coverage file.

    Raises:
        UsageError: the coverage library is not installed, or the file is none of its files.
    """
    try:
        from coverage import CoverageData  # noqa: PLC0415 - an extra, which only this command needs
        from coverage.exceptions import CoverageException  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise UsageError(
            "coverage-missing",
            "import-coverage needs the coverage library; install pytest-txselect[coverage]",
        ) from error
    if not file.is_file():
        raise UsageError("coverage-unreadable", f"{file}: there is no such file; name a .coverage file")
    data = CoverageData(basename=str(file))
    try:
        data.read()
    except CoverageException as error:
        data.close()
        raise UsageError("coverage-unreadable", f"{file}: {error}; name a .coverage file") from error
    return data


def read_covered(
    data: LinesByContext, top: Path, rootdir: str, known: Collection[str], written: float
) -> Covered:
    """Turn coverage data into evidence.

    Args:
        data: the coverage data.
        top: of the repository.
        rootdir: pytest's, relative to it.
        known: tests of which better evidence is there; they are passed over.
        written: when the data was; files that are younger are not what was executed.

    Raises:
        UsageError: no context is that of a test.
    """
    tests: defaultdict[str, set[Piece]] = defaultdict(set)
    files: dict[RepoPath, FileVersion] = {}
    real = os.path.realpath(top)
    for name in sorted(data.measured_files()):
        path = RepoPath(os.path.relpath(os.path.realpath(name), real).replace(os.sep, "/"))
        if path.startswith("../"):
            continue
        contexts = data.contexts_by_lineno(name)
        source = read_source(top, path)
        functions = None if source is None else read_function_lines(path, source)
        if (
            source is None
            or functions is None
            or os.stat(name).st_mtime > written  # noqa: PTH116 - surrogates survive
            or not functions.known.issuperset(line for line in contexts if line > 1)
        ):
            files[path] = FileVersion("")
        else:
            files[path] = FileVersion(name_blob(source), source)
        for line, names in contexts.items():
            for node in set(map(find_node, names)) - {""}:
                tests[node].update(() if functions is None else functions.find(line))
    if not tests:
        raise UsageError(
            "no-contexts",
            "the coverage file does not say which test executed what; measure with `pytest --cov --cov-context=test`",
        )
    wanted = {node: pieces for node, pieces in tests.items() if node not in known}
    stale = tuple(path for path, version in files.items() if not version.blob)
    return Covered(_assemble(wanted, rootdir, files), len(tests) - len(wanted), stale)


def find_node(context: str) -> str:
    """The node id in the name of a context such as `tests/test_a.py::test_one[1]|run`; empty where there is none.

    A static context may be in front, with another bar.
    """
    front, bar, phase = context.rpartition("|")
    if not bar or phase not in PHASES:
        return ""
    file, colons, rest = front.partition("::")
    return f"{file.rpartition('|')[2]}{colons}{rest}" if colons else ""


def _assemble(
    tests: Mapping[str, set[Piece]], rootdir: str, files: Mapping[RepoPath, FileVersion]
) -> Recording:
    """Put a recording together. Whether a test passed is not known, which is what a skip says."""
    pieces = sorted({piece for used in tests.values() for piece in used})
    numbers = {piece: number for number, piece in enumerate(pieces)}
    sets: list[EvidenceSet] = []
    recorded = {}
    for node, used in sorted(tests.items()):
        sets.append(EvidenceSet(tuple(sorted(map(numbers.__getitem__, used))), (), GAPS))
        path = RepoPath(join(rootdir, node.partition("::")[0]))
        recorded[node] = RecordedTest(path, len(sets) - 1, "skipped")
    used_files = {piece.path for piece in pieces}
    versions = {path: version for path, version in files.items() if path in used_files}
    return Recording(tuple(pieces), tuple(sets), recorded, versions)
