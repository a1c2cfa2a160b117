"""From source bytes to facts, by way of a code object.

`compile()` costs no more than `ast.parse()`, and walking code objects costs a thirtieth of walking a tree
in Python: the names, constants and nested functions are ready-made tuples, and imports are found by
searching the bytecode for one byte. A tree is made only for the few files that need it (`dynamic.py`).

Compiling runs nothing of the file.
"""

from __future__ import annotations

import ast
import dis
import warnings
from bisect import bisect_right
from dataclasses import replace
from itertools import islice
from operator import attrgetter
from types import CodeType
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.beginnings import find_asked_beginnings
from pytest_txselect.source.compared import find_compared
from pytest_txselect.source.declared import find_declared
from pytest_txselect.source.dynamic import needs_tree, read_dynamic
from pytest_txselect.source.endings import find_ends, is_only_asked_for
from pytest_txselect.source.facts import (
    COMPARED,
    ENDS_NAME,
    MAX_BYTES,
    ONLY_ASKED,
    FileFacts,
    Import,
    Unparsed,
)
from pytest_txselect.source.functions import ANNOTATING
from pytest_txselect.source.made import is_made, read_made
from pytest_txselect.source.reflected import find_reflected
from pytest_txselect.source.scanner import scan
from pytest_txselect.source.strings import collect_strings
from pytest_txselect.source.typing_only import Flags, Instructions, find_flags, find_hidden

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pytest_txselect.source.facts import Facts
    from pytest_txselect.source.scanner import Scan

__all__ = ["read_facts"]

IMPORT_NAME: Final = dis.opmap["IMPORT_NAME"]
STORES: Final = (dis.opmap["STORE_NAME"], dis.opmap["STORE_GLOBAL"])
ASKING: Final = frozenset({"removeprefix", "startswith"})
"""Without these nothing asks how a text begins; looking for them in the source takes longer."""
NEWLOCALS: Final = 0x2
HAS_DOCSTRING: Final = next(
    (flag for flag, name in dis.COMPILER_FLAG_NAMES.items() if name == "HAS_DOCSTRING"), 0
)


class _UnknownBytecodeError(Exception):
    """The bytecode around an import does not look as in any version of Python we know."""


