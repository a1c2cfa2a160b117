"""From a path pattern to a regular expression that matches in bounded time; `globs` has the grammar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["GlobSyntaxError", "split_pattern", "translate_parts", "translate_plain"]

ANY_FOLDERS: Final = "(?:[^/]*/)*"
END_OF_PART: Final = "(?![^/])"


class GlobSyntaxError(ValueError):
    """A pattern that cannot mean what its author wants; the text is "cause; cure"."""


def split_pattern(body: str) -> list[str]:
    """Cut a pattern into parts, spelled so that it starts at the rootdir and ends as it says."""
    if "\\" in re.sub(r"\[[!^]?\]?[^]]*\]", "", body):
        raise GlobSyntaxError(
            "folders are separated by /, and [x] makes a character literal; replace the backslash"
        )
    below = body.endswith("/")
    parts = [part for part in body.split("/") if part not in {"", "."}]
    if not parts:
        raise GlobSyntaxError("matches nothing; name a file or a folder, or write **")
    for part in parts:
        if "**" in part and part != "**":
            raise GlobSyntaxError("** stands for whole folders; write **/ before the rest, or a single *")
    climbs = next((at for at, part in enumerate(parts) if part != ".."), len(parts))
    if ".." in parts[climbs:]:
        raise GlobSyntaxError(".. may stand only in front; write the path without going up and down again")
    if "/" not in body.rstrip("/"):
        parts.insert(0, "**")
    if below:
        parts.append("**")
    return parts


def translate_parts(parts: Sequence[str]) -> str:
    """Write the regular expression of a pattern for `fullmatch`.

    Between two `**` stands a run of parts of fixed number; taking its leftmost place leaves the most to what
    follows, so each place but the last can be an atomic group.
    """
    runs: list[list[str]] = [[]]
    for part in parts:
        if part == "**":
            runs.append([])
        else:
            runs[-1].append(_translate_part(part))
    first, *others = ["/".join(run) for run in runs]
    subtree = "" if any(sign in parts[-1] for sign in "*?[") else "(?:/.*)?"
    if not others:
        return first + subtree
    regex = first and first + "/"
    *middle, last = others
    regex += "".join(f"(?>(?:[^/]*/)*?{run}/)" for run in middle if run)
    return regex + (ANY_FOLDERS + last + subtree if last else ".+")


def _translate_part(part: str) -> str:
    """Write the regular expression of one part; it eats the whole part or fails."""
    pieces = _split_stars(part)
    regex = _fixed_class(pieces[0])
    for piece in pieces[1:-1]:
        regex += f"(?>[^/]*?{_fixed_class(piece)})" if piece else ""
    if len(pieces) > 1:
        regex += f"[^/]*{_fixed_class(pieces[-1])}"
    return f"(?>{regex}{END_OF_PART})"


def _split_stars(part: str) -> list[str]:
    """Cut at the stars that are not inside a class."""
    pieces = [""]
    at = 0
    while at < len(part):
        end = _class_end(part, at)
        if end:
            pieces[-1] += part[at:end]
            at = end
            continue
        if part[at] == "*":
            pieces.append("")
        else:
            pieces[-1] += part[at]
        at += 1
    return pieces


def _class_end(text: str, start: int) -> int:
    """Find where the class that starts here ends; 0 where none starts. An unclosed bracket is itself."""
    if text[start] != "[":
        return 0
    at = start + 1
    if text[at : at + 1] in {"!", "^"}:
        at += 1
    return text.find("]", at + 1) + 1


def translate_plain(text: str) -> str:
    """Translate text in which only `?` is special."""
    return "".join("." if char == "?" else re.escape(char) for char in text)


def _fixed_class(text: str) -> str:
    """Translate text in which `?` and classes are special."""
    regex = ""
    at = 0
    while at < len(text):
        end = _class_end(text, at)
        if end:
            regex += _translate_class(text[at + 1 : end - 1])
            at = end
        else:
            regex += "[^/]" if text[at] == "?" else re.escape(text[at])
            at += 1
    return regex


def _translate_class(body: str) -> str:
    """Translate what stands between brackets; a range that runs backwards holds nothing."""
    negated = body[0] in "!^"
    body = body[1:] if negated else body
    items = ""
    at = 0
    while at < len(body):
        low, high = body[at], body[at]
        if body[at + 1 : at + 2] == "-" and at + 2 < len(body):
            high = body[at + 2]
            at += 2
        if low <= high:
            items += f"{re.escape(low)}-{re.escape(high)}"
        at += 1
    if not items:
        return "[^/]" if negated else "(?!)"
    return f"(?!/)[{'^' if negated else ''}{items}]"
