"""The shapes of lines that several readers of logs look for."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["INTERNAL", "LETTERS", "PROGRESS", "RULE", "SECTIONS", "START"]

INTERNAL: Final = "INTERNALERROR>"
START: Final = "test session starts"
SECTIONS: Final = frozenset({"ERRORS", "FAILURES"})
"""The headings below which tracebacks are."""

RULE: Final = re.compile(r"(?P<sign>[=_!-])(?P=sign)* (?P<title>\S.*?) (?P=sign)+")
"""A heading between signs: `==== FAILURES ====`."""

LETTERS: Final = re.compile(
    r"(?:(?P<file>\S.*?) )?(?P<letters>[.FEsxXRuy,-]+)(?:\s*\[\s*(?:\d+%|\d+/\s*\d+)\]|\s+\d[\w. ]*)?"
)
"""Quiet progress: `tests/test_a.py ..F.s  [ 40%]`."""

PROGRESS: Final = re.compile(r"(?:\S+ )?[.FEsxXRuy,-]+\s+\[\s*\d+%\]")
"""The same where it can be nothing else: with how far it is."""
