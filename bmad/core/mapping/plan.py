"""The plan of a map: edits where the draft differs from what stands, conflicts where a hand is on it."""

from collections.abc import Iterable, Mapping

from bmad.core.mapping.files import Stood, file_of, section_of
from bmad.core.mapping.leaving import NOBODY_LEAVES, Leaving, by_hand, leave
from bmad.core.mapping.merge import Merged, merge
from bmad.core.mapping.moving import is_proposed, is_wording, kept_wording, marked, names_a_group
from bmad.core.mapping.naming import Naming
from bmad.core.mapping.numbering import Numbering
from bmad.core.mapping.parts import as_edit, derived, encode, parts
from bmad.core.parting import parting
from bmad.model.draft import Draft
from bmad.model.edits import AddItem, Edit, OrderItems, RemoveItem
from bmad.model.mapping import WHOLE, Conflict, Derived, MapPlan
from bmad.model.normal import fold
from bmad.model.spec import AnyItem, Epic, Requirement, Statement, Story


class Planner:
    """Plans one map of a draft onto the specification as it stands."""

    def __init__(self, draft: Draft, text: str, stood: Stood) -> None:
        self.naming = Naming(draft, text, stood)
        self.moved = self.naming.moved
        self.text = text
        self.stood = stood
        self.edits: dict[str, list[Edit]] = {}
        self.new_files: dict[str, AnyItem] = {}
        self.derived: dict[str, Derived] = {}
        self.created: list[str] = []
        self.reread: list[str] = []
        self.changed: list[str] = []
        self.conflicts: list[Conflict] = []
        self.named: dict[str, list[str]] = {}
        """What each item that stood there, and is asked for, will name."""
        self.stays: set[str] = set()
        """Those of them that stay as they are: what they name is told where something leaves."""

    def plan(self) -> MapPlan:
        items = self.naming.items()
        self.numbering = Numbering(items, self.stood)
        self.named = dict(self.naming.named)
        self._order(items)
        self._place(items)
        leaving, removed_files = self._retire({item.id for item in items} | self.named.keys())
        return MapPlan(
            edits={path: tuple(edits) for path, edits in self.edits.items()},
            new_files=self.new_files,
            removed_files=tuple(removed_files),
            derived=self.derived,
            created=tuple(self.created),
            changed=tuple(dict.fromkeys(self.changed)),
            retired=leaving.gone,
            conflicts=tuple(self.conflicts),
            kept=leaving.kept,
            reread=tuple(self.reread),
            steady=tuple(leaving.steady),
        )

    def _order(self, items: Iterable[AnyItem]) -> None:
        """The register stands in the order of the intent, which is the author's and so the board's."""
        order = [item.id for item in items if isinstance(item, Statement) and item.id in self.stood.graph.nodes]
        wanted = frozenset(order)
        if order != [node for node in self.stood.graph.nodes if node in wanted]:
            self.edits[self.stood.place.register] = [OrderItems(tuple(order))]

    def _place(self, items: Iterable[AnyItem]) -> None:
        previous: dict[str | type[AnyItem], str] = {}
        for item in items:
            section = section_of(item)
            key = section or type(item)
            if item.id in self.stood.graph.nodes:
                self._update(item)
            else:
                self._create(item, previous.get(key), section)
            previous[key] = item.id

    def _create(self, item: AnyItem, after: str | None, section: str | None) -> None:
        path = file_of(item, self.stood.place)
        if isinstance(item, Epic | Story):
            self.new_files[path] = item
        else:
            self.edits.setdefault(path, []).append(AddItem(item, after, section, isinstance(item, Statement)))
        self.created.append(item.id)
        if self.moved.hangs_as_before(item) and item.id not in self.stood.lock.nodes:  # else a hand took it out
            self.reread.append(item.id)
        self.derived[item.id] = derived(parts(item))

    def _update(self, new: AnyItem) -> None:
        node = self.stood.graph.nodes[new.id]
        if self.stood.is_settled(new):
            self.stays.add(new.id)
            self.named[new.id] = []
            self.derived[new.id] = self.stood.written[new.id]
            return
        written = parts(new)
        now = parts(self.stood.item(new.id))
        base = self.stood.base[new.id]
        told = derived(written)
        if dict(told) == base and written.get("quote") == now.get("quote"):  # so whatever a hand did since stays
            self.stays.add(new.id)
            self.named[new.id] = []
            self.derived[new.id] = told
            return
        merged = merge(base, now, written)
        stands = new.id not in self.moved.ids
        keeps = new.id in self.naming.partial or (stands and self._is_worded(new))
        if keeps:
            merged = merged.without(is_wording)
        elif new.id not in self.moved.said:
            merged = merged.won(names_a_group(new))
        merged = merged.won(
            lambda part: self.numbering.is_all_that_changed(part, base.get(part), written.get(part))
        )
        if not keeps:
            merged = self._carry(new.id, merged, written)
        merged = marked(merged, now, written)
        self.named[new.id] = self.stood.names({**now, **merged.changes})
        for part in merged.conflicts:
            hand, said = map(_quoted, parting(now.get(part, ""), written.get(part, ""), _SHOWN))
            since = f"now gives it another value{said}" if part in written else "no longer gives it"
            reason = f"was changed by hand{hand}, and the intent {since}"
            self.conflicts.append(Conflict(new.id, part, node.path, node.line, reason))
        if merged.changes:
            self.changed.append(new.id)
            edits = [as_edit(new.id, part, value) for part, value in merged.changes.items()]
            self.edits.setdefault(node.path, []).extend(edits)
        self.derived[new.id] = kept_wording(base, told) if keeps else told

    def _carry(self, story: str, merged: Merged, written: Mapping[str, str]) -> Merged:
        """The same without the criteria that a hand carried elsewhere: there they follow the intent."""
        carried = self.stood.carried.get(story, {})
        for part, there in carried.items():
            if written.get(part) == there.text:
                continue
            edit = as_edit(there.story, there.criterion, written.get(part))
            self.edits.setdefault(self.stood.graph.nodes[there.story].path, []).append(edit)
            self.changed.append(there.story)
        return merged.without(lambda part: part in carried)

    def _is_worded(self, new: AnyItem) -> bool:
        """Whether an item keeps its words where nothing moved: what groups follows, unless somebody worded it.

        Nor does an epic follow a heading above it where all stories in it stay.
        """
        base = self.stood.base[new.id]
        somebody = is_proposed(base) or bool(by_hand(self.stood.item(new.id), base))
        return somebody or isinstance(new, Statement | Requirement) or new.id in self.naming.settled

    def _retire(self, wanted: set[str]) -> tuple[Leaving, list[str]]:
        """Remove what no draft asks for any more, unless a person's hand is on it or what stays hangs from it."""
        stood = self.stood
        if wanted.issuperset(stood.base):
            return NOBODY_LEAVES, []
        stays = self.stays
        named = {
            node: stood.names(parts(stood.item(node))) if node in stays else names
            for node, names in self.named.items()
        }
        leaving = leave(stood, fold(self.text), wanted, named)
        for node_id, reason in leaving.held.items():
            if node_id in leaving.steady:
                continue
            node = self.stood.graph.nodes[node_id]
            self.conflicts.append(Conflict(node_id, WHOLE, node.path, node.line, reason))
        removed_files: list[str] = []
        for node_id in leaving.gone:
            node = self.stood.graph.nodes[node_id]
            if node.kind.has_file:
                removed_files.append(node.path)
            else:
                self.edits.setdefault(node.path, []).append(RemoveItem(node_id))
        for node_id, (part, value) in leaving.cut.items():
            self.changed.append(node_id)
            edit = as_edit(node_id, part, value)
            self.edits.setdefault(self.stood.graph.nodes[node_id].path, []).append(edit)
            written = dict(self.stood.base[node_id]) | {part: encode(part, value)}
            self.derived[node_id] = tuple(sorted(written.items()))
        return leaving, removed_files


_SHOWN = 80
"""Characters of a value that a conflict shows."""


def _quoted(value: str) -> str:
    """A value in brackets behind what is said of it; empty where there is none."""
    return f" (“{value}”)" if value else ""
