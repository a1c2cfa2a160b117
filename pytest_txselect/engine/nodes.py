"""From what runs to pytest's node ids, found in the text of the test files."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pytest_txselect.engine.chosen import list_parts
from pytest_txselect.engine.contents import read_content
from pytest_txselect.model import RepoPath, RunAll

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.engine.plan import Plan
    from pytest_txselect.model import FileChoice

__all__ = ["find_definitions", "list_nodes", "list_test_files", "name_of", "node_ids", "qualname_of"]


def list_test_files(plan: Plan) -> list[RepoPath]:
    """Every test file of the head tree, affected or not; empty where there is no repository."""
    if plan.found is not None:
        return list(plan.found.tests)
    return plan.project.test_files(plan.files) if plan.project is not None else []


def list_nodes(plan: Plan) -> Iterator[str]:
    """Node ids of all that runs, in order, one at a time: files, and tests of files that run in part.

    They are relative to the rootdir, as pytest's own.
    """
    project = plan.project
    if project is None:
        return
    if isinstance(plan.selection, RunAll):
        yield from (project.relative(path) for path in sorted(list_test_files(plan)))
        return
    for path, choice in list_parts(plan):
        if choice is None:
            yield project.relative(path)
        else:
            yield from node_ids(plan, path, choice)


def node_ids(plan: Plan, path: RepoPath, choice: FileChoice) -> list[str]:
    """Node ids of what runs of a file, in whatever class it is; the file itself where all of it runs or may run.

    Args:
        plan: the selection.
        path: the test file.
        choice: what runs of it.
    """
    assert plan.project is not None  # noqa: S101 - files are of a project
    file = plan.project.relative(path)
    if choice.only is not None:
        return sorted(choice.only)
    listed = plan.known.listed.get(path) if plan.known is not None and choice.left else None
    names = choice.tests
    if listed is None:
        return [file] if names is None else _find_functions(plan, path, file, names)
    known = [
        node for node in listed.nodes if node not in choice.left and (names is None or name_of(node) in names)
    ]
    fresh = listed.fresh if names is None else listed.fresh & names
    return known + _find_functions(plan, path, file, fresh)


def name_of(node: str) -> str:
    """The name of the test function of a node id."""
    return qualname_of(node).rpartition(".")[2]


def qualname_of(node: str) -> str:
    """The dotted name of the test function of a node id, in its file."""
    return node.partition("::")[2].partition("[")[0].replace("::", ".")


def _find_functions(plan: Plan, path: RepoPath, file: str, names: frozenset[str]) -> list[str]:
    """Node ids of the test functions of some names, in whatever class they are."""
    assert plan.project is not None  # noqa: S101 - as above
    if not names:
        return []
    source = read_content(plan.project, plan.ends, path)
    found = find_definitions(source or b"")
    ids: list[str] = []
    for name in sorted(names):
        places = [qualname for qualname in found if qualname.rpartition(".")[2] == name]
        ids += [f"{file}::{each.replace('.', '::')}" for each in places or [name]]
    return ids


def find_definitions(source: bytes) -> dict[str, int]:
    """Qualified names of a file's classes and of its functions outside of functions, each with its line.

    Empty for a file that does not parse.
    """
    from pytest_txselect.source.parsed import UnparsedSource, parse_source  # noqa: PLC0415 - of single tests only

    parsed = parse_source(source)
    found: dict[str, int] = {}
    if isinstance(parsed, UnparsedSource):
        return found
    waiting: list[tuple[str, ast.AST]] = [("", parsed.tree)]
    while waiting:
        front, node = waiting.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                found.setdefault(front + child.name, child.lineno)
            elif isinstance(child, ast.ClassDef):
                found.setdefault(front + child.name, child.lineno)
                waiting.append((f"{front}{child.name}.", child))
            elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                waiting.append((front, child))
    return dict(sorted(found.items(), key=lambda each: each[1]))
