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
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.beginnings import find_taken
from pytest_txselect.source.calls import BY_FOLDER, BY_NAME, BY_PATH, BY_SCAN, find_patterns
from pytest_txselect.source.excerpt import Words, cut_out
from pytest_txselect.source.expressions import Scope, forget_methods, name_methods, spell_out, strings_in
from pytest_txselect.source.facts import Computed, Declared
from pytest_txselect.source.lazy import find_answered, find_lazy_table, typing_only_lines
from pytest_txselect.source.scanner import LISTED, REFLECTION
from pytest_txselect.source.walk import descend, walk
from pytest_txselect.source.words import LISTING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_txselect.source.facts import FileFacts
    from pytest_txselect.source.scanner import Scan
    from pytest_txselect.source.walk import AnyFunction, Walked

__all__ = ["needs_tree", "read_dynamic"]

OWN_ENTRY: Final = re.compile(rb"modules(?:[\s()\\]|#[^\n]*)*\[.{0,300}?__name__", re.DOTALL)
"""`sys.modules[__name__]`, or something like it."""
CALLS: Final = BY_NAME | BY_PATH | BY_FOLDER | BY_SCAN
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
        or (not reflected and _may_reflect(facts, source))
    )


def _may_reflect(facts: FileFacts, source: bytes) -> bool:
    """Whether the code may take every attribute of a module, or all that it lists."""
    return not facts.names.isdisjoint(REFLECTION) or LISTED.encode() in source


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
    reflecting = reflecting and _may_reflect(facts, source)
    computing = not facts.names.isdisjoint(CALLS)
    scope = Scope.of_module(tree, walked) if reflecting or computing else Scope()
    lazy = find_lazy_table(tree, walked)
    hidden = typing_only_lines(walked) if lazy else frozenset()
    answered = find_answered(tree, walked, lazy)
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
    computed = list(_find_computed(tree, walked, scope, source)) if computing else []
    whole = all(each.pattern.strip("*?.") and ":" not in each.pattern for each in computed)
    begun = _find_begun(walked) if computed and whole else ()
    if not facts.names.isdisjoint(BY_NAME):
        computed += _find_handed_over(tree, walked)
    return dataclasses.replace(
        facts,
        bound=facts.bound - listed,
        imports=tuple(
            each for each in facts.imports if each.line not in hidden and not answered.tells_import(each)
        ),
        computed=tuple(each for each in dict.fromkeys(computed) if not answered.tells_call(each)),
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
        if reflecting or not facts.names.isdisjoint(
            BY_FOLDER | BY_SCAN
        ):  # then it matters what modules are called
            telling |= REFLECTION | {"import", "__all__"}
        if not facts.names.isdisjoint(BY_PATH):
            telling |= {"__file__"}
        lists = facts.names & LISTING if not facts.names.isdisjoint(CALLS) else frozenset()
        excerpt = cut_out(scanned.text, scanned.code, Words(telling, CALLS, lists))
        if excerpt is not None:
            with contextlib.suppress(SyntaxError):
                return ast.parse(excerpt)
    return ast.parse(source)


def _find_computed(tree: ast.Module, walked: Walked, scope: Scope, source: bytes) -> Iterator[Computed]:
    """Imports by a computed name, in the order of their lines."""
    aliases = _find_aliases(walked)
    wanted = [(call, functions) for call, functions in walked.calls if _called(call, aliases) in CALLS]
    listing = _find_listing(walked) if wanted else frozenset()
    for call, functions in sorted(wanted, key=lambda pair: pair[0].lineno):
        inside = scope
        for function in functions:
            inside = inside.enter(function)
        listed = _outermost(functions) in listing
        for found in find_patterns(_called(call, aliases), call, inside):
            for pattern, methods, overridden in _choose(found, tree, functions, source):
                for spelled in spell_out(pattern, inside):
                    text = "listed:*" if listed and not spelled.strip("*?.") else spelled
                    yield Computed(text, call.lineno, methods, overridden)


def _choose(
    pattern: str, tree: ast.Module, functions: tuple[AnyFunction, ...], source: bytes
) -> list[tuple[str, str, bool]]:
    """A pattern with the methods that it is made of: as long as nobody overrides these, and where somebody does."""
    methods = name_methods(pattern)
    if not methods:
        return [(pattern, "", False)]
    wide = forget_methods(pattern)
    if not all(_is_own(each, tree, functions) and _is_only_called(each, source) for each in methods):
        return [(wide, "", False)]
    told = " ".join(methods)
    return [(pattern, told, False), (wide, told, True)]


def _is_own(method: str, tree: ast.Module, functions: tuple[AnyFunction, ...]) -> bool:
    """Whether the class that has the outermost of some functions defines a method."""
    outermost = functions[0] if functions else None
    classes = (each for each in ast.walk(tree) if isinstance(each, ast.ClassDef) and outermost in each.body)
    return any(
        isinstance(each, ast.FunctionDef) and each.name == method for own in classes for each in own.body
    )


def _is_only_called(method: str, source: bytes) -> bool:
    """Whether a file does nothing with a method but to define it and to call it, so that it gives it no other value."""
    return re.search(rb"(?<!\w)%b(?!\w|[ \t]*\()" % method.encode(), source) is None


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
    """Modules of which every attribute is taken: `dir(m)`, `vars(m)`, `inspect.getmembers(m)`, `m.__dict__`, `m.__all__`.

    (`getattr` takes one attribute, whose name comes from a string: `graph/strings.py`.)
    """
    taken = [call.args[0] for call, _ in walked.calls if _called(call) in REFLECTION and call.args]
    yield from filter(None, (scope.module_of(node) for node in [*taken, *walked.taken]))


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


def _plugins(walked: Walked) -> tuple[str, ...]:
    """Strings assigned to `pytest_plugins`, wherever in the module."""
    found: list[str] = []
    for node in walked.assignments:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id == "pytest_plugins" for target in targets):
            found += strings_in(node)
    return tuple(dict.fromkeys(found))
