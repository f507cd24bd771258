"""The tree of a commit as it is looked through: its units, and what is left out. No work tree is read."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from bmad.core.packs.contents import surroundings
from bmad.core.packs.pack import Pack
from bmad.core.packs.source import Source
from bmad.core.prompts.scanner import Shown
from bmad.core.scan.attributes import FILE, Attributes
from bmad.core.scan.leaving import LARGEST, left_by_content, left_by_name
from bmad.core.scan.units import Sheet, Unit, lines_of, sheet, units
from bmad.core.territory import compiled, escaped, shape_fault
from bmad.errors import UsageError
from bmad.model.bounds import MIB, Bound
from bmad.model.scan import LeftOut
from bmad.model.spec import Ref, Story
from bmad.pipeline.act.baseline import Basis, Grounds
from bmad.ports.library import Library

_SCANNED = Bound("files that are looked through", LARGEST, 64 * MIB)
_AT_ONCE = 400
_PLAIN = "100"
"""What the modes of plain files begin with."""


class Survey:
    """A commit's files, cut into units; `wanted` are the paths and globs that a person named, all where none."""

    def __init__(self, grounds: Grounds, library: Library, basis: Basis, wanted: Sequence[str]) -> None:
        self._grounds = grounds
        self._shelves = grounds.shelves(library, basis, basis.commit)
        self._basis = basis
        self._wanted = tuple(wanted)
        self.left_out: list[LeftOut] = []
        self._sheets = list(self._read())
        self.units: tuple[Unit, ...] = units(self._sheets)

    @cached_property
    def blobs(self) -> Mapping[str, str]:
        """All files of the commit, path -> blob."""
        return {path: blob for path, _, blob in self._grounds.entries(self._basis.commit)}

    def text(self, path: str) -> str | None:
        """A file's text; None where there is none that can be read."""
        return self._shelves.read(path) if path in self.blobs else None

    def shown(self, unit: Unit) -> list[Shown]:
        """The files of a unit, as a prompt holds them."""
        return [
            Shown(one.path, lines_of(self.text(one.path) or "")[one.first - 1 : one.last], one.first, one.of)
            for one in unit.pieces
        ]

    def around(self, unit: Unit) -> Pack:
        """What stands around a unit: who imports it, what it imports, its tests, conventions, versions."""
        names = tuple(Ref(escaped(path)) for path in unit.paths)
        story = Story(id="", title="", territory=names)
        return surroundings(
            Source(story, "", paths=self._shelves.paths, read=self._shelves.read, find=self._shelves.find)
        )

    def _read(self) -> Iterator[Sheet]:
        """The files that are looked through; what is left out is noted with why."""
        attributes = self._attributes()
        kept: list[tuple[str, str]] = []
        for path, mode, blob in self._asked():
            why = "" if mode.startswith(_PLAIN) else "a link or another repository, no file"
            why = why or left_by_name(
                path,
                self._basis.layout,
                attributes,
                asked=bool(self._wanted),
                named=path in self._wanted,
            )
            if why:
                self.left_out.append(LeftOut(path=path, why=why))
            else:
                kept.append((path, blob))
        for at in range(0, len(kept), _AT_ONCE):
            batch = kept[at : at + _AT_ONCE]
            contents = self._grounds.contents(list(dict.fromkeys(blob for _, blob in batch)), _SCANNED)
            for path, blob in batch:
                generated = attributes.say(path, "linguist-generated")
                content = contents.get(blob)
                why = left_by_content(content, named=path in self._wanted, generated=generated)
                if why or content is None:
                    self.left_out.append(LeftOut(path=path, why=why))
                else:
                    yield sheet(path, blob, content.decode("utf-8", "replace"))

    def _asked(self) -> list[tuple[str, str, str]]:
        """The files that are asked for. Raises: UsageError where what a person named holds none."""
        every = sorted(self._grounds.entries(self._basis.commit))
        for one in self._wanted:
            fault = shape_fault(one)
            if fault is not None:
                raise UsageError(f"`{one}` {fault}. Name files, folders or globs from the repository's root.")
            if not any(compiled((one,)).holds(path) for path, _, _ in every):
                raise UsageError(
                    f"`{one}` holds no file of the commit {self._basis.commit[:12]}, which is looked through."
                )
        globs = compiled(self._wanted)
        return [one for one in every if not self._wanted or globs.holds(one[0])]

    def _attributes(self) -> Attributes:
        named = {path: blob for path, blob in self.blobs.items() if path.rpartition("/")[2] == FILE}
        contents = self._grounds.contents(list(named.values()), Bound("attributes", MIB, 16 * MIB))
        return Attributes(
            {path: contents.get(blob, b"").decode("utf-8", "replace") for path, blob in named.items()}
        )
