"""The specification as it stands in the work tree."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from bmad.core.graph import SpecGraph, build
from bmad.core.rules import is_fatal, unmerged_intent
from bmad.errors import UsageError
from bmad.model.findings import RENUMBER, Finding, Severity
from bmad.model.layout import LOCK, POLICY, REGISTER, document_kind
from bmad.model.lock import Lock
from bmad.model.settings import Settings
from bmad.model.spec import Document
from bmad.model.specification import Spec
from bmad.model.unmerged import WORDS, first_mark
from bmad.ports.files import Formats, Workspace


@dataclass(frozen=True)
class Loaded:
    """A specification with the texts it was read from, by path, and the settings."""

    spec: Spec
    texts: dict[str, str]
    settings: Settings
    unmerged: tuple[Finding, ...] = ()
    """V01 of each document that git's index holds unmerged."""

    def graph(self) -> SpecGraph:
        """The graph of the documents, built once."""
        return self._graph

    @cached_property
    def _graph(self) -> SpecGraph:
        return build(self.spec.documents)


def load(workspace: Workspace, formats: Formats) -> Loaded:
    """Read settings, documents, intent and lock. Raises: UsageError where one of the files cannot be read."""
    policy = workspace.read(POLICY)
    settings = formats.settings(policy) if policy is not None else Settings()
    texts = {path: workspace.read(path) or "" for path in workspace.spec_paths()}
    documents = tuple(formats.document(path, text) for path, text in texts.items())
    lock_text = workspace.read(LOCK)
    lock = formats.lock(lock_text) if lock_text is not None else Lock()
    intent_path = intent_of(documents) or settings.intent
    intent = workspace.read(intent_path)
    if lock_text is not None:
        texts[LOCK] = lock_text
    if intent is not None:
        texts[intent_path] = intent
    spec = Spec(documents=documents, intent_path=intent_path, intent=intent, lock=lock)
    return Loaded(spec, texts, settings, tuple(_unmerged(workspace, texts, policy)))


def _unmerged(workspace: Workspace, texts: Mapping[str, str], policy: str | None) -> Iterator[Finding]:
    """The documents whose merge git has still to see the end of, at the first mark in them."""
    read = {**texts, POLICY: policy} if policy is not None else texts
    for path in sorted(workspace.standing().unmerged):
        if path not in read and document_kind(path) is None:
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


def intent_of(documents: tuple[Document, ...]) -> str | None:
    """The intent's path as the register names it."""
    return next((document.intent for document in documents if document.path == REGISTER), None)


def load_sound(workspace: Workspace, formats: Formats) -> Loaded:
    """The specification, where its grammar holds.

    Raises: UsageError where there is none, or where a document does not parse: what a command would write then
    could lose what it did not read.
    """
    loaded = load(workspace, formats)
    refuse_broken(loaded)
    if not loaded.spec.documents:
        raise UsageError("There is no specification here yet. Write an intent.md, then run: bmad map intent.md")
    return loaded


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
    raise UsageError(f"{first.path}:{first.line}: {first.message}{more}. See: bmad validate")


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
            found.append(finding.model_copy(update={"source": source}))
        else:
            found.append(finding)
    return tuple(found)
