"""What only a syntax tree tells: imports by a computed name, lazy packages, plugins and markers.

Few files need it: those that mention `import_module` and its kin, define a module-level `__getattr__`, replace themselves
in `sys.modules`, or declare plugins or dependencies.
"""

from __future__ import annotations

import ast
import dataclasses
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.expressions import Scope, evaluate, strings_in
from pytest_txselect.source.facts import Computed, Declared
from pytest_txselect.source.lazy import find_lazy_table, typing_only_lines

if TYPE_CHECKING:
    from pytest_txselect.source.facts import FileFacts

__all__ = ["needs_tree", "read_dynamic"]

BY_NAME: Final = frozenset({
    "__import__", "find_loader", "find_spec", "import_module", "import_string", "importorskip", "resolve_name", "run_module",
})  # fmt: skip
BY_PATH: Final = frozenset({"SourceFileLoader", "run_path", "spec_from_file_location"})
BY_FOLDER: Final = frozenset({"iter_modules", "walk_packages"})
CALLS: Final = BY_NAME | BY_PATH | BY_FOLDER


def needs_tree(facts: FileFacts) -> bool:
    """Whether `read_dynamic` could add anything to what the code object said."""
    return (
        not facts.names.isdisjoint(CALLS)
        or "depends_on_files" in facts.names
        or "pytest_plugins" in facts.bound
        or "__getattr__" in facts.bound
        or {"sys", "modules", "__name__"} <= facts.names
    )


def read_dynamic(facts: FileFacts, source: bytes) -> FileFacts:
    """Add what only the tree of `source` tells.

    Args:
        facts: what the code object said.
        source: the same file; it is known to compile.
    """
    tree = ast.parse(source)
    scope = Scope.of_module(tree)
    lazy = find_lazy_table(tree)
    hidden = typing_only_lines(tree) if lazy else frozenset()
    computed: list[Computed] = []
    declared = list(facts.declared)
    _visit(tree, scope, computed, declared)
    return dataclasses.replace(
        facts,
        imports=tuple(each for each in facts.imports if each.line not in hidden),
        computed=tuple(dict.fromkeys(computed)),
        declared=tuple(declared),
        plugins=_plugins(tree),
        lazy=lazy,
    )


def _visit(node: ast.AST, scope: Scope, computed: list[Computed], declared: list[Declared]) -> None:
    """Walk a tree with the scope of each expression at hand, without recursion (files nest deeply)."""
    pending = [(node, scope)]
    while pending:
        each, inside = pending.pop()
        if isinstance(each, ast.Call):
            name = _called(each)
            if name in CALLS:
                computed += [Computed(pattern, each.lineno) for pattern in _patterns(name, each, inside)]
            elif name == "depends_on_files":
                declared += [Declared(text, each.lineno) for text in strings_in(each)]
        within = inside.enter(each) if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) else inside
        pending += [(child, within) for child in ast.iter_child_nodes(each)]


def _called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _argument(call: ast.Call, position: int, *names: str) -> ast.expr | None:
    if len(call.args) > position and not any(isinstance(each, ast.Starred) for each in call.args[: position + 1]):
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg in names), None)


def _patterns(name: str, call: ast.Call, scope: Scope) -> list[str]:
    """The patterns of modules that a call may import (`facts.Computed`)."""
    if name in BY_FOLDER:
        return [_folder_pattern(_argument(call, 0, "path"), scope)]
    if name in BY_PATH:
        node = _argument(call, 0, "path_name") if name == "run_path" else _argument(call, 1, "location", "path")
        pattern = evaluate(node, scope) if node is not None else "*"
        if "*" not in pattern and pattern != "?":
            return []  # a literal path is an edge of its own
        return ["?" if pattern == "?" else "path:*"]
    node = _argument(call, 0, "name", "modname", "fullname", "mod_name", "import_name")
    if node is None:
        return ["*"]
    pattern = evaluate(node, scope)
    if pattern.startswith("."):
        package = _argument(call, 1, "package")
        return [_relative(pattern, package, scope)]
    return [pattern]


def _relative(pattern: str, package: ast.expr | None, scope: Scope) -> str:
    """Put a relative name behind the package that the call gives; dots alone stand for the file's own package."""
    if package is None:
        return pattern
    anchor = evaluate(package, scope)
    if anchor in {"\x01", "\x02"}:  # __name__ of a package, or __package__
        return pattern
    dots = len(pattern) - len(pattern.lstrip("."))
    if "*" in anchor or anchor == "?" or "\x01" in anchor or "\x02" in anchor:
        return "*." + pattern[dots:]
    parts = anchor.split(".")
    return ".".join([*parts[: len(parts) - dots + 1], pattern[dots:]])


def _folder_pattern(node: ast.expr | None, scope: Scope) -> str:
    """`iter_modules(x.__path__)` finds every module of `x`; any other path is taken to be in the file's own folder."""
    if isinstance(node, ast.Attribute) and node.attr == "__path__":
        module = scope.module_of(node.value)
        return f"{module}.*" if module else "*"
    if isinstance(node, ast.Name) and node.id == "__path__":
        return ".*"
    return "path:*"


def _plugins(tree: ast.Module) -> tuple[str, ...]:
    """Strings assigned to `pytest_plugins`, wherever in the module."""
    found: list[str] = []
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
            targets = [node.target]
        if any(isinstance(target, ast.Name) and target.id == "pytest_plugins" for target in targets):
            found += strings_in(node)
    return tuple(dict.fromkeys(found))
