"""Whether the ending of Python files is only asked for, by tables and against the trees of the standard library."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.endings import find_ends, is_only_asked_for
from pytest_txselect.source.facts import ONLY_ASKED, FileFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARY = Path(sysconfig.get_path("stdlib"))


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("x.endswith('.py')", True),
        ('x.endswith(".py") and x', True),
        ("x[: x.index('.py')]", True),
        ("x.removesuffix('.py')", True),
        ("x.split('.py')[0]", True),
        ("x.strip('.py', )", True),
        ("if s == '.py': pass", True),
        ("s != '.py' and x", True),
        ("x.endswith('.py'); open('setup.py'); '*.py'; '.pyc'", True),
        ("'.py' in x", False),
        ("x in '.py'", False),
        ("x.endswith('.py'); y = x + '.py'", False),
        ("x.endswith('.py'); y = f'{x}.py'", False),
        ("x.endswith('.py'); y = '%s.py' % x", False),
        ("x.endswith('.py'); y = '{}.py'.format(x)", False),
        ("x.endswith('.py'); y = x.with_suffix('.py')", False),
        ("x.replace('.txt', '.py')", False),
        ("x.endswith(('.py', '.pyi'))", False),
        ("x.endswith('.py' + y)", False),
        ("EXT = '.py'", False),
        ("x.endswith('''.py''')", False),
        ("x.endswith('.py')  # a .py file", False),
        ("x.endswith('.py' '.txt')", False),
        ("x.endswith(u'.py')", False),
    ],
)
def test_questions(text: str, *, only: bool) -> None:
    """The ending counts as asked for where that is certain, and facts say so."""
    assert is_only_asked_for(text.encode()) == only
    for whole in (False, True):
        facts = read_facts(f"{text}\n".encode(), whole=whole)
        assert isinstance(facts, FileFacts)
        assert (ONLY_ASKED in facts.strings) == only
        assert (".py" in facts.strings) <= (not only)


def find_pairs(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Each node below a node with its parent."""
    for child in ast.iter_child_nodes(node):
        yield node, child
        yield from find_pairs(child)


def makes_names(tree: ast.Module) -> bool:
    """Whether the ending of Python files is anywhere but in a question."""
    for parent, node in find_pairs(tree):
        if isinstance(node, ast.Constant) and node.value in {".py", b".py"}:
            asks = isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute)
            if not (isinstance(parent, ast.Compare) or (asks and node is parent.args[0])):
                return True
    return False


@pytest.mark.parametrize("place", ["", "importlib", "unittest", "idlelib", "test", "ensurepip", "distutils"])
def test_the_standard_library(place: str) -> None:
    """Where the text says that the ending is only asked for, the tree says so."""
    for file in sorted((LIBRARY / place).glob("*.py")):
        source = file.read_bytes()
        if b".py" in source and is_only_asked_for(source):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                assert not makes_names(ast.parse(source)), file


@pytest.mark.parametrize(
    ("source", "ends"),
    [
        ("f'{kind}plug.py'", {"plug.py"}),
        ("kind + 'plug.py'", {"plug.py"}),
        ("'%splug.py' % kind", {"plug.py"}),
        ("'/'.join([kind, 'plug.py'])", {"plug.py"}),
        ("'%s%s' % (kind, 'plug.py')", {"plug.py"}),
        (f"kind + \\\n{' ' * 300}'plug.py'", {"plug.py"}),
        ("NAME = 'plug.py'", {"plug.py"}),
        ("open('plug.py')\nkind + 'plug.py'", {"plug.py"}),
        ("name == 'plug.py'", set()),
        ("open('plug.py')", set()),
    ],
)
def test_ends_of_names(source: str, ends: set[str]) -> None:
    """A script's name is the end of a longer one where anything puts it behind something else, at any of its places."""
    assert find_ends(["plug.py", "other.txt"], source.encode()) == ends
