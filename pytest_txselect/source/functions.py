"""What each function of a file mentions, from its compiled code."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from types import CodeType
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.steps import find_dotted, find_words

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["EVERYTHING", "CodeFacts", "read_functions"]

EVERYTHING: Final = frozenset({"eval", "exec", "globals", "locals", "vars"})
"""What reads names that the source does not show."""
LATER: Final = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
"""Flags of what does not execute yet when it is called."""


@dataclass(slots=True)
class CodeFacts:
    """What the code objects of one qualified name mention.

    Attributes:
        number: of code objects.
        names: global names, and attributes.
        words: those of its strings.
        dotted: the parts of each of its strings that is a dotted name.
        parameters: of any of them.
        bound: names that one of them binds.
        local: names that every one of them binds.
        later: whether one does not execute yet when it is called.
    """

    number: int = 0
    names: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    dotted: set[tuple[str, ...]] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    local: frozenset[str] = frozenset()
    later: bool = False

    @property
    def found(self) -> frozenset[str]:
        """Identifiers, those in strings included."""
        return frozenset(self.names | self.words)

    def add(self, code: CodeType) -> None:
        """Read one code object."""
        self.parameters.update(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
        self.bound.update(code.co_varnames, code.co_cellvars)
        local = frozenset((*code.co_varnames, *code.co_cellvars))
        self.local = self.local & local if self.number else local
        self.number += 1
        self.names.update(code.co_names)
        for constant in code.co_consts:
            self.words.update(find_words(constant))
        self.dotted.update(find_dotted(code.co_consts))
        self.later = self.later or bool(code.co_flags & LATER)


def read_functions(module: CodeType) -> dict[str, CodeFacts]:
    """Read what functions mention, by their qualified names; a class body executes at import and is none."""
    found: dict[str, CodeFacts] = {}
    for code in _inside(module):
        if code.co_flags & inspect.CO_NEWLOCALS:
            found.setdefault(code.co_qualname, CodeFacts()).add(code)
    return found


def _inside(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _inside(each)
