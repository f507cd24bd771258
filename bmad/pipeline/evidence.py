"""Reading what the gate judges: commits, changes, merges and every specification that counts.

Questions are collected first and asked together, so that the number of git processes does not depend on the
number of commits. A version of a document is parsed once, by its blob.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bmad.core.gate.facts import ABSENT
from bmad.core.gate.state import Intent, Parsed, Policy, State, Ways
from bmad.core.rules import is_fatal
from bmad.errors import UsageError
from bmad.model.bounds import ALL_PARTS, DOCUMENT, LISTED, STATES, Tally
from bmad.model.bounds import POLICY as POLICY_BOUND
from bmad.model.commits import Change
from bmad.model.findings import Severity
from bmad.model.history import Listed
from bmad.model.layout import EPICS, LOCK, POLICY, RECORD_RE, RECORDS, REGISTER, STORIES, document_kind
from bmad.model.lock import Lock
from bmad.model.settings import Settings
from bmad.model.spec import AnyItem, Document
from bmad.pipeline.locks import Locks
from bmad.ports.files import Formats
from bmad.ports.history import Objects

_REGULAR = frozenset({"100644", "100755"})
_FOLDERS = tuple(name.encode() for name in ("", "specs", EPICS, STORIES, RECORDS))
_SPEC_PLACES = (b"specs/", b"stories/")
_EMPTY_DOCUMENT = Document(path="")


class Version(NamedTuple):
    """One version of a file of the specification."""

    path: str
    blob: str


class _Listing(NamedTuple):
    """What a specification's folders hold in a tree; the documents sorted by path."""

    files: Mapping[bytes, Listed]
    documents: tuple[Version, ...]
    records: frozenset[str]


class Specs:
    """Specifications by tree; documents, locks and policies by blob.

    A tree is listed by what it holds otherwise than the one that was asked for before, so that each step of a
    long history costs what it changes.
    """

    def __init__(self, objects: Objects, formats: Formats) -> None:
        self._objects = objects
        self._formats = formats
        self._documents: dict[Version, Parsed] = {}
        self.locks = Locks(objects, formats)
        self._policies: dict[str, Policy] = {}
        self._states: dict[tuple[tuple[Version, ...], str, str, str], State] = {}
        self._by_tree: dict[str, State] = {}
        self._ways = Ways()
        self._last = _Listing({}, (), frozenset())
        self._texts: dict[str, str | None] = {}
        self.begin()

    def begin(self) -> None:
        """Count anew what is read, as for each range that is judged."""
        self._read = Tally(f"bytes in {DOCUMENT.what}", DOCUMENT.every)
        self._parts = Tally("items and criteria in all versions of its specification", ALL_PARTS)
        self._held = Tally("documents and items in all states of its specification", STATES)
        self._seen = Tally("files of its specification to list, state by state", LISTED)
        self._policy_bytes = Tally(f"bytes in {POLICY_BOUND.what}", POLICY_BOUND.every)
        self.locks.begin()

    def state(self, tree: str, lock: bytes | None = None) -> State:
        """The specification of a tree; `lock` stands in for the tree's own, where a merge has joined it."""
        if lock is None and tree in self._by_tree:
            return self._by_tree[tree]
        files, documents, records = self._list(tree)
        policy = self._policy(files.get(POLICY.encode()))
        named = self._named_intent(documents)
        intent = named or (policy.settings or Settings()).intent
        lock_at, intent_at = _blob(files.get(LOCK.encode())), _blob(self._intent_of(tree, files, intent))
        key = (documents, lock_at, intent, intent_at)
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
                Intent(named, intent, self._text(intent_at)),
                records,
                ((LOCK, found),) if isinstance(found, str) and found else (),
            ).sharing(self._ways)
        if lock is None:
            self._states[key] = self._by_tree[tree] = known
        return known

    def _list(self, tree: str) -> _Listing:
        last, files = self._last, self._objects.files(tree, _FOLDERS)
        self._seen.add(len(files))
        differing = [path for path, at in files.items() if last.files.get(path) != at]
        differing += last.files.keys() - files.keys()
        new = {path.decode("utf-8", "surrogateescape"): files.get(path) for path in differing}
        records = last.records.difference(new)
        records |= {path for path, at in new.items() if at is not None and RECORD_RE.fullmatch(path)}
        documents = last.documents
        if any(document_kind(path) is not None for path in new):
            own = [
                Version(path, at.id)
                for path, at in new.items()
                if at is not None and at.mode in _REGULAR and document_kind(path) is not None
            ]
            self.parse(own)
            documents = tuple(sorted([*own, *(one for one in documents if one.path not in new)]))
        self._last = _Listing(files, documents, records)
        return self._last

    def _intent_of(self, tree: str, files: Mapping[bytes, Listed], intent: str) -> Listed | None:
        """The intent's file, which may stand in any folder."""
        path = intent.encode("utf-8", "surrogateescape")
        return files.get(path) or self._objects.files(tree, [path.rpartition(b"/")[0]]).get(path)

    def parse(self, versions: Iterable[Version]) -> None:
        """Read and parse all versions that are not known yet, in one go."""
        new = [version for version in dict.fromkeys(versions) if version not in self._documents]
        contents = self._objects.blobs((version.blob for version in new), DOCUMENT)
        self._read.add(sum(map(len, contents.values())))
        for version in new:
            parsed = self._documents[version] = self._parse(version.path, contents[version.blob])
            self._parts.add(parsed.document.read)

    def _named_intent(self, documents: Iterable[Version]) -> str | None:
        """The path of the intent as the register names it."""
        register = next((version for version in documents if version.path == REGISTER), None)
        return None if register is None else self._documents[register].document.intent

    def document(self, version: Version) -> Parsed:
        return self._documents[version]

    def _parse(self, path: str, content: bytes) -> Parsed:
        text = _decode(content)
        if text is None:
            return Parsed(_EMPTY_DOCUMENT.model_copy(update={"path": path}), {}, ("it is not UTF-8 text",))
        try:
            document = self._formats.document(path, text)
        except UsageError as error:
            return Parsed(_EMPTY_DOCUMENT.model_copy(update={"path": path}), {}, (str(error).removesuffix("."),))
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


def _blob(at: Listed | None) -> str:
    return at.id if at is not None and at.mode in _REGULAR else ""


def _decode(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def spec_versions(changes: Iterable[Change]) -> list[Version]:
    """The versions of documents and lock that changes bring."""
    return [
        Version(path, change.new_blob)
        for change in changes
        if change.path.startswith(_SPEC_PLACES)
        and change.new_mode in _REGULAR
        and is_spec_file(path := change.path.decode("utf-8", "surrogateescape"))
    ]


def is_spec_file(path: str) -> bool:
    """Whether a path is a document or the lock, which must parse in each commit."""
    return path == LOCK or document_kind(path) is not None


def touches_state(changes: Iterable[Change], intent: str = "intent.md") -> bool:
    """Whether changes may lead to another `State`: cheap, and rather too often than too seldom."""
    return any(
        change.path.startswith((b"specs/", b"stories/"))
        or b"/" not in change.path
        or change.path.endswith((b".md", b".markdown"))
        or change.path == intent.encode()
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
