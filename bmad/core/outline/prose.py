"""Inline Markdown by character offsets: what to ignore when reading a sentence, and its plain form.

Owns masks (same length as the source, so offsets stay true) and the stripping of marks. Owns no blocks.
Bounded repetitions keep every pattern linear in practice on hostile input.
"""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import html
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

IMAGE = re.compile(
    r"!\[([^\[\]]{0,300})\](?:\((?:[^()\s]|\([^()\s]{0,200}\)){0,2000}[^()]{0,300}\)|\[[^\]]{0,200}\])"
)
LINK = re.compile(
    r"\[((?:[^\[\]]|\[[^\[\]]{0,300}\]){0,1000})\]"
    r"\((?:[^()\s]|\([^()\s]{0,200}\)){0,2000}(?:\s+\"[^\"]{0,300}\")?\s*\)"
)
REF_LINK = re.compile(r"\[([^\[\]]{1,300})\]\[[^\[\]]{0,200}\]")
SHORTCUT = re.compile(
    r"(?<![\w\])\]])\[(?!(?:TBD|TBC|TODO|FIXME|optional)\])([A-Za-z]{2,}(?:[ -][A-Za-z]{2,}){0,6})\](?![(\[:\w])"
)
FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,60}\]")
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
STARS = re.compile(r"(?<![\s*\\])\*{1,3}(?=[^*]|$)|\*{1,3}(?=[^\s*])|~~")
UNDERSCORES = re.compile(r"(?<![\w\\])_{1,3}(?=[^\s_])|(?<=[^\s_\\])_{1,3}(?!\w)")
MARKED = re.compile(r"[*_`~\[\]<>&\\]")
MARKED_BESIDE_CODE = re.compile(r"[*_~\[\]<>&\\]")
LINE_BREAK = re.compile(r"\s*[\n\r]\s*")
QUOTE_MARKS = re.compile(r"\n[ \t]{0,12}>[ \t>]{0,12}")
HELD = re.compile("\ue000(\\d+)\ue001")
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]")
CJK_GAP = re.compile(
    r"(?<=[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]) (?=[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef])"
)
MARKER = re.compile(r"\[NEEDS CLARIFICATION:?[^\]]{0,1000}\]", re.IGNORECASE)


def blank(match: re.Match[str]) -> str:
    return " " * (match.end() - match.start())


def _crosses(match: re.Match[str]) -> str:
    return "x" * (match.end() - match.start())


@lru_cache(maxsize=4096)
def mask(raw: str, *, code: bool = True) -> str:
    """`raw` with code spans, addresses, tags and comments overwritten; the length stays."""
    out = raw
    if "<!--" in out:
        out = COMMENT.sub(blank, out)
    if code and "`" in out:
        out = CODE_SPAN.sub(lambda m: "`" + "x" * (m.end() - m.start() - 2) + "`", out)
    if "](" in out:
        out = LINK_TAIL.sub(_crosses, out)
    if "<" in out:
        out = AUTOLINK.sub(_crosses, out)
        out = TAG.sub(blank, out)
    if "://" in out:
        out = URL.sub(_crosses, out)
    return out


@lru_cache(maxsize=16384)
def clean(raw: str, *, code: bool = True) -> str:
    """Plain text on one line: link texts without addresses, no emphasis marks, no escapes.

    With `code` the back-ticks of code spans stay; their content is never touched.
    """
    if not MARKED.search(raw):
        text = " ".join(raw.split())
        return text if text.isascii() else CJK_GAP.sub("", text)
    if code and raw.isascii() and not MARKED_BESIDE_CODE.search(raw):
        text = LINE_BREAK.sub(" ", raw).strip()
        if "  " not in text and "\t" not in text:
            return text
    return _unmarked(raw, code=code)


def _unmarked(raw: str, *, code: bool) -> str:
    text = QUOTE_MARKS.sub("\n", raw) if "\n" in raw and ">" in raw else raw
    if "<!--" in text:
        text = COMMENT.sub(" ", text)
    held: list[str] = []
    if "`" in text:
        text = CODE_SPAN.sub(lambda m: _hold(m, held, code=code), text)
    if "[" in text:
        text = _unlink(text, held)
    if "<" in text:
        text = AUTOLINK.sub(r"\1", text)
        text = TAG.sub(" ", text)
    if "*" in text or "~" in text:
        text = STARS.sub("", text)
    if "_" in text:
        text = UNDERSCORES.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    if "\\" in text:
        text = ESCAPE.sub(r"\1", text.replace("\\\n", "\n"))
    text = " ".join(text.split())
    if not text.isascii():
        text = CJK_GAP.sub("", text)
    if held:
        text = HELD.sub(lambda m: held[int(m.group(1))] if int(m.group(1)) < len(held) else "", text)
    return " ".join(text.split())


def _hold(match: re.Match[str], held: list[str], *, code: bool) -> str:
    held.append(match.group(0) if code else match.group(2).strip())
    return f"\ue000{len(held) - 1}\ue001"


def _unlink(text: str, held: list[str]) -> str:
    """Links to their texts; a clarification mark keeps its brackets, as V13 reads them."""

    def keep(match: re.Match[str]) -> str:
        held.append(match.group(0))
        return f"\ue000{len(held) - 1}\ue001"

    text = MARKER.sub(keep, text)
    text = IMAGE.sub(r"\1", text)
    text = LINK.sub(r"\1", text)
    text = SHORTCUT.sub(r"\1", REF_LINK.sub(r"\1", text))
    return FOOTNOTE.sub("", text)


def is_cjk(text: str) -> bool:
    """Whether a good part of the letters are of a script written without spaces."""
    if text.isascii():
        return False
    found = len(CJK.findall(text))
    return found > 3 and found * 5 > len(text.replace(" ", ""))
