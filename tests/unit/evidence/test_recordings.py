"""Recordings: put together from contexts, packed, joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.evidence.assemble import assemble, freeze
from pytest_txselect.evidence.contexts import Context, ContextKind
from pytest_txselect.evidence.evidence import EvidenceSet, Gap, Piece, PieceKind, RecordedTest, Recording
from pytest_txselect.evidence.join import join_recordings, join_stamps
from pytest_txselect.evidence.packed import pack_recording, unpack_recording
from pytest_txselect.model import RepoPath


def piece(name: str) -> Piece:
    """A function."""
    return Piece(PieceKind.FUNCTION, RepoPath("a.py"), name)


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Small recordings: pieces, sets that include earlier ones, tests."""
    pieces = draw(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True))
    sets: list[EvidenceSet] = []
    for _ in range(draw(st.integers(1, 5))):
        mine = draw(st.sets(st.integers(0, len(pieces) - 1)))
        others = draw(st.sets(st.integers(0, len(sets) - 1))) if sets else set()
        sets.append(
            EvidenceSet(
                tuple(sorted(mine)), tuple(sorted(others)), draw(st.sampled_from([Gap.NONE, Gap.FORK]))
            )
        )
    numbers = st.one_of(st.none(), st.integers(0, len(sets) - 1))
    tests = draw(st.dictionaries(st.sampled_from(["t1", "t2", "t3"]), numbers))
    return Recording(
        tuple(map(piece, pieces)),
        tuple(sets),
        {node: RecordedTest(RepoPath("t.py"), number, "passed", 0.5) for node, number in tests.items()},
    )


def meaning(recording: Recording) -> dict[str, tuple[frozenset[Piece], Gap] | None]:
    """What each test used, and its gaps; None for one without evidence."""

    def expand(number: int) -> tuple[frozenset[Piece], Gap]:
        each = recording.sets[number]
        pieces, gaps = {recording.pieces[one] for one in each.pieces}, each.gaps
        for other in each.includes:
            more, wider = expand(other)
            pieces |= more
            gaps |= wider
        return frozenset(pieces), gaps

    return {
        node: None if test.evidence is None else expand(test.evidence)
        for node, test in recording.tests.items()
    }


@given(recordings())
def test_packing(recording: Recording) -> None:
    """What is packed is unpacked."""
    stamps = {RepoPath("a.py"): (1, 2, 3)}
    assert unpack_recording(pack_recording(recording, stamps)) == (recording, stamps)


def test_damaged_bytes() -> None:
    """Bytes that are no recording are an error of one kind."""
    for data in (b"", b"x", pack_recording(Recording(), {})[:-3]):
        with pytest.raises(ValueError, match="not a recording"):
            unpack_recording(data)


@given(recordings(), recordings())
def test_joining_loses_nothing(one: Recording, two: Recording) -> None:
    """A joined test has what it has in either part."""
    joined, parts = meaning(join_recordings([one, two])), [meaning(one), meaning(two)]
    assert joined.keys() == parts[0].keys() | parts[1].keys()
    for node, found in joined.items():
        known = [part[node] for part in parts if part.get(node) is not None]
        pieces = frozenset[Piece]().union(*(each[0] for each in known if each))
        assert (found[0] if found else frozenset()) == pieces


@given(recordings())
def test_joining_is_idempotent(recording: Recording) -> None:
    """A recording joined with itself means the same."""
    assert meaning(join_recordings([recording, recording])) == meaning(recording)


def test_files_seen_differently() -> None:
    """A file of which two processes saw two contents has none that we could name."""
    one, two = {RepoPath("a"): (1, 1, 1), RepoPath("b"): (2, 2, 2)}, {RepoPath("a"): (1, 9, 1)}
    assert join_stamps([one, two]) == {"a": None, "b": (2, 2, 2)}


def test_import_cycle() -> None:
    """Modules that import each other are needed together, by whoever executes a function of one of them."""
    first, second = (Context(ContextKind.IMPORT, name) for name in ("a.py", "b.py"))
    pieces = [
        Piece(PieceKind.FUNCTION, RepoPath("a.py"), "used"),
        Piece(PieceKind.FUNCTION, RepoPath("b.py"), "at_import"),
        Piece(PieceKind.FUNCTION, RepoPath("c.py"), "alone"),
    ]
    first.includes.add(second)
    second.includes.add(first)
    second.pieces.add(1)
    user, other = Context(ContextKind.TEST, "t1"), Context(ContextKind.TEST, "t2")
    user.pieces.add(0)
    other.pieces.add(2)
    traces = {each.name: freeze(each, RepoPath("t.py")) for each in (user, other)}
    found = meaning(assemble(pieces, traces, [first, second], frozenset(), {}))
    assert found == {"t1": (frozenset(pieces[:2]), Gap.NONE), "t2": (frozenset(pieces[2:]), Gap.NONE)}


def test_attempts_are_joined() -> None:
    """A test that ran twice has what it did in both attempts."""
    one, two = Context(ContextKind.TEST, "t"), Context(ContextKind.TEST, "t")
    one.pieces.add(0)
    two.pieces.add(1)
    two.gaps = Gap.CHILD
    trace = freeze(one, RepoPath("t.py")).join(freeze(two, RepoPath("t.py")))
    pieces = [piece("a"), piece("b")]
    assert meaning(assemble(pieces, {"t": trace}, [], frozenset(), {})) == {
        "t": (frozenset(pieces), Gap.CHILD)
    }
