"""Whether edits of a test file concern nothing but certain of its test functions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from pytest_txselect.source.binding import spell_dotted
from pytest_txselect.source.decorators import DecoratorJudge
from pytest_txselect.source.edit import (
    BodyEdit,
    ClassChange,
    ClassEdit,
    ClassNameEdit,
    DefinitionEdit,
    DocReader,
    DocstringEdit,
    FileEdit,
    NameEdit,
    StatementEdit,
)
from pytest_txselect.source.isolation import find_leak, find_reflection, find_words
from pytest_txselect.source.parsed import UnparsedSource, parse_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_txselect.source.edit import Edit, Edits
    from pytest_txselect.source.fingerprint import FunctionNode

__all__ = ["find_own_tests"]

IsTestFunction: TypeAlias = "Callable[[str | None, str], bool]"

_TEST_CASES: Final = frozenset({"object", "TestCase", "unittest.TestCase", "IsolatedAsyncioTestCase"})


def find_own_tests(
    edits: Edits, old: bytes, new: bytes, is_test_function: IsTestFunction
) -> frozenset[str] | None:
    """Find the test functions that alone can behave differently after the edits of their file.

    That is when each edit is one of a test function (its body, definition, addition, removal) or of a class
    of tests that came or went, when nothing else in the file mentions these by name, looks at the file's
    functions as a whole, or can see what they leave behind, and when their decorators are known to hand them
    to nobody. What a test does to its fixtures, or by what it calls, counts as its own affair.

    This speaks of the file's own tests. Another file that imports this one depends on it as on any other.

    Args:
        edits: what `find_edits` found between `old` and `new`.
        old: the old version.
        new: the new version.
        is_test_function: whether pytest would collect a function, by the qualified name of its class (None at
            module level) and its own name.

    Returns:
        The names of the test functions to run, whatever class they are in; empty where nothing can behave
        differently; None for the whole file.
    """
    if not edits.edits:
        return frozenset()
    versions = parse_source(old), parse_source(new)
    if isinstance(versions[0], UnparsedSource) or isinstance(versions[1], UnparsedSource):
        return None
    was, now = _Module(versions[0].tree), _Module(versions[1].tree)
    touched: set[str] = set()
    for edit in edits.edits:
        functions = _find_touched(edit, was, now, is_test_function)
        if functions is None:
            return None
        touched |= functions
    for qualname in touched:
        owner, _, name = qualname.rpartition(".")
        if not is_test_function(owner or None, name) or not (
            was.isolates(qualname) and now.isolates(qualname)
        ):
            return None
    return frozenset(qualname.rpartition(".")[2] for qualname in touched if now.may_have(qualname))


def _find_touched(
    edit: Edit, was: _Module, now: _Module, is_test_function: IsTestFunction
) -> frozenset[str] | None:
    """Find the functions that an edit is of, by qualified name; None where it may concern more than these."""
    match edit:
        case DocstringEdit(symbol=symbol, readers=readers):
            if DocReader.EXAMPLES in readers:
                return None
            return frozenset({symbol.partition(".<locals>.")[0]} if readers else ())
        case BodyEdit(function=function) | DefinitionEdit(function=function):
            return frozenset({function})
        case ClassEdit(owner=owner, change=ClassChange.ADDED):
            return now.find_tests_of(owner, is_test_function) if owner not in was.classes else None
        case ClassEdit(owner=owner, change=ClassChange.REMOVED):
            return was.find_tests_of(owner, is_test_function) if owner not in now.classes else None
        case ClassEdit() | NameEdit() | ClassNameEdit() | StatementEdit() | FileEdit():
            return None
        case _:
            assert_never(edit)


class _Module:
    """One version of a test file."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._words = find_words(tree)
        self._reflects = find_reflection(tree)
        self._judge = DecoratorJudge(tree)
        self.functions: dict[str, list[FunctionNode]] = {}
        self.classes: dict[str, list[ast.ClassDef]] = {}
        self._collect(tree, "")

    def _collect(self, block: ast.AST, prefix: str) -> None:
        for node in ast.iter_child_nodes(block):
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    self.functions.setdefault(prefix + name, []).append(node)
                case ast.ClassDef(name=name):
                    self.classes.setdefault(prefix + name, []).append(node)
                    self._collect(node, f"{prefix}{name}.")
                case ast.stmt() | ast.ExceptHandler() | ast.match_case():
                    self._collect(node, prefix)
                case _:
                    pass

    def isolates(self, qualname: str) -> bool:
        """Say whether nothing else of the module can notice what the functions of this name are and do."""
        owner, _, name = qualname.rpartition(".")
        return (
            not self._reflects
            and self._words.get(name, set()) <= {name}
            and all(self._is_built_plainly(node) for node in self.classes.get(owner, ()))
            and all(self._keeps_to_itself(node) for node in self.functions.get(qualname, ()))
        )

    def may_have(self, qualname: str) -> bool:
        """Say whether the module has a function of this name, or may get one from where we do not look."""
        if qualname in self.functions:
            return True
        bases = [base for node in self.classes.get(qualname.rpartition(".")[0], ()) for base in node.bases]
        return any(spell_dotted(base) not in _TEST_CASES for base in bases) or "*" in self._words

    def find_tests_of(self, owner: str, is_test_function: IsTestFunction) -> frozenset[str] | None:
        """Find the tests of a class that one version has; None where it is more than a class of tests."""
        nodes = self.classes.get(owner, ())
        if len(nodes) != 1 or owner.rpartition(".")[2] in self._words or not self._has_tests_only(nodes[0]):
            return None
        methods = [
            each.name for each in nodes[0].body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
        ]
        return frozenset(f"{owner}.{name}" for name in methods if is_test_function(owner, name))

    def _is_built_plainly(self, node: ast.ClassDef) -> bool:
        return not node.keywords and self._judge.leaves_alone(node.decorator_list)

    def _has_tests_only(self, node: ast.ClassDef) -> bool:
        """Say whether a class consists of functions that keep to themselves, and inherits no tests."""
        if any(spell_dotted(base) not in _TEST_CASES for base in node.bases) or not self._is_built_plainly(
            node
        ):
            return False
        for each in node.body:
            match each:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    if find_leak(each, self._tree):
                        return False
                case ast.Pass() | ast.Expr(value=ast.Constant()):
                    pass
                case _:
                    return False
        return True

    def _keeps_to_itself(self, node: FunctionNode) -> bool:
        if any(isinstance(part, ast.NamedExpr) for part in ast.walk(node.args)):
            return False
        return self._judge.leaves_alone(node.decorator_list) and not find_leak(node, self._tree)
