"""Which scripts a file may start whose names it puts together, and which modules a computed name can be."""

# ruff: noqa: E501 - a table has one case a line
from __future__ import annotations

import pytest
from sketch import draw

from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import FileFacts, dump_facts, load_facts

T = "tests/test_a.py"
FILES = {
    "plugins/one.py": "",
    "plugins/deep/two.py": "",
    "other/one.py": "",
    "tests/kept.py": "",
    "tests/test_z.py": "",
}
JOIN = "import os\n"
RUN = "import helper\n"

FOUND = {
    "joined": JOIN + "def load(n): open(os.path.join('plugins', f'{n}.py'))\n",
    "joined by a slash": "from pathlib import Path\ndef load(n): open(Path('plugins') / (n + '.py'))\n",
    "in one string": "def load(n): open(f'plugins/{n}.py')\n",
    "in one string behind a root": "def load(root, n): open(f'{root}/plugins/{n}.py')\n",
    "in one sum": "def load(n): open('plugins' + '/' + n + '.py')\n",
    "in one format": "def load(n): open('plugins/%s.py' % n)\n",
    "by names": JOIN + "BASE = 'plugins'\ndef load(n):\n    here = BASE\n    name = n + '.py'\n    open(os.path.join(here, name))\n",
    "by an attribute": JOIN + "class A:\n    base = 'plugins'\n    def load(self, n): open(os.path.join(self.base, n + '.py'))\n",
    "by an attribute set from outside": JOIN + "class A:\n    def load(self, n): open(os.path.join(self.base, n + '.py'))\na = A()\na.base = 'plugins'\n",
    "by setattr": JOIN + "class A:\n    def load(self, n): open(os.path.join(self.base, n + '.py'))\nsetattr(A, 'base', 'plugins')\n",
    "by setattr of any": JOIN + "class A:\n    def load(self, n): open(os.path.join(self.base, n + '.py'))\nsetattr(A, key, 'plugins')\n",
    "by getattr": JOIN + "class A:\n    base = 'plugins'\ndef load(n): open(os.path.join(getattr(A, 'base'), n + '.py'))\n",
    "by getattr of any": JOIN + "class A:\n    base = 'plugins'\ndef load(n, key): open(os.path.join(getattr(A, key), n + '.py'))\n",
    "by a field": JOIN + "class A(NamedTuple):\n    base: str\ndef load(a, n): open(os.path.join(a.base, n + '.py'))\nload(A('plugins'), 'one')\n",
    "by a keyword": JOIN + "def load(a, n): open(os.path.join(a.base, n + '.py'))\nload(Config(base='plugins'), 'one')\n",
    "by __init__": JOIN + "class A:\n    def __init__(self, base): self.base = base\n    def load(self, n): open(os.path.join(self.base, n + '.py'))\nA('plugins').load('one')\n",
    "by a parameter": JOIN + "def load(base, n): open(os.path.join(base, n + '.py'))\nload('plugins', 'one')\n",
    "by a parameter with a name": JOIN + "def load(n, *, base): open(os.path.join(base, n + '.py'))\nload('one', base='plugins')\n",
    "by a default": JOIN + "def load(n, base='plugins'): open(os.path.join(base, n + '.py'))\n",
    "by a default of a keyword": JOIN + "def load(n, *, base='plugins'): open(os.path.join(base, n + '.py'))\n",
    "by many arguments": JOIN + "def load(base, n): open(os.path.join(base, n + '.py'))\nload(*['plugins', 'one'])\n",
    "by a result": JOIN + "def where(): return 'plugins'\ndef load(n): open(os.path.join(where(), n + '.py'))\n",
    "by a fixture": JOIN + "@pytest.fixture\ndef base(): yield 'plugins'\ndef test(base): open(os.path.join(base, n + '.py'))\n",
    "by parametrize": JOIN + "@pytest.mark.parametrize('base', ['plugins'])\ndef test(base): open(os.path.join(base, n + '.py'))\n",
    "by a loop": JOIN + "for base in ['plugins', 'x']:\n    open(os.path.join(base, n + '.py'))\n",
    "by a comprehension": JOIN + "[open(os.path.join(base, n + '.py')) for base in ('plugins',)]\n",
    "by a table": JOIN + "T = {'a': 'plugins'}\ndef load(k, n): open(os.path.join(T[k], n + '.py'))\n",
    "by get": JOIN + "T = {'a': 'plugins'}\ndef load(k, n): open(os.path.join(T.get(k), n + '.py'))\n",
    "by the keys of a table": JOIN + "T = {'plugins': 1}\ndef load(n):\n    for base in T: open(os.path.join(base, n + '.py'))\n",
    "by items": JOIN + "T = {'plugins': 1}\ndef load(n):\n    for base, _ in T.items(): open(os.path.join(base, n + '.py'))\n",
    "by append": JOIN + "found = []\nfound.append('plugins')\ndef load(n): open(os.path.join(found[0], n + '.py'))\n",
    "by a key that is set": JOIN + "T = {}\nT['a'] = 'plugins'\ndef load(n): open(os.path.join(T['a'], n + '.py'))\n",
    "by a condition": JOIN + "def load(n): open(os.path.join('plugins' if n else 'x', n + '.py'))\n",
    "by an or": JOIN + "def load(n, base=None): open(os.path.join(base or 'plugins', n + '.py'))\n",
    "by a match": JOIN + "match 'plugins':\n    case base: open(os.path.join(base, n + '.py'))\n",
    "by with": JOIN + "with enter('plugins') as base: open(os.path.join(base, n + '.py'))\n",
    "by a walrus": JOIN + "if base := 'plugins': open(os.path.join(base, n + '.py'))\n",
    "by map": JOIN + "def load(base): open(os.path.join(base, n + '.py'))\nlist(map(load, ['plugins']))\n",
    "by a lambda": JOIN + "list(map(lambda base: open(os.path.join(base, n + '.py')), ['plugins']))\n",
    "by a function in a table": JOIN + "def load(base): open(os.path.join(base, n + '.py'))\nT = [load]\nT[0]('plugins')\n",
    "by a function of another name": JOIN + "def load(base): open(os.path.join(base, n + '.py'))\ng = load\ng('plugins')\n",
    "by a parser": JOIN + "p = ArgumentParser()\np.add_argument('--dir', default='plugins')\nargs = p.parse_args()\nopen(os.path.join(args.dir, n + '.py'))\n",
    "beside the name": RUN + "def load(n): helper.run('plugins', f'{n}.py')\n",
    "beside the name of the name": RUN + "def load(n):\n    name = f'{n}.py'\n    helper.run('plugins', script=name)\n",
    "beside a name that is made elsewhere": RUN + "def name_of(n): return f'{n}.py'\ndef load(n): helper.run('plugins', name_of(n))\n",
    "as the working directory": "import subprocess\ndef load(n): subprocess.run(['python', f'{n}.py'], cwd='plugins')\n",
    "as the working directory, before": JOIN + "os.chdir('plugins')\ndef load(n): open(f'{n}.py')\n",
    "as a place of modules": "import sys\nsys.path.insert(0, 'plugins')\ndef load(n): open(f'{n}.py')\n",
    "as a place of modules, added": "import sys\nsys.path += ['plugins']\ndef load(n): open(f'{n}.py')\n",
    "handed out and back": JOIN + "PLUGINS = 'plugins'\ndef load(base, n): open(os.path.join(base, n + '.py'))\n",
    "handed out of a list and back": JOIN + "ALL = ['plugins']\ndef load(base, n): open(os.path.join(base, n + '.py'))\n",
    "handed out by a function and back": JOIN + "def where():\n    return os.path.abspath('plugins')\ndef load(base, n): open(os.path.join(base, n + '.py'))\n",
    "by what nobody can follow": JOIN + "exec('x')\nx = 'plugins'\ndef load(n): open(os.path.join(base, n + '.py'))\n",
    "by a global": JOIN + "def choose():\n    global base\n    base = 'plugins'\ndef load(n): open(os.path.join(base, n + '.py'))\n",
    "by more targets": JOIN + "(base, *rest), other = ('plugins', 'x'), 1\ndef load(n): open(os.path.join(rest[0], n + '.py'))\n",
    "by a table that is made": JOIN + "T = {k: v for k, v in [('a', 'plugins')]}\ndef load(n): open(os.path.join(T['a'], n + '.py'))\n",
    "by the rest of a match": JOIN + "match {'a': 'plugins'}:\n    case {**rest}: open(os.path.join(rest['a'], n + '.py'))\n",
    "by the name of a match": JOIN + "match ['plugins']:\n    case [*names]: open(os.path.join(names[0], n + '.py'))\n",
    "by bytes": JOIN + "def load(n): open(os.path.join(b'plugins'.decode(), n + '.py'))\n",
    "by a default of a method": JOIN + "T = {}\ndef load(k, n): open(os.path.join(T.get(k, 'plugins'), n + '.py'))\n",
    "by a named lambda": JOIN + "where = lambda: 'plugins'\ndef load(n): open(os.path.join(where(), n + '.py'))\n",
    "by __dict__": JOIN + "class A:\n    base = 'plugins'\ndef load(k, n): open(os.path.join(A.__dict__[k], n + '.py'))\n",
    "by two parameters at once": JOIN + "def load(base, n): open(os.path.join(base, n + '.py'))\nload(**{'base': 'plugins'})\n",
    "in an exception": JOIN + "try:\n    BASE = 'plugins'\nexcept X:\n    BASE = 'x'\ndef load(base, n): open(os.path.join(base, n + '.py'))\n",
    "of a string of its own": JOIN + "EXT = '.py'\ndef load(n): open(os.path.join('plugins', n + EXT))\n",
    "with another suffix": "from pathlib import Path\ndef load(n): open(Path('plugins', n).with_suffix('.py'))\n",
    "a node id": RUN + "def load(n): helper.run(f'plugins/{n}.py::test')\n",
    "a command": RUN + "def load(n): helper.run('python plugins/%s.py --fast' % n)\n",
}  # fmt: skip

