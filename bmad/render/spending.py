"""What was spent, in a few words that say no more than is known."""

from bmad.model.spending import Spending, money
from bmad.render.words import plural, visible

_UNITS = ((1_000_000, "M"), (1_000, "k"))


def spending(one: Spending) -> str:
    """`12.3k tokens in (8k cached), 2k out, $0.30`; empty where nothing is known, `at least` where not all is."""
    told: list[str] = []
    if one.tokens:
        cached = f" ({short(one.tokens_cached)} cached)" if one.tokens_cached else ""
        told += [f"{short(one.tokens_in)} tokens in{cached}", f"{short(one.tokens_out)} out"]
    if one.usd:
        told.append(("at least " if one.unpriced else "") + money(one.usd))
    if told and one.silent:
        told.append(f"{plural(one.silent, 'call')} did not tell all")
    return ", ".join(told)


def called(name: str, one: Spending) -> str:
    """`sorter was called 3 times: 12.3k tokens in, 2k out, $0.30`."""
    told = spending(one) or "nothing told what they cost"
    return f"{visible(name)} was called {plural(one.calls, 'time')}: {told}"


def short(count: int) -> str:
    for size, unit in _UNITS:
        if count >= size:
            return f"{count / size:.1f}".removesuffix(".0") + unit
    return str(count)
