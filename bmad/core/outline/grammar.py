"""The grammar the mapper knows of a sentence: what stands before its main clause, its subject and its verb.

English by word lists, other languages by their modal words only. Code spans and brackets are opaque: what
stands inside them is neither a verb nor the end of a clause.
"""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from bmad.core.outline.modality import PLAIN, UPPER, WEAK, by_letter, cjk_modal
from bmad.core.outline.verbs import BASE, is_third_person

MODAL = re.compile(
    r"(?<![\w`])(?:"
    + by_letter("|".join(UPPER.values()))
    + r")(?![\w`])|(?<![\w`-])(?:(?i:"
    + by_letter("|".join([*PLAIN.values(), WEAK, "could", "might", "would"]))
    + r"))(?![\w`-])"
)
CONDITION = re.compile(
    r"(?:if|when|whenever|once|unless|where|while|after|before|upon|during|in case|for|to|on|in|by|with|"
    r"until|as|at|under|"
    r"unlike|since|because|given|in addition to|as soon as)\b[^,;:]{2,160},\s+(?:then\s+)?",
    re.IGNORECASE,
)
PARENTHESES = re.compile(r"\s*[(（][^()（）]{0,300}[)）]")
CODE = re.compile(r"`[^`]*`")
SUBORDINATE = re.compile(
    r"(?:if|when|whenever|once|unless|while|because|since|as|although|after|before)\b", re.IGNORECASE
)
NOUNISH = re.compile(
    r" (?:for|of|and|or|is|are|must|should|shall|may|can|will|have|has|in|that|which|were|was|to)\b"
)
SINGULAR = re.compile(r"(?:an?|each|every)\s", re.IGNORECASE)
OBJECT = re.compile(r" (?:the|an?|its|their|every|each|no|all|any|only|`)(?=\s|`|\w)")
PLURAL_OBJECT = re.compile(r" (?:an?|the|their|its|all|any|only|to|with|at|by|in|on|from)\b")
COPULA = frozenset(
    {"is", "are", "was", "were", "has", "have", "does", "do", "contains", "defines", "means", "refers", "consists"}
)
FREE_RELATIVE = frozenset({"what", "whatever", "whoever", "whichever"})
RELATIVE_WORD = frozenset({"which", "who", "whose", "whom", "where"})
NO_NOUN = frozenset(
    """
    of in for with to on by from than as if when and or but not at into onto over under upon about is are be
    ensure check means say says sure so such
    """.split()  # noqa: SIM905  a list of one word a line would be long
)
"""Words after which "that" opens no relative clause."""
STOP = frozenset(
    """
    a an the and or not no of to in on at by for from with without as is are be been being was were has
    have had do does did it its this that these those it they them their there then than so such if when
    while where which who whose what how all any each every some one two more most other another own same
    only also can could may might must shall should will would into over under between before after
    during up down out off per via use used using you your we our us i me my der die das ein eine und
    oder zu im mit von den dem ist sind soll muss le la les un une des de du et ou est sont el los las y
    o en que se es por para make sure new
    """.split()  # noqa: SIM905  a list of one word a line would be hundreds of lines
)
LEADING_PHRASE = re.compile(
    r"(?:at|in|on|upon|during|after|before|under|within) (?!the\b)(?:[\w`-]+ ){0,3}?[\w`-]+"
    r"(?<! of)(?<! in)(?<! to) (?=the )|"
    r"(?:at|in|on|upon|during|after|before|under|within) the [\w`-]+ (?=the )",
    re.IGNORECASE,
)
GOES_ON = re.compile(r"(?:which|who|that|and|or|but)\b")
WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*|`[^`]+`")
BARE_VERB = re.compile(r" (?:" + "|".join(sorted(BASE)) + r")\b(?!['’])")
RELATIVE_START = re.compile(r"\b(?:that|wh(?:at|ich|o|ere))", re.IGNORECASE)
JOINED = re.compile(r"\b(?:and|or)\s*$")
SEEN = 240


class Parsed(NamedTuple):
    """Subject, the modal or verb that follows it, and the rest; `condition` is what stood before."""

    condition: str
    subject: str
    verb: str
    rest: str


def opaque(text: str) -> str:
    """`text` with what code spans and brackets hold overwritten; the length stays."""
    if "`" in text:
        text = CODE.sub(lambda m: f"`{'x' * (len(m.group()) - 2)}`" if len(m.group()) > 2 else "xx", text)
    if "(" in text or "（" in text:
        text = PARENTHESES.sub(lambda m: " " + "\0" * (len(m.group()) - 1), text)
    return text


def unbracketed(text: str) -> str:
    """`text` without what stands in brackets, code spans aside."""
    if "(" not in text and "（" not in text:
        return text
    kept = "".join(c for c, seen in zip(text, opaque(text), strict=True) if seen != "\0")
    return re.sub(r" +(?=[ ,.;:]|$)", "", kept).strip()


