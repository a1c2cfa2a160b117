"""Classes that are called alike: which of them an edit concerns, checked against full runs of the edited project."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, replace

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

FIELDS: Final = """\
class Base:
    label = 'base'

class Enum(Base):
    def describe(self):
        return self.label

class Warning(Base):
    def warn(self):
        return self.label
"""
FILES: Final = {
    "pkg/__init__.py": "",
    "pkg/again.py": "from pkg import fields\n\nfor _name in ('Enum',):\n    globals()[_name] = getattr(fields, _name)\n",
    "pkg/fields.py": FIELDS,
    "pkg/lazy.py": "def __getattr__(name):\n    from pkg import fields\n    return getattr(fields, name)\n",
    "pkg/front.py": "from pkg.fields import *\n",
    "pkg/shades.py": "from enum import Enum\nfrom pkg import fields\n\nclass Shade(Enum):\n    RED = 1\n\n"
    "def red():\n    return Shade.RED\n",
    "pkg/alarms.py": "from pkg import fields\n\nclass Alarm(Warning):\n    pass\n\ndef alarm():\n    return Alarm()\n",
    "pkg/own.py": "from pkg import fields\n\nclass Enum:\n    size = 1\n\nclass Own(Enum):\n    pass\n\n"
    "def own():\n    return Own().size\n",
    "pkg/maybe.py": "from pkg import fields\n\ntry:\n    from fastenum import Enum\nexcept ImportError:\n"
    "    Enum = fields.Enum\n\nclass Maybe(Enum):\n    pass\n\ndef maybe():\n    return Maybe().describe()\n",
    "pkg/starred.py": "from pkg.front import *\n\nclass Starred(Enum):\n    pass\n\n"
    "def starred():\n    return Starred().describe()\n",
    "pkg/found.py": "from pkg.lazy import Enum\n\nclass Found(Enum):\n    pass\n\ndef found():\n    return Found().describe()\n",
    "pkg/dynamic.py": "from pkg.again import Enum\n\nclass Dynamic(Enum):\n    pass\n\n"
    "def dynamic():\n    return Dynamic().describe()\n",
    "pkg/chosen.py": "from enum import Enum\n\ndef choose():\n    global Enum\n    from pkg import fields\n"
    "    Enum = getattr(fields, 'Enum')\n    return Enum().describe()\n\n"
    "def chosen():\n    choose()\n    return Enum().describe()\n",
    "tests/test_it.py": make_tests(
        plain="from pkg.fields import Enum; assert Enum().describe() == 'base'",
        warned="from pkg import fields; assert fields.Warning().warn() == 'base'",
        red="from pkg.shades import red; assert red().value == 1",
        alarm="from pkg.alarms import alarm; assert alarm()",
        own="from pkg.own import own; assert own() == 1",
        maybe="from pkg.maybe import maybe; assert maybe() == 'base'",
        starred="from pkg.starred import starred; assert starred() == 'base'",
        found="from pkg.found import found; assert found() == 'base'",
        dynamic="from pkg.dynamic import dynamic; assert dynamic() == 'base'",
        chosen="from pkg.chosen import chosen; assert chosen() == 'base'",
    ),
}
USING: Final = frozenset({"plain", "maybe", "starred", "found", "dynamic", "chosen"})
CASES: Final = {
    "base of a class that others are called like": Case(
        FILES,
        {"pkg/fields.py": replace(FIELDS, "class Enum(Base):", "class Enum(Base, dict):")},
        USING,
    ),
    "method that goes": Case(
        FILES,
        {
            "pkg/fields.py": replace(
                FIELDS, "    def describe(self):\n        return self.label\n", "    pass\n"
            )
        },
        USING,
    ),
    "class that is called otherwise, so that nothing is certain": Case(
        FILES,
        {
            "pkg/fields.py": replace(FIELDS, "class Enum(", "class Kind("),
            "pkg/chosen.py": replace(FILES["pkg/chosen.py"], "'Enum'", "'Kind'"),
        },
        USING | {"own", "red"},
    ),
    "base of a class that is called like one of Python": Case(
        FILES,
        {"pkg/fields.py": replace(FIELDS, "class Warning(Base):", "class Warning(Base, dict):")},
        frozenset({"warned"}),
    ),
}


@pytest.mark.skipif(
    sys.version_info < (3, 12), reason="below, what is imported within a test is not told apart"
)
@pytest.mark.parametrize("name", CASES)
def test_edit(name: str, recorded: Recorded, tmp_path: Path) -> None:
    """Selected are exactly the tests of the case, and no other test newly fails."""
    check(CASES[name], recorded, tmp_path / "copy")
