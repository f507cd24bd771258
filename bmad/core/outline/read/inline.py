"""Inline Markdown by character offsets: what to ignore when reading a sentence, and its form without marks.

Bounded repetitions keep every pattern linear in practice on hostile input.
"""

import re
from functools import lru_cache

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
CODE_SPAN = re.compile(r"(?<!`)(`{1,4})(?!`)([^`](?:.{0,600}?[^`])??)\1(?!`)", re.DOTALL)
URL = re.compile(r"(?:https?|ftp|mailto|file)://?[^\s<>)\]）」]{2,2000}(?<![.,;:!?*_])")
LINK_TAIL = re.compile(r"(?<=\])\((?:[^()\s]|\([^()\s]{0,200}\)){0,2000}(?:\s+\"[^\"]{0,300}\")?\s*\)")
HTML_NAMES = (
    "a|abbr|article|aside|b|blockquote|br|center|cite|code|dd|del|details|dfn|div|dl|dt|em|figure|font|"
    "footer|h[1-6]|header|hr|i|img|ins|kbd|li|main|mark|nav|ol|p|picture|pre|q|s|samp|section|small|"
    "source|span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var|video"
)
TAG = re.compile(rf"</?(?:{HTML_NAMES})(?:\s[^<>]{{0,2000}})?/?>", re.IGNORECASE)
AUTOLINK = re.compile(r"<((?:https?|ftp|mailto):[^\s<>]{1,2000})>")
LINK = re.compile(
    r"!?\[((?:[^\[\]]|\[[^\[\]]{0,300}\]){0,1000})\]"
    r"\((?:[^()\s]|\([^()\s]{0,200}\)){0,2000}(?:\s+\"[^\"]{0,300}\")?\s*\)"
)
REF_LINK = re.compile(r"\[([^\[\]]{1,300})\]\[[^\[\]]{0,200}\]")
FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,60}\]")
EMPHASIS = re.compile(
    r"(?<![^\s(\[“\"'（「*_\u3040-\u30ff\u3400-\u9fff])(\*\*\*|\*\*|\*|___|__|_|~~)(?=[^\s*_~])((?:(?!\1).){1,400}?)(?<=\S)\1"
    r"(?=[.,;:!?。，；：！？)\]”\"'）」*_]*(?:\s|$|[—–（(\u3040-\u30ff\u3400-\u9fff]))"
)
WHOLE = re.compile(r"(\*\*\*|\*\*|\*|___|__|_|~~|`)(?=\S)((?:(?!\1).)+)(?<=\S)\1", re.DOTALL)
MARKED = re.compile(r"[*_~\[<`]")
EMPHASISED = re.compile(r"[*_~]")
MARKS = frozenset("*_~`")
HELD = re.compile("\ue000(\\d+)\ue001")
LINE = re.compile(r"[\r\n]+[ \t]*")
QUOTED_LINE = re.compile(r"[\r\n]+[ \t]*(?:>[ \t]?)*")


def blank(match: re.Match[str]) -> str:
    return " " * (match.end() - match.start())


def _crosses(match: re.Match[str]) -> str:
    return "x" * (match.end() - match.start())


def mask(raw: str) -> str:
    """`raw` with code spans, addresses, tags and comments overwritten; the length stays."""
    out = raw
    if "<!--" in out:
        out = COMMENT.sub(blank, out)
    if "`" in out:
        out = CODE_SPAN.sub(lambda m: "`" + "x" * (m.end() - m.start() - 2) + "`", out)
    if "](" in out:
        out = LINK_TAIL.sub(_crosses, out)
    if "<" in out:
        out = AUTOLINK.sub(_crosses, out)
        out = TAG.sub(blank, out)
    if "://" in out:
        out = URL.sub(_crosses, out)
    return out


def one_line(raw: str, *, quoted: bool = False) -> str:
    """`raw` on one line, comments left out; nothing else of it changes."""
    if "<!--" in raw:
        raw = COMMENT.sub(" ", raw)
    if "\n" in raw or "\r" in raw:
        raw = (QUOTED_LINE if quoted else LINE).sub(" ", raw)
    return " ".join(raw.split())


@lru_cache(maxsize=4096)
def plain(raw: str) -> str:
    """`raw` on one line without the marks of emphasis, code and tags, and without the addresses of links."""
    text = one_line(raw)
    if not MARKED.search(text):
        return text
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match.group(2).strip())
        return f"\ue000{len(held) - 1}\ue001"

    if "`" in text:
        text = CODE_SPAN.sub(hold, text)
    if "[" in text:
        text = FOOTNOTE.sub("", REF_LINK.sub(r"\1", LINK.sub(r"\1", text)))
    if "<" in text:
        text = TAG.sub(" ", text)
    for _ in range(2 if EMPHASISED.search(text) else 0):
        text = EMPHASIS.sub(r"\2", text)
    if held:
        text = HELD.sub(lambda m: held[int(m.group(1))] if int(m.group(1)) < len(held) else "", text)
    return " ".join(text.split())


def unwrapped(text: str) -> str:
    """`text` without the emphasis or code marks that hold all of it."""
    while text[:1] in MARKS and (found := WHOLE.fullmatch(text)):
        text = found.group(2)
    return text
