"""What `find_edits` says about one change at a time."""

from __future__ import annotations

import sys
from textwrap import dedent

import pytest

from pytest_txselect.source.edit import (
    BodyEdit,
    ClassChange,
    ClassEdit,
    ClassNameEdit,
    DefinitionChange,
    DefinitionEdit,
    DocstringEdit,
    Edit,
    Edits,
    FileChange,
    FileEdit,
    NameEdit,
    StatementEdit,
)
from pytest_txselect.source.edits import find_edits

NEUTRAL = {
    "comment": ("x = 1\n", "# why\nx = 1  # so\n"),
    "type comment": ("x = []\n", "x = []  # type: list[int]\n"),
    "blank lines": ("x = 1\ndef f(): return 1\n", "\n\nx = 1\n\n\ndef f():\n\n    return 1\n\n"),
    "quotes": ("x = 'a'\n", 'x = """a"""\n'),
    "escapes": ("x = '\\x41'\n", "x = 'A'\n"),
    "u prefix": ("x = 'a'\n", "x = u'a'\n"),
    "implicit concatenation": ("x = 'ab'\n", "x = ('a'\n     'b')\n"),
    "f-string cut in two": ("x = f'a{y}b'\n", "x = f'a' f'{y}' 'b'\n"),
    "f-string quotes": ("x = f'{y!r:>3}'\n", 'x = f"""{ y !r:>3}"""\n'),
    "number spelling": ("x = 1000 + 255 + 1.5\n", "x = 1_000 + 0xFF + 15e-1\n"),
    "parentheses": ("def f(a):\n    return a + 1\n", "def f(a):\n    return (\n        (a) + 1\n    )\n"),
    "trailing commas": ("f(a, b)\n", "f(\n    a,\n    b,\n)\n"),
    "one line or several": ("if a: b()\n", "if a:\n    b()\n"),
    "semicolons": ("a = 1\nb = 2\n", "a = 1; b = 2\n"),
    "elif is an if in else": ("if a: f()\nelif b: g()\n", "if a: f()\nelse:\n    if b: g()\n"),
    "else with nothing in it": ("if a: f()\n", "if a: f()\nelse: pass\n"),
    "tabs": ("def f():\n    return 1\n", "def f():\n\treturn 1\n"),
    "formfeed": ("x = 1\ny = 2\n", "x = 1\n\x0cy = 2\n"),
    "line ends": ("def f():\n    return '''a\nb'''\n", "def f():\r\n    return '''a\r\nb'''\r\n"),
    "old Mac line ends": ("x = 1\ny = 2\n", "x = 1\ry = 2\r"),
    "no newline at the end": ("x = 1\n", "x = 1"),
    "line continuation": ("x = 1 + 2\n", "x = 1 + \\\n    2\n"),
    "body of an overload": (
        "from typing import overload\n@overload\ndef f(a: int): ...\ndef f(a): return a\n",
        "from typing import overload\n@overload\ndef f(a: int): pass\ndef f(a): return a\n",
    ),
    "pass": ("class A:\n    x = 1\n", "pass\nclass A:\n    pass\n    x = 1\n"),
    "pass in a body": ("def f():\n    g()\n", "def f():\n    g()\n    pass\n"),
    "body without effect": ("def f(): pass\n", "def f(): ...\n"),
    "string that is no docstring": ("x = 1\n'doc of x'\n", "x = 1\n'documentation of x'\n"),
    "string in a body": ("def f():\n    g()\n    'note'\n", "def f():\n    g()\n"),
    "move of functions": ("def a(): 1\ndef b(): 2\n", "def b(): 2\ndef a(): 1\n"),
    "move of methods": (
        "class A:\n def a(self, x: int = 1): ...\n def b(self): ...\n",
        "class A:\n def b(self): ...\n def a(self, x: int = 1): ...\n",
    ),
    "imports in one statement": (
        "import a, b\nfrom c import d, e\n",
        "import a\nimport b\nfrom c import (d, e)\n",
    ),
    "from c import d in two": ("from c import d, e\n", "from c import d\nfrom c import e\n"),
    "import as itself": ("import a\nfrom c import d\n", "import a as a\nfrom c import d as d\n"),
    "type-checking import": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\n    x = f()\n",
    ),
    "type-checking block": (
        "import typing as t\nx = 1\n",
        "import typing as t\nif t.TYPE_CHECKING:\n    from b import B\nx = 1\n",
    ),
    "type-checking block in a class": (
        "import typing_extensions\nclass A: ...\n",
        "import typing_extensions\nclass A:\n if typing_extensions.TYPE_CHECKING:\n  def f(self): ...\n",
    ),
    "else of a type-checking block": (
        "from typing import TYPE_CHECKING as T\nif T: import a\nelse: import b\n",
        "from typing import TYPE_CHECKING as T\nimport b\n",
    ),
    "not type-checking": (
        "from typing import TYPE_CHECKING\nif not TYPE_CHECKING: import b\nelse: import a\n",
        "from typing import TYPE_CHECKING\nimport b\n",
    ),
    "constant TYPE_CHECKING": (
        "TYPE_CHECKING = False\nif TYPE_CHECKING: import a\n",
        "TYPE_CHECKING = False\nif TYPE_CHECKING: import b\n",
    ),
    "guard that is always true": ("match a:\n case 1: f()", "match a:\n case 1 if True: f()"),
    "f-string of one literal": ("x = f'{a}' 'b'", "x = f'{a}b'"),
    "bare except by name": ("try: x = 1\nexcept: x = 2\n", "try: x = 1\nexcept BaseException: x = 2\n"),
}


