"""Definitions of which only those take notice who executed the function, because it executes whenever it is called."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.edit import DefinitionChange

if TYPE_CHECKING:
    from pytest_txselect.model import RepoPath
    from pytest_txselect.policy.project_code import ProjectCode
    from pytest_txselect.source.edit import DefinitionEdit

__all__ = ["is_plain"]

PLAIN_CHANGES: Final = frozenset(
    {DefinitionChange.REMOVED, DefinitionChange.SIGNATURE, DefinitionChange.DEFAULTS}
)
OF_OBJECT: Final = frozenset(
    (  # noqa: SIM905 - read as words
        "__init__ __repr__ __str__ __format__ __dir__ __reduce__ __reduce_ex__ __sizeof__ "
        "__setattr__ __delattr__ __getattribute__ __getattr__"
    ).split()
)
"""Special methods that every object has, so that nobody asks whether they are there; and one that is asked itself."""
BUILT_IN: Final = frozenset(name for name, value in vars(builtins).items() if isinstance(value, type))
"""Classes that neither look at signatures nor ask for methods by name, beyond the special ones."""


def is_plain(path: RepoPath, edit: DefinitionEdit, plain: frozenset[str], code: ProjectCode) -> bool:
    """Whether whoever called the function executed it, so that other calls of it need not be looked for.

    Calls that failed, because they did not fit the parameters, are found in test code only: elsewhere they are mistakes.

    Args:
        path: the edited file.
        edit: how a function is defined differently.
        plain: functions that execute whenever they are called, see `Old.plain`.
        code: the project.
    """
    if edit.change not in PLAIN_CHANGES or edit.function not in plain:
        return False
    return edit.owner is None or _is_plain_method(path, edit, edit.owner, code)


def _is_plain_method(path: RepoPath, edit: DefinitionEdit, owner: str, code: ProjectCode) -> bool:
    facts = code.class_facts(path, owner)
    if facts is None or facts.whole:
        return False
    outside = {base for base in facts.bases if not code.around.is_project_class(base)}
    if not outside <= BUILT_IN or edit.change is not DefinitionChange.REMOVED:
        return outside <= BUILT_IN
    if edit.name.startswith("__") and edit.name.endswith("__"):
        return edit.name in OF_OBJECT
    return not code.around.may_declare(edit.name)
