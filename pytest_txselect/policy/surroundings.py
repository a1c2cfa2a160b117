"""What following names needs to know of the project around an edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_txselect.model import RepoPath
    from pytest_txselect.source.mentions import Imported, Mentions

__all__ = ["MODULE", "OPENED", "TESTS_OF", "Place", "Surroundings"]

MODULE = "<module>"
OPENED = "<opened>"
TESTS_OF = "::"
Place = tuple["RepoPath", str]
"""A function, class body or module body: its file, and its qualified name (`<module>` for the module's own).

`<opened>` stands for having opened a file that is no code. With `::` behind it, a qualified name of a test file stands for the
tests that are made of it, whatever they executed: a class of which all is inherited, a function that is skipped.
"""


class Surroundings(Protocol):
    """The project around the edited files, at the head."""

    def mentions(self, path: RepoPath) -> Mentions | None:
        """What a file mentions where; None where it cannot be read."""

    def importers(self, path: RepoPath) -> Iterable[RepoPath]:
        """Files that import a file directly, in any way."""

    def reaching(self, path: RepoPath) -> frozenset[RepoPath]:
        """Files that depend on a file, directly or not, and the file itself."""

    def used(self, beside: RepoPath | None = None) -> Sequence[RepoPath]:
        """Python files of which recorded tests used anything, in order; of those that used another file, too."""

    def texts(self, names: set[str]) -> Sequence[RepoPath]:
        """Files that are no code, which recorded tests opened and which have one of some words."""

    def means(self, importer: RepoPath, imported: Imported) -> frozenset[RepoPath]:
        """Files that the module of an import statement may be; for `from package import module`, the module too."""

    def knows(self, path: RepoPath, name: str) -> bool:
        """Whether a file mentions an identifier or a word of that name at all; cheap."""

    def aliases(self, path: RepoPath, name: str) -> frozenset[str]:
        """What a file calls what it imports by a name, where it says `as`; may be too many."""

    def may_hold(self, path: RepoPath, names: frozenset[str]) -> bool:
        """Whether a file may use one of some names otherwise than to take an attribute; cheap, may be too often true."""

    def is_test(self, path: RepoPath) -> bool:
        """Whether a file is one of tests, a conftest, or lies beside one."""

    def may_declare(self, name: str) -> bool:
        """Whether a class of the project may demand that others have a method of that name, or ask whether they have."""
