"""Modules of which a file takes every attribute, without a tree."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_txselect.source.facts import FileFacts

__all__ = ["find_reflected"]


def find_reflected(facts: FileFacts, taken: frozenset[str] | None, source: bytes) -> tuple[str, ...] | None:
    """Modules of which the code takes every attribute, without a tree; None where only a tree tells.

    Args:
        facts: what is known so far; every import that may bind a name counts.
        taken: dotted names of what it takes every attribute of, as the scanner found them.
        source: the file.
    """
    if not taken:
        return None if taken is None else ()
    origins: defaultdict[str, set[str]] = defaultdict(set)
    for each in facts.imports:
        if each.names:
            front = "." * each.level + (f"{each.module}." if each.module else "")
            for name in each.names:
                origins[name].add(front + name)
        else:
            top = each.module.partition(".")[0]
            origins[top].add(top)
    found: set[str] = set()
    for dotted in taken:
        name, dot, rest = dotted.partition(".")
        if re.search(rb"as\s+%b\b" % name.encode("ascii"), source):
            return None
        found.update(origin + dot + rest for origin in origins.get(name, ()))
    return tuple(sorted(found))
