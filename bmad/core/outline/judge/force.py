"""How strongly a sentence asks, by its words: key words, modal words, rules, wishes, orders, or only telling."""

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from bmad.core.outline.read.inline import mask
from bmad.core.outline.words.lexicon import Lexicon, Says, folded, spaceless, split
from bmad.model.spec import Priority


class Force(IntEnum):
    """Ordered by strength; `NONE` is a question, a remark, an example or what was."""

    NONE = 0
    TELLS = 1
    CAN = 2
    WILL = 3
    RULE = 4
    WISH = 5
    SHOULD = 6
    MUST = 7
    MARKED = 8


class Heard(NamedTuple):
    """What a sentence says; `marked` are its key words in capitals or, in scripts without case, emphasised."""

    force: Force
    says: int = Says.NOTHING
    marked: int = Says.NOTHING
    question: bool = False
    aside: bool = False
    conditional: bool = False
    refused: bool = False
    """It puts out of scope what it names, and binds to nothing else."""
    modal: bool = False
    """What binds in it is a modal word, and not just `never` or `always`."""
    leaves: bool = False
    """It puts out of scope the list that it leads into."""

    @property
    def priority(self) -> Priority | None:
        """The priority that the words give it."""
        if self.marked:
            return _priority(self.marked)
        if self.says & Says.NICE:
            return Priority.COULD
        if self.says & Says.ONLY and self.says & (Says.MAY | Says.CAN):
            return Priority.MUST
        return _priority(self.says)


def _priority(says: int) -> Priority | None:
    if says & Says.MUST:
        return Priority.MUST
    if says & Says.SHOULD:
        return Priority.SHOULD
    return Priority.COULD if says & Says.MAY else None


_TOKENS = re.compile(r"[^\W\d_]+")
_CAPITALS = re.compile(r"(?<![\w`\"“'‘„«])[^\W\d_a-zà-ÿа-яё]{3,}(?![\w`\"”'’»])")
_SHOUTED = re.compile("[A-Z]{3}")
_SMALL = re.compile(r"[a-zà-öø-ÿа-яё]")
_STRESSED = re.compile(r"\*\*([^*\s]{1,12})\*\*|「([^「」\s]{1,12})」")
_QUESTION = re.compile(
    r"[?？؟]\s*[*_\"”)）]*$|^[*_]*(?:q|question|frage|pregunta|pergunta|domanda|вопрос|質問|问题|질문)[*_]*[:：](?!//)",
    re.IGNORECASE,
)
"""How a question ends, or is named as one."""
_BOTH = re.compile(r"\bin[- ]scope\W{1,3}(?:(?:and|or|vs|et|ou|und|oder|y|o|e)\W{1,2})?out[- ]of[- ]scope")
"""What speaks of a scope, and puts nothing out of it."""
_SUCH = re.compile(r"\b(the|all|any|its|an?) required(?= \w)", re.IGNORECASE)
"""What only says which thing is meant: `the required lifetime`."""
_NOT = re.compile(r"\b(?:MAY|DARF|DÜRFEN) (?:NOT|NICHT)\b")


def hear(text: str, lexicon: Lexicon) -> Heard:
    """What a sentence or an item says, on one line."""
    bare = mask(text)
    marked = _marked(text, bare, lexicon)
    if "*" in bare or "_" in bare:
        bare = bare.replace("*", "").replace("_", " ")
    if "required" in bare:
        bare = _SUCH.sub(r"\1", bare)
    low = folded(bare).replace("i.e.", " ").replace("e.g.", " ") if "." in bare else folded(bare)
    tokens = _TOKENS.findall(low)
    known = _known(low, tokens, lexicon)
    says = _says(known, lexicon)
    bound = lexicon.endings is not None and lexicon.endings.search(low) is not None
    says |= Says.MUST if bound else Says.NOTHING
    if lexicon.forbids and says & (Says.MAY | Says.CAN) and lexicon.forbids.search(low):
        says = says & ~(Says.MAY | Says.CAN) | Says.MUST
    first = tokens[0] if tokens else ""
    start = low.lstrip(' (（"“')
    unneeded = not marked and _is_unneeded(start, tokens, lexicon)
    says = _beside_brackets(says, low, lexicon)
    out = says & (Says.OUT | Says.LEAVES | Says.YET) and not marked and _refused(says, low, first, lexicon)
    refused = unneeded or out
    binds = marked or says & (Says.MUST | Says.SHOULD | Says.RULE | Says.WILL)
    aside = (
        _opens(start, first, lexicon.openers)
        or (lexicon.overview is not None and lexicon.overview.match(start) is not None)
        or (not binds and (says & Says.POINTS > 0 or _opens(start, first, lexicon.notes)))
    )
    conditional = first in lexicon.conditions
    question = _QUESTION.search(text) is not None or (not marked and _doubts(start, lexicon))
    was = (
        says & Says.PAST > 0
        and not conditional
        and not _wishes(start, known, lexicon)
        and _was(low, known, lexicon)
    )
    force = _force(says, marked, first in lexicon.orders, conditional=conditional, off=aside or question, was=was)
    leaves = bool(refused) or (says & Says.LEAVES > 0 and not says & Says.MUST)
    modal = bound or (bool(binds) and _modal(known, lexicon))
    return Heard(force, says, marked, question, aside, conditional, bool(refused) and not question, modal, leaves)


