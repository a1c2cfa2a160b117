"""What an installed distribution needs, and on which condition: the lines of its metadata.

`Requires-Dist: rich[jupyter]>=13; extra == "cli"` in METADATA; in the `requires.txt` of an egg the section names the extra.
Versions and platforms are not looked at: whatever may be needed is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

__all__ = ["Need", "find_asked_extras", "parse_need", "parse_needs_of_egg"]

LINE: Final = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?")
EXTRA: Final = re.compile(r"\bextra\s*==\s*['\"]([^'\"]+)['\"]|['\"]([^'\"]+)['\"]\s*==\s*extra\b")
PLAIN: Final = re.compile(r"\bextra\b")


@dataclass(frozen=True, slots=True)
class Need:
    """One line.

    Attributes:
        name: normalized name of what is needed.
        extras: extras of it that are asked for, normalized.
        when: extras of which one has to be asked for, normalized; empty where it is needed anyway, or that cannot be told.
    """

    name: str
    extras: frozenset[str] = frozenset()
    when: frozenset[str] = frozenset()


def parse_need(line: str, section: str = "") -> Need | None:
    """Read one requirement; None for what is none.

    Args:
        line: the requirement.
        section: the extra that it belongs to, where the line does not say.
    """
    found = LINE.match(line)
    if found is None:
        return None
    marker = line.partition(";")[2]
    named = [each for pair in EXTRA.findall(marker) for each in pair if each]
    sure = len(named) == len(PLAIN.findall(marker))
    when = {section} if section else set(named) if sure else set()
    return Need(canonicalize_name(found[1]), _normalize((found[2] or "").split(",")), _normalize(when))


def parse_needs_of_egg(text: str) -> list[Need]:
    """Read the `requires.txt` of an egg: a section is `[extra]`, `[extra:marker]` or `[:marker]`."""
    found: list[Need] = []
    section = ""
    for line in text.splitlines():
        if line[:1] == "[":
            section = line.strip("[] \t").partition(":")[0].strip()
        elif need := parse_need(line, section):
            found.append(need)
    return found


def find_asked_extras(
    needs: Mapping[str, Collection[Need]], listed: Mapping[str, frozenset[str]], own: Collection[str]
) -> dict[str, frozenset[str]]:
    """Which extras of which distributions somebody asks for, under whatever condition.

    Args:
        needs: what each installed distribution needs.
        listed: the extras that a list asks for, by the name of the distribution.
        own: distributions whose code is in the repository: whoever works on them may have asked for any extra.

    Returns:
        For each distribution its extras, with those that these ask for (`all = ["a[x,y]"]`).
    """
    asked: dict[str, set[str]] = {name: set(extras) for name, extras in listed.items()}
    for owner, some in needs.items():
        for need in some:
            if need.extras and need.name != owner:
                asked.setdefault(need.name, set()).update(need.extras)
    for name in own:
        asked.setdefault(name, set()).update(extra for need in needs.get(name, ()) for extra in need.when)
    for name, extras in asked.items():
        before = -1
        while before != len(extras):
            before = len(extras)
            extras.update(
                extra
                for need in needs.get(name, ())
                if need.name == name and (not need.when or not need.when.isdisjoint(extras))
                for extra in need.extras
            )
    return {name: frozenset(extras) for name, extras in asked.items()}


def _normalize(extras: Iterable[str]) -> frozenset[str]:
    return frozenset(canonicalize_name(each.strip()) for each in extras if each.strip())
