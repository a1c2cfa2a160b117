"""What is left out of a file before a tree is made of it tells nothing; the rest keeps its lines."""

# ruff: noqa: E501 - a table has one case a line
from __future__ import annotations

import ast

import pytest

from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.excerpt import WORTH, Words, cut_out
from pytest_txselect.source.scanner import scan

WORDS = Words(frozenset({"load"}), frozenset({"load"}))
LONG = "# " + "-" * WORTH + "\n"


def cut(source: str, words: Words = WORDS) -> str:
    """The excerpt of a file that is long enough."""
    scanned = scan((source + LONG).encode())
    assert scanned is not None
    found = cut_out(scanned.text, scanned.code, words)
    assert found is not None
    ast.parse(found)
    assert found.count("\n") == (source + LONG).count("\n")
    return "\n".join(line.rstrip() for line in found.removesuffix(LONG).splitlines() if line.strip())


CASES = {
    "functions": (
        "x = 1\ndef f(\n    a,\n):\n    return 1\n\ndef g():\n    load(1)\ny = 2\n",
        "x = 1\ndef f(): 0\ndef g():\n    load(1)\ny = 2",
    ),
    "methods": (
        "class C(D):\n    @d\n    async def f(self): pass\n    z = 1\n    def g(self):\n        '''Text\nload'''\n        return (\n        1)\n    def h(self): load()\n",
        "class C(D):\n    @d\n    def f(): 0\n    z = 1\n    def g(): 0\n    def h(self): load()",
    ),
    "functions in functions": (
        "def f():\n    def g():\n        pass\n    return load(g)\ndef h():\n    def i():\n        pass\n",
        "def f():\n    def g():\n        pass\n    return load(g)\ndef h(): 0",
    ),
    "below an if": (
        "if x:\n    def f():\n        pass\nelse:\n    y = 1\n",
        "if x:\n    def f(): 0\nelse:\n    y = 1",
    ),
}


@pytest.mark.parametrize(("source", "expected"), CASES.values(), ids=CASES.keys())
def test_functions_that_tell_nothing_are_empty(source: str, expected: str) -> None:
    """Outermost functions without any of the words; whatever they look like."""
    assert cut(source + "def last():\n    pass\n") == expected + "\ndef last(): 0"


def test_words_spread() -> None:
    """Who calls a function that lists, calls a function that lists."""
    source = "def a():\n    b()\ndef b():\n    c()\ndef c():\n    walk()\ndef d():\n    pass\n"
    found = cut(source, Words(frozenset({"load"}), frozenset({"load"}), frozenset({"walk"})))
    assert found == source.replace("def d():\n    pass\n", "def d(): 0")


@pytest.mark.parametrize(
    "source",
    [
        "from a import load as other\n",
        "other = load\n",
        "map(load, x)\n",
        "from a import (\n    load,\n)\n",
    ],
)
def test_words_by_other_names(source: str) -> None:
    """Where a function may be called by another name, all of the file is looked at."""
    scanned = scan((source + "def f(): pass\n" + LONG).encode())
    assert scanned is not None
    assert cut_out(scanned.text, scanned.code, WORDS) is None


@pytest.mark.parametrize("source", ["def f(): pass\n", "x = 1\n" + LONG, "def f(): load()\n" + LONG])
def test_nothing_to_leave_out(source: str) -> None:
    """Short files, and those in which all functions tell, are looked at as they are."""
    scanned = scan(source.encode())
    assert scanned is not None
    assert cut_out(scanned.text, scanned.code, WORDS) is None


TREES = {
    "by name": "import importlib\ndef f(n):\n    return importlib.import_module('a.' + n)\n",
    "listing": "import os\nfrom importlib import import_module\ndef names(): return os.listdir('x')\ndef other(): return names()\n"
    "def f():\n    for n in other(): import_module(n)\ndef g(n): import_module(n)\n",
    "by path": "from runpy import run_path\ndef here(): return __file__\ndef f(p): run_path(p)\n",
    "by folder": "import pkgutil\ndef f():\n    import a.b as c\ndef g():\n    return pkgutil.iter_modules(c.__path__)\n",
    "attributes": "import importlib\ndef f():\n    import a.b as c\ndef g():\n    return (dir)(c), importlib.import_module('d')\n",
    "lazy": "def __getattr__(name):\n    import importlib\n    return importlib.import_module('.' + name, __name__)\n",
    "plugins": "def f():\n    global pytest_plugins\n    pytest_plugins = ['a.b']\npytest_plugins = ['c']\n",
    "does not parse without": "import importlib\nclass C:\n    def f(self):\n        x = [\n  1, [\n  2]]\n    y = importlib.import_module('a')\n",
}


@pytest.mark.parametrize("source", TREES.values(), ids=TREES.keys())
def test_an_excerpt_tells_what_the_whole_tells(source: str) -> None:
    """The same facts, with functions around that tell nothing."""
    raw = (source + "def last(x):\n    y = x.attribute\n    return y\n" + LONG).encode()
    facts, whole = read_facts(raw), read_facts(raw, whole=True)
    for name in ("computed", "lazy", "plugins", "reflected", "declared", "imports", "bound"):
        assert getattr(facts, name) == getattr(whole, name), name
