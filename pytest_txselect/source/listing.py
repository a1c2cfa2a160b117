"""What a file that lists folders can find there, and which of its globs only say what to download.

Words say that a file lists folders, and knows globs; this looks at the calls. Whatever is not certain can find anything.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.climbing import find_climb
from pytest_txselect.source.flow import Flow
from pytest_txselect.source.listing_packed import ANYTHING, Listing
from pytest_txselect.source.parsed import ParsedSource, parse_source
from pytest_txselect.source.strings import collect_strings
from pytest_txselect.source.walk import children_of, descend
from pytest_txselect.source.words import LISTING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

__all__ = ["find_ending", "find_pattern", "read_listing"]

CALLED: Final = frozenset({ast.Call, ast.Attribute})
SPEAKING: Final = frozenset({ast.Name, ast.Attribute, ast.alias, ast.Constant})
"""Nodes that a step looks at: to ask for their kind is faster than to match every node against all patterns."""
GLOBBING: Final = frozenset({"glob", "iglob", "rglob"})
PATTERN: Final = frozenset({"pathname", "pattern"})
HELPERS: Final = frozenset({"escape", "has_magic", "translate", *GLOBBING})
"""Attributes of the module `glob`."""
DYNAMIC: Final = frozenset({"locals", "vars", "eval", "exec"})
MAGIC: Final = re.compile(r"[*?\]]")
DOWNLOAD: Final = "download"
SPOKEN: Final = re.compile(rb"download|\braise\b")
"""What may take a glob and read no file."""
UNTOLD: Final = re.compile(rb"iterdir|listdir|scandir|walk|ls-files")
"""What lists a folder without saying which of its files it wants."""


def read_listing(source: bytes, *, globs: bool = True, folders: bool = False) -> Listing:
    """Look at the calls of a file that list folders, and at those that download.

    Args:
        source: the file.
        globs: whether it is of use to know which globs are for downloads.
        folders: whether it is of use to know which folders are listed.

    Returns:
        What is certain; of a file that does not parse nothing is.
    """
    told = b"glob" in source and UNTOLD.search(source) is None
    globs = globs and SPOKEN.search(source) is not None
    if not told and not globs and not folders:
        return ANYTHING
    parsed = parse_source(source)
    if not isinstance(parsed, ParsedSource):
        return ANYTHING
    nodes = descend(parsed.tree) if told or globs else []
    endings = _find_endings(nodes) if told else None
    downloads = _find_downloads(nodes) if globs else frozenset()
    if not folders:
        return Listing(endings, downloads)
    flow = Flow(parsed.tree)
    listed = _find_folders(flow)
    return Listing(endings, downloads, listed, find_climb(flow.nodes, listed))


def _find_folders(flow: Flow) -> frozenset[str] | None:
    """The strings that a listed folder can be made of; None where a listing is not a plain call."""
    settled: set[int] = set()
    listed: list[ast.expr] = []
    for node in flow.nodes:
        if type(node) not in CALLED:
            continue
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in LISTING:
                settled.add(id(node.func))
                listed += [*node.args, *(each.value for each in node.keywords)]
                if isinstance(node.func, ast.Attribute):
                    listed.append(node.func.value)
            case ast.Call(
                func=ast.Attribute(attr="chdir" | "fchdir") | ast.Name(id="chdir" | "fchdir"), args=given
            ):
                listed += given
            case ast.Attribute(value=ast.Name(id="glob") as module, attr=attribute) if attribute in HELPERS:
                settled.add(id(module))
            case _:
                pass
    if any(type(node) in SPEAKING and _may_list(node, settled) for node in flow.nodes):
        return None
    strings = flow.find_strings(listed)
    return None if strings is None else collect_strings(strings)[0]


def _find_endings(nodes: Sequence[ast.AST]) -> frozenset[str] | None:
    """How the names end that the globs of a module can find; None where one may find anything."""
    found: set[str] = set()
    settled: set[int] = set()
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in GLOBBING:
                ending = find_ending(find_pattern(node))
                if not ending:
                    return None
                found.add(ending)
                settled.add(id(node.func))
            case ast.Attribute(value=ast.Name(id="glob") as module, attr=attribute) if attribute in HELPERS:
                settled.add(id(module))
            case _:
                pass
    speaking = (node for node in nodes if type(node) in SPEAKING)
    return None if any(_may_list(node, settled) for node in speaking) else frozenset(found)


def _may_list(node: ast.AST, settled: Collection[int]) -> bool:
    """Whether a node may be, or become, a call of something that lists, of which nothing is known."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in LISTING:
            return id(node) not in settled
        case ast.alias(name=name, asname=other):
            return other is not None and name.rpartition(".")[2] in LISTING
        case ast.Constant(value=str() as name):
            return name in LISTING
        case _:
            return False


