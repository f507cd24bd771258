"""A title from a sentence: a complete phrase of it, cut only where a clause or a phrase ends.

Several forms are tried (subject and verb, an instruction, without the article) and several places to cut; the
one that keeps most of what the sentence says wins, and leaving out what restricts it costs most.
"""

# ruff: noqa: PLR2004  numbers of words and prices, each beside what it bounds

import re
from typing import NamedTuple

from bmad.core.outline.cuts import HEAD, PRICE, parts, size
from bmad.core.outline.grammar import FREE_RELATIVE, STOP, WORD, Parsed, opaque, parsed, unbracketed
from bmad.core.outline.phrases import MAX_TITLE, capitalised, shorten
from bmad.core.outline.prose import clean
from bmad.core.outline.verbs import BASE, base_of_participle, base_of_third, is_third_person, third_person

NOT_LAST = frozenset(
    """
    and or but the a an of to with by in on at for from as is are be that which who whose when if via using its
    their no not must should shall may can will than into only every each any all whatever what where least most
    up been has have
    """.split()  # noqa: SIM905  a list of one word a line would be long
)
MARKED = re.compile(r"\b(?:MUST|SHALL|SHOULD|MAY|NOT|REQUIRED|RECOMMENDED|OPTIONAL)\b")
IT = re.compile(r"(?<=\b(?:below|above|under|after) )it\b|(?<=\b(?:of|to|by|in|on) )it\b|(?<=\b(?:for) )it\b")
SUBJECT_OF = re.compile(
    r"\w+ (?:an?|the|any|each|every) (?P<noun>[\w-]+(?: [\w-]+)??) (?:is|are|has|was|[a-z]+s|[a-z]+ed)\b",
    re.IGNORECASE,
)
ARTICLE = re.compile(r"^(?:the|an?)\s+(?=\S)", re.IGNORECASE)
EVERY = re.compile(r"^(?:the|an?|all|any|every|each|our|your)\s+(?=\S)", re.IGNORECASE)
ONE = re.compile(r"(?i:an?|each|every|this|no|[a-z]+ing)\s|[A-Z]\w*[^\Ws]$")
DEFINITE = re.compile(
    r"(?:the|any|our|its)\s+(?P<noun>[\w-]+(?: [\w-]+)??)(?=$|\s(?:of|in|for|on|over|with|from)\s)",
    re.IGNORECASE,
)
PLAIN_MODAL = frozenset({"must", "shall", "will", "has to", "needs to", "is required"})
STATE = frozenset({"called", "known", "named", "based", "supposed", "meant", "allowed", "able", "done"})
AUXILIARY = re.compile(
    r"(?:be|not|also|only|always|never|either|still|then|each|both|all|first|have|at|in|on|instead)\b",
    re.IGNORECASE,
)
CONJUGATED = re.compile(
    r"(?:,? (?:and|or) |, )(?P<verb>[a-z]+)(?= (?:the|an?|every|each|all|any|no|its|their|with|`))"
)
VERBS = re.compile(r"[a-z]+(?: (?:up|out|in|off|on|down))?(?P<more>(?:, [a-z]+)*,? (?:and|or) [a-z]+)(?= )")
NEGATION = re.compile(r"^(?:not|n['’]t)\s+", re.IGNORECASE)
ADVERB = re.compile(r"^(?:also|always|either|still|instead|optionally|immediately|then)\s+", re.IGNORECASE)
PARTICLES = frozenset({"and", "or", "up", "out", "in", "off", "on", "down"})
FINITE = re.compile(
    r"(?P<and>,? (?:and|or) |, )(?P<verb>[a-z]+s)"
    r"(?= (?:the|an?|every|each|all|any|no|its|their|what|whether|how|nothing|it|them|`|\d))"
)
AUXILIARIES = frozenset({"is", "are", "was", "were", "has", "have", "does", "do"})
JOINED = re.compile(r", (?:or|and) ")
MANY = 7


class Form(NamedTuple):
    """A way to begin the title, what may follow, and how good it is to begin so."""

    head: str
    rest: str
    bonus: float
    least: int = 2
    """How many words must follow where something is cut."""


def caption(text: str, *, agent: re.Pattern[str]) -> str:
    """A title of at most seventy characters, or nothing; `agent` tells subjects that one may leave out."""
    found = parsed(text)
    if found is None or not found.subject:
        return ""
    subject = found.subject
    if subject.lower() in FREE_RELATIVE or len(subject) > 120:
        return ""
    return best(forms(found, agent))


def told(text: str) -> str:
    """The title of an instruction."""
    return best([Form("", text, 0.0)])


def best(options: list[Form]) -> str:
    """The form and the cut that keep most; empty where none fits."""
    chosen, top = "", float("-inf")
    for form in options:
        for part, price in parts(form.rest):
            whole = f"{form.head} {part}".strip() if form.head else part
            if size(whole) > MAX_TITLE or whole.rstrip(" .`").rpartition(" ")[2].lower() in NOT_LAST:
                continue
            said = len({word for word in part.lower().split() if word not in STOP})
            if said < form.least and price > 0:
                continue
            score = min(said, MANY) + form.bonus - price
            if score >= top:
                chosen, top = whole, score
    return finish(chosen)


def finish(text: str) -> str:
    """Without marks at its end, and with a capital unless it begins with code."""
    text = text.strip().rstrip(".。;；:：,，!！ ")
    plain = clean(text, code=False)
    return plain if text.startswith("`") else capitalised(plain)


