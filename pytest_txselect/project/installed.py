"""Reads the metadata of installed distributions [edge]. Imports and executes nothing of them."""

from __future__ import annotations

import json
import posixpath
from importlib.metadata import Distribution, DistributionFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from pytest_txselect.errors import TxSelectError
from pytest_txselect.project.distributions import Installed, InstalledDistribution
from pytest_txselect.project.needs import Need, parse_need, parse_needs_of_egg
from pytest_txselect.project.provides import (
    find_provided,
    parse_editable_finder,
    parse_entry_points,
    parse_headers,
    parse_pth,
    parse_record,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_txselect.project.provides import Provided

__all__ = ["read_installed", "read_needs"]


def read_installed(names: Iterable[str], search: Sequence[str] | None = None) -> Installed:
    """Read what the environment says of some distributions.

    Args:
        names: normalized names.
        search: folders to look in, in order; `sys.path` by default.

    Raises:
        TxSelectError: metadata that is there and cannot be read.
    """
    found = {}
    for name in sorted(set(names)):
        context: dict[str, Any] = {"name": name} if search is None else {"name": name, "path": list(search)}
        for distribution in Distribution.discover(context=DistributionFinder.Context(**context)):
            entry = read_distribution(distribution)
            if entry is not None and entry.name == name:
                found[name] = entry
                break
    return Installed(found)


def read_needs(search: Sequence[str] | None = None) -> dict[str, tuple[Need, ...]]:
    """Read who needs whom among all installed distributions: one short file of each.

    Args:
        search: folders to look in, in order; `sys.path` by default.

    Returns:
        Of each installed distribution, by normalized name, what it needs.

    Raises:
        TxSelectError: metadata that is there and cannot be read.
    """
    options: dict[str, Any] = {} if search is None else {"path": list(search)}
    context = DistributionFinder.Context(**options)
    needs: dict[str, tuple[Need, ...]] = {}
    for distribution in Distribution.discover(context=context):
        headers = read_headers(distribution)
        name = find_own_name(headers)
        if name and name not in needs:  # the first on the path is the one that gets imported
            needs[name] = find_needs(distribution, headers)
    return needs


def read_file(distribution: Distribution, name: str) -> str | None:
    """One of the metadata files; None where there is none."""
    try:
        return distribution.read_text(name)
    except (OSError, ValueError) as error:  # not permitted, not UTF-8
        place = distribution.locate_file("")
        raise TxSelectError(
            "metadata-unreadable",
            f"{name} of a distribution in {place} cannot be read: {error}; reinstall it",
        ) from error


def read_headers(distribution: Distribution) -> dict[str, list[str]]:
    """The headers of a distribution's METADATA or PKG-INFO; empty for debris that has neither."""
    text = read_file(distribution, "METADATA") or read_file(distribution, "PKG-INFO") or ""
    return parse_headers(text)


def find_own_name(headers: dict[str, list[str]]) -> str:
    """The normalized name of a distribution, empty where it has none."""
    return canonicalize_name(headers["name"][0]) if headers.get("name") else ""


def find_needs(distribution: Distribution, headers: dict[str, list[str]]) -> tuple[Need, ...]:
    """What a distribution needs, with any extra, on any platform."""
    lines = headers.get("requires-dist", [])
    if not lines:  # egg-info
        return tuple(parse_needs_of_egg(read_file(distribution, "requires.txt") or ""))
    return tuple(need for line in lines if (need := parse_need(line)))


def read_distribution(distribution: Distribution) -> InstalledDistribution | None:
    """Read everything about one distribution; None for debris."""
    headers = read_headers(distribution)
    name = find_own_name(headers)
    if not name:
        return None
    points = parse_entry_points(read_file(distribution, "entry_points.txt") or "")
    editable = is_editable(distribution)
    top = frozenset((read_file(distribution, "top_level.txt") or "").split())
    namespaces = frozenset((read_file(distribution, "namespace_packages.txt") or "").split())
    provided = read_provided(distribution, namespaces)
    modules, startup, mapped = top - namespaces, False, bool(top)
    if provided is not None:
        linked, startup, known = read_links(distribution, provided, editable=editable)
        modules = provided.modules | linked | (modules if editable else frozenset())
        mapped = known and not provided.other and (bool(modules) or not editable)
    scripts = points.get("console_scripts", frozenset()) | points.get("gui_scripts", frozenset())
    return InstalledDistribution(
        name=name,
        version=(headers.get("version") or [""])[0],
        modules=modules,
        requires=frozenset(need.name for need in find_needs(distribution, headers)),
        scripts=scripts | (provided.scripts if provided else frozenset()),
        plugin=bool(points.get("pytest11")),
        startup=startup,
        mapped=mapped,
        editable=editable,
    )


def read_provided(distribution: Distribution, namespaces: frozenset[str]) -> Provided | None:
    """What the list of installed files amounts to; None where there is no such list, or it is not one.

    The SOURCES.txt of an egg-info is none: it lists the source tree.
    """
    record = read_file(distribution, "RECORD")
    try:
        if record is not None:
            return find_provided(parse_record(record), namespaces)
    except ValueError:
        return None  # not mapped: everything runs
    listed = read_file(distribution, "installed-files.txt")  # relative to the metadata's own folder
    if listed is None:
        return None
    return find_provided(
        (posixpath.join("x.egg-info", line) for line in listed.splitlines() if line), namespaces
    )


def is_editable(distribution: Distribution) -> bool:
    """Whether direct_url.json (PEP 610) says that a distribution is installed from its source folder."""
    try:
        data = json.loads(read_file(distribution, "direct_url.json") or "{}")
    except (ValueError, RecursionError):
        return False
    info = data.get("dir_info") if isinstance(data, dict) else None
    return isinstance(info, dict) and info.get("editable") is True


def read_links(
    distribution: Distribution, provided: Provided, *, editable: bool
) -> tuple[frozenset[str], bool, bool]:
    """Follow .pth files.

    Returns:
        The modules they lead to, whether they execute something at start-up other than the link of an
        editable install, and whether all of it is known.
    """
    modules: set[str] = set()
    startup, known = False, True
    for link in provided.links:
        text = read_link(distribution, link)
        if link.endswith("_finder.py"):
            modules.update(parse_editable_finder(text))
        elif link.endswith(".start"):
            startup = True
        else:
            folders, runs = parse_pth(text)
            startup = startup or (runs and not link.startswith("__editable__"))
            known = known and (editable or not folders)
            for folder in folders if editable else ():
                modules.update(list_modules(Path(str(distribution.locate_file(folder)))))
    return frozenset(modules), startup, known


def read_link(distribution: Distribution, name: str) -> str:
    """The text of a file beside the metadata; empty where it is gone."""
    try:
        return Path(str(distribution.locate_file(name))).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def list_modules(folder: Path) -> set[str]:
    """The modules and packages that a source folder on the search path offers."""
    try:
        names = [entry.name for entry in folder.iterdir() if entry.is_dir() or entry.suffix == ".py"]
    except OSError:
        return set()
    return {name for name in (name.removesuffix(".py") for name in names) if name.isidentifier()}
