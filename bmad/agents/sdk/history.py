"""What a conversation holds, below a bound: the oldest results of tools give way, and nothing else does.

The task, what the model said and the last turns stay. What gives way is told in its place, and can be had again by
the same call. Much goes at once and then nothing for a while, since each time a provider's cache of what came
before is lost. Source of the rule: Anthropic's context editing (`clear_tool_uses`), SWE-agent's last observations.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from bmad.agents.sdk.conversation import Call
from bmad.agents.words import short

MOST = 400_000
"""Bytes of JSON from which on old results give way, until half of it is left: about 100,000 tokens."""

KEPT = 2
"""Turns, counted from the last one, whose results always stay."""

_LEFT_OUT = "[{size:,} bytes that `{name}` told here are left out to make room; call it again where you need them]"
_SMALL = 200
"""Bytes of a result that may as well stay."""


class _Slot(NamedTuple):
    """A result in its message: `block[key]` is its text."""

    call: Call
    block: dict[str, Any]
    key: str


class History:
    """The messages of a conversation as its wire format has them; `most` is what they may take."""

    def __init__(self, first: Iterable[Mapping[str, Any]], most: int = MOST) -> None:
        self.said: list[Mapping[str, Any]] = list(first)
        self._turns: list[list[_Slot]] = []
        self._most = most

    def told(self, calls: Iterable[Call], blocks: Sequence[dict[str, Any]], key: str) -> None:
        """Note where the results of a turn's calls stand: each in its block, by this key."""
        self._turns.append([_Slot(call, block, key) for call, block in zip(calls, blocks, strict=True)])

    def fit(self) -> int:
        """Where there is more than may be, old results give way; how many do."""
        return self._down_to(self._most // 2) if self._size() > self._most else 0

    def halve(self) -> int:
        """Make room for a model that can hold less than that, from now on; how many results give way."""
        self._most = self._size() // 2
        return self._down_to(self._most)

    def _down_to(self, most: int) -> int:
        over, count = self._size() - most, 0
        for slot in (slot for turn in self._turns[:-KEPT] for slot in turn):
            size = len(slot.block[slot.key].encode())
            if over <= 0:
                break
            if size > _SMALL:
                slot.block[slot.key] = _LEFT_OUT.format(size=size, name=short(slot.call.name, 60))
                over, count = over - size, count + 1
        return count

    def _size(self) -> int:
        return len(json.dumps(self.said, ensure_ascii=False).encode())
