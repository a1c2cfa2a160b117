"""What commit messages and the environment ask for."""

from __future__ import annotations

import pytest

from pytest_txselect.changes.directives import Directive, find_directive, parse_directives

ALL, FILTER, SKIP = Directive.TEST_ALL, Directive.NO_FILTER, Directive.SKIP_CI


@pytest.mark.parametrize(
    ("message", "directives"),
    [
        ("Fix it", set()),
        ("Fix it [test all]", {ALL}),
        ("Fix it [Test_All]", {ALL}),
        ("[test-all] Fix it", {ALL}),
        ("[all tests]", {ALL}),
        ("[testall]", {ALL}),
        ("Body\n\n  [ TEST  ALL ]\n", {ALL}),
        ("[no filter]", {FILTER}),
        ("[no-filter]", {FILTER}),
        ("[NO_FILTER]", {FILTER}),
        ("[skip ci]", {SKIP}),
        ("[ci skip]", {SKIP}),
        ("[skip-ci]", {SKIP}),
        ("[no ci]", {SKIP}),
        ("[skip actions] [skip circleci]", {SKIP}),
        ("***NO_CI***", {SKIP}),
        ("[WIP] [core] [test all] [skip ci]", {ALL, SKIP}),
        ("[[test all]]", {ALL}),
        ("test all", set()),
        ("[test all the things]", set()),
        ("[test]", set()),
        ("[]", set()),
        ("[test\nall]", set()),
    ],
)
def test_spellings(message: str, directives: set[Directive]) -> None:
    """The usual spellings are understood, and nothing else is."""
    assert parse_directives(message) == directives


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("x [test_all]", "[test all] in the message of the head commit"),
        ("x [no-filter]", "[no filter] in the message of the head commit"),
        ("[no filter] [test all]", "[test all] in the message of the head commit"),
        ("x [skip ci]", None),
        ("x", None),
    ],
)
def test_a_message_asks_for_everything_or_not(message: str, why: str | None) -> None:
    """Skipping CI is for the provider: it asks nothing of a run that was started all the same."""
    assert find_directive(message, {}) == why


@pytest.mark.parametrize("value", ["1", "true", "YES", "on", "anything"])
def test_the_environment_asks_for_everything(value: str) -> None:
    """What does not plainly say no, says yes."""
    assert find_directive("", {"TXSELECT_RUN_ALL": value}) == f"TXSELECT_RUN_ALL={value} in the environment"


@pytest.mark.parametrize("value", ["", "0", "false", "No", " off "])
def test_the_environment_says_no(value: str) -> None:
    """An unset or false variable asks for nothing."""
    assert find_directive("", {"TXSELECT_RUN_ALL": value}) is None
