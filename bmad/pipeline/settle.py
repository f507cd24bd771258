"""`bmad confirm` and `bmad fmt`: what a person vouches for, and the canonical form of everything."""

from collections.abc import Sequence

from bmad.core.gate.people import says
from bmad.core.graph import build
from bmad.core.lock import confirm as settle
from bmad.core.lock import renew
from bmad.errors import UsageError
from bmad.model.layout import LOCK
from bmad.model.reports import ConfirmReport, FmtReport, GraphLink
from bmad.pipeline.graph import find
from bmad.pipeline.spec import load_sound
from bmad.ports.files import Formats, Workspace, Writer


def confirm(workspace: Workspace, formats: Formats, names: Sequence[str], by: str, why: str) -> ConfirmReport:
    """Confirm every suspect link from the named nodes up to the intent; the lock records who and why.

    Raises: UsageError where a name stands for no node, or who or why is empty.
    """
    if not says(why):
        raise UsageError("Say why what changed still holds: --why REASON.")
    if not says(by):
        raise UsageError("It is not known who confirms: set git's user.email, or BMAD_ACTOR.")
    with workspace.writing("bmad confirm") as writer:
        links = _confirm(workspace, formats, writer, names, (by.strip(), " ".join(why.split())))
    return ConfirmReport(settled=links, by=by, why=why)


def _confirm(
    workspace: Workspace, formats: Formats, writer: Writer, names: Sequence[str], words: tuple[str, str]
) -> tuple[GraphLink, ...]:
    loaded = load_sound(workspace, formats)
    graph = loaded.graph()
    starts = [find(graph, name) for name in names]
    lock, settled = settle(graph, renew(graph, loaded.spec.lock), starts, *words)
    text = formats.render_lock(lock)
    if settled and text != loaded.texts.get(LOCK):
        writer.write({LOCK: text})
    return tuple(
        GraphLink(source=source, target=target, kind=kind, suspect=False) for source, kind, target in settled
    )


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
    files: dict[str, str | None] = {
        document.path: formats.canonical(document.path, loaded.texts[document.path])
        for document in loaded.spec.documents
    }
    documents = [formats.document(path, text or "") for path, text in files.items()]
    files[LOCK] = formats.render_lock(renew(build(documents), loaded.spec.lock))
    return {path: text for path, text in files.items() if text != loaded.texts.get(path)}
