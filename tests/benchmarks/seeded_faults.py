"""Faults for benchmarks: one small edit of a Python file that may make tests fail.

Edits are made by the places of a syntax tree, so the rest of the file keeps its text.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

__all__ = ["KINDS", "seed_fault"]

Function = ast.FunctionDef | ast.AsyncFunctionDef
LONGEST = 60


@dataclass
class Text:
    """A file's text with its tree.

    Attributes:
        text: the text.
        tree: what it says.
        lines: its lines as bytes, since columns of a tree count bytes.
    """

    text: str
    tree: ast.Module = field(init=False)
    lines: list[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.text)
        self.lines = self.text.encode().splitlines(keepends=True)

    def functions(self) -> list[tuple[Function, ast.ClassDef | None]]:
        """The functions of the module and of its classes, each with its class."""
        return [
            (each, node if isinstance(node, ast.ClassDef) else None)
            for node in (self.tree, *(each for each in ast.walk(self.tree) if isinstance(each, ast.ClassDef)))
            for each in node.body
            if isinstance(each, Function)
        ]

    def replace(self, node: ast.expr | ast.stmt, new: str) -> str:
        """The text with another one where a node stood."""
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        before = b"".join(self.lines[:first]) + self.lines[first][: node.col_offset]
        after = self.lines[last][node.end_col_offset :] + b"".join(self.lines[last + 1 :])
        return (before + new.encode() + after).decode()


def _other(value: object) -> str:
    """The source of another constant of that type; empty where there is none."""
    if isinstance(value, bool):
        return repr(not value)
    if isinstance(value, int | float):
        return repr(value + 1)
    if isinstance(value, str) and 0 < len(value) < LONGEST and "\n" not in value:
        return repr(value + "_other")
    return ""


def _constants(node: ast.AST) -> Iterator[ast.Constant]:
    """Constants below a node that another can replace: none of f-strings, no docstrings."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant):
            if _other(child.value):
                yield child
        elif not isinstance(child, ast.JoinedStr):
            documents = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            yield from () if documents else _constants(child)


def _raise_in_body(text: Text, rng: random.Random) -> tuple[str, str] | None:
    function, _ = rng.choice(text.functions())
    first = next(
        (each for each in function.body if not _is_docstring(each) and each.lineno > function.lineno), None
    )
    if first is None or isinstance(first, Function | ast.ClassDef):
        return None  # a decorator may stand above
    indent = " " * first.col_offset
    lines = text.lines[: first.lineno - 1], text.lines[first.lineno - 1 :]
    new = b"".join(lines[0]) + f"{indent}raise RuntimeError('seeded')\n".encode() + b"".join(lines[1])
    return function.name, new.decode()


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _constant_in_body(text: Text, rng: random.Random) -> tuple[str, str] | None:
    function, _ = rng.choice(text.functions())
    found = [
        each for statement in function.body if not _is_docstring(statement) for each in _constants(statement)
    ]
    return _exchange(text, rng, found, function.name)


def _default(text: Text, rng: random.Random) -> tuple[str, str] | None:
    function, _ = rng.choice(text.functions())
    defaults = [*function.args.defaults, *function.args.kw_defaults]
    found = [each for each in defaults if isinstance(each, ast.Constant) and _other(each.value)]
    return _exchange(text, rng, found, function.name)


def _bound_in(body: list[ast.stmt]) -> list[ast.Constant]:
    """Constants that names of a module or class are bound to, but for those of its own accounts, as `__all__`."""
    return [
        each.value
        for each in body
        if isinstance(each, ast.Assign | ast.AnnAssign)
        and isinstance(each.value, ast.Constant)
        and _other(each.value.value)
        and not ast.unparse(each).startswith("__")
    ]


def _module_constant(text: Text, rng: random.Random) -> tuple[str, str] | None:
    return _exchange(text, rng, _bound_in(text.tree.body), "the module")


def _class_attribute(text: Text, rng: random.Random) -> tuple[str, str] | None:
    classes = [each for each in text.tree.body if isinstance(each, ast.ClassDef)]
    found = [(each, constant) for each in classes for constant in _bound_in(each.body)]
    if not found:
        return None
    owner, constant = rng.choice(found)
    return _exchange(text, rng, [constant], owner.name)


def _import_removed(text: Text, rng: random.Random) -> tuple[str, str] | None:
    found = [
        each
        for each in text.tree.body
        if isinstance(each, ast.Import | ast.ImportFrom) and getattr(each, "module", "") != "__future__"
    ]
    if not found:
        return None
    chosen = rng.choice(found)
    return f"line {chosen.lineno}", text.replace(chosen, "pass")


def _method_removed(text: Text, rng: random.Random) -> tuple[str, str] | None:
    found = [
        (function, owner)
        for function, owner in text.functions()
        if owner is not None and len(owner.body) > 1 and not function.decorator_list
    ]
    if not found:
        return None
    function, owner = rng.choice(found)
    return f"{owner.name}.{function.name}", text.replace(function, "pass")


def _exchange(
    text: Text, rng: random.Random, found: list[ast.Constant], where: str
) -> tuple[str, str] | None:
    if not found:
        return None
    chosen = rng.choice(found)
    return f"{where}, line {chosen.lineno}", text.replace(chosen, _other(chosen.value))


KINDS: dict[str, Callable[[Text, random.Random], tuple[str, str] | None]] = {
    "raise in a body": _raise_in_body,
    "constant in a body": _constant_in_body,
    "default": _default,
    "module-level constant": _module_constant,
    "class attribute": _class_attribute,
    "import removed": _import_removed,
    "method removed": _method_removed,
}


def seed_fault(text: str, rng: random.Random, kind: str) -> tuple[str, str] | None:
    """Put a fault into a file.

    Args:
        text: the file, which parses.
        rng: chooses the place.
        kind: one of KINDS.

    Returns:
        The place in words and the new text, which parses; None where the file has no place for that kind, or none
        was found at once.
    """
    parsed = Text(text)
    if not parsed.functions():
        return None
    found = KINDS[kind](parsed, rng)
    if found is None:
        return None
    try:
        ast.parse(found[1])
    except SyntaxError:
        return None
    return found
