"""A title from a sentence: a complete phrase of it, cut only where a clause or a phrase ends.

Several forms are tried (subject and verb, an instruction, without the article) and several places to cut; the
one that keeps most of what the sentence says wins, and leaving out what restricts it costs most.
"""

# ruff: noqa: PLR2004  numbers of words and prices, each beside what it bounds

import re
from collections.abc import Iterator
from typing import NamedTuple

from bmad.core.outline.grammar import FREE_RELATIVE, WORD, Parsed, opaque, parsed, unbracketed
from bmad.core.outline.modality import DETERMINED, NOT_VERB
from bmad.core.outline.phrases import MAX_TITLE, capitalised, shorten, stems
from bmad.core.outline.prose import clean
from bmad.core.outline.verbs import BASE, base_of_participle, is_third_person, third_person

HEAD = re.compile(r"[;：；]|:(?=\s|$)|\s[–—]\s|(?<![a-z]\.[a-z])(?<!etc)(?<!\bcf)(?<!\bvs)[.。!?](?=\s)")
BREAK = re.compile(
    r"(?P<comma>,\s+)"
    r"|\s(?:(?P<reason>because|since|so that|in order|although|while)|"
    r"(?P<when>until|when|whenever|if|unless|before|after|once|as soon|only)|"
    r"(?P<relative>where|whose|which|that|who|whom)|"
    r"(?P<joined>and|or|but)\s(?:[a-z]+ly\s)?(?P<verb>[a-z]+)|"
    r"(?P<phrase>without|with|for|in|on|at|by|from|via|using|during|within|into|through|over|under|between|"
    r"across|beside|beyond|against|per|as|up to|down to|to))(?=\s)"
)
OPENS = re.compile(
    r"(?:(?:and|or|but|so)\s+)?(?:which|who|whose|where|when|while|since|because|so|but|never|not|with|without|"
    r"whatever|whoever|if|unless|until|including|e\.g|i\.e|as|then|for|in|by|even|only|also|from|at|on|through|"
    r"preferably|rather|such|after|before|during|always|nor|yet|the same|over|under|below|above|within|up|down|"
    r"into|to|more|less|[a-z]+(?:ed|ing))\b"
)
ITEM = re.compile(r"[^,;:]{1,40}?(?=,\s|\s(?:and|or)\s)")
LAST = re.compile(r"(?:and|or)\s+(?P<rest>[^,;:.]{1,120})")
PRICE = {"reason": 0.5, "when": 1.5, "relative": 3.0, "joined": 1.5, "phrase": 1.0}
NEEDS = frozenset(
    {"that", "which", "who", "not", "less", "more", "rather", "such", "so", "same", "other", "least"}
)
NOT_LAST = re.compile(
    r"\b(?:and|or|but|the|an?|of|to|with|by|in|on|at|for|from|as|is|are|be|that|which|who|whose|when|if|via|"
    r"using|its|their|no|not|must|should|shall|may|can|will|than|into|only|every|each|any|all|whatever|what|"
    r"where|least|most|up|been|has|have)$",
    re.IGNORECASE,
)
MARKED = re.compile(r"\b(?:MUST|SHALL|SHOULD|MAY|NOT|REQUIRED|RECOMMENDED|OPTIONAL)\b")
IT = re.compile(r"\b(?:it|them)\b")
SUBJECT_OF = re.compile(
    r"\w+ (?:an?|the|any|each|every) (?P<noun>[\w-]+(?: [\w-]+)?) (?:[a-z]+s|is|are|has|was|[a-z]+ed)\b",
    re.IGNORECASE,
)
ARTICLE = re.compile(r"^(?:the|an?)\s+(?=\S)", re.IGNORECASE)
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
UNCUT = 1.5
MANY = 7


class Form(NamedTuple):
    """A way to begin the title, what may follow, and how good it is to begin so."""

    head: str
    rest: str
    bonus: float


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
            if size(whole) > MAX_TITLE or NOT_LAST.search(whole.rstrip(" .`")):
                continue
            said = len(set(stems(part)))
            if said < (1 if form.head else 2) and price > 0:
                continue
            score = min(said, MANY) + form.bonus - price
            if score >= top:
                chosen, top = whole, score
    return finish(chosen)


def size(text: str) -> int:
    return len(text) - text.count("`")


def finish(text: str) -> str:
    """Without marks at its end, and with a capital unless it begins with code."""
    text = text.strip().rstrip(".。;；:：,，!！ ")
    plain = clean(text, code=False)
    return plain if text.startswith("`") else capitalised(plain)


