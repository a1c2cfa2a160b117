"""Recording a run (`--txselect-record`): the watch begins before the first conftest, and what it saw is stored at the end.

With xdist each worker watches itself and hands its recording over when it ends; the controller knows the outcomes, joins the
recordings and alone writes.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_txselect.errors import TxSelectError
from pytest_txselect.evidence.evidence import Recording, RecordedTest
from pytest_txselect.evidence.join import join_recordings
from pytest_txselect.evidence.packed import pack_recording, unpack_recording
from pytest_txselect.evidence.recorder import Recorder
from pytest_txselect.evidence.territory import Territory, find_top
from pytest_txselect.evidence.versions import read_versions
from pytest_txselect.plugin.contexts import ContextHooks
from pytest_txselect.plugin.outcomes import OutcomeHooks
from pytest_txselect.store.evidence import EvidenceStore, Key

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["RecordPlugin", "start_recording"]

WORKER_OUTPUT: Final = "txselect_recording"


def start_recording(rootdir: str, store: str) -> RecordPlugin:
    """Begin to watch this process.

    Args:
        rootdir: pytest's rootdir.
        store: folder of what is remembered.
    """
    territory = Territory(find_top(rootdir), store)
    recorder = Recorder(territory)
    recorder.start()
    return RecordPlugin(recorder, store)
