"""Reading what the gate judges: commits, changes, merges and every specification that counts.

Questions are collected first and asked together, so that the number of git processes does not depend on the
number of commits. A version of a document is parsed once, by its blob.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from bmad.core.gate.state import Graphs, Parsed, Policy, State, Ways, Where
from bmad.core.joined import joined
from bmad.core.rules import is_fatal
from bmad.core.shards import index_of, order
from bmad.errors import UsageError
from bmad.model.bounds import ALL_PARTS, DOCUMENT, LISTED, SHARDS, STATES, Tally
from bmad.model.bounds import POLICY as POLICY_BOUND
from bmad.model.commits import ABSENT, Change
from bmad.model.findings import Severity
from bmad.model.history import Listed
from bmad.model.ids import Kind
from bmad.model.layout import POLICY, Layout, Place, folder_of, is_sharded
from bmad.model.lock import Lock
from bmad.model.spec import AnyItem, Document
from bmad.model.specification import IntentText
from bmad.pipeline.gate.lock_versions import Locks
from bmad.ports.files import Formats
from bmad.ports.history import Objects

_REGULAR = frozenset({"100644", "100755"})
_ENDINGS = (b".md", b".markdown", b".lock")
"""Of documents and the lock; what ends otherwise is looked at no further."""
_WAYS = 16
"""Chains of stories that are held for each state that is, where that is said."""


_Sources = tuple[tuple[str, str], ...]
"""The files of an intent, each with its blob."""


_Held = TypeVar("_Held")

Beside = Mapping[tuple[str, Kind | None], tuple[str, Document]]
"""Documents of the work tree, by path and kind, each with the text that it was read from."""
NOTHING_BESIDE: Beside = MappingProxyType({})


class Version(NamedTuple):
    """One version of a file of the specification; the lock has no kind."""

    path: str
    blob: str
    kind: Kind | None


class _Listing(NamedTuple):
    """What a specification's folders hold in a tree; the documents sorted by path."""

    layout: Layout
    policy: Policy
    files: Mapping[bytes, Listed]
    documents: tuple[Version, ...]
    records: frozenset[str]


