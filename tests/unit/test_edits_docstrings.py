"""What suggests that a changed docstring is read while the program runs."""

from __future__ import annotations

import pytest

from pytest_txselect.source.edit import DocReader, DocstringEdit
from pytest_txselect.source.edits import find_edits

FUNCTION = "def f():\n 'DOC'\n"
CLASS = "class A:\n 'DOC'\n"
METHOD = "class A({}):\n def m(self):\n  'DOC'\n"
PROPERTY = "class A:\n @property\n def m(self):\n  'DOC'\n"

# source with DOC for the docstring that changes, readers
READERS = {
    "nobody": (FUNCTION, set()),
    "called": (FUNCTION + "x = f()\n", set()),
    "called as an attribute": (METHOD.format("") + "A().m()\n", set()),
    "decorated": ("@deco\n" + FUNCTION, {DocReader.DECORATOR}),
    "decorated class": ("@deco\n" + CLASS, {DocReader.DECORATOR}),
    "class is decorated": ("@deco\n" + METHOD.format(""), {DocReader.DECORATOR}),
    "metaclass": ("class A(metaclass=M):\n 'DOC'\n", {DocReader.BASE}),
    "base from elsewhere": ("class A(B):\n 'DOC'\n", {DocReader.BASE}),
    "dotted base": ("class A(b.B):\n 'DOC'\n", {DocReader.BASE}),
    "base of Python": ("class A(ValueError):\n 'DOC'\n", set()),
    "base of this file": ("class B: ...\nclass A(B):\n 'DOC'\n", set()),
    "base's base from elsewhere": ("class B(C): ...\nclass A(B):\n 'DOC'\n", {DocReader.BASE}),
    "method below a base": (METHOD.format("B"), {DocReader.BASE}),
    "passed on": ("import typer\n" + FUNCTION + "typer.run(f)\n", {DocReader.VALUE}),
    "returned": ("def g():\n def f():\n  'DOC'\n return f\n", {DocReader.VALUE}),
    "in a table": (CLASS + "X = {'a': A}\n", {DocReader.VALUE}),
    "method passed on": (METHOD.format("") + "x(A().m)\n", {DocReader.VALUE}),
    "aliased in its class": (METHOD.format("") + " n = m\n", {DocReader.VALUE}),
    "annotation": (CLASS + "def g(a: A, b: list[A]) -> A: ...\nx: A = 1\n", set()),
    "isinstance": (CLASS + "isinstance(x, A) or issubclass(x, (A, B))\n", set()),
    "caught and raised": (CLASS + "try: raise A\nexcept A: ...\nexcept (B, A): raise A()\n", set()),
    "base": (CLASS + "class B(A): ...\n", set()),
    "as a decorator": (FUNCTION + "@f\ndef g(): ...\n", set()),
    "attribute of it": (CLASS + "A.x = A.y\nA[int]\n", set()),
    "rebound": (FUNCTION + "f = 1\n", set()),
    "__doc__ of another": (FUNCTION + "print(g.__doc__)\n", {DocReader.DUNDER}),
    "getattr": (FUNCTION + "getattr(x, '__doc__')\n", {DocReader.DUNDER}),
    "getdoc": (FUNCTION + "from inspect import getdoc\n", {DocReader.DUNDER}),
    "doctest": (FUNCTION + "import doctest.x\n", {DocReader.DUNDER}),
    "module": ("'DOC'\nx = 1\n", set()),
    "module's own": ("'DOC'\nx = __doc__\n", {DocReader.DUNDER}),
    "examples": ("def f():\n '>>> DOC'\n", {DocReader.EXAMPLES}),
    "nested examples": ("def g():\n def f():\n  '>>> DOC'\n", {DocReader.EXAMPLES}),
    "method nested in a function": (
        "def g():\n class A(B):\n  def f():\n   'DOC'\n",
        {DocReader.BASE},
    ),
    "property taken of an object": (PROPERTY + "x(a.m)\n", set()),
    "property taken of its class": (PROPERTY + "x(A.m)\n", {DocReader.VALUE}),
    "setter": (PROPERTY + " @m.setter\n def m(self, v):\n  'other'\n", set()),
    "local variable of its name": (FUNCTION + "def g(f):\n x = f\n for f in x: yield f\n", set()),
    "attribute of its name": (FUNCTION + "x(y.f)\n", set()),
    "attribute of a module": (FUNCTION + "import y\nx(y.f)\n", {DocReader.VALUE}),
    "name of a method": (METHOD.format("") + "def m(): ...\ndef g(): return m\n", set()),
    "compared and tried": (CLASS + "x is A and not A\nf'{A}'\nif A: ...\n", set()),
    "property, cached": (
        "from functools import cached_property as c\n" + METHOD.format("").replace(" def", " @c\n def"),
        set(),
    ),
    "decorated by Python": ("import contextlib\n@contextlib.contextmanager\n" + FUNCTION, set()),
    "decorated by Python, called": (
        "from functools import lru_cache\n@lru_cache(maxsize=1)\n" + FUNCTION,
        set(),
    ),
    "class decorated by Python": ("from dataclasses import dataclass\n@dataclass\n" + CLASS, set()),
    "decorated by what has a name of Python": (
        "from lib import cache\n@cache\n" + FUNCTION,
        {DocReader.DECORATOR},
    ),
    "decorated by a substitute": (
        "try:\n from functools import cache\nexcept ImportError:\n from lib import cache\n@cache\n"
        + FUNCTION,
        {DocReader.DECORATOR},
    ),
    "decorated by what hides Python": (
        "def property(f): x(f)\n@property\n" + FUNCTION,
        {DocReader.DECORATOR},
    ),
    "decorated by what wraps": (
        "import functools\ndef deco(f):\n @functools.wraps(f)\n def g(): return f()\n return g\n@deco\n"
        + FUNCTION,
        set(),
    ),
    "decorated by what hands on": (
        "def deco(f):\n x(f)\n return f\n@deco\n" + FUNCTION,
        {DocReader.DECORATOR},
    ),
    "decorated by what keeps a table": (
        "def deco(f):\n X[f.__name__] = f\n return f\n@deco\n" + FUNCTION,
        {DocReader.DECORATOR},
    ),
    "decorated by what is decorated": (
        "@y\ndef deco(f):\n return f\n@deco\n" + FUNCTION,
        {DocReader.DECORATOR},
    ),
    "decorated by what is called first": (
        "def deco(f):\n return f\n@deco()\n" + FUNCTION,
        {DocReader.DECORATOR},
    ),
    "decorated by what is bound again": (
        "def deco(f):\n return f\ndeco = x\n@deco\n" + FUNCTION,
        {DocReader.DECORATOR},
    ),
    "base of the standard library": ("import enum\nclass A(enum.Enum):\n 'DOC'\n", set()),
    "base of the library that reads": ("from cmd import Cmd\nclass A(Cmd):\n 'DOC'\n", {DocReader.BASE}),
    "metaclass of the library": ("from abc import ABCMeta\nclass A(metaclass=ABCMeta):\n 'DOC'\n", set()),
    "keyword of a class": ("class A(dict, x=1):\n 'DOC'\n", {DocReader.BASE}),
    "several": (
        "@deco\n" + FUNCTION + "x(f, f.__doc__)\n",
        {DocReader.DECORATOR, DocReader.VALUE, DocReader.DUNDER},
    ),
}


