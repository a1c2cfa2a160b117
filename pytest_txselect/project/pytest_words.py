"""The options of pytest that matter to a selection, read from the words of `addopts` and `PYTEST_ADDOPTS`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["PytestWords", "parse_words"]


@dataclass(frozen=True, slots=True)
class PytestWords:
    """What some command line words ask of pytest.

    Attributes:
        plugin_words: the values of `-p`, in order, `no:X` too.
        doctest_modules: `--doctest-modules`.
        doctest_globs: values of `--doctest-glob`.
        overrides: `-o name=value`.
        inifile: `-c`.
        rootdir: `--rootdir`.
        confcutdir: `--confcutdir`.
        import_mode: `--import-mode`.
    """

    plugin_words: tuple[str, ...] = ()
    doctest_modules: bool = False
    doctest_globs: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)
    inifile: str | None = None
    rootdir: str | None = None
    confcutdir: str | None = None
    import_mode: str | None = None

    @property
    def plugins(self) -> tuple[str, ...]:
        """The plugins loaded; a later `no:X` takes X back."""
        loaded: dict[str, None] = {}
        for word in self.plugin_words:
            if word.startswith("no:"):
                loaded.pop(word[3:], None)
            else:
                loaded[word] = None
        return tuple(loaded)

    @property
    def doctests(self) -> bool:
        """Whether pytest's own doctest plugin is on."""
        about = [word for word in self.plugin_words if word in {"doctest", "no:doctest"}]
        return not about or about[-1] == "doctest"

    def then(self, later: PytestWords) -> PytestWords:
        """Add words that stand behind these."""
        return PytestWords(
            plugin_words=self.plugin_words + later.plugin_words,
            doctest_modules=self.doctest_modules or later.doctest_modules,
            doctest_globs=self.doctest_globs + later.doctest_globs,
            overrides={**self.overrides, **later.overrides},
            inifile=later.inifile or self.inifile,
            rootdir=later.rootdir or self.rootdir,
            confcutdir=later.confcutdir or self.confcutdir,
            import_mode=later.import_mode or self.import_mode,
        )


VALUED: Final[Mapping[str, Callable[[PytestWords, str], PytestWords]]] = {
    "-c": lambda words, value: replace(words, inifile=value),
    "--config-file": lambda words, value: replace(words, inifile=value),
    "--rootdir": lambda words, value: replace(words, rootdir=value),
    "--confcutdir": lambda words, value: replace(words, confcutdir=value),
    "--import-mode": lambda words, value: replace(words, import_mode=value),
}
"""Options of which the last one given holds."""


def parse_words(words: Sequence[str]) -> PytestWords:
    """Read options; those that are not about us are passed over. pytest knows no abbreviations."""
    found = PytestWords()
    at = 0
    while at < len(words):
        word, at = words[at], at + 1
        name, value = _cut(word)
        if name == "--doctest-modules":
            found = replace(found, doctest_modules=True)
        elif name in VALUED or name in {"-p", "-o", "--override-ini", "--doctest-glob"}:
            if value is None:
                value, at = (words[at], at + 1) if at < len(words) else ("", at)
            found = _add(found, name, value)
    return found


def _cut(word: str) -> tuple[str, str | None]:
    """Separate an option from a value written in the same word."""
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return name, value if equals else None
    return word[:2], word[2:] or None


def _add(found: PytestWords, name: str, value: str) -> PytestWords:
    if name == "-p":
        return replace(found, plugin_words=(*found.plugin_words, value.strip()))
    if name == "--doctest-glob":
        return replace(found, doctest_globs=(*found.doctest_globs, value))
    if name in {"-o", "--override-ini"}:
        key, _, text = value.partition("=")
        return replace(found, overrides={**found.overrides, key: text})
    return VALUED[name](found, value)
