"""What calls of agents spend: tokens, and money where it is known."""

from bmad.model.base import Value


class Usage(Value):
    """What a call spent, as its backend reports it; None where it does not."""

    tokens_in: int | None = None
    """All that was read, what came from a cache included."""
    tokens_cached: int | None = None
    """How many of `tokens_in` came from a cache."""
    tokens_out: int | None = None
    """What was written, reasoning included."""
    usd: float | None = None

    def plus(self, other: "Usage") -> "Usage":
        """Both together; what only one of them tells is not known of both."""
        pairs = {name: (value, getattr(other, name)) for name, value in self}
        return Usage(**{n: None if a is None or b is None else a + b for n, (a, b) in pairs.items()})


class Spending(Value):
    """What calls have spent together.

    The calls of people and recordings cost nothing, and are neither silent nor unpriced.
    """

    tokens_in: int = 0
    """All that was read, what came from a cache included."""
    tokens_cached: int = 0
    tokens_out: int = 0
    usd: float = 0.0
    calls: int = 0
    silent: int = 0
    """Calls that do not tell all of their tokens."""
    unpriced: int = 0
    """Calls that nothing tells the price of."""

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out


MOST = 1e12
"""What no call spends, of tokens or of money: sums of less stay numbers that a record can hold."""


def credible(usage: Usage | None) -> Usage | None:
    """What a call is said to have spent, without what no call can have: nobody knows that, then."""
    if usage is None:
        return None
    told = {name: value for name, value in usage if value is None or 0 <= value < MOST}
    return usage if len(told) == len(Usage.model_fields) else Usage.model_validate(told)


_CENT = 0.01


def money(usd: float) -> str:
    """`$1.20`; below a cent with four digits."""
    return f"${usd:,.2f}" if usd >= _CENT or not usd else f"${usd:.4f}"
