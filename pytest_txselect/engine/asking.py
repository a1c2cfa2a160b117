"""Whom the verdicts concern: where searches begin, and what the graphs at both ends answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_txselect.config.settings import Unknown
from pytest_txselect.engine.asking_for import find_callers, find_fixture_users, find_importers
from pytest_txselect.engine.examples import ExampleFiles
from pytest_txselect.engine.hooks import find_session_wide
from pytest_txselect.engine.namesakes import find_hiding, find_namesakes
from pytest_txselect.engine.reading import DataReaders
from pytest_txselect.engine.starters import find_plugins, widen_to_starters
from pytest_txselect.engine.strays import Strays
from pytest_txselect.engine.texts import NamingTexts
from pytest_txselect.errors import UsageError
from pytest_txselect.graph.reach import Reach, find_reach
from pytest_txselect.model import Doubt, Edge, EdgeKind, Reason, ReasonKind, RepoPath
from pytest_txselect.project.tree import ancestors, file_name, folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.engine.verdicts import Verdicts

__all__ = ["Answer", "Asking"]


@dataclass(slots=True)
class Answer:
    """What the graphs say.

    Attributes:
        everything: why everything runs, where it does.
        reach: whom the changes reach.
        details: what changed at each path that the search began with.
        kinds: the rule, for those of them that are not simply changed files.
        chosen: files that run whatever is reached.
        below: folders below which everything runs.
        unread: changed files that rules call neutral and that nobody reads.
    """

    everything: Reason | None = None
    reach: Reach = field(default_factory=lambda: Reach({}))
    details: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, ReasonKind] = field(default_factory=dict)
    chosen: dict[RepoPath, Reason] = field(default_factory=dict)
    below: dict[str, Reason] = field(default_factory=dict)
    unread: dict[RepoPath, str] = field(default_factory=dict)


class Asking:
    """Asks once.

    Args:
        project: the repository.
        unknown: what a file of unknown use does.
        verdicts: what each change means.
        ends: the graphs at both ends.
        openers: test files of which tests were seen to open a path, or to list its folder.
    """

    def __init__(
        self,
        project: Project,
        unknown: Unknown,
        verdicts: Verdicts,
        ends: tuple[End, ...],
        openers: Callable[[RepoPath], frozenset[RepoPath]],
    ) -> None:
        self.project = project
        self.unknown = unknown
        self.openers = openers
        self.verdicts = verdicts
        self.ends = ends
        self.views = [end.view for end in ends]
        self.examples = ExampleFiles(project, ends)
        self.reading = DataReaders(project, ends, self.examples)
        self.texts = NamingTexts(project, ends, self.reading, self._readers)
        self.strays = Strays(project, ends, self.reading)
        self.first: list[Edge] = []
        self.answer = Answer(details={str(path): detail for path, detail in verdicts.seeds.items()})

    def ask(self) -> Answer:
        """Find everything that is concerned."""
        answer = self.answer
        self._ask_distributions()
        for path, rule in self.verdicts.quiet.items():
            readers = self._readers(path, exactly=True)
            self._begin(path, "changed", readers)
            used = self._begin_users(path)
            if self.examples.collectors.may_take(path):
                answer.chosen[path] = Reason(ReasonKind.CHANGED, path)
            elif not used and not readers:
                answer.unread[path] = rule
        for path, cure in self.verdicts.data.items():
            readers = self._readers(path)
            self._begin(path, "changed", readers)
            answer.chosen[path] = Reason(ReasonKind.CHANGED, path)
            known = self._begin_users(path) or readers or self._begin_owners(path)
            if not known and not self.examples.collectors.surely_take(path):
                self._ask_folder(path, cure)
        if answer.everything is not None:
            return answer
        for path, detail in self.verdicts.examples.items():
            if not path.endswith(".py"):  # a text, which may be data as well
                self._begin(path, detail, self._readers(path).keys() - self.verdicts.examples.keys())
                self._begin_owners(path)
        self._ask_partial()
        self._ask_fixtures()
        for path in self.verdicts.seeds:
            self._begin(path, self.verdicts.seeds[path], self.reading.listers(path))
        self._ask_layout()
        self.first += find_namesakes(self.project, self.ends, self.verdicts.seeds)
        answer.everything = find_hiding(self.project, self.ends, self.verdicts.seeds)
        self._ask_missing()
        self._search()
        self._ask_lookers()
        self._ask_texts()
        self._ask_strays()
        self._ask_plugins()
        self._ask_documentation()
        self._ask_examples()
        return answer

    def remember(self) -> None:
        """Write what was read to the store."""
        self.reading.remember()
        self.texts.remember()

    def _ask_lookers(self) -> None:
        """Who looks into folders of what changed, or into those of the scripts that it reaches."""
        found: list[Edge] = []
        for path in (*self.verdicts.seeds, *self.verdicts.partial, *self.verdicts.fixtures):
            lookers = self.reading.lookers(path, self.answer.reach)
            found += [Edge(each, path, EdgeKind.DATA) for each in lookers if each != path]
        self._search(found)

    def _ask_texts(self) -> None:
        """Who reads a text that names what is reached, directly or by what reads another one."""
        while more := list(self.texts.find_reached(self.answer.reach)):
            self._search(more)

    def _search(self, more: list[Edge] | None = None) -> None:
        """Find whom all of this concerns, and what is found by more edges; nothing new where there are none of these."""
        if more or more is None:
            self.first += more or ()
            ends = (*self.verdicts.partial, *self.verdicts.fixtures)
            self.answer.reach = find_reach(self.views, self.verdicts.seeds, self.first, ends)

    def _begin(
        self, path: str, detail: str, readers: Iterable[RepoPath], kind: EdgeKind = EdgeKind.DATA
    ) -> None:
        for reader in readers:
            if reader != path:
                self.answer.details.setdefault(path, detail)
                self.first.append(Edge(reader, RepoPath(path), kind))

    def _begin_users(self, path: str) -> bool:
        """Whether somebody is declared to depend on a changed file, or imports the module that is built from it."""
        edges = [edge for view in self.views for edge in view.edges_to(RepoPath(path))]
        if edges:
            self.answer.details.setdefault(path, "changed")
            self.first += edges
        return bool(edges)

    def _begin_owners(self, path: str) -> bool:
        """Whether a changed file is named after tests: a snapshot, or a folder of data."""
        owners = self.strays.find_owners(path)
        self._begin(path, "changed", owners)
        return bool(owners)

    def _readers(self, path: RepoPath, *, exactly: bool = False) -> dict[RepoPath, str]:
        """Files that may read a changed file; with `exactly`, not those that only name a folder above it."""
        found = self.reading.readers(path, exactly=exactly)
        for opener in self.openers(path):
            found.setdefault(opener, path)
        return found

    def _ask_distributions(self) -> None:
        """Importers of the modules of distributions that moved, and files that name their commands."""
        for module, why in self.verdicts.modules.items():
            self._begin(module, why, find_importers(self.ends, self.examples, module), EdgeKind.IMPORT)
            self.answer.kinds[module] = ReasonKind.DISTRIBUTION
        for script, why in self.verdicts.scripts.items():
            self._begin(script, why, find_callers(self.ends, script), EdgeKind.STRING)
            self.answer.kinds[script] = ReasonKind.DISTRIBUTION

    def _ask_folder(self, path: RepoPath, cure: str) -> None:
        """A file of unknown use concerns the folder of code that it is in; elsewhere, everything."""
        if self.unknown is Unknown.ERROR:
            raise UsageError(
                "unknown-file",
                f"{path}: nothing says which tests depend on it; add `{cure}` to [tool.txselect] "
                "if none does",
            )
        folders = {folder_of(each) for end in self.ends for each in end.facts}
        owner = next((folder for folder in ancestors(path) if folder and folder in folders), None)
        if owner is None and self.unknown is Unknown.OWNER and "" in folders:
            owner = ""
        whom = "everything runs" if owner is None else f"whatever reaches {owner or 'the top folder'} runs"
        self.verdicts.doubts.append(
            Doubt(
                "unknown-file",
                f"{path}: changed, and nothing says who depends on it, so {whom}; if no test does, "
                f"configure {cure}",
            )
        )
        if owner is None:
            self.answer.everything = self.answer.everything or Reason(
                ReasonKind.UNKNOWN, path, "changed, and nothing says who depends on it"
            )
            return
        below = {
            each for end in self.ends for each in end.facts if each.startswith(f"{owner}/" if owner else "")
        }
        self._begin(path, "changed", sorted(below), EdgeKind.FOLDER)
        self.answer.kinds[path] = ReasonKind.UNKNOWN

    def _ask_partial(self) -> None:
        """Whoever imports a test file depends on it as on any other, whichever of its tests changed."""
        for path, names in self.verdicts.partial.items():
            self.answer.details[path] = ", ".join(sorted(names))
            self.first += [edge for view in self.views for edge in view.edges_to(path)]
            self._begin(path, self.answer.details[path], self.reading.certain_listers(path))

    def _ask_fixtures(self) -> None:
        """A fixture concerns whoever asks for it: by a parameter, a string, or a computed name."""
        for path, names in self.verdicts.fixtures.items():
            detail = self.answer.details[path] = f"fixture {', '.join(sorted(names))}"
            users, steered = find_fixture_users(self.project, self.ends, self.examples, path, names)
            if steered:
                self.verdicts.seeds[path] = detail
            self._begin(path, detail, users, EdgeKind.FIXTURE)
            self._begin(path, detail, self.reading.certain_listers(path))

    def _ask_layout(self) -> None:
        """Python that nobody imports is data for those who read it."""
        for path in (*self.verdicts.layout, *self.verdicts.docs):
            self._begin(path, "text", self.strays.find_text_readers(path))
        self.answer.unread |= {
            path: rule for path, rule in self.verdicts.layout.items() if path not in self.answer.details
        }

    def _ask_missing(self) -> None:
        """A changed script that nobody imports may generate a module that is imported and not there."""
        for path, detail in self.verdicts.seeds.items() if (waiting := self.strays.find_waiting()) else ():
            if not any(True for _ in self.strays.find_edges(path)) and not self.project.is_test(path):
                self._begin(path, detail, waiting, EdgeKind.MISSING)

    def _ask_strays(self) -> None:
        """Who names the folder of a Python file that nobody imports: a sample, or a script."""
        found = self.strays.find_namers(self.answer.reach)
        self._search([Edge(namer, path, EdgeKind.DATA) for path, namer in found])

    def _ask_documentation(self) -> None:
        """A docstring concerns the tests that reach both its file and a reader of docstrings."""
        if not self.verdicts.docs:
            return
        edited = find_reach(self.views, self.verdicts.docs)
        reading = find_reach(self.views, [path for end in self.ends for path in end.doc_readers])
        for path in edited.ways:
            if path not in reading or path in self.answer.reach or not self.project.is_test(path):
                continue
            origin = edited.origin(path)
            reason = Reason(ReasonKind.REACHES, origin, self.verdicts.docs[origin], edited.chain(path))
            if file_name(path) == "conftest.py":
                self.answer.below.setdefault(folder_of(path), reason)
            else:
                self.answer.chosen[path] = reason

    def _ask_examples(self) -> None:
        """Files collected for their examples: those that changed, and those whose imports are reached."""
        for path, detail in self.verdicts.examples.items():
            self.answer.chosen[path] = Reason(ReasonKind.CHANGED, path, detail)
        for path, chain in self.examples.find_reached(self.answer.reach):
            origin = chain[-1].target if chain else path
            detail = self.answer.details.get(origin, "")
            kind = self.answer.kinds.get(origin, ReasonKind.REACHES if chain else ReasonKind.CHANGED)
            self.answer.chosen.setdefault(path, Reason(kind, origin, detail, chain))

    def _ask_plugins(self) -> None:
        """Plugins that every test runs with: configured with `-p`, entry points of the project itself, session-wide hooks."""
        own = find_plugins(self.project, self.ends, self.project.own_plugins)
        self.answer.reach = widen_to_starters(self.answer.reach, self.ends, own)
        rootdir = self.project.rootdir
        steering = find_session_wide(self.ends, self.verdicts.seeds)
        for plugin in (*find_plugins(self.project, self.ends, self.project.everywhere), *steering):
            if plugin in self.answer.reach and rootdir not in self.answer.below:
                origin = self.answer.reach.origin(plugin)
                first = Edge(RepoPath(rootdir), plugin, EdgeKind.PLUGIN)
                self.answer.below[rootdir] = Reason(
                    ReasonKind.REACHES,
                    origin,
                    self.answer.details.get(origin, ""),
                    (first, *self.answer.reach.chain(plugin)),
                )
