"""What every file of one end adds to its graph, found by as many processes as there are cores.

Each member of a crew (`project/crew.py`) reads some of the files that are not remembered; then all have the facts
of all files, and each finds what those add that it read.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.listings import OF_SOURCES
from pytest_txselect.engine.remembered import is_named
from pytest_txselect.graph.above import ABOVE
from pytest_txselect.graph.graph import KINDS, NUMBERS
from pytest_txselect.model import RepoPath
from pytest_txselect.project.crew import MOST_PIECES, can_copy, run_crew
from pytest_txselect.project.disk import count_cores, deal, measure_file, read_source
from pytest_txselect.source.facts import FileFacts, pack_facts
from pytest_txselect.source.listing_packed import ANYTHING
from pytest_txselect.source.words import DOC_READERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pytest_txselect.engine.sources import EndFacts, Sources
    from pytest_txselect.graph.build import EdgeFinder
    from pytest_txselect.graph.graph import Out
    from pytest_txselect.graph.hints import HintFinder
    from pytest_txselect.project.crew import Crew
    from pytest_txselect.project.tree import ProjectTree
    from pytest_txselect.source.facts import Facts

__all__ = ["Added", "Harvest"]

READS_DOCS: Final = DOC_READERS | {
    *("help", "get_docstring"),
    *("DocTestFinder", "DocTestSuite", "run_docstring_examples", "testmod"),
}
SAYS_DOCS: Final = frozenset({"__doc__", "pydoc"})
"""Strings by which docstrings are read: `getattr(f, "__doc__")`, `python -m pydoc`."""
WORTH_A_COPY: Final = 600_000
"""Bytes of source that take longer to read than a copy of this process takes to be made and heard."""
EDGES_COST: Final = 3_000
"""What finding the edges of a file costs, in bytes that could be read instead."""


@dataclass(frozen=True, slots=True)
class Added:
    """What one file adds.

    Attributes:
        outs: its edges.
        words: those that may name data.
        externals: top-level names that it imports and no file of the project answers to.
        missing: paths, without ending, at which it looks for modules that are not there; sorted.
        reads_docs: whether it reads docstrings.
        methods: names about which other files decide what it imports, by mentioning them; sorted.
    """

    outs: list[Out]
    words: list[str]
    externals: list[str]
    missing: list[str]
    reads_docs: bool
    methods: list[str]


@dataclass(frozen=True, slots=True)
class Harvest:
    """Finds what files add at one end.

    Attributes:
        sources: where facts come from.
        facts: of the files of this end.
        finder: finds their edges.
        hints: finds the words that may name data.
    """

    sources: Sources
    facts: EndFacts
    finder: EdgeFinder
    hints: HintFinder

    def gather(self, meanwhile: Callable[[], None]) -> dict[RepoPath, Added]:
        """What each file adds, in their order, by this process and copies of it where that pays.

        Args:
            meanwhile: what this process has to do besides, once; copies do not wait for it. If it raises, nothing is
                gathered.
        """
        if not (self.sources.alone and self.facts.on_disk and can_copy()):
            meanwhile()
            self.facts.load_all()
            return {path: self.find(path, facts) for path, facts in self.facts.items()}
        from pytest_txselect.source.worker import read_file  # noqa: PLC0415 - most plans read nothing

        missing = sorted(self.facts.recall().items())
        top = os.fspath(self.sources.git.repository.top)
        places = [os.path.join(top, path) for _, path in missing]  # noqa: PTH118 - surrogates in the name survive
        sizes = [measure_file(place) for place in places]
        pieces = deal(sizes, MOST_PIECES)
        worth = 1 + (sum(sizes) + EDGES_COST * len(self.facts)) // WORTH_A_COPY
        reading = Reading(read_file, [key for key, _ in missing], places, pieces)
        self.sources.progress.begin("reading source files", len(missing))
        try:
            size = min(count_cores(), worth, MOST_PIECES)
            found = run_crew(size, len(pieces), lambda crew: self._work(crew, reading, meanwhile))
        finally:
            self.sources.progress.end()
        return {path: found.get(path) or self.find(path, self.facts[path]) for path in self.facts}

    def _work(self, crew: Crew, reading: Reading, meanwhile: Callable[[], None]) -> dict[RepoPath, Added]:
        """One member's part; what it returns is whole but for the parts of copies that died."""
        if crew.number:
            self.sources.store.abandon()
        else:
            meanwhile()
        mine = dict(self._read(crew, reading))
        others = crew.exchange(mine)
        for number, packed in others.items():
            self.sources.keep(reading.keys[number], packed)
        for number in set(range(len(reading.keys))) - mine.keys() - others.keys():  # of a copy that died
            facts = reading.read(reading.places[number])
            self.sources.keep(reading.keys[number], pack_facts(facts), facts)
        own = {reading.keys[number] for number in mine}
        elsewhere = {reading.keys[number] for number in others}
        found: dict[RepoPath, Added] = {}
        for number, path in enumerate(self.facts):
            key = self.facts.key(path)
            if key in own or (key not in elsewhere and number % crew.size == crew.number):
                found[path] = self.find(path, self.facts[path])
        if crew.number == 0:
            self.sources.remember()  # now, since copies may have more to do still
        numbers = {reading.keys[number]: crew.size + number for number in mine if crew.size > 1}
        ahead = self._read_ahead(found, numbers)
        coding = Coding(self.finder.tree)
        own_parts = {crew.number: coding.pack(found)} | ahead if crew.number else {}
        for number, packed in crew.deliver(own_parts).items():
            if number < crew.size:
                found |= coding.unpack(packed)
            else:
                ahead[number] = packed
        listings = {reading.keys[number - crew.size]: packed for number, packed in ahead.items()}
        self.sources.store.write_found(OF_SOURCES.name, listings)
        return found

    def _read_ahead(self, found: Mapping[RepoPath, Added], numbers: Mapping[str, int]) -> dict[int, bytes]:
        """What those modules list that any changed Python file is a reason to ask about, as long as others help to read it.

        Nobody asks about scripts on which no test depends; that is not known yet, but most of them are in no package.

        Args:
            found: what files add.
            numbers: of the files that this member has read, by their content keys.
        """
        top = self.sources.git.repository.top
        listings: dict[int, bytes] = {}
        for path, each in found.items():
            key = self.facts.key(path)
            if ABOVE in each.words and key in numbers and self.finder.names.parents(path):
                source = read_source(top, path)
                if source is not None and is_named(key, source):
                    listings[numbers[key]] = OF_SOURCES.pack(OF_SOURCES.read(source) or ANYTHING)
        return listings

    def _read(self, crew: Crew, reading: Reading) -> Iterator[tuple[int, bytes]]:
        """Read files as long as there are any; progress is told by the first member, which sees how far all are."""
        done = 0
        for piece in crew.take():
            for number in reading.pieces[piece]:
                facts = reading.read(reading.places[number])
                packed = pack_facts(facts)
                self.sources.keep(reading.keys[number], packed, facts)
                yield number, packed
            if crew.number == 0:
                self.sources.progress.step(sum(len(each) for each in islice(reading.pieces, done, piece + 1)))
                done = piece + 1

    def find(self, path: RepoPath, facts: Facts) -> Added:
        """What one file adds."""
        return Added(
            self.finder.edges_of(path, facts),
            list(self.hints.words(facts)),
            self._find_externals(facts),
            sorted(self.finder.missing(path, facts)),
            isinstance(facts, FileFacts)
            and not (facts.names.isdisjoint(READS_DOCS) and facts.strings.isdisjoint(SAYS_DOCS)),
            _find_methods(facts),
        )

    def _find_externals(self, facts: Facts) -> list[str]:
        """Top-level names that a file imports, or names in strings of calls that import."""
        if not isinstance(facts, FileFacts):
            return []
        tops = {each.module.partition(".")[0] for each in facts.imports if each.level == 0}
        tops |= {each.pattern.partition(".")[0] for each in facts.computed if each.pattern[:1].isalpha()}
        tops |= {each.partition(".")[0] for each in (*facts.plugins, *facts.embedded)}
        resolver = self.finder.names.resolver
        return sorted(top for top in tops if not resolver.is_at_roots(top))


