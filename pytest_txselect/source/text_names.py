"""What a file that is no Python may name of a project's code: configuration, scripts of a shell, documents with code, pickles.

`_target_: pkg.models.Net` in YAML, `class = pkg.log.Handler` in an INI file, `python -m pkg.tool` in a shell script.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LONGEST_TEXT", "TextKind", "find_kind", "read_names"]

LONGEST_TEXT: Final = 100_000
"""Bytes of a text beyond which it is data."""
LONGEST_PICKLE: Final = 1_000_000
"""Bytes of a pickle that are looked at: names of classes stand in front of what is made of them."""
MODULE_NAME: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
CONFIGURING: Final = frozenset(
    {
        "cfg",
        "conf",
        "env",
        "ini",
        "json",
        "json5",
        "jsonc",
        "jsonl",
        "plist",
        "properties",
        "toml",
        "txt",
        "xml",
        "yaml",
        "yml",
    }
)
SHELLS: Final = frozenset({"bash", "bat", "cmd", "fish", "ksh", "mk", "ps1", "sh", "zsh"})
MAKING: Final = frozenset({"GNUmakefile", "Justfile", "Makefile", "Procfile", "justfile", "makefile"})
SOURCES: Final = frozenset({"pxd", "pxi", "pyi", "pyw", "pyx"})
WRITTEN: Final = frozenset(
    {
        "ipynb",
        "j2",
        "jinja",
        "jinja2",
        "mako",
        "markdown",
        "md",
        "mdx",
        "qmd",
        "rst",
        "template",
        "tmpl",
        "tpl",
    }
)

PICKLED: Final = frozenset({"joblib", "p", "pickle", "pkl"})

DOTTED: Final = re.compile(r"(?<![\w./\\@-])[^\W\d]\w*(?:\.[^\W\d]\w*)+(?::[^\W\d][\w.]*)?(?![\w/\\@-])")
ENTRY: Final = re.compile(r"(?<![\w./\\@-])[^\W\d]\w*:[^\W\d]\w*(?![\w/\\@:-])")
SCRIPT: Final = re.compile(r"[\w./\\-]*\w\.py(?!\w)")
CLASS: Final = re.compile(r"(?<![\w.])[A-Z]\w{2,}")
MODULE: Final = re.compile(r"(?<!\w)-m[ \t\"',]*([^\W\d]\w*(?:\.\w+)*)")
WORD: Final = re.compile(r"(?<![\w./-])[^\W\d][\w-]*(?![\w/.-])")
IMPORT: Final = re.compile(
    r"(?:^|[\"'>;`(])[ \t]*(?:>>>[ \t]*|\.\.\.[ \t]*)?"
    r"(?:from[ \t]+(\.*[\w.]+)[ \t]+c?import\b[ \t]*\(?([\w, \t]*)|c?import[ \t]+([\w.]+))",
    re.MULTILINE,
)


class TextKind(enum.Enum):
    """What is looked for in a text."""

    CONFIGURATION = enum.auto()
    COMMANDS = enum.auto()
    SCRIPT = enum.auto()  # commands, if its first line says who runs it
    CODE = enum.auto()  # imports only
    OBJECTS = enum.auto()  # pickled, with the names of their classes


def find_kind(name: str) -> TextKind | None:
    """What a file is, by its name; None for what has no names of code."""
    if name in MAKING:
        return TextKind.COMMANDS
    stem, _, suffix = name.rpartition(".")
    if not stem:
        return TextKind.SCRIPT if "." not in name else None
    if suffix in CONFIGURING:
        return TextKind.CONFIGURATION
    if suffix in SHELLS:
        return TextKind.COMMANDS
    if suffix in PICKLED:
        return TextKind.OBJECTS
    return TextKind.CODE if suffix in SOURCES or suffix in WRITTEN else None


def read_names(source: bytes, kind: TextKind) -> FileFacts:
    """Find what a text names, in the form of what a Python file says."""
    if kind is TextKind.OBJECTS:
        return FileFacts(embedded=frozenset(_find_pickled(source)))
    if len(source) > LONGEST_TEXT or b"\0" in source or (kind is TextKind.SCRIPT and source[:2] != b"#!"):
        return FileFacts()
    text = source.decode("utf-8", "replace")
    embedded = set(_find_imported(text))
    if kind is TextKind.CODE:
        return FileFacts(embedded=frozenset(embedded))
    embedded.update(MODULE.findall(text))
    found = {*SCRIPT.findall(text)}
    if kind in {TextKind.COMMANDS, TextKind.SCRIPT}:
        found.update(WORD.findall(text))
    else:
        found.update(DOTTED.findall(text), ENTRY.findall(text), CLASS.findall(text))
    return FileFacts(strings=frozenset(found), embedded=frozenset(embedded))


def _find_imported(text: str) -> Iterator[str]:
    if "import" not in text:
        return
    for module, names, plain in IMPORT.findall(text):
        name = (module or plain).strip(".")
        if name and not module.startswith("."):
            yield name
            yield from (f"{name}.{words[0]}" for each in names.split(",") if (words := each.split()))


def _find_pickled(source: bytes) -> Iterator[str]:
    """The modules that unpickling would import, as far as a pickle can be read; nothing is made of it."""
    from pickletools import genops  # noqa: PLC0415 - of few projects only

    texts: list[str] = []
    try:
        for opcode, argument, _ in genops(source[:LONGEST_PICKLE]):
            if opcode.name in {"GLOBAL", "INST"}:
                yield str(argument).partition(" ")[0]
            elif opcode.name == "STACK_GLOBAL":
                yield from texts
            elif isinstance(argument, str) and MODULE_NAME.fullmatch(argument):
                texts.append(argument)
    except (ValueError, IndexError):  # compressed, cut off, or no pickle at all
        return
