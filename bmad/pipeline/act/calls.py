"""A call of an agent for a step: the first of its chain that can work does it, under the caps of the budget."""

import hashlib
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import PurePath
from typing import NamedTuple

from bmad.core.act.accounts import ALONE, OTHERS_MAY, PASSING, Pause, account
from bmad.core.act.spending import asked_for
from bmad.core.act.ways import goes_on
from bmad.core.governed import is_obeyed
from bmad.core.prompts.answers import handed_over
from bmad.core.prompts.brief import Prompt
from bmad.model.act import Event, Failed, OutOfBudget, Waits
from bmad.model.agents import HUMAN, AnswerKind, Fault, Outcome, Role, Task
from bmad.model.record import UNKNOWN, Work
from bmad.model.settings import AgentSettings
from bmad.model.worktrees import Snapshot, Worktree
from bmad.pipeline.act.step import Case, StopError, failed
from bmad.ports.acting import Hold


class Called(NamedTuple):
    """A call that came to something, and how it is recorded."""

    outcome: Outcome
    work: Work


class Ask(NamedTuple):
    """What is asked of whoever has a role; `subject` is what a recording is bound to.

    `scratch` is the lock of a worktree that is thrown away: there a reviewer may write. `given` are variables.
    """

    role: Role
    step: str
    kind: AnswerKind
    prompt: Prompt
    subject: str
    tree: Worktree
    scratch: Hold | None = None
    given: tuple[tuple[str, str], ...] = ()


class _Out(NamedTuple):
    """An agent of the chain that cannot work now."""

    name: str
    fault: Fault
    words: str
    pause: Pause | None = None


def call(case: Case, ask: Ask) -> Called:
    """Have the first agent of the role's chain that can work do it.

    Raises: StopError where it came to nothing, with its unfinished work kept, waits for a person or an account, or
    a cap leaves no room.
    """
    out: list[_Out] = []
    stops: list[StopError] = []
    for number, (name, agent) in enumerate(case.chain(ask.role)):
        pause = case.accounts.pause(account(agent))
        if pause is not None:
            out.append(_Out(name, pause.fault, pause.words, pause))
            continue
        _see_to_budget(case)
        task = _task(case, ask, name, agent, number)
        outcome = _run(case, ask, task)
        if outcome.fault is None:
            case.accounts.works(account(agent))
            return _called(case, ask, task, outcome)
        stop = _stopped(case, ask, outcome.fault, outcome.words, outcome.exit)
        stop.said = outcome.said
        if outcome.fault not in OTHERS_MAY:
            raise stop
        stops.append(stop)
        held = case.accounts.hold(account(agent), outcome, outcome.fault) if outcome.fault in PASSING else None
        out.append(_Out(name, outcome.fault, outcome.words, held))
    raise _nobody(out, stops)


def _stopped(case: Case, ask: Ask, fault: Fault, words: str, code: int | None = None) -> StopError:
    """A fault; what was left in the worktree is put aside, but for one that is thrown away."""
    return (
        case.kept(ask.tree, ask.step, fault, words, code)
        if ask.scratch is None
        else failed(fault, words, "", code)
    )


def _nobody(out: Sequence[_Out], stops: Sequence[StopError]) -> StopError:
    """What becomes of a story that nobody of the chain can work on.

    It waits for the first account that comes back; else, where it was too much for a model or one declined it, it
    fails for that alone, since that model may take other stories; else it waits for a person, as every other one
    would.
    """
    pauses = [one.pause for one in out if one.pause is not None]
    failures = [one for _, one in (stop.happened for stop in stops) if isinstance(one, Failed)]
    alone = next((one for one in failures if one.fault in ALONE), None)
    words = " ".join(dict.fromkeys(one.words.rstrip(".") + "." for one in out))
    kept = next((one.kept for one in failures if one.kept), "")
    if alone is not None and not pauses:
        return failed(alone.fault, words, kept, alone.exit)
    until = min((one.until for one in pauses), default=None)
    fault = pauses[0].fault if pauses else out[0].fault
    return StopError(Event.WAITS, Waits(words=words, fault=fault, until=until, kept=kept))


def _see_to_budget(case: Case) -> None:
    """Raises: StopError where a cap is reached."""
    of, why = case.purse.full(case.run, case.settings)
    if why:
        command = goes_on(case.run)
        if of == "run" and command.startswith("bmad act "):
            command = "bmad act"  # every story of the run meets it
        then = f", or go on with the cap anew: {command}" if of == "run" else f", then: {command}"
        raise StopError(Event.OUT_OF_BUDGET, OutOfBudget(words=why + then, of=of))


def _task(case: Case, ask: Ask, name: str, agent: AgentSettings, number: int) -> Task:
    return Task(
        key=f"{case.run.story}/{ask.step}",
        story=case.run.story,
        role=ask.role,
        name=name,
        agent=agent if ask.kind != "research" else _patient(agent),
        folder=ask.tree.folder,
        prompt=ask.prompt.text if ask.kind == "person-review" else put_to(agent, ask.prompt),
        kind=ask.kind,
        subject=f"{ask.subject} {case.run.begun}" if agent.use == HUMAN else ask.subject,
        writable=ask.kind == "work" or ask.scratch is not None,
        log=case.log(f"{ask.step}/fallback-{number}" if number else ask.step),
        confine=case.confines(name, agent),
        then=goes_on(case.run),
        given=ask.given,
    )