@lru_cache(maxsize=65536)
def parsed(text: str) -> Parsed | None:
    """The main clause of a sentence; None where no subject and verb are found."""
    cut = condition_end(text)
    if not cut and (phrase := LEADING_PHRASE.match(text)):
        cut = phrase.end()
    condition, text = text[:cut], text[cut:]
    seen = opaque(text[:400])
    span = _main_verb(seen)
    if span is None:
        return None
    start, end = span
    subject = text[:start].strip(" ,")
    if SUBORDINATE.match(subject):
        return None
    return Parsed(condition, subject, text[start:end], text[end:].strip())


def condition_end(text: str) -> int:
    """Where the main clause begins after a leading "When …, "; 0 where nothing stands before it."""
    if "," not in text[:400]:
        return 0
    match = CONDITION.match(text[:400]) and CONDITION.match(opaque(text[:400]).replace("\0", "x"))
    if match and MODAL.search(match.group()) and not SUBORDINATE.match(match.group()):
        return 0
    if match is None or MODAL.match(text, match.end()) or GOES_ON.match(text, match.end()):
        return 0
    return match.end()


def _main_verb(seen: str) -> tuple[int, int] | None:
    """The span of the verb of the main clause; verbs of relative clauses within the subject are passed over."""
    waiting = 0
    inner: tuple[int, int] | None = None
    place = 0
    for span in _verbs(seen):
        waiting += _relatives(seen, place, span[0])
        if waiting or (inner and JOINED.search(seen, place, span[0])):
            waiting = max(0, waiting - 1)
            inner = span
            place = span[1]
            continue
        return span
    if inner is None and (cjk := cjk_modal(seen[:200])):
        return cjk.span()
    return inner or _likely(seen)


def _verbs(seen: str) -> Iterator[tuple[int, int]]:
    """Spans of modal words and of words that read as finite verbs ("the tool prints …"), in order."""
    modal = MODAL.search(seen)
    before, word = "", ""
    for place, match in enumerate(WORD.finditer(seen, 0, SEEN)):
        start = match.start()
        while modal and modal.start() <= start:
            yield modal.span()
            modal = MODAL.search(seen, modal.end())
        before, word = word, match.group()
        if not place or not _is_finite(before, word, place, seen, match.end()):
            continue
        if modal is None or not _noun_before(seen[start : modal.start()], modal.group()):
            yield match.span()
    while modal:
        yield modal.span()
        modal = MODAL.search(seen, modal.end())


def _is_finite(before: str, word: str, place: int, seen: str, end: int) -> bool:
    if word in COPULA or (word[-1] == "s" and _third(word, place, seen, end)):
        return True
    if word[-1] == "s" and is_third_person(word):
        if before[0] == "`" and place == 1:
            return True
        if 1 < place < 6 and before.lower() not in STOP and SINGULAR.match(seen) and seen[end : end + 1] == " ":
            return True
    return before[-1:] == "s" and word in BASE and _plural_verb(before, word, seen, end)


def _relatives(seen: str, start: int, end: int) -> int:
    """How many relative clauses open between two places."""
    if not RELATIVE_START.search(seen, start, end):
        return 0
    count = 0
    before = ""
    for match in WORD.finditer(seen, start, end):
        word = match.group().lower()
        if word in FREE_RELATIVE or (
            match.start()
            and (word in RELATIVE_WORD or (word == "that" and before not in NO_NOUN))
            and before not in {"in", "with", "on"}
            and not BARE_VERB.match(seen, match.end())
        ):
            count += 1
        before = word
    return count


def _third(word: str, place: int, seen: str, end: int) -> bool:
    return (
        place < 14
        and word[0].islower()
        and is_third_person(word)
        and seen[end : end + 1] == " "
        and not NOUNISH.match(seen, end)
    )


def _plural_verb(before: str, word: str, seen: str, end: int) -> bool:
    """`Users create an album`: a plural noun, a bare verb, and no other verb right after."""
    if not before.endswith("s") or before.endswith("ss") or before.lower() in STOP or word not in BASE:
        return False
    return PLURAL_OBJECT.match(seen, end) is not None


def _noun_before(between: str, modal: str) -> bool:
    """Whether what looks like a verb is the last noun of a subject ("breaking changes MUST …")."""
    words = between.split()
    return (
        words[0] not in COPULA
        and "," not in between
        and not FREE_RELATIVE.intersection(words)
        and len(words) <= (12 if modal.isupper() else 3)
    )


def _likely(seen: str) -> tuple[int, int] | None:
    """A verb that is in no list, by its form and an object right after ("looks the way", "costs a cent")."""
    before = ""
    for place, match in enumerate(WORD.finditer(seen[:SEEN])):
        word = match.group()
        if (
            0 < place < 12
            and word.islower()
            and word.endswith("s")
            and not word.endswith(("ss", "us", "is"))
            and word not in STOP
            and before not in STOP
            and OBJECT.match(seen, match.end())
        ):
            return match.span()
        before = word.lower()
    return None
