"""What executes when a file is imported, statement by statement, and which names it mentions."""

from __future__ import annotations

import ast
import enum
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.quiet import TYPING_BASES, find_calls, is_quiet, spell, spell_called
from pytest_txselect.source.uses import find_uses, mean_plainly
from pytest_txselect.source.walk import descend
from pytest_txselect.source.words import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_txselect.source.uses import Used

__all__ = ["ClassFacts", "Step", "StepKind", "find_dotted", "find_mentions", "find_words", "read_body"]

DOTTED: Final = re.compile(r"[^\W\d]\w*(?:[.:][^\W\d]\w*)+")
CODE: Final = re.compile(r"[=;(){}\[\]<>\n]|\bimport\b")
"""What no sentence has that is for people only."""
WORDS: Final = re.compile(r"[\s,]*\w+(?:[\s,]+\w+)*[\s,]*")
"""Names in a row, as `namedtuple` takes them."""
OWN_FILES: Final = re.compile(r"(?<=/)__(?:init|main)__|\b__(?:init|main)__(?=\.py\b)")
"""Special names that are those of files, not of methods."""
NONE: Final = frozenset[str]()
LONGEST_STRING: Final = 200
HARMLESS_BASES: Final = TYPING_BASES | {"object"}
PASSING: Final = frozenset(
    {"pytest.fixture", "pytest.mark.parametrize", "pytest.mark.usefixtures", "pytest.param"}
)
"""Decorators, and what stands in them, that hand values to the function below and to nobody else."""


class StepKind(enum.Enum):
    """What a statement that executes at import does with the names it mentions."""

    BIND = enum.auto()  # it binds other names to a value made of them
    DEFINE = enum.auto()  # they are in the defaults or decorators of a function
    CLASS = enum.auto()  # they are in the bases, keywords or decorators of a class
    ANNOTATE = enum.auto()  # they are in annotations of a class's names, or of a function
    ACT = enum.auto()  # it may do anything; as may all the others by what they call


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
        calls: what it calls that may do more than give a value, as dotted names; `?` for anything else of that sort.
    """

    kind: StepKind
    owner: str
    binds: frozenset[str]
    mentions: frozenset[str]
    uses: frozenset[Used] = frozenset()
    words: frozenset[str] = frozenset()
    dotted: frozenset[tuple[str, ...]] = frozenset()
    calls: frozenset[str] = frozenset()

    def names_plainly(self, names: set[str]) -> bool:
        """Whether it may mean one of some names of its module: not only attributes are called like it."""
        return not names.isdisjoint(self.words) or mean_plainly(self.uses, names)

    def takes(self, name: str, *, in_text: bool) -> bool:
        """Whether it takes an attribute of that name from something; `in_text`: or has it in a string."""
        return (in_text and name in self.words) or any(each.name == name and each.base for each in self.uses)


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class statement.

    Attributes:
        bases: its bases as dotted names, `?` for other expressions, without those that do nothing.
        decorators: likewise.
        keywords: whether it has any but `metaclass=ABCMeta`.
        metaclass: as a dotted name; empty where none is named.
        quiet: whether making an instance does nothing but to bind its attributes, as far as this class goes; see `is_quiet`.
        line: 1-based.
    """

    bases: frozenset[str]
    decorators: frozenset[str]
    keywords: bool
    metaclass: str
    quiet: bool
    line: int


def find_dotted(constants: Iterable[object]) -> Iterator[tuple[str, ...]]:
    """The parts of each string that is a dotted name, such as `mock.patch` takes."""
    for constant in constants:
        if isinstance(constant, str) and len(constant) <= LONGEST_STRING and DOTTED.fullmatch(constant):
            yield tuple(NAME.findall(constant))
        elif isinstance(constant, (tuple, frozenset)):
            yield from find_dotted(constant)


