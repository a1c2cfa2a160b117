"""On which line of a TOML text a key stands, which `tomllib` does not say.

`find_positions` reads a text that `tomllib` has accepted, so it only has to tell keys from values: it knows
comments, the four kinds of strings, dotted and quoted keys, arrays, inline tables, `[table]` and `[[array of
tables]]`.
"""

from __future__ import annotations

import bisect
import re
import tomllib
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KeyPath", "find_positions"]

KeyPath: TypeAlias = tuple[str | int, ...]
"""The keys that lead to a value, with the index where an array is entered."""

BLANK: Final = re.compile(r"[ \t]*+")
GAP: Final = re.compile(r"(?:[ \t\n]++|#[^\n]*+)*+")
BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]++")
STRING: Final = re.compile(
    r'"""(?:[^"\\]++|\\.|"(?!""))*+"""(?:"{0,2})'
    r"|'''(?:[^']++|'(?!''))*+'''(?:'{0,2})"
    r'|"(?:[^"\\]++|\\.)*+"'
    r"|'[^']*+'",
    re.DOTALL,
)
PLAIN: Final = re.compile(r"[^,\]}#\n]*+")


def find_positions(text: str) -> Mapping[KeyPath, int]:
    """Find the lines of a valid TOML text's tables, keys and array elements.

    Args:
        text: what `tomllib.loads` has accepted.

    Returns:
        Each path of keys, with the 1-based line on which it first stands.

    Raises:
        RecursionError: values are nested deeper than Python's stack; `tomllib` gives up earlier.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.scan_document()
    return scanner.lines


class _Scanner:
    """One pass over a text; `at` is the offset of what comes next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self._starts = [match.end() for match in re.finditer("\n", text)]
        self._lengths: dict[KeyPath, int] = {}

    def scan_document(self) -> None:
        table: KeyPath = ()
        self._skip(GAP)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._scan_header()
            else:
                self._scan_pair(table)
            self._skip(GAP)

    def _scan_header(self) -> KeyPath:
        """Read `[a.b]` or `[[a.b]]`; a part that names an array of tables means its last element."""
        doubled = self.text.startswith("[[", self.at)
        start = self.at
        self.at += 2 if doubled else 1
        keys = self._scan_keys()
        self.at += 2 if doubled else 1
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self._note((*path, key), start)
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
        path = self._note((*path, keys[-1]), start)
        if doubled:
            self._lengths[path] = self._lengths.get(path, 0) + 1
            path = self._note((*path, self._lengths[path] - 1), start)
        return path

    def _scan_pair(self, table: KeyPath) -> None:
        """Read `key = value`, of a line or of an inline table."""
        start = self.at
        path = table
        for key in self._scan_keys():
            path = self._note((*path, key), start)
        self.at += 1  # the equals sign
        self._skip(BLANK)
        self._scan_value(path)

    def _scan_keys(self) -> list[str]:
        """Read a dotted key and the blanks around it."""
        keys = []
        while True:
            self._skip(BLANK)
            start = self.at
            if self.text[start] in "\"'":
                self._skip(STRING)
                keys.append(tomllib.loads(f"key = {self.text[start : self.at]}")["key"])
            else:
                self._skip(BARE_KEY)
                keys.append(self.text[start : self.at])
            self._skip(BLANK)
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def _scan_value(self, path: KeyPath) -> None:
        sign = self.text[self.at]
        if sign in "\"'":
            self._skip(STRING)
        elif sign == "[":
            self._scan_members("]", path)
        elif sign == "{":
            self._scan_members("}", path)
        else:
            self._skip(PLAIN)

    def _scan_members(self, closing: str, path: KeyPath) -> None:
        """Read the elements of an array, or the pairs of an inline table."""
        self.at += 1
        index = 0
        self._skip(GAP)
        while self.text[self.at] != closing:
            if closing == "]":
                self._scan_value(self._note((*path, index), self.at))
                index += 1
            else:
                self._scan_pair(path)
            self._skip(GAP)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(GAP)
        self.at += 1

    def _note(self, path: KeyPath, offset: int) -> KeyPath:
        self.lines.setdefault(path, bisect.bisect_right(self._starts, offset) + 1)
        return path

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        if match is None:
            # Guards the loops above: tomllib accepted the text, so a string starts where one must.
            raise ValueError(f"not valid TOML at offset {self.at}")
        self.at = match.end()
