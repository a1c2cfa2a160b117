"""The files that every test stands on: configuration, requirements and lock files beside it.

What a test did holds for them as they were. pytest has read them before the watch begins, and what is installed was
chosen by them, so they count as read by every test, those too that were looked for and not there.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MANIFESTS", "find_ground"]

MANIFESTS: Final = frozenset({"pyproject.toml", "setup.cfg", "tox.ini"})
"""Of these a part may mean nothing, so their text is kept."""

CONFIGURATION: Final = frozenset(
    {"pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "txselect.toml", "setup.py"}
)
NAMES: Final = re.compile(
    r".*\.lock|Pipfile|.*requirements.*\.(txt|in)|.*constraints\.txt|constraints.*\.txt|pylock.*\.toml"
    r"|conda-lock\.yml|environment\.ya?ml|\.python-versions?|runtime\.txt|\.env|pytest\.env"
)
FOLDER: Final = "requirements"
"""Of which every text counts."""


def find_ground(folders: Iterable[str]) -> list[str]:
    """The absolute paths of such files in some folders, present or not, and in their `requirements`."""
    found: dict[str, None] = {}
    for folder in folders:
        found |= dict.fromkeys(os.path.join(folder, name) for name in sorted(CONFIGURATION | MANIFESTS))
        found |= dict.fromkeys(os.path.join(folder, name) for name in _list(folder) if NAMES.fullmatch(name))
        below = os.path.join(folder, FOLDER)
        found |= dict.fromkeys(
            os.path.join(below, name) for name in _list(below) if name.endswith((".txt", ".in"))
        )
    return list(found)


def _list(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
