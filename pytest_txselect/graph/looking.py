"""Files whose calls may look into a folder of the repository: which of them are worth a look at these calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.words import COPYING, DOTS, LISTING, PLACES, PYTHON, STARTING, TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.source.facts import FileFacts, Import

__all__ = ["AROUND", "LOOKS", "OWNING", "TAKES", "find_looks", "mentions_place", "says_place"]

LOOKS: Final = "\x00looks"
"""Stands among the words of a file that lists, copies or checks folders, and knows a place in the repository."""
AROUND: Final = "\x00around"
"""Stands among the words of one that lists or copies folders, and has a string such as `"."`; see `says_place`."""
TAKES: Final = "\x00takes"
"""Stands among the words of one that lists or copies folders, and can have a place from another file only."""
LOOKING: Final = LISTING | COPYING
IN_PROCESS: Final = frozenset({"Run", "main", "run"})
"""Names with which a tool that is imported is started."""
KNOWING: Final = PLACES | {"__file__", "__path__", "curdir", "find_spec", "pardir", "resource_filename"}
"""Names of places in the repository."""
FILES: Final = "files"
OWNING: Final = frozenset({"__file__", "__path__", FILES, "get_data", "resource_filename", "resource_string"})
"""Names of a file's own place, or of its package's."""
RESOURCES: Final = frozenset({"importlib.resources", "importlib_resources"})
"""Modules that know the places of packages."""
MAKEFILES: Final = ("Makefile", "makefile")
"""What `make` reads without being told."""
MOST_TARGETS: Final = 3
"""A longer text that begins with `make` is a sentence."""
CUTTING: Final = rb"(?:count|endswith|find|index|join|partition|replace|rfind|rindex|split|startswith|strip)\([^()\n]{0,40}"
PLACE: Final = re.compile(rb"(?<![\w)}\]])['\"]\.\.?/?['\"](?!\s*(?:\.join|in\b|%|\+))")
BEFORE: Final = re.compile(
    CUTTING + rb"\Z|(?:[=!]=|\bin|\+)\s*\Z|path\.append\(\Z|path\.insert\([^()]{0,8}\Z"
)
REACH: Final = 60


def find_looks(facts: FileFacts) -> Iterator[str]:
    """What stands among the words of a file that may look into folders."""
    if not facts.names.isdisjoint(LOOKING):
        knows = not facts.names.isdisjoint(KNOWING) or any(_knows_packages(each) for each in facts.imports)
        yield LOOKS if knows else TAKES if facts.strings.isdisjoint(DOTS) else AROUND
    elif _starts_tool(facts):
        yield LOOKS
    if _runs_make(facts):
        yield from MAKEFILES


def _knows_packages(statement: Import) -> bool:
    """Whether an import is of what knows the places of packages."""
    return statement.module in RESOURCES or (
        statement.module == "importlib" and "resources" in statement.names
    )


def says_place(source: bytes) -> bool:
    """Whether a file may mean a folder by `"."`: not only where names are cut or joined."""
    return any(
        BEFORE.search(source, max(0, match.start() - REACH), match.start()) is None
        for match in PLACE.finditer(source)
    )


def _starts_tool(facts: FileFacts) -> bool:
    """Whether a file may start a program that reads folders: a linter, or Python with a folder as its script."""
    if facts.names.isdisjoint(STARTING):
        return False
    if "executable" in facts.names or not facts.strings.isdisjoint(TOOLS | PYTHON):
        return True
    if any(_is_command(text) for text in facts.strings if " " in text):
        return True
    tops = {each.module.partition(".")[0] for each in facts.imports} & TOOLS
    return not facts.names.isdisjoint(IN_PROCESS) and bool(
        tops - {"pytest"} or (tops and "main" in facts.names)
    )


def _runs_make(facts: FileFacts) -> bool:
    """Whether a file may run `make`."""
    if facts.names.isdisjoint(STARTING) or not any(
        each.module in {"os", "subprocess"} for each in facts.imports
    ):
        return False
    return "make" in facts.strings or any(
        text.startswith("make ") and text.count(" ") <= MOST_TARGETS for text in facts.strings
    )


def _is_command(text: str) -> bool:
    """Whether a text begins as a command that starts such a program: `ruff check .`, `python -m mypy src`."""
    first, _, rest = text.partition(" ")
    return first in TOOLS or (first in PYTHON and (" " not in rest or " -" in text))


def mentions_place(facts: FileFacts) -> bool:
    """Whether a file mentions its own place; `files` also is what many a variable is called."""
    found = facts.names & OWNING
    if found != {FILES}:
        return bool(found)
    return "resources" in facts.names or any(
        not {FILES, "*"}.isdisjoint(each.names) or each.module.startswith("importlib")
        for each in facts.imports
    )
