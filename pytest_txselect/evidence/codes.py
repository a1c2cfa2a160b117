"""Names for code objects: which function of which file each of them is.

Code objects are told apart by identity. Their own equality says that `def f(): return 1` on line 1 of one
file equals that on line 1 of another, and their own hash reads all their bytecode: 0.2 to 4 microseconds a
call.
"""

from __future__ import annotations

from types import CodeType
from typing import TYPE_CHECKING, Final

from pytest_txselect.evidence.evidence import Piece, PieceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_txselect.model import RepoPath

__all__ = ["CodeBook", "identify", "name_functions", "walk_code"]

identify: Final[Callable[[object], int]] = object.__hash__
"""The identity of a living object as a number: what `id` says, but without its audit event."""


def walk_code(code: CodeType) -> Iterator[CodeType]:
    """A code object and all that are nested in it, parents first, in source order."""
    yield code
    for constant in code.co_consts:
        if type(constant) is CodeType:
            yield from walk_code(constant)


def name_functions(module: CodeType) -> list[tuple[CodeType, str, int]]:
    """The functions, class bodies and the body of a module, with their names.

    Args:
        module: code of the module as a whole.

    Returns:
        Triples (code, qualified name, index): the index counts those of one name in the order of their first
        lines, so that it does not depend on what else the compiler made of the file.
    """
    seen: dict[str, int] = {}
    named: list[tuple[CodeType, str, int]] = []
    for code in sorted(walk_code(module), key=lambda each: each.co_firstlineno):
        name = code.co_qualname
        index = seen.get(name, 0)
        seen[name] = index + 1
        named.append((code, name, index))
    return named


class CodeBook:
    """Numbers for pieces, and the numbers of the pieces that code objects are.

    Attributes:
        pieces: every piece known, with its number.
        numbers: the number of each known code object, by its identity.
        codes: the known code objects, which live as long as the book so that no identity is used twice.
    """

    __slots__ = ("codes", "numbers", "pieces")

    def __init__(self) -> None:
        self.pieces: Final[dict[Piece, int]] = {}
        self.numbers: Final[dict[int, int]] = {}
        self.codes: Final[list[CodeType]] = []

    def number(self, piece: Piece) -> int:
        """The number of a piece, a new one if it is new."""
        return self.pieces.setdefault(piece, len(self.pieces))

    def learn(self, module: CodeType, path: RepoPath) -> list[CodeType]:
        """Name the functions of a module.

        Args:
            module: code of the module as a whole, as it is about to be executed.
            path: the file it comes from.

        Returns:
            The code objects that were not known.
        """
        if identify(module) in self.numbers:
            return []
        return [
            code
            for code, name, index in name_functions(module)
            if self._add(code, Piece(PieceKind.FUNCTION, path, name, index))
        ]

    def learn_loose(
        self, codes: Iterable[CodeType], module: CodeType | None, path: RepoPath
    ) -> list[CodeType]:
        """Name functions of a module that was executed before we came, or that others have made from its functions.

        Args:
            codes: code objects, whatever they are called by now.
            module: the same module compiled once more, which tells functions of one name apart; None where it
                cannot be.
            path: the file, which who executes code of it that is not there is taken to have read.

        Returns:
            The code objects that were not known.
        """
        known = name_functions(module) if module is not None else []
        places = {(name, code.co_firstlineno): index for code, name, index in known}
        new: list[CodeType] = []
        for root in codes:
            for code in walk_code(root):
                name = code.co_qualname
                index = places.get((name, code.co_firstlineno), 0 if module is None else None)
                piece = (
                    Piece(PieceKind.OPENED, path)
                    if index is None
                    else Piece(PieceKind.FUNCTION, path, name, index)
                )
                if self._add(code, piece):
                    new.append(code)
        return new

    def _add(self, code: CodeType, piece: Piece) -> bool:
        identity = identify(code)
        if identity in self.numbers:
            return False
        self.numbers[identity] = self.number(piece)
        self.codes.append(code)
        return True
