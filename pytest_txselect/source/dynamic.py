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
    from collections.abc import Iterator

    from pytest_txselect.source.facts import FileFacts

__all__ = ["needs_tree", "read_dynamic"]

BY_NAME: Final = frozenset({
    "__import__", "find_loader", "find_spec", "import_module", "import_string", "importorskip", "resolve_name", "run_module",
})  # fmt: skip
BY_PATH: Final = frozenset({"SourceFileLoader", "run_path", "spec_from_file_location"})
BY_FOLDER: Final = frozenset({"iter_modules", "walk_packages"})
REFLECTION: Final = frozenset({"__dict__", "dir", "getmembers", "vars"})
LISTING: Final = frozenset({"glob", "iglob", "iterdir", "listdir", "rglob", "scandir", "walk"})
CALLS: Final = BY_NAME | BY_PATH | BY_FOLDER


def needs_tree(facts: FileFacts) -> bool:
    """Whether `read_dynamic` could add anything to what the code object said."""
    return (
        not facts.names.isdisjoint(CALLS)
        or not facts.names.isdisjoint(REFLECTION)
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
    listed = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.lineno in hidden
        for alias in node.names
    }
    computed: list[Computed] = []
    declared = list(facts.declared)
    _visit(tree, scope, computed, declared)
    return dataclasses.replace(
        facts,
        bound=facts.bound - listed,
        imports=tuple(each for each in facts.imports if each.line not in hidden),
        computed=tuple(dict.fromkeys(computed)),
        declared=tuple(declared),
        plugins=_plugins(tree),
        reflected=tuple(sorted(set(_find_reflected(tree, scope)))),
        lazy=lazy,
    )


def _visit(node: ast.Module, scope: Scope, computed: list[Computed], declared: list[Declared]) -> None:
    """Walk a tree with the scope of each expression at hand, without recursion (files nest deeply)."""
    listing = _find_listing(node)
    pending: list[tuple[ast.AST, Scope, str]] = [(node, scope, "")]
    while pending:
        each, inside, function = pending.pop()
        if isinstance(each, ast.Call):
            name = _called(each)
            if name in CALLS:
                patterns = _patterns(name, each, inside)
                if function in listing:
                    patterns = [pattern if pattern.strip("*?.") else "listed:*" for pattern in patterns]
                computed += [Computed(pattern, each.lineno) for pattern in patterns]
            elif name == "depends_on_files":
                declared += [Declared(text, each.lineno) for text in strings_in(each)]
        within = inside
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            within = inside.enter(each)
            function = function or getattr(each, "name", "")
        pending += [(child, within, function) for child in ast.iter_child_nodes(each)]


def _find_listing(tree: ast.Module) -> frozenset[str]:
    """Names of the outermost functions that list folders, themselves or by what they call; `""` is the module's own code.

    An import by a name of which nothing is known, beside a listing, imports what the listing found.
    """
    calls: dict[str, set[str]] = {"": set()}
    pending: list[tuple[ast.AST, str]] = [(tree, "")]
    while pending:
        each, function = pending.pop()
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)):
            function = function or each.name
        if isinstance(each, ast.Call):
            calls.setdefault(function, set()).add(_called(each))
        pending += [(child, function) for child in ast.iter_child_nodes(each)]
    found = {name for name, called in calls.items() if called & LISTING}
    while more := {name for name, called in calls.items() if called & found} - found:
        found |= more
    return frozenset(found)


def _find_reflected(tree: ast.Module, scope: Scope) -> Iterator[str]:
    """Modules of which every attribute is taken: `dir(m)`, `vars(m)`, `inspect.getmembers(m)`, `m.__dict__`.

    (`getattr` takes one attribute, whose name comes from a string: `graph/strings.py`.)
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in REFLECTION and node.args:
            yield from filter(None, [scope.module_of(node.args[0])])
        elif isinstance(node, ast.Attribute) and node.attr in REFLECTION:
            yield from filter(None, [scope.module_of(node.value)])


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
        return ["path:*" if pattern != "?" and scope.has_file else pattern]
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