@pytest.mark.parametrize(("old", "new"), NEUTRAL.values(), ids=NEUTRAL)
def test_neutral(old: str, new: str) -> None:
    """What Python does not see is no edit, in either direction."""
    assert find_edits(old.encode(), new.encode()) == Edits()
    assert find_edits(new.encode(), old.encode()) == Edits()


ENCODINGS = {
    "byte order mark": ("x = 'é'\n".encode(), b"\xef\xbb\xbf" + "x = 'é'\n".encode()),
    "cookie": ("x = 'é'\n".encode(), "# coding: latin-1\nx = 'é'\n".encode("latin-1")),
    "other cookie": ("# coding: cp1252\nx = '€'\n".encode("cp1252"), "# coding: utf-8\nx = '€'\n".encode()),
}


@pytest.mark.parametrize(("old", "new"), ENCODINGS.values(), ids=ENCODINGS)
def test_encoding(old: bytes, new: bytes) -> None:
    """The same text in another encoding is no edit."""
    assert find_edits(old, new) == Edits()


def test_same_bytes_in_another_encoding() -> None:
    """The same bytes behind another cookie are another text, although no line of the statement differs."""
    old, new = b"# coding: latin-1\nx = '\xe9'\n", b"# coding: cp1251\nx = '\xe9'\n"
    assert find_edits(old, new) == Edits((NameEdit("x", 2),))
    old, new = (version.replace(b"x = ", b"def f(): return ") for version in (old, new))
    assert find_edits(old, new) == Edits((BodyEdit("f", "f", 2),))


def test_long_tables() -> None:
    """Tables of many lines are compared like anything else."""
    table = "X = {\n" + "".join(f"    {number}: 'a',\n" for number in range(100)) + "}\n"
    other = table.replace("99: 'a'", "99: 'b'")
    reformatted = table.replace("'a'", '"a"')
    assert find_edits(f"{table}y = 1".encode(), f"# so\n{table}y = 2".encode()) == Edits(
        (NameEdit("y", 104),)
    )
    assert find_edits(table.encode(), other.encode()) == Edits((NameEdit("X", 1),))
    assert find_edits(table.encode(), reformatted.encode()) == Edits()
    assert find_edits((table + other).encode(), (other + table).encode()).edits


def spell(edit: Edit) -> str:  # noqa: PLR0911 - one for each kind
    """Spell an edit shortly, without its line."""
    match edit:
        case DocstringEdit():
            return f"doc {edit.symbol or '-'}"
        case BodyEdit():
            return f"body {edit.function}" + (f" in {edit.code}" if edit.code != edit.function else "")
        case DefinitionEdit():
            return f"{edit.change} {edit.function}" + (f" of {edit.owner}" if edit.owner else "")
        case NameEdit():
            return f"name {edit.name}" + ("()" if edit.calls else "")
        case ClassNameEdit():
            return f"name {edit.name} in {edit.owner}" + ("()" if edit.calls else "")
        case ClassEdit():
            return f"{edit.change} class {edit.owner}"
        case StatementEdit():
            return "".join(
                [
                    "script " * edit.script,
                    "moved " * edit.moved,
                    f"statement {edit.text}",
                    f" in {edit.owner}" if edit.owner else "",
                ]
            )
        case FileEdit():
            return f"file {edit.change}"


