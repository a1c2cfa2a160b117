"""Who takes notice of a name that only annotations have, or only type checkers see: whoever evaluates it, and nobody else.

Each case names the tests that are selected; those that newly fail in a full run have to be among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, replace

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

TYPES: Final = """\
import typing

Size = int
Unit = typing.Literal['m']

class Base:
    label = 'base'
"""
CODE: Final = """\
import typing
from typing import TYPE_CHECKING

import pkg.types as pt
from pkg.types import Size

if TYPE_CHECKING:
    from pkg.types import Base

    class Proxy(Base, dict):
        pass
elif not TYPE_CHECKING:
    from pkg.types import Base as Other

class Kept(Other):
    def shown(self):
        return self.label

def local():
    size: Size = 1
    unit: pt.Unit = 'm'
    return size, unit

class Box:
    def __init__(self):
        self.unit: pt.Unit = 'm'

def given(size: Size = 0):
    return size

def called(size: Size = 0):
    return size

class Method:
    def given(self, size: Size = 0):
        return size
"""
LATER: Final = "from __future__ import annotations\n"
FILES: Final = {
    "pkg/__init__.py": "",
    "pkg/types.py": TYPES,
    "pkg/code.py": CODE,
    "pkg/late.py": LATER + CODE,
    "pkg/own.py": (
        "import os\nfrom typing import TYPE_CHECKING\n"
        "if os.sep:\n    TYPE_CHECKING = True\n"
        "if TYPE_CHECKING:\n    from pkg.types import Base\n\n    class Own(Base):\n        pass\n"
    ),
    "tests/test_it.py": (
        "import inspect\nimport typing\nimport pytest\nfrom pkg import code, late, own\n\n"
        + make_tests(
            local="assert code.local() == (1, 'm')",
            box="assert code.Box().unit == 'm'",
            late_box="assert late.Box().unit == 'm'",
            late_local="assert late.local() == (1, 'm')",
            called="assert code.called() == 0",
            hints="assert typing.get_type_hints(code.given)['size'] is int",
            late_hints="assert typing.get_type_hints(late.given)['size'] is int",
            signature="assert 'int' in str(inspect.signature(code.given))",
            handed="taken = code.given; assert taken.__annotations__['size'] is int",
            method="taken = code.Method.given; assert taken.__annotations__['size'] is int",
            kept="assert code.Kept().shown() == 'base'",
            own="assert own.Own.label == 'base'",
            other="assert 1",
        )
    ),
}
READING: Final = {"hints", "late_hints", "signature", "handed", "method"}
CASES: Final = {
    "an alias of a type": ({"pkg/types.py": replace(TYPES, "= int", "= str")}, READING),
    "an alias that a function evaluates": (
        {"pkg/types.py": replace(TYPES, "Unit = typing.Literal['m']", "Unit = typing.Literal['m', 'cm']")},
        {"box"},
    ),
    "a class-level name": ({"pkg/types.py": replace(TYPES, "'base'", "'basis'")}, {"kept", "own"}),
    "a class that only type checkers see": (
        {"pkg/code.py": replace(CODE, "class Proxy(Base, dict)", "class Proxy(Base, list)")},
        set(),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_selected(case: str, recorded: Recorded, tmp_path: Path) -> None:
    """Exactly those tests run whose evidence has code that evaluates the name, and they hold all that fails."""
    edits, selected = CASES[case]
    check(Case(FILES, edits, frozenset(selected)), recorded, tmp_path / "copy")
