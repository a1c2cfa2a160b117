"""When edits of a test file concern only some of its tests."""

from __future__ import annotations

import pytest

from pytest_txselect.source.edits import find_edits
from pytest_txselect.source.own_tests import find_own_tests


def is_test(owner: str | None, name: str) -> bool:
    """Collect as pytest does by default, unittest's classes being named in `Test*` here too."""
    return name.startswith("test") and (owner is None or owner.rpartition(".")[2].startswith("Test"))


def find(old: str, new: str) -> set[str] | None:
    """Find the own tests that the edits between two versions concern."""
    was, now = old.encode(), new.encode()
    found = find_own_tests(find_edits(was, now), was, now, is_test)
    return None if found is None else set(found)


LIBRARIES = """\
from unittest import mock as m
import hypothesis.strategies as st
from hypothesis import given
"""
LIKE_REFLECTION = """\
from flask import Flask
app = Flask(__name__)
def test_c(x):
    x.globals, x.dir(), x.eval(), 'globals', vars(x), x.__dict__, getmembers(x), exec(x, {}), eval('1')
def test_a(): """
OTHER = "def test_b(): assert 2\n"

# old version, new version, tests
OWN = {
    "nothing": ("def test_a(): assert 1\n", "def test_a(): assert 1  # so\n", set()),
    "body": ("def test_a(): assert 1\n", "def test_a(): assert 3\n", {"test_a"}),
    "two bodies": (
        "def test_a(): assert 1\ndef test_c(): assert 1\n",
        "def test_a(): assert 3\ndef test_c(): assert 3\n",
        {"test_a", "test_c"},
    ),
    "nested": (
        "def test_a():\n def f(): return 1\n assert f()\n",
        "def test_a():\n def f(): return 3\n assert f()\n",
        {"test_a"},
    ),
    "method": (
        "class TestA:\n def test_a(self): assert 1\n",
        "class TestA:\n def test_a(self): assert 3\n",
        {"test_a"},
    ),
    "method of a nested class": (
        "class TestA:\n class TestB:\n  def test_a(self): assert 1\n",
        "class TestA:\n class TestB:\n  def test_a(self): assert 3\n",
        {"test_a"},
    ),
    "test under a condition": (
        "if a:\n def test_a(): assert 1\n",
        "if a:\n def test_a(): assert 3\n",
        {"test_a"},
    ),
    "test in a handler": (
        "try: x()\nexcept E:\n def test_a(): assert 1\n",
        "try: x()\nexcept E:\n def test_a(): assert 3\n",
        {"test_a"},
    ),
    "added": ("", "def test_a(): ...\n", {"test_a"}),
    "removed": ("def test_a(): ...\n", "", set()),
    "renamed": ("def test_a(): ...\n", "def test_c(): ...\n", {"test_c"}),
    "one of two definitions removed": (
        "def test_a(): assert 1\ndef test_a(): assert 2\n",
        "def test_a(): assert 1\n",
        {"test_a"},
    ),
    "method removed that may be inherited": (
        "class TestA(B):\n x = 1\n def test_a(self): ...\n",
        "class TestA(B):\n x = 1\n",
        {"test_a"},
    ),
    "method of a nested class removed that may be inherited": (
        "class TestA:\n class TestB(C):\n  x = 1\n  def test_a(self): ...\n",
        "class TestA:\n class TestB(C):\n  x = 1\n",
        {"test_a"},
    ),
    "method removed": (
        "import unittest\nclass TestA(unittest.TestCase):\n x = 1\n def test_a(self): ...\n",
        "import unittest\nclass TestA(unittest.TestCase):\n x = 1\n",
        set(),
    ),
    "removed what may be imported": ("from b import *\ndef test_a(): ...\n", "from b import *\n", {"test_a"}),
    "fixtures": ("def test_a(x): ...\n", "def test_a(x, y): ...\n", {"test_a"}),
    "parameters": (
        "import pytest\n@pytest.mark.parametrize('x', [1])\ndef test_a(x): ...\n",
        "import pytest\n@pytest.mark.parametrize('x', [1, 2])\ndef test_a(x): ...\n",
        {"test_a"},
    ),
    "marks by name": (
        "import pytest\nneeds = pytest.mark.skipif(x)\n@needs\ndef test_a(): assert 1\n",
        "import pytest\nneeds = pytest.mark.skipif(x)\n@needs\ndef test_a(): assert 3\n",
        {"test_a"},
    ),
    "libraries of tests": (
        LIBRARIES + "@m.patch.object(a, 'b')\n@given(st.integers())\ndef test_a(): assert 1\n",
        LIBRARIES + "@m.patch.object(a, 'b')\n@given(st.integers())\ndef test_a(): assert 3\n",
        {"test_a"},
    ),
    "decorators named as usual": (
        "from .testing import require_gpu, slow\n@slow\n@require_gpu\ndef test_a(): assert 1\n",
        "from .testing import require_gpu, slow\n@slow\n@require_gpu\ndef test_a(): assert 3\n",
        {"test_a"},
    ),
    "static": (
        "class TestA:\n @staticmethod\n def test_a(): assert 1\n",
        "class TestA:\n @staticmethod\n def test_a(): assert 3\n",
        {"test_a"},
    ),
    "class added": (
        "",
        "class TestA:\n 'a'\n def setup(self): self.x = 1\n def test_a(self): ...\n def test_c(self): ...\n",
        {"test_a", "test_c"},
    ),
    "class removed": ("class TestA:\n pass\n def test_a(self): ...\n", "", set()),
    "instance": (
        "class TestA:\n d: list\n e = 1\n def test_a(self): self.d.append(1); self.e = 1; assert self.e\n",
        "class TestA:\n d: list\n e = 1\n def test_a(self): self.d.append(3); self.e = 3; assert self.e\n",
        {"test_a"},
    ),
    "docstring": ("def test_a():\n 'a'\n assert 1\n", "def test_a():\n 'b'\n assert 1\n", set()),
    "docstring that is read": (
        "class TestA(B):\n def test_a(self): 'a'\n",
        "class TestA(B):\n def test_a(self): 'b'\n",
        {"test_a"},
    ),
    "name in a docstring": (
        "def test_a(): assert 1\ndef test_c():\n 'Like test_a.'\n",
        "def test_a(): assert 3\ndef test_c():\n 'Like test_a.'\n",
        {"test_a"},
    ),
    "own variables": (
        "def test_a(x):\n y = z()\n y.a = 1\n x.a['b'] = 1\n del y.c\n x.d()\n",
        "def test_a(x):\n y = z()\n y.a = 2\n x.a['b'] = 2\n del y.c\n x.d()\n",
        {"test_a"},
    ),
    "own class": (
        "def test_a():\n class A: ...\n A.x = 1\n",
        "def test_a():\n class A: ...\n A.x = 2\n",
        {"test_a"},
    ),
    "data beside the file": (
        "from pathlib import Path\nX = Path(__file__).parent\ndef test_a(): assert 1\n",
        "from pathlib import Path\nX = Path(__file__).parent\ndef test_a(): assert 3\n",
        {"test_a"},
    ),
    "above itself": (
        "class TestA(B):\n def test_a(self):\n  super().test_a()\n  assert 1\n",
        "class TestA(B):\n def test_a(self):\n  super().test_a()\n  assert 3\n",
        {"test_a"},
    ),
    "words of strings and attributes": (
        LIKE_REFLECTION + "assert 1\n",
        LIKE_REFLECTION + "assert 3\n",
        {"test_a"},
    ),
    "getattr": (
        "import x\ndef test_c(n): getattr(x, n), getattr(n, 'a')\ndef test_a(): assert 1\n",
        "import x\ndef test_c(n): getattr(x, n), getattr(n, 'a')\ndef test_a(): assert 3\n",
        {"test_a"},
    ),
}


