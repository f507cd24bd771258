"""`bmad agents install`: what coding agents are told of bmad here, and whether that is what this bmad says."""

from bmad.core.agent_files import Plan, plan, stands
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.machine import AgentFilesReport
from bmad.pipeline.spec.work_tree import layout_here
from bmad.ports.files import Formats, Workspace

_ALONE = (
    "next: commit these files alone, with a last paragraph `Policy: REASON`: agents obey them; where bmad is "
    "adopted with them, all of it may be one commit"
)


def install(workspace: Workspace, formats: Formats) -> AgentFilesReport:
    """Write what is missing or older. Raises: UsageError where a file, or bmad.yaml, cannot be read."""
    with workspace.writing("bmad agents install") as writer:
        made = _planned(workspace, formats)
        if made.files:
            writer.write(dict(made.files))
    notes = [f"{path} was edited by hand and stays as it is" for path in made.edited]
    return AgentFilesReport(
        written=tuple(sorted(made.files)),
        edited=made.edited,
        notes=(*notes, *([_ALONE] if made.files else [])),
    )


def old(workspace: Workspace, formats: Formats) -> tuple[str, ...]:
    """What to say where agents are told otherwise than by this bmad; nothing where they are told nothing."""
    try:
        if not stands(workspace.read):
            return ()
        made = _planned(workspace, formats)
    except UsageError as error:
        return (str(error),)
    except CannotAnswerError:  # a repository without files
        return ()
    mend = "renew it: bmad agents install"
    found = (f"{path} is not what this bmad would write; {mend}" for path in sorted(made.files))
    return (*found, *(f"{path} was edited by hand, and bmad does not renew it" for path in made.edited))


def _planned(workspace: Workspace, formats: Formats) -> Plan:
    return plan(workspace.read, layout_here(workspace, formats).places[0].intent)
