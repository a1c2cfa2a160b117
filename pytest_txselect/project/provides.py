"""What the metadata files of an installed distribution say that it provides: texts in, names out.

- RECORD: a CSV table, the path of an installed file first, relative to the folder that is on the module
  search path.
- entry_points.txt: `[group]` lines, then `name = module:attribute` lines.
- METADATA: header lines, a blank line, a description.
- NAME.pth: paths to search, or lines that start with `import` and are executed when Python starts.
- `__editable___NAME_finder.py`: setuptools' link to a source folder, with a literal `MAPPING: ... = {module:
  path}`.
"""

from __future__ import annotations

import ast
import csv
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "Provided",
    "find_provided",
    "list_entry_points",
    "parse_editable_finder",
    "parse_entry_points",
    "parse_headers",
    "parse_pth",
    "parse_record",
]

MODULE: Final = re.compile(r"(?P<name>[^.]+)\.(?:pyc?|pyw|(?:[^.]+\.)*(?:so|pyd))")
BOOKKEEPING: Final = (".dist-info", ".egg-info")
PAPER: Final = re.compile(r"(?i:licen[cs]e|copying|notice|authors|readme|change)|.*\.(?:md|rst)$")
FINDER: Final = re.compile(r"__editable___.*_finder\.py")


@dataclass(frozen=True, slots=True)
class Provided:
    """What a list of installed files amounts to.

    Attributes:
        modules: dotted names of the topmost modules and packages.
        scripts: names of the files in a folder of commands.
        links: names of .pth files, and of the modules that setuptools' editable installs put beside them.
        other: whether there is a file that no module, command or folder of modules accounts for.
    """

    modules: frozenset[str]
    scripts: frozenset[str]
    links: tuple[str, ...]
    other: bool


def find_provided(files: Iterable[str], namespaces: frozenset[str] = frozenset()) -> Provided:
    """Sort the files of a distribution.

    A package is claimed at the topmost folder that has an `__init__`; where no folder on the way has one (a
    namespace package, which several distributions share), the module itself is, with its full dotted name.

    Args:
        files: paths relative to the folder on the search path.
        namespaces: dotted names of packages that are shared although they have an `__init__`.
    """
    paths = [posixpath.normpath(file.replace("\\", "/")).split("/") for file in files]
    packages = {
        tuple(parts[:-1]) for parts in paths if len(parts) > 1 and module_name(parts[-1]) == "__init__"
    }
    packages -= {tuple(name.split(".")) for name in namespaces}
    modules: set[tuple[str, ...]] = set()
    scripts: set[str] = set()
    links: list[str] = []
    rest: list[list[str]] = []
    for parts in paths:
        if parts[0].endswith(BOOKKEEPING):
            continue
        if len(parts) == 1 and (parts[0].endswith((".pth", ".start")) or FINDER.fullmatch(parts[0])):
            links.append(parts[0])
        elif len(parts) > 1 and parts[0] == ".." and parts[-2] in {"bin", "Scripts"}:
            scripts.add(parts[-1].removesuffix(".exe"))
        elif claim := find_claim(parts, packages, namespaces):
            modules.add(claim)
        elif "__pycache__" not in parts:
            rest.append(parts)
    folders = {claim[0] for claim in modules}
    other = any(parts[0] not in folders and not is_harmless(parts, folders) for parts in rest)
    return Provided(frozenset(map(".".join, modules)), frozenset(scripts), tuple(sorted(links)), other)


def find_claim(
    parts: list[str], packages: set[tuple[str, ...]], namespaces: frozenset[str]
) -> tuple[str, ...] | None:
    """The topmost package that a file is in, else the module that it is; None for a file that is neither."""
    for depth in range(1, len(parts)):
        if tuple(parts[:depth]) in packages:
            return tuple(parts[:depth]) if all(part.isidentifier() for part in parts[:depth]) else None
    name = module_name(parts[-1])
    dotted = (*parts[:-1], *(() if name == "__init__" else (name,)))
    if not dotted or not all(part.isidentifier() for part in dotted) or ".".join(dotted) in namespaces:
        return None
    return dotted


def module_name(file: str) -> str:
    """The name of the module that a file is, empty for another file."""
    found = MODULE.fullmatch(file)
    return found["name"] if found else ""


def is_harmless(parts: list[str], folders: set[str]) -> bool:
    """Whether a file that is no module cannot matter by itself: papers, headers, stubs, bundled libraries."""
    top, name = parts[0], parts[-1]
    if top == "..":
        return bool({"man", "doc", "licenses", "include"} & set(parts))
    if len(parts) == 1:  # mypyc puts the code of several modules into one that is named by a hash
        return name.endswith((".so", ".pyd", ".pyi")) or bool(PAPER.match(name))
    return top.endswith("-stubs") or name.endswith((".pyi", ".typed")) or top.removesuffix(".libs") in folders


def parse_record(text: str) -> list[str]:
    """The paths in a RECORD; ValueError where it is not one."""
    try:
        return [row[0] for row in csv.reader(text.splitlines()) if row and row[0]]
    except csv.Error as error:
        raise ValueError(str(error)) from error


def parse_entry_points(text: str) -> dict[str, frozenset[str]]:
    """The names in each group of an entry_points.txt."""
    groups: dict[str, set[str]] = {}
    for group, name, _ in list_entry_points(text):
        groups.setdefault(group, set()).add(name)
    return {group: frozenset(found) for group, found in groups.items()}


def list_entry_points(text: str) -> Iterator[tuple[str, str, str]]:
    """The group, the name and the target (`module:attribute`) of each entry of an entry_points.txt."""
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1].strip()
        elif group and line and not line.startswith(("#", ";")):
            name, _, target = line.partition("=")
            yield group, name.strip(), target.strip()


def parse_headers(text: str) -> dict[str, list[str]]:
    """The values of each header of a METADATA, by lower-case name; the description is not looked at."""
    headers: dict[str, list[str]] = {}
    for line in text.splitlines():
        if not line.strip():
            break
        name, colon, value = line.partition(":")
        if colon and not line[0].isspace():
            headers.setdefault(name.lower(), []).append(value.strip())
    return headers


def parse_pth(text: str) -> tuple[list[str], bool]:
    """The folders that a .pth file adds to the search path, and whether it executes anything."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    runs = [line for line in lines if line.startswith(("import ", "import\t"))]
    return [line for line in lines if line not in runs], bool(runs)


def parse_editable_finder(text: str) -> frozenset[str]:
    """The modules that setuptools' editable finder maps to source folders; empty without such a literal."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    found: set[str] = set()
    for node in tree.body:
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and node.target.id in {"MAPPING", "NAMESPACES"}
            and isinstance(node.value, ast.Dict)
        ):
            keys = (key.value for key in node.value.keys if isinstance(key, ast.Constant))
            found.update(key for key in keys if isinstance(key, str))
    return frozenset(found)
