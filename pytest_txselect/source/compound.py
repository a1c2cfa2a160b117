"""Compound statements, taken apart into what chooses their way and where it may lead."""

from __future__ import annotations

import ast
from typing import TypeAlias

__all__ = ["Compound", "take_apart"]

Compound: TypeAlias = (
    ast.If | ast.Try | ast.TryStar | ast.With | ast.AsyncWith | ast.For | ast.AsyncFor | ast.While | ast.Match
)
_Branches: TypeAlias = "list[tuple[str, list[ast.stmt]]]"


def take_apart(node: Compound) -> tuple[list[ast.AST], _Branches]:
    """Give what a compound statement evaluates to choose its way, and its branches by label."""
    match node:
        case ast.If(test=test) | ast.While(test=test):
            return [test], [("body", node.body), ("else", node.orelse)]
        case ast.For() | ast.AsyncFor():
            return [node.target, node.iter], [("body", node.body), ("else", node.orelse)]
        case ast.With() | ast.AsyncWith():
            return [*node.items], [("body", node.body)]
        case ast.Match():
            cases = enumerate(node.cases)
            parts = [
                part for case in node.cases for part in (case.pattern, case.guard or ast.Constant(value=True))
            ]
            return [node.subject, *parts], [(f"case {number}", case.body) for number, case in cases]
        case ast.Try() | ast.TryStar():
            handlers: _Branches = [
                (f"except {number}", each.body) for number, each in enumerate(node.handlers)
            ]
            ends: _Branches = [("else", node.orelse), ("finally", node.finalbody)]
            types = [each.type or ast.Name(id="BaseException") for each in node.handlers]
            return [*types], [("body", node.body), *handlers, *ends]
