"""What each CI provider says a build is to be compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_txselect.changes.base import read_event
from pytest_txselect.changes.ci import CiBase, find_ci_base

if TYPE_CHECKING:
    from pathlib import Path

A, B, ZEROS = "a1" * 20, "b2" * 20, "0" * 40
MAIN = "refs/remotes/origin/main"
GITHUB = {"GITHUB_ACTIONS": "true", "CI": "true"}
GITLAB = {"GITLAB_CI": "true", "CI": "true"}


@pytest.mark.parametrize(
    ("environment", "event", "names"),
    [
        (
            {**GITHUB, "GITHUB_BASE_REF": "main"},
            {"pull_request": {"base": {"sha": A}}, "before": B},
            (MAIN, A),
        ),
        ({**GITHUB, "GITHUB_BASE_REF": "main"}, None, (MAIN,)),
        ({**GITHUB, "GITHUB_BASE_REF": ""}, {"before": B}, (B,)),
        (GITHUB, {"before": ZEROS}, ()),
        (GITHUB, {"before": "-x"}, ()),
        (GITHUB, {"before": ["x"]}, ()),
        (GITHUB, {"merge_group": {"base_sha": A}}, (A,)),
        (GITHUB, {"schedule": "0 0 * * *"}, ()),
        (GITHUB, ["not", "an", "object"], ()),
        (
            {**GITLAB, "CI_MERGE_REQUEST_DIFF_BASE_SHA": A, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"},
            None,
            (A, MAIN),
        ),
        ({**GITLAB, "CI_COMMIT_BEFORE_SHA": A}, None, (A,)),
        ({**GITLAB, "CI_COMMIT_BEFORE_SHA": ZEROS}, None, ()),
        ({"CIRCLECI": "true", "CIRCLE_COMPARE_URL": f"https://github.com/o/r/compare/{A}...{B}"}, None, (A,)),
        ({"CIRCLECI": "true", "CIRCLE_COMPARE_URL": f"https://github.com/o/r/commit/{A}"}, None, ()),
        ({"CIRCLECI": "true"}, None, ()),
        ({"TF_BUILD": "True", "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"}, None, (MAIN,)),
        ({"TF_BUILD": "True", "SYSTEM_PULLREQUEST_TARGETBRANCH": "main"}, None, (MAIN,)),
        ({"TF_BUILD": "True"}, None, ()),
        (
            {
                "BITBUCKET_BUILD_NUMBER": "7",
                "BITBUCKET_PR_DESTINATION_BRANCH": "main",
                "BITBUCKET_PR_DESTINATION_COMMIT": A[:12],
            },
            None,
            (MAIN, A[:12]),
        ),
        ({"BUILDKITE": "true", "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main"}, None, (MAIN,)),
        ({"BUILDKITE": "true", "BUILDKITE_PULL_REQUEST_BASE_BRANCH": ""}, None, ()),
        ({"JENKINS_URL": "http://j", "CHANGE_TARGET": "main"}, None, (MAIN,)),
        ({"GIT_PREVIOUS_SUCCESSFUL_COMMIT": A}, None, (A,)),
        ({"CI": "true"}, None, ()),
    ],
)
def test_names_of_each_provider(environment: dict[str, str], event: Any, names: tuple[str, ...]) -> None:
    """The table of providers."""
    found = find_ci_base(environment, event)
    assert found is not None
    assert found.names == names


@pytest.mark.parametrize(
    "environment", [{}, {"CI": "false"}, {"GITHUB_ACTIONS": "false"}, {"CHANGE_TARGET": ""}]
)
def test_a_desk_is_not_ci(environment: dict[str, str]) -> None:
    """Without a provider's own mark there is no provider."""
    assert find_ci_base(environment) is None


def test_the_provider_is_named() -> None:
    """Messages say who told us."""
    assert find_ci_base({"BUILDKITE": "true"}) == CiBase("Buildkite")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["before", "base", "pull_request", "sha"]), inner)
    ),
)


@given(JSON, st.sampled_from(["", "main"]))
def test_any_event_gives_names_that_are_not_options(event: Any, target: str) -> None:
    """The event comes from outside; nothing in it can become an option of git."""
    found = find_ci_base({**GITHUB, "GITHUB_BASE_REF": target}, event)
    assert found is not None
    assert not any(name.startswith("-") for name in found.names)


@pytest.mark.parametrize(
    ("content", "event"),
    [(b'{"before": "x"}', {"before": "x"}), (b"{", None), (b"\xff\xfe\xff", None), (b"[" * 200_000, None)],
)
def test_the_event_is_read_or_left(tmp_path: Path, content: bytes, event: Any) -> None:
    """A damaged event file is as good as none: the base is then found otherwise."""
    place = tmp_path / "event.json"
    place.write_bytes(content)
    assert read_event({"GITHUB_EVENT_PATH": str(place)}) == event


@pytest.mark.parametrize(
    "environment", [{}, {"GITHUB_EVENT_PATH": ""}, {"GITHUB_EVENT_PATH": "/nowhere/event.json"}]
)
def test_there_may_be_no_event(environment: dict[str, str]) -> None:
    """Nothing to read is nothing, not an error."""
    assert read_event(environment) is None
