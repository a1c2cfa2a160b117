"""Who asks for something that no text of theirs names: by what was made at import, by a protocol, by asking the system.

Each case names the tests that are selected; those that newly fail in a full run have to be among them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, replace

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

KINDS: Final = """\
import abc
import typing

class Box:
    size = 1
    name = 'box'

class Bag:
    size = 2

class Duck:
    def quack(self):
        return 1

class Cow:
    def moo(self):
        return 1

@typing.runtime_checkable
class Quacking(typing.Protocol):
    def quack(self): ...

class Runner(abc.ABC):
    @property
    @abc.abstractmethod
    def speed(self): ...

class Fast(Runner):
    speed = property(len)
"""
GETTERS: Final = """\
from operator import attrgetter, methodcaller

by_size = attrgetter('size')
both = {'size': by_size}
talk = methodcaller('moo')

def measure(each):
    return both['size'](each)
"""
FILES: Final = {
    "pkg/__init__.py": "",
    "pkg/kinds.py": KINDS,
    "pkg/getters.py": GETTERS,
    "pkg/sizes.py": "import os\n\nHERE = os.path.dirname(__file__)\n\n"
    "def weigh():\n    return os.stat(os.path.join(HERE, 'weighed.txt')).st_size\n",
    "pkg/weighed.txt": "1\n",
    "tests/test_it.py": make_tests(
        sized="from pkg.kinds import Box; from pkg.getters import by_size; assert by_size(Box()) == 1",
        measured="from pkg.kinds import Box; from pkg.getters import measure; assert measure(Box()) == 1",
        bag="from pkg.kinds import Bag; from pkg.getters import by_size; assert by_size(Bag()) == 2",
        talked="from pkg.kinds import Cow; from pkg.getters import talk; assert talk(Cow()) == 1",
        cow="from pkg.kinds import Cow, Quacking; assert not isinstance(Cow(), Quacking)",
        boxed="from pkg.kinds import Box, Quacking; assert not isinstance(Box(), Quacking)",
        quacked="from pkg.kinds import Duck; assert Duck().quack() == 1",
        fast="from pkg.kinds import Fast; assert Fast()",
        weighed="from pkg.sizes import weigh; assert weigh() == 2",
    ),
}
COW: Final = "class Cow:\n"
FIELDS: Final = """\
NOTED = []

class Field:
    def __init__(self, kind):
        self.kind = kind

    def __set_name__(self, owner, name):
        owner.names = (*getattr(owner, 'names', ()), name)
        NOTED.append(name)

class Form:
    first = Field('text')
    title = 'form'

class Other:
    title = 'other'
"""
TOLD: Final = {
    "pkg/__init__.py": "",
    "pkg/fields.py": FIELDS,
    "tests/test_it.py": make_tests(
        names="from pkg.fields import Form; assert Form.names == ('first',)",
        noted="from pkg.fields import NOTED; assert NOTED == ['first']",
        titled="from pkg.fields import Form; assert Form.title == 'form'",
        other="from pkg.fields import Other; assert Other.title == 'other'",
        nothing="assert True",
    ),
}
TELLING: Final = frozenset({"names", "noted", "titled", "other"})
CASES: Final = {
    "attribute that a getter asks for that was made at import": Case(
        FILES, {"pkg/kinds.py": replace(KINDS, "size = 1", "size = 3")}, frozenset({"sized", "measured"})
    ),
    "method that comes and is called by what was made at import": Case(
        FILES,
        {"pkg/kinds.py": replace(KINDS, "    def moo(self):\n        return 1\n", "    pass\n")},
        frozenset({"talked"}),
    ),
    "method that comes and that a protocol asks for": Case(
        FILES,
        {"pkg/kinds.py": replace(KINDS, COW, f"{COW}    def quack(self):\n        return 2\n\n")},
        frozenset({"talked", "cow"}),
    ),
    "attribute that comes and that a protocol asks for": Case(
        FILES, {"pkg/kinds.py": replace(KINDS, COW, f"{COW}    quack = 1\n\n")}, frozenset({"talked", "cow"})
    ),
    "attribute that goes and that an abstract class asks for": Case(
        FILES, {"pkg/kinds.py": replace(KINDS, "speed = property(len)", "pass")}, frozenset({"fast"})
    ),
    "file of which only the size is asked": Case(FILES, {"pkg/weighed.txt": "123\n"}, frozenset({"weighed"})),
    "value that is told of its name comes": Case(
        TOLD,
        {
            "pkg/fields.py": replace(
                FIELDS, "first = Field('text')", "first = Field('text')\n    last = Field('')"
            )
        },
        TELLING,
    ),
    "value that is told of its name goes": Case(
        TOLD, {"pkg/fields.py": replace(FIELDS, "    first = Field('text')\n", "")}, TELLING
    ),
    "literal beside a value that is told of its name": Case(
        TOLD, {"pkg/fields.py": replace(FIELDS, "'form'", "'other'")}, frozenset({"titled"})
    ),
}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="all that a test imports counts as executed")
@pytest.mark.parametrize("name", CASES)
def test_edit(name: str, recorded: Recorded, tmp_path: Path) -> None:
    """Selected are exactly the tests of the case, and no other test newly fails."""
    check(CASES[name], recorded, tmp_path / "copy")
