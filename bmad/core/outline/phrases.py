"""Phrases: noun phrases, case at the beginning, shortening, and the stems that tell what a text speaks of."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re
from functools import lru_cache
from itertools import chain

from bmad.core.outline.grammar import PARENTHESES, STOP, WORD

DETERMINER = re.compile(
    r"^(?:(?:a|an|the|any|all|each|every|some|this|that|these|those|one or more|zero or more|at least one|"
    r"both|your|our|its|their|"
    r"such|other|another|no|longer|new)\s+)+(?=\S)",
    re.IGNORECASE,
)
RELATIVE = re.compile(
    r"(?<!\bof)(?<!\bother)\s+(?:which|that|who|whose|where|using|consisting|containing|surrounded|followed|"
    r"described|used|with|than|as|named|called)\s.*|,.*",
    re.IGNORECASE | re.DOTALL,
)
DANGLING = re.compile(
    r"(?:it|they|he|she|its|their|this|these|those|that|thus|therefore|hence|so|consequently|otherwise|"
    r"however|instead|such|"
    r"then|likewise|similarly|in (?:this|that|such|these|which) cases?|the (?:former|latter)|doing so|if so|"
    r"if not|as such|"
    r"an exception|the same|but|yet|in both cases|specifically|in these formats|"
    r"(?:un)?like [^,.]{2,40}, (?:it|they)|in other words|in particular|moreover|in turn)\b"
    r"|(?:if|when|once|unless|while|however|where|as long as)\s+(?:it|they|this|these|that|those|so|"
    r"not)(?:\b|['’])"
    r"|[^\s]+(?:\s[^\s,]+){0,3}\s(?:this|these|those)\s(?!document|spec|product|project|app|tool|system|"
    r"standard|library)"
    r"|它|他们|她|其中|其(?=[值后後])|这[个種种些]?|這[個種些]?|那[个個些]|因此|所以|否则|否則|同时|同時|此时|此時|該|该|これ|それ|その|したがって|ただし|"
    r"(?:er|sie|es|dies\w*|daher|deshalb|sonst|ansonsten|il|elle|ils|elles|cela|sinon|donc|ello|esto|"
    r"por tanto|si no)\s",
    re.IGNORECASE,
)
CUTS = re.compile(
    r"[,;:]\s+|[：，；。、]\s*|\s[-–—]\s|\s(?=(?:and|or|which|that|so that|so|in order|when|whenever|if|"
    r"unless|while|"
    r"because|since|before|after|until|"
    r"where|whether|by|with|without|for|from|via|using|during|within|as|than|into|at|on|in|to|und|oder|wenn|"
    r"damit|mit|et|ou|pour|avec|"
    r"y|o|para|con|cuando)\s)"
)
TAIL = re.compile(
    r"(?:\s+(?:and|or|the|a|an|of|to|with|by|in|on|at|for|from|as|is|are|be|that|which|when|if|via|using|it|"
    r"its|their|not|no|must|"
    r"should|shall|may|can|will|than|into|und|oder|der|die|das|et|ou|de|du|des|la|le|y|o|el|con))+$",
    re.IGNORECASE,
)
CJK_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
MAX_TITLE = 70


def decapitalised(text: str) -> str:
    """First letter small, unless the first word is a name, an acronym or code."""
    first = re.match(r"[^\s]+", text)
    if first is None:
        return text
    word = first.group()
    if word[0].isupper() and (word[1:].islower() or (word == "A") or ("-" in word and word[1:].islower())):
        return text[0].lower() + text[1:]
    return text


def capitalised(text: str) -> str:
    first = re.match(r"[a-zà-öø-ÿ][a-zà-öø-ÿ'’-]*(?=[\s,:]|$)", text)
    return text[0].upper() + text[1:] if first else text


def noun_phrase(subject: str, *, article: bool = False) -> str:
    """A subject as a heading or, with `article`, as it stands within a sentence."""
    text = PARENTHESES.sub("", subject).strip(' ,.:;"“”')
    text = RELATIVE.sub("", text) or text
    if text.count('"') % 2:
        text = text.replace('"', "")
    if not article:
        text = DETERMINER.sub("", text)
        text = re.sub(r"\s+[A-Z]$", "", text)
    return text.strip()


def shorten(text: str, limit: int = MAX_TITLE) -> str:
    """At most `limit` characters, cut where a clause ends, else after a word; never within one."""
    text = text.strip().rstrip(".。;；:：,，!！ ")
    if len(text) <= limit:
        return text
    bare = PARENTHESES.sub("", text).strip()
    if len(bare) <= limit:
        return bare
    text = bare
    best = -1
    for match in CUTS.finditer(text):
        if match.start() > limit or (
            best >= limit // 2 and text[best] in ",;:，；：" and text[match.start()] not in ",;:，；："
        ):
            break
        if match.start() >= 18 or (match.start() >= 8 and CJK_RUN.search(text[: match.start()])):
            best = match.start()
    if best < 0:
        space = text.rfind(" ", 0, limit + 1)
        best = space if space > limit // 3 else limit
    cut = text[:best].rstrip(" ,;:：，、-–—(（")
    cut = TAIL.sub("", cut)
    for opening, closing in (("(", ")"), ("“", "”"), ("（", "）"), ("[", "]"), ("「", "」"), ("<", ">")):
        if cut.count(opening) > cut.count(closing):
            cut = cut[: cut.rindex(opening)].rstrip(" ,") or cut
    for mark in ('"', "`"):
        if cut.count(mark) % 2:
            cut = cut[: cut.rindex(mark)].rstrip(" ,") or cut.replace(mark, "")
    return TAIL.sub("", cut).strip() or text[:limit].strip()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A crude common form: case, plural and a few endings aside."""
    word = word.lower().strip("`'’.")
    if word.endswith(("'s", "’s")):
        word = word[:-2]
    for ending in ("ies", "ations", "ation", "ings", "ing", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    return word.removesuffix("e") if len(word) > 4 else word


@lru_cache(maxsize=65536)
def _parts(word: str) -> tuple[str, ...]:
    """The stem of a word, nothing for a word that says nothing, the pairs of a run of CJK."""
    if not word.isascii() and CJK_RUN.search(word):
        runs = CJK_RUN.findall(word)
        return tuple(run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1)))
    low = word.lower()
    return (stem(low),) if low not in STOP and (len(low) > 1 or low.isdigit()) else ()


@lru_cache(maxsize=16384)
def stems(text: str) -> tuple[str, ...]:
    """Content words in order, as stems; runs of CJK as overlapping pairs."""
    return tuple(chain.from_iterable(map(_parts, WORD.findall(text))))
