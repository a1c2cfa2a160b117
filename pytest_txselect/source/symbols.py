"""The code of a file, function by function, with fingerprints that only a change of behaviour changes.

They are stored beside recorded evidence, so they are stable over runs, and comparable between files that the
same Python version read (`fingerprint.py` says what they cover).
"""

from __future__ import annotations

import ast
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_txselect.source.fingerprint import Scope, digest, fingerprint, read_pieces
from pytest_txselect.source.parsed import UnparsedSource, first_line, parse_source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.source.fingerprint import FunctionNode, NestedCode

__all__ = ["Code", "CodeKind", "Definition", "fingerprint_definition", "number_codes", "read_symbols"]


class CodeKind(enum.StrEnum):
    """What a piece of code is."""

    FUNCTION = "function"
    LAMBDA = "lambda"
    GENERATOR = "generator expression"


@dataclass(frozen=True, slots=True)
class Code:
    """One function, lambda or generator expression.

    Attributes:
        qualname: as `co_qualname` of its code object.
        index: its place among the code of the same qualified name in the file, from 0, by position.
        kind: what it is.
        line: as `co_firstlineno` of its code object.
        end_line: its last line.
        header: fingerprint of its definition: decorators, parameters, defaults, annotations, async, generator
            or not.
        body: fingerprint of what it does, without the code nested in it (which has entries of its own).
    """

    qualname: str
    index: int
    kind: CodeKind
    line: int
    end_line: int
    header: str
    body: str


@dataclass(frozen=True, slots=True)
class Definition:
    """Fingerprints of how a function is defined.

    Attributes:
        signature: parameters, annotations, async, generator or not.
        defaults: default values, and which parameters have them.
        decorators: decorators in their order.
    """

    signature: str
    defaults: str
    decorators: str


def read_symbols(source: bytes) -> tuple[Code, ...] | UnparsedSource:
    """Give every function, method, lambda and generator expression of a source, by position."""
    parsed = parse_source(source)
    if isinstance(parsed, UnparsedSource):
        return parsed
    try:
        return number_codes(read_pieces(parsed.tree.body, Scope()).codes)
    except RecursionError:  # hundreds of functions inside one another
        return UnparsedSource(0, "too deeply nested")


def number_codes(codes: Iterable[NestedCode]) -> tuple[Code, ...]:
    """Number the code that was found below one place, given by position."""
    counts: dict[str, int] = {}
    numbered = []
    for code in codes:
        index = counts.get(code.qualname, 0)
        counts[code.qualname] = index + 1
        node = code.node
        line, end_line = first_line(node), node.end_lineno or node.lineno
        numbered.append(Code(code.qualname, index, _kind(code), line, end_line, _header(code), code.body))
    return tuple(numbered)


def fingerprint_definition(node: FunctionNode, *, yields: bool) -> Definition:
    """Fingerprint the definition of a function; `yields` is what its body says about it."""
    kind = f"{type(node).__name__} {yields}"
    returns = node.returns or ast.Pass()
    signature = digest(
        [kind, fingerprint(_without_defaults(node.args), returns, *getattr(node, "type_params", []))]
    )
    return Definition(signature, _fingerprint_defaults(node.args), fingerprint(*node.decorator_list))


def _kind(code: NestedCode) -> CodeKind:
    match code.node:
        case ast.Lambda():
            return CodeKind.LAMBDA
        case ast.GeneratorExp():
            return CodeKind.GENERATOR
        case _:
            return CodeKind.FUNCTION


def _header(code: NestedCode) -> str:
    match code.node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() as node:
            definition = fingerprint_definition(node, yields=code.yields)
            return digest([definition.signature, definition.defaults, definition.decorators])
        case ast.Lambda(args=arguments):
            return digest([str(code.yields), fingerprint(arguments)])
        case ast.GeneratorExp(generators=generators):
            return fingerprint(generators[0].iter)


def _without_defaults(arguments: ast.arguments) -> ast.arguments:
    return ast.arguments(
        posonlyargs=arguments.posonlyargs,
        args=arguments.args,
        vararg=arguments.vararg,
        kwonlyargs=arguments.kwonlyargs,
        kw_defaults=[],
        kwarg=arguments.kwarg,
        defaults=[],
    )


def _fingerprint_defaults(arguments: ast.arguments) -> str:
    """Fingerprint defaults; a keyword-only parameter without one is a None among `kw_defaults`."""
    keyword = [(place, each) for place, each in enumerate(arguments.kw_defaults) if each is not None]
    places = " ".join(str(place) for place, _ in keyword)
    return digest([places, fingerprint(*arguments.defaults), fingerprint(*(each for _, each in keyword))])
