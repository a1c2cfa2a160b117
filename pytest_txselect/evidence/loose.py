"""Code of the project that no body of a module brings along.

`types.coroutine` and tools that rewrite functions put other code in the place of a function's own, a pickle of a function
(cloudpickle) is made into a function again, and any code object may be executed. Python audits each of these, as it does the
execution of modules.
"""

from __future__ import annotations

from types import CodeType
from typing import TYPE_CHECKING, Any, Final

from pytest_txselect.evidence.codes import identify
from pytest_txselect.evidence.files import stamp_file
from pytest_txselect.evidence.living import compile_file
from pytest_txselect.evidence.system import make_absolute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_txselect.evidence.codes import CodeBook
    from pytest_txselect.evidence.files import Stamp
    from pytest_txselect.evidence.opened import Handlers
    from pytest_txselect.evidence.territory import Territory
    from pytest_txselect.model import RepoPath

__all__ = ["LooseCode"]

GENERATED: Final = "<"
"""How names of files begin that there are none of."""


class LooseCode:
    """Finds out which functions such code is.

    Args:
        territory: what belongs to the project.
        book: numbers of pieces and code objects.
        arm: called with code objects of the project that were not known.
        keep_stamp: told how the file of such code looks.

    Attributes:
        handlers: what to do with which audit event.
    """

    def __init__(
        self,
        territory: Territory,
        book: CodeBook,
        arm: Callable[[Iterable[CodeType]], None],
        keep_stamp: Callable[[RepoPath, Stamp], None],
    ) -> None:
        self._territory: Final = territory
        self._book: Final = book
        self._arm: Final = arm
        self._keep_stamp: Final = keep_stamp
        self._modules: Final[dict[RepoPath, CodeType | None]] = {}
        self.handlers: Final[Handlers] = {
            "function.__new__": lambda args: self.meet(args[0]),
            "object.__setattr__": self._bound,
        }

    def _bound(self, args: tuple[Any, ...]) -> None:
        _, name, value = args
        if name == "__code__" and isinstance(value, CodeType):
            self.meet(value)

    def meet(self, code: CodeType) -> None:
        """This is about to be executed, or to be a function's."""
        if code.co_filename.startswith(GENERATED) or identify(code) in self._book.numbers:
            return
        path = make_absolute(code.co_filename)
        name = self._territory.name(path)
        if name is None:
            return
        if name not in self._modules:  # a test may unpickle a thousand functions of it
            self._modules[name] = compile_file(path)
        self._keep_stamp(name, stamp_file(path))
        self._arm(self._book.learn_loose([code], self._modules[name], name))
