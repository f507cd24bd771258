"""Where the tests of a file stand: those that are named after it, or where those of its neighbours are."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import NamedTuple

from bmad.core.evidence.testfiles import is_of_tests

_TESTED = re.compile(r"^(?:test_)?(?P<stem>.+?)(?:[._-](?:test|tests|spec)|Tests?|Spec)?$")
_FEW = 2
"""So many neighbours with a test in one kind of place show where tests stand; so do half of them."""


class Beside(NamedTuple):
    """A test of a file; of one that is not there yet, `like` is a neighbour's test that shows where it stands."""

    path: str
    like: str = ""


class KnownTests:
    """The test files of a project, by what they are named after."""

    def __init__(self, paths: Iterable[str], planned: Iterable[str] = ()) -> None:
        """`planned` are those that source trees draw: a test among them is that of a file beside it alone."""
        self._standing = frozenset(paths)
        self._tests: dict[str, list[str]] = defaultdict(list)
        self._sources: dict[str, list[str]] = defaultdict(list)
        self._near: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._ways: dict[tuple[str, str], Beside | None] = {}
        for path in sorted(self._standing.union(planned)):
            pure = PurePosixPath(path)
            if is_of_tests(path):
                if (found := _TESTED.match(_stem(pure))) and found["stem"] != _stem(pure):
                    self._tests[found["stem"]].append(path)
            elif pure.suffix in _CODE:
                self._sources[_stem(pure)].append(path)
                self._near[str(pure.parent), pure.suffix].append(path)

    def of(self, path: str) -> Beside | None:
        """The test of a file of code; None where it is a test itself, or nothing says where one would stand."""
        pure = PurePosixPath(path)
        if is_of_tests(path) or pure.suffix not in _CODE:
            return None
        found = self._own(path)
        if found is not None:
            return Beside(found)
        key = (str(pure.parent), pure.suffix)
        if key not in self._ways:
            self._ways[key] = self._way(*key)
        way = self._ways[key]
        return Beside(way.path.replace(_HERE, _stem(pure)), way.like) if way is not None else None

    def _own(self, path: str) -> str | None:
        """The test that is named after a file, in its folder or below, or the only one of the name."""
        stem, folder = _stem(PurePosixPath(path)), path.rpartition("/")[0]
        named = self._tests.get(stem, [])
        near = [one for one in named if one.startswith(f"{folder}/" if folder else "")]
        if len(near) == 1:
            return near[0]
        others = [one for one in self._sources.get(stem, ()) if one != path]
        return named[0] if len(named) == 1 and named[0] in self._standing and not others else None

    def _way(self, folder: str, suffix: str) -> Beside | None:
        """Where the tests of a folder's files stand, with the file's name left open."""
        near = self._near.get((folder, suffix), [])
        ways: Counter[str] = Counter()
        likes: dict[str, str] = {}
        for one in near:
            test, stem = self._own(one), _stem(PurePosixPath(one))
            if test is not None:
                head, _, name = test.rpartition("/")
                way = f"{head}/{name.replace(stem, _HERE, 1)}" if head else name.replace(stem, _HERE, 1)
                ways[way] += 1
                likes.setdefault(way, test)
        if not ways:
            return None
        [(way, count)] = ways.most_common(1)
        return Beside(way, likes[way]) if count >= _FEW or 2 * count >= len(near) else None


_HERE = "\0"
_CODE = frozenset(
    ".py .ts .tsx .js .jsx .mjs .cjs .go .rs .rb .java .kt .cs .php .swift .scala .c .cc .cpp .ex .exs .dart .vue .svelte .sh".split()  # noqa: SIM905, E501
)


def _stem(path: PurePosixPath) -> str:
    return path.name[: -len(path.suffix)] if path.suffix else path.name