_NEEDLESS = 14
"""So many words has a sentence at the most that says no more than that something need not be."""
_CLAUSE = re.compile(
    r"\b(?:that|which|who|whose|where|die|der|das|welche[rsn]?|qui|que|dont|où|cuyo|cujo|которы\w+)\b|[,;]|，|；|、"
)
"""What begins a clause of its own: what need not be is then no more than a part of what is said."""
POINTS_BACK = frozenset(
    split("it|this|that|they|these|es|das|dies|sie|er|il|elle|cela|ça|esto|eso|ele|ela|isso|это|он|она|оно|они")
)
"""Words that name nothing themselves."""


def _is_unneeded(start: str, tokens: list[str], lexicon: Lexicon) -> bool:
    """Whether a text says of what it names that it need not be, and nothing else."""
    if lexicon.unneeded is None or len(tokens) > _NEEDLESS or not tokens or tokens[0] in lexicon.conditions:
        return False
    bare = start.strip(" .!。！")
    found = lexicon.unneeded.search(bare)
    if found is None or tokens[0] in lexicon.orders or tokens[0] in POINTS_BACK:
        return False
    rest = bare[: found.start()].partition(" ")[2]
    binds = Says.MUST | Says.SHOULD
    return not _CLAUSE.search(rest) and not any(lexicon.words.get(one, 0) & binds for one in _TOKENS.findall(rest))


def _known(low: str, tokens: list[str], lexicon: Lexicon) -> list[str]:
    """The words and the phrases of a folded text that say something."""
    found = [token for token in tokens if token in lexicon.words]
    if lexicon.phrases and _may_hold(tokens, lexicon):
        found += lexicon.phrases.findall(low)
    if lexicon.unspaced and not low.isascii():
        found += lexicon.unspaced.findall(low)
    return found


def _may_hold(tokens: list[str], lexicon: Lexicon) -> bool:
    """Whether all words of some phrase are among the words of a text: it is dear to look for hundreds of them."""
    begun = [token for token in tokens if token in lexicon.begins]
    there = set(tokens) if begun else set()
    return any(rest <= there for first in begun for rest in lexicon.begins[first])


def _wishes(start: str, known: list[str], lexicon: Lexicon) -> bool:
    """Whether a text begins with a wish of now: what it names may have been (“I want to see when it was sold”)."""
    wishes = (one for one in known if lexicon.words[one] & Says.WISH and not lexicon.words[one] & Says.PAST)
    return any(start.startswith(one) and not start[len(one) : len(one) + 1].isalpha() for one in wishes)


_WHICH = re.compile(r"\b(?:that|which|who|whose|qui|que|dont|cuy[oa]s?|cuj[oa]s?|котор\w+)(?:\s+\w+)?\s+$")
"""How the words before one of the past end that only says more of a thing: `orders that were placed are …`."""
_GERMAN = re.compile(
    r", (?:in |mit |von |bei |für |auf )?(?:die|der|das|den|dem|deren|dessen|welche[rsnm]?)\b[^,;.]*$"
)
_BEFORE_NOUN = re.compile(r"[^，。；、\s]{1,12}的")
"""How a thing goes on in Chinese that a word of the past stands before: `已经删除的订单`."""
_NEAR = 4
"""So many words may stand between a word like `after` and the word of the past that it goes with."""


def _was(low: str, known: list[str], lexicon: Lexicon) -> bool:
    """Whether a word of the past says what was, and not which thing or after what."""
    for one in {word for word in known if lexicon.words[word] & Says.PAST}:
        frame = "" if spaceless(one) else r"\b"
        for found in re.finditer(f"{frame}{re.escape(one)}{frame}", low):
            before = low[: found.start()]
            near = _TOKENS.findall(re.split("[,;:]", before)[-1])[-_NEAR:]
            of_thing = bool(_WHICH.search(before)) or _BEFORE_NOUN.match(low, found.end()) is not None
            if of_thing or _GERMAN.search(before) or any(word in lexicon.conditions for word in near):
                continue
            return True
    return False


