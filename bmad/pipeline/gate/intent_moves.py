"""Where an intent stands on the way from a base to a result that both have nothing there.

So it is with the old path of one that moved on the base, which an older branch edits, and with one that moves
twice in a range. Nothing lands at such a path.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bmad.model.commits import ABSENT, Change
from bmad.model.ids import Kind
from bmad.model.layout import Layout, is_markdown
from bmad.pipeline.gate.evidence import Specs, Version
from bmad.ports.history import Objects


def pages_added(changes: Iterable[Change]) -> frozenset[str]:
    """The Markdown files that a tree has and another has not: there are seldom any, and an intent may be one."""
    added = (one.path for one in changes if one.old_mode == ABSENT and one.path.endswith((b".md", b".markdown")))
    return frozenset(path.decode("utf-8", "surrogateescape") for path in added)


def moved_away(specs: Specs, layout: Layout, changes: Sequence[Change]) -> frozenset[bytes]:
    """The intents that changes take away, by what their register said before."""
    registers = [one for one in changes if _is_register(layout, one) and one.old_mode != ABSENT]
    gone = {
        one.path for one in changes if one.new_mode == ABSENT and is_markdown(one.path.decode("utf-8", "replace"))
    }
    if not registers or not gone:
        return frozenset()
    texts = ((one.path.decode("utf-8", "surrogateescape"), one.old_blob) for one in registers)
    versions = [Version(path, blob, Kind.STATEMENT) for path, blob in texts]
    specs.parse(versions)
    named = {specs.document(one).document.intent or "" for one in versions}
    folders = tuple(one.encode("utf-8", "surrogateescape") for one in named if one.endswith("/"))
    exact = {one.encode("utf-8", "surrogateescape") for one in named}
    return frozenset(path for path in gone if path in exact or (folders and path.startswith(folders)))


def _is_register(layout: Layout, change: Change) -> bool:
    return layout.kind(change.path.decode("utf-8", "surrogateescape")) is Kind.STATEMENT


class Between(NamedTuple):
    """The trees of base and result, and what reads them."""

    objects: Objects
    specs: Specs
    base: str
    result: str

    def passed(
        self, layouts: Sequence[Layout], brought: Iterable[Version], starts: Mapping[str, frozenset[str]]
    ) -> frozenset[str]:
        """The paths, given the layouts of both and the documents that commits bring.

        `starts` are the trees that commits start from, each with the pages that it has and the base has not.
        """
        registers = {place.register for layout in layouts for place in layout.places}
        found = {self.specs.document(one).document.intent or "" for one in brought if one.path in registers}
        for tree, pages in starts.items():
            found |= pages.intersection(self.specs.state(tree).layout.intents if pages else ())
        found.difference_update(*(layout.intents for layout in layouts))
        return frozenset(path for path in found if is_markdown(path) and not self._stands(path))

    def _stands(self, path: str) -> bool:
        raw = path.encode("utf-8", "surrogateescape")
        folder = raw.rpartition(b"/")[0]
        return any(raw in self.objects.files(tree, [folder]) for tree in (self.base, self.result))
