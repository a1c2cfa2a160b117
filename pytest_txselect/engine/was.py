"""What matters of the version of a file that evidence was taken from, and who looks for a file without opening it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.policy.surroundings import MODULE
from pytest_txselect.policy.touched import Old
from pytest_txselect.project.tree import file_name
from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import FileFacts
from pytest_txselect.source.looked_up import find_looked_up
from pytest_txselect.source.mentioning import read_mentions
from pytest_txselect.source.mentions import Mentions
from pytest_txselect.source.steps import find_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_txselect.engine.surroundings import HeadSurroundings
    from pytest_txselect.graph.hints import Hints
    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.surroundings import Place

__all__ = ["find_looking", "read_old"]


def find_looking(path: RepoPath, hints: Iterable[Hints], around: HeadSurroundings) -> Iterator[Place]:
    """Code that names a file: it may ask whether it is there, of which no recorder knows.

    Args:
        path: the file.
        hints: who may read what, at each end.
        around: the project.
    """
    words = frozenset(find_words(file_name(path)))
    readers = {source for each in hints for source in each.readers(path)}
    for reader in sorted(each for each in readers if each.endswith(".py")):
        mentions = around.mentions(reader) or Mentions()
        yield from ((reader, qualname) for qualname, found in mentions.words.items() if words <= found)
        if any(words <= step.words for step in mentions.steps):
            yield reader, MODULE


def read_old(old: bytes, new: bytes) -> Old:
    """What matters of an old version of a file, beside a new one."""
    before, after = read_mentions(old) or Mentions(), read_mentions(new) or Mentions()
    gone = before.plain - after.functions.keys()
    removed = _bound(old) - _bound(new)
    return Old(
        removed,
        (before.plain & after.plain) | gone,
        before.overriding,
        before.decorators,
        before.classes,
        before.at_import,
        before.literals & after.literals,
        removed & find_looked_up(new) if removed else removed,
    )


def _bound(source: bytes) -> frozenset[str]:
    facts = read_facts(source)
    return facts.bound if isinstance(facts, FileFacts) else frozenset()
