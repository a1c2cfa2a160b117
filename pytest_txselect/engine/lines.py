"""The lines of edges that the graph keeps without one: where a file names what it reads, starts or asks for.

The graph does not say at which line a string stands, since nobody asks before a reason is told. Then the
file is read once more, and searched for the literal.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from pytest_txselect.engine.contents import read_content
from pytest_txselect.graph.hints import Hints
from pytest_txselect.graph.looking import OWNING
from pytest_txselect.model import Edge, EdgeKind, Reason, RepoPath
from pytest_txselect.source.facts import FileFacts
from pytest_txselect.source.parsed import UnparsedSource, parse_source
from pytest_txselect.source.words import LISTING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project

__all__ = ["LineFinder", "Literals", "read_literals"]

PATHS: Final = frozenset({EdgeKind.DATA, EdgeKind.SCRIPT, EdgeKind.DECLARED})
MODULES: Final = frozenset({EdgeKind.STRING, EdgeKind.PLUGIN, EdgeKind.COMPUTED, EdgeKind.LAZY})
REMEMBERED: Final = 64
"""Files whose literals are kept, so that the memory of a long explanation does not grow."""


@dataclass(frozen=True, slots=True)
class Literals:
    """What a file says, with lines.

    Attributes:
        strings: text and line of each string, in order.
        names: identifier and line of each name, attribute and parameter, in order.
    """

    strings: tuple[tuple[str, int], ...] = ()
    names: tuple[tuple[str, int], ...] = ()

    def find_text(self, text: str) -> int:
        """The line of the first string that is a text or has it as a part of its own; 0 where none does."""
        for whole, line in self.strings:
            if whole == text:
                return line
        for whole, line in self.strings:
            at = _find_part(whole, text)
            if at >= 0:
                return line + whole.count("\n", 0, at)
        return 0

    def find_name(self, names: Collection[str]) -> int:
        """The line at which one of some identifiers, or a string of it, stands first; 0 where none does."""
        return min((line for text, line in (*self.names, *self.strings) if text in names), default=0)


def _find_part(whole: str, text: str) -> int:
    """Where a text stands in another, not in the middle of a word; -1 where it does not."""
    at = whole.find(text)
    while at >= 0:
        before, after = whole[at - 1 : at], whole[at + len(text) : at + len(text) + 1]
        if not (_joins(before) and _joins(text[0])) and not (_joins(after) and _joins(text[-1])):
            return at
        at = whole.find(text, at + 1)
    return -1


def _joins(char: str) -> bool:
    return char.isalnum() or char == "_"


def read_literals(source: bytes) -> Literals:
    """Read the literals of a Python source; none of one that does not parse."""
    parsed = parse_source(source)
    if isinstance(parsed, UnparsedSource):
        return Literals()
    strings: list[tuple[str, int]] = []
    names: list[tuple[str, int]] = []
    for node in ast.walk(parsed.tree):
        match node:
            case ast.Constant(value=str(text)) if text:
                strings.append((text, node.lineno))
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                names.append((name, node.lineno))
    return Literals(
        tuple(sorted(strings, key=lambda each: each[1])), tuple(sorted(names, key=lambda each: each[1]))
    )


@dataclass(slots=True)
class LineFinder:
    """Finds lines of edges.

    Attributes:
        project: the repository.
        ends: the graphs, the head first.
    """

    project: Project
    ends: tuple[End, ...]
    _literals: dict[RepoPath, Literals] = field(default_factory=dict, repr=False)

    def reason(self, reason: Reason) -> Reason:
        """A reason, each edge of its chain with a line where there is one."""
        if not any(edge.line == 0 for edge in reason.chain):
            return reason
        fixtures = reason.detail.removeprefix("fixture ").split(", ")
        return replace(reason, chain=tuple(self.edge(edge, fixtures) for edge in reason.chain))

    def edge(self, edge: Edge, fixtures: Collection[str] = ()) -> Edge:
        """An edge with its line, where there is one.

        Args:
            edge: with or without a line.
            fixtures: names of the fixtures that an edge of that kind is about.
        """
        if edge.line or not edge.source.endswith(".py"):
            return edge
        line = self._find(edge, fixtures)
        return replace(edge, line=line) if line else edge

    def _find(self, edge: Edge, fixtures: Collection[str]) -> int:
        if edge.kind in PATHS:
            return self._find_path(edge)
        if edge.kind in MODULES:
            return self._find_module(edge)
        if edge.kind is EdgeKind.FIXTURE:
            return self._read(edge.source).find_name(fixtures)
        if edge.kind is EdgeKind.IMPORT:  # of a distribution
            facts = self._facts(edge.source)
            imports = facts.imports if facts else ()
            return next((each.line for each in imports if f"{each.module}.".startswith(f"{edge.target}.")), 0)
        return 0

    def _find_path(self, edge: Edge) -> int:
        literals = self._read(edge.source)
        for end in self.ends:
            word = Hints({edge.source: end.words.get(edge.source, ())}).readers(edge.target).get(edge.source)
            if word and word != "." and (line := literals.find_text(word)):
                return line
        for text in _suffixes(edge.target, "/"):
            if line := literals.find_text(text):
                return line
        return literals.find_name(LISTING | OWNING) if edge.kind is EdgeKind.DATA else 0

    def _find_module(self, edge: Edge) -> int:
        literals = self._read(edge.source)
        dotted = edge.target.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for text in _suffixes(dotted, "."):
            if line := literals.find_text(text):
                return line
        facts = self._facts(edge.target)
        return literals.find_name(facts.bound) if facts and edge.kind is not EdgeKind.PLUGIN else 0

    def _facts(self, path: RepoPath) -> FileFacts | None:
        for end in self.ends:
            facts = end.facts.get(path)
            if isinstance(facts, FileFacts):
                return facts
        return None

    def _read(self, path: RepoPath) -> Literals:
        found = self._literals.get(path)
        if found is None:
            if len(self._literals) >= REMEMBERED:
                self._literals.clear()
            found = read_literals(read_content(self.project, self.ends, path) or b"")
            self._literals[path] = found
        return found


def _suffixes(path: str, sign: str) -> Iterator[str]:
    """A path, then what is behind its first sign, and so on."""
    while path:
        yield path
        path = path.partition(sign)[2]
