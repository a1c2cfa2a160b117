"""The folder `.txselect/`: made at once with what tells people, git and backups what it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

__all__ = ["make_folder"]

FILES: Final = {
    ".gitignore": "*\n# Made by pytest-txselect\n",  # comes first: whenever we are killed, git sees nothing
    "README.md": (
        "# What pytest-txselect remembers\n\n"
        "Facts about the project's files, and what its tests executed. It can be deleted at any time: the\n"
        "next selection is then slower, and wider where recorded evidence is gone. Do not commit it.\n"
    ),
    "CACHEDIR.TAG": (
        "Signature: 8a477f597d28d172789f06886806bc55\n"
        "# This file is a cache directory tag created by pytest-txselect.\n"
        "# For information about cache directory tags, see:\n#\thttps://bford.info/cachedir/spec.html\n"
    ),
}


def make_folder(folder: Path) -> None:
    """Make the folder unless it is there; two processes may do so at once.

    It is filled under another name and renamed, so that no tool sees it without its `.gitignore` (as pytest
    does for its own).

    Raises:
        OSError: it cannot be made.
    """
    if folder.is_dir():
        return
    import shutil  # noqa: PLC0415 - the folder is there nearly always
    import tempfile  # noqa: PLC0415 - likewise

    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".txselect-", dir=folder.parent))
    try:
        mask = os.umask(0)
        os.umask(mask)
        made.chmod(0o777 & ~mask)
        for name, text in FILES.items():
            (made / name).write_text(text, encoding="utf-8")
        made.rename(folder)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        if not folder.is_dir():  # another process may have been first
            raise
