"""What the intent says otherwise than when it was last mapped, and all that hangs on it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from bmad.core.mapping.files import Stood
from bmad.core.mapping.merge import Merged
from bmad.core.mapping.parts import encode, listed
from bmad.model.mapping import Derived
from bmad.model.spec import AnyItem, Epic, Ref, Requirement, Statement, Story

_MARK = "proposed-by"


def is_wording(part: str) -> bool:
    """Whether a part says what the statements say: while those stand as they did, it stays as well."""
    return part in ("title", "text", "story", _MARK) or part.startswith("AC-")


def is_proposed(written: Mapping[str, str]) -> bool:
    """Whether a model worded what was last written, confirmed since or not."""
    return _MARK in written


def names_a_group(item: AnyItem) -> Callable[[str], bool]:
    """Whether a part of an item says what is in it: a hand's words for that win unless what was in it changes."""
    parts = ("title", "text") if isinstance(item, Epic) else ("title", "story")
    return lambda part: part in parts


class Moved:
    """Notes the items of a draft, upper ends first."""

    def __init__(self, stood: Stood) -> None:
        self._stood = stood
        self.ids: set[str] = set()
        self.said: set[str] = set()
        """Those of them that stood before, and hang from what is now said otherwise."""
        self.renumbered: Collection[str] = ()
        """Statements that name other ids than before, and else say the same."""

    def note(self, item: AnyItem) -> bool:
        """Whether an item is new, says something else, or hangs from other things or from such as moved."""
        if item.id not in self._stood.written:
            self.ids.add(item.id)
            return True
        if self._stood.is_settled(item) and self._hangs_as_it_did(item):
            return False
        base = self._stood.base[item.id]
        if not self._stands(base, item):
            self.ids.add(item.id)
            if self._says_anew(base, item):
                self.said.add(item.id)
        return item.id in self.ids

    def note_all(self, items: Iterable[AnyItem]) -> None:
        for item in items:
            self.note(item)

    def hangs_as_before(self, item: AnyItem) -> bool:
        """Whether a requirement is made of nothing but statements that stand as they did."""
        return isinstance(item, Requirement) and self.ids.isdisjoint(ref.text for ref in item.traces)

    def _says_anew(self, base: Mapping[str, str], item: AnyItem) -> bool:
        """Whether a statement's words or place are others, or an item hung and hangs from one where they are."""
        if isinstance(item, Statement):
            return item.id not in self.renumbered or base.get("under") != encode("under", item.under)
        part, refs = _above(item)
        return not self.said.isdisjoint({ref.text for ref in refs} & set(listed(base.get(part, ""))))

    def _hangs_as_it_did(self, item: AnyItem) -> bool:
        """Whether an item hangs from nothing that moved."""
        return isinstance(item, Statement) or self.ids.isdisjoint([ref.text for ref in _above(item)[1]])

    def _stands(self, base: Mapping[str, str], item: AnyItem) -> bool:
        if isinstance(item, Statement):
            said = {"quote": item.quote, "under": item.under, "class": item.klass.value}
            return all(base.get(name) == encode(name, text) for name, text in said.items())
        part, refs = _above(item)
        names = {ref.text for ref in refs}
        return set(listed(base.get(part, ""))) == names and names.isdisjoint(self.ids)


def marked(merged: Merged, now: Mapping[str, str], written: Mapping[str, str]) -> Merged:
    """The same with the mark of who proposes new wording, though an earlier proposal was confirmed."""
    by = written.get(_MARK)
    if by is None or by == now.get(_MARK) or not any(map(is_wording, merged.changes)):
        return merged
    return merged._replace(changes={**merged.changes, _MARK: by})


def _above(item: Requirement | Epic | Story) -> tuple[str, Sequence[Ref]]:
    """The part that says what an item hangs from, and what stands there."""
    match item:
        case Requirement():
            return "traces", item.traces
        case Epic():
            return "covers", item.covers
        case Story():
            return "implements", item.implements


def kept_wording(base: Mapping[str, str], written: Derived) -> Derived:
    """What a mapper wrote, with the wording that it left as it stood."""
    kept = {name: value for name, value in base.items() if is_wording(name)}
    rest = {name: value for name, value in written if not is_wording(name)}
    return tuple(sorted({**kept, **rest}.items()))
