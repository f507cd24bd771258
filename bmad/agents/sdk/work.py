"""A task for a model: what it is reached by, what it may use, and what is made of it in the end."""

import time
import uuid
from collections.abc import Callable

from bmad import platforms
from bmad.agents import redacting, strict
from bmad.agents.calls import Place, confined, made, writable
from bmad.agents.private import private_folder
from bmad.agents.sdk import programs, tools
from bmad.agents.sdk.access import Access, NoAccessError, access
from bmad.agents.sdk.conversation import Brief, Conversation
from bmad.agents.sdk.doing import Doing, Job
from bmad.agents.sdk.line import Line
from bmad.agents.sdk.telling import system
from bmad.agents.sdk.transcript import Transcript
from bmad.agents.sdk.tree import Tree
from bmad.model.agents import Fault, Outcome, Task

_IDLE = 600.0
"""Seconds without a byte after which a request is given up."""


def run(task: Task, hold: int, place: Place) -> Outcome:
    """Do a task with the model of `use: PROVIDER:MODEL`. Raises: KeyboardInterrupt where `place.stop` is set."""
    begun = time.monotonic()
    base = Outcome(None, None, "", (task.agent.use or "").partition(":")[0], "", uuid.uuid4().hex)
    if task.agent.sandbox == "own":
        words = f"The agent `{task.name}` is a model and has no sandbox of its own: set `sandbox: bmad`."
        return base._replace(fault=Fault.MISCONFIGURED, words=words)
    try:
        outcome = _with_log(task, hold, place, access(task.agent, place.environ), base)
    except NoAccessError as error:
        outcome = base._replace(fault=error.fault, words=f"The agent `{task.name}` {error}.")
    except OSError as error:
        words = f"The agent `{task.name}` cannot have its folder or its log: {error.strerror or error}."
        outcome = base._replace(fault=Fault.ENVIRONMENT, words=words)
    return outcome._replace(seconds=round(time.monotonic() - begun, 3))


def _with_log(task: Task, hold: int, place: Place, found: Access, base: Outcome) -> Outcome:
    """Raises: OSError; KeyboardInterrupt."""
    secrets = [*redacting.secrets(place.environ), *redacting.secrets({"KEY": found.key})]
    deadline = time.monotonic() + task.agent.timeout
    under = platforms.path_of(hold)
    with Transcript(task.log, secrets) as transcript, private_folder(under) as private:
        kit = _kit(task, hold, place, programs.Private(private, under), deadline)
        brief = Brief(
            model=found.model,
            system=system(task, kit),
            prompt=transcript.clean(task.prompt),
            tools=tools.offered(kit),
            schema=strict.schema(task.kind),
            effort=task.agent.effort,
        )
        transcript.note(
            "begin", model=found.model, api=found.api, host=found.host, tools=[t.name for t in brief.tools]
        )
        with Line(place.stop, deadline) as line:
            talk = _opened(found)(found, brief, min(_IDLE, task.agent.timeout))
            try:
                return Doing(Job(task, found), kit, talk, line, transcript).outcome(base)
            finally:
                line.close(talk.close())


def _opened(found: Access) -> Callable[[Access, Brief, float], Conversation]:
    """What opens a conversation in the wire format; the SDK is loaded here."""
    if found.api == "messages":
        from bmad.agents.sdk.messages import Messages  # noqa: PLC0415 - two seconds

        return Messages
    if found.api == "responses":
        from bmad.agents.sdk.responses import Responses  # noqa: PLC0415 - one second

        return Responses
    from bmad.agents.sdk.chat import Chat  # noqa: PLC0415 - one second

    return Chat


def _kit(task: Task, hold: int, place: Place, own: programs.Private, deadline: float) -> tools.Kit:
    """Without confinement nothing holds a program to reading, so a reader gets none to run."""
    temp, cache = made(own.folder / "tmp"), place.cache_of(task)
    held = confined(task.confine and task.agent.sandbox != "none")
    grounds = programs.Grounds(
        folder=task.folder,
        temp=temp,
        cache=cache,
        hold=hold,
        lease=own.lease,
        environ=place.environ,
        writable=(*writable(task, place), own.folder, cache) if held else None,
        strays=place.strays,
        stop=place.stop,
        deadline=deadline,
        given=task.given,
    )
    return tools.Kit(Tree(task.folder), grounds, reads=not task.writable, runs=task.writable or held)
