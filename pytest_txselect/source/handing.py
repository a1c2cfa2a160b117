"""Whether a file that knows its own place hands that to code which could look around there.

A test or a conftest mentions `__file__` mostly to put a folder on `sys.path`, to open a file that it names, or to start a script
beside it. Each value that is made of the place is followed through the names of the file. What it is given to must be known to
keep it; where anything else has it (another function, an attribute, a table, who calls), everybody may.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pytest_txselect.source.given import DYNAMIC
from pytest_txselect.source.handing_packed import TO_ANYBODY, Handing
from pytest_txselect.source.parsed import ParsedSource, parse_source
from pytest_txselect.source.places import find_imported
from pytest_txselect.source.scopes import MODULE, last_name, read_scopes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_txselect.source.scopes import Key

__all__ = ["read_handing"]

OWN: Final = "__file__"
ELSEWHERE: Final = frozenset({
    "__path__", "builtins", "curdir", "cwd", "find_spec", "get_data", "getcwd", "getfile", "getsourcefile", "invocation_params",
    "pardir", "resource_filename", "resource_string", "resources", "rootdir", "rootpath", "startpath",
    "submodule_search_locations",
})  # fmt: skip
"""Names of other places, which are not followed."""
SAME: Final = frozenset({
    "abspath", "expanduser", "expandvars", "fspath", "normcase", "normpath", "realpath",
})  # fmt: skip
"""Functions of `os` and `os.path` that give the file that they are given."""
MADE: Final = SAME | {"commonpath", "commonprefix", "dirname", "join", "relpath", "split", "splitext"}
ASKED: Final = frozenset({
    "access", "basename", "exists", "getatime", "getctime", "getmtime", "getsize", "isabs", "isdir", "isfile", "islink",
    "ismount", "lexists", "listdir", "makedirs", "mkdir", "remove", "rmdir", "samefile", "stat", "unlink",
})  # fmt: skip
"""Functions of these that keep a path to themselves: what they give says nothing of where it is."""
PATHS: Final = frozenset({
    "Path", "PosixPath", "PurePath", "PurePosixPath", "PureWindowsPath", "WindowsPath",
})  # fmt: skip
BUILT_IN: Final = {"bool": False, "len": False, "open": False, "print": False, "repr": True, "str": True}
"""Functions that need no import, with whether what they give has the place."""
OF_SEARCH: Final = frozenset({"append", "count", "extend", "index", "insert", "remove"})
"""Methods of `sys.path`."""
STARTING: Final = frozenset({"Popen", "call", "check_call", "check_output", "run"})
NAMES: Final = frozenset({"name", "stem", "suffix", "suffixes"})
"""Attributes of a path that say nothing of where it is."""
READING: Final = frozenset({
    "count", "endswith", "exists", "is_absolute", "is_dir", "is_file", "is_symlink", "isdigit", "mkdir", "open", "read_bytes",
    "read_text", "rmdir", "startswith", "stat", "touch", "unlink", "write_bytes", "write_text",
})  # fmt: skip
"""Methods of paths and texts that give no path."""
LASTS: Final = (1, -1)
"""Where `os.path.split` has the name."""
DEFINING: Final = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
PLACE: Final = ""
"""Says of a value that it may be any place; else it is the script of that name, or a command that starts it."""
ITSELF: Final = "."
"""Stands for the name of the file itself, which is a script, too."""


def read_handing(source: bytes) -> Handing:
    """Find out who can have the place of a file from it.

    Args:
        source: the file.

    Returns:
        What is certain; of a file that does not parse nothing is.
    """
    parsed = parse_source(source)
    return _Follower(parsed.tree).follow() if isinstance(parsed, ParsedSource) else TO_ANYBODY


class _Follower:
    """Follows what is made of a file's place.

    Args:
        tree: the file.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._scopes: Final = read_scopes(tree)
        self._nodes: Final = [node for node, _ in self._scopes.nodes]
        self._parents: Final = {
            id(child): node for node in self._nodes for child in self._scopes.descend(node)
        }
        self._loads: Final[defaultdict[Key, list[ast.expr]]] = defaultdict(list)
        self._bound: Final[set[str]] = set()
        self._imported: Final[dict[str, str]] = {}
        self._names: Final[set[str]] = set()
        self._scripts: Final[set[str]] = set()
        self._programs: Final[set[str]] = set()
        for node in self._nodes:
            if isinstance(node, ast.Name):
                key = self._scopes.key_of(node)
                if not isinstance(node.ctx, ast.Load):
                    self._bound.add(node.id)
                elif key is not None:
                    self._loads[key].append(node)
            elif isinstance(node, DEFINING):
                self._bound.add(node.name)
            elif isinstance(node, ast.arg):
                self._bound.add(node.arg)
        for name, dotted in find_imported(self._nodes):
            self._imported[name] = dotted if self._imported.get(name, dotted) == dotted else ""

    def follow(self) -> Handing:
        """Follow each mention of the place to its end."""
        if "*" in self._imported or any(map(_says_more, self._nodes)):
            return TO_ANYBODY
        pending: list[tuple[ast.expr, str]] = [
            (node, ITSELF if isinstance(node, ast.Name) else PLACE)
            for node in self._nodes
            if isinstance(node, ast.Name | ast.Attribute) and last_name(node) == OWN
        ]
        seen: set[tuple[int, str]] = set()
        for value, kind in pending:
            if (id(value), kind) in seen:
                continue
            seen.add((id(value), kind))
            further = self._step(value, kind)
            if further is None:
                return TO_ANYBODY
            pending += further
        names, scripts, programs = map(frozenset, (self._names, self._scripts, self._programs))
        return Handing(certain=True, names=names, scripts=scripts, programs=programs)

    def _step(self, node: ast.expr, kind: str) -> list[tuple[ast.expr, str]] | None:  # noqa: C901, PLR0911, PLR0912 - a table
        """The expressions that have a value next; None where it may be anywhere."""
        parent = self._parents[id(node)]
        match parent:
            case ast.Expr() | ast.Compare() | ast.Assert() | ast.If() | ast.While():
                return []
            case ast.Assign(targets=targets):
                return self._bind(targets, parent, kind)
            case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
                return self._bind([target], parent, kind if isinstance(parent, ast.AnnAssign) else PLACE)
            case ast.NamedExpr(target=target):
                found = self._bind([target], parent, kind)
                return None if found is None else [*found, (parent, kind)]
            case ast.IfExp(test=test):
                return [] if node is test else [(parent, kind)]
            case ast.UnaryOp(op=ast.Not()):
                return []
            case ast.BoolOp():
                return [(parent, kind)]
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return [(parent, kind if self._starts(parts[: parts.index(node)]) else PLACE)]
            case ast.BinOp():
                return [(parent, _join(parent, node, kind))]
            case ast.JoinedStr() | ast.FormattedValue():
                return [(parent, PLACE)]
            case ast.Attribute(attr=name):
                called = self._is_called(parent)
                return [] if name in NAMES and not called else [(parent, kind if called else PLACE)]
            case ast.Subscript(value=value) if node is value:
                return [] if self._takes_name(parent) else [(parent, PLACE)]
            case ast.Call(func=function) if node is function:
                return self._call_method(parent, kind)
            case ast.Call():
                return self._give(parent, node, kind)
            case _:
                return None

    def _bind(
        self, targets: Iterable[ast.expr], statement: ast.AST, kind: str
    ) -> list[tuple[ast.expr, str]] | None:
        """Where the names are used that are given a value; None where it is kept in anything else."""
        found: list[tuple[ast.expr, str]] = []
        for target in targets:
            match target:
                case ast.Name(id=name):
                    key = self._scopes.key_of(target)
                    if key is None or isinstance(self._around(statement), ast.ClassDef):
                        return None
                    if key[0] == MODULE:
                        self._names.add(name)
                    found += [(each, kind) for each in self._loads[key]]
                case ast.Tuple(elts=parts) | ast.List(elts=parts):
                    inner = self._bind(parts, statement, PLACE)
                    if inner is None:
                        return None
                    found += inner
                case _:
                    return None
        return found

    def _around(self, node: ast.AST) -> ast.AST:
        """The function, class or module that has a statement."""
        while not isinstance(node, DEFINING | ast.Lambda | ast.Module):
            node = self._parents[id(node)]
        return node

    def _starts(self, front: Iterable[ast.expr]) -> bool:
        """Whether it is known what starts a script, by the words in front of it."""
        for word in front:
            if isinstance(word, ast.Constant) and isinstance(word.value, str):
                self._programs.add(word.value)
            elif self._dotted(word) != "sys.executable":
                return False
        return True

    def _is_called(self, node: ast.expr) -> bool:
        parent = self._parents[id(node)]
        return isinstance(parent, ast.Call) and parent.func is node

    def _call_method(self, call: ast.Call, kind: str) -> list[tuple[ast.expr, str]] | None:
        """A method of a path, a text or a list, which has nobody to give it to."""
        if not isinstance(call.func, ast.Attribute):
            return None
        name = call.func.attr
        if name in READING:
            return []
        if name in {"absolute", "as_posix", "resolve"}:
            return [(call, kind)]
        return [(call, _script(call.args) if name in {"joinpath", "with_name"} else PLACE)]

    def _give(self, call: ast.Call, given: ast.expr, kind: str) -> list[tuple[ast.expr, str]] | None:  # noqa: PLR0911 - a table
        """What a function does with a value that it is given; None where that is not known."""
        if isinstance(call.func, ast.Name) and call.func.id in BUILT_IN:
            known = call.func.id not in self._bound and call.func.id not in self._imported
            has_place = BUILT_IN[call.func.id]
            return ([(call, kind)] if has_place else []) if known else None
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant):
            return [(call, PLACE)]  # `"{}/x".format(place)`
        module, _, name = self._dotted(call.func).rpartition(".")
        if module in {"os", "os.path", "posixpath", "ntpath"} and name in ASKED:
            return []
        if module in {"os", "os.path", "posixpath", "ntpath"} and name in MADE:
            return [(call, kind if name in SAME else _script(call.args[1:]) if name == "join" else PLACE)]
        if module == "pathlib" and name in PATHS:
            return [(call, kind if call.args == [given] else _script(call.args[1:]))]
        if module == "sys.path" and name in OF_SEARCH:
            return []
        if module == "subprocess" and name in STARTING and call.args[:1] == [given] and kind != PLACE:
            self._scripts.update({kind} - {ITSELF})
            return []
        return None

    def _dotted(self, node: ast.expr) -> str:
        """The dotted name of what an expression takes from an import; empty where it may be anything else."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id in self._bound or not self._imported.get(node.id):
            return ""
        return ".".join([self._imported[node.id], *reversed(parts)])

    def _takes_name(self, node: ast.Subscript) -> bool:
        """Whether a name is taken from what `os.path.split` gives."""
        match node:
            case ast.Subscript(
                value=ast.Call(func=function),
                slice=ast.Constant(value=int() as at)
                | ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as at)),
            ):
                return at in LASTS and self._dotted(function) == "os.path.split"
            case _:
                return False


def _says_more(node: ast.AST) -> bool:
    """Whether a node is the name of another place, or of what gives values to names that nobody sees."""
    match node:
        case ast.Name(id=name):
            return name in ELSEWHERE or name in DYNAMIC
        case ast.Attribute(attr=name):
            return name in ELSEWHERE
        case ast.alias(name=name) | ast.ImportFrom(module=str(name)):
            return not ELSEWHERE.isdisjoint(name.split("."))
        case _:
            return False


def _join(sum_: ast.BinOp, part: ast.expr, kind: str) -> str:
    """Of what kind a path with a name behind it is, or a command with more behind it."""
    match sum_:
        case ast.BinOp(op=ast.Div(), left=left, right=right) if left is part:
            return _script([right])
        case ast.BinOp(op=ast.Add(), left=ast.List() as left) if left is part:
            return kind
        case _:
            return PLACE


def _script(parts: list[ast.expr]) -> str:
    """The name of the script that ends a path; nothing where it is another file, or a folder."""
    match parts:
        case [*_, ast.Constant(value=str(text))] if text.endswith(".py"):
            return text.replace("\\", "/").rpartition("/")[2]
        case _:
            return PLACE
