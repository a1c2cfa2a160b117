"""The guide for projects with a `tests_fetcher.py`: its configuration holds, and its commands exist."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from temporary_git import TemporaryGit

import pytest_txselect
from pytest_txselect.cli import COMMANDS, load, main
from pytest_txselect.cli.arguments import build_parser
from pytest_txselect.config.parse import parse_settings
from pytest_txselect.jobs.routing import Router
from pytest_txselect.plugin.options import add_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_txselect.config import Settings

PAGE: Final = (Path(pytest_txselect.__file__).parent.parent / "docs/from-tests-fetcher.md").read_text(
    encoding="utf-8"
)
TABLE: Final = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
BERT: Final = "tests/models/bert/test_modeling_bert.py"
HUB: Final = "tests_hub"
ROUTES: Final = [
    (BERT, ["tests_torch", "tests_generate", "pipelines_torch", HUB]),
    (
        "tests/models/nougat/test_modeling_nougat.py",
        ["tests_torch", "tests_generate", "pipelines_torch", "tests_exotic_models", HUB],
    ),
    ("tests/models/nougat/test_image_processing_nougat.py", ["tests_exotic_models", "tests_processors", HUB]),
    ("tests/models/bert/test_tokenization_bert.py", ["tests_tokenization", HUB]),
    (
        "tests/models/clip/test_tokenization_clip.py",
        ["tests_custom_tokenizers", "tests_tokenization", HUB],
    ),
    ("tests/models/bert/test_processor_bert.py", ["tests_processors", HUB]),
    ("tests/pipelines/test_pipelines_mask.py", ["pipelines_torch", HUB, "tests_non_model"]),
    ("tests/trainer/test_trainer.py", [HUB, "tests_non_model"]),
    ("tests/test_modeling_common.py", [HUB, "tests_non_model"]),
    ("tests/repo_utils/test_check_copies.py", ["tests_repo_utils"]),
    ("examples/pytorch/test_pytorch_examples.py", ["examples_torch"]),
    ("src/transformers/models/bert/modeling_bert.py", ["pr_documentation_tests"]),
    ("docs/source/en/quicktour.md", ["pr_documentation_tests"]),
    ("benchmark/test_speed.py", ["tests_non_model"]),
]


def read_settings() -> Settings:
    """The configuration of the page."""
    return parse_settings(tomllib.loads(TABLE)["tool"]["txselect"], str)


def test_configuration() -> None:
    """The configuration has no mistake, and every job and mark that the project needs."""
    settings = read_settings()
    assert {rule.name for rule in settings.markers} >= {"generate", "is_pipeline_test", "is_staging_test"}
    assert len({job.name for job in settings.jobs}) == len(settings.jobs) == 12


@pytest.mark.parametrize(("path", "jobs"), ROUTES, ids=[path for path, _ in ROUTES])
def test_routes(path: str, jobs: list[str]) -> None:
    """Each kind of file goes where the scripts' regular expressions put it."""
    assert list(Router(read_settings().jobs).find_jobs(path)) == jobs


def find_commands() -> Iterator[list[str]]:
    """The words of each command of the page, in its blocks and within its sentences."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
    for line in [*blocks.splitlines(), *re.findall(r"`((?:txselect|pytest) [^`]+)`", PAGE)]:
        words = [word for word in shlex.split(line) if not word.startswith("PYTEST_ADDOPTS=")]
        if words:
            yield words


class Options:
    """Stands for pytest's parser, and keeps the names of the options."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def getgroup(self, *_: str) -> Options:
        """There is one group."""
        return self

    def addoption(self, name: str, **_: Any) -> None:
        """Keep a name."""
        self.names.add(name)


@pytest.mark.parametrize("words", list(find_commands()), ids=" ".join)
def test_commands(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Each command exists, with the options that it is given."""
    program, *rest = words
    if program == "pytest":
        options = Options()
        add_options(options)  # type: ignore[arg-type]
        assert {word.partition("=")[0] for word in rest if word.startswith("-")} <= options.names
    elif program == "txselect":
        required = {"merge": ["reports", "--out", "x"], "store": [*rest[1:], "x"]}.get(rest[0], [])
        parser = build_parser(COMMANDS, rest[0], load(rest[0]).add_arguments)
        whole = rest if len(rest) > 2 or not required else [rest[0], *required]
        assert parser.parse_args(whole).command == rest[0], capsys.readouterr().err
    else:
        assert program == "pip"


def test_whole_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a small project of that layout lists are written, and a job runs the tests that its marks say."""
    files = {
        "pyproject.toml": f'[tool.pytest.ini_options]\npythonpath = ["src", "."]\n{TABLE}',
        "src/transformers/__init__.py": "",
        "src/transformers/bert.py": 'def size():\n    """Size.\n\n    >>> size()\n    1\n    """\n    return 1\n',
        "src/transformers/other.py": 'def size():\n    """Size.\n\n    >>> 1\n    1\n    """\n',
        "docs/source/en/bert.md": ">>> from transformers.bert import size\n",
        "docs/source/en/other.md": ">>> 1\n1\n",
        "tests/generation.py": "class GenerationTesterMixin:\n    def test_greedy_generate(self): ...\n",
        BERT: (
            "from transformers.bert import size\nfrom tests.generation import GenerationTesterMixin\n\n"
            "class TestBert(GenerationTesterMixin):\n    def test_size(self):\n        assert size()\n\n"
            "    def test_pipeline_fill(self):\n        assert size()\n"
        ),
        "tests/models/t5/test_modeling_t5.py": "def test_t5(): ...\n",
    }
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RUN_PIPELINE_TESTS", raising=False)
    git = TemporaryGit(tmp_path)
    git.run("init", "-q")
    git.commit(files)
    (tmp_path / "src/transformers/bert.py").write_text(
        files["src/transformers/bert.py"].replace("    return 1", "    return 0 + 1")
    )
    monkeypatch.setenv("PYTEST_ADDOPTS", "--doctest-modules --doctest-glob=docs/source/en/*.md")
    assert main(["jobs", "--impacted-by", "HEAD", "--out", "out"]) == 0
    capsys.readouterr()
    found = json.loads((tmp_path / "out/test_map.json").read_text())
    assert found == {
        "tests_torch": [BERT],
        "tests_generate": [BERT],
        "pipelines_torch": [BERT],
        "tests_hub": [BERT],
        "pr_documentation_tests": ["docs/source/en/bert.md", "src/transformers/bert.py"],
    }
    monkeypatch.delenv("PYTEST_ADDOPTS")
    ran = {
        "tests_torch": {"test_size"},
        "tests_generate": {"test_greedy_generate"},
        "pipelines_torch": {"test_pipeline_fill"},
    }
    for job, names in ran.items():
        command = [
            sys.executable,
            "-m",
            "pytest",
            f"--txselect-job={job}",
            "--txselect-prepared=out",
            "-rA",
            "-q",
        ]
        done = subprocess.run(
            [*command, "-p", "no:randomly", "-p", "no:hypothesispytest"],
            capture_output=True,
            text=True,
            check=False,
            env=dict(os.environ),
        )
        assert set(re.findall(r"^PASSED \S+::(\w+)", done.stdout, re.MULTILINE)) == names, done.stdout
