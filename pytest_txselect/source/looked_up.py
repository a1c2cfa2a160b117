"""The names that a file looks up when it is imported: should one of them be gone, its import fails."""

from __future__ import annotations

import dis
import inspect
import warnings
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

__all__ = ["find_looked_up"]

LOADING: Final = frozenset({"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"})


def find_looked_up(source: bytes) -> frozenset[str]:
    """Find the names that the module's code, class bodies and comprehensions there look up, builtins included.

    Args:
        source: a file; one that cannot be compiled looks up nothing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(source, "<source>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(_look(code))


def _look(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in LOADING:
            yield str(instruction.argval)
    for inner in code.co_consts:
        if inspect.iscode(inner) and _executes(inner):
            yield from _look(inner)


def _executes(code: CodeType) -> bool:
    """Whether a code object executes with what is around it: the body of a class, a comprehension."""
    is_function = bool(code.co_flags & inspect.CO_NEWLOCALS and code.co_flags & inspect.CO_OPTIMIZED)
    return not is_function or (code.co_name.startswith("<") and code.co_name != "<lambda>")
