"""Dependencies that comments declare: `# txselect: depends PATTERN...`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.facts import Declared

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["find_declared"]

COMMENT: Final = re.compile(r"#\s*txselect:\s*depends\s+([^\r\n]+)")
LIKELY: Final = re.compile(COMMENT.pattern.encode())


def find_declared(source: bytes) -> tuple[Declared, ...]:
    """The patterns of a file's comments, in order; what looks like such a comment in a string is none."""
    if b"txselect" not in source or not LIKELY.search(source):
        return ()
    return tuple(
        Declared(pattern, line)
        for text, line in _comments(source)
        for match in COMMENT.finditer(text)
        for pattern in match.group(1).split()
    )


def _comments(source: bytes) -> Iterator[tuple[str, int]]:
    import io  # noqa: PLC0415 - few files have such a comment
    import tokenize  # noqa: PLC0415 - likewise

    try:
        tokens = list(tokenize.tokenize(io.BytesIO(source).readline))
    except (
        SyntaxError,
        tokenize.TokenError,
        RecursionError,
    ):  # then every line may be one: too many, never too few
        lines = source.decode("utf-8", "surrogateescape").split("\n")
        yield from ((text, number) for number, text in enumerate(lines, 1))
        return
    yield from ((token.string, token.start[0]) for token in tokens if token.type == tokenize.COMMENT)
