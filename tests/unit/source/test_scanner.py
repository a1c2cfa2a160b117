"""What the scanner finds is what compiling finds, or more; where it is not certain, it says so."""

from __future__ import annotations

import pytest

from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import FileFacts, Import, Unparsed
from pytest_txselect.source.scanner import scan


def read(source: str | bytes) -> FileFacts:
    """Facts of a source that the scanner takes."""
    raw = source if isinstance(source, bytes) else source.encode()
    assert scan(raw) is not None
    facts = read_facts(raw)
    assert isinstance(facts, FileFacts)
    return facts


IMPORTS = {
    "plain": "import a.b, c as d\n",
    "in a function": "def f():\n    import a.b as x, c\n    from d import e as g, h\n",
    "in a class": "class C:\n    from .a import b\n",
    "in brackets": "def f():\n    from a import (\n        b,  # one\n        c as d,\n    )\n    import e\n",
    "continued": "def f():\n    from a import \\\n        b, \\\n        c\n    import \\\n  d\n",
    "on one line": "def f(): import a; from b import c; x = 1; import d\n",
    "behind a colon": "def f(x):\n    if x: import a\n    else: from . import b\n",
    "relative": "def f():\n    from . import a\n    from .. b import c\n    from ...d.e import f\n    from .import g\n",
    "star": "from a import *\n",
    "no blank": "def f():\n    from.a import(b)\n",
    "behind strings": 'def f():\n    """import x\n    import y\n    """\n    s = "import z"  # import w\n    import a\n',
    "in a nested function": "def f():\n    async def g():\n        with x:\n            import a\n",
    "in a decorated class": "@d(\n    1,\n)\nclass C(\n    B,\n):\n    def m(self):\n        import a\n",
    "in try": "try:\n    import a\nexcept ImportError:\n    def f():\n        import b\n",
    "words with import in them": "def f():\n    important = reimport = importlib\n    import_ = 1\n    import a\n",
    "comment at the margin": "def f():\n    x = 1\n# here\n    import a\n\nimport b\n",
    "type checking": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\nelse:\n    import b\n",
    "future": "from __future__ import annotations\nimport a\n",
    "tabs": "def f():\n\tif x:\n\t\timport a\n",
    "carriage returns": "def f():\r\n    import a\r\n\r\nimport b\r\n",
    "no last line end": "def f():\n    import a",
    "byte order mark": "\ufeffdef f():\n    import a\n",
    "generator": "def f():\n    yield from g()\n    import a\n    raise E from e\n",
}


@pytest.mark.parametrize("source", IMPORTS.values(), ids=IMPORTS.keys())
def test_imports_and_bound_names_are_those_of_the_compiler(source: str) -> None:
    """Every import is found with its line, wherever it stands, and nothing that only looks like one."""
    facts, whole = read(source), read_facts(source.encode(), whole=True)
    assert isinstance(whole, FileFacts)
    assert facts.imports == whole.imports
    assert facts.bound == whole.bound
    assert facts.imports


LONG = [
    r'x = """a\"""b"""; import m',
    r'x = """a"\"\"b""\\"""; import m',
    r'x = r"""a\"""b"""; import m',
    r'x = """\\"""; import m',
    r'x = """"a" "\n"""; import m',
    r'x = """""", "b\"c"; import m',
    r"x = '''a\'''b''', '''\\''', ''''c' '''; import m",
]


@pytest.mark.parametrize("source", LONG)
def test_long_strings_end_where_python_ends_them(source: str) -> None:
    """Quotes inside, escaped or not, and backslashes before the last ones."""
    facts, whole = read(source), read_facts(source.encode(), whole=True)
    assert isinstance(whole, FileFacts)
    assert facts.imports == whole.imports
    assert facts.strings == whole.strings


