"""The trailer block of a commit message, read strictly and from raw bytes.

The block is the last paragraph, never the first (the title), and every line of it is a trailer, a continuation
or a line that a code host writes (`(cherry picked from commit …)`, `Closes #1`; `core.hosts` has the closed list).
Where that paragraph holds only what hosts put there (`Co-authored-by`, `See merge request …`), optionally behind a
paragraph that is only dashes, or a log of what was squashed, the paragraph before it counts too; here, on purpose,
we differ from git. No git configuration, no separator line, no scissors and no comment sign has a say. One pass
over the lines.

A `Story:` line that does not count is never passed over in silence: `Block.outside` has each.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from bmad.core.hosts import KEYS, LOG, MOST, is_host_line, is_log, is_picked, is_rule
from bmad.model.commits import Commit, Trailer
from bmad.model.ids import is_id

MAX_MESSAGE = 1 << 20
MAX_HEADER = 1 << 18
MAX_TRAILERS = 200

STORY = "story"
POLICY = "policy"
ASSISTED_BY = "assisted-by"
TRIVIAL = "trivial"
"""Why a change is of no story, beside `Story: none`."""
NO_STORY = "none"
"""What `Story:` says, sign for sign, of a change that is of no story on purpose."""
ACCEPTED_BY, ACCEPTS = "accepted-by", "accepts"
"""Who accepted stories at the end, and which ones."""

_TRAILER = re.compile(rb"([A-Za-z0-9][A-Za-z0-9-]*)([ \t]*):(.*)", re.DOTALL)
_HOOKED = re.compile(rb"Story: ([!-~]+)\n?")
_STORY_LINE = re.compile(rb"^[ \t>*+|-]{0,40}story[ \t]{0,8}:([^\n]*)", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")
_UTF8 = frozenset({b"utf-8", b"utf8"})
_LIKE_ASCII = re.compile(
    rb"(?:us-)?ascii|iso-?8859-[0-9]{1,2}|latin-?[0-9]{1,2}|(?:windows-|cp)125[0-8]|koi8-[ru]|euc-(?:jp|kr|cn|tw)"
    rb"|gbk|gb2312|gb18030|big5",
    re.IGNORECASE,
)
"""Encodings in which an ASCII byte is that character, whatever stands before it."""

_BLANK = ord(" ")

_ONCE = frozenset({b"tree", b"author", b"committer", b"encoding"})


class Block(NamedTuple):
    """The trailers of a message, or why a line that looks like one does not count (`reason`)."""

    trailers: tuple[Trailer, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()
    """Spellings that were accepted and should be mended."""
    outside: tuple[Trailer, ...] = ()
    """Lines that read like `Story:` and do not count, wherever they stand."""

    def values(self, key: str) -> tuple[Trailer, ...]:
        """The trailers of one key, given in lower case."""
        return tuple(trailer for trailer in self.trailers if trailer.key.lower() == key)


_NOTHING = Block()


class Stories(NamedTuple):
    """The stories that a message names, each once and in order, and the values that are no ids.

    `none` is set where it says `Story: none` and nothing else: that it is of no story on purpose.
    """

    ids: tuple[str, ...]
    faults: tuple[str, ...]
    none: bool = False


class _Paragraph(NamedTuple):
    """Lines without their ends; `number` is that of the first, and the others follow it."""

    number: int
    lines: list[bytes]


def message_fault(commit: Commit) -> str | None:
    """Why the message of a commit cannot be judged at all (G12), or None."""
    seen: set[bytes] = set()
    for key, value in commit.headers:
        if key in _ONCE and key in seen:
            return f"its header `{shown(key)}` stands twice"
        seen.add(key)
        if len(value) > MAX_HEADER:
            return f"its header `{shown(key)}` is longer than {MAX_HEADER} bytes"
        if key == b"encoding" and not _readable(value, commit.message):
            return f"its message is encoded as `{shown(value)}`, not as UTF-8"
        if b"\0" in key or b"\0" in value:
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


def _readable(encoding: bytes, message: bytes) -> bool:
    """Whether a message in that encoding reads as UTF-8: it is, or all of it is ASCII and reads so in both."""
    if encoding.lower() in _UTF8:
        return True
    return _LIKE_ASCII.fullmatch(encoding) is not None and message.isascii() and b"\x1b" not in message


@lru_cache(maxsize=1 << 15)
def parse(message: bytes) -> Block:
    """Read the trailer block of a message; of one that is too long, nothing."""
    if len(message) > MAX_MESSAGE:
        return Block(reason=f"the message is longer than {MAX_MESSAGE} bytes")
    return _hooked(message) or _read(message)


def _hooked(message: bytes) -> Block | None:
    """The block of a message with one story and no other word of any, as the hook writes it: none is read sooner.

    None of any other message; `_read` says the same of both.
    """
    at = message.rfind(b"\n\nStory: ")
    found = _HOOKED.fullmatch(message, at + 2) if at > 0 and message[0] > _BLANK else None
    if found is None or STORY.encode() in message[:at].lower():
        return None
    return Block((Trailer("Story", found[1].decode(), message.count(b"\n", 0, at) + 3),))


def _read(message: bytes) -> Block:
    paragraphs = _paragraphs(message)
    block = _counted(paragraphs)
    outside = _outside(message, block)
    if not outside:
        return block
    reason = block.reason if block.values(STORY) else _stray(paragraphs, outside[-1].line, block)
    return block._replace(reason=reason, outside=outside)


def _counted(paragraphs: Sequence[_Paragraph]) -> Block:
    """The trailers of the block and of what hosts wrote behind it; `reason` where a last paragraph is no block."""
    at, tail = _behind(paragraphs)
    last = _block(paragraphs[at]) if at > 0 else _NOTHING
    if last.reason:
        return tail if tail.trailers else Block(reason=last.reason)
    if tail is _NOTHING:
        return last
    return Block(last.trailers + tail.trailers, "", last.notes + tail.notes)


def _behind(paragraphs: Sequence[_Paragraph]) -> tuple[int, Block]:
    """Where the paragraph stands that hosts wrote behind (0 for none but the title), and what they wrote."""
    at, tail = _before_log(paragraphs, len(paragraphs) - 1), _NOTHING
    for _ in range(MOST):
        if at > 1 and is_picked(paragraphs[at].lines, paragraphs[at - 1].lines):
            at -= 1
        if at <= 0 or not _by_host(paragraphs[at]):
            break
        own = _block(paragraphs[at])
        tail = Block(own.trailers + tail.trailers, "", own.notes + tail.notes)
        at -= 1
        if at > 0 and is_rule(paragraphs[at].lines):
            at -= 1
        at = _before_log(paragraphs, at)
    return max(0, at), tail


def _before_log(paragraphs: Sequence[_Paragraph], at: int) -> int:
    """The paragraph before a log of what was squashed, where one ends with this paragraph; else this one."""
    first = at
    while first > 0 and is_log(paragraphs[first].lines):
        first -= 1
    return first - 1 if 0 < first < at and paragraphs[first].lines == [LOG] else at


def _by_host(paragraph: _Paragraph) -> bool:
    """Whether every line of a paragraph is one that hosts write, or continues one."""
    for at, text in enumerate(paragraph.lines):
        match = _TRAILER.fullmatch(text)
        known = match is not None and match[1].lower() in KEYS
        continued = text[:1] in (b" ", b"\t") and at > 0
        if not (known or continued or is_host_line(text)):
            return False
    return True


@lru_cache(maxsize=1 << 15)
def stories(block: Block) -> Stories:
    """The ids that the block's `Story:` trailers name."""
    ids: dict[str, None] = {}
    faults: list[str] = []
    named = block.values(STORY)
    none = [trailer for trailer in named if trailer.value == NO_STORY]
    for trailer in named:
        if trailer in none:
            continue
        if is_id(trailer.value):
            ids[trailer.value] = None
        elif not trailer.value:
            faults.append(f"the Story: on line {trailer.line} is empty")
        else:
            faults.append(f"the Story: on line {trailer.line} names {spelt(trailer.value)}, which is no id")
    if none and (ids or faults):
        faults.append(f"the Story: on line {none[0].line} says none, and another line names one")
    return Stories(tuple(ids), tuple(faults), none=bool(none) and not ids and not faults)


