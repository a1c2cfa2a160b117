"""What names mean, by the rules of Python and of pytest's import modes."""

from __future__ import annotations

import pytest

from pytest_txselect.model import RepoPath
from pytest_txselect.project.resolve import Found, Resolver, find_layout
from pytest_txselect.project.tree import ProjectTree, ancestors, file_name


def resolver(
    files: str, *, rootdir: str = "", pythonpath: tuple[str, ...] = (), own_root_first: bool = True
) -> Resolver:
    """Return a resolver over paths that a text lists."""
    tree = ProjectTree({RepoPath(path): "k" for path in files.split()})
    layout = find_layout(
        tree,
        rootdir,
        pythonpath,
        lambda path: file_name(path).startswith(("test_", "conftest")),
        own_root_first=own_root_first,
    )
    return Resolver(tree, layout)


ABSOLUTE = {
    "rootdir": ("pkg/__init__.py pkg/a.py tests/test_a.py", "tests/test_a.py", "pkg.a", ["pkg/a.py"]),
    "package": ("pkg/__init__.py tests/test_a.py", "tests/test_a.py", "pkg", ["pkg/__init__.py"]),
    "src layout": ("src/pkg/__init__.py src/pkg/a.py tests/test_a.py", "tests/test_a.py", "pkg.a", ["src/pkg/a.py"]),
    "namespace package": ("ns/a.py tests/test_a.py", "tests/test_a.py", "ns.a", ["ns/a.py"]),
    "namespace over two roots": ("ns/a.py src/ns/b.py tests/test_a.py", "tests/test_a.py", "ns.b", ["src/ns/b.py"]),
    "a package that hides a namespace": (
        "ns/__init__.py ns/a.py src/ns/b.py tests/test_a.py", "tests/test_a.py", "ns.b", ["src/ns/b.py", "ns/__init__.py"]
    ),
    "a namespace in front of a package": (
        "ns/a.py src/ns/__init__.py tests/test_a.py", "tests/test_a.py", "ns.a", ["ns/a.py", "src/ns/__init__.py"]
    ),
    "own folder first": ("helper.py tests/helper.py tests/test_a.py", "tests/test_a.py", "helper", ["tests/helper.py"]),
    "not first for code": ("helper.py app/helper.py app/x.py", "app/x.py", "helper", ["app/helper.py", "helper.py"]),
    "two of one name": ("x/test_a.py x/h.py y/test_b.py y/h.py", "y/test_b.py", "h", ["y/h.py"]),
    "root of other tests": ("x/test_a.py x/h.py y/test_b.py", "y/test_b.py", "h", ["x/h.py"]),
    "package shadows module": ("a.py a/__init__.py tests/test_a.py", "tests/test_a.py", "a", ["a/__init__.py"]),
    "own package's root": ("t/__init__.py t/h.py t/test_a.py h.py", "t/test_a.py", "h", ["h.py"]),
    "standard library": ("vendor/json.py tests/test_a.py", "tests/test_a.py", "json", []),
    "shadows the standard library": ("json.py tests/test_a.py", "tests/test_a.py", "json", ["json.py"]),
    "floating root": ("libs/one/pkg/__init__.py tests/test_a.py", "tests/test_a.py", "pkg", ["libs/one/pkg/__init__.py"]),
    "floating below a folder of its name": (
        "pkg/pkg/__init__.py tests/test_a.py",
        "tests/test_a.py",
        "pkg",
        ["pkg/pkg/__init__.py"],
    ),
    "inside a package, as a last resort": ("app/__init__.py app/m.py tests/test_a.py", "tests/test_a.py", "m", ["app/m.py"]),
    "beside a script": ("tools/deep/run.py tools/deep/h.py", "tools/deep/run.py", "h", ["tools/deep/h.py"]),
    "built": ("pkg/__init__.py pkg/_fast.pyx", "pkg/x.py", "pkg._fast", ["pkg/_fast.pyx"]),
    "attribute of a module": ("m.py", "x.py", "m.attribute", ["m.py"]),
    "nothing": ("m.py", "x.py", "numpy.linalg", []),
    "package split over roots": (
        "pkg/__init__.py libs/pkg/__init__.py libs/pkg/deep.py", "x.py", "pkg.deep", ["pkg/__init__.py", "libs/pkg/deep.py"]
    ),
    "rootdir is a package": ("__init__.py m.py tests/test_a.py", "tests/test_a.py", "m", ["m.py"]),
}  # fmt: skip


