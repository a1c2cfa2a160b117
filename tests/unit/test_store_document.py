"""Documents in the store are whole, or as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_txselect.store.document import write_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_bytes_survive(tmp_path: Path) -> None:
    """A lone surrogate becomes its byte again."""
    write_document(tmp_path / "x", ["a\n", "\udcff"])
    assert (tmp_path / "x").read_bytes() == b"a\n\xff"


def test_failure_leaves_what_was(tmp_path: Path) -> None:
    """Who fails half-way leaves the old document and nothing else."""

    def fail() -> Iterator[str]:
        yield "new"
        raise RuntimeError("half-way")

    write_document(tmp_path / "x", ["old"])
    with pytest.raises(RuntimeError, match="half-way"):
        write_document(tmp_path / "x", fail())
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("x", "old")]
