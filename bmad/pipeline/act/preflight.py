"""What bmad.yaml must name before a story is begun: who does the work, and what shows that it is done."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from bmad.core.act.spending import TELLS_COST, asked_for, price_of
from bmad.core.gate.policy import policy_fault
from bmad.core.harness import AGENTS, unnamed
from bmad.errors import UsageError
from bmad.model.agents import HUMAN, Role, is_backend
from bmad.model.settings import AgentSettings, Level, Settings


def require(settings: Settings, *, by_hand: bool) -> None:
    """Nothing is begun that could not be ended; `by_hand` where a person does the developer's part.

    Raises: UsageError where an agent is missing, policy is to accept what no check has looked at, or the gate
    could judge nothing by it.
    """
    fault = policy_fault(settings)
    if fault is not None:
        raise UsageError(fault)
    if by_hand and Role.REVIEWER.value not in settings.agents:
        raise UsageError(_nobody_reviews(settings))
    agents = [
        agent
        for role in ((Role.REVIEWER,) if by_hand else (Role.DEVELOPER, Role.REVIEWER, Role.CREATOR, Role.TESTER))
        for _, agent in chain(settings, role)
    ]
    _see_to_money(settings, agents)
    if not settings.verify and settings.act.accept != "story":
        raise UsageError(
            "bmad.yaml names no `verify` commands, so nothing shows that a criterion is met. Name some, for "
            "example `verify: [{name: tests, run: [pytest]}]`, or have a person accept each story: "
            "`act: {accept: story}`."
        )


def advice(settings: Settings, agents: str | None, *, first: bool) -> str:
    """What a person should know before a story is begun, though it holds up nothing; empty where that is nothing.

    `agents` is the text of AGENTS.md, `first` whether no story has landed yet.
    """
    runs = [one.run for one in settings.verify]
    if not runs:
        return (
            "bmad.yaml names no `verify` command, so no test decides: only bmad's own checks, reviewers and you. "
            "Name what tests this project there."
        )
    if first and len(unnamed(agents, runs)) == len(runs):
        return (
            f"No {AGENTS} names the checks that decide, which agents read: bmad init --yes writes them there, and "
            "then commit it."
        )
    return ""


def missing(settings: Settings, lacking: Callable[[AgentSettings], str], *, by_hand: bool) -> str:
    """What keeps a role from being played, looked for before anything is spent; empty where nothing is seen.

    A role is played where one of its chain lacks nothing. Raises: UsageError where an agent is missing.
    """
    for role in (Role.REVIEWER,) if by_hand else (Role.DEVELOPER, Role.REVIEWER):
        lacks = [(name, lacking(agent)) for name, agent in chain(settings, role)]
        if all(words for _, words in lacks):
            return " ".join(f"The agent `{name}` {words}." for name, words in lacks)
    return ""


def _nobody_reviews(settings: Settings) -> str:
    """What a person may do whose own work has no reviewer."""
    merged = _MERGED.format(settings.gate.level) if may_merge_alone(settings) else ""
    return (
        "bmad.yaml names no agent for the reviewer (`agents.reviewer`), as it is committed where stories land. "
        "Add one and commit it: `agents: {reviewer: {use: claude}}`, or a person, `{use: human}`, which a team of "
        f"one may be with `gate: {{self_review: true}}`.{merged}"
    )


def may_merge_alone(settings: Settings) -> bool:
    """Whether a person's work has no reviewer, and the gate asks for none."""
    return Role.REVIEWER.value not in settings.agents and settings.gate.level.rank < Level.REVIEWED.rank


_MERGED = " At level {} the gate asks for no review, so you may as well merge the branch yourself."


def watched(settings: Settings, *, able: bool) -> list[str]:
    """The agents that no kernel keeps in their worktrees, so that it must be watched what changes.

    `able` is whether it could. A person is none of them.
    """
    agents = {name: agent for role in Role for name, agent in _chain_if_any(settings, role) if agent.use != HUMAN}
    held = able and settings.act.sandbox != "none"
    return [name for name, agent in agents.items() if not held or agent.sandbox not in (None, "bmad")]


def _chain_if_any(settings: Settings, role: Role) -> list[tuple[str, AgentSettings]]:
    try:
        return chain(settings, role)
    except UsageError:
        return []


def _see_to_money(settings: Settings, agents: Iterable[AgentSettings]) -> None:
    """Raises: UsageError where a cap is in money, and nothing will tell what an agent costs."""
    capped = next((name for name, cap in settings.act.budget.caps.items() if cap.usd is not None), None)
    for agent in agents if capped is not None else ():
        backend, model = (agent.use or "").partition(":")[0], asked_for(agent)
        tells = agent.use is None or backend == HUMAN or backend in TELLS_COST
        if not tells and price_of(model, settings.prices) is None:
            key = "act.budget" + ("" if capped == "run" else f".{capped}")
            price = f"prices: {{{model or 'MODEL'}: {{input: …, output: …}}}}"
            raise UsageError(
                f"{key}.usd of bmad.yaml cannot be kept: `{agent.use}` does not say what a call costs. Set the "
                f"price of its model, in USD a million tokens (`{price}`), or cap `tokens`."
            )


