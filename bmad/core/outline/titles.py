"""Short titles from what a statement says: its label, an instruction, or its subject and verb."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re

from bmad.core.outline.captions import Form, best, caption, finish, passive, told, whole
from bmad.core.outline.criteria import COMPLETES, composed
from bmad.core.outline.cuts import HEAD
from bmad.core.outline.grammar import Parsed, condition_end, opaque, parsed, unbracketed
from bmad.core.outline.judge import QUESTION
from bmad.core.outline.modality import cjk_modal, is_instruction
from bmad.core.outline.phrases import (
    DANGLING,
    MAX_TITLE,
    RELATIVE,
    capitalised,
    decapitalised,
    noun_phrase,
    shorten,
)
from bmad.core.outline.prose import MARKER, clean, is_cjk
from bmad.core.outline.roles import Role, bare_heading, own_role
from bmad.core.outline.units import STORY, Kind, Unit

ACTOR = re.compile(
    r"\b(?:software|system|tool|program|app|application|applications|cli|library|server|servers|client|"
    r"clients|service|api|user|users|developer|"
    r"developers|implementations?|implementors?|implementers?|parsers?|component|module|product|platform|"
    r"site|website|page|command|editor|plugins?|"
    r"editors|compiler|admin|administrators?|customers?|authors?|maintainers?|producers?|consumers?|agents?|"
    r"hosts?|it|they|you|we|everyone|"
    r"people|teams?|operators?|apps|programs|tools|the \w+er|everybody|engine|bot|daemon|framework|generator|"
    r"processors?)$",
    re.IGNORECASE,
)
LEADING = re.compile(
    r"^(?:(?:please|also|then|next|finally|otherwise|instead|additionally|in addition|always|and|but|"
    r"therefore|thus|hence|similarly|likewise|specifically|in both cases|for example|however|eg\.?|e\.g\.?|"
    r"i\.e\.?),?\s+)+|"
    r"^(?:make sure|be sure|remember|try|ensure)(?:\s+(?:to|that))?\s+(?=[a-z`.])",
    re.IGNORECASE,
)
ROLE_HEAD = re.compile(
    r"^.{0,120}?,?\s+(?:I|we)(?:['’]d)?\s+(?:want|need|would like|wish|like|expect)\s+(?:to (?:be able to )?|"
    r"that |my )?",
    re.IGNORECASE | re.DOTALL,
)
ROLE_CAN = re.compile(
    r"^.{0,120}?,?\s+(?:I|we)\s+(?:can|must|should|am able to|will)\s+(?:expect that (?:my )?|be able to )?",
    re.IGNORECASE | re.DOTALL,
)
SO_THAT = re.compile(
    r"[,.]?\s+(?:so that|in order (?:to|that)|so I can|so we can|because)\b.*", re.IGNORECASE | re.DOTALL
)
GENERIC = re.compile(
    r"(?:user )?(?:stor(?:y|ies)|use case|epic|feature|requirement|scenario)s?\s*#?\d*(?:\.\d+)*|"
    r"(?:section|part|step|rule|task|item)s?\s*#?\d+(?:\.\d+)*|\d+(?:\.\d+)*|"
    r"misc(?:ellaneous)?|general|other|others|details?|overview|notes?|core|main|basics?",
    re.IGNORECASE,
)
PREFIX = re.compile(
    r"^(?:(?:user )?story|use case|epic|feature|requirement|scenario|rule|"
    r"task)\s*(?:#?\d+(?:\.\d+)*)?\s*[:：–—.-]\s*|^[A-Z]{1,6}-?\d+(?:\.\d+)*\s*[:：–—-]\s*",
    re.IGNORECASE,
)
TRAIL_PRIORITY = re.compile(
    r"\s*[(\[](?:priority:?\s*)?(?:p\d|high|medium|low|must|should|could|mvp|optional|r)[)\]]\s*$|\s*🎯.*$",
    re.IGNORECASE,
)
MARKED = re.compile(r"\[NEEDS CLARIFICATION:?\s*([^\]]*)\]", re.IGNORECASE)
ADVERB = re.compile(
    r"^(?:also|only|always|either|be able to|still|instead|immediately|optionally|at least|attempt to|then|"
    r"first)\s+",
    re.IGNORECASE,
)
POINTING = re.compile(r"\b(?:these|this|following|follows|below|like)$", re.IGNORECASE)
PHRASE = re.compile(
    r"\s+(?:(?:back|up|out|off|away|down|over|only) )?(?:with|without|in|on|as|to|from|into|for|like)\s"
)
TERM = re.compile(
    r"\s+(?:within|after|before|for|every) (?:the |an? |at most |at least )?(?:\d|one|two|three|four|five|six|ten)"
)
SHORT = 25
SIMPLE = re.compile(r"\s+(?!by |if |when |in )[a-z]+(?: [\w-]+){0,3}$")
SORTING = frozenset({"Sort", "Order", "Group", "Rank", "Filter"})
TURN = re.compile(r"^[^;:]*\bbut\b|^ only\b")
LEANS = re.compile(r"(?:only |all |both |each )?(?:of )?(?:it|they|those|these|this|them)$", re.IGNORECASE)
PRONOUNS = frozenset({"which", "that", "it", "they", "you", "we", "this", "these", "those", "there"})
NEGATION = re.compile(r"^(?:not|n['’]t)\s+", re.IGNORECASE)


def heading_title(title: str) -> str:
    """A heading as a title, empty where it names nothing of its own ("Story 1", "Requirements")."""
    text = TRAIL_PRIORITY.sub("", title).strip()
    bare = PREFIX.sub("", bare_heading(text) if not text.endswith(")") else text).strip()
    if not bare or GENERIC.fullmatch(bare):
        return ""
    if own_role(bare) not in {Role.NEUTRAL, Role.REFERENCE, Role.QUALITY, Role.TEST}:
        return ""
    return shorten(capitalised(bare))


def unit_title(unit: Unit) -> str:
    """The title of a statement, worked out once."""
    if not unit.name:
        unit.name = _unit_title(unit)
    return unit.name


def _unit_title(unit: Unit) -> str:
    if unit.label and len(unit.label.split()) <= 9 and not unit.label.lower().startswith(("if ", "when ")):
        return shorten(capitalised(clean(unit.label, code=False)))
    lead = unit.title.rstrip(" :：,")
    if lead and not POINTING.search(lead):
        if COMPLETES.search(lead):
            return sentence_title(composed(unit.clauses[0]))
        return sentence_title(lead)
    first = next((c for c in unit.clauses if c.text), unit.clauses[0])
    if (
        first.kind == Kind.EXPLAIN
        and unit.listed
        and len(unit.clauses) > 1
        and (found := parsed(clean(first.text, code=False)))
    ):
        name = noun_phrase(found.subject)
        if 2 < len(name) <= MAX_TITLE and not DANGLING.match(f"{found.subject} ") and not is_cjk(name):
            return capitalised(name)
    return sentence_title(first.text or first.lead)


def sentence_title(text: str) -> str:
    """An instruction, or subject and verb, of a clean sentence, in at most seventy characters."""
    text = MARKED.sub(r" \1 ", text) if MARKER.fullmatch(text.strip()) else MARKER.sub("", text)
    text = clean(text).strip(' "“”')
    if QUESTION.search(text):
        return shorten(clean(text, code=False).rstrip("?？ "))
    text = re.sub(r"^\[[ xX]\]\s*", "", text)
    if STORY.match(text):
        return _story_title(clean(text, code=False))
    for _ in range(2):
        rest = LEADING.sub("", text).strip()
        text = rest if rest[:1].isalnum() or rest[:1] == "`" else text
    if is_cjk(text):
        return _cjk_title(clean(text, code=False))
    if is_instruction(text):
        return told(LEADING.sub("", _without_condition(text))) or whole(text)
    found = parsed(text)
    title = _subject_title(found, text) if found else ""
    return title or whole(_without_condition(text))


def _without_condition(text: str) -> str:
    rest = text[condition_end(text) :]
    return rest if len(rest) > 12 else text


def _story_title(text: str) -> str:
    for pattern in (ROLE_HEAD, ROLE_CAN):
        match = pattern.match(text)
        if match and len(text) - match.end() > 5:
            return capitalised(shorten(SO_THAT.sub("", text[match.end() :])))
    rest = re.split(r"[，,、]", text, maxsplit=1)[-1]
    return capitalised(shorten(re.sub(r"^我(?:们|們)?(?:希望|想要?|需要|要|可以|能够?)", "", rest.strip())))


def _cjk_title(text: str) -> str:
    """The first clause that binds, or the first; conditions before it are left out."""
    first = re.split(r"[。！？；]", text, maxsplit=1)[0].rstrip("，、：:")
    if len(first) <= 30:
        return shorten(first)
    parts = re.split(r"[，：]", first)
    chosen = next((p for p in parts if len(p) > 5 and cjk_modal(p)), parts[0])
    return shorten(chosen, 48)


def _subject_title(found: Parsed, text: str) -> str:
    """`A footer MUST be shown` -> `Show a footer`; `The tool MUST print X` -> `Print X`; else subject and verb."""
    subject = found.subject if found.subject.startswith("`") else unbracketed(found.subject)
    if not subject or len(subject) > 120 or subject.lower() in PRONOUNS:
        return ""
    if LEANS.match(subject):
        return whole(text)
    if (done := passive(found)) and not TURN.search(done[1][:60]):
        base, rest = done
        negative = bool(NEGATION.match(found.rest)) or found.verb.lower().endswith(("not", "n't", "n’t"))
        if len(clean(subject, code=False)) <= 90:
            return finish(_passive_title(subject, f"Do not {base}" if negative else base.capitalize(), rest))
    return caption(text, agent=ACTOR)


def _passive_title(subject: str, lead: str, rest: str) -> str:
    name = f"{lead} {decapitalised(re.sub(r'^(?:that|this) ', 'the ', subject))}"
    name = re.sub(r"\bof (?:that|this)\b", "of the", name)
    if len(name) > 60:
        name = RELATIVE.sub("", name)
    name = re.sub(r"(?<=\w) [A-Z]$", "", name)
    end = HEAD.search(opaque(rest))
    rest = rest[: end.start()] if end else rest.rstrip(" .。")
    if 0 < len(rest) <= SHORT and "(" not in rest and len(name + rest) <= MAX_TITLE and SIMPLE.match(rest):
        return name + rest
    tail = _tail(rest)
    if not tail and lead in SORTING and rest.startswith(" by "):
        return best([Form(name, rest, 0.0, 1)]) or name
    if not tail and (TERM.match(rest) or (len(name) <= 30 and PHRASE.match(rest))):
        return best([Form(name, rest, 0.0, 1)]) or name
    return name + tail if len(name + tail) <= 55 else name


def _tail(rest: str) -> str:
    """A short preposition phrase that tells two like titles apart (" with a type")."""
    match = re.match(
        r"\s+(?:with|in|as|to|from|on|by) (?:an? |the )?[\w-]+(?: [\w-]+)?(?=[.,;]|\s(?:by|when|if|after|"
        r"before)\b|$)",
        rest,
    )
    return match.group() if match else ""
