"""Whom it concerns what instances have that were made at import, checked against full runs of the edited project."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, replace

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

POINTS: Final = """\
import dataclasses as dc
from dataclasses import dataclass, field
from pkg.marks import SEEN, mark, note

@dataclass(frozen=True)
class Point:
    x: int = 1
    names: list = field(default_factory=list)

@dc.dataclass
class Loud:
    size: int = 1

    def __post_init__(self):
        SEEN.append(self.size)

@dataclass
class Counted:
    weight: int = 1
    number: int = field(default_factory=note)

@mark.dataclass
class Marked:
    colour: str = 'red'

ORIGIN = Point()
LOUD = Loud()
COUNTED = Counted()
MARKED = Marked()
"""
MARKS: Final = """\
SEEN = []

def note():
    SEEN.append(0)
    return len(SEEN)

class mark:
    @staticmethod
    def dataclass(cls):
        def make(self):
            SEEN.append(self.colour)
        cls.__init__ = make
        return cls
"""
FILES: Final = {
    "pkg/__init__.py": "",
    "pkg/marks.py": MARKS,
    "pkg/points.py": POINTS,
    "tests/test_it.py": "from pkg import marks, points\n\n"
    + make_tests(
        origin="assert points.ORIGIN.x == 1",
        seen="assert marks.SEEN == [1, 0, 'red']",
        nothing="assert True",
    ),
}
ALL: Final = frozenset({"origin", "seen", "nothing"})
CASES: Final = {
    "field of a dataclass": Case(
        FILES, {"pkg/points.py": replace(POINTS, "x: int = 1", "x: int = 2")}, frozenset({"origin"})
    ),
    "field of a dataclass that tells somebody": Case(
        FILES, {"pkg/points.py": replace(POINTS, "size: int = 1", "size: int = 2")}, ALL
    ),
    "field of a dataclass that calls something": Case(
        FILES, {"pkg/points.py": replace(POINTS, "weight: int = 1", "weight: int = 2")}, ALL
    ),
    "field of what is only called a dataclass": Case(
        FILES, {"pkg/points.py": replace(POINTS, "'red'", "'blue'")}, ALL
    ),
}


@pytest.mark.skipif(
    sys.version_info < (3, 12), reason="below, what is imported within a test is not told apart"
)
@pytest.mark.parametrize("name", CASES)
def test_edit(name: str, recorded: Recorded, tmp_path: Path) -> None:
    """Selected are exactly the tests of the case, and no other test newly fails."""
    check(CASES[name], recorded, tmp_path / "copy")
