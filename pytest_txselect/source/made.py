"""Names of scripts that a file puts together, `f"{name}.py"`: how they begin, and which strings may name their folder.

The folder meets the name where paths are joined, in a call that is given both, or as the working directory.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.facts import Made
from pytest_txselect.source.flow import Flow
from pytest_txselect.source.scopes import last_name
from pytest_txselect.source.strings import collect_strings
from pytest_txselect.source.walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

__all__ = ["is_made", "read_made"]

ENDING: Final = re.compile(r"\.py(?!\w)")
"""Begins a string that stands behind the name of a script: the ending, or a node id behind it."""
FORMATTED: Final = re.compile(r"%[-\d.]*[sra][^/\\\s]*\.py(?!\w)")
"""A name of a script with a place for the rest of it."""
JOINING: Final = frozenset({
    "Path", "PosixPath", "PurePath", "PurePosixPath", "PureWindowsPath", "WindowsPath", "abspath", "expanduser", "join",
    "joinpath", "normpath", "realpath", "relpath", "resolve", "with_name",
})  # fmt: skip
"""Functions that make paths."""
ENTERING: Final = frozenset({
    "addsitedir", "chdir", "contextlib_chdir", "fchdir", "insert", "run_path", "spec_from_file_location", "syspath_prepend",
})  # fmt: skip
"""Functions that say where names are looked for."""
PLACES: Final = frozenset({"basedir", "cwd", "dir", "directory", "folder", "path", "root", "rootdir"})
"""Arguments that say where names are looked for."""
ASKING: Final = frozenset({
    "count", "endswith", "find", "index", "partition", "removesuffix", "replace", "rfind", "rindex", "rpartition", "rsplit",
    "rstrip", "split", "splitlines", "startswith", "strip",
})  # fmt: skip
"""Methods that only look at a text, or take something away."""
SETTLING: Final = frozenset({ast.JoinedStr, ast.Call, ast.Compare, ast.Expr})
SINKS: Final = frozenset({ast.Call, ast.BinOp, ast.JoinedStr, ast.Assign, ast.AugAssign})
"""Nodes that each step looks at: to ask for their kind is faster than to match every node against all patterns."""
HOLE: Final = "\x00"
"""Stands for what an f-string puts in."""


def is_made(strings: Iterable[str]) -> bool:
    """Whether there are endings of scripts among the strings of a file."""
    return any(each[:3] == ".py" and ENDING.match(each) is not None for each in strings)


def read_made(tree: ast.Module) -> Made:
    """Find how names of scripts are put together.

    Args:
        tree: a file that has the ending of scripts as a string.
    """
    flow = Flow(tree)
    settled: set[int] = set()
    globs: set[str] = set()
    whole = True
    for node in flow.nodes:
        if type(node) not in SETTLING:
            continue
        match node:
            case ast.JoinedStr(values=parts):
                settled.update(map(id, parts))
                for glob in _find_globs(parts):
                    whole = whole and bool(glob)
                    globs.add(glob)
            case ast.Call(func=ast.Attribute(attr=name), args=given) if name in ASKING:
                settled.update(id(part) for each in given for part in (each, *getattr(each, "elts", ())))
            case ast.Compare(left=left, comparators=others):
                settled.update(
                    id(part) for each in (left, *others) for part in (each, *getattr(each, "elts", ()))
                )
            case ast.Expr(value=value):
                settled.add(id(value))
            case _:
                pass
    whole = whole and not any(
        type(node) is ast.Constant and id(node) not in settled and _ends_name(node) for node in flow.nodes
    )
    if whole:  # no folder is looked for
        return Made(frozenset(), frozenset(globs), whole=True)
    strings = flow.find_strings(_find_sinks(flow, flow.find_bearing(_ends_name)))
    words = None if strings is None else collect_strings(strings)[0]
    return Made(words, frozenset(globs - {""}), whole=whole)


def _ends_name(node: ast.AST) -> bool:
    """Whether a node is a string that stands behind the name of a script, or has a place for it."""
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and (ENDING.match(node.value) is not None or FORMATTED.search(node.value) is not None)
    )


def _find_globs(parts: Sequence[ast.expr]) -> Iterator[str]:
    """The scripts that an f-string can name, one glob for each; empty for one of which too little is known."""
    before = ""
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            if ENDING.match(part.value):
                folder, slash, name = before.rpartition("/")
                known = slash and name[:1] not in {"", HOLE} and " " not in before
                glob = (
                    f"{folder}/{name}.py".removeprefix("./").removeprefix(HOLE).lstrip("/").replace(HOLE, "*")
                )
                yield glob if known else ""
            before += part.value
        else:
            before += HOLE


def _find_sinks(flow: Flow, bearing: AbstractSet[int]) -> Iterator[ast.expr]:
    """Expressions in which the folder of a script can be, where the expressions of `bearing` may have the script's name."""
    for node in flow.nodes:
        if type(node) not in SINKS:
            continue
        match node:
            case ast.Call(func=function, args=given, keywords=keywords):
                name = last_name(function)
                places = [each.value for each in keywords]
                if (
                    isinstance(function, ast.Attribute)
                    and isinstance(function.value, ast.Constant)
                    and not _is_path(function.value)
                ):
                    continue  # `", ".join(names)`
                if (
                    name in JOINING
                    or name in ENTERING
                    or (name not in ASKING and any(id(each) in bearing for each in (*given, *places)))
                ):
                    yield from (*given, *places, function)
                else:
                    yield from (each.value for each in keywords if each.arg in PLACES)
            case ast.BinOp(op=ast.Div(), left=left, right=right):
                yield from (left, right)
            case ast.JoinedStr() | ast.BinOp(op=ast.Add() | ast.Mod()) if _is_path(node):
                yield node
            case ast.Assign(targets=[*_, target], value=value) | ast.AugAssign(target=target, value=value):
                if "path" in {last_name(target), last_name(getattr(target, "value", target))}:
                    yield value
            case _:
                pass


def _is_path(node: ast.AST) -> bool:
    """Whether a text that is put together has what only paths have."""
    return any(
        isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and ("/" in each.value or "\\" in each.value or _ends_name(each))
        for each in descend(node)
    )
