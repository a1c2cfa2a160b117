"""Which code makes a value that Python asks for once, and not before somebody needs it.

The value of a type alias, bounds, constraints and defaults of type parameters, and since Python 3.14 annotations: only
the first who asks executes them, and whoever has the alias, the class or the function relies on what came of it. So it is
with a `__getattr__` that binds something: what is there is not asked for once more.
"""

from __future__ import annotations

import dis
import re
from types import CodeType
from typing import TYPE_CHECKING, Final

from pytest_txselect.evidence.monitor import RESUMABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["find_deferred"]

HANDED: Final = re.compile(
    b"[%b][%b]?[%b]"
    % tuple(
        b"".join(re.escape(bytes([dis.opmap[name]])) for name in names if name in dis.opmap)
        for names in (
            ("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE"),
            ("BUILD_TUPLE",),
            ("CALL_INTRINSIC_1", "CALL_INTRINSIC_2"),
        )
    )
    if "CALL_INTRINSIC_1" in dis.opmap
    else b"(?!)"
)
"""A function that was just made, alone or at the end of a tuple, is handed to the interpreter. Before Python 3.12 none is."""
HANDING: Final = tuple(
    dis.opmap[name] for name in ("CALL_INTRINSIC_1", "CALL_INTRINSIC_2") if name in dis.opmap
)
"""What hands something to the interpreter; few functions do, which is found out faster than what they hand."""
TAKING: Final = frozenset(
    {
        "INTRINSIC_TYPEALIAS",
        "INTRINSIC_TYPEVAR_WITH_BOUND",
        "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
        "INTRINSIC_SET_TYPEPARAM_DEFAULT",
    }
)
"""What takes a function that makes a value."""
ANNOTATING: Final = "__annotate__"
MISSING: Final = "__getattr__"
BINDING: Final = (dis.opmap["STORE_ATTR"], dis.opmap["STORE_SUBSCR"])
BINDERS: Final = frozenset({"setattr", "__setattr__", "setdefault", "update"})


def find_deferred(codes: Iterable[CodeType]) -> Iterator[CodeType]:
    """The code that makes a value which Python remembers from then on.

    Args:
        codes: all code objects of a module.
    """
    for code in codes:
        if code.co_name == ANNOTATING or (code.co_name == MISSING and binds(code)):
            yield code
        elif not code.co_flags & RESUMABLE:  # those use these instructions for something else
            opcodes = code.co_code[::2]
            if any(each in opcodes for each in HANDING) and HANDED.search(opcodes):
                yield from find_taken(code)


def binds(code: CodeType) -> bool:
    """Whether a function binds an attribute or an item, of whatever."""
    opcodes = code.co_code[::2]
    return any(each in opcodes for each in BINDING) or not BINDERS.isdisjoint(code.co_names)


def find_taken(code: CodeType) -> Iterator[CodeType]:
    """The code of the functions that a code object makes and hands to what asks them once."""
    made = None
    for each in dis.get_instructions(code):
        if type(each.argval) is CodeType:
            made = each.argval
        elif each.argrepr in TAKING and made is not None:
            yield made
