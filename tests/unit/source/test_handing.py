"""Whether a file hands its place in the repository to code that could look around there."""

from __future__ import annotations

import ast

import pytest

from pytest_txselect.source.handing import read_handing
from pytest_txselect.source.handing_packed import TO_ANYBODY, Handing

FRONT = """
import os, subprocess, sys
import os.path as osp
from os.path import abspath, dirname, join
from pathlib import Path
import lib
"""


def read(text: str) -> Handing:
    """What becomes of the place in a text behind some imports."""
    ast.parse(text)
    return read_handing((FRONT + text).encode())


@pytest.mark.parametrize(
    "text",
    [
        "sys.path.insert(0, dirname(dirname(__file__)))",
        "sys.path.insert(1, abspath(join(dirname(dirname(__file__)), 'src')))",
        "sys.path.append(str(Path(__file__).resolve().parents[1] / 'src'))",
        "sys.path.extend([dirname(__file__)])",
        "def f():\n    top = osp.dirname(__file__)\n    if top not in sys.path: sys.path.insert(0, top)",
        "def f():\n    a, b = os.path.split(__file__)\n    return open(osp.join(a, 'x.json')).read()",
        "def f():\n    with open(f'{dirname(__file__)}/x.json') as file: return lib.load(file)",
        "def f():\n    return lib.load((Path(__file__).parent / 'x.json').read_text())",
        "def f():\n    return lib.load(Path(__file__).with_suffix('.json').read_bytes())",
        "def f():\n    assert os.path.exists(dirname(__file__)), f'{__file__} is gone'",
        "def f():\n    return lib.f(os.listdir(dirname(__file__)))",
        "def f():\n    return lib.f(Path(__file__).name, os.path.basename(__file__), Path(__file__).parent.stem)",
        "def f():\n    return lib.f(os.path.split(__file__)[-1].split('.')[0])",
        "def f():\n    return lib.f(lib.__file__ == __file__)",
        "def f():\n    return lib.f(1 if os.path.isdir(dirname(__file__)) else 2)",
        "def f():\n    global here\n    x = y = dirname(__file__)\n    print(x, len(y))",
        "def f(model):\n    model.eval()\n    print(__file__)",
        "def f():\n    if (top := dirname(__file__)) in sys.path: print(top)",
        "def f():\n    top = dirname(__file__)\n    def g():\n        return open(top + '/x')\n    return g",
        "def f():\n    top: str = dirname(__file__)\n    top += '/x'\n    return open(top)",
    ],
)
def test_kept(text: str) -> None:
    """What only says which file is opened, or where modules are looked for, is in nobody's hands."""
    assert read(text) == Handing(certain=True)


