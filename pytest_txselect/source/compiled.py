"""From source bytes to facts, by way of a code object.

`compile()` costs no more than `ast.parse()`, and walking code objects costs a thirtieth of walking a tree
in Python: the names, constants and nested functions are ready-made tuples, and imports are found by
searching the bytecode for one byte. A tree is made only for the few files that need it (`dynamic.py`).

Compiling runs nothing of the file.
"""

from __future__ import annotations

import dis
import re
import warnings
from itertools import islice
from types import CodeType
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.dynamic import needs_tree, read_dynamic
from pytest_txselect.source.facts import Declared, FileFacts, Import, Unparsed
from pytest_txselect.source.strings import collect_strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.source.facts import Facts

__all__ = ["MAX_BYTES", "read_facts"]

MAX_BYTES: Final = 8_000_000
"""Larger files are not compiled: CPython would need gigabytes of memory for them."""

IMPORT_NAME: Final = dis.opmap["IMPORT_NAME"]
IMPORT_FROM: Final = dis.opmap["IMPORT_FROM"]
LOAD_CONST: Final = dis.opmap["LOAD_CONST"]
LOAD_SMALL_INT: Final = dis.opmap.get("LOAD_SMALL_INT", -1)  # Python 3.14
EXTENDED_ARG: Final = dis.EXTENDED_ARG
STORES: Final = (dis.opmap["STORE_NAME"], dis.opmap["STORE_GLOBAL"])
LOADS: Final = frozenset(dis.opmap[name] for name in ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_ATTR"))
SKIPPED: Final = frozenset(
    dis.opmap[name] for name in ("CACHE", "TO_BOOL", "NOT_TAKEN", "NOP") if name in dis.opmap
)
JUMP_IF_FALSE: Final = frozenset(
    code for name, code in dis.opmap.items() if name in {"POP_JUMP_IF_FALSE", "POP_JUMP_FORWARD_IF_FALSE"}
)
NEWLOCALS: Final = 0x2
HAS_DOCSTRING: Final = next(
    (flag for flag, name in dis.COMPILER_FLAG_NAMES.items() if name == "HAS_DOCSTRING"), 0
)
DECLARATION: Final = re.compile(rb"#\s*txselect:\s*depends\s+([^\r\n]+)")


class _UnknownBytecodeError(Exception):
    """The bytecode around an import does not look as in any version of Python we know."""


def read_facts(source: bytes) -> Facts:
    """Read what a Python file says.

    Args:
        source: the file's bytes, in the encoding that its cookie or byte order mark declares.

    Returns:
        Its facts; `Unparsed` where this version of Python cannot compile it.
    """
    if len(source) > MAX_BYTES:
        return Unparsed(f"is larger than {MAX_BYTES // 1_000_000} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(source, "<source>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return Unparsed(error.msg or "does not parse", error.lineno or 0)
    except (ValueError, OverflowError) as error:
        return Unparsed(str(error))
    except (RecursionError, MemoryError):
        return Unparsed("is nested too deeply to be compiled")
    return _read_code(code, source)


def _read_code(code: CodeType, source: bytes) -> Facts:
    imports: list[Import] = []
    names: set[str] = set()
    parameters: set[str] = set()
    constants: list[object] = []
    typed = b"TYPE_CHECKING" in source and "TYPE_CHECKING" in code.co_names and _is_typing_flag(code)
    pending = [code]
    try:
        while pending:
            each = pending.pop()
            names.update(each.co_names)
            parameters.update(each.co_varnames[: each.co_argcount + each.co_kwonlyargcount])
            imports += _find_imports(each, typed=typed)
            nested, plain = _split_constants(each)
            pending += nested
            constants += plain
    except _UnknownBytecodeError as error:  # a future version of Python: every import is then unknown
        return Unparsed(str(error))
    strings, embedded = collect_strings(constants)
    declared = tuple(
        Declared(pattern, source.count(b"\n", 0, match.start()) + 1)
        for match in DECLARATION.finditer(source)
        for pattern in match.group(1).decode("utf-8", "surrogateescape").split()
    )
    bound = frozenset(_find_bound(code))
    facts = FileFacts(
        imports=tuple(sorted(imports, key=lambda each: each.line)),
        names=frozenset(names),
        parameters=frozenset(parameters),
        bound=bound,
        strings=strings,
        embedded=embedded,
        declared=declared,
    )
    return read_dynamic(facts, source) if needs_tree(facts, source) else facts


def _split_constants(code: CodeType) -> tuple[list[CodeType], list[object]]:
    """Nested code objects, and the other constants without the docstring."""
    nested: list[CodeType] = []
    plain: list[object] = []
    for constant in islice(code.co_consts, 1 if _first_is_docstring(code) else 0, None):
        (nested if type(constant) is CodeType else plain).append(constant)
    return nested, plain


def _first_is_docstring(code: CodeType) -> bool:
    if not code.co_consts or type(code.co_consts[0]) is not str:
        return False
    if (
        code.co_flags & NEWLOCALS
    ):  # a function: its docstring is always its first constant; from 3.13 on a flag says so
        return HAS_DOCSTRING == 0 or bool(code.co_flags & HAS_DOCSTRING)
    return (
        "__doc__" in code.co_names
    )  # a module or a class body: it begins by storing the first constant as __doc__


def _find_bound(code: CodeType) -> Iterator[str]:
    """Names that the module's own code binds (`global` in functions is not followed)."""
    raw = code.co_code
    opcodes = raw[::2]
    for opcode in STORES:
        at = opcodes.find(opcode)
        while at >= 0:
            yield code.co_names[_argument(raw, opcodes, at)]
            at = opcodes.find(opcode, at + 1)


def _argument(raw: bytes, opcodes: bytes, at: int) -> int:
    """The argument of an instruction, with the EXTENDED_ARG prefixes in front of it."""
    value = raw[2 * at + 1]
    shift = 8
    before = at - 1
    while before >= 0 and opcodes[before] == EXTENDED_ARG:
        value |= raw[2 * before + 1] << shift
        shift += 8
        before -= 1
    return value


def _previous(opcodes: bytes, at: int) -> int:
    """Index of the instruction before the one at `at`, over prefixes."""
    before = at - 1
    while before >= 0 and opcodes[before] == EXTENDED_ARG:
        before -= 1
    return before


def _load(code: CodeType, opcodes: bytes, at: int) -> object:
    """The constant that the instruction at `at` loads."""
    if at >= 0 and opcodes[at] == LOAD_CONST:
        return code.co_consts[_argument(code.co_code, opcodes, at)]
    if at >= 0 and opcodes[at] == LOAD_SMALL_INT:
        return _argument(code.co_code, opcodes, at)
    raise _UnknownBytecodeError(
        "has imports that this version of txselect cannot read on this version of Python"
    )


def _find_imports(code: CodeType, *, typed: bool) -> Iterator[Import]:
    """The imports in one code object's own instructions.

    Every import statement compiles to: load the level, load the tuple of names or None, IMPORT_NAME module.
    """
    raw = code.co_code
    if IMPORT_NAME not in raw:
        return
    opcodes = raw[::2]
    hidden = _find_hidden(code, opcodes) if typed else []
    lines = list(code.co_lines())
    at = opcodes.find(IMPORT_NAME)
    while at >= 0:
        names_at = _previous(opcodes, at)
        level_at = _previous(opcodes, names_at)
        names = _load(code, opcodes, names_at)
        level = _load(code, opcodes, level_at)
        if not isinstance(level, int) or not (names is None or isinstance(names, tuple)):
            raise _UnknownBytecodeError("has imports that this version of Python writes in an unknown way")
        module = code.co_names[_argument(raw, opcodes, at)]
        if module != "__future__" and not any(start <= at < stop for start, stop in hidden):
            line = next((line for start, stop, line in lines if start <= 2 * at < stop and line), 0)
            yield Import(module, level, names or (), line)
        at = opcodes.find(IMPORT_NAME, at + 1)


def _find_hidden(code: CodeType, opcodes: bytes) -> list[tuple[int, int]]:
    """Ranges of instructions that only a type checker executes: `if TYPE_CHECKING:` up to its `else`.

    The block runs from the conditional jump after the load of `TYPE_CHECKING` to the jump's target. `if
    TYPE_CHECKING and x` compiles to the same; `if TYPE_CHECKING or x` and `if not TYPE_CHECKING` jump the
    other way and hide nothing.
    """
    if "TYPE_CHECKING" not in code.co_names:
        return []
    wanted = code.co_names.index("TYPE_CHECKING")
    hidden = []
    for at, opcode in enumerate(opcodes):
        if opcode not in LOADS or _name_index(opcode, _argument(code.co_code, opcodes, at)) != wanted:
            continue
        jump = at + 1
        while jump < len(opcodes) and (opcodes[jump] in SKIPPED or opcodes[jump] == EXTENDED_ARG):
            jump += 1
        if jump < len(opcodes) and opcodes[jump] in JUMP_IF_FALSE:
            hidden.append((jump, jump + 1 + _caches(opcodes, jump) + _argument(code.co_code, opcodes, jump)))
    return hidden


def _is_typing_flag(code: CodeType) -> bool:
    """Whether a module's `TYPE_CHECKING` is the one of `typing`, or False; else it may be true."""
    raw = code.co_code
    opcodes = raw[::2]
    module = ""
    flag = True
    for at, opcode in enumerate(opcodes):
        if opcode == IMPORT_NAME:
            module = code.co_names[_argument(raw, opcodes, at)]
        elif opcode in STORES and code.co_names[_argument(raw, opcodes, at)] == "TYPE_CHECKING":
            before = _previous(opcodes, at)
            imported = opcodes[before] == IMPORT_FROM and module in {"typing", "typing_extensions"}
            imported = imported and code.co_names[_argument(raw, opcodes, before)] == "TYPE_CHECKING"
            false = opcodes[before] == LOAD_CONST and _load(code, opcodes, before) is False
            flag = flag and (imported or false)
    return flag


def _caches(opcodes: bytes, at: int) -> int:
    """Number of inline cache entries behind an instruction; jumps count from behind them."""
    end = at + 1
    while end < len(opcodes) and opcodes[end] == dis.opmap["CACHE"]:
        end += 1
    return end - at - 1


def _name_index(opcode: int, argument: int) -> int:
    """Some loads keep a flag in the lowest bits of their argument."""
    if opcode == dis.opmap["LOAD_GLOBAL"]:
        return argument >> 1
    if opcode == dis.opmap["LOAD_ATTR"] and "LOAD_METHOD" not in dis.opmap:  # from Python 3.12 on
        return argument >> 1
    return argument