def _doubts(start: str, lexicon: Lexicon) -> bool:
    """Whether a text only says that somebody is not sure."""
    return lexicon.doubts is not None and lexicon.doubts.match(start) is not None


def _modal(known: list[str], lexicon: Lexicon) -> bool:
    """Whether a word that binds is none of those that tell as well."""
    words, binds = lexicon.words, Says.MUST | Says.SHOULD
    return any(words[one] & binds and one not in lexicon.weak for one in known)


def _says(known: list[str], lexicon: Lexicon) -> int:
    """What known words and phrases say together."""
    says = Says.NOTHING
    for one in known:
        says |= lexicon.words[one]
    return says


_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_REMARK = 24
"""So many letters in brackets say more than that a thing is left out; one of a script without spaces is two."""


def _beside_brackets(says: int, low: str, lexicon: Lexicon) -> int:
    """What a text says without what a remark in brackets says of other things that are left out, or come later."""
    if not says & (Says.LEAVES | Says.YET):
        return says
    remarks = [one for one in _BRACKETS.findall(low) if len(one) * (2 if spaceless(one) else 1) > _REMARK]
    if not remarks:
        return says
    for one in remarks:
        low = low.replace(one, " ")
    return says & ~(Says.LEAVES | Says.YET) | _says(_known(low, _TOKENS.findall(low), lexicon), lexicon) & (
        Says.LEAVES | Says.YET
    )


def _refused(says: int, low: str, first: str, lexicon: Lexicon) -> bool:
    """Whether a text says that what it names is out of scope, and does not bind by its other words."""
    if _BOTH.search(low):
        return False
    if not says & Says.OUT:
        return bool(says & Says.YET) and first in lexicon.noes and not says & (Says.MUST | Says.SHOULD)
    rest = low
    for known in (lexicon.phrases, lexicon.unspaced):
        if known:
            rest = known.sub(lambda found: " " if lexicon.words[found.group()] & Says.OUT else found.group(), rest)
    return not _says(_known(rest, _TOKENS.findall(rest), lexicon), lexicon) & (Says.MUST | Says.SHOULD)


def _force(says: int, marked: int, order: bool, *, conditional: bool, off: bool, was: bool) -> Force:
    """`was` where a sentence tells of the past; one that begins with a wish may name what was, and asks still."""
    if marked:
        return Force.MARKED
    binds = says & (Says.MUST | Says.SHOULD)
    if off or (was and not binds):
        return Force.NONE
    if binds:
        return Force.MUST if says & Says.MUST else Force.SHOULD
    return _asked(says, order=order, conditional=conditional)


def _asked(says: int, *, order: bool, conditional: bool) -> Force:
    """The force of a sentence without a word that binds."""
    if says & Says.WISH:
        return Force.WISH
    if says & Says.RULE or (says & Says.ONLY and says & (Says.MAY | Says.CAN)):
        return Force.RULE
    if says & Says.WILL or order:
        return Force.WILL
    if says & Says.FIRST:
        return Force.NONE
    if conditional and not says & Says.SECOND:
        return Force.WILL
    return Force.CAN if says & (Says.CAN | Says.MAY) else Force.TELLS


def _marked(text: str, bare: str, lexicon: Lexicon) -> int:
    marked = Says.NOTHING
    capitals = _CAPITALS.findall(bare) if not bare.isascii() or _SHOUTED.search(bare) else []
    if capitals and _SMALL.search(bare):
        for word in capitals:
            marked |= lexicon.marked.get(word, Says.NOTHING)
        if marked & Says.MAY and _NOT.search(bare):
            marked |= Says.MUST
    if lexicon.unspaced and not bare.isascii():
        for found in _STRESSED.finditer(text):
            stressed = found.group(1) or found.group(2)
            for phrase in lexicon.unspaced.findall(stressed):
                if 2 * len(phrase) < len(stressed):
                    continue
                says = lexicon.words[phrase]
                marked |= Says.MAY if says & (Says.CAN | Says.MAY) else says & (Says.MUST | Says.SHOULD)
    return marked


def _opens(low: str, first: str, known: Mapping[str, tuple[str, ...]]) -> bool:
    for phrase in known.get(first, ()):
        if low.startswith(phrase) and not low[len(phrase) : len(phrase) + 1].isalnum():
            return True
    return low.startswith(known.get("", ()))
