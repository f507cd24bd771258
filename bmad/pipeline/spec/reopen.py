"""`bmad reopen`: a story that has landed is taken up again, and the lock says by whom and why."""

from bmad.core.gate.people import says
from bmad.core.lock import renew
from bmad.core.lock import reopen as reopened
from bmad.core.prefixes import find_story
from bmad.errors import UsageError
from bmad.model.gate import ReopenReport
from bmad.pipeline.spec.work_tree import load_sound
from bmad.pipeline.status.landed_records import BEFORE, standing_landings
from bmad.ports.files import Formats, Workspace, Writer


def reopen(workspace: Workspace, formats: Formats, name: str, by: str, why: str) -> ReopenReport:
    """Write the story's last landing into the lock as reopened. It counts once it stands in the gate's base.

    Raises: UsageError where the name is no story's, it has not landed or is open again, or who or why is empty.
    """
    if not says(why):
        raise UsageError("Say why the story is taken up again: --why REASON.")
    if not says(by):
        raise UsageError("It is not known who reopens: set git's user.email, or BMAD_ACTOR.")
    with workspace.writing("bmad reopen") as writer:
        return _reopen(workspace, formats, writer, name, (by.strip(), " ".join(why.split())))


def _reopen(
    workspace: Workspace, formats: Formats, writer: Writer, name: str, words: tuple[str, str]
) -> ReopenReport:
    loaded = load_sound(workspace, formats)
    graph = loaded.graph()
    found = find_story(graph, name)
    story = found.id
    landing = standing_landings(workspace, formats, loaded.layout, story).get(story, 0)
    if not landing and found.done_elsewhere:
        raise UsageError(f"{story}: {BEFORE.format(found.done_elsewhere, found.path)}.")
    if not landing:
        raise UsageError(f"{story} is open already: no record of its landing stands on this branch.")
    if (story, landing) in loaded.spec.lock.reopened:
        raise UsageError(f"{story} is open again already, after landing {landing}.")
    by, why = words
    lock = reopened(renew(graph, loaded.spec.lock), story, landing, by, why)
    writer.write({loaded.layout.lock: loaded.lock_text(formats, lock)})
    return ReopenReport(story=story, landing=landing, by=by, why=why)
