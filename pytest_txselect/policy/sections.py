"""Which sections of `setup.cfg` and `tox.ini` matter to a test run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pytest_txselect.errors import ConfigError
from pytest_txselect.policy.linters import LINTERS
from pytest_txselect.policy.manifest import Ask, ManifestChange, compare_statements, read_requirements
from pytest_txselect.project.pytest_ini import parse_ini

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["compare_setup_cfg", "compare_tox_ini"]

NEUTRAL_SECTIONS: Final = frozenset(
    {
        "aliases",
        "bdist_wheel",
        "build_sphinx",
        "egg_info",
        "gh",
        "gh-actions",
        "gh-actions:env",
        "pep8",
        "sdist",
        "travis",
        "upload_docs",
        "zest.releaser",
    }
)
"""Sections about publishing, documentation and CI, besides those of the linters."""

METADATA_THAT_MATTERS: Final = frozenset({"name", "version"})


def compare_setup_cfg(
    old: bytes | None, new: bytes | None, *, checked: Collection[str] = ()
) -> ManifestChange:
    """Compare two versions of a `setup.cfg`, section by section.

    Args:
        old: the file at the base; None where there is none.
        new: the file at the head; None where there is none.
        checked: linters that the test run itself starts: their sections count.
    """
    return _compare("setup.cfg", old, new, checked)


def compare_tox_ini(old: bytes | None, new: bytes | None, *, checked: Collection[str] = ()) -> ManifestChange:
    """Compare two versions of a `tox.ini` as `compare_setup_cfg` does."""
    return _compare("tox.ini", old, new, checked)


def _compare(name: str, old: bytes | None, new: bytes | None, checked: Collection[str]) -> ManifestChange:
    if old == new:
        return ManifestChange()
    versions = []
    for content, which in ((old, "old"), (new, "new")):
        try:
            versions.append(_flatten(name, (content or b"").decode()))
        except UnicodeDecodeError as error:
            return ManifestChange(ground=(f"the {which} version is not UTF-8 (byte {error.start + 1})",))
        except ConfigError as error:
            return ManifestChange(ground=(f"the {which} version cannot be parsed: {error.message}",))
    linters = LINTERS - set(checked)
    return compare_statements(versions[0], versions[1], lambda path: _is_neutral(path, linters))


def _flatten(name: str, text: str) -> dict[tuple[str, ...], str | tuple[Ask, ...]]:
    flat: dict[tuple[str, ...], str | tuple[Ask, ...]] = {}
    for section, options in parse_ini(name, text).items():
        flat[section,] = ""  # an empty [tool:pytest] says where the rootdir is
        for key, value in options.items():
            asks = (section, key) == ("options", "install_requires") or section == "options.extras_require"
            flat[section, key] = _read_lines(value) if name == "setup.cfg" and asks else value
    return flat


def _read_lines(value: str) -> tuple[Ask, ...]:
    """Read the requirement lines of setuptools, which may carry comments."""
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in value.splitlines())
    return read_requirements(line for line in lines if line)


def _is_neutral(path: tuple[str, ...], linters: Collection[str]) -> bool:
    section = path[0]
    if section == "metadata":
        return len(path) == 1 or path[1] not in METADATA_THAT_MATTERS
    tool = re.split(r"[:.-]", section.removeprefix("tool:"), maxsplit=1)[0]
    return section in NEUTRAL_SECTIONS or section in linters or tool in linters
