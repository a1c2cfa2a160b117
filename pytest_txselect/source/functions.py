"""What each function of a file mentions, from its compiled code."""

from __future__ import annotations

import dis
import inspect
from dataclasses import dataclass, field
from types import CodeType
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.steps import find_dotted, find_words

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ANNOTATING", "EVERYTHING", "CodeFacts", "read_functions"]

ANNOTATING: Final = "__annotate__"
"""What the compiler calls the functions that it makes of annotations, since Python 3.14."""
EVERYTHING: Final = frozenset({"eval", "exec", "globals", "locals", "vars"})
"""What reads names that the source does not show."""
STORE_GLOBAL: Final = dis.opmap["STORE_GLOBAL"]
LATER: Final = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
"""Flags of what does not execute yet when it is called."""


@dataclass(slots=True)
class CodeFacts:
    """What the code objects of one qualified name mention.

    Attributes:
        number: of code objects.
        names: global names, and attributes.
        words: those of its strings.
        fetched: names that import statements take out of modules; they are in `names`, not in `words`.
        dotted: the parts of each of its strings that is a dotted name.
        parameters: of any of them.
        bound: names that one of them binds, those of the module included.
        local: names that every one of them binds.
        later: whether one does not execute yet when it is called.
    """

    number: int = 0
    names: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    fetched: set[str] = field(default_factory=set)
    dotted: set[tuple[str, ...]] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    local: frozenset[str] = frozenset()
    later: bool = False

    @property
    def found(self) -> frozenset[str]:
        """Identifiers, those in strings included."""
        return frozenset(self.names | self.words)

    def annotate(self, code: CodeType) -> None:
        """Read the annotations of something that the function defines."""
        self.names.update(code.co_names)
        for constant in code.co_consts:
            self.words.update(find_words(constant))

    def add(self, code: CodeType) -> None:
        """Read one code object."""
        self.parameters.update(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
        self.bound.update(code.co_varnames, code.co_cellvars, _find_global(code))
        local = frozenset((*code.co_varnames, *code.co_cellvars))
        self.local = self.local & local if self.number else local
        self.number += 1
        self.names.update(code.co_names)
        fetched, others = _split_constants(code)
        for constant in others:
            self.words.update(find_words(constant))
        self.fetched.update(*fetched)
        self.dotted.update(find_dotted(code.co_consts))
        self.later = self.later or bool(code.co_flags & LATER)


def read_functions(module: CodeType) -> dict[str, CodeFacts]:
    """Read what functions mention, by their qualified names; a class body executes at import and is none."""
    found: dict[str, CodeFacts] = {}
    for name, code in _inside(module, ""):
        facts = found.setdefault(name, CodeFacts())
        if code.co_name == ANNOTATING:
            facts.annotate(code)
        else:
            facts.add(code)
    return found


def _find_global(code: CodeType) -> Iterator[str]:
    """Names of the module that a function binds."""
    if STORE_GLOBAL in code.co_code[::2]:
        found = (each.argval for each in dis.get_instructions(code) if each.opcode == STORE_GLOBAL)
        yield from found


def _split_constants(code: CodeType) -> tuple[list[tuple[str, ...]], list[object]]:
    """The constants of `from` imports, which are names of modules' attributes, and all others."""
    names = {*code.co_names, "*"}
    if not any(isinstance(each, tuple) and each and names.issuperset(each) for each in code.co_consts):
        return [], list(code.co_consts)
    fetched: list[tuple[str, ...]] = []
    used: set[int] = set()
    previous: dis.Instruction | None = None
    for each in dis.get_instructions(code):
        if each.opname == "EXTENDED_ARG":
            continue
        if previous is not None and previous.opcode in dis.hasconst and previous.arg is not None:
            if each.opname != "IMPORT_NAME":
                used.add(previous.arg)
            elif previous.argval:
                fetched.append(previous.argval)
        previous = each
    only = {id(each) for each in fetched}
    return fetched, [
        each for place, each in enumerate(code.co_consts) if id(each) not in only or place in used
    ]


def _inside(code: CodeType, around: str) -> Iterator[tuple[str, CodeType]]:
    """The functions inside a code object with their names.

    Annotations, of which the compiler makes functions since Python 3.14, are a part of the function that has what is
    annotated. What is annotated at import is read from the statements, as it was before.

    Args:
        code: where to look.
        around: name of the function that it is, or is in; empty where there is none.
    """
    for each in code.co_consts:
        if isinstance(each, CodeType):
            inner = around
            if each.co_flags & inspect.CO_NEWLOCALS:
                inner = around if each.co_name == ANNOTATING else each.co_qualname
                if inner:
                    yield inner, each
            yield from _inside(each, inner)
