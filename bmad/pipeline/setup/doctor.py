"""`bmad doctor` and `bmad agents`: whether what bmad.yaml asks for is there and can work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from bmad.core.act import trial
from bmad.errors import UsageError
from bmad.model.agents import HUMAN, PRESETS, Role
from bmad.model.machine import AgentsReport, Ask, Check, DoctorReport, Installed, Part, Tried
from bmad.model.settings import AgentSettings, Settings
from bmad.pipeline.act.preflight import resolve
from bmad.ports.files import Formats
from bmad.ports.machine import Machine


class _Member(NamedTuple):
    """An agent with all its roles; one that is called twice the same is called once."""

    name: str
    agent: AgentSettings
    roles: tuple[Role, ...]


def agents(machine: Machine, formats: Formats) -> AgentsReport:
    """What is installed, and who does what. Raises: UsageError on a broken bmad.yaml."""
    text = machine.settings()
    settings = formats.settings(text) if text is not None else Settings()
    parts, notes = _parts(machine, settings)
    if text is None:
        notes = ["there is no bmad.yaml here: bmad init"]
    used = {part.role: {part.use, *part.fallback} for part in parts}
    found = tuple(
        one.model_copy(update={"roles": tuple(role for role, uses in used.items() if one.name in uses)})
        for one in machine.installed(PRESETS)
    )
    return AgentsReport(installed=found, parts=tuple(parts), notes=tuple(notes))


def _parts(machine: Machine, settings: Settings) -> tuple[list[Part], list[str]]:
    parts, notes = [], []
    for role in _roles(settings):
        try:
            name, agent = resolve(settings, role)
        except UsageError as error:
            if role in (Role.DEVELOPER, Role.REVIEWER):
                notes.append(str(error))
            continue
        missing = machine.lacking(agent)
        parts.append(
            Part(
                role=role.value,
                agent=name,
                use=_use(agent),
                model=agent.model or "",
                fallback=agent.fallback,
                lacking=f"The agent `{name}` {missing}." if missing else "",
            )
        )
    return parts, notes


def _roles(settings: Settings) -> list[Role]:
    """The roles that are played: a tester only where one is named."""
    return [role for role in Role if role is not Role.TESTER or role.value in settings.agents]


def _use(agent: AgentSettings) -> str:
    return agent.use or (agent.command[0] if agent.command else f"replay:{agent.replay}")


def doctor(machine: Machine, formats: Formats, *, calls: bool, beside: Sequence[str] = ()) -> DoctorReport:
    """Look at the machine and at bmad.yaml, and call each agent of it once unless that is not wanted.

    What is known `beside` is noted.

    Raises: CannotAnswerError where there is no repository that an agent could be called in.
    """
    checks = list(machine.checks())
    settings, policy = _policy(machine, formats)
    checks.append(policy)
    checks += _absent(machine, settings)
    tried: list[Tried] = []
    if settings is not None and settings.agents:
        members, wrong = _members(settings)
        by_hand = [*wrong] == [Role.DEVELOPER] and Role.DEVELOPER.value not in settings.agents
        told = _BY_HAND if by_hand else ""
        checks.extend(Check(name=role, ok=by_hand, words=f"{told}{words}") for role, words in wrong.items())
        confine = settings.act.sandbox != "none"
        found = {one.name: one for one in machine.installed([_use(one.agent) for one in members])}
        tried = [_found(_tried(machine, one, calls=calls, confine=confine), found) for one in members]
    elif settings is not None:
        checks.append(_nobody(machine.installed()))
    ok = all(one.ok for one in checks) and all(one.ok is not False for one in tried)
    notes = () if calls or not tried else ("no agent was called: that one can work is not known",)
    return DoctorReport(ok=ok, checks=tuple(checks), agents=tuple(tried), notes=(*notes, *beside))


def _policy(machine: Machine, formats: Formats) -> tuple[Settings | None, Check]:
    text = machine.settings()
    if text is None:
        return None, Check(name="bmad.yaml", ok=False, words="there is none", fix="bmad init")
    try:
        settings = formats.settings(text)
    except UsageError as error:
        return None, Check(name="bmad.yaml", ok=False, words=str(error))
    named = ", ".join(one.name for one in settings.verify)
    words = f"holds; verify: {named}" if named else "holds; no `verify` command shows that a criterion is met"
    return settings, Check(name="bmad.yaml", ok=True, words=words)


def _absent(machine: Machine, settings: Settings | None) -> list[Check]:
    """The programs of `setup` and `verify` that are not there; one of the repository itself is not looked for."""
    if settings is None:
        return []
    runs = [*settings.setup, *(one.run for one in settings.verify)]
    programs = dict.fromkeys(run[0] for run in runs if "/" not in run[0])
    gone = {one: machine.lacking(AgentSettings(command=(one,))) for one in programs}
    return [Check(name="checks", ok=False, words=f"`{one}` {words}") for one, words in gone.items() if words]


def _nobody(found: Iterable[Installed]) -> Check:
    there = " and ".join(one.name for one in found if one.path) or "no coding agent that bmad knows"
    words = f"bmad.yaml names none; installed: {there}"
    return Check(name="agents", ok=True, words=words, fix="agents: {developer: {use: …}, reviewer: {use: …}}")


_BY_HAND = "none, so stories are worked on by people (bmad submit), and bmad act has nobody: "


def _members(settings: Settings) -> tuple[list[_Member], dict[Role, str]]:
    """Who is to be tried, in the order of the roles, and why a role that it takes has nobody."""
    found: dict[str, _Member] = {}
    wrong: dict[Role, str] = {}
    for role in _roles(settings):
        try:
            name, agent = resolve(settings, role)
        except UsageError as error:
            if role in (Role.DEVELOPER, Role.REVIEWER) and str(error) not in wrong.values():
                wrong[role] = str(error)
            continue
        key = f"{replace(agent, fallback=())!r} {role is Role.REVIEWER}"
        same = found.get(key)
        found[key] = _Member(name, agent, (*(same.roles if same else ()), role))
    return list(found.values()), wrong


def _found(tried: Tried, installed: Mapping[str, Installed]) -> Tried:
    """With the version and the login of its program, where it is one that bmad knows."""
    one = installed.get(tried.use)
    return tried if one is None else tried.model_copy(update={"version": one.version, "login": one.login})


def _tried(machine: Machine, member: _Member, *, calls: bool, confine: bool) -> Tried:
    agent, role = member.agent, member.roles[-1]
    base = Tried(
        agent=member.name,
        roles=tuple(one.value for one in member.roles),
        use=_use(agent),
        ok=None,
        words="It was not called.",
    )
    missing = machine.lacking(agent)
    if missing:
        return base.model_copy(update={"ok": False, "words": f"The agent `{member.name}` {missing}."})
    if agent.use == HUMAN or agent.replay is not None:
        return base.model_copy(update={"words": "Nothing of it can be tried."})
    if not calls:
        return base
    ask = Ask(trial.FILE, trial.COMMAND, trial.prompt(agent))
    done = machine.try_out(member.name, agent, role, ask, confine=confine)
    ok, words = trial.verdict(done.outcome, done.word, done.number)
    outcome = done.outcome
    return base.model_copy(
        update={
            "ok": ok,
            "words": words,
            "fault": outcome.fault,
            "model": outcome.model,
            "session": outcome.session,
            "usage": outcome.usage,
            "seconds": round(outcome.seconds, 1),
        }
    )
