"""Tools whose settings no test depends on: they check, format, document or release.

A tool that is not listed is taken to matter, since it may be a plugin of pytest, a build backend, or the
project's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["LINTERS", "find_checked"]

LINTERS: Final = frozenset(
    """
    autoflake autopep8 bandit basedpyright black blue bump-my-version bumpver bumpversion check-manifest
    check-sdist check-wheel-contents cibuildwheel codespell commitizen complexipy cosmic-ray creosote
    curlylint darker deptry djlint doc8 docformatter docstrfmt fawltydeps fixit flake8 flynt gha-update git-cliff gitlint
    griffe importlinter interrogate isort licensecheck liccheck mdformat mkdocs mutmut mypy nbqa
    numpydoc_validation pep8-naming pip-audit pycln pycodestyle pydocstringformatter pydoclint pydocstyle
    pydoctor pylint pyproject-fmt pyrefly pyright pytype pyupgrade refurb repo-review rstcheck ruff scriv
    semantic_release slotscheck sourcery ssort tach tbump tomlsort towncrier ty typos unimport
    validate-pyproject vulture yapf yamlfix yamllint zizmor
    """.split()  # noqa: SIM905 - a line for each would hide the list
)
"""By the name of their table below `[tool]`, or of their section in an ini file."""


def find_checked(addopts: Iterable[str]) -> frozenset[str]:
    """Find the linters that the test run starts, as pytest-mypy does for `--mypy`: their settings matter."""
    asked = {match[1] for word in addopts if (match := re.match(r"--([a-z0-9_-]+)", word))}
    return frozenset(
        linter
        for linter in LINTERS
        for option in asked
        if option == linter or option.startswith(f"{linter}-")
    )