@pytest.mark.parametrize(("old", "new", "tests"), OWN.values(), ids=OWN)
def test_own(old: str, new: str, tests: set[str]) -> None:
    """An edit of a test that nothing else can see runs that test alone."""
    assert find(old + OTHER, new + OTHER) == tests


TEST = "def test_a(): assert 1\n"
METHOD = "class TestA:\n def test_a(self): assert 1\n"

# a file that has `assert 1`, which is edited
SHARED = {
    "called": TEST + "def test_c(): test_a()\n",
    "called as a method": METHOD + " def test_c(self): self.test_a()\n",
    "called above": METHOD + "class TestC(TestA):\n def test_c(self): super().test_a()\n",
    "named in a string": TEST + "x = getattr(y, 'test_a')\n",
    "named in a longer string": TEST + "x = 'tests/x.py::test_a[1]'\n",
    "aliased": TEST + "test_c = test_a\n",
    "marked by assignment": TEST + "test_a.x = 1\n",
    "imported too": "from b import test_a\n" + TEST,
    "in itself": "def test_a():\n assert 1\n test_a.x = 1\n",
    "global": "def test_a():\n global x\n x = 1\n assert 1\n",
    "attribute of a module": "import os\ndef test_a():\n os.environ['A'] = '1'\n assert 1\n",
    "attribute of a module imported there": "def test_a():\n import os\n os.x = '1'\n assert 1\n",
    "deletes": "import os\ndef test_a():\n del os.x\n assert 1\n",
    "attribute of the class": "class TestA:\n def test_a(self):\n  self.__class__.x = 1\n  assert 1\n",
    "attribute of a classmethod's class": "class TestA:\n def test_a(cls):\n  cls.x = 1\n  assert 1\n",
    "attribute of a call": "class TestA:\n def test_a(self):\n  type(self).x = 1\n  assert 1\n",
    "loop variable elsewhere": "import a\ndef test_a():\n for a.x in y: pass\n assert 1\n",
    "variable of the module": "SEEN = []\ndef test_a():\n SEEN.append(1)\n assert 1\n",
    "fixture": "import pytest\n@pytest.fixture\n" + TEST,
    "registered": "import flask\napp = flask.Flask()\n@app.route('/')\n" + TEST,
    "registered elsewhere": "from .app import app\n@app.route('/')\n" + TEST,
    "decorated by this file": "def slow(f): ...\n@slow\n" + TEST,
    "decorated by a loop's variable": "slow: int = 1\n@slow\n" + TEST,
    "decorated by itself": "slow = slow(1)\n@slow\n" + TEST,
    "decorated by one of two": "try:\n from b import slow\nexcept E:\n def slow(f): ...\n@slow\n" + TEST,
    "decorated by a lambda": "@(lambda f: f)\n" + TEST,
    "decorated by who knows": "from b import *\n@slow\n" + TEST,
    "decorator binds": "import pytest\n@pytest.mark.parametrize('x', y := [1])\n" + TEST,
    "default binds": "def test_a(x=(y := 1)): assert 1\n",
    "multiplied": "from parameterized import parameterized\n@parameterized.expand([1])\n" + TEST,
    "multiplied by its class": "from ddt import ddt\n@ddt\n" + METHOD,
    "metaclass": "class TestA(metaclass=M):\n def test_a(self): assert 1\n",
    "globals": TEST + "x = globals()\n",
    "vars": TEST + "x = vars()\n",
    "dir of the class": METHOD + "x = dir(TestA)\n",
    "members of the class": METHOD + "import inspect\nx = inspect.getmembers(TestA)\n",
    "members by name": METHOD + "from inspect import getmembers\nx = getmembers(TestA)\n",
    "module of a frame": TEST + "from inspect import getmodule\n",
    "exec": TEST + "exec(code)\n",
    "exec of a text": TEST + "exec('test_a()', x, y)\n",
    "dictionary of the class": METHOD + "x = TestA.__dict__\n",
    "dictionary of the object": METHOD + " def test_c(self): self.__dict__\n",
    "subclasses": METHOD + "x = B.__subclasses__()\n",
    "loader": TEST + "import unittest\nx = unittest.TestLoader()\n",
    "computed getattr": TEST + "def test_c(self, n): getattr(self, n)\n",
    "getattr of a class": METHOD + "def test_c(n): getattr(TestA(), n)\n",
    "getattr of the fixture's request": TEST + "def test_c(request, n): getattr(request.module, n)\n",
    "own module imported": TEST + "from importlib import import_module\nx = import_module(__name__)\n",
    "item of what the class shares": "class TestA:\n d = {}\n def test_a(self): self.d[0] = assert_1\n",
    "attribute of what the class shares": "class TestA:\n d = D()\n def test_a(self): self.d.x.y = assert_1\n",
    "method of what the class shares": "class TestA:\n d: list = []\n def test_a(self): self.d.append(assert_1)\n",
    "what a base in the file shares": "class Base:\n d = []\nclass TestA(Base):\n def test_a(self): self.d.append(assert_1)\n",
    "own module": TEST + "import sys\nx = sys.modules[__name__]\n",
    "outcome of another": "import pytest\n@pytest.mark.incremental\nclass TestB: ...\n" + TEST,
    "no test": "def helper(): assert 1\n",
    "method of no test class": "class A:\n def test_a(self): assert 1\n",
    "statement": "assert 1\n",
    "name": "x = [1] and (lambda: assert_1)\n".replace("assert_1", "1"),
    "class name": "class TestA:\n x = 1\n",
    "import": "import assert_1\n",
    "base": "class TestA(assert_1): ...\n",
    "script": "if __name__ == '__main__': assert 1\n",
    "examples": "def test_a():\n '>>> assert 1'\n",
    "class docstring": "class TestA(B):\n 'assert 1'\n",
    "unparsed": TEST + "x = (\n",
}


