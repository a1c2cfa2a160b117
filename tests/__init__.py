"""The suite of pytest-txselect."""
