"""What changed in a file, in a few words for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from pytest_txselect.source.edit import (
    BodyEdit,
    ClassEdit,
    ClassNameEdit,
    DefinitionEdit,
    DocstringEdit,
    FileEdit,
    NameEdit,
    StatementEdit,
)

if TYPE_CHECKING:
    from pytest_txselect.source.edit import Edit, Edits

__all__ = ["describe_edits"]

SHOWN: Final = 3


def describe_edits(edits: Edits) -> str:
    """Name the first few edits of a file, and count the others."""
    texts = list(dict.fromkeys(_describe(edit) for edit in edits.edits))
    more = f", and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more


def _describe(edit: Edit) -> str:  # noqa: PLR0911 - an arm for each kind of edit
    match edit:
        case DocstringEdit(symbol=symbol, line=line):
            return f"docstring of {symbol or 'the module'} (line {line})"
        case BodyEdit(function=function, line=line):
            return f"body of {function} (line {line})"
        case DefinitionEdit(function=function, change=change, line=line):
            return f"{function} {change} (line {line})"
        case NameEdit(name=name, line=line):
            return f"name {name} (line {line})"
        case ClassNameEdit(owner=owner, name=name, line=line):
            return f"name {owner}.{name} (line {line})"
        case ClassEdit(owner=owner, change=change, line=line):
            return f"class {owner} {change} (line {line})"
        case StatementEdit(line=line):
            return f"statement at line {line}"
        case FileEdit(change=change):
            return f"file {change}"
        case _:
            assert_never(edit)