def find_words(constant: object) -> Iterator[str]:
    """The words in a string that may be names, or in the strings of a tuple; of a sentence, what is dotted in it."""
    if isinstance(constant, str) and len(constant) <= LONGEST_STRING:
        constant = OWN_FILES.sub("", constant)
        sentence = " " in constant and not CODE.search(constant) and not WORDS.fullmatch(constant)
        parts = [each.group() for each in DOTTED.finditer(constant)] if sentence else [constant]
        for part in parts:
            yield from (each for each in NAME.findall(part) if " " not in part or not each.startswith("__"))
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
            steps.append(_step(StepKind.DEFINE, owner, frozenset({node.name}), outside, PASSING))
            notes = list(_annotations(node))
            if notes:
                steps.append(
                    replace(_step(StepKind.ANNOTATE, owner, frozenset({node.name}), notes), calls=NONE)
                )
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
            acts = any(step.kind is StepKind.ACT for step in inner)
            step = _step(StepKind.ACT if acts else StepKind.BIND, owner, bound, tests)
            steps.append(replace(step, calls=step.calls.union(*(each.calls for each in inner))))
            steps += inner
        else:
            names = frozenset(
                each.id
                for each in ast.walk(node)
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            )
            steps.append(_step(StepKind.ACT, owner, names, [node]))


def _step(
    kind: StepKind,
    owner: str,
    binds: frozenset[str],
    nodes: Sequence[ast.AST],
    passing: frozenset[str] = frozenset(),
) -> Step:
    strings = [each.value for node in nodes for each in descend(node) if isinstance(each, ast.Constant)]
    return Step(
        kind,
        owner,
        binds,
        find_mentions(nodes),
        find_uses(nodes),
        frozenset(word for each in strings for word in find_words(each)),
        frozenset(find_dotted(strings)),
        frozenset(find_calls(nodes)) - passing,
    )


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    """Annotations of a function, which its decorators may read."""
    arguments = node.args
    for each in (
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        *filter(None, [arguments.vararg, arguments.kwarg]),
    ):
        if each.annotation is not None:
            yield each.annotation
    if node.returns is not None:
        yield node.returns


def _branches(node: ast.If | ast.Try) -> list[list[ast.stmt]]:
    if isinstance(node, ast.If):
        return [node.body, node.orelse]
    return [node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody]


def _read_class(node: ast.ClassDef, owner: str, steps: list[Step], classes: dict[str, ClassFacts]) -> None:
    qualname = f"{owner}.{node.name}" if owner else node.name
    outside = [*node.bases, *(keyword.value for keyword in node.keywords), *node.decorator_list]
    steps.append(_step(StepKind.CLASS, owner, frozenset({node.name}), outside))
    bases = frozenset(map(spell, node.bases))
    metaclass = next((spell(each.value) for each in node.keywords if each.arg == "metaclass"), "")
    plain = metaclass.rpartition(".")[2] == "ABCMeta"
    classes[qualname] = ClassFacts(
        frozenset(each for each in bases if each.rpartition(".")[2] not in HARMLESS_BASES),
        frozenset(map(spell_called, node.decorator_list)),
        len(node.keywords) > plain,
        "" if plain else metaclass,
        is_quiet(node),
        node.lineno,
    )
    read_body(node.body, qualname, steps, classes)


def _read_assignment(node: ast.Assign | ast.AnnAssign, owner: str, steps: list[Step]) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [
        each
        for target in targets
        for each in ast.walk(target)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    ]
    binds = frozenset(each.id for each in names)
    if isinstance(node, ast.AnnAssign) and owner:
        steps.append(replace(_step(StepKind.ANNOTATE, owner, binds, [node.annotation]), calls=NONE))
    if node.value is not None:
        plain = all(isinstance(each, (ast.Name, ast.Tuple, ast.List)) for each in targets)
        nodes = [node.value] if plain else [node.value, *targets]
        steps.append(_step(StepKind.BIND if plain else StepKind.ACT, owner, binds, nodes))


def find_mentions(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Identifiers in some statements or expressions, attributes and imported names included, and words of strings."""
    found: set[str] = set()
    for node in nodes:
        for each in descend(node):
            if isinstance(each, ast.Name):
                found.add(each.id)
            elif isinstance(each, ast.Attribute):
                found.add(each.attr)
            elif isinstance(each, ast.alias):
                found.update(each.name.split("."))
            elif isinstance(each, ast.Constant) and isinstance(each.value, str):
                found.update(find_words(each.value))
    return frozenset(found)
