"""Finding and reading the configuration file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.config import OnDoubt, Settings, load_settings
from pytest_txselect.config.load import LoadedSettings
from pytest_txselect.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def test_no_file_is_the_default(tmp_path: Path) -> None:
    """Without any file, or without our table, the defaults hold and nothing has an origin."""
    assert load_settings(tmp_path) == LoadedSettings(Settings(), "", {}, ())
    for text in ("", "tool = 1\n", "[tool.other]\nx = 1\n"):
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        assert load_settings(tmp_path).source == ""


def test_table_of_pyproject(tmp_path: Path) -> None:
    """The table of pyproject.toml is read, and each key knows its line."""
    text = '[project]\nname = "x"\n\n[tool.txselect]\non_doubt = "error"\n\n'
    text += '[[tool.txselect.jobs]]\nname="a"\ntests=["b"]\n'
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    loaded = load_settings(tmp_path)
    assert loaded.settings.on_doubt is OnDoubt.ERROR
    assert loaded.source == "pyproject.toml"
    assert loaded.origins == {"on_doubt": "pyproject.toml:5", "jobs": "pyproject.toml:7"}
    assert loaded.notices == ()


def test_own_file_wins_aloud(tmp_path: Path) -> None:
    """With both, txselect.toml holds, and a notice says that the table is not used."""
    (tmp_path / "pyproject.toml").write_text("[tool.txselect]\nnonsense = 1\n", encoding="utf-8")
    (tmp_path / "txselect.toml").write_text('\n\non_doubt = "error"\n', encoding="utf-8")
    loaded = load_settings(tmp_path)
    assert loaded.origins == {"on_doubt": "txselect.toml:3"}
    assert loaded.notices == ("txselect.toml wins: [tool.txselect] of pyproject.toml is not used",)


def test_own_file_alone_gives_no_notice(tmp_path: Path) -> None:
    """A pyproject.toml without our table is nothing to speak about."""
    (tmp_path / "pyproject.toml").write_text("[tool.x]\n", encoding="utf-8")
    (tmp_path / "txselect.toml").write_text("", encoding="utf-8")
    assert load_settings(tmp_path) == LoadedSettings(Settings(), "txselect.toml", {}, ())


def test_five_mistakes_with_their_lines(tmp_path: Path) -> None:
    """A configuration with five mistakes: all five are reported, with file, line, key, cause and cure."""
    text = """\
[project]
name = "x"
[tool.txselect]
on-doubt = "run"
neutral = [
  "docs/**",
  "**.md",
]
"unknown" = "maybe"
[[tool.txselect.jobs]]
name = "one"
tests = ["a"]
[[tool.txselect.jobs]]
name = "two"
tests = ["b"]
env.A = true
workers = "many"
"""
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path)
    assert caught.value.message == (
        "pyproject.toml:4: on-doubt: unknown key; did you mean on_doubt?\n"
        'pyproject.toml:7: neutral[1]: pattern "**.md": ** stands for whole folders; write **/ before '
        "the rest, or a single *\n"
        'pyproject.toml:9: unknown: "maybe" is none of its values; write "run" or "owner" or "error"\n'
        'pyproject.toml:16: jobs[1].env.A: the value of a variable is text; write A = "1"\n'
        "pyproject.toml:17: jobs[1].workers: not a number of processes; write a whole number, "
        '"auto" or "logical"'
    )


def test_place_of_what_is_missing_is_what_misses_it(tmp_path: Path) -> None:
    """A key that should be there and is not has the line of its table."""
    (tmp_path / "txselect.toml").write_text('record = "auto"\n[[jobs]]\ntests = ["a"]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"^txselect\.toml:2: jobs\[0\]: a job without a name"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "slug", "message"),
    [
        (
            "pyproject.toml",
            b"[tool]\ntxselect = 3\n",
            "invalid-setting",
            "pyproject.toml:2: tool.txselect: not a table",
        ),
        (
            "txselect.toml",
            b"\n[tool.txselect]\n",
            "invalid-setting",
            "txselect.toml:2: tool: keys stand at the top of",
        ),
        (
            "txselect.toml",
            b"x = 1\ny = \n",
            "invalid-toml",
            "txselect.toml:2: not valid TOML: Invalid value; correct",
        ),
        (
            "pyproject.toml",
            b"x = 1\nx = 1\n",
            "invalid-toml",
            "pyproject.toml:2: not valid TOML: Cannot overwrite",
        ),
        ("txselect.toml", b'x = "', "invalid-toml", "txselect.toml: not valid TOML: "),
        (
            "txselect.toml",
            b"\xef\xbb\xbfx = 1",
            "invalid-toml",
            "txselect.toml:1: not valid TOML: starts with a byte order",
        ),
        (
            "txselect.toml",
            b"x = " + b"9" * 5000,
            "invalid-toml",
            "txselect.toml: not valid TOML: Exceeds the limit",
        ),
        ("txselect.toml", b"x = " + b"[" * 100_000, "invalid-toml", "txselect.toml: not valid TOML: "),
        (
            "txselect.toml",
            b"x = '\xff'",
            "unreadable-configuration",
            "txselect.toml: not UTF-8 (byte 6); save it",
        ),
    ],
)
def test_broken_file_is_one_clear_line(
    tmp_path: Path, name: str, content: bytes, slug: str, message: str
) -> None:
    """A file that cannot be understood gives one line with the place, the cause and the cure."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=re.escape(message)) as caught:
        load_settings(tmp_path)
    assert caught.value.slug == slug
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 200


def test_folder_in_place_of_the_file(tmp_path: Path) -> None:
    """What is not a file cannot be read, which is said."""
    (tmp_path / "txselect.toml").mkdir()
    with pytest.raises(ConfigError, match=r"txselect\.toml: cannot be read \(Is a directory\)"):
        load_settings(tmp_path)
