"""`python -m pytest_txselect` is the command `txselect`."""

from __future__ import annotations

import sys

from pytest_txselect.cli import main

if __name__ == "__main__":
    sys.exit(main())
