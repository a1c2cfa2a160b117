"""How what a module or class body executes differs between two versions, not going into definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.source.blocks import ItemKind
from pytest_txselect.source.edit import ClassNameEdit, NameEdit, StatementEdit
from pytest_txselect.source.order import find_moved, find_unmatched

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pytest_txselect.source.blocks import Block, Item
    from pytest_txselect.source.edit import Edit
    from pytest_txselect.source.parsed import ParsedSource

__all__ = ["StatementComparison"]

_TEXT_LIMIT: Final = 100


class StatementComparison:
    """Compares two versions of a block.

    Args:
        was: the old version.
        now: the new version.
        sources: the sources that the old and the new version are from.
        owner: qualified name of the class that it is the body of; None at module level.
    """

    def __init__(
        self, was: Block, now: Block, sources: tuple[ParsedSource, ParsedSource], owner: str | None
    ) -> None:
        self._was = was
        self._now = now
        self._sources = sources
        self._owner = owner

    def compare(self) -> Iterator[Edit]:
        """Give the edits; that a function or class was added or removed is left to who compares these."""
        was, now = self._was.items, self._now.items
        come = [item for item in find_unmatched(now, was) if not self._is_counted(item)]
        gone = [item for item in find_unmatched(was, now) if not self._is_counted(item)]
        yield from self._find_name_edits([*come, *gone])
        effects = {*self._find_statement_edits(come, self._sources[1])}
        yield from effects
        replaced = {edit.script for edit in effects}  # what took their place says it all
        yield from (
            edit for edit in self._find_statement_edits(gone, self._sources[0]) if edit.script not in replaced
        )
        moved = find_moved(was, now)
        if moved is not None:
            yield self._describe(moved, self._sources[1], moved=True)

    def _is_counted(self, item: Item) -> bool:
        """Say whether an item only defines something of which there are now more or fewer."""
        if item.group is not None and item.group.handles:
            return False  # it also decides what else executes
        name = item.names[0] if item.names else ""
        match item.kind:
            case ItemKind.DEFINITION:
                return len(self._was.functions.get(name, ())) != len(self._now.functions.get(name, ()))
            case ItemKind.CLASS:
                return len(self._was.classes.get(name, ())) != len(self._now.classes.get(name, ()))
            case ItemKind.BINDING | ItemKind.EFFECT | ItemKind.BOUNDARY:
                return False

    def _find_name_edits(self, items: Iterable[Item]) -> Iterator[Edit]:
        lines: dict[str, int] = {}
        calling: set[str] = set()
        for item in items:
            names, calls = _find_names(item)
            for name in names:
                lines.setdefault(name, item.node.lineno)
            calling.update(names if calls else ())
        for name, line in lines.items():
            if self._owner is None:
                yield NameEdit(name, line, name in calling)
            else:
                yield ClassNameEdit(self._owner, name, line, name in calling)

    def _find_statement_edits(self, items: Iterable[Item], source: ParsedSource) -> Iterator[StatementEdit]:
        for item in items:
            names, _ = _find_names(item)
            if not names:
                yield self._describe(item, source)

    def _describe(self, item: Item, source: ParsedSource, *, moved: bool = False) -> StatementEdit:
        line = item.node.lineno
        return StatementEdit(line, source.line(line)[:_TEXT_LIMIT], self._owner, item.script, moved)


def _find_names(item: Item) -> tuple[Collection[str], bool]:
    """Give the names that executing an item binds, and if it calls; no names: there is more to it."""
    group = item.group
    if item.kind is ItemKind.EFFECT or (group is not None and not group.binds_only):
        return (), True
    if group is not None and (group.handles or item.kind is ItemKind.BOUNDARY):
        return group.names, group.calls
    return item.names, item.calls
