"""What executes when a file is imported, statement by statement, and which names it mentions."""

from __future__ import annotations

import ast
import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.uses import find_uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_txselect.source.uses import Used

__all__ = ["ClassFacts", "Step", "StepKind", "find_dotted", "find_mentions", "find_words", "read_body"]

WORD: Final = re.compile(r"[^\W\d]\w*")
DOTTED: Final = re.compile(r"[^\W\d]\w*(?:[.:][^\W\d]\w*)+")
LONGEST_STRING: Final = 200
PURE_CALLS: Final = frozenset(
    (  # noqa: SIM905 - read as words
        "TypeVar ParamSpec bool bytes compile dict float frozenset int len list max min namedtuple object range "
        "repr set sorted str sum tuple type"
    ).split()
)
"""Calls that do nothing beyond their value (`compile` is `re.compile`)."""
HARMLESS_BASES: Final = frozenset({"ABC", "Generic", "Protocol", "object"})


class StepKind(enum.Enum):
    """What a statement that executes at import does with the names it mentions."""

    BIND = enum.auto()  # it binds other names to a value made of them, and nothing else
    DEFINE = enum.auto()  # they are in the defaults or decorators of a function
    CLASS = enum.auto()  # they are in the bases, keywords or decorators of a class
    ACT = enum.auto()  # it may do anything


@dataclass(frozen=True, slots=True)
class Step:
    """A statement that executes when the file is imported, and the names it mentions.

    Attributes:
        kind: what it does with them.
        owner: qualified name of the class whose body it is in; empty at module level.
        binds: names that it binds.
        mentions: identifiers that it loads, or takes as attributes; words of its strings.
        uses: what it does with identifiers.
        words: words of its strings.
        dotted: the parts of each of its strings that is a dotted name.
    """

    kind: StepKind
    owner: str
    binds: frozenset[str]
    mentions: frozenset[str]
    uses: frozenset[Used] = frozenset()
    words: frozenset[str] = frozenset()
    dotted: frozenset[tuple[str, ...]] = frozenset()


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class statement.

    Attributes:
        bases: the last names of its bases.
        whole: whether its body is read as a whole (metaclass, decorator, `__slots__`, `__init_subclass__`, unknown base).
        line: 1-based.
    """

    bases: frozenset[str]
    whole: bool
    line: int


def find_dotted(constants: Iterable[object]) -> Iterator[tuple[str, ...]]:
    """The parts of each string that is a dotted name, such as `mock.patch` takes."""
    for constant in constants:
        if isinstance(constant, str) and len(constant) <= LONGEST_STRING and DOTTED.fullmatch(constant):
            yield tuple(WORD.findall(constant))
        elif isinstance(constant, (tuple, frozenset)):
            yield from find_dotted(constant)


def find_words(constant: object) -> Iterator[str]:
    """The words in a string that may be made of names, or in the strings of a tuple."""
    if isinstance(constant, str) and len(constant) <= LONGEST_STRING:
        yield from WORD.findall(constant)
    elif isinstance(constant, (tuple, frozenset)):
        for each in constant:
            yield from find_words(each)


def read_body(
    body: Iterable[ast.stmt], owner: str, steps: list[Step], classes: dict[str, ClassFacts]
) -> None:
    """Add what the statements of a module or class body do.

    Args:
        body: the statements.
        owner: qualified name of the class; empty for a module.
        steps: what executes, in order.
        classes: the classes by qualified name.
    """
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            outside = [
                *node.decorator_list,
                *node.args.defaults,
                *(each for each in node.args.kw_defaults if each),
            ]
            kind = StepKind.DEFINE if all(map(_is_pure, outside)) else StepKind.ACT
            steps.append(_step(kind, owner, frozenset({node.name}), outside))
        elif isinstance(node, ast.ClassDef):
            _read_class(node, owner, steps, classes)
        elif isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)):
            continue
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            _read_assignment(node, owner, steps)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        elif isinstance(node, (ast.If, ast.Try)):
            tests = (
                [node.test]
                if isinstance(node, ast.If)
                else [each.type for each in node.handlers if each.type]
            )
            inner: list[Step] = []
            for branch in _branches(node):
                read_body(branch, owner, inner, classes)
            bound = frozenset(name for step in inner for name in step.binds)
            acts = any(step.kind is StepKind.ACT for step in inner) or not all(map(_is_pure, tests))
            steps.append(_step(StepKind.ACT if acts else StepKind.BIND, owner, bound, tests))
            steps += inner
        else:
            names = frozenset(
                each.id
                for each in ast.walk(node)
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            )
            steps.append(_step(StepKind.ACT, owner, names, [node]))


def _step(kind: StepKind, owner: str, binds: frozenset[str], nodes: Sequence[ast.AST]) -> Step:
    strings = [each.value for node in nodes for each in ast.walk(node) if isinstance(each, ast.Constant)]
    return Step(
        kind,
        owner,
        binds,
        find_mentions(nodes),
        find_uses(nodes),
        frozenset(word for each in strings for word in find_words(each)),
        frozenset(find_dotted(strings)),
    )


def _branches(node: ast.If | ast.Try) -> list[list[ast.stmt]]:
    if isinstance(node, ast.If):
        return [node.body, node.orelse]
    return [node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody]


def _read_class(node: ast.ClassDef, owner: str, steps: list[Step], classes: dict[str, ClassFacts]) -> None:
    qualname = f"{owner}.{node.name}" if owner else node.name
    outside = [*node.bases, *(keyword.value for keyword in node.keywords), *node.decorator_list]
    kind = StepKind.CLASS if all(map(_is_pure, outside)) else StepKind.ACT
    steps.append(_step(kind, owner, frozenset({node.name}), outside))
    bases = frozenset(filter(None, map(_last_name, node.bases)))
    names = {
        each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    functions = {each.name for each in node.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))}
    whole = bool(
        node.keywords or node.decorator_list or "__slots__" in names or "__init_subclass__" in functions
    )
    classes[qualname] = ClassFacts(bases - HARMLESS_BASES, whole, node.lineno)
    read_body(node.body, qualname, steps, classes)


def _read_assignment(node: ast.Assign | ast.AnnAssign, owner: str, steps: list[Step]) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if node.value is None:
        return
    names = [
        each
        for target in targets
        for each in ast.walk(target)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    ]
    plain = all(isinstance(each, (ast.Name, ast.Tuple, ast.List)) for each in targets)
    kind = StepKind.BIND if plain and _is_pure(node.value) else StepKind.ACT
    nodes = [node.value] if plain else [node.value, *targets]
    steps.append(_step(kind, owner, frozenset(each.id for each in names), nodes))


def _last_name(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_pure(node: ast.AST) -> bool:
    """Whether an expression only makes a value."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and _last_name(each.func) not in PURE_CALLS:
            return False
        if isinstance(each, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
            return False
    return True


def find_mentions(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Identifiers in some statements or expressions, attributes and imported names included, and words of strings."""
    found: set[str] = set()
    for node in nodes:
        for each in ast.walk(node):
            if isinstance(each, ast.Name):
                found.add(each.id)
            elif isinstance(each, ast.Attribute):
                found.add(each.attr)
            elif isinstance(each, ast.alias):
                found.update(each.name.split("."))
            elif isinstance(each, ast.Constant) and isinstance(each.value, str):
                found.update(find_words(each.value))
    return frozenset(found)
