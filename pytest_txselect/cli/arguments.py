"""The parser of the command line: help that teaches, and the nearest name for what is unknown."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING, Final, NoReturn

import pytest_txselect
from pytest_txselect.errors import UsageError
from pytest_txselect.report.plain import make_visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["build_parser", "find_command"]

DESCRIPTION: Final = "Which tests can a change affect, and why?"
EXAMPLES: Final = """\
examples:
  run the tests that your branch can affect:
    pytest --impacted-by=origin/main
  list them without running pytest:
    txselect plan --impacted-by auto
  why does this file run, or why not?
    txselect explain tests/test_api.py --impacted-by HEAD~1
  which tests would an edit of this function run?
    txselect dependents src/pkg/api.py::get

exit status:
  0 done, 1 the thing asked about failed, 2 usage or configuration error,
  3 internal error

`txselect COMMAND --help` has the rest.
"""


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one line with the place, the cause and the cure, as all of ours are."""

    def error(self, message: str) -> NoReturn:
        """Refuse what argparse itself finds wrong.

        Raises:
            UsageError: always.
        """
        raise UsageError("wrong-argument", f"{self.prog}: {make_visible(message)}; {self._cure}")

    @property
    def _cure(self) -> str:
        return f"`{self.prog} --help` says how it is called"

    def parse_known_args(  # type: ignore[override] # argparse has overloads, of which we need one
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Refuse what is unknown here, where it is known whose argument it would have been.

        Raises:
            UsageError: an argument is wrong.
        """
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            word = unknown[0]
            raise UsageError(
                "wrong-argument",
                f"{self.prog}: it knows no argument {make_visible(word)}; {self._find_cure(word)}",
            )
        return found, unknown

    def _find_cure(self, word: str) -> str:
        import difflib  # noqa: PLC0415 - of mistakes only

        options = re.findall(r"--[a-z-]+", self.format_usage())
        near = difflib.get_close_matches(word.partition("=")[0], options, n=2, cutoff=0.7)
        if near:
            return f"did you mean {' or '.join(near)}?"
        if "--file" in options and not word.startswith("-"):
            return f"did you mean --file {make_visible(word)}?"
        return self._cure


class _LazyVersion(argparse.Action):
    """`--version`; reading the metadata costs 10 ms that other commands need not pay."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        del namespace, values, option_string
        sys.stdout.write(f"txselect {pytest_txselect.__version__}\n")
        parser.exit()


def find_command(words: Sequence[str], commands: Mapping[str, str]) -> str | None:
    """Find the subcommand among the words of a command line; None where there is none.

    Raises:
        UsageError: its name is unknown.
    """
    name = next((word for word in words if not word.startswith("-")), None)
    if name is None or name in commands:
        return name
    import difflib  # noqa: PLC0415 - of mistakes only

    near = difflib.get_close_matches(name, commands, n=1, cutoff=0.5)
    cure = f"did you mean `txselect {near[0]}`?" if near else "`txselect --help` lists them"
    raise UsageError("unknown-command", f"{name}: there is no such command; {cure}")


def build_parser(
    commands: Mapping[str, str],
    chosen: str | None = None,
    add_arguments: Callable[[argparse.ArgumentParser], None] | None = None,
) -> argparse.ArgumentParser:
    """Build the parser.

    Args:
        commands: the name of each subcommand with a line of help.
        chosen: the one that will run.
        add_arguments: declares its arguments.
    """
    parser = Parser(
        prog="txselect",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_LazyVersion, nargs=0, help="show the version and exit")
    _add_debug(parser, default=False)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, line in commands.items():
        subparser = subparsers.add_parser(name, help=line, description=line, allow_abbrev=False)
        if name == chosen and add_arguments is not None:
            _add_debug(subparser, default=argparse.SUPPRESS)
            add_arguments(subparser)
    return parser


def _add_debug(parser: argparse.ArgumentParser, *, default: object) -> None:
    text = "show the traceback of an internal error (or set TXSELECT_DEBUG=1)"
    parser.add_argument("--debug", action="store_true", default=default, help=text)
