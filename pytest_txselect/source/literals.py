"""The string constants of a file that was cut into code, strings and comments, without compiling it.

Docstrings, and other strings that are statements by themselves, are left out. Strings that may be one
constant (side by side, or added to one another) are given whole and in parts, since only the brackets
around them tell which it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.repeats import BLANK, find_repeated
from pytest_txselect.source.tokens import Tokens, UncertainError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Literals"]

TOKEN: Final = re.compile(r'("[^"\\]*"|\'[^\'\\]*\')')
"""A string inside the field of an f-string."""
PLAIN_FIELD: Final = re.compile(r"\{([\w.]++)\}")
PLAIN_FIELDS: Final = re.compile(rf"[^{{}}\\]*+(?:{PLAIN_FIELD.pattern}[^{{}}\\]*+)*+")
PREFIX: Final = re.compile(r"(?<!\w)(?:[fFtT][rR]?|[rR][fFbBtT]?|[bB][rR]?|[uU])\Z")
PREFIX_LETTERS: Final = frozenset("fFtTrRbBuU")
FIELD: Final = re.compile(r"(\{\{|\}\}|\{(?:[^{}]++|\{[^{}]*+\})*+\})")
ESCAPE: Final = re.compile(r"\\(\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
SIMPLE: Final = {
    "\n": "", "\\": "\\", "'": "'", '"': '"',
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip
DEBUG: Final = re.compile(r"(?<![=!<>])=\s*(?=(?:![ars])?(?::.*)?\Z)", re.DOTALL)
FORMATS: Final = re.compile(r"%[-\d.]*[sra]")
FORMATTED: Final = frozenset({"f", "fr", "rf", "t", "tr", "rt"})
TRIPLE: Final = frozenset({'"""', "'''"})
LEAST_TRIPLE: Final = 6
CALLED: Final = frozenset("_])")
OPERATING: Final = frozenset("%)*[")
"""What may compute something of the string in front of it, or close brackets in front of what does."""
HARMLESS: Final = frozenset(",:.=]}")
ONE_LINE: Final = re.compile(r"\bdef\b[^\n]*\)[^\n]*:\Z")
LONGEST_SUM: Final = 12
"""Of more parts than these the compiler tells which belong together."""


