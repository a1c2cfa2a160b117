"""The column "with evidence" for classes: who takes notice of an edit in a class body, beside who executed it.

Each case names the tests that are selected; those that newly fail in a full run have to be among them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, replace, select

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

BASES: Final = """\
import enum

SEEN = []
KEYS = {}

class Named(enum.Enum):
    @property
    def shown(self):
        return self.name.lower()

class Labelled:
    def describe(self):
        return self.label

    def quiet(self):
        return 0

class Hooked:
    def __init_subclass__(cls):
        SEEN.append(cls.key)

class Collecting(type):
    def __new__(meta, name, bases, space):
        SEEN.append(sorted(each for each in space if not each.startswith('_')))
        return super().__new__(meta, name, bases, space)

class Collected(metaclass=Collecting):
    pass

def register(cls):
    KEYS[cls.key] = cls
    return cls
"""
KINDS: Final = """\
import cmd
from collections import abc
from pkg.bases import Collected, Hooked, Labelled, Named, register

class Color(Named):
    RED = 1

class Box(Labelled):
    label = 'box'
    other = 'x'

class Plugin(Hooked):
    key = 'a'

class Model(Collected):
    size = 1

try:
    from enum import Enum as Substituted
except ImportError:
    from pkg.bases import Labelled as Substituted

class Either(Substituted):
    ONE = 1

@register
class Part:
    key = 'part'

class Keyed:
    key = 'mixed'

class Mixed(Keyed, Hooked):
    pass

class Talk:
    undoc_header = 'words'

    def do_greet(self, rest):
        return None

class Shell(Talk, cmd.Cmd):
    pass

class Speech:
    undoc_header = 'said'
    other_header = 'else'

    def do_speak(self, rest):
        return None

class Known:
    def known(self):
        return hasattr(self, 'do_greet') or self.do_speak

class Shelf(abc.Sized):
    room = 3
    width = 1

    def __len__(self):
        return self.room

class Measured:
    size = 1
    unit = 'm'

    def check(self):
        assert self.size == 1

class Failure(Exception):
    code = 3
    other = 4

def nothing():
    return 0
