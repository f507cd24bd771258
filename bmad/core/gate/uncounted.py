"""Lines of a message that read like a `Story:` trailer and do not count: each is told, and none may contradict.

A squash button puts the messages of several commits into one, of whose trailers only the last paragraph counts.
A line there that names another story is work that would be traced to the wrong one.
"""

from collections.abc import Callable, Collection, Iterator

from bmad.core.gate.words import finding, listed, printable
from bmad.core.trailers import MAX_TRAILERS, Block, other_words
from bmad.model.gate import GateFinding
from bmad.model.ids import PREFIX, Kind

_PREFIX = f"{PREFIX[Kind.STORY]}-".casefold()
_TOLD = 5
"""So many of them are told one by one."""


def uncounted(block: Block) -> Iterator[str]:
    """A note for each such line; of many the last one says how many more there are."""
    for one in block.outside[:_TOLD]:
        yield f"line {one.line} reads like a `Story:` trailer, stands outside of the block and does not count"
    if len(block.outside) > _TOLD:
        yield f"{len(block.outside) - _TOLD} more lines like this do not count"


def other_stories(block: Block, counted: Collection[str], known: Callable[[str], bool]) -> Iterator[GateFinding]:
    """G01 where such a line names a story that the commit is not judged for."""
    if not block.outside:
        return
    others = {
        word: line
        for word, line in other_words(block).items()
        if word not in counted and (word.casefold().startswith(_PREFIX) or known(word))
    }
    mend = "name every story in the last paragraph, a `Story:` line each, or take the other lines out"
    if others:
        lines = ", ".join(str(line) for line in sorted(set(others.values()))[:_TOLD])
        judged = listed(counted) or "no story"
        message = (
            f"it is judged for {judged}, and line {lines} of its message, outside of the trailer block, names "
            f"{listed(map(printable, others))}"
        )
        yield finding("G01", message, fix=mend)
    elif len(block.outside) > MAX_TRAILERS:
        message = f"more than {MAX_TRAILERS} lines of its message read like a `Story:` trailer and do not count"
        yield finding("G01", message, fix=mend)
