"""Expressions of GitHub Actions, as far as the examples of `docs/ci` use them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["fill"]

EXPRESSION: Final = re.compile(r"\$\{\{ (.*?) \}\}")


def fill(text: Any, context: Mapping[str, Any]) -> Any:
    """Fill in GitHub's expressions; a text that is nothing else becomes its value."""
    if not isinstance(text, str):
        return text
    whole = EXPRESSION.fullmatch(text)
    if whole is not None and text.count("${{") == 1:
        return find_value(whole[1], context)
    return EXPRESSION.sub(lambda found: str(find_value(found[1], context)), text)


def find_value(expression: str, context: Mapping[str, Any]) -> Any:
    """The value of an expression, as far as the examples use them."""
    for operator in (" && ", " || ", " != "):
        if operator in expression:
            left, right = (find_value(part, context) for part in expression.split(operator, 1))
            return {" && ": left and right, " || ": left or right, " != ": left != right}[operator]
    if expression.startswith("!"):
        return not find_value(expression[1:], context)
    if expression.startswith("'"):
        return expression[1:-1]
    known = {"null": None, "always()": True, "cancelled()": False}
    if expression in known:
        return known[expression]
    called = re.fullmatch(r"fromJSON\((.*?)\)(.*)", expression)
    value: Any = json.loads(find_value(called[1], context)) if called else context
    for name, number in re.findall(r"([\w-]+)|\[(\d+)\]", called[2] if called else expression):
        value = value[int(number) :][:1] if number else (value or {}).get(name)
        value = next(iter(value), None) if number else value
    return value
