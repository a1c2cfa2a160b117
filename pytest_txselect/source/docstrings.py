"""Which docstrings changed, and what in the file suggests that somebody reads them while the program runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.edit import DocReader, DocstringEdit
from pytest_txselect.source.fingerprint import find_docstring
from pytest_txselect.source.parsed import first_line
from pytest_txselect.source.quiet import BUILT_IN, TYPING_BASES, spell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_txselect.source.fingerprint import FunctionNode, NestedDocstring

__all__ = ["DocstringComparison"]

_READING: Final = frozenset({"__doc__", "getdoc", "help", "pydoc", "doctest", "docopt"})


class DocstringComparison:
    """Compares docstrings of two versions of a file.

    Args:
        trees: the module's syntax tree in both versions; read as a whole only once a docstring did change.
    """

    def __init__(self, *trees: ast.Module) -> None:
        self._trees = trees
        self._values: frozenset[str] | None = None
        self._reads_docstrings = False
        self._plain_classes: frozenset[str] = frozenset()

    def compare(
        self,
        symbol: str,
        old: FunctionNode | ast.ClassDef | ast.Module,
        new: FunctionNode | ast.ClassDef | ast.Module,
        owners: Sequence[ast.ClassDef] = (),
    ) -> Iterator[DocstringEdit]:
        """Compare the docstrings of two versions of a symbol; `owners` are both versions of its class."""
        texts = find_docstring(old.body), find_docstring(new.body)
        if texts[0] == texts[1]:
            return
        self._read_trees()
        readers = set()
        if any(text and ">>>" in text for text in texts):
            readers.add(DocReader.EXAMPLES)
        if self._reads_docstrings:
            readers.add(DocReader.DUNDER)
        line = 1
        if not isinstance(old, ast.Module) and not isinstance(new, ast.Module):
            line = first_line(new)
            readers.update(self._find_definition_readers((old, new), owners))
        yield DocstringEdit(symbol, line, frozenset(readers))

    def compare_nested(
        self, was: Iterable[NestedDocstring], now: Iterable[NestedDocstring]
    ) -> Iterator[DocstringEdit]:
        """Compare the docstrings of what is nested in a function: those of one name in their order."""
        before: dict[str, list[NestedDocstring]] = {}
        for each in was:
            before.setdefault(each.symbol, []).append(each)
        for each in now:
            if earlier := before.get(each.symbol):
                yield from self.compare(each.symbol, earlier.pop(0).node, each.node, _find_owners(each, now))

    def _find_definition_readers(
        self, versions: Iterable[FunctionNode | ast.ClassDef], owners: Iterable[ast.ClassDef]
    ) -> Iterator[DocReader]:
        nodes = (*versions, *owners)
        if any(node.decorator_list for node in nodes):
            yield DocReader.DECORATOR
        if any(isinstance(node, ast.ClassDef) and not self._is_plain(node) for node in nodes):
            yield DocReader.BASE
        if self._values is not None and any(node.name in self._values for node in versions):
            yield DocReader.VALUE

    def _is_plain(self, node: ast.ClassDef) -> bool:
        """Say whether a class is built by `type` alone, from classes of this file and of Python."""
        known = self._plain_classes | BUILT_IN
        return not node.keywords and all(
            spell(base).rpartition(".")[2] in TYPING_BASES
            or (isinstance(base, ast.Name) and base.id in known)
            for base in node.bases
        )

    def _read_trees(self) -> None:
        if self._values is not None:
            return
        classes: dict[str, list[ast.ClassDef]] = {}
        words: set[str] = set()
        values: set[str] = set()
        for tree in self._trees:
            nodes = list(ast.walk(tree))
            words.update(word for node in nodes for word in _find_words(node))
            values.update(_find_values(nodes))
            for node in nodes:
                if isinstance(node, ast.ClassDef):
                    classes.setdefault(node.name, []).append(node)
        self._values = frozenset(values)
        self._reads_docstrings = not _READING.isdisjoint(words)
        self._plain_classes = frozenset(classes)
        while True:  # until no class is left that has a base which is not plain
            plain = frozenset(name for name in self._plain_classes if all(map(self._is_plain, classes[name])))
            if plain == self._plain_classes:
                break
            self._plain_classes = plain


def _find_owners(nested: NestedDocstring, others: Iterable[NestedDocstring]) -> list[ast.ClassDef]:
    """Find the class that something nested in a function is in."""
    owner = nested.symbol.rpartition(".")[0]
    return [each.node for each in others if each.symbol == owner and isinstance(each.node, ast.ClassDef)]


def _find_words(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name(id="help")):
            yield "help"
        case ast.Name(id="help") | ast.Attribute(attr="help") | ast.Constant(value="help"):
            pass  # a parameter or an option of that name; only the function of Python reads docstrings
        case ast.Name(id=word) | ast.Attribute(attr=word) | ast.Constant(value=str() as word):
            yield word
        case ast.alias(name=word):
            yield from word.split(".")
        case _:
            pass


def _find_values(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Find names and attributes that are used as values: not called, annotated with, and so on."""
    exempt: set[int] = set()
    for node in nodes:
        exempt.update(id(part) for part in _find_harmless(node))
        if id(node) in exempt:
            continue
        match node:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()):
                yield name
            case _:
                pass


def _find_harmless(node: ast.AST) -> Iterator[ast.AST]:
    """Find the parts of a node which use a function or class in a way that leaves its docstring alone."""
    match node:
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kinds]):
            yield node.func
            yield from ast.walk(kinds)
        case ast.Call(func=part) | ast.Attribute(value=part) | ast.Subscript(value=part):
            yield part
        case ast.arg(annotation=ast.AST() as part) | ast.AnnAssign(annotation=part):
            yield from ast.walk(part)
        case ast.FunctionDef(returns=part) | ast.AsyncFunctionDef(returns=part):
            yield from node.decorator_list
            yield from ast.walk(part) if part is not None else ()
        case ast.ClassDef(bases=bases, decorator_list=decorators):
            yield from (*bases, *decorators)
        case ast.ExceptHandler(type=ast.AST() as part) | ast.Raise(exc=ast.AST() as part):
            yield part
            yield from part.elts if isinstance(part, ast.Tuple) else ()
        case _:
            pass
