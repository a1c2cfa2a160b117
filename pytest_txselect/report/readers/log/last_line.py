"""Pytest's last line, `=== 3 failed, 9 passed, 1 warning in 4.20s ===`: the truth about a log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LastLine", "parse_last_line"]

_KNOWN: Final = frozenset(
    {
        "failed", "passed", "skipped", "deselected", "xfailed", "xpassed", "warnings", "error", "rerun",
        "subtests passed", "subtests failed", "subtests skipped",
    }
)  # fmt: skip
_SINGULAR: Final = {"errors": "error", "warning": "warnings"}
_PART: Final = r"\d{1,18} [^\d\s,=][^,=\n]{0,40}?"
_LINE: Final = re.compile(
    rf"(?P<left>=+ )?(?P<what>no tests ran|{_PART}(?:, {_PART})*) in (?P<seconds>\d+(?:\.\d+)?)(?:s| seconds)"
    r"(?: \([^()=]{1,40}\))?(?P<right> =+)?"
)
_COLLECTED: Final = re.compile(
    r"(?:=+ )?(?:no tests collected|\d+(?:/\d+)? tests? collected)[^=]* in \d+(?:\.\d+)?s(?: =+)?"
)


@dataclass(frozen=True, slots=True)
class LastLine:
    """What a last line says.

    Attributes:
        counts: results by the word under which pytest counts them, in the singular where it has one.
        seconds: how long the run took.
        loud: whether it stands between `=` signs: then the run has a heading too.
        only_collected: it is of `--collect-only`, so no test ran.
    """

    counts: Mapping[str, int]
    seconds: float = 0.0
    loud: bool = True
    only_collected: bool = False

    @property
    def results(self) -> int:
        """How many results there are, at least one for each test that ran."""
        return sum(count for word, count in self.counts.items() if word not in {"deselected", "warnings"})


def parse_last_line(line: str) -> LastLine | None:
    """Parse a line; None when it is no last line."""
    if " in " not in line:
        return None
    line = line.rstrip()
    if _COLLECTED.fullmatch(line):
        return LastLine({}, loud=line.startswith("="), only_collected=True)
    match = _LINE.fullmatch(line)
    if match is None or bool(match["left"]) != bool(match["right"]):
        return None
    counts: dict[str, int] = {}
    for part in match["what"].split(", ") if match["what"] != "no tests ran" else ():
        number, _, word = part.partition(" ")
        word = _SINGULAR.get(word, word)
        counts[word] = counts.get(word, 0) + int(number)
    if counts and not _KNOWN & counts.keys():
        return None
    return LastLine(counts, float(match["seconds"]), bool(match["left"]))
