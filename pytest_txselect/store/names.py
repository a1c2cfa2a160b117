"""Names that the tables of evidence share: scopes, outcomes, and how paths are spelled in them."""

from __future__ import annotations

import os
import sys
from typing import Final, NamedTuple

__all__ = ["EVIDENCE_FILE", "OUTCOMES", "Scope", "decode_name", "encode_name", "read_scope"]

EVIDENCE_FILE: Final = "evidence.sqlite"
OUTCOMES: Final = {"passed": 1, "skipped": 2, "failed": 3}
"""The numbers are stored: never reuse one."""


class Scope(NamedTuple):
    """Where evidence holds: it says nothing about another Python or platform.

    Attributes:
        python: such as "cpython-313".
        platform: such as "linux-x86_64".
    """

    python: str
    platform: str


def read_scope() -> Scope:
    """The scope of this process."""
    machine = os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "")
    return Scope(str(sys.implementation.cache_tag), f"{sys.platform}-{machine.lower()}")


def encode_name(name: str) -> bytes:
    """A path or node id as it is stored."""
    return name.encode("utf-8", "surrogatepass")


def decode_name(data: bytes) -> str:
    """A path or node id as it was before `encode_name`."""
    return data.decode("utf-8", "surrogatepass")
