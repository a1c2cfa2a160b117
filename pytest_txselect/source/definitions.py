"""How two versions of one function differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.source.edit import BodyEdit, DefinitionChange, DefinitionEdit
from pytest_txselect.source.fingerprint import Scope, fingerprint, read_pieces
from pytest_txselect.source.parsed import first_line
from pytest_txselect.source.symbols import fingerprint_definition, number_codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.source.blocks import Block
    from pytest_txselect.source.fingerprint import FunctionNode, Pieces

__all__ = ["compare_definition", "compare_overloads", "read_body"]


def compare_definition(
    old: FunctionNode, new: FunctionNode, qualname: str, owner: str | None
) -> Iterator[DefinitionEdit | BodyEdit]:
    """Compare two versions of a function or method.

    Args:
        old: the old version.
        new: the new version.
        qualname: its qualified name.
        owner: qualified name of its class, None at module level.
    """
    was, now = read_body(old, qualname), read_body(new, qualname)
    before = fingerprint_definition(old, yields=was.yields)
    after = fingerprint_definition(new, yields=now.yields)
    changes = {
        DefinitionChange.SIGNATURE: before.signature != after.signature,
        DefinitionChange.DEFAULTS: before.defaults != after.defaults,
        DefinitionChange.DECORATORS: before.decorators != after.decorators,
    }
    line = first_line(new)
    for change, happened in changes.items():
        if happened:
            yield DefinitionEdit(qualname, new.name, change, owner, line)
    yield from _compare_bodies(was, now, qualname, line)


def compare_overloads(was: Block, now: Block, owner: str | None) -> Iterator[DefinitionEdit]:
    """Compare what only type checkers read of the functions of a block; an edit for each function.

    Args:
        was: the old version.
        now: the new version.
        owner: qualified name of the class that it is the body of; None at module level.
    """
    for name in dict.fromkeys([*now.overloads, *was.overloads]):
        before, after = was.overloads.get(name, []), now.overloads.get(name, [])
        if list(map(_spell_head, before)) != list(map(_spell_head, after)):
            line = first_line((after or before)[0])
            yield DefinitionEdit(now.qualify(name, owner), name, DefinitionChange.OVERLOADS, owner, line)


def _spell_head(node: FunctionNode) -> str:
    head = [*node.decorator_list, node.args, *filter(None, [node.returns])]
    return f"{type(node).__name__} {fingerprint(*head, *getattr(node, 'type_params', []))}"


def _compare_bodies(was: Pieces, now: Pieces, qualname: str, line: int) -> Iterator[BodyEdit]:
    """Compare two versions of a body: one edit for each piece of code that does something else or is gone."""
    if was.own != now.own:
        yield BodyEdit(qualname, qualname, line)
    before = {(code.qualname, code.index): code for code in number_codes(was.codes)}
    for code in number_codes(now.codes):
        earlier = before.pop((code.qualname, code.index), None)
        if earlier is not None and (earlier.body, earlier.header) != (code.body, code.header):
            yield BodyEdit(qualname, code.qualname, code.line)
    for gone in before.values():
        yield BodyEdit(qualname, gone.qualname, gone.line)


def read_body(node: FunctionNode, qualname: str) -> Pieces:
    """Take the body of a function apart."""
    return read_pieces(node.body, Scope(f"{qualname}.<locals>."))
