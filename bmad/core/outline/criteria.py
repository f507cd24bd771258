"""Acceptance criteria from the clauses of a story's units: each stands alone and adds no fact.

A sentence that leans on the one before it ("It MUST …", "Thus …") gets its subject or is joined to it; an
example goes to the rule it shows; a definition goes to its neighbour. What remains is the source's own sentence.
"""

# ruff: noqa: PLR2004  numbers of words and prices, each beside what it bounds

import re
from dataclasses import replace
from itertools import pairwise

from bmad.core.outline.grammar import MODAL, SUBORDINATE, opaque, parsed
from bmad.core.outline.modality import MODAL_START, is_instruction
from bmad.core.outline.phrases import CJK_RUN, DANGLING, capitalised, decapitalised, noun_phrase, stems
from bmad.core.outline.prose import is_cjk
from bmad.core.outline.scenes import compared, ordered, scenario, story, when
from bmad.core.outline.units import STORY, Clause, Kind, Unit
from bmad.core.outline.verbs import is_third_person

COMPLETES = re.compile(
    r"\b(?:to|will|must|shall|should|can|may|the|is|are|be|of|with|by|for|not|MUST|SHALL|SHOULD|MAY|NOT)$"
)
POINTS = re.compile(
    r"[,:]?\s*\b(?:(?:(?:as|like) (?:follows|below)|these|(?:as |in )?the following(?: \w+){0,2}|below|this|"
    r"in (?:this|the following) \w+))$"
    r"|(?:如下(?:所示)?|以下(?:几点|内容|规则)?|下列|次の(?:とおり|通り))$",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"(?P<it>It|They)\s+(?=(?:\w+\s+)?(?:MUST|SHALL|SHOULD|MAY|CAN|must|shall|should|may|can|will|is|are|has|"
    r"have|[a-z]{2,}s(?= ))\b)"
)
EXAMPLES = re.compile(r"(?:examples|beispiele|exemples|ejemplos)\s*[:：]", re.IGNORECASE)
END = re.compile(r"[.!?。！？…;；][\"”’」』)）*_`]*$")
LISTS = re.compile(r"\b(?:the following|these|below)\b[^.]{0,40}[:.]?\s*[*_]*$|以下|下列", re.IGNORECASE)
NAMED = re.compile(r"(?:`[^`]{1,60}`|[\w-]{1,30})\s*[:：]\s")
EMPTY_LEAD = re.compile(
    r"\b(?:these|following|below|listed|either|one of)\b|\b(?:two|three|four|five|six|several)(?: [\w-]+){1,3}$",
    re.IGNORECASE,
)
LISTING = " (see the listing in the Dev Notes)"
ALSO = re.compile(
    r"^(?:(?:(?:also|and|please|then),?|(?:additionally|furthermore|moreover|in addition|besides|finally),)\s+)+",
    re.IGNORECASE,
)
GENERIC_SUBJECT = frozenset({"software", "implementation", "system", "document", "specification"})