NEVER = {
    "compared": JOIN + "def load(base, n, kind):\n    if kind == 'plugins': return\n    open(os.path.join(base, n + '.py'))\n",
    "looked up": JOIN + "def load(base, n, t):\n    t['plugins']\n    open(os.path.join(base, n + '.py'))\n",
    "imported": JOIN + "def load(base, n):\n    importlib.import_module('plugins')\n    open(os.path.join(base, n + '.py'))\n",
    "handed to another function": JOIN + "def load(base, n):\n    kind = 'plugins'\n    use(kind=kind)\n    open(os.path.join(base, n + '.py'))\n",
    "a key of a table": JOIN + "T = {'plugins': ['a']}\ndef load(base, n): open(os.path.join(base, n + '.py'))\n",
    "a parameter of a test": RUN + "@pytest.mark.parametrize('tab', ['plugins', 'x'])\ndef test(tab): helper.run(tab)\ndef load(n): helper.make(f'tests/f{n}.py::t')\n",
    "local to another function": JOIN + "def f():\n    base = 'plugins'\n    return len(base)\ndef load(base, n): open(os.path.join(base, n + '.py'))\n",
    "the name of a scheme": JOIN + "def load(base, n):\n    log('plugins')\n    open(os.path.join(base, n + '.py'))\n",
    "a class is asked about": JOIN + "def load(base, n, o):\n    hasattr(o, 'plugins')\n    open(os.path.join(base, n + '.py'))\n",
    "what is made of it goes out": JOIN + "def f():\n    return Model('plugins')\ndef load(base, n): open(os.path.join(base, n + '.py'))\n",
}  # fmt: skip


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND)
def test_folder(text: str) -> None:
    """The folder that a name meets is looked into, however it comes there; but not for tests."""
    reached = draw({**FILES, T: text}).reached("plugins/one.py")
    assert T in reached
    assert "tests/test_z.py" not in reached


