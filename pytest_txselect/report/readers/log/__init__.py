"""Saved screen output of pytest 7 to 9.

The last line (`=== 3 failed, 9 passed in 4.2s ===`) says how many results there are of each kind; everything
else in a log only gives them names, reasons and tracebacks. So a log that shows little makes a run with results
whose names are unknown, and never one with fewer results; and text that a test has printed can at worst give a
wrong name, which the comparison with the last line notices.
"""
