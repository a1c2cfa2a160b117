"""A Python source as Python itself would read it: its syntax tree beside its lines, or why there is none."""

from __future__ import annotations

import ast
import tokenize
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

from pytest_txselect.source.facts import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ParsedSource", "SourceText", "UnparsedSource", "find_compile_error", "first_line", "parse_source"]

SourceText: TypeAlias = tuple[tuple[bytes, ...], int, int | None]
"""The lines of a statement, and the columns where it starts and ends: equal texts mean equal syntax trees."""

_REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


@dataclass(frozen=True, slots=True)
class UnparsedSource:
    """A source that Python refuses.

    Attributes:
        line: 1-based line that Python blames; 0 where it blames none.
        message: one line, Python's own words.
    """

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class ParsedSource:
    """A source that parses.

    Attributes:
        tree: its syntax tree; equal for sources that differ only in comments, layout, quotes or encoding.
        lines: its lines, undecoded, without their ends, as Python counts them.
        encoding: the encoding that its lines are in.
    """

    tree: ast.Module
    lines: tuple[bytes, ...]
    encoding: str

    def text(self, node: ast.stmt) -> SourceText:
        """Give the text of a statement, decorators included."""
        return self.lines[first_line(node) - 1 : node.end_lineno], node.col_offset, node.end_col_offset

    def line(self, number: int) -> str:
        """Give a line for a person to read, without indentation."""
        return self.lines[number - 1].decode(self.encoding, "replace").strip()


def first_line(node: ast.stmt | ast.expr) -> int:
    """Give the line where a statement starts for Python (`co_firstlineno`): that of its first decorator."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.decorator_list:
        return node.decorator_list[0].lineno
    return node.lineno


def parse_source(source: bytes) -> ParsedSource | UnparsedSource:
    """Parse a source with the rules of the running Python (encoding cookie, byte order mark, line ends).

    Nothing of it is executed. Whether it also compiles is asked with `find_compile_error`.
    """
    if len(source) > MAX_BYTES:
        return UnparsedSource(0, f"larger than {MAX_BYTES:,} bytes")
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(source).readline)
        with (
            warnings.catch_warnings()
        ):  # an invalid escape is the author's business, and may be an error under -W
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except _REFUSALS as refusal:
        return _explain(refusal)
    text = source.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return ParsedSource(tree, tuple(text.split(b"\n")), encoding)


def find_compile_error(statements: Sequence[ast.stmt]) -> UnparsedSource | None:
    """Find what parses but cannot be compiled, such as `return` outside a function: no import of it works.

    Args:
        statements: top-level statements of one module; compile errors never depend on the others.
    """
    module = ast.Module(body=list(statements), type_ignores=[])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(module, "<source>", "exec", dont_inherit=True)
    except _REFUSALS as refusal:
        return _explain(refusal)
    return None


def _explain(refusal: BaseException) -> UnparsedSource:
    if isinstance(refusal, SyntaxError):
        return UnparsedSource(refusal.lineno or 0, refusal.msg)
    if isinstance(refusal, (RecursionError, MemoryError)):
        return UnparsedSource(0, "too deeply nested")
    return UnparsedSource(0, str(refusal))
