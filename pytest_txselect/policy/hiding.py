"""Subclasses that have a name of their own: who looks it up in one of them never comes to the class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.source.mentions import Mentions, StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_txselect.policy.surroundings import Place, Surroundings

__all__ = ["has_own", "looking_past"]

OWN: Final = frozenset({"cls", "self"})
"""What a method calls its instance or class: there its own class is looked at first."""


def has_own(mentions: Mentions, owner: str, name: str) -> bool:
    """Whether a class always has a name of its own, with nobody there who may take it away while the class is made.

    A statement in a branch is listed twice, by itself and as a part of the branch, and does not count.

    Args:
        mentions: what the file of the class mentions.
        owner: qualified name of the class.
        name: the name.
    """
    facts = mentions.classes.get(owner)
    if facts is None or facts.decorators or facts.keywords or facts.metaclass:
        return False
    binding = [
        step.kind
        for step in mentions.steps
        if step.owner == owner and name in step.binds and step.kind is not StepKind.ANNOTATE
    ]
    return len(binding) == 1 and binding[0] in {StepKind.BIND, StepKind.DEFINE}


def looking_past(around: Surroundings, hiding: Iterable[Place], name: str) -> Iterator[Place]:
    """Code that may come to a name of a class through subclasses that have one of their own.

    That is methods that ask `super()` or something else than their instance, and whoever mentions both a subclass and
    the name: it may take the name away.

    Args:
        around: the project.
        hiding: the subclasses.
        name: the name.
    """
    hiding = list(hiding)
    for path, owner in hiding:
        mentions = around.mentions(path) or Mentions()
        for qualname in mentions.mentioning({name}):
            if qualname.startswith(f"{owner}.") and _asks_others(mentions, qualname, name):
                yield path, qualname
    called = {owner.rpartition(".")[2] for _, owner in hiding}
    for path in around.used():
        if any(around.knows(path, each) for each in called):
            mentions = around.mentions(path) or Mentions()
            named = (each for each in mentions.mentioning(called) if name in mentions.functions[each])
            yield from ((path, qualname) for qualname in named)


def _asks_others(mentions: Mentions, qualname: str, name: str) -> bool:
    """Whether a method asks for a name otherwise than as an attribute of its own instance."""
    uses = [each.base for each in mentions.uses.get(qualname, ()) if each.name == name]
    return name in mentions.words[qualname] or not uses or not OWN.issuperset(uses)
