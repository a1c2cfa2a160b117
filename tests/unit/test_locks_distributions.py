"""From what moved to what needs it, and to modules."""

from __future__ import annotations

import pytest

from pytest_txselect.model import RepoPath
from pytest_txselect.project.distributions import (
    Installed,
    InstalledDistribution,
    find_affected_distributions,
    find_dragged,
    find_relevant,
    find_requires,
    map_modules,
)
from pytest_txselect.project.moves import AllMoved, SomeMoved, find_moved, find_never_here
from pytest_txselect.project.needs import Need, find_asked_extras, parse_need, parse_needs_of_egg

LINUX = {
    "python_version": "3.13",
    "python_full_version": "3.13.1",
    "sys_platform": "linux",
    "os_name": "posix",
    "platform_system": "Linux",
    "implementation_name": "cpython",
    "implementation_version": "3.13.1",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "6",
    "platform_version": "1",
}

UV = """\
version = 1
requires-python = ">=3.11"

[[package]]
name = "demo"
version = "0"
source = { virtual = "." }
dependencies = [
    { name = "requests" },
    { name = "colorama", marker = "sys_platform == 'win32'" },
]

[package.dev-dependencies]
docs = [{ name = "sphinx" }]

[[package]]
name = "requests"
version = "1"
dependencies = [{ name = "idna" }, { name = "rare", marker = "extra == 'group-4-demo-x'" }]

[[package]]
name = "idna"
version = "1"

[[package]]
name = "rare"
version = "1"

[[package]]
name = "colorama"
version = "1"

[[package]]
name = "sphinx"
version = "1"
dependencies = [{ name = "colorama", marker = "platform_system == 'Windows'" }, { name = "idna" }]
"""


def move(*edits: tuple[str, str], environment: dict[str, str] | None = None) -> SomeMoved:
    """What the edits of the lock file above move."""
    text = UV
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    result = find_moved(RepoPath("uv.lock"), UV.encode(), text.encode(), environment)
    assert isinstance(result, SomeMoved)
    return result


def bump(name: str) -> tuple[str, str]:
    """An edit that moves one distribution."""
    return f'name = "{name}"\nversion = "1"', f'name = "{name}"\nversion = "2"'


def test_affected_with_their_chains() -> None:
    """What needs a moved distribution is affected, with the way there; the project itself is not."""
    result = move(bump("idna"))
    assert find_affected_distributions(result.names, result.requires, result.own) == {
        "idna": ("idna",),
        "requests": ("requests", "idna"),
        "sphinx": ("sphinx", "idna"),
    }


@pytest.mark.parametrize(
    ("moved", "requires", "expected"),
    [
        ([], {"a": {"b"}}, {}),
        (["c"], {"a": {"b"}, "b": {"c"}}, {"c": ("c",), "b": ("b", "c"), "a": ("a", "b", "c")}),
        (["a"], {"a": {"b"}, "b": {"a"}}, {"a": ("a",), "b": ("b", "a")}),
        (
            ["d"],
            {"a": {"b", "c"}, "c": {"d"}, "b": {"d"}},
            {
                "d": ("d",),
                "b": ("b", "d"),
                "c": ("c", "d"),
                "a": ("a", "b", "d"),
            },
        ),
        (["x"], {"own": {"x"}, "y": {"own"}}, {"x": ("x",)}),
    ],
)
def test_affected(
    moved: list[str], requires: dict[str, set[str]], expected: dict[str, tuple[str, ...]]
) -> None:
    """Cycles end; the first by name of several shortest ways is told; nothing passes through own code."""
    edges = {name: frozenset(targets) for name, targets in requires.items()}
    assert find_affected_distributions(moved, edges, frozenset({"own"})) == expected


def test_edges_of_both_ends_count() -> None:
    """A distribution that needed what moved at the base alone is affected too."""
    result = move(bump("idna"), ('[{ name = "idna" }, { name = "rare"', '[{ name = "rare"'))
    assert "requests" in find_affected_distributions(result.names, result.requires, result.own)


@pytest.mark.parametrize(
    ("edits", "symbolic", "here"),
    [
        ([("sys_platform == 'win32'", "os_name == 'nt'")], {"colorama"}, set()),
        ([("sys_platform == 'win32'", "sys_platform != 'win32'")], {"colorama"}, {"colorama"}),
        (
            [('{ name = "idna" }, {', '{ name = "idna", marker = "python_version > \'3\'" }, {')],
            {"idna"},
            set(),
        ),
        ([("group-4-demo-x", "group-4-demo-y")], {"rare"}, {"rare"}),
        ([bump("colorama")], {"colorama"}, {"colorama"}),
    ],
)
def test_conditions_are_compared_by_what_they_mean_here(
    edits: list[tuple[str, str]], symbolic: set[str], here: set[str]
) -> None:
    """With an environment, markers that come out the same are no move; a changed version is."""
    assert move(*edits).names == symbolic
    assert move(*edits, environment=LINUX).names == here


