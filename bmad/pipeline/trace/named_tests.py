"""The tests that stand at a revision and name criteria of its specification."""

from collections.abc import Iterator

from bmad.core.evidence.naming import Names
from bmad.core.evidence.sources import SourceTest, holds_tests, read
from bmad.core.trace import WORK
from bmad.model.bounds import MIB, Bound
from bmad.model.quoting import quoted
from bmad.pipeline.trace.contents import contents
from bmad.pipeline.trace.revision import Reading

_TESTS = Bound("files of tests", 2 * MIB, 16 * MIB)


def named_tests(reading: Reading) -> Iterator[SourceTest]:
    """By path and place; of a file that is too large to be read, none."""
    stories = reading.explainer.graph.stories
    names = Names(f"{story.id}/{one.id}" for story in stories for one in story.criteria)
    [every] = reading.objects.changes([("", reading.head.tree)])
    blobs = {
        path: one.new_blob
        for one in every
        if holds_tests(path := quoted(one.path)) and reading.classify.of(one).klass in WORK
    }
    held = contents(reading.objects, list(dict.fromkeys(blobs.values())), _TESTS)
    for path, blob in sorted(blobs.items()):
        text = held.get(blob, b"")
        if b"ac" in text.lower():  # else it names none, and need not be parsed
            yield from (one for one in read(path, text.decode("utf-8", "replace"), names).tests if one.criteria)
