"""What programs print, made fit to be shown: no control characters, no escape sequences."""

import re
import unicodedata

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def plain(text: str) -> str:
    r"""Text with `\n` line ends and tabs, and no other control, format or bidirectional character."""
    text = _ESCAPES.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in _HIDDEN)


def short(text: str, limit: int = 200) -> str:
    """Text on one line, cut after limit characters, without its last full stop."""
    folded = " ".join(plain(text[: limit * 4]).split())
    return (folded if len(folded) <= limit else folded[: limit - 1] + "…").rstrip(".")
