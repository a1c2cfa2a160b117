"""Names of code objects, and what is found in them."""

from __future__ import annotations

import pytest

from pytest_txselect.evidence.codes import CodeBook, name_functions
from pytest_txselect.evidence.evidence import Piece, PieceKind
from pytest_txselect.evidence.imports import find_imports
from pytest_txselect.evidence.memo import find_aliases, find_memoised, mentions
from pytest_txselect.model import RepoPath

PATH = RepoPath("pkg/a.py")


def name_all(source: str) -> list[tuple[str, int, int]]:
    """Names, indices and lines of a module's functions."""
    named = name_functions(compile(source, "a.py", "exec"))
    return [(name, index, code.co_firstlineno) for code, name, index in named]


def test_names_count_in_the_order_of_lines() -> None:
    """Functions of one name are numbered by their first line, decorators included."""
    source = "def f(): pass\nclass C:\n    def f(self): return lambda: 1\n@staticmethod\ndef f(): pass\n"
    assert name_all(source) == [
        ("<module>", 0, 1),
        ("f", 0, 1),
        ("C", 0, 2),
        ("C.f", 0, 3),
        ("C.f.<locals>.<lambda>", 0, 3),
        ("f", 1, 4),
    ]


def test_equal_code_of_two_files_is_two_pieces() -> None:
    """Code objects that Python holds equal are told apart."""
    book = CodeBook()
    one = compile("def f(): pass\n", "x.py", "exec")
    two = compile("def f(): pass\n", "x.py", "exec")
    assert one == two
    book.learn(one, RepoPath("one.py"))
    book.learn(two, RepoPath("two.py"))
    functions = {piece.path for piece in book.pieces if piece.name == "f"}
    assert functions == {"one.py", "two.py"}


def test_learning_twice_teaches_nothing() -> None:
    """Code that is executed again is known."""
    book = CodeBook()
    code = compile("def f(): pass\n", "x.py", "exec")
    assert len(book.learn(code, PATH)) == 2
    assert book.learn(code, PATH) == []


def test_loose_functions_find_their_place() -> None:
    """A living function of a module that was imported before is the one on its line."""
    source = "def f(): pass\ndef f(): return lambda: 1\n"
    space: dict[str, object] = {}
    exec(compile(source, "x.py", "exec"), space)  # noqa: S102 - a module of the test
    book = CodeBook()
    book.learn_loose([space["f"].__code__], compile(source, "x.py", "exec"), PATH)  # type: ignore[attr-defined]
    assert set(book.pieces) == {
        Piece(PieceKind.FUNCTION, PATH, "f", 1),
        Piece(PieceKind.FUNCTION, PATH, "f.<locals>.<lambda>", 0),
    }


