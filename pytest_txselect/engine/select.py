"""The main use case: from a request to a selection."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from pytest_txselect.changes.directives import find_directive, read_head_message
from pytest_txselect.engine.opened import LAST, Opened
from pytest_txselect.engine.plan import Plan
from pytest_txselect.errors import GitError, StoreError, UsageError
from pytest_txselect.model import Doubt, Reason, ReasonKind, RepoPath, RunAll, RunNone, RunSome
from pytest_txselect.policy.builtin import DOCUMENTATION, MANIFESTS
from pytest_txselect.project.tree import file_name, folder_of, join
from pytest_txselect.store.names import EVIDENCE_FILE, read_scope

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pytest_txselect.changes.diff import Survey
    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.engine.recorded import Evidence
    from pytest_txselect.engine.request import Request
    from pytest_txselect.engine.verdicts import Verdicts

__all__ = ["Plan", "Selecting", "select"]


def select(request: Request) -> Plan:
    """Find out which tests the changes can affect.

    Whatever git cannot tell makes everything run, with the reason. Evidence that cannot be read is done without.

    Raises:
        UsageError: the REF cannot be what the user means.
        StoreError: evidence alone was asked for, and it cannot be read.
    """
    try:
        return _select(request)
    except StoreError as error:  # damaged, which shows where it is asked
        if request.mode == "recorded":
            raise
        plan = _select(replace(request, mode="static"))
        doubts = (*plan.selection.doubts, Doubt(error.slug, f"{error.message}; it is not used"))
        return replace(plan, selection=replace(plan.selection, doubts=doubts))


def _select(request: Request) -> Plan:
    try:
        selecting = Selecting(request)
        with contextlib.closing(selecting):
            return replace(
                selecting.select(),
                files=selecting.files,
                unrecorded=selecting.unrecorded,
                last=request.ref == LAST,
            )
    except GitError as error:
        reason = Reason(ReasonKind.DOUBT, detail=error.message)
        return Plan(RunAll(reason, (Doubt(error.slug, error.message),)))


class _NeedlessError(Exception):
    """No graph is needed."""


class Selecting(Opened):
    """One selection, step by step."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.files: Collection[RepoPath] = ()
        self.evidence: Evidence | None = None
        self.unrecorded = False

    def close(self) -> None:
        """Close what was opened on the way."""
        super().close()
        if self.evidence is not None:
            self.evidence.close()

    def select(self) -> Plan:
        """Go through all steps; most runs need only the first few."""
        seen = self.survey()
        self.files = seen.files.keys()
        project = self.open_project(seen)
        doubts = self._open_evidence(seen, project)
        plan = self._plan(seen, project)
        if doubts:
            plan = replace(plan, selection=replace(plan.selection, doubts=(*plan.selection.doubts, *doubts)))
        if self.evidence is None or isinstance(plan.selection, RunAll):
            return plan
        from pytest_txselect.engine.judging import judge_evidence  # noqa: PLC0415 - of recorded evidence only
        from pytest_txselect.engine.listed import list_known  # noqa: PLC0415 - likewise

        ends = plan.ends
        if not ends and isinstance(plan.selection, RunSome):
            ends = self.open_ends(seen, project)
        since = self.request.ref != LAST
        wanted = [change for change in seen.changes.files if _is_compared(change.path)] if since else []
        read = self.sources.read_versions(wanted) if wanted else ()
        old = {change.path: source for change, source, _ in read}
        changes = [(change, old.get(change.path)) for change in seen.changes.files]
        judged = judge_evidence(self.evidence, plan, changes, ends, since=since)
        partly = [path for path, choice in judged.choices.items() if choice is not None and choice.left]
        return replace(plan, judged=judged, ends=ends, known=list_known(self.evidence, partly))

    def _open_evidence(self, seen: Survey, project: Project) -> list[Doubt]:
        """Open what was recorded, where it is asked for and can speak of the head."""
        wanted = self.request.mode
        if wanted == "static" or not self.on_disk:
            return []
        doubts: list[Doubt] = []
        if (self.request.store / EVIDENCE_FILE).exists():
            from pytest_txselect.engine.recorded import Evidence  # noqa: PLC0415 - not before something is recorded
            from pytest_txselect.store.recorded import read_evidence  # noqa: PLC0415 - likewise

            try:
                store = read_evidence(self.request.store, read_scope())
            except StoreError as error:
                if wanted == "recorded":
                    raise
                store = None
                doubts.append(Doubt(error.slug, error.message))
            if store is not None:
                keys = {path: entry.name or "w" for path, entry in seen.files.items()}
                self.evidence = Evidence(store, project, keys)
                return doubts
        self.unrecorded = True
        if wanted == "recorded":
            cure = "record a run with --txselect-record first, or use --txselect-mode=auto"
            raise UsageError(
                "no-evidence", f"{self.request.store}: nothing is recorded for this Python here; {cure}"
            )
        return doubts

    def _plan(self, seen: Survey, project: Project) -> Plan:
        """What the source says."""
        message = read_head_message(self.git, self.span.head or "HEAD")
        directive = find_directive(message, self.request.environment)
        if directive is not None:
            return Plan(
                RunAll(Reason(ReasonKind.ASKED, detail=directive), changes=seen.changes), project=project
            )
        tests = tuple(project.test_files(seen.files))
        if self.request.ref == LAST:
            return self._plan_last(seen, project, tests)
        if not seen.changes.files:
            return self._plan_clean(seen, project, tests)
        verdicts, ends = self._judge_and_open(seen, project)
        if verdicts.everything is not None:
            doubts = (*verdicts.doubts, *self.store.doubts)
            return Plan(RunAll(verdicts.everything, doubts, seen.changes), project=project)
        return self._look(seen, project, verdicts, ends, tests)

    def _judge_and_open(self, seen: Survey, project: Project) -> tuple[Verdicts, tuple[End, ...]]:
        """What each change means, and the graphs, where these are needed.

        Where nothing is remembered, all files have to be read, which copies of this process begin while it judges.
        """
        verdicts: list[Verdicts] = []

        def judge() -> None:
            verdicts.append(self._judge(seen, project))
            if verdicts[0].everything is not None or not verdicts[0].needs_graph():
                raise _NeedlessError

        ends: tuple[End, ...] = ()
        try:
            if self.is_first:
                ends = self.open_ends(seen, project, judge)
            else:
                judge()
                ends = self.open_ends(seen, project)
        except _NeedlessError:
            pass
        return verdicts[0], ends

    def _plan_clean(self, seen: Survey, project: Project, tests: tuple[RepoPath, ...]) -> Plan:
        """Nothing changed: what runs is what runs always, and what evidence knows to have failed."""
        always = self._find_always(project, tests)
        if not always and self.evidence is None:
            return Plan(RunNone(len(tests), seen.changes), project=project)
        from pytest_txselect.graph.reach import Reach  # noqa: PLC0415 - of little else to do
        from pytest_txselect.policy.decide import Findings, decide  # noqa: PLC0415 - likewise

        findings = Findings(seen.changes, Reach({}), chosen=always, tests=tests)
        return Plan(decide(findings), findings, project)

    def _find_always(self, project: Project, tests: Iterable[RepoPath]) -> dict[RepoPath, Reason]:
        """The test files that are configured to run always."""
        if not self.request.settings.always:
            return {}
        from pytest_txselect.policy.rules import Rules  # noqa: PLC0415 - slow to import

        rules = Rules.of(self.request.settings, self.request.pytest)
        found = {path: rules.find_always(project.relative(path)) for path in tests}
        return {
            path: Reason(ReasonKind.ALWAYS, path, f"always = {pattern!r}")
            for path, pattern in found.items()
            if pattern
        }

    def _judge(self, seen: Survey, project: Project) -> Verdicts:
        """What each change means."""
        from pytest_txselect.engine.verdicts import judge  # noqa: PLC0415 - a clean tree needs no judge
        from pytest_txselect.policy.rules import Rules  # noqa: PLC0415 - likewise

        rules = Rules.of(self.request.settings, self.request.pytest)
        documents = tuple(join(project.rootdir, folder) for folder in DOCUMENTATION)
        folders = frozenset(
            folder_of(path)
            for path in seen.files
            if path.endswith(".py")
            and (not path.startswith(documents) or file_name(path) == "__init__.py" or project.is_test(path))
        )

        @cache
        def find_test_folders() -> frozenset[str]:
            return frozenset(map(folder_of, project.test_files(seen.files)))

        return judge(
            project, rules, seen.changes.files, folders, lambda folder: folder in find_test_folders()
        )

    def _plan_last(self, seen: Survey, project: Project, tests: tuple[RepoPath, ...]) -> Plan:
        """The inner loop: everything runs that evidence does not know to be as it was when it last ran."""
        if self.evidence is None:
            reason = Reason(
                ReasonKind.ASKED,
                detail="nothing is recorded yet; once this run is, --impacted-by=last is narrower",
            )
            return Plan(RunAll(reason, changes=seen.changes), project=project)
        verdicts = self._judge(seen, project)
        if verdicts.everything is not None:
            return Plan(RunAll(verdicts.everything, tuple(verdicts.doubts), seen.changes), project=project)
        from pytest_txselect.engine.examples import find_collected  # noqa: PLC0415 - of the inner loop only
        from pytest_txselect.graph.reach import Reach  # noqa: PLC0415 - not of a clean tree
        from pytest_txselect.policy.decide import Findings, decide  # noqa: PLC0415 - likewise

        collected = (*tests, *find_collected(project, seen.files))
        chosen = {path: Reason(ReasonKind.UNSEEN, path) for path in collected}
        return Plan(
            decide(Findings(seen.changes, Reach({}), chosen=chosen, tests=tests)),
            Findings(seen.changes, Reach({}), chosen=chosen, tests=tests),
            project,
        )

    def _look(
        self,
        seen: Survey,
        project: Project,
        verdicts: Verdicts,
        ends: tuple[End, ...],
        tests: tuple[RepoPath, ...],
    ) -> Plan:
        """Ask the graph."""
        from pytest_txselect.engine.asking import Asking  # noqa: PLC0415 - a clean tree asks nothing
        from pytest_txselect.policy.decide import Findings, decide  # noqa: PLC0415 - likewise

        openers = self.evidence.openers if self.evidence else _nobody
        asking = Asking(project, self.request.settings.unknown, verdicts, ends, openers)
        answer = asking.ask()
        asking.remember()
        doubts = (*verdicts.doubts, *self.store.doubts)
        if answer.everything is not None:
            return Plan(RunAll(answer.everything, doubts, seen.changes), project=project, ends=ends)
        findings = Findings(
            changes=seen.changes,
            reach=answer.reach,
            details=answer.details,
            kinds=answer.kinds,
            partial=verdicts.partial,
            chosen={**answer.chosen, **self._find_always(project, tests)},
            below=answer.below,
            tests=tests,
            doubts=doubts,
        )
        neutral = tuple(sorted({**verdicts.neutral, **answer.unread}.items()))
        return Plan(decide(findings), findings, project, ends, neutral)


def _nobody(path: RepoPath) -> frozenset[RepoPath]:
    """Without evidence nobody is known to have opened a path."""
    del path
    return frozenset()


def _is_compared(path: RepoPath) -> bool:
    """Whether the old and the new version of a file are compared with what was recorded of it."""
    return path.endswith(".py") or file_name(path) in MANIFESTS
