"""The column "with evidence": what an edit reaches by names, checked against a full run of the edited project.

Each case names the tests that are selected; those that newly fail in a full run have to be among them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, outcomes, replace
from recorded_project import RecordedProject

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

OLD_NAMES: Final = """\
def _old_name():
    return 1

def _other():
    return 2

def current():
    return 3

def __getattr__(name):
    if name in {"old_name"}:
        return globals()[f"_{name}"]
    if name == "older":
        from pkg.more import given
        return given
    raise AttributeError(name)
"""

DEPRECATED: Final = {
    "pkg/__init__.py": "",
    "pkg/more.py": "given = 5\nlimit = 1\n",
    "pkg/names.py": OLD_NAMES,
    "tests/test_it.py": "from pkg import names\nfrom pkg.names import current\n\n"
    + make_tests(
        current="assert current() == 3",
        old="assert names.old_name() == 1",
        older="assert names.older == 5",
        computed="assert getattr(names, 'old' + '_name')() == 1",
    ),
}
COMPUTED: Final = {
    "pkg/__init__.py": "",
    "pkg/tables.py": "RED = 1\nBLUE = 2\n",
    "pkg/find.py": "from pkg import tables\n\ndef find(name):\n    return getattr(tables, name.upper())\n\n"
    "def other():\n    return 3\n",
    "pkg/late.py": "import importlib\n\ndef find(name):\n"
    "    return vars(importlib.import_module('pkg.tables'))[name.upper()]\n",
    "tests/test_it.py": make_tests(
        red="from pkg.find import find; assert find('red') == 1",
        late="from pkg.late import find; assert find('red') == 1",
        other="from pkg.find import other; assert other() == 3",
    ),
}
HELD: Final = {
    "pkg/__init__.py": "from pkg import tables as t2\nfrom pkg.use import *\n",
    "pkg/tables.py": "RED = 1\nBLUE = 2\n",
    "pkg/use.py": "from pkg import tables\n\nheld = tables\n\nclass Box:\n    inside = tables\n\n"
    "def read(module, name):\n    return getattr(module, name)\n",
    "pkg/quiet.py": "def quiet():\n    return 1\n",
    "tests/test_it.py": make_tests(
        attribute="import pkg; assert pkg.tables.RED == 1",
        renamed="from pkg import t2; assert t2.RED == 1",
        argument="from pkg import read, tables; assert read(tables, 'R' + 'ED') == 1",
        held="from pkg import held; assert held.RED == 1",
        boxed="from pkg.use import Box; assert Box.inside.RED == 1",
        patched="from unittest import mock; p = mock.patch('pkg.tables.RED', 3); p.start(); p.stop(); assert p",
        blue="from pkg.tables import BLUE; assert BLUE == 2",
        quiet="from pkg.quiet import quiet; assert quiet() == 1",
    ),
}
CALLS: Final = """\
import inspect
from abc import ABC, abstractmethod

def shout(text, mark='!'):
    return text + mark

def whisper(text):
    return shout(text) if text == 'loud' else text

def count(stop=3):
    yield from range(stop)

def parameters(function):
    return list(inspect.signature(function).parameters.values())

class Plain:
    def __init__(self, size=1):
        self.size = size

    def grow(self, by=1):
        return self.size + by

    def rest(self):
        return 0

class Shape(ABC):
    @abstractmethod
    def area(self):
        ...

class Square(Shape):
    def area(self):
        return 4

def make():
    return Square()
