"""The subclasses of a class, as far as the sources tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_txselect.policy.hiding import has_own

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.meaning import Meanings
    from pytest_txselect.policy.surroundings import Place
    from pytest_txselect.source.mentions import Mentions
    from pytest_txselect.source.steps import ClassFacts

__all__ = ["Subclasses", "find_subclasses"]


class Subclasses(NamedTuple):
    """A class with its subclasses.

    Attributes:
        own: the class, and subclasses.
        names: what they are called.
        hiding: subclasses that have a name of their own that is looked up; those of theirs are not listed.
    """

    own: set[Place]
    names: set[str]
    hiding: set[Place]


def find_subclasses(
    start: Place,
    hidden: str,
    reading: Callable[[set[str]], Iterable[tuple[RepoPath, Mentions]]],
    meanings: Meanings,
) -> Subclasses:
    """Find a class with its subclasses; where a name is looked up, without those that have one of their own.

    Args:
        start: the class.
        hidden: the name that is looked up; empty where none is.
        reading: gives the files that know one of some names.
        meanings: tells what names mean.
    """
    found = Subclasses({start}, {start[1].rpartition(".")[2]}, set())
    grown = True
    while grown:
        grown = False
        for path, mentions in reading(found.names):
            for owner, facts in mentions.classes.items():
                known = (path, owner) in found.own or (path, owner) in found.hiding
                if known or not _derives(path, owner, facts, found, meanings):
                    continue
                if hidden and has_own(mentions, owner, hidden):
                    found.hiding.add((path, owner))
                    continue
                found.own.add((path, owner))
                found.names.add(owner.rpartition(".")[2])
                grown = True
    return found


def _derives(path: RepoPath, owner: str, facts: ClassFacts, found: Subclasses, meanings: Meanings) -> bool:
    """Whether a base of a class may be one of some classes, and is not only called like it."""
    scope = owner.rpartition(".")[0]
    return any(
        meanings.may_be(path, base, found.own, scope)
        for base in facts.bases
        if base.rpartition(".")[2] in found.names
    )
