"""Whether a decorator leaves a test a test of its own: not handed to others, nor run under other names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.binding import find_bound_names, spell_dotted

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DecoratorJudge"]

# `pytest.mark`, `mock.patch`, `given`: they wrap or mark what they get, and pass it to nobody else.
_TEST_LIBRARIES: Final = frozenset(
    {"pytest", "unittest", "mock", "hypothesis", "freezegun", "time_machine", "responses", "respx", "anyio"}
)
_MAKES_NO_TEST: Final = frozenset({"fixture", "yield_fixture", "hookimpl", "hookspec", "rule", "initialize"})
_CONVENTIONAL: Final = (
    *(
        "require",
        "skip",
        "slow",
        "only",
        "need",
        "ignore",
        "xfail",
        "patch",
        "mock",
        "mark",
        "with_",
        "no_",
        "is_",
    ),
    *("flaky", "timeout", "nightly", "tooslow", "override_", "freeze_", "run_", "retry", "expected_failure"),
)
_BUILTIN: Final = frozenset({"staticmethod", "classmethod"})


class DecoratorJudge:
    """Judges decorators by where a module has them from.

    Args:
        tree: the module.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._origins: dict[str, list[str | ast.expr | None]] = {}
        for node in ast.walk(tree):
            match node:
                case ast.Import(names=aliases):
                    for alias in aliases:
                        root = alias.name.partition(".")[0]
                        self._bind(alias.asname or root, alias.name if alias.asname else root)
                case ast.ImportFrom(module=module, names=aliases, level=level):
                    for alias in aliases:
                        self._bind(alias.asname or alias.name, f"{'.' * level}{module or ''}.{alias.name}")
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    self._bind(name, None)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._bind(name, value)
                case ast.stmt():
                    for name in find_bound_names(node) or ():
                        self._bind(name, None)
                case _:
                    pass

    def leaves_alone(self, decorators: Iterable[ast.expr]) -> bool:
        """Say whether all of the decorators are known to leave what they decorate a test of its own."""
        return all(self._leaves_alone(decorator, frozenset()) for decorator in decorators)

    def _bind(self, name: str, origin: str | ast.expr | None) -> None:
        self._origins.setdefault(name, []).append(origin)

    def _leaves_alone(self, decorator: ast.expr, met: frozenset[str]) -> bool:
        if any(isinstance(part, ast.NamedExpr) for part in ast.walk(decorator)):
            return False
        dotted = spell_dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if dotted is None:
            return False
        root, last = dotted.partition(".")[0], dotted.rpartition(".")[2]
        if last in _MAKES_NO_TEST or root in met:
            return False
        origins = self._origins.get(root)
        if origins is None:
            return dotted in _BUILTIN
        return all(self._is_trusted(origin, last, met | {root}) for origin in origins)

    def _is_trusted(self, origin: str | ast.expr | None, last: str, met: frozenset[str]) -> bool:
        match origin:
            case None:  # a decorator of this file may do anything
                return False
            case str():
                known = origin.partition(".")[0] in _TEST_LIBRARIES
                return known or last.lower().startswith(_CONVENTIONAL)
            case ast.expr():  # `needs_git = pytest.mark.skipif(...)`
                return self._leaves_alone(origin, met)
