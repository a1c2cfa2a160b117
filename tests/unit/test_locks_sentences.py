"""Why a module counts as moved, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_txselect.engine.dependencies import Moved, find_moved_modules
from pytest_txselect.model import RepoPath

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

INSTALLED = {
    "tx-top": "Requires-Dist: tx-a\n",
    "tx-user": "Requires-Dist: tx-top\n",
    "tx-a": "Requires-Dist: tx-b[fast]\nRequires-Dist: tx-rare; extra == 'rare'\n",
    "tx-b": "Requires-Dist: tx-c; extra == 'fast'\nRequires-Dist: tx-d; extra == 'slow'\n",
    "tx-c": "",
    "tx-d": "",
    "tx-rare": "",
}


def test_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that need what moved are told apart from those that may have moved with it; extras count if asked for."""
    for name, needs in INSTALLED.items():
        module = name.replace("-", "_")
        folder = tmp_path / f"{module}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n{needs}")
        (folder / "RECORD").write_text(f"{module}.py,,\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    moved = find_moved_modules(RepoPath("requirements.in"), b"tx-a>=1\n", b"tx-a>=2\n")
    what = "requirements.in: tx-a moved >=1 -> >=2"
    assert isinstance(moved, Moved)
    assert moved.modules == {
        "tx_a": what,
        "tx_top": f"{what}, which tx-top needs",
        "tx_user": f"{what}, which tx-top needs, which tx-user needs",
        "tx_b": f"{what}, which needs tx-b: tx-b may have moved with it",
        "tx_c": f"{what}, which needs tx-b, which needs tx-c: tx-c may have moved with it",
    }
