"""What is wrong with an answer about numbered blocks, in sentences for whoever gave it."""

from collections import Counter
from collections.abc import Sequence

_SHOWN = 8


def every_one(asked: Sequence[int], told: Sequence[int]) -> list[str]:
    """What is wrong where each block that was asked about is told once, and no other."""
    count = Counter(told)
    missing = [block for block in asked if not count[block]]
    strange = [block for block in count if block not in asked]
    twice = [block for block in asked if count[block] > 1]
    named = (("left out", missing), ("not among those asked", strange), ("told more than once", twice))
    return [f"{listed(blocks)} {what}." for what, blocks in named if blocks]


def listed(blocks: Sequence[int]) -> str:
    """Blocks by number, as the beginning of a sentence on them."""
    shown = ", ".join(map(str, blocks[:_SHOWN]))
    more = f" and {len(blocks) - _SHOWN} more" if len(blocks) > _SHOWN else ""
    return f"Block {shown} is" if len(blocks) == 1 else f"Blocks {shown}{more} are"
