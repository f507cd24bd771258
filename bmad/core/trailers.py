"""The trailer block of a commit message, read strictly and from raw bytes.

The block is the last paragraph, never the first (the title), and every line of it is a trailer, a continuation
or `(cherry picked from commit …)`. Where that paragraph holds only `Co-authored-by` and `Signed-off-by`, as a
code host's squash button adds it, optionally behind a paragraph that is only dashes, the paragraph before it
counts too; here, on purpose, we differ from git. No git configuration, no separator line, no scissors and no
comment sign has a say. One pass over the lines, no backtracking.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from bmad.model.commits import Commit, Trailer
from bmad.model.ids import is_id

MAX_MESSAGE = 1 << 20
MAX_HEADER = 1 << 18
MAX_TRAILERS = 200

STORY = "story"
POLICY = "policy"
ASSISTED_BY = "assisted-by"

_TRAILER = re.compile(rb"([A-Za-z0-9][A-Za-z0-9-]*)([ \t]*):(.*)", re.DOTALL)
_PICKED = re.compile(rb"\(cherry picked from commit [0-9a-f]{7,64}\)")
_STORY_LINE = re.compile(rb"[ \t>*-]{0,8}story[ \t]{0,8}:", re.IGNORECASE)
_SQUASH_KEYS = frozenset({b"co-authored-by", b"signed-off-by"})
_UTF8 = frozenset({b"utf-8", b"utf8"})
_ONCE = frozenset({b"tree", b"author", b"committer", b"encoding"})


class Block(NamedTuple):
    """The trailers of a message, or why a line that looks like one does not count (`reason`)."""

    trailers: tuple[Trailer, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()
    """Spellings that were accepted and should be mended."""

    def values(self, key: str) -> tuple[Trailer, ...]:
        """The trailers of one key, given in lower case."""
        return tuple(trailer for trailer in self.trailers if trailer.key.lower() == key)


class Stories(NamedTuple):
    """The stories that a message names, each once and in order, and the values that are no ids."""

    ids: tuple[str, ...]
    faults: tuple[str, ...]


class _Line(NamedTuple):
    number: int
    text: bytes


def message_fault(commit: Commit) -> str | None:
    """Why the message of a commit cannot be judged at all (G12), or None."""
    seen: set[bytes] = set()
    for key, value in commit.headers:
        if key in _ONCE and key in seen:
            return f"its header `{shown(key)}` stands twice"
        seen.add(key)
        if len(value) > MAX_HEADER:
            return f"its header `{shown(key)}` is longer than {MAX_HEADER} bytes"
        if key == b"encoding" and value.lower() not in _UTF8:
            return f"its message is encoded as `{shown(value)}`, not as UTF-8"
        if b"\0" in value:
            return f"its header `{shown(key)}` holds NUL"
    if len(commit.message) > MAX_MESSAGE:
        return f"its message is longer than {MAX_MESSAGE} bytes"
    if b"\0" in commit.message:
        return "its message holds NUL, so that readers disagree on where it ends"
    try:
        commit.message.decode()
    except UnicodeDecodeError:
        return "its message is not UTF-8"
    return None


@lru_cache(maxsize=1 << 15)
def parse(message: bytes) -> Block:
    """Read the trailer block of a message; of one that is too long, nothing."""
    if len(message) > MAX_MESSAGE:
        return Block(reason=f"the message is longer than {MAX_MESSAGE} bytes")
    paragraphs = _paragraphs(message)
    if len(paragraphs) > 1:
        at = len(paragraphs) - 1
        block = _block(paragraphs[at])
        if not block.reason and _only_squash_keys(block):
            before = at - 1
            if before > 0 and _only_dashes(paragraphs[before]):
                before -= 1
            earlier = _block(paragraphs[before]) if before > 0 else Block(reason="the title")
            if not earlier.reason:
                block = Block(earlier.trailers + block.trailers, "", earlier.notes + block.notes)
        if not block.reason:
            if any(trailer.key.lower() == STORY for trailer in block.trailers):
                return block
            return block._replace(reason=_stray(paragraphs, block))
        return Block(reason=_stray(paragraphs, block) or "")
    return Block(reason=_stray(paragraphs, Block()))


def stories(block: Block) -> Stories:
    """The ids that the block's `Story:` trailers name."""
    ids: dict[str, None] = {}
    faults = []
    for trailer in block.values(STORY):
        if is_id(trailer.value):
            ids[trailer.value] = None
        elif not trailer.value:
            faults.append(f"the Story: on line {trailer.line} is empty")
        else:
            faults.append(f"the Story: on line {trailer.line} names {spelt(trailer.value)}, which is no id")
    return Stories(tuple(ids), tuple(faults))


