"""Exceptions that code may raise or catch: whether it did, their constructor tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.source.mentions import Mentions, StepKind
from pytest_txselect.source.uses import Use

if TYPE_CHECKING:
    from pytest_txselect.policy.surroundings import Place, Surroundings

__all__ = ["leaves_trace", "only_raises"]

PASSING: Final = frozenset({Use.RAISED, Use.CAUGHT})
"""Uses of a class by code that has an instance only for as long as it is under way."""
CONSTRUCTORS: Final = ("__init__", "__new__")


def leaves_trace(around: Surroundings, classes: set[Place], names: set[str], root: Place) -> bool:
    """Whether making an instance of one of some classes always executes a function of theirs.

    Args:
        around: the project.
        classes: a class and subclasses of it.
        names: what they are called.
        root: the class.
    """
    for place in classes:
        path, owner = place
        mentions = around.mentions(path) or Mentions()
        facts = mentions.classes.get(owner)
        if (
            facts is None
            or facts.decorators
            or facts.keywords
            or facts.metaclass
            or _is_rebound(mentions, owner)
        ):
            return False  # somebody may keep instances
        inherits = place != root and all(_last(each) in names for each in facts.bases)
        if not inherits and not any(f"{owner}.{name}" in mentions.plain for name in CONSTRUCTORS):
            return False
    return True


def only_raises(mentions: Mentions | None, qualname: str, names: set[str]) -> bool:
    """Whether all that a function does with some classes is to raise or to catch them."""
    if mentions is None or not names.isdisjoint(mentions.words[qualname]):
        return False
    uses = {each.use for each in mentions.uses.get(qualname, ()) if each.name in names}
    return bool(uses) and uses <= PASSING


def _is_rebound(mentions: Mentions, owner: str) -> bool:
    """Whether the name of a class is bound by another statement too, as by `Error = wrap(Error)`."""
    outer, _, name = owner.rpartition(".")
    kinds = {StepKind.CLASS, StepKind.ANNOTATE}
    bound = [step.kind for step in mentions.steps if step.owner == outer and name in step.binds]
    return bound.count(StepKind.CLASS) > 1 or not kinds.issuperset(bound)


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]