"""
CLASSES: Final = {
    "pkg/__init__.py": "",
    "pkg/bases.py": BASES,
    "pkg/kinds.py": KINDS,
    "tests/test_unit.py": (
        "from unittest import TestCase\nfrom pkg.kinds import Measured\n\n"
        "class TestSize(Measured, TestCase):\n    def test_it(self):\n        self.check()\n\n"
        "class TestUnit(Measured, TestCase):\n    def test_it(self):\n        assert self.unit == 'm'\n"
    ),
    "tests/test_it.py": make_tests(
        listed="from pkg.kinds import Color; assert [each.value for each in Color] == [1]",
        described="from pkg.kinds import Box; assert Box().describe() == 'box'",
        quiet="from pkg.kinds import Box; assert Box().quiet() == 0",
        hooked="import pkg.kinds; from pkg.bases import SEEN; assert 'a' in SEEN",
        collected="import pkg.kinds; from pkg.bases import SEEN; assert ['size'] in SEEN",
        registered="import pkg.kinds; from pkg.bases import KEYS; assert 'part' in KEYS",
        either="from pkg.kinds import Either; assert [each.value for each in Either] == [1]",
        mixed="import pkg.kinds; from pkg.bases import SEEN; assert 'mixed' in SEEN",
        talked="import io; from pkg.kinds import Shell; s = Shell(stdout=io.StringIO()); s.onecmd('help');"
        "assert 'words' in s.stdout.getvalue(); assert 'greet' in s.stdout.getvalue()",
        spoken="import cmd, io; from pkg.kinds import Speech; class Own(Speech, cmd.Cmd): pass;"
        "s = Own(stdout=io.StringIO()); s.onecmd('help'); assert 'said' in s.stdout.getvalue();"
        "assert 'speak' in s.stdout.getvalue()",
        shelf="from pkg.kinds import Shelf; assert len(Shelf()) == 3",
        failed="from pkg.kinds import Failure; assert Failure().code == 3",
        nothing="from pkg.kinds import nothing; assert nothing() == 0",
    ),
}
IMPORTING: Final = frozenset(
    (  # noqa: SIM905 - read as words
        "listed described quiet hooked collected registered either mixed talked spoken shelf failed nothing TestSize TestUnit"
    ).split()
)
CASES: Final = {
    "attribute of what a class in a function mixes with one from outside": Case(
        CLASSES, {"pkg/kinds.py": replace(KINDS, "'said'", "'told'")}, frozenset({"spoken"})
    ),
    "method of what a class in a function mixes with one from outside": Case(
        CLASSES,
        {"pkg/kinds.py": replace(KINDS, "    def do_speak(self, rest):\n        return None\n", "")},
        frozenset({"spoken"}),
    ),
    "attribute of a sized class": Case(
        CLASSES, {"pkg/kinds.py": replace(KINDS, "room = 3", "room = 4")}, frozenset({"shelf"})
    ),
    "attribute of a mixin that the hook of another base reads": Case(
        CLASSES, {"pkg/kinds.py": replace(KINDS, "key = 'mixed'", "key = 'm'")}, IMPORTING
    ),
    "attribute of a mixin that another base from outside reads": Case(
        CLASSES,
        {"pkg/kinds.py": replace(KINDS, "'words'", "'other'")},
        frozenset({"talked"}),
    ),
    "method of a mixin that another base from outside has too": Case(
        CLASSES,
        {"pkg/kinds.py": replace(KINDS, "    def do_greet(self, rest):\n        return None\n", "")},
        frozenset({"talked"}),
    ),
    "attribute of a mixin of a class of unittest": Case(
        CLASSES, {"pkg/kinds.py": replace(KINDS, "unit = 'm'", "unit = 'k'")}, frozenset({"TestUnit"})
    ),
    "attribute of a mixin of a class of unittest, which unittest reads": Case(
        CLASSES,
        {"pkg/kinds.py": replace(KINDS, "unit = 'm'", "unit = 'm'\n    maxDiff = None")},
        frozenset({"TestSize", "TestUnit"}),
    ),
    "attribute of an exception": Case(
        CLASSES, {"pkg/kinds.py": replace(KINDS, "code = 3", "code = 4")}, frozenset({"failed"})
    ),
    "member of an enumeration with a base of the project": Case(
        CLASSES, {"pkg/kinds.py": replace(KINDS, "RED = 1", "RED = 2")}, frozenset({"listed"})
    ),
    "member of what may be an enumeration": Case(
        CLASSES, {"pkg/kinds.py": replace(KINDS, "ONE = 1", "ONE = 2")}, frozenset({"either"})
    ),
    "attribute that only the base reads": Case(
        CLASSES, {"pkg/kinds.py": replace(KINDS, "label = 'box'", "label = 'bag'")}, frozenset({"described"})
    ),
    "attribute that the base's hook reads": Case(
        CLASSES, {"pkg/kinds.py": replace(KINDS, "key = 'a'", "key = 'b'")}, IMPORTING
    ),
    "attribute that the base's metaclass reads": Case(
        CLASSES, {"pkg/kinds.py": replace(KINDS, "size = 1", "length = 1")}, IMPORTING
    ),
    "attribute that the decorator reads": Case(
        CLASSES, {"pkg/kinds.py": replace(KINDS, "key = 'part'", "key = 'piece'")}, IMPORTING
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_edit(name: str, recorded: Recorded, tmp_path: Path) -> None:
    """Selected are exactly the tests of the case, and no other test newly fails."""
    check(CASES[name], recorded, tmp_path / "copy")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="all that a test imports counts as executed")
@pytest.mark.parametrize(
    "edit", [("width = 1", "width = 2"), ("other = 4", "other = 5")], ids=["sized", "an exception"]
)
def test_nobody_reads(edit: tuple[str, str], recorded: Recorded, tmp_path: Path) -> None:
    """Bases of Python read nothing of their own accord; one test runs, to see whether the file can be imported."""
    assert len(select({"pkg/kinds.py": replace(KINDS, *edit)}, recorded(CLASSES), tmp_path / "copy")) == 1
