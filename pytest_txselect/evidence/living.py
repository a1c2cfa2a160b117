"""Code of modules that were imported before the watch began."""

from __future__ import annotations

import gc
import sys
from types import AsyncGeneratorType, CodeType, CoroutineType, FunctionType, GeneratorType
from typing import TYPE_CHECKING

from pytest_txselect.evidence.system import System

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["compile_file", "find_living_code", "read_source"]


def find_living_code() -> Iterator[CodeType]:
    """The code of every function, generator and coroutine in the process, and of all that is running."""
    for each in gc.get_objects():
        kind = type(each)
        if kind is FunctionType:
            yield each.__code__
        elif kind is GeneratorType:
            yield each.gi_code
        elif kind is CoroutineType:
            yield each.cr_code
        elif kind is AsyncGeneratorType:
            yield each.ag_code
    for top in sys._current_frames().values():  # noqa: SLF001 - documented in spite of its name
        frame: FrameType | None = top
        while frame is not None:
            yield frame.f_code
            frame = frame.f_back


def read_source(path: str) -> bytes:
    """The text of a module; empty where it cannot be read."""
    try:
        with System.open_file(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def compile_file(path: str) -> CodeType | None:
    """A module compiled once more, to see where its functions are; None where that fails."""
    try:
        return compile(read_source(path), path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