def _lines(message: bytes) -> Iterator[_Line]:
    for number, text in enumerate(message.split(b"\n"), 1):
        yield _Line(number, text.removesuffix(b"\r"))


def _paragraphs(message: bytes) -> list[list[_Line]]:
    paragraphs: list[list[_Line]] = []
    open_ = False
    for line in _lines(message):
        if not line.text.strip(b" \t\r\v\f"):
            open_ = False
        elif open_:
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
            open_ = True
    return paragraphs


def _block(paragraph: Sequence[_Line]) -> Block:
    """The paragraph as trailers; `reason` names the first line that is none."""
    found: list[tuple[str, list[str], int]] = []
    notes: list[str] = []
    for line in paragraph:
        if line.text[:1] == b"(" and _PICKED.fullmatch(line.text):
            continue
        if line.text[:1] in (b" ", b"\t"):
            if not found:
                return Block(reason=f"line {line.number} continues nothing")
            found[-1][1].append(line.text.strip().decode("utf-8", "replace"))
            continue
        match = _TRAILER.fullmatch(line.text)
        if match is None:
            return Block(reason=f"line {line.number} is no trailer")
        key, blank, value = match.groups()
        if len(found) >= MAX_TRAILERS:
            return Block(reason=f"it holds more than {MAX_TRAILERS} trailers")
        if blank:
            notes.append(f"line {line.number}: a blank before the colon")
        found.append((key.decode(), [value.strip(b" \t").decode("utf-8", "replace")], line.number))
    trailers = tuple(Trailer(key, " ".join(filter(None, parts)), at) for key, parts, at in found)
    notes += [
        f"line {trailer.line}: `Story:` is spelt `{trailer.key}:`"
        for trailer in trailers
        if trailer.key.lower() == STORY and trailer.key != "Story"
    ]
    return Block(trailers, "", tuple(notes))


def _only_squash_keys(block: Block) -> bool:
    return bool(block.trailers) and all(trailer.key.lower().encode() in _SQUASH_KEYS for trailer in block.trailers)


def _only_dashes(paragraph: Sequence[_Line]) -> bool:
    return len(paragraph) == 1 and set(paragraph[0].text) == set(b"-") and len(paragraph[0].text) > 2  # noqa: PLR2004


def _stray(paragraphs: Sequence[Sequence[_Line]], block: Block) -> str:
    """Where a line that reads like `Story:` stands, and why it does not count; empty where there is none."""
    for at in range(len(paragraphs) - 1, -1, -1):
        for line in paragraphs[at]:
            if _STORY_LINE.match(line.text):
                if at == 0:
                    why = "is in the title's paragraph, and trailers stand in the last one"
                elif at == len(paragraphs) - 1:
                    why = f"is in the last paragraph, but that is no trailer block: {block.reason}"
                else:
                    last = paragraphs[-1][0].number
                    why = f"is not in the last paragraph, which begins on line {last}"
                return f"the Story: on line {line.number} {why}"
    return ""


def spelt(value: str) -> str:
    """A foreign value that is safe to print, with the code points of what is not ASCII."""
    odd = sorted({char for char in value if not 32 <= ord(char) < 127})  # noqa: PLR2004 - printable ASCII
    words = f"`{shown(value.encode('utf-8', 'surrogateescape'))}`"
    if not odd:
        return words
    return f"{words} (with {', '.join(f'U+{ord(char):04X}' for char in odd[:8])})"


def shown(value: bytes, limit: int = 80) -> str:
    r"""Bytes of a commit or path as printable ASCII: everything else as `\xNN`, at most `limit` signs."""
    text = "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b"\\`" else f"\\x{byte:02x}"  # noqa: PLR2004
        for byte in value[: limit + 1]
    )
    return text if len(value) <= limit else f"{text[:limit]}…"
