"""Which tests a file has, without collecting it: from recorded runs, and from what became of the file since."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_txselect.engine.nodes import find_definitions, name_of, qualname_of
from pytest_txselect.project.disk import read_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_txselect.engine.recorded import Evidence, Version
    from pytest_txselect.model import RepoPath

__all__ = ["Known", "Listed", "list_known"]


@dataclass(frozen=True, slots=True)
class Listed:
    """Every test of a file.

    Attributes:
        nodes: node ids of those that are as they were when they were seen.
        fresh: names of the test functions that are new or not as they were; nobody knows their node ids.
    """

    nodes: tuple[str, ...]
    fresh: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """Which tests recorded runs know.

    Attributes:
        listed: the tests of the files asked about, where all are known.
        numbers: how many tests a file has, of every file of which all are known.
        files: number of files of which any test is known.
    """

    listed: Mapping[RepoPath, Listed]
    numbers: Mapping[RepoPath, int]
    files: int


def list_known(evidence: Evidence, paths: Iterable[RepoPath]) -> Known:
    """List the tests of those of some files of which recorded runs know all.

    Args:
        evidence: what was recorded, still open.
        paths: test files.
    """
    nodes: dict[RepoPath, list[str]] = {path: [] for path in paths}
    numbers: Counter[RepoPath] = Counter()
    for node, test in evidence.tests.items():
        numbers[test.path] += 1
        if test.path in nodes:
            nodes[test.path].append(node)
    listed = {}
    for path, known in nodes.items():
        found = _list_tests(evidence, path, known)
        if found is not None:
            listed[path] = found
    whole = {path: number for path, number in numbers.items() if evidence.knows_all(path)}
    return Known(listed, whole, len(numbers))


def _list_tests(evidence: Evidence, path: RepoPath, known: list[str]) -> Listed | None:
    """The tests of one file; None where there may be others."""
    whole = evidence.whole.get(path, [])
    if not whole:
        return None
    others = [version for version in evidence.versions.get(path, ()) if not evidence.holds(version)]
    settled = evidence.knows_all(path)
    if settled and not others:  # nearly always, and nothing has to be read
        return Listed(tuple(sorted(known)))
    source = read_source(evidence.project.git.repository.top, path)
    fresh = frozenset[str]() if settled else _find_fresh(evidence, whole[-1], source)
    if source is None or fresh is None:
        return None
    there = find_definitions(source)
    texts = (evidence.store.read_text(path, version.blob) or b"" for version in others)
    gone = {qualname for text in texts for qualname in find_definitions(text)} - there.keys()
    kept = (node for node in known if name_of(node) not in fresh and qualname_of(node) not in gone)
    return Listed(tuple(sorted(kept)), fresh)


def _find_fresh(evidence: Evidence, version: Version, source: bytes | None) -> frozenset[str] | None:
    """Tests that differ from a version of which all were known; None where any may."""
    old = evidence.store.read_text(version.path, version.blob)
    if old is None or source is None:
        return None
    from pytest_txselect.source.edits import find_edits  # noqa: PLC0415 - slow to import, and seldom needed
    from pytest_txselect.source.own_tests import find_own_tests  # noqa: PLC0415 - likewise

    return find_own_tests(find_edits(old, source), old, source, evidence.project.is_test_function)
