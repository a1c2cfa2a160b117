"""Classes and decorators of Python and its libraries of which it is known what they do with what they get."""

from __future__ import annotations

import builtins
from typing import Final

__all__ = ["BUILT_IN", "FIELDS", "INERT", "QUIET", "is_silent"]

BUILT_IN: Final = frozenset(name for name, value in vars(builtins).items() if isinstance(value, type))
"""Classes that neither look at signatures nor ask for methods by name, beyond the special ones."""
QUIET: Final = BUILT_IN.union(
    (  # noqa: SIM905 - read as words
        "Enum Flag IntEnum IntFlag IsolatedAsyncioTestCase NamedTuple StrEnum TestCase TypedDict"
    ).split()
)
"""Classes that keep no list of those made of them."""
FIELDS: Final = frozenset(
    {"attributes", "attrs", "dataclass", "define", "frozen", "mutable", "s", "total_ordering", "unique"}
)
"""Class decorators that read values and special methods, and keep nothing."""
INERT: Final = frozenset({"final", "override", "runtime_checkable"})
"""Class decorators that do nothing."""
SILENT: Final = frozenset(
    (  # noqa: SIM905 - read as words
        "abstractmethod asynccontextmanager cache cached_property classmethod contextmanager deleter final fixture "
        "getter hookimpl lru_cache overload override property setter singledispatch singledispatchmethod staticmethod "
        "wraps"
    ).split()
)
"""Decorators that tell nobody of the function; or only pytest, which asks for it itself."""
MARKS: Final = ("pytest.mark.", "mark.")


def is_silent(decorator: str) -> bool:
    """Whether a decorator of a function, as a dotted name, tells nobody that the function is there."""
    return decorator.startswith(MARKS) or decorator.rpartition(".")[2] in SILENT
