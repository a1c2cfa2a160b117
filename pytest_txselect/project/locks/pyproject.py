"""The tables of pyproject.toml that say what gets installed; what else is in it is not looked at here.

`[project] dependencies`, `optional-dependencies`, `[dependency-groups]`, `[tool.pdm.dev-dependencies]`,
`[tool.uv] dev-dependencies` hold requirement lines; `[tool.poetry.dependencies]`, `dev-dependencies`,
`group.NAME.dependencies` hold tables by name; `[tool.uv.sources]` says where a name comes from. Ground is
everything else that an installer reads: the Python version, the build system, dynamic dependencies, included
groups, and the other keys of uv, poetry, pdm, hatch environments and pixi.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

from pytest_txselect.project.locks.requirements import read_requirement
from pytest_txselect.project.locks.table import (
    Condition,
    Locked,
    LockError,
    LockTable,
    as_list,
    as_table,
    canonical,
    load_toml,
    merge,
    normalize,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_txselect.model import RepoPath

__all__ = ["read_pyproject"]

UV_LISTS: Final = frozenset({"dev-dependencies", "sources", "workspace"})
POETRY_INSTALLER: Final = (
    "source",
    "extras",
    "package-mode",
    "packages",
    "include",
    "build",
    "requires-poetry",
)
PDM_INSTALLER: Final = ("source", "resolution", "options", "build")


def read_pyproject(path: RepoPath, content: bytes) -> LockTable:
    """Read what a pyproject.toml says of dependencies."""
    data = load_toml(path, content)
    tools = as_table(path, data.get("tool", {}))
    tool = {name: as_table(path, tools.get(name, {})) for name in ("uv", "poetry", "pdm", "hatch", "pixi")}
    project = as_table(path, data.get("project", {}))
    entries = []
    ground = [*find_ground(path, data, project, tool)]
    for section, lines in find_sections(path, data, project, tool):
        for item in lines:
            if isinstance(item, str):
                entries.append(read_item(path, item, section))
            else:
                ground.append(f"{section} {canonical(item)}")
    for section, table in find_poetry_sections(path, tool["poetry"]):
        for name, value in table.items():
            if name == "python":
                ground.append(f"python {canonical(value)}")
            else:
                entries.append(read_poetry_item(path, name, value, section))
    for name, source in as_table(path, tool["uv"].get("sources", {})).items():
        mark = frozenset({canonical({"source": source})})
        entries.append(Locked(normalize(path, name), frozenset(), mark, frozenset(), pinned=False))
    names = [name for name in (project.get("name"), tool["poetry"].get("name")) if name is not None]
    own = frozenset(normalize(path, name) for name in names)
    # a project that lists itself with an extra ("demo[test]") asks for whatever that extra holds
    ground += sorted(tell_own(entry) for entry in entries if entry.name in own)
    return LockTable(
        merge(entry for entry in entries if entry.name not in own), tuple(ground), own, complete=False
    )


def tell_own(entry: Locked) -> str:
    """A requirement on the project itself as one text: the section that has it, its marker, and the rest."""
    asked = sorted(
        f"{condition.section} {' '.join(sorted(condition.markers))}" for condition in entry.conditions
    )
    return f"{entry.name} asked for by {', '.join(asked)}: {' '.join(sorted(entry.fingerprints))}"


def find_ground(
    path: RepoPath, data: Mapping[str, Any], project: Mapping[str, Any], tool: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Yield what concerns every distribution, each with the key it stands under."""
    yield f"requires-python {canonical(project.get('requires-python'))}"
    yield f"build-system {canonical(data.get('build-system'))}"
    dynamic = [name for name in as_list(path, project.get("dynamic", [])) if "dependencies" in str(name)]
    yield f"project.dynamic {canonical(dynamic)}"
    yield f"tool.uv {canonical({key: value for key, value in tool['uv'].items() if key not in UV_LISTS})}"
    yield f"tool.poetry {canonical({key: tool['poetry'].get(key) for key in POETRY_INSTALLER})}"
    yield f"tool.pdm {canonical({key: tool['pdm'].get(key) for key in PDM_INSTALLER})}"
    yield f"tool.hatch.envs {canonical(tool['hatch'].get('envs'))}"
    yield f"tool.pixi {canonical(tool['pixi'])}"


def find_sections(
    path: RepoPath, data: Mapping[str, Any], project: Mapping[str, Any], tool: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, list[Any]]]:
    """Yield every list of requirement lines, with the extra or group that asks for it."""
    yield "", as_list(path, project.get("dependencies", []))
    yield ":dev", as_list(path, tool["uv"].get("dev-dependencies", []))
    for table, form in (
        (project.get("optional-dependencies", {}), "[{}]"),
        (data.get("dependency-groups", {}), ":{}"),
        (tool["pdm"].get("dev-dependencies", {}), ":{}"),
    ):
        for key, lines in as_table(path, table).items():
            yield form.format(key), as_list(path, lines)


def find_poetry_sections(path: RepoPath, poetry: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every table of dependencies of poetry, with the group that asks for it."""
    yield "", as_table(path, poetry.get("dependencies", {}))
    yield ":dev", as_table(path, poetry.get("dev-dependencies", {}))
    for name, group in as_table(path, poetry.get("group", {})).items():
        yield f":{name}", as_table(path, as_table(path, group).get("dependencies", {}))


def read_item(path: RepoPath, text: str, section: str) -> Locked:
    """Read one requirement line; LockError where it is none."""
    try:
        return read_requirement(path, text, section)
    except InvalidRequirement as error:
        raise LockError(
            path, f"not a requirement: {text[:80]!r} in {section or 'project.dependencies'!r}"
        ) from error


def read_poetry_item(path: RepoPath, name: str, value: object, section: str) -> Locked:
    """Read one dependency in poetry's notation; what it means is poetry's, so it is compared as a whole."""
    table = value if isinstance(value, dict) else {}
    return Locked(
        name=normalize(path, name),
        versions=frozenset({str(table.get("version", "") if table else value)}),
        fingerprints=frozenset({canonical(value)}),
        conditions=frozenset({Condition(section)}),
        pinned=False,
        extras=frozenset(canonicalize_name(str(each)) for each in as_list(path, table.get("extras", []))),
    )
