"""Which imports a type checker alone would execute, in all spellings, and traps that must hide nothing."""

from __future__ import annotations

import pytest

from pytest_txselect.source.compiled import read_facts
from pytest_txselect.source.facts import FileFacts

FROM = "from typing import TYPE_CHECKING\n"
BLOCK = "if TYPE_CHECKING:\n    import hidden\n"

HIDDEN = {
    "from typing": FROM + BLOCK,
    "typing_extensions": "from typing_extensions import TYPE_CHECKING\n" + BLOCK,
    "among other names": "from typing import Any, TYPE_CHECKING, Final\n" + BLOCK,
    "module": "import typing\nif typing.TYPE_CHECKING:\n    import hidden\n",
    "module under another name": "import typing as t\nif t.TYPE_CHECKING:\n    import hidden\n",
    "own flag": "TYPE_CHECKING = False\n" + BLOCK,
    "annotated own flag": "TYPE_CHECKING: bool = False\n" + BLOCK,
    "with a fallback": "try:\n    from typing import TYPE_CHECKING\nexcept ImportError:\n    TYPE_CHECKING = False\n"
    + BLOCK,
    "and": FROM + "import os\nif TYPE_CHECKING and os.name:\n    import hidden\n",
    "elif": FROM + "import os\nif os.name:\n    pass\nelif TYPE_CHECKING:\n    import hidden\n",
    "in a function": FROM + "def f():\n    if TYPE_CHECKING:\n        import hidden\n",
    "in a class": FROM + "class C:\n    if TYPE_CHECKING:\n        import hidden\n",
    "module's flag in a function": "import typing\ndef f():\n    if typing.TYPE_CHECKING:\n        import hidden\n",
    "nested": FROM + "if TYPE_CHECKING:\n    if 1 < f():\n        import hidden\n",
    "with else": FROM + "if TYPE_CHECKING:\n    import hidden\nelse:\n    x = 1\n",
    "many names before": "\n".join(f"n{i} = n{i - 1 if i else 0} + {i}" for i in range(300))
    + "\n"
    + FROM
    + BLOCK,
    "long block": FROM + "if TYPE_CHECKING:\n" + "    import hidden\n" * 300,
    "star before": "from os import *\n" + FROM + BLOCK,
}

SEEN = {
    "not": FROM + "if not TYPE_CHECKING:\n    import hidden\n",
    "else": FROM + "if TYPE_CHECKING:\n    pass\nelse:\n    import hidden\n",
    "or": FROM + "import os\nif TYPE_CHECKING or os.name:\n    import hidden\n",
    "or, behind": FROM + "import os\nif os.name or TYPE_CHECKING:\n    import hidden\n",
    "or in and": FROM + "import os\nif (os.name or TYPE_CHECKING) and os.sep:\n    import hidden\n",
    "or of and": FROM + "import os\nif (TYPE_CHECKING and os.name) or os.sep:\n    import hidden\n",
    "behind the block": FROM + "if TYPE_CHECKING:\n    pass\nimport hidden\n",
    "not bound": BLOCK,
    "of another module": "from flags import TYPE_CHECKING\n" + BLOCK,
    "of a relative typing": "from .typing import TYPE_CHECKING\n" + BLOCK,
    "attribute of a relative typing": "from . import typing\nif typing.TYPE_CHECKING:\n    import hidden\n",
    "attribute of another module": "import flags\nif flags.TYPE_CHECKING:\n    import hidden\n",
    "attribute of another module beside typing's": "import typing, flags\nif flags.TYPE_CHECKING:\n    import hidden\n",
    "attribute of an attribute": "import typing, flags\nif flags.typing.TYPE_CHECKING:\n    import hidden\n",
    "set to True": "TYPE_CHECKING = True\n" + BLOCK,
    "rebound": FROM + "TYPE_CHECKING = bool(1)\n" + BLOCK,
    "rebound later": FROM + "def f():\n    if TYPE_CHECKING:\n        import hidden\nTYPE_CHECKING = True\n",
    "rebound by global": FROM + "def f():\n    global TYPE_CHECKING\n    TYPE_CHECKING = True\n" + BLOCK,
    "rebound by a loop": FROM + "for TYPE_CHECKING in [True]:\n    pass\n" + BLOCK,
    "rebound by a star": FROM + "from flags import *\n" + BLOCK,
    "rebound in a class": FROM
    + "class C:\n    TYPE_CHECKING = f()\n    if TYPE_CHECKING:\n        import hidden\n",
    "typing rebound": "import typing\nimport flags as typing\nif typing.TYPE_CHECKING:\n    import hidden\n",
    "typing's flag set": "import typing\ntyping.TYPE_CHECKING = True\nif typing.TYPE_CHECKING:\n    import hidden\n",
    "a parameter": FROM + "def f(TYPE_CHECKING):\n    if TYPE_CHECKING:\n        import hidden\n",
    "a parameter's attribute": "import typing\ndef f(typing):\n    if typing.TYPE_CHECKING:\n        import hidden\n",
    "another name": "from typing import TYPE_CHECKING as T\nTYPE_CHECKING = f()\n" + BLOCK,
    "another name of it": "from typing import Any as TYPE_CHECKING\n" + BLOCK,
}


def imported(text: str) -> set[str]:
    """Return the modules that a text imports."""
    facts = read_facts(text.encode())
    assert isinstance(facts, FileFacts)
    return {each.module for each in facts.imports}


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_hidden(text: str) -> None:
    """What stands below a flag that is surely false is never imported."""
    assert "hidden" not in imported(text)


@pytest.mark.parametrize("text", SEEN.values(), ids=SEEN)
def test_seen(text: str) -> None:
    """What a flag may let through at run time is imported."""
    assert "hidden" in imported(text)
