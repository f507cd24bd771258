"""What a story wants, after "I want": `X must do Y` as "X to do Y", an instruction as "to do Y"."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re

from bmad.core.outline.captions import bare, is_base
from bmad.core.outline.criteria import headless
from bmad.core.outline.cuts import HEAD, clausal
from bmad.core.outline.grammar import opaque, parsed
from bmad.core.outline.modality import is_instruction
from bmad.core.outline.phrases import decapitalised, stems
from bmad.core.outline.verbs import base_of_third, is_third_person

LEVEL = re.compile(r"(?:MUST|SHALL|SHOULD|must|shall|should|will)$")
JOINED = re.compile(r", (?:and|but|or) ")
LISTED = re.compile(r", [^ ,]{1,20}$")
AGAIN = re.compile(r"(?P<and>,? (?:and|or|but) )(?:MUST|SHALL|must|shall)(?P<not> (?:NOT|not))? ")
UNTURNED = re.compile(r"\b(?:and|but|or) (?:can|cannot|must|may|should|will|is|are|has|have|does|do)\b")
BESIDE = re.compile(r", (?:the|an?|each|every)\s")
OPEN = re.compile(r"\b(?:of|following|these|is|are|to|be)$")
PRONOUN = re.compile(r"(?:it|they|this|these|that|those|which|there|you|we|i)\b", re.IGNORECASE)


def wanted(text: str, title: str) -> str:
    """The wish in the words of the intent; what no rule can turn round is quoted as it stands."""
    first = re.split(r"(?<=[^.][.!?])\s+(?=[A-Z`])", text, maxsplit=1)[0].rstrip(" .!。")
    if len(first) > 400:
        return f"“{title}” as the intent says it"
    mark = HEAD.search(opaque(first))
    head = (
        first[: mark.start()] if mark and mark.start() > 12 and not OPEN.search(first[: mark.start()]) else first
    )
    if is_instruction(head):
        return _told(head)
    clauses = _clauses(head)
    said = [infinitive(c) for c in clauses]
    if all(said) and (len(said) == 1 or not any(BESIDE.search(c) for c in clauses)):
        return ", and ".join(said)
    if headless(first):
        return f"“{title}” as the intent says: {decapitalised(first)}"
    return f"this to hold: {decapitalised(first)}"


def _told(text: str) -> str:
    body = re.sub(r"^(?:please|also|then|otherwise,?)\s+", "", text, flags=re.IGNORECASE)
    negative = re.match(r"(?:do not|don['’]t|never)\s+", body, re.IGNORECASE)
    if negative:
        return f"not to {body[negative.end() :]}"
    if re.match(r"(?:if|when|unless|to|for|on|in)\b", body, re.IGNORECASE):
        return f"this: {body}"
    return f"to {decapitalised(body)}"


def _clauses(text: str) -> list[str]:
    """The clauses with a subject of their own."""
    seen = opaque(text)
    starts, ends = [0], []
    for match in JOINED.finditer(seen):
        if clausal(seen, match.start() + 2) and not LISTED.search(seen, 0, match.start()):
            ends.append(match.start())
            starts.append(match.end())
    return [text[a:b] for a, b in zip(starts, [*ends, len(text)], strict=True)]


def infinitive(text: str) -> str:
    """`The tool prints X and exits 0` -> `the tool to print X and exit 0`; empty where it cannot be said so."""
    found = parsed(text)
    if found is None or not found.subject or found.condition or PRONOUN.fullmatch(found.subject):
        return ""
    subject, rest = decapitalised(found.subject), found.rest
    if UNTURNED.search(AGAIN.sub("", rest)):
        return ""
    if LEVEL.match(found.verb):
        negative = re.match(r"(?:not|NOT)\s+", rest)
        rest = AGAIN.sub(_again, rest)
        return f"{subject} not to {rest[negative.end() :]}" if negative else f"{subject} to {rest}"
    verb = found.verb.lower()
    rest = bare(rest)
    often = re.fullmatch(r"(never|always) ([a-z]+s)", verb)
    if often:
        return f"{subject} {often.group(1)} to {base_of_third(often.group(2))} {rest}"
    if verb in {"does", "do"} and rest.startswith("not "):
        return f"{subject} not to {rest[4:]}"
    if verb in {"is", "are"}:
        return f"{subject} not to be {rest[4:]}" if rest.startswith("not ") else f"{subject} to be {rest}"
    if verb in {"has", "have", "contains"} or is_third_person(verb):
        return f"{subject} to {base_of_third(verb)} {rest}"
    return ""


def _again(match: re.Match[str]) -> str:
    return f"{match.group('and')}{'not ' if match.group('not') else ''}to "


def act(text: str, subject: str) -> str:
    """What the one who speaks wants to do, where the sentence says it of them: "to find an order"."""
    found = parsed(text)
    if found is None or found.condition or set(stems(found.subject)) != set(stems(subject)):
        return ""
    mark = HEAD.search(opaque(found.rest))
    rest = (found.rest[: mark.start()] if mark else found.rest).rstrip(" .。")
    if found.verb.lower() in {"can", "may", "must", "should", "shall", "will"} and is_base(rest):
        return f"to {rest}"
    if UNTURNED.search(rest) or not is_third_person(found.verb) or found.verb in {"is", "has", "does"}:
        return ""
    return f"to {base_of_third(found.verb)} {bare(rest)}"
