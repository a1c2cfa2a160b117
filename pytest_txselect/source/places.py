"""Which places an expression can be, such as `Path(__file__).parents[1] / "src"`, as far as one file tells.

A name can be whatever it is given anywhere in the file, in any order. What is unknown is no place: whoever lists
`tmp_path` lists nothing of the repository.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.given import GivenNames
from pytest_txselect.source.scopes import ATTRIBUTE, MODULE, RESULT, last_name, parameters_of
from pytest_txselect.source.spots_packed import ANY_SPOT, GIVEN, HERE, OWN, TAKEN, Spot
from pytest_txselect.source.words import LISTING, PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_txselect.source.scopes import AnyFunction, Key

__all__ = ["NOWHERE", "PlaceFinder", "find_imported"]

NOWHERE: Final[frozenset[Spot]] = frozenset()
LONGEST: Final = 200
"""A longer text is no path."""
SAME: Final = frozenset({
    "Path", "PosixPath", "PurePath", "PurePosixPath", "WindowsPath", "abspath", "absolute", "as_posix", "enumerate", "expanduser",
    "expandvars", "filter", "fspath", "iter", "list", "local", "next", "normcase", "normpath", "param", "quote", "realpath",
    "resolve", "reversed", "rstrip", "set", "sorted", "str", "strip", "tuple", "zip",
})  # fmt: skip
"""Functions that give the place that they are given, perhaps in another form."""
CWD: Final = frozenset({"cwd", "getcwd"})
UPWARDS: Final = frozenset({"dirname", "dirpath"})
RESOURCES: Final = frozenset({"files", "resource_filename"})
"""Functions that are given the name of a package, and give its folder."""
OWN_NAMES: Final = frozenset({"__name__", "__package__"})
FROM_TEST: Final = frozenset({"fspath", "path"})
"""Attributes of `request` that are the place of the test."""
FILE: Final = ".__file__"
ROUNDS: Final = 12
MOST: Final = 60
"""An expression that can be more places than these can be any."""


class PlaceFinder:
    """Finds the places of expressions of one file.

    Args:
        tree: the file.

    Attributes:
        names: what its names are given.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.names: Final = GivenNames(tree)
        self._imported: Final = dict(find_imported(self.names.nodes))
        self._known: Final[dict[Key, frozenset[Spot]]] = {}
        self._settle()

    def _settle(self) -> None:
        """Find what all names can be: again and again, since they are made of one another, until nothing new is found."""
        changed = True
        for number in range(ROUNDS):
            changed = False
            seen: dict[int, frozenset[Spot]] = {}
            for key, values in self.names.values.items():
                found = self._known.get(key, NOWHERE)
                for value in values:
                    places = seen.get(id(value))
                    if places is None:
                        places = seen[id(value)] = self.find(value)
                    found |= places
                if len(found) > MOST or (number == ROUNDS - 1 and found != self._known.get(key, NOWHERE)):
                    found = frozenset({ANY_SPOT})
                if found and found != self._known.get(key):
                    changed = True
                    self._known[key] = found
            if not changed:
                break

    def find(self, node: ast.expr | None) -> frozenset[Spot]:
        """The places that an expression can be."""
        return NOWHERE if node is None else frozenset(self._look(node))

    def find_all(self, nodes: Iterable[ast.expr]) -> frozenset[Spot]:
        """The places that any of some expressions can be."""
        return frozenset[Spot]().union(*map(self.find, nodes))

    def offer(self) -> Iterator[tuple[str, frozenset[Spot]]]:
        """The names of the file that other files can take a place from, with the places."""
        for key, found in self._known.items():
            if key[0] in {MODULE, RESULT, ATTRIBUTE}:
                yield key[1], found

    def imported(self, node: ast.expr) -> str:
        """Dotted name of what an expression takes from an import; empty where it takes nothing."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name) and self.names.scopes.key_of(node) == (MODULE, node.id):
            front = self._imported.get(node.id)
            return ".".join([front, *reversed(parts)]) if front else ""
        return ""

    def _look(self, node: ast.expr) -> Iterable[Spot]:  # noqa: C901, PLR0911, PLR0912 - one for each kind of expression
        match node:
            case ast.Constant(value=str(text)):
                return _read_text(text)
            case ast.Name():
                return self._look_name(node)
            case ast.Attribute():
                return self._look_attribute(node)
            case ast.Call():
                return self._look_call(node)
            case ast.BinOp(left=left, op=ast.Div() | ast.Add(), right=right):
                return self._enter(self.find(left), [right])
            case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod(), right=right) if text[:1] in "%{":
                return [each.enter("*") for each in self.find(right)]
            case ast.JoinedStr(values=[ast.FormattedValue(value=first), *rest]):
                return self._enter(self.find(first), rest)
            case ast.JoinedStr(values=[ast.Constant() as first, *_]):
                return [each.enter("*") for each in self.find(first)]
            case ast.Subscript():
                return self._look_subscript(node)
            case ast.Compare() | ast.JoinedStr() | ast.BinOp() | ast.UnaryOp() | ast.Lambda():
                return NOWHERE
            case ast.Dict(values=values):
                return self.find_all(values)
            case ast.ListComp(elt=part) | ast.SetComp(elt=part) | ast.GeneratorExp(elt=part):
                return self.find(part)
            case ast.IfExp(body=body, orelse=other):
                return self.find(body) | self.find(other)
            case _:
                below = self.names.scopes.descend(node)
                return self.find_all(each for each in below if isinstance(each, ast.expr))

    def _look_name(self, node: ast.Name) -> Iterable[Spot]:
        if node.id == "__file__":
            return {Spot(OWN)}
        if node.id == "__path__":
            return {Spot(OWN, 1)}
        if node.id in {"curdir", "pardir"}:
            return _read_text("." if node.id == "curdir" else "..")
        key = self.names.scopes.key_of(node)
        if key is None:
            return NOWHERE
        found = self._known.get(key, NOWHERE)
        if key[0] > MODULE:
            return found | self._look_parameter(key, self.names.scopes.functions[key[0]])
        front = self._imported.get(node.id)
        return found | {Spot(TAKEN + front)} if front and key not in self.names.values else found

    def _look_parameter(self, key: Key, function: AnyFunction) -> frozenset[Spot]:
        """A parameter of a test or fixture is what a fixture of its name gives."""
        if key[1] not in parameters_of(function) or not _is_given(function):
            return NOWHERE
        return frozenset({Spot(GIVEN + key[1])}) | self._known.get((RESULT, key[1]), NOWHERE)

    def _look_attribute(self, node: ast.Attribute) -> Iterable[Spot]:  # noqa: PLR0911 - a table
        match node:
            case ast.Attribute(attr="parent", value=value):
                return self._climb(value)
            case ast.Attribute(attr="parents", value=value):
                return {ANY_SPOT} if self.find(value) else NOWHERE
            case ast.Attribute(attr="__file__" | "__path__" | "origin" as name, value=value):
                module = self.imported(value)
                return {Spot(TAKEN + module + FILE, 1 if name == "__path__" else 0)} if module else NOWHERE
            case ast.Attribute(attr=name) if name in PLACES:
                return {Spot(HERE)}
            case ast.Attribute(attr=name, value=ast.Name(id="request")) if name in FROM_TEST:
                return {Spot(OWN)}
            case ast.Attribute(attr="dirname", value=value):  # of py.path
                return self._climb(value)
            case ast.Attribute(attr="curdir" | "pardir" as name):
                return _read_text("." if name == "curdir" else "..")
            case _:
                taken = self.imported(node)
                known = self._known.get((ATTRIBUTE, node.attr), NOWHERE)
                return known | {Spot(TAKEN + taken)} if taken else known

    def _climb(self, node: ast.expr, steps: int = 1) -> Iterable[Spot]:
        return {each.climb(steps) for each in self.find(node)}

    def _enter(self, starts: Iterable[Spot], parts: Iterable[ast.expr]) -> Iterable[Spot]:
        """Join what follows a place to it, as far as it is a text that stands there."""
        found = set(starts)
        for part in parts:
            text = part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "*"
            found = {each.enter(text) for each in found}
        return found

    def _look_subscript(self, node: ast.Subscript) -> Iterable[Spot]:
        match node:
            case ast.Subscript(
                value=ast.Attribute(attr="parents", value=value), slice=ast.Constant(value=int() as number)
            ):
                return self._climb(value, number + 1) if number >= 0 else {ANY_SPOT}
            case ast.Subscript(
                value=ast.Call(func=ast.Attribute(attr="split"), args=[value]), slice=ast.Constant(value=0)
            ):
                return self._climb(value)
            case _:
                return self.find(node.value)

    def _look_call(self, node: ast.Call) -> Iterable[Spot]:  # noqa: PLR0911 - a table
        name = last_name(node.func)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        first = node.args[0] if node.args else None
        if name in CWD or (name == "Path" and first is None):
            return {Spot(HERE)}
        if name in UPWARDS:
            return self._climb(first) if first else self._climb(owner) if owner else NOWHERE
        if name == "joinpath" and owner is not None:
            return self._enter(self.find(owner), node.args)
        if name == "join":
            return (
                NOWHERE
                if isinstance(owner, ast.Constant) or not first
                else self._enter(self.find(first), node.args[1:])
            )
        if name == "with_name" and owner is not None:
            return self._enter(self._climb(owner), node.args)
        if name in SAME:
            return self._look_same(node, owner)
        if name in RESOURCES:
            return self._look_resources(node)
        if name in LISTING:
            return self.find(owner if owner is not None and not self.imported(owner) else first)
        found = self._known.get((RESULT, name), NOWHERE)
        taken = self.imported(node.func)
        return found | {Spot(TAKEN + taken)} if taken and name not in self.names.functions else found

    def _look_same(self, node: ast.Call, owner: ast.expr | None) -> Iterable[Spot]:
        """`Path(a, "b")` and `path.resolve()`."""
        of_module = (
            owner is not None and isinstance(owner, ast.Name | ast.Attribute) and bool(self.imported(owner))
        )
        own = self.find(owner) if owner is not None else NOWHERE
        if own and not (of_module and node.args):
            return own
        if last_name(node.func) == "zip":
            return self.find_all(node.args)
        return (
            self._enter(self.find(node.args[0]), node.args[1:] if "Path" in last_name(node.func) else [])
            if node.args
            else NOWHERE
        )

    def _look_resources(self, node: ast.Call) -> Iterable[Spot]:
        """`importlib.resources.files("pkg")` and `pkg_resources.resource_filename("pkg", "x")`."""
        match node.args:
            case [ast.Constant(value=str(package)), *rest]:
                return self._enter({Spot(TAKEN + package + FILE, 1)}, rest)
            case [ast.Name(id=name), *rest] if name in OWN_NAMES:
                return self._enter({Spot(OWN, 1)}, rest)
            case [first, *rest] if self.imported(first):
                return self._enter({Spot(TAKEN + self.imported(first) + FILE, 1)}, rest)
            case _:
                return NOWHERE


def _read_text(text: str) -> Iterable[Spot]:
    """A text as a path from the working directory."""
    if not text or len(text) > LONGEST or text[0] in "-/" or "\n" in text or "://" in text or " " in text:
        return NOWHERE
    return {Spot(HERE).enter(text)}


def _is_given(function: AnyFunction) -> bool:
    """Whether pytest calls a function: a test, or a fixture."""
    if isinstance(function, ast.Lambda):
        return False
    marks = (each.func if isinstance(each, ast.Call) else each for each in function.decorator_list)
    return function.name.startswith("test") or any(last_name(each) == "fixture" for each in marks)


def find_imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Each name that an import binds, with the dotted name of what it is; relative ones begin with dots."""
    for node in nodes:
        match node:
            case ast.Import(names=names):
                for each in names:
                    top = each.name.partition(".")[0]
                    yield (each.asname, each.name) if each.asname else (top, top)
            case ast.ImportFrom(names=names, module=module, level=level):
                front = "." * level + (f"{module}." if module else "")
                for each in names:
                    yield each.asname or each.name, front + each.name
            case _:
                pass
