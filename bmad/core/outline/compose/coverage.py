"""Count every character of the intent once: statement, structure or context."""

from collections.abc import Sequence

from bmad.model.draft import Coverage, Span

_CONTEXT, _STATEMENT = b"\1", b"\2"


def coverage(size: int, leaves: Sequence[Span], statements: Sequence[Span]) -> Coverage:
    """`statements` win over all; prose and code (`leaves`) outside them are context; the rest is structure."""
    marks = bytearray(size)
    for mark, spans in ((_CONTEXT, leaves), (_STATEMENT, statements)):
        for span in spans:
            marks[span.start : span.end] = mark * (span.end - span.start)
    inside, context = marks.count(_STATEMENT), marks.count(_CONTEXT)
    return Coverage(characters=size, in_statements=inside, context=context, structure=size - inside - context)