class Writer:
    """Collects the criteria of one story; `topic` is its heading, for sentences that name no subject."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.done: list[str] = []
        self.subject = ""
        self.pending = ""
        self.block = -1
        self.first = 0

    def add(self, unit: Unit) -> None:
        """Write the criteria of the next unit of the story."""
        if unit.listed or unit.block != self.block:
            self._flush()
            self.subject = ""
            self.first = len(self.done)
        self.block = unit.block
        theme = _theme(unit)
        noun = ordered(unit)
        for place, clause in enumerate(c for whole in unit.clauses for c in outcomes(whole)):
            self._clause(clause, unit, place, theme, noun)
        if unit.listed:
            self._flush()

    def finish(self) -> list[str]:
        """The criteria, in order, each once."""
        self._flush()
        return list(dict.fromkeys(text for text in map(_tidy, self.done) if text))

    def _clause(self, clause: Clause, unit: Unit, place: int, theme: str, noun: str) -> None:
        last = place >= len(unit.clauses) - 1
        match clause.kind:
            case Kind.LISTING:
                if len(self.done) > self.first and LISTING not in self.done[-1]:
                    self.done[-1] = _ended(self.done[-1].rstrip(" :：."), LISTING)
            case Kind.SCENARIO:
                self.done.append(scenario(clause.text))
            case Kind.EXAMPLE:
                self._example(clause, noun, whole=unit.listed and last and bool(EXAMPLES.match(clause.text)))
            case Kind.EXPLAIN if unit.klass and len(unit.clauses) > 1:
                self._explain(clause)
            case _:
                if unit.story and STORY.match(clause.text):
                    if len(unit.clauses) > 1:
                        return
                    self.done.append(story(clause.text))
                else:
                    self._rule(clause, theme if place else "")

    def _rule(self, clause: Clause, theme: str) -> None:
        text = ALSO.sub("", composed(clause)) or composed(clause)
        text = self._resolved(text, clause)
        leans = bool(DANGLING.match(text)) or _elliptic(text)
        if self.pending:
            text = f"{_full(self.pending)} {capitalised(text)}" if not _same_head(self.pending, text) else text
            self.pending = ""
        elif leans and len(self.done) > self.first:
            self.done[-1] = f"{_full(self.done[-1])} {capitalised(text)}"
            self._remember(clause)
            return
        elif leans and clause.before and not clause.lead:
            text = f"{_full(clause.before)} {capitalised(text)}"
        elif (headless(text) or (leans and not SUBORDINATE.match(text))) and self.topic and not is_cjk(text):
            if text.lower().startswith(self.topic.lower()):
                self.done.append(when(capitalised(text)))
                return
            text = f"{self.topic}: {decapitalised(text)}"
        elif theme and not clause.lead and not _about(text, theme):
            text = f"For {theme}, {decapitalised(text)}"
        self._remember(clause)
        self.done.append(when(capitalised(text)))

    def _resolved(self, text: str, clause: Clause) -> str:
        """`It MUST …` with the subject of the sentence before in the place of the pronoun."""
        return resolved(text, clause.before, self.subject)

    def _remember(self, clause: Clause) -> None:
        subject = _subject(clause.text)
        if subject:
            self.subject = subject

    def _explain(self, clause: Clause) -> None:
        text = clause.text
        if not text or text.endswith((":", "：")):
            return
        if len(self.done) > self.first and len(self.done[-1]) + len(text) < 420:
            self.done[-1] = f"{_full(self.done[-1])} {capitalised(text)}"
        elif len(self.done) <= self.first:
            self.pending = f"{_full(self.pending)} {text}".strip() if self.pending else text
        self._remember(clause)

    def _example(self, clause: Clause, noun: str, *, whole: bool) -> None:
        if len(self.done) <= self.first:
            return
        target = self.first if whole else len(self.done) - 1
        text = compared(clause.text, noun) or clause.text
        self.done[target] = f"{_full(self.done[target])} {text}"

    def _flush(self) -> None:
        if self.pending and len(self.done) <= self.first:
            self.done.append(self.pending)
        self.pending = ""


def resolved(text: str, before: str, subject: str = "") -> str:
    """`text` with `subject`, or that of the sentence `before` it, in the place of the pronoun it begins with."""
    match = PRONOUN.match(text)
    if match is None:
        return text
    subject = subject or _subject(before)
    plural = match.group("it").lower() == "they"
    if not subject or plural != subject.split("(")[0].strip().endswith("s"):
        return text
    return f"{subject} {text[match.end() :]}"


def outcomes(clause: Clause) -> list[Clause]:
    """A sentence whose parts between semicolons each have a subject and a verb, as clauses of their own."""
    if clause.kind not in {Kind.NORM, Kind.DECL} or "; " not in clause.text:
        return [clause]
    text = clause.text
    seen = opaque(text)
    places = [m.start() for m in re.finditer(";(?= )", seen)]
    colon = re.search(r":(?= )", seen)
    if not places or (colon and colon.start() < places[0]):
        return [clause]
    parts = [text[a:b].strip("; ") for a, b in pairwise([0, *places, len(text)])]
    if not all(_finite(p) and len(p.split()) > 3 and not DANGLING.match(p) for p in parts):
        return [clause]
    made = [replace(clause, text=_full(parts[0]))]
    for part in parts[1:]:
        made.append(replace(clause, text=_full(capitalised(part)), before=made[-1].text, lead=""))
    return made


def composed(clause: Clause) -> str:
    """A sub-rule with the part of its lead-in that it needs to be a sentence."""
    text, lead = clause.text, clause.lead.strip().rstrip("*_ ")
    if not lead or not text:
        return text or lead
    comma = lead.endswith((",", "，"))
    lead = lead.rstrip(":：,， ")
    if CJK_RUN.search(lead[-2:]):
        return text if POINTS.search(lead) or len(text) > 24 else f"{lead}：{text}"
    if COMPLETES.search(lead):
        return f"{lead} {decapitalised(text)}"
    if comma or SUBORDINATE.match(lead) or re.match(r"(?:upon|for|during|in case|on)\b", lead, re.IGNORECASE):
        return f"{lead}, {decapitalised(text)}"
    if not NAMED.match(text) and (
        MODAL.search(text) or is_instruction(text) or (len(text.split()) > 4 and _finite(text))
    ):
        return text
    short = POINTS.sub("", lead).strip()
    return f"{short}: {text}" if len(short.split()) > 1 else text


def stands_alone(lead: str) -> bool:
    """Whether a lead-in says something without its list ("… are stored in one folder:")."""
    if lead.rstrip("*_ ").endswith((",", "，")) or LISTS.search(lead):
        return False
    short = POINTS.sub("", lead.rstrip("*_:： ")).strip()
    if COMPLETES.search(short) or SUBORDINATE.match(short) or len(short.split()) < 5 or EMPTY_LEAD.search(short):
        return False
    return _finite(short)


def _finite(text: str) -> bool:
    found = parsed(text)
    return found is not None and bool(found.subject)


def _full(text: str) -> str:
    return text if END.search(text) else f"{text.rstrip(' :：,')}."


def _ended(text: str, addition: str) -> str:
    return f"{text}{addition}."


def _tidy(text: str) -> str:
    text = text.strip()
    if not any(c.isalnum() for c in text):
        return ""
    if text.endswith((":", "：", ",", "，")):
        text = POINTS.sub("", text.rstrip(":：,， ")).rstrip(" ,:")
    return text if END.search(text) else text + ("。" if CJK_RUN.search(text[-2:]) else ".")


def _subject(text: str) -> str:
    """The noun phrase before the verb, where it is short and no pronoun."""
    found = parsed(text)
    if found is None or not found.subject:
        return ""
    subject = re.sub(r"\s+[([].*$", "", found.subject).strip()
    if len(subject.split()) > 7 or "," in subject or DANGLING.match(f"{subject} ") or is_instruction(text):
        return ""
    return subject


def _theme(unit: Unit) -> str:
    """What a rule of several sentences is about, as it stands within a sentence; empty where unclear."""
    if not unit.listed or unit.story or len(unit.clauses) < 2 or unit.label:
        return ""
    found = parsed(unit.clauses[0].text) if unit.clauses[0].text else None
    if found is None or found.condition or is_instruction(unit.clauses[0].text):
        return ""
    phrase = noun_phrase(found.subject, article=True)
    words = stems(phrase)
    if (
        not words
        or len(phrase.split()) > 5
        or set(words) & GENERIC_SUBJECT
        or DANGLING.match(f"{phrase} ")
        or "`" in phrase
        or is_cjk(phrase)
    ):
        return ""
    return decapitalised(re.sub(r"^(?:one or more|any|each|every|all)\s+", "", phrase, flags=re.IGNORECASE))


def _about(text: str, theme: str) -> bool:
    return bool(set(stems(theme)) & set(stems(text)))


def _same_head(first: str, second: str) -> bool:
    return stems(first)[:1] == stems(second)[:1]


def headless(text: str) -> bool:
    """`Displays the number …`, `Should be hidden …`: a verb without a subject."""
    word = re.match(r"([A-Za-z]+)\b", text)
    if word is None:
        return False
    low = word.group(1).lower()
    if low in MODAL_START:
        return True
    rest = text[word.end() :]
    return is_third_person(low) and bool(
        re.match(r"\s+(?:the|an?|all|any|its|only|when|to|[a-z]+ (?:todos?|items?|files?))\b|\s+[a-z]+ed\b", rest)
    )


def _elliptic(text: str) -> bool:
    return bool(
        re.match(r"(?:if|when|where|once)\s+(?:not |un)?\w+ed\b[^,]*,", text, re.IGNORECASE)
    ) and is_instruction(text)
