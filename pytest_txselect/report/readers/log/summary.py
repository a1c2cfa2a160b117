"""The short test summary: `FAILED tests/test_a.py::test_x - assert 1 == 2`.

Node ids may hold ` - ` and brackets, messages may too, and nothing tells where one ends: names that are known
from elsewhere do (headlines of tracebacks, verbose progress), else balanced brackets.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.readers.log.progress import WORDS, split_subtest
from pytest_txselect.report.readers.log.said import Said, headline_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

__all__ = ["find_summary", "split_message"]

_BEGIN: Final = re.compile(
    r"(?:(?P<described>(?:\[.*\] ?)?(?:\(.*\) ?)?)(?P<old>SUBFAIL|SUBPASS|SUBSKIP)|(?P<word>PASSED|FAILED|ERROR|SKIPPED|"
    r"XFAIL|XPASS|RERUN|SUBPASSED|SUBFAILED|SUBSKIPPED|SUBXFAIL))(?P<rest>[ \[(].*)"
)
_FOLDED: Final = re.compile(
    r"\[(?P<count>\d{1,9})\] (?P<place>.*?)(?::(?P<line>\d+))?: (?P<reason>.*)", re.DOTALL
)
_FOLDED_BARE: Final = re.compile(r"\[(?P<count>\d{1,9})\] (?P<place>\S+?)(?::(?P<line>\d+))?:?\s*")
_LINE_OF_PLACE: Final = re.compile(r"(?P<place>.*):(?P<line>\d+)")
_MOST_DASHES: Final = 200  # of a line, at which a node id may end
_LONGEST_SUBTEST: Final = 10_000  # characters of a line that begins with the description of a subtest
_NARROWEST: Final = 40  # columns of a terminal that wraps lines
_AT: Final = re.compile(r"at (setup|teardown|call) of (.*)", re.DOTALL)


def find_summary(lines: Sequence[str], names: Collection[str]) -> Iterator[Said]:
    """Find the results of a short test summary.

    Args:
        lines: what follows its heading; lines that begin no result belong to the message before them.
        names: headlines and node ids that are known from elsewhere.
    """
    for entry in _join(lines):
        match = _match_begin(entry.partition("\n")[0])
        if match is not None:
            more = entry.partition("\n")[2]
            rest = match["rest"].rstrip() + ("\n" + more.rstrip() if more.strip() else "")
            yield _read(match["old"] or match["word"], (match["described"] or "").strip(), rest, names)


def _match_begin(line: str) -> re.Match[str] | None:
    if line[:1] in {"[", "("} and len(line) > _LONGEST_SUBTEST:
        return None
    return _BEGIN.fullmatch(line)


def _join(lines: Sequence[str]) -> Iterator[str]:
    entry: list[str] = []
    for line in lines:
        if _match_begin(line):
            if entry:
                yield "\n".join(entry)
            entry = [line]
        elif entry:
            entry.append(line)
    if entry:
        yield "\n".join(entry)


def _read(word: str, described: str, rest: str, names: Collection[str]) -> Said:
    counted = WORDS[word]
    if word.startswith("SUB"):
        subtest, rest = (described, rest.strip()) if described else split_subtest(rest.strip())
        node, reason = split_message(rest, names, subtest)
        return Said(counted, node, reason, "call", subtest or "(<subtest>)")
    rest = rest.strip()
    if counted == "skipped" and rest.startswith("["):
        return _read_folded(rest)
    when = ""
    if at := _AT.fullmatch(rest):
        when, rest = at[1], at[2]
    node, reason = split_message(rest, names)
    if counted == "xpassed" and not reason:
        node, reason = _split_old(node)
    if counted == "skipped":
        reason = reason.removeprefix("Skipped: ")
    elif counted == "xfailed":
        reason = reason.strip().removeprefix("reason: ")
    elif counted == "error" and "::" not in node:
        when = "collect"  # every test has a name below its file
    return Said(counted, node, reason, when)


def _read_folded(rest: str) -> Said:
    match = _FOLDED.fullmatch(rest) or _FOLDED_BARE.fullmatch(rest)
    if match is None:
        return Said("skipped", reason=rest)
    reason = match.groupdict().get("reason") or ""
    return Said(
        "skipped",
        reason=reason,
        file=match["place"],
        line=int(match["line"] or 0),
        count=int(match["count"]),
    )


def _split_old(text: str) -> tuple[str, str]:
    """Split `id reason` of an unexpected pass, as pytest 7 and 8.0 write it."""
    head, bracket, tail = text.partition("[")
    if " " in head or not bracket:
        node, _, reason = text.partition(" ")
        return node, reason
    end = tail.rfind("] ")
    return (f"{head}[{tail[: end + 1]}", tail[end + 2 :]) if end >= 0 else (text, "")


def split_message(text: str, names: Collection[str], subtest: str = "") -> tuple[str, str]:
    """Split `id - message` where the id ends.

    Args:
        text: both, or an id alone.
        names: headlines and node ids that are known.
        subtest: description of the subtest, which is part of its headline.

    Returns:
        The id, and the message; empty when there is none.
    """
    first, _, rest = text.partition("\n")
    found = _split_known(text, names, subtest)
    if found is None and rest and len(first) >= _NARROWEST:
        found = _split_known(text.replace("\n", ""), names, subtest)  # a terminal may have wrapped the line
    if found is not None:
        return found
    for place in _find_dashes(first):
        head, bracket, parameters = text[:place].partition("[")
        if not bracket or "::" not in head or parameters.endswith("]"):
            return text[:place], text[place + 3 :]
    return first, rest.strip("\n")


def _find_dashes(line: str) -> list[int]:
    return [match.start() for match in itertools.islice(re.finditer(" - ", line), _MOST_DASHES)]


def _split_known(text: str, names: Collection[str], subtest: str) -> tuple[str, str] | None:
    """Split where a name that is known ends; None where none does."""
    first = text.partition("\n")[0]
    for place in [*_find_dashes(first), len(first)]:
        node = text[:place]
        if node in names or headline_of(node, subtest) in names:
            return node, text[place:].removeprefix(" - ").strip("\n")
    return None
