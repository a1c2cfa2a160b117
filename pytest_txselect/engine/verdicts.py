"""What each changed path means, before the graph is asked: nothing, everything, or where a search begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from pytest_txselect.engine.describe import describe_edits
from pytest_txselect.model import ChangeKind, Doubt, Reason, ReasonKind, RepoPath
from pytest_txselect.policy.compare import compare_manifest
from pytest_txselect.policy.manifest import ManifestKind
from pytest_txselect.policy.rules import Examples, Ground, Lock, Manifest, Neutral, Python, Rules, Unknown
from pytest_txselect.project.tree import ancestors, file_name
from pytest_txselect.source.edit import DocReader, DocstringEdit, FileChange, FileEdit
from pytest_txselect.source.edits import find_edits
from pytest_txselect.source.fixtures import find_own_fixtures
from pytest_txselect.source.own_tests import find_own_tests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_txselect.engine.project import Project
    from pytest_txselect.model import Change
    from pytest_txselect.source.edit import Edits

__all__ = ["Verdicts", "judge"]


@dataclass(slots=True)
class Verdicts:
    """What the changes mean, gathered one by one.

    Attributes:
        everything: why everything runs; the first reason found.
        seeds: changed paths that reach others, with what changed there.
        docs: files of which only docstrings changed, which somebody may read.
        partial: test files of which only some tests changed, with the names of these.
        fixtures: files of which only fixtures changed, with the names of these.
        examples: files that are collected for their examples, which changed.
        data: changed files that are not Python and that rules say nothing about: whoever reads them, else
            their folder.
        quiet: the same, but neutral where nobody reads them.
        modules: modules of distributions that moved, with why.
        scripts: commands of distributions that moved, with why.
        doubts: what widened the selection.
        layout: Python files among tests of which no code changed, but the text, which may be somebody's sample.
        neutral: changed paths that mean nothing, with the rule.
    """

    everything: Reason | None = None
    seeds: dict[RepoPath, str] = field(default_factory=dict)
    docs: dict[RepoPath, str] = field(default_factory=dict)
    partial: dict[RepoPath, frozenset[str]] = field(default_factory=dict)
    fixtures: dict[RepoPath, frozenset[str]] = field(default_factory=dict)
    examples: dict[RepoPath, str] = field(default_factory=dict)
    data: dict[RepoPath, str] = field(default_factory=dict)
    quiet: dict[RepoPath, str] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    scripts: dict[str, str] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    layout: dict[RepoPath, str] = field(default_factory=dict)
    neutral: dict[RepoPath, str] = field(default_factory=dict)

    def run_everything(self, path: str, detail: str) -> None:
        """The ground shifted."""
        if self.everything is None:
            self.everything = Reason(ReasonKind.GROUND, path, detail)

    def needs_graph(self) -> bool:
        """Whether anything has to be asked of the graph."""
        return any(
            (
                self.seeds,
                self.docs,
                self.partial,
                self.fixtures,
                self.data,
                self.examples,
                self.quiet,
                self.modules,
                self.scripts,
                self.layout,
            )
        )


def judge(
    project: Project,
    rules: Rules,
    changes: Iterable[Change],
    code_folders: frozenset[str],
    has_tests: Callable[[str], bool],
) -> Verdicts:
    """Find out what each change means.

    Args:
        project: the repository.
        rules: what paths mean by their names.
        changes: the changed paths.
        code_folders: folders that hold Python files directly.
        has_tests: whether a folder holds test files directly.

    Raises:
        GitError: git does not have an old version.
    """
    found = Verdicts()
    compared: list[tuple[Change, Manifest | Lock | Python]] = []
    for change in changes:
        in_code = any(folder in code_folders for folder in ancestors(change.path) if folder)
        role = rules.classify(project.relative(change.path), change.kind, in_code=in_code)
        match role:
            case Ground(rule=rule):
                found.run_everything(change.path, f"{change.kind} ({rule})")
            case Manifest() | Lock() | Python():
                compared.append((change, role))
            case Neutral(rule=rule):
                found.quiet[change.path] = rule
            case Examples():
                found.examples[change.path] = f"{change.kind}"
            case Unknown(cure=cure):
                if change.kind is ChangeKind.SUBMODULE:
                    found.run_everything(change.path, "the submodule moved, so everything below it changed")
                else:
                    found.data[change.path] = cure
            case _:
                assert_never(role)
    if found.everything is None:
        _compare(project, rules, compared, found)
        _find_layouts(project, found, has_tests)
    return found


def _find_layouts(project: Project, found: Verdicts, has_tests: Callable[[str], bool]) -> None:
    """Take the samples that may be among what means nothing."""
    for path in [each for each in found.neutral if each.endswith(".py") and not project.is_test(each)]:
        if any(has_tests(folder) for folder in ancestors(path)):
            found.layout[path] = found.neutral.pop(path)


def _compare(
    project: Project, rules: Rules, compared: list[tuple[Change, Manifest | Lock | Python]], found: Verdicts
) -> None:
    """Judge the changes for which both versions must be read."""
    roles = {change.path: role for change, role in compared}
    for change, old, new in project.sources.read_versions(change for change, _ in compared):
        match roles[change.path]:
            case Manifest(kind=kind):
                _judge_manifest(kind, rules, change, (old, new), found)
            case Lock():
                _judge_lock(change, old, new, found)
            case Python():
                _judge_python(project, change, old, new, found)


def _judge_manifest(
    kind: ManifestKind, rules: Rules, change: Change, ends: tuple[bytes | None, bytes | None], found: Verdicts
) -> None:
    old, new = ends
    differs = compare_manifest(kind, old, new, checked=rules.checked)
    if differs.ground:
        found.run_everything(change.path, f"{', '.join(differs.ground[:3])} changed")
    elif differs.requirements and kind is ManifestKind.PYPROJECT:
        _judge_lock(change, old, new, found)
    elif differs.requirements:
        names = ", ".join(each.name or "a requirement" for each in differs.requirements[:3])
        found.run_everything(change.path, f"{names} is asked for differently")
    else:
        found.quiet[change.path] = f"only {', '.join(differs.neutral[:3]) or 'layout'} changed"


def _judge_lock(change: Change, old: bytes | None, new: bytes | None, found: Verdicts) -> None:
    from pytest_txselect.engine.dependencies import Everything, find_moved_modules  # noqa: PLC0415 - packaging is slow to import

    moved = find_moved_modules(change.path, old, new)
    if isinstance(moved, Everything):
        found.run_everything(change.path, moved.cause)
    elif not moved.modules and not moved.scripts:
        found.neutral[change.path] = "no distribution moved that is installed here"
    else:
        found.modules |= moved.modules
        found.scripts |= moved.scripts


def _judge_python(
    project: Project, change: Change, old: bytes | None, new: bytes | None, found: Verdicts
) -> None:
    path = change.path
    if new is None and change.kind is not ChangeKind.DELETED:
        found.doubts.append(Doubt("unreadable-file", f"{path}: cannot be read; whoever reaches it runs"))
        found.seeds[path] = "cannot be read"
        return
    edits = find_edits(old, new)
    detail = describe_edits(edits)
    if not edits.edits:
        found.neutral[path] = "only comments or layout changed"
        return
    for edit in edits.edits:
        if isinstance(edit, FileEdit) and edit.change is FileChange.UNPARSED:
            place = f"{path}:{edit.line}" if edit.line else path
            found.doubts.append(Doubt("unparsed-file", f"{place}: {edit.message}; whoever reaches it runs"))
    if _is_documentation(edits):
        _judge_docstrings(project, path, edits, detail, found)
        return
    collected = project.is_test(path) and file_name(path) != "conftest.py"
    if (
        old
        and new
        and collected
        and (own := find_own_tests(edits, old, new, project.is_test_function)) is not None
    ):
        found.partial[path] = own
    elif (
        old
        and new
        and not collected
        and not project.config.doctest_modules
        and (own := find_own_fixtures(edits, old, new))
    ):
        found.fixtures[path] = own
    else:
        found.seeds[path] = detail


def _is_documentation(edits: Edits) -> bool:
    return all(isinstance(edit, DocstringEdit) for edit in edits.edits)


def _judge_docstrings(project: Project, path: RepoPath, edits: Edits, detail: str, found: Verdicts) -> None:
    readers = {reader for edit in edits.edits if isinstance(edit, DocstringEdit) for reader in edit.readers}
    if project.config.doctest_modules:
        found.examples[path] = detail
    if readers - {DocReader.EXAMPLES}:
        found.seeds[path] = detail
    else:
        found.docs[path] = detail
