"""Patterns for paths, as `.gitignore` has them with fewer surprises.

A pattern is compared with a whole path relative to pytest's rootdir, `/` between its parts (`../x` for what
lies outside of it).

- `*` is anything but `/`, `?` one character but `/`, `[abc]`, `[a-z]` and `[!a]` one of a class. `**` as a
  whole part is any number of folders, none too; at the end it is everything below.
- A pattern without `/` is compared with the name in any folder; a `/` in front or in the middle ties it to
  the rootdir.
- `docs/` is everything below any folder of that name. A last part without wildcards stands for the file of
  that name, and for everything below a folder of that name.
- In a list, a leading `!` takes away; the last pattern that fits a path decides about it.
- `re:` (only where jobs are described) starts a regular expression for the whole path.

Matching takes time proportional to the product of the lengths, whatever the pattern: stars are atomic groups,
so the first way to match is the only one tried. The text after `re:` is compiled as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_txselect.glob_regex import GlobSyntaxError, split_pattern, translate_parts, translate_plain

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Glob",
    "GlobSet",
    "GlobSyntaxError",
    "NodeGlob",
    "escape_path",
    "name_tails",
    "parse_glob",
    "parse_globs",
    "parse_node_glob",
]


@dataclass(frozen=True, slots=True)
class Glob:
    """One pattern.

    Attributes:
        text: as it was written, with its `!`.
        negated: whether it takes paths away from a list.
        regex: fits the paths that the pattern speaks about, as a whole.
    """

    text: str
    negated: bool
    regex: re.Pattern[str]

    def matches(self, path: str) -> bool:
        """Tell whether the pattern speaks about a path, to add it or to take it away."""
        return self.regex.fullmatch(path) is not None


@dataclass(frozen=True, slots=True)
class GlobSet:
    """A list of patterns, of which the last one that fits decides."""

    globs: tuple[Glob, ...] = ()

    def find(self, path: str) -> Glob | None:
        """Find the pattern that decides about a path; it may be a negated one."""
        return next((glob for glob in reversed(self.globs) if glob.matches(path)), None)

    def matches(self, path: str) -> bool:
        """Tell whether the list contains a path."""
        found = self.find(path)
        return found is not None and not found.negated


@dataclass(frozen=True, slots=True)
class NodeGlob:
    """A pattern for tests: of their file, and after `::` of their name.

    Attributes:
        text: as it was written.
        path: for the file.
        name: for what follows `::` in a node id; None where any test of the file will do.
    """

    text: str
    path: Glob
    name: re.Pattern[str] | None

    def matches(self, path: str, name: str) -> bool:
        """Tell whether a test fits.

        Args:
            path: its file, relative to the rootdir.
            name: what follows the first `::` of its node id, such as `TestCase::test_a[1]`. The pattern may
                leave out the classes in front and the parameters behind.
        """
        if not self.path.matches(path):
            return False
        if self.name is None:
            return True
        return any(self.name.fullmatch(tail) for tail in name_tails(name))


def name_tails(name: str) -> tuple[str, ...]:
    """The names by which a pattern may speak of a test: without the classes in front, without its parameters.

    Args:
        name: what follows the first `::` of its node id.
    """
    plain, bracket, parameters = name.partition("[")
    parts = plain.split("::")
    tails = ["::".join(parts[start:]) for start in range(len(parts))]
    return (*tails, *(tail + bracket + parameters for tail in tails)) if bracket else tuple(tails)


def parse_glob(text: str, *, regexes: bool = False) -> Glob:
    """Compile one pattern.

    Args:
        text: the pattern.
        regexes: whether `re:` may be used.

    Raises:
        GlobSyntaxError: the pattern cannot mean what its author wants.
    """
    negated = text.startswith("!")
    body = text[1:] if negated else text
    if body.startswith("re:"):
        if not regexes:
            raise GlobSyntaxError(
                "regular expressions are for jobs only; write a path pattern such as docs/**"
            )
        return Glob(text, negated, _compile_regex(body[3:]))
    return Glob(text, negated, re.compile("(?s)" + translate_parts(split_pattern(body))))


def parse_globs(texts: Iterable[str], *, regexes: bool = False) -> GlobSet:
    """Compile a list of patterns.

    Raises:
        GlobSyntaxError: for the first pattern that is wrong.
    """
    return GlobSet(tuple(parse_glob(text, regexes=regexes) for text in texts))


def parse_node_glob(text: str) -> NodeGlob:
    """Compile a pattern for tests, such as `tests/pipelines/**` or `*::test_pipeline_*`.

    In a name, `[` is itself.

    Raises:
        GlobSyntaxError: the pattern cannot mean what its author wants.
    """
    path, separator, name = text.partition("::")
    if path.startswith("!"):
        raise GlobSyntaxError("nothing can be taken away here; drop the !")
    if not separator:
        return NodeGlob(text, parse_glob(path), None)
    if not name:
        raise GlobSyntaxError("no name follows ::; write *::test_name or drop the ::")
    regex = "".join(f"(?>.*?{translate_plain(piece)})" for piece in name.split("*")[1:-1])
    first, *rest = name.split("*")
    tail = f".*{translate_plain(rest[-1])}" if rest else ""
    return NodeGlob(text, parse_glob(path or "**"), re.compile(f"(?s){translate_plain(first)}{regex}{tail}"))


def escape_path(path: str) -> str:
    """Write the pattern that fits one path and, unless a folder of its name exists, nothing else."""
    pattern = re.sub(r"[*?\[\\]", r"[\g<0>]", path)
    return pattern if "/" in pattern and not pattern.startswith(("!", "re:")) else f"/{pattern}"


def _compile_regex(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise GlobSyntaxError(f"not a regular expression ({error}); see the re module of Python") from error
