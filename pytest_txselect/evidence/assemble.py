"""From contexts to a recording: what each test executed, with all that it relies on.

Imports and memoised functions are executed once, for the first who needs them. They become sets of their own,
which every test includes that can need them: it executed a function of the module's file, one that imports
it, or one that mentions the memoised function. Those that a test needs, directly or not, are found with one
bit for each, and bundled: tests of one file mostly share a bundle.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_txselect.evidence.contexts import Context, ContextKind
from pytest_txselect.evidence.evidence import EvidenceSet, Gap, Piece, PieceKind, RecordedTest, Recording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_txselect.model import RepoPath

__all__ = ["TestTrace", "assemble", "freeze"]

SHARED: Final = frozenset({ContextKind.IMPORT, ContextKind.MEMO})


class TestTrace(NamedTuple):
    """A test that has ended, in little memory.

    Attributes:
        path: the file it is collected from.
        pieces: numbers of pieces, ascending, as an array of unsigned ints.
        includes: contexts it relies on.
        gaps: what could not be watched.
    """

    path: RepoPath
    pieces: bytes
    includes: frozenset[Context]
    gaps: Gap

    def join(self, other: TestTrace) -> TestTrace:
        """Both attempts at one test."""
        pieces = array("I", sorted({*read_array(self.pieces), *read_array(other.pieces)})).tobytes()
        return TestTrace(self.path, pieces, self.includes | other.includes, self.gaps | other.gaps)


def read_array(data: bytes) -> array[int]:
    """The numbers in the bytes of an array."""
    numbers = array("I")
    numbers.frombytes(data)
    return numbers


def freeze(context: Context, path: RepoPath) -> TestTrace:
    """What remains of a test's context."""
    pieces = array("I", sorted(context.pieces)).tobytes()
    return TestTrace(path, pieces, frozenset(context.includes), context.gaps)


class _Assembly:
    """The sets made so far."""

    def __init__(
        self, shared: Sequence[Context], needs: Mapping[int, int], everywhere: frozenset[Context]
    ) -> None:
        self.sets: Final[dict[EvidenceSet, int]] = {}
        self._everywhere: Final = expand_includes(everywhere)
        self._needs: Final = needs
        self._bits: Final = {context: 1 << at for at, context in enumerate(shared)}
        self._closed: Final = self._close(shared)
        self._shared: Final = [
            self.add(EvidenceSet(tuple(sorted(each.pieces)), (), each.gaps)) for each in shared
        ]
        self._bundles: Final[dict[int, int]] = {}
        self._contexts: Final[dict[Context, int]] = {}
        self._direct: Final[dict[tuple[bytes, frozenset[Context]], tuple[int, ...]]] = {}
        self._others: Final[dict[frozenset[Context], frozenset[int]]] = {}

    def _close(self, shared: Sequence[Context]) -> list[int]:
        """For each shared context the bits of all that it needs, itself included, directly or not."""
        masks = [self._find_needs(each.pieces, each.includes) | self._bits[each] for each in shared]
        changed = True
        while changed:
            changed = False
            for at, mask in enumerate(masks):
                wider = mask
                for other in list_bits(mask):
                    wider |= masks[other]
                if wider != mask:
                    masks[at] = wider
                    changed = True
        return masks

    def _find_needs(self, pieces: Iterable[int], includes: Iterable[Context]) -> int:
        mask = 0
        for need in set(map(self._needs.get, pieces)):  # few are different
            mask |= need or 0
        for context in includes:
            mask |= self._bits.get(context, 0)
        return mask

    def add(self, evidence: EvidenceSet) -> int:
        """The number of a set, a new one if it is new."""
        return self.sets.setdefault(evidence, len(self.sets))

    def _bundle(self, direct: int) -> tuple[int, ...]:
        """The set that includes all shared contexts that some of them need; none where there is no need."""
        if not direct:
            return ()
        found = self._bundles.get(direct)
        if found is None:
            mask = direct
            for at in list_bits(direct):
                mask |= self._closed[at]
            includes = tuple(sorted({self._shared[at] for at in list_bits(mask)}))
            found = self._bundles[direct] = self.add(EvidenceSet((), includes))
        return (found,)

    def _context(self, context: Context) -> int:
        """The set of a context that is neither a test nor shared; what it includes is not in it."""
        found = self._contexts.get(context)
        if found is None:
            includes = self._bundle(self._find_needs(context.pieces, context.includes))
            evidence = EvidenceSet(tuple(sorted(context.pieces)), includes, context.gaps)
            found = self._contexts[context] = self.add(evidence)
        return found

    def _find_others(self, includes: frozenset[Context]) -> frozenset[int]:
        """The sets of what tests include that is not shared, and of what all of them rely on; most tests include the same."""
        found = self._others.get(includes)
        if found is None:
            contexts = expand_includes(includes) | self._everywhere
            found = self._others[includes] = frozenset(
                self._context(each) for each in contexts if each.pieces or each.includes or each.gaps
            )
        return found

    def test(self, trace: TestTrace) -> int:
        """The set of a test."""
        pieces = read_array(trace.pieces)
        key = (trace.pieces, trace.includes)
        includes = self._direct.get(key)
        if includes is None:
            bundle = self._bundle(self._find_needs(pieces, trace.includes))
            includes = self._direct[key] = tuple(sorted(self._find_others(trace.includes).union(bundle)))
        return self.add(EvidenceSet(tuple(pieces), includes, trace.gaps))


def expand_includes(contexts: Iterable[Context]) -> set[Context]:
    """The contexts that are not shared ones, and those that they include, directly or not."""
    found: set[Context] = set()
    pending = list(contexts)
    while pending:
        context = pending.pop()
        if context not in found and context.kind not in SHARED:
            found.add(context)
            pending += context.includes
    return found


def list_bits(mask: int) -> list[int]:
    """The positions of the bits that are set, ascending."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def assemble(
    pieces: Iterable[Piece],
    tests: Mapping[str, TestTrace],
    shared: Sequence[Context],
    everywhere: frozenset[Context],
    edges: Mapping[int, Iterable[Context]],
    *,
    collections: Iterable[TestTrace] = (),
) -> Recording:
    """Put a recording together.

    Args:
        pieces: the pieces in the order of their numbers.
        tests: each test by node id.
        shared: contexts of imports and memoised functions.
        everywhere: contexts that every test relies on.
        edges: for a piece the shared contexts that whoever executes it needs, beside the import of its own
            file.
        collections: what the collection of some files did.
    """
    pieces = tuple(pieces)
    for context in shared:
        for other in [each for each in context.includes if each.kind not in SHARED]:
            context.absorb(other)
    bits = {context: 1 << at for at, context in enumerate(shared)}
    homes = {context.name: bits[context] for context in shared if context.kind is ContextKind.IMPORT}
    needs = {
        number: homes[piece.path]
        for number, piece in enumerate(pieces)
        if piece.kind is PieceKind.FUNCTION and piece.path in homes
    }
    for number, contexts in edges.items():
        for context in contexts:
            needs[number] = needs.get(number, 0) | bits[context]
    assembly = _Assembly(shared, needs, everywhere)
    recorded = {node: RecordedTest(trace.path, assembly.test(trace)) for node, trace in tests.items()}
    collected = {trace.path: assembly.test(trace) for trace in collections}
    return Recording(pieces, tuple(assembly.sets), recorded, collections=collected)
