"""Who may read a docstring that changed, beyond what its own file tells: bases and decorators that come from other files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from pytest_txselect.policy.ancestry import Ancestries
from pytest_txselect.policy.familiar import CALLED
from pytest_txselect.policy.follow import follow
from pytest_txselect.policy.project_code import ProjectCode
from pytest_txselect.policy.surroundings import MODULE
from pytest_txselect.source.docstrings import ACCESSORS
from pytest_txselect.source.edit import ClassNameEdit, DefinitionChange, DefinitionEdit, DocReader, Edits
from pytest_txselect.source.uses import LISTING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.recorded import Evidence, Version
    from pytest_txselect.engine.surroundings import HeadSurroundings
    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.surroundings import Place
    from pytest_txselect.policy.touched import Old
    from pytest_txselect.source.edit import DocstringEdit, Edit
    from pytest_txselect.source.keeping import Decorating
    from pytest_txselect.source.mentions import Mentions

__all__ = ["Documented"]


DOC: Final = "__doc__"


class Using(Protocol):
    """Gives the tests that executed some code."""

    def __call__(self, places: Iterable[Place], version: Version | None = None, /) -> frozenset[str]:
        """Of the edited file, in one version."""


class Documented:
    """Tells docstrings that code outside of the project may read from those that only the project itself can.

    Args:
        evidence: what was recorded.
        ends: the graphs.
        around: the project.
        using: gives the tests that executed some code; of an edited file, in one version.
    """

    def __init__(
        self, evidence: Evidence, ends: Iterable[End], around: HeadSurroundings, using: Using
    ) -> None:
        self._evidence = evidence
        self._ends = ends
        self._around = around
        self._using = using
        self._ancestries = Ancestries(around)
        self._decorating: dict[RepoPath, Decorating] = {}

    def find_tests(
        self, docs: Sequence[DocstringEdit], version: Version
    ) -> dict[RepoPath, frozenset[str]] | None:
        """Tests that used a version of a file, and may have asked for one of its docstrings, by the file that reads it.

        Args:
            docs: docstrings that are others now.
            version: the version.

        Returns:
            The tests; None where code outside of the project may read one, or where a file cannot be read.
        """
        path = version.path
        if any(self._is_handed_on(path, each) for each in docs):
            return None
        users = self._evidence.using(self._evidence.pieces(version))
        readers = {path, *(each for end in self._ends for each in end.doc_readers)}
        if any(self._around.mentions(each) is None for each in readers):
            return None
        places = {each: [*self._find_readers(each)] for each in sorted(readers)}
        holding = self._find_holding(docs, version) if any(places.values()) else None
        names = {each.symbol.rpartition(".")[2] for each in docs}
        found: dict[RepoPath, frozenset[str]] = {}
        for reader, reading in places.items():
            tests = self._using(reading, version) & users
            if holding is not None:
                naming = [place for place in reading if any(self._names(place, name) for name in names)]
                tests &= holding | self._using(naming, version)
            found[reader] = tests
        return found

    def _find_holding(self, docs: Iterable[DocstringEdit], version: Version) -> frozenset[str] | None:
        """Tests that executed code which has one of some documented functions in hand; None where anybody may have one."""
        from pytest_txselect.engine.was import read_old  # noqa: PLC0415 - slow to import

        path = version.path
        mentions, source = self._around.mentions(path), self._around.source(path)
        if mentions is None or source is None:
            return None
        old = read_old(source, source)
        found: set[Place] = set()
        for each in docs:
            holders = self._find_holders(path, each, mentions, old)
            if holders is None:
                return None
            found |= holders
        listing = ProjectCode(path, self._around, lambda _: None).computing(LISTING)
        return self._using(found | listing, version)

    def _is_handed_on(self, path: RepoPath, edit: DocstringEdit) -> bool:
        """Whether code that is not the project's may get what has a docstring.

        Args:
            path: the edited file.
            edit: the docstring.
        """
        for reader in edit.readers:
            match reader:
                case DocReader.EXAMPLES:
                    pass  # whoever runs them opens the file
                case DocReader.DUNDER if any(self._find_readers(path)):
                    pass  # of code of the project evidence tells who executed it
                case DocReader.BASE if not self._is_made_elsewhere(path, edit.symbol):
                    pass
                case DocReader.DECORATOR if self._is_decorated_here(path, edit.symbol):
                    pass
                case _:
                    return True
        return False

    def _find_holders(
        self, path: RepoPath, edit: DocstringEdit, mentions: Mentions, old: Old
    ) -> frozenset[Place] | None:
        """Code that has a function in hand, and not only calls it, or that touches a class: it can ask for a docstring.

        Args:
            path: the edited file.
            edit: the docstring.
            mentions: what the file mentions.
            old: what matters of the file as it is.

        Returns:
            The code; None where anybody may have it, as a module.
        """
        owner, _, name = edit.symbol.rpartition(".")
        of_class = edit.symbol in mentions.classes
        another: Edit
        if of_class:
            another = ClassNameEdit(edit.symbol, DOC, edit.line)
        elif edit.symbol in mentions.functions and (not owner or owner in mentions.classes):
            another = DefinitionEdit(edit.symbol, name, DefinitionChange.DEFAULTS, owner or None, edit.line)
        else:
            return None  # a module, or nested in a function
        touched = follow(path, Edits((another,)), self._around, old=old, describe=edit.symbol)
        if touched.files:
            return None
        found = {*touched.places, *(place for both, _ in touched.both for place in both.mentions)}
        return frozenset(each for each in found if of_class or not _is_of(each, path, edit.symbol))

    def _names(self, place: Place, name: str) -> bool:
        """Whether a piece of code names something in any way: `name.__doc__`."""
        path, qualname = place
        mentions = self._around.mentions(path)
        if mentions is None:
            return True
        if qualname == MODULE:
            return any(name in step.mentions or name in step.words for step in mentions.steps)
        return name in mentions.functions.get(qualname, ()) or name in mentions.words.get(qualname, ())

    def _find_readers(self, path: RepoPath) -> Iterator[Place]:
        """Code of a file that may read docstrings."""
        mentions = self._around.mentions(path)
        if mentions is not None:
            yield from ((path, qualname) for qualname in mentions.reading_docs())

    def _is_made_elsewhere(self, path: RepoPath, symbol: str) -> bool:
        """Whether something gets a class while it is made, or it has a base that is not the project's."""
        mentions = self._around.mentions(path)
        owner = symbol if mentions is None or symbol in mentions.classes else symbol.rpartition(".")[0]
        made = self._ancestries.find(path, owner)
        return made.read or made.tested or made.handed or made.made or made.collected

    def _is_decorated_here(self, path: RepoPath, symbol: str) -> bool:
        """Whether all decorators of a definition, and of its class, are known or the project's and keep it to themselves."""
        mentions = self._around.mentions(path)
        if mentions is None:
            return False
        classes = [
            each for name in (symbol, symbol.rpartition(".")[0]) if (each := mentions.classes.get(name))
        ]
        decorators = {
            *mentions.decorators.get(symbol, ()),
            *(name for each in classes for name in each.decorators),
        }
        return bool(decorators) and all(  # else it is not there any more, or nested in a function
            self._is_accessor(path, symbol, each)
            or self._is_kept(path, each.removesuffix(CALLED), called=each.endswith(CALLED))
            for each in decorators
        )

    def _is_accessor(self, path: RepoPath, symbol: str, decorator: str) -> bool:
        """Whether a decorator of a method is `x.setter`, of a property beside it."""
        name, _, kind = decorator.rpartition(".")
        mentions = self._around.mentions(path)
        beside = f"{symbol.rpartition('.')[0]}.{name}"
        return kind in ACCESSORS and mentions is not None and beside in mentions.functions

    def _is_kept(self, path: RepoPath, decorator: str, *, called: bool) -> bool:
        """Whether a decorator is Python's, or a function of the project that keeps what it is given to itself."""
        if self._read(path).standard.find_spelled(decorator):
            return True
        places = [] if called else self._ancestries.find_functions(path, decorator)
        return bool(places) and all(name in self._read(file).keeping for file, name in places)

    def _read(self, path: RepoPath) -> Decorating:
        from pytest_txselect.source.keeping import read_decorating  # noqa: PLC0415 - slow to import

        if path not in self._decorating:
            self._decorating[path] = read_decorating(self._around.source(path) or b"")
        return self._decorating[path]


def _is_of(place: Place, path: RepoPath, symbol: str) -> bool:
    """Whether a piece of code is a function, or inside it."""
    return place[0] == path and f"{place[1]}.".startswith(f"{symbol}.")
