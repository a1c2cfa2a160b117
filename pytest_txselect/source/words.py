"""Words that several readers of sources look for."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["DOC_READERS", "ELSEWHERE", "GIT_LISTING", "LISTING", "NAME", "PLACES"]

NAME: Final = re.compile(r"[^\W\d]\w*")
"""What may be a name in a text."""
LISTING: Final = frozenset({"glob", "iglob", "iterdir", "listdir", "rglob", "scandir", "walk"})
"""Functions that list folders."""
DOC_READERS: Final = frozenset({"__doc__", "getdoc", "getcomments", "pydoc"})
"""What reads docstrings, beside `help`, which is also the name of many an option."""
PLACES: Final = frozenset({"cwd", "getcwd", "invocation_params", "rootdir", "rootpath", "startpath"})
"""What gives a place in the repository to a file that does not mention its own."""
ELSEWHERE: Final = PLACES | {
    "curdir", "find_spec", "getfile", "getsourcefile", "pardir", "submodule_search_locations",
}  # fmt: skip
"""Names that lead to another place than the file's own."""
GIT_LISTING: Final = "ls-files"
"""The argument of git that lists a repository."""
