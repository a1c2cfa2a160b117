"""Who takes notice of a docstring: code of the project that reads docstrings, and code outside of it that is handed the object.

Each case names the tests that are selected; those that newly fail in a full run have to be among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, replace

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

BASE: Final = """\
import cmd
from functools import wraps
from xmlrpc.server import SimpleXMLRPCDispatcher

SERVER = SimpleXMLRPCDispatcher()

class Shell(cmd.Cmd):
    pass

class Own:
    def go(self):
        return 1

def keep(function):
    @wraps(function)
    def kept():
        return function()
    return kept

def offer(function):
    SERVER.register_function(function)
    return function
"""
CODE: Final = '''\
from pkg.base import Own, Shell, keep, offer

class Plain(Own):
    """A plain one."""
    def go(self):
        """Go plainly."""
        return 2

class Size:
    @property
    @keep
    def size(self):
        """A size."""
        return 1

    @size.setter
    @keep
    def size(self, given):
        """Another size."""

class Commands(Shell):
    def do_go(self, line):
        """Go as told."""

@keep
def kept():
    """Kept."""
    return 1

@offer
def offered():
    """Offered."""
    return 1
'''
TOLD: Final = '''\
def shown():
    """Shown."""
    return 1

def quiet():
    """Quiet."""
    return 1

class Tool:
    """A tool."""
    def use(self):
        """Used."""
        return 1

def show(what):
    return what.__doc__

def show_all(what):
    return [each.__doc__ for each in vars(what).values()]

def show_quiet():
    return quiet.__doc__
'''
FILES: Final = {
    "pkg/__init__.py": "",
    "pkg/base.py": BASE,
    "pkg/code.py": CODE,
    "pkg/told.py": TOLD,
    "tests/test_code.py": "import io\nfrom pkg import base, code\n\n"
    + make_tests(
        plain="assert code.Plain().go() == 2",
        help="out = io.StringIO(); code.Commands(stdout=out).onecmd('help go'); assert 'as told' in out.getvalue()",
        kept="assert code.kept() == 1",
        offered="assert base.SERVER.system_methodHelp('offered') == 'Offered.'",
    ),
    "tests/test_told.py": "from pkg import told\n\n"
    + make_tests(
        shown="assert told.shown() == 1",
        told="assert told.show(told.shown) == 'Shown.'",
        other="assert told.show(int) and told.shown() == told.quiet() == told.Tool().use() == 1",
        all="assert 'Shown.' in told.show_all(told)",
        direct="assert told.show_quiet() == 'Quiet.'",
        method="assert told.show(told.Tool().use) == 'Used.'",
        kind="assert told.show(told.Tool()) == 'A tool.'",
        only="assert told.Tool().use() == 1",
        members="assert 'Used.' in told.show_all(told.Tool)",
    ),
}
IN_CODE: Final = frozenset({"plain", "help", "kept", "offered"})


def edit(file: str, old: str, selected: set[str] | frozenset[str]) -> Case:
    """A docstring that changes."""
    return Case(FILES, {file: replace(FILES[file], old, old[:-1] + " now")}, frozenset(selected))


CASES: Final = {
    "class of a base of the project": edit("pkg/code.py", "A plain one.", set()),
    "method of such a class": edit("pkg/code.py", "Go plainly.", set()),
    "method below a base that is not the project's": edit("pkg/code.py", "Go as told.", IN_CODE),
    "decorated by what keeps it": edit("pkg/code.py", "Kept.", set()),
    "property of what is decorated so": edit("pkg/code.py", "A size.", set()),
    "its setter": edit("pkg/code.py", "Another size.", set()),
    "decorated by what hands it on": edit("pkg/code.py", "Offered.", IN_CODE),
    "handed to a reader": edit("pkg/told.py", "Shown.", {"told", "all", "members"}),
    "named by a reader": edit("pkg/told.py", "Quiet.", {"direct", "all", "members"}),
    "class, of which a reader has an instance": edit(
        "pkg/told.py", "A tool.", {"all", "kind", "method", "members", "other"}
    ),
    "method handed to a reader": edit("pkg/told.py", "Used.", {"method", "all", "members"}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_docstring(case: Case, recorded: Recorded, tmp_path: Path) -> None:
    """A docstring selects the tests that executed code which reads it, or all where others may."""
    check(case, recorded, tmp_path / "edited")
