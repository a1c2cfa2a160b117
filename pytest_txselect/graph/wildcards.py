"""Words that look like globs: which paths they fit, and which of them are none."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import cache
from typing import TYPE_CHECKING, Final

from pytest_txselect.project.tree import file_name, folder_of, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["GLOB", "find_end", "glob_fits", "is_near", "says_nothing", "to_path", "unite"]

GLOB: Final = re.compile(r"[*?\[]")
BLANK: Final = re.compile(r"(?:\[[^\]]*\]|[*?./])+\Z")
"""A glob without a letter of its own: `*/*` is a media type, `[a-z_][a-z0-9_]*` an expression."""
EXPRESSION: Final = re.compile(r"\(\?|\[\^|\]\+|\A\^|\$\Z|\\[dswbDSWB][+*?{]")
"""What only regular expressions have."""
SLASHES: Final = re.compile(r"/(?:\.?/)+")
"""What the file system takes for one slash."""
WILD: Final = re.compile(r"[*?\]]")
MANY: Final = 4
"""Of a glob with more `**/` than these any way to fit is enough."""


def is_near(word: str) -> bool:
    """Whether a glob means files of its file's neighbourhood: `*`, `*.py`."""
    return word.strip("*./") in {"", "py"} and "/" not in word.strip("/")


def glob_fits(word: str, path: str, changed: str) -> bool:
    """Whether a glob, taken from the file's folder, one above it, or anywhere, fits a path."""
    if is_near(word):
        return changed.startswith(join(folder_of(path), "")) and bool(_compile(word)(file_name(changed)))
    return changed.endswith(find_end(word)) and any(
        _compile(f"*/{each}")(f"/{changed}") for each in _spell_out(word)
    )


def unite(words: Iterable[str]) -> Callable[[str], re.Match[str] | None]:
    """A matcher that finds whether any of some globs, none of them near, fits a path with a slash in front."""
    each = (translate(f"*/{one}") for word in words for one in _spell_out(word))
    return re.compile("|".join(each)).match


@cache
def find_end(word: str) -> str:
    """What every path ends with that a glob fits: to look at that first spares most globs their compilation."""
    return WILD.split(word)[-1].lstrip("/")


@cache
def _spell_out(word: str) -> tuple[str, ...]:
    """A glob with `**/` as several without: it stands for folders, or for none."""
    if word.count("**/") > MANY:
        return (word.replace("**/", "*"),)
    front, stars, rest = word.partition("**/")
    behind = _spell_out(rest) if stars else ("",)
    return tuple(front + way + each for way in ("", "*/") for each in behind) if stars else (word,)


@cache
def _compile(pattern: str) -> Callable[[str], re.Match[str] | None]:
    """The matcher of a glob; `re` keeps only the last few hundred, and a large project has more."""
    return re.compile(translate(pattern)).match


def says_nothing(word: str) -> bool:
    """Whether a word that looks like a glob has nothing that a file's name could have, or is none."""
    if "**/" in word or not GLOB.search(word):
        return False
    return BLANK.match(word) is not None or EXPRESSION.search(word) is not None


def to_path(text: str) -> str:
    """A text as a path from wherever it may begin."""
    path = text.replace("\\", "/")
    if "//" in path or "/./" in path:
        path = SLASHES.sub("/", path)
    path = path.strip("/")
    while path.startswith(("./", "../")):
        path = path.partition("/")[2]
    return path
