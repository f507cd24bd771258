"""From the text of an intent to a draft: read, judge, compose."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from bmad.core.outline.compose.draft import compose
from bmad.core.outline.judge.judge import judge
from bmad.core.outline.read.blocks import read
from bmad.model.draft import Draft


def outline(text: str) -> Draft:
    """Map `text`, Markdown of any language, to a draft; the same text gives the same draft.

    Statements are sorted, their spans do not overlap, and the coverage adds up to `len(text)`. A text that
    asks for nothing gives a draft without statements.
    """
    with _uncollected():
        return compose(judge(read(text)))


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