def forms(found: Parsed, agent: re.Pattern[str]) -> list[Form]:
    """The ways to say a sentence with a subject and a verb."""
    subject, verb, rest = found.subject, found.verb.lower(), found.rest
    noun = SUBJECT_OF.match(found.condition)
    if noun and IT.search(rest) and not IT.search(subject):
        rest = IT.sub(f"the {noun.group('noun')}", rest, count=1)
    coded = subject.startswith("`")
    bare = unbracketed(subject)
    name = EVERY.sub("", re.sub(r"\s+(?:that|which|who|using|with|of|for|in|on)\s.*", "", bare))
    left_out = " " not in name and agent.search(name) is not None
    said = " ".join([verb, re.sub(r"^NOT\b", "not", rest)])
    negative = bool(NEGATION.match(rest)) or verb.endswith(("not", "n't", "n’t"))
    plain = ADVERB.sub("", NEGATION.sub("", rest))
    active = verb in PLAIN_MODAL and not negative and is_base(rest)
    if active and not found.verb.isupper() and (is_one(bare) or (coded and " and " not in opaque(bare))):
        said = third(rest)
    definite = bare.lower().startswith("the ")
    worth = 2.5 if coded else -2.0 if left_out else 2.0 if definite else 3.0
    made = [Form(bare, said, worth)]
    if ARTICLE.match(bare):
        made.append(Form(ARTICLE.sub("", bare), said, worth - 0.5))
    if len(bare) > 40:
        cuts = [(bare[: m.start()], 1.0) for m in JOINED.finditer(opaque(bare))]
        cuts += [(part, price) for part, price in parts(bare) if part != bare and price < PRICE["relative"]]
        made.extend(Form(part, said, worth - 1.0 - price) for part, price in cuts)
    if order := imperative(found, plain, negative=negative, free=coded or left_out or definite):
        made.append(Form("", order, 0.0 if left_out or coded else -0.5))
    return made


def is_base(rest: str) -> bool:
    """Whether what follows a modal word begins with a verb."""
    word = re.match(r"[a-z]+(?=[\s,]|$)", rest)
    return word is not None and not word.group().endswith("ly") and not AUXILIARY.match(rest)


def imperative(found: Parsed, plain: str, *, negative: bool, free: bool) -> str:
    """`The tool must print X` -> `Print X`; empty where the subject carries the meaning."""
    if free and found.verb not in AUXILIARIES and base_of_third(found.verb) in BASE:
        return capitalised(f"{base_of_third(found.verb)} {bare(found.rest)}")
    if not free or not is_base(plain):
        return ""
    modal = found.verb.lower()
    if modal in {
        "must",
        "shall",
        "will",
        "should",
        "can",
        "may",
        "has to",
        "needs to",
        "must not",
        "shall not",
    } or (found.verb.isupper()):
        return f"Do not {plain}" if negative else capitalised(plain)
    return ""


def bare(rest: str) -> str:
    """`X and exits 0` after a verb that lost its ending -> `X and exit 0`."""

    def plain(match: re.Match[str]) -> str:
        verb = match.group("verb")
        return match.group("and") + (base_of_third(verb) if is_third_person(verb) else verb)

    return FINITE.sub(plain, rest)


def third(plain: str) -> str:
    """`derive X and write the Y` -> `derives X and writes the Y`."""
    verbs = VERBS.match(plain)
    end = (
        verbs.end()
        if verbs and all(w in BASE for w in WORD.findall(verbs.group("more")) if w not in PARTICLES)
        else 0
    )
    if not end:
        end = plain.index(" ") if " " in plain else len(plain)
    out = [
        re.sub(r"[a-z]+", lambda m: m.group() if m.group() in PARTICLES else third_person(m.group()), plain[:end])
    ]
    last = end
    for match in CONJUGATED.finditer(opaque(plain), end):
        if match.group("verb") in BASE:
            out.append(plain[last : match.start("verb")] + third_person(match.group("verb")))
            last = match.end("verb")
    return "".join([*out, plain[last:]])


def is_one(subject: str) -> bool:
    """Whether a subject is certainly singular."""
    seen = re.sub(r"\s(?:that|which|who|whose)\s.*", "", opaque(subject))
    if " and " in seen or "," in seen:
        return False
    if ONE.match(seen):
        return True
    noun = DEFINITE.match(seen)
    return bool(noun) and not (noun.group("noun") if noun else "s").endswith("s")


def passive(found: Parsed) -> tuple[str, str] | None:
    """The base of a passive ("is refused" -> "refuse") and what follows it; None where it is none."""
    rest = NEGATION.sub("", found.rest)
    verb = found.verb.lower()
    if verb in {"is", "are"}:
        match = re.match(r"(?:\w+ly )?(?P<done>[a-z]+)\b", rest)
    elif verb in PLAIN_MODAL | {"should", "may", "can", "must not", "mustn't", "shall not", "cannot"} or (
        found.verb.isupper()
    ):
        match = re.match(r"(?:\w+ )?be (?:\w+ly )?(?P<done>[a-z]+)\b", rest)
    else:
        match = None
    if match is None or match.group("done") in STATE or _free(found.subject):
        return None
    if match.group("done") == "used" and rest.startswith(" to ", match.end()):
        return None
    base = base_of_participle(match.group("done"))
    return (base, rest[match.end() :]) if base else None


def _free(subject: str) -> bool:
    first = subject.split(maxsplit=1)[0].lower() if subject else ""
    return first in FREE_RELATIVE


def whole(text: str) -> str:
    """What to fall back to: the sentence up to its first mark, shortened."""
    text = MARKED.sub(lambda m: m.group().lower(), text)
    head = HEAD.search(opaque(text))
    part = text[: head.start()] if head and head.start() > 12 else text
    found = parsed(part)
    least = len(found.condition) + len(found.subject) + len(found.verb) + 3 if found else 0
    title = best([Form("", part, 0.0)])
    return title if title and len(title) > least else finish(shorten(part))
