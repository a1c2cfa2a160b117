"""What an edit of import statements loads no longer, or for the first time: what importing that did is felt elsewhere."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from pytest_txselect.model import RepoPath
from pytest_txselect.policy.familiar import is_silent
from pytest_txselect.policy.surroundings import MODULE
from pytest_txselect.project.tree import ancestors, file_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_txselect.policy.project_code import ProjectCode
    from pytest_txselect.policy.surroundings import Place
    from pytest_txselect.policy.touched import Old
    from pytest_txselect.source.mentions import Imported

__all__ = ["find_loading"]

MOST_FILES: Final = 300
"""How many files are looked at before it is assumed that a module is imported in no other way."""


def find_loading(path: RepoPath, old: Old, code: ProjectCode) -> Iterator[Place]:
    """Whom it touches that a file imports other modules when it is imported.

    What a module did when it was imported concerns whoever imported it, should nothing import it any more; and whoever
    imports the file, should nothing have imported it before, unless the module does nothing but to define.

    Args:
        path: the edited file.
        old: the version that evidence was taken from.
        code: the project's code.
    """
    mentions = code.around.mentions(path)
    now = mentions.at_import if mentions else frozenset()
    gone, come = (_find_files(path, each, code) for each in (old.imports - now, now - old.imports))
    if not gone and not come:
        return
    still = _find_files(path, now & old.imports, code)
    loaded = _find_loaded(still | come, code) if gone else frozenset()
    for module in sorted(gone - loaded):
        if _is_quiet(module, loaded, code):  # but it is not an attribute of its package any more
            yield from code.taking(file_name(module).removesuffix(".py"), of_modules=True)
        else:
            yield module, MODULE
    known = _find_loaded(still, code) if come else frozenset()
    if not all(_is_quiet(module, known, code) for module in come - known):
        yield path, MODULE


def _find_files(path: RepoPath, imports: Iterable[Imported], code: ProjectCode) -> frozenset[RepoPath]:
    """The files that executing import statements executes."""
    found = {file for each in imports for file in code.around.means(path, each)}
    for file in list(found):
        found.update(RepoPath(f"{folder}/__init__.py") for folder in ancestors(file) if folder)
    return frozenset(found - {path})


def _find_loaded(starts: Iterable[RepoPath], code: ProjectCode) -> frozenset[RepoPath]:
    """The files that are imported with some, whatever else happens; not all, where there are many."""
    waiting = deque(sorted(starts))
    seen = set(waiting)
    while waiting and len(seen) < MOST_FILES:
        file = waiting.popleft()
        mentions = code.around.mentions(file)
        new = (_find_files(file, mentions.at_import, code) if mentions else frozenset()) - seen
        seen |= new
        waiting += sorted(new)
    return frozenset(seen)


def _is_quiet(module: RepoPath, loaded: frozenset[RepoPath], code: ProjectCode) -> bool:
    """Whether importing a module, and what it imports, does nothing but to define.

    Args:
        module: the module.
        loaded: files that are imported in any case, whatever they do.
        code: the project's code.
    """
    waiting, seen = [module], {module, *loaded}
    while waiting:
        file = waiting.pop()
        mentions = code.around.mentions(file)
        if mentions is None or len(seen) - len(loaded) > MOST_FILES:
            return False
        told = any(not is_silent(each) for found in mentions.decorators.values() for each in found)
        noted = any(code.ancestries.find(file, owner).is_noted for owner in mentions.classes)
        if told or noted or any(code.acts(file, step) for step in mentions.steps):
            return False
        new = _find_files(file, mentions.at_import, code) - seen
        seen |= new
        waiting += new
    return True
