"""Words made fit to print: what comes from a repository must not move the cursor or hide a word."""

import re
import unicodedata
from collections.abc import Iterable

LINK = re.compile(r"(:(?=//)|www(?=\.))(//|\.)", re.IGNORECASE)
"""Where code hosts take words for a link by themselves; something between the two parts keeps them from it."""

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def visible(text: str) -> str:
    r"""Text with every control, format and bidirectional mark as `\u….`, line ends and tabs included."""
    if text.isprintable():
        return text
    return "".join(_escape(char) if unicodedata.category(char) in _HIDDEN else char for char in text)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - one byte


def lines(text: str) -> str:
    """Visible text on as many lines as it has."""
    return "\n".join(map(visible, text.split("\n")))


def xml(text: str) -> str:
    """The same without the signs that XML cannot hold."""
    return lines(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def line(text: str, limit: int = 100) -> str:
    """Text on one line, visible, cut at a word with `…` where it is longer than limit characters."""
    folded = visible(" ".join(text.split()))
    if len(folded) <= limit:
        return folded
    return folded[:limit].rsplit(" ", 1)[0].rstrip(",;:") + " …"


_HASHES = re.compile(r"##(?=[A-Za-z]*\[)")
_HASHES_IN_JSON = re.compile(_HASHES.pattern.encode())
_COLONS = re.compile(r"(?:^|(?<=\r))([^\S\r\n]*):(?=:)", re.MULTILINE)


def inert(text: str) -> str:
    r"""Text that no CI system takes a command from: what it looks for in a log stands there as an escape.

    Azure Pipelines, TeamCity and GitHub's old form look for `##vso[`, `##teamcity[` and `##[` anywhere in a line,
    GitHub for `::` at its beginning, behind any blanks. In a JSON document the escapes are the same characters.
    """
    if "##" in text:
        text = _HASHES.sub(lambda _: "#\\u0023", text)
    return _COLONS.sub(lambda found: f"{found[1]}\\u003a", text) if "::" in text else text


def inert_json(document: bytes) -> bytes:
    """The same of a JSON document, of which a line begins with a mark of JSON's and never with `::`."""
    return _HASHES_IN_JSON.sub(rb"#\\u0023", document)


def bare(text: str) -> str:
    """Text without the mark that closes it, where a colon and more are to follow."""
    return text.rstrip().rstrip(".:;,。；：，")


def joined(parts: Iterable[str]) -> str:
    """What there is of some parts, told after each other; what is followed is not closed by a mark of its own."""
    told = [part for part in parts if part]
    return "; ".join([*map(bare, told[:-1]), *told[-1:]])


def columns(text: str) -> int:
    """The columns that a text takes on a terminal: two for a wide character, none for a mark upon another one."""
    if text.isascii():
        return len(text)
    return sum((unicodedata.east_asian_width(c) in "WF") + (unicodedata.combining(c) == 0) for c in text)


def plural(count: int, noun: str) -> str:
    """`1 story`, `2 stories`, `2 criteria`."""
    if count == 1:
        return f"1 {noun}"
    if noun == "criterion":
        return f"{count} criteria"
    return f"{count} {noun[:-1]}ies" if noun.endswith("y") else f"{count} {noun}s"
