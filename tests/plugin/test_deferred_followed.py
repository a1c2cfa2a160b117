"""Values that are made when somebody first asks for them: of type aliases, of bounds, of attributes that are missing until then.

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

SYNTAX: Final = pytest.mark.skipif(sys.version_info < (3, 12), reason="there is no syntax for it before")
PARTS: Final = (
    "def alias():\n    return int\n\ndef bound():\n    return int\n\ndef spare():\n    return int\n"
)
SHAPES: Final = """\
from pkg import parts

type Number = parts.alias()

class Box:
    content: Number

class Bag[T: parts.bound()]:
    size = 1

def plain():
    return 1

def count[U](kind: type[U]) -> int:
    return parts.spare()(1)
"""
USE: Final = """\
import typing

def read(kind, value):
    return typing.get_type_hints(kind)["content"].__value__(value)

def limit(kind, value):
    return kind.__type_params__[0].__bound__(value)
"""
FILES: Final = {
    "pkg/__init__.py": "",
    "pkg/parts.py": PARTS,
    "pkg/shapes.py": SHAPES,
    "pkg/use.py": USE,
    "test_all.py": "from pkg.shapes import Bag, Box, count, plain\nfrom pkg.use import limit, read\n\n"
    + make_tests(
        first="assert read(Box, '1') == 1",
        second="assert read(Box, '2') == 2",
        third="assert limit(Bag, '1') == 1",
        fourth="assert limit(Bag, '2') == 2",
        generic="assert count(int) == 1",
        plain="assert plain() == 1",
    ),
    "test_away.py": make_tests(away="assert True"),
}
USERS: Final = frozenset({"first", "second", "third", "fourth", "generic", "plain"})

CASES: Final = {
    "what the value of an alias is made by": Case(
        FILES,
        {"pkg/parts.py": replace(PARTS, "def alias():\n    return int", "def alias():\n    return str")},
        USERS,
    ),
    "what a bound is made by": Case(
        FILES,
        {"pkg/parts.py": replace(PARTS, "def bound():\n    return int", "def bound():\n    return str")},
        USERS,
    ),
    "what a generic function calls is its callers' alone": Case(
        FILES,
        {"pkg/parts.py": replace(PARTS, "def spare():\n    return int", "def spare():\n    return str")},
        frozenset({"generic"}),
    ),
}


@SYNTAX
@pytest.mark.parametrize("name", CASES)
def test_values_that_are_made_late(name: str, recorded: Recorded, tmp_path: Path) -> None:
    """What the first who asks for a value executes concerns all who import the module that has it."""
    check(CASES[name], recorded, tmp_path / "copy")


HELP: Final = "".join(f"def {name}():\n    return 1\n\n" for name in ("module", "bound", "item", "real"))
LATE: Final = """\
from pkg import help

def __getattr__(name):
    if name != "value":
        raise AttributeError(name)
    globals()[name] = help.module()
    return globals()[name]

class Binds:
    def __getattr__(self, name):
        setattr(self, name, help.bound())
        return getattr(self, name)

class Keeps:
    def __getattr__(self, name):
        self.__dict__[name] = help.item()
        return self.__dict__[name]

class Real:
    def start(self):
        self.number = help.real()

    def get(self):
        return self.number

class Becomes:
    def __getattr__(self, name):
        self.__class__ = Real
        self.start()
        return getattr(self, name)

binds, keeps, becomes = Binds(), Keeps(), Becomes()
"""
MISSING: Final = {
    "pkg/__init__.py": "",
    "pkg/help.py": HELP,
    "pkg/late.py": LATE,
    "test_all.py": "from pkg import late\n\n"
    + make_tests(
        module="assert late.value == 1",
        again="assert late.value == 1",
        bound="assert late.binds.value == 1",
        twice="assert late.binds.value == 1",
        item="assert late.keeps.value == 1",
        more="assert late.keeps.value == 1",
        real="assert late.becomes.get() == 1",
        last="assert late.becomes.get() == 1",
    ),
    "test_away.py": make_tests(away="assert True"),
}


@pytest.mark.parametrize(
    ("name", "users"),
    [
        ("module", {"module", "again"}),
        ("bound", {"bound", "twice"}),
        ("item", {"item", "more"}),
        ("real", {"real", "last"}),
    ],
)
def test_attributes_that_are_made_late(
    name: str, users: set[str], recorded: Recorded, tmp_path: Path
) -> None:
    """What a `__getattr__` executes before it binds the attribute concerns also whoever finds it bound."""
    edits = {"pkg/help.py": replace(HELP, f"def {name}():\n    return 1", f"def {name}():\n    return 2")}
    selected = select(edits, recorded(MISSING), tmp_path / "copy")
    assert users <= selected
    assert "away" not in selected
