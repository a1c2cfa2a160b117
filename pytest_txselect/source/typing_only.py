"""Instructions that only a type checker would execute: what stands below `if TYPE_CHECKING:`.

Only a flag that is surely false at run time hides anything: `TYPE_CHECKING` of `typing` or
`typing_extensions`, or one that the module itself sets to False. A module may have one of its own that is
true, so each binding is looked at.
"""

from __future__ import annotations

import dis
import sys
from dataclasses import dataclass
from types import CodeType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FLAG", "Flags", "Instructions", "find_flags", "find_hidden"]

FLAG: Final = "TYPE_CHECKING"
SOURCES: Final = frozenset({"typing", "typing_extensions"})

IMPORT_NAME: Final = dis.opmap["IMPORT_NAME"]
IMPORT_FROM: Final = dis.opmap["IMPORT_FROM"]
LOAD_CONST: Final = dis.opmap["LOAD_CONST"]
LOAD_SMALL_INT: Final = dis.opmap.get("LOAD_SMALL_INT", -1)  # Python 3.14
LOAD_ATTR: Final = dis.opmap["LOAD_ATTR"]
LOAD_GLOBAL: Final = dis.opmap["LOAD_GLOBAL"]
LOAD_NAME: Final = dis.opmap["LOAD_NAME"]
EXTENDED_ARG: Final = dis.EXTENDED_ARG
CACHE: Final = dis.opmap["CACHE"]
BINDS: Final = frozenset(
    dis.opmap[name] for name in ("STORE_NAME", "STORE_GLOBAL", "DELETE_NAME", "DELETE_GLOBAL", "STORE_ATTR")
)
STORES: Final = frozenset(dis.opmap[name] for name in ("STORE_NAME", "STORE_GLOBAL"))
SKIPPED: Final = frozenset(
    dis.opmap[name] for name in ("CACHE", "TO_BOOL", "NOT_TAKEN", "NOP") if name in dis.opmap
) | {EXTENDED_ARG}
JUMP_IF_FALSE: Final = frozenset(
    code for name, code in dis.opmap.items() if name in {"POP_JUMP_IF_FALSE", "POP_JUMP_FORWARD_IF_FALSE"}
)
JUMPS: Final = frozenset(dis.hasjrel)
BACKWARD: Final = frozenset(code for name, code in dis.opmap.items() if "BACKWARD" in name)


class Instructions:
    """A code object's instructions, by their index.

    Args:
        code: whose.
    """

    def __init__(self, code: CodeType) -> None:
        self.code = code
        self.raw = code.co_code
        self.opcodes = self.raw[::2]

    def argument(self, at: int) -> int:
        """The argument of an instruction, with the EXTENDED_ARG prefixes in front of it."""
        value = self.raw[2 * at + 1]
        shift = 8
        before = at - 1
        while before >= 0 and self.opcodes[before] == EXTENDED_ARG:
            value |= self.raw[2 * before + 1] << shift
            shift += 8
            before -= 1
        return value

    def previous(self, at: int) -> int:
        """Index of the instruction before the one at `at`, over prefixes and caches; -1: there is none."""
        before = at - 1
        while before >= 0 and self.opcodes[before] in {EXTENDED_ARG, CACHE}:
            before -= 1
        return before

    def name(self, at: int) -> str:
        """The name that the instruction at `at` loads or binds; some loads keep a flag in the lowest bit."""
        argument = self.argument(at)
        flagged = self.opcodes[at] == LOAD_GLOBAL
        flagged |= self.opcodes[at] == LOAD_ATTR and sys.version_info >= (3, 12)
        return self.code.co_names[argument >> 1 if flagged else argument]

    def constant(self, at: int) -> object:
        """The constant that the instruction at `at` loads; an empty frozenset where it loads none."""
        if at >= 0 and self.opcodes[at] == LOAD_CONST:
            return self.code.co_consts[self.argument(at)]
        if at >= 0 and self.opcodes[at] == LOAD_SMALL_INT:
            return self.argument(at)
        return frozenset()

    def target(self, at: int) -> int:
        """Where a jump leads; jumps count from behind their inline caches."""
        end = at + 1
        while end < len(self.opcodes) and self.opcodes[end] == CACHE:
            end += 1
        return end - self.argument(at) if self.opcodes[at] in BACKWARD else end + self.argument(at)