class Specs:
    """Specifications by tree; documents, locks and policies by blob.

    A tree is listed by what it holds otherwise than the one that was asked for before, so that each step of a
    long history costs what it changes. Of all states the last `most` are held, where that is said.
    """

    def __init__(
        self, objects: Objects, formats: Formats, most: int | None = None, beside: Beside = NOTHING_BESIDE
    ) -> None:
        """What stands `beside` is read already; a version with the same text is not parsed again."""
        self._most = most
        self._beside = beside
        self._objects = objects
        self._formats = formats
        self._documents: dict[Version, Parsed] = {}
        self.locks = Locks(objects, formats)
        self._policies: dict[str, Policy] = {}
        self._states: dict[tuple[tuple[Version, ...], Layout, str, tuple[_Sources, ...]], State] = {}
        self._by_tree: dict[str, State] = {}
        self._ways = Ways(None if most is None else most * _WAYS)
        self._graphs = Graphs()
        self._last = _Listing(Layout(), Policy(None), {}, (), frozenset())
        self._texts: dict[str, str | None] = {}
        self._intents: dict[tuple[Place, _Sources], IntentText] = {}
        self.begin()

    def begin(self) -> None:
        """Count anew what is read, as for each range that is judged."""
        self._read = Tally(f"bytes in {DOCUMENT.what}", DOCUMENT.every)
        self._parts = Tally("items and criteria in all versions of its specification", ALL_PARTS)
        self._held = Tally("documents and items in all states of its specification", STATES)
        self._seen = Tally("files of its specification to list, state by state", LISTED)
        self._looked_up = Tally("files of its intents to look up, state by state", SHARDS)
        self._policy_bytes = Tally(f"bytes in {POLICY_BOUND.what}", POLICY_BOUND.every)
        self.locks.begin()

    def state(self, tree: str, lock: bytes | None = None) -> State:
        """The specification of a tree; `lock` stands in for the tree's own, where a merge has joined it."""
        if lock is None and tree in self._by_tree:
            self._by_tree[tree] = self._by_tree.pop(tree)
            return self._by_tree[tree]
        layout, policy, files, documents, records = self._list(tree)
        layout = self._named(layout, documents)
        lock_at = _blob(files.get(layout.lock.encode()))
        sources = tuple(self._sources(tree, files, place) for place in layout.places)
        key = (documents, layout, lock_at, sources)
        known = self._states.get(key) if lock is None else None
        if known is not None and (known.policy, known.records) != (policy, records):
            known = known.beside(policy, records)
        elif known is None:
            found = self.locks.fault(lock_at) if lock is None else self._read_lock(lock)
            self._held.add(len(documents) + sum(len(self._documents[version].items) for version in documents))
            known = State(
                {version.path: self._documents[version] for version in documents},
                found if isinstance(found, Lock) else self.locks.found(lock_at),
                policy,
                self._where(layout, sources),
                records,
                ((layout.lock, found),) if isinstance(found, str) and found else (),
            ).sharing(self._ways, self._graphs)
        if lock is None:
            self._states.pop(key, None)
            self._states[key] = self._by_tree[tree] = known
            self._forget()
        return known

    def _forget(self) -> None:
        """Let go of the states that were asked for longest ago."""
        _cut(self._states, self._most)
        _cut(self._by_tree, self._most)

    def _list(self, tree: str) -> _Listing:
        last = self._last
        files = self._files(tree, last.layout)
        policy = self._policy(files.get(POLICY.encode()))
        layout = policy.settings.layout if policy.settings is not None else Layout()
        if layout != last.layout:
            last, files = _Listing(layout, policy, {}, (), frozenset()), self._files(tree, layout)
        differing = [path for path, at in files.items() if last.files.get(path) != at]
        differing += last.files.keys() - files.keys()
        new = {path.decode("utf-8", "surrogateescape"): files.get(path) for path in differing}
        records = last.records.difference(new)
        records |= {path for path, at in new.items() if at is not None and layout.record(path)}
        documents = last.documents
        if any(layout.kind(path) is not None for path in new):
            own = [
                Version(path, at.id, kind)
                for path, at in new.items()
                if at is not None and at.mode in _REGULAR and (kind := layout.kind(path)) is not None
            ]
            self.parse(own)
            documents = tuple(sorted([*own, *(one for one in documents if one.path not in new)]))
        self._last = _Listing(layout, policy, files, documents, records)
        return self._last

    def _files(self, tree: str, layout: Layout) -> Mapping[bytes, Listed]:
        """What the root, the folders of a layout and those of its intents hold."""
        intents = (place.intent.rpartition("/")[0] for place in layout.places)
        folders = dict.fromkeys(("", *layout.folders, *intents))
        files = self._objects.files(tree, [one.encode("utf-8", "surrogateescape") for one in folders])
        self._seen.add(len(files))
        return files

    def _sources(self, tree: str, files: Mapping[bytes, Listed], place: Place) -> _Sources:
        """The files of an intent, which may stand in any folder, each with its blob."""
        raw = place.intent.encode("utf-8", "surrogateescape")
        if not is_sharded(place.intent):
            at = files.get(raw) or self._objects.files(tree, [raw.rpartition(b"/")[0]]).get(raw)
            return ((place.intent, blob),) if (blob := _blob(at)) else ()
        folder = folder_of(place.intent).removesuffix("/")
        found = self._within(tree, folder)
        index = found.get(index_of(place.intent))
        wanted = order(place.intent, self._text(index) if index else None, found)
        self._looked_up.add(len(wanted))
        below = {one.rpartition("/")[0] for one in wanted} - {folder}
        found |= {path: blob for one in sorted(below) for path, blob in self._within(tree, one).items()}
        return tuple((path, found[path]) for path in wanted if path in found)

    def _within(self, tree: str, folder: str) -> dict[str, str]:
        """The plain files of a folder with their blobs."""
        files = self._objects.files(tree, [folder.encode("utf-8", "surrogateescape")])
        named = ((path.decode("utf-8", "surrogateescape"), _blob(at)) for path, at in files.items())
        return {path: blob for path, blob in named if blob and path.rpartition("/")[0] == folder}

    def _where(self, layout: Layout, sources: Sequence[_Sources]) -> Where:
        """The layout with the texts of its intents, and the shards that they were read from."""
        intents = tuple(map(self._intent, layout.places, sources))
        return Where(replace(layout, places=tuple(one.place for one in intents)), intents)

    def _intent(self, place: Place, own: _Sources) -> IntentText:
        """An intent of some files, made once however many states hold it; a joined text is one more to hold."""
        known = self._intents.get((place, own))
        if known is None:
            texts = [(path, text) for path, blob in own if (text := self._text(blob)) is not None]
            if is_sharded(place.intent):
                known = joined(place, texts)
                self._read.add(len(known.text or ""))
            else:
                known = IntentText(place=place, text=texts[0][1] if texts else None)
            self._intents[place, own] = known
        return known

    def parse(self, versions: Iterable[Version]) -> None:
        """Read and parse all versions that are not known yet, in one go."""
        new = [version for version in dict.fromkeys(versions) if version not in self._documents]
        contents = self._objects.blobs((version.blob for version in new), DOCUMENT)
        self._read.add(sum(map(len, contents.values())))
        for version in new:
            parsed = self._documents[version] = self._parse(version, contents[version.blob])
            self._parts.add(parsed.document.read)

    def _named(self, layout: Layout, documents: Iterable[Version]) -> Layout:
        """The layout with the intent as the register names it."""
        path = layout.places[0].register
        register = next((version for version in documents if version.path == path), None)
        named = None if register is None else self._documents[register].document.intent
        return layout.naming(named) if named is not None else layout

    def document(self, version: Version) -> Parsed:
        return self._documents[version]

    def _parse(self, version: Version, content: bytes) -> Parsed:
        path, text = version.path, _decode(content)
        if text is None:
            return Parsed(Document(path=path), {}, ("it is not UTF-8 text",))
        stood = self._beside.get((path, version.kind))
        try:
            document = self._formats.document(path, text, version.kind, stood)
        except UsageError as error:
            return Parsed(Document(path=path), {}, (str(error).removesuffix("."),))
        faults = tuple(
            f"{one.code} in line {one.line}: {one.message}"
            for one in document.findings
            if is_fatal(one) and one.severity is Severity.ERROR
        )
        items: dict[str, AnyItem] = {}
        for item in document.items:
            items.setdefault(item.id, item)
            for alias in item.aliases:
                items.setdefault(alias, item)
        return Parsed(document, items, faults)

    def _policy(self, at: Listed | None) -> Policy:
        if at is None:
            return Policy(None)
        if at.mode not in _REGULAR:
            return Policy(None, "it is no plain file")
        known = self._policies.get(at.id)
        if known is None:
            content = self._objects.blobs([at.id], POLICY_BOUND)[at.id]
            self._policy_bytes.add(len(content))
            text = _decode(content)
            try:
                known = Policy(None, "it is not UTF-8") if text is None else Policy(self._formats.settings(text))
            except UsageError as error:
                known = Policy(None, str(error))
            self._policies[at.id] = known
        return known

    def _read_lock(self, content: bytes) -> Lock | str:
        text = _decode(content)
        if text is None:
            return "it is not UTF-8"
        try:
            return self._formats.lock(text)
        except UsageError as error:
            return str(error)

    def _text(self, blob: str) -> str | None:
        if blob and blob not in self._texts:
            content = self._objects.blobs([blob], DOCUMENT)[blob]
            self._read.add(len(content))
            self._texts[blob] = _decode(content)
        return self._texts.get(blob)


