"""Sentences as scenes: `Given … when … then …` from examples of an order, conditions, steps and stories."""

# ruff: noqa: PLR2004  numbers of words and prices, each beside what it bounds

import re

from bmad.core.outline.grammar import MODAL, SUBORDINATE
from bmad.core.outline.phrases import capitalised, decapitalised
from bmad.core.outline.units import STEP, Unit

CHAIN = re.compile(r"^[^<>:：]{0,30}[:：]\s*(?P<chain>[^\s<>]+(?:\s*<\s*[^\s<>]+){1,20}?)\.?$")
ORDERING = re.compile(r"\b(?:compar|preced|order|sort|rank|priorit)", re.IGNORECASE)
LOWER = re.compile(r"\b(?:lower|higher) (?P<noun>[a-z]+)(?: than\b|\b)")
TRAILING_IF = re.compile(
    r"^(?P<main>[^,;:]{10,160}?)\s(?:if|when|whenever)\s(?!any$)(?P<cond>[^;:]{8,240})(?P<dot>[.。])$", re.DOTALL
)
SECOND_IF = re.compile(
    r"\b(?:if|when|whenever|unless|only if|even|check|whether|except|but|see|determine|even|depending)\b",
    re.IGNORECASE,
)
ABLE = re.compile(
    r"as (?P<article>an?|the) (?P<role>[^,;.]{2,90}?),?\s+I\s+(?:can|(?:want|need|would like|"
    r"wish)(?: to be able)? to|am able to)\s+",
    re.IGNORECASE,
)
OWN = re.compile(r"\b(?:my|mine|I|me|myself|we|our)\b")
THEIRS = {
    "my": "their",
    "mine": "theirs",
    "i": "they",
    "me": "them",
    "myself": "themselves",
    "we": "they",
    "our": "their",
}


def ordered(unit: Unit) -> str:
    """The noun two things are ordered by ("lower precedence than"), where the unit says how to compare."""
    whole = " ".join(c.text for c in unit.clauses)
    if not ORDERING.search(whole):
        return ""
    found = LOWER.search(whole)
    return found.group("noun") if found else ""


def compared(text: str, noun: str) -> str:
    """`Example: a < b` under a rule of precedence, as a Given/When/Then of its own."""
    match = CHAIN.match(text)
    if match is None or not noun:
        return ""
    parts = [part.strip() for part in match.group("chain").rstrip(".").split("<")]
    if len(parts) == 2:
        return f"Given {parts[0]} and {parts[1]}, when they are compared, then {parts[0]} has lower {noun}."
    listed = f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"Given {listed}, when they are compared, then each has lower {noun} than the next."


def when(text: str) -> str:
    """`X MUST be done if Y.` -> `When Y, then X MUST be done.`: the same words, the condition first."""
    match = TRAILING_IF.match(text)
    if match is None or SUBORDINATE.match(text) or text.startswith(("For ", "In ", "On ", "Given ")):
        return text
    main, cond = match.group("main"), match.group("cond")
    if SECOND_IF.search(main) or SECOND_IF.search(cond) or not MODAL.search(main) or ". " in text[:-1]:
        return text
    if (
        MODAL.search(cond)
        or cond.endswith(("possible", "necessary", "needed", "required", "applicable"))
        or "(" in main.rpartition(")")[2]
    ):
        return text
    if main.count("(") != main.count(")") or cond.count("(") != cond.count(")") or main.count("`") % 2:
        return text
    return f"When {decapitalised(cond)}, then {decapitalised(main)}."


def scenario(text: str) -> str:
    """Steps of a scenario as one sentence, their key words written the same way."""
    text = re.sub(r"(?<![.,;:!?，。；])\s+(?=(?:When|Then|And|But|WHEN|THEN|AND|BUT)\b)", ", ", text)

    def low(match: re.Match[str]) -> str:
        return f"{match.group(1)}{match.group(2).lower()} "

    text = re.sub(r"([,;.] )(When|Then|And|But|WHEN|THEN|AND|BUT)\b[,:]?\s+", low, text).replace(
        ". then ", ", then "
    )
    text = text.replace(". when ", ", when ").replace(". and ", ", and ").replace(". but ", ", but ")
    first = STEP.match(text)
    if first and first.group("word").isupper():
        text = first.group("word").capitalize() + " " + text[first.end() :]
    return text


def story(text: str) -> str:
    """A user story without criteria of its own is its own criterion: what the role can do."""
    match = ABLE.match(text)
    if match is None:
        return text
    role = match.group("role")
    rest = OWN.sub(lambda m: THEIRS[m.group().lower()], text[match.end() :])
    return capitalised(f"{match.group('article')} {role} can {rest}")
