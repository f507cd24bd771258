"""The specification as it stands in the work tree."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from bmad.core.graph import SpecGraph, build
from bmad.core.joined import joined
from bmad.core.rules import is_fatal, unmerged_intent
from bmad.core.shards import index_of, order
from bmad.errors import UsageError
from bmad.model.findings import RENUMBER, Finding, Severity
from bmad.model.ids import Kind
from bmad.model.layout import POLICY, Layout, Place, folder_of, is_sharded
from bmad.model.lock import Lock
from bmad.model.settings import Settings
from bmad.model.spec import Document
from bmad.model.specification import IntentText, Spec
from bmad.model.unmerged import SETTLE, WORDS, first_mark
from bmad.ports.files import Formats, Workspace


@dataclass(frozen=True)
class Loaded:
    """A specification with the texts it was read from, by path, and the settings."""

    spec: Spec
    texts: dict[str, str]
    settings: Settings
    unmerged: tuple[Finding, ...] = ()
    """V01 of each document that git's index holds unmerged."""

    @property
    def layout(self) -> Layout:
        """Where everything stands, the intents as their registers name them."""
        return self.spec.layout

    def graph(self) -> SpecGraph:
        """The graph of the documents, built once."""
        return self._graph

    @property
    def beside(self) -> dict[tuple[str, Kind | None], tuple[str, Document]]:
        """Text and document by path and kind, for whoever reads the specification at a revision as well."""
        kind = self.settings.layout.kind
        return {(one.path, kind(one.path)): (self.texts[one.path], one) for one in self.spec.documents}

    def documents_with(
        self, formats: Formats, files: Mapping[str, str | None], layout: Layout
    ) -> tuple[Document, ...]:
        """The documents once some have other texts (None: are gone), by path; what stays is not read again.

        `layout` gives each path the kind that it had.
        """
        stood = {document.path: document for document in self.spec.documents}
        changed = {path: text for path, text in files.items() if path not in stood or text != self.texts[path]}
        kept = [one for path, one in stood.items() if path not in changed]
        texts = {path: text for path, text in changed.items() if text is not None}
        read = [
            formats.document(
                path, text, layout.kind(path), (self.texts[path], stood[path]) if path in stood else None
            )
            for path, text in texts.items()
        ]
        return tuple(sorted([*kept, *read], key=lambda one: one.path))

    def lock_text(self, formats: Formats, lock: Lock) -> str:
        """What the lock's file is to hold, with the line ends that it has."""
        return formats.render_lock(lock, self.texts.get(self.layout.lock, ""))

    @cached_property
    def _graph(self) -> SpecGraph:
        return build(self.spec.documents)


def layout_here(workspace: Workspace, formats: Formats) -> Layout:
    """Where everything stands by the settings of the work tree. Raises: UsageError where they cannot be read."""
    policy = workspace.read(POLICY)
    return formats.settings(policy).layout if policy is not None else Layout()


class Texts(NamedTuple):
    """The documents, the lock and the settings as they are written."""

    policy: str | None
    settings: Settings
    documents: dict[str, str]
    lock: str | None

    def with_files(self, files: Mapping[str, str | None]) -> "Texts":
        """The same once some are written; None takes one away."""
        lock, own = self.settings.layout.lock, {**self.documents, **files}
        documents = {path: text for path in sorted(own) if path != lock and (text := own[path]) is not None}
        return self._replace(documents=documents, lock=files.get(lock, self.lock))


def texts_here(workspace: Workspace, formats: Formats) -> Texts:
    """Read settings, documents and lock. Raises: UsageError where one of the files cannot be read."""
    policy = workspace.read(POLICY)
    settings = formats.settings(policy) if policy is not None else Settings()
    layout = settings.layout
    documents = {path: workspace.read(path) or "" for path in workspace.spec_paths(layout)}
    return Texts(policy, settings, documents, workspace.read(layout.lock))


def load(workspace: Workspace, formats: Formats, here: Texts | None = None) -> Loaded:
    """Read settings, documents, intent and lock; `here` is what was read of them already.

    Raises: UsageError where one of the files cannot be read.
    """
    policy, settings, written, lock_text = here or texts_here(workspace, formats)
    layout, texts = settings.layout, {**written}
    documents = tuple(formats.document(path, text, layout.kind(path)) for path, text in texts.items())
    lock = _lock(formats, layout.lock, lock_text) if lock_text is not None else Lock()
    layout = _named(documents, layout)
    intents = tuple(read_intent(workspace, place) for place in layout.places)
    layout = replace(layout, places=tuple(one.place for one in intents))
    if lock_text is not None:
        texts[layout.lock] = lock_text
    texts |= {path: text for one in intents for path, text in texts_of(one).items()}
    spec = Spec(documents=documents, intents=intents, lock=lock, layout=layout)
    return Loaded(spec, texts, settings, tuple(_unmerged(workspace, texts, policy, layout)))


class Registered(NamedTuple):
    """The intents as `load` reads them, and the registers that are there: all that is read to know them."""

    intents: tuple[IntentText, ...]
    registers: tuple[Document, ...]


def registered(workspace: Workspace, formats: Formats) -> Registered:
    """The intents that the settings and the register name. Raises: as `load`."""
    layout = layout_here(workspace, formats)
    texts = {place.register: workspace.read(place.register) for place in layout.places}
    registers = tuple(
        formats.document(path, text, layout.kind(path)) for path, text in texts.items() if text is not None
    )
    intents = tuple(read_intent(workspace, place) for place in _named(registers, layout).places)
    return Registered(intents, registers)


def _named(documents: tuple[Document, ...], layout: Layout) -> Layout:
    """The layout with the intent as the register names it."""
    named = intent_of(documents, layout)
    return layout.naming(named) if named is not None else layout


