"""The built-in lists of files that are not Python, as `txselect config` shows them."""

from __future__ import annotations

from typing import Final

__all__ = [
    "DOCUMENTATION",
    "DOCUMENTS",
    "GROUND",
    "LOCKS",
    "MANIFESTS",
    "NEUTRAL",
    "NEUTRAL_IN_CODE",
    "SUFFIXES",
]


def _words(*texts: str) -> tuple[str, ...]:
    """Cut lists that would fill pages with one pattern a line."""
    return tuple(word for text in texts for word in text.split())


GROUND: Final = _words(
    # pytest, coverage and our own settings
    "pytest.ini .pytest.ini pytest.toml .pytest.toml txselect.toml .coveragerc .coveragerc.toml",
    # the environment that tests run in
    "tox.toml noxfile.py hatch.toml uv.toml pdm.toml poetry.toml .python-version .python-versions",
    "runtime.txt environment.yml environment.yaml sitecustomize.py usercustomize.py .env pytest.env",
    # how the project is built
    "setup.py MANIFEST.in hatch_build.py meson.build meson.options meson_options.txt CMakeLists.txt",
    "Cargo.toml Cargo.lock",
)
"""Everything runs when one of these changes."""

MANIFESTS: Final = ("pyproject.toml", "setup.cfg", "tox.ini")
"""Compared statement by statement."""

LOCKS: Final = _words(
    "uv.lock poetry.lock Pipfile Pipfile.lock pdm.lock pixi.lock conda-lock.yml pylock.toml pylock.*.toml",
    "**/requirements/**/*.txt **/requirements/**/*.in *requirements*.txt *requirements*.in",
    "constraints*.txt *-constraints.txt *_constraints.txt",
)
"""Distributions whose version moved run the tests that import what they provide."""

DOCUMENTS: Final = _words(
    "README LICENSE LICENCE COPYING NOTICE AUTHORS CONTRIBUTORS MAINTAINERS THANKS CHANGELOG CHANGES",
    "HISTORY NEWS CONTRIBUTING CODE_OF_CONDUCT SECURITY TODO",
)
SUFFIXES: Final = ("", ".md", ".rst", ".txt")
"""Names of texts about a project, each without a suffix or with one of the three usual ones."""

DOCUMENTATION: Final = ("docs/", "doc/")
"""Folders of documentation: scripts in them, such as Sphinx' `conf.py`, make no code of what is beside them."""

NEUTRAL_IN_CODE: Final = (
    *(f"{name}{suffix}" for name in DOCUMENTS for suffix in SUFFIXES),
    *_words("LICENSE-* LICENSE.* LICENCE-* README_*.md CODEOWNERS AGENTS.md CLAUDE.md .gitignore py.typed"),
    "**/__pycache__/*.pyc",  # Python compares them with their sources; tracked ones, see `changes/leftovers.py`
)
"""No test depends on these, wherever they are."""

NEUTRAL: Final = NEUTRAL_IN_CODE + _words(
    # documentation
    "docs/** doc/** *.md *.rst CITATION.cff .zenodo.json codemeta.json mkdocs.yml mkdocs.yaml",
    "readthedocs.yml readthedocs.yaml .readthedocs.yml .readthedocs.yaml changelog.d/** changes.d/**",
    "newsfragments/**",
    # CI
    ".github/** .gitlab/** .gitlab-ci.yml .circleci/** .buildkite/** .azure-pipelines/**",
    "azure-pipelines.yml bitbucket-pipelines.yml Jenkinsfile .travis.yml appveyor.yml .appveyor.yml",
    ".cirrus.yml .cirrus.star .drone.yml .woodpecker.yml .woodpecker/** .semaphore/** codecov.yml",
    ".codecov.yml codecov.yaml .codecov.yaml .coveralls.yml renovate.json .renovaterc .renovaterc.json",
    # editors and assistants
    ".editorconfig .vscode/** .idea/** .devcontainer/** .claude/** .cursor/** *.code-workspace",
    # git
    ".mailmap .git-blame-ignore-revs .gitmessage .all-contributorsrc",
    # linters, formatters, type checkers, release tools
    ".pre-commit-config.yaml .pre-commit-hooks.yaml lefthook.yml ruff.toml .ruff.toml mypy.ini .mypy.ini",
    ".flake8 .isort.cfg .pylintrc pylintrc pyrightconfig.json pyrefly.toml ty.toml .bandit bandit.yaml",
    "bandit.yml .pydocstyle .style.yapf .yapfignore .importlinter .codespellrc typos.toml _typos.toml",
    ".typos.toml .markdownlint.* .markdownlintignore .yamllint .yamllint.* .prettierrc .prettierrc.*",
    ".prettierignore .bumpversion.cfg .bumpversion.toml .gitlint",
)
"""No test depends on these outside of packages and folders of tests."""
