"""Which classes of the project a name in a file may be, where its imports and statements tell for certain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_txselect.source.quiet import BUILT_IN
from pytest_txselect.source.steps import StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.surroundings import Place, Surroundings
    from pytest_txselect.source.mentions import Mentions

__all__ = ["Meanings"]

STAR: Final = "*"
SAYING_NOTHING: Final = frozenset({StepKind.ANNOTATE, StepKind.CLASS})
"""Steps beside which a name is a class, or what is imported by it."""
DYNAMIC: Final = ("__getattr__", "globals", "locals", "setattr", "vars")
"""What a module needs to have names that no statement of it binds."""


class _Asked(NamedTuple):
    """A name that is looked up.

    Attributes:
        path: the file.
        name: the name.
        scope: qualified name of the class in whose body it stands; empty elsewhere.
        taken: whether an import statement takes it from there, so that it must be there.
    """

    path: RepoPath
    name: str
    scope: str
    taken: bool


class _Doubt(Exception):  # noqa: N818 - no error: it ends a search
    """A name may be anything."""


class Meanings:
    """Follows names through imports, in as far as nothing else may bind them; remembers its answers.

    Args:
        around: the project.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._known: dict[tuple[RepoPath, str, str], frozenset[Place] | None] = {}

    def may_be(self, path: RepoPath, dotted: str, classes: Iterable[Place], scope: str = "") -> bool:
        """Whether a name may be one of some classes.

        Args:
            path: the file that has the name.
            dotted: the name.
            classes: the classes.
            scope: qualified name of the class in whose body it stands; empty elsewhere.
        """
        key = (path, dotted, scope)
        if key not in self._known:
            try:
                self._known[key] = frozenset(self._search(_Asked(path, dotted, scope, taken=False)))
            except _Doubt:
                self._known[key] = None
        found = self._known[key]
        return found is None or any(each in found or not self._is_there(each) for each in classes)

    def _is_there(self, place: Place) -> bool:
        """Whether a class is there at the head; what was one of a class that is gone is called otherwise now, or not at all."""
        path, owner = place
        mentions = self._around.mentions(path)
        return mentions is not None and owner in mentions.classes

    def _search(self, start: _Asked) -> Iterator[Place]:
        """All classes of the project that a name may be."""
        seen: set[tuple[RepoPath, str]] = set()
        waiting = [start]
        while waiting:
            asked = waiting.pop()
            if (asked.path, asked.name) not in seen:
                seen.add((asked.path, asked.name))
                mentions = self._around.mentions(asked.path)
                if mentions is None:
                    raise _Doubt
                classes = list(_find_classes(mentions, asked))
                yield from ((asked.path, each) for each in classes)
                waiting += self._imported(asked, mentions, bound=bool(classes))

    def _imported(self, asked: _Asked, mentions: Mentions, *, bound: bool) -> Iterator[_Asked]:
        """What a name is in the files that it may be imported from.

        Args:
            asked: the name.
            mentions: of its file.
            bound: whether a class statement binds it, too.
        """
        first, _, rest = asked.name.partition(".")
        plain = [each for each in mentions.imports if each.alias == first and each.name != STAR]
        stars = [each for each in mentions.imports if each.name == STAR]
        if not bound and not plain:
            starred = any(self._around.means(asked.path, each) for each in stars)
            known = starred or first in BUILT_IN
            if (
                not known
                or (asked.taken and not starred)
                or any(self._around.knows(asked.path, each) for each in DYNAMIC)
            ):
                raise _Doubt
        for each in [*plain, *stars]:
            files = self._around.means(asked.path, each)
            if files and (rest or not each.name):  # an attribute of something, or a module
                raise _Doubt
            name = asked.name if each.name == STAR else each.name
            yield from (_Asked(file, name, "", taken=each.name != STAR) for file in files)


def _find_classes(mentions: Mentions, asked: _Asked) -> Iterator[str]:
    """Qualified names of the classes of its own file that a name may be.

    Raises:
        _Doubt: something else than a class statement or an import may bind it.
    """
    first = asked.name.partition(".")[0]
    steps = [step for step in mentions.steps if step.owner in {"", asked.scope} and first in step.binds]
    if first == "?" or first in mentions.bound or any(step.kind not in SAYING_NOTHING for step in steps):
        raise _Doubt
    for step in steps:
        qualname = f"{step.owner}.{asked.name}" if step.owner else asked.name
        if qualname not in mentions.classes:
            raise _Doubt
        yield qualname
