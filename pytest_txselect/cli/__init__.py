"""The command `txselect`: one file per subcommand, found by name and imported only when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import TYPE_CHECKING, Final, Protocol, cast

from pytest_txselect.errors import TxSelectError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "main"]

COMMANDS: Final[dict[str, str]] = {}
"""Each subcommand, with its line of help; `pytest_txselect.cli.<name>` has the rest."""


class Command(Protocol):
    """What the module of a subcommand offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it; the return value is the exit status."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand.

    Args:
        argv: the arguments after the program's name; those of the process by default.

    Returns:
        The exit status: 0 done, 1 the thing asked about failed, 2 usage or configuration error, 3 internal error.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="txselect", description="Which tests can a change affect, and why?")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((word for word in words if not word.startswith("-")), None)
    for name, line in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=line, description=line)
        if name == chosen:
            load(name).add_arguments(subparser)
    args = parser.parse_args(words)
    try:
        return load(args.command).run(args)
    except TxSelectError as error:
        print(f"txselect: error: {error}", file=sys.stderr)
        return error.exit_code


def load(name: str) -> Command:
    """Import the module of a subcommand."""
    return cast("Command", importlib.import_module(f"pytest_txselect.cli.{name.replace('-', '_')}"))