@pytest.mark.parametrize(("files", "importer", "name", "expected"), ABSOLUTE.values(), ids=ABSOLUTE)
def test_absolute(files: str, importer: str, name: str, expected: list[str]) -> None:
    """An absolute name means these files."""
    is_test = file_name(importer).startswith("test_")
    found = resolver(files).absolute(importer, name, is_test=is_test)
    assert list(found.files) == expected


def test_configured_pythonpath() -> None:
    """A configured folder is looked into, also one that is a package."""
    found = resolver("lib/__init__.py lib/m.py t/test_a.py", pythonpath=("lib",))
    assert found.absolute("t/test_a.py", "m", is_test=True).files == ("lib/m.py",)
    assert "lib" in found.layout.roots


def test_import_modes() -> None:
    """Only with `prepend` the own folder silences the others."""
    files = "h.py t/h.py t/test_a.py"
    assert resolver(files).absolute("t/test_a.py", "h", is_test=True).files == ("t/h.py",)
    both = resolver(files, own_root_first=False).absolute("t/test_a.py", "h", is_test=True)
    assert set(both.files) == {"t/h.py", "h.py"}


def test_answers_do_not_depend_on_who_asks_first() -> None:
    """Two files of one package have each their own neighbours."""
    files = "p/__init__.py p/a/__init__.py p/a/x.py p/a/h.py p/b/__init__.py p/b/y.py p/b/h.py"
    for order in (["p/a/x.py", "p/b/y.py"], ["p/b/y.py", "p/a/x.py"]):
        one = resolver(files)
        found = {path: one.absolute(path, "h", is_test=False).files for path in order}
        assert found == {"p/a/x.py": ("p/a/h.py",), "p/b/y.py": ("p/b/h.py",)}


RELATIVE = [
    ("pkg/x.py", "a", 1, ["pkg/a.py"]),
    ("pkg/s/y.py", "a", 2, ["pkg/a.py"]),
    ("pkg/x.py", "", 1, ["pkg/__init__.py"]),
    ("pkg/x.py", "", 3, []),
    ("pkg/x.py", "a", 9, []),
    ("x.py", "a", 2, []),
]


@pytest.mark.parametrize(("importer", "name", "level", "expected"), RELATIVE)
def test_relative(importer: str, name: str, level: int, expected: list[str]) -> None:
    """Dots count folders; beyond the top there is nothing."""
    found = resolver("pkg/__init__.py pkg/a.py pkg/s/y.py").relative(importer, name, level)
    assert list(found.files) == expected


def test_missing_says_where() -> None:
    """A submodule that is not there leaves the package and the place where it was looked for."""
    found = resolver("pkg/__init__.py").absolute("x.py", "pkg.gone", is_test=False)
    assert found == Found((RepoPath("pkg/__init__.py"),), (), ("pkg/gone",))


def test_names_of_a_path() -> None:
    """A file has a name from each root above it."""
    assert resolver("src/pkg/__init__.py src/pkg/a.py").module_paths("src/pkg/a.py") == ("pkg.a", "src.pkg.a")


def test_tree() -> None:
    """A tree knows its folders and what is in them; equal paths have equal shapes."""
    tree = ProjectTree({RepoPath("a/b/c.py"): "1", RepoPath("d.json"): "2"})
    assert tree.folders == {"", "a", "a/b"}
    assert list(tree.python_files()) == ["a/b/c.py"]
    assert list(tree.below("")) == ["a/b/c.py", "d.json"]
    assert list(tree.below("a")) == ["a/b/c.py"]
    assert tree.parents["c"] == {"a/b"}
    assert list(ancestors("a/b/c.py")) == ["a/b", "a", ""]
    assert tree.shape() == ProjectTree({RepoPath("d.json"): "x", RepoPath("a/b/c.py"): "y"}).shape()
    assert tree.shape() != ProjectTree({RepoPath("d.json"): "x"}).shape()
