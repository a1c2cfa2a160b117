"""Who mentions which name in a file: its functions, and what executes while it is imported.

This is how the effect of a name that is bound differently is followed: into the functions that mention it, and through the
names that are bound from it, from file to file.
"""

from __future__ import annotations

import ast
import enum
import inspect
import re
from collections import Counter
from dataclasses import dataclass, field
from types import CodeType
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.asked import read_asked
from pytest_txselect.source.uses import Use, find_uses, read_uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["AskedFor", "ClassFacts", "Imported", "Mentions", "Step", "StepKind", "read_mentions"]

WORD: Final = re.compile(r"[^\W\d]\w*")
LONGEST_STRING: Final = 200
PURE_CALLS: Final = frozenset(
    (  # noqa: SIM905 - read as words
        "TypeVar ParamSpec bool bytes compile dict float frozenset int len list max min namedtuple object range "
        "repr set sorted str sum tuple type"
    ).split()
)
"""Calls that do nothing beyond their value (`compile` is `re.compile`)."""
EVERYTHING: Final = frozenset({"eval", "exec", "globals", "locals", "vars"})
"""What reads names that the source does not show."""
LATER: Final = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
"""Flags of what does not execute yet when it is called."""
UNCALLED: Final = (Use.TAKEN, Use.ASKED, Use.CHECKED)
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
        taken: those identifiers that it neither calls nor just asks for an attribute.
    """

    kind: StepKind
    owner: str
    binds: frozenset[str]
    mentions: frozenset[str]
    taken: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Imported:
    """A name that an import statement binds, at any depth.

    Attributes:
        module: dotted name with leading dots; of what `import` names for a plain import.
        name: the name that is taken; empty for a module; `*` for all.
        alias: what it is called here.
        toplevel: whether it executes when the file is imported.
    """

    module: str
    name: str
    alias: str
    toplevel: bool


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


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What the module's `__getattr__` mentions only where it is asked for one of some names.

    Attributes:
        names: the names.
        mentions: identifiers, and words of strings.
        reads_all: whether it reads names that the source does not show.
    """

    names: frozenset[str]
    mentions: frozenset[str]
    reads_all: bool


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a file mentions where.

    Attributes:
        functions: for each code object by its qualified name, the identifiers that it mentions, those in its strings included.
        steps: what executes at import.
        imports: what its imports bind.
        classes: its classes by qualified name.
        reading_all: qualified names of code that reads names which the source does not show.
        taken: for each function, the identifiers that it neither calls, nor checks for, nor just asks for an attribute;
            words of its strings.
        uncalled: for each function, the identifiers that it uses otherwise than to call them; words of its strings.
        plain: functions that have no decorator and execute when they are called, at once.
        asked: what `__getattr__` of the module mentions for some names only; it is not in `functions`.
    """

    functions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    imports: tuple[Imported, ...] = ()
    classes: Mapping[str, ClassFacts] = field(default_factory=dict)
    reading_all: frozenset[str] = frozenset()
    taken: Mapping[str, frozenset[str]] = field(default_factory=dict)
    uncalled: Mapping[str, frozenset[str]] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    asked: tuple[AskedFor, ...] = ()

    def mentioning(self, names: Iterable[str]) -> Iterator[str]:
        """Qualified names of the functions that mention one of some names."""
        wanted = frozenset(names)
        return (qualname for qualname, found in self.functions.items() if not wanted.isdisjoint(found))


def read_mentions(source: bytes) -> Mentions | None:
    """Read what a file mentions where; None where this version of Python cannot read it."""
    try:
        tree = ast.parse(source)
        code = compile(tree, "<source>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    functions: dict[str, set[str]] = {}
    reading_all: set[str] = set()
    words: dict[str, set[str]] = {}
    at_once = _read_code(code, functions, reading_all, words)
    asked = _read_asked(tree, functions, reading_all)
    uses = read_uses(tree)
    steps: list[Step] = []
    classes: dict[str, ClassFacts] = {}
    _read_body(tree.body, "", steps, classes)
    return Mentions(
        {name: frozenset(found) for name, found in functions.items()},
        tuple(steps),
        tuple(_read_imports(tree)),
        classes,
        frozenset(reading_all),
        {name: frozenset(uses.get(name, {}).get(Use.TAKEN, set()) | words[name]) for name in functions},
        {
            name: frozenset(words[name].union(*(uses.get(name, {}).get(use, ()) for use in UNCALLED)))
            for name in functions
        },
        at_once & frozenset(_undecorated(tree.body, "")),
        asked,
    )


def _undecorated(body: Iterable[ast.stmt], front: str) -> Iterator[str]:
    """Qualified names of functions and methods without a decorator."""
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.decorator_list:
            yield f"{front}{node.name}"
        elif isinstance(node, ast.ClassDef):
            yield from _undecorated(node.body, f"{front}{node.name}.")


def _read_asked(
    tree: ast.Module, functions: dict[str, set[str]], reading_all: set[str]
) -> tuple[AskedFor, ...]:
    """Take out of the module's `__getattr__` what it mentions for some names only."""
    parts = read_asked(tree) if "__getattr__" in functions else None
    if parts is None:
        return ()
    branches, rest = parts
    found = _mentions(rest)
    functions["__getattr__"] = set(found)
    if EVERYTHING.isdisjoint(found):
        reading_all.discard("__getattr__")
    bodies = [(each.names, _mentions(each.body)) for each in branches]
    return tuple(AskedFor(names, body, not EVERYTHING.isdisjoint(body)) for names, body in bodies)


