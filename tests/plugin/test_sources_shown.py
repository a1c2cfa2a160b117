"""Sources that are read to be shown: by tracebacks and warnings for the lines that were executed, by others as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from followed import Case, check, make_tests, replace

if TYPE_CHECKING:
    from pathlib import Path

    from followed import Recorded

SHOWING: Final = """\
import inspect
import logging
import traceback
import warnings

def fails():
    raise ValueError('x')

def show():
    try:
        fails()
    except ValueError:
        logging.getLogger(__name__).exception('logged')
        return traceback.format_exc()

def warn():
    return warnings.formatwarning('old', UserWarning, __file__, 1)

def source():
    return len(inspect.getsource(fails)) > 0

def other():
    return 1
"""
FILES: Final = {
    "pkg/__init__.py": "",
    "pkg/showing.py": SHOWING,
    "tests/test_showing.py": "from pkg.showing import other, show, source, warn\n\n"
    + make_tests(
        show="assert 'fails()' in show()",
        warn="assert warn()",
        source="assert source()",
        other="assert other() == 1",
    ),
}
CASES: Final = {
    "elsewhere": Case(
        FILES, {"pkg/showing.py": replace(SHOWING, "return 1", "return 2")}, frozenset({"other", "source"})
    ),
    "what was shown": Case(
        FILES, {"pkg/showing.py": replace(SHOWING, "'x'", "'y'")}, frozenset({"show", "source"})
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_edit(name: str, recorded: Recorded, tmp_path: Path) -> None:
    """A traceback concerns an edit of what it shows; who takes a source concerns every edit of the file."""
    check(CASES[name], recorded, tmp_path / "copy")