@pytest.mark.parametrize("text", NEVER.values(), ids=NEVER)
def test_no_folder(text: str) -> None:
    """A folder's name that never meets the name of a script is a word like others."""
    sketch = draw({**FILES, T: text})
    assert T not in sketch.reached("plugins/one.py")
    facts = read_facts(text.encode())
    assert isinstance(facts, FileFacts)
    assert facts.made is not None
    assert facts.made.words is not None
    assert "plugins" not in facts.made.words


@pytest.mark.parametrize(
    ("text", "changed", "runs"),
    [
        ("f'plugins/o{n}.py'", "plugins/one.py", True),
        ("f'{root}/plugins/o{n}.py'", "plugins/one.py", True),
        ("f'./plugins/o{n}.py'", "plugins/one.py", True),
        ("f'plugins/{d}/t{n}.py'", "plugins/deep/two.py", True),
        ("f'plugins/d{n}.py'", "plugins/deep/two.py", True),
        ("f'plugins/o{n}.py::test[{n}]'", "plugins/one.py", True),
        ("f'plugins/t{n}.py'", "plugins/one.py", False),
        ("f'plugins/o{n}.py'", "other/one.py", False),
        ("f'plugins/o{n}.py', 'other'", "other/one.py", False),
        ("f'plugins/t{n}.py', os.path.join('plugins', f'{n}.py')", "plugins/one.py", True),
        ("f'tests/k{n}.py'", "tests/kept.py", True),
        ("f'tests/test_{n}.py'", "tests/test_z.py", False),
    ],
)
def test_beginning_of_a_name(text: str, changed: str, *, runs: bool) -> None:
    """Where the beginning of a script's name stands in the same string, only scripts that begin so can be meant."""
    sketch = draw({**FILES, T: f"import os\ndef load(n, d, root): run({text})\n"})
    assert (T in sketch.reached(changed)) == runs


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("open('ne.py')", False),
        ("check('ne.py::test')", False),
        ("open(f'{x}ne.py')", True),
        ("open('%sne.py' % x)", True),
        ("open(x + 'ne.py')", True),
        ("open(x +\n    r'ne.py')", True),
        ("END = 'ne.py'\nopen(x + END)", True),
        ("load(end='ne.py')", True),
        ("x = open('ne.py')", False),
        ("x = f(1) + g('ne.py')", False),
        ("open(''.join([x, 'ne.py']))", True),
        ("open('%s%s' % (x, 'ne.py'))", True),
        ("open(os.path.join(x, 'ne.py'))", False),
        ("if x == 'ne.py': pass", False),
        ("open(f'{x}_e.py')", False),
        ("open('one.py')", True),
    ],
)
def test_end_of_a_name(text: str, *, runs: bool) -> None:
    """A whole name that no script has is none's end, unless it is put behind something."""
    assert (T in draw({**FILES, T: f"{text}\n"}).reached("plugins/one.py")) == runs