# old version, new version, edits without their order
EDITS = {
    # functions
    "body": ("def f(): return 1", "def f(): return 2", ["body f"]),
    "async body": ("async def f(): await a()", "async def f(): await b()", ["body f"]),
    "method body": ("class A:\n def f(self): return 1", "class A:\n def f(self): return 2", ["body A.f"]),
    "method of a nested class": (
        "class A:\n class B:\n  def f(self): 1 + 1",
        "class A:\n class B:\n  def f(self): 1 + 2",
        ["body A.B.f"],
    ),
    "nested function": (
        "def f():\n def g(): return 1\n return g",
        "def f():\n def g(): return 2\n return g",
        ["body f in f.<locals>.g"],
    ),
    "defaults of a nested function": (
        "def f():\n def g(a=1): return a\n return g",
        "def f():\n def g(a=2): return a\n return g",
        ["body f", "body f in f.<locals>.g"],
    ),
    "nested function gone": (
        "def f():\n def g(): return 1\n return 1",
        "def f():\n return 1",
        ["body f", "body f in f.<locals>.g"],
    ),
    "nested generator": (
        "def f():\n def g(): return []\n return g",
        "def f():\n def g(): yield\n return g",
        ["body f", "body f in f.<locals>.g"],
    ),
    "nested twice": (
        "def f():\n if a:\n  def g(): return 1\n else:\n  def g(): return 2\n return g",
        "def f():\n if a:\n  def g(): return 1\n else:\n  def g(): return 3\n return g",
        ["body f in f.<locals>.g"],
    ),
    "lambda in a body": (
        "def f(): return lambda a: a + 1",
        "def f(): return lambda a: a + 2",
        ["body f in f.<locals>.<lambda>"],
    ),
    "generator expression": (
        "def f(a): return (b + 1 for b in a)",
        "def f(a): return (b + 2 for b in a)",
        ["body f in f.<locals>.<genexpr>"],
    ),
    "what a generator expression is over": (
        "def f(a): return (b for b in a)",
        "def f(a): return (b for b in a[1:])",
        ["body f", "body f in f.<locals>.<genexpr>"],
    ),
    "list comprehension": (
        "def f(a): return [b + 1 for b in a if b]",
        "def f(a): return [b + 2 for b in a if b]",
        ["body f"],
    ),
    "method of a class in a function": (
        "def f():\n class A:\n  def m(self): return 1\n return A",
        "def f():\n class A:\n  def m(self): return 2\n return A",
        ["body f in f.<locals>.A.m"],
    ),
    "class in a function": (
        "def f():\n class A:\n  x = 1\n return A",
        "def f():\n class A:\n  x = 2\n return A",
        ["body f"],
    ),
    "global function in a function": (
        "def f():\n global g\n def g(): return 1",
        "def f():\n global g\n def g(): return 2",
        ["body f in g"],
    ),
    "out of a block": (
        "def f(a):\n if a:\n  g()\n  h()\n",
        "def f(a):\n if a:\n  g()\n h()\n",
        ["body f"],
    ),
    "f-string text": ("def f(a): return f'{a} b'", "def f(a): return f'{a}  b'", ["body f"]),
    "f-string conversion": ("def f(a): return f'{a!r}'", "def f(a): return f'{a!s}'", ["body f"]),
    "f-string debug": ("def f(a): return f'{a=}'", "def f(a): return f'{a =}'", ["body f"]),
    "assert": ("def f(a): assert a", "def f(a): pass", ["body f"]),
    "global": ("def f():\n a = 1", "def f():\n global a\n a = 1", ["body f"]),
    "match": (
        "def f(a):\n match a:\n  case [1, *_]: g()",
        "def f(a):\n match a:\n  case [True, *_]: g()",
        ["body f"],
    ),
    "except star": (
        "def f():\n try: g()\n except* A: h()",
        "def f():\n try: g()\n except A: h()",
        ["body f"],
    ),
    "added": ("", "def f(): ...", ["added f"]),
    "removed": ("def f(): ...", "", ["removed f"]),
    "renamed": ("def f(): ...", "def g(): ...", ["removed f", "added g"]),
    "method added": ("class A: ...", "class A:\n def f(self): ...", ["added A.f of A"]),
    "method moved to another class": (
        "class A:\n def f(self): ...\nclass B: ...",
        "class A: ...\nclass B:\n def f(self): ...",
        ["removed A.f of A", "added B.f of B"],
    ),
    "parameter": ("def f(a): ...", "def f(a, b): ...", ["signature f"]),
    "parameter renamed": ("def f(a): ...", "def f(b): ...", ["signature f"]),
    "keyword-only": ("def f(a): ...", "def f(*, a): ...", ["signature f"]),
    "positional-only": ("def f(a): ...", "def f(a, /): ...", ["signature f"]),
    "star": ("def f(*a): ...", "def f(**a): ...", ["signature f"]),
    "annotation": ("def f(a): ...", "def f(a: int): ...", ["signature f"]),
    "return annotation": ("def f(): ...", "def f() -> int: ...", ["signature f"]),
    "async": ("def f(): ...", "async def f(): ...", ["signature f"]),
    "generator": ("def f(): return g()", "def f(): yield g()", ["signature f", "body f"]),
    "default": ("def f(a=1): ...", "def f(a=2): ...", ["defaults f"]),
    "default of another": ("def f(a, b=1): ...", "def f(a=1, b=1): ...", ["defaults f"]),
    "keyword default": ("def f(*, a=1, b): ...", "def f(*, a, b=1): ...", ["defaults f"]),
    "lambda in a default": ("def f(a=lambda: 1): ...", "def f(a=lambda: 2): ...", ["defaults f"]),
    "decorator": ("def f(): ...", "@a\ndef f(): ...", ["decorators f"]),
    "order of decorators": ("@a\n@b\ndef f(): ...", "@b\n@a\ndef f(): ...", ["decorators f"]),
    "method becomes static": (
        "class A:\n def f(self): ...",
        "class A:\n @staticmethod\n def f(self): ...",
        ["decorators A.f of A"],
    ),
    "function becomes class": ("def f(): ...", "class f: ...", ["removed f", "added class f"]),
    "function becomes a name": ("def f(): ...", "f = g", ["removed f", "name f"]),
    "property without setter": (
        "class A:\n @property\n def x(self): ...\n @x.setter\n def x(self, v): ...",
        "class A:\n @property\n def x(self): ...",
        ["removed A.x of A"],
    ),
    "property's setter": (
        "class A:\n @property\n def x(self): ...\n @x.setter\n def x(self, v): a()",
        "class A:\n @property\n def x(self): ...\n @x.setter\n def x(self, v): b()",
        ["body A.x"],
    ),
    "second definition": (
        "def f(): return 1\ndef f(): return 2",
        "def f(): return 2\ndef f(): return 1",
        ["body f"],
    ),
    "overload added": (
        "@overload\ndef f(a: int): ...\ndef f(a): return a",
        "@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\ndef f(a): return a",
        ["added f"],
    ),
    "overload added, another changed": (
        "@overload\ndef f(a: int): ...\ndef f(a): return a",
        "@overload\ndef f(a: bool): ...\n@overload\ndef f(a: str): ...\ndef f(a): return a",
        ["signature f", "added f"],
    ),
    "overload of typing added": (
        "from typing import overload\n@overload\ndef f(a: int): ...\ndef f(a): return a",
        "from typing import overload\n@overload\ndef f(a: int): ...\n@overload\ndef f(a: str = 'x'): ...\ndef f(a): return a",
        ["overloads f"],
    ),
    "overload of typing changed in a class": (
        "import typing as t\nclass A:\n @t.overload\n def f(self, a: int = 1): ...\n def f(self, a): return a",
        "import typing as t\nclass A:\n @t.overload\n def f(self, a: int = 2): ...\n def f(self, a): return a",
        ["overloads A.f of A"],
    ),
    "overload that calls something": (
        "from typing import overload\n@overload\ndef f(a=g(1)): ...\ndef f(a): return a",
        "from typing import overload\n@overload\ndef f(a=g(2)): ...\ndef f(a): return a",
        ["defaults f"],
    ),
    "overload without a function behind it": (
        "from typing import overload\ndef f(a): return a\n@overload\ndef f(a: int): ...",
        "from typing import overload\ndef f(a): return a\n@overload\ndef f(a: str): ...",
        ["signature f"],
    ),
    "overload of something else": (
        "from typing import overload\nfrom numba import overload\n@overload\ndef f(a=1): ...\ndef f(a): return a",
        "from typing import overload\nfrom numba import overload\n@overload\ndef f(a=2): ...\ndef f(a): return a",
        ["defaults f"],
    ),
    "conditional definition": (
        "if a:\n def f(): return 1\nelse:\n def f(): return 2",
        "if a:\n def f(): return 1\nelse:\n def f(): return 3",
        ["body f"],
    ),
    "branches of a conditional definition": (
        "if a:\n def f(): return 1\nelse:\n def f(): return 2",
        "if a:\n def f(): return 2\nelse:\n def f(): return 1",
        ["body f"],
    ),
    "condition of a definition": (
        "if a:\n def f(): return 1",
        "if b:\n def f(): return 1",
        ["name f"],
    ),
    "condition of a decorated definition": (
        "if a:\n @d\n def f(): ...",
        "if b:\n @d\n def f(): ...",
        ["name f()"],
    ),
    "condition of a class": ("if a:\n class A: ...", "if b:\n class A: ...", ["name A()"]),
    "definition becomes conditional": ("def f(): ...", "if a:\n def f(): ...", ["name f"]),
    # names
    "assignment": ("x = 1", "x = 2", ["name x"]),
    "assignment of a call": ("x = f(1)", "x = f(2)", ["name x()"]),
    "no call any more": ("x = f(1)", "x = 1", ["name x()"]),
    "name added": ("x = 1", "x = 1\ny = 2", ["name y"]),
    "name removed": ("x = 1\ny = 2", "x = 1", ["name y"]),
    "annotated": ("x = 1", "x: int = 1", ["name x"]),
    "annotation alone": ("", "x: int", ["name x"]),
    "augmented": ("x = 1\nx += 1", "x = 1\nx += 2", ["name x"]),
    "several targets": ("a = b, *c = x", "a = b, *c = y", ["name a", "name b", "name c"]),
    "del": ("x = 1\ndel x", "x = 1", ["name x"]),
    "walrus": ("x = [y := 1]", "x = [y := 2]", ["name x", "name y"]),
    "lambda": ("x = lambda: 1", "x = lambda: 2", ["name x"]),
    "table": ("X = {'a': 1, **y}", "X = {'a': 2, **y}", ["name X"]),
    "import": ("", "import a.b", ["name a"]),
    "import as": ("import a.b as c", "import a.d as c", ["name c"]),
    "from import": ("from a import b", "from a import b, c as d", ["name d"]),
    "relative import": ("from .a import b", "from ..a import b", ["name b"]),
    "import becomes type-checking only": (
        "from typing import TYPE_CHECKING\nimport a",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n import a",
        ["name a"],
    ),
    "somebody else's TYPE_CHECKING": (
        "from a import TYPE_CHECKING\nif TYPE_CHECKING: import b",
        "from a import TYPE_CHECKING\nif TYPE_CHECKING: import c",
        ["name b", "name c"],
    ),
    "TYPE_CHECKING assigned": (
        "from typing import TYPE_CHECKING\nTYPE_CHECKING = x\nif TYPE_CHECKING: import b",
        "from typing import TYPE_CHECKING\nTYPE_CHECKING = x\nif TYPE_CHECKING: import c",
        ["name b", "name c"],
    ),
    "type-checking no more": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n import a",
        "from typing import TYPE_CHECKING as T\nif TYPE_CHECKING:\n import a",
        ["name T", "name TYPE_CHECKING", "name a"],
    ),
    "name in a branch": (
        "if a:\n x = 1\n y = 1\nelse:\n z = 1",
        "if a:\n x = 2\n y = 1\nelse:\n z = 1",
        ["name x"],
    ),
    "name to another branch": (
        "if a:\n x = 1\n y = 1\nelse:\n z = 1",
        "if a:\n x = 1\nelse:\n z = 1\n y = 1",
        ["name y"],
    ),
    "condition of names": (
        "if a > 1:\n import x\nelse:\n y = f()",
        "if a > 2:\n import x\nelse:\n y = f()",
        ["name x()", "name y()"],
    ),
    "try to import": (
        "try:\n import x\nexcept ImportError:\n y = 1",
        "try:\n import x\n import z\nexcept ImportError:\n y = 1",
        ["name x", "name y", "name z"],
    ),
    "what is caught": (
        "try:\n import x\nexcept ImportError as e:\n x = None",
        "try:\n import x\nexcept ValueError as e:\n x = None",
        ["name x"],
    ),
    "definition in a try": (
        "try:\n import x\nexcept E:\n y = 1",
        "try:\n import x\nexcept E:\n y = 1\n def f(): ...",
        ["name x", "name y", "name f", "added f"],
    ),
    # classes
    "class added": ("", "class A:\n x = 1\n def f(self): ...", ["added class A"]),
    "class removed": ("class A:\n def f(self): ...", "", ["removed class A"]),
    "second class": ("class A: x = 1", "class A: x = 1\nclass A: x = 2", ["added class A"]),
    "nested class": ("class A: ...", "class A:\n class B: ...", ["added class A.B"]),
    "base": ("class A: ...", "class A(B): ...", ["bases class A"]),
    "order of bases": ("class A(B, C): ...", "class A(C, B): ...", ["bases class A"]),
    "metaclass": ("class A: ...", "class A(metaclass=M): ...", ["keywords class A"]),
    "class decorator": ("@a\nclass A: ...", "@b\nclass A: ...", ["decorators class A"]),
    "class name": ("class A:\n x = 1", "class A:\n x = f()", ["name x in A()"]),
    "class annotation": ("class A:\n x: int", "class A:\n x: str", ["name x in A"]),
    "slots": ("class A:\n __slots__ = ()", "class A:\n __slots__ = ('x',)", ["name __slots__ in A"]),
    "order of class names": (
        "class A:\n x: int\n y: int",
        "class A:\n y: int\n x: int",
        ["moved statement y: int in A"],
    ),
    "marks of a class": (
        "class A: pytestmark = a",
        "class A: pytestmark = b",
        ["statement class A: pytestmark = b in A"],
    ),
    "module's own name in a class": ("class A: __all__ = a", "class A: __all__ = b", ["name __all__ in A"]),
    "order of methods of a class no longer read as a whole": (
        "@deco\nclass A:\n def f(self): ...\n def g(self): ...",
        "class A:\n def g(self): ...\n def f(self): ...",
        ["decorators class A", "moved statement def g(self): ... in A"],
    ),
    "type-checking in a class": (
        "from typing import TYPE_CHECKING\nclass A:\n if TYPE_CHECKING: x = 1",
        "from a import TYPE_CHECKING\nclass A:\n if TYPE_CHECKING: x = 1",
        ["name TYPE_CHECKING", "name x in A"],
    ),
    "statement in a class": ("class A:\n f(1)", "class A:\n f(2)", ["statement f(2) in A"]),
    "order of methods where the class is read as a whole": (
        "@deco\nclass A:\n def f(self): ...\n def g(self): ...",
        "@deco\nclass A:\n def g(self): ...\n def f(self): ...",
        ["moved statement def g(self): ... in A"],
    ),
    "function global from a class": (
        "class A:\n global f\n def f(): return 1",
        "class A:\n global f\n def f(): return 2",
        ["body f"],
    ),
    # statements
    "call": ("f(1)", "f(2)", ["statement f(2)"]),
    "call added": ("", "f(1)", ["statement f(1)"]),
    "call removed": ("f(1)", "", ["statement f(1)"]),
    "statement after statement": ("f(1)\ng(1)", "g(2)\nf(2)", ["statement g(2)", "statement f(2)"]),
    "attribute": ("a.b = 1", "a.b = 2", ["statement a.b = 2"]),
    "attribute and name": ("a.b = c = 1", "a.b = c = 2", ["statement a.b = c = 2"]),
    "subscript": ("a[0] = 1", "a[1] = 1", ["statement a[1] = 1"]),
    "dunder all": ("__all__ = ['a']", "__all__ = ['b']", ["statement __all__ = ['b']"]),
    "dunder all grows": ("__all__ = []", "__all__ = []\n__all__ += ['b']", ["statement __all__ += ['b']"]),
    "version": ("__version__ = '1'", "__version__ = '2'", ["name __version__"]),
    "star import": ("", "from a import *", ["statement from a import *"]),
    "future import": (
        "",
        "from __future__ import annotations",
        ["statement from __future__ import annotations"],
    ),
    "module marks": ("pytestmark = a", "pytestmark = b", ["statement pytestmark = b"]),
    "loop": ("for x in a: y = 1", "for x in b: y = 1", ["statement for x in b: y = 1"]),
    "in a loop": ("while a:\n y = 1", "while a:\n y = 2", ["statement y = 2"]),
    "with": ("with a: import b", "with c: import b", ["statement with c: import b"]),
    "definition in a with": ("with a(): import b", "with a():\n import b\n def f(): ...", ["added f"]),
    "call in what is caught": (
        "try: x = 1\nexcept A:\n x = 2\nexcept f():\n x = 2",
        "try: x = 1\nexcept B:\n x = 2\nexcept f():\n x = 2",
        ["statement try: x = 1", "statement x = 2"],
    ),
    "match at module level": (
        "match a:\n case 1: x = 1",
        "match a:\n case 2: x = 1",
        ["statement match a:", "statement case 2: x = 1"],
    ),
    "raise in a branch": ("if a: raise B", "if a: raise C", ["statement if a: raise C"]),
    "call in a condition": ("if a(): x = 1", "if b(): x = 1", ["statement if b(): x = 1"]),
    "condition of nothing": ("", "if a: pass", ["statement if a: pass"]),
    "one condition becomes two": (
        "if a:\n f()\n g()",
        "if a:\n f()\nif a:\n g()",
        ["statement if a:", "moved statement if a:"],
    ),
    "assert at module level": ("assert a", "assert b", ["statement assert b"]),
    "script": (
        "if __name__ == '__main__':\n f()",
        "if '__main__' == __name__:\n g()",
        ["script statement if '__main__' == __name__:"],
    ),
    "script and module": (
        "f()\nif __name__ == '__main__':\n f()",
        "g()",
        ["statement g()", "script statement if __name__ == '__main__':"],
    ),
    # order
    "order of calls": ("f()\ng()", "g()\nf()", ["moved statement g()"]),
    "order of imports": ("import a\nimport b", "import b\nimport a", ["moved statement import b"]),
    "function moves across a call": (
        "def f(): ...\ng()",
        "g()\ndef f(): ...",
        ["moved statement g()"],
    ),
    "function moves across an import": (
        "from a import b\ndef f(): ...",
        "def f(): ...\nfrom a import b",
        ["moved statement def f(): ..."],
    ),
    "decorated functions move": (
        "@r\ndef f(): ...\n@r\ndef g(): ...",
        "@r\ndef g(): ...\n@r\ndef f(): ...",
        ["moved statement def g(): ..."],
    ),
    "functions that need one another move": (
        "def f(): ...\ndef g(a=f): ...",
        "def g(a=f): ...\ndef f(): ...",
        ["moved statement def g(a=f): ..."],
    ),
    "functions whose defaults call move": (
        "def f(): ...\ndef g(a=h()): ...",
        "def g(a=h()): ...\ndef f(): ...",
        ["moved statement def g(a=h()): ..."],
    ),
    "functions change and move": (
        "def f(): return 1\ndef g(): ...",
        "def g(): ...\ndef f(): return 2",
        ["body f"],
    ),
    "name bound in a default": (
        "def f(a=(y := 1)): ...",
        "def f(a=(y := 2)): ...",
        ["defaults f", "statement def f(a=(y := 2)): ..."],
    ),
    "name bound in a decorator": (
        "@d(y := 1)\nclass A: ...",
        "class A: ...",
        ["decorators class A", "statement class A: ..."],
    ),
    "name global from a class": (
        "class A:\n global x\n x = 1",
        "class A:\n global x\n x = 2",
        ["statement x = 2 in A"],
    ),
    # constants
    "int and bool": ("x = 1", "x = True", ["name x"]),
    "int and float": ("x = 1", "x = 1.0", ["name x"]),
    "float and complex": ("x = 1.0", "x = 1j", ["name x"]),
    "sign of zero": ("x = 0.0", "x = -0.0", ["name x"]),
    "str and bytes": ("x = ''", "x = b''", ["name x"]),
    "str and f-string": ("x = 'a'", "x = f'a'", ["name x"]),
    "ellipsis and None": ("x = ...", "x = None", ["name x"]),
    "huge numbers": ("x = 0x" + "f" * 9000, "x = 0x" + "f" * 8999 + "e", ["name x"]),
    "surrogates": ("x = '\\udc80'", "x = '\\udc81'", ["name x"]),
    "raw string": ("x = '\\n'", "x = r'\\n'", ["name x"]),
    "number of strings": ("x = ['a', 'b']", "x = ['a' 'b']", ["name x"]),
    "newline in a string": ("x = '''a\nb'''", "x = '''a\n b'''", ["name x"]),
    "tuple or not": ("x = (1)", "x = (1,)", ["name x"]),
    # docstrings
    "module docstring": ("'a'", "'b'", ["doc -"]),
    "docstring added": ("def f(): g()", "def f():\n 'a'\n g()", ["doc f"]),
    "docstring removed": ("def f(): 'a'", "def f(): pass", ["doc f"]),
    "docstring no more": ("def f():\n 'a'\n 'b'", "def f(): 'b'", ["doc f"]),
    "bytes are no docstring": ("def f(): 'a'", "def f(): b'a'", ["doc f"]),
    "class docstring": ("class A: 'a'", "class A: 'b'", ["doc A"]),
    "method docstring": ("class A:\n def f(self): 'a'", "class A:\n def f(self): 'b'", ["doc A.f"]),
    "nested docstring": (
        "def f():\n def g(): 'a'\n class A:\n  'a'\n  def m(): 'a'",
        "def f():\n def g(): 'b'\n class A:\n  'b'\n  def m(): 'b'",
        ["doc f.<locals>.g", "doc f.<locals>.A", "doc f.<locals>.A.m"],
    ),
    "dunder doc": ("class A: __doc__ = 'a'", "class A: __doc__ = 'b'", ["name __doc__ in A"]),
    # files
    "does not parse": ("x = 1", "x = ", ["file unparsed"]),
    "did not parse": ("x = ", "x = 1", ["file unparsed"]),
    "null byte": ("x = 1", "x = 1\0", ["file unparsed"]),
    "unknown encoding": ("x = 1", "# coding: nonsense\nx = 1", ["file unparsed"]),
    "too many parentheses": ("x = 1", "x = " + "(" * 5000 + ")" * 5000, ["file unparsed"]),
    "too deep": ("x = 1", "x = " + "-" * 50000 + "1", ["file unparsed"]),
    "too many branches": ("x = 1", "if a: f()\n" + "elif a: f()\n" * 800, ["file unparsed"]),
    "too large": ("x = 1", "#" * 8_000_001, ["file unparsed"]),
    "return outside a function": ("x = 1", "x = 1\nreturn", ["file unparsed"]),
    "was no valid nonlocal": (
        "def f():\n nonlocal x\n return x",
        "def f():\n return x",
        ["file unparsed"],
    ),
    "unknown future": ("x = 1", "from __future__ import nothing\nx = 1", ["file unparsed"]),
}


