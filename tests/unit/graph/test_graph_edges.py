"""Every row of the table of edges: a small project, a changed file, who must be reached and who need not."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sketch import draw


@dataclass(frozen=True)
class Row:
    """A project; `changed` must reach all of `must` and none of `never`."""

    files: dict[str, str]
    changed: str
    must: tuple[str, ...]
    never: tuple[str, ...] = ("tests/test_z.py",)
    options: dict[str, object] = field(default_factory=dict)


A = {"pkg/__init__.py": "", "pkg/a.py": "x = 1\n", "pkg/b.py": "y = 1\n", "tests/test_z.py": "import pkg.b\n"}
T = "tests/test_a.py"


def on_a(text: str, **more: str) -> Row:
    """Return a row in which the text of a test must depend on `pkg/a.py`, and a test of `pkg/b.py` must not."""
    return Row({**A, T: text, **more}, "pkg/a.py", (T,))


LAZY = {
    "pkg/a.py": "class Alpha: pass\n",
    "pkg/b.py": "class Beta: pass\n",
    "tests/test_a.py": "from pkg import Alpha\n",
    "tests/test_z.py": "from pkg import Beta\n",
}


def lazily(init: str, **more: str) -> Row:
    """Return a row in which `from pkg import Alpha` must lead to `pkg/a.py` and `Beta` must not."""
    return Row({**LAZY, "pkg/__init__.py": init, **more}, "pkg/a.py", (T,))


GETATTR = """
def __getattr__(name):
    if name not in TABLE:
        raise AttributeError(name)
    return getattr(importlib.import_module(TABLE[name], __name__), name)