RETURNS = "import importlib\nclass A:\n    def __kind(self, x):\n        if x: return 'a'\n        return 'b'\n    def load(self, x):\n        kind = self.__kind(x)\n        return importlib.import_module(f'pkg.{kind}')\n"
PLAIN = "import importlib\ndef kind(x):\n    if x: return 'a'\n    return 'b'\ndef load(x): return importlib.import_module('pkg.' + kind(x))\n"
MODULES = {"pkg/__init__.py": "", "pkg/a.py": "", "pkg/b.py": "", "pkg/c.py": ""}


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (PLAIN, False),
        (RETURNS, False),
        (PLAIN.replace("def kind", "@functools.cache\ndef kind"), False),
        (RETURNS.replace("    def __kind(self, ", "    @staticmethod\n    def __kind("), False),
        (PLAIN.replace("kind(x))", "kind(x) + '')"), False),
        (PLAIN.replace("return 'b'", "return x"), True),
        (PLAIN.replace("return 'b'", "return 'b' + x"), True),
        (PLAIN.replace("return 'b'", "yield 'b'"), True),
        (PLAIN.replace("def kind", "@wrap\ndef kind"), True),
        (PLAIN.replace("def kind", "async def kind"), True),
        (PLAIN + "def kind(x): return x\n", True),
        (PLAIN + "kind = other\n", True),
        (PLAIN.replace("load(x)", "load(x, kind)"), True),
        (PLAIN.replace("import importlib\n", "import importlib\nfrom other import kind\n"), True),
        (RETURNS.replace("__kind", "kind_of"), True),
        (RETURNS.replace("__kind", "_kind"), False),
        (RETURNS.replace("__kind", "_kind").replace("    def load", "class B(C):\n    def load"), True),
        (PLAIN.replace("def kind", "def _kind") + "class A(B):\n    def load(self): return importlib.import_module('pkg.' + self._kind(1))\n", True),
        (RETURNS.replace("__kind", "_kind__"), True),
        (RETURNS.replace("__kind", "_kind") + "class B(A):\n    m = importlib.import_module('pkg.' + self._kind(1))\n", True),
        ("import importlib\ndef _kind(x): return 'a' if x else 'b'\nm = importlib.import_module(f'pkg.{self._kind(1)}')\n", True),
        (RETURNS.replace("__kind", "_kind") + "A._kind = other\n", True),
        (RETURNS.replace("__kind", "_kind") + "class B(A): _kind = other\n", True),
        (RETURNS.replace("__kind", "_kind") + "setattr(A, '_kind', other)\n", True),
        (RETURNS.replace("__kind", "_kind") + "class B(A):\n    def _kind(self, x): return x\n", True),
        (RETURNS.replace("__kind", "_kind") + "class B(A):\n    def _kind(self, x): return 'c'\n", True),
        (RETURNS.replace("self.__kind(x)", "other.__kind(x)"), True),
        (PLAIN.replace("def kind(x):\n", "def kind(x):\n    def inner(): return x\n"), False),
    ],
)  # fmt: skip
def test_results(text: str, *, more: bool) -> None:
    """A function that returns nothing but strings gives one of these, as does a method that nobody overrides."""
    edges = {target for target, _, _ in draw({**MODULES, T: text}).edges(T)}
    assert {"pkg/a.py", "pkg/b.py"} <= edges
    assert ("pkg/c.py" in edges) == more


