"""Who looks through a tree: two agents of different vendors, since two of a kind miss the same."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from bmad.core.scan.vendors import vendor
from bmad.errors import UsageError
from bmad.model.agents import HUMAN, Role, is_backend
from bmad.model.constraints import told
from bmad.model.settings import AgentSettings, Cap, Settings
from bmad.pipeline.act.preflight import chain

_TWO = 2
_REACHED = {"use", "command", "replay", "model", "base_url"}
"""What says of an agent who it is, and how it is reached."""


class Reviewer(NamedTuple):
    """One of those who look; `settings` are bmad.yaml's with them as the reviewer."""

    name: str
    vendor: str
    settings: Settings

    @property
    def agents(self) -> list[AgentSettings]:
        """Who does it, and who takes over in turn."""
        return [agent for _, agent in chain(self.settings, Role.REVIEWER)]

    @property
    def identity(self) -> str:
        """What tells its answers from those of another: how it is reached, its model and its effort."""
        known = {name: value for name, value in told(self.agents[0]).items() if name in {*_REACHED, "effort"}}
        return json.dumps(known, ensure_ascii=False, separators=(",", ":"))

    def is_as(self, other: "Reviewer") -> bool:
        """Whether both are one model that is reached in one way, under whatever names."""
        own, its = ([getattr(one.agents[0], name) for name in _REACHED] for one in (self, other))
        return own == its


def chosen(settings: Settings, names: Sequence[str], *, one: bool) -> tuple[Reviewer, ...]:
    """Those who are named, else the reviewer and the first other agent of another vendor.

    Raises: UsageError where they are not two of different vendors, or `one` was not to be enough.
    """
    if len(names) > _TWO:
        raise UsageError("A scan has two reviewers: name two with --agent.")
    found = [_reviewer(settings, name) for name in names]
    wanted = 1 if one else _TWO
    for name in _candidates(settings):
        if len(found) >= wanted:
            break
        with_it = _reviewer(settings, name)
        if with_it.vendor not in {each.vendor for each in found}:
            found.append(with_it)
    if len(found) < wanted or (len(found) == _TWO and found[0].vendor == found[1].vendor):
        raise UsageError(_lacks(found))
    return tuple(_alone(each, found) for each in found[: max(wanted, len(names))])


def _lacks(found: Sequence[Reviewer]) -> str:
    if not found:
        return (
            "The committed bmad.yaml names no agent that could look; a person is not asked. Add some to `agents`, "
            "or name them with --agent (a backend such as `codex` or `openai:MODEL`)."
        )
    told = " and ".join(f"`{each.name}` ({each.vendor})" for each in found)
    both = f"here is only {told}"
    if len(found) == _TWO:
        both = f"{told} are " + ("one and the same" if found[0].is_as(found[1]) else "one vendor's")
    return (
        f"A scan asks two reviewers of different vendors, since two of a kind miss the same; {both}. Name another "
        "with --agent (an entry of `agents`, or a backend such as `codex` or `openai:MODEL`), or have one look "
        "alone with --one, without an estimate of what is left."
    )


def _candidates(settings: Settings) -> Iterator[str]:
    """The agents of bmad.yaml that may look, the reviewer and its fallback first."""
    reviewer = settings.agents.get(Role.REVIEWER.value)
    names = [Role.REVIEWER.value, *reviewer.fallback] if reviewer is not None else []
    for name in dict.fromkeys([*names, *settings.agents]):
        agent = _resolved(settings, name)
        if agent is not None and agent.use != HUMAN:
            yield name


def _resolved(settings: Settings, name: str) -> AgentSettings | None:
    try:
        return chain(_as_reviewer(settings, name), Role.REVIEWER)[0][1]
    except UsageError:  # an entry that nobody could work with: that is told where it is used
        return None


def _reviewer(settings: Settings, name: str) -> Reviewer:
    """Raises: UsageError where there is no such agent, or it is a person."""
    if name not in settings.agents and not is_backend(name):
        there = ", ".join(f"`{one}`" for one in settings.agents) or "none"
        raise UsageError(f"`{name}` is no agent of the committed bmad.yaml, and no backend; there are {there}.")
    told = _as_reviewer(settings, name)
    own_name, agent = chain(told, Role.REVIEWER)[0]
    if agent.use == HUMAN:
        raise UsageError(f"`{name}` is a person, whom a scan does not ask; name another one with --agent.")
    return Reviewer(own_name if name == Role.REVIEWER.value else name, vendor(agent), told)


def _as_reviewer(settings: Settings, name: str) -> Settings:
    if name == Role.REVIEWER.value:
        return settings
    agents = {**settings.agents, Role.REVIEWER.value: AgentSettings(use=name)}
    return replace(settings, agents=agents)


def _alone(one: Reviewer, every: Sequence[Reviewer]) -> Reviewer:
    """The reviewer without those of its chain who are of another one's vendor, and without a story's cap."""
    others = {each.vendor for each in every if each is not one}
    entry = one.settings.agents[Role.REVIEWER.value]
    chained = chain(one.settings, Role.REVIEWER)
    kept = tuple(name for name, agent in chained[1:] if vendor(agent) not in others)
    agents = {
        **one.settings.agents,
        Role.REVIEWER.value: replace(entry, fallback=kept, said=entry.said | {"fallback"}),
    }
    budget = replace(one.settings.act.budget, story=Cap())
    act = replace(one.settings.act, budget=budget)
    return one._replace(settings=replace(one.settings, agents=agents, act=act))
