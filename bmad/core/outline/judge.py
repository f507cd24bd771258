"""Whether a sentence or an item of the intent becomes a statement, and of which class."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re

from bmad.core.outline.grammar import parsed
from bmad.core.outline.modality import Level, Style, binding, is_instruction, plain
from bmad.core.outline.prose import MARKER
from bmad.core.outline.roles import Role
from bmad.core.outline.units import STORY, Kind
from bmad.model.spec import StatementClass

EMPTY = re.compile(
    r"(?:n/?a|none|nil|not applicable|no|yes|nothing(?: yet)?|无|無|なし|keine?|aucune?|ninguno)\s*[.。!]?",
    re.IGNORECASE,
)
OPEN = re.compile(
    r"[^.]{0,120}[(\[](?:TBD|TBC|TODO)[)\]][.。]?|(?:.{0,80}[:：–—-]\s*)?(?:\*\*)?(?:TBD|TBC|TODO|FIXME|"
    r"[Tt]o be (?:determined|decided|defined|confirmed)|待定|待确认|未定)\b(?:\*\*)?[ .:：。]*.{0,200}",
    re.DOTALL,
)
UNDECIDED = re.compile(r"TB[DC]|TODO|FIXME|[Tt]o be |待|未定")
EXAMPLE = re.compile(
    r"(?:for (?:example|instance)|e\.?g\.?(?=\W)|examples?(?:\s*\d*)?\s*[:：]|such as|i\.e\.|例如|比如|譬如|"
    r"例[:：]|示例[:：]|例えば|"
    r"zum beispiel|z\. ?b\.|beispiele?[:：]|par exemple|exemples?\s*[:：]|por ejemplo|p\. ?ej\.|ejemplos?[:：]|"
    r"por exemplo|например)",
    re.IGNORECASE,
)
EXPLAIN = re.compile(
    r"\(?(?:note(?: that)?\b|nb\b|poc\b|historically|unfortunately|typically|traditionally|usually|currently|"
    r"today|in general|generally|"
    r"we (?:believe|think|chose|have|had|are|want|hope|expect|also (?:believe|think))\b|i['’]?(?:ve|m)?\b|"
    r"thanks|thank you|see\b|for more|"
    r"there (?:is|are) (?:an? |some )?(?:example|other)|because\b|this (?:is|was) (?:because|inspired)|"
    r"the (?:reason|idea|rationale) |"
    r"why\b.{0,60}[:：]|independent test|rationale|background|remember that|keep in mind|注[:：]|注意[:：]|备注|"
    r"說明[:：]|说明[:：])",
    re.IGNORECASE,
)
DEFINE = re.compile(
    r"^.{1,80}?\b(?:is defined as|are defined as|refers? to|is for|means|denotes|stands for|indicates|"
    r"is called|are called|is known as)\b"
    r"|^(?:an?|the|each|every)?\s*[^,;]{1,60}?\b(?:is|are) (?:an?|the)\b(?! (?:error|must|required))"
    r"|^[^，。]{1,30}(?:是指|指的是|是一[种个種個])",
    re.IGNORECASE,
)
NARRATIVE = re.compile(
    r"(?:sometimes|often|occasionally|perhaps|maybe|if you['’]?(?:re| are| have)?\b[^,]{0,80}, you|for some|"
    r"many|most|some people)\b",
    re.IGNORECASE,
)
NAMES = re.compile(r"(?:An?|The)\s")
"""How a sentence without a verb begins that only names what the document is about."""
FIRST_PERSON = re.compile(r"\b(?:I|we|us|our|you|your|my|wir|nous|nosotros)\b|我们|我們|你", re.IGNORECASE)
QUESTION = re.compile(r"[?？؟]\s*[*_\"”)]*$")
OF_ROLE = {
    Role.GOAL: StatementClass.GOAL,
    Role.QUALITY: StatementClass.CONSTRAINT,
    Role.TEST: StatementClass.CONSTRAINT,
}


class Judge:
    """The rules of one document: its style, and whether neutral prose counts (`lenient`)."""

    def __init__(self, style: Style, *, lenient: bool = False) -> None:
        self.style = style
        self.lenient = lenient

    def level(self, raw: str, role: Role) -> Level:
        """The strength that counts for this sentence under this heading."""
        marked = binding(raw)
        if marked or self.style.strict:
            return marked
        return plain(raw, weak=role not in {Role.NEUTRAL, Role.REFERENCE, Role.SUMMARY, Role.CONTEXT})

    def kind(self, raw: str, text: str, role: Role) -> Kind:
        """What a clause of a statement is good for."""
        if EXAMPLE.match(text):
            return Kind.EXAMPLE
        if self.level(raw, role):
            return Kind.NORM
        if is_instruction(text) and not self.style.strict:
            return Kind.NORM
        if DEFINE.match(text) or EXPLAIN.match(text) or QUESTION.search(text):
            return Kind.EXPLAIN
        return Kind.DECL

    def classify(self, raw: str, text: str, role: Role, *, item: bool, own: bool) -> StatementClass | None:
        """The class of a sentence or an item, None for context.

        `text` is the plain form of `raw`; `own` tells whether the heading itself has the role.
        """
        if role == Role.VETO or EMPTY.fullmatch(text):
            return None
        if role in {Role.NON_GOAL, Role.QUESTION}:
            klass = StatementClass.NON_GOAL if role == Role.NON_GOAL else StatementClass.QUESTION
            return klass if item or not text.endswith((":", "：")) else None
        if _is_open(raw, text):
            return StatementClass.QUESTION
        if binding(raw):
            return OF_ROLE.get(role, StatementClass.REQUIREMENT)
        if role in {Role.CONTEXT, Role.USERS}:
            return None
        if STORY.match(text):
            return StatementClass.REQUIREMENT
        return self._by_role(raw, text, role, item=item, own=own)

    def _by_role(self, raw: str, text: str, role: Role, *, item: bool, own: bool) -> StatementClass | None:
        klass = OF_ROLE.get(role, StatementClass.REQUIREMENT)
        if role in {Role.NEUTRAL, Role.REFERENCE}:
            counts = self._neutral(raw, text, item=item)
        elif role == Role.SUMMARY:
            klass, counts = StatementClass.GOAL, self._summary(raw, text)
        elif QUESTION.search(text):
            return StatementClass.QUESTION if item and role == Role.CRITERIA else None
        elif self.style.strict and not own:
            counts = False
        elif role == Role.TEST:
            counts = item
        elif item:
            counts = not EXPLAIN.match(text)
        else:
            counts = self._prose(raw, text, role)
        return klass if counts else None

    def _prose(self, raw: str, text: str, role: Role) -> bool:
        if EXPLAIN.match(text) or text.endswith((":", "：")):
            return bool(plain(raw)) and not text.endswith((":", "："))
        if self.style.strict:
            return role in {Role.GOAL, Role.STORY} or bool(plain(raw))
        return len(text) > 8

    def _neutral(self, raw: str, text: str, *, item: bool) -> bool:
        if self.style.strict or QUESTION.search(text) or NARRATIVE.match(text):
            return False
        if plain(raw):
            return not re.match(r"(?:I|we|you)\b", text) or bool(
                re.match(r"you (?:should|must)\b|we require", text, re.IGNORECASE)
            )
        if is_instruction(text) or (item and _declares(text)):
            return True
        return self.lenient and (item or self._prose(raw, text, Role.REQUIREMENT)) and not EXPLAIN.match(text)

    def _summary(self, raw: str, text: str) -> bool:
        if self.style.strict or QUESTION.search(text) or FIRST_PERSON.search(text) or is_instruction(text):
            return False
        if plain(raw):
            return True
        told = self.lenient and len(text) > 15 and not EXPLAIN.match(text)
        return told and not (NAMES.match(text) and parsed(text) is None)


def _declares(text: str) -> bool:
    """Whether an item says what something is or does, in the third person ("A book has a title")."""
    if FIRST_PERSON.search(text) or EXPLAIN.match(text):
        return False
    found = parsed(text)
    return found is not None and bool(found.subject) and len(found.subject.split()) <= 8


def _is_open(raw: str, text: str) -> bool:
    """A sentence that only says that something is still open."""
    marker = MARKER.search(raw)
    if marker and len(raw) - (marker.end() - marker.start()) < 12:
        return True
    return len(text) < 200 and bool(UNDECIDED.search(text) and OPEN.fullmatch(text)) and not marker
