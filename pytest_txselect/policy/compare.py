"""How two versions of a manifest differ, whichever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from pytest_txselect.policy.manifest import ManifestChange, ManifestKind
from pytest_txselect.policy.pyproject import compare_pyproject
from pytest_txselect.policy.sections import compare_setup_cfg, compare_tox_ini

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["compare_manifest"]


def compare_manifest(
    kind: ManifestKind, old: bytes | None, new: bytes | None, *, checked: Collection[str] = ()
) -> ManifestChange:
    """Compare two versions of a manifest.

    Args:
        kind: which one.
        old: the file at the base; None where there is none.
        new: the file at the head; None where there is none.
        checked: linters that the test run itself starts (`Rules.checked`): their settings count.
    """
    match kind:
        case ManifestKind.PYPROJECT:
            return compare_pyproject(old, new, checked=checked)
        case ManifestKind.SETUP_CFG:
            return compare_setup_cfg(old, new, checked=checked)
        case ManifestKind.TOX_INI:
            return compare_tox_ini(old, new, checked=checked)
        case _:
            assert_never(kind)
