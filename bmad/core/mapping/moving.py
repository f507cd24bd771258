"""What the intent says otherwise than when it was last mapped, and all that hangs on it."""

from collections.abc import Iterable, Mapping, Sequence

from bmad.core.mapping.merge import Merged
from bmad.core.mapping.parts import encode, listed
from bmad.model.mapping import Derived
from bmad.model.spec import AnyItem, Epic, Ref, Requirement, Statement, Story

_MARK = "proposed-by"


def is_wording(part: str) -> bool:
    """Whether a part says what the statements say: while those stand as they did, it stays as well."""
    return part in ("title", "text", "story", _MARK) or part.startswith("AC-")


class Moved:
    """Notes the items of a draft, upper ends first; `base` is what was last written, by id."""

    def __init__(self, base: Mapping[str, Mapping[str, str]]) -> None:
        self._base = base
        self.ids: set[str] = set()

    def note(self, item: AnyItem) -> bool:
        """Whether an item is new, says something else, or hangs from other things or from such as moved."""
        base = self._base.get(item.id)
        if base is None or not self._stands(base, item):
            self.ids.add(item.id)
        return item.id in self.ids

    def note_all(self, items: Iterable[AnyItem]) -> None:
        for item in items:
            self.note(item)

    def _stands(self, base: Mapping[str, str], item: AnyItem) -> bool:
        match item:
            case Statement():
                said = {"quote": item.quote, "under": item.under, "class": item.klass.value}
                return all(base.get(name) == encode(name, text) for name, text in said.items())
            case Requirement():
                return self._hangs_the_same(base, "traces", item.traces)
            case Epic():
                return self._hangs_the_same(base, "covers", item.covers)
            case Story():
                return self._hangs_the_same(base, "implements", item.implements)

    def _hangs_the_same(self, base: Mapping[str, str], part: str, refs: Sequence[Ref]) -> bool:
        names = {ref.text for ref in refs}
        return set(listed(base.get(part, ""))) == names and names.isdisjoint(self.ids)


def marked(merged: Merged, now: Mapping[str, str], written: Mapping[str, str]) -> Merged:
    """The same with the mark of who proposes new wording, though an earlier proposal was confirmed."""
    by = written.get(_MARK)
    if by is None or by == now.get(_MARK) or not any(map(is_wording, merged.changes)):
        return merged
    return merged._replace(changes={**merged.changes, _MARK: by})


def kept_wording(base: Mapping[str, str], written: Derived) -> Derived:
    """What a mapper wrote, with the wording that it left as it stood."""
    kept = {name: value for name, value in base.items() if is_wording(name)}
    rest = {name: value for name, value in written if not is_wording(name)}
    return tuple(sorted({**kept, **rest}.items()))
