"""What the string constants of a file may name: modules, files, folders, commands, and embedded code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = ["collect_strings"]

LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 4_000
"""Words are taken out of texts up to this many characters; longer ones are searched for imports only."""

PUNCTUATION: Final = "'\"`,;()[]{}<>!"
DOTTED: Final = r"(\.{0,3}[^\W\d]\w*(?:\.\w+)*(?::[\w.]+)?)[\"'/]*\Z"
OPTION: Final = re.compile(rf"-[mp]{DOTTED}")
GLUED: Final = re.compile(rf"[!:=][\"']?{DOTTED}")
ADDRESS: Final = re.compile(r"(?!https?:)\w+://([^\W\d]\w*(?:\.\w+)+)\Z")
"""A dotted name behind something else: `-mpkg.tool`, `--settings=pkg.a`, `!!python/name:pkg.a.x`, `ext://pkg.a.x`,
`<%namespace module="pkg.a"/>`."""
INSIDE: Final = re.compile(r"\.\S")
"""A dot that ends no word."""

IMPORTS: Final = re.compile(
    r"(?:^|;)[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b[ \t]*\(?([\w, \t]*)|import[ \t]+([\w., \t]+))",
    re.MULTILINE,
)
BEGUN: Final = re.compile(r"(?:^|;)[ \t]*from[ \t]+(\w[\w.]*\.)(?:\Z|[{%])", re.MULTILINE)
"""`from pkg.` in front of what the run puts in."""


def collect_strings(constants: Collection[object]) -> tuple[frozenset[str], frozenset[str]]:
    """Sort string constants.

    Args:
        constants: of any type; tuples and frozensets are looked into.

    Returns:
        Short strings whole, with the words of longer ones; dotted names that code inside them imports.
    """
    plain = set(map(type, constants)) == {str}
    texts = cast("set[str]", set(constants)) if plain else set(_strings(constants))
    strings = {text for text in texts if len(text) <= LONGEST_NAME and "\n" not in text}
    embedded: set[str] = set()
    for text in texts:
        if " " not in text and text in strings:
            _unglue(text, strings, embedded)
            continue
        if len(text) <= LONGEST_TEXT and (
            "/" in text or "-m" in text or ("." in text and INSIDE.search(text))
        ):
            for word in _words(text):
                strings.add(word)
                _unglue(word, strings, embedded)
        if "import" in text:
            embedded.update(_imported(text))
        if "from " in text and (text[-1] == "." or ".{" in text or ".%" in text):
            embedded.update(BEGUN.findall(text))
    strings.discard("")
    return frozenset(strings), frozenset(embedded)


def _strings(constants: Iterable[object]) -> Iterator[str]:
    for constant in constants:
        if type(constant) is str:
            yield constant
        elif isinstance(constant, bytes):
            if (len(constant) <= LONGEST_NAME or b"import" in constant) and constant.isascii():
                yield constant.decode("ascii")
        elif isinstance(constant, (tuple, frozenset)):
            yield from _strings(constant)


def _unglue(word: str, strings: set[str], embedded: set[str]) -> None:
    """Add the dotted name that stands behind something else in a word."""
    if ":" not in word and "=" not in word and "!" not in word and word[:1] != "-":
        return  # nearly all, for which `re` takes much longer
    if word[:1] == "-" and (option := OPTION.match(word)):
        embedded.add(option[1])
        return
    match = GLUED.search(word) or ("://" in word and ADDRESS.match(word))
    if match and "." in match[1]:  # what follows a colon of an entry point has mostly none
        strings.add(match[1])


def _words(text: str) -> Iterator[str]:
    """Words that have a dot or slash inside, and the module in `python -m name`."""
    before = ""
    for word in text.split():
        if "/" in word or "." in word or before == "-m":
            plain = word.strip(PUNCTUATION)
            if "/" in plain or "." in plain[:-1] or before == "-m":
                yield plain
        before = word


def _imported(text: str) -> Iterator[str]:
    for module, names, plain in IMPORTS.findall(text):
        if module:
            yield module
            if not names.strip():  # the name is put behind, in the next line or by the run
                yield f"{module}."
            yield from (f"{module}.{words[0]}" for each in names.split(",") if (words := each.split()))
        else:
            yield from (words[0] for each in plain.split(",") if (words := each.split()))