MODULES = {
    name: RepoPath(name.replace(".", "/") + ".py")
    for name in ("pkg", "pkg.a", "pkg.b", "pkg.sub", "other", "space.x")
}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pkg.a", {"pkg.py", "pkg/a.py"}),
        ("from pkg import b", {"pkg.py", "pkg/b.py"}),
        (
            "from . import b",
            {"pkg.py", "pkg/b.py", "pkg/a.py"},
        ),  # which may be a package, and needs itself anyway
        ("from .b import x", {"pkg.py", "pkg/b.py"}),
        ("import other as o", {"other.py"}),
        ("from space import x", {"space/x.py"}),  # a namespace package has no file
        ("import os", set()),
        ("x = 1", set()),
        ("\n".join(f"x{n} = {n}" for n in range(300)) + "\nimport other", {"other.py"}),
    ],
)
def test_imports(source: str, found: set[str]) -> None:
    """Every module that a statement can mean is found, and none that it cannot."""
    assert (
        set(find_imports(compile(source, "x.py", "exec"), ["pkg.a"], MODULES, {"pkg", "other", "space"}))
        == found
    )


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import functools\n@functools.cache\ndef f(): return 1\n", {"f"}),
        ("@lru_cache(maxsize=1)\ndef f(): return 1\ndef g(): pass\n", {"f"}),
        ("class C:\n    @cached_property\n    def p(self): pass\n    def q(self): pass\n", {"C.p"}),
        ("@singleton\nclass C:\n    def __init__(self): pass\n", {"C.__init__"}),
        ("x = 0\ndef f():\n    global x\n    x = 1\n", {"f"}),
        ("def f():\n    f.it = 1\n", {"f"}),
        ("def f():\n    f.number += 1\n", {"f"}),
        ("import state\ndef f():\n    state.known.it = 1\n", set()),
        ("def f():\n    f.it = 1\n    yield\n    f.it = 0\n", set()),
        ("class C:\n    def __init__(self):\n        C.number += 1\n", set()),
        ("class C:\n    def f(self):\n        C.it = 1\n", {"C.f"}),
        ("class C:\n    def f(self):\n        type(self).it = 1\n", {"C.f"}),
        ("class C:\n    def f(self):\n        self.__class__.it = 1\n", {"C.f"}),
        ("def d(g):\n    def f():\n        f.it = g()\n    return f\n", {"d.<locals>.f"}),
        ("def d(g):\n    def f():\n        return g()\n    f.it = g\n    return f\n", set()),
        ("import sys\ndef f():\n    sys.stdout = 1\n", set()),
        ("class C:\n    def f(self):\n        self.it = known\n", set()),
        ("class C:\n    def f(self):\n        it = C()\n        it.n = known.n\n", set()),
        ("class C:\n    def f(self):\n        if type(self) is C:\n            self.it = 1\n", set()),
        ("class C:\n    def __new__(cls):\n        cls.it = 1\n", {"C.__new__"}),
        ("class C:\n    def __new__(cls):\n        cls.number += 1\n", {"C.__new__"}),
        ("class C:\n    def make(cls):\n        it = cls.it = 1\n        return it\n", {"C.make"}),
        ("class C:\n    def make(cls, it):\n        return lambda: setattr(cls, 'x', it)\n", set()),
        (
            "class C:\n    def make(cls, it):\n        cls.known.it = it\n        return lambda: cls\n",
            {"C.make"},
        ),
        ("class C:\n    def make(cls, n):\n        it = cls()\n        it.n = n\n        return it\n", set()),
        ("cache = {}\ndef f(k):\n    return cache[k]\ndef g(k):\n    cache.clear()\n    k[1] = 1\n", set()),
        (
            "class C:\n    def f(self, k):\n        self.cache.clear()\n        self.known[k] = self.cache\n",
            set(),
        ),
        ("class C:\n    def f(self, k):\n        known = self._cache\n        known[k] = 1\n", {"C.f"}),
        ("class C:\n    def f(self, k):\n        self._cache.known[k] = 1\n", {"C.f"}),
        ("def f(k):\n    find_cache(k)[\n        k\n    ] = 1\n", {"f"}),
        ("cache = {}\ndef f(k):\n    cache[k] = 1\n", {"f"}),
        ("known = {}\ndef f(k):\n    known[k] = 1\n", {"f"}),
        ("known = {}\ndef f(k):\n    known = {}\n    known[k] = 1\n", set()),
        ("def f(self, k):\n    self.known[k] = 1\ndef g(known):\n    known[1] = 2\n", set()),
        ("class C:\n    def f(self, k):\n        return self._cache.setdefault(k, 1)\n", {"C.f"}),
        ("def f(self, k):\n    self.seen[k] = self.cached\n", set()),
        ("def f(self, k):\n    self.memory[k] = 1\n", set()),
        ("def f(k):\n    isinstance(k, int)\n    k[1] = 1\n", set()),
        ("def f():\n    return 1\n", set()),
    ],
)
def test_memoised(source: str, names: set[str]) -> None:
    """What may remember its result is found, by its decorator or by what it binds."""
    codes = [code for code, _, _ in name_functions(compile(source, "x.py", "exec"))]
    assert {code.co_qualname for code in find_memoised(codes, source.encode())} == names


@pytest.mark.parametrize(
    ("source", "mentioned"),
    [
        ("from a import load\n", False),
        ("from a import load\nload()\n", True),
        ("from a import load\nX = [load]\n", True),
        ("getattr(a, 'load')\n", True),
        ("def load(): pass\n", False),
        ("x = 1\n", False),
    ],
)
def test_mentions_of_a_module(source: str, *, mentioned: bool) -> None:
    """The body of a module uses a name when it reads it, not when it imports or defines it."""
    assert bool(mentions(compile(source, "x.py", "exec"), frozenset({"load"}))) == mentioned


def test_mentions_of_a_function() -> None:
    """A function uses every name in it."""
    (code,) = [
        each
        for each, name, _ in name_functions(compile("def f(): return load()", "x", "exec"))
        if name == "f"
    ]
    assert mentions(code, frozenset({"load", "other"})) == {"load"}


def test_aliases() -> None:
    """A name that is imported under another is followed."""
    code = compile("from a import load as fetch, other\nimport load\n", "x.py", "exec")
    assert set(find_aliases(code, frozenset({"load", "other"}))) == {("load", "fetch")}