@pytest.mark.parametrize(
    ("other", "more"),
    [
        ("class B(A):\n    def {}(self, x): return 'c'\n", True),
        ("class B(A):\n    {} = other\n", True),
        ("A.{} = other\n", True),
        ("def test(monkeypatch): monkeypatch.setattr(A, '{}', other)\n", True),
        ("@patch('test_a.A.{}', new=other)\ndef test(): pass\n", True),
        ("B = type('B', (A,), dict({}=other))\n", True),
        ("def {}(x) return x\n", True),
        ("class B(A):\n    def load(self, x): return super().load(x)\n", False),
    ],
)
def test_results_of_a_method_that_others_override(other: str, *, more: bool) -> None:
    """A method whose name another file mentions may be a subclass's, which returns something else; a private one may not."""
    files = {**MODULES, "pkg/more.py": "", "pkg/kinds.py": "", "tests/test_b.py": other.format("_kind")}
    edges = {target for target, _, _ in draw({**files, T: RETURNS.replace("__kind", "_kind")}).edges(T)}
    assert {"pkg/a.py", "pkg/b.py"} <= edges
    assert ("pkg/c.py" in edges) == more
    private = draw({**files, T: RETURNS, "tests/test_b.py": other.format("__kind")}).edges(T)
    assert "pkg/c.py" not in {target for target, _, _ in private}


OWN = "import importlib\nm = importlib.import_module({})\n"


@pytest.mark.parametrize(
    ("name", "edge"),
    [
        ("__name__.split('.')[0]", True),
        ("__name__.split('.', 1)[0]", True),
        ("__package__.partition('.')[0]", True),
        ("__name__.split('.')[0] + '.sub.x'", True),
        ("__name__.split('.')[1]", False),
        ("__name__.rsplit('.')[0]", False),
        ("name.split('.')[0]", False),
    ],
)
def test_own_package(name: str, *, edge: bool) -> None:
    """The topmost package of a module is known to it; no other module is meant."""
    files = {
        "src/pkg/__init__.py": "",
        "src/pkg/sub/__init__.py": "",
        "src/pkg/sub/x.py": "",
        "src/pkg/sub/y.py": "",
    }
    edges = draw({**files, "src/pkg/sub/z.py": OWN.format(name)}, pythonpath=["src"]).edges(
        "src/pkg/sub/z.py"
    )
    plain = {(target, kind) for target, kind, _ in edges if kind != "PACKAGE"}
    wanted = "src/pkg/sub/x.py" if "sub" in name else "src/pkg/__init__.py"
    assert (
        plain
        == (
            {(wanted, "STRING")}
            | {("src/pkg/sub/__init__.py", "STRING") for _ in plain if "sub" in name and len(plain) > 1}
        )
        if edge
        else all(kind == "COMPUTED" for _, kind in plain)
    )


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("name.startswith('pkg.')", False),
        ("name.startswith(('other.', 'pkg.'))", False),
        ("name.removeprefix('pkg.')", False),
        ("load('pkg.' + name)", True),
        ("load(f'pkg.{name}')", True),
        ("name.startswith('pkg.'); load('pkg.' + name)", True),
        ("PREFIX = 'pkg.'", True),
        ("name.replace('x.', 'pkg.')", True),
        ("importlib.import_module(name if name.startswith('pkg.') else 'x')", True),
        ("finder.find_spec(name, path, None) if name.startswith('pkg.') else None", False),
        ("importlib.util.find_spec(name) if name.startswith('pkg.') else None", True),
    ],
)
def test_beginning_of_a_module(text: str, *, runs: bool) -> None:
    """The beginning of a module's name that is only asked for is put in front of nothing."""
    assert (T in draw({**MODULES, T: f"{text}\n"}).reached("pkg/a.py")) == runs


def test_kept() -> None:
    """What is known of names that are put together survives being remembered."""
    for text in ("x = f'a/b{n}.py'", "exec(x)\nx = n + '.py'", "x = 1"):
        facts = read_facts(f"{text}\n".encode())
        assert load_facts(dump_facts(facts)) == facts
