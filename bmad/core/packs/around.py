"""What stands around a story in the code: its territory, what that imports, who imports it, and its tests."""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

from bmad.core.manifests.known import LANGUAGES
from bmad.core.packs.imports import Import, Project, imports
from bmad.core.packs.locked import key, order, tells, versions
from bmad.core.packs.source import Source
from bmad.core.packs.words import ranked, telling
from bmad.core.territory import compiled

MOST_OWN = 80
"""Files of a territory that are looked into."""

_MOST_KIN = 60
"""Files that are looked into for imports of the territory."""

_MOST_LOCKS = 12
_TEST = re.compile(
    r"(?:^|/)(?:tests?|specs?|__tests__)/|(?:^|/)test_[^/]*$|[._-](?:test|tests|spec)\.[^/]*$|Tests?\.[^/]*$"
)


class Around:
    """Looks once at what several parts of a pack ask for."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._project = _project(tuple(source.paths))

    @cached_property
    def own(self) -> list[str]:
        """The territory's files: those that the story names, then those that its words find, then by path."""
        globs = compiled(tuple(ref.text for ref in self.source.story.territory))
        held = globs.among(self.source.paths)
        found = {path: at for at, path in enumerate(self.found)}
        last = len(found)
        return sorted(held, key=lambda path: (not self._is_named(path), found.get(path, last), path))[:MOST_OWN]

    def _is_named(self, path: str) -> bool:
        return path in self._prose

    @cached_property
    def _prose(self) -> str:
        """The story's text without the line that names its territory."""
        return "\n".join(line for line in self.source.text.split("\n") if not line.startswith("- Territory:"))

    @cached_property
    def words(self) -> list[str]:
        """What the story is about, by which files are found."""
        story = self.source.story
        criteria = (one.text for one in story.criteria)
        return telling((story.title, *criteria, story.narrative, *(ref.text for ref in story.territory)))

    @cached_property
    def found(self) -> list[str]:
        """The files that the story's words find, the best first."""
        result = self.source.find(self.words)
        return [path for _, path in ranked(result.words, result.sizes)]

    @cached_property
    def imported(self) -> list[str]:
        """The project's own files that the territory imports, in the order of the territory."""
        every = (path for own in self.own for one in self._imports(own) for path in self._project.meant(one, own))
        return [path for path in dict.fromkeys(every) if path not in self.own]

    @cached_property
    def libraries(self) -> list[str]:
        """The names of libraries that the territory imports."""
        outer = {key(one.outer) for own in self.own for one in self._imports(own) if self._is_outer(one, own)}
        return sorted(outer)

    def _is_outer(self, one: Import, own: str) -> bool:
        return bool(one.outer) and not self._project.meant(one, own)

    @cached_property
    def importers(self) -> dict[str, list[str]]:
        """A file that imports the territory -> what of the territory it imports."""
        found: dict[str, list[str]] = {}
        for path in self._candidates():
            meant = [one for each in self._imports(path) for one in self._project.meant(each, path)]
            held = [one for one in dict.fromkeys(meant) if one in self.own]
            if held:
                found[path] = held
        return found

    def _candidates(self) -> list[str]:
        """Files that hold the name of one of the territory's."""
        names = [_stem(path) for path in self.own if not is_test(path)]
        result = self.source.find(telling(names))
        return [path for _, path in ranked(result.words, result.sizes) if path not in self.own][:_MOST_KIN]

    @cached_property
    def tests(self) -> list[str]:
        """The tests that stand out of the territory: those that import it, or are named after one of its files."""
        stems = [_stem(path) for path in self.own if not is_test(path)]
        stems = [stem for stem in stems if len(stem) > 2]  # noqa: PLR2004
        named = [
            path
            for path in (filter(is_test, self.source.paths) if stems else ())
            if any(stem in _stem(path) for stem in stems)
        ]
        every = dict.fromkeys([*filter(is_test, self.importers), *named])
        return [path for path in every if path not in self.own]

    def locked(self) -> Iterator[tuple[str, str, str]]:
        """Library, version and the file that says so, for what the territory imports and for the language."""
        told: dict[str, tuple[str, str]] = {}
        files = [path for path in self.source.paths if tells(path)]
        for path in sorted(files, key=order)[-_MOST_LOCKS:]:
            for name, version in versions(path, self.source.read(path) or "").items():
                told[name] = (version, path)
        for name in (*LANGUAGES, *self.libraries):
            if name in told:
                yield name, *told[name]

    def _imports(self, path: str) -> tuple[Import, ...]:
        return imports(path, self.source.read(path) or "")


@lru_cache(maxsize=2)
def _project(paths: tuple[str, ...]) -> Project:
    """The files of the project, looked through once for all readers of a commit."""
    return Project(paths)


def _stem(path: str) -> str:
    """A file's name without its last ending, in lower case."""
    name = path.rpartition("/")[2].lower()
    at = name.rfind(".")
    return name[:at] if 0 < at < len(name) - 1 else name


@lru_cache(maxsize=1 << 16)
def is_test(path: str) -> bool:
    return bool(_TEST.search(path))
