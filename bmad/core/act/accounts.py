"""What keeps an account from working, and until when: pure rules, and the same for every kind of agent.

An account is whom a provider counts together: a quota that one story meets holds for all of them.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import PurePath

from bmad.model.agents import Fault
from bmad.model.base import Value
from bmad.model.settings import AgentSettings

PASSING = frozenset({Fault.QUOTA, Fault.RATE_LIMIT, Fault.OVERLOAD})
"""What goes by in time, for the whole account."""

LASTING = frozenset({Fault.LOGIN, Fault.NOT_STARTED, Fault.SANDBOX, Fault.MISCONFIGURED, Fault.ENVIRONMENT})
"""What stays for every story until a person does something."""

ALONE = frozenset({Fault.DECLINED, Fault.OUTGROWN})
"""What is of one story and one model: that may do other stories, and another one this story."""

OTHERS_MAY = PASSING | LASTING | ALONE
"""Where the next one of a fallback chain takes over."""

_FIRST = {
    Fault.QUOTA: timedelta(minutes=15),
    Fault.RATE_LIMIT: timedelta(seconds=15),
    Fault.OVERLOAD: timedelta(seconds=15),
}
_SOON = timedelta(seconds=15)
"""Where it should be back by now: providers tell times in whole minutes."""
_LONGEST = {
    Fault.QUOTA: timedelta(hours=2),
    Fault.RATE_LIMIT: timedelta(minutes=10),
    Fault.OVERLOAD: timedelta(minutes=10),
}
_STARTERS = re.compile(r"(?:python|node|ruby|perl|bash|sh|env|npx|bunx|uvx?|pipx|docker|podman|ssh)[0-9.]*$")
"""Programs that say nothing of who is behind them."""
_ROW = timedelta(hours=1)
"""What fails again later than this after a pause begins a new row: nobody has waited since."""
_FARTHEST = timedelta(days=35)
"""No quota is counted over more than a month; what is said to come later is not believed."""


class Pause(Value):
    """An account that is not asked before `until`. `since` is when it first failed, `tries` how often since."""

    fault: Fault
    words: str
    until: datetime
    told: bool
    """Whether the provider said when; else it is tried again after a while, each time a longer one."""
    since: datetime
    noted: datetime = datetime.min.replace(tzinfo=UTC)
    """When that was; of one from before this was noted, at any time."""
    tries: int = 1


def account(agent: AgentSettings) -> str:
    """The name of the account that an agent works on; agents that share one share its limits."""
    if agent.use is not None:
        provider = agent.use.partition(":")[0]
        return f"{provider} at {agent.base_url}" if agent.base_url else provider
    if agent.replay is not None:
        return f"replay {agent.replay}"
    command = agent.command or ("",)
    program = PurePath(command[0]).name
    return " ".join(command) if _STARTERS.match(program) else program


def paused(before: Pause | None, fault: Fault, words: str, until: datetime | None, now: datetime) -> Pause:
    """The pause that a fault asks for; `before` is the one that it follows, with no success between."""
    follows = before is not None and before.noted <= now <= before.until + _ROW
    since, tries = (before.since, before.tries + 1) if before is not None and follows else (now, 1)
    if until is not None and now < until <= now + _FARTHEST:
        return Pause(fault=fault, words=words, until=until, told=True, since=since, noted=now, tries=tries)
    due = until is not None and until <= now
    wait = min((_SOON if due else _FIRST[fault]) * 2 ** min(tries - 1, 16), _LONGEST[fault])
    return Pause(fault=fault, words=words, until=now + wait, told=False, since=since, noted=now, tries=tries)


def may_wait(pauses: Iterable[Pause], patience: float) -> datetime | None:
    """When the first of these accounts is back within the patience, in seconds; None where none is.

    Patience is counted from when an account first failed: one that fails again and again has an end.
    """
    ends = [one.until for one in pauses if one.until - one.since <= timedelta(seconds=patience)]
    return min(ends, default=None)
