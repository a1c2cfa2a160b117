"""Which folders a file lists, copies as a whole, or gives to a tool that reads all that is below: `ruff check .`.

Only what certainly begins in the repository counts: the file's own place, the working directory, the place of a module,
or what another file offers. A listing that wants names with another ending than that of Python files does not.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.listing import find_ending, find_pattern
from pytest_txselect.source.parsed import ParsedSource, parse_source
from pytest_txselect.source.places import NOWHERE, PlaceFinder
from pytest_txselect.source.scopes import last_name
from pytest_txselect.source.spots_packed import HERE, Spot, Spots
from pytest_txselect.source.words import COPYING, LISTING, PYTHON, STARTING, TOOLS

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

__all__ = ["read_spots"]

MOVING: Final = frozenset({"chdir", "fchdir", "isolated_filesystem", "runpytest"})
"""Names of what makes another folder the working directory."""
SUITES: Final = frozenset({"nose2", "py.test", "pytest", "unittest"})
"""Tools that no test starts where it runs itself, without saying on what."""
SUBCOMMANDS: Final = frozenset({"check", "collect", "discover", "format", "lint", "report", "run"})


def read_spots(source: bytes) -> Spots:
    """Find the folders that a file looks into, and the places that it offers to other files."""
    parsed = parse_source(source)
    if not isinstance(parsed, ParsedSource):
        return Spots()
    finder = PlaceFinder(parsed.tree)
    nodes = finder.names.nodes
    moves = any(type(each) in {ast.Name, ast.Attribute} and last_name(each) in MOVING for each in nodes)
    listed: set[Spot] = set()
    for node in nodes:
        if isinstance(node, ast.Call):
            listed |= _find_listed(node, finder)
    offered = dict[str, frozenset[Spot]]()
    for name, places in finder.offer():
        offered[name] = offered.get(name, NOWHERE) | places
    kept = (each for each in listed if not (moves and each.base == HERE))
    return Spots(frozenset(kept), offered)


def _find_listed(call: ast.Call, finder: PlaceFinder) -> AbstractSet[Spot]:
    """The folders that a call looks into."""
    name = last_name(call.func)
    if name in LISTING:
        return _find_in_listing(call, finder)
    if name in COPYING:
        root = [each.value for each in call.keywords if each.arg in {"root_dir", "base_dir"}]
        return finder.find_all(root or call.args[:1])
    return _find_in_command(call, finder) if name in STARTING else NOWHERE


def _find_in_listing(call: ast.Call, finder: PlaceFinder) -> AbstractSet[Spot]:
    name = last_name(call.func)
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    of_module = owner is not None and bool(finder.imported(owner))
    if name == "walk" and of_module and isinstance(owner, ast.Name) and owner.id != "os":
        return NOWHERE  # `ast.walk`
    if "glob" in name:
        ending = find_ending(find_pattern(call))
        if ending and not ".py".endswith(ending) and not ending.endswith(".py"):
            return NOWHERE
    if owner is not None and not (of_module and call.args):
        found = finder.find(owner)
        if found or not of_module:
            return found
    root = [each.value for each in call.keywords if each.arg in {"root_dir", "top", "path"}]
    if not call.args and not root:
        return {Spot(HERE)} if name in {"listdir", "scandir"} else NOWHERE
    return finder.find_all(root or call.args[:1])


def _find_in_command(call: ast.Call, finder: PlaceFinder) -> AbstractSet[Spot]:
    """The operands of a tool that reads Python files; the working directory where it is given none."""
    words = _read_command(call)
    texts = {each.value for each in words if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    reads = not TOOLS.isdisjoint(texts)
    tool = finder.imported(call.func).partition(".")[0] in TOOLS
    if not reads and not tool and PYTHON.isdisjoint(texts) and not any(_is_python(each) for each in words):
        return NOWHERE
    where = next((each.value for each in call.keywords if each.arg == "cwd"), None)
    start = finder.find(where) if where is not None else frozenset({Spot(HERE)})
    operands = [each for each in words if not _is_option(each)]
    found = finder.find_all(operands)
    if not operands:
        return start if reads and SUITES.isdisjoint(texts) else NOWHERE
    return {
        place.follow(each) if each.base == HERE else each
        for each in found
        for place in (start if where else [Spot(HERE)])
    }


def _read_command(call: ast.Call) -> list[ast.expr]:
    """The words of a command, whether it is a list or a text."""
    words: list[ast.expr] = []
    for given in call.args[:2]:
        match given:
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                words += parts
            case ast.BinOp(left=ast.List(elts=parts), op=ast.Add(), right=ast.List(elts=more)):
                words += [*parts, *more]
            case ast.Constant(value=str(text)):
                words += [ast.Constant(each) for each in text.split()]
            case ast.Call(func=ast.Attribute(attr="split", value=ast.Constant(value=str(text)))):
                words += [ast.Constant(each) for each in text.split()]
            case _:
                words.append(given)
    return words


def _is_option(word: ast.expr) -> bool:
    """Whether a word of a command is a name or an option of it."""
    match word:
        case ast.Constant(value=str(text)):
            return text.startswith("-") or text in TOOLS or text in SUBCOMMANDS or text in PYTHON
        case _:
            return _is_python(word)


def _is_python(word: ast.expr) -> bool:
    """Whether a word of a command is the interpreter that runs the tests."""
    return isinstance(word, ast.Attribute) and word.attr == "executable"