@pytest.mark.parametrize(
    "text",
    [
        "lib.look(__file__)",
        "lib.look(Path(__file__).parent)",
        "lib.look(top=dirname(__file__))",
        "lib.look(*[dirname(__file__)])",
        "lib.TOP = dirname(__file__)",
        "lib.TABLE['top'] = dirname(__file__)",
        "lib.TABLE[__file__]",
        "os.environ['TOP'] = dirname(__file__)",
        "os.chdir(dirname(__file__))",
        "look = lib.look\ndef f():\n    top = dirname(__file__)\n    look(top)",
        "def top():\n    return dirname(__file__)",
        "def top():\n    yield dirname(__file__)",
        "top = lambda: dirname(__file__)",
        "def f(top=dirname(__file__)): lib.look(top)",
        "class A:\n    top = dirname(__file__)",
        "class A:\n    def f(self):\n        self.top = dirname(__file__)",
        "def f():\n    for p in Path(__file__).parent.iterdir(): lib.look(p)",
        "def f():\n    return lib.look([p for p in Path(__file__).parent.glob('*')])",
        "def f():\n    for folder, _, names in os.walk(dirname(__file__)): lib.look(folder)",
        "def f():\n    top = dirname(__file__)\n    def g():\n        return lib.look(top)\n    return g",
        "def f():\n    a, b = os.path.split(__file__)\n    lib.look(a)",
        "def f():\n    lib.look(os.path.split(__file__)[0])",
        "def f():\n    lib.look(f'{dirname(__file__)}/x')",
        "def f():\n    lib.look('{}/x'.format(dirname(__file__)))",
        "def f():\n    lib.look('%s/x' % dirname(__file__))",
        "def f():\n    lib.look(None or dirname(__file__))",
        "def f():\n    lib.look(dirname(__file__) if f else None)",
        "def f():\n    lib.look({'top': dirname(__file__)})",
        "def f():\n    lib.look(Path(__file__).resolve().relative_to('/'))",
        "def f():\n    tops = []\n    tops.append(dirname(__file__))\n    lib.look(tops)",
        "def f():\n    if (top := dirname(__file__)): lib.look(top)",
        "def f():\n    lib.look(top := dirname(__file__))",
        "def f():\n    with Path(__file__).parent as top: lib.look(top)",
        "def f():\n    match dirname(__file__):\n        case top: lib.look(top)",
        "def f():\n    try: pass\n    except OSError: raise ValueError(__file__)",
        "def f():\n    lib.look(lib.__file__)",
        "def f(open):\n    open(dirname(__file__))",
        "def join(a, b): lib.look(a)\njoin(dirname(__file__), 'x')",
        "from lib import join\njoin(dirname(__file__), 'x')",
        "from lib import *\nopen(__file__)",
        "from lib import open\nopen(__file__)",
        "import lib as os\nos.stat(__file__)",
        "def f():\n    os = lib\n    os.stat(__file__)",
        "exec('lib.look(__file__)'); open(__file__)",
        "def f():\n    top = dirname(__file__)\n    lib.look(locals()['top'])",
        "def f():\n    lib.look(os.getcwd(), open(__file__))",
        "def f():\n    lib.look(lib.__path__, open(__file__))",
        "from importlib import resources\nlib.look(resources.files('lib'), open(__file__))",
        "def f(: open(__file__)",
        # programs
        "subprocess.run([sys.executable, dirname(__file__)])",
        "subprocess.run([sys.executable, 'x.py', dirname(__file__)])",
        "subprocess.run([sys.executable, join(dirname(__file__), 'x')])",
        "subprocess.run([sys.executable, join(dirname(__file__), name)])",
        "subprocess.run([sys.executable, str(Path(__file__).parent)])",
        "subprocess.run([sys.executable, (Path(__file__).parent / 'x.py').parent])",
        "subprocess.run([sys.executable, dirname(join(dirname(__file__), 'x.py'))])",
        "subprocess.run([sys.executable, 'x.py'], cwd=dirname(__file__))",
        "subprocess.run([sys.executable, 'x.py'], env={'TOP': dirname(__file__)})",
        "subprocess.run(f'python {__file__}', shell=True)",
        "subprocess.run(['python ' + __file__])",
        "subprocess.run([lib.tool(), join(dirname(__file__), 'x.py')])",
        "subprocess.run([*front, join(dirname(__file__), 'x.py')])",
        "subprocess.run(front + [join(dirname(__file__), 'x.py')])",
        "subprocess.run([sys.executable, join(dirname(__file__), 'x.py')] + [dirname(__file__)])",
        "def f():\n    cmd = [sys.executable, __file__]\n    cmd.append(dirname(__file__))\n    subprocess.run(cmd)",
        "def f():\n    cmd = [sys.executable, join(dirname(__file__), 'x.py')]\n    lib.look(cmd)",
        "def f():\n    cmd = [sys.executable, join(dirname(__file__), 'x.py')]\n    subprocess.run(cmd[1])",
        "lib.run([sys.executable, join(dirname(__file__), 'x.py')])",
        "os.system(__file__)",
    ],
)
def test_in_any_hands(text: str) -> None:
    """What is given to code of which nothing is known, or kept where others take it from, anybody may have."""
    assert read_handing((FRONT + text).encode()) == TO_ANYBODY


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("TOP = dirname(__file__)\nsys.path.append(TOP)", {"TOP"}),
        ("TOP = dirname(__file__)\nSRC = join(TOP, 'src')\nsys.path.append(SRC)", {"TOP", "SRC"}),
        ("def f():\n    global TOP\n    TOP = dirname(__file__)", {"TOP"}),
        ("if 1:\n    (A, [B, C]) = os.path.split(__file__)", {"A", "B", "C"}),
        ("NAME = os.path.basename(__file__)", set()),
    ],
)
def test_names_of_the_module(text: str, names: set[str]) -> None:
    """Other files may take what the module's names are given."""
    assert read(text) == Handing(certain=True, names=frozenset(names))


@pytest.mark.parametrize(
    ("text", "scripts", "programs"),
    [
        ("subprocess.run([sys.executable, join(dirname(__file__), 'x.py'), 'a'])", {"x.py"}, set()),
        ("subprocess.run([sys.executable, str(Path(__file__).parent / 'x.py')])", {"x.py"}, set()),
        ("subprocess.run([sys.executable, Path(__file__).with_name('x.py').as_posix()])", {"x.py"}, set()),
        ("subprocess.run([sys.executable, abspath(Path(__file__).parent.joinpath('s', 'x.py'))])", {"x.py"}, set()),
        ("subprocess.run(['python3', Path(Path(__file__).parent, 's/x.py')])", {"x.py"}, {"python3"}),
        ("subprocess.check_call(('python', __file__))", set(), {"python"}),
        ("subprocess.check_output([join(dirname(__file__), 'x.py')] + more)", {"x.py"}, set()),
        ("def f():\n x = join(dirname(__file__), 'x.py')\n c = ['y', x, a]\n subprocess.Popen(c, text=True)", {"x.py"}, {"y"}),
    ],
)  # fmt: skip
def test_scripts(text: str, scripts: set[str], programs: set[str]) -> None:
    """A script that is started knows its place by itself, if it asks for it."""
    expected = Handing(certain=True, scripts=frozenset(scripts), programs=frozenset(programs))
    assert read(text) == expected
