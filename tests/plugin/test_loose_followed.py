"""Functions that are executed by other code than that which their module's body made of them.

Each case names the tests that are selected; those that newly fail in a full run have to be among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, replace

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

COPIES: Final = """\
import types

def copy(function):
    code = function.__code__.replace(co_name='copy')
    return types.FunctionType(code, function.__globals__)

def rewrite(function):
    function.__code__ = function.__code__.replace(co_name='rewritten')
    return function

def move(function, line):
    return copy(rewrite_line(function, line))

def rewrite_line(function, line):
    function.__code__ = function.__code__.replace(co_firstlineno=line)
    return function
"""
CODE: Final = """\
import functools
import types
from pkg.copies import copy, move, rewrite

@types.coroutine
def wait():
    yield 1

@copy
def copied():
    return nested()()

def nested():
    return rewrite(lambda: 2)

@rewrite
def rewritten():
    return 3

def executed():
    FOUND.append(4)

FOUND = []

@functools.cache
@copy
def remembered():
    return deep()

def deep():
    return 5

def elsewhere():
    return 6

moved = move(elsewhere, 1000)

def child():
    return 7
"""
CHILD: Final = (
    "import sys\nfrom pkg import code\nfrom pkg.copies import copy\nsys.exit(copy(code.child)() != 7)\n"
)
TESTS: Final = "import subprocess, sys\nfrom pkg import code\n\n" + make_tests(
    coroutine="assert code.wait().send(None) == 1",
    copied="assert code.copied() == 2",
    rewritten="assert code.rewritten() == 3",
    executed="code.FOUND.clear(); exec(code.executed.__code__, vars(code)); assert code.FOUND == [4]",
    first="assert code.remembered() == 5",
    second="assert code.remembered() == 5",
    moved="assert code.moved() == 6",
    child="subprocess.run([sys.executable, 'child.py'], check=True)",
    none="assert True",
)
FILES: Final = {
    "pkg/__init__.py": "",
    "pkg/copies.py": COPIES,
    "pkg/code.py": CODE,
    "child.py": CHILD,
    "tests/test_code.py": TESTS,
}


def edit(old: str, new: str, *selected: str) -> Case:
    """An edit of the functions."""
    return Case(FILES, {"pkg/code.py": replace(CODE, old, new)}, frozenset(selected))


CASES: Final = {
    "a coroutine that types makes of a generator": edit("yield 1", "yield 9", "coroutine", "moved"),
    "a copy": edit("return nested()()", "return 9", "copied", "moved"),
    "code that is put in the place of a function's": edit("return 3", "return 9", "rewritten", "moved"),
    "a lambda within, which is rewritten each time": edit("lambda: 2", "lambda: 9", "copied", "moved"),
    "code that is executed": edit("append(4)", "append(9)", "executed", "moved"),
    "what a copy that is memoised executed for the first": edit(
        "return 5", "return 9", "first", "second", "moved"
    ),
    "code that says it is on a line that there is not": edit("return 6", "return 9", "moved"),
    "a copy in a child": edit("return 7", "return 9", "child", "moved"),
}


@pytest.mark.parametrize("name", CASES)
def test_selected_and_nothing_missed(name: str, recorded: Recorded, tmp_path: Path) -> None:
    """Whoever executed the function is selected, whatever code it was executed by."""
    check(CASES[name], recorded, tmp_path / "project")
