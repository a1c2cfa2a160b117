"""Definitions of which only those take notice who executed the function, because it executes whenever it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_txselect.policy.familiar import is_special
from pytest_txselect.source.edit import DefinitionChange
from pytest_txselect.source.quiet import BUILT_IN

if TYPE_CHECKING:
    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.ancestry import Ancestry
    from pytest_txselect.policy.project_code import ProjectCode
    from pytest_txselect.policy.surroundings import Surroundings
    from pytest_txselect.policy.touched import Old
    from pytest_txselect.source.edit import DefinitionEdit

__all__ = ["is_plain", "may_expect"]

PLAIN_CHANGES: Final = frozenset(
    {DefinitionChange.REMOVED, DefinitionChange.SIGNATURE, DefinitionChange.DEFAULTS}
)
OF_OBJECT: Final = frozenset(
    (  # noqa: SIM905 - read as words
        "__init__ __repr__ __str__ __format__ __dir__ __reduce__ __reduce_ex__ __sizeof__ "
        "__setattr__ __delattr__ __getattribute__ __getattr__ __init_subclass__ __get__"
    ).split()
)
"""Special methods that every object has, so that nobody asks whether they are there; and two that are asked themselves."""
SHOWN: Final = frozenset({"__repr__", "__str__", "__format__", "__dir__", "__sizeof__"})
"""Of these, what every class outside of the project has too: whoever wants one calls it."""


EXPECTING: Final = ("BaseException", "Exception", "TypeError", "autospec", "create_autospec", "suppress")
"""What somebody needs to live with a call that does not fit the parameters, or to compare calls with them."""


def may_expect(around: Surroundings, path: RepoPath) -> bool:
    """Whether a file is of tests in which somebody may expect a call to fail, or mock a function by its parameters."""
    return around.is_test(path) and any(around.knows(path, name) for name in EXPECTING)


def is_plain(edit: DefinitionEdit, old: Old, code: ProjectCode, ancestry: Ancestry | None) -> bool:
    """Whether whoever called the function executed it, so that other calls of it need not be looked for.

    Calls that failed, because they did not fit the parameters, are found in test code only: elsewhere they are mistakes.

    Args:
        edit: how a function is defined differently.
        old: the version that evidence was taken from.
        code: the project.
        ancestry: of the class of a method; None for a function.
    """
    if edit.change not in PLAIN_CHANGES or edit.function not in old.plain:
        return False
    if ancestry is None:
        return True
    if ancestry.handed or ancestry.collected:
        return False
    return edit.change is not DefinitionChange.REMOVED or _is_gone_plainly(edit, old, code, ancestry)


def _is_gone_plainly(edit: DefinitionEdit, old: Old, code: ProjectCode, ancestry: Ancestry) -> bool:
    """Whether nobody asks if a method is there, without calling it."""
    if edit.name in SHOWN or edit.function in old.overriding:
        return True
    if not ancestry.outside <= BUILT_IN:
        return False
    if is_special(edit.name):
        return edit.name in OF_OBJECT
    return not code.around.may_declare(edit.name)
