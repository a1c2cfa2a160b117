"""From a name in a module to the files behind it, through lazy packages however deep.

An eager package needs no help: its `__init__` imports its modules, and the edge to the `__init__` leads on
to them. A lazy one imports a module only when one of its names is asked for, so whoever asks for a name
depends on that module, and on no other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from pytest_txselect.model import EdgeKind, RepoPath
from pytest_txselect.project.tree import ancestors, folder_of, is_python, join
from pytest_txselect.source.facts import FileFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pytest_txselect.project.resolve import Found, Resolver
    from pytest_txselect.source.facts import Facts, LazyTable

__all__ = ["EVERYTHING", "Names", "Target", "below", "mentions"]


EVERYTHING: Final = RepoPath("/**")
"""The node that stands for every Python file of the project; no file can have this name."""


def below(folder: str) -> RepoPath:
    """The node that stands for every module of the project below a folder, test files left out."""
    return RepoPath(f"{folder}/*")


Target = tuple[RepoPath, EdgeKind]


def mentions(facts: Facts, word: str) -> bool:
    """Whether a file mentions a name, be it in a string: `setattr(a, "name", f)`, `patch("pkg.a.A.name")`."""
    if not isinstance(facts, FileFacts):
        return True
    return word in facts.names or any(word in text for text in facts.strings)


@dataclass(slots=True)
class Names:
    """Finds the files behind names. Pure: one tree, one set of facts.

    Attributes:
        resolver: what module names mean.
        facts: of all Python files.
        find_lazy: gives those of them that may find names lazily, where that is known without a look at each.
        is_eager: whether a file is known to find no name lazily, without a look at its facts.
    """

    resolver: Resolver
    facts: Mapping[RepoPath, Facts]
    find_lazy: Callable[[], Iterable[RepoPath]] | None = None
    is_eager: Callable[[RepoPath], bool] | None = None
    _lazy_classes: dict[str, list[RepoPath]] | None = field(default=None, repr=False)
    _mentioning: dict[str, frozenset[RepoPath]] = field(default_factory=dict, repr=False)
    _children: dict[str, dict[str, RepoPath]] = field(default_factory=dict, repr=False)
    _answers: dict[tuple[RepoPath, str], tuple[Target, ...]] = field(default_factory=dict, repr=False)
    _asked: set[tuple[RepoPath, str]] = field(default_factory=set, repr=False)
    _cut: set[tuple[RepoPath, str]] = field(default_factory=set, repr=False)
    _tables: dict[RepoPath, dict[str, tuple[str, ...]]] = field(default_factory=dict, repr=False)
    _lazy_names: dict[RepoPath, frozenset[str]] = field(default_factory=dict, repr=False)
    _binders: dict[str, dict[str, list[RepoPath]]] = field(default_factory=dict, repr=False)
    _inits: dict[str, list[RepoPath]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        children: defaultdict[str, dict[str, RepoPath]] = defaultdict(dict)
        for path in self.resolver.tree.python_files():
            folder, _, name = path.rpartition("/")
            if name != "__init__.py":
                children[folder].setdefault(name[:-3], path)
            elif folder:
                children[folder_of(folder)][folder.rpartition("/")[2]] = path
        self._children = dict(children)

    @property
    def lazy_classes(self) -> Mapping[str, list[RepoPath]]:
        """For each name that lazy packages find by a table, those packages; looked for once."""
        if self._lazy_classes is None:
            lazy: defaultdict[str, list[RepoPath]] = defaultdict(list)
            for path in self.find_lazy() if self.find_lazy else self.facts:
                table = self.lazy_table(path)
                for name, texts in self._table(path, table).items() if table else ():
                    if name.isidentifier() and texts and name not in self.children(folder_of(path)):
                        lazy[name].append(path)
            self._lazy_classes = dict(lazy)
        return self._lazy_classes

    def lend_lazy_classes(self, known: Mapping[str, list[RepoPath]]) -> None:
        """Spare the look at all facts: what another time found is known to hold."""
        self._lazy_classes = dict(known)

    def children(self, folder: str) -> Mapping[str, RepoPath]:
        """The modules directly in a folder, by name."""
        return self._children.get(folder, {})

    def mention(self, path: RepoPath, words: str) -> bool:
        """Whether any other file mentions one of some words, which may be names of methods that it overrides."""
        for word in words.split():
            if word not in self._mentioning:
                found = (each for each, facts in self.facts.items() if mentions(facts, word))
                self._mentioning[word] = frozenset(islice(found, 2))
            if self._mentioning[word] - {path}:
                return True
        return False

    def lazy_table(self, path: RepoPath) -> LazyTable | None:
        """How a file finds names lazily; None where it does not."""
        if self.is_eager is not None and self.is_eager(path):
            return None
        facts = self.facts.get(path)
        return facts.lazy if isinstance(facts, FileFacts) else None

    def name(self, module: Found, name: str, *, asked: bool = True) -> tuple[Target, ...]:
        """Files behind `from module import name`, beside the module's own file.

        Args:
            module: what the module's name means.
            name: one identifier; `*` for a star import.
            asked: whether the name is certainly taken from the module, so that it must come from somewhere.
        """
        if asked and len(module.files) == 1:
            return self._ask(module.files[0], name)
        targets: dict[Target, None] = {}
        for path in module.files:
            targets |= dict.fromkeys(
                target for target in self._ask(path, name) if asked or not target[0].endswith("/*")
            )
        if not module.files:
            for path in self.resolver.submodule(module, name).files:
                targets[path, EdgeKind.IMPORT] = None
        return tuple(targets)

    def _ask(self, path: RepoPath, name: str) -> tuple[Target, ...]:
        """Files behind a name of one module file."""
        answer = self._answers.get((path, name))
        if answer is not None:
            return answer
        if (path, name) in self._asked:  # tables run in a circle: answers on the way are not whole
            self._cut.add((path, name))
            return ()
        self._asked.add((path, name))
        answer = tuple(dict.fromkeys(self._find(path, name)))
        self._asked.remove((path, name))
        self._cut.discard((path, name))
        if not self._cut:
            self._answers[path, name] = answer
        return answer

    def _find(self, path: RepoPath, name: str) -> list[Target]:
        folder = folder_of(path) if path.endswith("__init__.py") else None
        if name == "*":
            return self._star(folder, self.facts.get(path))
        found: list[Target] = []
        child = self.children(folder).get(name) if folder is not None else None
        if child:
            found.append((child, EdgeKind.IMPORT))
        if self.is_eager is not None and self.is_eager(path):
            return found
        facts = self.facts.get(path)
        if not isinstance(facts, FileFacts) or facts.lazy is None or name in facts.bound:
            return found
        return found + self._find_lazily(path, facts.lazy, name, sure=bool(child))

    def _star(self, folder: str | None, facts: Facts | None) -> list[Target]:
        """A star import takes what `__all__` says: perhaps submodules; from a lazy package, anything."""
        if folder is None or not isinstance(facts, FileFacts):
            return []
        if facts.lazy:
            return [(below(folder), EdgeKind.LAZY)]
        if "__all__" not in facts.bound:
            return []
        children = self.children(folder)
        return [(children[name], EdgeKind.IMPORT) for name in sorted(facts.strings & children.keys())]

    def _find_lazily(self, path: RepoPath, lazy: LazyTable, name: str, *, sure: bool) -> list[Target]:
        """Files behind a lazy name: by the table, else by who binds the name below, else all."""
        found: list[Target] = []
        texts = self._table(path, lazy).get(name, ())
        for text in texts:
            module = self._module(path, text)
            for file in module.files if module else ():
                found.append((file, EdgeKind.LAZY))
                for other in {name, *(each for each in texts if each.isidentifier())} - {
                    text.rpartition(".")[2]
                }:
                    found += [
                        target
                        for target in self._ask(file, other)
                        if other == name or not target[0].endswith("/*")
                    ]
        if texts or sure or name in lazy.known or lazy.closed or name.startswith("__"):
            return found
        folder = folder_of(path)
        binders = self._find_binders(folder).get(name)
        if binders:
            return [(file, EdgeKind.LAZY) for file in binders if file != path]
        return [(below(folder), EdgeKind.LAZY)]

    def _table(self, path: RepoPath, lazy: LazyTable) -> Mapping[str, tuple[str, ...]]:
        """For each lazy name, the strings that may name its module.

        A table maps names to modules or modules to names: where the key is a module of the project, its
            values are names.
        """
        table = self._tables.get(path)
        if table is None:
            gathered: defaultdict[str, dict[str, None]] = defaultdict(dict)
            for key, values in lazy.names:
                is_module = self._module(path, key) is not None
                for value in values:
                    if is_module:
                        gathered[value][key] = None
                    if not is_module or self._module(path, value) is not None:
                        gathered[key][value] = None
            for text in lazy.modules:
                if self._module(path, text) is not None:
                    gathered[text.rpartition(".")[2]][text] = None
            table = self._tables[path] = {name: tuple(texts) for name, texts in gathered.items()}
        return table

    def lazy_names(self, path: RepoPath) -> frozenset[str]:
        """The names that a lazy module's tables mention; those that modules beside it bind where these are not in sight."""
        found = self._lazy_names.get(path)
        if found is None:
            lazy = self.lazy_table(path)
            found = frozenset(self._table(path, lazy)) if lazy else frozenset()
            if lazy and lazy.elsewhere and not found:
                found = self._bound_beside(path)
            self._lazy_names[path] = found
        return found

    def _bound_beside(self, path: RepoPath) -> frozenset[str]:
        """Names that modules of a package bind, without those that begin with an underscore."""
        bound: set[str] = set()
        for each in self.children(folder_of(path)).values():
            facts = self.facts.get(each)
            if isinstance(facts, FileFacts) and each != path:
                taken = () if each.endswith("/__init__.py") else (one.names for one in facts.imports)
                bound |= facts.bound.difference(*taken)
        return frozenset(name for name in bound if not name.startswith("_"))

    def _module(self, path: RepoPath, text: str) -> Found | None:
        """The module of the project that a string in a lazy table names: relative to its file, or in full."""
        text = text.partition(":")[0]
        if not text or text.strip(".") == "" or not text.replace(".", "").replace("_", "").isalnum():
            return None
        stripped = text.lstrip(".")
        if stripped.partition(".")[0] not in self.resolver.tree.parents:
            return None
        level = len(text) - len(stripped)
        found = self.resolver.relative(path, stripped, max(level, 1))
        if not (found and not found.missing) and level == 0 and "." in stripped:
            found = self.resolver.absolute(path, stripped, is_test=False)
        return found if found.files and not found.missing and path not in found.files else None

    def _find_binders(self, folder: str) -> Mapping[str, list[RepoPath]]:
        """Who below a folder defines which name at module level (imported names are somebody else's)."""
        binders = self._binders.get(folder)
        if binders is None:
            gathered: defaultdict[str, list[RepoPath]] = defaultdict(list)
            for path in self.resolver.tree.below(folder):
                facts = self.facts.get(path) if is_python(path) else None
                if isinstance(facts, FileFacts):
                    imported = {name for each in facts.imports for name in each.names}
                    for name in facts.bound - imported:
                        gathered[name].append(path)
            binders = self._binders[folder] = dict(gathered)
        return binders

    def top_package(self, path: str) -> str:
        """Folder of the outermost package around a file; `""` for files in no package."""
        inits = self.parents(path) or ([RepoPath(path)] if path.endswith("/__init__.py") else [])
        return folder_of(inits[-1]) if inits else ""

    def parents(self, path: str) -> list[RepoPath]:
        """The `__init__` files that Python executes before a module: those of every folder above it."""
        folder = folder_of(path)
        found = self._inits.get(folder)
        if found is None:
            inits = (RepoPath(join(each, "__init__.py")) for each in ancestors(path))
            found = self._inits[folder] = [init for init in inits if init in self.resolver.tree.keys]
        return [init for init in found if init != path]
