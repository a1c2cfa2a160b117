"""Tests that replace functions and modules of Python: we do not call what they put there, and see what is real.

Each case names the tests that are selected; those that newly fail in a full run have to be among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

FAKE: Final = """\
import builtins, contextlib, ntpath, os, sys, types
from unittest import mock

def fail(*_, **__):
    raise FileNotFoundError('there is no file here')

class Fake(types.ModuleType):
    path = ntpath
    sep = '\\\\'
    stat = lstat = getcwd = listdir = staticmethod(fail)

    def __getattr__(self, name):
        return getattr(os, name)

@contextlib.contextmanager
def nowhere():
    '''A file system without files, for all modules that say `os`, but not for those of Python.'''
    python = os.path.dirname(os.__file__)
    with contextlib.ExitStack() as stack:
        for module in list(sys.modules.values()):
            place = getattr(module, '__file__', None) or python
            if vars(module).get('os') is os and ('site-packages' in place or not place.startswith(python)):
                stack.enter_context(mock.patch.object(module, 'os', Fake('os')))
        stack.enter_context(mock.patch.object(builtins, 'open', fail))
        yield

NAMES = ('os.stat', 'os.lstat', 'os.getcwd', 'os.listdir', 'os.path.join', 'os.path.normpath', 'os.path.isabs',
    'os.path.abspath', 'os.path.dirname', 'os.path.lexists', 'os.path.isfile', 'os.path.isdir', 'os.fsdecode',
    'builtins.open', 'shutil.which', 'os.readlink', 'os.access', 'time.monotonic_ns')

def watch(act):
    '''Which functions are called by something.'''
    with contextlib.ExitStack() as stack:
        mocks = {name: stack.enter_context(mock.patch(name)) for name in NAMES}
        act()
    return [name for name, each in mocks.items() if each.called]
"""
TESTS: Final = (
    "import _io, glob, os, posix, sqlite3, subprocess\nfrom pkg import fake\nopen_file, run = open, posix.posix_spawn\n\n"
    + make_tests(
        read="assert fake.watch(lambda: open_file('one.txt').close()) == []",
        listed="assert fake.watch(lambda: posix.listdir('two')) == []",
        written="assert fake.watch(lambda: open_file('made.txt', 'w').close()) == []; os.remove('made.txt')",
        made="assert fake.watch(lambda: posix.mkdir('made')) == []; posix.rmdir('made')",
        imported="fake.watch(lambda: __import__('pkg.late')); from pkg.late import value; assert value() == 1",
        nowhere="with fake.nowhere(): open_file('three.txt').close()",
        nowhere_imported="with fake.nowhere(): from pkg.later import value; assert value() == 1",
        started="found = fake.watch(lambda: os.waitpid(run('/bin/cat', ['/bin/cat', 'four.txt'], {}), 0)); assert found == []",
        none="assert True",
    )
)
FILES: Final = {
    "pkg/__init__.py": "",
    "pkg/fake.py": FAKE,
    "pkg/late.py": "def value():\n    return 1\n",
    "pkg/later.py": "def value():\n    return 1\n",
    "one.txt": "1\n",
    "two/a.txt": "1\n",
    "three.txt": "1\n",
    "four.txt": "1\n",
    "tests/test_fake.py": TESTS,
}
TWO: Final = "def value():\n    return 2\n"
CASES: Final = {
    "a file": Case(FILES, {"one.txt": "2\n"}, frozenset({"read"})),
    "a folder": Case(FILES, {"two/b.txt": "2\n"}, frozenset({"listed"})),
    "a module": Case(FILES, {"pkg/late.py": TWO}, frozenset({"imported"})),
    "a file where there are no files": Case(FILES, {"three.txt": "2\n"}, frozenset({"nowhere"})),
    "a module where there are no files": Case(FILES, {"pkg/later.py": TWO}, frozenset({"nowhere_imported"})),
    "what a program reads": Case(FILES, {"four.txt": "2\n"}, frozenset({"started"})),
}


@pytest.mark.parametrize("name", CASES)
def test_selected_and_nothing_missed(name: str, recorded: Recorded, tmp_path: Path) -> None:
    """The tests pass while they are recorded, and their evidence is that of the real files, no wider."""
    check(CASES[name], recorded, tmp_path / "project")
