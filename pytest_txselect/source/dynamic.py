"""What only a syntax tree tells: imports by a computed name, lazy packages, plugins and markers.

Few files need it: those that mention `import_module` and its kin, define a module-level `__getattr__`,
replace themselves in `sys.modules`, or declare plugins or dependencies.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import re
import warnings
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.beginnings import find_taken
from pytest_txselect.source.excerpt import Words, cut_out
from pytest_txselect.source.expressions import Scope, evaluate, spell_out, strings_in
from pytest_txselect.source.facts import Computed, Declared
from pytest_txselect.source.lazy import find_lazy_table, typing_only_lines
from pytest_txselect.source.scanner import REFLECTION
from pytest_txselect.source.walk import descend, walk
from pytest_txselect.source.words import LISTING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_txselect.source.facts import FileFacts
    from pytest_txselect.source.scanner import Scan
    from pytest_txselect.source.walk import AnyFunction, Walked

__all__ = ["needs_tree", "read_dynamic"]

BY_NAME: Final = frozenset({
    "__import__", "find_loader", "find_spec", "import_module", "import_string", "importorskip",
    "resolve_name", "run_module",
})  # fmt: skip
BY_PATH: Final = frozenset({"SourceFileLoader", "run_path", "spec_from_file_location"})
BY_FOLDER: Final = frozenset({"iter_modules", "walk_packages"})
MOST_OF_FIND_SPEC: Final = 2
"""Arguments of `importlib.util.find_spec`; that of a finder has one more."""
OWN_ENTRY: Final = re.compile(rb"modules(?:[\s()\\]|#[^\n]*)*\[.{0,300}?__name__", re.DOTALL)
"""`sys.modules[__name__]`, or something like it."""
CALLS: Final = BY_NAME | BY_PATH | BY_FOLDER
TELLING: Final = CALLS | {"TYPE_CHECKING", "__getattr__", "depends_on_files", "pytest_plugins"}


def needs_tree(facts: FileFacts, source: bytes, *, reflected: bool) -> bool:
    """Whether `read_dynamic` could add anything to what is known.

    Args:
        facts: what the code object said, or the scanner.
        source: the file.
        reflected: whether `find_reflected` found all that it is there for.
    """
    return (
        not facts.names.isdisjoint(CALLS)
        or "depends_on_files" in facts.names
        or "pytest_plugins" in facts.bound
        or "__getattr__" in facts.bound
        or ({"sys", "modules", "__name__"} <= facts.names and OWN_ENTRY.search(source) is not None)
        or (not reflected and not facts.names.isdisjoint(REFLECTION))
    )


def read_dynamic(
    facts: FileFacts, source: bytes, scanned: Scan | None = None, *, reflecting: bool = True
) -> FileFacts:
    """Add what only the tree of `source` tells.

    Args:
        facts: what the code object said, or the scanner.
        source: the same file.
        scanned: what the scanner found.
        reflecting: whether the code may take every attribute of a module.

    Raises:
        SyntaxError: it does not parse, of which the scanner need not know.
    """
    with warnings.catch_warnings():  # of odd escapes in strings, which are errors where warnings are
        warnings.simplefilter("ignore")
        tree = _parse(facts, source, scanned, reflecting=reflecting)
    walked = walk(tree)
    reflecting = reflecting and not facts.names.isdisjoint(REFLECTION)
    computing = not facts.names.isdisjoint(CALLS)
    scope = Scope.of_module(tree, walked) if reflecting or computing else Scope()
    lazy = find_lazy_table(tree, walked)
    hidden = typing_only_lines(walked) if lazy else frozenset()
    listed = {
        alias.asname or alias.name
        for node in walked.imports
        if isinstance(node, ast.ImportFrom) and node.lineno in hidden
        for alias in node.names
    }
    declared = [
        Declared(text, call.lineno)
        for call, _ in walked.calls
        if _called(call) == "depends_on_files"
        for text in strings_in(call)
    ]
    computed = list(_find_computed(walked, scope)) if computing else []
    whole = all(each.pattern.strip("*?.") and ":" not in each.pattern for each in computed)
    begun = _find_begun(walked) if computed and whole else ()
    if not facts.names.isdisjoint(BY_NAME):
        computed += _find_handed_over(tree, walked)
    return dataclasses.replace(
        facts,
        bound=facts.bound - listed,
        imports=tuple(each for each in facts.imports if each.line not in hidden),
        computed=tuple(dict.fromkeys(computed)),
        strings=facts.strings - find_taken(begun, source),
        declared=(*facts.declared, *declared),
        plugins=_plugins(walked),
        reflected=tuple(sorted(set(_find_reflected(walked, scope)))) if reflecting else (),
        lazy=lazy,
    )


def _parse(facts: FileFacts, source: bytes, scanned: Scan | None, *, reflecting: bool) -> ast.Module:
    """The tree of all that matters here."""
    if scanned is not None:
        telling = TELLING
        if reflecting or not facts.names.isdisjoint(BY_FOLDER):  # then it matters what modules are called
            telling |= REFLECTION | {"import"}
        if not facts.names.isdisjoint(BY_PATH):
            telling |= {"__file__"}
        lists = facts.names & LISTING if not facts.names.isdisjoint(CALLS) else frozenset()
        excerpt = cut_out(scanned.text, scanned.code, Words(telling, CALLS, lists))
        if excerpt is not None:
            with contextlib.suppress(SyntaxError):
                return ast.parse(excerpt)
    return ast.parse(source)


def _find_computed(walked: Walked, scope: Scope) -> Iterator[Computed]:
    """Imports by a computed name, in the order of their lines."""
    aliases = _find_aliases(walked)
    wanted = [(call, functions) for call, functions in walked.calls if _called(call, aliases) in CALLS]
    listing = _find_listing(walked) if wanted else frozenset()
    for call, functions in sorted(wanted, key=lambda pair: pair[0].lineno):
        inside = scope
        for function in functions:
            inside = inside.enter(function)
        listed = _outermost(functions) in listing
        found = _patterns(_called(call, aliases), call, inside)
        for pattern in chain.from_iterable(spell_out(each, inside) for each in found):
            yield Computed("listed:*" if listed and not pattern.strip("*?.") else pattern, call.lineno)


def _find_begun(walked: Walked) -> Iterator[str]:
    """The strings in what is imported by its name."""
    for call, _ in walked.calls:
        if _called(call) in BY_NAME and call.args:
            yield from strings_in(call.args[0])


def _outermost(functions: tuple[AnyFunction, ...]) -> str:
    return next((each.name for each in functions if not isinstance(each, ast.Lambda)), "")


def _find_listing(walked: Walked) -> frozenset[str]:
    """Names of the outermost functions that list folders, themselves or by what they call; `""`: no function.

    An import by a name of which nothing is known, beside a listing, imports what the listing found.
    """
    calls: dict[str, set[str]] = {}
    for call, functions in walked.calls:
        calls.setdefault(_outermost(functions), set()).add(_called(call))
    found = {name for name, called in calls.items() if called & LISTING}
    while more := {name for name, called in calls.items() if called & found} - found:
        found |= more
    return frozenset(found)


def _find_reflected(walked: Walked, scope: Scope) -> Iterator[str]:
    """Modules of which every attribute is taken: `dir(m)`, `vars(m)`, `inspect.getmembers(m)`, `m.__dict__`.

    (`getattr` takes one attribute, whose name comes from a string: `graph/strings.py`.)
    """
    taken = [call.args[0] for call, _ in walked.calls if _called(call) in REFLECTION and call.args]
    yield from filter(None, (scope.module_of(node) for node in [*taken, *walked.dicts]))


def _find_aliases(walked: Walked) -> dict[str, str]:
    """Other names of functions that import by name: `import_module as load`, `load = import_module`."""
    aliases = {
        alias.asname: alias.name
        for node in walked.imports
        for alias in node.names
        if alias.asname and alias.name in CALLS
    }
    for node in walked.assignments:
        value = _last_name(node.value) if node.value is not None else ""
        for target in node.targets if isinstance(node, ast.Assign) and value in CALLS else ():
            aliases[_last_name(target)] = value
    return aliases


def _find_handed_over(tree: ast.Module, walked: Walked) -> Iterator[Computed]:
    """Functions that import by name, given to others that call them: `map(import_module, names)`."""
    called = {id(call.func) for call, _ in walked.calls}
    called |= {id(node.value) for node in walked.assignments}
    for node in descend(tree):
        if (
            isinstance(node, (ast.Name, ast.Attribute))
            and _last_name(node) in BY_NAME
            and id(node) not in called
        ):
            yield Computed("*", node.lineno)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _called(call: ast.Call, aliases: Mapping[str, str] = MappingProxyType({})) -> str:
    name = _last_name(call.func)
    return aliases.get(name, name)


def _argument(call: ast.Call, position: int, *names: str) -> ast.expr | None:
    if len(call.args) > position and not any(
        isinstance(each, ast.Starred) for each in call.args[: position + 1]
    ):
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg in names), None)


def _patterns(name: str, call: ast.Call, scope: Scope) -> list[str]:  # noqa: PLR0911 - one for each kind of call
    """The patterns of modules that a call may import (`facts.Computed`)."""
    if name in BY_FOLDER:
        return [_folder_pattern(_argument(call, 0, "path"), scope)]
    if name in BY_PATH:
        node = (
            _argument(call, 0, "path_name") if name == "run_path" else _argument(call, 1, "location", "path")
        )
        pattern = evaluate(node, scope) if node is not None else "*"
        if "*" not in pattern and pattern != "?":
            return []  # a literal path is an edge of its own
        return ["path:*" if pattern != "?" and scope.has_file else pattern]
    if name == "find_spec" and len(call.args) + len(call.keywords) > MOST_OF_FIND_SPEC:
        return []  # a finder that asks another one: whoever imports the name says so
    node = _argument(call, 0, "name", "modname", "fullname", "mod_name", "import_name")
    if node is None:
        return ["*"]
    pattern = evaluate(node, scope)
    if pattern.startswith("."):
        package = _argument(call, 1, "package")
        return [_relative(pattern, package, scope)]
    return [pattern]


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


def _plugins(walked: Walked) -> tuple[str, ...]:
    """Strings assigned to `pytest_plugins`, wherever in the module."""
    found: list[str] = []
    for node in walked.assignments:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id == "pytest_plugins" for target in targets):
            found += strings_in(node)
    return tuple(dict.fromkeys(found))
