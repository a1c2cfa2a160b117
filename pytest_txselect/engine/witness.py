"""What recorded runs say about single tests, beside a change: what of it each executed, and what it did not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from pytest_txselect.engine.describe import describe_edits
from pytest_txselect.engine.nodes import find_definitions, qualname_of
from pytest_txselect.evidence.evidence import PieceKind
from pytest_txselect.model import RepoPath
from pytest_txselect.project.tree import folder_of
from pytest_txselect.source.edit import (
    BodyEdit,
    ClassEdit,
    ClassNameEdit,
    DefinitionChange,
    DefinitionEdit,
    DocstringEdit,
    FileEdit,
    NameEdit,
    StatementEdit,
)
from pytest_txselect.source.edits import find_edits
from pytest_txselect.store.names import read_scope
from pytest_txselect.store.recorded import read_evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.engine.request import Request
    from pytest_txselect.engine.targets import Target
    from pytest_txselect.source.edit import Edit, Edits
    from pytest_txselect.store.recorded import KnownTest, RecordedEvidence, StoredPiece

__all__ = ["Executed", "Share", "Witness", "open_witness"]


@dataclass(frozen=True, slots=True)
class Executed:
    """Something that a test executed, and that changed.

    Attributes:
        name: dotted, with its module where that is known.
        path: its file.
        line: where it is; 0 where it is no more.
        what: what became of it ("whose body changed").
        itself: whether the test did so itself, and not only an import or a fixture that it needs.
    """

    name: str
    path: RepoPath
    line: int
    what: str
    itself: bool


@dataclass(frozen=True, slots=True)
class Share:
    """What a test has to do with a changed file.

    Attributes:
        path: the file.
        detail: what changed there, in a few words; empty for a file that is not Python.
        executed: what the test executed of that.
        others: number of functions that it executed in the file at all.
        opened: whether it opened the file, or listed its folder.
    """

    path: RepoPath
    detail: str
    executed: tuple[Executed, ...]
    others: int
    opened: bool


class Witness:
    """Asks the evidence about single tests.

    Args:
        store: what was recorded; `close` closes it.
        plan: the selection.
    """

    def __init__(self, store: RecordedEvidence, plan: Plan) -> None:
        self._store = store
        self._plan = plan
        self.tests: Mapping[str, KnownTest] = store.read_tests()

    def close(self) -> None:
        """Ask no more."""
        self._store.close()

    def find_nodes(self, target: Target) -> list[str]:
        """The known tests that a target names: one, those of a function or a class with all parameters, or of a file."""
        inside = [node for node, test in self.tests.items() if test.path == target.path]
        if not target.symbol:
            return inside
        front = f"{target.symbol}."
        named = [
            node
            for node in inside
            if qualname_of(node) == target.symbol or qualname_of(node).startswith(front)
        ]
        exact = [node for node in named if target.parameters and node.endswith(target.parameters)]
        return exact or named

    def tell_shares(self, node: str, *, neutral: bool = False) -> Iterator[Share]:
        """What a test has to do with each of the changed files; with `neutral`, with those too that mean nothing."""
        changes = self._plan.selection.changes
        project = self._plan.project
        if changes is None or project is None:
            return
        pieces: dict[RepoPath, list[StoredPiece]] = {}
        for stored in self._store.read_pieces(node):
            pieces.setdefault(stored.piece.path, []).append(stored)
        own = {(each.piece.path, each.piece.name) for each in self._store.read_pieces(node, own=True)}
        rules = () if neutral else dict(self._plan.neutral)
        wanted = [change for change in changes.files if change.path not in rules]
        for change, old, new in project.sources.read_versions(wanted):
            used = pieces.get(change.path, [])
            names = {each.piece.name for each in used if each.piece.kind is PieceKind.FUNCTION}
            listed = any(
                each.piece.kind is PieceKind.LISTED
                for each in pieces.get(RepoPath(folder_of(change.path)), ())
            )
            opened = listed or any(each.piece.kind is PieceKind.OPENED for each in used)
            edits = find_edits(old, new) if change.path.endswith(".py") else None
            yield Share(
                change.path,
                "" if edits is None else describe_edits(edits),
                () if edits is None else tuple(self._find_executed(change.path, edits, names, own, new)),
                len(names),
                opened,
            )

    def _find_executed(
        self,
        path: RepoPath,
        edits: Edits,
        names: set[str],
        own: set[tuple[RepoPath, str]],
        source: bytes | None,
    ) -> Iterator[Executed]:
        lines = find_definitions(source or b"")
        module = self._module(path)
        for edit in edits.edits:
            found = _name_edited(edit)
            if found is not None and found[0] in names:
                name, what = found
                yield Executed(f"{module}{name}", path, lines.get(name, 0), what, (path, name) in own)

    def _module(self, path: RepoPath) -> str:
        """The module of a file, with a dot behind it; empty where it is not known."""
        if not self._plan.ends:
            return ""
        root = self._plan.ends[0].finder.names.resolver.own_root(folder_of(path))
        stem = path.removesuffix(".py").removesuffix("/__init__")
        return (stem[len(root) + 1 :] if root else stem).replace("/", ".") + "."


def _name_edited(edit: Edit) -> tuple[str, str] | None:
    """The code that an edit is of, with what became of it; None where it is of no single code."""
    match edit:
        case BodyEdit(function=function):
            return function, "whose body changed"
        case DefinitionEdit(
            function=function, change=DefinitionChange.ADDED | DefinitionChange.REMOVED as change
        ):
            return function, f"which was {change}"
        case DefinitionEdit(function=function, change=DefinitionChange.SIGNATURE):
            return function, "whose signature changed"
        case DefinitionEdit(function=function, change=change):
            return function, f"whose {change} changed"
        case DocstringEdit() | NameEdit() | ClassNameEdit() | ClassEdit() | StatementEdit() | FileEdit():
            return None
        case _:
            assert_never(edit)


def open_witness(request: Request, plan: Plan) -> Witness | None:
    """Open the evidence that a selection was made with; None where it was made without.

    Raises:
        StoreError: it cannot be read any more.
    """
    if plan.judged is None:
        return None
    store = read_evidence(request.store, read_scope())
    return None if store is None else Witness(store, plan)
