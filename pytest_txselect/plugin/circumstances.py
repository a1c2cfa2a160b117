"""The circumstances of this run, asked of pytest, the environment and the folders of installed distributions."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Final

from pytest_txselect.evidence.circumstances import Circumstances

if TYPE_CHECKING:
    import pytest

__all__ = ["name_expressions", "read_circumstances"]

DISPLAY: Final = frozenset(
    {
        *("verbose", "no_header", "no_summary", "fold_skipped", "force_short_summary", "reportchars"),
        *("showlocals", "tbstyle", "xfail_tb", "showcapture", "fulltrace", "color", "code_highlight"),
        *(
            "durations",
            "durations_min",
            "pastebin",
            "basetemp",
            "xmlpath",
            "junitprefix",
            "cacheclear",
            "maxfail",
        ),
        *("disable_warnings", "usepdb", "usepdb_cls", "trace", "setupshow", "collectonly"),
        *("randomly_seed", "impacted_by"),  # a seed decides about nothing that is the same without it
    }
)
"""Options that say what is shown, when the run ends, or what of it is selected by a change."""
OWN: Final = "txselect_"
PART: Final = frozenset({"txselect_job", "txselect_shard", "txselect_prepared"})
METADATA: Final = (".dist-info", ".egg-info", ".egg-link")


def read_circumstances(config: pytest.Config) -> Circumstances:
    """The circumstances of a run, to be asked for when pytest is configured, in the process that writes or selects."""
    options = {
        name: repr(value)
        for name, value in vars(config.option).items()
        if name not in DISPLAY and (name in PART or not name.startswith(OWN))
    }
    options["started in"] = os.path.relpath(config.invocation_params.dir, config.rootpath)
    return Circumstances(
        name_expressions(config), options, dict(os.environ), tuple(sorted(_list_installed()))
    )


def name_expressions(config: pytest.Config) -> str:
    """The expressions by which pytest deselects, as on its command line."""
    asked = {"-m": config.getoption("markexpr", ""), "-k": config.getoption("keyword", "")}
    return " ".join(f"{option} {expression!r}" for option, expression in asked.items() if expression)


def _list_installed() -> set[str]:
    """Names of the metadata of all that can be imported, which have its versions."""
    found: set[str] = set()
    for folder in dict.fromkeys(sys.path):
        with contextlib.suppress(OSError):  # an archive, or a folder that is not there
            names = os.listdir(folder or ".")  # noqa: PTH208 - names are enough
            found.update(name for name in names if name.endswith(METADATA))
    return found
