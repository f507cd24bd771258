"""What agents spend, in tokens and in money, and whether a cap still leaves room.

What nobody reports is counted as not known, never as nothing.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bmad.model.agents import Fault
from bmad.model.record import Work
from bmad.model.settings import AgentSettings, Cap, Price
from bmad.model.spending import Spending, Usage, money

_MILLION = 1_000_000

TELLS_COST = frozenset({"claude", "opencode"})
"""The backends of a `use` that say themselves what a call cost."""


FREE = frozenset({"human", "replay"})
"""The backends whose calls cost nothing."""


def spent(works: Iterable[Work], prices: Mapping[str, Price]) -> Spending:
    """What some calls have spent together."""
    return summed(_of(work, prices) for work in works)


def summed(parts: Iterable[Spending]) -> Spending:
    each = list(parts)
    return Spending(**{name: sum(getattr(one, name) for one in each) for name in Spending.model_fields})


def _of(work: Work, prices: Mapping[str, Price]) -> Spending:
    if work.fault is Fault.NOT_STARTED:
        return Spending()
    return of_call(work.usage, work.backend, work.asked or work.model, prices)


def asked_for(agent: AgentSettings) -> str:
    """The model that a backend is told to ask; of a command nobody knows whether it does."""
    return (agent.use or "").partition(":")[2] or (agent.model or "" if agent.use is not None else "")


def of_call(usage: Usage | None, backend: str, model: str, prices: Mapping[str, Price]) -> Spending:
    """What one call has spent."""
    if usage is None:
        unknown = int(backend not in FREE)
        return Spending(calls=1, silent=unknown, unpriced=unknown)
    told = usage.tokens_in is not None and usage.tokens_out is not None
    usd = cost(usage, model, prices)
    return Spending(
        calls=1,
        tokens_in=usage.tokens_in or 0,
        tokens_cached=usage.tokens_cached or 0,
        tokens_out=usage.tokens_out or 0,
        usd=usd or 0.0,
        silent=int(not told and backend not in FREE),
        unpriced=int(usd is None and backend not in FREE),
    )


def cost(usage: Usage, model: str, prices: Mapping[str, Price]) -> float | None:
    """USD: what was reported, else by the price of the model; None where neither is known.

    Where nobody said which model answered, it is that of the one that was asked for.
    """
    if usage.usd is not None:
        return usage.usd
    price = price_of(model, prices)
    if price is None or usage.tokens_in is None or usage.tokens_out is None:
        return None
    cached = min(usage.tokens_cached or 0, usage.tokens_in)
    dear = price.input if price.cached is None else price.cached
    fresh = usage.tokens_in - cached
    return (fresh * price.input + cached * dear + usage.tokens_out * price.output) / _MILLION


def price_of(model: str, prices: Mapping[str, Price]) -> Price | None:
    """The price of a model, by its name or the longest beginning of it that ends before a `-`."""
    fitting = [name for name in prices if model == name or model.startswith(f"{name}-")]
    return prices[max(fitting, key=len)] if fitting else None


class Over(NamedTuple):
    """Why a cap leaves no room for another call, as the end of a sentence about it, and what a person can do."""

    why: str
    way: str = "Raise it"


def over(cap: Cap, total: Spending) -> Over | None:
    """What of a cap leaves no room for another call; None where there is some.

    What was not told once stays untold: no higher cap helps there.
    """
    if cap.tokens is not None and total.tokens >= cap.tokens:
        return Over(f"is used up: {total.tokens:,} of {cap.tokens:,} tokens are spent")
    if cap.tokens is not None and total.silent:
        return Over(f"cannot be kept: {_calls(total.silent)} did not tell all tokens", "Take its `tokens` out")
    if cap.usd is not None and total.usd >= cap.usd:
        return Over(f"is used up: {money(total.usd)} of {money(cap.usd)} are spent")
    if cap.usd is not None and total.unpriced:
        why = f"cannot be kept: nothing tells what {_calls(total.unpriced)} cost"
        return Over(why, "Set `prices` for the model, or cap `tokens` instead")
    return None


def _calls(count: int) -> str:
    return "one call" if count == 1 else f"{count} calls"
