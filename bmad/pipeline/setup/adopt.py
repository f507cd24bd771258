"""`bmad adopt`: from the present commit on everything is traced, and nothing before it is judged."""

import re

from bmad.errors import UsageError
from bmad.model.backfill import AdoptReport
from bmad.model.layout import POLICY
from bmad.model.settings import Settings
from bmad.ports.files import Formats, Workspace

_BLOCK = re.compile(r"^gate:[ \t]*(?:#[^\n]*)?\n(?=[ \t]+\S)", re.MULTILINE)
_FLOW = re.compile(r"^gate:[ \t]*\{[ \t]*(?P<rest>[^\n]*)", re.MULTILINE)
_ANY = re.compile(r"^gate:", re.MULTILINE)


def adopt(workspace: Workspace, formats: Formats, head: str) -> AdoptReport:
    """Have the settings say that tracing begins at a commit; where they say so already, they stay.

    Raises: UsageError where the settings cannot be written by a program.
    """
    text = workspace.read(POLICY) or ""
    before = formats.settings(text)
    since = before.gate.since
    if since is not None:
        return AdoptReport(since=since, written=(), notes=tuple(_notes(since, is_new=False)))
    new = _with(text, head)
    said = _read(formats, new)
    if said is None or said.gate.since != head or said.layout != before.layout:
        raise UsageError(
            f"{POLICY} cannot be written by a program as it stands; write into its `gate`: since: {head}"
        )
    with workspace.writing("bmad adopt") as writer:
        if workspace.read(POLICY) != text:
            raise UsageError(f"{POLICY} was changed just now; try again.")
        writer.write({POLICY: new})
    return AdoptReport(since=head, written=(POLICY,), notes=tuple(_notes(head, is_new=True)))


def _read(formats: Formats, text: str) -> Settings | None:
    """The settings of a text that a program wrote; None where it is none."""
    try:
        return formats.settings(text)
    except UsageError:
        return None


def _with(text: str, head: str) -> str:
    """The settings with the commit, nothing else of them changed."""
    if (block := _BLOCK.search(text)) is not None:
        indent = re.match(r"[ \t]+", text[block.end() :])
        return f"{text[: block.end()]}{indent.group() if indent else '  '}since: {head}\n{text[block.end() :]}"
    if (flow := _FLOW.search(text)) is not None:
        comma = "" if flow["rest"].startswith("}") else ", "
        return f"{text[: flow.start('rest')]}since: {head}{comma}{text[flow.start('rest') :]}"
    if _ANY.search(text) is not None:
        return text
    gap = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{gap}gate: {{since: {head}}}\n"


def _notes(since: str, *, is_new: bool) -> list[str]:
    if since == "root":
        told = "everything is judged, from the first commit on"
    else:
        told = (
            f"what {since[:12]} reaches is older than bmad here: it is not judged, and once {POLICY} is committed "
            "bmad trace calls it older"
        )
    notes = [told, "each later commit of code names a story (`Story: STORY-…`), or the gate refuses it"]
    if is_new:
        notes.append(f"next: commit {POLICY} (where it stood already, alone and with a `Policy: why` line)")
    return notes if since == "root" else [*notes, "to have stories proposed for what is older: bmad backfill"]
