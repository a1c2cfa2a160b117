"""Conditions carried along the edges of a lock file's graph."""

from __future__ import annotations

import pytest

from pytest_txselect.project.locks.conditions import MAX_WAYS, Arcs, find_conditions
from pytest_txselect.project.locks.table import Condition


def when(section: str, *markers: str) -> Condition:
    """A condition in short."""
    return Condition(section, frozenset(markers))


@pytest.mark.parametrize(
    ("arcs", "node", "expected"),
    [
        ({"s": [("a", "")]}, "a", {when("s")}),
        ({"s": [("a", "m")]}, "a", {when("s", "m")}),
        ({"s": [("a", "m")], "a": [("b", "n")]}, "b", {when("s", "m", "n")}),
        ({"s": [("a", "m"), ("b", "")], "a": [("b", "n")]}, "b", {when("s")}),
        ({"s": [("a", "m"), ("b", "n")], "a": [("b", "n")]}, "b", {when("s", "n")}),
        ({"s": [("a", "m"), ("a", "n")]}, "a", {when("s", "m"), when("s", "n")}),
        ({"s": [("a", "")], "a": [("b", "")], "b": [("a", "m")]}, "a", {when("s")}),
        ({"s": [("a", "")], "t": [("a", "m")]}, "a", {when("s"), when("t", "m")}),
        ({"s": [("a", "m"), ("b", "")], "a": [("c", "")], "b": [("c", "")]}, "c", {when("s")}),
        ({"x": [("a", "")]}, "a", None),
    ],
)
def test_conditions(arcs: Arcs, node: str, expected: set[Condition] | None) -> None:
    """A node is installed under the markers of any way to it; longer ways that add nothing are dropped."""
    assert find_conditions(arcs, ["s", "t"]).get(node) == expected


def test_a_shorter_way_found_late_replaces_the_longer() -> None:
    """Breadth-first order meets the marked way first."""
    arcs = {"s": [("a", "m"), ("b", "")], "b": [("c", "")], "c": [("a", "")], "a": [("z", "")]}
    assert find_conditions(arcs, ["s"])["z"] == {when("s")}


def test_too_many_ways_fall_back_to_the_whole_graph() -> None:
    """With too many ways the condition stands for the graph as it is: it changes with any edge."""
    many = [("a", f"m{number}") for number in range(MAX_WAYS + 1)]
    found = find_conditions({"s": many, "a": [("b", "")]}, ["s"])
    assert len(found["a"]) == 1
    assert found["a"] == find_conditions({"s": many[::-1], "a": [("b", "")]}, ["s"])["a"]
    assert found["a"] != find_conditions({"s": [*many, ("c", "")], "a": [("b", "")]}, ["s"])["a"]
    assert find_conditions({"s": many[1:]}, ["s"])["a"] == {when("s", marker) for _, marker in many[1:]}
