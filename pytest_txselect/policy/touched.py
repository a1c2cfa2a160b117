"""Whom edits touch, as places in code, before evidence says which tests executed them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.surroundings import Place
    from pytest_txselect.source.mentions import Imported
    from pytest_txselect.source.steps import ClassFacts

__all__ = ["Both", "Old", "Touched"]


@dataclass(frozen=True, slots=True)
class Both:
    """Tests that used one of `mentions` and one of `touches`."""

    mentions: frozenset[Place]
    touches: frozenset[Place]


@dataclass(slots=True)
class Touched:
    """Whom edits touch; a test that used any of it, by its evidence, may behave differently.

    Attributes:
        places: code that was executed.
        named: those of `places` that were found by an attribute's name alone: they count for tests that used the edited
            file too. All others count for whoever executed them, because a module that was loaded before can be
            had without any trace (`importlib.import_module`, a lazy package).
        both: see `Both`.
        files: files of which every dependent counts, as the graph has it: nothing better is known.
        imports: files whose import may break, so that at least one test that imports each must run.
        made: files in which code that executes at import, decorators among it, makes something of what is touched.
        why: for each place and file, the edit behind it, for a person.
    """

    places: dict[Place, str] = field(default_factory=dict)
    named: set[Place] = field(default_factory=set)
    both: list[tuple[Both, str]] = field(default_factory=list)
    files: dict[RepoPath, str] = field(default_factory=dict)
    imports: dict[RepoPath, str] = field(default_factory=dict)
    made: set[RepoPath] = field(default_factory=set)

    def add(self, place: Place, why: str, *, named: bool) -> None:
        """Some code is touched; see `named`."""
        if not named:
            self.named.discard(place)
        elif place not in self.places:
            self.named.add(place)
        self.places.setdefault(place, why)


@dataclass(frozen=True, slots=True)
class Old:
    """What matters of the version that evidence was taken from.

    Attributes:
        removed: names that it binds at module level and the new one does not.
        plain: see `Mentions.plain`; of both versions, or of the old one where the new one has no such function.
        overriding: see `Mentions.overriding`.
        decorators: see `Mentions.decorators`.
        classes: see `Mentions.classes`.
        imports: its import statements that execute when it is imported.
        literals: see `Mentions.literals`; those that are literals in both versions.
        lost: of the removed names, those that importing the new version looks up: it fails.
    """

    removed: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()
    overriding: frozenset[str] = frozenset()
    decorators: Mapping[str, frozenset[str]] = field(default_factory=dict)
    classes: Mapping[str, ClassFacts] = field(default_factory=dict)
    imports: frozenset[Imported] = frozenset()
    literals: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