def read_facts(source: bytes, *, whole: bool = False) -> Facts:
    """Read what a Python file says.

    Args:
        source: the file's bytes, in the encoding that its cookie or byte order mark declares.
        whole: compile all of it, even where scanning is enough; what scanning finds is measured by this.

    Returns:
        Its facts; `Unparsed` where this version of Python cannot compile it.
    """
    if len(source) > MAX_BYTES:
        return Unparsed(f"is larger than {MAX_BYTES // 1_000_000} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scanned = None if whole else scan(source)
            if scanned is not None:
                return _read_scan(scanned, source)
            code = compile(source, "<source>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return Unparsed(error.msg or "does not parse", error.lineno or 0)
    except (ValueError, OverflowError) as error:
        return Unparsed(str(error))
    except (RecursionError, MemoryError):
        return Unparsed("is nested too deeply to be compiled")
    return _read_code(code, source)


def _read_scan(scan: Scan, source: bytes) -> Facts:
    """Turn what was scanned of a file into facts."""
    imports, bound = [*scan.imports], scan.bound
    if scan.rest is not None:
        flags = find_flags(scan.rest) if b"TYPE_CHECKING" in source else Flags()
        try:
            imports += [each for code in _all_code(scan.rest) for each in _find_imports(code, flags)]
        except _UnknownBytecodeError as error:
            return Unparsed(str(error))
        bound = bound.union(_find_bound(scan.rest))
    modules = {each.module for each in imports if each.module}
    names = scan.names if modules <= scan.names else scan.names | modules
    facts = FileFacts(_sort(imports), names, scan.parameters, bound, *_find_strings(scan.constants, source))
    compared = find_compared(scan.constants, source, scan.codes)
    if compared:
        facts = replace(facts, strings=facts.strings | {COMPARED + each for each in compared})
    return _complete(facts, source, scan)


def _read_code(code: CodeType, source: bytes) -> Facts:
    """Turn the code object of a file into facts."""
    imports: list[Import] = []
    names: set[str] = set()
    parameters: set[str] = set()
    constants: list[object] = []
    flags = find_flags(code) if b"TYPE_CHECKING" in source else Flags()
    pending = [code]
    try:
        while pending:
            each = pending.pop()
            names.update(each.co_names)
            if each.co_name != ANNOTATING:
                parameters.update(each.co_varnames[: each.co_argcount + each.co_kwonlyargcount])
            imports += _find_imports(each, flags)
            nested, plain = _split_constants(each)
            pending += nested
            constants += plain
    except _UnknownBytecodeError as error:  # a future version of Python: every import is then unknown
        return Unparsed(str(error))
    bound = frozenset(_find_bound(code))
    facts = FileFacts(
        _sort(imports), frozenset(names), frozenset(parameters), bound, *_find_strings(constants, source)
    )
    return _complete(facts, source, None)


def _sort(imports: list[Import]) -> tuple[Import, ...]:
    return tuple(sorted(imports, key=attrgetter("line")))


def _complete(facts: FileFacts, source: bytes, scanned: Scan | None) -> Facts:
    """Add what comments and, where it is needed, the tree tell."""
    declared = find_declared(source)
    if declared:
        facts = replace(facts, declared=declared)
    ends = find_ends(facts.strings, source)
    if ends:
        facts = replace(facts, strings=facts.strings | {ENDS_NAME + each for each in ends})
    try:
        if is_made(facts.strings):
            with warnings.catch_warnings():  # of odd escapes in strings
                warnings.simplefilter("ignore")
                facts = replace(facts, made=read_made(ast.parse(source)))
        reflected = find_reflected(facts, scanned.reflected, source) if scanned else None
        if needs_tree(facts, source, reflected=reflected is not None):
            facts = read_dynamic(facts, source, scanned, reflecting=reflected != ())
        elif reflected:
            facts = replace(facts, reflected=reflected)
        if not (facts.computed or facts.names.isdisjoint(ASKING)):
            facts = replace(facts, strings=facts.strings - find_asked_beginnings(facts.strings, source))
        return facts  # noqa: TRY300 - what is above may raise
    except SyntaxError as error:  # the file was only scanned
        return Unparsed(error.msg or "does not parse", error.lineno or 0)
    except (RecursionError, MemoryError):  # a tree takes more of the stack than the compiler
        return Unparsed("is nested too deeply to be read")


def _all_code(code: CodeType) -> Iterator[CodeType]:
    """A code object and all those nested in it."""
    yield code
    for each in code.co_consts:
        if type(each) is CodeType:
            yield from _all_code(each)


def _find_strings(constants: Collection[object], source: bytes) -> tuple[frozenset[str], frozenset[str]]:
    """What string constants may name, with ONLY_ASKED in the place of an ending that makes no names."""
    strings, embedded = collect_strings(constants)
    if ".py" in strings and is_only_asked_for(source):
        strings = strings - {".py"} | {ONLY_ASKED}
    return strings, embedded


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
    instructions = Instructions(code)
    for opcode in STORES:
        at = instructions.opcodes.find(opcode)
        while at >= 0:
            yield instructions.name(at)
            at = instructions.opcodes.find(opcode, at + 1)


def _find_lines(code: CodeType) -> tuple[list[int], list[int]]:
    """Where in the bytecode lines begin, and which they are; 0 where there is none."""
    found = [(start, line or 0) for start, _, line in code.co_lines()]
    return [start for start, _ in found], [line for _, line in found]


def _find_imports(code: CodeType, flags: Flags) -> Iterator[Import]:
    """The imports in one code object's own instructions.

    Every import statement compiles to: load the level, load the tuple of names or None, IMPORT_NAME module.
    """
    if IMPORT_NAME not in code.co_code:
        return
    instructions = Instructions(code)
    hidden = find_hidden(instructions, flags)
    starts, numbers = _find_lines(code)
    at = instructions.opcodes.find(IMPORT_NAME)
    while at >= 0:
        names_at = instructions.previous(at)
        names = instructions.constant(names_at)
        level = instructions.constant(instructions.previous(names_at))
        if not isinstance(level, int) or not (names is None or isinstance(names, tuple)):
            raise _UnknownBytecodeError(
                "has imports that this version of txselect cannot read on this version of Python"
            )
        module = instructions.name(at)
        if module != "__future__" and not any(start <= at < stop for start, stop in hidden):
            yield Import(module, level, names or (), numbers[bisect_right(starts, 2 * at) - 1])
        at = instructions.opcodes.find(IMPORT_NAME, at + 1)
