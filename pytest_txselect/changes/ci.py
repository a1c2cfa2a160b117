"""What a CI provider says the build is to be compared with. Pure: environment and event are arguments.

Each provider is one function from its variables to the names to try, best first; tracking refs are written in
full, so that a local branch of the same name is never meant. A provider that says nothing (a scheduled build,
a new branch) answers with no names, and the caller falls back on the default branch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CiBase", "find_ci_base"]

_Environment: TypeAlias = "Mapping[str, str]"
_HASH: Final = re.compile(r"[0-9a-f]{7,64}")
_COMPARED: Final = re.compile(r"/([0-9a-f]{7,64})\.{2,3}[0-9a-f]{7,64}\Z")


@dataclass(frozen=True, slots=True)
class CiBase:
    """What a build is to be compared with.

    Attributes:
        provider: who says so.
        names: revisions to try, best first; none where the provider does not say.
    """

    provider: str
    names: tuple[str, ...] = ()


def find_ci_base(environment: _Environment, event: Any = None) -> CiBase | None:
    """Return what the provider of this build says, None where no provider is known.

    Args:
        environment: of the process.
        event: the parsed JSON of `GITHUB_EVENT_PATH`, if there is one. It comes from outside, so anything is
            expected.
    """
    if _is_true(environment, "GITHUB_ACTIONS"):
        return CiBase("GitHub", _keep(_read_github(environment, event)))
    for variable, provider, read in _PROVIDERS:
        if environment.get(variable):
            return CiBase(provider, _keep(read(environment)))
    if _is_true(environment, "CI"):
        return CiBase("CI")
    return None


def _read_github(environment: _Environment, event: Any) -> tuple[str, ...]:
    target = _find_branch(environment.get("GITHUB_BASE_REF"))
    if target:
        return (target, _find_commit(_dig(event, "pull_request", "base", "sha")))
    queue = _find_commit(_dig(event, "merge_group", "base_sha"))
    return (queue, _find_commit(_dig(event, "before")))


def _read_gitlab(environment: _Environment) -> tuple[str, ...]:
    return (
        _find_commit(environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA")),
        _find_branch(environment.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")),
        _find_commit(environment.get("CI_COMMIT_BEFORE_SHA")),
    )


def _read_circleci(environment: _Environment) -> tuple[str, ...]:
    compared = _COMPARED.search(environment.get("CIRCLE_COMPARE_URL", ""))
    return (compared[1],) if compared else ()


def _read_azure(environment: _Environment) -> tuple[str, ...]:
    return (_find_branch(environment.get("SYSTEM_PULLREQUEST_TARGETBRANCH")),)


def _read_bitbucket(environment: _Environment) -> tuple[str, ...]:
    return (
        _find_branch(environment.get("BITBUCKET_PR_DESTINATION_BRANCH")),
        _find_commit(environment.get("BITBUCKET_PR_DESTINATION_COMMIT")),
    )


def _read_buildkite(environment: _Environment) -> tuple[str, ...]:
    return (_find_branch(environment.get("BUILDKITE_PULL_REQUEST_BASE_BRANCH")),)


def _read_jenkins(environment: _Environment) -> tuple[str, ...]:
    return (
        _find_branch(environment.get("CHANGE_TARGET")),
        _find_commit(environment.get("GIT_PREVIOUS_SUCCESSFUL_COMMIT")),
    )


_PROVIDERS: Final[tuple[tuple[str, str, Callable[[_Environment], tuple[str, ...]]], ...]] = (
    ("GITLAB_CI", "GitLab", _read_gitlab),
    ("CIRCLECI", "CircleCI", _read_circleci),
    ("TF_BUILD", "Azure", _read_azure),
    ("BITBUCKET_BUILD_NUMBER", "Bitbucket", _read_bitbucket),
    ("BUILDKITE", "Buildkite", _read_buildkite),
    ("JENKINS_URL", "Jenkins", _read_jenkins),
    ("CHANGE_TARGET", "Jenkins", _read_jenkins),
    ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", "Jenkins", _read_jenkins),
)


def _find_branch(name: str | None) -> str:
    """Return the tracking ref of a target branch; Azure writes it with `refs/heads/`, the others without."""
    branch = (name or "").strip().removeprefix("refs/heads/")
    return f"refs/remotes/origin/{branch}" if branch else ""


def _find_commit(name: Any) -> str:
    """Return an object name; all zeros, which is how a new branch is told, is none."""
    return name if isinstance(name, str) and _HASH.fullmatch(name) and name.strip("0") else ""


def _dig(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _keep(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name)


def _is_true(environment: _Environment, name: str) -> bool:
    return environment.get(name, "").lower() in {"1", "true", "yes"}
