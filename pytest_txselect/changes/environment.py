"""How git is started: options that keep it quiet and predictable, and which `GIT_*` variables reach it.

Inside a hook git sets `GIT_DIR`, `GIT_INDEX_FILE` and others for the repository that the hook belongs to.
They would make us answer for that repository whatever directory we are asked about, and take the current
directory for the top of the work tree. So the variables that say *where* the repository is are dropped, and
the repository is found from the directory, as a person would expect. One pair is kept: `GIT_DIR` with
`GIT_WORK_TREE`, when the directory is inside that work tree; somebody keeps a work tree and its repository in
separate places then, and only these variables know.

Variables that configure git (`GIT_CONFIG_*`, which is how containers say `safe.directory`), that reach a
remote (`GIT_SSH_COMMAND`, `GIT_ASKPASS`) or that trace are the user's business, and stay.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GIT_OPTIONS", "point_at", "prepare_environment"]

GIT_OPTIONS: Final = (
    "--no-pager",
    "--literal-pathspecs",
    *("-c", "core.quotePath=false"),
    *("-c", "core.fsmonitor=false"),  # may name a program of the repository's choice
    *("-c", "core.hooksPath=/dev/null"),  # we read; nothing of the project's may run
    *("-c", "core.warnAmbiguousRefs=true"),  # how an ambiguous REF is noticed
    *("-c", "diff.relative=false"),
    *("-c", "color.ui=false"),
    *("-c", "protocol.version=2"),  # servers then give a commit by its name
    *("-c", "fetch.recurseSubmodules=false"),
    *("-c", "fetch.prune=false"),
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
)
"""Options before the subcommand. All known to git 2.25; configuration that a version does not know is ignored
by it."""

_PLACE: Final = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
"""Where a repository is: `git rev-parse --local-env-vars` without the variables that only configure."""

_MEANING: Final = (
    "GIT_DIFF_OPTS",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
)
"""What would change the meaning of what we ask."""


def prepare_environment(environment: Mapping[str, str], directory: Path) -> dict[str, str]:
    """Return the environment in which git is asked about `directory`.

    Args:
        environment: the environment of the process.
        directory: an absolute directory, somewhere in the work tree.
    """
    chosen = {name: value for name, value in environment.items() if name not in _PLACE + _MEANING}
    chosen |= _find_separate_place(environment, directory)
    chosen |= {
        "GIT_NO_REPLACE_OBJECTS": "1",  # memory is keyed by object name: it must mean its content
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",  # its messages are read
    }
    return chosen


def point_at(environment: Mapping[str, str], top: Path, git_dir: Path) -> dict[str, str]:
    """Return `environment` with the repository named, so that git need not look for it again."""
    return {**environment, "GIT_DIR": str(git_dir), "GIT_WORK_TREE": str(top)}


def _find_separate_place(environment: Mapping[str, str], directory: Path) -> dict[str, str]:
    git_dir, top = environment.get("GIT_DIR"), environment.get("GIT_WORK_TREE")
    if not git_dir or not top:
        return {}
    work_tree = Path(top).resolve()
    if not directory.resolve().is_relative_to(work_tree):
        return {}
    return {"GIT_DIR": str(Path(git_dir).resolve()), "GIT_WORK_TREE": str(work_tree)}
