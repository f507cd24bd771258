"""Documents that git does not hold, though the lock that it holds names what is in them."""

from collections.abc import Iterator
from itertools import accumulate

from bmad.core.gate.words import listed
from bmad.errors import UsageError
from bmad.model.findings import Finding, Severity
from bmad.pipeline.spec.work_tree import Loaded
from bmad.ports.files import Formats, Workspace


def untracked(workspace: Workspace, formats: Formats, loaded: Loaded) -> Iterator[Finding]:
    """V12: who clones what is committed or staged now has the lock's line of an item, and not the item."""
    held = workspace.standing().held
    new = [one for one in loaded.spec.documents if one.path not in held]
    text = workspace.held_lock(loaded.layout.lock) if new else None
    if text is None:
        return
    try:
        known = formats.lock(text).nodes
    except UsageError:  # the one in the work tree is read as well, and what it lacks is told
        return
    stems = (path.rpartition("/")[2].removesuffix(".md").split("-") for path in held)
    elsewhere = {name for stem in stems for name in accumulate(stem, "{}-{}".format)}
    for document in new:
        own = [item for item in document.items if item.id in known and item.id not in elsewhere]
        if own:
            yield Finding(
                code="V12",
                severity=Severity.WARNING,
                path=document.path,
                line=own[0].line,
                column=1,
                message=f"not tracked yet, and the lock that git holds names {listed(one.id for one in own)}",
                fix=f"git add {document.path}",
            )
