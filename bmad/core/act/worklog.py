"""A story's log: what each role says of its step, in order. It only grows, and lands with the record."""

from collections.abc import Iterable, Iterator
from functools import singledispatch

from bmad.model.act import Content, Created, Reviewed, SplitProposed, Tested, WideningProposed, Worked
from bmad.model.normal import fold
from bmad.model.record import Logged
from bmad.model.review import Probed
from bmad.model.tested import Hypothesis, words

_SUMMARY, _ENTRY = 600, 600
"""Characters of an entry; all of it stands in the journal."""


@singledispatch
def logged(content: Content, step: str) -> Iterator[Logged]:  # noqa: ARG001 - the others are no role's word
    """The entries that an event of a step adds."""
    yield from ()


@logged.register(Created)
@logged.register(SplitProposed)
@logged.register(WideningProposed)
def _(content: Created | SplitProposed | WideningProposed, step: str) -> Iterator[Logged]:
    if content.summary.strip():
        yield Logged(step=step, by="creator", words=words(fold(content.summary), _SUMMARY))


@logged.register
def _(content: Worked, step: str) -> Iterator[Logged]:
    tester = isinstance(content, Tested)
    for one in content.hypotheses:
        yield Logged(step=step, by="tester" if tester else "developer", kind="hypothesis", words=told(one))
    if content.summary.strip():
        summary = words(fold(content.summary), _SUMMARY)
        yield Logged(step=step, by="tester" if tester else "developer", words=summary)


@logged.register
def _(content: Reviewed, step: str) -> Iterator[Logged]:
    for one in content.probed:
        yield Logged(step=one.step or step, by="probe", kind="probe", words=_probe(one))


def told(one: Hypothesis) -> str:
    """A hypothesis on one line: `refuted: the cache is stale; test: …; evidence: …`."""
    parts = (f"{one.verdict}: {one.hypothesis}", f"test: {one.test}", f"evidence: {one.evidence}")
    return words(fold("; ".join(part for part in parts if not part.endswith(": "))), _ENTRY)


def _probe(one: Probed) -> str:
    return f"{one.angle}; ran {len(one.tried)}"


def examined(known: Iterable[Hypothesis], new: Iterable[Hypothesis]) -> tuple[Hypothesis, ...]:
    """All hypotheses after a step's own: of one that is put again the last word counts, where the first stood."""
    every = {fold(one.hypothesis).casefold(): one for one in known}
    every |= {fold(one.hypothesis).casefold(): one for one in new}
    return tuple(every.values())