def _patient(agent: AgentSettings) -> AgentSettings:
    """With an hour at least: what is looked for far and wide takes its time."""
    return replace(agent, timeout=max(agent.timeout, 3600.0))


def put_to(agent: AgentSettings, prompt: Prompt) -> str:
    """What an agent reads: the prompt, and how it hands its answer over."""
    return f"{prompt.text}\n{handed_over(agent)}\n"


def _run(case: Case, ask: Ask, task: Task) -> Outcome:
    """One agent's try; what it spent is paid whatever came of it.

    Raises: StopError where it waits for a person, or what it must leave alone was changed.
    """
    if ask.role is Role.REVIEWER and ask.tree.folder.name:
        case.desk.repository.clear_ignored(ask.tree, is_obeyed)
    before = None if _holds(case, task) else case.desk.repository.snapshot()
    with case.waiting() if _holds(case, task) else nullcontext():  # nothing else changes while somebody watches
        outcome = case.desk.agents.run(task, ask.scratch or case.hold)
    broken = case.desk.repository.faults(ask.tree)
    if outcome.fault is Fault.WAITS_FOR_PERSON:
        raise StopError(Event.WAITS, Waits(words=outcome.words))
    case.purse.paid(case.run.story, _work(case, ask, task, outcome), case.settings.prices)
    outside = _outside(case, task, before, {case.branch, ask.tree.branch})
    if broken is not None and ask.scratch is None:
        words = f"While the agent `{task.name}` worked, its worktree broke, and was mended. {broken}"
        raise case.kept(ask.tree, ask.step, Fault.BROKE_GIT, words)
    if outside:
        words = f"While the agent `{task.name}` worked, {outside}"
        raise _stopped(case, ask, Fault.OUTSIDE, words)
    return outcome


def _called(case: Case, ask: Ask, task: Task, outcome: Outcome) -> Called:
    called = Called(outcome, _work(case, ask, task, outcome))
    if ask.scratch is not None:
        return called
    if task.writable:
        case.take_down(ask.step, called.work, outcome.answer)
    elif not _holds(case, task) and task.agent.use != HUMAN:
        at = case.run.head or case.basis.commit
        case.reset(ask.tree, at, ask.step)
    return called


def _holds(case: Case, task: Task) -> bool:
    """Whether the kernel keeps the task's agent from writing where it must not."""
    return task.confine and case.desk.agents.confines


def _outside(case: Case, task: Task, before: Snapshot | None, its: set[str]) -> str:
    """What was changed that agents must leave alone, as the end of a sentence; empty where nothing was.

    Nobody looked `before` where the kernel holds the agent: there it was a person, who may. `its` refs may move.
    """
    if before is None:
        return ""
    after = case.desk.repository.snapshot()
    own = _differences(before.own, after.own) - its
    if own:
        return f"what is bmad's own was changed: {', '.join(sorted(own)[:5])}. It was left for you to look at."
    watched = case.settings.act.sandbox != "none" and task.agent.use != HUMAN
    people = _differences(before.people, after.people) if watched else set()
    if not people:
        return ""
    return (
        f"files outside its worktree changed: {', '.join(sorted(people)[:5])}. If you changed them yourself, "
        f"run `{goes_on(case.run)}` again; `act.sandbox: none` stops the watch."
    )


def _differences(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _work(case: Case, ask: Ask, task: Task, outcome: Outcome) -> Work:
    by = (outcome.by or case.desk.person) if outcome.backend == HUMAN else ""
    return recorded_work(task, ask.step, ask.prompt, outcome, by)


def recorded_work(task: Task, step: str, prompt: Prompt, outcome: Outcome, by: str) -> Work:
    """A call as the record has it."""
    return Work(
        step=step,
        role=task.role,
        backend=_tool(task, outcome),
        model=outcome.model or ("" if outcome.backend == HUMAN else UNKNOWN),
        context=outcome.context,
        session=outcome.session,
        prompt="" if outcome.backend == HUMAN else hashlib.sha256(task.prompt.encode()).hexdigest(),
        files=prompt.files,
        seconds=round(outcome.seconds, 3),
        usage=outcome.usage,
        shared=outcome.shared,
        by=by,
        exit=outcome.exit,
        fault=outcome.fault,
        asked="" if outcome.model or outcome.backend == HUMAN else asked_for(task.agent),
    )


def _tool(task: Task, outcome: Outcome) -> str:
    """What did the work: the name that a command has in bmad.yaml, or its program's where it has the role's."""
    if task.agent.command is None:
        return outcome.backend
    return PurePath(task.agent.command[0]).name if task.name in set(Role) else task.name
