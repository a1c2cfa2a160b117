"""Writes a document that others may read meanwhile: it is there as a whole, or as it was before."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["write_document"]


def write_document(path: Path, pieces: Iterable[str]) -> None:
    """Write a text piece by piece; lone surrogates become the bytes that they stand for.

    Args:
        path: the file; its folder is there.
        pieces: the text.

    Raises:
        OSError: it cannot be written; what was there before is there still.
    """
    import tempfile  # noqa: PLC0415 - most commands write no document, and it takes long to load

    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        with open(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:  # noqa: PTH123
            file.writelines(pieces)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
