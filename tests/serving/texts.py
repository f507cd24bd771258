"""Text in the shapes that the wire formats have for it."""

from collections.abc import Iterator
from typing import Any

_PIECE = 64 << 10


def text_of(content: Any) -> str:
    """The words of a text, or of a list of parts that each have one."""
    if isinstance(content, str):
        return content
    return "\n".join(str(part.get("text") or "") for part in content or [] if isinstance(part, dict))


def chunks(text: str) -> Iterator[str]:
    """A text in pieces, as it streams: the first half and the second, in more where it is long; none is empty."""
    size = min(_PIECE, max(1, (len(text) + 1) // 2))
    yield from (text[at : at + size] for at in range(0, len(text), size))
