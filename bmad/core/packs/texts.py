"""Text as a prompt holds it, and cut to so many bytes."""

from bmad.model.quoting import shown

_NOTE = "\n[... {} bytes are left out here ...]\n"


def writable(text: str) -> str:
    """Text that can be written as UTF-8: bytes that are none, kept as surrogates, become escapes."""
    return shown(text).encode("utf-8", "backslashreplace").decode("utf-8")


def size(text: str) -> int:
    """The bytes that a text takes in a prompt."""
    return len(text) if text.isascii() else len(writable(text).encode())


def cut(text: str, most: int) -> str:
    """The text, or its beginning and end around a sentence that says how many bytes are left out.

    It takes at most `most` bytes, and no character is cut in two.
    """
    whole = writable(text).encode()
    if len(whole) <= most:
        return text
    room = most - len(_NOTE.format(f"{len(whole):,}"))
    if room <= 0:
        return _decoded(whole[: max(most, 0)])
    head, tail = _decoded(whole[: room - room // 2]), _decoded(whole[len(whole) - room // 2 :])
    return head + _NOTE.format(f"{len(whole) - size(head) - size(tail):,}") + tail


def head_of(text: str, most: int) -> str:
    """The lines that a text begins with, as many as fit into so many bytes; an ellipsis where some are left."""
    if size(text) <= most:
        return text
    kept: list[str] = []
    room = most - len("\n…".encode())
    for line in text.split("\n"):
        room -= size(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([*kept, "…"])


def one_line(text: str, most: int) -> str:
    """The text on one line of at most so many bytes; an ellipsis stands for the rest."""
    line = writable(" ".join(text.split()))
    return line if size(line) <= most else _decoded(line.encode()[: most - 3]).rstrip() + "…"


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "ignore")
