"""Several recordings of one run (xdist workers) as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.evidence.evidence import EvidenceSet, Recording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.evidence.evidence import Piece, RecordedTest
    from pytest_txselect.evidence.files import Stamp
    from pytest_txselect.model import RepoPath

__all__ = ["join_recordings", "join_stamps"]


def join_recordings(recordings: Iterable[Recording]) -> Recording:
    """Join recordings; a test that is in several of them (run again) has the evidence of all."""
    recordings = list(recordings)
    if len(recordings) == 1:
        return recordings[0]
    pieces: dict[Piece, int] = {}
    sets: dict[EvidenceSet, int] = {}
    tests: dict[str, RecordedTest] = {}
    collections: dict[RepoPath, int] = {}
    for recording in recordings:
        places = [pieces.setdefault(piece, len(pieces)) for piece in recording.pieces]
        numbers: list[int] = []
        for each in recording.sets:
            moved = EvidenceSet(
                tuple(sorted(places[piece] for piece in each.pieces)),
                tuple(sorted({numbers[other] for other in each.includes})),
                each.gaps,
            )
            numbers.append(sets.setdefault(moved, len(sets)))
        for node, test in recording.tests.items():
            if test.evidence is None:
                tests.setdefault(node, test)
                continue
            earlier = tests.get(node)
            number = _join_sets(sets, numbers[test.evidence], None if earlier is None else earlier.evidence)
            tests[node] = test._replace(evidence=number)
        for path, place in recording.collections.items():
            collections[path] = _join_sets(sets, numbers[place], collections.get(path))
    return Recording(tuple(pieces), tuple(sets), tests, collections=collections)


def _join_sets(sets: dict[EvidenceSet, int], number: int, earlier: int | None) -> int:
    """The number of a set, or of one that includes it and an earlier one."""
    if earlier is None or earlier == number:
        return number
    both = EvidenceSet((), tuple(sorted({earlier, number})))
    return sets.setdefault(both, len(sets))


def join_stamps(stamps: Iterable[dict[RepoPath, Stamp]]) -> dict[RepoPath, Stamp | None]:
    """Join what several processes saw of files; None for a file that they saw differently."""
    joined: dict[RepoPath, Stamp | None] = {}
    for each in stamps:
        for path, stamp in each.items():
            joined[path] = stamp if joined.setdefault(path, stamp) == stamp else None
    return joined
