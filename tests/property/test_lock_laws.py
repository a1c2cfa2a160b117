"""Laws of comparing lock files, whatever is in them."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.model import RepoPath
from pytest_txselect.project.distributions import find_affected_distributions
from pytest_txselect.project.locks import LockError, read_lock
from pytest_txselect.project.locks.conditions import find_conditions
from pytest_txselect.project.moves import AllMoved, SomeMoved, find_moved

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

Entry = tuple[str, str]

NAMES = st.sampled_from(["a", "b-c", "D", "e.f", "g1", "h"])
VERSIONS = st.sampled_from(["1", "2.0", "3.1.4"])
ENTRIES = st.lists(st.tuples(NAMES, VERSIONS), unique_by=lambda entry: entry[0].lower())
PATHS = [
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pylock.toml",
    "Pipfile.lock",
    "requirements.txt",
    "pyproject.toml",
]


def toml(head: str, key: str) -> Callable[[Sequence[Entry]], str]:
    """A writer of a format that has an array of tables."""

    def write(entries: Sequence[Entry]) -> str:
        return head + "".join(
            f'[[{key}]]\nname = "{name}"\nversion = "{version}"\n' for name, version in entries
        )

    return write


WRITERS: dict[str, Callable[[Sequence[Entry]], str]] = {
    "uv.lock": toml("version = 1\n", "package"),
    "poetry.lock": toml('[metadata]\nlock-version = "2.1"\n', "package"),
    "pdm.lock": toml('[metadata]\nlock_version = "4.5"\n', "package"),
    "pylock.toml": toml('lock-version = "1.0"\n', "packages"),
    "Pipfile.lock": lambda entries: json.dumps(
        {
            "_meta": {"pipfile-spec": 6},
            "default": {name: {"version": f"=={version}"} for name, version in entries},
        }
    ),
    "requirements.txt": lambda entries: "".join(f"{name}=={version}\n" for name, version in entries),
    "pyproject.toml": lambda entries: (
        f"[project]\ndependencies = {json.dumps([f'{name}=={version}' for name, version in entries])}\n"
    ),
}
FORMATS = st.sampled_from(sorted(WRITERS))


def compare(path: str, old: Sequence[Entry], new: Sequence[Entry]) -> set[str]:
    """Names of what moved between two lists of entries."""
    result = find_moved(RepoPath(path), WRITERS[path](old).encode(), WRITERS[path](new).encode())
    assert isinstance(result, SomeMoved)
    return set(result.names)


def normalized(entries: Sequence[Entry]) -> dict[str, str]:
    """The entries by normalized name."""
    return {name.lower().replace(".", "-"): version for name, version in entries}


@given(FORMATS, ENTRIES, ENTRIES, st.randoms())
def test_exactly_the_entries_that_differ_move(
    path: str, old: list[Entry], new: list[Entry], random: Random
) -> None:
    """Added, removed and changed entries move, others do not; in any order, in either direction."""
    before, after = normalized(old), normalized(new)
    expected = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    shuffled = list(new)
    random.shuffle(shuffled)
    assert compare(path, old, new) == expected
    assert compare(path, old, shuffled) == expected
    assert compare(path, shuffled, old) == expected


@given(FORMATS, ENTRIES, VERSIONS)
def test_adding_one_entry_moves_exactly_it(path: str, entries: list[Entry], version: str) -> None:
    """One more distribution that nobody needs is one move."""
    assert compare(path, entries, [*entries, ("zz", version)]) == {"zz"}
    assert compare(path, entries, entries) == set()


@given(st.sampled_from(PATHS), st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_anything_is_read_or_refused(path: str, content: bytes) -> None:
    """Whatever the bytes, the answer is a table or a LockError; the same bytes twice are no difference."""
    try:
        read_lock(RepoPath(path), content)
    except LockError:
        return
    result = find_moved(RepoPath(path), content, content)
    assert isinstance(result, SomeMoved)
    assert not result.names


@given(st.lists(st.text("ab=<>1.;[]-_#@/\\ '\"\n()", max_size=20), max_size=6), st.randoms())
def test_lines_of_a_list_in_any_order(lines: list[str], random: Random) -> None:
    """Requirement lines may be shuffled freely, as long as none is an option or goes on in the next."""
    plain = [line for line in lines if line.strip()[:1] != "-" and not {"\n", "\\"} & set(line)]
    shuffled = list(plain)
    random.shuffle(shuffled)
    path = RepoPath("requirements.txt")
    try:
        old = read_lock(path, "\n".join(plain).encode())
    except LockError:
        return
    if old.ground:  # addresses without a name: their order is kept, to be safe
        return
    result = find_moved(path, "\n".join(plain).encode(), "\n".join(shuffled).encode())
    assert not isinstance(result, AllMoved)
    assert not result.names


NODES = st.sampled_from("abcdef")
GRAPHS = st.dictionaries(NODES, st.frozensets(NODES))


@given(GRAPHS, st.frozensets(NODES), st.frozensets(NODES))
def test_more_moves_never_affect_fewer(
    graph: dict[str, frozenset[str]], one: frozenset[str], two: frozenset[str]
) -> None:
    """What is affected grows with what moved, contains it, and every chain is a way along the edges."""
    few = find_affected_distributions(one, graph)
    many = find_affected_distributions(one | two, graph)
    assert one <= few.keys() <= many.keys()
    for name, way in many.items():
        assert (way[0], way[-1] in one | two) == (name, True)
        assert all(target in graph[source] for source, target in itertools.pairwise(way))


@given(st.dictionaries(NODES, st.lists(st.tuples(NODES, st.sampled_from(["", "m", "n"])), max_size=4)), NODES)
def test_conditions_are_minimal_and_complete(arcs: dict[str, list[tuple[str, str]]], start: str) -> None:
    """Whichever markers hold, a node has a condition that holds just if edges that hold lead to it."""
    found = find_conditions(arcs, [start])
    for holding in (set(), {"m"}, {"n"}, {"m", "n"}):
        reached = {start}
        waiting = [start]
        while waiting:
            for target, marker in arcs.get(waiting.pop(), []):
                if target not in reached and (not marker or marker in holding):
                    reached.add(target)
                    waiting.append(target)
        installed = {
            node for node, conditions in found.items() if any(way.markers <= holding for way in conditions)
        }
        assert installed == reached
