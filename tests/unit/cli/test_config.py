"""`txselect config`."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.changes.leftovers import LEFTOVERS
from pytest_txselect.cli import main
from pytest_txselect.config import load_settings
from pytest_txselect.config.parse import parse_settings
from pytest_txselect.policy import builtin

if TYPE_CHECKING:
    from pathlib import Path

OWN = """\
on_doubt = "error"
neutral = ["examples/**"]
[[markers]]
name = "slow"
tests = ["tests/slow/**"]
[[jobs]]
name = "all"
tests = ["tests/**"]
ci.since = 2020-01-01
"""
INI = "[pytest]\npythonpath = src\naddopts = -p mine\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configured project; the current folder is one below its rootdir."""
    (tmp_path / "txselect.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(INI, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.txselect]\n", encoding="utf-8")
    (tmp_path / "tests").mkdir()
    monkeypatch.chdir(tmp_path / "tests")
    for name in ("PYTEST_ADDOPTS", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_text_is_the_configuration(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is printed reads back as the settings in force; all else is in comments."""
    monkeypatch.setenv("COLUMNS", "300")
    assert main(["config"]) == 0
    out, err = capsys.readouterr()
    assert parse_settings(tomllib.loads(out), str) == load_settings(project).settings
    assert err == "txselect: txselect.toml wins: [tool.txselect] of pyproject.toml is not used\n"
    for line in (
        f"# rootdir: {project}",
        "# configuration: txselect.toml",
        'on_doubt = "error"  # txselect.toml:1',
        'neutral = ["examples/**"]  # txselect.toml:2',
        'unknown = "run"  # default',
        "[[markers]]  # txselect.toml:3",
        "[[jobs]]  # txselect.toml:6",
        "ci = { since = 2020-01-01 }",
        f"# pytest: {project / 'pytest.ini'}",
        f"#   pythonpath: {project / 'src'}",
        "#   plugins: mine",
    ):
        assert line in out.splitlines()


@pytest.mark.parametrize("columns", [30, 44, 200])
def test_every_built_in_pattern_is_shown(
    project: Path, columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lists are complete, and fit a narrow terminal wherever words do."""
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(["config", "--rootdir", str(project)]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("#   ")]
    words = {word for line in lines for word in line.split()[1:]}
    covered = {f"{name}{suffix}" for name in builtin.DOCUMENTS for suffix in builtin.SUFFIXES}
    assert {*builtin.DOCUMENTS, *builtin.GROUND, *builtin.LOCKS, *builtin.MANIFESTS} <= words
    assert set(builtin.NEUTRAL) - covered <= words
    assert set(LEFTOVERS) <= words
    assert all(len(line) <= columns or len(line.split()) == 2 for line in lines)


def test_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs get the same, with all patterns."""
    assert main(["config", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rootdir"] == str(project)
    assert found["source"] == "txselect.toml"
    assert found["origins"] == {
        "on_doubt": "txselect.toml:1",
        "neutral": "txselect.toml:2",
        "markers": "txselect.toml:3",
        "jobs": "txselect.toml:6",
    }
    assert found["settings"]["on_doubt"] == "error"
    assert found["settings"]["jobs"][0]["ci"] == {"since": "2020-01-01"}
    assert found["built_in"]["neutral"] == list(builtin.NEUTRAL)
    assert found["pytest"]["plugins"] == ["mine"]
    assert found["pytest"]["inifile"] == str(project / "pytest.ini")
    assert found["notices"] == ["txselect.toml wins: [tool.txselect] of pyproject.toml is not used"]


def test_markers_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--markers` shows the rules that mark tests."""
    assert main(["config", "--markers"]) == 0
    assert (
        capsys.readouterr().out
        == '[[markers]]  # txselect.toml:3\nname = "slow"\ntests = ["tests/slow/**"]\n'
    )


def test_nothing_configured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without any file, the defaults, and the words for it."""
    assert main(["config", "--rootdir", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "# configuration: no txselect.toml, no [tool.txselect] in pyproject.toml" in out
    assert "# pytest: nothing configures it" in out
    assert main(["config", "--rootdir", str(tmp_path), "--markers"]) == 0
    assert capsys.readouterr().out == "# markers: none (default)\n"


def test_comments_are_dimmed(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With colours, what is not configuration steps back; a folder's name cannot command the terminal."""
    odd = project / "od\x1bd"
    odd.mkdir()
    (odd / "pytest.ini").touch()
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert main(["config", "--rootdir", str(odd)]) == 0
    out = capsys.readouterr().out
    assert 'record = "auto"\x1b[2m  # default\x1b[0m\n' in out
    assert "od\\x1bd" in out
    assert "od\x1bd" not in out


def test_mistakes_end_with_status_2(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong configuration is an error, a line for each mistake."""
    (project / "txselect.toml").write_text("a = 1\nb = 2\n", encoding="utf-8")
    assert main(["config"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("txselect: error: txselect.toml:") == 2
    assert err.endswith(" [invalid-setting]\n")
