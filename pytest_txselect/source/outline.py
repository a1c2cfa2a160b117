"""What of a test file can be counted without importing it: functions, classes with their bases, fixtures.

Definitions inside functions are nobody's tests and are left out; those under `if`, `try`, `with` and the like count.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from pytest_txselect.source.binding import spell_dotted
from pytest_txselect.source.parsed import UnparsedSource, parse_source

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ClassOutline", "Function", "Imported", "Outline", "read_outline"]

FIXTURE_MAKERS: Final = frozenset({"fixture", "yield_fixture"})
BLOCKS: Final = (
    *(ast.If, ast.Try, ast.TryStar, ast.With, ast.For, ast.While, ast.Match),
    *(ast.ExceptHandler, ast.match_case),
)
FIRST_OF_METHODS: Final = frozenset({"self", "cls"})


@dataclass(frozen=True, slots=True)
class Imported:
    """Where a name comes from.

    Attributes:
        module: dotted, without the leading dots.
        level: number of leading dots.
        name: what is taken from it; empty where the name is the module.
    """

    module: str
    level: int
    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function, or a method.

    Attributes:
        name: its name; of a fixture, the name by which it is asked for.
        asks: names of its parameters, and those that `usefixtures` gives.
        autouse: whether it is a fixture that every test uses.
    """

    name: str
    asks: frozenset[str]
    autouse: bool = False


@dataclass(slots=True)
class ClassOutline:
    """A class, or, without a name, what stands outside of classes.

    Attributes:
        name: its name, qualified by those of the classes around it.
        bases: as written, where they are names; without their type parameters.
        functions: its functions that are no fixtures, by name.
        fixtures: its fixtures, by name.
        classes: the classes in it, by their last names.
        asks: names that `usefixtures` gives, in a decorator or in `pytestmark`.
        barred: whether pytest leaves it alone: it has `__init__` or `__new__`, or says `__test__ = False`.
    """

    name: str = ""
    bases: tuple[str, ...] = ()
    functions: dict[str, Function] = field(default_factory=dict)
    fixtures: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, ClassOutline] = field(default_factory=dict)
    asks: frozenset[str] = frozenset()
    barred: bool = False


@dataclass(slots=True)
class Outline:
    """A file.

    Attributes:
        body: what stands outside of classes, and these.
        imported: names that it imports at module level.
        stars: modules of which it imports everything.
    """

    body: ClassOutline = field(default_factory=ClassOutline)
    imported: dict[str, Imported] = field(default_factory=dict)
    stars: tuple[Imported, ...] = ()


_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def read_outline(source: bytes) -> Outline:
    """Read the outline of a file; an empty one where it does not parse."""
    parsed = parse_source(source)
    outline = Outline()
    if isinstance(parsed, UnparsedSource):
        return outline
    _fill(outline.body, parsed.tree)
    stars: list[Imported] = []
    for node in _statements(parsed.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                outline.imported[alias.asname or top] = Imported(alias.name if alias.asname else top, 0, "")
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found = Imported(node.module or "", node.level, alias.name)
                if alias.name == "*":
                    stars.append(found)
                else:
                    outline.imported[alias.asname or alias.name] = found
    outline.stars = tuple(stars)
    return outline


def _fill(owner: ClassOutline, node: ast.Module | ast.ClassDef) -> None:
    """Put what a body defines into the outline of its class."""
    for child in _statements(node):
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                _add_function(owner, child)
            case ast.ClassDef(name=name):
                bases = (each.value if isinstance(each, ast.Subscript) else each for each in child.bases)
                spelled = tuple(dotted for each in bases if (dotted := spell_dotted(each)))
                inner = ClassOutline(f"{owner.name}.{name}".lstrip("."), spelled)
                inner.asks = _find_asked(child.decorator_list)
                _fill(inner, child)
                owner.classes[name] = inner
            case ast.Assign(targets=[ast.Name(id="pytestmark")], value=value):
                owner.asks |= _find_asked([value])
            case ast.Assign(targets=[ast.Name(id="__test__")], value=ast.Constant(value=value)):
                owner.barred = owner.barred or not value
            case _:
                pass


def _add_function(owner: ClassOutline, node: _Function) -> None:
    parameters = node.args
    names = {each.arg for each in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs)}
    asks = frozenset(names - FIRST_OF_METHODS) | _find_asked(node.decorator_list)
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        dotted = spell_dotted(call.func if call else decorator) or ""
        if dotted.rpartition(".")[2] in FIXTURE_MAKERS:
            given = {each.arg: each.value for each in call.keywords} if call else {}
            title = given.get("name")
            name = (
                title.value if isinstance(title, ast.Constant) and isinstance(title.value, str) else node.name
            )
            autouse = given.get("autouse")
            used = autouse is not None and not (isinstance(autouse, ast.Constant) and not autouse.value)
            owner.fixtures[name] = Function(name, asks, autouse=used)
            return
    owner.functions[node.name] = Function(node.name, asks)
    owner.barred = owner.barred or (bool(owner.name) and node.name in {"__init__", "__new__"})


def _find_asked(trees: list[ast.expr]) -> frozenset[str]:
    """Names that `usefixtures(...)` gives, wherever in some expressions it is called."""
    return frozenset(
        argument.value
        for tree in trees
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "usefixtures"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements of a body, those under `if`, `try` and the like too, in order."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if isinstance(child, BLOCKS):
            yield from _statements(child)