@pytest.mark.parametrize(("source", "readers"), READERS.values(), ids=READERS)
def test_readers(source: str, readers: set[DocReader]) -> None:
    """A docstring edit names everything in the file that may read it, and nothing else."""
    [edit] = find_edits(source.encode(), source.replace("DOC", "other").encode()).edits
    assert isinstance(edit, DocstringEdit)
    assert edit.readers == readers


def test_reader_that_came_with_the_edit() -> None:
    """What reads the docstring counts in whichever version it is."""
    old, new = b"def f(): 'a'\n", b"@deco\ndef f(): 'b'\n"
    for versions in ((old, new), (new, old)):
        [edit] = [each for each in find_edits(*versions).edits if isinstance(each, DocstringEdit)]
        assert edit.readers == {DocReader.DECORATOR}


def test_examples_that_came_or_went() -> None:
    """Examples count in whichever version they are."""
    old, new = b"def f(): 'a'\n", b"def f(): '>>> a'\n"
    for versions in ((old, new), (new, old)):
        assert find_edits(*versions).edits == (DocstringEdit("f", 1, frozenset({DocReader.EXAMPLES})),)


def test_docstrings_of_one_name() -> None:
    """Nested functions of one name are compared in their order."""
    old = b"def f():\n if a:\n  def g(): 'a'\n else:\n  def g(): 'b'\n"
    new = b"def f():\n if a:\n  def g(): 'a'\n else:\n  def g(): 'c'\n"
    assert find_edits(old, new).edits == (DocstringEdit("f.<locals>.g", 5),)
