"""Whether a line that looks like a last line can be that of a run: what it counts is held against what was shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.readers.log.grammar import INTERNAL, LETTERS, PROGRESS, RULE, SECTIONS, START
from pytest_txselect.report.readers.log.progress import find_verbose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_txselect.report.readers.log.last_line import LastLine

__all__ = ["BROKE", "Head", "find_stop", "is_exit", "read_head"]

BROKE: Final = "internal error of pytest"
"""Why a run stopped in which pytest itself, or a plugin, broke."""

_COLLECTED: Final = re.compile(
    r"(?:collecting \.\.\. ?)?collected (\d{1,9}) items?(?: / \d+ errors?)?(?: / (\d{1,9}) deselected)?(?: / .*)?"
)
_WORKERS: Final = re.compile(
    r"(?P<workers>\d{1,4}) workers? \[(?P<items>\d{1,9}) items?\]|gw\d+ \[(?P<old>\d{1,9})\].*"
)
_AFTER_HEAD: Final = SECTIONS | {
    "XFAILURES",
    "PASSES",
    "XPASSES",
    "warnings summary",
    "short test summary info",
}
_DONE: Final = re.compile(r"\[100%\]|\[\s*(\d+)/\1\]")
_NEAR: Final = 12  # lines between the words that say why a run stopped, and its last line


@dataclass(frozen=True, slots=True)
class Head:
    """What a run shows before its tracebacks.

    Attributes:
        selected: how many tests were to run; -1 where nothing says it.
        workers: how many workers there were, 1 without xdist.
        letters: how many results quiet progress shows.
        shown: how many results progress shows, of whatever kind it is.
        failed: how many failures progress shows.
        errors: how many errors.
        done: progress says that all tests are done.
        bare: some of it does not say how far it is, so that tests may have printed what says so (-s).
        section: index of the first heading of tracebacks; -1 where there is none.
    """

    selected: int
    workers: int
    letters: int
    shown: int
    failed: int
    errors: int
    done: bool
    bare: bool
    section: int

    def objects(self, index: int, last: LastLine) -> str:
        """Say why a line cannot be the last one of this run; empty when it can."""
        if last.only_collected:
            return ""
        passed = sum(last.counts.get(word, 0) for word in ("passed", "xfailed", "xpassed"))
        if 0 <= self.selected * self.workers < passed:
            return f"{self.selected} tests were to run, and it counts {passed} that passed"
        bad = last.counts.get("failed", 0) + last.counts.get("error", 0)
        if 0 <= self.section < index and self.failed + self.errors > bad:
            return f"progress shows {self.failed + self.errors} failures and errors, and it counts {bad}"
        return ""

    def misses(self, last: LastLine, stopped: str) -> str:
        """Say how many tests a last line leaves out; empty when it accounts for all.

        Args:
            last: the line.
            stopped: why the run stopped early; then it need account only for what progress shows.
        """
        if last.only_collected:
            return ""
        if stopped:
            more = self.shown > last.results
            return (
                f"progress shows {self.shown} results, and its last line counts {last.results}"
                if more
                else ""
            )
        if self.selected > last.results:
            return f"{self.selected} tests were to run, and its last line counts {last.results}"
        if self.selected < 0 and self.letters > last.results:
            return f"progress shows {self.letters} results, and its last line counts {last.results}"
        return ""

    def explains(self, last: LastLine) -> bool:
        """Tell whether a run that misses tests came to its end: a conftest may take tests away without a word."""
        return (
            self.done
            and not self.bare
            and self.failed == last.counts.get("failed", 0)
            and self.shown <= last.results
        )


def read_head(lines: Sequence[str], begin: int, *, loud: bool) -> Head:
    """Read what a run shows before its tracebacks.

    Args:
        lines: of the log.
        begin: index of the run's first line.
        loud: whether it has a heading; without one pytest does not say how many tests were collected.
    """
    end, section = _find_end(lines, begin)
    selected, workers, letters = -1, 1, 0
    done = bare = False
    shown: dict[str, int] = {"F": 0, "E": 0}
    for index in range(begin, end):
        line = lines[index].strip()
        if loud and selected < 0 and (match := _COLLECTED.fullmatch(line)):
            selected = int(match[1]) - int(match[2] or 0)
        elif loud and selected < 0 and (match := _WORKERS.fullmatch(line)):
            selected, workers = int(match["items"] or match["old"]), int(match["workers"] or line.count("gw"))
        elif PROGRESS.fullmatch(line) and (found := LETTERS.fullmatch(line)):
            letters += sum(letter in ".FEsxX" for letter in found["letters"])
            for letter in shown:
                shown[letter] += found["letters"].count(letter)
        elif (found := LETTERS.fullmatch(line)) and found["file"]:
            bare = True
        done = done or bool(_DONE.search(line[-20:])) or (line.startswith("[gw") and "[100%]" in line)
    words = [said.word for said in find_verbose(lines[begin:end])]
    return Head(
        selected,
        workers,
        letters,
        letters + len(words),
        shown["F"] + words.count("failed"),
        shown["E"] + words.count("error"),
        done,
        bare,
        section,
    )


def _find_end(lines: Sequence[str], begin: int) -> tuple[int, int]:
    """Find where the head ends, and the first heading of tracebacks, which is nowhere else than there."""
    for index in range(begin, len(lines)):
        if lines[index].startswith("="):
            rule = RULE.fullmatch(lines[index].rstrip())
            if rule and rule["title"] in _AFTER_HEAD:
                return index, index if rule["title"] in SECTIONS else -1
            if rule and rule["title"] == START and index > begin:
                return index, -1
    return len(lines), -1


def is_exit(line: str) -> bool:
    """Tell whether a line is what `pytest.exit` leaves below the last line: `!!! _pytest.outcomes.Exit: why !!!`."""
    rule = RULE.fullmatch(line.rstrip()) if line.startswith("!") else None
    return rule is not None and rule["title"].startswith(("_pytest.outcomes.Exit", "Exit:"))


def find_stop(lines: Sequence[str], begin: int, index: int) -> str:
    """Find why a run stopped: `!!! stopping after 1 failures !!!` or a breakdown before its last line, `Exit` below it."""
    below = lines[index + 1] if index + 1 < len(lines) else ""
    if is_exit(below):
        return below.strip("! \t")
    for line in reversed(lines[max(begin, index - _NEAR) : index]):
        if line.startswith(INTERNAL):
            return BROKE
        if line.startswith("!"):
            rule = RULE.fullmatch(line.rstrip())
            if rule:
                return rule["title"]
    return ""