def _paragraphs(message: bytes) -> list[_Paragraph]:
    paragraphs: list[_Paragraph] = []
    lines: list[bytes] | None = None
    for number, text in enumerate(message.replace(b"\r\n", b"\n").removesuffix(b"\r").split(b"\n"), 1):
        if not text or (text[0] <= _BLANK and not text.strip(b" \t\r")):
            lines = None
        elif lines is None:
            lines = [text]
            paragraphs.append(_Paragraph(number, lines))
        else:
            lines.append(text)
    return paragraphs


def _block(paragraph: _Paragraph) -> Block:
    """The paragraph as trailers; `reason` names the first line that is none."""
    found: list[tuple[str, list[str], int]] = []
    notes: list[str] = []
    for number, text in enumerate(paragraph.lines, paragraph.number):
        if text[:1] in (b" ", b"\t"):
            if not found:
                return Block(reason=f"line {number} continues nothing")
            found[-1][1].append(text.strip().decode("utf-8", "replace"))
            continue
        match = _TRAILER.fullmatch(text)
        if match is None and is_host_line(text):
            continue
        if match is None:
            return Block(reason=f"line {number} is no trailer")
        key, blank, value = match.groups()
        if len(found) >= MAX_TRAILERS:
            return Block(reason=f"it holds more than {MAX_TRAILERS} trailers")
        if blank:
            notes.append(f"line {number}: a blank before the colon")
        found.append((key.decode(), [value.strip(b" \t").decode("utf-8", "replace")], number))
    trailers = tuple(Trailer(key, " ".join(filter(None, parts)), at) for key, parts, at in found)
    notes += [
        f"line {trailer.line}: `Story:` is spelt `{trailer.key}:`"
        for trailer in trailers
        if trailer.key.lower() == STORY and trailer.key != "Story"
    ]
    return Block(trailers, "", tuple(notes))


