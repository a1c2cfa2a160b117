"""What the files that were used contained while they were used.

A file is stamped when it is first used, and read when the run is over. Has its stamp changed, then nobody
knows any more which content was used: the version has no name, and nothing will ever equal it.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Final

from pytest_txselect.evidence.evidence import FileVersion, PieceKind
from pytest_txselect.evidence.files import ABSENT, UNREADABLE, stamp_file
from pytest_txselect.evidence.ground import MANIFESTS
from pytest_txselect.evidence.territory import is_foreign

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_txselect.evidence.evidence import Piece
    from pytest_txselect.evidence.files import Stamp
    from pytest_txselect.model import RepoPath

__all__ = ["GONE", "find_versions", "name_blob", "read_versions"]

GONE: Final = "absent"
"""In place of a blob's name: the file was looked for and was not there."""

CHUNK: Final = 1 << 20
KEPT: Final = 8_000_000
"""Bytes of a Python file, or of a manifest, above which its text is not kept."""


def name_blob(data: bytes) -> str:
    """What git calls this content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def read_versions(top: str, stamps: Mapping[RepoPath, Stamp | None]) -> dict[RepoPath, FileVersion]:
    """Read the files that were used.

    Args:
        top: top of the repository.
        stamps: the stamp of each file when it was first used; None where it had several.
    """
    return {path: _read(os.path.join(top, path), stamp, path) for path, stamp in stamps.items()}


def read_listing(top: str, folder: RepoPath) -> FileVersion:
    """The version of a folder as a list of names; what the suite's own tools leave there does not count."""
    try:
        names = sorted(name for name in os.listdir(os.path.join(top, folder)) if not is_foreign(name))
    except OSError:
        return FileVersion(GONE)
    return FileVersion(
        hashlib.sha1("\0".join(names).encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()
    )


def find_versions(
    top: str, pieces: Iterable[Piece], stamps: Mapping[RepoPath, Stamp | None]
) -> dict[RepoPath, FileVersion]:
    """The version of every file and folder that a recording speaks of."""
    versions = read_versions(top, stamps)
    for piece in pieces:
        if piece.path not in versions:
            versions[piece.path] = (
                read_listing(top, piece.path) if piece.kind is PieceKind.LISTED else FileVersion("")
            )
    return versions


def _read(path: str, stamp: Stamp | None, name: str) -> FileVersion:
    if stamp is None or stamp == UNREADABLE or stamp_file(path) != stamp:
        return FileVersion("")
    if stamp == ABSENT:
        return FileVersion(GONE)
    digest = hashlib.sha1(b"blob %d\0" % stamp[1], usedforsecurity=False)
    manifest = name.rpartition("/")[2] in MANIFESTS
    keep = (manifest or name.endswith((".py", ".pyw", ".pyi"))) and stamp[1] <= KEPT
    kept = []
    try:
        with open(path, "rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                if keep:
                    kept.append(chunk)
    except OSError:
        return FileVersion("")
    if stamp_file(path) != stamp:
        return FileVersion("")
    return FileVersion(digest.hexdigest(), b"".join(kept))
