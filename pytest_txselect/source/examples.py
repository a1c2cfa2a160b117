"""Examples in a text, such as a docstring or a chapter of documentation: what they import and name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import Unparsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.source.facts import Facts

__all__ = ["read_examples"]

PROMPT: Final = re.compile(rb"[ \t]*(>>>|\.\.\.)(?: (.*))?$")


def read_examples(text: bytes) -> Iterator[Facts]:
    """Facts of the examples in a text, with the line numbers of the text.

    All of them at once where they parse; else one by one, as an example may show a syntax error. One that does has no
    facts: nothing of it is executed.
    """
    lines: list[bytes] = []
    starts: list[int] = []
    for number, line in enumerate(text.splitlines()):
        match = PROMPT.match(line)
        if match and match.group(1) == b">>>":
            starts.append(number)
        lines.append(match.group(2) or b"" if match else b"")
    whole = read_facts(b"\n".join(lines))
    if not isinstance(whole, Unparsed):
        yield whole
        return
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        facts = read_facts(b"\n" * start + b"\n".join(lines[start:stop]))
        if not isinstance(facts, Unparsed) or not facts.line or not _is_utf8(text):
            yield facts


def _is_utf8(text: bytes) -> bool:
    """Whether Python reads a text as its author does; doctest may be told of another encoding."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
