"""A repository opened to be asked one thing: what is compared, and what becomes of it later, where that is needed.

Most runs find a clean tree, and need neither facts of files nor the store of them: both are loaded when they are
first asked for.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from pytest_txselect.changes.base import find_range
from pytest_txselect.changes.diff import survey
from pytest_txselect.changes.git import Git, find_repository
from pytest_txselect.engine.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_txselect.changes.diff import Survey
    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.request import Request
    from pytest_txselect.engine.sources import Sources
    from pytest_txselect.model import RepoPath
    from pytest_txselect.store.facts import FactStore

__all__ = ["LAST", "Opened"]

LAST: Final = "last"
"""In place of a REF: compare with what each test was when it last ran."""
ROUNDS: Final = 5
"""How often generated modules are looked for that other generated modules import."""


class Opened:
    """A repository, and which two of its trees are compared.

    Attributes:
        request: what is asked for.
        git: asks the repository.
        span: the two ends of the comparison.
        on_disk: whether the head is the work tree.

    Args:
        request: what is asked for.

    Raises:
        GitError: there is no repository, or its base is not here.
        UsageError: the REF cannot be what the user means.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        git = Git(find_repository(request.pytest.rootdir, request.environment), request.environment)
        if request.deepen:
            from pytest_txselect.changes.deepen import find_range_deepening  # noqa: PLC0415 - seldom asked for

            deepened = find_range_deepening(git, request.ref, request.environment, request.progress.say)
            git, self.span = deepened.git, deepened.span
        else:
            self.span = find_range(git, "HEAD" if request.ref == LAST else request.ref, request.environment)
        self.git = git
        self.on_disk = self.span.head is None
        self._closed = False

    @cached_property
    def store(self) -> FactStore:
        """What is remembered of files; nothing once this is closed."""
        from pytest_txselect.store.facts import FactStore  # noqa: PLC0415 - a clean tree asks for no file

        store = FactStore(self.request.store, write=self.request.remember)
        if self._closed:
            store.close()
        return store

    @cached_property
    def sources(self) -> Sources:
        """Where facts and bytes come from."""
        from pytest_txselect.engine.sources import Sources  # noqa: PLC0415 - as above

        return Sources(self.git, self.store, self.request.progress, self.on_disk, self.request.alone)

    def survey(self) -> Survey:
        """What changed, and what is there."""
        return survey(self.git, self.span, self._load_modules if self.request.alone else None)

    @property
    def is_first(self) -> bool:
        """Whether a command of ours has to read everything: nothing is remembered."""
        return self.request.alone and not self.store.path.exists()

    def _load_modules(self) -> None:
        """Import, while git works, what a plan needs next unless it finds that nothing has changed."""
        import pytest_txselect.engine.graphs  # noqa: PLC0415 - to have it loaded

        if self.is_first:  # copies read files while this process loads the rest
            import pytest_txselect.source.worker  # noqa: PLC0415 - likewise
        else:
            import pytest_txselect.engine.asking  # noqa: PLC0415 - likewise
            import pytest_txselect.engine.verdicts  # noqa: F401, PLC0415 - likewise

    def open_project(self, seen: Survey) -> Project:
        """What both ends share."""

        def find_sources() -> Sources:
            return self.sources

        def find_links() -> Mapping[RepoPath, RepoPath]:
            from pytest_txselect.engine import ends  # noqa: PLC0415 - of a graph only

            return ends.find_links(self.git, seen)

        return Project(self.request, self.git, find_sources, find_links)

    def open_ends(
        self, seen: Survey, project: Project, meanwhile: Callable[[], None] | None = None
    ) -> tuple[End, ...]:
        """The graph at the head, and at the base where other files are there; `meanwhile` is called once, as in `find_end`."""
        from pytest_txselect.engine.ends import find_ends  # noqa: PLC0415 - a clean tree needs no graph
        from pytest_txselect.engine.generated import find_generated  # noqa: PLC0415 - likewise
        from pytest_txselect.engine.graphs import find_end  # noqa: PLC0415 - a clean tree needs no graph
        from pytest_txselect.engine.sources import EndFacts  # noqa: PLC0415 - likewise
        from pytest_txselect.graph.hints import HintFinder, find_components  # noqa: PLC0415 - likewise
        from pytest_txselect.project.tree import ProjectTree  # noqa: PLC0415 - likewise

        base_keys, head_keys = find_ends(self.git, seen)
        for _ in range(ROUNDS):
            base, head = ProjectTree(base_keys), ProjectTree(head_keys)
            hints = HintFinder(find_components(base) | find_components(head))
            facts = EndFacts(self.sources, head_keys, project.links, on_disk=self.on_disk)
            end = find_end(project, head, facts, hints, meanwhile)
            meanwhile = None
            generated = dict(find_generated(self.git.repository.top, end)) if self.on_disk else {}
            if not generated:
                break
            base_keys |= generated
            head_keys |= generated
        self.sources.remember()
        if base.keys.keys() == head.keys.keys():
            return (end,)
        facts = EndFacts(self.sources, base_keys, project.links, on_disk=self.on_disk)
        self._load_old(base_keys, head_keys)
        ends = (end, find_end(project, base, facts, hints))
        self.sources.remember()
        return ends

    def _load_old(self, base_keys: dict[RepoPath, str], head_keys: dict[RepoPath, str]) -> None:
        """Old versions come from git, not from the work tree."""
        old = {
            path: key
            for path, key in base_keys.items()
            if path.endswith(".py") and head_keys.get(path) != key
        }
        self.sources.load(old, on_disk=False)

    def close(self) -> None:
        """Close the store, if it was needed, and need it no more."""
        self._closed = True
        if "store" in self.__dict__:
            self.store.close()
