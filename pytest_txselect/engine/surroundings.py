"""The project around edited files, for `policy/follow.py`: what files mention, import and reach, at the head."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_txselect.engine.mentioned import Mentioned
from pytest_txselect.graph.reach import find_reach
from pytest_txselect.model import EdgeKind, RepoPath
from pytest_txselect.policy.builtin import MANIFESTS
from pytest_txselect.project.disk import read_source
from pytest_txselect.project.tree import file_name, folder_of
from pytest_txselect.source.facts import FileFacts
from pytest_txselect.source.words import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_txselect.engine.graphs import End
    from pytest_txselect.engine.project import Project
    from pytest_txselect.engine.recorded import Evidence
    from pytest_txselect.graph.reach import Reach
    from pytest_txselect.source.mentions import Imported, Mentions

__all__ = ["HeadSurroundings"]

DECLARING: Final = frozenset(
    {"abstractmethod", "abstractproperty", "runtime_checkable", "__subclasshook__", "__subclasscheck__"}
)
MOST_TEXTS: Final = 500
"""Files whose texts are kept: some ten megabytes."""
LONGEST_TEXT: Final = 500_000
"""Bytes of a file beyond which it is data, and neither a template nor a configuration."""


def read_words(text: bytes) -> frozenset[str]:
    """The words of a text that may be names, and what looks like them in other data, such as pickled objects."""
    return frozenset(NAME.findall(text.decode("ascii", "replace")))


class Known(NamedTuple):
    """What a file mentions, to be asked often.

    Attributes:
        names: identifiers, what it imports included.
        bound: names bound at module level.
        text: its strings, a line each.
    """

    names: frozenset[str]
    bound: frozenset[str]
    text: str

    @classmethod
    def of(cls, facts: FileFacts) -> Known:
        """What the facts of a file say."""
        names = facts.names.union(*(each.names for each in facts.imports))
        return cls(names, facts.bound, "\n".join(facts.strings))


class HeadSurroundings:
    """Answers from the graph and from the sources at the head; remembers its answers.

    Args:
        project: the repository.
        ends: the graphs, that of the head first.
        evidence: what was recorded.
    """

    def __init__(self, project: Project, ends: tuple[End, ...], evidence: Evidence) -> None:
        self._project = project
        self._ends = ends
        self._views = [end.view for end in ends]
        self._mentioned: Mentioned | None = None
        self._means: dict[tuple[RepoPath, Imported], frozenset[RepoPath]] = {}
        self._known: dict[RepoPath, Known | None] = {}
        self._read: dict[RepoPath, str] = {}
        self._reach: dict[RepoPath, Reach] = {}
        self._reaching: dict[RepoPath, frozenset[RepoPath]] = {}
        self._test_folders: frozenset[str] | None = None
        self._evidence = evidence
        self._used: dict[RepoPath | None, Sequence[RepoPath]] = {}
        self._texts: dict[RepoPath, frozenset[str]] | None = None

    def source(self, path: RepoPath) -> bytes | None:
        """The bytes of a file at the head; None where there is none."""
        sources = self._project.sources
        if sources.from_disk:
            return read_source(sources.git.repository.top, path)
        name = self._ends[0].tree.keys.get(path)
        return dict(sources.git.read_blobs([name]))[name] if name else None

    def mentions(self, path: RepoPath) -> Mentions | None:
        """What a file mentions where; nothing for a file that is not there any more."""
        if self._mentioned is None:
            self._mentioned = Mentioned(self._project.sources.store, self._ends[0].tree.keys, self.source)
        return self._mentioned.find(path)

    def remember(self) -> None:
        """Write what was read to the store."""
        if self._mentioned is not None:
            self._mentioned.remember()

    def importers(self, path: RepoPath) -> list[RepoPath]:
        """Files that import a file directly, in any way."""
        kinds = {EdgeKind.PACKAGE, EdgeKind.FOLDER, EdgeKind.DATA}
        found = {
            edge.source for view in self._views for edge in view.edges_to(path) if edge.kind not in kinds
        }
        groups = {
            source for source in found if source not in self._ends[0].facts and not source.endswith(".py")
        }
        for group in groups:  # whoever imports a whole folder imports each file of it
            found |= {edge.source for view in self._views for edge in view.edges_to(group)}
        found.update(self._lazy_importers(path))
        return sorted(each for each in found if each.endswith(".py"))

    def _lazy_importers(self, path: RepoPath) -> Iterator[RepoPath]:
        """Modules whose `__getattr__` imports a file: in the graph that is an edge of whoever asks for the name."""
        stem = file_name(path).removesuffix(".py")
        stem = file_name(folder_of(path)) if stem == "__init__" else stem
        for names in (end.finder.names for end in self._ends):
            for lazy in names.find_lazy() if names.find_lazy else names.facts:
                table = names.lazy_table(lazy)
                texts = (text for _, texts in table.names for text in texts) if table else ()
                if any(text.rpartition(".")[2] == stem for text in texts):
                    mentions = self.mentions(lazy)
                    if mentions is None or any(path in self.means(lazy, each) for each in mentions.imports):
                        yield lazy

    def reach(self, path: RepoPath) -> Reach:
        """Everything that depends on a file, in either graph."""
        if path not in self._reach:
            self._reach[path] = find_reach(self._views, [path])
        return self._reach[path]

    def reaching(self, path: RepoPath) -> frozenset[RepoPath]:
        """Files that depend on a file, directly or not, and the file itself; through a conftest, all below it."""
        if path not in self._reaching:
            self._reaching[path] = self._find_reaching(path)
        return self._reaching[path]

    def _find_reaching(self, path: RepoPath) -> frozenset[RepoPath]:
        found = {each for each in self.reach(path).ways if each.endswith(".py")}
        folders = [each.rpartition("/")[0] for each in found if each.rpartition("/")[2] == "conftest.py"]
        fronts = tuple(f"{folder}/" if folder else "" for folder in folders)
        if fronts:
            found |= {each for each in self._ends[0].facts if each.startswith(fronts)}
        return frozenset(found)

    def used(self, beside: RepoPath | None = None) -> Sequence[RepoPath]:
        """Python files of which recorded tests used anything, in order; of those that used another file, too."""
        if beside not in self._used:
            there = self._ends[0].tree.keys
            found = self._evidence.versions if beside is None else self._evidence.beside(beside)
            self._used[beside] = sorted(each for each in found if each.endswith(".py") and each in there)
        return self._used[beside]

    def texts(self, names: set[str]) -> Sequence[RepoPath]:
        """Files that are no code, which recorded tests opened and which have one of some words."""
        if self._texts is None:
            there = self._ends[0].tree.keys
            opened = sorted(
                each
                for each in self._evidence.versions
                if not each.endswith(".py") and each in there and file_name(each) not in MANIFESTS
            )
            texts = ((each, self.source(each) or b"") for each in opened)
            self._texts = {each: read_words(text) for each, text in texts if len(text) <= LONGEST_TEXT}
        return [path for path, words in self._texts.items() if not words.isdisjoint(names)]

    def means(self, importer: RepoPath, imported: Imported) -> frozenset[RepoPath]:
        """Files that the module of an import statement may be; for `from package import module`, the module too."""
        if (importer, imported) not in self._means:
            self._means[importer, imported] = self._find_meant(importer, imported)
        return self._means[importer, imported]

    def _find_meant(self, importer: RepoPath, imported: Imported) -> frozenset[RepoPath]:
        found: set[RepoPath] = set()
        name = imported.module.lstrip(".")
        level = len(imported.module) - len(name)
        for end in self._ends:
            resolver = end.finder.names.resolver
            is_test = self._project.is_test(importer)
            parts = name.split(".")
            names = (
                [name]
                if level or imported.name
                else [".".join(parts[: length + 1]) for length in range(len(parts))]
            )
            for each in names:
                module = (
                    resolver.relative(importer, each, level)
                    if level
                    else resolver.absolute(importer, each, is_test=is_test)
                )
                found.update(module.files)
                if imported.name and imported.name != "*":
                    found.update(resolver.submodule(module, imported.name).files)
                    found.update(
                        target
                        for target, _ in end.finder.names.name(module, imported.name)
                        if target.endswith(".py")
                    )
        return frozenset(found)

    def knows(self, path: RepoPath, name: str) -> bool:
        """Whether a file mentions a name at all."""
        if path not in self._known:
            facts = self._ends[0].facts.get(path)
            self._known[path] = Known.of(facts) if isinstance(facts, FileFacts) else None
        known = self._known[path]
        return known is None or name in known.names or name in known.bound or name in known.text

    def aliases(self, path: RepoPath, name: str) -> frozenset[str]:
        """What a file calls what it imports by a name, where it says `as`; may be too many."""
        if not self.knows(path, name):
            return frozenset()
        pattern = rf"\b{re.escape(name)}[\s\\]+as[\s\\]+(\w+)"
        return frozenset(re.findall(pattern, self._text(path)))

    def may_hold(self, path: RepoPath, names: frozenset[str]) -> bool:
        """Whether a file may use one of some names otherwise than to take an attribute."""
        either = "|".join(map(re.escape, sorted(names)))
        pattern = rf"^(?!\s*(?:import|from)\b).*\b(?:{either})\b(?!\s*\.\s*(?!__dict__|__getattribute__)\w)"
        return re.search(pattern, self._text(path), re.MULTILINE) is not None

    def _text(self, path: RepoPath) -> str:
        """The text of a file; the last ones are kept, since one edit asks for the same files often."""
        if path not in self._read:
            if len(self._read) >= MOST_TEXTS:
                self._read.clear()
            self._read[path] = (self.source(path) or b"").decode("utf-8", "replace")
        return self._read[path]

    def is_test(self, path: RepoPath) -> bool:
        """Whether a file is one of tests, a conftest, or lies beside one."""
        if self._test_folders is None:
            tests = (each for each in self._ends[0].tree.keys if self._project.is_test(each))
            self._test_folders = frozenset(map(folder_of, tests))
        return folder_of(path) in self._test_folders

    def may_declare(self, name: str) -> bool:
        """Whether a class of the project may demand that others have a method of that name, or ask whether they have."""
        facts = self._ends[0].facts
        facts.load_all()
        return any(
            not isinstance(each, FileFacts)
            or (name in each.names and not DECLARING.isdisjoint(each.names) and self._declares(path, name))
            for path, each in facts.items()
        )

    def _declares(self, path: RepoPath, name: str) -> bool:
        """Whether a file that has such classes demands something of that name, or asks for it."""
        mentions = self.mentions(path)
        if mentions is None:
            return True
        asking = {
            f"{step.owner}.{bound}" if step.owner else bound
            for step in mentions.steps
            for bound in step.binds
            if not DECLARING.isdisjoint(step.mentions)
        }
        return any(
            f"{step.owner}.{name}" in asking or step.owner in asking
            for step in mentions.steps
            if step.owner and name in step.binds
        ) or any(
            qualname.rpartition(".")[2] in DECLARING and name in mentions.functions[qualname]
            for qualname in mentions.functions
        )