"""

ROWS = {
    # imports, in any scope
    "import": on_a("import pkg.a\n"),
    "import as": on_a("import pkg.a as q\n"),
    "from import": on_a("from pkg.a import x\n"),
    "from package import module": on_a("from pkg import a\n"),
    "star": on_a("from pkg.a import *\n"),
    "in a function": on_a("def test():\n    from pkg.a import x\n"),
    "in a method": on_a("class T:\n    def test(self):\n        import pkg.a\n"),
    "in a class body": on_a("class T:\n    import pkg.a\n"),
    "in try": on_a("try:\n    import pkg.a\nexcept ImportError:\n    pass\n"),
    "in except": on_a("try:\n    import no\nexcept ImportError:\n    import pkg.a\n"),
    "in else of if": on_a("import sys\nif sys.argv:\n    pass\nelse:\n    import pkg.a\n"),
    "in with": on_a("with open('x'):\n    import pkg.a\n"),
    "in match": on_a("import sys\nmatch sys.argv:\n    case []:\n        import pkg.a\n"),
    "in a lambda's default": on_a("f = lambda x=__import__('pkg.a'): x\n"),
    "after a semicolon": on_a("import os; import pkg.a\n"),
    "attribute of an imported package": on_a("import pkg\nprint(pkg.a.x)\n"),
    "behind an alias": on_a("import pkg as p\nprint(p.a.x)\n"),
    "relative": Row(
        {**A, "pkg/c.py": "from .a import x\n", T: "import pkg.c\n"}, "pkg/a.py", ("pkg/c.py", T)
    ),
    "relative module": Row({**A, "pkg/c.py": "from . import a\n", T: "import pkg.c\n"}, "pkg/a.py", (T,)),
    "relative to a parent": Row(
        {**A, "pkg/s/__init__.py": "", "pkg/s/c.py": "from ..a import x\n", T: "import pkg.s.c\n"},
        "pkg/a.py",
        (T,),
    ),
    "parent __init__": Row({**A, T: "from pkg.a import x\n"}, "pkg/__init__.py", (T, "pkg/a.py"), ()),
    "top __init__": Row({"__init__.py": "", "test_a.py": ""}, "__init__.py", ("test_a.py",), ()),
    # re-exports
    "re-export": Row(
        {
            **A,
            "pkg/__init__.py": "from .c import x\n",
            "pkg/c.py": "from .a import x\n",
            T: "from pkg import x\n",
            "tests/test_z.py": "",
        },
        "pkg/a.py",
        (T,),
    ),
    "star of __all__": Row(
        {**A, "pkg/__init__.py": "__all__ = ['a']\n", T: "from pkg import *\n"}, "pkg/a.py", (T,)
    ),
    # imports that only a type checker executes
    "type checking": Row(
        {**A, T: "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pkg.a\n"},
        "pkg/a.py",
        (),
        (T,),
    ),
    "not type checking": on_a("from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    import pkg.a\n"),
    # lazy packages
    "PEP 562 with a dict": lazily("import importlib\nTABLE = {'Alpha': '.a', 'Beta': '.b'}\n" + GETATTR),
    "PEP 562 with full names": lazily(
        "import importlib\nTABLE = {'Alpha': 'pkg.a', 'Beta': 'pkg.b'}\n" + GETATTR
    ),
    "PEP 562 with tuples": lazily(
        "import importlib\nTABLE = {'Alpha': ('a', 'Alpha'), 'Beta': ('b', 'Beta')}\n"
        "def __getattr__(name):\n    mod, attr = TABLE[name]\n"
        "    return getattr(importlib.import_module('.' + mod, __name__), attr)\n"
    ),
    "PEP 562 by comparison": lazily(
        "def __getattr__(name):\n    if name == 'Alpha':\n        from .a import Alpha\n        return Alpha\n"
        "    raise AttributeError(name)\n",
        **{"tests/test_z.py": ""},
    ),
    "PEP 562 by several comparisons": lazily(
        "def __getattr__(name):\n    if name in ('Alpha', 'Alias'):\n        from . import a\n"
        "        return a.Alpha\n    elif name == 'Beta':\n        from .b import Beta\n        return Beta\n"
        "    raise AttributeError(name)\n",
    ),
    "PEP 562 by a match statement": lazily(
        "import importlib\ndef __getattr__(name):\n    match name:\n        case 'Alpha' | 'Alias':\n"
        "            return importlib.import_module('.a', __name__).Alpha\n        case 'Beta':\n"
        "            from pkg.b import Beta\n            return Beta\n    raise AttributeError(name)\n",
    ),
    "PEP 562 by names that are bound": lazily(
        "import importlib\n_A = ('Alpha',)\n_B = frozenset({'Beta'})\ndef __getattr__(name):\n"
        "    if name in _A:\n        return getattr(importlib.import_module('.a', __name__), name)\n"
        "    if name in _B:\n        return getattr(importlib.import_module('.b', __name__), name)\n"
        "    raise AttributeError(name)\n",
    ),
    "PEP 562, a name that is also a module": Row(
        {
            **LAZY,
            "pkg/__init__.py": "def __getattr__(name):\n    if name == 'b':\n        from .a import Alpha\n"
            "        return Alpha\n    raise AttributeError(name)\n",
            T: "from pkg import b\n",
        },
        "pkg/a.py",
        (T,),
        (),
    ),
    "PEP 562, a name that is another by then": lazily(
        "def __getattr__(name):\n    name = name.lower()\n    if name == 'alpha':\n        from .a import Alpha\n"
        "        return Alpha\n    raise AttributeError(name)\n",
        **{"tests/test_z.py": ""},
    ),
    "PEP 562, asked by the module itself": Row(
        {
            **LAZY,
            "pkg/__init__.py": "def __getattr__(name):\n    if name == 'Alpha':\n        from .a import Alpha\n"
            "        return Alpha\n    raise AttributeError(name)\nbase = __getattr__('Alpha')\n",
            T: "from pkg import base\n",
        },
        "pkg/a.py",
        (T,),
        (),
    ),
    "PEP 562, a branch for other names too": lazily(
        "def __getattr__(name):\n    if name == 'Gamma' or FLAG:\n        from .a import Alpha\n"
        "        return Alpha\n    raise AttributeError(name)\n",
        **{"tests/test_z.py": ""},
    ),
    "PEP 562 with a table turned round": lazily(
        "import importlib\nM = {'a': ['Alpha'], 'b': ['Beta']}\nT = {v: k for k, vs in M.items() for v in vs}\n"
        "def __getattr__(name):\n    if name in T:\n"
        "        return getattr(importlib.import_module(f'{__name__}.{T[name]}'), name)\n    raise AttributeError(name)\n"
    ),
    "PEP 562 with entry points": lazily(
        "import importlib\nT = {'Alpha': 'pkg.a:Alpha', 'Beta': 'pkg.b:Beta'}\ndef __getattr__(name):\n"
        "    m, n = T[name].split(':')\n    return getattr(importlib.import_module(m), n)\n"
    ),
    "PEP 562 with pairs": Row(
        {
            **LAZY,
            "pkg/__init__.py": "import importlib\nP = [('a', ['Alpha']), ('b', ['Beta'])]\ndef __getattr__(name):\n"
            "    for m, names in P:\n        if name in names:\n"
            "            return getattr(importlib.import_module('.' + m, __name__), name)\n    raise AttributeError(name)\n",
            T: "import pkg\npkg.Alpha\n",
            "tests/test_z.py": "import pkg\npkg.Beta\n",
        },
        "pkg/a.py",
        (T,),
    ),
    "_import_structure": lazily(
        "import sys\nfrom typing import TYPE_CHECKING\nfrom .lazy import _LazyModule\n"
        "_import_structure = {'a': ['Alpha'], 'b': ['Beta']}\n"
        "if TYPE_CHECKING:\n    from .a import Alpha\n    from .b import Beta\nelse:\n"
        "    sys.modules[__name__] = _LazyModule(__name__, globals()['__file__'], _import_structure)\n",
        **{"pkg/lazy.py": "class _LazyModule: pass\n"},
    ),
    "_import_structure, TYPE_CHECKING or a flag": lazily(
        "import sys\nfrom typing import TYPE_CHECKING\nfrom .lazy import FLAG, _LazyModule\n"
        "_import_structure = {}\n_import_structure['a'] = ['Alpha']\n_import_structure['b'] = ['Beta']\n"
        "if TYPE_CHECKING or FLAG:\n    from .a import Alpha\n    from .b import Beta\nelse:\n"
        "    sys.modules[__name__] = _LazyModule(__name__, globals()['__file__'], _import_structure)\n",
        **{"pkg/lazy.py": "FLAG = False\nclass _LazyModule: pass\n"},
    ),
    "define_import_structure": lazily(
        "import sys\nfrom typing import TYPE_CHECKING\nfrom .lazy import _LazyModule, define_import_structure\n"
        "if TYPE_CHECKING:\n    from .a import *\n    from .b import *\nelse:\n    _file = globals()['__file__']\n"
        "    sys.modules[__name__] = _LazyModule(__name__, _file, define_import_structure(_file))\n",
        **{"pkg/lazy.py": "class _LazyModule: pass\ndef define_import_structure(f): pass\n"},
    ),
    "lazy_loader.attach": lazily(
        "import lazy_loader as lazy\n__getattr__, __dir__, __all__ = lazy.attach(\n"
        "    __name__, submod_attrs={'a': ['Alpha'], 'b': ['Beta']})\n"
    ),
    "lazy_loader.attach of modules": Row(
        {
            **LAZY,
            "pkg/__init__.py": "import lazy_loader\n__getattr__, __dir__, _ = lazy_loader.attach(__name__, ['a', 'b'])\n",
            T: "import pkg\npkg.a.Alpha\n",
            "tests/test_z.py": "import pkg\npkg.b.Beta\n",
        },
        "pkg/a.py",
        (T,),
    ),
    "lazy_loader.attach_stub": lazily(
        "import lazy_loader as lazy\n__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)\n",
        **{"pkg/__init__.pyi": "from .a import Alpha\nfrom .b import Beta\n"},
    ),
    "lazy_loader.attach_stub, as an attribute": Row(
        {
            **LAZY,
            "pkg/__init__.py": "import lazy_loader\n__getattr__, __dir__, _ = lazy_loader.attach_stub(__name__, __file__)\n",
            "pkg/__init__.pyi": "from .a import Alpha\nfrom .b import Beta\n",
            T: "import pkg\npkg.Alpha\n",
            "tests/test_z.py": "import pkg\npkg.Beta\n",
        },
        "pkg/a.py",
        (T,),
    ),
    "lazy packages in lazy packages": Row(
        {
            **{"pkg/sub/" + path[4:]: text for path, text in LAZY.items() if path.startswith("pkg")},
            "pkg/__init__.py": "import lazy_loader\n__getattr__, __dir__, _ = lazy_loader.attach(__name__, ['sub'])\n",
            "pkg/sub/__init__.py": "import lazy_loader\n"
            "__getattr__, __dir__, _ = lazy_loader.attach(__name__, submod_attrs={'a': ['Alpha'], 'b': ['Beta']})\n",
            T: "import pkg\npkg.sub.Alpha\n",
            "tests/test_z.py": "import pkg\npkg.sub.Beta\n",
        },
        "pkg/sub/a.py",
        (T,),
    ),
    "all names that a lazy package lists": Row(
        {
            **LAZY,
            "pkg/__init__.py": "import lazy_loader\n"
            "__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={'a': ['Alpha'], 'b': ['Beta']})\n",
            T: "import pkg\nfor name in pkg.__all__: getattr(pkg, name)\n",
        },
        "pkg/a.py",
        (T,),
    ),
    "lazy module through getattr": Row(
        {
            **LAZY,
            "pkg/__init__.py": "import importlib\nN = ['a', 'b']\ndef __getattr__(name):\n    if name in N:\n"
            "        return importlib.import_module(f'.{name}', __name__)\n    raise AttributeError(name)\n",
            T: "import pkg\nc = getattr(pkg, 'a')\n",
            "tests/test_z.py": "import pkg\nc = pkg.b\n",
        },
        "pkg/a.py",
        (T,),
    ),
    "lazy name through getattr": Row(
        {
            **LAZY,
            "pkg/__init__.py": "import importlib\nTABLE = {'Alpha': '.a', 'Beta': '.b'}\n" + GETATTR,
            T: "import pkg\nc = getattr(pkg, 'Alpha')\n",
        },
        "pkg/a.py",
        (T,),
    ),
    "lazy name that is only compared with": Row(
        {
            **LAZY,
            "pkg/__init__.py": "import importlib\nTABLE = {'Alpha': '.a', 'Beta': '.b'}\n" + GETATTR,
            "asking.py": "def ask(name):\n    if name in ['Beta', 'Alpha']:\n        raise ValueError(name)\n",
            "taking.py": "def take(m, name):\n    return getattr(m, 'Alpha') if name == 'Alpha' else None\n",
            "tests/test_asks.py": "import pkg, asking\n",
            "tests/test_takes.py": "import pkg, taking\n",
            T: "import pkg\ndef test(x):\n    if x.name == 'Alpha':\n        x.check()\n",
        },
        "pkg/a.py",
        (T, "tests/test_takes.py"),
        ("tests/test_asks.py",),
    ),
    "lazy name nobody lists": Row(
        {
            **LAZY,
            "pkg/__init__.py": (
                "import importlib\ndef __getattr__(name):\n"
                "    return importlib.import_module('.' + name.lower(), __name__)\n"
            ),
            T: "from pkg import A\n",
        },
        "pkg/a.py",
        (T,),
        (),
    ),
    # strings
    "import_module": on_a("from importlib import import_module\nimport_module('pkg.a')\n"),
    "import_module of a bare name": Row(
        {"tests/helper.py": "", T: "import importlib\nimportlib.import_module('helper')\n"},
        "tests/helper.py",
        (T,),
        (),
    ),
    "import_module, relative": Row(
        {
            **A,
            "pkg/c.py": "import importlib\nimportlib.import_module('.a', __package__)\n",
            T: "import pkg.c\n",
        },
        "pkg/a.py",
        (T,),
    ),
    "__import__ of what is taken": on_a("m = __import__('pkg', globals(), locals(), ['a'], 0)\n"),
    "__import__ with a list of names": on_a("m = __import__('pkg', fromlist=['a'])\n"),
    "__import__ of any that are taken": on_a(
        "def f(n):\n    return __import__('pkg', fromlist=[n])\n", **{"tests/test_z.py": ""}
    ),
    "__import__ with a level": Row(
        {**A, "pkg/c.py": "m = __import__('', globals(), locals(), ['a'], 1)\n", T: "import pkg.c\n"},
        "pkg/a.py",
        (T,),
    ),
    "importorskip": on_a("import pytest\npytest.importorskip('pkg.a')\n"),
    "mock.patch": on_a("from unittest import mock\n@mock.patch('pkg.a.x')\ndef test(m): pass\n"),
    "mock.patch behind a package's name": on_a(
        "from unittest import mock\nP = 'pkg'\n@mock.patch(f'{P}.a.x')\ndef test(m): pass\n"
    ),
    "mock.patch behind the name of a module": on_a(
        "from unittest import mock\nimport pkg\n@mock.patch(pkg.__name__ + '.a.x')\ndef test(m): pass\n"
    ),
    "an ending of files is no module": Row(
        {**A, "pkg/json.py": "", T: "P = 'pkg'\nopen(P + '.json')\n"}, "pkg/json.py", (), (T,)
    ),
    "mock.patch of a name like a file's": on_a(
        "from unittest import mock\n@mock.patch('pkg.a.json')\ndef test(m): pass\n"
    ),
    "setattr": on_a("def test(monkeypatch):\n    monkeypatch.setattr('pkg.a.x', 2)\n"),
    "run_module": on_a("import runpy\nrunpy.run_module('pkg.a')\n"),
    "python -m": on_a("import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'pkg.a'])\n"),
    "python -m in a shell line": on_a("import os\nos.system('python -m pkg.a --x')\n"),
    "python -m without a blank": on_a(
        "import subprocess, sys\nsubprocess.run([sys.executable, '-mpkg.a'])\n"
    ),
    "an option's value": on_a("run('--settings=pkg.a')\n"),
    "a tag of YAML": on_a("import yaml\nyaml.unsafe_load('!!python/name:pkg.a.x')\n"),
    "ext:// of logging": on_a("CONFIG = {'stream': 'ext://pkg.a.x'}\n"),
    "python -m of a package": Row(
        {
            **A,
            "pkg/__main__.py": "import pkg.a\n",
            T: "import subprocess\nsubprocess.run(['python', '-m', 'pkg'])\n",
        },
        "pkg/a.py",
        (T,),
    ),
    "entry point style": on_a("EP = 'pkg.a:x'\n"),
    "code in a string": on_a(
        "import subprocess\nsubprocess.run(['python', '-c', 'from pkg.a import x; print(x)'])\n"
    ),
    "code in long bytes": on_a(
        "def test(pytester):\n    run(b'" + "# filler\\n" * 40 + "import pkg.a\\n')\n"
    ),
    "exec of a made import": on_a("exec(f'from pkg import {name}')\n", **{"tests/test_z.py": ""}),
    # computed names
    "concatenation": on_a("from importlib import import_module\ndef f(x):\n    import_module('pkg.' + x)\n"),
    "f-string": on_a("import importlib\ndef f(x):\n    importlib.import_module(f'pkg.{x}')\n"),
    "percent": on_a("import importlib\ndef f(x):\n    importlib.import_module('pkg.%s' % x)\n"),
    "format": on_a("import importlib\ndef f(x):\n    importlib.import_module('pkg.{}'.format(x))\n"),
    "join": on_a("import importlib\ndef f(x):\n    importlib.import_module('.'.join(['pkg', x]))\n"),
    "constant prefix": on_a(
        "import importlib\nP = 'pkg'\ndef f(x):\n    importlib.import_module(f'{P}.{x}')\n"
    ),
    "format of a constant": on_a(
        "import importlib\nP = 'pkg'\ndef f(x):\n    importlib.import_module('%s.%s' % (P, x))\n"
    ),
    "an alias of import_module": on_a(
        "from importlib import import_module as load\ndef f(x):\n    load('pkg.' + x)\n"
    ),
    "a name for import_module": on_a(
        "import importlib\nload = importlib.import_module\ndef f(x):\n    load('pkg.' + x)\n"
    ),
    "relative to the own package": Row(
        {
            **A,
            "pkg/load.py": "import importlib\ndef load(n):\n    return importlib.import_module('.' + n, __package__)\n",
            T: "from pkg.load import load\nload('a')\n",
            "tests/test_z.py": "",
        },
        "pkg/a.py",
        (T,),
    ),
    "an alias, relative": Row(
        {
            **A,
            "pkg/load.py": "from importlib import import_module as im\ndef load(n):\n    return im('.' + n, __package__)\n",
            T: "from pkg.load import load\nload('a')\n",
            "tests/test_z.py": "",
        },
        "pkg/a.py",
        (T,),
    ),
    "handed to map": Row(
        {
            "pkg/__init__.py": "",
            "pkg/a.py": "",
            "pkg/load.py": "from importlib import import_module\ndef load(ns):\n    list(map(import_module, ns))\n",
            T: "from pkg.load import load\n",
            "tests/test_z.py": "",
        },
        "pkg/a.py",
        (T,),
    ),
    "package in a constant, unknown format": Row(
        {
            "pkg/__init__.py": "",
            "pkg/p/__init__.py": "",
            "pkg/p/a.py": "",
            "pkg/load.py": "import importlib\nclass L:\n    where = 'pkg.p'\n    def load(self, n):\n"
            "        return importlib.import_module(self.where + '.' + n)\n",
            T: "from pkg.load import L\n",
            "tests/test_b.py": "import pkg.p.a\n",
            "tests/test_z.py": "",
        },
        "pkg/p/a.py",
        (T, "tests/test_b.py"),
    ),
    "files of a folder listed": Row(
        {
            "plugins/one.py": "",
            "load.py": "import importlib, os\ndef load():\n    for f in os.listdir('plugins'):\n"
            "        importlib.import_module(f[:-3])\n",
            T: "import load\n",
            "tests/test_z.py": "",
        },
        "plugins/one.py",
        (T,),
    ),
    "files beside": Row(
        {
            "pkg/__init__.py": "import importlib.util as u\nfrom pathlib import Path\ndef load(n):\n"
            "    return u.spec_from_file_location(n, Path(__file__).parent / n)\n",
            "pkg/one.py": "",
            T: "import pkg\n",
            "tests/test_z.py": "",
        },
        "pkg/one.py",
        (T,),
    ),
    "iter_modules": on_a(
        "import pkgutil, pkg\nfor m in pkgutil.iter_modules(pkg.__path__): __import__(m.name)\n"
    ),
    "prefix handed over": Row(
        {
            **A,
            "load.py": "import importlib\ndef load(n):\n    return importlib.import_module(n)\n",
            T: "from load import load\ndef test():\n    load('pkg.' + 'A'.lower())\n",
        },
        "pkg/a.py",
        (T,),
    ),
    # plugins
    "pytest_plugins": on_a("pytest_plugins = ['pkg.a']\n"),
    "pytest_plugins of one": on_a("pytest_plugins = 'pkg.a'\n"),
    # scripts
    "script by path": Row(
        {
            **A,
            "tools/run.py": "import pkg.a\n",
            T: "import subprocess\nsubprocess.run(['python', 'tools/run.py'])\n",
        },
        "pkg/a.py",
        (T,),
    ),
    "script by name": Row({**A, "tools/run.py": "", T: "P = ROOT / 'run.py'\n"}, "tools/run.py", (T,)),
    "console script": Row(
        {**A, T: "import subprocess\nsubprocess.run(['mytool', '-x'])\n"},
        "pkg/a.py",
        (T,),
        options={"scripts": {"mytool": "pkg.a"}},
    ),
    "script of a computed path": Row(
        {
            **A,
            "plugins/one.py": "",
            T: "import importlib.util as u\nfrom pathlib import Path\n"
            "def load(n):\n    return u.spec_from_file_location(n, Path(__file__).parents[1] / 'plugins' / (n + '.py'))\n",
        },
        "plugins/one.py",
        (T,),
    ),
    "script by the end of its name": Row(
        {**A, "plugins/one_plug.py": "", T: "def load(n):\n    run(f'{n}_plug.py')\n"},
        "plugins/one_plug.py",
        (T,),
    ),
    # declared
    "declared in a comment": on_a("# txselect: depends pkg/a.py\n"),
    "declared by a marker": on_a(
        "import pytest\n@pytest.mark.depends_on_files('pkg/a*')\ndef test(): pass\n"
    ),
    "declared in the configuration": Row(
        {**A, T: ""}, "pkg/a.py", (T,), options={"depends": {T: ("pkg/a.py",)}}
    ),
    # entry points
    "entry points": Row(
        {**A, T: "from importlib.metadata import entry_points\n"},
        "pkg/a.py",
        (T,),
        options={"entry_points": ("pkg.a",)},
    ),
    # doubt
    "unparsed": Row({**A, T: "def (\n"}, "pkg/a.py", (T,)),
    "symbolic link": Row(
        {**A, T: "import pkg.l\n", "pkg/l.py": ""},
        "pkg/a.py",
        (T,),
        options={"links": {"pkg/l.py": "pkg/a.py"}},
    ),
    "dir of a package": on_a("import pkg\nfor n in dir(pkg): getattr(pkg, n)\n"),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_row(row: Row) -> None:
    """A changed file reaches whoever depends on it, and nobody else."""
    reached = draw(row.files, **row.options).reached(row.changed)  # type: ignore[arg-type]
    assert {*row.must} <= reached
    assert not {*row.never} & reached


LINES = [
    ("import os\nimport pkg.a\n", ("pkg/a.py", "IMPORT", 2)),
    ("def f():\n\n    from pkg import a\n", ("pkg/a.py", "IMPORT", 3)),
    ("import importlib\n\n\nimportlib.import_module(f'pkg.{x}')\n", ("pkg/a.py", "COMPUTED", 4)),
    ("x = 1\n# txselect: depends pkg/a.py\n", ("pkg/a.py", "DECLARED", 2)),
    (
        "\n\nimport pytest\n@pytest.mark.depends_on_files('pkg/a.py')\ndef test(): pass\n",
        ("pkg/a.py", "DECLARED", 4),
    ),
    ("x = 1\ny = (\n", ("/**", "UNPARSED", 2)),
    ("import mock\nmock.patch('pkg.a.x')\n", ("pkg/a.py", "STRING", 0)),
]


@pytest.mark.parametrize(("text", "edge"), LINES)
def test_kind_and_line(text: str, edge: tuple[str, str, int]) -> None:
    """An edge carries its kind and the line that says so."""
    assert edge in draw({**A, T: text}).edges(T)
