"""From the text of an intent to a draft: read, judge, compose."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bmad.core.outline.compose.draft import compose
from bmad.core.outline.judge.judge import judge
from bmad.core.outline.judge.memory import Memory
from bmad.core.outline.read.reading import read
from bmad.core.outline.remembered import Remembered
from bmad.model.bounds import LONG
from bmad.model.draft import Draft


def outline(text: str, known: Remembered | None = None) -> Draft:
    """Map `text`, Markdown of any language, to a draft; the same text gives the same draft.

    What is `known` of its sections is not judged again, and what is new is added to that.

    Statements are sorted, their spans do not overlap, and the coverage adds up to `len(text)`. A text that
    asks for nothing gives a draft without statements.
    """
    with _uncollected():
        reading = read(text, known)
        memory = Memory(reading, known) if known is not None else None
        return compose(judge(reading, memory), memory=memory)


def remembering(
    load: Callable[[], bytes | None], keep: Callable[[bytes], None] | None = None
) -> Callable[[str], Draft]:
    """The outline that loads how a long text was read and judged, and may keep it; it gives the same drafts."""

    def outlined(text: str) -> Draft:
        content = load() if len(text) >= LONG else None
        if len(text) < LONG or (content is None and keep is None):
            return outline(text)
        known = Remembered(content)
        draft = outline(text, known)
        if keep is not None and known.is_news:
            keep(known.content())
        return draft

    return outlined


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for garbage cycles, of which a draft has none: it costs a fifth of a large text."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
