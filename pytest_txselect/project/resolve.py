"""What a module name means in a project, by the rules of Python and of pytest's import modes.

Python looks a name up on `sys.path`, which only the run knows in full. We know what must be on it, in
this order:

1. the importing file's own root, the first folder upwards that is no package: pytest puts it there for test
   files and conftests (import modes `prepend` and `append`), Python does for scripts;
2. `pythonpath`, the rootdir, `src` in it, the top of the repository;
3. the roots of the other test files and conftests;
4. any other folder that has such a module: editable installs, `sys.path.insert`, workspaces of several
   packages; folders that are packages themselves last.

The first group that has the module answers; a folder without `__init__.py` gives way to a package of a
later group. Inside a group every answer counts, unless the importing file is a test file that finds the
name in its own root. So a name never means fewer files than it can mean at run time.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_txselect.model import RepoPath
from pytest_txselect.project.tree import ProjectTree, ancestors, file_name, folder_of, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["NOTHING", "Found", "Layout", "Resolver", "find_layout"]

BUILT_FROM: Final = (".pyx", ".pyi.in", ".py.in", ".c", ".cpp", ".cc", ".rs", ".pxd", ".f90", ".so", ".pyd")
"""What a module that has no Python file may be built from."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where Python looks for modules, as far as configuration says.

    Attributes:
        roots: folders on `sys.path`, best first, relative to the repository's top.
        test_roots: what pytest adds for test files and conftests.
        own_root_first: whether pytest puts those in front (import mode `prepend`).
    """

    roots: tuple[str, ...] = ("",)
    test_roots: frozenset[str] = frozenset()
    own_root_first: bool = True


def find_layout(
    tree: ProjectTree,
    rootdir: str,
    pythonpath: Iterable[str],
    is_test: Callable[[str], bool],
    *,
    own_root_first: bool,
) -> Layout:
    """Where Python looks for modules in a tree.

    Args:
        tree: the files.
        rootdir: pytest's rootdir, relative to the repository's top.
        pythonpath: the configured `pythonpath`, relative to the repository's top.
        is_test: whether pytest collects a path or loads it as a conftest.
        own_root_first: see `Layout`.
    """
    wanted = tuple(pythonpath)
    source = join(rootdir, "src")
    roots = [
        each
        for each in (*wanted, rootdir, source, "")
        if each in wanted or RepoPath(join(each, "__init__.py")) not in tree.keys
    ]
    plain = Layout(tuple(dict.fromkeys(each for each in roots if each in tree.folders)))
    resolver = Resolver(tree, plain)
    tests = frozenset(resolver.own_root(folder_of(path)) for path in tree.python_files() if is_test(path))
    return Layout(plain.roots, tests, own_root_first)


@dataclass(frozen=True, slots=True)
class Found:
    """What a dotted name means.

    Attributes:
        files: the module's file; several where the name can mean several.
        folders: folders that answer to the name: of the package, or of a namespace package.
        missing: paths without ending at which a module of the name was looked for inside the project in vain.
    """

    files: tuple[RepoPath, ...] = ()
    folders: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.files or self.folders)


NOTHING: Final = Found()


@dataclass(slots=True)
class Resolver:
    """Answers what names mean in one tree. Remembers its answers; the tree does not change."""

    tree: ProjectTree
    layout: Layout
    _names: dict[tuple[str, bool, str], Found] = field(default_factory=dict, repr=False)
    _relatives: dict[tuple[str, str, int], Found] = field(default_factory=dict, repr=False)
    _located: dict[tuple[str, str], Found] = field(default_factory=dict, repr=False)
    _own_roots: dict[str, str] = field(default_factory=dict, repr=False)
    _at_roots: dict[str, bool] = field(default_factory=dict, repr=False)
    _tops: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        built = (path for path in self.tree.keys if path.endswith(BUILT_FROM))
        names = (
            next(file_name(path).removesuffix(each) for each in BUILT_FROM if path.endswith(each))
            for path in built
        )
        self._tops = frozenset((*self.tree.parents, *names))

    def own_root(self, folder: str) -> str:
        """The first folder from `folder` upwards that is no package."""
        found = self._own_roots.get(folder)
        if found is None:
            found = folder
            while found and RepoPath(join(found, "__init__.py")) in self.tree.keys:
                found = folder_of(found)
            self._own_roots[folder] = found
        return found

    def knows(self, dotted: str) -> bool:
        """Whether a dotted name may mean anything in the project; nearly all that it imports from outside do not."""
        return dotted.partition(".")[0] in self._tops

    def is_at_roots(self, top: str) -> bool:
        """Whether a module or package of a name lies in one of the folders on `sys.path`."""
        found = self._at_roots.get(top)
        if found is None:
            found = any(self.locate(root, top).files for root in self.layout.roots)
            self._at_roots[top] = found
        return found

    def absolute(self, importer: str, dotted: str, *, is_test: bool) -> Found:
        """What `import dotted` finds.

        Args:
            importer: path of the importing file.
            dotted: the name, without leading dots.
            is_test: whether pytest collects the importing file or loads it as a conftest.
        """
        if not self.knows(dotted):
            return NOTHING
        folder = folder_of(importer)
        key = (folder, is_test, dotted)
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = self._absolute(self.own_root(folder), folder, dotted, is_test=is_test)
        return found

    def spelled(self, importer: str, dotted: str, *, is_test: bool) -> Found:
        """What a dotted name means, whose leading dots are those of a relative import; see `absolute`."""
        name = dotted.lstrip(".")
        if name == dotted:
            return self.absolute(importer, name, is_test=is_test)
        return self.relative(importer, name, len(dotted) - len(name))

    def relative(self, importer: str, dotted: str, level: int) -> Found:
        """What `from ..dotted import` finds; an empty `dotted` is the package itself."""
        key = (folder_of(importer), dotted, level)
        found = self._relatives.get(key)
        if found is None:
            found = self._relatives[key] = self._relative(*key)
        return found

    def _relative(self, folder: str, dotted: str, level: int) -> Found:
        for _ in range(level - 1):
            if not folder:
                return NOTHING
            folder = folder_of(folder)
        if not dotted:
            init = RepoPath(join(folder, "__init__.py"))
            return Found((init,) if init in self.tree.keys else (), (folder,))
        return self.locate(folder, dotted)

    def submodule(self, package: Found, name: str) -> Found:
        """What `from package import name` finds if `name` is a module of it; `name` may have dots."""
        if len(package.folders) == 1:
            return self.locate(package.folders[0], name)
        return _merge(self.locate(folder, name) for folder in package.folders)

    def _absolute(self, own: str, folder: str, dotted: str, *, is_test: bool) -> Found:
        known = [self.locate(root, dotted) for root in self.layout.roots]
        mine = self.locate(own, dotted)
        if mine.files and not mine.missing and is_test and self.layout.own_root_first:
            return mine  # a folder without `__init__.py` alone would give way to a package elsewhere
        found = _merge([mine, *known])
        top = dotted.partition(".")[0]
        if found.files and not found.missing:
            return found
        if not found and top in sys.stdlib_module_names:
            return self._before_python(dotted, top)
        for group in self._further(folder, dotted, top):
            more = _merge(group)
            if more.files and not more.missing:
                return Found((*found.files, *more.files), more.folders) if found.files else more
            found = found or more
        return found

    def _before_python(self, dotted: str, top: str) -> Found:
        """What hides a module of Python itself from everybody: what lies in a folder that pytest puts in front of all."""
        roots = self.tree.parents.get(top, frozenset()) if self.layout.own_root_first else ()
        found = (self.locate(root, dotted) for root in sorted(roots) if root in self.layout.test_roots)
        return _merge([each for each in found if each.files])

    def _further(self, folder: str, dotted: str, top: str) -> Iterator[list[Found]]:
        """Answers of places that may be on `sys.path`, the likely ones first."""
        parents = sorted(self.tree.parents.get(top, ()))
        tests = [self.locate(root, dotted) for root in parents if root in self.layout.test_roots]
        yield [*tests, self.locate(folder, dotted)]
        for packages in (False, True):
            floating = (self.locate(root, dotted) for root in parents if self._is_package(root) is packages)
            yield [each for each in floating if each.files and not each.missing]

    def _is_package(self, folder: str) -> bool:
        return RepoPath(join(folder, "__init__.py")) in self.tree.keys

    def locate(self, root: str, dotted: str) -> Found:
        """What a dotted name means below one folder."""
        found = self._located.get((root, dotted))
        if found is None:
            found = self._located[root, dotted] = self._locate(root, dotted)
        return found

    def _locate(self, root: str, dotted: str) -> Found:
        keys = self.tree.keys
        above, _, name = dotted.rpartition(".")
        if above:
            package = self.locate(root, above)
            if (
                not package.folders or package.missing
            ):  # of `import module.attribute` only the module is found
                return package
            return self._inside(package, name)
        path = join(root, name)
        for file, folders in ((f"{path}/__init__.py", (path,)), (f"{path}.py", ())):
            if RepoPath(file) in keys:
                return Found((RepoPath(file),), folders)
        built = tuple(RepoPath(path + ending) for ending in BUILT_FROM if RepoPath(path + ending) in keys)
        if built:
            return Found(built)
        return Found((), (path,)) if path in self.tree.folders else NOTHING

    def _inside(self, package: Found, name: str) -> Found:
        """A submodule; where there is none, the package itself with the path that is missing."""
        found = _merge(self._locate(folder, name) for folder in package.folders)
        if found:
            return found
        return Found(package.files, (), tuple(join(folder, name) for folder in package.folders))

    def module_paths(self, path: str) -> tuple[str, ...]:
        """Dotted names under which a file can be imported from the known roots and its own."""
        folder = folder_of(path)
        roots = {self.own_root(folder), *self.layout.roots, *self.layout.test_roots}
        stem = path.removesuffix("/__init__.py").removesuffix(".py")
        names = []
        for root in roots & {*ancestors(path)}:
            dotted = stem[len(root) + 1 :] if root else stem
            if dotted and dotted != "__init__":
                names.append(dotted.replace("/", "."))
        return tuple(sorted(names))


def _merge(several: Iterable[Found]) -> Found:
    """Every answer counts; one that found a module silences those that found a namespace only.

    Of those that found a part, the package counts: if the run finds it first, the module is not found.
    """
    asked = list(several)
    if len(asked) == 1:
        return asked[0]
    answers = [each for each in asked if each]
    whole = [each for each in answers if each.files and not each.missing] or [
        each for each in answers if not each.missing
    ]
    chosen = whole or answers or asked
    hiding = [each for each in answers if whole and each.missing]  # packages that the run may find instead
    if len(chosen) == 1 and not hiding:
        return chosen[0]
    return Found(
        tuple(dict.fromkeys(file for each in (*chosen, *hiding) for file in each.files)),
        tuple(dict.fromkeys(folder for each in chosen for folder in each.folders)),
        tuple(dict.fromkeys(path for each in chosen for path in each.missing)),
    )