def _lock(formats: Formats, path: str, text: str) -> Lock:
    try:
        return formats.lock(text)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def _unmerged(
    workspace: Workspace, texts: Mapping[str, str], policy: str | None, layout: Layout
) -> Iterator[Finding]:
    """The documents whose merge git has still to see the end of, at the first mark in them."""
    read = {**texts, POLICY: policy} if policy is not None else texts
    for path in sorted(workspace.standing().unmerged):
        if path not in read and layout.kind(path) is None:
            continue
        mark = first_mark(read.get(path) or "")
        yield Finding(
            code="V01",
            severity=Severity.ERROR,
            path=path,
            line=mark[0] if mark else 1,
            column=1,
            message="git holds it unmerged",
            fix=f"settle the conflict, then: git add {path}",
        )


def read_intent(workspace: Workspace, place: Place) -> IntentText:
    """An intent with its text, of one file or of several. Raises: UsageError where one cannot be read."""
    if not is_sharded(place.intent):
        return IntentText(place=place, text=workspace.read(place.intent))
    names = workspace.markdown_in(folder_of(place.intent).removesuffix("/"))
    wanted = order(place.intent, workspace.read(index_of(place.intent)), names)
    found = [(path, workspace.read(path)) for path in wanted]
    missing = [path for path, text in found if text is None]
    return joined(place, [(path, text) for path, text in found if text is not None], missing)


def texts_of(intent: IntentText) -> dict[str, str]:
    """The texts of an intent's files, by path."""
    text = intent.text
    if text is None:
        return {}
    if not intent.shards:
        return {intent.path: text}
    return {one.path: text[one.start : one.start + one.length] for one in intent.shards}


def intent_of(documents: tuple[Document, ...], layout: Layout) -> str | None:
    """The intent's path as the first register names it."""
    register = layout.places[0].register
    return next((document.intent for document in documents if document.path == register), None)


def origin_of(documents: Iterable[Document], place: Place) -> str:
    """What the documents of an intent were imported from, as its register says; empty where they were mapped."""
    return next((one.imported for one in documents if one.path == place.register), "")


def refuse_foreign(loaded: Loaded) -> None:
    """Raises: UsageError where documents stand that bmad did not write: nothing is read out of them, or into them.

    A map has the register name its intent, and the lock know what it made; without both, files are another's.
    """
    known, register_of = loaded.spec.lock.nodes, loaded.layout.register_of
    for place in loaded.layout.places:
        own = [one for one in loaded.spec.documents if register_of(one.path) == place.register]
        named = any(one.path == place.register and one.intent is not None for one in own)
        if own and not named and not any(item.id in known for one in own for item in one.items):
            way = PROPOSED if len(loaded.layout.places) == 1 else f"`specs` and `stories` of {place.intent}"
            raise UsageError(
                f"{own[0].path} stands where bmad would write, and is none of its documents. Leave it as it is, "
                f"and name places for bmad's own in {POLICY}, for instance: {way}"
            )


PROPOSED = "paths: {specs: docs/bmad/specs, stories: docs/bmad/stories}"


def load_sound(workspace: Workspace, formats: Formats) -> Loaded:
    """The specification, where its grammar holds.

    Raises: UsageError where there is none, or where a document does not parse: what a command would write then
    could lose what it did not read.
    """
    loaded = load(workspace, formats)
    refuse_foreign(loaded)
    refuse_broken(loaded)
    refuse_unmapped(loaded)
    return loaded


def refuse_unmapped(loaded: Loaded) -> None:
    """Raises: UsageError where nothing was mapped yet."""
    if not loaded.spec.documents:
        intent = loaded.layout.places[0].intent
        write = "Run" if any(one.text for one in loaded.spec.intents) else f"Write {intent}, then run"
        raise UsageError(f"There is no specification here yet. {write}: bmad map {intent}")


def refuse_broken(loaded: Loaded) -> None:
    """Raises: UsageError where a document breaks its grammar or an id is defined twice."""
    _refuse([*_unread(loaded), *filter(is_fatal, _found(loaded))])
    for duplicate in loaded.graph().duplicates:
        place = f"{duplicate.item.path}:{duplicate.item.line}"
        raise UsageError(f"{place}: {duplicate.item.id} is defined twice. To mend it, {RENUMBER}")


def refuse_unread(loaded: Loaded) -> None:
    """Raises: UsageError where a document breaks its grammar; an id may be defined twice."""
    _refuse([*_unread(loaded), *(finding for finding in _found(loaded) if finding.code == "V01")])


def _found(loaded: Loaded) -> Iterator[Finding]:
    return (finding for document in loaded.spec.documents for finding in document.findings)


def _unread(loaded: Loaded) -> list[Finding]:
    return [*loaded.unmerged, *unmerged_intent(loaded.spec)]


def _refuse(faults: list[Finding]) -> None:
    if not faults:
        return
    faults.sort(key=lambda finding: not finding.message.startswith(WORDS))
    first = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    way = f"{SETTLE[0].upper()}{SETTLE[1:]}." if first.message.startswith(WORDS) else "See: bmad validate"
    raise UsageError(f"{first.path}:{first.line}: {first.message}{more}. {way}")


def with_source(findings: list[Finding], texts: dict[str, str]) -> tuple[Finding, ...]:
    """The findings with the line that each points at."""
    lines: dict[str, list[str]] = {}
    found: list[Finding] = []
    for finding in findings:
        if finding.line and finding.path in texts:
            if finding.path not in lines:
                lines[finding.path] = texts[finding.path].removeprefix("\ufeff").split("\n")
            rows = lines[finding.path]
            source = rows[finding.line - 1].rstrip("\r") if finding.line <= len(rows) else ""
            found.append(finding.showing(source))
        else:
            found.append(finding)
    return tuple(found)
