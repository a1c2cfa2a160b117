"""Who may come to what a class has: not through subclasses that have their own, nor by exceptions that nobody made.

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
import abc
import os

class Base:
    label = 'base'

    def shout(self):
        return 'base!'

class Heir(Base):
    pass

class Own(Base):
    label = 'own'

class OwnHeir(Own):
    pass

class Both(Heir, Own):
    pass

class Property(Base):
    @property
    def label(self):
        return 'made'

class Asking(Base):
    label = 'asking'

    def inherited(self):
        return super().label

    def mine(self):
        return self.label

class Perhaps(Base):
    if not os.sep:
        label = 'perhaps'

class Abstract(abc.ABC):
    @abc.abstractmethod
    def run(self):
        return 0

class Running(Abstract):
    def run(self):
        return 1

class Source:
    tag = 'base'

class Copy(Source):
    tag = Source.tag

def read(thing):
    return thing.label

def listed(thing):
    return [vars(each)['label'] for each in type(thing).__mro__ if 'label' in vars(each)]
"""
ERRORS: Final = """\
class Failure(Exception):
    code = 1

    def __init__(self, text=''):
        super().__init__(text)

class Worse(Failure):
    pass

class Bare(Exception):
    code = 1

def attempt(fails):
    try:
        if fails:
            raise Worse('worse')
    except Failure as error:
        return error.code
    return 0

def attempt_bare(error):
    try:
        if error:
            raise error
    except Bare as caught:
        return caught.code
    return 0

def raise_bare(fails):
    if fails:
        raise Bare

def raise_kept():
    kept = Failure()
    raise kept

def catch(function):
    try:
        return function()
    except (KeyError, Failure) as error:
        return error.code

def make():
    return Failure
"""
FILES: Final = {
    "pkg/__init__.py": "",
    "pkg/kinds.py": KINDS,
    "pkg/errors.py": ERRORS,
    "pkg/aliased.py": (
        "from pkg import errors as e\nfrom pkg.errors import Failure as Bad\n\n"
        "def attempt(fails):\n    try:\n        if fails:\n            raise e.Failure()\n"
        "    except Bad as error:\n        return error.code\n    return 0\n"
    ),
    "tests/test_kinds.py": (
        "import pytest\nfrom pkg import kinds\nfrom pkg.kinds import read\n\n"
        + make_tests(
            base="assert read(kinds.Base()) == 'base'",
            heir="assert read(kinds.Heir()) == 'base'",
            own="assert read(kinds.Own()) == 'own'",
            own_heir="assert read(kinds.OwnHeir()) == 'own'",
            both="assert read(kinds.Both()) == 'own'",
            made="assert read(kinds.Property()) == 'made'",
            asking="assert kinds.Asking().inherited() == 'base'",
            mine="assert kinds.Asking().mine() == 'asking'",
            abstract="pytest.raises(TypeError, kinds.Abstract)",
            running="assert kinds.Running().run() == 1",
            perhaps="assert read(kinds.Perhaps()) == 'base'",
            copy="assert kinds.Copy().tag == 'base'",
            listed="assert kinds.listed(kinds.Own()) == ['own', 'base']",
        )
        + "\ndef test_taken_away(monkeypatch):\n    monkeypatch.delattr(kinds.Own, 'label')\n"
        "    assert read(kinds.Own()) == 'base'\n"
        "\ndef test_shouted():\n    assert kinds.Own().shout() and read(kinds.Own()) == 'own'\n"
    ),
    "tests/test_errors.py": (
        "import pytest\nfrom pkg import aliased, errors\n\n"
        + make_tests(
            well="assert errors.attempt(False) == 0",
            failed="assert errors.attempt(True) == 1",
            aliased_well="assert aliased.attempt(False) == 0",
            aliased_failed="assert aliased.attempt(True) == 1",
            kept="assert errors.catch(errors.raise_kept) == 1",
            made="assert errors.make().code == 1",
            bare_well="assert errors.attempt_bare(None) == 0",
        )
        + "\ndef test_bare():\n    try:\n        errors.raise_bare(True)\n"
        "    except Exception as error:\n        assert error.code == 1\n"
    ),
}
CASES: Final = {
    "a name that subclasses have too": (
        {"pkg/kinds.py": replace(KINDS, "'base'\n\n    def", "'basis'\n\n    def")},
        "base heir both asking perhaps listed taken_away shouted",
    ),
    "a name of an exception": (
        {
            "pkg/errors.py": replace(
                ERRORS, "code = 1\n\n    def __init__(self, text", "code = 2\n\n    def __init__(self, text"
            )
        },
        "failed aliased_failed kept made",
    ),
    "a name of an exception without a constructor": (
        {
            "pkg/errors.py": replace(
                ERRORS, "class Bare(Exception):\n    code = 1", "class Bare(Exception):\n    code = 2"
            )
        },
        "bare bare_well",
    ),
    "a name that a subclass makes its own of": (
        {"pkg/kinds.py": replace(KINDS, "tag = 'base'", "tag = 'basis'")},
        "copy listed",
    ),
    "a method that is abstract no longer": (
        {"pkg/kinds.py": replace(KINDS, "    @abc.abstractmethod\n", "")},
        "abstract running",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_selected(case: str, recorded: Recorded, tmp_path: Path) -> None:
    """Exactly those tests run that may come to it, and they hold all that fails."""
    edits, selected = CASES[case]
    check(Case(FILES, edits, frozenset(selected.split())), recorded, tmp_path / "copy")
