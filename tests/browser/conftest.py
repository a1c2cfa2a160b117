"""Makes the sample runs of the unit tests available to those of the browser."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "unit" / "report"))