BOUND = {
    "assignments": "a = b = 1\nc: int = 2\nd: int\n(e, *f), g[0] = 1\nh += 1\n",
    "definitions": "class A(B): pass\n@d\nasync def f(): x = 1\ndef g(\n    a,\n):\n    b = 1\n",
    "statements": "for a in b:\n    c = 1\nwith d as e:\n    pass\ntry:\n    pass\nexcept E as f:\n    g = 1\n",
    "plain": "a = b(c=1)[2]\nd = {\n    1: [(2, (3,))],\n}\ne = f\ng.h('i', j=1)\nk = l = 1\nm == n\n",
    "walrus in brackets": "a = [(b := 1)]\nf(c := 2)\n",
    "behind what never ends": "a = 1\nraise B\nimport c\nd = 2\n",
    "behind a loop": "a = 1\nwhile True:\n    pass\nb = 2\n",
    "inside of brackets": "f(\na=1,\nb=(2)\n)\nc = [\n1,\n]\n",
    "brackets over statements": "f(\na = 1,\nb = 2)\nc = 3\n",
    "imports": "import a.b, c.d as e\nfrom f import g as h, i\nfrom . import (\n    j,\n    k as l,\n)\nfrom m . n import o\n",
    "future": "from __future__ import annotations\na: b\nc: d = 1\n",
    "docstring, then nothing": "'''Text.\n'''\n\n\ndef f(): pass\n",
    "strings that are no docstring": "import a\n'''Text.'''\nr'''More.'''\nb'c'\nd = 1\n",
    "odd docstring": "r'''Text.'''\na = 1\n",
    "comment, then docstring": "# a\n\n'''Text.'''\nb = 1\n",
    "calls that are statements": "del(a)\nassert(b)\nprint(c)\nfor(d)in(e): pass\n",
    "decorators": "@a(\n    b=1,\n)\n@c\ndef d(): pass\n@e\nclass F: pass\n",
    "walrus": "if (a := 1):\n    b = [c := 2 for d in e]\n",
    "docstring": '"""Text."""\nx = 1\n',
    "string over lines": 'x = """\ny = 1\nclass C:\n"""\nz = 1\n',
    "conditional definitions": "if a:\n    class A:\n        b = 1\nelse:\n    def f():\n        c = 1\n",
    "continued": "a = \\\n  1\nb = (\n1)\n",
    "match": "match a:\n    case [b, *c]:\n        d = 1\n",
}


@pytest.mark.parametrize("source", BOUND.values(), ids=BOUND.keys())
def test_bound_names_are_those_of_the_compiler(source: str) -> None:
    """Neither more nor fewer: a name that a lazy package binds is not looked for in its table."""
    whole = read_facts(source.encode(), whole=True)
    assert isinstance(whole, FileFacts)
    assert read(source).bound == whole.bound


