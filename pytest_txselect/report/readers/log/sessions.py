"""Where the runs of a log begin and end.

A log may hold several runs one after another (`tee -a`), and inside each of them whatever its tests have
printed: pytest's own tests print whole runs of pytest. So a last line ends a run only if it is not inside a run
that began later, if nothing of the run follows, and if it accounts for all that was to run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.readers.log.grammar import PROGRESS, RULE, START
from pytest_txselect.report.readers.log.last_line import LastLine, parse_last_line
from pytest_txselect.report.readers.log.plausible import Head, find_stop, is_exit, read_head
from pytest_txselect.report.readers.unreadable import UnreadableError
from pytest_txselect.report.texts import show_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Session", "find_sessions"]

_SHORTEST_RULE: Final = 3
_STARTS: Final = re.compile(rf"=+ {START} =+$")
_VERBOSE: Final = re.compile(r"\S.*::.* (?:PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b.*\[ *\d+%\]")
_REFUSED: Final = re.compile(
    r"ERROR: (?:usage: |file or directory not found: |not found: |found no collectors for |module or package not found: |"
    r"Wrong expression passed to |.* \[[a-z]+(?:-[a-z0-9]+)+\]$)|ImportError while loading conftest "
)
_IN_PROGRESS: Final = re.compile(rf"(?:\S+\.\w+ )?[.FEsxXRuy,-]*=+ {START} =+")


@dataclass(frozen=True, slots=True)
class Session:
    """A run in a log.

    Attributes:
        lines: its lines, without the last one.
        last: what the last one says.
        selected: how many tests were to run; -1 where the log does not say it.
        stopped: why the run ended early, as pytest says it; empty when it did not.
        doubt: what is doubtful about its last line; empty when nothing is.
    """

    lines: Sequence[str]
    last: LastLine
    selected: int = -1
    stopped: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # start, inner, progress, verbose, rule, last
    index: int
    last: LastLine | None = None


def _list_tokens(lines: Sequence[str]) -> Iterator[_Token]:
    for index, line in enumerate(lines):
        if last := parse_last_line(line):
            yield _Token("last", index, last)
        elif is_exit(line):
            continue  # of the run that has just ended
        elif START in line and line[:1] != "=" and _STARTS.search(line.rstrip()):
            yield _Token("inner", index)  # with -s: a test shows another run
        elif line[:1] and line[0] in "=_!-":
            rule = RULE.fullmatch(line.rstrip())
            if rule and len(line) - len(rule["title"]) > _SHORTEST_RULE:
                yield _Token("start" if rule["title"] == START else "rule", index)
        elif line.endswith("%]") and PROGRESS.fullmatch(line):
            yield _Token("progress", index)
        elif line.endswith("%]") and _VERBOSE.fullmatch(line):
            yield _Token("verbose", index)


def find_sessions(lines: Sequence[str]) -> list[Session]:
    """Find the runs of a log, in order.

    Raises:
        UnreadableError: there is none, or one was cut off before its last line.
    """
    tokens = list(_list_tokens(lines))
    if not any(token.kind == "last" for token in tokens):
        raise _explain_none(tokens, lines)
    finder = _Finder(lines)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        finder.take(token, following.kind if following else "")
    return finder.finish(tokens[-1])


def _explain_none(tokens: Sequence[_Token], lines: Sequence[str]) -> UnreadableError:
    if any(token.kind in {"start", "inner", "progress"} for token in tokens):
        return UnreadableError(
            "it ends before pytest's last line (`3 failed, 9 passed in 4.2s`): the run was killed, the log was cut, "
            "or pytest ran with -qq, which leaves that line out"
        )
    if any(line.startswith(("ERROR: usage: ", "usage: ")) for line in lines):
        return UnreadableError("pytest refused to start, as its message there says, so nothing ran")
    return UnreadableError(
        "it is no log of pytest: pytest's last line (`3 failed, 9 passed in 4.2s`) is missing", other=True
    )


class _Finder:
    """Finds the runs while tokens come in.

    Attributes:
        found: the runs so far: where each begins, where its last line is, and that.
        depth: how many runs are going on, one inside the other.
        begin: where the outermost of them begins.
        loud: whether that one has a heading, and so a last line between signs.
        mixed: a last line belongs to none of the runs that were found.
        headless: the first run has no heading, and should have one: the beginning of the log is cut off.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.found: list[tuple[int, int, LastLine]] = []
        self.depth = 0
        self.begin = 0
        self.loud = True
        self.mixed = False
        self.headless = False
        self._heads: dict[tuple[int, bool], Head] = {}

    def head(self, begin: int, *, loud: bool) -> Head:
        """The head of the run that begins there, read once."""
        key = (begin, loud)
        if key not in self._heads:
            self._heads[key] = read_head(self.lines, begin, loud=loud)
        return self._heads[key]

    def take(self, token: _Token, following: str) -> None:
        """Take a token, knowing the kind of the next one."""
        if token.kind == "start":
            if self.depth == 0:
                self.begin, self.loud = token.index, True
            self.depth += 1
        elif token.kind == "inner":
            self._take_inner(token.index)
        elif token.kind == "progress" and self.depth == 0:
            self.begin, self.loud = self._after_found(), False
            self.depth = 1
        elif token.last is not None:
            self._take_last(token.index, token.last, following)

    def _take_inner(self, index: int) -> None:
        """Take the heading of a run in the middle of a line; the run around it may have none of its own (-q)."""
        if self.depth == 0 and _IN_PROGRESS.fullmatch(self.lines[index].rstrip()):
            self.begin, self.loud = self._after_found(), False
            self.depth = 1
            self.mixed = bool(self.found)  # or was that one inside of the run that goes on here?
        elif self.depth == 0:  # what was printed before pytest did not end its line
            self.begin, self.loud = index, True
        self.depth += 1

    def _after_found(self) -> int:
        return self.found[-1][1] + 1 if self.found else 0

    def _take_last(self, index: int, last: LastLine, following: str) -> None:
        if self.depth > 1:
            self.depth -= 1  # of a run that a test has printed
        elif following not in {"", "start", "inner", "progress"}:
            return
        elif self.depth == 1:
            if last.loud == self.loud and self._fits(self.begin, index, last):
                self.found.append((self.begin, index, last))
                self.depth = 0
        elif not self.found:
            if self._fits(0, index, last) and (last.results or not last.loud):
                self.found.append((0, index, last))
                self.headless = last.loud
        elif last.loud != self.found[-1][2].loud:
            self.mixed = True
        elif self._fits(
            self.found[-1][0], index, last
        ):  # no run began: a test printed the last line before it
            self.found[-1] = (self.found[-1][0], index, last)

    def _fits(self, begin: int, index: int, last: LastLine) -> bool:
        """Tell whether a last line accounts for all of the run that begins there."""
        head = self.head(begin, loud=last.loud)
        if head.objects(index, last):
            return False
        return not head.misses(last, find_stop(self.lines, begin, index))

    def finish(self, final: _Token) -> list[Session]:
        """Return the runs, when all tokens are in; `final` is the last of these."""
        if self.mixed or (self.depth and final.last is not None and final.last.loud != self.loud):
            raise UnreadableError(
                "runs with -q and without it cannot be told from what tests have printed there: save each in a file "
                "of its own"
            )
        self._refuse_refused()
        doubt = "its beginning is cut off" if self.headless else ""
        if self.depth or not self.found:
            doubt = self._settle(final) or doubt
        sessions = [self._make_session(*each) for each in self.found]
        if doubt:
            kept = sessions[-1]
            sessions[-1] = Session(kept.lines, kept.last, kept.selected, kept.stopped, doubt)
        return sessions

    def _refuse_refused(self) -> None:
        """Raise where pytest has refused to run: nothing ran there, whatever another run beside it says.

        Raises:
            UnreadableError: a message of that kind stands where no test has printed it.
        """
        ran = [(begin, index) for begin, index, last in self.found if last.results]
        ends = [-1, *(index for _, index in ran)]
        begins = [*(begin for begin, _ in ran), len(self.lines)]
        for end, begin in zip(ends, begins, strict=True):
            for line in self.lines[end + 1 : begin]:
                if line.startswith(("ERROR: ", "ImportError while")) and _REFUSED.match(line):
                    raise UnreadableError(f"pytest refused to run, so nothing ran: {show_line(line)}")

    def _settle(self, final: _Token) -> str:
        """Find the end of a run of which it is not certain; return what is doubtful about it.

        Raises:
            UnreadableError: there is none: what looks like a last line was printed by a test.
        """
        if final.last is None:
            raise UnreadableError("it ends before pytest's last line: the run was killed, or the log was cut")
        head = self.head(self.begin, loud=final.last.loud)
        why = head.objects(final.index, final.last)
        missing = head.misses(final.last, find_stop(self.lines, self.begin, final.index))
        if missing and not head.explains(final.last):
            why = why or missing
        if not why and self.depth >= 1 and self._is_of_inner(final):
            why = "it may be that of a run inside this one"
        if why:
            raise UnreadableError(
                f"it ends before pytest's last line: what looks like one was printed by a test ({why})"
            )
        self.found.append((self.begin, final.index, final.last))
        return missing

    def _is_of_inner(self, final: _Token) -> bool:
        """Tell whether the last line could be that of a run which a test has printed the beginning of."""
        assert final.last is not None  # noqa: S101 - the caller has looked
        for index in range(final.index - 1, self.begin, -1):
            line = self.lines[index]
            if START in line and _STARTS.search(line.rstrip()):
                inner = read_head(self.lines, index, loud=True)
                return not inner.objects(final.index, final.last) and inner.selected >= final.last.results
        return False

    def _make_session(self, begin: int, index: int, last: LastLine) -> Session:
        if last.only_collected:
            raise UnreadableError("tests were only collected there (--collect-only), none ran")
        stopped = find_stop(self.lines, begin, index)
        return Session(self.lines[begin:index], last, self.head(begin, loud=last.loud).selected, stopped)
