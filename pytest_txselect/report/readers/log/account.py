"""What a run's log says, held against its last line: as many results of each kind as that one counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pytest_txselect.report.readers.log.blocks import Block, align_blocks, find_blocks, read_block
from pytest_txselect.report.readers.log.naming import name_block, name_skips, settle_files
from pytest_txselect.report.readers.log.parts import list_parts
from pytest_txselect.report.readers.log.progress import find_letters, find_verbose
from pytest_txselect.report.readers.log.said import Said, headline_of
from pytest_txselect.report.readers.log.summary import find_summary
from pytest_txselect.report.readers.unreadable import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_txselect.report.readers.log.parts import Parts
    from pytest_txselect.report.readers.log.sessions import Session

__all__ = ["Account", "take_account"]

_NO_RESULTS: Final = frozenset({"deselected", "warnings"})
_MOST: Final = 1_000_000
_FIRST: Final = {"error": 0, "failed": 1}


@dataclass(frozen=True, slots=True)
class Account:
    """The results of a run.

    Attributes:
        results: of each kind as many as the last line counts.
        order: node ids in the order in which they ran, as far as known.
        notes: where the log and its last line do not agree, a line each.
    """

    results: tuple[Said, ...]
    order: tuple[str, ...]
    notes: tuple[str, ...]


def take_account(session: Session) -> Account:
    """Find the results of a run.

    Raises:
        UnreadableError: its last line counts more than any run has.
    """
    if sum(session.last.counts.values()) > _MOST:
        raise UnreadableError(f"its last line counts more than {_MOST:,} results: no pytest wrote that")
    accounting = _Accounting(session)
    chosen: list[Said] = []
    for word, total in sorted(session.last.counts.items(), key=lambda item: _FIRST.get(item[0], 2)):
        if word not in _NO_RESULTS:
            chosen += accounting.choose(word, total)
    accounting.look_for_more(session.last.counts)
    results = tuple(accounting.enrich(chosen))
    accounting.look_for_repeated(results)
    return Account(results, tuple(said.node for said in accounting.verbose), tuple(accounting.notes))


class _Found:
    """What is found when the lines are split in one of the possible ways."""

    def __init__(self, parts: Parts) -> None:
        self.middle = parts.middle
        self.verbose = list(find_verbose(parts.head))
        self.letters = [] if self.verbose else list(find_letters(parts.head))
        self.blocks = find_blocks(parts.middle)
        self._known = {said.node for said in self.verbose}
        self._known.update(_bare_title(block.title) for block in self.blocks)
        self.listed = list(find_summary(parts.summary, self._known))
        self.is_followed = any(line.startswith("____") for line in parts.summary)

    def knows(self, node: str) -> bool:
        """Tell whether a node id is seen elsewhere in the log."""
        return node in self._known or headline_of(node) in self._known

    def fits(self, counts: Mapping[str, int]) -> bool:
        """Tell whether of each kind that is listed as many are listed as the last line counts."""
        listed: Counter[str] = Counter()
        for said in self.listed:
            listed[said.word] += said.count
        return all(counts.get(word) == count for word, count in listed.items())


class _Accounting:
    """What is found in a run's log, and how far it is believed."""

    def __init__(self, session: Session) -> None:
        self.notes = [session.doubt] if session.doubt else []
        ways = [_Found(parts) for parts in list_parts(session.lines)]
        fitting = [way for way in ways if way.listed and way.fits(session.last.counts)]
        self.found = (fitting or [way for way in ways if not way.is_followed] or ways[-1:])[0]
        self.verbose = self.found.verbose
        self.wide = list(find_verbose(session.lines)) if _has_more(session, self.verbose) else []

    def choose(self, word: str, total: int) -> list[Said]:
        """Choose who says best what the results of a kind are; results of unknown name are added."""
        listed, shown, wide = (
            [said for said in results if said.word == word]
            for results in (self.found.listed, self.verbose, self.wide)
        )
        count = _count(listed)
        if count > total:
            listed = [said for said in listed if self.found.knows(said.node)]
        if word == "skipped":
            listed = name_skips(listed, shown)
        letters = [said for said in self.found.letters if said.word == word]
        blocks = self._name_blocks(word, total)
        for found in (listed, shown, wide, blocks, letters):
            if found and _count(found) == total:
                return found
        return self._choose_part(word, total, [listed, shown, blocks], count)

    def _choose_part(self, word: str, total: int, sources: Sequence[list[Said]], count: int) -> list[Said]:
        """Take what names most of the results, and say so where a summary or failures are incomplete."""
        best = max((found for found in sources if _count(found) < total), key=_count, default=[])
        named = _count(best)
        if count > total:
            self.notes.append(
                f"its summary lists {count} {word}, its last line counts {total}: the last line is believed"
            )
        elif count or (named and word in _FIRST):
            self.notes.append(f"its last line counts {total} {word}, and only {named} of them can be named")
        return [*best, *[Said(word)] * (total - named)]

    def look_for_more(self, counts: Iterable[str]) -> None:
        """Say which results the summary lists that the last line does not count at all."""
        known = set(counts)
        for word in dict.fromkeys(said.word for said in self.found.listed):
            if word not in known:
                count = _count([said for said in self.found.listed if said.word == word])
                self.notes.append(
                    f"its summary lists {count} {word}, its last line counts none: the last line is believed"
                )

    def look_for_repeated(self, results: Iterable[Said]) -> None:
        """Say which files the last line counts more than once as not collected; they are one error each."""
        for node, times in Counter(said.node for said in results if said.when == "collect").items():
            if times > 1:
                self.notes.append(f"its last line counts {times} errors of collecting {node}, which is one")

    def _name_blocks(self, word: str, total: int) -> list[Said]:
        """Name results by the headlines of their tracebacks, where nothing else names them."""
        section = {"failed": "FAILURES", "error": "ERRORS"}.get(word)
        all_of_it = [block for block in self.found.blocks if block.section == section]
        for blocks in (all_of_it, [block for block in all_of_it if block.certain]):
            if blocks and len(blocks) == total:
                files = [said.file for said in self.found.letters if said.word == word]
                where = files if len(files) == total else [""] * total
                known = {headline_of(said.node): said.node for said in self.verbose}
                return settle_files(
                    name_block(word, block.title, file, known, self.found.middle[block.begin : block.end])
                    for block, file in zip(blocks, where, strict=True)
                )
        return []

    def enrich(self, results: Sequence[Said]) -> Iterator[Said]:
        """Add tracebacks and captured output to what failed and what broke."""
        wanted = [_list_titles(said) for said in results if said.word in _FIRST]
        found = iter(align_blocks(self.found.blocks, wanted))
        for said in results:
            block = next(found) if said.word in _FIRST else None
            yield said if block is None else _enrich(said, block, self.found.middle[block.begin : block.end])


