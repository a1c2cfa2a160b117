"""Our own modules, loaded as Python loads any other.

pytest rewrites the assertions of every module of a distribution that has a plugin. Ours has more than a hundred
modules and no assertion worth rewriting: where no bytecode may be written (`PYTHONDONTWRITEBYTECODE`, a read-only
environment, most containers) they would be parsed and compiled anew at every start, for a third of a second.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    import pytest

__all__ = ["OwnModules", "load_plainly"]


class OwnModules:
    """A finder of `sys.meta_path` that answers for our own modules only, before pytest's finder is asked."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module as Python's own finder has it; None for every name that is not below our package."""
        return PathFinder.find_spec(name, path, target) if name.startswith("pytest_txselect.") else None


def load_plainly(config: pytest.Config) -> None:
    """Load the rest of the package without pytest's rewriting, until the end of this run."""
    if OwnModules not in sys.meta_path:
        sys.meta_path.insert(0, OwnModules)
        config.add_cleanup(lambda: sys.meta_path.remove(OwnModules))
