"""`python -m pytest_txselect` is the command `txselect`."""

# For `-m`, Python puts the current folder in front of `sys.path`, where the project's `json.py` would shadow
# the standard library's. No import, not even one of `__future__`, may come before that entry is taken away.
import sys

if sys.path and not sys.flags.safe_path:
    del sys.path[0]

from pytest_txselect.cli import main

if __name__ == "__main__":
    sys.exit(main())