def _has_more(session: Session, verbose: Sequence[Said]) -> bool:
    """Tell whether verbose progress was cut short by a heading that a test has printed."""
    return 0 < len(verbose) < session.selected


def _count(found: Iterable[Said]) -> int:
    return sum(said.count for said in found)


def _bare_title(title: str) -> str:
    for begin in ("ERROR collecting ", "ERROR at setup of ", "ERROR at teardown of "):
        if title.startswith(begin):
            return title.removeprefix(begin)
    return title


def _list_titles(said: Said) -> tuple[str, ...]:
    """List the headlines that the traceback of a result may have."""
    if not said.node:
        return ()
    title = headline_of(said.node, said.subtest if said.subtest != "(<subtest>)" else "")
    names = (title, f"[doctest] {title}")
    if said.word == "failed":
        file, _, rest = said.node.partition("::")
        return (*names, f"[doctest] {rest}", file)  # the file alone: its worker crashed
    found = [f"ERROR at {when} of {name}" for when in ("setup", "teardown") for name in names]
    return (*found, f"ERROR collecting {said.node}")


def _enrich(said: Said, block: Block, lines: Sequence[str]) -> Said:
    content = read_block(lines)
    when = said.when
    if block.title.startswith("ERROR collecting "):
        when = "collect"
    elif block.title.startswith("ERROR at "):
        when = block.title.split(" ", 3)[2]
    reason = said.reason
    if not reason or (reason.endswith("...") and content.reason.startswith(reason[:-3])):
        reason = content.reason
    return replace(
        said,
        reason=reason,
        when=when,
        traceback=content.traceback,
        sections=content.sections,
        file=content.file or said.file,
        line=content.line or said.line,
    )
