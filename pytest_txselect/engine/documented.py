"""Who may read a docstring that changed, beyond what its own file tells: bases and decorators that come from other files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.policy.ancestry import Ancestries
from pytest_txselect.policy.familiar import FIELDS, INERT, is_silent
from pytest_txselect.source.edit import DocReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.engine.surroundings import HeadSurroundings
    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.surroundings import Place
    from pytest_txselect.source.edit import DocstringEdit

__all__ = ["Documented"]


class Documented:
    """Tells docstrings that code outside of the project may read from those that only the project itself can.

    Args:
        around: the project.
    """

    def __init__(self, around: HeadSurroundings) -> None:
        self._around = around
        self._ancestries = Ancestries(around)
        self._keeping: dict[RepoPath, frozenset[str]] = {}

    def is_handed_on(self, path: RepoPath, edit: DocstringEdit) -> bool:
        """Whether code that is not the project's may get what has a docstring.

        Args:
            path: the edited file.
            edit: the docstring.
        """
        for reader in edit.readers:
            match reader:
                case DocReader.EXAMPLES:
                    pass  # whoever runs them opens the file
                case DocReader.DUNDER if any(self.find_readers(path)):
                    pass  # of code of the project evidence tells who executed it
                case DocReader.BASE if not self._is_made_elsewhere(path, edit.symbol):
                    pass
                case DocReader.DECORATOR if self._is_decorated_here(path, edit.symbol):
                    pass
                case _:
                    return True
        return False

    def find_readers(self, path: RepoPath) -> Iterator[Place]:
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
        decorators = set(mentions.decorators.get(symbol, ()))
        classes = [
            each for name in (symbol, symbol.rpartition(".")[0]) if (each := mentions.classes.get(name))
        ]
        of_classes = {each for facts in classes for each in facts.decorators}
        if not decorators and not classes:
            return False  # it is not there any more, or nested in a function
        return all(is_silent(each) or self._is_kept(path, each) for each in decorators) and all(
            each.rpartition(".")[2] in INERT | FIELDS for each in of_classes
        )

    def _is_kept(self, path: RepoPath, decorator: str) -> bool:
        """Whether a decorator is a function of the project that keeps what it is given to itself."""
        places = self._ancestries.find_functions(path, decorator)
        return bool(places) and all(name in self._find_keeping(file) for file, name in places)

    def _find_keeping(self, path: RepoPath) -> frozenset[str]:
        from pytest_txselect.source.keeping import find_keeping  # noqa: PLC0415 - slow to import
        from pytest_txselect.source.parsed import ParsedSource, parse_source  # noqa: PLC0415

        if path not in self._keeping:
            parsed = parse_source(self._around.source(path) or b"")
            found = find_keeping(parsed.tree) if isinstance(parsed, ParsedSource) else frozenset[str]()
            self._keeping[path] = found
        return self._keeping[path]
