"""The column "with evidence" for objects: attributes that code elsewhere reads, and what is noted without being executed.

Each case names the tests that are selected; those that newly fail in a full run have to be among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, replace

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

SHAPES: Final = """\
class Shape:
    label = 'shape'
    sides = 0

    def area(self, scale=1):
        return scale

    def draw(self):
        return 'drawn'

class Square(Shape):
    label = 'square'
    sides = 4

    def area(self, scale=1):
        return super().area(scale) * 4

class Quiet:
    size = 1

    def __init__(self, name='x'):
        self.name = name

class Loud:
    size = 2

    def __init__(self):
        LOUD.append(self)

LOUD = []
quiet = Quiet()
loud = Loud()
KINDS = {'square': Square}

def make(kind):
    return KINDS[kind]()

def nothing():
    return 0
"""
SHOW: Final = """\
def label(thing):
    return thing.label

def read(thing, name):
    return getattr(thing, name)

def fill(path, thing):
    with open(path) as stream:
        return stream.read().format(thing=thing)

def hold(thing):
    return thing.draw

def can(thing):
    return hasattr(thing, 'fly')

def local(thing):
    label = 1
    return label
"""
OBJECTS: Final = {
    "pkg/__init__.py": "",
    "pkg/shapes.py": SHAPES,
    "pkg/show.py": SHOW,
    "pkg/page.txt": "a {thing.label}",
    "tests/test_it.py": "import os\n\nimport pkg\n\n"
    + make_tests(
        elsewhere="from pkg import shapes, show; assert show.label(shapes.Square()) == 'square'",
        computed="from pkg import shapes, show; assert show.read(shapes.Square(), 'la' + 'bel') == 'square'",
        template="from pkg import shapes, show; page = os.path.join(os.path.dirname(pkg.__file__), 'page.txt')"
        "; assert show.fill(page, shapes.Square()) == 'a square'",
        made="from pkg import shapes, show; assert show.label(shapes.make('square')) == 'square'",
        local="from pkg import shapes, show; assert show.local(shapes.Square()) == 1",
        asked="from pkg import shapes, show; assert not show.can(shapes.Square())",
        area="from pkg import shapes; assert shapes.Square().area() == 4",
        drawn="from pkg import shapes; assert shapes.make('square').draw() == 'drawn'",
        held="from pkg import shapes, show; assert show.hold(shapes.Square())",
        quiet="from pkg import shapes; assert shapes.quiet.size == 1",
        loud="from pkg import shapes; assert shapes.LOUD[0].size == 2",
        nothing="from pkg import shapes; assert shapes.nothing() == 0",
    ),
}
VALUES: Final = """\
import enum
from dataclasses import dataclass
from typing import overload

class Color(enum.Enum):
    RED = 1

    def __repr__(self):
        return 'red'

    def mix(self):
        return 2

@dataclass
class Point:
    x: int = 1

    def shift(self, by=1):
        return self.x + by

    def __repr__(self):
        return 'point'

@overload
def shout(text: str) -> str: ...
@overload
def shout(text: bytes) -> bytes: ...
def shout(text, mark='!'):
    return text + mark