@pytest.mark.parametrize(("old", "new", "expected"), EDITS.values(), ids=EDITS)
def test_edit(old: str, new: str, expected: list[str]) -> None:
    """Every kind of change is the kind of edit that selection.md gives a row to."""
    edits = find_edits(old.encode(), new.encode()).edits
    assert sorted({spell(edit) for edit in edits}) == sorted(expected)


@pytest.mark.parametrize(("old", "new", "expected"), EDITS.values(), ids=EDITS)
def test_edit_backwards(old: str, new: str, expected: list[str]) -> None:
    """What is an edit in one direction is one in the other."""
    assert expected
    assert find_edits(new.encode(), old.encode()).edits


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 695")
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("def f[T](): ...", "def f[T: int](): ...", ["signature f"]),
        ("class A[T]: ...", "class A[U]: ...", ["bases class A"]),
        ("type X = int", "type X = str", ["name X"]),
        ("type X[T] = int", "type X[U] = int", ["name X"]),
        ("def f():\n type X = int", "def f():\n type X = str", ["body f"]),
        ("def f():\n def g[T](): ...", "def f():\n def g[U](): ...", ["body f", "body f in f.<locals>.g"]),
    ],
)
def test_type_parameters(old: str, new: str, expected: list[str]) -> None:
    """Type parameters belong to the definition, a type alias is a name."""
    edits = find_edits(old.encode(), new.encode()).edits
    assert sorted(spell(edit) for edit in edits) == sorted(expected)


