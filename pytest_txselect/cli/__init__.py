"""The command `txselect`: one file per subcommand, found by name and imported only when it is asked for."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys
import traceback
from typing import TYPE_CHECKING, Final, Protocol, cast

from pytest_txselect.cli.arguments import build_parser, find_command
from pytest_txselect.cli.terminal import Terminal, open_terminal
from pytest_txselect.errors import TxSelectError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

__all__ = ["COMMANDS", "main"]

COMMANDS: Final[dict[str, str]] = {
    "plan": "the selection without running pytest",
    "explain": "why a test runs, or why it does not",
    "dependents": "who uses a file, a function or a data file",
    "dependencies": "what a test or a file uses",
    "graph": "the dependency graph as a picture to explore, or for Graphviz",
    "jobs": "job lists, shard counts, CI configuration",
    "report": "summaries and reports of runs that are over: logs, JUnit files, records",
    "merge": "the results of several runs (shards, retries, jobs) in one folder",
    "audit": "past commits once more: how much each would have run, and why",
    "store": "what is remembered: its size and age, merging, tidying up",
    "config": "the configuration in force, every default, and where each value came from",
}
"""Each subcommand, with its line of help; `pytest_txselect.cli.<name>` has the rest."""

PLANNING: Final = frozenset({"dependencies", "dependents", "explain", "graph", "jobs", "plan"})
"""Commands that are soon over, and whose facts and graphs, most of what they make, hold no cycles: Python need not look
for any, neither meanwhile nor at the end."""
INTERNAL_ERROR: Final = 3
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells have it
BROKEN_PIPE: Final = 141  # 128 + SIGPIPE


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
        The exit status: 0 done, 1 the thing asked about failed, 2 usage or configuration error, 3 internal
        error, and what shells expect after an interrupt or a broken pipe.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if argv is None and not PLANNING.isdisjoint(words):  # the process is ours
        gc.disable()
        atexit.register(gc.freeze)
    terminal = open_terminal()
    try:
        status = _dispatch(words)
        sys.stdout.flush()
    except TxSelectError as error:
        for line in str(error).split("\n"):
            terminal.notice(f"error: {line}")
        return error.exit_code
    except KeyboardInterrupt:
        terminal.notice("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Nobody reads any more. Python flushes once again at exit, which must not fail then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the rim: whatever it is, the user gets one line
        return _report_failure(terminal, error, words)
    return status


def load(name: str) -> Command:
    """Import the module of a subcommand."""
    return cast("Command", importlib.import_module(f"pytest_txselect.cli.{name.replace('-', '_')}"))


def _dispatch(words: Sequence[str]) -> int:
    chosen = find_command(words, COMMANDS)
    if chosen is None:
        parser = build_parser(COMMANDS)
        parser.parse_args(words)
        parser.print_help(sys.stderr)
        return 2
    command = load(chosen)
    return command.run(build_parser(COMMANDS, chosen, command.add_arguments).parse_args(words))


def _report_failure(terminal: Terminal, error: Exception, words: Sequence[str]) -> int:
    """Say in one line what failed: the system, or we."""
    if "--debug" in words or os.environ.get("TXSELECT_DEBUG", "0") not in {"", "0"}:
        traceback.print_exception(error)
    if isinstance(error, OSError):
        place = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
        cause = f"{place}{error.strerror or error}; check the place and its permissions"
        terminal.notice(f"error: {TxSelectError('system-error', cause)}")
    else:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        what = " ".join(f"{type(error).__name__}: {error}".split())
        place = f"{os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119 - a name, no path to follow
        cause = f"{what} ({place}); please report it with the traceback that --debug shows"
        terminal.notice(f"internal error: {TxSelectError('internal-error', cause)}")
    return INTERNAL_ERROR
