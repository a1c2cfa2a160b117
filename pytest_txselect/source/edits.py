"""What two versions of a Python file do differently, symbol by symbol."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from pytest_txselect.source.binding import find_checking_names
from pytest_txselect.source.blocks import read_block
from pytest_txselect.source.definitions import compare_definition, compare_overloads, read_body
from pytest_txselect.source.docstrings import DocstringComparison
from pytest_txselect.source.edit import (
    ClassChange,
    ClassEdit,
    DefinitionChange,
    DefinitionEdit,
    Edits,
    FileChange,
    FileEdit,
)
from pytest_txselect.source.fingerprint import digest, fingerprint
from pytest_txselect.source.overloads import find_overload_names
from pytest_txselect.source.parsed import UnparsedSource, find_compile_error, first_line, parse_source
from pytest_txselect.source.statements import StatementComparison

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_txselect.source.blocks import Block
    from pytest_txselect.source.edit import Edit
    from pytest_txselect.source.fingerprint import FunctionNode
from pytest_txselect.source.parsed import ParsedSource

__all__ = ["find_edits"]

_LONG: Final = 50
_Node = TypeVar("_Node", bound=ast.stmt)


@lru_cache(maxsize=64)  # one change is asked for by whoever judges it: the graph, tests of its own, evidence
def find_edits(old: bytes | None, new: bytes | None) -> Edits:
    """Compare two versions of a Python file.

    Comments, layout, line moves, encoding and statements without effect are no edits; everything else is at
    least one. What an edit of this file means for others is not decided here.

    Args:
        old: the old version, undecoded; None where there is none.
        new: the new version.

    Returns:
        The edits; a single `FileEdit` where one of the versions is missing or is refused by Python.
    """
    if old == new:
        return Edits()
    if old is None:
        return Edits((FileEdit(FileChange.ADDED),))
    if new is None:
        return Edits((FileEdit(FileChange.DELETED),))
    compared = _compare(parse_source(old), parse_source(new))
    if isinstance(compared, UnparsedSource):
        return Edits((FileEdit(FileChange.UNPARSED, compared.line, compared.message),))
    return compared


def _compare(
    was: ParsedSource | UnparsedSource, now: ParsedSource | UnparsedSource
) -> Edits | UnparsedSource:
    if isinstance(now, UnparsedSource):
        return now
    if isinstance(was, UnparsedSource):
        return was
    try:
        comparison = _Comparison(was, now)
        return comparison.find_compile_error() or comparison.compare()
    except RecursionError:
        return UnparsedSource(0, "too deeply nested")


class _Comparison:
    """Compares two parsed versions of a file, going into a definition only where its text differs."""

    def __init__(self, old: ParsedSource, new: ParsedSource) -> None:
        self._sources = old, new
        self._checking = find_checking_names(old.tree.body), find_checking_names(new.tree.body)
        self._overload = find_overload_names(old), find_overload_names(new)
        self._texts_tell = old.encoding == new.encoding and self._checking[0] == self._checking[1]
        self._texts_tell &= self._overload[0] == self._overload[1]
        self._docstrings = DocstringComparison(old.tree, new.tree)
        tables = [
            {source.text(node) for node in source.tree.body if _is_long(node)} for source in self._sources
        ]
        self._same_tables = tables[0] & tables[1] if self._texts_tell else set()

    def find_compile_error(self) -> UnparsedSource | None:
        """Find an error in the statements that differ: the import as a whole works in one version only."""
        old, new = self._sources
        texts = [{source.text(node) for node in source.tree.body} for source in self._sources]
        for source, others in ((new, texts[0]), (old, texts[1])):
            changed = [
                node for node in source.tree.body if not self._texts_tell or source.text(node) not in others
            ]
            broken = find_compile_error(changed)
            if broken is not None:
                return broken
        return None

    def compare(self) -> Edits:
        old, new = (source.tree for source in self._sources)
        blocks = self._read_module(0), self._read_module(1)
        edits = {*self._docstrings.compare("", old, new), *self._compare_blocks(*blocks, None)}
        return Edits(tuple(sorted(edits, key=lambda edit: (edit.line, type(edit).__name__, repr(edit)))))

    def _read_module(self, version: int) -> Block:
        """Read a module; a table of thousands of lines that did not change is not taken apart for that."""
        source = self._sources[version]

        def spell(node: ast.stmt) -> str:
            if _is_long(node) and source.text(node) in self._same_tables:
                lines, *columns = source.text(node)
                return digest([repr(lines), repr(columns)])
            return fingerprint(node)

        return read_block(source.tree.body, self._checking[version], self._overload[version], spell=spell)

    def _compare_blocks(
        self, was: Block, now: Block, owner: str | None, owners: Sequence[ast.ClassDef] = ()
    ) -> Iterator[Edit]:
        yield from StatementComparison(was, now, self._sources, owner).compare()
        for name in dict.fromkeys([*now.functions, *was.functions]):
            qualname = now.qualify(name, owner)
            pairs, gone, come = self._pair(was.functions.get(name, []), now.functions.get(name, []))
            for old, new in pairs:
                yield from compare_definition(old, new, qualname, owner)
                yield from self._compare_docstrings(old, new, qualname, owners)
            for change, nodes in ((DefinitionChange.REMOVED, gone), (DefinitionChange.ADDED, come)):
                yield from (DefinitionEdit(qualname, name, change, owner, first_line(node)) for node in nodes)
        yield from compare_overloads(was, now, owner)
        for name in dict.fromkeys([*now.classes, *was.classes]):
            qualname = now.qualify(name, owner)
            class_pairs, gone_classes, come_classes = self._pair(
                was.classes.get(name, []), now.classes.get(name, [])
            )
            for old_class, new_class in class_pairs:
                yield from self._compare_classes(old_class, new_class, qualname)
            yield from (ClassEdit(qualname, ClassChange.REMOVED, first_line(node)) for node in gone_classes)
            yield from (ClassEdit(qualname, ClassChange.ADDED, first_line(node)) for node in come_classes)

    def _compare_classes(self, old: ast.ClassDef, new: ast.ClassDef, qualname: str) -> Iterator[Edit]:
        owners = old, new
        line = first_line(new)
        parts = {
            ClassChange.BASES: [
                fingerprint(*node.bases, *getattr(node, "type_params", [])) for node in owners
            ],
            ClassChange.KEYWORDS: [fingerprint(*node.keywords) for node in owners],
            ClassChange.DECORATORS: [fingerprint(*node.decorator_list) for node in owners],
        }
        yield from (ClassEdit(qualname, change, line) for change, (was, now) in parts.items() if was != now)
        yield from self._docstrings.compare(qualname, old, new)
        whole = any(node.keywords or node.decorator_list for node in owners)
        before, after = (
            read_block(node.body, checking, overload, is_class=True, ordered=whole)
            for node, checking, overload in zip(owners, self._checking, self._overload, strict=True)
        )
        yield from self._compare_blocks(before, after, qualname, owners)

    def _compare_docstrings(
        self, old: FunctionNode, new: FunctionNode, qualname: str, owners: Sequence[ast.ClassDef]
    ) -> Iterator[Edit]:
        yield from self._docstrings.compare(qualname, old, new, owners)
        was, now = read_body(old, qualname).docstrings, read_body(new, qualname).docstrings
        yield from self._docstrings.compare_nested(was, now)

    def _pair(
        self, old: list[_Node], new: list[_Node]
    ) -> tuple[list[tuple[_Node, _Node]], list[_Node], list[_Node]]:
        """Pair the definitions of one name in their order; pairs of the same text are left out.

        Where some came or went, those that are the same are paired first.
        """
        pairs = list(zip(old, new, strict=False))
        gone: list[_Node] = []
        come: list[_Node] = []
        if len(old) != len(new):
            pairs, gone, come = _pair_by_fingerprint(old, new)
        was, now = self._sources
        return (
            [pair for pair in pairs if not self._texts_tell or was.text(pair[0]) != now.text(pair[1])],
            gone,
            come,
        )


def _is_long(node: ast.stmt) -> bool:
    return (node.end_lineno or node.lineno) - node.lineno > _LONG


def _pair_by_fingerprint(
    old: list[_Node], new: list[_Node]
) -> tuple[list[tuple[_Node, _Node]], list[_Node], list[_Node]]:
    same: dict[str, list[_Node]] = {}
    for node in old:
        same.setdefault(fingerprint(node), []).append(node)
    pairs = []
    come = []
    for node in new:
        if twins := same.get(fingerprint(node)):
            pairs.append((twins.pop(0), node))
        else:
            come.append(node)
    matched = {id(node) for node, _ in pairs}
    gone = [node for node in old if id(node) not in matched]
    pairs += zip(gone, come, strict=False)
    paired = min(len(gone), len(come))
    return pairs, gone[paired:], come[paired:]