@pytest.mark.parametrize(
    ("edits", "never"),
    [
        ([bump("colorama")], {"colorama"}),  # Windows only, at both ends
        ([bump("sphinx")], {"sphinx"}),  # listed at both ends, absent now: that group is not installed here
        ([('name = "rare"\nv', 'name = "new"\nversion = "1"\n\n[[package]]\nname = "rare"\nv')], {"new"}),
        ([('[[package]]\nname = "idna"\nversion = "1"\n', "")], set()),  # removed: it may have been here
        (
            [('[[package]]\nname = "colorama"\nversion = "1"\n', "")],
            {"colorama"},
        ),  # removed, but Windows only
        ([bump("sphinx"), ('{ name = "sphinx" }', "")], set()),  # its group lost it: it may have been here
    ],
)
def test_never_here(edits: list[tuple[str, str]], never: set[str]) -> None:
    """What the lock says cannot have been installed here at either end is told from what may have been."""
    result = move(*edits, environment=LINUX)
    assert find_never_here(result, {"requests"}, LINUX) == never


def test_an_installed_one_is_here_whatever_its_markers_say() -> None:
    """What is installed counts, even if the lock would not have put it there."""
    assert find_never_here(move(bump("colorama")), {"colorama"}, LINUX) == set()


def test_markers_that_cannot_be_evaluated_may_hold() -> None:
    """A marker that is none, or compares what cannot be compared, never hides a move."""
    for marker in ("nonsense", "python_version ~= 'x'", "'dev' in dependency_groups", "unknown_name == 'x'"):
        old = f'lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\nmarker = "{marker}"\n'.encode()
        result = find_moved(RepoPath("pylock.toml"), old, b'lock-version = "1.0"\n', LINUX)
        assert isinstance(result, SomeMoved)
        assert find_never_here(result, set(), LINUX) == set()


def test_relevant() -> None:
    """Absent dependents cannot be noticed here; a removed one can, and stays to be named."""
    result = move(bump("idna"), ('[[package]]\nname = "rare"\nversion = "1"\n', ""), environment=LINUX)
    affected = find_affected_distributions(result.names, result.requires, result.own)
    assert set(affected) == {"idna", "requests", "sphinx", "rare"}
    assert set(find_relevant(affected, result, {"idna", "requests"}, LINUX)) == {"idna", "requests", "rare"}


def test_dragged() -> None:
    """In a list that is no lock, what an unpinned one needs may move with it, as far as nothing pins it."""
    old, new = b"a>=1\npinned==1\nloose>=1\n", b"a>=2\npinned==1\nloose>=1\n"
    result = find_moved(RepoPath("requirements.in"), old, new)
    assert isinstance(result, SomeMoved)
    needs = {
        "a": [Need("b"), Need("pinned"), Need("loose")],
        "b": [Need("c"), Need("a")],
        "pinned": [Need("d")],
        "z": [Need("a")],
    }
    assert find_dragged(result, needs) == {"b": ("b", "a"), "loose": ("loose", "a"), "c": ("c", "b", "a")}
    assert find_dragged(move(bump("requests")), needs) == {}


FAST = [Need("b"), Need("f", when=frozenset({"fast"})), Need("s", when=frozenset({"slow", "old"}))]
ALL = Need("a", extras=frozenset({"fast"}), when=frozenset({"all"}))


@pytest.mark.parametrize(
    ("line", "needs", "dragged"),
    [
        ("a>=2", {"a": FAST}, {"b"}),
        ("a[fast]>=2", {"a": FAST}, {"b", "f"}),
        ("a[Fast,old]>=2", {"a": FAST}, {"b", "f", "s"}),
        ("a>=2", {"a": FAST, "other": [Need("a", extras=frozenset({"slow"}))]}, {"b", "s"}),
        (
            "a>=2",
            {"a": FAST, "other": [Need("a", extras=frozenset({"fast"}), when=frozenset({"x"}))]},
            {"b", "f"},
        ),
        ("a>=2", {"a": [*FAST, ALL]}, {"b"}),
        ("a[all]>=2", {"a": [*FAST, ALL]}, {"b", "f"}),
        ("a>=2", {"a": [Need("b")], "b": [Need("c", when=frozenset({"x"}))]}, {"b"}),
        (
            "a>=2",
            {"a": [Need("b", extras=frozenset({"x"}))], "b": [Need("c", when=frozenset({"x"}))]},
            {"b", "c"},
        ),
    ],
)
def test_dragged_by_extras(line: str, needs: dict[str, list[Need]], dragged: set[str]) -> None:
    """What only an extra needs moves along where somebody asks for that extra: the list, or what is installed."""
    result = find_moved(RepoPath("requirements.in"), b"a>=1\n", f"{line}\n".encode())
    assert isinstance(result, SomeMoved)
    assert set(find_dragged(result, needs)) == dragged


