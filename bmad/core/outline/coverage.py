"""Count every character of the intent once: statement, structure or context."""

from bmad.core.outline.tree import Document, Span
from bmad.model.draft import Coverage

STRUCTURE, CONTEXT, STATEMENT = 0, 1, 2


def coverage(document: Document, statements: list[Span], structure: list[Span]) -> Coverage:
    """`statements` win over all; prose and code outside them are context; the rest is structure."""
    size = len(document.text)
    marks = bytearray(size)
    for span in document.leaves:
        marks[span.start : span.end] = bytes([CONTEXT]) * max(0, span.end - span.start)
    for span in structure:
        marks[span.start : span.end] = bytes(max(0, span.end - span.start))
    for span in statements:
        marks[span.start : span.end] = bytes([STATEMENT]) * (span.end - span.start)
    inside, context = marks.count(STATEMENT), marks.count(CONTEXT)
    return Coverage(characters=size, in_statements=inside, context=context, structure=size - inside - context)