@dataclass(frozen=True, slots=True)
class Flags:
    """What is surely false at run time in a module.

    Attributes:
        own: whether its global name `TYPE_CHECKING` is.
        modules: its global names whose attribute `TYPE_CHECKING` is.
    """

    own: bool = False
    modules: frozenset[str] = frozenset()


def find_flags(module: CodeType) -> Flags:
    """Look at every binding of `TYPE_CHECKING` and of the names of `typing` in a module."""
    good: set[str] = set()
    modules: set[str] = set()
    spoilt: set[str] = set()
    for code in _all_code(module):
        instructions = Instructions(code)
        for name, source in _bindings(instructions):
            known = code is module and source is not None
            (spoilt if not known else modules if source == "module" else good).add(name)
    own = FLAG in good and not {FLAG, "*"} & spoilt
    return Flags(own, frozenset() if {FLAG, "*"} & spoilt else frozenset(modules - spoilt - good))


def _all_code(module: CodeType) -> Iterator[CodeType]:
    pending = [module]
    while pending:
        code = pending.pop()
        yield code
        pending += [each for each in code.co_consts if isinstance(each, CodeType)]


def _bindings(instructions: Instructions) -> Iterator[tuple[str, str | None]]:
    """Names bound, each with what it is: "flag", "module" for `typing` itself, None for anything else.

    A star import binds `*`, unless the flag is bound once more behind it.
    """
    module, starred = "", False
    for at, opcode in enumerate(instructions.opcodes):
        if opcode == IMPORT_NAME:
            names = instructions.previous(at)
            absolute = instructions.constant(instructions.previous(names)) == 0
            module = instructions.name(at) if absolute else ""
            starred |= instructions.constant(names) == ("*",)
        elif opcode in BINDS:
            name = instructions.name(at)
            what = _what(instructions, instructions.previous(at), module) if opcode in STORES else None
            starred &= not (name == FLAG and what == "flag")
            yield name, what
    if starred:
        yield "*", None


def _what(instructions: Instructions, before: int, module: str) -> str | None:
    """What the instruction in front of a store left to be stored."""
    opcode = instructions.opcodes[before] if before >= 0 else CACHE
    if opcode == IMPORT_NAME and module in SOURCES:
        return "module"
    if opcode == IMPORT_FROM and module in SOURCES and instructions.name(before) == FLAG:
        return "flag"
    return "flag" if opcode == LOAD_CONST and instructions.constant(before) is False else None


def find_hidden(instructions: Instructions, flags: Flags) -> list[tuple[int, int]]:
    """Ranges of instructions below `if TYPE_CHECKING:` up to its `else`.

    Such a block runs from the conditional jump behind the load of the flag to the jump's target. `if
    TYPE_CHECKING and x` compiles to the same; `if TYPE_CHECKING or x` and `if not TYPE_CHECKING` jump the
    other way and hide nothing; into the block of `if x or TYPE_CHECKING` leads another jump, so that it is
    not hidden either.
    """
    code = instructions.code
    if FLAG not in code.co_names:
        return []
    opcodes = instructions.opcodes
    own = (
        [name for name, what in _bindings(instructions) if what is None] if code.co_name != "<module>" else []
    )
    hidden = []
    for at, opcode in enumerate(opcodes):
        if opcode not in {LOAD_NAME, LOAD_GLOBAL, LOAD_ATTR} or instructions.name(at) != FLAG:
            continue
        if not _is_false(instructions, at, flags) or FLAG in own:
            continue
        jump = at + 1
        while jump < len(opcodes) and opcodes[jump] in SKIPPED:
            jump += 1
        if jump < len(opcodes) and opcodes[jump] in JUMP_IF_FALSE:
            hidden.append((jump, instructions.target(jump)))
    jumps = (
        [(at, instructions.target(at)) for at, opcode in enumerate(opcodes) if opcode in JUMPS]
        if hidden
        else []
    )
    return [
        (start, stop)
        for start, stop in hidden
        if not any(start < target < stop and not start <= at < stop for at, target in jumps)
    ]


def _is_false(instructions: Instructions, at: int, flags: Flags) -> bool:
    """Whether the load of `TYPE_CHECKING` at `at` loads something that is surely false."""
    if instructions.opcodes[at] != LOAD_ATTR:
        return flags.own
    before = instructions.previous(at)
    named = before >= 0 and instructions.opcodes[before] in {LOAD_NAME, LOAD_GLOBAL}
    return named and instructions.name(before) in flags.modules
