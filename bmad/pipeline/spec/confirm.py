"""`bmad confirm` and `bmad fmt`: what a person vouches for, and the canonical form of everything."""

from collections.abc import Iterable, Sequence

from bmad.core.gate.people import says
from bmad.core.graph import SpecGraph, build, proposed_by, upward
from bmad.core.lock import agree, renew
from bmad.core.lock import confirm as settle
from bmad.core.prefixes import find
from bmad.errors import UsageError
from bmad.model.edits import SetField
from bmad.model.graph import Node
from bmad.model.reports import ConfirmReport, FmtReport, GraphLink
from bmad.pipeline.spec.work_tree import load_sound
from bmad.ports.files import Formats, Workspace, Writer


def confirm(workspace: Workspace, formats: Formats, names: Sequence[str], by: str, why: str) -> ConfirmReport:
    """Confirm every suspect link from the named nodes up to the intent; the lock records who and why.

    What a model worded on that way may stand from then on: its mark is taken away, and its own links are signed.

    Raises: UsageError where a name stands for no node, or who or why is empty.
    """
    if not says(why):
        raise UsageError("Say why what changed still holds: --why REASON.")
    if not says(by):
        raise UsageError("It is not known who confirms: set git's user.email, or BMAD_ACTOR.")
    with workspace.writing("bmad confirm") as writer:
        return _confirm(workspace, formats, writer, names, (by.strip(), " ".join(why.split())))


def _confirm(
    workspace: Workspace, formats: Formats, writer: Writer, names: Sequence[str], words: tuple[str, str]
) -> ConfirmReport:
    loaded = load_sound(workspace, formats)
    graph = loaded.graph()
    starts = [find(graph, name) for name in names]
    lock, settled = settle(graph, renew(graph, loaded.spec.lock), starts, *words)
    proposed = _proposed(graph, starts)
    lock = agree(graph, lock, [node.id for nodes in proposed.values() for node in nodes], *words)
    kind, lock_path = loaded.layout.kind, loaded.layout.lock
    files: dict[str, str | None] = {
        path: formats.edit(
            path, loaded.texts[path], [SetField(node.id, _PROPOSED, None) for node in nodes], kind(path)
        )
        for path, nodes in proposed.items()
    }
    text = loaded.lock_text(formats, lock)
    if (settled or proposed) and text != loaded.texts.get(lock_path):
        files[lock_path] = text
    if files:
        writer.write(files)
    links = (GraphLink(source=source, target=target, kind=kind, suspect=False) for source, kind, target in settled)
    return ConfirmReport(
        settled=tuple(links),
        agreed=tuple(node.id for nodes in proposed.values() for node in nodes),
        by=words[0],
        why=words[1],
    )


_PROPOSED = "Proposed by"


def _proposed(graph: SpecGraph, starts: Iterable[str]) -> dict[str, list[Node]]:
    """What a model worded of the starts and of all that they hang from, by document."""
    ways = (node for start in starts for node in (start, *(link.target for link in upward(graph, start))))
    found: dict[str, list[Node]] = {}
    for name in dict.fromkeys(ways):
        node = graph.nodes.get(name)
        if node is not None and proposed_by(node):
            found.setdefault(node.path, []).append(node)
    return found


def fmt(workspace: Workspace, formats: Formats, *, check: bool = False) -> FmtReport:
    """Rewrite documents in canonical form and bring the lock up to date; `check` only says what would change."""
    if check:
        changed = _canonical(workspace, formats)
    else:
        with workspace.writing("bmad fmt") as writer:
            changed = _canonical(workspace, formats)
            if changed:
                writer.write(changed)
    return FmtReport(ok=not (check and changed), changed=tuple(sorted(changed)))


def _canonical(workspace: Workspace, formats: Formats) -> dict[str, str | None]:
    """The files whose canonical form is another than they have, in that form."""
    loaded = load_sound(workspace, formats)
    kind = loaded.layout.kind
    files: dict[str, str | None] = {
        document.path: formats.canonical(document.path, loaded.texts[document.path], kind(document.path))
        for document in loaded.spec.documents
    }
    documents = loaded.documents_with(formats, files, loaded.layout)
    lock = renew(build(documents, loaded.graph()), loaded.spec.lock)
    files[loaded.layout.lock] = loaded.lock_text(formats, lock)
    return {path: text for path, text in files.items() if text != loaded.texts.get(path)}