def _find_methods(facts: Facts) -> list[str]:
    """Names of methods that other files may override, of whose results a file computes what it imports."""
    computed = facts.computed if isinstance(facts, FileFacts) else ()
    return sorted({name for each in computed for name in each.methods.split()})


@dataclass(frozen=True, slots=True)
class Reading:
    """Files to read.

    Attributes:
        read: reads one.
        keys: their content keys.
        places: where they are.
        pieces: which of them are read together.
    """

    read: Callable[[str], Facts]
    keys: Sequence[str]
    places: Sequence[str]
    pieces: Sequence[Sequence[int]]


class Coding:
    """What files add, as bytes for another member: JSON in which paths and kinds are numbers.

    Args:
        tree: the files of the end.
    """

    def __init__(self, tree: ProjectTree) -> None:
        self._paths = [*tree.keys]
        self._numbers = {path: number for number, path in enumerate(self._paths)}

    def pack(self, found: Mapping[RepoPath, Added]) -> bytes:
        """Turn what files add into bytes."""
        get = self._numbers.get
        rows = [
            (
                self._numbers[path],
                [(get(target, target), NUMBERS[kind], line) for target, kind, line in each.outs],
                *(each.words, each.externals, each.missing, each.reads_docs, each.methods),
            )
            for path, each in found.items()
        ]
        return json.dumps(rows, separators=(",", ":")).encode("ascii")

    def unpack(self, packed: bytes) -> dict[RepoPath, Added]:
        """Turn what `pack` made back into what files add."""
        paths = self._paths
        return {
            paths[number]: Added(
                [
                    (paths[target] if type(target) is int else RepoPath(target), KINDS[kind], line)
                    for target, kind, line in outs
                ],
                *rest,
            )
            for number, outs, *rest in json.loads(packed)
        }