LIMIT = 3
ON = False
"""
PLAIN: Final = {
    "pkg/__init__.py": "",
    "pkg/values.py": VALUES,
    "tests/test_it.py": "from unittest import mock\n\nimport pytest\nfrom pkg import values\n\n"
    + make_tests(
        red="assert values.Color.RED.value == 1",
        shown="assert repr(values.Color.RED) == 'red'",
        mixed="assert values.Color.RED.mix() == 2",
        point="assert values.Point().x == 1",
        whole="assert values.Point() == values.Point(1)",
        shifted="assert values.Point(4).shift() == 5",
        pointed="assert repr(values.Point(4)) == 'point'",
        shouted="assert values.shout('a') == 'a!'",
    )
    + "\n@pytest.mark.skipif(not values.ON, reason='off')\ndef test_skipped():\n    assert values.LIMIT == 3\n"
    + "\n@pytest.mark.parametrize('number', [values.LIMIT])\ndef test_given(number):\n    assert number == 3\n",
    "tests/test_mocked.py": "from unittest import mock\n\n"
    + make_tests(
        mocked="from pkg import values; fake = mock.create_autospec(values.shout); fake('a', '?')"
        "; assert fake.called",
    ),
}
READ: Final = {
    "pkg/__init__.py": "",
    "pkg/shop.py": "class Till:\n    def ring(self):\n        return 1\n\n    def rest(self):\n        return 0\n",
    "pkg/words.txt": "ring, and be served",
    "tests/test_read.py": "import os\n\nfrom pkg import shop\n\n"
    + make_tests(
        told="place = os.path.join(os.path.dirname(shop.__file__), 'words.txt'); text = open(place).read().partition(',')[0]"
        "; assert hasattr(shop.Till, text)",
        rings="assert shop.Till().ring() == 1",
        rests="assert shop.Till().rest() == 0",
    ),
}
CASES: Final = {
    "method that a text names, changed": Case(
        READ,
        {"pkg/shop.py": replace(READ["pkg/shop.py"], "ring(self)", "ring(self, /)")},
        frozenset({"rings"}),
    ),
    "method that a text names, gone": Case(
        READ,
        {"pkg/shop.py": replace(READ["pkg/shop.py"], "    def ring(self):\n        return 1\n\n", "")},
        frozenset({"told", "rings"}),
    ),
    "attribute of a class": Case(
        OBJECTS,
        {"pkg/shapes.py": replace(SHAPES, "label = 'square'", "label = 'box'")},
        frozenset({"elsewhere", "computed", "template", "made"}),
    ),
    "method that somebody asks for": Case(
        OBJECTS,
        {
            "pkg/shapes.py": replace(
                SHAPES, "    sides = 4\n", "    sides = 4\n\n    def fly(self):\n        pass\n"
            )
        },
        frozenset({"asked", "computed"}),
    ),
    "method that a base has too": Case(
        OBJECTS,
        {
            "pkg/shapes.py": replace(
                SHAPES, "    def area(self, scale=1):\n        return super().area(scale) * 4\n", "    pass\n"
            )
        },
        frozenset({"area"}),
    ),
    "method of a base": Case(
        OBJECTS,
        {"pkg/shapes.py": replace(SHAPES, "    def draw(self):\n        return 'drawn'\n", "    pass\n")},
        frozenset({"drawn", "held"}),
    ),
    "attribute of an object made at import": Case(
        OBJECTS,
        {"pkg/shapes.py": replace(SHAPES, "size = 1", "size = 7")},
        frozenset({"quiet", "loud", "computed"}),
    ),
    "attribute of an object that registers itself": Case(
        OBJECTS,
        {"pkg/shapes.py": replace(SHAPES, "size = 2", "size = 7")},
        frozenset({"quiet", "loud", "computed"}),
    ),
    "default of an object's constructor": Case(
        OBJECTS,
        {"pkg/shapes.py": replace(SHAPES, "name='x'", "name='y'")},
        frozenset(
            "elsewhere computed template made local asked area drawn held quiet loud nothing".split()  # noqa: SIM905 - read as words
        ),
    ),
    "how a member of an enumeration is shown": Case(
        PLAIN,
        {"pkg/values.py": replace(VALUES, "    def __repr__(self):\n        return 'red'\n", "    pass\n")},
        frozenset({"shown"}),
    ),
    "method of an enumeration": Case(
        PLAIN,
        {"pkg/values.py": replace(VALUES, "    def mix(self):\n        return 2\n", "    pass\n")},
        frozenset({"red", "shown", "mixed"}),
    ),
    "field of a dataclass": Case(
        PLAIN,
        {"pkg/values.py": replace(VALUES, "x: int = 1", "x: int = 2")},
        frozenset({"point", "whole", "shifted", "pointed"}),
    ),
    "method of a dataclass": Case(
        PLAIN,
        {
            "pkg/values.py": replace(
                VALUES, "    def shift(self, by=1):\n        return self.x + by\n", "    pass\n"
            )
        },
        frozenset({"shifted"}),
    ),
    "how a dataclass is shown": Case(
        PLAIN,
        {"pkg/values.py": replace(VALUES, "    def __repr__(self):\n        return 'point'\n", "    pass\n")},
        frozenset({"pointed"}),
    ),
    "default of an overloaded function": Case(
        PLAIN,
        {"pkg/values.py": replace(VALUES, "mark='!'", "mark='?'")},
        frozenset({"shouted", "mocked"}),
    ),
    "what only type checkers read of an overloaded function": Case(
        PLAIN,
        {"pkg/values.py": replace(VALUES, "text: bytes)", "text: bytes, mark: bytes = b'!')")},
        frozenset({"mocked"}),
    ),
    "parameter of a mocked function": Case(
        PLAIN,
        {"pkg/values.py": replace(VALUES, "text, mark='!'", "text")},
        frozenset({"shouted", "mocked"}),
    ),
    "condition of a skipped test": Case(
        PLAIN,
        {"pkg/values.py": replace(VALUES, "ON = False", "ON = True\nLIMIT = 4")},
        frozenset(
            {"red", "shown", "mixed", "point", "whole", "shifted", "pointed", "shouted", "skipped", "given"}
        ),
    ),
    "value among the parameters of a test": Case(
        PLAIN,
        {"pkg/values.py": replace(VALUES, "LIMIT = 3", "LIMIT = 4")},
        frozenset({"given"}),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_edit(name: str, recorded: Recorded, tmp_path: Path) -> None:
    """Selected are exactly the tests of the case, and no other test newly fails."""
    check(CASES[name], recorded, tmp_path / "copy")
