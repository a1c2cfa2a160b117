"""What suggests that a changed docstring is read while the program runs."""

from __future__ import annotations

import pytest

from pytest_txselect.source.edit import DocReader, DocstringEdit
from pytest_txselect.source.edits import find_edits

FUNCTION = "def f():\n 'DOC'\n"
CLASS = "class A:\n 'DOC'\n"
METHOD = "class A({}):\n def m(self):\n  'DOC'\n"

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
