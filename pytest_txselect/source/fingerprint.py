"""A canonical text of a syntax tree, taken apart into the pieces of code that Python makes of it.

The text knows nothing of comments, layout, line numbers, docstrings, `pass` and other statements without
effect. It is stable over runs; the syntax tree, and therefore the text, is that of the running Python
version.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from pytest_txselect.source.parsed import first_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = [
    "ClassNode",
    "FunctionNode",
    "NestedCode",
    "NestedDocstring",
    "NestedNode",
    "Pieces",
    "Scope",
    "digest",
    "find_docstring",
    "fingerprint",
    "read_pieces",
]

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
ClassNode: TypeAlias = ast.ClassDef
NestedNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.GeneratorExp

_COMPREHENSION_IS_CODE: Final = sys.version_info < (3, 12)  # until PEP 709
_SKIPPED: Final = frozenset({"ctx", "kind", "type_comment", "type_ignores", "type_params"})
_FIELDS: Final[dict[type[ast.AST], tuple[str, ...]]] = {}


@dataclass(frozen=True, slots=True)
class Scope:
    """Where names are bound: gives the qualified names of what is defined there.

    Attributes:
        prefix: what precedes the name of anything defined here.
        globals: names declared `global` here, and therefore qualified by nothing.
    """

    prefix: str = ""
    globals: set[str] = field(default_factory=set)

    def qualify(self, name: str) -> str:
        """Give the qualified name of what is called `name` here."""
        return name if name in self.globals else self.prefix + name


@dataclass(frozen=True, slots=True)
class NestedCode:
    """A function, lambda or generator expression found inside of something.

    Attributes:
        qualname: as `co_qualname` of its code object.
        node: its syntax tree.
        body: fingerprint of what it does, without the code nested in it.
        yields: whether it is a generator for a `yield` of its own.
    """

    qualname: str
    node: NestedNode
    body: str
    yields: bool


@dataclass(frozen=True, slots=True)
class NestedDocstring:
    """The docstring of a nested function or class, `text` being None where it has none."""

    symbol: str
    text: str | None
    node: FunctionNode | ClassNode


@dataclass(frozen=True, slots=True)
class Pieces:
    """A list of syntax trees, taken apart.

    Attributes:
        own: fingerprint of all, without the bodies of the code nested in them: these may execute without the
            rest. How nested code is *defined* (parameters, defaults, decorators, generator or not) does
            belong to it.
        yields: whether they make the function that they are the body of a generator.
        codes: the code nested in them, at any depth, by position.
        docstrings: one for each function and class nested in them, outer before inner.
    """

    own: str
    yields: bool
    codes: tuple[NestedCode, ...]
    docstrings: tuple[NestedDocstring, ...]


def read_pieces(trees: Sequence[ast.AST], scope: Scope) -> Pieces:
    """Take syntax trees of one scope apart."""
    codes: list[NestedCode] = []
    docstrings: list[NestedDocstring] = []
    reader = _PieceReader(scope, codes, docstrings)
    own = reader.read(trees)
    codes.sort(key=lambda code: (first_line(code.node), code.node.lineno, code.node.col_offset))
    return Pieces(own, reader.yields, tuple(codes), tuple(docstrings))


def fingerprint(*trees: ast.AST) -> str:
    """Give one fingerprint of syntax trees with all the code nested in them."""
    pieces = read_pieces(trees, Scope())
    return digest([pieces.own, *(code.body for code in pieces.codes)])


def digest(tokens: Iterable[str]) -> str:
    """Give the hash of a list of texts that contain no newline."""
    return hashlib.blake2b("\n".join(tokens).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def find_docstring(body: Sequence[ast.stmt]) -> str | None:
    """Find the docstring of the module, class or function with this body."""
    match body:
        case [ast.Expr(value=ast.Constant(value=str() as text)), *_]:
            return text
        case _:
            return None


class _PieceReader:
    """Walks the trees of one piece of code in preorder, and makes another reader for each code nested in it.

    The walk keeps its own stack, since expressions may be nested deeper than Python's. On it: trees and lists
    of them to be read, finished tokens, and scopes to be entered.
    """

    __slots__ = ("_codes", "_docstrings", "_scope", "_stack", "_tokens", "yields")

    def __init__(self, scope: Scope, codes: list[NestedCode], docstrings: list[NestedDocstring]) -> None:
        self._scope = scope
        self._codes = codes
        self._docstrings = docstrings
        self._stack: list[object] = []
        self._tokens: list[str] = []
        self.yields = False

    def read(self, trees: Sequence[object]) -> str:
        """Give the fingerprint of the trees, without the bodies of nested code."""
        stack, tokens = self._stack, self._tokens
        stack.append(list(trees))
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                tokens.append(item)
            elif isinstance(item, ast.AST):
                _VISITORS.get(type(item), _PieceReader.read_any)(self, item)
            elif isinstance(item, list):
                tokens.append("[")
                stack.append("]")
                stack.extend(part for part in reversed(item) if not _is_without_effect(part))
            elif isinstance(item, Scope):
                self._scope = item
            else:
                tokens.append(_spell(item))
        return digest(tokens)

    def read_any(self, node: ast.AST) -> None:
        kind = type(node)
        fields = _FIELDS.get(kind)
        if fields is None:
            fields = _FIELDS[kind] = tuple(name for name in reversed(kind._fields) if name not in _SKIPPED)
        self._tokens.append(kind.__name__)
        for name in fields:
            value: object = getattr(node, name)
            self._stack.append(_spell(value) if isinstance(value, str) else value)
        if type_params := getattr(node, "type_params", None):
            self._stack.append(type_params)

    def read_constant(self, node: ast.Constant) -> None:
        self._tokens.append(_spell(node.value))

    def read_format(self, node: ast.JoinedStr) -> None:
        """Read an f-string without the empty text that some versions of Python see at the end of a format."""
        self._tokens.append("JoinedStr")
        self._stack.append([part for part in node.values if getattr(part, "value", None) != ""])

    def read_global(self, node: ast.Global) -> None:
        self._scope.globals.update(node.names)
        self._tokens += ["Global", *(_spell(name) for name in node.names)]

    def read_yield(self, node: ast.AST) -> None:
        self.yields = True
        self.read_any(node)

    def read_class(self, node: ClassNode) -> None:
        qualname = self._scope.qualify(node.name)
        self._docstrings.append(NestedDocstring(qualname, find_docstring(node.body), node))
        self._tokens += ["ClassDef", _spell(node.name)]
        self._push(
            *(node.decorator_list, node.bases, node.keywords, getattr(node, "type_params", [])),
            *(Scope(qualname + "."), node.body, self._scope),
        )

    def read_function(self, node: FunctionNode) -> None:
        qualname = self._scope.qualify(node.name)
        self._docstrings.append(NestedDocstring(qualname, find_docstring(node.body), node))
        yields = self._read_nested(node, qualname, ".<locals>.", [node.body])
        self._tokens += [type(node).__name__, str(yields), _spell(node.name)]
        self._push(node.decorator_list, node.args, node.returns, getattr(node, "type_params", []))

    def read_lambda(self, node: ast.Lambda) -> None:
        yields = self._read_nested(node, self._scope.qualify("<lambda>"), ".<locals>.", [node.body])
        self._tokens += ["Lambda", str(yields)]
        self._push(node.args)

    def read_generator(self, node: ast.GeneratorExp) -> None:
        first, *others = node.generators
        inner = [node.elt, first.target, first.ifs, first.is_async, *others]
        self._read_nested(node, self._scope.qualify("<genexpr>"), ".", inner)
        self._tokens.append("GeneratorExp")
        self._push(first.iter)  # evaluated outside

    def read_comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp) -> None:
        name = type(node).__name__
        first, *others = node.generators
        values = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        scope = self._scope
        if _COMPREHENSION_IS_CODE:
            scope = Scope(scope.qualify(f"<{name.lower()}>") + ".")
        self._tokens.append(name)
        self._push(first.iter, scope, *values, first.target, first.ifs, first.is_async, others, self._scope)

    def _read_nested(self, node: NestedNode, qualname: str, separator: str, trees: Sequence[object]) -> bool:
        reader = _PieceReader(Scope(qualname + separator), self._codes, self._docstrings)
        body = reader.read(trees)
        self._codes.append(NestedCode(qualname, node, body, reader.yields))
        return reader.yields

    def _push(self, *items: object) -> None:
        self._stack.extend(reversed(items))


def _is_without_effect(part: object) -> bool:
    return isinstance(part, ast.Pass) or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))


def _spell(value: object) -> str:
    """Spell a constant so that what differs in type or sign differs in spelling, on one line."""
    if type(value) is int:
        return f"int {value:x}"  # no limit on digits, unlike decimal
    return f"{type(value).__name__} {value!r}"


_VISITORS: Final[dict[type[ast.AST], Callable[..., None]]] = {
    ast.Constant: _PieceReader.read_constant,
    ast.JoinedStr: _PieceReader.read_format,
    ast.Global: _PieceReader.read_global,
    ast.Yield: _PieceReader.read_yield,
    ast.YieldFrom: _PieceReader.read_yield,
    ast.ClassDef: _PieceReader.read_class,
    ast.FunctionDef: _PieceReader.read_function,
    ast.AsyncFunctionDef: _PieceReader.read_function,
    ast.Lambda: _PieceReader.read_lambda,
    ast.GeneratorExp: _PieceReader.read_generator,
    ast.ListComp: _PieceReader.read_comprehension,
    ast.SetComp: _PieceReader.read_comprehension,
    ast.DictComp: _PieceReader.read_comprehension,
}