def unshared(settings: Settings) -> str:
    """What the settings ask for that only one machine does, as a sentence; empty where nothing."""
    if settings.act.accept == "end":
        return _NOT_YET.format("`act.accept: end`", "Set it to `story` or `auto`")
    people = [name for name, one in settings.agents.items() if one.use == HUMAN]
    return _NOT_YET.format(f"`agents.{people[0]}`, a person,", "Name an agent") if people else ""


_NOT_YET = (
    "With a server (`act.server`), {0} does not work yet. {1}, or leave the server out and work on one machine."
)


def see_that_it_is_shared(settings: Settings) -> None:
    """Raises: UsageError where the settings ask for what only one machine does."""
    if words := unshared(settings):
        raise UsageError(words)


def resolve(settings: Settings, role: Role) -> tuple[str, AgentSettings]:
    """The agent that does a role: its name, and its settings with every `use` followed.

    A role that is not set is the developer's, but for the reviewer, who is never found by default.

    Raises: UsageError where there is none, or names lead in a circle.
    """
    name = role.value
    if name not in settings.agents and role is not Role.REVIEWER:
        name = Role.DEVELOPER.value
    return _followed(settings, role, name, settings.agents.get(name))


def named(
    settings: Settings, name: str, asked: str = "mapper", other: str = "`outline`, "
) -> tuple[str, AgentSettings]:
    """An agent by its name in bmad.yaml, or a backend by its own: `claude`, `openai:MODEL`.

    Raises: UsageError where it is neither, or a person.
    """
    backend = AgentSettings(use=name) if is_backend(name) else None
    agent = settings.agents.get(name, backend)
    if agent is None or HUMAN in (name, agent.use):
        known = ", ".join(f"`{one}`" for one in settings.agents if settings.agents[one].use != HUMAN)
        raise UsageError(
            f"There is no {asked} `{name}`. It is {other}a preset (`claude`, `codex`, …), `anthropic:MODEL`, "
            f"`openai:MODEL`, or an agent of bmad.yaml{f' ({known})' if known else ''}."
        )
    return _followed(settings, Role.CREATOR, name, agent)


def chain(settings: Settings, role: Role) -> list[tuple[str, AgentSettings]]:
    """The agent that does a role, and those that take over in turn where it cannot work.

    Raises: UsageError where one of them is none, leads in a circle, or is a person.
    """
    name, first = resolve(settings, role)
    found = [(name, first)]
    for other in first.fallback:
        if HUMAN in (other, first.use):
            raise UsageError(f"agents.{name}.fallback of bmad.yaml: a person neither takes over nor is relieved.")
        backend = AgentSettings(use=other) if is_backend(other) else None
        found.append(_followed(settings, role, other, settings.agents.get(other, backend)))
    return found


def _followed(settings: Settings, role: Role, name: str, agent: AgentSettings | None) -> tuple[str, AgentSettings]:
    """An entry with every `use` of another one followed. Raises: UsageError."""
    seen = [name]
    while agent is not None and agent.use is not None and not _ends(settings, agent.use, name):
        name = agent.use
        if name in seen:
            raise UsageError(f"agents of bmad.yaml lead in a circle: {' -> '.join([*seen, name])}.")
        seen.append(name)
        agent = _over(agent, settings.agents.get(name))
    if agent is None:
        raise UsageError(
            f"bmad.yaml names no agent for the {role} (`agents.{name}`), as it is committed where stories land. "
            f"Add one and commit it, for example `agents: {{{name}: {{use: claude}}}}`. See: bmad agents"
        )
    if agent.use is None and (agent.command is None) == (agent.replay is None):
        raise UsageError(f"agents.{name} of bmad.yaml needs exactly one of `use`, `command` and `replay`.")
    return (HUMAN if agent.use == HUMAN else name), agent


def _over(outer: AgentSettings, inner: AgentSettings | None) -> AgentSettings | None:
    """An entry with what was said where it is used: that comes first, but for how it works."""
    if inner is None:
        return None
    said = {name: getattr(outer, name) for name in outer.said - {"use", "command", "replay"}}
    return replace(inner, **said, said=inner.said | said.keys())


def _ends(settings: Settings, use: str, name: str) -> bool:
    """Whether a `use` of the entry `name` is a backend: an entry of that name comes first, but for its own."""
    return is_backend(use) and (use in (HUMAN, name) or use not in settings.agents)
