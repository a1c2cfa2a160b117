"""Which modules the import statements of a function mean, seen from a process in which they are loaded.

Only the first import of a module executes it, so only the first importer can be noticed. The others are known
by their statements: whoever executes the function depends on the module.
"""

from __future__ import annotations

import dis
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from types import CodeType

    from pytest_txselect.model import RepoPath

__all__ = ["find_file", "find_imports"]

IMPORT_NAME: Final = dis.opmap["IMPORT_NAME"]
EXTENDED_ARG: Final = dis.EXTENDED_ARG


def find_imports(
    code: CodeType, importers: Sequence[str], modules: Mapping[str, RepoPath], roots: Collection[str]
) -> Iterator[RepoPath]:
    """The project files that a function's import statements can mean.

    Args:
        code: the function, or the body of a module.
        importers: names under which its own module is loaded.
        modules: file of every loaded project module by its name.
        roots: the first parts of these names.

    Yields:
        Files, some more than once. Of a relative import every level is tried, of `from a import b` every name
        that the function uses: too many, never too few.
    """
    raw = code.co_code
    opcodes = raw[::2]
    at = opcodes.find(IMPORT_NAME)
    if at < 0:
        return
    packages = ["", *(each for importer in importers for each in (importer, *list_parents(importer)))]
    while at >= 0:
        name = code.co_names[find_argument(raw, at)]
        for package in packages:
            whole = f"{package}.{name}" if package and name else package or name
            if whole in modules or (not package and whole.partition(".")[0] in roots):
                yield from expand(whole, code.co_names, modules)
        at = opcodes.find(IMPORT_NAME, at + 1)


def expand(name: str, used: Sequence[str], modules: Mapping[str, RepoPath]) -> Iterator[RepoPath]:
    """The files of a module, of its parents, and of its submodules that are used by name."""
    for each in (name, *list_parents(name), *[f"{name}.{part}" for part in used]):
        if each in modules:
            yield modules[each]


def list_parents(name: str) -> list[str]:
    """The packages that a module is in, innermost first."""
    parents = []
    while "." in name:
        name = name.rpartition(".")[0]
        parents.append(name)
    return parents


def find_argument(raw: bytes, at: int) -> int:
    """The argument of the instruction at a position, with the EXTENDED_ARG prefixes in front of it."""
    argument, shift = raw[2 * at + 1], 8
    while at and raw[2 * at - 2] == EXTENDED_ARG:
        at -= 1
        argument |= raw[2 * at + 1] << shift
        shift += 8
    return argument


def find_file(module: object) -> str:
    """The file of what somebody has put into `sys.modules`; empty where it has none, or does not tell.

    That need not be a module: it may be a proxy of one that is gone (`weakref.proxy`), or what imports when it is asked.
    """
    try:
        file = getattr(module, "__file__", None)
    except Exception:  # noqa: BLE001 - whatever somebody else's object raises
        return ""
    return os.path.normpath(file) if isinstance(file, str) else ""
