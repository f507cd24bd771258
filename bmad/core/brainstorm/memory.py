"""What was proposed and does not stand in an intent: a comment at its end, so that it travels with it."""

import re
from typing import NamedTuple

_OPEN = "<!-- bmad brainstorm: what was proposed and is not asked for"
_CLOSE = "-->"
_BLOCK = re.compile(rf"(?:\r?\n)*{re.escape(_OPEN)}\r?\n(?P<rows>(?:- [^\r\n]*\r?\n)*){_CLOSE}[ \t]*(?:\r?\n)*\Z")
_ROW = re.compile(r"- (?P<kind>dropped|undecided): (?P<words>[^\r\n]*)")


class Memory(NamedTuple):
    """Features that somebody dropped, and those that nobody has decided on yet."""

    dropped: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()

    def decided(self, feature: str) -> "Memory":
        return self._replace(undecided=tuple(one for one in self.undecided if one != feature))

    def without(self, feature: str) -> "Memory":
        """The same with a feature that is not wanted."""
        return self.decided(feature)._replace(dropped=(*self.dropped, feature))


def parted(text: str) -> tuple[str, Memory]:
    """An intent without its comment, and what that says."""
    found = _BLOCK.search(text)
    if found is None:
        return text, Memory()
    rows = [(one["kind"], one["words"].strip()) for one in _ROW.finditer(found["rows"])]
    dropped, undecided = (
        tuple(words for kind, words in rows if kind == name) for name in ("dropped", "undecided")
    )
    end = "\r\n" if "\r\n" in text else "\n"
    above = text[: found.start()]
    return (f"{above}{end}" if above else ""), Memory(dropped, undecided)


def joined(text: str, memory: Memory) -> str:
    """An intent with what is to be remembered at its end."""
    rows = [f"- {kind}: {one}" for kind, some in zip(Memory._fields, memory, strict=True) for one in some]
    if not rows:
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    above = text.rstrip("\r\n")
    return end.join([*([above, ""] if above else []), _OPEN, *rows, _CLOSE, ""])