def parts(rest: str, *, bracketed: bool = True) -> Iterator[tuple[str, float]]:
    """The whole of `rest`, and what stands before each place where it may be cut, with the price of the cut."""
    rest = rest.strip()
    seen = opaque(rest[:300])
    ends = seen
    if head := HEAD.search(seen):
        ends = seen[: head.start()]
        if size(rest) <= MAX_TITLE:
            yield rest, 0.5 - UNCUT
        rest = rest[: head.start()]
    yield rest, -UNCUT
    bare = unbracketed(rest) if bracketed else rest
    if bare != rest:
        yield from ((part, price + 0.2) for part, price in parts(bare, bracketed=False))
        return
    listed = 0
    for match in BREAK.finditer(ends):
        kind = match.lastgroup or ""
        kind = "joined" if kind == "verb" else kind
        if kind == "comma":
            listed = listed if " and " not in ends[listed : match.start()] else 0
            price = comma(ends, match, listed=listed > 0)
            listed = match.end() if price is None else 0
        else:
            price = 1.0 if match.group().strip() == "where" else PRICE[kind]
        if price is not None and allowed(kind, match, ends):
            yield rest[: match.start()], price
            if kind == "comma" and clausal(ends, match.end()) and len(stems(rest[: match.start()])) > 1:
                return


def allowed(kind: str, match: re.Match[str], seen: str) -> bool:
    """Whether what stands before is whole without what follows."""
    words = seen[: match.start()].split()
    before = words[-1].lower() if words else ""
    if not before or before in NEEDS or before.rstrip(".") in {"e.g", "i.e"}:
        return False
    after = seen[match.end() :].split(maxsplit=1)
    follows = after[0].lower().strip(",.") if after else ""
    match kind:
        case "phrase":
            return follows not in {before, "least", "most"} and not _verbal(words)
        case "relative":
            return not (match.group().strip() == "that" and _verbal(words))
        case "joined":
            return _is_verb(match.group("verb"), seen, match.end())
        case _:
            return True


def _verbal(words: list[str]) -> bool:
    """Whether the last word is the verb that what follows belongs to."""
    word = words[-1].lower()
    opening = len(words) == 1 or words[-2].lower() in {
        "to",
        "and",
        "or",
        "must",
        "shall",
        "may",
        "can",
        "will",
        "not",
    }
    known = word in BASE or is_third_person(word)
    return (opening and known) or (word.endswith("ed") and base_of_participle(word) is not None)


def _is_verb(word: str, seen: str, end: int) -> bool:
    if word.endswith("s") and is_third_person(word):
        return DETERMINED.match(seen, end) is not None
    return word in BASE and (word not in NOT_VERB or DETERMINED.match(seen, end) is not None)


def clausal(seen: str, place: int) -> bool:
    """Whether a clause with a subject of its own begins here."""
    last = LAST.match(seen, place)
    if last is None:
        return False
    rest = last.group("rest")
    word = rest.split(maxsplit=1)[0]
    if _is_verb(word, rest, len(word)):
        return False
    found = parsed(rest)
    return found is not None and bool(found.subject)


def comma(seen: str, match: re.Match[str], *, listed: bool) -> float | None:
    """The price of a cut at a comma; None where it stands in a list, as `listed` says of the one before."""
    end = match.end()
    if OPENS.match(seen, end):
        return 0.0
    if last := LAST.match(seen, end):
        if listed:
            return None
        word = last.group("rest").split()[0].lower()
        if clausal(seen, end):
            return 0.0
        verb = _is_verb(word, seen, end + last.start("rest") - last.start() + len(word)) or is_third_person(word)
        return 1.0 if verb else None
    word = WORD.match(seen, end)
    if word and _is_verb(word.group(), seen, word.end()):
        return 1.0
    item = ITEM.match(seen, end)
    if item and len(item.group().split()) <= 4:
        return None
    return 1.0 if item else 0.5


def forms(found: Parsed, agent: re.Pattern[str]) -> list[Form]:
    """The ways to say a sentence with a subject and a verb."""
    subject, verb, rest = found.subject, found.verb.lower(), found.rest
    noun = SUBJECT_OF.match(found.condition)
    if noun and IT.search(rest) and not IT.search(subject):
        rest = IT.sub(f"the {noun.group('noun')}", rest, count=1)
    coded = subject.startswith("`")
    bare = unbracketed(subject)
    left_out = agent.search(re.sub(r"\s+(?:that|which|who|using|with|of|for|in|on)\s.*", "", bare)) is not None
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
    if len(bare) > 40 and (", or " in bare or ", and " in bare):
        made.append(Form(re.split(r", (?:or|and) ", bare)[0], said, worth - 2.0))
    if order := imperative(found, plain, negative=negative, free=coded or left_out or definite):
        made.append(Form("", order, 0.0 if left_out or coded else -0.5))
    return made


def is_base(rest: str) -> bool:
    """Whether what follows a modal word begins with a verb."""
    word = re.match(r"[a-z]+(?=[\s,]|$)", rest)
    return word is not None and not word.group().endswith("ly") and not AUXILIARY.match(rest)


def imperative(found: Parsed, plain: str, *, negative: bool, free: bool) -> str:
    """`The tool must print X` -> `Print X`; empty where the subject carries the meaning."""
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
    return best([Form("", part, 0.0)]) or finish(shorten(part))
