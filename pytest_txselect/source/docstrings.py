"""Which docstrings changed, and what in the file suggests that somebody reads them while the program runs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.doc_values import HandedOn, read_handed_on
from pytest_txselect.source.edit import DocReader, DocstringEdit
from pytest_txselect.source.fingerprint import find_docstring
from pytest_txselect.source.keeping import find_keeping
from pytest_txselect.source.parsed import first_line
from pytest_txselect.source.quiet import TYPING_BASES, spell
from pytest_txselect.source.standard import StandardNames

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_txselect.source.fingerprint import FunctionNode, NestedDocstring

__all__ = ["ACCESSORS", "DocstringComparison"]

_READING: Final = frozenset({"__doc__", "getdoc", "help", "pydoc", "doctest", "docopt"})
_CURIOUS: Final = frozenset({"cmd", "doctest", "pydoc", "unittest", "xmlrpc"})
"""Modules of Python with classes that read the docstrings of those made of them."""
ACCESSORS: Final = frozenset({"deleter", "getter", "setter"})
"""Decorators that a property has."""


class DocstringComparison:
    """Compares docstrings of two versions of a file.

    Args:
        trees: the module's syntax tree in both versions; read as a whole only once a docstring did change.
    """

    def __init__(self, *trees: ast.Module) -> None:
        self._trees = trees
        self._handed: list[HandedOn] | None = None
        self._standard = StandardNames(())
        self._keeping: frozenset[str] = frozenset()
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
        accessors = {
            f"{each.name}.{name}"
            for owner in owners
            for each in owner.body
            if isinstance(each, ast.FunctionDef)
            for name in ACCESSORS
        }
        decorators = [each for node in nodes for each in node.decorator_list]
        if not all(spell(each) in accessors or self._is_known(each) for each in decorators):
            yield DocReader.DECORATOR
        if any(isinstance(node, ast.ClassDef) and not self._is_plain(node) for node in nodes):
            yield DocReader.BASE
        if any(handed.has(node, in_class=bool(owners)) for handed in self._handed or () for node in versions):
            yield DocReader.VALUE

    def _is_known(self, decorator: ast.expr) -> bool:
        """Say whether a decorator is one of Python's own, which tell docstrings to nobody, or of this file and as discreet."""
        if isinstance(decorator, ast.Name) and decorator.id in self._keeping:
            return True
        return bool(self._standard.find(decorator.func if isinstance(decorator, ast.Call) else decorator))

    def _is_plain(self, node: ast.ClassDef) -> bool:
        """Say whether a class is made of classes of this file and of Python that do not ask for docstrings."""
        makers = [each.value for each in node.keywords if each.arg == "metaclass"]
        return len(makers) == len(node.keywords) and all(
            spell(base).rpartition(".")[2] in TYPING_BASES
            or (isinstance(base, ast.Name) and base.id in self._plain_classes)
            or self._is_incurious(base)
            for base in (*node.bases, *makers)
        )

    def _is_incurious(self, base: ast.expr) -> bool:
        name = self._standard.find(base)
        return name != "" and name.partition(".")[0] not in _CURIOUS

    def _read_trees(self) -> None:
        if self._handed is not None:
            return
        versions = [list(ast.walk(tree)) for tree in self._trees]
        nodes = [node for version in versions for node in version]
        self._handed = [read_handed_on(tree) for tree in self._trees]
        self._standard = StandardNames(nodes)
        keeping = [find_keeping(tree, self._standard) for tree in self._trees]
        self._keeping = frozenset.intersection(*keeping)
        self._reads_docstrings = any(word in _READING for node in nodes for word in _find_words(node))
        classes: dict[str, list[ast.ClassDef]] = {}
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                classes.setdefault(node.name, []).append(node)
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
