"""The part of a log in which tests run: letters (`tests/test_a.py ..F.s [ 40%]`), or with -v a line for each.

    tests/test_a.py::test_x PASSED                                    [ 50%]
    tests/test_a.py::test_y SKIPPED (needs a GPU, really...)          [100%]
    [gw0] [ 50%] PASSED tests/test_a.py::test_x

With -s, and when a test writes in the middle of a line, it is text of tests too; so what is found here is
believed only as far as it fits the last line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.readers.log.grammar import LETTERS
from pytest_txselect.report.readers.log.said import Said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["WORDS", "find_letters", "find_verbose", "split_subtest"]

WORDS: Final = {
    "PASSED": "passed",
    "FAILED": "failed",
    "ERROR": "error",
    "SKIPPED": "skipped",
    "XFAIL": "xfailed",
    "XPASS": "xpassed",
    "RERUN": "rerun",
    "SUBPASSED": "subtests passed",
    "SUBPASS": "subtests passed",
    "SUBFAILED": "failed",
    "SUBFAIL": "failed",
    "SUBSKIPPED": "skipped",
    "SUBSKIP": "skipped",
    "SUBXFAIL": "xfailed",
}
"""The words of results, and those under which they are counted."""

_LETTERS: Final = {
    ".": "passed", "F": "failed", "E": "error", "s": "skipped", "x": "xfailed", "X": "xpassed", "R": "rerun",
}  # fmt: skip
_WORD: Final = "|".join(sorted(WORDS, key=len, reverse=True))
_PERCENT: Final = r"(?:\s*\[\s*(?:\d+%|\d+/\s*\d+)\]|\s+\d[\d.]*(?:us|ms|s|m \d+s|h \d+m))?\s*"
_AT_END: Final = re.compile(rf"(?P<word>{_WORD})(?P<after>(?:\[[^\]]*\])?(?: ?\(.*)?)")
_PERCENT_AT_END: Final = re.compile(_PERCENT + r"$")
_WORKER: Final = re.compile(
    rf"\[gw\d+\](?: \[\s*(?:\d+%|\d+/\s*\d+)\]|\s+\d[\w. ]*?)? (?P<word>{_WORD})"
    r"(?P<after>(?:\[[^\]]*\])?(?: ?\([^)]*\))?) (?P<node>\S.*?)\s*"
)
_NODE: Final = re.compile(r"\S+?::[^\s\[]+(?:\[.*?\])?(?= )")
_DESCRIBED: Final = re.compile(r"(?P<node>\S.*?) (?P<what>\[[^\]]*\](?: \([^)]*\))?|\([^)]*\))")
_BASE: Final = re.compile(r" <- [^\s\]]+$")
_LONGEST_LETTERS: Final = 2_000
_LONGEST: Final = 30_000  # characters of a line of progress; of a longer one the name does not matter


def find_verbose(lines: Sequence[str]) -> Iterator[Said]:
    """Find the results of verbose progress, in order."""
    waiting = ""  # the test that has begun: with -s its own output comes between its name and its result
    for line in lines:
        if len(line) > _LONGEST:
            continue
        if line.startswith("[gw"):
            if match := _WORKER.fullmatch(line):
                yield Said(WORDS[match["word"]], _strip_base(match["node"]), subtest=match["after"].strip())
            continue
        bare = _PERCENT_AT_END.sub("", line)
        if waiting and (match := _AT_END.fullmatch(bare)):
            yield _read_line(waiting, match)
        elif "::" in line:
            found = _find_word(bare)
            if found is not None and "::" in bare[: found.start()]:
                yield _read_line(bare[: found.start()].rstrip(), found)
            elif begun := _NODE.match(line):
                waiting = begun.group()


def _find_word(text: str) -> re.Match[str] | None:
    """Find the word of the result: the first one that stands at the end, a reason in brackets apart."""
    for begun in re.finditer(f" (?:{_WORD})", text):
        if match := _AT_END.fullmatch(text, begun.start() + 1):
            return match
    return None


def _strip_base(node: str) -> str:
    """Strip what -vv adds to a test that is defined in another file: `t.py::TestX::test_y <- base.py`."""
    return _BASE.sub("", node)


def _read_line(node: str, match: re.Match[str]) -> Said:
    node, word, after = _strip_base(node), match["word"], match["after"].strip()
    if not word.startswith("SUB"):
        return Said(WORDS[word], node, after.removeprefix("(").removesuffix(")"))
    if not after and (described := _DESCRIBED.fullmatch(node)):
        node, after = described["node"], described["what"]
    return Said(WORDS[word], node, subtest=after or "(<subtest>)")


def find_letters(lines: Sequence[str]) -> Iterator[Said]:
    """Find the results of quiet progress, in order, each with its file where the line begins with one."""
    file = ""
    for line in lines:
        match = LETTERS.fullmatch(line.rstrip()) if len(line) < _LONGEST_LETTERS else None
        if match is None:
            continue
        if match["file"]:
            file = match["file"]
        for letter in match["letters"]:
            if letter in _LETTERS:
                yield Said(_LETTERS[letter], file=file)


def split_subtest(text: str) -> tuple[str, str]:
    """Split what follows SUBFAILED into the description of the subtest and the rest."""
    match = re.match(r"(?P<what>(?:\[.*?\] ?)?(?:\(.*?\) )?)(?P<rest>\S*::.*)", text)
    if match is None:
        return "", text.strip()
    return match["what"].strip(), match["rest"]
