"""What a log says of one result."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Said", "headline_of"]


@dataclass(frozen=True, slots=True)
class Said:
    """One result, or several of which nothing but the reason is known.

    Attributes:
        word: under which pytest counts it in its last line, in the singular ("error").
        node: node id; empty where the log does not say it.
        reason: message of the failure or the skip.
        when: setup, call or teardown; collect for what could not be collected; empty where unknown.
        subtest: description of the subtest.
        file: where it happened, or where the test is, when the node id is not known.
        line: likewise; 0 where unknown.
        count: how many results it stands for.
        traceback: as pytest shows it.
        sections: captured output.
    """

    word: str
    node: str = ""
    reason: str = ""
    when: str = ""
    subtest: str = ""
    file: str = ""
    line: int = 0
    count: int = 1
    traceback: str = ""
    sections: tuple[tuple[str, str], ...] = ()


def headline_of(node: str, subtest: str = "") -> str:
    """Return the headline under which pytest shows a test: `a/b.py::C::t[x]` is `C.t[x]`."""
    path, bracket, parameters = node.partition("[")
    _, _, names = path.partition("::")
    names = ".".join(name for name in names.split("::") if name != "()")
    return f"{names}{bracket}{parameters} {subtest}".rstrip()