STRINGS = {
    "plain": ("x = 'a.b'\n", {"a.b"}),
    "raw": ("x = r'a\\d'\n", {"a\\d"}),
    "escapes": (r"x = 'a\x2eb\u002f\101\q\''" + "\n", {"a.b/A\\q'"}),
    "bytes": ("x = b'a.b'\n", {"a.b"}),
    "side by side": ("x = 'a.' 'b'\n", {"a.b"}),
    "in brackets": ("x = ('a.'  # one\n     'b.'\n     'c')\n", {"a.b.c"}),
    "continued": ("x = 'a.' \\\n    'b'\n", {"a.b"}),
    "a docstring behind": ("x = 'a.b'\n'''of x'''\n", {"a.b"}),
    "added": ("x = 'a.' + 'b'\n", {"a.b"}),
    "added in lines": ("x = ('a'\n '.b' + '.c'\n '.d')\n", {"a.b.c.d"}),
    "added to something": ("x = y + 'a'\n", {"a"}),
    "f-string": ("x = f'a.{b}.c'\n", {"a.", ".c"}),
    "f-string with braces": ("x = f'{{a}}/{b}'\n", {"{a}/"}),
    "f-string beside": ("x = 'a.' f'b.{c}.d' '.e'\n", {"a.b.", ".d.e"}),
    "string in a field": ("x = f\"{f('a.b')}\"\n", {"a.b"}),
    "format of a field": ("x = f'{a:%H.%M}{b:>{c}.3f}'\n", {"%H.%M", ".3f"}),
    "debugging field": ("x = f'{a.b = }'\n", {"a.b = "}),
    "percent": ("x = 'a.%s/b' % (c,)\n", {"a.", "/b"}),
    "behind a keyword": ("def f():\n    return'a.b'\n", {"a.b"}),
    "key of a dict": ("x = {\n    'a.b':\n    'c.d'\n}\n", {"a.b", "c.d"}),
    "default": ("def f(a='a.b'): 'c.d'\n", {"a.b"}),
    "list": ("x = [\n    'a.b',\n    'c.d'\n]\n", {"a.b", "c.d"}),
    "quotes in quotes": ("""x = "it's", 'a"b', '''a'b\"c'''\n""", {"it's", 'a"b', "a'b\"c"}),
    "hash in a string": ("x = 'a#b'  # 'c'\n", {"a#b"}),
    "empty": ("x = '' + \"\" + 'a.b'\n", {"a.b"}),
    "arguments": ("f('a.b', x='c.d')\ng(h('e.f'))\n", {"a.b", "c.d", "e.f"}),
    "arguments over lines": ("f(\n    'a'\n    '.b',\n    'c.'\n    + 'd'\n)\n", {"a.b", "c.d"}),
    "in brackets, added": ("x = 'a.' + ('b')\n", {"a.b"}),
    "taken apart": ("x = f(*'a.b', *'c.d')\ny = [*'e.f', 1]\n", {"a.b", "c.d", "e.f"}),
    "repeated": (
        "x = 2 * 'a.b/'\ny = ['c.d/' * 2, 1]\nz = f(3 * 'e.')\nlast = 1\n",
        {"a.b/a.b/", "c.d/c.d/", "e.e.e."},
    ),
    "repeated behind a bracket": ("x = f('a/' * 2)\ny = f(g('b/' * 2))\nreturned = 1\n", {"a/a/", "b/b/"}),
    "repeated in lines": ("if x:\n    y = 2 * '../a'\n\n\nelse:\n    pass\n", {"../a../a"}),
    "repeated too often": ("x = [5000 * 'a.b', 'c.d' * 5000]\n", {"a.b", "c.d"}),
    "repeated by a variable": ("x = n * 'a.b'\ny = 'c.d' * m\nz = 'e.f' * (i + 1)\n", {"a.b", "c.d", "e.f"}),
    "f-string in a field": ("x = f\"{', '.join(f'{a:.1f}/b' for a in c)}\"\n", {", ", "/b"}),
    "f-strings of plain fields": ("x = f'a/{b}/c/{d.e}.f' '.g'\n", {"a/", "/c/", ".f.g"}),
    "comment in between": ("x = ('a'  # 'z'\n  # y\n  '.b')\n", {"a.b"}),
}


@pytest.mark.parametrize(("source", "expected"), STRINGS.values(), ids=STRINGS.keys())
def test_strings_are_found_whole(source: str, expected: set[str]) -> None:
    """A string constant is found as the compiler makes it, however it is written."""
    assert expected <= read(source).strings


NO_STRINGS = {
    "docstrings": '"""a.b"""\nclass C:\n    """c.d"""\n    def f(self):\n        r"""e.f"""\n        x = 1\n        """g.h"""\n',
    "comments": "x = 1  # 'a.b'\n",
    "docstring on the line of its function": "def f(a) -> b: 'a.b'; return a\ndef g(): 'a.b'\n",
    "docstring behind a comment": "# text\n\n'''a.b'''\n",
}


@pytest.mark.parametrize("source", NO_STRINGS.values(), ids=NO_STRINGS.keys())
def test_docstrings_and_comments_are_no_strings(source: str) -> None:
    """Names in prose would be dependencies on half of the project."""
    assert read(source).strings == set()