def _read_code(
    module: CodeType, functions: dict[str, set[str]], reading_all: set[str], words: dict[str, set[str]]
) -> frozenset[str]:
    """Read what functions mention.

    Returns:
        Those that execute when they are called, and of which there is one.
    """
    seen: Counter[str] = Counter()
    later: set[str] = set()
    pending = [each for each in module.co_consts if isinstance(each, CodeType)]
    while pending:
        code = pending.pop()
        pending += [each for each in code.co_consts if isinstance(each, CodeType)]
        if not code.co_flags & 0x2:  # a class body executes at import: `_read_body` looks at it
            continue
        found = functions.setdefault(code.co_qualname, set())
        found.update(code.co_names)
        seen[code.co_qualname] += 1
        if code.co_flags & LATER:
            later.add(code.co_qualname)
        own = words.setdefault(code.co_qualname, set())
        for constant in code.co_consts:
            own.update(_words(constant))
        found |= own
        if not EVERYTHING.isdisjoint(code.co_names):
            reading_all.add(code.co_qualname)
    return frozenset(name for name, count in seen.items() if count == 1) - later


def _words(constant: object) -> Iterator[str]:
    if isinstance(constant, str) and len(constant) <= LONGEST_STRING:
        yield from WORD.findall(constant)
    elif isinstance(constant, (tuple, frozenset)):
        for each in constant:
            yield from _words(each)


def _read_body(
    body: Iterable[ast.stmt], owner: str, steps: list[Step], classes: dict[str, ClassFacts]
) -> None:
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
                _read_body(branch, owner, inner, classes)
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
    return Step(kind, owner, binds, _mentions(nodes), find_uses(nodes, Use.TAKEN))


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
    _read_body(node.body, qualname, steps, classes)


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


def _mentions(nodes: Iterable[ast.AST]) -> frozenset[str]:
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
                found.update(_words(each.value))
    return frozenset(found)


def _read_imports(tree: ast.Module) -> Iterator[Imported]:
    pending: list[tuple[ast.AST, bool]] = [(tree, True)]
    while pending:
        node, toplevel = pending.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Imported(alias.name, "", alias.asname or alias.name.partition(".")[0], toplevel)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                yield Imported(module, alias.name, alias.asname or alias.name, toplevel)
        elif not isinstance(node, ast.expr):
            inside = toplevel and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            pending += [(child, inside) for child in ast.iter_child_nodes(node)]
