r"""How a path of git, which is bytes, stands as text in a JSON document: records, journal, answers, reports.

It stands there as it is. One that text cannot hold (it is not UTF-8), or that begins with a double quote, stands
as git prints such a path by default: in double quotes, each byte that is not printable ASCII as a backslash and
three octal digits (`"caf\351.txt"`), or by the letter that C has for it. So each path has one spelling, each
spelling is of one path, and `git ls-files` shows the same.

In memory a path is bytes, or text with surrogates (PEP 383) where globs are tried on it; neither is written down.
"""

import re

_LETTERS = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_BYTES = {letter.encode(): bytes([byte]) for byte, letter in _LETTERS.items()}
_SPELT = [
    f"\\{_LETTERS[byte]}" if byte in _LETTERS else chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"  # noqa: PLR2004
    for byte in range(256)
]
_ESCAPE = re.compile(rb'\\([abtnvfr"\\]|[0-3][0-7]{2})')
_BROKEN = re.compile("[\udc80-\udcff]")
_INSIDE = re.compile(rb'(?:[^"\\]|\\[abtnvfr"\\]|\\[0-3][0-7]{2})*')


def quoted(path: bytes) -> str:
    """The one spelling of a path."""
    if not path.startswith(b'"'):
        try:
            return path.decode()
        except UnicodeDecodeError:
            pass
    return f'"{"".join(_SPELT[byte] for byte in path)}"'


def unquoted(spelling: str) -> bytes:
    """The path of a spelling. Raises: ValueError where it begins with a quote and is none of git's."""
    raw = spelling.encode("utf-8", "surrogateescape")
    if not raw.startswith(b'"'):
        return raw
    inside = raw[1:-1]
    if len(raw) < 2 or not raw.endswith(b'"') or not _INSIDE.fullmatch(inside):  # noqa: PLR2004 - two quotes
        raise ValueError("a path in double quotes is spelt with git's escapes, such as `\\351`")
    return _ESCAPE.sub(lambda match: _BYTES.get(match[1]) or bytes([int(match[1], 8)]), inside)


def spelt(path: str) -> str:
    """The spelling of a path that is text with surrogates, or a spelling already."""
    return path if path.startswith('"') else quoted(path.encode("utf-8", "surrogateescape"))


def inside(spelling: str) -> str:
    """A path as the heading of a diff has it in a prompt: of a quoted one what stands between the quotes."""
    return spelling[1:-1] if spelling.startswith('"') else spelling


def shown(text: str) -> str:
    """Text that can be written as UTF-8: each byte that is none, kept as a surrogate, as in a quoted path."""
    if text.isascii():
        return text
    return _BROKEN.sub(lambda match: f"\\{ord(match[0]) - 0xDC00:03o}", text)