@dataclass(slots=True)
class Literals:
    """String constants, as they are found.

    Attributes:
        found: the constants.
        fields: code inside f-strings.
    """

    found: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    _run: list[str] = field(default_factory=list)
    _gaps: str = ""
    _front: str = ""

    def read(self, tokens: Tokens, brackets: Sequence[str]) -> None:
        """Read a file.

        Args:
            tokens: of the file.
            brackets: for each part of the code, the brackets in it.

        Raises:
            UncertainError: only compiling the file tells.
        """
        codes, comments = tokens.codes, tokens.comments
        self.found += tokens.plains
        last = -1  # the string before
        depth = counted = 0
        for place, token in tokens.others:
            before, after = codes[place], codes[place + 1]
            behind = place
            while behind > last + 1 and behind - 1 in comments:
                behind -= 1
            if behind > last + 1:
                self._flush()  # nothing goes on from a plain string
            gap = before if behind == place else "".join(codes[behind : place + 1])
            last = place
            prefix = _find_prefix(before) if before[-1:] in PREFIX_LETTERS else ""
            if not prefix and after[:1] in HARMLESS and _is_plain(token) and _parts(gap):
                self._flush()
                self.found.append(token[1:-1])
                continue
            if prefix not in FORMATTED and _may_be_statement(
                before[: len(before) - len(prefix)], after, first=place == 0
            ):
                between = "".join(brackets[counted : place + 1])
                depth += 2 * (between.count("(") + between.count("[") + between.count("{")) - len(between)
                counted = place + 1
                if depth == 0:
                    self._flush()
                    continue
            self._join(gap[: -len(prefix)] if prefix else gap)
            self._take(prefix, token)
            if after[:1] not in HARMLESS or "*" in before[-4:]:
                self._check_neighbours(after)
        self._flush()

    def _take(self, prefix: str, token: str) -> None:
        """Add a string to the run."""
        body = token[3:-3] if token[:3] in TRIPLE and len(token) >= LEAST_TRIPLE else token[1:-1]
        if prefix in FORMATTED and ("{" in body or "}" in body):
            self._format(body, raw="r" in prefix)
        else:
            self._run[-1] += body if "\\" not in body or "r" in prefix else _unescape(body)

    def _check_neighbours(self, after: str) -> None:
        """Raise where the compiler may compute a constant: `("ab")[1]`; cut `"a%sb" % (c,)`; repeat `"ab" * 2`."""
        front = self._front.rstrip(BLANK)
        behind = after.lstrip(BLANK)
        if behind[:1] not in OPERATING and front[-1:] != "*":
            return
        text = "".join(self._run)
        if "%" in text and behind.lstrip(BLANK + ")")[:1] == "%":
            self.found += [part.replace("%%", "%") for part in FORMATS.split(text)]
        if behind[:1] == ")" and front[-1:] == "(" and not (front[-2:-1].isalnum() or front[-2:-1] in CALLED):
            front = front.rstrip(BLANK + "(")
            behind = behind.lstrip(BLANK + ")")
        repeated = find_repeated(front, text, behind)
        if repeated and self._gaps:  # perhaps of a part only
            raise UncertainError
        self.found += repeated

    def _join(self, gap: str) -> None:
        """Go on with the run, in the same part or a new one, or begin another run, by what is in between."""
        if not self._run:
            self._run.append("")
            self._front = gap
        elif not gap or (gap.isspace() and "\n" not in gap):
            pass
        elif not gap.strip(BLANK) or ("+" in gap and not gap.strip(BLANK + "()+")):
            self._gaps += (
                "+" if "+" in gap and "(" not in gap and ")" not in gap else "?" if "+" in gap else "\n"
            )
            self._run.append("")
        else:
            self._flush()
            self._run.append("")
            self._front = gap

    def _flush(self) -> None:
        """End a run of strings that may be one constant: keep every part, and every whole that it can be."""
        run = self._run
        self.found += run
        if not self._gaps:
            self._run = []
            return
        gaps = set(self._gaps)
        if gaps == {"\n"}:  # all of it in brackets; or not, and then every line is by itself
            self.found.append("".join(run))
        elif gaps == {"+"}:  # from the left, if anything; what follows may take the last part away
            self.found += ["".join(run), "".join(run[:-1])]
        else:
            if len(run) > LONGEST_SUM:
                raise UncertainError
            self.found += ["".join(run[i:j]) for i in range(len(run)) for j in range(i + 2, len(run) + 1)]
        self._run = []
        self._gaps = ""

    def _format(self, body: str, *, raw: bool) -> None:
        """Read an f-string: what is before its first field goes on from the string before it."""
        if PLAIN_FIELDS.fullmatch(body):
            pieces = PLAIN_FIELD.split(body)
            self._run[-1] += pieces[0]
            self._flush()
            self.found += pieces[2:-1:2]
            self._run.append(pieces[-1])
            self.fields += pieces[1::2]
            return
        if not raw and "\\N{" in body:
            raise UncertainError
        pieces = FIELD.split(body)
        for place, piece in enumerate(pieces):
            if place % 2 == 0:
                if "{" in piece or "}" in piece:
                    raise UncertainError
                self._run[-1] += piece if raw else _unescape(piece)
            elif piece in {"{{", "}}"}:
                self._run[-1] += piece[0]
            else:
                self._field(piece[1:-1])
                self._flush()
                self._run.append("")

    def _field(self, code: str) -> None:
        """Read a field of an f-string."""
        if "\\" in code or ":=" in code or ("\n" in code and re.search("[#'\"]", code)) or "lambda" in code:
            raise UncertainError
        if "=" in code and (match := DEBUG.search(code)):
            self._run[-1] += code[: match.end()]
        if '"' in code or "'" in code:
            parts = TOKEN.split(code)
            if any('"' in part or "'" in part for part in parts[::2]) or any(
                "#" in part for part in parts[1::2]
            ):
                raise UncertainError
            inner = Literals()
            codes = ["x " + parts[0].lstrip(), *parts[2::2]]
            inner.read(Tokens(codes, [], [*enumerate(parts[1::2])], frozenset()), [])
            self.found += inner.found
            self.fields += inner.fields
            code = '""'.join(parts[::2])
        self.fields.append(code)
        if ":" in code:
            pieces = re.split(r"[{}]", code)
            self.found += pieces[1:]
            self.found += [
                piece[at + 1 :] for piece in pieces for at, letter in enumerate(piece) if letter == ":"
            ]


def _is_plain(token: str) -> bool:
    """Whether a string is what stands between its quotes."""
    return token[1] != token[0] and "\\" not in token


def _parts(gap: str) -> bool:
    """Whether what is between two strings, the second of which begins nothing, keeps them apart."""
    return bool(gap[:1] not in BLANK or gap.strip(BLANK)) and "+" not in gap and "*" not in gap[-4:]


def _may_be_statement(before: str, after: str, *, first: bool) -> bool:
    """Whether a string may be a statement by itself."""
    front = before.rstrip(" \t")
    if front[-1:] == ":" and after.lstrip(" \t")[:1] in {"\n", ";", ""}:
        return ONE_LINE.search(front) is not None
    if front[-1:] != "\n" and not (first and not front):
        return False
    return front[-2:-1] != "\\" and after.lstrip(" \t")[:1] in {"\n", ""}


def _find_prefix(before: str) -> str:
    """The prefix of a string, in lower case, at the end of the code in front of it."""
    if before[-1:] not in PREFIX_LETTERS:
        return ""
    match = PREFIX.search(before[-3:])
    return match.group().lower() if match else ""


def _unescape(text: str) -> str:
    return ESCAPE.sub(_resolve, text) if "\\" in text else text


def _resolve(match: re.Match[str]) -> str:
    """The character of an escape sequence."""
    escape = match.group(1)
    if escape in SIMPLE:
        return SIMPLE[escape]
    kind = escape[0]
    if len(escape) > 1 and kind in "xuU":
        return chr(int(escape[1:], 16))
    if kind in "xuUN":
        raise UncertainError
    return chr(int(escape, 8)) if kind in "01234567" else "\\" + escape
