"""From executed lines to executed functions, for evidence that another tool took.

A line belongs to the innermost functions that have code on it. The line of a `def` (or of its first decorator) is
executed by whoever defines the function, so it counts for the function only where nothing else of it has a line.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from pytest_txselect.evidence.codes import name_functions
from pytest_txselect.evidence.evidence import Piece, PieceKind

if TYPE_CHECKING:
    from types import CodeType

    from pytest_txselect.model import RepoPath

__all__ = ["FunctionLines", "read_function_lines"]


class FunctionLines:
    """Which functions of a file have code on which line.

    Attributes:
        known: lines that have code at all.

    Args:
        path: the file.
        module: its code.
    """

    def __init__(self, path: RepoPath, module: CodeType) -> None:
        self._owners: dict[int, list[Piece]] = {}
        self.known: frozenset[int] = frozenset()
        for code, name, place in name_functions(module):
            lines = _own_lines(code)
            self.known |= lines
            inner = lines - {code.co_firstlineno} if name != "<module>" else lines
            for line in inner or lines:
                self._owners.setdefault(line, []).append(Piece(PieceKind.FUNCTION, path, name, place))

    def find(self, line: int) -> list[Piece]:
        """The functions, class bodies or module bodies that have code on a line; several where one does not tell."""
        return self._owners.get(line, [])


def read_function_lines(path: RepoPath, source: bytes) -> FunctionLines | None:
    """Read a file; None where Python refuses it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python has to say about a file concerns its authors
            return FunctionLines(path, compile(source, path, "exec", dont_inherit=True))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _own_lines(code: CodeType) -> frozenset[int]:
    """Lines with code of a code object itself, not of what is nested in it."""
    return frozenset(line for _, _, line in code.co_lines() if line)
