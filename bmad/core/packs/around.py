"""What stands around a story in the code: its territory, what that imports, who imports it, and its tests."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

from bmad.core.manifests.known import LANGUAGES
from bmad.core.packs.files import files, is_test, stem
from bmad.core.packs.imports import Import, imports
from bmad.core.packs.locked import key, versions
from bmad.core.packs.source import Found, Source
from bmad.core.packs.words import telling
from bmad.core.territory import compiled

MOST_OWN = 80
"""Files of a territory that are looked into."""

_MOST_KIN = 60
"""Files that are looked into for imports of the territory."""

_MOST_LOCKS = 12


class Around:
    """Looks once at what several parts of a pack ask for."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.files = files(tuple(source.paths))
        self._project = self.files.project

    @cached_property
    def own(self) -> list[str]:
        """The territory's files: those that the story names, then those that its words find, then by path."""
        globs = compiled(tuple(ref.text for ref in self.source.story.territory))
        held = globs.among(self.source.paths)
        found = self._found.places
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

    @property
    def found(self) -> Sequence[str]:
        """The files that the story's words find, the best first."""
        return self._found.best

    @cached_property
    def _found(self) -> Found:
        return self.source.find(self.words)

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
        names = [stem(path) for path in self.own if not is_test(path)]
        best = self.source.find(telling(names)).best
        return list(islice((path for path in best if path not in self.own), _MOST_KIN))

    @cached_property
    def tests(self) -> list[str]:
        """The tests that stand out of the territory: those that import it, or are named after one of its files."""
        stems = [one for one in (stem(path) for path in self.own if not is_test(path)) if len(one) > 2]  # noqa: PLR2004
        every_test = self.files.tests if stems else ()
        named = [one.path for one in every_test if any(each in one.stem for each in stems)]
        every = dict.fromkeys([*filter(is_test, self.importers), *named])
        return [path for path in every if path not in self.own]

    def locked(self) -> Iterator[tuple[str, str, str]]:
        """Library, version and the file that says so, for what the territory imports and for the language."""
        told: dict[str, tuple[str, str]] = {}
        for path in self.files.versions[-_MOST_LOCKS:]:
            for name, version in versions(path, self.source.read(path) or "").items():
                told[name] = (version, path)
        for name in (*LANGUAGES, *self.libraries):
            if name in told:
                yield name, *told[name]

    def _imports(self, path: str) -> tuple[Import, ...]:
        return imports(path, self.source.read(path) or "")
