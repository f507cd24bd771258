"""What the `.gitattributes` of a tree say of files: those marks by which a code host knows what nobody wrote.

Patterns are read as git reads them: without a slash they speak of a name in any folder below, else of a path from
their own folder; a star does not cross a slash, `**` does; there is no negation, and a folder does not stand for
what is in it. The last line of the nearest file wins.
"""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

FILE = ".gitattributes"
_TRUE = ("", "true", "1")
_DEEP = "**"
_LONGEST = 512
_MOST = 20_000
"""Lines of one tree that are heeded."""


class _Rule(NamedTuple):
    folder: str
    """With a slash at its end, or empty."""
    pattern: Sequence[str]
    """The parts of the path below the folder."""
    sets: Mapping[str, bool | None]
    """Attribute -> whether it holds; None takes back what was said before."""

    def holds(self, path: str) -> bool:
        return path.startswith(self.folder) and _holds(self.pattern, path[len(self.folder) :].split("/"))


class Attributes:
    """Those of one tree, from the texts of its files by their paths."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        near = sorted(texts, key=lambda path: path.count("/"))
        rules = [rule for path in near for rule in _rules(path.removesuffix(FILE), texts[path])][:_MOST]
        self._rules = rules[::-1]

    def say(self, path: str, name: str) -> bool | None:
        """Whether a path has an attribute; None where nothing says so."""
        for rule in self._rules:
            if name in rule.sets and rule.holds(path):
                return rule.sets[name]
        return None


def _rules(folder: str, text: str) -> Iterable[_Rule]:
    for line in text.splitlines():
        words = line.split()
        pattern = words[0] if words else ""
        if not pattern or pattern.startswith(("#", "!", '"', "[attr]")) or len(pattern) > _LONGEST:
            continue
        sets = dict(map(_set, words[1:]))
        if sets and not pattern.endswith("/"):
            anchored = "/" in pattern
            parts = pattern.removeprefix("/").split("/")
            yield _Rule(folder, parts if anchored else [_DEEP, *parts], sets)


def _set(word: str) -> tuple[str, bool | None]:
    if word.startswith("!"):
        return word[1:], None
    name, _, value = word.removeprefix("-").partition("=")
    return name, not word.startswith("-") and value.lower() in _TRUE


def _holds(pattern: Sequence[str], path: Sequence[str]) -> bool:
    """Whether a pattern holds a path, part by part; takes time in the product of their lengths at most."""
    reached = {0}
    for at, part in enumerate(pattern):
        last = at == len(pattern) - 1
        if part == _DEEP:
            least = min(reached)
            reached = set(range(least + last, len(path) + 1))
        else:
            reached = {one + 1 for one in reached if one < len(path) and fnmatchcase(path[one], part)}
        if not reached:
            return False
    return len(path) in reached