def _cut(held: dict[_Held, State], most: int | None) -> None:
    while most is not None and len(held) > most:
        del held[next(iter(held))]


def _blob(at: Listed | None) -> str:
    return at.id if at is not None and at.mode in _REGULAR else ""


def _decode(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def spec_versions(changes: Iterable[Change], layout: Layout) -> list[Version]:
    """The versions of documents and lock that changes bring."""
    return [
        Version(path, change.new_blob, layout.kind(path))
        for change in changes
        if change.path.endswith(_ENDINGS)
        and change.new_mode in _REGULAR
        and layout.is_state(path := change.path.decode("utf-8", "surrogateescape"))
    ]


def touches_state(changes: Iterable[Change], layout: Layout) -> bool:
    """Whether changes may lead to another `State`: cheap, and rather too often than too seldom."""
    places = tuple(f"{folder}/".encode() for folder in layout.folders if folder)
    return any(
        change.path.startswith(places)
        or b"/" not in change.path
        or change.path.endswith((b".md", b".markdown"))
        or any(change.path == place.intent.encode("utf-8", "surrogateescape") for place in layout.places)
        for change in changes
    )


def authored_by_merge(sides: Sequence[tuple[Change, ...]]) -> tuple[Change, ...]:
    """What a merge has otherwise than every parent, from its differences to each of them."""
    first, *others = [
        {(change.path, change.new_mode, change.new_blob): change for change in side} for side in sides
    ]
    return tuple(
        change
        for key, change in first.items()
        if change.new_mode != ABSENT and all(key in other for other in others)
    )


def union_lock(base: bytes, ours: bytes, theirs: bytes) -> bytes:
    """The lock's lines of both sides, without those that one side took away; sorted."""
    old, one, two = (set(text.replace(b"\r\n", b"\n").split(b"\n")) for text in (base, ours, theirs))
    lines = (one & two) | (one - old) | (two - old)
    return b"\n".join(sorted(line for line in lines if line)) + b"\n"
