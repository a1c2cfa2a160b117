"""What edits of classes, and of what executes at import, reach by evidence, checked against full runs of the edited project."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest
from followed import make_tests, record, replace, select

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MONITORING: Final = sys.version_info >= (3, 12)
SHAPES: Final = """\
from pkg.plugins import table

LIMIT = 3
DOUBLE = LIMIT * 2
KINDS = []

def keep(kind):
    KINDS.append(kind)
    return kind

def size(limit=DOUBLE):
    return limit

class Shape:
    sides = 0
    label = "shape"
    title = label.upper()
    __hash__ = None

    def describe(self):
        return f"{self.title} {self.sides}"

    def area(self):
        return 1

    def scaled(self, by=1):
        return self.area() * by

    @property
    def twice(self):
        return 2 * self.sides

class Square(Shape):
    sides = 4

    def area(self):
        return 4

    class Part:
        weight = 2

class Table(dict):
    limit = 1

    def full(self):
        return len(self) >= self.limit

@keep
class Kept:
    def kept(self):
        return 1

class Lonely:
    def alone(self):
        return 1

if LIMIT > 5:
    KINDS.append("many")

if __name__ == "__main__":
    print(Shape())
"""
CLASSES: Final = {
    "pkg/__init__.py": "",
    "pkg/plugins.py": "table = {}\n\ndef find(name):\n    return table.get(name)\n",
    "pkg/shapes.py": SHAPES,
    "pkg/more.py": (
        "from pkg import shapes\n\n"
        "class Round(shapes.Shape):\n    kind = shapes.LIMIT\n\n    def area(self):\n        return 3\n\n"
        "def reader(shape, name):\n    return getattr(shape, name)\n\n"
        "def quiet():\n    return 0\n"
    ),
    "tests/test_it.py": "import time\nfrom pkg import shapes\nfrom pkg.more import Round, quiet, reader\n"
    "from pkg.shapes import DOUBLE, Kept, Lonely, Shape, Square, Table, size\n\n"
    + make_tests(
        describe="assert Shape().describe() == 'SHAPE 0'",
        square="assert Square().area() == 4",
        squared="assert Square().describe() == 'SHAPE 4'",
        scaled="assert Square().scaled(2) == 8",
        twice="assert Round().twice == 0",
        round="assert Round().area() == 3",
        kind="assert Round.kind == 3",
        read="assert reader(Shape(), 'si' + 'des') == 0",
        weight="assert Square.Part.weight == 2",
        full="assert Table(a=1).full()",
        kept="assert Kept().kept() == 1; assert shapes.KINDS == [Kept]",
        alone="assert Lonely().alone() == 1",
        sides="assert Shape.sides == 0",
        size="assert size() == 6",
        double="assert DOUBLE == 6",
        unhashable="assert Shape.__hash__ is None",
        quiet="assert quiet() == 0; time.sleep(0.3)",  # never the cheapest, which runs where an import may break
    ),
}


def edit(old: str, new: str) -> Mapping[str, str]:
    """An edit of the shapes."""
    return {"pkg/shapes.py": replace(SHAPES, old, new)}


NARROW: Final = {
    "class-level name": edit("sides = 0", "sides = 7"),
    "class-level name of a subclass": edit("sides = 4", "sides = 5"),
    "class-level name that another is made of": edit('label = "shape"', 'label = "form"'),
    "class-level name below a base from outside": edit("limit = 1", "limit = 2"),
    "class-level name of a nested class": edit("weight = 2", "weight = 3"),
    "class-level name that is gone": edit("    sides = 0\n", ""),
    "keyword of a class": edit("class Lonely:", "class Lonely(metaclass=type):"),
    "class that comes": edit("class Table(dict):", "class Newer:\n    pass\n\nclass Table(dict):"),
    "method that is gone": edit("    def area(self):\n        return 4\n", ""),
    "special method that comes": edit(
        "class Table(dict):\n", "class Table(dict):\n    def __len__(self):\n        return 0\n\n"
    ),
    "method of a base that comes": edit(
        "    sides = 4\n", "    sides = 4\n\n    def describe(self):\n        return ''\n"
    ),
    "property": edit("    @property\n", ""),
    "default of a method": edit("by=1", "by=3"),
}
WIDE: Final = {
    "decorator of a class, which keeps it": edit("@keep\n", ""),
    "class-level name that Python reads": edit("    __hash__ = None\n", ""),
    "value that values are made of": edit("LIMIT = 3", "LIMIT = 4"),
    "value that a statement reads": edit("LIMIT = 3", "LIMIT = 6"),
    "statement that comes": edit("if LIMIT > 5:", "KINDS.clear()\n\nif LIMIT > 5:"),
    "body of a decorator": edit("    return kind\n", "    return None\n"),
}

REGISTRY: Final = """\
ROUTES = {}

