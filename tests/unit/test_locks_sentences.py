"""Why a module counts as moved, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_txselect.engine.dependencies import Everything, Moved, find_moved_modules
from pytest_txselect.model import RepoPath

if TYPE_CHECKING:
    from pathlib import Path

INSTALLED = {
    "tx-top": "Requires-Dist: tx-a\n",
    "tx-user": "Requires-Dist: tx-top\n",
    "tx-a": "Requires-Dist: tx-b[fast]\nRequires-Dist: tx-rare; extra == 'rare'\n",
    "tx-b": "Requires-Dist: tx-c; extra == 'fast'\nRequires-Dist: tx-d; extra == 'slow'\n",
    "tx-c": "",
    "tx-d": "",
    "tx-rare": "",
}


def _install(folder: Path, name: str, needs: str, points: str = "") -> None:
    module = name.replace("-", "_")
    metadata = folder / f"{module}-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n{needs}")
    (metadata / "RECORD").write_text(f"{module}.py,,\n")
    (metadata / "entry_points.txt").write_text(points)


def test_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that need what moved are told apart from those that may have moved with it; extras count if asked for."""
    for name, needs in INSTALLED.items():
        _install(tmp_path, name, needs)
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


@pytest.mark.parametrize(
    ("needs", "listed", "everything"),
    [
        ("Requires-Dist: tx-mid\n", "tx-low", True),
        ("Requires-Dist: tx-mid; extra == 'cli'\n", "tx-low", False),
        ("Requires-Dist: tx-mid; extra == 'cli'\n", "tx-plug[cli]\ntx-low", True),
    ],
)
def test_plugin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needs: str, listed: str, everything: bool
) -> None:
    """What a plugin of pytest needs concerns every test; what it can only use, those that import what moved, or the plugin."""
    _install(tmp_path, "tx-plug", needs, "[pytest11]\ntx-plug = tx_plug\n")
    _install(tmp_path, "tx-mid", "Requires-Dist: tx-low; extra == 'fast'\n")
    _install(tmp_path, "tx-low", "")
    monkeypatch.syspath_prepend(str(tmp_path))
    old, new = (f"{listed}=={number}\n".encode() for number in (1, 2))
    moved = find_moved_modules(RepoPath("requirements.txt"), old, new)
    assert isinstance(moved, Everything if everything else Moved)
    assert everything or (
        isinstance(moved, Moved) and moved.modules.keys() == {"tx_low", "tx_mid", "tx_plug"}
    )