def find_pattern(call: ast.Call) -> ast.expr | None:
    """The pattern of a call that globs."""
    named = [each.value for each in call.keywords if each.arg in PATTERN]
    return named[0] if named else call.args[0] if call.args else None


def find_ending(pattern: ast.expr | None) -> str:
    """How the names end that fit a pattern; empty where that is not known, or says little."""
    match pattern:
        case ast.Constant(value=str() as text):
            ending = MAGIC.split(text)[-1].rpartition("/")[2].rpartition("\\")[2]
            return ending if "." in ending else ""
        case ast.JoinedStr(values=[*_, last]) | ast.BinOp(op=ast.Add() | ast.Div(), right=last):
            return find_ending(last)
        case ast.Call(func=ast.Attribute(attr="join" | "joinpath"), args=[*_, last]):
            return find_ending(last)
        case ast.Call(func=ast.Name(id="str" | "Path"), args=[*_, last]):
            return find_ending(last)
        case _:
            return ""


def _find_downloads(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """Globs that are nothing but arguments of functions that download, or words of the message of an exception."""
    harmless: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Call) and _downloads(node):
            for keyword in node.keywords:
                harmless.update(map(id, _find_texts(keyword.value)))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for text in _find_handed_on(node):
                harmless.add(id(text))
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            for argument in node.exc.args:
                harmless.update(map(id, _find_spoken(argument)))
    texts = [node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    others = [str(node.value) for node in texts if id(node) not in harmless]
    globs = collect_strings([node.value for node in texts if id(node) in harmless])[0]
    return frozenset(
        glob for glob in globs if MAGIC.search(glob) and not any(glob in other for other in others)
    )


def _find_spoken(message: ast.expr) -> Iterator[ast.Constant]:
    """The strings of a message, without what it gives to other functions."""
    pending: list[ast.AST] = [message]
    while pending:
        node = pending.pop()
        match node:
            case ast.Constant():
                yield node
            case ast.Call(func=ast.Attribute(value=text, attr="format" | "join")):
                pending.append(text)
            case ast.Call():
                pass
            case _:
                pending += children_of(node)


def _downloads(call: ast.Call) -> bool:
    """Whether a function is named after what it does."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return DOWNLOAD in name.lower()
        case _:
            return False


def _find_texts(value: ast.expr) -> Iterator[ast.Constant]:
    """The strings of a literal: itself, or what a list of them has."""
    match value:
        case ast.Constant(value=str()):
            yield value
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            for part in parts:
                yield from _find_texts(part)
        case _:
            pass


def _find_handed_on(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Constant]:
    """The strings of local names that a function hands on to what downloads, and uses for nothing else."""
    nodes = descend(function)
    names = [node for node in nodes if isinstance(node, ast.Name)]
    if not DYNAMIC.isdisjoint(node.id for node in names):
        return
    handed = {
        id(keyword.value)
        for node in nodes
        if isinstance(node, ast.Call) and _downloads(node)
        for keyword in node.keywords
    }
    kept = {node.id for node in names if isinstance(node.ctx, ast.Load) and id(node) not in handed}
    shared = {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in kept | shared:
                yield from _find_texts(value)
            case _:
                pass