@pytest.mark.parametrize("source", SHARED.values(), ids=SHARED)
def test_shared(source: str) -> None:
    """An edit that something else in the file may notice runs the whole file."""
    old = source + OTHER
    new = old.replace("assert 1", "assert 3").replace("assert_1", "assert_3")
    if new == old:
        new = old.replace("1", "3")
    assert find(old, new) is None


SHARED_CLASSES = {
    "nested class in use": (
        "class TestA:\n def test_a(self): ...\nx = TestA.TestB\n",
        "class TestA:\n def test_a(self): ...\n class TestB:\n  def test_b(self): ...\nx = TestA.TestB\n",
    ),
    "class in use": ("", "class TestA:\n def test_a(self): ...\nx = TestA()\n"),
    "class that inherits": ("", "class TestA(B):\n def test_a(self): ...\n"),
    "class with a body": ("", "class TestA:\n x = f()\n def test_a(self): ...\n"),
    "class that leaks": ("", "class TestA:\n def setup_class(cls): cls.x = 1\n def test_a(self): ...\n"),
    "class decorated": ("", "@deco\nclass TestA:\n def test_a(self): ...\n"),
    "second class": (METHOD, METHOD + "class TestA:\n def test_c(self): ...\n"),
    "function becomes a class": ("TestA = 1\n", METHOD),
    "two classes": ("", METHOD + METHOD),
}


@pytest.mark.parametrize(("old", "new"), SHARED_CLASSES.values(), ids=SHARED_CLASSES)
def test_shared_class(old: str, new: str) -> None:
    """A class that came or went is its own affair only if it is a class of tests, not in use otherwise."""
    assert find(old + OTHER, new + OTHER) is None
    assert find(new + OTHER, old + OTHER) is None


def test_no_longer_shared() -> None:
    """A test that another one called in one of the versions is not its own affair, whichever it was."""
    old = "def test_a(): assert 1\ndef test_c(): test_a()\n"
    new = "def test_a(): assert 3\ndef test_c(): ...\n"
    assert find(old, new) is None
    assert find(new, old) is None
