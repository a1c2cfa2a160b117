"""What a call that imports by a name, by a path or from a folder may import."""

from __future__ import annotations

import ast
import re
from typing import Final

from pytest_txselect.source.expressions import Scope, evaluate, forget_methods

__all__ = ["BY_FOLDER", "BY_NAME", "BY_PATH", "BY_SCAN", "find_patterns"]

BY_NAME: Final = frozenset({
    "__import__", "find_loader", "find_spec", "import_module", "import_string", "importorskip",
    "resolve_name", "run_module",
})  # fmt: skip
BY_PATH: Final = frozenset({"SourceFileLoader", "run_path", "spec_from_file_location"})
BY_FOLDER: Final = frozenset({"iter_modules", "walk_packages"})
BY_SCAN: Final = frozenset({"scan"})
"""`config.scan("app.views")` of frameworks that look for decorated functions (Venusian's convention, Pyramid's configuration)."""
SCANNER: Final = "configurator"
"""What it is called, or the beginning of that, as in `def includeme(config)`: a mere `scan()` may be anything."""
LEAST_OF_SCANNER: Final = len("config")
MODULE: Final = re.compile(r"\.*[^\W\d]\w*(\.\w+)*\Z")
MOST_OF_FIND_SPEC: Final = 2
"""Arguments of `importlib.util.find_spec`; that of a finder has one more."""


def find_patterns(name: str, call: ast.Call, scope: Scope) -> list[str]:  # noqa: PLR0911 - one for each kind of call
    """The patterns of modules that a call may import (`facts.Computed`)."""
    if name in BY_FOLDER:
        return [_folder_pattern(_argument(call, 0, "path"), scope)]
    if name in BY_SCAN:
        return _scanned(call, scope)
    if name in BY_PATH:
        node = (
            _argument(call, 0, "path_name") if name == "run_path" else _argument(call, 1, "location", "path")
        )
        pattern = forget_methods(evaluate(node, scope)) if node is not None else "*"
        if "*" not in pattern and pattern != "?":
            return []  # a literal path is an edge of its own
        return ["path:*" if pattern != "?" and scope.has_file else pattern]
    if name == "find_spec" and len(call.args) + len(call.keywords) > MOST_OF_FIND_SPEC:
        return []  # a finder that asks another one: whoever imports the name says so
    node = _argument(call, 0, "name", "modname", "fullname", "mod_name", "import_name")
    if node is None:
        return ["*"]
    pattern = evaluate(node, scope)
    if name == "__import__":
        return _taken_with(pattern, call, scope)
    if pattern.startswith("."):
        package = _argument(call, 1, "package")
        return [_relative(pattern, package, scope)]
    return [pattern]


def _scanned(call: ast.Call, scope: Scope) -> list[str]:
    """`config.scan("app.views")` and `config.scan(app.views)` import a package with all below it, `config.scan()` the own one.

    A package that only the run knows is one that a string of the file names, as with any import by a name.
    """
    node = _argument(call, 0, "package")
    module = scope.module_of(node) if node is not None else ""
    text = "" if module or node is None else evaluate(node, scope)
    certain = _is_scanner(call.func, scope)
    if module or (MODULE.match(text) and (certain or "." in text)):  # `scan("views")` may be any text
        return [module or text, f"{module or text}.*"]
    if not certain:
        return []
    if node is None and not any(isinstance(each, ast.Starred) for each in call.args):
        return [".*"]
    return ["*"]


def _is_scanner(function: ast.expr, scope: Scope) -> bool:
    """Whether a method is asked of something that is called as the configuration of an application is, or made by that."""
    receiver = function.value if isinstance(function, ast.Attribute) else function
    if isinstance(receiver, ast.Name) and isinstance(made := scope.values.get(receiver.id), ast.Call):
        return _is_scanner_name(made.func) or _is_scanner_name(receiver)
    return _is_scanner_name(receiver)


def _is_scanner_name(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    last = name.rpartition("_")[2].lower()
    return len(last) >= LEAST_OF_SCANNER and SCANNER.startswith(last)


def _taken_with(pattern: str, call: ast.Call, scope: Scope) -> list[str]:
    """`__import__("a", fromlist=["b"])` imports `a.b` where that is a module."""
    level = _argument(call, 4, "level")
    if isinstance(level, ast.Constant) and isinstance(level.value, int) and level.value > 0:
        pattern = "." * level.value + pattern
    names = _argument(call, 3, "fromlist")
    if names is None or not (pattern.startswith(".") or pattern.strip("*?")):
        return [pattern]
    match names:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            taken = {evaluate(each, scope) for each in elements} - {""}
        case ast.Constant():
            taken = set()
        case _:
            taken = {"*"}
    dot = "." if pattern.strip(".") else ""
    parts = [pattern + dot + ("*" if each == "?" else each) for each in sorted(taken)]
    return [pattern, *parts] if dot else parts


def _relative(pattern: str, package: ast.expr | None, scope: Scope) -> str:
    """Put a relative name behind the package that the call gives; dots alone: the file's own package."""
    if package is None:
        return pattern
    anchor = evaluate(package, scope)
    if anchor in {"\x01", "\x02"}:  # __name__ of a package, or __package__
        return pattern
    dots = len(pattern) - len(pattern.lstrip("."))
    if "*" in anchor or anchor == "?" or not anchor.isprintable():
        return "*." + pattern[dots:]
    parts = anchor.split(".")
    return ".".join([*parts[: len(parts) - dots + 1], pattern[dots:]])


def _folder_pattern(node: ast.expr | None, scope: Scope) -> str:
    """`iter_modules(x.__path__)` finds every module of `x`; any other path is taken for the own folder."""
    if isinstance(node, ast.Attribute) and node.attr == "__path__":
        module = scope.module_of(node.value)
        return f"{module}.*" if module else "*"
    if isinstance(node, ast.Name) and node.id == "__path__":
        return ".*"
    return "path:*"


def _argument(call: ast.Call, position: int, *names: str) -> ast.expr | None:
    if len(call.args) > position and not any(
        isinstance(each, ast.Starred) for each in call.args[: position + 1]
    ):
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg in names), None)