def _outside(message: bytes, block: Block) -> tuple[Trailer, ...]:
    """The lines that read like `Story:` and are none of the block's; of a flood one more than are allowed."""
    first = message.lower().find(STORY.encode())
    if first < 0:
        return ()
    counted = {trailer.line for trailer in block.values(STORY)}
    found: list[Trailer] = []
    number, seen = 1, 0
    for match in _STORY_LINE.finditer(message, message.rfind(b"\n", 0, first) + 1):
        number, seen = number + message.count(b"\n", seen, match.start()), match.start()
        if number not in counted and len(found) <= MAX_TRAILERS:
            found.append(Trailer("Story", match[1].strip().decode("utf-8", "replace"), number))
    return tuple(found)


def other_words(block: Block) -> dict[str, int]:
    """What uncounted `Story:` lines name that the block does not: each word that may be an id, and its line."""
    named = set(stories(block).ids)
    words = {word: one.line for one in reversed(block.outside) for word in _WORD.findall(one.value)}
    return {word: line for word, line in words.items() if word not in named}


def _stray(paragraphs: Sequence[_Paragraph], number: int, block: Block) -> str:
    """Why a line that reads like `Story:` does not count."""
    at = next(at for at, part in enumerate(paragraphs) if part.number + len(part.lines) > number)
    if at == 0:
        why = "is in the title's paragraph, and trailers stand in the last one"
    elif at == len(paragraphs) - 1 and not block.reason:
        why = "only continues the line before it"
    elif at == len(paragraphs) - 1:
        why = f"is in the last paragraph, but that is no trailer block: {block.reason}"
    else:
        why = f"is not in the last paragraph, which begins on line {paragraphs[-1].number}"
    return f"the Story: on line {number} {why}"


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
