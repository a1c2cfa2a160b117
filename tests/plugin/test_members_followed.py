"""The column "with evidence" for classes: who takes notice of an edit in a class body, beside who executed it.

Each case names the tests that are selected; those that newly fail in a full run have to be among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, replace

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

def nothing():
    return 0
"""
CLASSES: Final = {
    "pkg/__init__.py": "",
    "pkg/bases.py": BASES,
    "pkg/kinds.py": KINDS,
    "tests/test_it.py": make_tests(
        listed="from pkg.kinds import Color; assert [each.value for each in Color] == [1]",
        described="from pkg.kinds import Box; assert Box().describe() == 'box'",
        quiet="from pkg.kinds import Box; assert Box().quiet() == 0",
        hooked="import pkg.kinds; from pkg.bases import SEEN; assert 'a' in SEEN",
        collected="import pkg.kinds; from pkg.bases import SEEN; assert ['size'] in SEEN",
        registered="import pkg.kinds; from pkg.bases import KEYS; assert 'part' in KEYS",
        either="from pkg.kinds import Either; assert [each.value for each in Either] == [1]",
        nothing="from pkg.kinds import nothing; assert nothing() == 0",
    ),
}
IMPORTING: Final = frozenset("listed described quiet hooked collected registered either nothing".split())  # noqa: SIM905 - read as words
CASES: Final = {
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
