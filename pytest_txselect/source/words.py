"""Words that several readers of sources look for."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["DOC_READERS", "LISTING", "NAME"]

NAME: Final = re.compile(r"[^\W\d]\w*")
"""What may be a name in a text."""
LISTING: Final = frozenset({"glob", "iglob", "iterdir", "listdir", "rglob", "scandir", "walk"})
"""Functions that list folders."""
DOC_READERS: Final = frozenset({"__doc__", "getdoc", "getcomments", "pydoc"})
"""What reads docstrings, beside `help`, which is also the name of many an option."""