def test_whole_file() -> None:
    """A file that came or went is one edit, one that is absent at both ends none."""
    assert find_edits(None, b"x = 1") == Edits((FileEdit(FileChange.ADDED),))
    assert find_edits(b"x = 1", None) == Edits((FileEdit(FileChange.DELETED),))
    assert find_edits(None, None) == Edits()


def test_unparsed_says_why() -> None:
    """An unparsed version brings Python's own words and line; unchanged it is no edit."""
    [edit] = find_edits(b"x = 1\n", b"x = 1\ny = $\n").edits
    assert edit == FileEdit(FileChange.UNPARSED, 2, "invalid syntax")
    assert find_edits(b"$", b"$") == Edits()


def test_compile_error_elsewhere_is_old_news() -> None:
    """A broken statement that both versions have in common does not hide what else changed."""
    assert find_edits(b"return\nx = 1\n", b"return\nx = 2\n") == Edits((NameEdit("x", 2),))


def test_lines() -> None:
    """Edits come by line: that in the new version, or in the old one for what is gone."""
    old = dedent(
        """\
        import a
        def gone(): ...
        def f(): return 1
        class A:
            x = 1
        """
    )
    new = dedent(
        """\
        import a


        @deco
        def f():
            return 2


        class A:
            x = 2
        """
    )
    assert find_edits(old.encode(), new.encode()).edits == (
        DefinitionEdit("gone", "gone", DefinitionChange.REMOVED, None, 2),
        BodyEdit("f", "f", 4),
        DefinitionEdit("f", "f", DefinitionChange.DECORATORS, None, 4),
        ClassNameEdit("A", "x", 10),
    )


def test_long_statement_is_cut() -> None:
    """A statement is quoted by its first line, and not by more of that than a person wants to read."""
    [edit] = find_edits(b"", f"    \nf(\n{'x' * 200})\n".encode()).edits
    assert edit == StatementEdit(2, "f(")
    [edit] = find_edits(b"", f"f({'x' * 200})\n".encode()).edits
    assert edit == StatementEdit(1, "f(" + "x" * 98)


def test_class_change_and_its_content() -> None:
    """A class that is built differently is still looked into."""
    old, new = b"class A(B):\n def f(self): a()\n", b"class A(C):\n def f(self): b()\n"
    assert find_edits(old, new).edits == (
        ClassEdit("A", ClassChange.BASES, 1),
        BodyEdit("A.f", "A.f", 2),
    )
