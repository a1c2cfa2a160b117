r"""Requirements lists and constraints, as pip reads them.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/

- The text is UTF-8, or what its byte order mark or a `# coding: x` comment in its first two lines says.
- A line that ends with `\` goes on in the next, unless it is a comment; then comments (`#` at the start or
  after white space) go.
- A line that starts with `-` is an option for the whole list. `-e` and `--editable` introduce a requirement.
- Any other line is a requirement, possibly followed by options of its own (`--hash`, `--config-settings`).
- A requirement is a name with extras, specifier, marker, or address; or only an address or path, which may
  tell the name as `#egg=NAME` or be the name of a wheel or source archive.

`-r` and `-c` are options: the lists they name are compared as files of their own. `${VARIABLES}` are
compared as written.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename

from pytest_txselect.project.locks.table import (
    Locked,
    LockError,
    LockTable,
    canonical,
    check_size,
    merge,
    normalize,
    when,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_txselect.model import RepoPath

__all__ = ["read_requirement", "read_requirements"]

MAX_ENTRIES: Final = 20_000
"""More requirements than this are nobody's list; reading one takes some 40 microseconds."""

MARKS: Final = (  # the longer first: the mark of UTF-32-LE starts as that of UTF-16-LE does
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CODING: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
COMMENT: Final = re.compile(r"(?:^|(?<=\s))#.*$")
EDITABLE: Final = re.compile(r"(?:-e\s*|--editable(?:\s+|=))(?P<address>.*)")
EGG: Final = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
ADDRESS: Final = re.compile(r"^[.~/\\]|[/\\]|://|^[A-Za-z]:|\.(?:whl|zip|tgz|tar\.\w+)$|^[A-Za-z.]*\$\{")


def read_requirements(path: RepoPath, content: bytes) -> LockTable:
    """Read a requirements list or a constraints list."""
    check_size(path, content)
    entries = []
    ground = []
    for line, text in find_lines(decode(path, content)):
        editable = EDITABLE.fullmatch(text)
        if text.startswith("-") and editable is None:
            ground.append(" ".join(text.split()))
            continue
        words = (editable["address"] if editable else text).split()
        cut = next((number for number, word in enumerate(words) if word.startswith("-")), len(words))
        entry = read_line(path, " ".join(words[:cut]), words[cut:], line)
        if entry is None:
            ground.append(" ".join(text.split()))
        else:
            entries.append(entry)
        if len(entries) > MAX_ENTRIES:
            raise LockError(path, f"more than {MAX_ENTRIES} requirements", line)
    return LockTable(merge(entries), tuple(ground), complete=False)


def decode(path: RepoPath, content: bytes) -> str:
    """The text of a list; LockError where it cannot be decoded."""
    encoding = "utf-8"
    for mark, name in MARKS:
        if content.startswith(mark):
            content, encoding = content[len(mark) :], name
            break
    else:
        for line in content.split(b"\n", 2)[:2]:
            if found := CODING.match(line):
                encoding = found[1].decode("ascii", "replace")
                break
    try:
        return content.decode(encoding)
    except (LookupError, ValueError) as error:
        raise LockError(path, f"cannot be decoded as {encoding}: {error}") from error


def find_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the logical lines that say something, each with the number of its first physical line."""
    first = 0
    parts: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        first = first if parts else number
        comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            parts.append(line.rstrip("\\"))
            continue
        parts.append(f" {line}" if comment else line)
        if whole := COMMENT.sub("", "".join(parts)).strip():
            yield first, whole
        parts = []
    if whole := COMMENT.sub("", "".join(parts)).strip():
        yield first, whole


def read_line(path: RepoPath, text: str, options: Sequence[str], line: int) -> Locked | None:
    """Read one requirement; None for an address that does not tell whose it is."""
    try:
        return read_requirement(path, text, "", options=options)
    except InvalidRequirement as error:
        if not ADDRESS.search(text):
            raise LockError(path, f"not a requirement: {text[:80]!r}", line) from error
    name = find_name_of_address(text)
    if name is None:
        return None
    mark = canonical({"address": text, "options": list(options)})
    return Locked(normalize(path, name, line), frozenset({text}), frozenset({mark}))


def read_requirement(path: RepoPath, text: str, section: str, *, options: Sequence[str] = ()) -> Locked:
    """Read one requirement line.

    Args:
        path: the file it is in.
        text: name, extras, specifier or address, marker.
        section: the extra or group that asks for it.
        options: its own options.

    Raises:
        InvalidRequirement: it is none.
    """
    requirement = Requirement(text)
    specifiers = sorted(str(specifier) for specifier in requirement.specifier)
    mark = {
        "specifiers": specifiers,
        "address": requirement.url,
        "extras": sorted(requirement.extras),
        "options": list(options),
    }
    return Locked(
        name=normalize(path, requirement.name),
        versions=frozenset({requirement.url or ",".join(specifiers)}),
        fingerprints=frozenset({canonical(mark)}),
        conditions=frozenset({when(section, str(requirement.marker or ""))}),
        pinned=requirement.url is not None
        or any(item.operator in {"==", "==="} and "*" not in item.version for item in requirement.specifier),
        extras=frozenset(map(canonicalize_name, requirement.extras)),
    )


def find_name_of_address(text: str) -> str | None:
    """The name of what an address or path leads to, where it tells."""
    if found := EGG.search(text):
        return found[1]
    file = unquote(re.split(r"[#?;\s]", text, maxsplit=1)[0]).replace("\\", "/").rpartition("/")[2]
    try:
        return parse_wheel_filename(file)[0] if file.endswith(".whl") else parse_sdist_filename(file)[0]
    except ValueError:  # the file name, or the version in it
        return None
