"""The dispatcher: what becomes of words, errors and interrupts."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.cli import COMMANDS, main
from pytest_txselect.errors import ConfigError, GitError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator


@pytest.fixture
def outcome(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """A subcommand `probe` that raises or returns the last element of the list, as its users will one day."""
    results: list[object] = [0]

    def run(args: argparse.Namespace) -> int:
        result = results[-1]
        if isinstance(result, BaseException):
            raise result
        print("probed", args.word)  # noqa: T201 - a command's output
        assert isinstance(result, int)
        return result

    module = types.ModuleType("pytest_txselect.cli.probe_it")
    module.run = run  # type: ignore[attr-defined]
    module.add_arguments = lambda parser: parser.add_argument("--word")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(COMMANDS, "probe-it", "a command of the tests")
    monkeypatch.delenv("TXSELECT_DEBUG", raising=False)
    return iter([results])


@pytest.fixture
def results(outcome: Iterator[list[object]]) -> list[object]:
    """The list whose last element the command `probe-it` returns or raises."""
    return next(outcome)


@pytest.mark.parametrize("status", [0, 1])
def test_status_is_the_command_s(
    results: list[object], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command gets its arguments, and its status is ours."""
    results.append(status)
    assert main(["probe-it", "--word", "x"]) == status
    assert capsys.readouterr() == ("probed x\n", "")


CHECK = "check the place and its permissions"
OSERROR = OSError(28, "No space left on device", "a\x1bb")


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (ConfigError("s", "a:1: x\nb:2: y"), 2, "txselect: error: a:1: x\ntxselect: error: b:2: y [s]\n"),
        (GitError("s", "bad \x1b[0m"), 3, "txselect: error: bad \\x1b[0m [s]\n"),
        (KeyboardInterrupt(), 130, "txselect: interrupted\n"),
        (
            OSERROR,
            3,
            f"txselect: error: a\\x1bb: No space left on device; {CHECK} [system-error]\n",
        ),
        (OSError("odd"), 3, f"txselect: error: odd; {CHECK} [system-error]\n"),
    ],
    ids=["mistakes", "git", "interrupt", "file", "odd"],
)
def test_error_is_a_line(
    results: list[object], error: BaseException, status: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the user can do something about is said in a line for each mistake, without a traceback."""
    results.append(error)
    assert main(["probe-it"]) == status
    assert capsys.readouterr() == ("", message)


@pytest.mark.parametrize(
    ("words", "environ"), [(["probe-it"], "1"), (["--debug", "probe-it"], ""), (["probe-it", "--debug"], "0")]
)
def test_internal_error(
    results: list[object],
    words: list[str],
    environ: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mistake of ours is one line that says how to report it, and a traceback for those who ask."""
    results.append(ZeroDivisionError("one\ntwo"))
    assert main(["probe-it"]) == 3
    line = capsys.readouterr().err
    assert line.startswith("txselect: internal error: ZeroDivisionError: one two (test_main.py:")
    assert line.endswith("); please report it with the traceback that --debug shows [internal-error]\n")
    assert line.count("\n") == 1
    monkeypatch.setenv("TXSELECT_DEBUG", environ)
    assert main(words) == 3
    assert capsys.readouterr().err.startswith("Traceback (most recent call last):\n")


@pytest.mark.parametrize(
    ("word", "cure"),
    [
        ("probeit", "did you mean `txselect probe-it`?"),
        ("x", "`txselect --help` lists them"),
        ("cnofig", "did you mean `txselect config`?"),
    ],
)
def test_unknown_command(
    results: list[object], word: str, cure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown command suggests the nearest one."""
    assert main([word]) == 2
    assert capsys.readouterr() == (
        "",
        f"txselect: error: {word}: there is no such command; {cure} [unknown-command]\n",
    )


def test_help_teaches(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The help has every command with its line, examples and the exit statuses, within 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert all(name in text for name in COMMANDS)
    assert "pytest --impacted-by=origin/main" in text
    assert "exit status:" in text
    assert max(map(len, text.splitlines())) <= 80


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command there is nothing to do, which is a usage error that helps."""
    assert main([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("usage: txselect")


def test_version(capsys: pytest.CaptureFixture[str], results: list[object]) -> None:
    """`--version` needs no command, and comes before one."""
    for words in (["--version"], ["--version", "probe-it"]):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 0
        assert capsys.readouterr().out.startswith("txselect ")


@pytest.mark.parametrize(
    ("words", "place", "said"),
    [
        (["probe-it", "--wor", "x"], "probe-it", "it knows no argument --wor; did you mean --word?"),
        (["probe-it", "more"], "probe-it", "it knows no argument more"),
        (["probe-it", "--word"], "probe-it", "argument --word: expected one argument"),
        (["probe-it", "a\nb\x1b[1m"], "probe-it", "it knows no argument a\\nb\\x1b[1m"),
        (["report", "FOLDER"], "report", "it knows no argument FOLDER; did you mean --file FOLDER?"),
        (["report", "--fial"], "report", "it knows no argument --fial; did you mean --file or --fail?"),
        (["report", "--fail=3"], "report", "argument --fail: ignored explicit argument '3'"),
        (["merge", "x"], "merge", "the following arguments are required: --out"),
        (["store", "info", "x"], "store info", "it knows no argument x"),
        (["store"], "store", "the following arguments are required: ACTION"),
    ],
)
def test_wrong_argument_is_a_usage_error(
    results: list[object],
    words: list[str],
    place: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An argument that a command does not know, and one that it misses, are one line: place, cause and cure."""
    cure = "" if ";" in said else f"; `txselect {place} --help` says how it is called"
    assert main(words) == 2
    assert capsys.readouterr() == (
        "",
        f"txselect: error: txselect {place}: {said}{cure} [wrong-argument]\n",
    )