def route(path):
    def keep(function):
        ROUTES[path] = function
        return function
    return keep

class Plugin:
    found = []

    def __init_subclass__(cls):
        Plugin.found.append(cls.__name__)

class Base:
    pass

class One(Base):
    pass

class First(Plugin):
    pass

@route("/a")
def a():
    return 1

def ask(path):
    return ROUTES[path]() if path in ROUTES else 404

def count():
    return len(Base.__subclasses__())

def plugins():
    return len(Plugin.found)
"""
REGISTERING: Final = {
    "pkg/__init__.py": "",
    "pkg/registry.py": REGISTRY,
    "tests/test_it.py": "import time\nfrom pkg.registry import ask, count, plugins\n\n"
    + make_tests(
        page="assert ask('/a') == 1; time.sleep(0.1)",
        missing="assert ask('/' + chr(98)) == 404; time.sleep(0.1)",
        count="assert count() == 1; time.sleep(0.1)",
        plugins="assert plugins() == 1; time.sleep(0.1)",
        cheap="assert True",  # of those that import the file the cheapest runs, because its import may break
    ),
}


def register(old: str, new: str) -> Mapping[str, str]:
    """An edit of the registry."""
    return {"pkg/registry.py": replace(REGISTRY, old, new)}


REGISTERED: Final = {
    "route goes": register('@route("/a")\ndef a():\n    return 1\n', ""),
    "route comes": register("def ask", '@route("/b")\ndef later():\n    return 2\n\ndef ask'),
    "route changes": register('@route("/a")', '@route("/b")'),
    "subclass comes": register("class First", "class Two(Base):\n    pass\n\nclass First"),
    "subclass goes": register("class One(Base):\n    pass\n", ""),
    "subclass is none any more": register("class One(Base):", "class One:"),
    "plugin comes": register("class One", "class Second(Plugin):\n    pass\n\nclass One"),
    "plugin goes": register("class First(Plugin):\n    pass\n", ""),
}


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of shapes, recorded."""
    return record(tmp_path_factory.mktemp("classes"), CLASSES)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with registries, recorded."""
    return record(tmp_path_factory.mktemp("registry"), REGISTERING)


@pytest.mark.parametrize("name", NARROW)
def test_narrow_edit(classes: Path, tmp_path: Path, name: str) -> None:
    """Tests that newly fail are selected, and one that has nothing to do with the class is not."""
    selected = select(NARROW[name], classes, tmp_path / "copy")
    assert selected
    if MONITORING:
        assert "quiet" not in selected


@pytest.mark.parametrize("name", WIDE)
def test_wide_edit(classes: Path, tmp_path: Path, name: str) -> None:
    """What may change anything concerns whoever imports the file."""
    assert "quiet" in select(WIDE[name], classes, tmp_path / "copy")


@pytest.mark.parametrize("name", REGISTERED)
def test_registered(registry: Path, tmp_path: Path, name: str) -> None:
    """What a definition registers somewhere else when it is imported is found there."""
    select(REGISTERED[name], registry, tmp_path / "copy")