@pytest.mark.parametrize(
    ("line", "need"),
    [
        ("a", Need("a")),
        ("A.b (>=1)", Need("a-b")),
        ("a[X_y, z]>=1", Need("a", frozenset({"x-y", "z"}))),
        ('a; extra == "Fast"', Need("a", when=frozenset({"fast"}))),
        (
            "a>=1; python_version < '3' and (extra == 'x' or 'y' == extra)",
            Need("a", when=frozenset({"x", "y"})),
        ),
        ("a; extra != 'x'", Need("a")),
        ("a; extra in 'x y' or extra == 'x'", Need("a")),
        ("a; python_version < '3'", Need("a")),
        ("# nothing", None),
        ("", None),
    ],
)
def test_needs(line: str, need: Need | None) -> None:
    """A line of metadata names what is needed, with the extras; what cannot be told is needed anyway."""
    assert parse_need(line) == need


def test_needs_of_an_egg() -> None:
    """The sections of `requires.txt` are extras, with or without a marker."""
    text = "a\nb[x]\n\n[fast]\nc\n\n[Slow:python_version < '3']\nd\n[:os_name == 'nt']\ne\n"
    assert parse_needs_of_egg(text) == [
        Need("a"),
        Need("b", frozenset({"x"})),
        Need("c", when=frozenset({"fast"})),
        Need("d", when=frozenset({"slow"})),
        Need("e"),
    ]


@pytest.mark.parametrize(
    ("line", "name", "required"),
    [
        ("a>=2", "pytest", {"pluggy"}),
        ("pytest[dev]>=2", "pytest", {"pluggy", "numpy"}),
        ("a>=2", "other", {"pluggy", "numpy"}),
    ],
)
def test_development_of_pytest(line: str, name: str, required: set[str]) -> None:
    """What pytest's own extras need is nothing that every test runs on; of others it counts, as it may be used."""
    moved = find_moved(RepoPath("requirements.txt"), b"b==1\n", f"b==2\n{line}\n".encode())
    assert isinstance(moved, SomeMoved)
    needs = {name: [Need("pluggy"), Need("numpy", when=frozenset({"dev"}))]}
    assert find_requires(moved, needs) == {name: required}


def test_any_extra_of_the_own_project() -> None:
    """Whoever works on a project may have installed any of its extras."""
    needs = {"own": [Need("a", when=frozenset({"dev"}))]}
    assert find_asked_extras(needs, {}, {"own"}) == {"own": {"dev"}}
    assert find_asked_extras(needs, {}, ()) == {}


def test_map_modules() -> None:
    """Modules and commands by provider, what is absent or opaque unmapped, and what every test runs on."""
    known = {
        item.name: item
        for item in (
            InstalledDistribution("a", "1", modules=frozenset({"a", "ns.a"}), scripts=frozenset({"a-tool"})),
            InstalledDistribution("b", "1", modules=frozenset({"a"})),
            InstalledDistribution("opaque", "1", mapped=False),
            InstalledDistribution("plug", "1", modules=frozenset({"plug"}), plugin=True),
            InstalledDistribution("start", "1", startup=True),
            InstalledDistribution("pytest", "9", modules=frozenset({"pytest"})),
            InstalledDistribution("unasked", "9", modules=frozenset({"unasked"})),
        )
    }
    found = map_modules(["b", "a", "opaque", "plug", "start", "pytest", "absent"], Installed(known))
    assert found.modules == {"a": ("a", "b"), "ns.a": ("a",), "plug": ("plug",), "pytest": ("pytest",)}
    assert found.scripts == {"a-tool": ("a",)}
    assert found.unmapped == {"opaque", "absent"}
    assert found.everywhere == {"plug", "start", "pytest"}


def test_everything_moved_is_a_value_of_its_own() -> None:
    """It cannot be mistaken for an empty set of moves."""
    result = find_moved(RepoPath("uv.lock"), UV.encode(), UV.replace(">=3.11", ">=3.12").encode())
    assert result == AllMoved(("requires-python >=3.11", "requires-python >=3.12"))
