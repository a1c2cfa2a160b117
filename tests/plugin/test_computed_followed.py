"""Attributes of classes apart from what is only called like them: computed names that are known, and names of modules.

Each case names the tests that are selected; those that newly fail in a full run have to be among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, replace

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

KINDS: Final = """\
class Box:
    color = 'red'
    size = 1
    weight = 2
    label = 'box'

    def open(self):
        return 'open'

    def close(self):
        return 'close'
"""
READERS: Final = """\
from pkg.kinds import Box

LOOKS = ('color', 'label')

def looks():
    return [getattr(Box, name) for name in LOOKS]

def _measure(box, what, unit=''):
    return f'{getattr(box, what)}{unit}'

def measure():
    return _measure(Box(), 'size', unit='m')

def _weigh(box, what):
    return getattr(box, what)

def weigh():
    return _weigh(Box(), 'weight')

def touch():
    return Box() is not None
"""
FILES: Final = {
    "pkg/__init__.py": "",
    "pkg/kinds.py": KINDS,
    "pkg/readers.py": READERS,
    "pkg/doors.py": "def open():\n    return 'door'\n",
    "pkg/late.py": "def late():\n    from pkg.doors import open\n    held = open\n    return held()\n",
    "pkg/defaults.py": (
        "LIMIT = 3\n\nclass Reader:\n    def __init__(self, most=LIMIT):\n        self.most = most\n\n"
        "    def read(self):\n        return self.most\n\ndef count(most=LIMIT):\n    return most\n\ndef other():\n    return 0\n"
    ),
    "pkg/strange.py": (
        "import sys\nfrom pkg.kinds import Box\n\nBox.__path__ = []\nsys.modules[__name__] = Box()\n"
    ),
    "tests/test_it.py": "import pkg.doors as doors\n\n"
    + make_tests(
        looks="from pkg.readers import looks; assert looks() == ['red', 'box']",
        measure="from pkg.readers import measure; assert measure() == '1m'",
        weigh="from pkg.readers import weigh; assert weigh() == 2",
        weigh_more="from pkg import readers; from pkg.kinds import Box; assert readers._weigh(Box(), 'col' + 'or') == 'red'",
        touch="from pkg.readers import touch; assert touch()",
        door="from pkg.readers import touch; assert touch(); held = doors.open; assert held() == 'door'",
        late="from pkg.readers import touch; from pkg.late import late; assert touch(); assert late() == 'door'",
        default="from pkg.defaults import Reader; assert Reader().read() == 3",
        given="from pkg.defaults import Reader; assert Reader(4).read() == 4",
        counted="from pkg.defaults import count; assert count() == 3",
        held="import inspect; from pkg import defaults; held = [defaults.Reader.__init__];"
        "assert inspect.signature(held[0]).parameters['most'].default == 3",
        known="from pkg.defaults import other; assert other() == 0",
        strange="import pkg.strange; import sys; assert sys.modules['pkg.strange'].open() == 'open'",
        odd="import pkg.strange; from pkg.strange import close; assert close() == 'close'",
    ),
}
CASES: Final = {
    "a constant that is a default": Case(
        FILES,
        {"pkg/defaults.py": replace(FILES["pkg/defaults.py"], "LIMIT = 3", "LIMIT = 5")},
        frozenset({"default", "given", "counted", "held"}),
    ),
    "in a loop over constants": Case(
        FILES,
        {"pkg/kinds.py": replace(KINDS, "'red'", "'blue'")},
        frozenset({"looks", "weigh_more", "weigh"}),
    ),
    "not in the loop": Case(
        FILES,
        {"pkg/kinds.py": replace(KINDS, "size = 1", "size = 3")},
        frozenset({"measure", "weigh", "weigh_more"}),
    ),
    "given by the only caller": Case(
        FILES,
        {"pkg/kinds.py": replace(KINDS, "weight = 2", "weight = 3")},
        frozenset({"weigh", "weigh_more"}),
    ),
    "a function of a module is called alike": Case(
        FILES,
        {"pkg/kinds.py": replace(KINDS, "    def open(self):\n        return 'open'\n", "")},
        frozenset({"strange"}),
    ),
    "an object is there instead of a module": Case(
        FILES,
        {"pkg/kinds.py": replace(KINDS, "    def close(self):\n        return 'close'\n", "")},
        frozenset({"odd"}),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_attributes(case: str, recorded: Recorded, tmp_path: Path) -> None:
    """Selected are exactly the tests of the case, and no other test newly fails."""
    check(CASES[case], recorded, tmp_path / "copy")
