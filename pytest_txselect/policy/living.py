"""Objects that live longer than a test, so that another one may have executed their constructor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.source.mentions import Mentions

__all__ = ["find_methods"]

CONSTRUCTORS: Final = frozenset(
    {"__attrs_post_init__", "__init__", "__new__", "__post_init__", "__setstate__"}
)
UNBOUND: Final = frozenset({"classmethod", "staticmethod"})


def find_methods(function: str, mentions: Mentions | None) -> Iterator[str]:
    """Methods of a class that need an object, where a function is its constructor.

    A test that executes one of them has an object. Where it has not executed the constructor, somebody else has: an import or a
    fixture, whose evidence is the test's too, or another test (`if self.stack is None: self.stack = Stack()` of an application
    at module level).

    Args:
        function: qualified name of the edited function.
        mentions: of its file; None where it cannot be read.
    """
    owner, _, name = function.rpartition(".")
    if name not in CONSTRUCTORS or not owner or mentions is None:
        return
    for method in mentions.functions:
        of, _, last = method.rpartition(".")
        if (
            of == owner
            and last not in CONSTRUCTORS
            and UNBOUND.isdisjoint(mentions.decorators.get(method, ()))
        ):
            yield method