"""
CALLED: Final = {
    "pkg/__init__.py": "",
    "pkg/calls.py": CALLS,
    "tests/test_it.py": "import pytest\nfrom pkg import calls\nfrom pkg.calls import Plain, count, shout, whisper\n\n"
    + make_tests(
        shout="assert shout('a') == 'a!'",
        whisper="assert whisper('a') == 'a'",
        loud="assert whisper('loud') == 'loud!'",
        inspected="assert calls.parameters(calls.shout)[1].default == '!'",
        misused="with pytest.raises(TypeError): shout('a', '!', 'c')",
        lazy="assert count.__name__ == 'count'; assert count() is not None",
        plain="assert Plain().rest() == 0",
        grown="assert Plain(2).grow() == 3",
        known="assert hasattr(Plain(), 'grow')",
        square="assert calls.make() is not None",
        other="assert calls.parameters(calls.whisper)",
    ),
}
JSON: Final = {
    "pkg/__init__.py": "",
    "pkg/codec.py": "class Codec:\n    def loads(self, text):\n        return text\n",
    "pkg/config.py": "import json\nfrom pkg.codec import Codec\n\ndef read(text, loads=json.loads):\n"
    "    return loads(text)\n\ndef make():\n    return Codec()\n",
    "tests/test_it.py": "import json\nfrom pkg.config import make, read\n\n"
    + make_tests(
        own="assert make().loads('1') == '1'",
        hidden="assert hasattr(make(), 'loads')",
        read="assert read('1') == 1",
        outside="assert make() and json.loads('1') == 1",
    ),
}
UNUSED: Final = {
    "pkg/__init__.py": "",
    "pkg/a.py": "import sys\n\ndef give():\n    if sys.platform == 'none':\n        from pkg import elsewhere\n"
    "        return elsewhere.LIMIT\n    return 1\n",
    "pkg/elsewhere.py": "import os\n\nLIMIT = 1\n\ndef where(name='x'):\n    return os.sep\n",
    "tests/test_it.py": "from pkg.a import give\n\n"
    + make_tests(one="assert give() == 1", two="import time; time.sleep(0.3); assert give() < 2"),
}
CASES: Final = {
    "deprecated name by globals": Case(
        DEPRECATED,
        {"pkg/names.py": replace(OLD_NAMES, "def _old_name():", "def _old_name(value=None):")},
        frozenset({"old", "computed"}),
    ),
    "name that nobody asks for": Case(
        DEPRECATED,
        {"pkg/names.py": replace(OLD_NAMES, "def _other():", "def _other(value=None):")},
        frozenset({"old", "computed"}),
    ),
    "deprecated name by import": Case(
        DEPRECATED, {"pkg/more.py": "given = 6\nlimit = 1\n"}, frozenset({"older", "computed"})
    ),
    "computed attribute of a module": Case(
        COMPUTED, {"pkg/tables.py": "RED = 7\nBLUE = 2\n"}, frozenset({"red", "late"})
    ),
    "module in hand": Case(
        HELD,
        {"pkg/tables.py": "RED = 7\nBLUE = 2\n"},
        frozenset({"attribute", "renamed", "argument", "held", "boxed", "patched"}),
    ),
    "name of a module in hand is gone": Case(
        HELD,
        {"pkg/tables.py": "BLUE = 2\n"},
        frozenset({"attribute", "renamed", "argument", "held", "boxed", "patched"}),
    ),
    "default of a function": Case(
        CALLED,
        {"pkg/calls.py": replace(CALLS, "mark='!'", "mark='?'")},
        frozenset({"shout", "loud", "inspected", "misused"}),
    ),
    "parameter of a function": Case(
        CALLED,
        {"pkg/calls.py": replace(CALLS, "def shout(text, mark='!'):", "def shout(text, mark='!', *more):")},
        frozenset({"shout", "loud", "inspected", "misused"}),
    ),
    "default of a generator": Case(
        CALLED, {"pkg/calls.py": replace(CALLS, "count(stop=3)", "count(stop)")}, frozenset({"lazy"})
    ),
    "default of a constructor": Case(
        CALLED,
        {"pkg/calls.py": replace(CALLS, "self, size=1", "self, size=5")},
        frozenset({"plain", "grown", "known"}),
    ),
    "method is gone": Case(
        CALLED,
        {"pkg/calls.py": replace(CALLS, "    def grow(self, by=1):\n        return self.size + by\n", "")},
        frozenset({"grown", "known"}),
    ),
    "method that must be there is gone": Case(
        CALLED,
        {"pkg/calls.py": replace(CALLS, "    def area(self):\n        return 4\n", "    pass\n")},
        frozenset({"square"}),
    ),
    "method of a name that others have": Case(
        JSON,
        {
            "pkg/codec.py": replace(
                JSON["pkg/codec.py"], "    def loads(self, text):\n        return text\n", "    pass\n"
            )
        },
        frozenset({"own", "hidden"}),
    ),
    "file that nobody imports": Case(
        UNUSED,
        {"pkg/elsewhere.py": "LIMIT = 1\n\ndef where(name='y'):\n    return os.sep\n"},
        frozenset({"one"}),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_edit(name: str, recorded: Recorded, tmp_path: Path) -> None:
    """Selected are exactly the tests of the case, and no other test newly fails."""
    check(CASES[name], recorded, tmp_path / "copy")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="one recorder is enough for the laws")
def test_cases_can_fail(tmp_path: Path) -> None:
    """The tests of a project do fail when what they check is edited away, so that a missed one would show."""
    project = RecordedProject(tmp_path).write(
        {"pytest.ini": "[pytest]\n", **COMPUTED, "pkg/tables.py": "RED = 7\n"}
    )
    assert outcomes(project.run(record=False)) == {"red": "FAILED", "late": "FAILED", "other": "PASSED"}