def test_names_and_parameters() -> None:
    """Identifiers of code and of the fields of f-strings; parameters with defaults and annotations, of lambdas too."""
    source = (
        "def f(a, /, b: T = g(1, (2, 3)), *c, d, **e): return f'{h.i}' + 'j'  # k\nl = lambda m, n=1: m\n"
    )
    facts = read(source)
    assert facts.names >= {"f", "T", "g", "h", "i", "l"}
    assert facts.names.isdisjoint({"j", "k", "def", "lambda"})
    assert facts.parameters >= {"a", "b", "c", "d", "e", "m", "n"} - {"c", "e"}


UNCERTAIN = {
    "does not parse": "x = (\n",
    "open string": "x = 'a\n",
    "open long string": 'x = """a\n',
    "brackets that do not match": "def f():\n    x = (1\n",
    "quotes in a field": "x = f'{a['b']}'\n",
    "lambda in a field": "x = f'{(lambda: 1)()}'\n",
    "binding in a field": "x = f'{(a := 1)}'\n",
    "string with braces in a field": "x = f\"{'{'}\"\n",
    "named character": "x = '\\N{BULLET}'\n",
    "type checking in a function": "from typing import TYPE_CHECKING\ndef f():\n    if TYPE_CHECKING:\n        import a\n",
    "form feed": "x = 1\n\f\ny = 2\n",
    "lonely carriage return": "x = 1\ry = 2\n",
    "null": "x = 1\0\n",
    "cookie": "# coding: latin-1\nx = 1\n",
    "identifier that is not ASCII": "def f():\n    return \u00e4\n",
    "not UTF-8": b"x = '\xff'\n",
    "repeated string at the end": "x = '../a' * 2\n",
    "repeated string, added": "x = '../a' * 2 + '/b'\ny = 1\n",
    "added to a repeated one": "x = '../a' + 2 * '/b'\ny = 1\n",
    "repeated in brackets, added": "x = '../a' + ('/b' * 2)\nlast = 1\n",
    "repeated twice": "x = 2 * '../a' * 2\nlast = 1\n",
    "repeated by a sum": "x = '../a' * (1 + 1)\nlast = 1\n",
    "repeated by a constant": "x = '../a' * True\nlast = 1\n",
    "repeated by a constant on the left": "x = True * '../a'\nlast = 1\n",
    "repeated by an odd number": "x = '../a' * 0x2\nlast = 1\n",
    "repeated, side by side": "x = 2 * '../a' '/b'\nlast = 1\n",
    "repeated from the left": "x = 2 * '../a'\n",
    "repeated in brackets": "x = ('../' '../') * 2\n",
    "character of a string": "x = 'abc'[0]\n",
    "deep defaults": "def f(a=((((((1,),),),),),)): pass\n",
    "lambda with a dict": "x = lambda a={1: 2}, b=1: b\n",
    "from over lines": "def f():\n    raise E(\n        a\n    ) \\\n    from e; import\n",
    "very long sum": "x = 'a'" + " + ('b')" * 20 + "\n",
    "odd import": "def f():\n    import a-b\n",
}


@pytest.mark.parametrize("source", UNCERTAIN.values(), ids=UNCERTAIN.keys())
def test_uncertain_files_are_compiled(source: str | bytes) -> None:
    """What is not plain is left to the compiler."""
    raw = source if isinstance(source, bytes) else source.encode()
    assert scan(raw) is None
    assert read_facts(raw) == read_facts(raw, whole=True)


def test_what_does_not_parse_is_found_where_a_tree_is_needed() -> None:
    """A mistake inside a function is not seen by the scanner; where a tree is asked for, the file is unparsed."""
    source = b"import importlib\ndef f():\n    x = = importlib.import_module('a')\n"
    assert scan(source) is not None
    assert isinstance(read_facts(source), Unparsed)


def test_imports_of_a_file_with_a_mistake_in_a_function_are_found() -> None:
    """It cannot be imported, but the edges it would have are there."""
    facts = read("import a\ndef f():\n    x = = 1\n    import b\n")
    assert facts.imports == (Import("a", 0, (), 1), Import("b", 0, (), 4))
