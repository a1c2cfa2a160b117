"""Node ids of results that a log names only in part: by a headline, or as one of many skips."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.readers.log.said import Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["UNKNOWN_FILE", "name_block", "name_skips", "settle_files"]

UNKNOWN_FILE: Final = "(unknown file)"
_FIRST_FRAME: Final = re.compile(r"(\S[^:]*\.\w+):\d+: ")
_CRASHED: Final = re.compile(r"^worker '\w+' crashed while running '(.*)'$")  # xdist shows no name then
_SUBTEST: Final = re.compile(
    r"(?P<name>\S+?(?:\[.*?\])?) (?P<subtest>\[.*\](?: \(.*\))?|\(.*\)|\(<subtest>\))"
)


def name_block(word: str, title: str, file: str, known: Mapping[str, str], lines: Sequence[str]) -> Said:
    """Name a result by the headline of its traceback.

    Args:
        word: under which it counts.
        title: the headline.
        file: the file that progress shows for it; empty where it shows none.
        known: node ids by headline.
        lines: the block below the headline.
    """
    if title.startswith("ERROR collecting "):
        return Said(word, title.removeprefix("ERROR collecting "), when="collect")
    for line in lines[:5]:
        if crashed := _CRASHED.search(line):
            return Said(word, crashed[1])
    when = ""
    if match := re.match(r"ERROR at (setup|teardown) of ", title):
        when, title = match[1], title[match.end() :]
    subtest = ""
    if title not in known and (found := _SUBTEST.fullmatch(title)):
        title, subtest = found["name"], found["subtest"]
    if title in known:
        return Said(word, known[title], when=when, subtest=subtest)
    head, bracket, parameters = title.removeprefix("[doctest] ").partition("[")
    names = head if title.startswith("[doctest] ") else head.replace(".", "::")
    place = file or _find_file(lines) or UNKNOWN_FILE
    return Said(word, f"{place}::{names}{bracket}{parameters}", when=when, subtest=subtest)


def settle_files(named: Iterable[Said]) -> list[Said]:
    """Give results of an unknown file the file of others of the same name: subtests, and the test they are of."""
    results = list(named)
    files = {
        names: file
        for file, _, names in (said.node.partition("::") for said in results)
        if file != UNKNOWN_FILE
    }
    settled = []
    for said in results:
        file, _, names = said.node.partition("::")
        known = files.get(names) if file == UNKNOWN_FILE else None
        settled.append(replace(said, node=f"{known}::{names}") if known else said)
    return settled


def _find_file(lines: Sequence[str]) -> str:
    """Find the file of the first frame of a traceback: that of the test, or of its fixture."""
    for line in lines:
        if match := _FIRST_FRAME.match(line):
            return match[1]
    return ""


def name_skips(listed: Sequence[Said], shown: Sequence[Said]) -> list[Said]:
    """Give skips that are folded by reason (`SKIPPED [37] file:3: reason`) the names that progress shows.

    Args:
        listed: what the short test summary lists.
        shown: what verbose progress shows, with reasons that may be cut (`needs a GPU, really...`).

    Returns:
        The same, those with a name one by one.
    """
    waiting = [said for said in shown if not said.subtest]
    named: list[Said] = []
    for said in listed:
        if said.node:
            named.append(said)
            continue
        mine = [each for each in waiting if _is_same(said, each)][: said.count]
        taken = {id(each) for each in mine}
        waiting = [each for each in waiting if id(each) not in taken]
        named += [replace(said, node=each.node, count=1) for each in mine]
        if said.count > len(mine):
            named.append(replace(said, count=said.count - len(mine)))
    return named


def _is_same(said: Said, shown: Said) -> bool:
    reason = shown.reason
    return shown.node.partition("::")[0] == said.file and (
        not reason
        or reason == said.reason
        or (reason.endswith("...") and said.reason.startswith(reason[:-3]))
    )
